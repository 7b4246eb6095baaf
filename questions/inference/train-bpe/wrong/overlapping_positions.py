# check: left-to-right
# All positions are found first and replaced one after the other, overlapping or not.
from collections import Counter


def merge(symbols, pair):
    positions = [i for i in range(len(symbols) - 1) if tuple(symbols[i : i + 2]) == pair]
    merged = list(symbols)
    for i in reversed(positions):
        merged[i : i + 2] = [pair[0] + pair[1]]
    return merged


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
