"""prune, repair: a contradicted step is written again from the evidence, verified, and stays only if it holds."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from thinkaug.dialogue import Ask, Reply
from thinkaug.engines.scripted import Scripted
from thinkaug.errors import UserError
from thinkaug.knowledge.building import build_index
from thinkaug.knowledge.wording import Config as IndexConfig
from thinkaug.records import Claim, Draft, Evidence, Generation, Kind, Thought
from thinkaug.settings import read_config
from thinkaug.stages.prune import prune

Settle = Callable[..., list[Any]]
MakeDraft = Callable[..., Draft]

TABLE = """subject_id	subject	relation	object_id	object	category
DB1	allopurinol	used_in	DOID:1	gout	DM
DB2	salbutamol	used_in	DOID:2	asthma	SYM
"""
GOUT = "allopurinol is used in gout (DM)"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> str:
    """An index of two drugs, each with one use."""
    place = tmp_path_factory.mktemp("facts")
    (place / "facts.tsv").write_text(TABLE)
    wording = {"text": ["{subject} {relation} {object} ({category})"], "say": {"relation": {"used_in": "is used in"}}}
    return str(
        build_index([str(place / "facts.tsv")], str(place / "index"), read_config(IndexConfig, wording, "index"))
    )


def wrong(text: str = "Allopurinol is used in asthma.", kind: Kind = "recall", candidate: int = 0) -> Thought:
    claims = (
        Claim(
            text,
            "contradicted",
            judge="facts",
            evidence=(Evidence("DB1", GOUT), Evidence("DB1", GOUT), Evidence("DB2", "")),
            subject="DB1",
            relation="used_in",
            object="DOID:2",
        ),
    )
    return Thought(0, candidate, kind, text, claims=claims, gain=0.2, gain_alone=0.1)


def row(draft: MakeDraft, *thoughts: Thought) -> Draft:
    numbers = sorted({thought.candidate for thought in thoughts})
    return replace(
        draft("Allopurinol lowers urate.", {0: ""}),
        thoughts=thoughts,
        generations=tuple(Generation(0, number, 7, "stop", 1, 1) for number in numbers),
    )


@pytest.fixture
def repaired(settle: Settle, index: str) -> Callable[..., Any]:
    def run(row: Draft, answer: str | Callable[[Ask], str | Reply], **options: Any) -> Any:
        writer = Scripted(answer if callable(answer) else lambda ask: answer)
        given = {"contradicted": "repair", "index": index, "relations": "medicine", **options}
        (outcome,) = settle(prune, [row], writer=writer, **given)
        return outcome

    return run


def test_a_repair_that_holds_takes_the_place_of_the_step(repaired: Callable[..., Any], draft: MakeDraft) -> None:
    outcome = repaired(row(draft, wrong()), "<recall>Allopurinol is used in gout.</recall>")
    (step,) = outcome.rows[0].thoughts
    assert (step.text, step.drop, step.written) == (
        "Allopurinol is used in gout.",
        "",
        "Allopurinol is used in asthma.",
    )
    assert [(claim.verdict, claim.subject, claim.object) for claim in step.claims] == [("supported", "DB1", "DOID:1")]
    assert (step.gain, step.gain_alone) == (None, None)
    tally = outcome.tally
    assert (tally["repaired"], tally["repair_failed"], tally["output_tokens"]) == (1, 0, 5)
    assert (tally["contradicted_before"], tally["contradicted_after"]) == (1, 0)
    assert (tally["supported_before"], tally["supported_after"]) == (0, 1)
    assert tally["hedged"] == 0


def test_the_model_is_shown_the_step_its_kind_and_what_was_found(
    repaired: Callable[..., Any], draft: MakeDraft
) -> None:
    asked: list[Ask] = []

    def answer(ask: Ask) -> str:
        asked.append(ask)
        return "<recall>Allopurinol is used in gout.</recall>"

    repaired(row(draft, wrong()), answer)
    (ask,) = asked
    words = "\n".join(message.content for message in ask.messages)
    assert "Allopurinol is used in asthma." in words
    assert f"[1] {GOUT}" in words
    assert "[2]" not in words
    assert "<recall>" in words
    assert ask.sampling.temperature == 0


@pytest.mark.parametrize(
    "answer",
    [
        "<recall>Allopurinol is used in asthma.</recall>",
        "<recall>Allopurinol is not used in gout.</recall>",
        "<recall>It depends on the patient.</recall>",
        "<recall>Allopurinol is used in gout. Allopurinol is used in asthma.</recall>",
        "<verification>Allopurinol is used in gout.</verification>",
        "<recall>Allopurinol is used in gout.</recall><recall>Allopurinol is used in gout.</recall>",
        "Allopurinol is used in gout.",
        "",
        "<recall></recall>",
    ],
)
def test_a_repair_that_does_not_hold_is_a_step_that_goes(
    repaired: Callable[..., Any], draft: MakeDraft, answer: str
) -> None:
    outcome = repaired(row(draft, wrong()), answer)
    (step,) = outcome.rows[0].thoughts
    assert (step.text, step.drop, step.written) == ("Allopurinol is used in asthma.", "contradicted", "")
    assert (outcome.tally["repaired"], outcome.tally["repair_failed"], outcome.tally["raw"]) == (0, 1, 1)


@pytest.mark.parametrize(
    "reply",
    [
        Reply("<recall>Allopurinol is used in gout.</recall>", finish="length"),
        Reply("", error="the server is gone"),
    ],
)
def test_a_reply_that_was_cut_off_or_never_came_repairs_nothing(
    repaired: Callable[..., Any], draft: MakeDraft, reply: Reply
) -> None:
    outcome = repaired(row(draft, wrong()), lambda ask: reply)
    assert outcome.rows[0].thoughts[0].drop == "contradicted"
    assert outcome.tally["repair_failed"] == 1


def test_what_cannot_be_repaired_is_not_asked_about(repaired: Callable[..., Any], draft: MakeDraft) -> None:
    def answer(ask: Ask) -> str:
        raise AssertionError("a model was asked")

    unquoted = wrong()
    unquoted = replace(unquoted, claims=(replace(unquoted.claims[0], evidence=()),))
    already = replace(wrong(candidate=2), drop="loop")
    outcome = repaired(row(draft, unquoted, wrong(kind="prose", candidate=1), already), answer)
    assert [step.drop for step in outcome.rows[0].thoughts] == ["contradicted", "contradicted", "loop"]


def test_each_step_gets_its_own_repair_and_a_check_of_the_old_words_goes(
    repaired: Callable[..., Any], draft: MakeDraft
) -> None:
    other = replace(wrong("Salbutamol is used in gout."), kind="verification")
    check = Thought(0, 0, "verification", "So asthma it is.")

    def answer(ask: Ask) -> str:
        if "Salbutamol" in ask.messages[-1].content:
            return "<verification>Salbutamol is used in asthma.</verification>"
        return "<recall>Allopurinol is used in gout.</recall>"

    outcome = repaired(row(draft, wrong(), check, other), answer)
    assert [(step.text, step.drop) for step in outcome.rows[0].thoughts] == [
        ("Allopurinol is used in gout.", ""),
        ("So asthma it is.", "leans_on_dropped"),
        ("Salbutamol is used in asthma.", ""),
    ]


def test_rows_leave_in_the_order_they_came_in(settle: Settle, index: str, draft: MakeDraft) -> None:
    rows = [row(draft, *([wrong()] if number % 3 else [])) for number in range(20)]
    rows = [replace(each, passage=replace(each.passage, id=f"{n:032x}")) for n, each in enumerate(rows)]
    writer = Scripted(lambda ask: "<recall>Allopurinol is used in gout.</recall>")
    options = {"contradicted": "repair", "index": index, "relations": "medicine"}
    assert [outcome.row for outcome in settle(prune, rows, writer=writer, **options)] == rows


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"relations": "nowhere"}, "nowhere"),
        ({"index": "nowhere"}, "nowhere: no such folder"),
        ({"engine": "judge"}, "prune: engine: no engine 'judge'"),
        ({"profile": "cookery"}, "no profile 'cookery'"),
    ],
)
def test_what_a_repair_needs_must_be_there(settle: Settle, index: str, options: dict[str, Any], message: str) -> None:
    given = {"contradicted": "repair", "index": index, "relations": "medicine", **options}
    with pytest.raises(UserError, match=message):
        settle(prune, [], **given)
