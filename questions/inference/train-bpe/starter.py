from collections.abc import Mapping


def train_bpe(words: Mapping[str, int], num_merges: int) -> list[tuple[str, str]]:
    """Learn BPE merges from counted words. 从带次数的词里学习 BPE 的合并规则。

    - words: from each word to its count; a word starts as its characters, pairs stay inside it
      | 从词到次数；词先拆成单个字符，相邻对不跨词
    - each round: count adjacent pairs (each position, times the word's count), take the most
      frequent, of equals the greatest pair of strings, and merge it everywhere, left to right
      | 每轮：数相邻对（逐个位置，按词的次数加权），取最多的，并列时取最大的，
        再从左到右合并所有出现的地方
    - stop after num_merges rounds, or when no pair is left
      | num_merges 轮之后停止，没有相邻对时提前停止
    - return the pairs, in the order in which they were merged | 按合并的次序返回这些对
    """
    raise NotImplementedError
