# attack: lies_about_its_memory
# idea: return a tensor subclass that lies about where its data lies, and how much there is
# must: not-pass; the lie reads, or crashes, no process but its own
# variants: 3
import torch
from kit import VARIANT, Wrong

LIES = [
    {"data_ptr": lambda self: 8},
    {"shape": property(lambda self: torch.Size([2, 3, 1 << 34]))},
    {"shape": property(lambda self: [-1, 10**30, "x"])},
]
Liar = type("Liar", (torch.Tensor,), {**LIES[VARIANT], "detach": lambda self: self})


class LayerNorm(Wrong):
    def forward(self, x):
        return super().forward(x).as_subclass(Liar)
