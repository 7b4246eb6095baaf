# check: chunk
# Puts the cached keys after the new ones.
import torch


def causal_mask(query_length, key_length):
    past = max(key_length - query_length, 0)
    new = torch.ones(query_length, key_length - past, dtype=torch.bool)
    new = new.tril(diagonal=min(key_length - query_length, 0))
    return torch.cat([new, torch.ones(query_length, past, dtype=torch.bool)], dim=1)
