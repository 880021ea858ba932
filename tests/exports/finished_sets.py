"""Finished data sets of made-up rows, written by the writer that `pack` uses, so that they need no run."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from thinkaug.records import Sample, Span
from thinkaug.rendering import no_loss_ranges
from thinkaug.schema import to_batches
from thinkaug.shards.layout import Layout
from thinkaug.shards.text import TextLayout
from thinkaug.shards.write import finish_folder, write_shards

Pieces = Sequence[tuple[str, str]]
"""Kind of span and its words, which together are a sample's text."""

BEFORE: Pieces = [
    ("marker", "<thinking>\n"),
    ("self_talk", "Wie heißt 痛風 🫀?"),
    ("marker", "\n"),
    ("recall", "Colchicine, e\u0301 ‏עברית‏."),
    ("marker", "\n</thinking>\n"),
    ("text", "Gout is treated.\r\n"),
    ("marker", "<thinking>\n"),
    ("verification", "<thinking> is a tag, <|end|> too."),
    ("marker", "\n</thinking>\n"),
    ("text", "It flares\u2028 again."),
]
AFTER: Pieces = [("text", "Sechzig 👩‍🔬."), ("marker", "\n"), ("prose", "Das ist normal."), ("marker", "\n")]
RAW: Pieces = [("text", "Text ohne Gedanken: ∑ 0 < 1.")]


def a_sample(number: int, pieces: Pieces, weights: dict[str, float]) -> Sample:
    spans, position = [], 0
    for kind, words in pieces:
        spans.append(Span(position, position + len(words), kind, weights.get(kind, 1.0)))
        position += len(words)
    text = "".join(words for _, words in pieces)
    meta = json.dumps({"license": "CC0", "title": f"Fälle {number}"}, ensure_ascii=False)
    return Sample(f"id{number}", text, tuple(spans), no_loss_ranges(spans), "a.jsonl#1", "医学", meta)


def samples(rows: int = 40, weights: dict[str, float] | None = None, pieces: Pieces | None = None) -> list[Sample]:
    """Rows of all sorts, or all of the same pieces."""
    sorts = [BEFORE, AFTER, RAW, [("text", "x")]] if pieces is None else [pieces]
    return [a_sample(number, sorts[number % len(sorts)], weights or {}) for number in range(rows)]


def write_root(
    root: Path,
    rows: Sequence[Sample],
    *,
    layout: Layout | None = None,
    shards: int = 2,
    placement: str = "strategy",
    special: Sequence[str] = (),
) -> Path:
    """A finished data set; of the layout `text` where none is given."""
    layout = layout or TextLayout(None)
    scratch = root.with_name(f"{root.name}.scratch")
    scratch.mkdir()
    laid = layout.lay(lambda: to_batches(rows), len(rows), 1000, scratch)
    entries = write_shards(root, laid, layout, -(-laid.bytes // shards))
    shutil.rmtree(scratch)
    manifest = {
        "pipeline": "toy",
        "steps": [{"label": "pack", "config": {"style": {"placement": placement}}}],
        "layout": {"name": layout.name, **layout.about()},
        "special_tokens": list(special),
        "parts": [{"name": "made", "rows": len(rows)}],
    }
    card = "---\nlicense: cc0\nconfigs:\n- config_name: default\n---\n\n# toy: a card\n\n---\n\nIts end.\n"
    finish_folder(root, layout.schema, entries, card, manifest, {"kinds": {}, "ledger": []})
    return root


def rows_of(root: Path) -> list[dict[str, Any]]:
    """What lies in the Arrow files."""
    paths = sorted((root / "train" / "shards").iterdir())
    return [row for path in paths for row in pa.ipc.open_stream(path.read_bytes()).read_all().to_pylist()]


def tree(place: Path) -> dict[str, bytes]:
    """All files below a folder, with their bytes."""
    return {str(path.relative_to(place)): path.read_bytes() for path in sorted(place.rglob("*")) if path.is_file()}
