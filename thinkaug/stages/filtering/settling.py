"""What the checks and the judge said of a row -> its outcome, personal data masked. Asks nobody."""

from collections.abc import Sequence
from dataclasses import replace

from thinkaug.judges.rubric import Judged
from thinkaug.records import Document, Draft
from thinkaug.stage import Dropped, Kept, Outcome, Quarantined, counting
from thinkaug.stages.filtering import judging, masking, thoughts
from thinkaug.stages.filtering.config import Config
from thinkaug.stages.filtering.looking import Row, Seen


def settle(seen: Seen, config: Config) -> Outcome:
    """The outcome of a row that the checks have seen."""
    if seen.outside:
        return Dropped(seen.row, seen.outside, seen.detail)
    outcome: Outcome = Kept(seen.row, (seen.after,))
    if isinstance(seen.after, Draft):
        outcome = thoughts.settled(seen.after, seen.reasons, config.without_thoughts)
    if seen.tally:
        outcome = counting(outcome, **seen.tally)
    return _masked(outcome, config) if config.mask and isinstance(outcome, Kept) else outcome


def settle_judged(seen: Seen, judged: Sequence[Judged], config: Config) -> Outcome:
    """The outcome of a row whose `left` thoughts a judge was asked about; their scores stand in its notes."""
    tally = judging.tally_of(judged)
    if problem := judging.problem_of(judged):
        return Quarantined(seen.row, "request_failed", problem, tally=tally)
    reasons, notes = dict(seen.reasons), []
    for thinking, one in zip(seen.left, judged, strict=True):
        reason = judging.reason_of(one, config.judge)
        if reason:
            reasons[thoughts.key_of(thinking)] = reason
        notes.append({"cut": thinking.cut, "candidate": thinking.candidate, "scores": one.scores, "reason": reason})
    outcome = counting(settle(replace(seen, reasons=reasons), config), **tally)
    assert not isinstance(outcome, Quarantined), "checks quarantine nothing"
    return replace(outcome, notes=tuple(notes))


def _masked(outcome: Kept, config: Config) -> Outcome:
    row, found = _mask(outcome.rows[0], config)
    return counting(replace(outcome, rows=(row,)), **{f"masked_{kind}": count for kind, count in found.items()})


def _mask(row: object, config: Config) -> tuple[Row, dict[str, int]]:
    assert isinstance(row, Document | Draft), "a passage is refused before any run"
    if isinstance(row, Draft):
        return masking.mask_thoughts(row, config.mask)
    return masking.mask_document(row, config.mask)
