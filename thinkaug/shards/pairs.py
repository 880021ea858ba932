"""Preference pairs as a folder that `datasets` opens. Knows how they are laid out, not how they came about.

A pair has the columns that TRL and others read, in their conversational form: `prompt`, `chosen` and `rejected` are
lists of `{role, content}`. Beside them stand why, and of which candidates of which passage.
"""

import json
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from secrets import token_hex
from typing import Any

import pyarrow as pa

from thinkaug.durable import replace_folder, sha256_of, write_durably
from thinkaug.errors import UserError
from thinkaug.yaml import write_yaml

SPEC = "thinkaug-pairs/1"
_ABOUT = "pairs.json"
_MESSAGES = pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))
_SCHEMA = pa.schema(
    [
        ("prompt", _MESSAGES),
        ("chosen", _MESSAGES),
        ("rejected", _MESSAGES),
        ("reason", pa.string()),
        ("passage", pa.string()),
        ("cut", pa.int64()),
        ("chosen_candidate", pa.int64()),
        ("rejected_candidate", pa.int64()),
        ("chosen_reward", pa.float64()),
        ("rejected_reward", pa.float64()),
        ("strategy", pa.string()),
        ("model", pa.string()),
    ]
)
_TEXT = {"dtype": "string", "_type": "Value"}
_FEATURES = {
    field.name: {"feature": {"role": _TEXT, "content": _TEXT}, "_type": "List"}
    if field.type == _MESSAGES
    else {"dtype": str(field.type).replace("double", "float64"), "_type": "Value"}
    for field in _SCHEMA
}
"""The columns in the words of `datasets`."""
_DATA = "data-00000-of-00001.arrow"
_BATCH_ROWS = 1000

Row = dict[str, Any]
"""A pair, by column."""


def write_folder(out: Path, rows: Iterator[Row], about: Mapping[str, object]) -> Mapping[str, int]:
    """Write the pairs to a folder, which appears whole, or not at all where there are none.

    Args:
        out: the folder; one that was written by this function before is replaced.
        rows: the pairs.
        about: what shaped them, for `pairs.json`; its `pipeline` is named in the card.

    Returns:
        How many pairs there are, by reason.

    Raises:
        UserError: something else lies at `out`.
    """
    if out.exists() and not (out / _ABOUT).is_file() and (not out.is_dir() or any(out.iterdir())):
        raise UserError(f"{out}: there is something that is no set of pairs; say --out another/folder")
    place = out.absolute()
    building = place.with_name(f".{place.name}.{token_hex(4)}")
    building.mkdir(parents=True)
    try:
        counts = _write_rows(building / _DATA, rows)
        if counts:
            write_durably(building / _ABOUT, _json({"spec": SPEC, **about, "pairs": counts}))
            write_durably(building / "README.md", _card(str(about["pipeline"]), counts))
            write_durably(building / "dataset_info.json", _json({"features": _FEATURES}))
            write_durably(building / "state.json", _json(_state(sha256_of(building / _DATA))))
            replace_folder(building, place)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return counts


def _write_rows(path: Path, rows: Iterator[Row]) -> dict[str, int]:
    """Write an Arrow stream, a batch in memory at a time; return how many rows there are, by reason."""
    counts: Counter[str] = Counter()
    with path.open("wb") as sink, pa.ipc.new_stream(sink, _SCHEMA) as stream:
        while batch := list(islice(rows, _BATCH_ROWS)):
            counts.update(row["reason"] for row in batch)
            stream.write_batch(pa.RecordBatch.from_pylist(batch, schema=_SCHEMA))
    return dict(counts.most_common())


def _state(fingerprint: str) -> dict[str, Any]:
    """What `datasets` wants to know of the files beside it."""
    return {
        "_data_files": [{"filename": _DATA}],
        "_fingerprint": fingerprint[:16],
        "_format_columns": None,
        "_format_kwargs": {},
        "_format_type": None,
        "_output_all_columns": False,
        "_split": None,
    }


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _card(pipeline: str, counts: Mapping[str, int]) -> str:
    head = {"configs": [{"config_name": "default", "data_files": [{"split": "train", "path": "data-*.arrow"}]}]}
    table = "\n".join(f"| {reason} | {count:,} |" for reason, count in sorted(counts.items()))
    return f"""---
{write_yaml(head)}---

# {pipeline}: preference pairs

{sum(counts.values()):,} pairs of thoughts about the same stretch of expert text: `chosen` stands after pruning,
`rejected` is as its model wrote it, `prompt` is what the chosen one was asked with (another may have had
another persona in it). The verdicts are those of the pipeline's judges, and **may be wrong**.

| reason | pairs |
|---|---:|
{table}

```python
from datasets import load_from_disk

pairs = load_from_disk("<this folder>")
```
"""
