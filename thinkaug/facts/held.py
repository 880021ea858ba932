"""held: the facts of the rows last asked for, so that a text that stands in many pairs is read once. Knows no texts."""

from collections.abc import Callable

from thinkaug.facts.guard import Facts

_HELD_BYTES = 16 << 20  # of text; its facts take some 15 times as much
_EACH_BYTES = 200  # that short texts take all the same


class Held:
    """Facts by row number.

    Args:
        made: reads a row.
        most_bytes: of text, up to which facts are held.
    """

    def __init__(self, made: Callable[[int], Facts], most_bytes: int = _HELD_BYTES) -> None:
        self._made, self._most, self._size = made, most_bytes, 0
        self._held: dict[int, Facts] = {}  # those last asked for come last

    def __call__(self, row: int) -> Facts:
        """The facts of a row."""
        facts = self._held.pop(row, None)
        if facts is None:
            facts = self._made(row)
            self._size += _size(facts)
        self._held[row] = facts
        while self._size > self._most:
            self._size -= _size(self._held.pop(next(iter(self._held))))
        return facts


def _size(facts: Facts) -> int:
    return len(facts.raw) + _EACH_BYTES
