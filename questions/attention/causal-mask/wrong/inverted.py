# check: no-future
# True marks what is hidden.
import torch


def causal_mask(query_length, key_length):
    mask = torch.ones(query_length, key_length, dtype=torch.bool)
    return torch.triu(mask, diagonal=key_length - query_length + 1)
