"""matching: a text -> the evaluation items that stand in it, and where. Knows no records and no files."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from thinkaug.compiled import compiled
from thinkaug.decontamination.index import FOLDED_NUMBER, Index, folded
from thinkaug.decontamination.items import Item, Matching, Rule
from thinkaug.decontamination.markup import Commands, commands, is_marked, plain_words, unmark, without_signs
from thinkaug.decontamination.tables import Table, is_near, postings
from thinkaug.decontamination.wholes import Wholes, whole_items
from thinkaug.decontamination.windows import count_different, stretches
from thinkaug.lexing.letters import letters
from thinkaug.lexing.words import NUMBER, Words, lex

_SCATTERED = 3  # an item's runs may stand in so many times its words
_FILLER_WORDS = 80  # and this many
_FIRST_ROOM = 1024
_PLAINEST: tuple[Rule, ...] = ("short", "ngram", "parts", "numbers")


@dataclass(frozen=True, slots=True)
class Match:
    """An item that stands in a text.

    Args:
        item: which.
        rule: how it was found.
        start: code points, where its first matching word begins.
        end: where its last matching word ends.
        share: of the item's runs, how many stand there.
    """

    item: Item
    rule: Rule
    start: int
    end: int
    share: float


class _Stretch(NamedTuple):
    """A place where an item stands: by its number in the index, with the first and the last word of the text."""

    item: int
    rule: Rule
    first: int
    last: int
    share: float


class Matcher:
    """Asks about texts; keeps its buffers, so it is for one thread."""

    def __init__(self, index: Index, matching: Matching) -> None:
        self.index, self._matching = index, matching
        self._folds = matching.numbers == "any"
        self._seen = np.zeros(max(1, len(index.items)), np.int32)
        self._stamps = np.zeros(max(1, len(index.items)), np.int64)
        self._stamp = 0
        self._room = 0
        self._scratch: tuple[NDArray[Any], ...] = ()

    def suspects(self, texts: Sequence[bytes]) -> list[int]:
        """The places of the texts, as UTF-8, that may hold an item; of all others `find` finds none."""
        offsets = np.cumsum([0, *map(len, texts)], dtype=np.int64)
        return self.suspects_in(np.frombuffer(b"".join(texts), np.uint8), offsets)

    def suspects_in(self, data: NDArray[np.uint8], offsets: NDArray[Any]) -> list[int]:
        """The same of texts that lie behind each other, as in an Arrow array.

        Args:
            data: uint8, UTF-8.
            offsets: (texts + 1,), where each begins.
        """
        room = int(np.max(np.diff(offsets), initial=0))
        if room > self._room:
            self._room = room
            words = [np.empty(2 * room, kind) for kind in (np.uint64, np.int64, np.int64, np.uint8, np.uint64)]
            plain = [np.empty(2 * room, kind) for kind in (np.uint8, np.int64, np.int64)]
            self._scratch = (*words, *plain, np.empty(1, np.int32), np.empty(1, np.int64), np.empty(1, np.int64))
        if not self._scratch:
            return []
        table, index = letters(), self.index
        found = np.zeros(len(offsets) - 1, np.bool_)
        _suspects(
            data, offsets, table.folds, table.expansions, commands(), index.long, index.parts, index.wholes,
            self._matching.answer_words, self._folds, self._scratch, self._seen, self._stamps, self._stamp, found,
        )  # fmt: skip
        self._stamp += 2 * len(found)
        return [int(place) for place in np.flatnonzero(found)]

    def find(self, text: str) -> list[Match]:
        """The items that stand in the text, in order of their place. An item is found by one rule in one place."""
        raw = text.encode("utf-8", "surrogatepass")
        words = plain_words(raw)
        found = _joined([*self._whole(words), *self._long(words), *self._parts(words)])
        if not found:
            return []
        # The place of each byte in code points: those that continue one do not count.
        points = np.cumsum((np.frombuffer(raw, np.uint8) & 0xC0) != 0x80)
        matches = []
        for one in found:
            start, end = int(points[words.starts[one.first]]) - 1, int(points[words.ends[one.last] - 1])
            for item in (self.index.items[one.item], *self.index.alike.get(one.item, ())):
                matches.append(Match(item, one.rule, start, end, round(one.share, 4)))
        return sorted(matches, key=lambda match: (match.start, match.end, match.item.set, match.item.id))

    def _whole(self, words: Words) -> Iterator[_Stretch]:
        room, count = _FIRST_ROOM, len(words)
        while True:
            items, firsts, lasts = np.empty(room, np.int32), np.empty(room, np.int64), np.empty(room, np.int64)
            found = whole_items(
                self.index.wholes, words.hashes, count, self._matching.answer_words, np.empty(count, np.uint64),
                items, firsts, lasts,
            )  # fmt: skip
            if found <= room:
                break
            room = found
        for entry in range(found):
            yield _Stretch(int(items[entry]), "short", int(firsts[entry]), int(lasts[entry]), 1.0)

    def _long(self, words: Words) -> Iterator[_Stretch]:
        for item, first, last, share in self._together(self.index.long, words.hashes):
            yield _Stretch(item, "ngram", first, last, share)

    def _parts(self, words: Words) -> Iterator[_Stretch]:
        hashes = folded(words) if self._folds else words.hashes
        for item, first, last, share in self._together(self.index.parts, hashes):
            yield _Stretch(item, "numbers" if self._folds else "parts", first, last, share)

    def _together(self, table: Table, hashes: NDArray[np.uint64]) -> Iterator[tuple[int, int, int, float]]:
        """Item, first and last word, and share, of each stretch in which enough of the item's runs stand."""
        room, count = _FIRST_ROOM, len(hashes)
        while True:
            positions, items, places = np.empty(room, np.int64), np.empty(room, np.int32), np.empty(room, np.int32)
            found = postings(table, hashes, count, np.empty(count, np.uint64), positions, items, places)
            if found <= room:
                break
            room = found
        order = np.argsort(items[:found], kind="stable")
        different, begins = np.unique(items[order], return_index=True)
        for item, mine in zip(different.tolist(), np.split(order, begins[1:]), strict=False):
            at, where = positions[mine], places[mine]
            if len(at) < table.needs[item]:
                continue
            width = _SCATTERED * (int(table.totals[item]) + table.size) + _FILLER_WORDS
            firsts, lasts = np.empty(len(at), np.int64), np.empty(len(at), np.int64)
            for entry in range(stretches(at, where, width, int(table.needs[item]), firsts, lasts)):
                one = slice(firsts[entry], lasts[entry] + 1)
                share = count_different(where[one]) / int(table.totals[item])
                yield item, int(at[one][0]), int(at[one][-1]) + table.size - 1, share


