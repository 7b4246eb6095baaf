import torch
from torch import Tensor, nn


class LayerNorm(nn.Module):
    """Layer normalization over the last dimension. 对最后一维做层归一化。

    y = (x − μ) / √(σ² + ε) · γ + β

    - μ, σ²: each row's own mean and biased variance (÷ D) | 每行自己的均值与有偏方差（÷ D）
    - γ, β: nn.Parameter of shape (D,), ones and zeros; none if affine=False
      | 形状为 (D,) 的 nn.Parameter，初值为 1 和 0；affine=False 时没有
    - x: (..., D), any strides; y keeps its shape, dtype and device; x stays untouched
      | 任意前导维与步长；y 的形状、dtype、设备与 x 相同；不改写 x
    - float16 / bfloat16: statistics in float32 | 半精度输入：统计量用 float32 计算
    - last dimension other than D: raise | 最后一维不等于 D 时抛出异常
    - no built-in normalization layer | 不得调用现成的归一化层
    """

    def __init__(self, num_features: int, eps: float = 1e-5, affine: bool = True) -> None:
        super().__init__()
        raise NotImplementedError

    def forward(self, x: Tensor) -> Tensor:
        raise NotImplementedError
