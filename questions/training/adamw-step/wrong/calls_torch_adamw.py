# check: allowed-calls
# Hands the work to torch.optim.AdamW, with its state loaded back.
import torch


def adamw_step(p, g, state, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
    parameter = torch.nn.Parameter(p.detach().clone())
    optimizer = torch.optim.AdamW(
        [parameter], lr=lr, betas=betas, eps=eps, weight_decay=weight_decay
    )
    if state is not None:
        optimizer.state[parameter] = {name: one.clone() for name, one in state.items()}
    parameter.grad = g.detach().clone()
    optimizer.step()
    return parameter.detach(), dict(optimizer.state[parameter])
