"""filter: Draft -> Draft. Thoughts that a check names are taken out with its reason; knows no check by name."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from thinkaug.checks import Check
from thinkaug.errors import UserError
from thinkaug.plugins import made
from thinkaug.records import Draft, Thought
from thinkaug.stage import Dropped, Kept, Outcome, Services, Shard, Stage, Work

DEFAULT_CHECKS = (
    "truncated",
    "think_tags",
    "refusal",
    "addressed",
    "template_echo",
    "loop",
    "length",
    "copy",
    "script",
    "arithmetic",
)


@dataclass(frozen=True)
class Config:
    """Which checks a thought must pass, and what becomes of a passage that loses all of its thoughts.

    Args:
        checks: names of files in `thinkaug/checks`, each alone or with options: `length: {min_words: 3}`. The first
            that objects gives the reason.
        without_thoughts: `drop` the passage, with the commonest reason, or let it go on `raw`.
    """

    checks: tuple[str | Mapping[str, Mapping[str, Any]], ...] = DEFAULT_CHECKS
    without_thoughts: Literal["drop", "raw"] = "drop"


def _checks(config: Config) -> list[Check]:
    return [_check(entry, f"filter: checks[{index}]") for index, entry in enumerate(config.checks)]


def _check(entry: str | Mapping[str, Mapping[str, Any]], where: str) -> Check:
    if isinstance(entry, str):
        entry = {entry: {}}
    if len(entry) != 1:
        raise UserError(f"{where}: one check with its options was expected, such as `length: {{min_words: 3}}`")
    name, options = next(iter(entry.items()))
    check: Check = made("checks", name, options, where)
    return check


def _shaped_by(config: Config, services: Services) -> Mapping[str, object]:
    _checks(config)
    return {}


def _start(config: Config, services: Services, everything: Iterable[Shard]) -> Work:
    checks = _checks(config)

    def work(shard: Shard) -> Iterator[Outcome]:
        for draft in shard:
            yield _settle(draft, checks, config)

    return work


def _settle(draft: Draft, checks: list[Check], config: Config) -> Outcome:
    reasons = {
        (thinking.cut, thinking.candidate): reason
        for thinking in draft.thinkings()
        if (reason := next(filter(None, (check(thinking) for check in checks)), ""))
    }
    thoughts = tuple(_judged(thought, reasons) for thought in draft.thoughts)
    counts = Counter(reasons.values())
    tally = {f"thought_{reason}": count for reason, count in counts.items()}
    if any(not thought.drop for thought in thoughts):
        return Kept(draft, (replace(draft, thoughts=thoughts),), tally)
    if not draft.passage.cuts:  # sent on raw on purpose: there was no thought to lose
        return Kept(draft, (draft,), {"raw": 1})
    if config.without_thoughts == "raw":
        return Kept(draft, (replace(draft, thoughts=thoughts),), {**tally, "raw": 1})
    reason = counts.most_common(1)[0][0] if counts else "no_thought"
    return Dropped(replace(draft, thoughts=thoughts), reason, tally=tally)


def _judged(thought: Thought, reasons: Mapping[tuple[int, int], str]) -> Thought:
    reason = reasons.get((thought.cut, thought.candidate), "")
    return replace(thought, drop=reason) if reason and not thought.drop else thought


filter_ = Stage(
    name="filter", version=2, reads=(Draft,), writes=Draft, config=Config, start=_start, shaped_by=_shaped_by
)
