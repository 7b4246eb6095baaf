# A Python loop over the pairs, with each frequency from math; columns are stacked at the end.
import math

import torch


def apply_rope(x, positions=None, base=10000.0):
    d = x.shape[-1]
    if d % 2:
        raise TypeError("pairs need an even dimension")
    if positions is None:
        positions = torch.arange(x.shape[-2], device=x.device)
    wide = x.to(torch.promote_types(x.dtype, torch.float32))
    columns = []
    for i in range(d // 2):
        angle = positions.to(torch.float32) * math.pow(base, -2 * i / d)
        a, b = wide[..., 2 * i], wide[..., 2 * i + 1]
        columns.append(a * torch.cos(angle) - b * torch.sin(angle))
        columns.append(b * torch.cos(angle) + a * torch.sin(angle))
    return torch.stack(columns, dim=-1).to(x.dtype)
