"""routes of generate: a passage is thought about in the way that its score asks for, and in no other."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Running
from thinkaug.dialogue import Ask, Reply
from thinkaug.engines.scripted import Scripted
from thinkaug.errors import UserError
from thinkaug.records import Passage
from thinkaug.rendering import strip
from thinkaug.stage import Kept, Services
from thinkaug.stages.dedup import dedup
from thinkaug.stages.filter import filter_
from thinkaug.stages.generate import dialogues, generate
from thinkaug.stages.prune import prune
from thinkaug.stages.score import score
from thinkaug.strategies import Stretch
from thinkaug.templates import Templates

Settle = Callable[..., list[Any]]
Pack = Callable[..., Any]
MakePassage = Callable[..., Passage]

HOW = {"procedural": {"at_least": 0.6}, "strategy": "latent", "temperature": 1.0}
WHAT = {"procedural": {"at_most": 0.2}, "profile": "law", "prompts": "brief", "vary": []}


def answer(ask: Ask) -> str:
    """Tagged steps where they are asked for, else prose."""
    tagged = "<recall>" in " ".join(message.content for message in ask.messages)
    return "<recall>It was known.</recall>" if tagged else "One thinks of it."


def routed(settle: Settle, *rows: Passage, **given: Any) -> tuple[list[Any], list[Ask]]:
    asked: list[Ask] = []
    writer = Scripted(lambda ask: asked.append(ask) or answer(ask))  # type: ignore[func-returns-value]
    return settle(generate, list(rows), writer=writer, **given), asked


def test_each_passage_takes_the_first_route_that_holds_its_score(settle: Settle, passage: MakePassage) -> None:
    scores = {0.1: "interleaved", 0.2: "interleaved", 0.4: "interleaved", 0.6: "latent", 1.0: "latent"}
    rows = [replace(passage(f"Text {value}."), procedural=value) for value in scores]
    outcomes, asked = routed(settle, *rows, routes=[HOW, {**HOW, "strategy": "skeleton"}, WHAT])
    assert [outcome.rows[0].strategy for outcome in outcomes] == list(scores.values())
    assert [ask.sampling.temperature for ask in asked] == [0.7, 0.7, 0.7, 1.0, 1.0]
    taken = [next(name for name in outcome.tally if name.startswith("route_")) for outcome in outcomes]
    assert taken == ["route_2", "route_2", "route_own", "route_0", "route_0"]
    prompts = [outcome.rows[0].prompts for outcome in outcomes]
    assert [prompts.index(digest) for digest in prompts] == [0, 0, 2, 3, 3]


def test_a_passage_that_was_not_measured_takes_the_stages_own_way(settle: Settle, passage: MakePassage) -> None:
    (outcome,), _ = routed(settle, passage("Text."), routes=[{"procedural": {}, "strategy": "latent"}])
    assert outcome.rows[0].strategy == "interleaved"


def test_a_passage_gets_what_a_stage_of_its_routes_settings_would_write(settle: Settle, passage: MakePassage) -> None:
    row = replace(passage("One. Two.", 0, 5), procedural=0.9)
    given: dict[str, Any] = {"candidates": 2, "max_tokens": 99, "top_p": 0.5, "options": {"before_chars": 7}}
    (by_route,), asked = routed(settle, row, routes=[{**HOW, **given}])
    (alone,), again = routed(settle, row, strategy="latent", temperature=1.0, **given)
    assert (by_route.rows, asked) == (alone.rows, again)
    assert len(asked) == 4


def test_options_of_the_stage_are_not_given_to_another_strategy(settle: Settle, passage: MakePassage) -> None:
    row = replace(passage("One.", context="Before it. "), procedural=0.9)
    options = {"before_chars": 0}
    _, other = routed(settle, row, options=options, routes=[HOW])
    _, same = routed(settle, row, options=options, routes=[{"procedural": {}, "profile": "law"}])
    assert "Before it." in other[0].messages[-1].content
    assert "Before it." not in same[0].messages[-1].content


def test_the_prompt_of_a_pair_is_that_of_the_passages_route(passage: MakePassage) -> None:
    services = Services(Templates(), {"writer": Scripted(answer)})
    begin = dialogues(generate.config(routes=(HOW,)), services)
    row = passage("Text.")
    own, other = (next(begin(Stretch(each, 0), 7)) for each in (row, replace(row, procedural=0.9)))
    assert isinstance(own, Ask)
    assert isinstance(other, Ask)
    assert own.messages != other.messages


@pytest.mark.parametrize(
    ("routes", "message"),
    [
        ([{"strategy": "latent"}], "generate: routes[0]: procedural: say which passages take this route"),
        ([HOW, {**HOW, "engine": "judge"}], "generate: routes[1]: engine: is one for the whole stage"),
        ([{**HOW, "measured": True}], "generate: routes[0]: measured: is one for the whole stage"),
        ([{**HOW, "routes": []}], "generate: routes[0]: routes: is one for the whole stage"),
        ([{**HOW, "strategi": "x"}], "generate: routes[0]: no setting 'strategi'; did you mean 'strategy'?"),
        ([{**HOW, "strategy": "laten"}], "generate: routes[0]: strategy: no file in strategies/ named 'laten'"),
        ([{**HOW, "options": {"x": 1}}], "generate: routes[0]: options of latent: no setting 'x'"),
        ([{**HOW, "temperature": -1}], "generate: routes[0].temperature: input should be greater than or equal to 0"),
        ([{**HOW, "profile": "lawn"}], "generate: routes[0]: profile: no profile 'lawn'; did you mean 'law'?"),
        ([{"procedural": {"at_least": 2}}], "generate: routes[0].procedural.at_least: input should be less"),
        ([{"procedural": {"atleast": 0.5}}], "generate: routes[0].procedural: no setting 'atleast'"),
        ([{"procedural": 0.5}], "generate: routes[0].procedural: expected settings"),
        ([{"procedural": {"at_least": 0.6, "at_most": 0.5}}], "nothing is at least 0.6 and at most 0.5"),
        ([{**HOW, "temperature": 0, "candidates": 2}], "generate: routes[0]: 2 candidates at temperature 0"),
        (["latent"], "generate.routes.0: input should be a valid dictionary"),
    ],
)
def test_a_route_that_cannot_work_is_refused_with_its_place(settle: Settle, routes: list[Any], message: str) -> None:
    with pytest.raises(UserError, match=re.escape(message)):
        settle(generate, [], routes=routes)


def test_what_the_stage_promises_holds_for_every_route(settle: Settle) -> None:
    given = {"strategy": "latent", "temperature": 1, "measured": True}
    with pytest.raises(UserError, match=re.escape("generate: routes[0]: measured: a thought of interleaved may take")):
        settle(generate, [], **given, routes=[{"procedural": {}, "strategy": "interleaved"}])
    with pytest.raises(UserError, match=re.escape("generate: routes[0]: constrained: thoughts of latent are prose")):
        settle(generate, [], constrained=True, routes=[HOW])


def test_routes_need_scores_and_shape_the_digest() -> None:
    routes = generate.config(routes=(HOW,))
    assert "put gate before generate" in generate.needs(routes)["procedural"]
    assert generate.needs(generate.config()) == {}
    services = Services(Templates(), {"writer": Scripted(answer)})
    shaped = [generate.shaped_by(generate.config(routes=given), services) for given in ((), (HOW,), (HOW, WHAT))]
    assert len({repr(each) for each in shaped}) == 3


def test_another_prompt_of_a_route_is_another_digest(tmp_path: Path) -> None:
    def shaped() -> str:
        services = Services(Templates(str(tmp_path)), {"writer": Scripted(answer)})
        return repr(generate.shaped_by(generate.config(routes=(HOW,)), services))

    before = shaped()
    text = Templates().read("latent.j2")
    (tmp_path / "latent.j2").write_text(text + "{# mine #}", encoding="utf-8")
    assert shaped() != before


# Passages without cuts, and thoughts before and after in one set.


def test_a_passage_without_cuts_goes_on_raw_and_asks_nothing(settle: Settle, passage: MakePassage) -> None:
    rows = [replace(passage("One."), cuts=()), passage("Two.")]
    for strategy in ("interleaved", "trajectory", "hidden_thought"):
        (raw, other), asked = routed(settle, *rows, strategy=strategy)
        assert isinstance(raw, Kept)
        assert (raw.rows[0].thoughts, raw.rows[0].generations, raw.rows[0].passage) == ((), (), rows[0])
        assert (raw.tally["raw"], other.tally["raw"]) == (1, 0)
        assert len(asked) == 1


def test_raw_passages_come_through_what_follows(settle: Settle, packing: Pack, passage: MakePassage) -> None:
    rows = [replace(passage("One. It is."), cuts=()), passage("Two. It is."), replace(passage("Six."), cuts=())]
    outcomes, _ = routed(settle, *rows)
    drafts = [draft for outcome in outcomes for draft in outcome.rows]
    scorer = Scripted(lambda request: Reply("", log_probabilities=(-1.0,)))
    for stage, given in (
        (score, {"by": "gain"}),
        (prune, {"choose": "first"}),
        (dedup, {"on": "thoughts"}),
        (filter_, {"without_thoughts": "raw"}),
    ):
        outcomes = settle(stage, drafts, writer=scorer, **given)
        assert [type(outcome) for outcome in outcomes] == [Kept] * 3, stage.name
        drafts = [row for outcome in outcomes for row in outcome.rows]
    samples = packing(drafts).samples
    assert [[span.kind for span in sample.spans] for sample in samples][::2] == [["text"], ["text"]]
    assert [strip(sample.text, sample.spans) for sample in samples] == [row.text for row in rows]


def test_thoughts_before_and_after_come_from_one_stage(settle: Settle, packing: Pack, passage: MakePassage) -> None:
    rows = [replace(passage(f"Text {value}."), procedural=value) for value in (0.1, 0.9)]
    outcomes, _ = routed(settle, *rows, routes=[{"procedural": {"at_least": 0.5}, "strategy": "trajectory"}])
    drafts = [outcome.rows[0] for outcome in outcomes]
    assert [draft.placement for draft in drafts] == ["before", "after"]
    samples = packing(drafts).samples
    assert [[span.kind for span in sample.spans] for sample in samples] == [
        ["marker", "recall", "marker", "text"],
        ["text", "marker", "prose", "marker"],
    ]


def test_routes_on_a_real_engine(settle: Settle, packing: Pack, passage: MakePassage, writer: Running) -> None:
    text = "Allopurinol is given for gout."
    rows = [replace(passage(text, title="Allopurinol"), procedural=value) for value in (0.1, 0.9)]
    rows[1] = replace(rows[1], id="0" * 32)
    given: dict[str, Any] = {"prompts": "brief", "vary": [], "max_tokens": 256, "temperature": 0.0}
    outcomes = settle(generate, rows, writer=writer, routes=[{**HOW, "temperature": 0.0}], **given)
    assert [type(outcome) for outcome in outcomes] == [Kept, Kept]
    drafts = [outcome.rows[0] for outcome in outcomes]
    assert [draft.strategy for draft in drafts] == ["interleaved", "latent"]
    assert {thought.kind for thought in drafts[1].thoughts} == {"prose"}
    assert "prose" not in {thought.kind for thought in drafts[0].thoughts}
    assert packing(drafts, writer=writer).dropped == []
