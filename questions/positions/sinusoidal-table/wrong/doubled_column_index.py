# check: pair-norm
# A widespread loop: i steps by 2 already, is doubled again, and the cosine takes i + 1.
import math

import torch


def sinusoidal_table(num_positions, d_model):
    pe = torch.zeros(num_positions, d_model, dtype=torch.float32)
    for pos in range(num_positions):
        for i in range(0, d_model, 2):
            pe[pos, i] = math.sin(pos / (10000 ** ((2 * i) / d_model)))
            if i + 1 < d_model:
                pe[pos, i + 1] = math.cos(pos / (10000 ** ((2 * (i + 1)) / d_model)))
    return pe
