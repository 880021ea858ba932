"""score: candidates are weighed by a model of the training text, one is drawn, and the bound is in the ledger."""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from thinkaug.dialogue import Reply, Score
from thinkaug.engines.scripted import Scripted
from thinkaug.errors import UserError
from thinkaug.pipeline import load
from thinkaug.records import Draft, Generation, Thought
from thinkaug.stage import Kept, Quarantined
from thinkaug.stages.score import score

Settle = Callable[..., list[Any]]
MakeDraft = Callable[..., Draft]
TEXT = "One. Two."


def candidates(draft: MakeDraft, log_q: Mapping[tuple[int, int], float]) -> Draft:
    """A draft with a prose thought `c<candidate>@<cut>` for each entry."""
    cuts = {cut: "" for cut, _ in log_q}
    return replace(
        draft(TEXT, cuts),
        thoughts=tuple(Thought(cut, number, "prose", f"c{number}@{cut}") for cut, number in log_q),
        generations=tuple(Generation(cut, n, 7, "stop", 1, 1, log_q=q) for (cut, n), q in log_q.items()),
    )


def model(log_p: Mapping[str, float], asked: list[Score] | None = None) -> Scripted:
    """Gives a text the log-probability of the thought that it holds, spread over two tokens."""

    def answer(request: Score) -> Reply:
        if asked is not None:
            asked.append(request)
        value = next(value for thought, value in log_p.items() if thought in request.target)
        return Reply("", log_probabilities=(value / 2, value / 2))

    return Scripted(answer)


def test_the_target_is_the_thought_as_it_is_trained_on_and_its_stretch(settle: Settle, draft: MakeDraft) -> None:
    asked: list[Score] = []
    row = candidates(draft, {(0, 0): -1, (5, 0): -1})
    settle(score, [row], writer=model({"c0": -3}, asked))
    assert [(request.context, request.target) for request in asked] == [
        ("", "<thinking>\nc0@0\n</thinking>\nOne. "),
        ("One. ", "\n<thinking>\nc0@5\n</thinking>\nTwo."),
    ]
    asked.clear()
    settle(score, [row], writer=model({"c0": -3}, asked), style={"markers": "none"})
    assert asked[0].target == "c0@0\nOne. "


def test_weights_are_stored_and_the_heavy_candidate_is_drawn(settle: Settle, draft: MakeDraft) -> None:
    row = candidates(draft, {(0, 0): -1.0, (0, 1): -2.0})
    (outcome,) = settle(score, [row], writer=model({"c0": -900, "c1": -10}))
    (scored,) = outcome.rows
    assert [g.log_weight for g in scored.generations] == [-899, -8]
    assert [thought.drop for thought in scored.thoughts] == ["not_drawn", ""]
    assert outcome.tally["elbo_millinats"] == round(1000 * (-8 - math.log(2)))
    assert outcome.tally["stretches_weighed"] == 1
    assert outcome.tally["elbo_tokens"] == 2  # the scripted engine counts words


def test_equal_candidates_are_drawn_equally_often_and_the_same_each_time(settle: Settle, draft: MakeDraft) -> None:
    rows = [replace(candidates(draft, {(0, 0): -1, (0, 1): -1}), strategy=f"s{n}") for n in range(2)]
    rows = [replace(row, passage=replace(row.passage, id=f"{n:032x}")) for n in range(200) for row in rows[:1]]
    first, again = (settle(score, rows, writer=model({"c0": -5, "c1": -5})) for _ in range(2))
    drawn = [next(t.candidate for t in outcome.rows[0].thoughts if not t.drop) for outcome in first]
    assert 70 < sum(drawn) < 130
    assert [outcome.rows for outcome in first] == [outcome.rows for outcome in again]


def test_a_candidate_that_was_dropped_is_not_weighed(settle: Settle, draft: MakeDraft) -> None:
    row = candidates(draft, {(0, 0): -1, (0, 1): -1})
    row = replace(row, thoughts=(replace(row.thoughts[0], drop="loop"), row.thoughts[1]))
    (outcome,) = settle(score, [row], writer=model({"c0": 0, "c1": -5}))
    assert [thought.drop for thought in outcome.rows[0].thoughts] == ["loop", ""]
    assert [g.log_weight for g in outcome.rows[0].generations] == [None, -4]


def test_a_candidate_that_cannot_be_weighed_is_left_out_and_counted(settle: Settle, draft: MakeDraft) -> None:
    def answer(request: Score) -> Reply:
        return Reply("", error="too long") if "c0" in request.target else Reply("", log_probabilities=(-5.0,))

    row = candidates(draft, {(0, 0): -1, (0, 1): -1})
    (outcome,) = settle(score, [row], writer=Scripted(answer))
    assert isinstance(outcome, Kept)
    assert [thought.drop for thought in outcome.rows[0].thoughts] == ["not_weighed", ""]
    assert outcome.tally["not_weighed"] == 1


def test_a_draft_of_which_nothing_can_be_weighed_is_quarantined(settle: Settle, draft: MakeDraft) -> None:
    (outcome,) = settle(
        score, [candidates(draft, {(0, 0): -1})], writer=Scripted(lambda request: Reply("", error="too long"))
    )
    assert isinstance(outcome, Quarantined)
    assert (outcome.kind, outcome.message) == ("request_failed", "too long")


def test_rows_leave_in_the_order_they_came_in(settle: Settle, draft: MakeDraft) -> None:
    rows = [replace(candidates(draft, {(0, 0): -1, (5, 0): -1}), model=str(number)) for number in range(30)]
    rows = [replace(row, passage=replace(row.passage, id=f"{n:032x}")) for n, row in enumerate(rows)]
    outcomes = settle(score, rows, writer=model({"c0": -3}))
    assert [outcome.row for outcome in outcomes] == rows


def plan(tmp_path: Path, generate: str) -> None:
    pipeline = tmp_path / "em.yaml"
    pipeline.write_text(
        f"stages: [ingest: {{paths: [{tmp_path}]}}, segment, generate: {{{generate}}}, score, pack]", encoding="utf-8"
    )
    load(str(pipeline), engines={"writer": Scripted(lambda ask: "")})


def test_a_pipeline_whose_thoughts_are_not_measured_is_refused_before_any_run(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(UserError, match=r"stages\[3\].*set generate.measured: true"):
        plan(tmp_path, "strategy: latent, temperature: 1, candidates: 4")
    plan(tmp_path, "strategy: latent, temperature: 1, candidates: 4, measured: true")
