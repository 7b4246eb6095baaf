# attack: chains_names_in_its_text
# idea: chains of attributes, calls and brackets so long that reading the text runs out of stack
# must: survive; what is too deep to read is told as such
# outcome: judged, import_error, syntax_error
from kit import Right


class LayerNorm(Right):
    pass


# %% append: "f = lambda: torch" + ".nn" * 1500
# %% append: "f = lambda: torch" + ".nn" * 5000
# %% append: "f = lambda: torch" + ".f()" * 800 + ".getattr(f, f)"
# %% append: "f = lambda: " + "(" * 150 + "torch" + ")" * 150
