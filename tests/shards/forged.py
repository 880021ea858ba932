"""Sets of each layout, written by hand from a few samples with the project's own writer, to be damaged in tests.

The tokenizer is a toy: a token is a code point, except that EOS and padding have ids of their own.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa

from thinkaug.durable import sha256_of
from thinkaug.records import Sample, Span, content_id
from thinkaug.rendering import no_loss_ranges
from thinkaug.schema import arrow_schema, as_plain
from thinkaug.shards.layout import Laid
from thinkaug.shards.proving.packed import SCHEMA as PACKED
from thinkaug.shards.proving.tokens import SCHEMA as TOKENS
from thinkaug.shards.write import finish_folder, write_shards

EOS, PAD, WINDOW = 1, 2, 64
ABOUT: dict[str, dict[str, Any]] = {
    "text": {},
    "tokens": {"eos_id": EOS},
    "packed": {"eos_id": EOS, "pad_id": PAD, "window_tokens": WINDOW},
}
SCHEMAS = {"text": arrow_schema(Sample), "tokens": TOKENS, "packed": PACKED}

HOSTILE = (
    "x",
    "\r\n",
    "心臓は毎分六十回。",
    "القلب ينبض",
    "👩🏽‍⚕️ e\u0301\u0302 <thinking>\n</thinking>",
    "<|endoftext|></s>",
)


def sample(text: str, thought: str, weight: float = 1.0, part: str = "", name: str = "") -> Sample:
    """Expert text with one thought of that weight before its last character, or alone."""
    pieces = [(text, "text", 1.0)]
    if thought:
        pieces = [(text[:-1], "text", 1.0), (f"{thought}\n", "self_talk", weight), (text[-1:], "text", 1.0)]
        pieces = [piece for piece in pieces if piece[0]]
    ends = [0, *accumulate(len(words) for words, _, _ in pieces)]
    spans = tuple(Span(*ends, kind, share) for ends, (_, kind, share) in zip(pairwise(ends), pieces, strict=True))
    meta = {"text_sha256": sha256(text.encode()).hexdigest(), "license": "MIT", "passage": text}
    return Sample(
        id=name or content_id(text, thought, part),
        text="".join(words for words, _, _ in pieces),
        spans=spans,
        no_loss_ranges=no_loss_ranges(spans),
        source="forged",
        domain="",
        meta=json.dumps({**meta, **({"part": part} if part else {})}),
    )


def samples() -> list[Sample]:
    """Twenty made samples, some with a thought of weight 0, one too long for a window; three replayed, one twice."""
    made = [sample(f"Case {n}: {'🫀' * n} beats.", f"Why {n}?", weight=n % 3 / 2) for n in range(13)]
    made += [sample("heart " * 30, "?" * WINDOW, weight=0.0)]
    made += [sample(text, f"What is {text}", weight=0.0) for text in HOSTILE]
    replayed = [sample(f"Case {n}: {'🫀' * n} beats.", "", part="replay") for n in range(3)]
    again = {**json.loads(replayed[0].meta), "copy": 2}
    return [*made, *replayed, replace(replayed[0], id="again", meta=json.dumps(again))]


def tokens_of(row: Sample) -> dict[str, Any]:
    """A sample as tokens."""
    weights = [span.weight for span in row.spans for _ in range(span.end - span.start)] + [1.0]
    weights[0] = 0.0
    ids = [*map(ord, row.text), EOS]
    labels = [token if weight else -100 for token, weight in zip(ids, weights, strict=True)]
    mask = [1] * len(ids)
    return {"id": row.id, "input_ids": ids, "attention_mask": mask, "labels": labels, "loss_weights": weights}


def windows(rows: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Rows of tokens in windows, in order; what is longer than a window is split, what is left of one is padding."""
    pieces = [
        {name: row[name][start : start + WINDOW] for name in ("input_ids", "labels", "loss_weights")}
        for row in rows
        for start in range(0, len(row["input_ids"]), WINDOW)
    ]
    for piece in pieces:
        piece["labels"], piece["loss_weights"] = [-100, *piece["labels"][1:]], [0.0, *piece["loss_weights"][1:]]
    held: list[dict[str, Any]] = []
    for piece in [*pieces, dict[str, Any]()]:
        size = sum(len(other["input_ids"]) for other in held)
        if not piece or size + len(piece["input_ids"]) > WINDOW:
            rest = WINDOW - size
            padding = {"input_ids": [PAD] * rest, "labels": [-100] * rest, "loss_weights": [0.0] * rest}
            whole = [*held, *([padding] if rest else [])]
            yield {
                **{name: [x for one in whole for x in one[name]] for name in padding},
                "position_ids": [x for one in whole for x in range(len(one["labels"]))],
                "seq_lengths": [len(one["labels"]) for one in whole],
            }
            held = []
        held.append(piece)


class Measured:
    """A layout, as far as the writer asks."""

    batch_rows = 7

    def __init__(self, name: str) -> None:
        self.name, self.schema, self.kinds = name, SCHEMAS[name], dict[str, dict[str, float]]()

    def measure(self, batch: pa.RecordBatch) -> dict[str, int]:
        """Characters or tokens."""
        if self.name == "text":
            return {"chars": sum(map(len, batch.column("text").to_pylist()))}
        if self.name == "tokens":
            return {"tokens": sum(map(len, batch.column("input_ids").to_pylist()))}
        return {"tokens": batch.num_rows * WINDOW - sum(map(padding_of, batch.to_pylist()))}


