"""thinkaug profile: verdicts on corpora that a script likes for one kind of step, the fragment, and what is refused."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.toy_claims import build, drafts, scorer, writer
from thinkaug import pipeline
from thinkaug.corpus_profile import LEAST_WEIGHT, MOST_WEIGHT, mix, profile
from thinkaug.engines.scripted import Scripted
from thinkaug.errors import UserError
from thinkaug.measures.dominance import KNOWLEDGE, REASONING, UNDECIDED, Dominance
from thinkaug.plan import Plan
from thinkaug.records import Draft
from thinkaug.yaml import read_yaml

Patch = pytest.MonkeyPatch
SCORE = {"score": {"by": "gain", "kinds": True, "engine": "scorer"}}
PACK = {"pack": {"count_with": "writer"}}


def scored(home: Path, patch: Patch, likes: Scripted, *stages: object, until: str = "", documents: int = 30) -> Plan:
    engines = {"writer": writer(), "scorer": likes}
    chosen = stages or ("judge", SCORE, PACK)
    return build(home, patch, engines=engines, stages=chosen, documents=documents, candidates=2, until=until)


def line(lines: tuple[str, ...], beginning: str) -> str:
    return next(line.strip() for line in lines if line.strip().startswith(beginning))


def test_a_corpus_that_recall_carries(tmp_path: Path, monkeypatch: Patch) -> None:
    plan = scored(tmp_path, monkeypatch, scorer(1.0, 0.25))
    found = profile(plan)
    assert found.dominance.verdict == KNOWLEDGE
    assert found.dominance.share == pytest.approx(0.8)
    assert found.effects.helpful_share == 1.0
    weights = read_yaml(found.fragment)["stages"]["pack"]["style"]["weights"]
    assert weights == {"recall": 1.5, "self_talk": 0.5, "verification": 0.5}


def test_a_corpus_that_reasoning_carries(tmp_path: Path, monkeypatch: Patch) -> None:
    found = profile(scored(tmp_path, monkeypatch, scorer(0.3, 0.7)))
    assert found.dominance.verdict == REASONING
    assert found.dominance.share == pytest.approx(0.3)
    assert read_yaml(found.fragment)["stages"]["pack"]["style"]["weights"]["recall"] == pytest.approx(0.6)


def test_thinking_that_hurts_has_no_share(tmp_path: Path, monkeypatch: Patch) -> None:
    found = profile(scored(tmp_path, monkeypatch, scorer(-0.5, 0.1)))
    assert (found.dominance.share, found.dominance.verdict) == (None, UNDECIDED)
    assert found.effects.overthinking_share == 1.0
    assert set(read_yaml(found.fragment)["stages"]["pack"]["style"]["weights"].values()) == {1.0}


def test_totals_are_those_of_the_drafts(tmp_path: Path, monkeypatch: Patch) -> None:
    plan = scored(tmp_path, monkeypatch, scorer(1.0, 0.25))
    found = profile(plan)
    recall = reasoning = gain = tokens = 0.0
    for draft in drafts(plan, "score"):
        for generation in draft.generations:
            worth = generation.worth
            assert worth is not None
            assert worth.without_recall is not None
            assert worth.without_reasoning is not None
            gain += worth.target_tokens * worth.gain / 2
            tokens += worth.target_tokens / 2
            # Two candidates stand at each stretch; it has their mean.
            recall += worth.target_tokens * (worth.gain - worth.without_recall) / 2
            reasoning += worth.target_tokens * (worth.gain - worth.without_reasoning) / 2
    assert found.dominance.recall_nats == pytest.approx(recall)
    assert found.dominance.reasoning_nats == pytest.approx(reasoning)
    assert line(found.lines, "information gain").split()[2] == f"{gain / tokens:.3f}"


def test_the_table_names_the_scorer_and_counts_claims(tmp_path: Path, monkeypatch: Patch) -> None:
    found = profile(scored(tmp_path, monkeypatch, scorer(1.0, 0.25, name="one@abc")))
    assert found.scorer == "one@abc"
    assert "scored by one@abc" in found.lines
    assert "60 claims" in line(found.lines, "knowledge index")
    assert "coverage 1.000" in line(found.lines, "knowledge index")
    assert "by one@abc" in found.fragment


def test_without_claims_there_is_no_knowledge_index(tmp_path: Path, monkeypatch: Patch) -> None:
    found = profile(scored(tmp_path, monkeypatch, scorer(1.0, 0.25), SCORE))
    assert line(found.lines, "knowledge index").split()[2:] == ["-", "no", "claims", "were", "checked"]
    assert line(found.lines, "thoughts a fact").split()[3] == "-"


def test_a_pipeline_can_include_what_is_suggested(tmp_path: Path, monkeypatch: Patch) -> None:
    plan = scored(tmp_path, monkeypatch, scorer(0.3, 0.7))
    profile(plan, out=str(tmp_path / "new" / "mix.yaml"))
    engines = {"writer": writer(), "scorer": scorer(0.3, 0.7)}
    mixed = pipeline.load(
        str(tmp_path / "toy.yaml"), [f"include=[{tmp_path / 'new' / 'mix.yaml'}]"], str(tmp_path / "out"), engines
    )
    assert mixed.steps[-1].config.style.weights == {"recall": 0.6, "self_talk": 1.4, "verification": 1.4}
    assert [step.digest for step in mixed.steps[:-1]] == [step.digest for step in plan.steps[:-1]]


def test_it_reads_the_last_step_that_is_there(tmp_path: Path, monkeypatch: Patch) -> None:
    plan = scored(tmp_path, monkeypatch, scorer(1, 0.2), SCORE, "filter", PACK, until="score")
    assert profile(plan).step == "score"
    plan = scored(tmp_path, monkeypatch, scorer(1, 0.2), SCORE, "filter", PACK)
    assert profile(plan).step == "filter"


def test_by_default_the_fragment_lies_in_the_pipelines_folder(tmp_path: Path, monkeypatch: Patch) -> None:
    plan = scored(tmp_path, monkeypatch, scorer(1.0, 0.25))
    found = profile(plan)
    assert (plan.root / "profile.yaml").read_text() == found.fragment
    assert profile(plan).lines == found.lines


def refusal(plan: Plan) -> str:
    with pytest.raises(UserError) as error:
        profile(plan)
    return str(error.value)


def test_what_was_not_scored_is_told(tmp_path: Path, monkeypatch: Patch) -> None:
    unscored = scored(tmp_path, monkeypatch, scorer(1, 1), "judge", documents=2)
    assert "no stage of toy measures gains; put score: {by: gain" in refusal(unscored)
    waiting = scored(tmp_path, monkeypatch, scorer(1, 1), SCORE, documents=2, until="generate")
    assert f"score is not complete; run thinkaug run {waiting.called} --until score" in refusal(waiting)
    whole = scored(tmp_path, monkeypatch, scorer(1, 1), {"score": {"by": "gain", "engine": "scorer"}}, documents=2)
    assert "set kinds: true in score" in refusal(whole)


def test_a_thought_without_a_kind_loses_nothing_by_it(tmp_path: Path, monkeypatch: Patch) -> None:
    """Where there is no recall step, leaving recall out changes nothing, measured or not."""
    from dataclasses import replace

    from thinkaug.tallying import Tally

    draft = drafts(scored(tmp_path, monkeypatch, scorer(1.0, 0.25), documents=2), "score")[0]
    silent = tuple(replace(t, drop="dropped" if t.kind == "recall" else "") for t in draft.thoughts)
    unmeasured = tuple(
        replace(g, worth=replace(g.worth, without_recall=None)) if g.worth else g for g in draft.generations
    )
    tally = Tally()
    tally.add(replace(draft, thoughts=silent, generations=unmeasured))
    assert tally.contributions[0].recall == 0.0
    assert tally.contributions[0].reasoning > 0
    bare = Tally()
    bare.add(replace(draft, thoughts=draft.thoughts, generations=unmeasured))
    assert (bare.contributions, bare.unmeasured) == ([], 2)
    dropped = Tally()
    dropped.add(replace(draft, thoughts=tuple(replace(t, drop="x") for t in draft.thoughts)))
    assert (dropped.gains, dropped.factual, dropped.supported) == ([], 0, 0)
    assert isinstance(draft, Draft)


@given(st.floats(0, 1), st.floats(0, 0.5))
def test_a_mix_follows_the_share_within_bounds(share: float, width: float) -> None:
    found = Dominance(share, max(0, share - width), min(1, share + width), 99, 1, 1)
    weights = mix(found)
    assert all(LEAST_WEIGHT <= weight <= MOST_WEIGHT for weight in weights.values())
    if found.verdict == UNDECIDED:
        assert set(weights.values()) == {1.0}
    else:
        # Weights have two digits: a share that is barely above a half may leave them alike.
        higher, lower = ("recall", "self_talk") if found.verdict == KNOWLEDGE else ("self_talk", "recall")
        assert weights[higher] > weights[lower] or (weights[higher] == weights[lower] and abs(share - 0.5) < 0.01)
    assert weights["self_talk"] == weights["verification"]
