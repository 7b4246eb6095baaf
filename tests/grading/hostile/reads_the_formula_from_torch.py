# attack: reads_the_formula_from_torch
# idea: torch's own decompositions compute a layer norm from operators that nobody forbids
# must: flag; a name that the text hides breaks the rule, whatever it reaches
import torch
from kit import Right


class LayerNorm(Right):
    def normalized(self, x):
        return way()(x, (self.width,), None, None, self.eps)[0]


# %% among the members
def by_members():
    import inspect

    return dict(inspect.getmembers(torch))["_re" + "fs"].native_layer_norm


way = by_members


# %% by an attrgetter of a constant
def by_attrgetter():
    import operator

    return operator.attrgetter("_refs.native_layer_norm")(torch)


way = by_attrgetter


# %% by a pattern's attributes
def by_pattern():
    match torch:
        case object(_refs=object(native_layer_norm=found)):
            return found


way = by_pattern


# %% by loading a file that names it
def by_loading():
    import io

    # A file of torch.save whose one object is named torch._refs.native_layer_norm.
    named = (
        b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
        b"\x80\x02M\xe9\x03."
        b"\x80\x02}(X\x10\x00\x00\x00protocol_versionM\xe9\x03X\r\x00\x00\x00little_endian\x88"
        b"X\n\x00\x00\x00type_sizes}(X\x05\x00\x00\x00shortK\x02X\x03\x00\x00\x00intK\x04"
        b"X\x04\x00\x00\x00longK\x04uu."
        b"\x80\x02ctorch._refs\nnative_layer_norm\n."
        b"\x80\x02]."
    )
    return torch.load(io.BytesIO(named), weights_only=False)


way = by_loading


# %% by the globals of a function of torch
def by_globals():
    names = torch.testing.assert_close.__globals__
    return names["torch"]._refs.native_layer_norm


way = by_globals
