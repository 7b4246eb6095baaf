# Everything in float64, whatever comes in; the form with 1/D in front.
import torch


def layer_norm_backward(dy, x, gamma, eps=1e-5):
    dout, inp, weight = dy.double(), x.double(), gamma.double()
    D = inp.shape[-1]
    var, mu = torch.var_mean(inp, dim=-1, correction=0, keepdim=True)
    s = (var + eps) ** -0.5
    xh = (inp - mu) * s
    dxh = dout * weight
    dx = s / D * (D * dxh - dxh.sum(-1, keepdim=True) - xh * (dxh * xh).sum(-1, keepdim=True))
    dw, db = (dout * xh).sum_to_size(weight.shape), dout.sum_to_size(weight.shape)
    return dx.to(x.dtype), dw.to(gamma.dtype), db.to(gamma.dtype)
