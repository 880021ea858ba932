"""filter, checks that see all thoughts first: what they say depends on the whole input, not on shards or order."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

import thinkaug
from thinkaug.dialogue import Ask
from thinkaug.engines.scripted import Scripted
from thinkaug.plan import Plan
from thinkaug.records import Document, Draft, content_id
from thinkaug.stage import Shard
from thinkaug.stages.filter import filter_
from thinkaug.stages.filtering.thoughts import show_everything

Settle = Callable[..., list[Any]]
MakeDraft = Callable[..., Draft]

COMMON = {"openings": {"n": 2, "max_share": 0.2, "min_count": 3}}


class Counting:
    """Objects to what it saw more than once; the order of calls is written down."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def observe(self, thinking: Any) -> None:
        self.calls.append(f"saw {thinking.text}")

    def __call__(self, thinking: Any) -> str:
        self.calls.append(f"judged {thinking.text}")
        return ""


def shards(*rows: Sequence[Any]) -> list[Shard]:
    return [Shard(f"{number:05d}", lambda mine=mine: iter(mine)) for number, mine in enumerate(rows)]  # type: ignore[misc]


def test_everything_is_shown_once_and_documents_have_no_thoughts(draft: MakeDraft) -> None:
    check = Counting()
    document = Document(content_id("x"), "x")
    pieces = shards([draft("One. Two.", {0: "a", 5: "b"}), document], [], [draft("Three.", {0: "c"})])
    show_everything([lambda thinking: "", check], pieces)
    assert check.calls == ["saw a", "saw b", "saw c"]


def test_where_no_check_must_see_all_nothing_is_read() -> None:
    def unwanted() -> Any:
        raise AssertionError("the input was read")

    show_everything([lambda thinking: "too_short"], [Shard("00000", unwanted)])


def opening_with(draft: MakeDraft, count: int) -> list[Draft]:
    """So many drafts, two thirds of which begin alike."""
    return [
        draft(f"Text {number}.", {0: f"Let me think of {number}." if number % 3 else f"{number} urate falls."})
        for number in range(count)
    ]


def dropped(outcomes: Sequence[Any]) -> set[str]:
    return {outcome.row.id for outcome in outcomes if getattr(outcome, "reason", "") == "common_opening"}


def test_what_is_common_is_so_over_all_shards_in_any_order(settle: Settle, draft: MakeDraft) -> None:
    rows = opening_with(draft, 30)
    whole = dropped(settle(filter_, rows, checks=[COMMON]))
    assert len(whole) == 20 - 6  # a fifth of 30 may begin alike
    assert dropped(settle(filter_, *[[row] for row in rows], checks=[COMMON])) == whole
    assert dropped(settle(filter_, rows[::-1], [], checks=[COMMON])) == whole


def test_two_runs_do_not_share_what_they_saw(settle: Settle, draft: MakeDraft) -> None:
    rows = opening_with(draft, 3)
    for _ in range(3):
        assert not dropped(settle(filter_, rows, checks=[COMMON]))


@pytest.fixture
def pipeline(tmp_path: Path) -> Path:
    texts = [json.dumps({"text": f"Text {number} about urate."}) + "\n" for number in range(12)]
    (tmp_path / "in.jsonl").write_text("".join(texts))
    place = tmp_path / "toy.yaml"
    stages = [
        {"ingest": {"paths": [str(tmp_path / "in.jsonl")], "shard_documents": 5}},
        "segment",
        "generate",
        {"filter": {"checks": [COMMON]}},
    ]
    place.write_text(json.dumps({"stages": stages}))
    return place


def run(pipeline: Path) -> Plan:
    def answer(ask: Ask) -> str:
        return "<recall>Let me think of urate.</recall>"

    return thinkaug.run(str(pipeline), out=str(pipeline.parent / "out"), engines={"writer": Scripted(answer)})


def test_a_shard_that_is_done_again_comes_out_the_same(pipeline: Path) -> None:
    folder = run(pipeline).steps[-1].folder
    before = {manifest.unit: (manifest.dropped, manifest.files) for manifest in folder.manifests()}
    assert len(before) == 3
    assert sum(sum(gone.values()) for gone, _ in before.values()) == 12 - 2
    kept = [row.id for row in folder.all_rows()]
    for unit in sorted(before):
        folder.forget(unit)
        run(pipeline)
        assert [row.id for row in folder.all_rows()] == kept
        assert {manifest.unit: manifest.dropped for manifest in folder.manifests()} == {
            unit: gone for unit, (gone, _) in before.items()
        }
