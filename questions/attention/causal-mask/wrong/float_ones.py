# check: bool-dtype
# Zeros and ones as floats.
import torch


def causal_mask(query_length, key_length):
    return torch.tril(torch.ones(query_length, key_length), diagonal=key_length - query_length)
