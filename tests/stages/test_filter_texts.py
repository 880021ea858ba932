"""filter, expert text: what a text check names is dropped or marked, in every type of row, and nothing else changes."""

import importlib
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import thinkaug
import thinkaug.quality
from thinkaug.engines.scripted import Scripted
from thinkaug.errors import UserError
from thinkaug.pipeline import load
from thinkaug.records import Document, Draft, Passage, content_id
from thinkaug.stage import Dropped, Kept, Services
from thinkaug.stages.filter import filter_
from thinkaug.stages.filtering.config import Config
from thinkaug.templates import Templates

Settle = Callable[..., list[Any]]
MakePassage = Callable[..., Passage]
MakeDraft = Callable[..., Draft]

# Two rule sets that are simple enough to be told by eye.
TOYS = {
    "toy_short": """
from typing import Annotated
from annotated_types import Ge
from thinkaug.quality import TextCheck

def toy_short(*, chars: Annotated[int, Ge(0)] = 5) -> TextCheck:
    return lambda text: "text_too_short" if len(text) < chars else ""
""",
    "toy_loud": """
from thinkaug.quality import TextCheck

def toy_loud() -> TextCheck:
    return lambda text: "loud" if "!" in text else ""
""",
}
THOUGHT = "Which drug lowers urate without harm to the kidney?"
HOSTILE = [
    "",
    "word",
    "a" * 5000,
    "\u75db\u98ce" * 40,
    "\u05d0\u05d1!",
    "\U0001f468\u200d\U0001f469",
    "\u0301",
    "\ud800!",
]


@pytest.fixture(scope="module", autouse=True)
def toys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("quality")
    for name, source in TOYS.items():
        (folder / f"{name}.py").write_text(source)
    home = thinkaug.quality.__path__
    home.append(str(folder))
    importlib.invalidate_caches()
    yield
    home.remove(str(folder))
    for name in TOYS:
        sys.modules.pop(f"thinkaug.quality.{name}", None)


def document(text: str, meta: str = "{}") -> Document:
    return Document(content_id(text), text, meta=meta)


def rows_of(text: str, passage: MakePassage, draft: MakeDraft) -> list[Document | Passage | Draft]:
    """The same text as each type of row."""
    return [document(text), passage(text), draft(text, {0: THOUGHT})]


def test_a_text_that_a_check_names_is_dropped_in_every_type_of_row(
    settle: Settle, passage: MakePassage, draft: MakeDraft
) -> None:
    for row in rows_of("Stop!", passage, draft):
        (outcome,) = settle(filter_, [row], texts=["toy_loud"], checks=[])
        assert outcome == Dropped(row, "loud", "texts[0]: toy_loud")


def test_a_text_that_no_check_names_goes_on_as_it_was(settle: Settle, passage: MakePassage, draft: MakeDraft) -> None:
    for row in rows_of("A calm text.", passage, draft):
        (outcome,) = settle(filter_, [row], texts=["toy_loud", "toy_short"], checks=[])
        assert outcome == Kept(row, (row,))


def test_the_first_text_check_that_objects_gives_the_reason(settle: Settle) -> None:
    row = document("Go!")
    for texts, reason, which in (
        (["toy_short", "toy_loud"], "text_too_short", "texts[0]: toy_short"),
        (["toy_loud", "toy_short"], "loud", "texts[0]: toy_loud"),
        ([{"toy_short": {"chars": 2}}, "toy_loud"], "loud", "texts[1]: toy_loud"),
    ):
        (outcome,) = settle(filter_, [row], texts=texts)
        assert (outcome.reason, outcome.detail) == (reason, which)


