# Fills row by row in Python.
import torch


def causal_mask(query_length, key_length):
    mask = torch.zeros(query_length, key_length, dtype=torch.bool)
    for i in range(query_length):
        visible = key_length - query_length + i + 1
        if visible > 0:
            mask[i, :visible] = True
    return mask
