"""score by gain: what each thought and each step is worth to its stretch, by a model whose figures are known."""

import json
import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import Running
from tests.stages.scoring.naming import Steps, draft_of, naming
from thinkaug.dialogue import Reply, Score
from thinkaug.engines.scripted import Scripted
from thinkaug.errors import UserError
from thinkaug.pipeline import load
from thinkaug.records import Draft, Kind, Worth
from thinkaug.settings import read_config
from thinkaug.stage import Kept, Memory, Outcome, Quarantined, Services, Shard
from thinkaug.stages.score import Config, score
from thinkaug.templates import Templates

GOUT = "Allopurinol lowers urate."  # three words
ASTHMA = "Salbutamol opens airways."
COPY: Steps = [("recall", "Allopurinol lowers urate.")]
PART: Steps = [("self_talk", "What of gout?"), ("recall", "Allopurinol helps.")]
IDLE: Steps = [("self_talk", "Hm.")]

Score_ = Callable[..., list[Any]]


@pytest.fixture
def gains(settle: Callable[..., list[Outcome]]) -> Score_:
    return partial(settle, score, by="gain")


def worths(outcome: Outcome) -> list[Worth | None]:
    assert isinstance(outcome, Kept)
    (row,) = outcome.rows
    assert isinstance(row, Draft)
    return [generation.worth for generation in row.generations]


def test_the_worth_of_a_thought_is_what_it_adds_to_its_stretch_by_token(gains: Score_) -> None:
    (outcome,) = gains([draft_of(GOUT, COPY, PART, IDLE)], writer=naming())
    copied, part, idle = worths(outcome)
    assert copied is not None
    assert part is not None
    assert idle is not None
    assert (copied.scorer, copied.target_tokens) == ("scripted", 3)
    assert (copied.gain, part.gain, idle.gain) == (3.0, 1.0, 0.0)
    assert (copied.named_first, part.named_first, idle.named_first) == (1.0, 1 / 3, 0.0)
    assert part.mismatched is part.without_recall is part.without_reasoning is None
    assert [thought.drop for thought in outcome.rows[0].thoughts] == [""] * 4
    tally = {key: count for key, count in outcome.tally.items() if count}
    assert tally == {
        "stretches": 1,
        "candidates_scored": 3,
        "target_tokens": 9,
        "gain_millinats": 12_000,
        "helpful": 2,
    }


def test_a_copied_stretch_gains_most_and_is_seen_as_a_copy(gains: Score_) -> None:
    text = "One two three four five six seven."
    (outcome,) = gains(
        [draft_of(text, [("recall", text)], [("recall", "It is one of many, and two.")])], writer=naming()
    )
    copied, thought = worths(outcome)
    assert copied is not None
    assert thought is not None
    assert (copied.containment, thought.containment) == (1.0, 0.0)
    assert copied.gain == 3.0 > thought.gain > 0


def test_a_thought_that_misleads_is_harmful(gains: Score_) -> None:
    def misled(request: Score) -> Reply | None:
        return Reply("", log_probabilities=(-9.0, -9.0)) if "rumour" in request.context else None

    (outcome,) = gains(
        [draft_of("Two words", [("recall", "A rumour.")])], writer=naming(answer=misled), mismatched=False
    )
    (worth,) = worths(outcome)
    assert worth is not None
    assert worth.gain == -5.0
    assert (outcome.tally["harmful"], outcome.tally["helpful"], outcome.tally["gain_millinats"]) == (1, 0, -10_000)


def test_every_stretch_is_read_after_the_expert_alone_once_and_after_each_thought(gains: Score_) -> None:
    asked: list[Score] = []
    gains([draft_of("One. Two.", [("recall", "b")], [("recall", "a")], cuts=(0, 5))], writer=naming(asked))
    assert [(request.context, request.target) for request in asked] == [
        ("", "One. "),
        ("<thinking>\na\n</thinking>\n", "One. "),
        ("<thinking>\nb\n</thinking>\n", "One. "),
        ("One. ", "Two."),
        ("One. \n<thinking>\na\n</thinking>\n", "Two."),
        ("One. \n<thinking>\nb\n</thinking>\n", "Two."),
    ]
    asked.clear()
    gains([draft_of("One.", [("recall", "a")])], writer=naming(asked), style={"markers": "none"})
    assert [request.context for request in asked] == ["", "a\n"]


def test_what_begins_alike_goes_in_together(gains: Score_) -> None:
    asked: list[Score] = []
    many: list[Steps] = [
        [("recall", f"{first} {number}"), ("recall", "b"), ("recall", "c")] for first in "xy" for number in range(3)
    ]
    settings = {"steps": True, "leave_out": True, "kinds": True}
    gains([draft_of("One.", *many)], writer=naming(asked), style={"markers": "none"}, **settings)
    assert len(asked) == len(set(asked))
    contexts = [request.context for request in asked]
    assert contexts == sorted(contexts)


