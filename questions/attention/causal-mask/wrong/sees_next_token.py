# check: no-future
# The diagonal is one too far to the right.
import torch


def causal_mask(query_length, key_length):
    mask = torch.ones(query_length, key_length, dtype=torch.bool)
    return torch.tril(mask, diagonal=key_length - query_length + 1)
