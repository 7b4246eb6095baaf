"""Transformer decoder layer, post-LN or pre-LN (arXiv:1706.03762 §3.1, arXiv:2002.04745)."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class DecoderLayer(nn.Module):
    """Causal self-attention, cross-attention and a feed-forward network, in this order."""

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
        # Named as in nn.TransformerDecoderLayer, so that its weights load.
        self.self_attn = nn.MultiheadAttention(d_model, nhead, dropout=dropout, batch_first=True)
        self.multihead_attn = nn.MultiheadAttention(
            d_model, nhead, dropout=dropout, batch_first=True
        )
        self.linear1 = nn.Linear(d_model, dim_feedforward)
        self.linear2 = nn.Linear(dim_feedforward, d_model)
        self.norm1 = nn.LayerNorm(d_model)
        self.norm2 = nn.LayerNorm(d_model)
        self.norm3 = nn.LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)  # has no state, so one serves all its places

    def forward(
        self, tgt: Tensor, memory: Tensor, memory_key_padding_mask: Tensor | None = None
    ) -> Tensor:
        x, padding = tgt, memory_key_padding_mask  # (B, T, d), (B, S) with True at padding
        if self.norm_first:
            x = x + self._self_attention(self.norm1(x))
            # The norm is for the queries. memory is the encoder's output, normalized there.
            x = x + self._cross_attention(self.norm2(x), memory, padding)
            return x + self._feed_forward(self.norm3(x))
        x = self.norm1(x + self._self_attention(x))
        x = self.norm2(x + self._cross_attention(x, memory, padding))
        normed: Tensor = self.norm3(x + self._feed_forward(x))
        return normed

    def _self_attention(self, x: Tensor) -> Tensor:
        # True hides: position t must not see t + 1 and later, but must see itself.
        steps = x.shape[1]
        future = torch.ones(steps, steps, dtype=torch.bool, device=x.device).triu(1)
        y, _ = self.self_attn(x, x, x, attn_mask=future, need_weights=False)
        dropped: Tensor = self.dropout(y)
        return dropped

    def _cross_attention(self, x: Tensor, memory: Tensor, padding: Tensor | None) -> Tensor:
        # (query, key, value): the target asks, the source answers. No causal mask here, since
        # the whole source is known before the first target token.
        y, _ = self.multihead_attn(x, memory, memory, key_padding_mask=padding, need_weights=False)
        dropped: Tensor = self.dropout(y)
        return dropped

    def _feed_forward(self, x: Tensor) -> Tensor:
        hidden = self.dropout(F.relu(self.linear1(x)))  # (B, T, d_ff)
        y: Tensor = self.dropout(self.linear2(hidden))
        return y
