"""Finished shards -> what the demo's model learns from them for the next round. Knows spans and the latent prompt.

Both sides of the model are trained, as in BoLT: the texts as they stand in the shards (the prior, which scores
thoughts), and conversations in which a thought is written for its chunk (the posterior, which writes them).
"""

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa

from thinkaug.demo.talks import Conversation
from thinkaug.dialogue import Message
from thinkaug.templates import Templates


def examples(shards: Path, seed: int) -> Iterator[str | Conversation]:
    """Texts and conversations without end: every sample in every round, in an order of its own.

    Args:
        shards: a finished data set.
        seed: of the order.
    """
    samples = list(_samples(shards))
    templates = Templates(brief=True)
    chance = Random(seed)
    while samples:
        for text, spans in chance.sample(samples, len(samples)):
            yield text
            yield from conversations(text, spans, templates)


def conversations(text: str, spans: list[dict[str, Any]], templates: Templates) -> Iterator[Conversation]:
    """One conversation for each thought that stands before its chunk; the last message is the thought."""
    before, thought = "", ""
    for span in spans:
        piece = text[span["start"] : span["end"]]
        if span["kind"] == "prose":
            thought = piece
        elif span["kind"] == "text":
            if thought:
                prompt = templates.render("latent.j2", before=before, target=piece, persona="")
                yield (*prompt, Message("assistant", thought))
            before, thought = before + piece, ""


def _samples(shards: Path) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for path in sorted((shards / "train" / "shards").glob("train-*.arrow")):
        with pa.memory_map(str(path)) as source, pa.ipc.open_stream(source) as stream:
            for batch in stream:
                yield from zip(batch.column("text").to_pylist(), batch.column("spans").to_pylist(), strict=True)