def _joined(stretches: Sequence[_Stretch]) -> list[_Stretch]:
    """Those of an item that overlap as one, found by the rule of the first of them."""
    joined: list[_Stretch] = []
    order = sorted(range(len(stretches)), key=lambda place: (stretches[place].item, stretches[place].first, place))
    for one in map(stretches.__getitem__, order):
        before = joined[-1] if joined else None
        if before and before.item == one.item and one.first <= before.last:
            plainer = min(before, one, key=lambda stretch: _PLAINEST.index(stretch.rule))
            joined[-1] = plainer._replace(first=before.first, last=max(before.last, one.last))
        else:
            joined.append(one)
    return joined


@compiled
def _suspects(
    data: Any, offsets: Any, folds: Any, expansions: Any, known: Commands, long: Table, parts: Table, wholes: Wholes,
    window: int, folding: bool, scratch: Any, seen: Any, stamps: Any, stamp: int, found: Any,
) -> None:  # fmt: skip
    """Set `found` for each text that may hold an item. `scratch` is as `Matcher` makes it; higher stamps are new."""
    hashes, starts, ends, kinds, runs, plain, froms, tos, items, firsts, lasts = scratch
    for row in range(len(offsets) - 1):
        start, end = offsets[row], offsets[row + 1]
        if is_marked(data, start, end):
            size = unmark(data, start, end, known, plain, froms, tos)
            count = lex(plain, 0, size, folds, expansions, hashes, starts, ends, kinds)
        else:
            count = lex(data, start, end, folds, expansions, hashes, starts, ends, kinds)
        count = without_signs(count, hashes, starts, ends, kinds)
        if whole_items(wholes, hashes, count, window, runs, items, firsts, lasts) > 0 or is_near(
            long, hashes, count, runs, seen, stamps, stamp + 2 * row + 1
        ):
            found[row] = True
            continue
        if folding:
            for word in range(count):
                if kinds[word] & NUMBER:
                    hashes[word] = FOLDED_NUMBER
        found[row] = is_near(parts, hashes, count, runs, seen, stamps, stamp + 2 * row + 2)
