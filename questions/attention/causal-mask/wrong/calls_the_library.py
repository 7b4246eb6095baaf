# check: allowed-calls
# Has the library make the mask.
import torch.nn as nn


def causal_mask(query_length, key_length):
    square = nn.Transformer.generate_square_subsequent_mask(key_length)
    return square[key_length - query_length :] == 0
