# The lower right corner of a square triangle that is large enough for both.
import torch


def causal_mask(query_length, key_length):
    n = max(query_length, key_length)
    square = torch.ones(n, n, dtype=torch.bool).tril_()
    return square[n - query_length :, n - key_length :]
