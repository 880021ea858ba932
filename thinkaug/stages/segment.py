"""segment: Document -> Passage. Lossless windows and the places where a thought may go in. Knows nothing of models."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Literal

import numpy as np
from annotated_types import Ge, Gt, Le

from thinkaug.boundaries import paragraph_starts, sentence_starts, windows
from thinkaug.errors import PromiseBroken
from thinkaug.records import Document, Passage, content_id
from thinkaug.stage import Kept, Outcome, Services, Shard, Stage, Work, seed_of


@dataclass(frozen=True)
class Config:
    """How a document is windowed and where thoughts may go in.

    Args:
        window_chars: a passage holds at most so many characters, unless a code block or a formula is longer.
        context_chars: how much of the text before a passage is kept beside it.
        cuts: thoughts may go in before each `paragraph`, each `sentence`, or each `chunk` of some sentences.
        chunk_sentences: a chunk has one sentence and so many more on average, drawn from a Poisson distribution by the
            document's id, as in BoLT (arXiv 2503.18866).
        chunk_most: a chunk has at most so many sentences.
        stretch_chars: a stretch of expert text between two cuts holds at least so many characters.
    """

    window_chars: Annotated[int, Gt(0)] = 2000
    context_chars: Annotated[int, Ge(0)] = 600
    cuts: Literal["paragraph", "sentence", "chunk"] = "paragraph"
    chunk_sentences: Annotated[float, Ge(0), Le(1000)] = 7
    chunk_most: Annotated[int, Gt(0)] = 20
    stretch_chars: Annotated[int, Ge(0)] = 80


def _start(config: Config, services: Services, everything: Iterable[Shard]) -> Work:
    def work(shard: Shard) -> Iterator[Outcome]:
        for document in shard:
            passages = tuple(_passages(document, config))
            if "".join(passage.text for passage in passages) != document.text:
                raise PromiseBroken(f"{document.id}: its windows do not add up to it")
            yield Kept(document, passages, {"cuts": sum(len(passage.cuts) for passage in passages)})

    return work


def _passages(document: Document, config: Config) -> Iterator[Passage]:
    text = document.text
    sentences = sentence_starts(text)
    starts = paragraph_starts(text) if config.cuts == "paragraph" else sentences
    if config.cuts == "chunk":
        starts = _chunk_starts([0, *sentences], config, seed_of(document.id, "chunks"))
    for start, end in windows(text, config.window_chars):
        window = text[start:end]
        yield Passage(
            id=content_id(document.id, str(start), window),
            document=document.id,
            start=start,
            text=window,
            context=text[_context_start(start, sentences, config.context_chars) : start],
            cuts=_cuts(start, end, starts, config.stretch_chars),
            text_sha256=sha256(window.encode()).hexdigest(),
            source=document.source,
            title=document.title,
            domain=document.domain,
            language=document.language,
            license=document.license,
            meta=document.meta,
        )


def _chunk_starts(sentences: list[int], config: Config, seed: int) -> list[int]:
    """The sentences that begin a chunk."""
    sizes = np.minimum(
        1 + np.random.default_rng(seed).poisson(config.chunk_sentences, len(sentences)), config.chunk_most
    )
    places = np.concatenate([[0], np.cumsum(sizes)])
    return [sentences[place] for place in places if place < len(sentences)]


def _cuts(start: int, end: int, starts: list[int], stretch_chars: int) -> tuple[int, ...]:
    """Offsets into the window: its beginning, then every start that leaves a long enough stretch on both sides."""
    cuts = [0]
    for place in starts[bisect_left(starts, start + 1) : bisect_left(starts, end)]:
        if place - start - cuts[-1] >= stretch_chars and end - place >= stretch_chars:
            cuts.append(place - start)
    return tuple(cuts)


def _context_start(start: int, sentences: list[int], context_chars: int) -> int:
    """Where the context begins: at a sentence, if one begins within reach; never further back than `context_chars`."""
    earliest = max(0, start - context_chars)
    nearest = bisect_left(sentences, earliest)
    if earliest == 0 or nearest == len(sentences) or sentences[nearest] >= start:
        return earliest
    return sentences[nearest]


segment = Stage(name="segment", version=1, reads=(Document,), writes=Passage, config=Config, start=_start)
