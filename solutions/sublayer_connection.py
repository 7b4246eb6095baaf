"""Residual connection, layer norm and dropout around one sublayer, pre-LN or post-LN."""

from collections.abc import Callable

from torch import Tensor, nn


class SublayerConnection(nn.Module):
    """x + Drop(f(LN(x))) with the norm first, else LN(x + Drop(f(x)))."""

    def __init__(
        self,
        d_model: int,
        sublayer: Callable[..., Tensor],
        dropout: float = 0.1,
        norm_first: bool = True,
    ) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(d_model)  # one norm: the two layouts differ only in its place
        self.sublayer = sublayer  # where it is a module, this registers its parameters as well
        self.dropout = nn.Dropout(dropout)
        self.norm_first = norm_first

    def forward(self, x: Tensor, *args: object, **kwargs: object) -> Tensor:
        if self.norm_first:
            # The normalized value feeds f and goes no further: x itself is added back, so that
            # the main path stays the identity. A stack of these needs one last norm.
            return x + self._branch(self.norm(x), *args, **kwargs)
        y: Tensor = self.norm(x + self._branch(x, *args, **kwargs))
        return y

    def _branch(self, h: Tensor, *args: object, **kwargs: object) -> Tensor:
        # Masks, caches and encoder states are f's business: pass them on unread.
        # Dropout before the addition spares the main path (Vaswani et al. 2017, §5.4).
        dropped: Tensor = self.dropout(self.sublayer(h, *args, **kwargs))
        return dropped
