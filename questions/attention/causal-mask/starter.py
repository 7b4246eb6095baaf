import torch
from torch import Tensor


def causal_mask(query_length: int, key_length: int) -> Tensor:
    """Causal mask, aligned to the lower right. 因果掩码，对齐右下角。

    True where j ≤ key_length − query_length + i

    - returns bool, shape (query_length, key_length), True = attend
      | 返回布尔张量，形状为 (query_length, key_length)，True 表示参与注意力
    - the queries are the last query_length of key_length tokens
      | query 是 key_length 个 token 中最后的 query_length 个
    - any lengths, 0 included; more queries than keys: the first ones see nothing
      | 长度任意，可以是 0；query 比 key 多时，前面的 query 什么也看不到
    - no built-in causal mask | 不得调用现成的因果掩码
    """
    raise NotImplementedError
