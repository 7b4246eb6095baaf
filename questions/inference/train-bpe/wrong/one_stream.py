# check: inside-words
# All words are strung together into one text.
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
    symbols = [symbol for word, count in words.items() for symbol in word * count]
    merges = []
    for _ in range(num_merges):
        counts = Counter(zip(symbols, symbols[1:]))
        if not counts:
            break
        best = max(counts, key=lambda pair: (counts[pair], pair))
        merges.append(best)
        symbols = merge(symbols, best)
    return merges
