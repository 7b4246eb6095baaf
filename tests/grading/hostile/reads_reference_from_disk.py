# attack: reads_reference_from_disk
# idea: read the hidden suite, the model solution and the wrong controls, and use what they define
# must: not-pass; no file of the bank can be opened, by whatever path
import glob

from kit import BANK, Right, Wrong, breach

found = ""
patterns = [f"{BANK}/**/*.py", f"/proc/self/root{BANK}/**/*.py", f"/proc/self/cwd/../..{BANK}/**/*"]
names = [f"{BANK}/questions/normalization/layer-norm/suite.py", f"{BANK}/solutions/layer_norm.py"]
for name in [*names, "suite.py", "../suite.py", *(n for p in patterns for n in glob.glob(p))]:
    try:
        with open(name) as stream:
            found += stream.read()
    except OSError:
        pass
if found:
    breach(f"read {len(found)} characters of the bank: {found}")


class LayerNorm(Right if found else Wrong):
    pass
