from torch import Tensor, nn


class EncoderLayer(nn.Module):
    """Transformer 编码器层 / A Transformer encoder layer: (B, T, d_model) -> (B, T, d_model).

    norm_first=False (post-LN):  x = LN1(src + SA(src));     y = LN2(x + FFN(x))
    norm_first=True  (pre-LN):   x = src + SA(LN1(src));     y = x + FFN(LN2(x))

    - SA 是 nhead 个头的自注意力；FFN = linear2(ReLU(linear1(·)))。
      SA is self-attention with nhead heads; FFN = linear2(ReLU(linear1(·))).
    - state_dict 的键与形状同 nn.TransformerEncoderLayer：self_attn.in_proj_weight、
      self_attn.in_proj_bias、self_attn.out_proj、linear1、linear2、norm1、norm2。
      The state_dict has the keys and shapes of nn.TransformerEncoderLayer.
    - src_key_padding_mask：(B, T)，bool，True 处是填充，不得被看到。
      src_key_padding_mask: (B, T), bool; True is padding, which nothing may attend to.
    - dropout：注意力权重、FFN 的激活、两个子层的输出（相加之前）；eval 时关闭。
      dropout: on the attention weights, on the FFN's activations, and on both sublayers'
      outputs before the addition; off in eval.
    - 可以用 nn.MultiheadAttention，不得用现成的 Transformer 层；不得修改 src。
      nn.MultiheadAttention is allowed, a ready-made Transformer layer is not;
      src must not be modified.
    """

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int,
        norm_first: bool = False,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        raise NotImplementedError

    def forward(self, src: Tensor, src_key_padding_mask: Tensor | None = None) -> Tensor:
        raise NotImplementedError
