"""Running a snippet of the bank in a fresh process, with what it prints as the result."""

import contextlib
import io


def printed(code: str) -> str:
    """Run `code` with torch, nn and F at hand on one thread; return what it prints."""
    import torch
    from torch import nn
    from torch.nn import functional

    torch.set_num_threads(1)
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown):
        exec(code, {"torch": torch, "nn": nn, "F": functional, "__name__": "demo"})
    return shown.getvalue()
