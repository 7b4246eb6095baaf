# check: more-queries
# The offset is kept from going negative.
import torch


def causal_mask(query_length, key_length):
    offset = max(key_length - query_length, 0)
    return torch.ones(query_length, key_length, dtype=torch.bool).tril(diagonal=offset)
