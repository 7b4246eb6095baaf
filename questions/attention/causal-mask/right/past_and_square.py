# Columns of cached keys beside the square of the new ones; rows that see nothing on top.
import torch


def causal_mask(query_length, key_length):
    past = max(key_length - query_length, 0)
    unseen = max(query_length - key_length, 0)
    new = key_length - past
    square = torch.tril(torch.ones(new, new)).bool()
    rows = torch.cat([torch.ones(new, past, dtype=torch.bool), square], dim=1)
    return torch.cat([torch.zeros(unseen, key_length, dtype=torch.bool), rows], dim=0)
