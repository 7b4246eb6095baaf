from torch import Tensor, nn


class DecoderLayer(nn.Module):
    """Transformer 解码器层 / A Transformer decoder layer.

    tgt (B, T, d_model), memory (B, S, d_model) -> (B, T, d_model)

    norm_first=False (post-LN):         norm_first=True (pre-LN):
        x = LN1(tgt + SA(tgt))              x = tgt + SA(LN1(tgt))
        x = LN2(x + CA(x, memory))          x = x + CA(LN2(x), memory)
        y = LN3(x + FFN(x))                 y = x + FFN(LN3(x))

    - SA 是因果自注意力，CA 是交叉注意力（query 来自 x，key 和 value 来自 memory）；
      FFN = linear2(ReLU(linear1(·)))。
      SA is causal self-attention, CA cross-attention (queries from x, keys and values from
      memory); FFN = linear2(ReLU(linear1(·))).
    - 因果掩码由这一层自己造，调用者不传。The layer makes the causal mask itself.
    - state_dict 的键与形状同 nn.TransformerDecoderLayer：self_attn、multihead_attn、
      linear1、linear2、norm1、norm2、norm3。
      The state_dict has the keys and shapes of nn.TransformerDecoderLayer.
    - memory_key_padding_mask：(B, S)，bool，True 处是源端的填充，不得被看到。
      memory_key_padding_mask: (B, S), bool; True is padding of the source, to be hidden.
    - dropout：注意力权重、FFN 的激活、三个子层的输出（相加之前）；eval 时关闭。
      dropout: on the attention weights, on the FFN's activations, and on all three sublayers'
      outputs before the addition; off in eval.
    - 可以用 nn.MultiheadAttention，不得用现成的 Transformer 层；不得修改 tgt 和 memory。
      nn.MultiheadAttention is allowed, a ready-made Transformer layer is not;
      tgt and memory must not be modified.
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

    def forward(
        self, tgt: Tensor, memory: Tensor, memory_key_padding_mask: Tensor | None = None
    ) -> Tensor:
        raise NotImplementedError
