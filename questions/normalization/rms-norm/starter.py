import torch
from torch import Tensor, nn


class RMSNorm(nn.Module):
    """RMS normalization over the last dimension. 对最后一维做 RMS 归一化。

    y = x / √(mean(x²) + ε) · w

    - mean(x²): each row's own mean square (÷ D); no mean is subtracted
      | 每行自己的均方（÷ D）；不减均值
    - w: the only parameter, an nn.Parameter of shape (D,), ones; no bias
      | 唯一的参数，形状为 (D,) 的 nn.Parameter，初值为 1；没有偏移
    - x: (..., D), any strides; y keeps its shape and dtype; x stays untouched
      | 任意前导维与步长；y 的形状与 dtype 同 x；不改写 x
    - float16 / bfloat16: computed in float32 | 半精度输入：用 float32 计算
    - last dimension other than D: raise | 最后一维不等于 D 时抛出异常
    - no built-in RMSNorm | 不得调用现成的 RMSNorm
    """

    def __init__(self, dim: int, eps: float = 1e-6) -> None:
        super().__init__()
        raise NotImplementedError

    def forward(self, x: Tensor) -> Tensor:
        raise NotImplementedError