def test_the_same_thought_is_held_against_another_document_of_its_domain(gains: Score_) -> None:
    vague: Steps = [("recall", "Allopurinol lowers urate, salbutamol opens airways.")]
    rows = [draft_of(GOUT, COPY, vague, domain="m"), draft_of(ASTHMA, IDLE, domain="m"), draft_of("Torts.", COPY)]
    outcomes = gains(rows, writer=naming())
    copied, wide = worths(outcomes[0])
    assert copied is not None
    assert wide is not None
    assert (copied.gain, copied.mismatched) == (3.0, 0.0)  # it says nothing of asthma
    assert (wide.gain, wide.mismatched) == (3.0, 3.0)  # it says as much of asthma as of gout
    assert [worth and worth.mismatched for worth in worths(outcomes[2])] == [None]  # alone in its domain
    assert outcomes[0].tally["mismatched"] == 2
    assert outcomes[0].tally["mismatched_millinats"] == 9_000
    assert outcomes[0].tally["matched_millinats"] == 18_000
    assert "mismatched" not in outcomes[2].tally


def test_a_document_is_not_held_against_itself(gains: Score_) -> None:
    rows = [draft_of(GOUT, COPY, document="d"), draft_of("Urate falls.", COPY, document="d")]
    asked: list[Score] = []
    for outcome in gains(rows, writer=naming(asked)):
        (worth,) = worths(outcome)
        assert worth is not None
        assert worth.mismatched is None
    assert len(asked) == 4


def test_it_need_not_be_held_against_anything(gains: Score_) -> None:
    (first, _) = gains([draft_of(GOUT, COPY), draft_of(ASTHMA, IDLE)], writer=naming(), mismatched=False)
    (worth,) = worths(first)
    assert worth is not None
    assert worth.mismatched is None


def test_a_partners_own_reading_is_not_paid_twice(tmp_path: Path) -> None:
    asked: list[Score] = []
    rows = [draft_of(text, [("recall", f"Of {text}")]) for text in (GOUT, ASTHMA, "Urate falls.")]
    services = Services(Templates(), {"writer": naming(asked, window=1)}, memory=Memory(tmp_path, "score-1"))
    shard = Shard("00000", lambda: iter(rows))
    outcomes = list(score.start(read_config(Config, {"by": "gain"}, "score"), services, [shard])(shard))
    assert all(isinstance(outcome, Kept) for outcome in outcomes)
    assert len(asked) == len(set(asked)) == 3 * 3  # alone, after its thought, and one thought after each partner
    assert sum(outcome.tally["remembered"] for outcome in outcomes) == 3


def test_steps_are_measured_after_those_before_them_and_sum_to_the_whole(gains: Score_) -> None:
    steps: Steps = [("self_talk", "Urate?"), ("recall", "Urate lowers."), ("recall", "Allopurinol.")]
    (outcome,) = gains([draft_of(GOUT, steps)], writer=naming(), steps=True)
    assert [thought.gain for thought in outcome.rows[0].thoughts] == [1.0, 1.0, 1.0]
    assert {thought.gain_alone for thought in outcome.rows[0].thoughts} == {None}


def test_a_step_that_is_said_again_is_not_missed(gains: Score_) -> None:
    steps: Steps = [("recall", "Urate lowers."), ("recall", "Allopurinol."), ("recall", "Urate lowers.")]
    (outcome,) = gains([draft_of(GOUT, steps)], writer=naming(), leave_out=True, steps=True)
    assert [thought.gain_alone for thought in outcome.rows[0].thoughts] == [0.0, 1.0, 0.0]
    assert [thought.gain for thought in outcome.rows[0].thoughts] == [2.0, 1.0, 0.0]


def test_kinds_are_left_out(gains: Score_) -> None:
    steps: Steps = [("self_talk", "Urate?"), ("recall", "Allopurinol lowers."), ("verification", "Urate lowers.")]
    (outcome,) = gains([draft_of(GOUT, steps, COPY)], writer=naming(), kinds=True)
    mixed, recalled = worths(outcome)
    assert mixed is not None
    assert recalled is not None
    assert (mixed.gain, mixed.without_recall, mixed.without_reasoning) == (3.0, 2.0, 2.0)
    assert (recalled.gain, recalled.without_recall, recalled.without_reasoning) == (3.0, 0.0, 3.0)


