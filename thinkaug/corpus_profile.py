"""thinkaug profile: does knowledge carry a corpus, or reasoning, and which mix of thoughts follows? Reads a build.

The mix is written as a YAML fragment that a pipeline can include.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from thinkaug import build
from thinkaug.durable import write_whole
from thinkaug.errors import UserError
from thinkaug.measures.diversity import Diversity, corpus_diversity
from thinkaug.measures.dominance import KNOWLEDGE, UNDECIDED, Dominance, dominance
from thinkaug.measures.exposure import Exposure
from thinkaug.measures.knowledge import coverage, knowledge_index
from thinkaug.measures.overthinking import Effects, effects
from thinkaug.plan import Plan, Step
from thinkaug.records import Draft
from thinkaug.tallying import Tally
from thinkaug.yaml import write_yaml

LEAST_WEIGHT, MOST_WEIGHT = 0.5, 1.5
_FILE = "profile.yaml"


@dataclass(frozen=True)
class CorpusProfile:
    """What was measured. `lines` is the table, `fragment` the YAML."""

    step: str
    scorer: str
    dominance: Dominance
    effects: Effects
    lines: tuple[str, ...]
    fragment: str


def profile(plan: Plan, *, out: str = "") -> CorpusProfile:
    """Measure a build whose thoughts were scored by gain, and write the suggested mix of kinds.

    Args:
        plan: a pipeline that has run at least as far as that.
        out: where the fragment goes; empty is `profile.yaml` in the pipeline's folder.

    Raises:
        UserError: no stage of the pipeline scores by gain, or none has yet, or no thought was scored.
    """
    step = _step(plan)
    tally, exposure = Tally(), Exposure()

    def thoughts() -> Iterator[str]:
        for draft in step.folder.all_rows():
            tally.add(draft)
            exposure.add(thought for thought in draft.thoughts if not thought.drop)
            yield from (thinking.text for thinking in draft.thinkings())

    diversity = corpus_diversity(thoughts())
    if not tally.gains:
        raise UserError(f"profile: no thought of {step.label} was scored; thinkaug status {plan.called} tells why")
    if not tally.contributions:
        raise UserError(
            f"profile: the gains of {step.label} were not measured without recall and without reasoning; "
            "set kinds: true in score"
        )
    found = dominance(tally.contributions)
    helped = effects(tally.gains)
    lines = tuple(_lines(step, tally, found, helped, diversity, exposure.summary()))
    fragment = _fragment(plan, tally, found)
    path = Path(out) if out else plan.root / _FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, fragment)
    lines = (*lines, f"written: {path}; use it as `include: [{path.name}]`")
    return CorpusProfile(step.label, ", ".join(sorted(tally.scorers)), found, helped, lines, fragment)


def mix(found: Dominance) -> dict[str, float]:
    """The suggested weights of the kinds: recall as twice its share, the others as twice theirs, and all 1 where the
    verdict is undecided; never below 0.5 or above 1.5, for a kind that is trained on hardly at all is not learned.
    """
    share = 0.5 if found.verdict == UNDECIDED or found.share is None else found.share
    recall, reasoning = (_weight(2 * part) for part in (share, 1 - share))
    return {"recall": recall, "self_talk": reasoning, "verification": reasoning}


def _weight(value: float) -> float:
    return round(min(MOST_WEIGHT, max(LEAST_WEIGHT, value)), 2)


def _step(plan: Plan) -> Step:
    """The last complete step of drafts whose gains were measured."""
    scored = [place for place, step in enumerate(plan.steps) if "gain" in step.stage.offers(step.config)]
    if not scored:
        raise UserError(f"profile: no stage of {plan.name} measures gains; put score: {{by: gain}} into its stages")
    later = [step for step in plan.steps[scored[-1] :] if step.folder.record is Draft and build.is_complete(plan, step)]
    if not later:
        label = plan.steps[scored[-1]].label
        raise UserError(f"profile: {label} is not complete; run thinkaug run {plan.called} --until {label}")
    return later[-1]


def _lines(
    step: Step, tally: Tally, found: Dominance, helped: Effects, diversity: Diversity, facts: Mapping[str, Any]
) -> Iterator[str]:
    passages = len(tally.gains)
    yield f"{step.label}: {passages:,} passages, {diversity.thoughts:,} thoughts, {tally.target_tokens:,} target tokens"
    yield f"scored by {', '.join(sorted(tally.scorers))}"
    rows = (
        ("verdict", found.verdict, ""),
        ("recall's share of the gain", _figure(found.share), _interval(found)),
        ("gain by recall", f"{found.recall_nats:,.0f}", "nats, over the corpus"),
        ("gain by reasoning", f"{found.reasoning_nats:,.0f}", "nats, by self-talk and verification"),
        ("information gain", _figure(tally.gain), f"nats a token; mismatched {_figure(tally.mismatched_gain)}"),
        ("passages helped (IG > 0)", _figure(helped.helpful_share), f"{helped.helped:,} of {helped.count:,}"),
        ("overthinking (IG < 0)", _figure(helped.overthinking_share), f"{helped.harmed:,} of {helped.count:,}"),
        (
            "procedural steps",
            _figure(tally.procedural_share),
            f"{tally.procedural:,}, beside {tally.factual:,} factual",
        ),
        ("knowledge index", _figure(knowledge_index(tally.supported, tally.contradicted)), _checked(tally)),
        ("thoughts a fact", _exposed(facts), f"{facts.get('facts', 0):,} facts"),
        ("distinct-2", _figure(diversity.distinct_2), f"of {diversity.compared:,} thoughts"),
        ("opening share", _figure(diversity.opening_share), "of the 20 commonest openings"),
        ("self-BLEU", _figure(diversity.self_bleu), f"of {diversity.compared:,} thoughts"),
    )
    for name, figure, remark in rows:
        yield f"  {name:<28}{figure:>20}  {remark}".rstrip()
    if tally.unmeasured:
        yield f"left out: {tally.unmeasured:,} thoughts whose kinds were not measured apart"


def _checked(tally: Tally) -> str:
    claims = tally.supported + tally.contradicted + tally.unknown
    if not claims:
        return "no claims were checked"
    return f"coverage {_figure(coverage(tally.supported, tally.contradicted, tally.unknown))}, {claims:,} claims"


def _exposed(facts: Mapping[str, Any]) -> str:
    thoughts = facts.get("thoughts_per_fact")
    return f"{thoughts['mean']:.2f}" if facts.get("facts") and thoughts else "-"


def _interval(found: Dominance) -> str:
    if found.low is None or found.high is None:
        return "no interval: too few passages, or nothing is gained"
    return f"95 % interval {found.low:.3f} to {found.high:.3f}"


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _fragment(plan: Plan, tally: Tally, found: Dominance) -> str:
    """The mix as YAML; the figures and the rule that it comes from as comments."""
    scorers = ", ".join(sorted(tally.scorers))
    comments = [
        f"Suggested by `thinkaug profile` for {plan.name}: {found.verdict}.",
        f"Recall carries {_figure(found.share)} of the gain ({_interval(found)}), by {scorers}.",
        "Rule: weight of recall = 2 x its share, of self-talk and verification = 2 x theirs, between "
        f"{LEAST_WEIGHT} and {MOST_WEIGHT}; all 1 where it is undecided.",
        *_hints(found),
    ]
    settings = {"stages": {"pack": {"style": {"weights": mix(found)}}}}
    return "".join(f"# {' '.join(line.split())}\n" for line in comments) + write_yaml(settings)


def _hints(found: Dominance) -> list[str]:
    if found.verdict == UNDECIDED:
        return ["Neither kind is shown to carry the texts; profile more passages."]
    if found.verdict == KNOWLEDGE:
        return ["Facts decide here: try generate: {strategy: grounded}, or a profile such as medicine or law."]
    return ["Reasoning decides here: try generate: {profile: maths}, and leave its steps room with max_tokens."]
