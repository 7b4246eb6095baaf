# attack: learns_the_seed
# idea: find the job, with the seed of the inputs in it, in the frames and objects inherited by fork
# must: survive; the sandbox is forked before the job is known
import gc
import re
import sys

from kit import Right, breach


def look(value):
    if isinstance(value, str) and re.search(r'"seed": \d', value):
        breach(f"the job as text: {value[-300:]}")
    elif type(value).__name__ == "Job":
        breach(f"the seed: {value.seed}")


here = sys._getframe()
while here:
    for one in list(here.f_locals.values()):
        look(one)
    here = here.f_back
for one in gc.get_objects():
    look(one)


class LayerNorm(Right):
    pass
