"""thinkaug calibrate: how far the confidence of claims can be believed, raw and fitted. Reads a build; asks no model.

The confidence is fitted on the claims of some documents and measured on those of the others, so that nothing is on both
sides that was written about the same text. A fact that several documents need may be.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Literal, get_args

from thinkaug import build
from thinkaug.durable import write_whole
from thinkaug.errors import UserError, unknown
from thinkaug.labels import Labels, read_labels
from thinkaug.measures.agreement import agreement
from thinkaug.measures.calibration import Bin, auroc, brier, expected_calibration_error, reliability
from thinkaug.measures.certainty import CERTAINTIES, Overconfidence, Rate, overconfidence
from thinkaug.measures.isotonic import Curve, fit_isotonic
from thinkaug.plan import Plan, Step
from thinkaug.plots import reliability_plot
from thinkaug.records import Claim, Draft
from thinkaug.stage import seed_of

By = Literal["agreement", "judge"]
LEAST = 30
"""Labelled claims that there must be."""
_FOLDER = "calibration"


@dataclass(frozen=True, slots=True)
class Scores:
    """How good a confidence is on some claims; `auroc` is None where all of them are right, or all wrong."""

    count: int
    ece: float
    brier: float
    auroc: float | None


@dataclass(frozen=True, slots=True)
class _Judged:
    """One claim: whose it is, its confidence and whether it is right; None where one is not known."""

    document: str
    text: str
    confidence: float | None
    is_right: bool | None


def calibrate(plan: Plan, *, by: str = "agreement", labels: str = "", out: str = "") -> list[str]:
    """Measure and fit the confidence of the claims of a build; return what there is to print.

    Leaves behind `calibration.json` with all figures and the fitted map as points, and `reliability.png`.

    Args:
        plan: a pipeline with a stage that finds claims, which has run.
        by: what the confidence is: `agreement` of the candidates, or the `judge`'s probability that a claim is right.
        labels: a file that says which claims are right; without one the verdicts say so.
        out: where the two files go; empty is `calibration` in the pipeline's folder.

    Raises:
        UserError: there are no claims, or too few labels, or all are alike, or an extra is missing.
    """
    if by not in get_args(By):
        raise unknown("confidence", by, get_args(By), "calibrate: --by")
    if by == "judge" and not labels:
        raise UserError(
            "calibrate: --by judge: a judge's verdicts cannot tell how far they can be believed themselves; "
            "give labels of your own with --labels FILE"
        )
    step = _step(plan)
    known = read_labels(labels) if labels else None
    claims = [claim for draft in step.folder.all_rows() for claim in _judged(draft, by, known)]
    usable = [claim for claim in claims if claim.confidence is not None and claim.is_right is not None]
    _check(claims, usable, by, known)
    fitting, held_out = _split(usable)
    curve = fit_isotonic(*_forecasts(fitting))
    confidence, right = _forecasts(held_out)
    fitted = curve(confidence)
    tones = overconfidence((claim.text, claim.is_right) for claim in claims if claim.is_right is not None)
    folder = Path(out) if out else plan.root / _FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    bins = {"raw": reliability(confidence, right), "fitted": reliability(fitted, right)}
    scores = {"raw": _scores(confidence, right), "fitted": _scores(fitted, right)}
    counts = {
        "claims": len(claims),
        "without_label": sum(claim.is_right is None for claim in claims),
        "without_confidence": sum(claim.confidence is None and claim.is_right is not None for claim in claims),
        "fitted_on": len(fitting),
        "measured_on": len(held_out),
    }
    reliability_plot(folder / "reliability.png", {name: _points(points) for name, points in bins.items()})
    report = {
        "step": step.folder.path.name,
        "confidence": by,
        "labels": known.name if known else "verdicts",
        "counts": counts,
        "scores": {name: asdict(score) for name, score in scores.items()},
        "reliability": {name: [asdict(point) for point in points] for name, points in bins.items()},
        "map": asdict(curve),
        "wrong_by_tone": {tone: asdict(rate) for tone, rate in _rates(tones).items()},
    }
    write_whole(folder / "calibration.json", json.dumps(report, indent=1) + "\n")
    return list(_lines(step, by, known, counts, scores, tones, folder))


def read_curve(file: Path) -> Curve:
    """The fitted map of a `calibration.json`.

    Raises:
        UserError: it is none.
    """
    try:
        points: Mapping[str, Sequence[float]] = json.loads(file.read_text(encoding="utf-8"))["map"]
        curve = Curve(tuple(map(float, points["x"])), tuple(map(float, points["y"])))
    except OSError as error:
        raise UserError(f"{file} cannot be read: {error.strerror}; `thinkaug calibrate` writes it") from error
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"{file}: not a calibration; `thinkaug calibrate` writes one") from error
    rises = all(list(values) == sorted(values) for values in (curve.x, curve.y))
    if not curve.x or len(curve.x) != len(curve.y) or not rises:
        raise UserError(f"{file}: map: x and y must rise together; `thinkaug calibrate` writes them")
    return curve


def _step(plan: Plan) -> Step:
    """The last step that finds claims."""
    steps = [step for step in plan.steps if "claims" in step.stage.offers(step.config)]
    if not steps:
        raise UserError(f"calibrate: no stage of {plan.name} finds claims; put verify into its stages")
    if not build.is_complete(plan, steps[-1]):
        label = steps[-1].label
        raise UserError(f"calibrate: {label} is not complete; run thinkaug run {plan.called} --until {label}")
    return steps[-1]


def _judged(draft: Draft, by: str, labels: Labels | None) -> Iterator[_Judged]:
    """All claims of a draft. A candidate of which nothing stands, and that claims nothing, is none."""
    counted = (thought for thought in draft.thoughts if thought.claims or not thought.drop)
    for cut, thoughts in groupby(counted, key=lambda thought: thought.cut):
        claims: dict[int, list[Claim]] = {}
        for thought in thoughts:
            claims.setdefault(thought.candidate, []).extend(thought.claims)
        shares = agreement(list(claims.values()))
        for (candidate, found), theirs in zip(claims.items(), shares, strict=True):
            for claim, share in zip(found, theirs, strict=True):
                label = _VERDICTS[claim.verdict]
                if labels is not None:
                    label = labels.of(draft.passage.id, cut, candidate, claim.text)
                confidence = share if by == "agreement" else _probability(claim)
                yield _Judged(draft.passage.document, claim.text, confidence, label)


_VERDICTS: Mapping[str, bool | None] = {"supported": True, "contradicted": False, "unknown": None}


def _probability(claim: Claim) -> float | None:
    """That the claim is right, by its judge: the probability of its verdict, or of the opposite one."""
    if claim.confidence is None or claim.verdict == "unknown":
        return None
    return claim.confidence if claim.verdict == "supported" else 1 - claim.confidence


def _check(claims: Sequence[_Judged], usable: Sequence[_Judged], by: str, labels: Labels | None) -> None:
    if not claims:
        raise UserError("calibrate: no thought of the build holds a claim; `thinkaug status` tells what verify found")
    labelled = sum(claim.is_right is not None for claim in claims)
    source = f"labels of {labels.name}" if labels else "verdicts"
    if labelled < LEAST:
        raise UserError(
            f"calibrate: {labelled} of {len(claims)} claims have a label, by {source}; fewer than {LEAST} say nothing"
        )
    if len(usable) < LEAST:
        advice = {"agreement": "set generate.candidates to 4 or more", "judge": "its judge gave no probabilities"}[by]
        raise UserError(f"calibrate: {len(usable)} of {labelled} labelled claims have a confidence by {by}; {advice}")
    if len({claim.is_right for claim in usable}) < 2:
        outcome = "right" if usable[0].is_right else "wrong"
        raise UserError(f"calibrate: all {len(usable)} labelled claims are {outcome}: there is nothing to tell apart")


def _split(usable: Sequence[_Judged]) -> tuple[list[_Judged], list[_Judged]]:
    """The claims to fit on and those to measure on, by their documents' ids: whole documents, the same ones always."""
    halves: tuple[list[_Judged], list[_Judged]] = ([], [])
    for claim in usable:
        halves[seed_of(claim.document, "calibrate") % 2].append(claim)
    if not halves[1] or len({claim.is_right for claim in halves[0]}) < 2:
        documents = len({claim.document for claim in usable})
        raise UserError(
            f"calibrate: the labelled claims come from {documents} documents, and cannot be parted into some to fit "
            "on, right and wrong, and others to measure on; label claims of more documents"
        )
    return halves


