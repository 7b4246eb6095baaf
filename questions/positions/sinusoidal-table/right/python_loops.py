# Plain Python numbers in nested loops, and one tensor at the end.
import math

import torch


def sinusoidal_table(num_positions, d_model):
    def entry(p, j):
        angle = p / 10000 ** ((j - j % 2) / d_model)
        return math.cos(angle) if j % 2 else math.sin(angle)

    rows = [[entry(p, j) for j in range(d_model)] for p in range(num_positions)]
    return torch.tensor(rows, dtype=torch.float32).reshape(num_positions, d_model)
