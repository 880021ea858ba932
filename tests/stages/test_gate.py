"""gate: thinks only where it may pay; what stays is the hardest share, and nothing of the text is touched."""

import math
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import Running
from thinkaug.dialogue import Failed, Reply, Score
from thinkaug.engines.scripted import Scripted
from thinkaug.errors import UserError
from thinkaug.measures.seeds import procedural
from thinkaug.records import Document, Passage
from thinkaug.stage import Dropped, Kept, Memory, Quarantined, Services, Shard
from thinkaug.stages.gate import gate
from thinkaug.stages.gating import Hardness, hardest
from thinkaug.stages.gating.config import Hardest
from thinkaug.stages.segment import segment
from thinkaug.templates import Templates

Settle = Callable[..., list[Any]]
MakePassage = Callable[..., Passage]

HOW = "1. Weigh the sample. 2. Dissolve it in water, then let it cool. 3. Measure it by using a scale."
WHAT = "Gout is a disease. It is common in men, and about 4 percent are known to have it."


def surprised(request: Score) -> Reply:
    """As much as the number says that the stretch begins with, on two tokens."""
    hard = float(re.findall(r"\d+", request.target)[0])
    return Reply("", log_probabilities=(-hard / 2, -3 * hard / 2))


MODEL = Scripted(surprised)


def numbered(passage: MakePassage, *hard: int, **fields: str) -> Passage:
    """A passage with a cut before each number."""
    pieces = [f"{number} and so on. " for number in hard]
    return passage("".join(pieces), *(len("".join(pieces[:place])) for place in range(len(pieces))), **fields)


def heads(outcome: Any) -> list[int]:
    """The numbers after the cuts that stayed."""
    (row,) = outcome.rows
    return [int(re.findall(r"\d+", row.text[cut:])[0]) for cut in row.cuts]


def test_without_settings_it_only_measures(settle: Settle, passage: MakePassage) -> None:
    rows = [passage(HOW, 0, 24), passage(WHAT)]
    outcomes = settle(gate, rows, writer=Scripted(lambda request: pytest.fail("nobody was to be asked")))
    assert [outcome.rows for outcome in outcomes] == [(replace(row, procedural=procedural(row.text)),) for row in rows]
    assert outcomes[0].rows[0].procedural > 0.5 > outcomes[1].rows[0].procedural
    assert outcomes[0].tally == {
        "cuts_before": 2,
        "cuts_kept": 2,
        "scored": 1,
        "procedural_thousandths": round(1000 * procedural(HOW)),
        "remembered": 0,
    }


@pytest.mark.parametrize(
    ("between", "text", "reason"),
    [
        ({"at_least": 0.5}, HOW, ""),
        ({"at_least": 0.5}, WHAT, "not_procedural"),
        ({"at_most": 0.5}, HOW, "not_factual"),
        ({"at_most": 0.5}, WHAT, ""),
    ],
)
def test_a_passage_out_of_range_goes_on_raw_or_goes(
    settle: Settle, passage: MakePassage, between: dict[str, float], text: str, reason: str
) -> None:
    row = passage(text)
    (raw,) = settle(gate, [row], procedural=between)
    assert raw.rows == (replace(row, procedural=procedural(text), cuts=() if reason else (0,)),)
    assert raw.tally.get(f"raw_{reason}", 0) == int(bool(reason))
    (dropped,) = settle(gate, [row], procedural=between, otherwise="drop")
    assert isinstance(dropped, Dropped if reason else Kept)
    assert not reason or (dropped.row, dropped.reason) == (row, reason)


@pytest.mark.parametrize("language", ["de", "zh", "DE"])
def test_what_is_not_english_is_not_scored_and_not_shut_out(
    settle: Settle, passage: MakePassage, language: str
) -> None:
    row = passage(WHAT, language=language)
    (outcome,) = settle(gate, [row], procedural={"at_least": 0.9})
    assert outcome.rows == (row,)
    assert outcome.tally["scored"] == 0
    (english,) = settle(gate, [replace(row, language="en-GB")], procedural={"at_least": 0.9})
    assert english.rows[0].cuts == ()


def test_the_hardest_share_of_the_shards_cuts_stays(settle: Settle, passage: MakePassage) -> None:
    rows = [numbered(passage, 1, 9, 3), numbered(passage, 8, 2), numbered(passage, 7)]
    given: dict[str, Any] = {"keep": 0.5, "by": "surprisal"}
    outcomes = settle(gate, rows, writer=MODEL, hardest=given)
    assert [heads(outcome) for outcome in outcomes] == [[9], [8], [7]]
    assert [outcome.row for outcome in outcomes] == rows
    assert outcomes[0].tally | {"procedural_thousandths": 0} == {
        "cuts_before": 3, "cuts_kept": 1, "scored": 1, "procedural_thousandths": 0, "hard_millinats": 18_000,
        "hard_tokens": 2, "easy_millinats": 8_000, "easy_tokens": 4, "not_weighed": 0, "remembered": 0,
    }  # fmt: skip
    apart = settle(gate, *([row] for row in rows), writer=MODEL, hardest=given)
    assert [heads(outcome) for outcome in apart] == [[9, 3], [8], [7]]  # each is a shard, and 0.5 is rounded up


