# The upper triangle turned by half a turn: its top left becomes the bottom right.
import torch


def causal_mask(query_length, key_length):
    return torch.ones(query_length, key_length, dtype=torch.bool).triu().flip(0, 1)
