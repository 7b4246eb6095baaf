# check: shape
# Adds dimensions for samples and heads.
import torch


def causal_mask(query_length, key_length):
    mask = torch.ones(query_length, key_length, dtype=torch.bool)
    mask = mask.tril(diagonal=key_length - query_length)
    return mask[None, None, :, :]
