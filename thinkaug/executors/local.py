"""local: one unit after the other, in this process."""

from collections.abc import Callable, Iterable

from thinkaug.runner import Unit


def local(units: Iterable[Unit], run: Callable[[Unit], object]) -> None:
    """Run every unit."""
    for unit in units:
        run(unit)
