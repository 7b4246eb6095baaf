# check: repeatable
# Draws a token and returns it one-hot.
import torch


def top_p_probs(logits, p, temperature=1.0):
    x = logits.to(torch.promote_types(logits.dtype, torch.float32))
    probs = torch.softmax(x / temperature, dim=-1)
    sorted_probs, idx = torch.sort(probs, dim=-1, descending=True)
    cum = torch.cumsum(sorted_probs, dim=-1)
    sorted_probs = sorted_probs * (cum - sorted_probs < p)
    out = torch.zeros_like(probs).scatter(-1, idx, sorted_probs)
    token = torch.multinomial(out.reshape(-1, out.shape[-1]), 1)
    hot = torch.nn.functional.one_hot(token.squeeze(-1), out.shape[-1])
    return hot.reshape(out.shape).to(logits.dtype)