def test_marks_name_every_check_that_objects_and_reach_the_samples_meta(
    settle: Settle, passage: MakePassage, draft: MakeDraft
) -> None:
    mark = {"texts": ["toy_short", "toy_loud"], "texts_action": "mark", "checks": []}
    for row in rows_of("Go!", passage, draft):
        (outcome,) = settle(filter_, [row], **mark)
        (kept,) = outcome.rows
        passed = kept.passage if isinstance(kept, Draft) else kept
        assert json.loads(passed.meta) == {"text_checks": ["text_too_short", "loud"]}
        assert outcome.tally == {"text_text_too_short": 1, "text_loud": 1}
        before = row.passage if isinstance(row, Draft) else row
        assert replace(passed, meta=before.meta) == before
        assert kept.id == row.id


def test_a_mark_leaves_what_the_meta_held_and_comes_after_earlier_marks(settle: Settle) -> None:
    row = document("Go!", meta='{"year": 1999, "text_checks": ["too_old", "loud"]}')
    (outcome,) = settle(filter_, [row], texts=["toy_short", "toy_loud"], texts_action="mark")
    assert json.loads(outcome.rows[0].meta) == {"year": 1999, "text_checks": ["too_old", "loud", "text_too_short"]}


@pytest.mark.parametrize("theirs", ["loud", 3, None, [1, {"a": 2}], {"a": 1}])
def test_a_source_that_calls_something_else_by_that_name_stops_nothing(settle: Settle, theirs: object) -> None:
    row = document("Go!", meta=json.dumps({"text_checks": theirs}))
    (outcome,) = settle(filter_, [row], texts=["toy_loud"], texts_action="mark")
    assert json.loads(outcome.rows[0].meta) == {"text_checks": ["loud"]}


def test_the_thoughts_of_a_text_that_goes_are_not_looked_at(settle: Settle, draft: MakeDraft) -> None:
    row = draft("Stop!", {0: "Hm."})
    (outcome,) = settle(filter_, [row], texts=["toy_loud"], checks=["length"])
    assert (outcome.reason, dict(outcome.tally)) == ("loud", {})
    assert outcome.row == row


def test_a_marked_draft_is_filtered_by_its_thoughts_all_the_same(settle: Settle, draft: MakeDraft) -> None:
    row = draft("Stop! Go slow.", {0: "Hm.", 6: THOUGHT})
    (outcome,) = settle(filter_, [row], texts=["toy_loud"], texts_action="mark", checks=["length"])
    assert [thought.drop for thought in outcome.rows[0].thoughts] == ["too_short", ""]
    assert outcome.tally == {"text_loud": 1, "thought_too_short": 1}


@pytest.mark.parametrize("text", HOSTILE, ids=[f"text{n}" for n in range(len(HOSTILE))])
@pytest.mark.parametrize("action", ["drop", "mark"])
def test_no_text_stops_it(settle: Settle, passage: MakePassage, text: str, action: str) -> None:
    body = text.encode("utf-8", "replace").decode()  # a row that lies on disk is UTF-8
    for row in (document(text), passage(body)):
        (outcome,) = settle(filter_, [row], texts=["toy_loud"], texts_action=action)
        loud = "!" in text
        assert isinstance(outcome, Dropped if loud and action == "drop" else Kept)
        if loud and action == "mark":
            assert json.loads(outcome.rows[0].meta)["text_checks"] == ["loud"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.text("ab! \u75db\u0301", max_size=8), max_size=12),
    st.sampled_from(["drop", "mark"]),
    st.integers(0, 6),
)
def test_every_row_is_settled_once_in_order_and_its_text_never_changes(
    settle: Settle, texts: list[str], action: str, chars: int
) -> None:
    rows = [replace(document(text), id=f"{number:032x}") for number, text in enumerate(texts)]
    checks = ["toy_loud", {"toy_short": {"chars": chars}}]
    outcomes = settle(filter_, rows[:3], rows[3:], texts=checks, texts_action=action)
    assert [outcome.row for outcome in outcomes] == rows
    for row, outcome in zip(rows, outcomes, strict=True):
        wrong = "!" in row.text or len(row.text) < chars
        if action == "drop":
            assert isinstance(outcome, Dropped if wrong else Kept)
        if isinstance(outcome, Kept):
            (kept,) = outcome.rows
            assert replace(kept, meta=row.meta) == row
            assert (kept.meta != row.meta) == (wrong and action == "mark")


