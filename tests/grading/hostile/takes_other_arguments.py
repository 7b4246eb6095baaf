# attack: takes_other_arguments
# idea: say by __signature__ that it takes the contract's arguments, and take none
# must: not-pass; the first construction shows it
import inspect

from kit import Right


class LayerNorm(Right):
    __signature__ = inspect.signature(Right)

    def __init__(self):
        super().__init__(8)
