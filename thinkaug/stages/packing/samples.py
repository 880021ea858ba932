"""Draft batch -> Sample batches, over columns. Proves that each sample still holds the expert text. Draws nothing."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from hashlib import blake2b, sha256
from typing import Any, cast

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from thinkaug.errors import PromiseBroken
from thinkaug.records import Sample, content_id
from thinkaug.rendering import Style
from thinkaug.rendering.arrays import bytes_of
from thinkaug.rendering.columns import Rendered, render_columns
from thinkaug.rendering.stripping import strip_columns
from thinkaug.schema import arrow_schema
from thinkaug.stages.packing.config import Config


@dataclass(frozen=True)
class Made:
    """What became of the drafts of a batch.

    Args:
        samples: of all drafts that gave any; those of a draft are its variants.
        kept: per draft, whether it gave any.
        thoughts: per draft, how many are shown in its first variant.
        extra: how many samples are variants after a draft's first.
    """

    samples: pa.RecordBatch
    kept: np.ndarray[Any, np.dtype[np.bool_]]
    thoughts: np.ndarray[Any, np.dtype[np.int64]]
    extra: int


def made_of(drafts: pa.RecordBatch, config: Config) -> Made:
    """The samples of a batch of drafts: each draft as often as it has variants that differ, up to the settings'.

    A variant that ends with a span of weight 0 is left out: a document must not end untrained.

    Raises:
        PromiseBroken: the spans do not tile a text, or the text without its thoughts is not the expert's.
    """
    style = config.style
    first = render_columns(drafts, style)
    _prove(drafts, first)
    ends_trained = np.asarray(first.last_weight) > 0
    numbers = np.zeros(drafts.num_rows, np.int64)
    batches = [_samples(drafts, first, config, numbers, ends_trained)]
    kept = ends_trained.copy()
    for rows, rendered, number in _later(drafts, first, style, config.variants):
        some = drafts.take(pa.array(rows))
        _prove(some, rendered)
        ends_trained = np.asarray(rendered.last_weight) > 0
        kept[rows] |= ends_trained
        batches.append(_samples(some, rendered, config, number, ends_trained))
    samples = pa.Table.from_batches(batches).combine_chunks().to_batches()
    extra = sum(batch.num_rows for batch in samples) - int(kept.sum())
    whole = samples[0] if samples else batches[0]
    return Made(whole, kept, np.asarray(first.thoughts), extra)


def _later(
    drafts: pa.RecordBatch, first: Rendered, style: Style, variants: int
) -> Iterator[tuple[np.ndarray[Any, Any], Rendered, np.ndarray[Any, Any]]]:
    """The variants after the first: rows of the drafts, how they are rendered, and which number each has."""
    seen: dict[int, list[str]] = {}
    most = min(variants, int(np.max(first.candidates, initial=1)))
    for variant in range(1, most):
        rows = np.flatnonzero(np.asarray(first.candidates) > variant)
        rendered = render_columns(drafts.take(pa.array(rows)), style, variant)
        new, numbers = [], []
        for place, (row, text) in enumerate(zip(rows.tolist(), rendered.text.to_pylist(), strict=True)):
            earlier = seen.setdefault(row, [first.text[row].as_py()])
            if text not in earlier:
                new.append(place)
                numbers.append(len(earlier))
                earlier.append(text)
        if new:
            yield rows[new], _taken(rendered, np.array(new)), np.array(numbers)


def _taken(rendered: Rendered, places: np.ndarray[Any, Any]) -> Rendered:
    chosen = pa.array(places)
    return Rendered(
        rendered.text.take(chosen),
        rendered.spans.take(chosen),
        rendered.no_loss_ranges.take(chosen),
        rendered.candidates[places],
        rendered.thoughts[places],
        rendered.last_weight[places],
    )


def _prove(drafts: pa.RecordBatch, rendered: Rendered) -> None:
    """Promise 1, against the hash taken when the document was cut, not against the text that was carried along."""
    passages = drafts.column("passage")
    stripped = strip_columns(rendered.text, rendered.spans)
    if not stripped.tiles.all():
        place = int(np.argmin(stripped.tiles))
        raise PromiseBroken(f"spans of {pc.struct_field(passages, 'id')[place]} do not tile its text")
    hashes = pc.struct_field(passages, "text_sha256").to_pylist()
    for place, (text, hashed) in enumerate(zip(bytes_of(stripped.text), hashes, strict=True)):
        if sha256(text).hexdigest() != hashed:
            raise PromiseBroken(f"{pc.struct_field(passages, 'id')[place]}: expert text changed")


def _samples(
    drafts: pa.RecordBatch,
    rendered: Rendered,
    config: Config,
    numbers: np.ndarray[Any, Any],
    wanted: np.ndarray[Any, np.dtype[np.bool_]],
) -> pa.RecordBatch:
    ids, metas = _described(drafts, config, numbers.tolist())
    passages = drafts.column("passage")
    batch = pa.RecordBatch.from_arrays(
        [
            pa.array(ids, pa.string()),
            rendered.text,
            rendered.spans,
            rendered.no_loss_ranges,
            pc.struct_field(passages, "source"),
            pc.struct_field(passages, "domain"),
            pa.array(metas, pa.string()),
        ],
        schema=arrow_schema(Sample),
    )
    return batch if wanted.all() else batch.filter(pa.array(wanted))


def _described(drafts: pa.RecordBatch, config: Config, numbers: Sequence[int]) -> tuple[list[str], list[str]]:
    """Id and `meta` of each sample."""
    passages = drafts.column("passage")
    shape = content_id(json.dumps(asdict(config.style), sort_keys=True), config.control)
    recipe = cache(lambda strategy, model: content_id(strategy, model, shape))
    columns = (
        *(pc.struct_field(passages, name).to_pylist() for name in _OF_PASSAGE),
        *(drafts.column(name).to_pylist() for name in ("strategy", "model", "prompts")),
        _seeds(drafts),
        numbers,
    )
    ids, metas = [], []
    for (
        passage,
        document,
        start,
        digest,
        title,
        language,
        license_,
        origin,
        strategy,
        model,
        prompts,
        seeds,
        number,
    ) in zip(*cast(Any, columns), strict=True):
        meta = {
            "passage": passage,
            "document": document,
            "start": start,
            "text_sha256": digest,
            "title": title,
            "language": language,
            "license": license_,
            "strategy": strategy,
            "prompts": prompts,
            "model": model,
            "seeds": seeds,
            "source": orjson.Fragment(origin),
        }
        if number:
            meta["variant"] = number
        ids.append(_id(passage, recipe(strategy, model), number))
        metas.append(orjson.dumps(meta).decode())
    return ids, metas


def _id(passage: str, recipe: str, number: int) -> str:
    """A sample's id: of short texts, and so made at once."""
    return blake2b(f"{passage}\0{recipe}\0{number}".encode(), digest_size=16).hexdigest()


_OF_PASSAGE = ("id", "document", "start", "text_sha256", "title", "language", "license", "meta")


def _seeds(drafts: pa.RecordBatch) -> list[list[int]]:
    """The seeds of each draft's generations."""
    generations = drafts.column("generations")
    seeds = pc.struct_field(generations.flatten(), "seed")
    lengths = pc.list_value_length(generations).to_numpy()
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    return cast(list[list[int]], pa.ListArray.from_arrays(pa.array(offsets), seeds).to_pylist())
