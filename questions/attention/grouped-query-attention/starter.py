import torch
from torch import Tensor, nn


class GroupedQueryAttention(nn.Module):
    """Grouped-query self-attention, batch first. 分组查询自注意力，批在第 0 维。

    head_i = softmax(Q_i K_jᵀ / √d_h) V_j with j = i // (num_heads / num_kv_heads)

    - q_proj, o_proj: nn.Linear(d_model, d_model, bias=False);
      k_proj, v_proj: nn.Linear(d_model, num_kv_heads · d_h, bias=False), d_h = d_model / num_heads;
      nothing else to train | 四个没有偏置的投影，名字如左；此外没有可训练的参数
    - neighbouring query heads share a key and value head | 相邻的 query 头共用一个 KV 头
    - x: (B, T, d_model), and so is the result | 返回的形状与 x 相同
    - causal=True: token t attends to tokens 0 to t; causal=False: to all
      | causal=True 时第 t 个 token 只看 0 到 t；causal=False 时看全部
    - num_heads no divisor of d_model, or num_kv_heads none of num_heads: raise in the constructor
      | 不能整除时在构造函数里抛出异常
    - no dropout; x stays untouched | 没有 dropout；不改写 x
    - no built-in attention | 不得调用现成的注意力
    """

    def __init__(self, d_model: int, num_heads: int, num_kv_heads: int) -> None:
        super().__init__()
        raise NotImplementedError

    def forward(self, x: Tensor, causal: bool = True) -> Tensor:
        raise NotImplementedError
