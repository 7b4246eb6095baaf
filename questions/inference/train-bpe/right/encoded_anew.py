# Keeps no state but the merges: every round encodes all words from their characters.
from collections import Counter


def encode(word, merges):
    symbols = tuple(word)
    for left, right in merges:
        symbols = apply(symbols, left, right)
    return symbols


def apply(symbols, left, right):
    if len(symbols) < 2:
        return symbols
    if symbols[:2] == (left, right):
        return (left + right, *apply(symbols[2:], left, right))
    return (symbols[0], *apply(symbols[1:], left, right))


def train_bpe(words, num_merges):
    merges = ()
    for _ in range(num_merges):
        counts = Counter()
        for word, count in words.items():
            symbols = encode(word, merges)
            for left, right in zip(symbols, symbols[1:]):
                counts[left, right] += count
        ranked = sorted(counts.items(), key=lambda item: (item[1], item[0]))
        if ranked:
            merges += (ranked[-1][0],)
    return list(merges)
