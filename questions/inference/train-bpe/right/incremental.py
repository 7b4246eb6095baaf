# Keeps the counts and an index from pairs to words, and recounts only the words that change.
from collections import Counter, defaultdict


def train_bpe(words, num_merges):
    texts, freqs = list(words), list(words.values())
    splits = [list(text) for text in texts]
    counts, where = Counter(), defaultdict(set)

    def add(index, sign):
        symbols = splits[index]
        for pair in zip(symbols, symbols[1:]):
            counts[pair] += sign * freqs[index]
            if sign > 0:
                where[pair].add(index)
            elif counts[pair] == 0:
                del counts[pair]

    for index in range(len(splits)):
        add(index, +1)
    merges = []
    while counts and len(merges) < num_merges:
        best = max(counts, key=lambda pair: (counts[pair], pair))
        merges.append(best)
        for index in where.pop(best):
            add(index, -1)
            splits[index] = list(glue(splits[index], best))
            add(index, +1)
    return merges


def glue(symbols, pair):
    rest = iter(symbols)
    held = next(rest, None)
    for symbol in rest:
        if (held, symbol) == pair:
            yield held + symbol
            held = next(rest, None)
        else:
            yield held
            held = symbol
    if held is not None:
        yield held
