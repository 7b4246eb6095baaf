# check: every-occurrence
# Updates the counts from the old neighbours, which may have been merged themselves.
from collections import Counter


def train_bpe(words, num_merges):
    splits = {word: list(word) for word in words}
    counts = Counter()
    for word, symbols in splits.items():
        for pair in zip(symbols, symbols[1:]):
            counts[pair] += words[word]
    merges = []
    while len(merges) < num_merges:
        counts = Counter({pair: count for pair, count in counts.items() if count > 0})
        if not counts:
            break
        best = max(counts, key=lambda pair: (counts[pair], pair))
        merges.append(best)
        token = best[0] + best[1]
        for word, symbols in splits.items():
            merged, i = [], 0
            while i < len(symbols):
                if tuple(symbols[i : i + 2]) != best:
                    merged.append(symbols[i])
                    i += 1
                    continue
                counts[best] -= words[word]
                if i > 0:
                    counts[symbols[i - 1], best[0]] -= words[word]
                    counts[symbols[i - 1], token] += words[word]
                if i + 2 < len(symbols):
                    counts[best[1], symbols[i + 2]] -= words[word]
                    counts[token, symbols[i + 2]] += words[word]
                merged.append(token)
                i += 2
            splits[word] = merged
    return merges
