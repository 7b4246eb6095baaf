# check: chunk
# Takes cached keys as a reason to hide nothing.
import torch


def causal_mask(query_length, key_length):
    mask = torch.ones(query_length, key_length, dtype=torch.bool)
    if key_length > query_length:
        return mask
    return mask.tril(diagonal=key_length - query_length)
