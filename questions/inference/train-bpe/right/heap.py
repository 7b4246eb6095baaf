# A heap with stale entries, in which greater pairs come first among equals.
import heapq
from collections import Counter
from functools import total_ordering


@total_ordering
class Entry:
    def __init__(self, count, pair):
        self.count, self.pair = count, pair

    def __eq__(self, other):
        return (self.count, self.pair) == (other.count, other.pair)

    def __lt__(self, other):  # the heap gives its smallest first
        return (self.count, self.pair) > (other.count, other.pair)


def pairs_of(symbols, freq):
    found = Counter()
    for i in range(1, len(symbols)):
        found[symbols[i - 1], symbols[i]] += freq
    return found


def train_bpe(words, num_merges):
    splits = [(list(word), freq) for word, freq in words.items()]
    counts = Counter()
    for symbols, freq in splits:
        counts.update(pairs_of(symbols, freq))
    heap = [Entry(count, pair) for pair, count in counts.items()]
    heapq.heapify(heap)
    merges = []
    while heap and len(merges) < num_merges:
        top = heapq.heappop(heap)
        if top.count != counts[top.pair] or top.count == 0:
            continue
        left, right = top.pair
        merges.append((left, right))
        changed = set()
        for symbols, freq in splits:
            if left not in symbols or right not in symbols:
                continue
            before, i = pairs_of(symbols, freq), 0
            while i < len(symbols) - 1:
                if symbols[i] == left and symbols[i + 1] == right:
                    symbols[i : i + 2] = [left + right]
                i += 1
            after = pairs_of(symbols, freq)
            counts.subtract(before)
            counts.update(after)
            changed |= set(before) | set(after)
        for pair in changed:
            heapq.heappush(heap, Entry(counts[pair], pair))
    return merges
