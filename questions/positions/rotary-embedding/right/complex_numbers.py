# Pairs as complex numbers times e^(i·angle), everything in double precision, as in Llama's code.
import torch


def apply_rope(x, positions=None, base=10000.0):
    *lead, T, d = x.shape
    if d % 2 == 1:
        raise ValueError("odd dimension")
    if positions is None:
        positions = torch.arange(T, device=x.device)
    exponent = torch.arange(d // 2, device=x.device, dtype=torch.float64) * 2 / d
    angle = positions.double()[..., None] / base**exponent
    z = torch.view_as_complex(x.double().reshape(*lead, T, d // 2, 2).contiguous())
    z = z * torch.exp(1j * angle)
    return torch.view_as_real(z).reshape(x.shape).to(x.dtype)
