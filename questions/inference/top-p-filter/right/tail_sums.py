# Sums from the end: a token stays while it and all behind it hold more than 1 - p.
import torch


def top_p_probs(logits, p, temperature=1.0):
    wide = torch.promote_types(logits.dtype, torch.float32)
    log_probs = torch.log_softmax(logits.to(wide) / temperature, dim=-1)
    ranked, order = log_probs.sort(dim=-1, descending=True)
    behind = ranked.exp().flip(-1).cumsum(-1).flip(-1)
    gone = behind <= 1 - p
    gone[..., 0] = False
    ranked = ranked.masked_fill(gone, float("-inf"))
    ranked = torch.softmax(ranked, dim=-1)
    return ranked.new_zeros(ranked.shape).scatter(-1, order, ranked).to(logits.dtype)
