"""Examples of what each stage took out, by reason, for a person to look at. Reads folders; runs nothing."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, NamedTuple

from thinkaug.plan import Plan, Step
from thinkaug.records import Draft
from thinkaug.visible import visible

_SHOWN_CHARS = 200


class Example(NamedTuple):
    """One row or thought that was taken out, or a row that was noted: why, which, what else is known, how it begins."""

    reason: str
    id: str
    detail: str
    text: str


def examples(plan: Plan, most: int) -> Iterator[str]:
    """Lines with up to `most` examples of every reason of every step, the first ones that were met."""
    for step in plan.steps:
        shown: dict[str, list[Example]] = defaultdict(list)
        counts: Counter[str] = Counter()
        for example in chain(_rows(step), _thoughts(step)):
            counts[example.reason] += 1
            if len(shown[example.reason]) < most:
                shown[example.reason].append(example)
        for reason, count in counts.most_common():
            yield f"{step.label}: {reason}: {len(shown[reason])} of {count:,}"
            for example in shown[reason]:
                yield f"  {example.id[:32]}{example.detail and f'  {_line(example.detail)}'}"
                yield f"    {_line(example.text)}"


def _rows(step: Step) -> Iterator[Example]:
    """Dropped and quarantined rows."""
    for manifest in step.folder.manifests():
        for file in filter(None, (manifest.dropped_file, manifest.quarantine_file)):
            for line in step.folder.lines(file):
                reason, detail = line.get("reason") or line["kind"], line.get("detail") or line.get("message", "")
                yield Example(reason, line["id"], detail, _text(line["row"]) or line.get("raw", ""))


def _thoughts(step: Step) -> Iterator[Example]:
    """Steps of thoughts that this stage took out of rows that went on."""
    if step.folder.record is Draft:
        earlier = {place for source in step.sources if source.folder.record is Draft for place, _ in _taken_out(source)}
        yield from (example for place, example in _taken_out(step) if place not in earlier)


def _taken_out(step: Step) -> Iterator[tuple[tuple[str, int, int, str], Example]]:
    """Every step of a thought that no longer stands, with what tells it from others."""
    for draft in step.folder.all_rows():
        for thought in draft.thoughts:
            if thought.drop:
                place = (draft.id, thought.cut, thought.candidate, thought.text)
                yield place, Example(f"thought_{thought.drop}", draft.id, thought.kind, thought.text)


def _text(row: Mapping[str, Any] | None) -> str:
    """How a row of any type reads: its text, its thoughts, or the fields of a source's record."""
    if row is None:
        return ""
    if "thoughts" in row:
        return " | ".join(thought["text"] for thought in row["thoughts"]) or _text(row["passage"])
    return str(row["text"] if "text" in row else row.get("raw") or row.get("fields") or "")


def _line(text: str) -> str:
    """On one line, cut, fit to be printed."""
    flat = visible(" ".join(text[: 2 * _SHOWN_CHARS].split()))
    return flat[:_SHOWN_CHARS] + ("..." if len(flat) > _SHOWN_CHARS or len(text) > 2 * _SHOWN_CHARS else "")
