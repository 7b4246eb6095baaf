# Symbols are numbers; their spellings are looked up for ties and for the answer. Returns lists.
def train_bpe(words, num_merges):
    spelling, number = [], {}

    def number_of(text):
        if text not in number:
            number[text] = len(spelling)
            spelling.append(text)
        return number[text]

    corpus = [([number_of(c) for c in word], count) for word, count in words.items()]
    merges = []
    for _ in range(num_merges):
        stats = {}
        for ids, count in corpus:
            for pair in zip(ids, ids[1:]):
                stats[pair] = stats.get(pair, 0) + count
        if len(stats) == 0:
            return merges
        a, b = max(stats, key=lambda p: (stats[p], spelling[p[0]], spelling[p[1]]))
        merges.append([spelling[a], spelling[b]])
        new = number_of(spelling[a] + spelling[b])
        for ids, _ in corpus:
            j = 0
            for i in range(len(ids)):
                ids[j] = ids[i]
                j += 1
                if i and ids[i] == b and j > 1 and ids[j - 2] == a:
                    j -= 1
                    ids[j - 1] = new
            del ids[j:]
    return merges
