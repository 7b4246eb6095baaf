# Scatters True to the indices of the triangle.
import torch


def causal_mask(query_length, key_length):
    mask = torch.full((query_length, key_length), False)
    rows, columns = torch.tril_indices(query_length, key_length, key_length - query_length)
    mask[rows, columns] = True
    return mask
