# Plain Python over the tokens of each row, most likely first, in place in a new tensor.
import torch


def top_p_probs(logits, p, temperature=1.0):
    probs = torch.softmax(logits.double() / temperature, dim=-1)
    out = torch.zeros_like(probs)
    rows, kept = probs.reshape(-1, probs.shape[-1]), out.reshape(-1, probs.shape[-1])
    for i in range(rows.shape[0]):
        row = rows[i].tolist()
        total, chosen = 0.0, []
        for token in sorted(range(len(row)), key=row.__getitem__, reverse=True):
            chosen.append(token)
            total += row[token]
            if total >= p:
                break
        kept[i, chosen] = rows[i, chosen] / total
    return out.to(logits.dtype)
