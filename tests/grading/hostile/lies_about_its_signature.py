# attack: lies_about_its_signature
# idea: claim a hundred thousand parameters with control characters in their names
# must: not-pass; what is told of a signature is cut to what a person can read
import sys

from kit import Wrong, forge

names = [["\x1b[31mname" + "e" * 100, "POSITIONAL_OR_KEYWORD", False]] * 7_000
forge("signature", lambda answer, parcel: {"parameters": names})
sys.setrecursionlimit(10_000)


class LayerNorm(Wrong):
    pass
