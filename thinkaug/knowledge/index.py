"""index: a query -> the entries that answer it. Reads a folder that `building` wrote; everything stays memory-mapped.

A look-up reads only the pages that its words lead to. Nothing is changed after opening: threads may share an index, and
processes that open the same folder share its pages.
"""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from math import log
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from thinkaug.errors import UserError
from thinkaug.knowledge import layout
from thinkaug.knowledge.entry import Entry, Hit
from thinkaug.knowledge.quote import quote
from thinkaug.knowledge.sorted_texts import SortedTexts
from thinkaug.knowledge.tokens import name_key, tokenizer
from thinkaug.schema import from_batch

__all__ = ["Hit", "Index"]


class Index:
    """An open index. `digest` is its identity: it covers the input files, the settings and the program's version."""

    def __init__(self, folder: Path) -> None:
        """Use `Index.open`."""
        summary = layout.read_summary(folder)
        self.digest: str = summary["digest"]
        self._tokenize = tokenizer(summary["shaped_by"]["settings"]["stemmer"])
        self._names = SortedTexts(folder / layout.NAMES)
        self._words = SortedTexts(folder / layout.WORDS)
        reader = pa.ipc.open_file(pa.memory_map(str(folder / layout.ENTRIES)))
        self._batches = [reader.get_batch(number) for number in range(reader.num_record_batches)]
        self._starts = [0, *accumulate(batch.num_rows for batch in self._batches)]
        self._bm25 = _open_bm25(folder / layout.BM25)

    @classmethod
    def open(cls, folder: str | Path) -> "Index":
        """Map the index in a folder.

        Raises:
            UserError: there is none, it is damaged, or of another version; the message says how to build it.
        """
        try:
            return cls(Path(folder))
        except (OSError, ValueError, KeyError) as error:  # Arrow's and JSON's errors are ValueErrors
            again = f"build it with: thinkaug index PATH --out {folder}"
            raise UserError(f"{folder}: the index cannot be read: {error}; {again}") from error

    def __len__(self) -> int:
        """How many entries it holds."""
        return int(self._starts[-1])

    def look_up(self, query: str, most: int = 5) -> list[Hit]:
        """The entries that answer best, at most so many.

        First those that are called by the query: spelt the same before folded the same, titles before synonyms; then
        those that share words with it. Alike ones are in order of score, then of id. Words that stand in no entry say
        nothing, and a word counts once however often the query has it.
        """
        if most < 1:
            return []
        query = query.encode("utf-8", "replace").decode("utf-8")  # a lone surrogate is in no entry
        words = self._numbered(query)
        numbers = list(words.values())
        scores = self._scores(numbers)
        called = self._called(query, scores, most)
        scores[[row for row, _ in called]] = 0.0  # they have their place
        others = self._best(numbers, scores, most - len(called)) if len(called) < most else []
        weights = self._weights(words)
        return [
            *(self._hit(row, score, weights, exact=True) for row, score in called),
            *(self._hit(row, score, weights, exact=False) for row, score in others),
        ]

    def _numbered(self, query: str) -> dict[str, int]:
        """The query's words that stand in some entry, in order, each with its number."""
        return {token: rows.start for token in sorted(set(self._tokenize(query))) if (rows := self._words.find(token))}

    def _scores(self, words: Sequence[int]) -> Any:
        """BM25 of every entry: float32, one a row, the caller's own."""
        return self._bm25.get_scores_from_ids(words) if words else np.zeros(len(self), np.float32)

    def _called(self, query: str, scores: Any, most: int) -> list[tuple[int, float]]:
        """(row, score) of the entries that the query is a name of, at most so many, the best first."""
        found = self._names.find(name_key(query))
        if not found:
            return []
        names = self._names.batch.slice(found.start, len(found)).to_pydict()
        spelt = query.strip()
        ranks: dict[int, int] = {}
        for row, name, synonym in zip(names["row"], names["name"], names["synonym"], strict=True):
            ranks[row] = min(2 * (name != spelt) + synonym, ranks.get(row, 3))
        ordered = sorted(ranks, key=lambda row: (ranks[row], -scores[row], row))
        return [(row, float(scores[row])) for row in ordered[:most]]

    def _best(self, words: Sequence[int], scores: Any, most: int) -> list[tuple[int, float]]:
        """(row, score) of the best entries that hold one of the words.

        All are not sorted: the rarest word that stands in `most` entries says what the last of the best has at least,
        and few entries of the commoner words reach that.
        """
        if not words:
            return []
        starts, rows = self._bm25.scores["indptr"], self._bm25.scores["indices"]
        holding = sorted((rows[starts[word] : starts[word + 1]] for word in words), key=len)
        enough = next((scores[held] for held in holding if len(held) >= most), None)
        least = 0.0 if enough is None else np.partition(enough, -most)[-most]
        near = np.unique(np.concatenate([held[scores[held] >= least] for held in holding]))
        near = near[scores[near] > 0.0]
        ordered = near[np.lexsort((near, -scores[near]))][:most]
        return [(int(row), float(scores[row])) for row in ordered]

    def _weights(self, words: dict[str, int]) -> dict[str, float]:
        """How much each word says: its inverse document frequency, as BM25 has it."""
        starts, count = self._bm25.scores["indptr"], len(self)
        held = {token: int(starts[word + 1] - starts[word]) for token, word in words.items()}
        return {token: log(1 + (count - among + 0.5) / (among + 0.5)) for token, among in held.items()}

    def _hit(self, row: int, score: float, weights: dict[str, float], exact: bool) -> Hit:
        number = bisect_right(self._starts, row) - 1
        (entry,) = from_batch(Entry, self._batches[number].slice(row - self._starts[number], 1))
        return Hit(entry, score, quote(entry.text, weights, self._tokenize), exact)


def _open_bm25(folder: Path) -> Any:
    from bm25s import BM25

    bm25 = BM25.load(folder, mmap=True, load_vocab=False)
    # Plain views of the mapped arrays: a `memmap` costs a Python call for every slice.
    bm25.scores.update({name: np.asarray(bm25.scores[name]) for name in ("data", "indices", "indptr")})
    return bm25
