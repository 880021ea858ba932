"""Draft -> text with spans, one record at a time. Knows placement and markers; nothing of files or trainers."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from thinkaug.records import Draft, Span, Thought
from thinkaug.rendering.markers import END, TEXT, THOUGHT, Marks, marks_of
from thinkaug.rendering.placing import place_of
from thinkaug.rendering.style import Style

_LINE_ENDS = ("\n", "\r", "\u2028", "\u2029")


def render(draft: Draft, style: Style, variant: int = 0) -> tuple[str, tuple[Span, ...]]:
    """The training text of a draft and the spans that tile it; offsets are code points.

    Of the candidates that stand at a cut the first is shown, or that of number `variant`: where there are fewer, they
    come round again. Where a thought ends the text, the marker that closes it weighs at least what its last step does:
    a document must not end untrained.
    """
    spans: list[Span] = []
    texts: list[str] = []
    position = 0
    marks = marks_of(style.markers)
    for kind, text in _merged(_pieces(draft, style, variant, marks), marks):
        spans.append(Span(position, position + len(text), kind, style.weight(kind)))
        texts.append(text)
        position += len(text)
    if len(spans) > 1 and spans[-1].kind == "marker":
        spans[-1] = replace(spans[-1], weight=max(spans[-1].weight, spans[-2].weight))
    return "".join(texts), tuple(spans)


def thinking_of(steps: Sequence[Thought], before: str, style: Style) -> str:
    """The text of one thought as it stands before its stretch, markers included, in a sample that begins with `before`.

    Empty where no step is of a kind that is shown.
    """
    shown = [step for step in steps if step.kind in style.kinds]
    if not shown:
        return ""
    return "".join(text for _, text in _block(shown, True, before, TEXT, marks_of(style.markers)))


def _pieces(draft: Draft, style: Style, variant: int, marks: Marks) -> Iterator[tuple[str, str]]:
    text = draft.passage.text
    blocks: dict[tuple[int, bool], list[Thought]] = {}
    for step in chosen(draft, variant):
        if step.kind in style.kinds:
            blocks.setdefault(place_of(step.cut, draft, style), []).append(step)
    # Where a posterior meets a prior, each stands beside the stretch that it is about: False sorts before True.
    places = sorted(blocks)
    position, before = 0, ""
    next_places = [*(place for place, _ in places), len(text)][1:]
    for (place, prior), next_place in zip(places, next_places, strict=True):
        if place > position:
            yield "text", text[position:place]
            position, before = place, text[:place]
        follows = TEXT if next_place > place else (END if (place, prior) == places[-1] else THOUGHT)
        yield from _block(blocks[place, prior], prior, before, follows, marks)
        before = "\n"  # every block that asks what stands before it ends so
    yield "text", text[position:]


def chosen(draft: Draft, variant: int) -> list[Thought]:
    """The standing steps of one candidate at each cut, in order of the cuts."""
    standing = sorted((thought for thought in draft.thoughts if not thought.drop), key=lambda thought: thought.cut)
    found: dict[int, list[int]] = {}
    for thought in standing:
        if thought.candidate not in (here := found.setdefault(thought.cut, [])):
            here.append(thought.candidate)
    wanted = {cut: candidates[variant % len(candidates)] for cut, candidates in found.items()}
    return [thought for thought in standing if thought.candidate == wanted[thought.cut]]


def _block(steps: Sequence[Thought], prior: bool, before: str, follows: int, marks: Marks) -> Iterator[tuple[str, str]]:
    on_new_line = not before or before.endswith(_LINE_ENDS)
    yield "marker", marks.opening[prior][on_new_line]
    for number, step in enumerate(steps):
        yield "marker", marks.before_step[step.kind][number == 0]
        yield step.kind, step.text
        yield "marker", marks.after_step[step.kind]
    yield "marker", marks.closing[follows]


def _merged(pieces: Iterable[tuple[str, str]], marks: Marks) -> Iterator[tuple[str, str]]:
    """Without empty pieces, and with neighbours of a kind joined. Between two steps there is always a marker."""
    held_kind, held = "", ""
    for kind, text in pieces:
        if not text:
            continue
        if kind == held_kind and (marks.joined or kind != "marker"):
            held += text
            continue
        if held:
            yield held_kind, held
        held_kind, held = kind, text
    if held:
        yield held_kind, held
