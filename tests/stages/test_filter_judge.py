"""filter, judge: a thought that falls short of the rubric goes; what could not be judged stays, and is counted."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import thinkaug
from tests.conftest import Running
from thinkaug.dialogue import Ask, Reply
from thinkaug.engines.scripted import Scripted
from thinkaug.errors import UserError
from thinkaug.records import Draft, Generation, Thought
from thinkaug.settings import read_config
from thinkaug.stage import Dropped, Kept, Quarantined, Services
from thinkaug.stages.filter import filter_
from thinkaug.stages.filtering.config import Config, Judge
from thinkaug.templates import Templates

Settle = Callable[..., list[Any]]
MakeDraft = Callable[..., Draft]

TEXT = "Gout is treated with allopurinol. It lowers urate. Start low. Go slow."
GOOD, BAD, ODD = "Which drug lowers urate?", "Gout is a sort of bird.", "Perhaps it is a lake."
RUBRIC = {"useful": "Does it help?", "right": "Is it right?"}


def scoring(scores: dict[str, str | Reply], asked: list[Ask] | None = None, otherwise: str | Reply = "5") -> Scripted:
    """Answers by the thought that the prompt holds, or by `criterion question + thought`."""

    def answer(ask: Ask) -> str | Reply:
        if asked is not None:
            asked.append(ask)
        prompt = ask.messages[-1].content
        return next(
            (said for words, said in scores.items() if all(part in prompt for part in words.split("|"))), otherwise
        )

    return Scripted(answer)


def judge(**more: Any) -> dict[str, Any]:
    return {"checks": [], "judge": {"rubric": RUBRIC, **more}}


def drops(outcome: Any) -> list[str]:
    (row,) = outcome.rows if isinstance(outcome, Kept) else (outcome.row,)
    return [thought.drop for thought in row.thoughts]


class Unwanted(Scripted):
    """An engine that must not be started."""

    def open(self) -> Any:
        raise AssertionError("the engine was started")


def test_a_thought_that_falls_short_goes_with_the_criterion_as_its_reason(settle: Settle, draft: MakeDraft) -> None:
    row = draft(TEXT, {0: GOOD, 34: BAD})
    (outcome,) = settle(filter_, [row], writer=scoring({f"{RUBRIC['right']}|{BAD}": "2"}), **judge())
    assert drops(outcome) == ["", "rubric_right"]
    assert outcome.rows[0].thoughts[0] == row.thoughts[0]
    assert (outcome.rows[0].passage, outcome.rows[0].generations) == (row.passage, row.generations)
    tally = {name: count for name, count in outcome.tally.items() if count and not name.endswith("_tokens")}
    assert tally == {
        "thought_rubric_right": 1,
        "judged": 2,
        "requests": 4,
        "rubric_useful_5": 2,
        "rubric_right_5": 1,
        "rubric_right_2": 1,
    }
    assert outcome.tally["prompt_tokens"] > outcome.tally["output_tokens"] == 4


def test_the_scores_of_every_thought_stand_in_the_notes(settle: Settle, draft: MakeDraft) -> None:
    row = draft(TEXT, {0: GOOD, 34: BAD})
    (outcome,) = settle(filter_, [row], writer=scoring({f"{RUBRIC['right']}|{BAD}": "2"}), **judge())
    assert json.loads(json.dumps(outcome.notes)) == [
        {"cut": 0, "candidate": 0, "scores": {"right": 5, "useful": 5}, "reason": ""},
        {"cut": 34, "candidate": 0, "scores": {"right": 2, "useful": 5}, "reason": "rubric_right"},
    ]


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        ({}, ""),
        ({"at_least": 4}, "rubric_right"),
        ({"minimum": {"right": 4}}, "rubric_right"),
        ({"at_least": 5}, "rubric_right"),  # the lowest score of two that fall short
        ({"at_least": 5, "minimum": {"right": 3}}, "rubric_useful"),
        ({"at_least": 1, "mean_at_least": 3.5}, ""),
        ({"at_least": 1, "mean_at_least": 3.6}, "rubric_mean"),
    ],
)
def test_limits(settle: Settle, draft: MakeDraft, limits: dict[str, Any], reason: str) -> None:
    engine = scoring({RUBRIC["useful"]: "4", RUBRIC["right"]: "3"})
    (outcome,) = settle(filter_, [draft(TEXT, {0: GOOD})], writer=engine, **judge(**limits), without_thoughts="raw")
    assert drops(outcome) == [reason]


def test_of_two_criteria_equally_low_the_first_by_name_gives_the_reason_in_any_order_of_the_yaml(
    settle: Settle, draft: MakeDraft
) -> None:
    for rubric in (RUBRIC, dict(reversed(RUBRIC.items()))):
        given = judge() | {"judge": {"rubric": rubric}, "without_thoughts": "raw"}
        (outcome,) = settle(filter_, [draft(TEXT, {0: GOOD})], writer=scoring({}, otherwise="1"), **given)
        assert drops(outcome) == ["rubric_right"]


def test_a_draft_that_loses_all_to_the_judge_is_dropped_for_the_commonest_reason(
    settle: Settle, draft: MakeDraft
) -> None:
    engine = scoring(
        {f"{RUBRIC['right']}|{BAD}": "1", f"{RUBRIC['useful']}|{ODD}": "1", f"{RUBRIC['right']}|{GOOD}": "1"}
    )
    row = draft(TEXT, {0: GOOD, 34: ODD, 51: BAD})
    (outcome,) = settle(filter_, [row], writer=engine, **judge())
    assert isinstance(outcome, Dropped)
    assert outcome.reason == "rubric_right"
    assert drops(outcome) == ["rubric_right", "rubric_useful", "rubric_right"]
    assert len(outcome.notes) == 3


def test_only_what_the_checks_leave_is_judged(settle: Settle, draft: MakeDraft) -> None:
    asked: list[Ask] = []
    row = draft(TEXT, {0: GOOD, 34: "Hm.", 51: BAD})
    row = replace(row, thoughts=(*row.thoughts[:2], replace(row.thoughts[2], drop="loop")))
    given = judge() | {"checks": [{"length": {"min_words": 3}}]}
    (outcome,) = settle(filter_, [row], writer=scoring({}, asked), **given)
    assert drops(outcome) == ["", "too_short", "loop"]
    assert len(asked) == 2
    assert all(GOOD in ask.messages[-1].content for ask in asked)
    assert (outcome.tally["thought_too_short"], outcome.tally["judged"]) == (1, 1)


def test_a_row_with_nothing_to_judge_asks_nothing(settle: Settle, draft: MakeDraft) -> None:
    asked: list[Ask] = []
    outcomes = settle(filter_, [draft(TEXT, {0: ""}), draft(TEXT, {0: GOOD})], writer=scoring({}, asked), **judge())
    assert [type(outcome) for outcome in outcomes] == [Dropped, Kept]
    assert (outcomes[0].reason, outcomes[0].notes, len(asked)) == ("no_thought", (), 2)


def test_the_thoughts_of_a_text_that_goes_are_not_judged(settle: Settle, draft: MakeDraft) -> None:
    asked: list[Ask] = []
    row = draft("Write to anna.berg@nordclinic.com.", {0: GOOD})
    (outcome,) = settle(filter_, [row], writer=scoring({}, asked), texts=["personal"], **judge())
    assert (type(outcome), outcome.reason, outcome.notes, asked) == (Dropped, "personal_data", (), [])


def test_each_candidate_is_judged_by_itself(settle: Settle, draft: MakeDraft) -> None:
    row = draft(TEXT, {0: GOOD})
    row = replace(
        row,
        thoughts=(*row.thoughts, Thought(0, 1, "recall", BAD), Thought(0, 1, "recall", ODD)),
        generations=(*row.generations, Generation(0, 1, 8, "stop", 1, 1)),
    )
    asked: list[Ask] = []
    (outcome,) = settle(filter_, [row], writer=scoring({f"{BAD}\n{ODD}": "1"}, asked), **judge())
    assert drops(outcome) == ["", "rubric_right", "rubric_right"]
    assert len(asked) == 4


@pytest.mark.parametrize("said", ["", "Sure! 1", "0", Reply("1", finish="length")])
def test_an_unreadable_score_drops_nothing_and_is_counted(settle: Settle, draft: MakeDraft, said: str | Reply) -> None:
    row = draft(TEXT, {0: GOOD})
    given = judge(at_least=5, mean_at_least=5)
    (outcome,) = settle(filter_, [row], writer=scoring({RUBRIC["right"]: said}), **given)
    assert drops(outcome) == [""]
    assert (outcome.tally["rubric_unreadable"], outcome.tally["requests_failed"]) == (1, 0)
    (outcome,) = settle(filter_, [row], writer=scoring({}, otherwise=said), **given)
    assert drops(outcome) == [""]
    assert outcome.tally["rubric_unreadable"] == 2
    assert outcome.notes[0]["scores"] == {}


def test_a_score_that_was_had_counts_beside_one_that_was_not(settle: Settle, draft: MakeDraft) -> None:
    engine = scoring({RUBRIC["right"]: "1"}, otherwise="what?")
    (outcome,) = settle(filter_, [draft(TEXT, {0: GOOD})], writer=engine, **judge(), without_thoughts="raw")
    assert drops(outcome) == ["rubric_right"]


GONE = Reply("", error="too long")


def test_a_draft_of_which_nothing_could_be_asked_is_quarantined_as_it_came(settle: Settle, draft: MakeDraft) -> None:
    rows = [draft(TEXT, {0: GOOD, 34: ODD}), draft("Another text. And more.", {0: BAD})]
    outcomes = settle(filter_, rows, writer=scoring({BAD: "5"}, otherwise=GONE), **judge())
    assert [type(outcome) for outcome in outcomes] == [Quarantined, Kept]
    assert (outcomes[0].kind, outcomes[0].message, outcomes[0].row) == ("request_failed", "too long", rows[0])
    assert (outcomes[0].tally["requests"], outcomes[0].tally["requests_failed"]) == (4, 4)


def test_one_request_that_fails_drops_nothing(settle: Settle, draft: MakeDraft) -> None:
    engine = scoring({f"{RUBRIC['right']}|{GOOD}": GONE})
    (outcome,) = settle(filter_, [draft(TEXT, {0: GOOD})], writer=engine, **judge(mean_at_least=5))
    assert drops(outcome) == [""]
    assert (outcome.tally["requests_failed"], outcome.tally["rubric_unreadable"]) == (1, 1)


def test_what_is_masked_was_judged_as_it_came(settle: Settle, draft: MakeDraft) -> None:
    asked: list[Ask] = []
    row = draft(TEXT, {0: "Ask anna.berg@nordclinic.com about it."})
    (outcome,) = settle(filter_, [row], writer=scoring({}, asked), mask=["email"], **judge())
    assert outcome.rows[0].thoughts[0].text == "Ask [email] about it."
    assert all("anna.berg@" in ask.messages[-1].content for ask in asked)
    assert (outcome.tally["masked_email"], outcome.tally["judged"], len(outcome.notes)) == (1, 1, 1)


def test_rows_leave_in_the_order_they_came_in(settle: Settle, draft: MakeDraft) -> None:
    rows = [draft(f"{number}. {TEXT}", {0: GOOD, 34: BAD} if number % 3 else {0: ""}) for number in range(20)]
    outcomes = settle(filter_, rows[:7], rows[7:], writer=scoring({BAD: "1"}), **judge())
    assert [outcome.row.id for outcome in outcomes] == [row.id for row in rows]


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["1", "2", "3", "4", "5", "?", "gone"]), min_size=2, max_size=8), st.integers(1, 5))
def test_a_thought_goes_only_for_a_score_that_was_given(
    settle: Settle, draft: MakeDraft, said: list[str], least: int
) -> None:
    thoughts = {place: f"Thought {place} of them." for place in range(len(said))}
    row = draft(TEXT, thoughts)
    engine = scoring(
        {words: GONE if reply == "gone" else reply for words, reply in zip(thoughts.values(), said, strict=True)}
    )
    given = {"checks": [], "judge": {"rubric": {"a": "A?"}, "at_least": least}, "without_thoughts": "raw"}
    (outcome,) = settle(filter_, [row], writer=engine, **given)
    if set(said) == {"gone"}:
        assert outcome.row == row
        return
    (kept,) = outcome.rows
    assert [bool(thought.drop) for thought in kept.thoughts] == [
        reply.isdigit() and int(reply) < least for reply in said
    ]
    assert replace(kept, thoughts=tuple(replace(thought, drop="") for thought in kept.thoughts)) == row


def configured(**given: Any) -> tuple[Config, Services]:
    services = Services(Templates(), {"writer": Scripted(lambda ask: "3")})
    return read_config(Config, {"judge": {"rubric": RUBRIC, **given}}, "filter"), services


def test_engine_and_prompt_shape_what_is_judged_and_nothing_else() -> None:
    config, services = configured()
    shaped = filter_.shaped_by(config, services)
    assert set(shaped) == {"engine", "templates"}
    assert filter_.uses(config) == {"writer": frozenset({"chat", "constraint"})}
    full, brief = (filter_.shaped_by(*configured(prompts=prompts))["templates"] for prompts in ("full", "brief"))
    assert full != brief


def test_without_a_rubric_no_engine_is_started(settle: Settle, draft: MakeDraft) -> None:
    (outcome,) = settle(filter_, [draft(TEXT, {0: GOOD})], writer=Unwanted(lambda ask: ""), checks=[])
    assert isinstance(outcome, Kept)
    assert filter_.shaped_by(Config(), Services(Templates(), {})) == {}


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (
            {"rubric": {}, "at_least": 4},
            "filter: judge: rubric: nothing is asked of the judge; name a criterion, such as",
        ),
        (
            {"rubric": {"Not So": "x?"}},
            "judge: rubric: 'Not So' cannot be part of a reason; call it by a snake_case word",
        ),
        ({"rubric": {"mean": "x?"}}, "judge: rubric: 'mean' cannot be part of a reason"),
        ({"rubric": {"unreadable": "x?"}}, "'unreadable' cannot be part of a reason"),
        ({"rubric": {"gut\u0301": "x?"}}, "cannot be part of a reason"),
        ({"rubric": {"good": " \n"}}, "judge: rubric: good: say what is asked about the thought"),
        ({"minimum": {"usefull": 3}}, "judge: minimum: no criterion 'usefull'; did you mean 'useful'?"),
        ({"minimum": {"useful": 6}}, "filter.judge.minimum.useful: "),
        ({"at_least": 0}, "filter.judge.at_least: "),
        ({"mean_at_least": 5.5}, "filter.judge.mean_at_least: "),
        ({"rubrik": {}}, "filter.judge: no setting 'rubrik'; did you mean 'rubric'?"),
        ({"engine": "nobody"}, "filter: judge: engine: no engine 'nobody'"),
        ({"prompts": "long"}, "filter.judge.prompts: "),
        ({"max_tokens": 0}, "filter.judge.max_tokens: "),
        ({"rubric": ["useful"]}, "filter.judge.rubric: "),
    ],
)
def test_settings_that_cannot_work_are_refused_before_any_run(given: dict[str, Any], problem: str) -> None:
    with pytest.raises(UserError) as error:
        filter_.shaped_by(*configured(**given))
    assert problem in str(error.value)


def test_a_rubric_in_another_order_is_the_same_config() -> None:
    assert Judge(rubric=RUBRIC) == Judge(rubric=dict(reversed(RUBRIC.items())))


def test_scores_are_remembered_and_are_another_folder_by_another_rubric(tmp_path: Path) -> None:
    asked: list[Ask] = []

    def answer(ask: Ask) -> str:
        if ask.constraint is None:
            return "<recall>Allopurinol lowers urate.</recall>"
        asked.append(ask)
        return "4"

    (tmp_path / "in.jsonl").write_text(json.dumps({"text": TEXT}) + "\n")
    place = tmp_path / "toy.yaml"

    def run(**rubric: str) -> Path:
        stages = [
            {"ingest": {"paths": [str(tmp_path / "in.jsonl")]}},
            "segment",
            "generate",
            {"filter": {"checks": [], "judge": {"rubric": rubric}}},
        ]
        place.write_text(json.dumps({"stages": stages}))
        plan = thinkaug.run(str(place), out=str(tmp_path / "out"), engines={"writer": Scripted(answer)})
        return plan.steps[-1].folder.path

    first = run(useful="Does it help?")
    assert len(asked) == 1
    assert run(useful="Does it help?") == first
    second = run(useful="Does it help?", right="Is it right?")
    assert second != first
    assert len(asked) == 2  # what was asked before is not asked again
    lines = [line for file in sorted((second / "notes").glob("*.jsonl")) for line in file.read_text().splitlines()]
    assert [json.loads(line)["scores"] for line in lines] == [{"right": 4, "useful": 4}]


def test_real_vllm_gives_scores(settle: Settle, draft: MakeDraft, writer: Running) -> None:
    row = draft(TEXT, {0: GOOD, 34: BAD})
    (outcome,) = settle(filter_, [row], writer=writer, **judge(prompts="brief", at_least=1))
    assert drops(outcome) == ["", ""]
    assert (outcome.tally["requests"], outcome.tally["requests_failed"], outcome.tally["rubric_unreadable"]) == (
        4,
        0,
        0,
    )
    assert [set(note["scores"]) for note in outcome.notes] == [set(RUBRIC)] * 2
