# check: shape
# Knows only training, where queries and keys are the same tokens.
import torch


def causal_mask(query_length, key_length):
    if query_length != key_length:
        raise ValueError("a causal mask is square")
    return torch.ones(query_length, key_length, dtype=torch.bool).tril()
