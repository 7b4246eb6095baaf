import torch
from torch import Tensor, nn


class GroupNorm(nn.Module):
    """Group normalization of (N, C, *). 对 (N, C, *) 做组归一化。

    y = (x − μ) / √(σ² + ε) · γ + β

    - groups: the C channels of a sample in order, C/G neighbours each
      | 分组：每个样本的 C 个通道按次序，每 C/G 个相邻的为一组
    - μ, σ²: mean and biased variance (÷ n) of a sample's group, over its channels and all positions
      | 一个样本的一组在其通道和所有位置上的均值与有偏方差（÷ n）
    - γ, β: nn.Parameter of shape (C,), ones and zeros; none if affine=False
      | 形状为 (C,) 的 nn.Parameter，初值为 1 和 0；affine=False 时没有
    - x: any number of dimensions after C, any strides; y keeps its shape and dtype;
      x stays untouched | C 之后的维数与步长任意；y 的形状与 dtype 不变；不改写 x
    - float16 / bfloat16: statistics in float32 | 半精度输入：统计量用 float32 计算
    - G does not divide C: the constructor raises; a dimension 1 other than C: the call raises
      | C 不能被 G 整除：构造时抛出异常；第 1 维不等于 C：调用时抛出异常
    - no built-in normalization layer | 不得调用现成的归一化层
    """

    def __init__(
        self, num_groups: int, num_channels: int, eps: float = 1e-5, affine: bool = True
    ) -> None:
        super().__init__()
        raise NotImplementedError

    def forward(self, x: Tensor) -> Tensor:
        raise NotImplementedError