@pytest.mark.parametrize(("otherwise", "kind"), [("raw", Kept), ("drop", Dropped)])
def test_a_passage_that_loses_all_its_cuts(settle: Settle, passage: MakePassage, otherwise: str, kind: type) -> None:
    rows = [numbered(passage, 1, 2), numbered(passage, 8, 9)]
    easy, hard = settle(gate, rows, writer=MODEL, hardest={"keep": 0.5, "by": "surprisal"}, otherwise=otherwise)
    assert isinstance(easy, kind)
    assert heads(hard) == [8, 9]
    if isinstance(easy, Dropped):
        assert easy.reason == "easy"
    else:
        assert (easy.rows[0].cuts, easy.tally["raw_easy"]) == ((), 1)
    assert easy.tally["easy_millinats"] == 6_000


def test_the_model_reads_each_stretch_after_what_stands_before_it(settle: Settle, passage: MakePassage) -> None:
    asked: list[Score] = []
    writer = Scripted(lambda request: asked.append(request) or surprised(request))  # type: ignore[func-returns-value]
    row = numbered(passage, 1, 2, context="Before. ")
    settle(gate, [row], writer=writer, hardest={"keep": 0.5, "by": "surprisal"})
    assert asked == [
        Score("Before. ", "1 and so on. "),
        Score("Before. 1 and so on. ", "2 and so on. "),
    ]


def test_passages_out_of_range_are_neither_read_nor_ranked(settle: Settle, passage: MakePassage) -> None:
    asked: list[Score] = []
    writer = Scripted(lambda request: asked.append(request) or surprised(request))  # type: ignore[func-returns-value]
    rows = [passage(f"9 {HOW}"), numbered(passage, 1), numbered(passage, 2)]
    given: dict[str, Any] = {"procedural": {"at_most": 0.5}, "hardest": {"keep": 0.5, "by": "surprisal"}}
    outcomes = settle(gate, rows, writer=writer, **given)
    assert [outcome.rows[0].cuts for outcome in outcomes] == [(), (), (0,)]
    assert len(asked) == 2


def failing(request: Score) -> Reply:
    return Reply("", error="too long") if request.target.startswith("9") else surprised(request)


def test_a_cut_that_cannot_be_read_is_not_kept_and_counted(settle: Settle, passage: MakePassage) -> None:
    row = numbered(passage, 9, 2, 1)
    (outcome,) = settle(gate, [row], writer=Scripted(failing), hardest={"keep": 0.9, "by": "surprisal"})
    assert heads(outcome) == [2, 1]
    assert outcome.tally["not_weighed"] == 1


@pytest.mark.parametrize(
    ("writer", "kind"), [(failing, "request_failed"), (lambda r: Reply(""), "no_log_probabilities")]
)
def test_a_passage_of_which_nothing_can_be_read_is_quarantined(
    settle: Settle, passage: MakePassage, writer: Any, kind: str
) -> None:
    rows = [numbered(passage, 9), numbered(passage, 1)]
    outcome, _ = settle(gate, rows, writer=Scripted(writer), hardest={"keep": 0.9, "by": "surprisal"})
    assert isinstance(outcome, Quarantined)
    assert (outcome.row, outcome.kind) == (rows[0], kind)


def test_a_passage_without_cuts_has_nothing_to_lose(settle: Settle, passage: MakePassage) -> None:
    row = replace(passage(WHAT), cuts=())
    for wanted in ({}, {"hardest": {"keep": 0.1}}, {"procedural": {"at_least": 0.9}}):
        (outcome,) = settle(gate, [row], otherwise="drop", **wanted)
        assert outcome.rows == (replace(row, procedural=procedural(WHAT)),)


def test_by_proxy_what_others_say_too_is_easy(settle: Settle, passage: MakePassage) -> None:
    said = [passage(f"The dose is given by mouth once a day. {name}") for name in "ABCDEFG"]
    new = passage("Quinine tastes bitter because alkaloids bind receptors.")
    outcomes = settle(gate, [*said, new], hardest={"keep": 0.1})
    assert [bool(outcome.rows[0].cuts) for outcome in outcomes] == [False] * 7 + [True]
    assert outcomes[-1].tally["hard_words"] == 7
    assert outcomes[-1].tally["easy_words"] == 0


@given(st.lists(st.lists(st.integers(0, 9), max_size=5), max_size=6), st.floats(0.01, 1))
def test_the_share_is_what_was_said_and_no_other_is_harder(hard: list[list[int]], keep: float) -> None:
    stays = hardest([[Hardness(2.0 * value, 2) for value in values] for values in hard], keep)
    flat = [value for values in hard for value in values]
    kept = [
        value
        for values, among in zip(hard, stays, strict=True)
        for value, stay in zip(values, among, strict=True)
        if stay
    ]
    assert abs(len(kept) - keep * len(flat)) < 1
    assert sorted(kept) == sorted(flat)[len(flat) - len(kept) :]


