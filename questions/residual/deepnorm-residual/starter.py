from collections.abc import Callable, Mapping

from torch import Tensor, nn


class DeepNormResidual(nn.Module):
    """DeepNorm around one sublayer. 用 DeepNorm 包住一个子层。

    y = LN(α·x + Drop(sublayer(x))),  α = (2N)^(1/4),  N = num_layers

    - LN over the last dimension, eps = 1e-5, γ and β the only parameters
      | LN 沿最后一维，eps = 1e-5，参数只有 γ 和 β
    - sublayer: called once, with x itself | sublayer 只调用一次，参数就是 x
    - dropout on the branch, in training only | dropout 只在训练时作用于分支
    - x stays untouched | 不改写 x
    """

    def __init__(self, d_model: int, num_layers: int, dropout: float = 0.0) -> None:
        super().__init__()
        raise NotImplementedError

    def forward(self, x: Tensor, sublayer: Callable[[Tensor], Tensor]) -> Tensor:
        raise NotImplementedError


def deepnorm_init_(weights: Mapping[str, Tensor], num_layers: int) -> None:
    """Fill weights in place, Xavier with a gain. 原地填写权重：带增益的 Xavier。

    - names that end in v_proj.weight, o_proj.weight, fc1.weight, fc2.weight: gain β = (8N)^(−1/4)
      | 名字以它们结尾的，增益是 β = (8N)^(−1/4)
    - q_proj.weight, k_proj.weight: gain 1 | 增益是 1
    - all else stays as it is | 其余的不动
    """
    raise NotImplementedError
