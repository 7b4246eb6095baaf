import torch
from torch import Tensor


def top_p_probs(logits: Tensor, p: float, temperature: float = 1.0) -> Tensor:
    """Probabilities after top-p (nucleus) filtering. top-p（核采样）过滤之后的概率。

    softmax(logits / temperature), cut to the fewest most likely tokens whose sum reaches p
    softmax(logits / temperature)，只留下总和达到 p 的、最少的那些最可能的 token

    - logits: (..., V); 0 < p ≤ 1; temperature > 0
    - returns the shape and dtype of logits, tokens in their own places
      | 返回值的形状和 dtype 与 logits 相同，token 各在原位
    - the token that crosses p stays; the others are exactly 0; each row sums to 1
      | 跨过 p 的那个 token 留下；其余恰好为 0；每一行之和为 1
    - each row by itself; nothing is drawn at random; logits stay untouched
      | 各行互不影响；不做任何随机抽取；不得改写 logits
    """
    raise NotImplementedError
