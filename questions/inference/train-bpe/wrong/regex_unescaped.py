# check: any-characters
# Symbols go into a regular expression as they are.
import re
from collections import Counter


SEPARATOR = "\x1f"


def merge(symbols, pair):
    pattern = f"(?<![^{SEPARATOR}]){pair[0]}{SEPARATOR}{pair[1]}(?![^{SEPARATOR}])"
    text = re.sub(pattern, lambda _: "".join(pair), SEPARATOR.join(symbols))
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