def plan_of(folder: Path, *stages: Any) -> Any:
    (folder / "in.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in ("A calm text.", "Go on!")))
    place = folder / "toy.yaml"
    place.write_text(json.dumps({"stages": [{"ingest": {"paths": [str(folder / "in.jsonl")]}}, *stages]}))
    return load(str(place), out=str(folder / "out"), engines={"writer": Scripted(lambda ask: "")})


def test_a_filter_may_stand_anywhere_and_writes_what_it_reads(tmp_path: Path) -> None:
    texts = {"filter": {"texts": ["toy_loud"]}}
    plan = plan_of(tmp_path, texts, "segment", texts, "generate", texts, "pack")
    assert [step.folder.record.__name__ for step in plan.steps] == [
        *("Document", "Document", "Passage", "Passage", "Draft", "Draft", "Sample"),
    ]


def test_what_goes_stands_in_dropped_with_the_check_that_said_so(tmp_path: Path) -> None:
    plan_of(tmp_path, {"filter": {"texts": ["toy_loud"]}})
    plan = thinkaug.run(str(tmp_path / "toy.yaml"), out=str(tmp_path / "out"))
    folder = plan.steps[1].folder
    assert [row.text for row in folder.all_rows()] == ["A calm text."]
    (manifest,) = folder.manifests()
    (line,) = folder.lines(manifest.dropped_file)
    assert (line["reason"], line["detail"], line["row"]["text"]) == ("loud", "texts[0]: toy_loud", "Go on!")


@pytest.mark.parametrize(
    ("stages", "message"),
    [
        (["filter"], r"stages\[1\]: filter: there are no thoughts yet, .* \(texts: \[...\]\) or mask"),
        (["segment", "filter"], r"stages\[2\]: filter: there are no thoughts yet"),
        ([{"filter": {"checks": []}}], r"there are no thoughts yet"),
        ([{"filter": {"texts": ["toy_loud"], "checks": ["length"]}}], r"filter: checks: .*filter after generate"),
        ([{"filter": {"texts": ["toy_loud"], "judge": {"rubric": {"a": "A?"}}}}], r"filter: judge: .* after generate"),
        (["segment", {"filter": {"mask": ["email"]}}], r"stages\[2\]: filter: mask: .* before segment"),
        (
            [{"filter": {"texts": ["toy_lod"]}}],
            r"filter: texts\[0\]: no file in quality/ named 'toy_lod'; did you mean",
        ),
        ([{"filter": {"texts": ["toy_loud", {"toy_short": {"char": 3}}]}}], r"texts\[1\]\.toy_short: no option 'char'"),
        ([{"filter": {"texts": [{"toy_short": {"chars": -1}}]}}], r"texts\[0\]\.toy_short\.chars: .*not -1"),
        ([{"filter": {"texts": [{"toy_short": {}, "toy_loud": {}}]}}], r"texts\[0\]: one check with its options"),
        ([{"filter": {"texts": ["toy_loud"], "texts_action": "cut"}}], r"filter\.texts_action: .*not 'cut'"),
        ([{"filter": {"mask": ["emial"]}}], r"filter\.mask\.0: .*'email'.*not 'emial'"),
    ],
)
def test_what_cannot_work_is_refused_when_the_pipeline_is_read(tmp_path: Path, stages: Any, message: str) -> None:
    with pytest.raises(UserError, match=message):
        plan_of(tmp_path, *stages)


def test_what_is_asked_by_default_is_shaped_by_nothing_and_uses_no_engine() -> None:
    assert filter_.shaped_by(Config(), Services(Templates(), {})) == {}
    assert filter_.uses(Config()) == {}
