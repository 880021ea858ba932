"""segment: Document -> Passage. Lossless windows and the places where a thought may go in. Engines only count."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Annotated, Literal

import numpy as np
from annotated_types import Ge, Gt, Le

from thinkaug.errors import PromiseBroken, UserError
from thinkaug.records import Document, Passage, content_id
from thinkaug.segmentation.outline import Outline
from thinkaug.segmentation.windows import Fill, Window, tile, tile_by_fill
from thinkaug.stage import Kept, Outcome, Services, Shard, Stage, Work, seed_of

_WINDOW_CHARS = 2000


@dataclass(frozen=True)
class Config:
    """How a document is windowed and where thoughts may go in.

    Args:
        window_chars: a passage holds at most so many characters.
        window_tokens: engine -> a passage holds at most so many tokens of its model; where an engine is named,
            characters do not count.
        context_chars: so much of the text before a passage is kept beside it at most, from a paragraph or sentence on.
        cuts: thoughts may go in before each `paragraph`, each `sentence`, or (`poisson`) after every few sentences, as
            in BoLT (arXiv 2503.18866). None goes in after a heading or inside a list, a table, code or a formula;
            `sentence` and `poisson` go in between the items of a list.
        poisson_mean: there is one sentence and so many more on average between two cuts, drawn by the text's hash.
        poisson_most: there are at most so many sentences between two cuts.
        stretch_chars: a stretch of expert text between two cuts holds at least so many characters.
    """

    window_chars: Annotated[int, Gt(0)] = _WINDOW_CHARS
    window_tokens: Mapping[str, Annotated[int, Gt(0)]] = field(default_factory=dict)
    context_chars: Annotated[int, Ge(0)] = 600
    cuts: Literal["paragraph", "sentence", "poisson"] = "paragraph"
    poisson_mean: Annotated[float, Ge(0), Le(1000)] = 7
    poisson_most: Annotated[int, Gt(0)] = 20
    stretch_chars: Annotated[int, Ge(0)] = 80


def _shaped_by(config: Config, services: Services) -> Mapping[str, object]:
    if not config.window_tokens:
        return {}
    if config.window_chars != _WINDOW_CHARS:
        raise UserError("segment: window_chars and window_tokens: a window is counted in one of them; leave one out")
    return {"engines": {name: services.identity(name, "segment: window_tokens") for name in config.window_tokens}}


def _start(config: Config, services: Services, everything: Iterable[Shard]) -> Work:
    windows_of = _windowing(config, services)

    def work(shard: Shard) -> Iterator[Outcome]:
        for document in shard:
            passages = tuple(_passages(document, config, windows_of))
            if "".join([passage.text for passage in passages]) != document.text:
                raise PromiseBroken(f"{document.id}: its windows do not add up to it")
            yield Kept(document, passages, {"cuts": sum([len(passage.cuts) for passage in passages])})

    return work


def _windowing(config: Config, services: Services) -> Callable[[Outline], list[Window]]:
    if config.window_tokens:
        fill = _fill({name: services.engines[name].count_tokens for name in config.window_tokens}, config.window_tokens)
        return lambda outline: tile_by_fill(outline, fill)
    return lambda outline: tile(outline, config.window_chars)


def _fill(counters: Mapping[str, Callable[[list[str]], list[int]]], most: Mapping[str, int]) -> Fill:
    """How much of a window texts fill, by the engine whose tokens fill most of theirs."""

    def fill(texts: Iterable[str]) -> list[float]:
        given = list(texts)
        filled = [[tokens / most[name] for tokens in count(given)] for name, count in counters.items()]
        return [max(shares) for shares in zip(*filled, strict=True)]

    return fill


def _passages(document: Document, config: Config, windows_of: Callable[[Outline], list[Window]]) -> Iterator[Passage]:
    text = document.text
    outline = Outline(text)
    places = _places(outline, config, document)
    known = (document.source, document.title, document.domain, document.language, document.license, document.meta)
    for start, end in windows_of(outline):
        window = text[start:end]
        yield Passage(
            content_id(document.id, str(start), window),
            document.id,
            start,
            window,
            text[_context_start(start, outline, config.context_chars) : start],
            _cuts(start, end, places, config.stretch_chars),
            sha256(window.encode()).hexdigest(),
            *known,
        )


def _places(outline: Outline, config: Config, document: Document) -> list[int]:
    """Where thoughts may go in, ascending, the beginning of the text left out."""
    if config.cuts == "paragraph":
        return outline.paragraphs
    sentences = [start for start in outline.sentences() if start not in outline.headed]
    if config.cuts == "poisson":
        return _poisson([0, *sentences], config, seed_of(document.id, "poisson"))
    return sentences


def _poisson(sentences: list[int], config: Config, seed: int) -> list[int]:
    """Every few sentences one, from the first on."""
    drawn = np.random.default_rng(seed).poisson(config.poisson_mean, len(sentences))
    places = np.concatenate([[0], np.cumsum(np.minimum(1 + drawn, config.poisson_most))])
    return [sentences[place] for place in places if place < len(sentences)]


def _cuts(start: int, end: int, places: list[int], stretch_chars: int) -> tuple[int, ...]:
    """Offsets into the window: its beginning, then every place that leaves a long enough stretch on both sides."""
    cuts, last, latest = [0], start, end - stretch_chars
    for place in places[bisect_left(places, start + 1) : bisect_left(places, end)]:
        if place - last >= stretch_chars and place <= latest:
            cuts.append(place - start)
            last = place
    return tuple(cuts)


def _context_start(start: int, outline: Outline, context_chars: int) -> int:
    """Where the context begins, never further back than `context_chars`.

    At a paragraph, where that leaves half of them; else at a sentence, if one begins within reach.
    """
    earliest = max(0, start - context_chars)
    if not earliest:
        return 0
    block = outline.first_block(earliest)
    if 2 * (start - block) >= context_chars:
        return block
    return outline.first_sentence(earliest, start) or earliest


segment = Stage(
    name="segment",
    version=2,
    reads=(Document,),
    writes=Passage,
    config=Config,
    start=_start,
    shaped_by=_shaped_by,
)
