# check: no-future
# triu for tril: each query sees itself and the future.
import torch


def causal_mask(query_length, key_length):
    mask = torch.ones(query_length, key_length, dtype=torch.bool)
    return torch.triu(mask, diagonal=key_length - query_length)
