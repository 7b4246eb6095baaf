# attack: prints_without_end
# idea: write to the captured output as fast as it is read
# must: not-pass; the beginning is kept, the rest is thrown away, the clock runs
# limit: 0.3
import os

from kit import Wrong


class LayerNorm(Wrong):
    def forward(self, x):
        while True:
            os.write(1, b"\x1b[31m\xff\x00flood\n" * 10_000)
