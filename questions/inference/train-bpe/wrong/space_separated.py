# check: any-characters
# Symbols are kept as text with spaces in between, and spaces in words are lost.
import re
from collections import Counter


def train_bpe(words, num_merges):
    vocab = Counter()
    for word, count in words.items():
        vocab[" ".join(word)] += count
    merges = []
    for _ in range(num_merges):
        counts = Counter()
        for text, count in vocab.items():
            symbols = text.split()
            for pair in zip(symbols, symbols[1:]):
                counts[pair] += count
        if not counts:
            break
        best = max(counts, key=lambda pair: (counts[pair], pair))
        merges.append(best)
        pattern = re.compile(r"(?<!\S)" + re.escape(" ".join(best)) + r"(?!\S)")
        merged = Counter()
        for text, count in vocab.items():
            merged[pattern.sub(lambda _: "".join(best), text)] += count
        vocab = merged
    return merges
