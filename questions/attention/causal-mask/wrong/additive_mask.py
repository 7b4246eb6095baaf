# check: bool-dtype
# 0 and -inf, to be added to scores.
import torch


def causal_mask(query_length, key_length):
    hidden = torch.full((query_length, key_length), float("-inf"))
    return torch.triu(hidden, diagonal=key_length - query_length + 1)
