"""compiled: a function on arrays and numbers becomes machine code, kept on disk. Knows nothing of what it computes.

Only modules of kernels import this: to import numba takes as long as a short command does.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TypeVar, cast

from numba import njit

Function = TypeVar("Function", bound=Callable[..., object])

KERNELS = (
    *("compiled.py", "minhash.py", "shingling.py", "decontamination/*.py", "facts/*.py", "lexing/*.py"),
    *("rendering/*.py", "shards/*.py", "stages/deduplicating/*.py", "surface/*.py"),
)
"""The modules that hold kernels, and what these are compiled with."""


def compiled(function: Function) -> Function:
    """The function, compiled when first called, for the types it is called with.

    The machine code is kept beside the module, or in the user's cache where that folder cannot be written. Without the
    interpreter's lock, so that threads run at once; integers wrap and divisions by zero do not raise, as in C.
    """
    made = njit(cache=True, nogil=True, error_model="numpy")(function)
    # By itself numba looks at the function's own file alone, and would go on with what other kernels in it were before.
    made._cache._cache_file._source_stamp = _stamp()
    return cast(Function, made)


@cache
def _stamp() -> tuple[tuple[str, int, int], ...]:
    """What changes when the source of any kernel does: names, times and sizes of the files."""
    home = Path(__file__).parent
    files = sorted(path for kernels in KERNELS for path in home.glob(kernels))
    return tuple((path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in files)