def padding_of(row: Mapping[str, Any]) -> int:
    """How much of a window is padding."""
    return int(row["input_ids"].count(PAD))


def forge(root: Path, layout: str) -> Path:
    """Write the samples to `root` in that layout, in four shards."""
    given = samples()
    tokens = [tokens_of(row) for row in given]
    rows = {"text": [as_plain(row) for row in given], "tokens": tokens, "packed": list(windows(tokens))}[layout]
    batch = pa.RecordBatch.from_pylist(rows, SCHEMAS[layout])
    about = dict(ABOUT[layout])
    if layout == "packed":
        whole = sum(len(row["input_ids"]) for row in tokens)
        padding = list(map(padding_of, rows))
        pieces = sum(len(row["seq_lengths"]) for row in rows) - sum(map(bool, padding))
        untrained = sum(not any(row["loss_weights"]) for row in rows)
        about |= {"documents": len(given), "pieces": pieces, "tokens_in": whole, "tokens_out": whole}
        about |= {"padding_tokens": sum(padding), "rows_untrained": untrained}
    if layout == "tokens":
        about |= {"documents": len(given), "tokens": sum(len(row["input_ids"]) for row in tokens)}
    laid = Laid(len(rows), batch.nbytes, lambda: iter([batch]))
    measured: Any = Measured(layout)
    shards = write_shards(root, laid, measured, batch.nbytes // 3)
    kinds: dict[str, dict[str, float]] = {}
    for span in (span for row in given for span in row.spans):
        entry = kinds.setdefault(span.kind, {"spans": 0, "chars": 0})
        entry["spans"] += 1
        entry["chars"] += span.end - span.start
    entries = [_part("made", given[:20], tokens[:20]), _part("replay", given[20:], tokens[20:])]
    for entry in entries:
        entry["share"] = entry["rows"] / len(given)
    ledger = {"stage": "pack", "rows_in": 20, "rows_kept": 20, "rows_out": 20, "dropped": {}, "quarantined": {}}
    steps = [{"label": "pack", "folder": "pack-0", "digest": "0", "upstream": ""}]
    manifest = {"pipeline": "forged", "layout": {"name": layout, **about}, "parts": entries, "steps": steps}
    stats = {"kinds": kinds, "ledger": [{**ledger, "tally": {}, "seconds": 0.0, "sources": []}]}
    finish_folder(root, SCHEMAS[layout], shards, "# forged\n", manifest, stats)
    return root


def _part(name: str, rows: Sequence[Sample], tokens: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "name": name,
        "rows": len(rows),
        "distinct_rows": sum("copy" not in json.loads(row.meta) for row in rows),
        "chars": sum(len(row.text) for row in rows),
        "tokens": sum(len(row["input_ids"]) for row in tokens),
        "asked": {"repeats": 1},
    }


def shards(root: Path) -> list[Path]:
    """The shard files, in order."""
    return sorted((root / "train" / "shards").glob("train-*.arrow"))


def edit(path: Path, change: Callable[[Any], object]) -> None:
    """Change what a JSON file says."""
    value = json.loads(path.read_text(encoding="utf-8"))
    change(value)
    path.write_text(json.dumps(value), encoding="utf-8")


def tamper(root: Path, change: Callable[[dict[str, Any]], object], row: int = 0, shard: int = 0) -> None:
    """Change a row as somebody would who also puts every sum and size right."""
    path = shards(root)[shard]
    table = pa.ipc.open_stream(path.read_bytes()).read_all()
    rows = table.to_pylist()
    change(rows[row])
    write_again(root, path, pa.RecordBatch.from_pylist(rows, table.schema))


def write_again(root: Path, path: Path, batch: pa.RecordBatch) -> None:
    """Put other rows into a shard, and put its sum and size right wherever they stand."""
    before = sha256_of(path)
    with path.open("wb") as sink, pa.ipc.new_stream(sink, batch.schema) as stream:
        stream.write_batch(batch)
    put_right(root, path, before)


def put_right(root: Path, path: Path, before: str) -> None:
    """Put the sum and the size of a changed shard right in the manifest and in the sums."""
    name, after = str(path.relative_to(root)), sha256_of(path)

    def update(manifest: Any) -> None:
        for shard in manifest["shards"]:
            if shard["path"] == name:
                shard.update(sha256=after, bytes=path.stat().st_size)

    edit(root / "manifest.json", update)
    sum_again(root, (before, after))


def sum_again(root: Path, *replaced: tuple[str, str]) -> None:
    """Put SHA256SUMS right after the JSON files were changed."""
    lines = (root / "SHA256SUMS").read_text().splitlines()
    pairs = [line.split("  ", 1) for line in lines]
    old = dict(replaced)
    sums = [(sha256_of(root / n) if n.endswith((".json", ".md")) else old.get(s, s), n) for s, n in pairs]
    (root / "SHA256SUMS").write_text("".join(f"{digest}  {name}\n" for digest, name in sums))
