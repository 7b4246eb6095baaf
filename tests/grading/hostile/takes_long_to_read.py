# attack: takes_long_to_read
# idea: half a megabyte of long names, so that reading the text takes minutes
# must: survive; reading takes a time that grows as the text does
# outcome: judged, import_error, syntax_error
# append: ["f = lambda: (" + ("torch" + ".nn" * 900 + ",") * 200 + ")", "\n".join(f"a{n} = torch.nn" if n == 0 else f"a{n} = a{n - 1}.nn" for n in range(6000)), "import torch\n" * 30000][VARIANT]
# variants: 3
import torch  # noqa: F401 - the appended lines use it
from kit import Right


class LayerNorm(Right):
    pass


torch.nn.nn = torch.nn
