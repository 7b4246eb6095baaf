import torch
from torch import Tensor


def scaled_dot_product_attention(
    q: Tensor, k: Tensor, v: Tensor, attn_mask: Tensor | None = None
) -> Tensor:
    """Scaled dot-product attention. 缩放点积注意力。

    softmax(q kᵀ / √d_k) v

    - q: (..., L_q, d_k), k: (..., L_k, d_k), v: (..., L_k, d_v) → (..., L_q, d_v); same leading
      dimensions, any number of them, any strides | 前导维相同，个数任意，步长任意
    - attn_mask: bool, True = attend, broadcastable to (..., L_q, L_k)
      | 布尔型，True 表示参与注意力，可广播到 (..., L_q, L_k)
    - a query that may attend to nothing gives zeros, with finite gradients
      | 一个 key 都看不到的 query 得到全 0，梯度为有限值
    - keeps the dtype; arguments stay untouched; no dropout | dtype 不变；不改写参数；没有 dropout
    - no built-in attention | 不得调用现成的注意力
    """
    raise NotImplementedError
