# check: bool-dtype
# Zeros and ones as integers.
import torch


def causal_mask(query_length, key_length):
    query = torch.arange(key_length - query_length, key_length).unsqueeze(1)
    return (torch.arange(key_length) <= query).long()
