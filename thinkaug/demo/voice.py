"""Choosing words: a source of chance that does not repeat itself. Knows no words.

Every list of frames is a bag: each is drawn once before any comes back, so that neighbours do not sound alike.
"""

from collections.abc import Sequence
from random import Random
from typing import TypeVar

Item = TypeVar("Item")


class Voice:
    """One speaker, reproducible from its seed."""

    def __init__(self, seed: int) -> None:
        """The same seed says the same."""
        self._chance = Random(seed)
        self._bags: dict[tuple[str, ...], list[str]] = {}

    def pick(self, frames: tuple[str, ...]) -> str:
        """One of the frames; none twice before all have been used."""
        bag = self._bags.get(frames)
        if not bag:
            bag = self._bags[frames] = self.shuffled(frames)
        return bag.pop()

    def chance(self, share: float) -> bool:
        """True in `share` of the calls."""
        return self._chance.random() < share

    def number(self, least: int, most: int) -> int:
        """A whole number from `least` to `most`, both included."""
        return self._chance.randint(least, most)

    def one(self, items: Sequence[Item]) -> Item:
        """Any one of the items."""
        return self._chance.choice(items)

    def shuffled(self, items: Sequence[Item]) -> list[Item]:
        """All items in a random order."""
        return self._chance.sample(items, len(items))
