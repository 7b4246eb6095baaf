"""The distribution that nucleus (top-p) sampling draws from (Holtzman et al., 2020)."""

import torch
from torch import Tensor


def top_p_probs(logits: Tensor, p: float, temperature: float = 1.0) -> Tensor:
    """softmax(logits / temperature), cut to the fewest tokens whose sum reaches p."""
    # Sums over a vocabulary: bfloat16 keeps 8 bits, and near 1 a token of 0.001 is lost in them.
    wide = logits.to(torch.promote_types(logits.dtype, torch.float32))
    # Temperature first: it decides how many tokens it takes to reach p.
    probs = (wide / temperature).softmax(-1)
    ranked, order = probs.sort(-1, descending=True)  # (…, V): the r-th most likely, and its id
    # A token stays while what comes before it falls short of p. So the one that crosses p stays,
    # and the first, with nothing before it, always does.
    before = ranked.cumsum(-1) - ranked
    ranked = ranked.masked_fill(before >= p, 0.0)
    # Rank r goes back to token order[r], which is a scatter; a gather would permute once more.
    kept = torch.zeros_like(probs).scatter(-1, order, ranked)
    return (kept / kept.sum(-1, keepdim=True)).to(logits.dtype)
