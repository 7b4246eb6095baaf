# Ascending: a tail whose sum is at most 1 - p goes, the last token never does.
import torch


def top_p_probs(logits, p, temperature=1.0):
    scores = logits.to(torch.promote_types(logits.dtype, torch.float32)) / temperature
    ordered, index = torch.sort(scores, descending=False, dim=-1)
    remove = ordered.softmax(dim=-1).cumsum(dim=-1) <= 1 - p
    remove[..., -1:] = False
    remove = remove.scatter(-1, index, remove)
    return scores.masked_fill(remove, float("-inf")).softmax(dim=-1).to(logits.dtype)
