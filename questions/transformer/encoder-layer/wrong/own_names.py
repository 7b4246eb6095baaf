# check: parameter-names
# Right in all but the names: nobody's weights load.
import torch.nn.functional as F
from torch import nn


class EncoderLayer(nn.Module):
    def __init__(self, d_model, nhead, dim_feedforward, norm_first=False, dropout=0.0):
        super().__init__()
        self.norm_first = norm_first
        self.attention = nn.MultiheadAttention(d_model, nhead, dropout=dropout, batch_first=True)
        self.fc1 = nn.Linear(d_model, dim_feedforward)
        self.fc2 = nn.Linear(dim_feedforward, d_model)
        self.ln1 = nn.LayerNorm(d_model)
        self.ln2 = nn.LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)

    def attend(self, x, padding):
        out, _ = self.attention(x, x, x, key_padding_mask=padding)
        return self.dropout(out)

    def feed_forward(self, x):
        hidden = self.dropout(F.relu(self.fc1(x)))
        return self.dropout(self.fc2(hidden))

    def forward(self, src, src_key_padding_mask=None):
        x = src
        if self.norm_first:
            x = x + self.attend(self.ln1(x), src_key_padding_mask)
            x = x + self.feed_forward(self.ln2(x))
        else:
            x = self.ln1(x + self.attend(x, src_key_padding_mask))
            x = self.ln2(x + self.feed_forward(x))
        return x
