# check: every-occurrence
# Only the first occurrence in a word is merged.
from collections import Counter


def merge(symbols, pair):
    for i in range(len(symbols) - 1):
        if (symbols[i], symbols[i + 1]) == pair:
            return [*symbols[:i], pair[0] + pair[1], *symbols[i + 2 :]]
    return symbols


def train_bpe(words, num_merges):
    splits = {word: list(word) for word in words}
    merges = []
    for _ in range(num_merges):
        counts = Counter()
        for word, symbols in splits.items():
            for pair in zip(symbols, symbols[1:]):
                counts[pair] += words[word]
        if not counts:
            break
        best = max(counts, key=lambda pair: (counts[pair], pair))
        merges.append(best)
        for word, symbols in splits.items():
            splits[word] = merge(symbols, best)
    return merges
