"""The compared texts of many rows, mapped and not held: Arrow batches -> ids and strings by row number.

Row numbers count through the earlier builds first, then through the shards. Knows nothing of what is done with them.
"""

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from thinkaug.lexing.words import buffers
from thinkaug.records import Draft
from thinkaug.rendering import Style, render
from thinkaug.schema import from_batch
from thinkaug.stage import Shard

_SPOOLED = pa.schema([("id", pa.string()), ("text", pa.large_string())])


@dataclass(frozen=True, slots=True)
class Piece:
    """Some rows: their ids and compared texts, and the batch they are of, where there is one to look into."""

    ids: Any
    texts: Any
    batch: pa.RecordBatch | None = None


class Texts:
    """Rows by number. `bounds` are the numbers at which the pieces begin, and that of all rows at the end."""

    def __init__(self, pieces: Iterable[Piece]) -> None:
        self.pieces = [piece for piece in pieces if len(piece.ids)]
        self.bounds = np.zeros(len(self.pieces) + 1, np.int64)
        np.cumsum([len(piece.ids) for piece in self.pieces], out=self.bounds[1:])

    def __len__(self) -> int:
        """How many rows."""
        return int(self.bounds[-1])

    def id(self, row: int) -> str:
        """The id of a row."""
        piece, place = self._place(row)
        found: str = piece.ids[place].as_py()
        return found

    def text(self, row: int) -> str:
        """The compared text of a row."""
        piece, place = self._place(row)
        return piece.texts[place].as_py() or ""

    def draft(self, row: int) -> Draft | None:
        """The row as a draft; None where it is none, or of an earlier build's finished set."""
        piece, place = self._place(row)
        if piece.batch is None or "thoughts" not in piece.batch.schema.names:
            return None
        return next(from_batch(Draft, piece.batch.slice(place, 1)))

    def sizes(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """How many bytes the texts of some rows take."""
        owners = np.searchsorted(self.bounds, rows, "right") - 1
        sizes = np.zeros(len(rows), np.int64)
        for owner in np.unique(owners).tolist():
            here = owners == owner
            offsets, _ = buffers(self.pieces[owner].texts)
            places = rows[here] - self.bounds[owner]
            sizes[here] = offsets[places + 1] - offsets[places]
        return sizes

    def take(self, rows: NDArray[np.int64]) -> pa.ChunkedArray:
        """The texts of some rows, given in ascending order."""
        owners = np.searchsorted(self.bounds, rows, "right") - 1
        edges = [0, *(np.flatnonzero(np.diff(owners)) + 1).tolist(), len(rows)]
        chunks = []
        for first, last in pairwise(edges):
            if first < last:
                owner = int(owners[first])
                places = pa.array(rows[first:last] - self.bounds[owner])
                chunks.append(self.pieces[owner].texts.take(places).cast(pa.large_string()))
        return pa.chunked_array(chunks, pa.large_string())

    def _place(self, row: int) -> tuple[Piece, int]:
        owner = int(np.searchsorted(self.bounds, row, "right")) - 1
        return self.pieces[owner], row - int(self.bounds[owner])


def pieces_of(shard: Shard, on: str) -> Iterator[Piece]:
    """The rows of a shard: as they are mapped where expert texts are compared, else the texts are made and spooled."""
    mapped = shard.stored is not None
    pieces = (piece_of(batch, on) for batch in shard.batches())
    yield from pieces if mapped and on == "text" else spooled(pieces, keep_batches=mapped)


def piece_of(batch: pa.RecordBatch, on: str) -> Piece:
    """The rows of a batch of documents, passages or drafts."""
    names = batch.schema.names
    ids = batch.column("id") if "id" in names else pc.struct_field(batch.column("passage"), "id")
    return Piece(ids, compared(batch, on), batch)


def compared(batch: pa.RecordBatch, on: str) -> Any:
    """What is compared, an Arrow string array. Of documents and passages it is their text."""
    if "thoughts" not in batch.schema.names:
        return batch.column("text")
    if on == "text":
        return pc.struct_field(batch.column("passage"), "text")
    return pa.array([compared_of(draft, on) for draft in from_batch(Draft, batch)], pa.large_string())


def compared_of(draft: Draft, on: str) -> str:
    """What is compared of a draft."""
    if on == "rendered":
        return render(draft, Style())[0]
    thoughts = "\n".join(thought.text for thought in draft.thoughts if not thought.drop)
    return f"{draft.passage.text}\n{thoughts}" if on == "both" else thoughts


def spooled(pieces: Iterable[Piece], *, keep_batches: bool) -> Iterator[Piece]:
    """The same, from a temporary file that is mapped and already unlinked. Batches stay where they are mapped too."""
    batches: list[pa.RecordBatch | None] = []
    with tempfile.TemporaryDirectory(prefix="thinkaug-") as folder:
        path = Path(folder) / "texts.arrow"
        with path.open("wb") as sink, pa.ipc.new_stream(sink, _SPOOLED) as stream:
            for piece in pieces:
                columns = [piece.ids.cast(pa.string()), piece.texts.cast(pa.large_string())]
                stream.write_batch(pa.RecordBatch.from_arrays(columns, schema=_SPOOLED))
                is_wanted = keep_batches or (piece.batch is not None and "thoughts" in piece.batch.schema.names)
                batches.append(piece.batch if is_wanted else None)
        with pa.memory_map(str(path)) as source, pa.ipc.open_stream(source) as reader:
            found = [Piece(each.column(0), each.column(1), of) for each, of in zip(reader, batches, strict=True)]
    yield from found
