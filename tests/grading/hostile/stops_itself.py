# attack: stops_itself
# idea: stop by SIGSTOP, so that no code of the process runs any more
# must: not-pass; the clock is another process's, and SIGKILL ends the stopped
# limit: 0.3
import os
import signal

from kit import Wrong


class LayerNorm(Wrong):
    def forward(self, x):
        os.kill(os.getpid(), signal.SIGSTOP)
