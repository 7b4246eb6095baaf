# An autograd.Function: the softmax's vector-Jacobian product written out.
import math

import torch


class Attention(torch.autograd.Function):
    @staticmethod
    def forward(ctx, q, k, v, hidden):
        scale = 1 / math.sqrt(q.shape[-1])
        scores = (q * scale) @ k.transpose(-2, -1)
        if hidden is not None:
            scores.masked_fill_(hidden, torch.finfo(scores.dtype).min)
        weights = scores.softmax(-1)
        if hidden is not None:
            weights.masked_fill_(hidden, 0.0)
        ctx.save_for_backward(q, k, v, weights)
        ctx.scale = scale
        return weights @ v

    @staticmethod
    def backward(ctx, grad):
        q, k, v, weights = ctx.saved_tensors
        grad_weights = grad @ v.transpose(-2, -1)
        inner = (grad_weights * weights).sum(-1, keepdim=True)
        grad_scores = weights * (grad_weights - inner) * ctx.scale
        grad_k = grad_scores.transpose(-2, -1) @ q
        return grad_scores @ k, grad_k, weights.transpose(-2, -1) @ grad, None


def scaled_dot_product_attention(q, k, v, attn_mask=None):
    return Attention.apply(q, k, v, None if attn_mask is None else ~attn_mask)
