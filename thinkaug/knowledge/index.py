"""index: a query -> the entries that answer it. Reads a folder that `building` wrote; everything stays memory-mapped.

A look-up reads only the pages that its words lead to. Nothing is changed after opening: threads may share an index, and
processes that open the same folder share its pages.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from math import log
from pathlib import Path
from typing import Any

import numpy as np

from thinkaug.errors import UserError
from thinkaug.knowledge import layout
from thinkaug.knowledge.entry import Hit
from thinkaug.knowledge.facts import Facts
from thinkaug.knowledge.quote import quote
from thinkaug.knowledge.sorted_texts import SortedTexts
from thinkaug.knowledge.stored_entries import Pieces, StoredEntries
from thinkaug.knowledge.tokens import name_key, tokenizer

__all__ = ["Hit", "Index"]

_SHARED: "dict[Path, tuple[tuple[int, int], Index]]" = {}
_GATHERED = 0.1  # share of the entries beyond which to look at each of them is quicker


class Index:
    """An open index. `digest` is its identity: it covers the input files, the settings and the program's version."""

    def __init__(self, folder: Path) -> None:
        """Use `Index.open`."""
        summary = layout.read_summary(folder)
        self._folder, self._counts = folder, summary["facts"]
        self.digest: str = summary["digest"]
        self._tokenize = tokenizer(summary["shaped_by"]["settings"]["stemmer"])
        self._names = SortedTexts(folder / layout.NAMES)
        self._called_by = self._names.batch.select(["row", "name", "synonym"])
        self._words = SortedTexts(folder / layout.WORDS)
        self._entries = StoredEntries(folder / layout.ENTRIES)
        self._pieces = Pieces(folder / layout.PIECES)
        self._bm25 = _open_bm25(folder / layout.BM25)

    @classmethod
    def open(cls, folder: str | Path) -> "Index":
        """Map the index in a folder.

        Raises:
            UserError: there is none, it is damaged, or of another version; the message says how to build it.
        """
        with _readable(Path(folder)):
            return cls(Path(folder))

    @classmethod
    def shared(cls, folder: str) -> "Index":
        """The index in a folder, mapped once for all who ask, for as long as nothing else is built there.

        Raises:
            UserError: as `open`.
        """
        place = Path(folder).resolve()
        try:
            status = (place / layout.SUMMARY).stat()
        except OSError:
            return cls.open(folder)  # which says what is wrong
        written = (status.st_ino, status.st_mtime_ns)
        held = _SHARED.get(place)
        if held is None or held[0] != written:
            held = _SHARED[place] = written, cls.open(folder)
        return held[1]

    def __len__(self) -> int:
        """How many entries it holds."""
        return len(self._entries)

    @cached_property
    def facts(self) -> Facts:
        """What its rows state.

        Raises:
            UserError: they state nothing, and the message says what columns do; or the files are damaged.
        """
        if not self._counts["facts"]:
            raise UserError(
                f"{self._folder}: the index holds no facts, only entries; build it from a table with columns subject, "
                f"relation and object, or say which they are: thinkaug index TABLE --out {self._folder} --set "
                "'fact_subject={drug}' --set fact_relation=used_in --set 'fact_object={disease}'"
            )
        with _readable(self._folder):
            return Facts(self._folder, self.digest, self._counts)

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
        names = self._called_by.slice(found.start, len(found)).to_pydict()
        spelt = query.strip()
        ranks: dict[int, int] = {}
        for row, name, synonym in zip(names["row"], names["name"], names["synonym"], strict=True):
            ranks[row] = min(2 * (name != spelt) + synonym, ranks.get(row, 3))
        ordered = sorted(ranks, key=lambda row: (ranks[row], -scores[row], row))
        return [(row, float(scores[row])) for row in ordered[:most]]

    def _best(self, words: Sequence[int], scores: Any, most: int) -> list[tuple[int, float]]:
        """(row, score) of the best entries that hold one of the words.

        All are not sorted: the rarest word that stands in `most` entries says what the last of the best has at least,
        and few entries of the commoner words reach that. Where the words stand in many, all scores are compared: that
        is quicker than to gather those of so many rows.
        """
        if not words:
            return []
        starts, rows = self._bm25.scores["indptr"], self._bm25.scores["indices"]
        holding = sorted((rows[starts[word] : starts[word + 1]] for word in words), key=len)
        enough = next((scores[held] for held in holding if len(held) >= most), None)
        least = 0.0 if enough is None else np.partition(enough, -most)[-most]
        if sum(map(len, holding)) > len(self) * _GATHERED:
            near = np.flatnonzero(scores >= least)
        else:
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
        entry = self._entries[row]
        return Hit(entry, score, quote(entry.text, self._pieces[row], weights, self._tokenize), exact)


@contextmanager
def _readable(folder: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, KeyError) as error:  # Arrow's and JSON's errors are ValueErrors
        again = f"build it with: thinkaug index PATH --out {folder}"
        raise UserError(f"{folder}: the index cannot be read: {error}; {again}") from error


def _open_bm25(folder: Path) -> Any:
    from bm25s import BM25

    bm25 = BM25.load(folder, mmap=True, load_vocab=False)
    # Plain views of the mapped arrays: a `memmap` costs a Python call for every slice.
    bm25.scores.update({name: np.asarray(bm25.scores[name]) for name in ("data", "indices", "indptr")})
    return bm25
