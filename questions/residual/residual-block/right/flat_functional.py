# No submodule at all: F.batch_norm on own buffers, every parameter at the top, zero biases,
# and the order of registration says nothing about the roles.
import torch
import torch.nn.functional as F
from torch import nn


class ResidualBlock(nn.Module):
    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__()
        self.stride = stride
        self.bias_b = nn.Parameter(torch.zeros(out_channels))
        self.beta_b = nn.Parameter(torch.zeros(out_channels))
        self.beta_a = nn.Parameter(torch.zeros(in_channels))
        self.gamma_b = nn.Parameter(torch.ones(out_channels))
        self.gamma_a = nn.Parameter(torch.ones(in_channels))
        self.kernel_b = nn.Parameter(torch.randn(out_channels, out_channels, 3, 3) * 0.05)
        self.kernel_a = nn.Parameter(torch.randn(out_channels, in_channels, 3, 3) * 0.05)
        self.bias_a = nn.Parameter(torch.zeros(out_channels))
        self.kernel_s = None
        if in_channels != out_channels or stride != 1:
            self.kernel_s = nn.Parameter(torch.randn(out_channels, in_channels, 1, 1) * 0.05)
        self.register_buffer("mean_a", torch.zeros(in_channels))
        self.register_buffer("var_a", torch.ones(in_channels))
        self.register_buffer("mean_b", torch.zeros(out_channels))
        self.register_buffer("var_b", torch.ones(out_channels))

    def forward(self, x):
        a = F.batch_norm(x, self.mean_a, self.var_a, self.gamma_a, self.beta_a, self.training)
        a = a.clamp(min=0)
        b = F.conv2d(a, self.kernel_a, self.bias_a, self.stride, 1)
        b = F.batch_norm(b, self.mean_b, self.var_b, self.gamma_b, self.beta_b, self.training)
        b = F.conv2d(b.clamp(min=0), self.kernel_b, self.bias_b, 1, 1)
        s = x if self.kernel_s is None else F.conv2d(a, self.kernel_s, None, self.stride)
        return s + b
