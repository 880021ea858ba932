"""compiled: a function on arrays and numbers becomes machine code, kept on disk. Knows nothing of what it computes.

Only modules of kernels import this: to import numba takes as long as a short command does.
"""

from collections.abc import Callable
from typing import TypeVar, cast

from numba import njit

Function = TypeVar("Function", bound=Callable[..., object])


def compiled(function: Function) -> Function:
    """The function, compiled when first called, for the types it is called with.

    The machine code is kept beside the module, or in the user's cache where that folder cannot be written. Without the
    interpreter's lock, so that threads run at once; integers wrap and divisions by zero do not raise, as in C.
    """
    return cast(Function, njit(cache=True, nogil=True, error_model="numpy")(function))
