"""Where the bytecode of a bank's suites and implementations is kept."""

import contextlib
import sys
from collections.abc import Iterator

from interview.paths import cache_folder


@contextlib.contextmanager
def kept_in_cache() -> Iterator[None]:
    """Load modules within with their bytecode in the cache folder, never beside a bank's files.

    What is imported outside, torch above all, still finds the bytecode that it was installed with.
    """
    before, sys.pycache_prefix = sys.pycache_prefix, str(cache_folder() / "bytecode")
    try:
        yield
    finally:
        sys.pycache_prefix = before
