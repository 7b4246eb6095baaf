"""Batch normalization of vectors and sequences (Ioffe and Szegedy, 2015)."""

import torch
from torch import Tensor, nn


class BatchNorm1d(nn.Module):
    """y = (x − μ) / √(σ² + ε) · γ + β, with μ and σ² of each channel over the batch and length.

    In eval the running statistics stand in for those of the batch.
    """

    running_mean: Tensor
    running_var: Tensor
    num_batches_tracked: Tensor

    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float = 0.1) -> None:
        super().__init__()
        self.num_features = num_features
        self.eps = eps
        self.momentum = momentum  # the weight of the new batch; Keras means the old value
        self.weight = nn.Parameter(torch.ones(num_features))  # γ
        self.bias = nn.Parameter(torch.zeros(num_features))  # β
        # Buffers: saved and moved with the module, but no optimizer may touch them.
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))
        self.register_buffer("num_batches_tracked", torch.tensor(0))

    def forward(self, x: Tensor) -> Tensor:
        if x.dim() not in (2, 3) or x.shape[1] != self.num_features:  # a 1 would broadcast
            raise ValueError(f"expected (N, {self.num_features}[, L]), got {tuple(x.shape)}")
        # float16 overflows at 65504 and bfloat16 keeps 8 bits; float64 stays float64.
        wide = x.to(torch.promote_types(x.dtype, torch.float32))
        if self.training:
            mean, var = self._batch_statistics(wide)
        else:
            mean, var = self.running_mean, self.running_var
        shape = (-1, 1) if x.dim() == 3 else (-1,)  # (C, 1) lines up with (N, C, L)
        normal = (wide - mean.view(shape)) * torch.rsqrt(var + self.eps).view(shape)
        y = normal * self.weight.view(shape) + self.bias.view(shape)
        return y.to(x.dtype)

    def _batch_statistics(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return each channel's mean and biased variance; move the running ones towards them."""
        count = x.numel() // self.num_features  # N, or N · L
        if count < 2:  # one value minus its own mean is 0, and ÷ (n − 1) below is 0/0
            raise ValueError(f"training needs two values a channel, got {tuple(x.shape)}")
        over = (0, 2) if x.dim() == 3 else (0,)
        var, mean = torch.var_mean(x, dim=over, correction=0)  # (C,), in the graph
        # No gradient here: with one, each step's graph would hang on to that of the step before.
        with torch.no_grad():
            self.running_mean.lerp_(mean.to(self.running_mean.dtype), self.momentum)
            # Eval normalizes by the population's variance, which ÷ n underestimates.
            unbiased = var * (count / (count - 1))
            self.running_var.lerp_(unbiased.to(self.running_var.dtype), self.momentum)
            self.num_batches_tracked += 1
        return mean, var
