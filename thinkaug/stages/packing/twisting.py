"""Draft batch -> Draft batch with other thoughts, for controls. Knows nothing of style, samples or files.

A control shows what a part of the augmentation is worth: of thoughts that belong to other texts a model sees the same
tokens, but they are not about what stands beside them. Passages, ids and the order of rows are never touched.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from thinkaug.errors import UserError
from thinkaug.records import Thought, content_id
from thinkaug.schema import arrow_schema
from thinkaug.stage import Shard
from thinkaug.stages.packing.config import Control

Twist = Callable[[str, int, pa.RecordBatch], pa.RecordBatch]
"""Unit, number of the batch's first row within the unit, drafts -> the drafts with other thoughts."""

_Bools = np.ndarray[Any, np.dtype[np.bool_]]
_Ints = np.ndarray[Any, np.dtype[np.int64]]
_Keys = np.ndarray[Any, np.dtype[np.uint64]]

_STEP = pa.struct(list(arrow_schema(Thought)))
_ALL_IN: Mapping[str, _Bools] = {}


def twist(control: Control, everything: Iterable[Shard], seed: int, left_out: Mapping[str, _Bools] = _ALL_IN) -> Twist:
    """What a control does to the thoughts of a batch. Thoughts that were dropped stay where they are, dropped.

    Args:
        control: `mismatched`: each stretch gets what stands at a stretch of another document, with all its candidates,
            and everything is used once. `shuffled_steps`: the steps within each thought are in another order than the
            written one wherever two of them differ. `none`: nothing.
        everything: the shards that the batches will be of.
        seed: of the pairing, or of the order.
        left_out: of a unit, which rows take no part since they are not packed; none where it is not named.

    Raises:
        UserError: more than half of all stretches with thoughts are of one document.
    """
    if control == "mismatched":
        return _Mismatched(everything, seed, left_out)
    if control == "shuffled_steps":
        return lambda unit, first_row, batch: _shuffled(batch, seed)
    return lambda unit, first_row, batch: batch


