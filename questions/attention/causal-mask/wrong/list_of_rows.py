# check: empty
# A list of rows: without rows, nothing tells how long they are, nor of what dtype.
import torch


def causal_mask(query_length, key_length):
    past = key_length - query_length
    rows = [[j <= past + i for j in range(key_length)] for i in range(query_length)]
    return torch.tensor(rows)
