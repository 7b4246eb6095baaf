import torch
from torch import Tensor, nn


class SwiGLU(nn.Module):
    """The SwiGLU feed-forward layer. SwiGLU 前馈层。

    y = W_down (SiLU(W_gate x) ⊙ W_up x),  SiLU(z) = z · σ(z)

    - hidden width: hidden_dim if given, else int(8 * dim / 3)
      | 中间宽度：给了 hidden_dim 就用它，否则是 int(8 * dim / 3)
    - three trainable matrices, no biases; gate and up may be stored as one, gate and up in turn
      | 三个可训练的矩阵，没有偏置；gate 与 up 可以前后相接存成一个
    - x: (..., dim), any strides; y keeps its shape and dtype
      | 任意前导维与步长；y 的形状与 dtype 同 x
    - no dropout, norm or residual | 没有 dropout、归一化和残差
    - finite values and gradients for large |z| | |z| 很大时，数值和梯度也都有限
    """

    def __init__(self, dim: int, hidden_dim: int | None = None) -> None:
        super().__init__()
        raise NotImplementedError

    def forward(self, x: Tensor) -> Tensor:
        raise NotImplementedError
