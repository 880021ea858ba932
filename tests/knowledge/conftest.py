"""Building an index from files that a test writes down."""

import io
from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from thinkaug.knowledge.building import build_index
from thinkaug.knowledge.index import Index
from thinkaug.knowledge.wording import Config

Make = Callable[..., Index]


def parquet(**columns: object) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


def entries(index: Index) -> list[dict[str, object]]:
    """All entries of an index, in its own order."""
    return [row for batch in index._entries.batches for row in batch.to_pylist()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where `make` writes the index."""
    return tmp_path / "index"


@pytest.fixture
def make(tmp_path: Path, folder: Path) -> Make:
    """`make({"a.jsonl": ...}, text=("{x}",))` -> the open index of these files."""

    def build(files: Mapping[str, str | bytes], paths: list[str] | None = None, **settings: object) -> Index:
        source = tmp_path / "source"
        for name, body in files.items():
            place = source / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(body if isinstance(body, bytes) else body.encode())
        found = [str(source / path) for path in paths or files]
        return Index.open(build_index(found, str(folder), Config(**settings)))  # type: ignore[arg-type]

    return build


@pytest.fixture
def left_out(folder: Path) -> Callable[[], list[tuple[str, int, str]]]:
    """(file, line, reason) of the rows that `make` left out; the whole must balance."""
    import json

    def read() -> list[tuple[str, int, str]]:
        rows = json.loads((folder / "left_out.json").read_text())
        summary = json.loads((folder / "index.json").read_text())
        assert summary["rows"] == summary["entries"] + len(rows)
        assert sum(summary["left_out"].values()) == len(rows)
        return [(row["file"], row["line"], row["reason"]) for row in rows]

    return read
