# attack: reads_the_formula_from_torch
# idea: torch's own decompositions compute a layer norm from operators that nobody forbids
# must: flag; a name that the text hides breaks the rule, whatever it reaches
# variants: 6
import functools
import inspect
import io
import operator
import pkgutil

import torch
from kit import VARIANT, Right

# A file of torch.save whose one object is named torch._refs.native_layer_norm.
NAMED = (
    b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
    b"\x80\x02M\xe9\x03."
    b"\x80\x02}(X\x10\x00\x00\x00protocol_versionM\xe9\x03X\r\x00\x00\x00little_endian\x88"
    b"X\n\x00\x00\x00type_sizes}(X\x05\x00\x00\x00shortK\x02X\x03\x00\x00\x00intK\x04"
    b"X\x04\x00\x00\x00longK\x04uu."
    b"\x80\x02ctorch._refs\nnative_layer_norm\n."
    b"\x80\x02]."
)


def by_members():
    return dict(inspect.getmembers(torch))["_re" + "fs"].native_layer_norm


def by_reduce():
    return functools.reduce(getattr, ("_refs", "native_layer_norm"), torch)


def by_attrgetter():
    return operator.attrgetter("_refs.native_layer_norm")(torch)


def by_resolver():
    return pkgutil.resolve_name("torch._refs:native_layer_norm")


def by_pattern():
    match torch:
        case object(_refs=object(native_layer_norm=found)):
            return found


def by_loading():
    return torch.load(io.BytesIO(NAMED), weights_only=False)


class LayerNorm(Right):
    def normalized(self, x):
        ways = (by_members, by_reduce, by_attrgetter, by_resolver, by_pattern, by_loading)
        return ways[VARIANT]()(x, (self.width,), None, None, self.eps)[0]