def test_what_nobody_knows_is_not_among_them() -> None:
    assert hardest([[Failed("x", "x"), Hardness(1, 1)], []], 1) == [(False, True), ()]
    assert hardest([[Hardness(1, 1)] * 100], 0.07) == [(True,) * 7 + (False,) * 93]  # 0.07 * 100 is a little above 7


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.integers(0, 99), min_size=1, max_size=4), min_size=1, max_size=5), st.floats(0.05, 1))
def test_nothing_but_cuts_and_the_score_changes(
    settle: Settle, passage: MakePassage, hard: list[list[int]], keep: float
) -> None:
    rows = [numbered(passage, *values) for values in hard]
    for by in ("proxy", "surprisal"):
        outcomes = settle(gate, rows, writer=MODEL, hardest={"keep": keep, "by": by})
        for row, outcome in zip(rows, outcomes, strict=True):
            (made,) = outcome.rows
            assert replace(made, cuts=row.cuts, procedural=None) == row
            assert set(made.cuts) <= set(row.cuts)
        assert outcomes == settle(gate, rows, writer=MODEL, hardest={"keep": keep, "by": by})


def test_nothing_that_was_read_is_read_again(tmp_path: Path, passage: MakePassage) -> None:
    asked: list[Score] = []
    writer = Scripted(lambda request: asked.append(request) or surprised(request))  # type: ignore[func-returns-value]
    rows = [numbered(passage, 1, 2), numbered(passage, 3)]

    def run(keep: float) -> list[Any]:
        services = Services(Templates(), {"writer": writer}, memory=Memory(tmp_path, "gate-x"))
        config = gate.config(hardest=Hardest(keep, "surprisal"))
        return list(gate.start(config, services, [])(Shard("00000", lambda: iter(rows))))

    run(0.5)
    again = run(0.9)
    assert len(asked) == 3
    assert sum(outcome.tally["remembered"] for outcome in again) == 3


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"procedural": {"at_least": 0.7, "at_most": 0.2}},
            "gate: procedural: nothing is at least 0.7 and at most 0.2",
        ),
        ({"hardest": {"keep": 0}}, "gate.hardest.keep: input should be greater than 0"),
        ({"hardest": {"by": "surprise"}}, "gate.hardest.by: input should be 'proxy' or 'surprisal'"),
        ({"hardest": {"share": 0.5}}, "gate.hardest: no setting 'share'"),
        ({"hardest": {"by": "surprisal", "keep": 0.5, "engine": "writr"}}, "gate: hardest: engine: no engine 'writr'"),
        ({"otherwise": "keep"}, "gate.otherwise: input should be 'raw' or 'drop'"),
    ],
)
def test_settings_that_cannot_work_are_refused(settle: Settle, given: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=re.escape(message)):
        settle(gate, [], **given)


def test_an_engine_is_asked_for_scores_only_where_it_ranks() -> None:
    by_model = Hardest(0.5, "surprisal", "judge")
    assert gate.uses(gate.config(hardest=by_model)) == {"judge": frozenset({"score"})}
    for without in (gate.config(), gate.config(hardest=replace(by_model, keep=1.0))):
        assert gate.uses(without) == {}
    assert gate.offers(gate.config()) == {"procedural"}


def test_on_a_real_engine_the_stretches_that_stay_are_the_more_surprising(
    settle: Settle, passage: MakePassage, writer: Running
) -> None:
    texts = ("Allopurinol is given for gout.\n\n", "Zebra moon quantum xylophone teapot.\n\n", "Gout is a disease.")
    row = passage("".join(texts), 0, len(texts[0]), len(texts[0] + texts[1]))
    (outcome,) = settle(gate, [row], writer=writer, hardest={"keep": 0.3, "by": "surprisal"})
    assert outcome.rows[0].cuts == (len(texts[0]),)
    tally = outcome.tally
    assert tally["hard_millinats"] / tally["hard_tokens"] > 2 * tally["easy_millinats"] / tally["easy_tokens"]
    assert math.isfinite(tally["hard_millinats"])


def test_cuts_of_a_real_segmentation_come_through(settle: Settle) -> None:
    text = "\n\n".join(
        f"Paragraph {number} is about the {number}th thing, which it tells at length." for number in range(40)
    )
    passages = [row for outcome in settle(segment, [Document("d", text)], window_chars=500) for row in outcome.rows]
    outcomes = settle(gate, passages, hardest={"keep": 0.25})
    kept = sum(outcome.tally["cuts_kept"] for outcome in outcomes)
    assert kept == math.ceil(0.25 * sum(outcome.tally["cuts_before"] for outcome in outcomes))
    assert "".join(outcome.rows[0].text for outcome in outcomes) == text
