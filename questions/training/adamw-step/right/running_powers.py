# The state holds β₁ᵗ and β₂ᵗ as running products, and no step number.
import torch


def adamw_step(p, g, state, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
    b1, b2 = betas
    with torch.no_grad():
        wide = torch.float64 if p.dtype == torch.float64 else torch.float32
        x, d = p.to(wide), g.to(wide)
        past = state or {"moments": (d * 0, d * 0), "powers": [1.0, 1.0]}
        m, v = past["moments"]
        q1, q2 = past["powers"]
        m, v = m * b1 + d * (1 - b1), v * b2 + d * d * (1 - b2)
        q1, q2 = q1 * b1, q2 * b2
        u = (m / (1 - q1)) / ((v / (1 - q2)) ** 0.5 + eps)
        x = x - lr * (u + weight_decay * x)
    return x.to(p.dtype), {"moments": (m, v), "powers": [q1, q2]}
