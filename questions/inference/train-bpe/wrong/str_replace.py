# check: whole-symbols
# str.replace on the symbols joined by a separator does not see where a symbol begins.
from collections import Counter


SEPARATOR = "\x1f"


def merge(symbols, pair):
    text = SEPARATOR.join(symbols).replace(SEPARATOR.join(pair), "".join(pair))
    return text.split(SEPARATOR)


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
