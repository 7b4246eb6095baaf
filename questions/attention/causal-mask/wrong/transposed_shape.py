# check: shape
# Rows are keys and columns are queries.
import torch


def causal_mask(query_length, key_length):
    key = torch.arange(key_length)[:, None]
    query = torch.arange(query_length)[None, :] + key_length - query_length
    return key <= query
