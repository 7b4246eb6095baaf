# check: self-and-past
# < for <=: a token does not see itself.
import torch


def causal_mask(query_length, key_length):
    query = torch.arange(query_length)[:, None] + (key_length - query_length)
    key = torch.arange(key_length)[None, :]
    return key < query
