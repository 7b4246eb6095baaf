# A word stays one string; what is kept is where its symbols end, and a merge removes a border.
from itertools import accumulate


def train_bpe(words, num_merges):
    ends = {word: list(range(1, len(word) + 1)) for word in words}

    def symbols(word):
        return [word[i:j] for i, j in zip([0, *ends[word]], ends[word])]

    merges = []
    while len(merges) < num_merges:
        counts = {}
        for word, count in words.items():
            parts = symbols(word)
            for pair in zip(parts[:-1], parts[1:]):
                counts[pair] = counts.get(pair, 0) + count
        if not counts:
            break
        best = sorted(counts, reverse=True)
        best = max(best, key=counts.__getitem__)  # the first of equals, which is the greatest
        merges.append(best)
        for word in words:
            parts, kept = symbols(word), []
            while parts:
                take = 2 if tuple(parts[:2]) == best else 1
                kept.append(sum(map(len, parts[:take])))
                parts = parts[take:]
            ends[word] = list(accumulate(kept))
    return merges
