"""Training of byte-pair encoding on counted words (Sennrich et al., 2016, Algorithm 1)."""

from collections import Counter
from collections.abc import Mapping
from itertools import pairwise

Pair = tuple[str, str]


def train_bpe(words: Mapping[str, int], num_merges: int) -> list[Pair]:
    """Return the pairs that are merged, in order; `words` maps each word to its count."""
    # Each distinct word is segmented once; its count stands for all of its occurrences.
    splits = {word: list(word) for word in words}
    merges: list[Pair] = []
    while len(merges) < num_merges:
        counts = Counter[Pair]()
        for word, symbols in splits.items():  # pairs never reach across a word's end
            for pair in pairwise(symbols):
                counts[pair] += words[word]
        if not counts:  # every word is a single symbol
            break
        # The pair itself breaks ties: any fixed rule makes training reproducible.
        best = max(counts, key=lambda pair: (counts[pair], pair))
        merges.append(best)
        # Recounting everything is O(corpus) for each merge. A real trainer keeps an index from
        # pairs to words and updates the counts of the words that contain `best` alone.
        splits = {word: merge(symbols, best) for word, symbols in splits.items()}
    return merges


def merge(symbols: list[str], pair: Pair) -> list[str]:
    """Replace every occurrence of `pair`, from the left and without overlap."""
    merged, i = [], 0
    while i < len(symbols):
        # Symbols are compared, not text: in [xa, b] there is no pair (a, b).
        found = tuple(symbols[i : i + 2]) == pair
        merged.append("".join(pair) if found else symbols[i])
        i += 2 if found else 1
    return merged
