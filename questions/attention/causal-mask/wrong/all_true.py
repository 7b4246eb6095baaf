# check: no-future
# Hides nothing.
import torch


def causal_mask(query_length, key_length):
    return torch.ones(query_length, key_length, dtype=torch.bool)
