"""A draft becomes a text with spans, and back. Knows placement and markers; nothing of files or trainers.

The expert text is sacred: `strip(text, spans)` gives it back byte for byte.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal

from annotated_types import Ge

from thinkaug.errors import UserError, unknown
from thinkaug.records import KINDS, Draft, Kind, Span, Thought

SPAN_KINDS = ("text", *KINDS, "marker")


@dataclass(frozen=True)
class Style:
    """How thoughts are shown to the trainer. Changing it costs no generated token.

    Args:
        placement: `before` or `after` the stretch that was thought about; `strategy` as its strategy has it.
        markers: `tags` puts each thought between <thinking> and </thinking>, `none` leaves it bare.
        kinds: the kinds of steps that are shown.
        weights: kind of span -> its weight in the training loss, 1 where it is not named; 0 trains nothing on it.
    """

    placement: Literal["strategy", "before", "after"] = "strategy"
    markers: Literal["tags", "none"] = "tags"
    kinds: tuple[Kind, ...] = KINDS
    weights: Mapping[str, Annotated[float, Ge(0)]] = field(default_factory=dict)

    def weight(self, kind: str) -> float:
        """The weight of a kind of span."""
        return float(self.weights.get(kind, 1.0))

    def check(self) -> None:
        """Refuse weights of kinds that do not exist, and a text that nothing trains on."""
        for kind in self.weights:
            if kind not in SPAN_KINDS:
                raise unknown("kind of span", kind, SPAN_KINDS, "pack: style: weights")
        for kind, weight in self.weights.items():
            if not (weight == 0 or 1e-6 <= weight <= 1e6):
                raise UserError(f"pack: style: weights: {kind}: {weight} is neither 0 nor between 1e-6 and 1e6")
        if self.weights.get("text", 1.0) == 0:
            # A document must end with a trained span, and most end with expert text.
            raise UserError("pack: style: weights: text may not be 0: samples end with expert text")


def render(draft: Draft, style: Style) -> tuple[str, tuple[Span, ...]]:
    """The training text of a draft and the spans that tile it; offsets are code points.

    Of the candidates at a cut the first that stands is shown, before its stretch or after it. Where a thought ends the
    text, the marker that closes it weighs at least what its last step does: a document must not end untrained.
    """
    spans: list[Span] = []
    texts: list[str] = []
    position = 0
    for kind, text in _merged(_pieces(draft, style)):
        spans.append(Span(position, position + len(text), kind, style.weight(kind)))
        texts.append(text)
        position += len(text)
    if len(spans) > 1 and spans[-1].kind == "marker":
        spans[-1] = replace(spans[-1], weight=max(spans[-1].weight, spans[-2].weight))
    return "".join(texts), tuple(spans)


def thinking_of(steps: Sequence[Thought], before: str, style: Style) -> str:
    """The text of one thought as it stands in a sample whose text up to there is `before`, markers included."""
    return "".join(text for _, text in _thinking(steps, before, style))


def strip(text: str, spans: Iterable[Span | Mapping[str, Any]]) -> str:
    """The expert text alone: `text` without the inserted spans.

    Args:
        text: the `text` of a sample.
        spans: its `spans`, as records or as the dicts that `datasets` gives; offsets in code points, in order.
    """
    plain = (_ends(span) for span in spans)
    return "".join(text[start:end] for start, end, kind in plain if kind == "text")


def tiles(text: str, spans: Iterable[Span | Mapping[str, Any]]) -> bool:
    """Whether the spans cover the text from its beginning to its end without a gap, an overlap or an empty one."""
    position = 0
    for start, end, kind in map(_ends, spans):
        if start != position or end <= start or kind not in SPAN_KINDS:
            return False
        position = end
    return position == len(text)


def no_loss_ranges(spans: Iterable[Span]) -> tuple[tuple[int, ...], ...]:
    """The `[start, end]` ranges that carry no loss, adjoining ones joined."""
    ranges: list[list[int]] = []
    for span in spans:
        if span.weight:
            continue
        if ranges and ranges[-1][1] == span.start:
            ranges[-1][1] = span.end
        else:
            ranges.append([span.start, span.end])
    return tuple((start, end) for start, end in ranges)


def _ends(span: Span | Mapping[str, Any]) -> tuple[int, int, str]:
    if isinstance(span, Span):
        return span.start, span.end, span.kind
    return span["start"], span["end"], span["kind"]


def _pieces(draft: Draft, style: Style) -> Iterator[tuple[str, str]]:
    text = draft.passage.text
    shown: dict[int, list[Thought]] = {}
    chosen: dict[int, int] = {}
    for thought in draft.thoughts:
        if not thought.drop and chosen.setdefault(thought.cut, thought.candidate) == thought.candidate:
            shown.setdefault(_place(thought.cut, draft, style), []).append(thought)
    position = 0
    for place in sorted(shown):
        yield "text", text[position:place]
        position = place
        yield from _thinking(shown[place], text[:place], style)
    yield "text", text[position:]


def _place(cut: int, draft: Draft, style: Style) -> int:
    placement = draft.placement if style.placement == "strategy" else style.placement
    return cut if placement == "before" else cut + len(draft.passage.target(cut))


def _thinking(thoughts: Sequence[Thought], before: str, style: Style) -> Iterator[tuple[str, str]]:
    steps = [thought for thought in thoughts if thought.kind in style.kinds]
    if not steps:
        return
    tagged = style.markers == "tags"
    opening, closing = ("<thinking>\n", "\n</thinking>\n") if tagged else ("", "\n")
    on_new_line = not before or before.endswith(("\n", "\r", "\u2028", "\u2029"))
    yield "marker", opening if on_new_line else "\n" + opening
    for number, step in enumerate(steps):
        # A search is no sentence of the thinker's: it can be told apart also where steps are not.
        is_search = tagged and step.kind in ("lookup", "observation")
        yield "marker", ("\n" if number else "") + (f"<{step.kind}>" if is_search else "")
        yield step.kind, step.text
        yield "marker", f"</{step.kind}>" if is_search else ""
    yield "marker", closing


def _merged(pieces: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Without empty pieces, and with neighbours of a kind joined. Between two steps there is always a marker."""
    held_kind, held = "", ""
    for kind, text in pieces:
        if not text:
            continue
        if kind == held_kind:
            held += text
            continue
        if held:
            yield held_kind, held
        held_kind, held = kind, text
    if held:
        yield held_kind, held
