import torch
from torch import Tensor, nn


class BatchNorm1d(nn.Module):
    """Batch normalization of (N, C) or (N, C, L). 对 (N, C) 或 (N, C, L) 做批归一化。

    y = (x − μ) / √(σ² + ε) · γ + β

    - training: each channel's own mean and biased variance over the batch (÷ n, n = N or N·L)
      | 训练：每个通道在这一批上的均值与有偏方差（÷ n，n = N 或 N·L）
    - evaluation: running_mean and running_var instead | 推理：换成 running_mean 和 running_var
    - γ, β: nn.Parameter of shape (C,), ones and zeros | 形状为 (C,) 的 nn.Parameter，初值为 1 和 0
    - buffers | buffer: running_mean (0), running_var (1), num_batches_tracked (int64, 0)
    - each training call | 每次训练调用: running ← (1 − momentum) · running + momentum · batch,
      with the unbiased variance (÷ (n − 1)); the counter goes up by 1 | 方差用无偏的，计数加 1
    - x stays untouched; y keeps its shape and dtype; statistics of half precision in float32
      | 不改写 x；y 的形状与 dtype 不变；半精度的统计量用 float32 计算
    - n = 1 in training, or a second dimension other than C: raise
      | 训练时 n = 1，或第 1 维不等于 C：抛出异常
    - no built-in normalization layer | 不得调用现成的归一化层
    """

    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float = 0.1) -> None:
        super().__init__()
        raise NotImplementedError

    def forward(self, x: Tensor) -> Tensor:
        raise NotImplementedError
