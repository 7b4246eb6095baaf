# Each pair plus its flipped, signed copy, in float64; the exponents come from linspace.
import torch


def apply_rope(x, positions=None, base=10000.0):
    if x.size(-1) & 1:
        raise ValueError("odd")
    t, d = x.size(-2), x.size(-1)
    place = positions if positions is not None else torch.arange(t, device=x.device)
    exponents = torch.linspace(0, 1, d // 2 + 1, dtype=torch.float64, device=x.device)[:-1]
    phase = place.double().unsqueeze(-1) * torch.pow(float(base), -exponents)
    pairs = x.double().unflatten(-1, (-1, 2))
    sign = torch.tensor([-1.0, 1.0], dtype=torch.float64, device=x.device)
    turned = pairs * phase.cos().unsqueeze(-1) + pairs.flip(-1) * sign * phase.sin().unsqueeze(-1)
    return turned.flatten(-2).to(x.dtype)
