"""The errors that have a meaning here, and the words for a name that does not exist. Knows nothing else."""

from collections.abc import Iterable
from difflib import get_close_matches


class UserError(Exception):
    """Something the user can put right: the message says what, where and what next.

    Caught once, in `thinkaug.cli.main`, which prints it without a traceback and exits 2.
    """


class Unreadable(Exception):
    """A record, or what is left of a file, cannot be read. `kind` is a snake_case word: why; the message says more."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class PromiseBroken(AssertionError):
    """The program itself is about to lose a row or to change expert text: a fault of ours, which ends the run.

    Raised, not asserted, so that it holds under `python -O` too.
    """


def unknown(kind: str, name: str, known: Iterable[str], where: str) -> UserError:
    """The error for a name that is not among `known`, with the nearest one that is."""
    names = sorted(known)
    near = get_close_matches(name, names, n=1, cutoff=0.5)
    hint = f"did you mean '{near[0]}'?" if near else f"known: {', '.join(names) or 'none'}"
    return UserError(f"{where}: no {kind} '{name}'; {hint}")
