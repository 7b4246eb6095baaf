# check: merges-applied
# Updates the counts and forgets to take the old neighbours out.
from collections import Counter


def train_bpe(words, num_merges):
    splits = {word: list(word) for word in words}
    counts = Counter()
    for word, symbols in splits.items():
        for pair in zip(symbols, symbols[1:]):
            counts[pair] += words[word]
    merges = []
    while counts and len(merges) < num_merges:
        best = max(counts, key=lambda pair: (counts[pair], pair))
        merges.append(best)
        del counts[best]
        for word, symbols in splits.items():
            merged, i = [], 0
            while i < len(symbols):
                if tuple(symbols[i : i + 2]) == best:
                    token = best[0] + best[1]
                    if merged:
                        counts[merged[-1], token] += words[word]
                    if i + 2 < len(symbols):
                        counts[token, symbols[i + 2]] += words[word]
                    merged.append(token)
                    i += 2
                else:
                    merged.append(symbols[i])
                    i += 1
            splits[word] = merged
    return merges
