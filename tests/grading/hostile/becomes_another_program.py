# attack: becomes_another_program
# idea: exec, from files and from memory
# must: not-pass; no program can be started
import contextlib
import os

from kit import SLEEP, Wrong, breach


class LayerNorm(Wrong):
    def forward(self, x):
        with contextlib.suppress(OSError):
            fd = os.memfd_create("program")
            breach("memory that no limit counts")
            os.write(fd, open("/bin/sleep", "rb").read())
            os.execve(fd, ["sleep", SLEEP], {})
        for program in ("/bin/sleep", "/lib64/ld-linux-x86-64.so.2", "/usr/bin/env"):
            with contextlib.suppress(OSError):
                os.execv(program, [program, "sleep", SLEEP])
        return super().forward(x)
