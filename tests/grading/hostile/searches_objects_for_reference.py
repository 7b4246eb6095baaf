# attack: searches_objects_for_reference
# idea: look in gc.get_objects for a function that looks like the suite's reference and use it
# must: not-pass; no expected value is computed in the sandbox's process or before its fork
import gc
import types

from kit import Wrong, breach


def find():
    for one in gc.get_objects():
        if isinstance(one, types.FunctionType) and one.__name__ in ("reference", "oracle"):
            where = str(one.__module__)
            if where.startswith(("suite", "trusted_")) or where.endswith("suite"):
                breach(f"found {where}.{one.__name__}")
                return one
    return None


class LayerNorm(Wrong):
    def normalized(self, x):
        found = find()
        return found(x, eps=self.eps) if found else super().normalized(x)