class _Mismatched:
    """Holds a few numbers for each stretch with thoughts; the thoughts themselves stay in the files that batches map.

    Stretches are numbered by row and cut, rows through all units. Stretch i takes what stands at stretch `_takes[i]`.
    """

    def __init__(self, everything: Iterable[Shard], seed: int, left_out: Mapping[str, _Bools]) -> None:
        self._left_out = left_out
        self._unit_begins: dict[str, int] = {}
        self._steps: list[pa.StructArray] = []  # of each batch
        begins = [0]  # of each batch: the number of its first row
        found = [np.zeros((4, 0), np.int64)]
        documents, domains = [np.zeros(0, np.uint64)], [np.zeros(0, np.uint64)]
        for shard in everything:
            first = self._unit_begins[shard.unit] = begins[-1]
            for batch in shard.batches():
                steps, rows = _flat(batch)
                stands = _stands(steps) & self._takes_part(shard.unit, begins[-1] - first, batch.num_rows)[rows]
                stretches = _stretches(rows, _numbers(steps, "cut"), stands)
                documents.append(_keys(batch, "document", seed)[stretches[0]])
                domains.append(_keys(batch, "domain", seed)[stretches[0]])
                stretches[0] += begins[-1]
                found.append(stretches)
                self._steps.append(steps)
                begins.append(begins[-1] + batch.num_rows)
        self._begins = np.array(begins)
        self._rows, self._cuts, self._firsts, self._ends = np.concatenate(found, axis=1)
        self._takes = _paired(np.concatenate(documents), np.concatenate(domains))

    def __call__(self, unit: str, first_row: int, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The drafts with thoughts of other documents."""
        first = self._unit_begins[unit] + first_row
        here = slice(*np.searchsorted(self._rows, [first, first + batch.num_rows]).tolist())
        own, rows = _flat(batch)
        stay = ~(_stands(own) & self._takes_part(unit, first_row, batch.num_rows)[rows])
        taken, counts = self._standing_at(self._takes[here])
        steps = pa.concat_arrays([own.filter(pa.array(stay)), taken])
        owners = np.concatenate([rows[stay], np.repeat(self._rows[here] - first, counts)])
        cuts = np.concatenate([_numbers(own, "cut")[stay], np.repeat(self._cuts[here], counts)])
        order = np.lexsort((_numbers(steps, "candidate"), cuts, owners))
        return _with_steps(batch, _with_cuts(steps, cuts).take(pa.array(order)), owners)

    def _takes_part(self, unit: str, first_row: int, count: int) -> _Bools:
        """Which of some rows of a unit have a part in the pairing."""
        out = self._left_out.get(unit)
        return np.ones(count, bool) if out is None else ~np.asarray(out[first_row : first_row + count], bool)

    def _standing_at(self, stretches: _Ints) -> tuple[pa.StructArray, _Ints]:
        """The steps that stand at some stretches, one stretch after the other, and how many stand at each."""
        if not len(stretches):
            return pa.array([], _STEP), np.zeros(0, np.int64)
        batches = np.searchsorted(self._begins, self._rows[stretches], side="right") - 1
        firsts, ends = self._firsts[stretches], self._ends[stretches]
        # What lies together is one slice: to slice a column of so many parts takes longer than to copy its rows.
        is_apart = (batches[1:] != batches[:-1]) | (firsts[1:] != ends[:-1])
        heads = np.flatnonzero(np.concatenate([[True], is_apart]))
        tails = np.flatnonzero(np.concatenate([is_apart, [True]]))
        pieces = [
            self._steps[batch][first:end]
            for batch, first, end in zip(
                batches[heads].tolist(), firsts[heads].tolist(), ends[tails].tolist(), strict=True
            )
        ]
        steps = pa.concat_arrays(pieces)
        stands = _stands(steps)
        counts = np.add.reduceat(stands.astype(np.int64), np.concatenate([[0], np.cumsum(ends - firsts)[:-1]]))
        return steps.filter(pa.array(stands)), counts


def _paired(documents: _Keys, domains: _Keys) -> _Ints:
    """For each stretch the one whose thoughts it takes: of another document, and of its domain where that can be.

    Raises:
        UserError: one document holds more than half of all stretches.
    """
    takes = np.arange(len(documents))
    order = np.lexsort((documents, domains))  # keys are hashes with the seed: it decides the order of the documents
    for members in _groups(np.split(order, np.flatnonzero(np.diff(domains[order])) + 1), documents):
        # Documents are blocks of at most so many: shifted by that, no block meets itself (nor around the end, as
        # two such blocks are not more than all).
        takes[members] = np.roll(members, -_most(documents[members]))
    return takes


def _groups(domains: Sequence[_Ints], documents: _Keys) -> list[_Ints]:
    """The stretches of each domain, in order of their documents.

    Domains that one document fills by more than half are joined, with as many others, the smallest first, as it takes.
    """
    whole: list[_Ints] = []
    short: list[_Ints] = []
    for members in domains:
        (whole if 2 * _most(documents[members]) <= len(members) else short).append(members)
    if not short:
        return whole
    whole.sort(key=len)
    lacking = 2 * _most(documents[np.concatenate(short)]) - sum(map(len, short))
    sums = np.concatenate([[0], np.cumsum([len(members) for members in whole])])
    count = int(np.searchsorted(sums, lacking))
    for joined in (count, len(whole)):  # a document of several domains may make all of them necessary
        members = np.concatenate([*short, *whole[:joined]])
        most = _most(documents[members])
        if 2 * most <= len(members):
            return [*whole[joined:], members[np.lexsort((members, documents[members]))]]
    raise UserError(
        f"pack: control: mismatched: one document has {most:,} of the {len(members):,} stretches with thoughts, more "
        "than half, so that not all of them can go to others; take in more documents, or do without this control"
    )


def _most(documents: _Keys) -> int:
    """The most stretches that one of the documents has."""
    return int(np.unique(documents, return_counts=True)[1].max(initial=0))


def _stretches(rows: _Ints, cuts: _Ints, stands: _Bools) -> _Ints:
    """Row, cut, first step and the one after the last of each stretch at which steps stand: shape (4, stretches)."""
    places = np.flatnonzero(stands)
    rows, cuts = rows[places], cuts[places]
    begins = _begins(rows, cuts)
    lasts = np.concatenate([begins[1:], [len(places)]])[: len(begins)] - 1
    return np.stack([rows[begins], cuts[begins], places[begins], places[lasts] + 1])


def _shuffled(batch: pa.RecordBatch, seed: int) -> pa.RecordBatch:
    """The drafts with the steps of each thought in another order, by passage, cut and candidate."""
    steps, rows = _flat(batch)
    places = np.flatnonzero(_stands(steps))
    owners, cuts, candidates = rows[places], _numbers(steps, "cut")[places], _numbers(steps, "candidate")[places]
    begins = _begins(owners, cuts, candidates)
    lengths = np.diff(np.concatenate([begins, [len(places)]]))
    thought = np.repeat(np.arange(len(begins)), lengths)
    number = np.arange(len(places)) - begins[thought]
    lots = _keys(batch, "id", seed)[owners]
    for part in (cuts, candidates, number):
        lots = _mixed(lots, part)
    order = np.lexsort((lots, thought))
    said = np.asarray(pc.dictionary_encode(steps.field("text")).indices, np.int64)[places]
    differs = np.zeros(len(begins), bool)
    np.logical_or.at(differs, thought, said[order] != said)
    # What has the same words in the same order is the written order turned by one: that reads like it only where all
    # steps are alike.
    turned = begins[thought] + (number + 1) % lengths[thought]
    order = np.where(differs[thought], order, turned)
    moved = np.arange(len(steps))
    moved[places] = places[order]
    return _with_steps(batch, steps.take(pa.array(moved)), rows)


def _mixed(keys: _Keys, numbers: _Ints) -> _Keys:
    """The keys, each mixed with a number: the finalizer of SplitMix64 (Steele et al. 2014), wrapping at 64 bits."""
    mixed: _Keys = keys + (numbers.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def _keys(batch: pa.RecordBatch, name: str, seed: int) -> _Keys:
    """64 bits for each row, of the seed and of a field of its passage."""
    field = pc.dictionary_encode(pc.struct_field(batch.column("passage"), name))
    keys = [int(content_id(value, str(seed))[:16], 16) for value in field.dictionary.to_pylist()]
    return np.array(keys, np.uint64)[np.asarray(field.indices, np.int64)]


def _flat(batch: pa.RecordBatch) -> tuple[pa.StructArray, _Ints]:
    """The steps of all drafts, and which row each is of."""
    thoughts = batch.column("thoughts")
    lengths = np.asarray(pc.list_value_length(thoughts), np.int64)
    return thoughts.flatten(), np.repeat(np.arange(len(thoughts)), lengths)


def _stands(steps: pa.StructArray) -> _Bools:
    """Which steps were not dropped."""
    return np.asarray(pc.equal(steps.field("drop"), "").to_numpy(zero_copy_only=False), bool)


def _numbers(steps: pa.StructArray, name: str) -> _Ints:
    return np.asarray(steps.field(name), np.int64)


def _begins(*columns: _Ints) -> _Ints:
    """Where a run of rows begins that agree in all columns."""
    if not len(columns[0]):
        return np.zeros(0, np.int64)
    changes = np.any([np.diff(column) != 0 for column in columns], axis=0)
    return np.flatnonzero(np.concatenate([[True], changes]))


def _with_cuts(steps: pa.StructArray, cuts: _Ints) -> pa.StructArray:
    """The steps at other cuts."""
    parts = [pa.array(cuts) if field.name == "cut" else steps.field(field.name) for field in steps.type]
    return pa.StructArray.from_arrays(parts, fields=list(steps.type))


def _with_steps(batch: pa.RecordBatch, steps: pa.StructArray, owners: _Ints) -> pa.RecordBatch:
    """The batch with other steps, which lie in the order of their rows."""
    counts = np.bincount(owners, minlength=batch.num_rows)
    offsets = pa.array(np.concatenate([[0], np.cumsum(counts)]).astype(np.int32))
    place = batch.schema.get_field_index("thoughts")
    field = batch.schema.field(place)
    return batch.set_column(place, field, pa.ListArray.from_arrays(offsets, steps, type=field.type))
