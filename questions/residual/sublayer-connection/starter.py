from collections.abc import Callable

from torch import Tensor, nn


class SublayerConnection(nn.Module):
    """Residual connection, LN and dropout around one sublayer. 一个子层的残差、LN 与 dropout。

    norm_first=True:  y = x + Drop(f(LN(x)))
    norm_first=False: y = LN(x + Drop(f(x)))

    - f: sublayer, any callable, called once; forward's further arguments go to it as they are
      | f 即 sublayer，任意可调用对象，只调用一次；forward 的其余参数原样传给它
    - LN: nn.LayerNorm will do; its γ and β are the only parameters of its own
      | 可以用 nn.LayerNorm；自己的参数只有它的 γ 和 β
    - dropout: on what f returns, in training only | 只作用于 f 的输出，只在训练时起作用
    - x stays untouched | 不改写 x
    """

    def __init__(
        self,
        d_model: int,
        sublayer: Callable[..., Tensor],
        dropout: float = 0.1,
        norm_first: bool = True,
    ) -> None:
        super().__init__()
        raise NotImplementedError

    def forward(self, x: Tensor, *args: object, **kwargs: object) -> Tensor:
        raise NotImplementedError
