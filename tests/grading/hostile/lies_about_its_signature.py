# attack: lies_about_its_signature
# idea: claim thousands of parameters with control characters in their names
# must: not-pass; what is told of a signature is cut to what a person can read
# outcome: wrong_signature
from forgery import forge
from kit import Wrong

names = [["\x1b[31mname" + "e" * 100, "POSITIONAL_OR_KEYWORD", False]] * 5_000
forge("signature", lambda answer, parcel: {"parameters": names})


class LayerNorm(Wrong):
    pass
