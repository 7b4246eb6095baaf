# The future first, as an upper triangle, then its negation.
import torch


def causal_mask(query_length, key_length):
    ones = torch.ones((query_length, key_length), dtype=torch.uint8)
    future = torch.triu(ones, diagonal=1 + key_length - query_length)
    return future == 0
