# check: merges-applied
# Counts once and returns the most frequent pairs of characters.
from collections import Counter


def train_bpe(words, num_merges):
    counts = Counter()
    for word, count in words.items():
        for pair in zip(word, word[1:]):
            counts[pair] += count
    ranked = sorted(counts, key=lambda pair: (counts[pair], pair), reverse=True)
    return ranked[:num_merges]