def test_what_was_dropped_or_is_not_shown_is_not_scored(gains: Score_) -> None:
    steps: Steps = [("self_talk", "Urate?"), ("recall", "Allopurinol lowers."), ("verification", "Lowers urate.")]
    row = draft_of(GOUT, steps, IDLE, COPY)
    dropped = [replace(t, drop="loop") if t.candidate == 2 or t.kind == "verification" else t for t in row.thoughts]
    row = replace(row, thoughts=tuple(replace(thought, gain=9.0) for thought in dropped))
    (outcome,) = gains([row], writer=naming(), steps=True, style={"kinds": ["recall", "verification"]})
    assert [worth and worth.gain for worth in worths(outcome)] == [2.0, None, None]
    assert [thought.gain for thought in outcome.rows[0].thoughts] == [None, 2.0, None, None, None]
    assert (outcome.tally["candidates_scored"], outcome.tally["not_scored"]) == (1, 0)


def test_a_draft_without_thoughts_passes(gains: Score_) -> None:
    row = draft_of(GOUT, [])
    (outcome,) = gains([row], writer=naming())
    assert outcome.rows == (row,)


def failing(where: str, reply: Reply) -> Scripted:
    return naming(answer=lambda request: reply if where in request.context else None)


@pytest.mark.parametrize(
    ("reply", "kind", "told"),
    [
        (Reply("", error="too long"), "request_failed", "too long"),
        (Reply(""), "no_log_probabilities", "gave no log-probabilities"),
        (
            Reply("", log_probabilities=(-1.0, math.nan, -1.0)),
            "unsound_log_probabilities",
            "token 2 of the target is nan",
        ),
        (
            Reply("", log_probabilities=(-1.0,)),
            "unsound_log_probabilities",
            "1 tokens after the thought, but 3 without",
        ),
        (Reply("", log_probabilities=(-1.0, -math.inf, 0.0)), "unsound_log_probabilities", "is -inf"),
    ],
)
def test_what_cannot_be_scored_has_no_worth(gains: Score_, reply: Reply, kind: str, told: str) -> None:
    row = draft_of(GOUT, COPY, PART)
    (outcome,) = gains([row], writer=failing("helps", reply), steps=True)
    copied, part = worths(outcome)
    assert copied is not None
    assert part is None
    assert [thought.gain for thought in outcome.rows[0].thoughts] == [3.0, None, None]
    assert (outcome.tally["not_scored"], outcome.tally[f"not_scored_{kind}"]) == (1, 1)
    (outcome,) = gains([row], writer=failing("thinking", reply))
    assert isinstance(outcome, Quarantined)
    assert outcome.kind == kind
    assert told in outcome.message
    assert (outcome.tally["not_scored"], outcome.row) == (2, row)


def test_a_server_without_log_probabilities_is_named(gains: Score_) -> None:
    (outcome,) = gains([draft_of(GOUT, COPY)], writer=naming(answer=lambda request: Reply("")))
    assert isinstance(outcome, Quarantined)
    assert "name one that scores texts" in outcome.message


def test_where_only_a_measure_beside_the_gain_is_missing_the_gain_stands(gains: Score_) -> None:
    rows = [draft_of(GOUT, [("recall", "Urate."), ("recall", "Lowers.")]), draft_of(ASTHMA, IDLE)]
    only_second = "<thinking>\nLowers.\n</thinking>\n"
    alone = naming(answer=lambda r: Reply("", error="no") if r.target == ASTHMA or r.context == only_second else None)
    first, _ = gains(rows, writer=alone, steps=True, leave_out=True)
    (worth,) = worths(first)
    assert worth is not None
    assert (worth.gain, worth.mismatched) == (2.0, None)
    assert [(thought.gain, thought.gain_alone) for thought in first.rows[0].thoughts] == [(1.0, None), (1.0, 1.0)]
    assert first.tally["incomplete"] == 1


def test_hostile_texts(gains: Score_) -> None:
    empty_thought = draft_of(GOUT, [("recall", "")])
    one_letter = draft_of("X", [("recall", "x marks it")])
    nothing_after = draft_of("One.", COPY, cuts=(0, 4))
    no_word = draft_of("...", COPY)
    empty, letter, nothing, wordless = gains(
        [empty_thought, one_letter, nothing_after, no_word],
        writer=naming(),
        mismatched=False,
        steps=True,
        leave_out=True,
    )
    (worth,) = worths(empty)
    assert worth is not None
    assert (worth.gain, worth.containment, worth.named_first) == (0.0, None, 0.0)
    (worth,) = worths(letter)
    assert worth is not None
    assert (worth.gain, worth.target_tokens, worth.containment, worth.named_first) == (3.0, 1, None, None)
    assert [worth and worth.gain for worth in worths(nothing)] == [0.0, None]
    assert nothing.tally["not_scored_empty_target"] == 1
    assert isinstance(wordless, Quarantined)  # the script finds no token in it
    assert wordless.kind == "no_log_probabilities"


