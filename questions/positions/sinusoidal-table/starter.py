from torch import Tensor


def sinusoidal_table(num_positions: int, d_model: int) -> Tensor:
    """The position table of Attention Is All You Need. 原始 Transformer 的正弦位置编码表。

    table[p, 2i]     = sin(p / 10000^(2i / d_model))
    table[p, 2i + 1] = cos(p / 10000^(2i / d_model))        in radians | 弧度

    - a tensor (num_positions, d_model), p = 0, 1, …, num_positions − 1 | 返回这个形状的张量
    - float32, whatever the default dtype and under autocast
      | float32，与默认 dtype 和 autocast 无关
    - odd d_model: the last column is a sine without its cosine
      | d_model 为奇数时，最后一列是没有余弦相配的正弦
    """
    raise NotImplementedError
