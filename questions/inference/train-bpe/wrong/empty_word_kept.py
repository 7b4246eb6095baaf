# check: empty-input
# Loses an index in words of no character.
from collections import Counter


def merge(symbols, pair):
    merged, i = [], 0
    while i < len(symbols):
        if tuple(symbols[i : i + 2]) == pair:
            merged.append(pair[0] + pair[1])
            i += 2
        else:
            merged.append(symbols[i])
            i += 1
    return merged


def train_bpe(words, num_merges):
    splits = {word: list(word) for word in words}
    merges = []
    for _ in range(num_merges):
        counts = Counter()
        for word, symbols in splits.items():
            left = symbols[0]
            for right in symbols[1:]:
                counts[left, right] += words[word]
                left = right
        if not counts:
            break
        best = max(counts, key=lambda pair: (counts[pair], pair))
        merges.append(best)
        for word, symbols in splits.items():
            splits[word] = merge(symbols, best)
    return merges
