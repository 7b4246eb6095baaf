# Marks where each query's own key stands and carries the mark to the left with a running sum.
import torch


def causal_mask(query_length, key_length):
    own = torch.arange(query_length).view(-1, 1) + key_length - query_length
    marks = (torch.arange(key_length).view(1, -1) == own).int()
    return marks.flip(1).cumsum(1).flip(1).to(torch.bool)
