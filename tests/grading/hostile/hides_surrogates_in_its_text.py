# attack: hides_surrogates_in_its_text
# idea: lone surrogates and control characters in names and strings -*- coding: raw_unicode_escape
# must: not-pass; no character reaches the report that cannot be printed
# outcome: refused, syntax_error, judged, import_error
from kit import Wrong

TEXT = "\ud800 \u001b[31m \u202e"


class LayerNorm(Wrong):
    def forward(self, x):
        raise ValueError(TEXT)
