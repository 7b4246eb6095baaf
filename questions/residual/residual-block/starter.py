"""残差块：预激活，带投影捷径 / A pre-activation residual block with a projection shortcut."""

from torch import Tensor, nn


class ResidualBlock(nn.Module):
    """预激活残差块 / Pre-activation residual block.

    (N, C_in, H, W) -> (N, C_out, ceil(H / stride), ceil(W / stride))

        a = ReLU(BN1(x))
        y = shortcut + conv2(ReLU(BN2(conv1(a))))

    - 两个 3×3 卷积，padding 1；步幅在 conv1 上；相加之后什么也没有。
      Two 3×3 convolutions, padding 1; the stride is on conv1; nothing after the addition.
    - 捷径：形状不变时就是 x，没有参数；否则是对 a 做的 1×1 卷积，步幅相同。
      Shortcut: x itself, without parameters, where the shape stays;
      otherwise a 1×1 convolution of a with the same stride.
    - 不得修改 x。x must not be modified.
    """

    def __init__(self, in_channels: int, out_channels: int, stride: int = 1) -> None:
        super().__init__()
        raise NotImplementedError

    def forward(self, x: Tensor) -> Tensor:
        raise NotImplementedError
