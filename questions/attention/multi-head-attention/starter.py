import torch
from torch import Tensor, nn


class MultiHeadAttention(nn.Module):
    """Multi-head attention, batch first. 多头注意力，批在第 0 维。

    head_i = softmax(Q_i K_iᵀ / √d_h) V_i,  y = o_proj(concat(head_1, …, head_h))

    - q_proj, k_proj, v_proj, o_proj: nn.Linear(d_model, d_model) with bias; nothing else to train
      | 四个带偏置的 nn.Linear(d_model, d_model)，名字如左；此外没有可训练的参数
    - head i: features i·d_h to (i+1)·d_h, d_h = d_model / num_heads; raise in the constructor
      if that is no whole number | 第 i 个头取第 i 段特征；不能整除时在构造函数里抛出异常
    - q: (B, T_q, d_model), k and v: (B, T_k, d_model); k defaults to q, v to k; returns
      (B, T_q, d_model) | k 默认是 q，v 默认是 k
    - mask: bool, True = may attend, broadcastable to (B, T_q, T_k), the same for all heads
      | 布尔型，True 表示可以关注，可广播到 (B, T_q, T_k)，各头相同
    - no dropout; arguments stay untouched | 没有 dropout；不改写参数
    - no built-in attention | 不得调用现成的注意力
    """

    def __init__(self, d_model: int, num_heads: int) -> None:
        super().__init__()
        raise NotImplementedError

    def forward(
        self,
        q: Tensor,
        k: Tensor | None = None,
        v: Tensor | None = None,
        mask: Tensor | None = None,
    ) -> Tensor:
        raise NotImplementedError
