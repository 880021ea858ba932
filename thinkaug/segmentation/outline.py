"""outline: text -> its blocks at once, its sentences where they are asked for. Knows no windows.

A sentence is found within its block. In a long block only a neighbourhood is read, and what is found there is what the
whole block would give: each decision rests on few characters before it, and where even those are in doubt, the whole
block is read after all.
"""

from bisect import bisect_left, bisect_right
from itertools import pairwise

from thinkaug.segmentation.blocks import blocks_of
from thinkaug.segmentation.clusters import splits_cluster
from thinkaug.segmentation.sentences import after_formulas, after_full_stops, after_stops, item_starts, may_hold_items

# Reading begins so far before the place that is asked for, or where the block does, and goes so far at a time.
_BEFORE_CHARS = 60
_STEP_CHARS = 200
_MARK_CHARS = 10
_MOST_CHARS = 300  # so far from the place, reading must have found a letter to begin or end at


class Outline:
    """Where the parts of a text begin; offsets are code points, lists ascend and leave out the first part."""

    def __init__(self, text: str) -> None:
        """Find the blocks; this takes time in proportion to the text. Sentences are found when first asked for."""
        self.text = text
        found = blocks_of(text)
        self.plain, self.regions = found.plain, found.regions
        self.blocks: list[int] = found.starts
        """Where a block begins, such as a paragraph, a heading, an item of a list with blank lines between."""
        self.paragraphs: list[int] = found.free
        """Where a block begins that belongs to nothing before it."""
        self.headed: frozenset[int] = found.headed
        """Where a block begins that follows a heading."""
        self._first = len(text) - len(text.lstrip())
        self._is_ascii = text.isascii()
        self._sentences: dict[int, list[int]] = {}
        self._items: dict[int, list[int]] = {}

    def block(self, at: int) -> tuple[int, int]:
        """The block that holds the character at offset `at`, half open."""
        index = bisect_right(self.blocks, at)
        begin = self.blocks[index - 1] if index else 0
        return begin, self.blocks[index] if index < len(self.blocks) else len(self.text)

    def first_block(self, low: int) -> int:
        """The first offset from `low` on where a block begins; the end of the text where none does."""
        index = bisect_left(self.blocks, low)
        return self.blocks[index] if index < len(self.blocks) else len(self.text)

    def sentences(self) -> list[int]:
        """Where a sentence begins in the whole text; holds all `blocks`."""
        found = [self._in_block(begin, end) for begin, end in pairwise((0, *self.blocks, len(self.text)))]
        return sorted(self.blocks + [start for starts in found for start in starts])

    def first_sentence(self, low: int, high: int) -> int:
        """The first offset from `low` up to `high`, it left out, where a sentence begins; 0: none."""
        begin, end = self.block(low)
        if begin == low > 0:
            return low
        for near in (low + _STEP_CHARS, high):
            found = self._between(begin, end, low, min(near, high, end) - 1)
            if found:
                return found[0]
            if min(high, end) <= near:
                break
        return end if end < high else 0

    def last_sentence(self, low: int, high: int) -> int:
        """The last offset from `low` to `high` where a sentence begins that does not follow a heading; 0: none.

        An item of a list is preferred to the sentences within the items of its block.
        """
        at = high
        while at >= low:
            begin, end = self.block(at)
            if begin >= low and begin not in self.headed:
                return begin
            first, items = max(low, begin + 1), self._items_of(begin, end)
            items = self._possible(items[bisect_left(items, first) : bisect_right(items, at)])
            if found := items or self._last(begin, end, first, at):
                return found[-1]
            at = begin - 1
        return 0

    def _last(self, begin: int, end: int, low: int, high: int) -> list[int]:
        """Sentence starts from `low` to `high`; it may be only some, with the last of them."""
        return self._between(begin, end, max(low, high - _STEP_CHARS), high) or self._between(begin, end, low, high)

    def _between(self, begin: int, end: int, low: int, high: int) -> list[int]:
        """Where sentences begin in the block `[begin, end)` at offsets from `low` to `high`, both included."""
        found = None
        if begin not in self._sentences:
            found = self._nearby(begin, end, low, high)
        if found is None:
            found = self._in_block(begin, end)
        return found[bisect_left(found, low) : bisect_right(found, high)]

    def _in_block(self, begin: int, end: int) -> list[int]:
        """Where sentences and list items begin within a block; its own beginning is left out."""
        if begin not in self._sentences:
            known = self._known(begin, end, begin, end)
            found = {start for start, _ in after_stops(self.plain, begin, end, known)}
            if not self._is_ascii:
                found.update(after_full_stops(self.plain, begin, end))
            self._sentences[begin] = self._possible(sorted(found.union(known)))
        return self._sentences[begin]

    def _nearby(self, begin: int, end: int, low: int, high: int) -> list[int] | None:
        """Starts from `low` to `high`, and a few around them; None where the whole block is needed to be sure."""
        # Nothing that ends a sentence holds a letter, so none goes over a letter; the mark of an item is short.
        since, until = low - _BEFORE_CHARS, high + _MARK_CHARS
        while since > begin and not self.text[since - 1].isalpha():
            since -= 1
        while until < end and not self.text[until].isalpha():
            until += 1
        if low - since > _MOST_CHARS or until - high > _MOST_CHARS:
            return None
        until = min(until + 1, end)
        known = self._known(begin, end, since, until)
        found = set(known)
        for start, sure in after_stops(self.plain, begin, until, known, since):
            if not sure and low <= start <= high:
                return None
            found.add(start)
        if not self._is_ascii:
            found.update(after_full_stops(self.plain, max(begin, since), until))
        return self._possible(sorted(found))

    def _known(self, begin: int, end: int, low: int, high: int) -> list[int]:
        """The items of a block, if any lies between `low` and `high`, and the sentences after formulas there."""
        items: list[int] = []
        if may_hold_items(self.plain, low, high):
            items = self._items_of(begin, end)
            items = items[max(0, bisect_left(items, low) - 1) : bisect_right(items, high)]
        regions = self.regions
        if not regions.starts:
            return items
        first, last = bisect_left(regions.ends, low), bisect_right(regions.starts, high)
        if first >= last:
            return items
        formulas = zip(regions.starts[first:last], regions.ends[first:last], strict=True)
        after = [start for start in after_formulas(self.plain, end, formulas) if begin < start]
        return sorted({*items, *after}) if after else items

    def _items_of(self, begin: int, end: int) -> list[int]:
        if begin not in self._items:
            self._items[begin] = item_starts(self.plain, begin, end)
        return self._items[begin]

    def _possible(self, starts: list[int]) -> list[int]:
        """The starts without those before the first word, inside a region or inside a grapheme cluster."""
        text, regions = self.text, self.regions
        if starts and starts[0] <= self._first:
            starts = [start for start in starts if start > self._first]
        if regions.starts:
            starts = [start for start in starts if regions.over(start) is None]
        if self._is_ascii:
            return starts
        return [start for start in starts if text[start] < "\u0300" or not splits_cluster(text, start)]
