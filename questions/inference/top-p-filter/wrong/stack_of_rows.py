# check: sizes
# A list of rows, stacked: without rows there is nothing to stack.
import torch


def top_p_probs(logits, p, temperature=1.0):
    x = logits.to(torch.promote_types(logits.dtype, torch.float32))
    probs = torch.softmax(x / temperature, dim=-1)
    vocab = probs.shape[-1]
    rows = []
    for row in probs.reshape(-1, vocab):
        values, idx = row.sort(descending=True)
        n = int((values.cumsum(0) - values < p).sum())
        kept = torch.zeros_like(row)
        kept[idx[:n]] = values[:n] / values[:n].sum()
        rows.append(kept)
    return torch.stack(rows).reshape(logits.shape).to(logits.dtype)
