# attack: takes_3_gib
# idea: allocate and touch 3 GiB
# must: survive; no process of the grader grows beyond 2 GiB
import torch
from kit import Right

hog = []
try:
    for _ in range(12):
        hog.append(torch.ones(1 << 28, dtype=torch.uint8))
except (RuntimeError, MemoryError):
    hog.clear()


class LayerNorm(Right):
    pass
