"""A stage is a value: what it reads and writes, its config, and a function that settles every row it is given.

Knows nothing of files, manifests or executors: `thinkaug.runner` feeds it shards and stores what comes out.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import pyarrow as pa
import pyarrow.compute as pc

from thinkaug.dialogue import Engine
from thinkaug.errors import UserError, unknown
from thinkaug.ledger import Lineage
from thinkaug.records import content_id
from thinkaug.remembering import Nowhere, Remembering
from thinkaug.responses import Responses
from thinkaug.reuse import OtherUnits
from thinkaug.schema import to_batches
from thinkaug.store import Folder
from thinkaug.stored import engine_digest
from thinkaug.templates import Templates


class Row(Protocol):
    """Anything that a stage reads or writes: it has an id."""

    @property
    def id(self) -> str:
        """The row's id."""


@dataclass(frozen=True, slots=True)
class Raw:
    """One record of a source, as it was found.

    Args:
        id: the file's name and the record's place in it, such as `papers/a.jsonl#12`.
        fields: what it holds; None when it could not be read.
        problem: of an unreadable record, what is wrong and where.
        raw: of an unreadable record, how it begins.
        kind: of an unreadable record, a snake_case word: why.
        sha256: of the bytes it was read from, in hex; empty where it is no piece of the file by itself.
        mended: snake_case words for what had to be done so that it could be read, such as `encoding_cp1252`.
    """

    id: str
    fields: Mapping[str, Any] | None
    problem: str = ""
    raw: str = ""
    kind: str = "unreadable"
    sha256: str = ""
    mended: tuple[str, ...] = ()


Note = Mapping[str, object]
"""What was found about a row and a person may want to look up, for JSON: whose duplicate it is, which item it holds."""


@dataclass(frozen=True, slots=True)
class Kept:
    """`row` came through as one or more `rows`. `tally` is added up in the ledger, `notes` are stored."""

    row: Row
    rows: tuple[Row, ...]
    tally: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Dropped:
    """`row` was judged and left out; `reason` is a short snake_case word, `detail` says more about this row."""

    row: Row
    reason: str
    detail: str = ""
    tally: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Quarantined:
    """`row` could not be treated. `kind` is a snake_case word, `message` says more, `raw` is what the model wrote."""

    row: Row
    kind: str
    message: str
    raw: str = ""
    tally: Mapping[str, int] = field(default_factory=dict)


Outcome = Kept | Dropped | Quarantined


@dataclass(frozen=True, slots=True)
class KeptBatch:
    """The rows of these `ids` came through as the rows of `batch`, for work on columns. `tally` as in `Kept`."""

    ids: Sequence[str]
    batch: pa.RecordBatch
    tally: Mapping[str, int] = field(default_factory=dict)


def counting(outcome: Outcome, **more: int) -> Outcome:
    """The outcome with more in its tally."""
    return replace(outcome, tally={**outcome.tally, **more})


@dataclass(frozen=True)
class Shard:
    """The rows of one unit of work. Can be iterated more than once; `unit` names it within its stage.

    `stored` gives them as the Arrow batches that lie on disk; where none do, batches are made from the rows.
    """

    unit: str
    rows: Callable[[], Iterator[Any]]
    stored: Callable[[], Iterator[pa.RecordBatch]] | None = None

    def __iter__(self) -> Iterator[Any]:
        """The rows, from the first on."""
        return self.rows()

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows as Arrow batches, from the first on: for work on columns, where no object is made per row."""
        return self.stored() if self.stored is not None else to_batches(self.rows())


def ids_of(batch: pa.RecordBatch) -> list[str]:
    """The ids of the rows of a batch, in order: a draft's is that of its passage."""
    column = batch.column("id") if "id" in batch.schema.names else pc.struct_field(batch.column("passage"), "id")
    ids: list[str] = column.to_pylist()
    return ids


Work = Callable[[Shard], Iterator[Outcome | KeptBatch]]
"""Settles the rows of a shard, each once: it goes through the shard's rows or through its batches, not through both."""

FEATURES = ("chat", "measured", "score", "constraint", "reasoning")
"""What an engine may be asked for: a reply, its log-probabilities, those of a text, a constraint, thinking apart."""

ONE_SHARD = 1 << 62  # no limit to its rows: a shard of the input becomes one of the output


class EngineSpec(Protocol):
    """The settings of an engine: they can be compared and checked without starting it."""

    @property
    def name(self) -> str:
        """Model and revision, as stored with what it writes."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text has for the model, special tokens aside."""

    def identity(self) -> Mapping[str, object]:
        """Everything that shapes the replies. Raises `UserError` if the model cannot be had."""

    def open(self) -> Engine:
        """Start it."""


@runtime_checkable
class TrainedHere(Protocol):
    """The settings of an engine whose model is trained on the way: its weights are known only once it runs."""

    def as_trained(self) -> Mapping[str, object]:
        """Everything that shapes the replies, with the weights as they came out."""


