# check: shape
# One row for each key, whatever the number of queries.
import torch


def causal_mask(query_length, key_length):
    return torch.ones(key_length, key_length, dtype=torch.bool).tril()
