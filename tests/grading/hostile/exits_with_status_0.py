# attack: exits_with_status_0
# idea: os._exit(0) in the first forward
# must: not-pass; a process that ends itself has computed nothing
import os

from kit import Wrong


class LayerNorm(Wrong):
    def forward(self, x):
        os._exit(0)
