import torch
from torch import Tensor, nn

Cache = tuple[Tensor, Tensor]


class CachedAttention(nn.Module):
    """Causal self-attention with RoPE and a KV cache. 带 RoPE 与 KV cache 的因果自注意力。

    y, (k, v) = layer(x, cache)    x, y: (B, T, d)    k, v: (B, H, P + T, d / H)

    - cache: the (k, v) of an earlier call, P tokens; None: P = 0
      | 先前某次调用返回的 (k, v)，含 P 个 token；None 表示 P = 0
    - q_proj, k_proj, v_proj, o_proj: nn.Linear(d, d, bias=False)
    - RoPE on q and k, not on v: the pair (2i, 2i + 1) turns by p · 10000^(−2i/d_h), p = P + t
      | RoPE 只作用于 q 和 k：第 2i、2i + 1 维是一对，转过 p · 10000^(−2i/d_h)，p = P + t
    - k is cached turned; old tokens first, new ones last | 缓存旋转后的 k，旧的在前，新的在后
    - scores / √d_h; a query at position p sees keys 0 … p
      | 打分除以 √d_h；位置 p 的 query 看得见第 0 到第 p 个 key
    - x and cache stay untouched, and the module keeps no state | 不改写 x 和 cache，模块不存状态
    - no built-in attention | 不得调用现成的注意力
    """

    def __init__(self, d_model: int, num_heads: int) -> None:
        super().__init__()
        raise NotImplementedError

    def forward(self, x: Tensor, cache: Cache | None = None) -> tuple[Tensor, Cache]:
        raise NotImplementedError