def _forecasts(claims: Sequence[_Judged]) -> tuple[list[float], list[bool]]:
    pairs = [(claim.confidence, claim.is_right) for claim in claims]
    return [c for c, right in pairs if c is not None], [bool(right) for _, right in pairs]


def _scores(confidence: Sequence[float], right: Sequence[bool]) -> Scores:
    return Scores(
        len(right), expected_calibration_error(confidence, right), brier(confidence, right), auroc(confidence, right)
    )


def _points(bins: Sequence[Bin]) -> list[tuple[float, float, int]]:
    return [(point.confidence, point.accuracy, point.count) for point in bins]


def _rates(tones: Overconfidence) -> dict[str, Rate]:
    return {**{tone: getattr(tones, tone) for tone in CERTAINTIES}, "not_hedged": tones.rate}


def _lines(
    step: Step,
    by: str,
    labels: Labels | None,
    counts: Mapping[str, int],
    scores: Mapping[str, Scores],
    tones: Overconfidence,
    folder: Path,
) -> Iterator[str]:
    source = labels.name if labels else "verdicts"
    yield f"{step.label}: {counts['claims']:,} claims; confidence by {by}, labels by {source}"
    without = (counts["without_label"], counts["without_confidence"])
    yield f"left out: {without[0]:,} without a label, {without[1]:,} without a confidence"
    yield f"fitted on {counts['fitted_on']:,} claims, measured on {counts['measured_on']:,} of other documents"
    yield f"{'':<10}{'N':>8}{'ECE':>8}{'Brier':>8}{'AUROC':>8}"
    for name, score in scores.items():
        yield f"{name:<10}{score.count:>8,}{score.ece:>8.3f}{score.brier:>8.3f}{_figure(score.auroc):>8}"
    yield f"{'tone':<12}{'N':>6}{'wrong':>8}{'P(wrong)':>10}"
    for name, rate in _rates(tones).items():
        word = "not hedged" if name == "not_hedged" else name
        yield f"{word:<12}{rate.count:>6,}{rate.wrong:>8,}{_figure(rate.share):>10}"
    yield f"overconfidence rate: {_figure(tones.rate.share)}, of claims that are not hedged"
    yield f"written: {folder / 'calibration.json'}, {folder / 'reliability.png'}"


def _figure(value: Any) -> str:
    return "-" if value is None else f"{value:.3f}"
