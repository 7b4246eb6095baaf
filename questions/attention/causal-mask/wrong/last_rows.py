# check: more-queries
# The last rows of the square of keys, which may have too few.
import torch


def causal_mask(query_length, key_length):
    square = torch.ones(key_length, key_length, dtype=torch.bool).tril()
    return square[-query_length:]