@dataclass(frozen=True, slots=True)
class Memory:
    """Where replies are remembered.

    Args:
        root: the pipeline's root; replies lie in `responses/` below it.
        build: name of the stage folder that the replies are used for.
        reuse: look through the replies to other units' requests too.
    """

    root: Path
    build: str
    reuse: bool = False


@dataclass
class Services:
    """What stages may ask for. An engine is started when first asked for, and then shared; `note` says so.

    Without a `memory` every request is paid for again.
    """

    templates: Templates
    engines: Mapping[str, EngineSpec]
    note: Callable[[str], None] = lambda text: None
    memory: Memory | None = None
    _open: dict[str, Engine] = field(default_factory=dict)
    _digests: dict[str, str] = field(default_factory=dict)
    _others: dict[tuple[Path, str], OtherUnits] = field(default_factory=dict)

    def engine(self, name: str) -> Engine:
        """The running engine of that name, one that a plan has checked."""
        if name not in self._open:
            self.note(f"starting engine {name}: {self.engines[name].name}")
            self._open[name] = self.engines[name].open()
        return self._open[name]

    def close(self) -> None:
        """Close the engines that are open; they start again when asked for."""
        while self._open:
            self._open.popitem()[1].close()

    @contextmanager
    def remembering(self, name: str, unit: str) -> Iterator[Remembering]:
        """The running engine of that name, which remembers all that it was ever asked for the unit."""
        engine = self.engine(name)
        if self.memory is None:
            yield Remembering(engine, Nowhere())
            return
        if name not in self._digests:  # to read the weights once is enough
            spec = self.engines[name]
            identity = spec.as_trained() if isinstance(spec, TrainedHere) else spec.identity()
            self._digests[name] = engine_digest(identity)
        root, digest = self.memory.root, self._digests[name]
        elsewhere = self._other_units(root, digest).find if self.memory.reuse else lambda question: None
        store = Responses(root, digest, unit, self.memory.build, self.note, elsewhere)
        try:
            yield Remembering(engine, store)
        finally:
            store.close()

    def _other_units(self, root: Path, engine: str) -> OtherUnits:
        if (root, engine) not in self._others:
            self._others[root, engine] = OtherUnits(root, engine, self.note)
        return self._others[root, engine]

    def identity(self, name: str, where: str) -> Mapping[str, object]:
        """What shapes the replies of the engine of that name.

        Raises:
            UserError: there is no such engine, or its model cannot be had.
        """
        if name not in self.engines:
            raise unknown("engine", name, self.engines, where)
        try:
            return self.engines[name].identity()
        except UserError as error:
            raise UserError(f"engines.{name}: {error}") from error


@dataclass(frozen=True)
class Stage:
    """One step of a pipeline.

    Args:
        name: the verb of the command line.
        version: raised when the output changes for the same input and config.
        reads: the record types it accepts.
        writes: the record type it makes; None for the type that it read.
        config: a frozen dataclass of its settings.
        start: called once before any shard, with the config, the services and all shards of the input (to be looked
            through by a stage that must see everything first); returns the function that settles one shard.
        shaped_by: what besides the config shapes the output (models, templates, inputs); part of the digest. It also
            checks whatever can be checked before the run, raising `UserError`.
        refuses: why this config cannot read rows of that type; empty when it can.
        offers: what its rows hold beyond their type, for stages that need it, such as `log_q`.
        needs: what the rows must hold beyond their type -> what to say to a user whose rows do not.
        uses: what it asks of each engine by name, among `FEATURES`.
        sees_all: whether what becomes of a row depends on rows of other shards: then a unit is only done for the shards
            that there were.
        source: only for a stage that reads files instead of shards: the pieces of work.
        shard_rows: how many rows a shard of its output may hold.
        product: a folder below the stage's own that `finish` leaves behind, whole or not at all.
        finish: called once all shards are committed, with the stage's folder, the config, the services and the lineage.
    """

    name: str
    version: int
    reads: tuple[type, ...]
    writes: type | None
    config: type
    start: Callable[[Any, Services, Iterable[Shard]], Work]
    shaped_by: Callable[[Any, Services], Mapping[str, object]] = lambda config, services: {}
    refuses: Callable[[Any, type], str] = lambda config, row: ""
    offers: Callable[[Any], frozenset[str]] = lambda config: frozenset()
    needs: Callable[[Any], Mapping[str, str]] = lambda config: {}
    uses: Callable[[Any], Mapping[str, frozenset[str]]] = lambda config: {}
    sees_all: Callable[[Any], bool] = lambda config: False
    source: Callable[[Any], Iterable[Shard]] | None = None
    shard_rows: Callable[[Any], int] = lambda config: ONE_SHARD
    product: str = ""
    finish: Callable[[Folder, Any, Services, Lineage], None] | None = None


def seed_of(*parts: object) -> int:
    """A seed of 31 bits from what it is for (passage, cut, candidate, strategy), never from position or batch."""
    return int(content_id(*(str(part) for part in parts))[:8], 16) >> 1
