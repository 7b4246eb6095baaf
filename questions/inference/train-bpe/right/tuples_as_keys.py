# As in the paper's listing: the vocabulary is a dictionary from tuples of symbols to counts, rebuilt.
import collections


def get_stats(vocab):
    pairs = collections.defaultdict(int)
    for symbols, freq in vocab.items():
        for i in range(len(symbols) - 1):
            pairs[symbols[i], symbols[i + 1]] += freq
    return pairs


def merge_vocab(pair, vocab):
    out = {}
    for symbols, freq in vocab.items():
        new = []
        for symbol in symbols:
            new.append(symbol)
            # `closed` keeps what was merged in this pass from being merged again
            if len(new) > 1 and not closed(new[-2]) and (new[-2], new[-1]) == pair:
                new[-2:] = [Merged("".join(pair))]
        out[tuple(str(symbol) for symbol in new)] = freq
    return out


class Merged(str):
    pass


def closed(symbol):
    return isinstance(symbol, Merged)


def train_bpe(words, num_merges):
    vocab = {tuple(word): freq for word, freq in words.items()}
    merges = []
    for _ in range(num_merges):
        pairs = get_stats(vocab)
        if not pairs:
            break
        most = max(pairs.values())
        best = max(pair for pair, freq in pairs.items() if freq == most)
        vocab = merge_vocab(best, vocab)
        merges.append(best)
    return merges
