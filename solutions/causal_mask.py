"""A causal mask aligned to the last key: one for training, prefill, decoding and chunks."""

import torch
from torch import Tensor


def causal_mask(query_length: int, key_length: int) -> Tensor:
    """(query_length, key_length) booleans: True where query i may attend to key j."""
    # The queries are the newest tokens, after key_length − query_length cached ones: query i
    # stands at that position + i. tril keeps j ≤ i + diagonal, so the offset is the diagonal;
    # without it row 0 would be the first token of all, which is right for square masks only.
    visible = torch.ones(query_length, key_length, dtype=torch.bool)
    return visible.tril(diagonal=key_length - query_length)
