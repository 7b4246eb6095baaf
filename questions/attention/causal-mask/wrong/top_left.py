# check: single-token
# tril without an offset: the first query is taken for the first token.
import torch


def causal_mask(query_length, key_length):
    return torch.ones(query_length, key_length, dtype=torch.bool).tril()
