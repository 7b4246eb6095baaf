# check: any-length
# Cuts the mask out of a buffer of 1024 positions, as GPT-2 code does.
import torch


MAX_LENGTH = 1024
BUFFER = torch.ones(MAX_LENGTH, MAX_LENGTH, dtype=torch.bool).tril()


def causal_mask(query_length, key_length):
    if query_length > key_length:
        unseen = torch.zeros(query_length - key_length, key_length, dtype=torch.bool)
        return torch.cat([unseen, causal_mask(key_length, key_length)])
    return BUFFER[key_length - query_length : key_length, :key_length]
