# attack: takes_long_to_read
# idea: half a megabyte of long names, so that reading the text takes minutes
# must: survive; reading takes a time that grows as the text does
# outcome: refused, judged, import_error, syntax_error
from kit import Right


class LayerNorm(Right):
    pass


# %% append: "f = lambda: (" + ("torch" + ".nn" * 900 + ",") * 60 + ")"
# %% append: "a0 = torch\n" + "\n".join(f"a{n} = a{n - 1}.nn" for n in range(1, 9000))
