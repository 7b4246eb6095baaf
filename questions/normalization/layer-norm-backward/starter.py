import torch
from torch import Tensor


def layer_norm_backward(
    dy: Tensor, x: Tensor, gamma: Tensor, eps: float = 1e-5
) -> tuple[Tensor, Tensor, Tensor]:
    """Backward pass of layer normalization, by hand. 手写层归一化的反向传播。

    y = (x − μ) / √(σ² + ε) · γ + β,  dy = ∂L/∂y  →  (dx, dgamma, dbeta)

    - μ, σ²: each row's own mean and biased variance (÷ D) | 每行自己的均值与有偏方差（÷ D）
    - dy, x: (..., D), any strides; dx has the shape and dtype of x
      | 任意前导维与步长；dx 的形状、dtype 与 x 相同
    - dgamma, dbeta: (D,), summed over all rows, in the dtype of gamma
      | 形状为 (D,)，对所有行求和，dtype 与 gamma 相同
    - float16 / bfloat16: compute in float32 | 半精度输入：用 float32 计算
    - no argument is modified | 不改写任何参数
    - called under torch.no_grad(); no autograd, no built-in layer norm
      | 在 torch.no_grad() 下调用；不得使用自动求导和现成的层归一化
    """
    raise NotImplementedError
