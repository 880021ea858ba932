"""thinkaug show: one passage as far as it came: its thoughts, what they state and are worth, and what became of it.

Thoughts are in colour by kind, claims by verdict. Reads only.
"""

import json
from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.text import Text

from thinkaug.errors import UserError
from thinkaug.plan import Plan, Step
from thinkaug.records import Document, Draft, Kind, Passage, Sample, Thought
from thinkaug.verdicts import claim_line, gains, worth_line
from thinkaug.visible import visible

_COLOURS: dict[Kind, str] = {
    "self_talk": "cyan",
    "recall": "yellow",
    "verification": "green",
    "lookup": "magenta",
    "observation": "blue",
    "prose": "cyan",
}


def show(plan: Plan, wanted: str) -> None:
    """Print the passage, document or sample whose id begins with `wanted`; without one, the first of the shards.

    Raises:
        UserError: no step holds such a row, nor dropped or quarantined one.
    """
    console = Console(highlight=False, soft_wrap=True)
    passage, writer = _packed(plan, wanted)
    if identity := passage or wanted:
        rows = (row for step in reversed(plan.steps) for row in _rows(step) if _matches(row, identity))
        row = next((row for row in rows if not writer or _writer(row) in ((), writer)), None)
        if row is not None:
            _print(console, row)
        fates = list(_fates(plan, getattr(row, "id", identity)))
        for fate in fates:
            console.print(_safe(fate, "red"))
        for found in _noted(plan, getattr(row, "id", identity)):
            console.print(_safe(found, "dim"))
        if row is not None or fates:
            return
    raise UserError(f"show: no row with an id that begins with '{wanted}' in {plan.root}; has the pipeline run?")


def _rows(step: Step) -> Iterator[Any]:
    if step.folder.record is not Sample:
        yield from step.folder.all_rows()


def _packed(plan: Plan, wanted: str) -> tuple[str, tuple[str, ...]]:
    """The passage of the first sample whose id, or whose passage's id, begins so; empty if there is none.

    Beside it stand strategy and model where it is the sample's id: there may be other samples of the same passage.
    """
    for step in plan.steps:
        if step.folder.record is Sample:
            for sample in step.folder.all_rows():
                meta = json.loads(sample.meta)
                if wanted and sample.id.startswith(wanted):
                    return meta["passage"], (meta["strategy"], meta["model"])
                if meta["passage"].startswith(wanted):
                    return meta["passage"], ()
    return "", ()


def _writer(row: Document | Passage | Draft) -> tuple[str, ...]:
    """Strategy and model of a draft; nothing of other rows."""
    return (row.strategy, row.model) if isinstance(row, Draft) else ()


def _matches(row: Document | Passage | Draft, wanted: str) -> bool:
    passage = row.passage if isinstance(row, Draft) else row
    return row.id.startswith(wanted) or (isinstance(passage, Passage) and passage.document.startswith(wanted))


def _fates(plan: Plan, identity: str) -> Iterator[str]:
    """Where rows of that id were dropped or quarantined, and why."""
    for step in plan.steps:
        for manifest in step.folder.manifests():
            for file in filter(None, (manifest.dropped_file, manifest.quarantine_file)):
                for line in step.folder.lines(file):
                    if line["id"].startswith(identity):
                        yield _fate(step.label, line)


def _noted(plan: Plan, identity: str) -> Iterator[str]:
    """What the stages found about rows of that id."""
    for step in plan.steps:
        for note in step.folder.notes():
            if note.pop("id").startswith(identity):
                yield f"noted at {step.label}: " + ", ".join(f"{name} {value}" for name, value in note.items())


def _fate(label: str, line: dict[str, Any]) -> str:
    if "reason" in line:
        return f"dropped at {label}: {line['reason']} {line['detail']}".rstrip()
    raw = f"\n{line['raw']}" if line["raw"] else ""
    return f"quarantined at {label}: {line['kind']}: {line['message']}{raw}"


def _print(console: Console, row: Document | Passage | Draft) -> None:
    passage = row.passage if isinstance(row, Draft) else row
    console.print(_safe(f"{row.id}  {passage.title}  ({passage.source})", "bold"))
    if isinstance(row, Draft):
        console.print(Text.assemble((f"{row.strategy}, written by {row.model}  ", "dim"), *_legend(row)))
        console.print()
        console.print(_draft(row))
    else:
        console.print()
        console.print(_safe(row.text))


def _legend(draft: Draft) -> Iterator[tuple[str, str]]:
    for kind in dict.fromkeys(thought.kind for thought in draft.thoughts):
        yield f"{kind} ", _COLOURS[kind]


def _draft(draft: Draft) -> Text:
    """The expert text in the terminal's own colour, each step on a line of its own before or after its stretch."""
    text, position = Text(), 0
    source = draft.passage.text
    for cut in sorted({*draft.passage.cuts, *(thought.cut for thought in draft.thoughts)}):
        place = cut if draft.placement == "before" else cut + len(draft.passage.target(cut))
        text.append_text(_safe(source[position:place]))
        position = place
        notes = list(_notes(draft, cut))
        notes += [
            _safe(f"[no thought: {generation.problem}]\n{generation.raw}", "red")
            for generation in draft.generations
            if generation.cut == cut and generation.problem
        ]
        if notes and text.plain and not text.plain.endswith("\n"):
            text.append("\n")
        for note in notes:
            text.append_text(note).append("\n")
    return text.append_text(_safe(source[position:]))


def _notes(draft: Draft, cut: int) -> Iterator[Text]:
    """The steps at a cut, each with its claims, and before a candidate's first step what the candidate is worth."""
    worth = {g.candidate: line for g in draft.generations if g.cut == cut and (line := worth_line(g))}
    for thought in draft.thoughts:
        if thought.cut == cut:
            if line := worth.pop(thought.candidate, ""):
                yield _safe(f"  {line}", "dim")
            yield _step(thought)
            for claim in thought.claims:
                said, colour = claim_line(claim)
                yield _safe(f"      {said}", colour)


def _step(thought: Thought) -> Text:
    if thought.drop:
        return _safe(f"  [{thought.kind}, dropped: {thought.drop}] {thought.text}{gains(thought)}", "red")
    entries = ", ".join(evidence.entry for evidence in thought.evidence)
    found = f"  ({entries})" if entries else ""
    wrong = [f"  ({e.expression} is {e.value}, not {e.stated})" for e in thought.executed if e.verdict == "fails"]
    before = f"  (was: {thought.written})" if thought.written else ""
    notes = f"{found}{''.join(wrong)}{gains(thought)}{before}"
    return _safe(f"  [{thought.kind}] {thought.text}{notes}", _COLOURS[thought.kind])


def _safe(text: str, style: str = "") -> Text:
    return Text(visible(text), style)
