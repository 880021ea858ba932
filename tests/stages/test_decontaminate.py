"""decontaminate: what holds an evaluation item is dropped, cut or marked, in expert text and in thoughts, and noted."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from thinkaug.decontamination.hits import by_item, hits_of, lines
from thinkaug.errors import UserError
from thinkaug.records import Document, Draft, Passage, Thought, content_id
from thinkaug.settings import read_config
from thinkaug.stage import Dropped, Kept
from thinkaug.stages.decontaminate import decontaminate

Settle = Callable[..., list[Any]]
MakePassage = Callable[..., Passage]
MakeDraft = Callable[..., Draft]

ASKED = (
    "A gardener plants 14 rows of tulips with 23 bulbs in each row, and after a frosty night she finds that 37 of the "
    "bulbs have been dug up by a badger. How many bulbs does she still have in the ground?"
)
OTHER = "Does early removal of the gall bladder shorten the stay in hospital?"
BEFORE = "Tulips want cold winters. They are planted late. " * 6
AFTER = "Badgers sleep by day. Nobody minds them then. " * 6


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> str:
    place = tmp_path_factory.mktemp("sets") / "toy.jsonl"
    records = [{"id": "g1", "question": ASKED, "answer": "285"}, {"id": "p2", "question": OTHER, "answer": "no"}]
    place.write_text("\n".join(map(json.dumps, records)))
    return str(place)


def document(text: str, **fields: str) -> Document:
    return Document(content_id(text), text, **fields)


def test_a_document_that_holds_an_item_is_dropped(settle: Settle, toy: str) -> None:
    clean, dirty = document(BEFORE), document(f"{BEFORE}\n\n{ASKED}\n\n{AFTER}")
    kept, dropped = settle(decontaminate, [clean, dirty], sets=[toy])
    assert kept == Kept(clean, (clean,))
    assert (dropped.reason, dropped.detail) == ("contaminated", "toy g1 (ngram)")
    assert dropped.tally == {"contaminated_toy": 1, "by_ngram": 1, "in_text": 1, "in_thoughts": 0}


def test_the_note_says_which_item_and_where(settle: Settle, toy: str) -> None:
    text = f"😀 {BEFORE}{OTHER} {AFTER}"
    (outcome,) = settle(decontaminate, [document(text)], sets=[toy])
    (note,) = outcome.notes
    assert text[note["start"] : note["end"]] == note["span"] == OTHER.rstrip("?")
    about = {key: note[key] for key in ("set", "item", "where", "share", "rule", "action")}
    assert about == {"set": "toy", "item": "p2", "where": "text", "share": 1.0, "rule": "short", "action": "drop"}
    json.dumps(note)


def test_marked_rows_say_what_they_hold(settle: Settle, toy: str, passage: MakePassage, draft: MakeDraft) -> None:
    text = f"{BEFORE}{OTHER}"
    mark = [{"set": "toy", "item": "p2", "rule": "short"}]
    rows: list[Any] = [document(text, meta='{"page": 4}'), passage(text), draft(text, {0: "Hm."})]
    outcomes = settle(decontaminate, rows, sets=[toy], action="mark")
    one, other, third = (outcome.rows[0] for outcome in outcomes)
    assert json.loads(one.meta) == {"page": 4, "contaminated": mark}
    assert json.loads(other.meta) == json.loads(third.passage.meta) == {"contaminated": mark}
    assert third.thoughts == rows[2].thoughts
    assert [replace(one, meta=rows[0].meta), replace(other, meta=rows[1].meta)] == rows[:2]


def test_a_cut_leaves_pieces_that_end_with_sentences(settle: Settle, toy: str) -> None:
    whole = document(f"{BEFORE}\n\n{ASKED}\n\n{AFTER}", title="Tulips", meta='{"page": 4}')
    (outcome,) = settle(decontaminate, [whole], sets=[toy], action="cut", margin_chars=10, min_chars=20)
    first, second = outcome.rows
    assert whole.text.startswith(first.text)
    assert whole.text.endswith(second.text + " ")
    assert first.text.endswith(".")
    assert second.text.startswith(("Nobody", "Badgers"))
    assert (first.id, first.title) == (content_id(first.text), "Tulips")
    meta = json.loads(second.meta)
    assert meta["page"] == 4
    assert meta["cut_from"]["document"] == whole.id
    assert whole.text[meta["cut_from"]["start"] : meta["cut_from"]["end"]] == second.text
    assert outcome.tally["cut_pieces"] == 2


def test_short_pieces_are_not_kept_and_nothing_left_is_dropped(settle: Settle, toy: str) -> None:
    rows = [document(f"Tulips. {ASKED}\n\n{AFTER}"), document(f"Tulips. {ASKED}")]
    kept, dropped = settle(decontaminate, rows, sets=[toy], action="cut", margin_chars=0, min_chars=50)
    assert [piece.text for piece in kept.rows] == [AFTER.strip()]
    assert (dropped.reason, dropped.detail) == ("contaminated", "toy g1 (ngram); nothing is left")


@hypothesis_settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(
        st.sampled_from([BEFORE, AFTER, ASKED, OTHER, ASKED[:120], ASKED[60:], "\n\n", "漢字。", "😀"]), max_size=9
    )
)
def test_what_is_left_of_a_cut_holds_no_item(settle: Settle, toy: str, parts: list[str]) -> None:
    whole = document(" ".join(parts))
    (outcome,) = settle(decontaminate, [whole], sets=[toy], action="cut", margin_chars=0, min_chars=1)
    pieces: Any = outcome.rows if isinstance(outcome, Kept) else ()
    assert all(piece.text in whole.text for piece in pieces)
    assert not any(again.notes for again in settle(decontaminate, list(pieces), sets=[toy]))


def test_an_item_between_context_and_passage(settle: Settle, toy: str, passage: MakePassage) -> None:
    half = len(ASKED) // 2
    row = passage(ASKED[half:] + AFTER, context=BEFORE + ASKED[:half])
    (outcome,) = settle(decontaminate, [row], sets=[toy])
    (note,) = outcome.notes
    assert isinstance(outcome, Dropped)
    assert (note["start"], note["end"]) == (0, len(ASKED) - half - 1)


def test_an_item_in_the_context_alone_is_another_passages(settle: Settle, toy: str, passage: MakePassage) -> None:
    (outcome,) = settle(decontaminate, [passage(AFTER, context=BEFORE + ASKED + " ")], sets=[toy])
    assert isinstance(outcome, Kept)
    assert outcome.notes == ()


def steps(outcome: Any) -> list[tuple[str, str]]:
    return [(step.text[:5], step.drop) for step in outcome.rows[0].thoughts]


def test_a_thought_that_recites_an_item_is_dropped_whole(settle: Settle, toy: str, draft: MakeDraft) -> None:
    row = draft(BEFORE + AFTER, {0: "First.", len(BEFORE): ASKED})
    more = Thought(len(BEFORE), 0, "recall", "Badgers.")
    row = replace(row, thoughts=(*row.thoughts, more))
    (outcome,) = settle(decontaminate, [row], sets=[toy])
    assert steps(outcome) == [("First", ""), (ASKED[:5], "contaminated"), ("Badge", "contaminated")]
    assert (outcome.tally["contaminated_steps"], outcome.tally["in_text"], outcome.tally["in_thoughts"]) == (2, 0, 1)
    assert outcome.notes[0]["where"] == "thought"


def test_a_cut_takes_only_the_steps_that_hold_it(settle: Settle, toy: str, draft: MakeDraft) -> None:
    row = draft(BEFORE + AFTER, {0: ASKED})
    row = replace(row, thoughts=(*row.thoughts, Thought(0, 0, "recall", "Badgers.")))
    (outcome,) = settle(decontaminate, [row], sets=[toy], action="cut", on="thoughts")
    assert steps(outcome) == [(ASKED[:5], "contaminated"), ("Badge", "")]


def test_a_mark_leaves_thoughts_as_they_are(settle: Settle, toy: str, draft: MakeDraft) -> None:
    row = draft(BEFORE, {0: ASKED})
    (outcome,) = settle(decontaminate, [row], sets=[toy], action="mark")
    assert outcome.rows == (row,)
    assert len(outcome.notes) == outcome.tally["contaminated_toy"] == 1


def test_an_item_that_begins_in_a_thought_and_ends_in_the_text(settle: Settle, toy: str, draft: MakeDraft) -> None:
    half = ASKED.index("she finds")
    row = draft(ASKED[half:] + AFTER, {0: "As I recall: " + ASKED[:half]})
    (outcome,) = settle(
        decontaminate, [row], sets=[toy], on="thoughts", matching={"parts_share": 1, "min_share": 1, "min_ngrams": 20}
    )
    assert steps(outcome) == [("As I ", "contaminated")]


def test_an_item_that_runs_across_two_thoughts(settle: Settle, toy: str, draft: MakeDraft) -> None:
    half = ASKED.index("she finds")
    row = draft(AFTER, {0: ASKED[:half]})
    row = replace(row, thoughts=(*row.thoughts, Thought(0, 0, "recall", ASKED[half:])))
    whole = {"parts_share": 1, "min_share": 1, "min_ngrams": 24}
    (outcome,) = settle(decontaminate, [row], sets=[toy], action="cut", on="thoughts", matching=whole)
    assert [step.drop for step in outcome.rows[0].thoughts] == ["contaminated"] * 2


def test_every_candidate_is_looked_at(settle: Settle, toy: str, draft: MakeDraft) -> None:
    row = draft(AFTER, {0: "Fine."})
    row = replace(row, thoughts=(*row.thoughts, Thought(0, 1, "recall", OTHER), Thought(0, 2, "recall", "Fine too.")))
    (outcome,) = settle(decontaminate, [row], sets=[toy])
    assert [step.drop for step in outcome.rows[0].thoughts] == ["", "contaminated", ""]
    assert len(outcome.notes) == 1


def test_a_thought_amid_an_item_of_the_text_is_not_blamed(settle: Settle, toy: str, draft: MakeDraft) -> None:
    cut = len(BEFORE) + ASKED.index("she finds")
    row = draft(BEFORE + ASKED + AFTER, {cut: "Badgers again."})
    (outcome,) = settle(decontaminate, [row], sets=[toy], on="thoughts")
    assert steps(outcome) == [("Badge", "")]
    (outcome,) = settle(decontaminate, [row], sets=[toy])
    assert isinstance(outcome, Dropped)
    assert [note["where"] for note in outcome.notes] == ["text"]


def test_on_text_leaves_thoughts_alone(settle: Settle, toy: str, draft: MakeDraft) -> None:
    (outcome,) = settle(decontaminate, [draft(AFTER, {0: ASKED})], sets=[toy], on="text")
    assert outcome.notes == ()


def test_a_dropped_thought_is_not_looked_at(settle: Settle, toy: str, draft: MakeDraft) -> None:
    row = draft(AFTER, {0: ASKED})
    row = replace(row, thoughts=(replace(row.thoughts[0], drop="echo"),))
    (outcome,) = settle(decontaminate, [row], sets=[toy])
    assert outcome == Kept(row, (row,))


def test_an_earlier_reason_stays(settle: Settle, toy: str, draft: MakeDraft) -> None:
    row = draft(AFTER, {0: ASKED})
    row = replace(row, thoughts=(*row.thoughts, Thought(0, 0, "recall", "Badgers.", drop="echo")))
    (outcome,) = settle(decontaminate, [row], sets=[toy])
    assert [step.drop for step in outcome.rows[0].thoughts] == ["contaminated", "echo"]


@pytest.mark.parametrize(
    ("settings", "row", "refused"),
    [
        ({"action": "cut"}, Document, ""),
        ({"action": "cut"}, Passage, "before segment"),
        ({"action": "cut"}, Draft, "on: thoughts"),
        ({"action": "cut", "on": "thoughts"}, Draft, ""),
        ({"on": "thoughts"}, Document, "put it after generate"),
        ({"on": "thoughts"}, Passage, "put it after generate"),
        ({"on": "thoughts"}, Draft, ""),
        ({}, Passage, ""),
    ],
)
def test_what_does_not_fit_is_refused(toy: str, settings: dict[str, str], row: type, refused: str) -> None:
    said = decontaminate.refuses(read_config(decontaminate.config, {"sets": [toy], **settings}, "t"), row)
    assert refused in said
    assert bool(refused) == bool(said)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"sets": []}, "sets"),
        ({"sets": ["gone.jsonl"]}, "no such file"),
        ({"sets": [{"path": "x.jsonl", "filds": ["a"]}]}, "filds"),
        ({"matching": {"ngram_words": 5, "parts_words": 5}}, "parts_words"),
        ({"matching": {"ngrams": 5}}, "no setting 'ngrams'"),
    ],
)
def test_what_is_wrong_is_said_before_anything_runs(
    settle: Settle, toy: str, given: dict[str, Any], message: str
) -> None:
    with pytest.raises(UserError, match=message):
        settle(decontaminate, [], **{"sets": [toy], **given})


def test_each_draft_is_judged_by_its_own_views(settle: Settle, toy: str, draft: MakeDraft) -> None:
    rows = [draft(AFTER, {0: "Fine."}), draft(BEFORE, {0: OTHER}), draft(AFTER + BEFORE, {0: "Fine too."})]
    outcomes = settle(decontaminate, rows, sets=[toy])
    assert [len(outcome.notes) for outcome in outcomes] == [0, 1, 0]


def test_many_rows_keep_their_order(settle: Settle, toy: str) -> None:
    rows = [document(f"{BEFORE}{OTHER if number % 50 == 7 else AFTER} {number}") for number in range(600)]
    outcomes = settle(decontaminate, rows, sets=[toy])
    assert [outcome.row for outcome in outcomes] == rows
    assert [n for n, outcome in enumerate(outcomes) if isinstance(outcome, Dropped)] == list(range(7, 600, 50))


def test_what_was_noted_can_be_counted() -> None:
    from thinkaug.decontamination.hits import Hit

    hits = [Hit(row, "toy", item, "text", 0, 1, "x", 1.0, "short", "drop") for row, item in ("aa", "ba", "ba", "ab")]
    assert by_item(hits) == {"toy": {"a": 2, "b": 1}}
    assert lines(by_item(hits), most_items=1) == ["toy: 2 items in 3 places: a (2), ..."]


def test_hits_are_read_back_from_a_folder(settle: Settle, toy: str, tmp_path: Path) -> None:
    from functools import partial

    from thinkaug.runner import Unit, run_unit
    from thinkaug.stage import Services, Shard
    from thinkaug.store import Folder
    from thinkaug.templates import Templates

    folder = Folder(tmp_path / "stage", Document)
    folder.begin({})
    rows = [document(BEFORE), document(f"{BEFORE}{OTHER}")]
    config: Any = read_config(decontaminate.config, {"sets": [toy]}, "t")
    work = decontaminate.start(config, Services(Templates(), {}), [])
    manifest = run_unit(work, Unit(Shard("00000", partial(iter, rows)), ()), folder, 100, lambda counts: None)
    (hit,) = hits_of(folder)
    assert (hit.row, hit.set, hit.item, hit.span) == (rows[1].id, "toy", "p2", OTHER.rstrip("?"))
    assert manifest.dropped == {"contaminated": 1}
