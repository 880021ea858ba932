"""settling: a row and what was found in it -> what becomes of it. Knows neither items nor how they were found."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal

from thinkaug.decontamination.cutting import without
from thinkaug.decontamination.hits import Hit, noted
from thinkaug.decontamination.views import Row, Seen
from thinkaug.marks import marked
from thinkaug.records import Document, Draft, Thought
from thinkaug.stage import Dropped, Kept, Outcome

Action = Literal["drop", "cut", "mark"]

REASON = "contaminated"
"""Why a row or a step is out."""
KEY = "contaminated"
"""Of a marked row's meta: the items that stand in its text, as `{"set", "item", "rule"}`."""


def settled(row: Row, seen: Seen, action: Action, margin_chars: int, min_chars: int) -> Outcome:
    """The row without what was found in it, or with a mark.

    Args:
        row: as it came.
        seen: what was found.
        action: to do about it.
        margin_chars: see `thinkaug.decontamination.cutting.without`, as `min_chars`.
        min_chars: see there.
    """
    tally = _tally(seen)
    notes = tuple(noted(hit) for hit in (*seen.text, *seen.thoughts))
    if seen.text and action == "drop":
        return Dropped(row, REASON, _detail(seen.text), tally, notes)
    if seen.text and action == "cut":
        assert isinstance(row, Document), "refused for all others"
        pieces = without(row, [(hit.start, hit.end) for hit in seen.text], margin_chars, min_chars)
        if not pieces:
            return Dropped(row, REASON, f"{_detail(seen.text)}; nothing is left", tally, notes)
        return Kept(row, tuple(pieces), {**tally, "cut_documents": 1, "cut_pieces": len(pieces)}, notes)
    kept = marked(row, KEY, _items(seen.text)) if seen.text else row
    if isinstance(kept, Draft) and seen.steps and action != "mark":
        kept = _without_steps(kept, seen.steps, whole=action == "drop")
        tally["contaminated_steps"] = sum(step.drop == REASON for step in kept.thoughts)
        tally["without_thoughts"] = int(all(step.drop for step in kept.thoughts))
    return Kept(row, (kept,), tally, notes)


def _tally(seen: Seen) -> dict[str, int]:
    hits = Counter(f"{KEY}_{hit.set}" for hit in (*seen.text, *seen.thoughts))
    rules = Counter(f"by_{hit.rule}" for hit in (*seen.text, *seen.thoughts))
    return {**hits, **rules, "in_text": int(bool(seen.text)), "in_thoughts": int(bool(seen.thoughts))}


def _detail(hits: Sequence[Hit]) -> str:
    first, others = hits[0], len({(hit.set, hit.item) for hit in hits}) - 1
    return f"{first.set} {first.item} ({first.rule})" + (f" and {others} more" if others else "")


def _items(hits: Iterable[Hit]) -> list[dict[str, str]]:
    return list({(hit.set, hit.item): {"set": hit.set, "item": hit.item, "rule": hit.rule} for hit in hits}.values())


def _without_steps(draft: Draft, steps: frozenset[int], whole: bool) -> Draft:
    """The draft with those steps dropped; `whole`: with the thoughts that they belong to."""
    hit = {(draft.thoughts[step].cut, draft.thoughts[step].candidate) for step in steps}

    def judged(place: int, step: Thought) -> Thought:
        goes = (step.cut, step.candidate) in hit if whole else place in steps
        return replace(step, drop=REASON) if goes and not step.drop else step

    return replace(draft, thoughts=tuple(judged(place, step) for place, step in enumerate(draft.thoughts)))
