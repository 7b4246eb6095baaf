# check: more-queries
# More queries than keys are taken for a mistake.
import torch


def causal_mask(query_length, key_length):
    if query_length > key_length:
        raise ValueError("more queries than keys")
    mask = torch.ones(query_length, key_length, dtype=torch.bool)
    return mask.tril(diagonal=key_length - query_length)
