"""Transformer encoder layer, post-LN or pre-LN (arXiv:1706.03762 §3.1, arXiv:2002.04745)."""

import torch.nn.functional as F
from torch import Tensor, nn


class EncoderLayer(nn.Module):
    """Self-attention and a feed-forward network, each with a residual and a LayerNorm."""

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int,
        norm_first: bool = False,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.norm_first = norm_first
        # Named as in nn.TransformerEncoderLayer, so that its weights load.
        self.self_attn = nn.MultiheadAttention(d_model, nhead, dropout=dropout, batch_first=True)
        self.linear1 = nn.Linear(d_model, dim_feedforward)
        self.linear2 = nn.Linear(dim_feedforward, d_model)
        # Two norms: they see tensors of different statistics, and their γ and β are learnt.
        self.norm1 = nn.LayerNorm(d_model)
        self.norm2 = nn.LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)  # has no state, so one serves all three places

    def forward(self, src: Tensor, src_key_padding_mask: Tensor | None = None) -> Tensor:
        x, padding = src, src_key_padding_mask  # (B, T, d), (B, T) with True at padding
        if self.norm_first:  # the stream is only ever added to; the norms guard the branches
            x = x + self._attention(self.norm1(x), padding)
            return x + self._feed_forward(self.norm2(x))
        # Post-LN, as in 2017: each norm sits on the stream itself, after the addition.
        x = self.norm1(x + self._attention(x, padding))
        normed: Tensor = self.norm2(x + self._feed_forward(x))
        return normed

    def _attention(self, x: Tensor, padding: Tensor | None) -> Tensor:
        # Without weights to return, attention may take the fused kernel.
        y, _ = self.self_attn(x, x, x, key_padding_mask=padding, need_weights=False)
        # Drop the branch before it is added: on the sum, dropout would cut the stream itself.
        dropped: Tensor = self.dropout(y)
        return dropped

    def _feed_forward(self, x: Tensor) -> Tensor:
        hidden = self.dropout(F.relu(self.linear1(x)))  # (B, T, d_ff)
        y: Tensor = self.dropout(self.linear2(hidden))  # back to (B, T, d), nothing after it
        return y
