# attack: outlives_its_judge
# idea: take back the parent-death signal, ignore every other, leave the session, hang
# must: not-pass; SIGKILL cannot be ignored
# limit: 0.3
import contextlib
import ctypes
import os
import signal

from kit import Wrong

PR_SET_PDEATHSIG = 1


class LayerNorm(Wrong):
    def forward(self, x):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0)
        for number in signal.valid_signals():
            with contextlib.suppress(OSError, ValueError):
                signal.signal(number, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        for leave in (os.setsid, lambda: os.setpgid(0, os.getpgid(os.getppid()))):
            with contextlib.suppress(OSError):
                leave()
        while True:
            signal.sigtimedwait(signal.valid_signals(), 10)
