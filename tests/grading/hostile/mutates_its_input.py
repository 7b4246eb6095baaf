# attack: mutates_its_input
# idea: write into its input
# must: not-pass; the judge sees its own tensors change as they would in one process
from kit import Right


class LayerNorm(Right):
    def forward(self, x):
        if not x.requires_grad:
            x.sub_(x.mean(-1, keepdim=True))
        return super().forward(x)
