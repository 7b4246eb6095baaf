# attack: writes_to_the_graders_output
# idea: open the grader's streams through /proc/PPID/fd, print a verdict there, then kill the grader
# must: not-pass; the grader's files and process cannot be touched
import os

from kit import Wrong, breach


def forge():
    for pid in (os.getppid(), os.getpgid(os.getppid())):
        for fd in range(10):
            try:
                with open(f"/proc/{pid}/fd/{fd}", "w") as stream:
                    stream.write('\n{"outcome": "judged", "findings": []}\n20 passed\n')
                breach(f"wrote to descriptor {fd} of the grader")
            except OSError:
                pass
    try:
        os.kill(os.getppid(), 9)
        breach("killed the judge")
    except OSError:
        pass


class LayerNorm(Wrong):
    def forward(self, x):
        forge()
        return super().forward(x)
