# attack: declares_an_odd_encoding
# idea: name a codec that decodes no text, so that reading fails unforeseen -*- coding: hex
# must: not-pass; a file that is no text is refused in one line
# outcome: refused
from kit import Wrong


class LayerNorm(Wrong):
    pass
