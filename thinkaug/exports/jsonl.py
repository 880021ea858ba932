"""jsonl: samples as JSON lines, for trainers that read `text`, and with the `chunks` that BoLT trains on.

What BoLT's loader reads was looked up in its sources (github.com/ryoungj/BoLT, `lingua/data.py`, and
`apps/main/gen_utils/chunk_gen.py`, which writes such files): files named `*.chunk.*.jsonl`, and in each line

    "chunks": [{"suffix": <a stretch of the raw text>, "latent": <the thought about it, bare>}, ...]

The suffixes concatenate to the raw text; a stretch without a thought has the latent "". The loader puts its own
special tokens around latents, and places them before or after their suffix by its `latent_type` (`prior_only`,
`posterior_only`, `random`; `pure` takes the latents alone; none takes `text`). A line whose `chunks` is empty is taken
as `text` under `fall_back_to_raw`, and is an error without. Two things differ from BoLT's own files: `text` is here the
text with its thoughts, so `mix_in_raw_ratio` would not mix in raw text; a latent may hold several steps, one a line.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa

from thinkaug.durable import write_durably
from thinkaug.errors import PromiseBroken, UserError
from thinkaug.exports.finished import Finished, weighed
from thinkaug.rendering import strip
from thinkaug.yaml import write_yaml

_COLUMNS = ("id", "text", "source", "domain", "meta")
_TEXT = {"dtype": "string"}

Span = Mapping[str, Any]


def jsonl(finished: Finished, folder: Path, tokenizer: str) -> Sequence[str]:
    """Write one file a shard, `train-00000-of-00004.chunk.00000.jsonl`, rows in their order, non-ASCII as UTF-8.

    Each line has `id`, `text`, `source`, `domain`, `meta` (a string that is JSON, as in the data set) and `chunks`.

    Raises:
        UserError: the data set is not of layout `text`.
    """
    if finished.layout != "text":
        raise UserError(f"{finished.root}: jsonl is of layout text, not {finished.layout}; pack with layout: text")
    count, without = len(finished.shards), 0
    for number, shard in enumerate(finished.shards):
        path = folder / f"train-{number:05d}-of-{count:05d}.chunk.{number:05d}.jsonl"
        with path.open("wb") as file:
            for batch in finished.of(shard):
                for line in _lines(batch, finished.placement):
                    without += not line["chunks"]
                    file.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
    write_durably(folder / "README.md", _card(finished))
    return list(_said(finished, count, without))


def chunks(text: str, spans: Sequence[Span]) -> list[dict[str, str]]:
    """The stretches of expert text with the thought about each: `suffix` and `latent`.

    A thought is about the stretch after it; where the text ends with a thought, each is about the stretch before it, as
    samples end with expert text unless thoughts stand after their stretch.

    Args:
        text: of a sample.
        spans: its spans, tiling the text.

    Returns:
        No chunk where there is no thought.
    """
    blocks = [list(block) for _, block in groupby(spans, key=lambda span: span["kind"] == "text")]
    shown = [span["kind"] for span in spans if span["kind"] != "marker"]
    stand_after = bool(shown) and shown[-1] != "text"
    found: list[dict[str, str]] = []
    latent = ""
    for block in reversed(blocks) if stand_after else blocks:
        if block[0]["kind"] == "text":
            found.append({"suffix": text[block[0]["start"] : block[-1]["end"]], "latent": latent})
        else:
            latent = "\n".join(text[span["start"] : span["end"]] for span in block if span["kind"] != "marker")
    if not any(chunk["latent"] for chunk in found):
        return []
    return found[::-1] if stand_after else found


def _lines(batch: pa.RecordBatch, placement: str) -> Iterator[dict[str, Any]]:
    """The rows of a batch as they stand in a file."""
    columns = [batch.column(name).to_pylist() for name in (*_COLUMNS, "spans")]
    for *values, spans in zip(*columns, strict=True):
        line = dict(zip(_COLUMNS, values, strict=True))
        # Which stretch a thought is about cannot be told where each stands before or after its own at random.
        line["chunks"] = [] if placement == "random" else chunks(line["text"], spans)
        if line["chunks"] and "".join(c["suffix"] for c in line["chunks"]) != strip(line["text"], spans):
            raise PromiseBroken(f"{line['id']}: the chunks are not the expert text")
        yield line


def _card(finished: Finished) -> str:
    """A card that names the columns, since those of a file whose `chunks` are all empty could not be told."""
    features: list[dict[str, Any]] = [{"name": name, **_TEXT} for name in _COLUMNS]
    features.append({"name": "chunks", "list": [{"name": "suffix", **_TEXT}, {"name": "latent", **_TEXT}]})
    head = {
        "configs": [{"config_name": "default", "data_files": [{"split": "train", "path": "train-*.jsonl"}]}],
        "dataset_info": {"features": features},
    }
    return f"""---
{write_yaml(head)}---

# {finished.manifest["pipeline"]}: {finished.rows:,} samples as JSON lines

`text` is expert text with thoughts; `chunks` are the stretches of the expert text (`suffix`) with the thought about
each (`latent`), as BoLT's loader reads them. Licences, models and figures stand in the card of the data set that it was
made from.
"""


def _said(finished: Finished, count: int, without: int) -> Iterator[str]:
    """What the reader of the files should know."""
    yield f"{count} files of `text`; lingua and BoLT want as many workers as files, or a multiple"
    if finished.placement == "random":
        yield "chunks are empty, as thoughts stand at random places; BoLT does that itself: pack with interleaved"
    elif without:
        yield f"{without:,} rows have no thought, so no chunks: BoLT wants fall_back_to_raw"
    if loss := weighed(finished).without:
        yield f"{loss:,} rows have stretches without loss, which readers of `text` train on"