WORDS = st.sampled_from(["allopurinol", "lowers", "urate", "gout", "hm", ""])
KIND: st.SearchStrategy[Kind] = st.sampled_from(["self_talk", "recall", "verification", "prose", "observation"])
STEPS = st.lists(st.tuples(KIND, st.lists(WORDS, max_size=3).map(" ".join)), min_size=1, max_size=5)


@given(st.lists(STEPS, min_size=1, max_size=4))
def test_steps_always_sum_to_the_worth_of_their_thought(candidates: list[Steps]) -> None:
    row = draft_of(GOUT, *candidates)
    services = Services(Templates(), {"writer": naming()})
    shard = Shard("00000", lambda: iter([row]))
    config = Config(by="gain", steps=True, leave_out=True, kinds=True)
    (outcome,) = score.start(config, services, [shard])(shard)
    for number, worth in enumerate(worths(outcome)):
        assert worth is not None
        steps = [thought for thought in outcome.rows[0].thoughts if thought.candidate == number]  # type: ignore[union-attr]
        assert math.fsum(step.gain for step in steps) == pytest.approx(worth.gain, abs=1e-12)
        assert steps[-1].gain == pytest.approx(steps[-1].gain_alone)
        assert 0 <= worth.gain <= 3


def test_rows_leave_in_the_order_they_came_in_whatever_is_in_flight(gains: Score_) -> None:
    rows = [draft_of(f"Word {number} of many.", COPY, IDLE) for number in range(30)]
    outcomes = gains(rows, writer=naming(), max_batch_tokens=10)
    assert [outcome.row for outcome in outcomes] == rows
    assert [outcome.rows for outcome in outcomes] == [outcome.rows for outcome in gains(rows, writer=naming())]


def plan(tmp_path: Path, **settings: object) -> None:
    (tmp_path / "a.txt").write_text("x")
    stages = [{"ingest": {"paths": [str(tmp_path)]}}, "segment", "generate", {"score": settings}, "pack"]
    (tmp_path / "p.yaml").write_text(json.dumps({"stages": stages}))
    load(str(tmp_path / "p.yaml"), engines={"writer": Scripted(lambda ask: "")})


def test_thoughts_need_not_have_been_measured(tmp_path: Path) -> None:
    plan(tmp_path, by="gain", steps=True)


def test_what_only_a_gain_has_is_refused_without_one(settle: Callable[..., list[Outcome]]) -> None:
    for name in ("steps", "leave_out", "kinds"):
        with pytest.raises(UserError, match=f"score: {name}: by em measures no gain; set by: gain"):
            settle(score, [], **{name: True})


def test_it_says_what_it_offers() -> None:
    assert score.offers(Config(by="gain")) == {"gain"}
    assert score.offers(Config(by="gain", leave_out=True)) == {"gain", "gain_alone"}
    assert score.offers(Config()) == {"log_weight"}


NOTE = "Metformin is used in type 2 diabetes mellitus. It lowers the glucose that the liver makes."
OTHER = "Allopurinol is used in gout. It keeps uric acid from being made."


def test_real_figures_telescope_and_do_not_depend_on_what_else_is_asked(gains: Score_, writer: Running) -> None:
    right: Steps = [
        ("self_talk", "What is metformin used in?"),
        ("recall", "Metformin is used in type 2 diabetes mellitus."),
        ("verification", "Metformin fits type 2 diabetes mellitus."),
    ]
    rows = [draft_of(NOTE, right, IDLE, cuts=(0, 47)), draft_of(OTHER, right)]
    everything = {"steps": True, "leave_out": True, "kinds": True}
    whole, _ = gains(rows, writer=writer, **everything)
    plain, _ = gains(rows[:1] + rows[1:], writer=writer)
    backwards = gains(rows[::-1], writer=writer, **everything)[1]
    for outcome in (plain, backwards):
        for mine, other in zip(worths(whole), worths(outcome), strict=True):
            assert mine is not None
            assert other is not None
            assert mine.gain == pytest.approx(other.gain, abs=1e-3)
            assert mine.mismatched == pytest.approx(other.mismatched, abs=1e-3)
    for generation in whole.rows[0].generations:
        steps = [t for t in whole.rows[0].thoughts if (t.cut, t.candidate) == (generation.cut, generation.candidate)]
        assert math.fsum(step.gain for step in steps) == pytest.approx(generation.worth.gain, abs=1e-9)
        assert steps[-1].gain == pytest.approx(steps[-1].gain_alone, abs=1e-9)
    first = whole.rows[0].generations[0].worth
    assert first.gain > first.mismatched
    assert first.target_tokens == writer.count_tokens([NOTE[:47]])[0]
