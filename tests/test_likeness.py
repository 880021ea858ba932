"""show --cluster: who went for whom, and how they differ."""

import json
from pathlib import Path

import pytest

from thinkaug import build
from thinkaug.errors import UserError
from thinkaug.likeness import show_clusters
from thinkaug.plan import Plan

REST = (
    "is given by mouth once a day in the evening, and the dose is found by testing how long the blood takes to clot, "
    "first every day and later every few weeks, since food and other drugs change what it does in the body"
)
TEXTS = [
    f"Warfarin {REST}.",
    f"Warfarin {REST}; so it is.",
    f"Acenocoumarol {REST}.",
    f"Phenprocoumon {REST}.",
    "Heparin is given under the skin.\x1b[31m",
]


def planned(folder: Path, *stages: object) -> Plan:
    lines = [json.dumps({"text": text, "title": str(number)}) for number, text in enumerate(TEXTS)]
    (folder / "texts.jsonl").write_text("\n".join(lines))
    (folder / "toy.yaml").write_text(
        json.dumps({"stages": [{"ingest": {"paths": [str(folder / "texts.jsonl")]}}, *stages]})
    )
    return build.run(str(folder / "toy.yaml"), out=str(folder / "out"))


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return planned(tmp_path_factory.mktemp("likeness"), {"dedup": {"threshold": 0.7}})


def identity(plan: Plan, number: int) -> str:
    (found,) = [row.id for row in plan.steps[0].folder.all_rows() if row.title == str(number)]
    return str(found)


def printed(plan: Plan, wanted: str, capsys: pytest.CaptureFixture[str]) -> str:
    show_clusters(plan, wanted)
    return capsys.readouterr().out


def test_the_words_that_differ_stand_between_those_that_do_not(plan: Plan, capsys: pytest.CaptureFixture[str]) -> None:
    shown = printed(plan, identity(plan, 0)[:12], capsys)
    assert f"dedup: {identity(plan, 1)[:16]} | {identity(plan, 0)[:16]}: near_duplicate, similarity 0." in shown
    assert "... change what it does in the [-body; so it is.-] {+body.+}" in shown


def test_it_is_the_same_cluster_by_whichever_row(plan: Plan, capsys: pytest.CaptureFixture[str]) -> None:
    assert "near_duplicate" in printed(plan, identity(plan, 1), capsys)


def test_those_that_stay_for_what_they_state_are_shown_too(plan: Plan, capsys: pytest.CaptureFixture[str]) -> None:
    shown = printed(plan, identity(plan, 2), capsys)
    assert "kept_for_facts, similarity 0." in shown
    assert "+} is given by mouth once a ..." in shown


def test_without_an_id_the_clusters_are_listed(plan: Plan, capsys: pytest.CaptureFixture[str]) -> None:
    first, *rest = printed(plan, "", capsys).splitlines()
    assert first.startswith("dedup: ")
    assert ": 1 of 2 rows gone, from 0." in first
    assert [line for line in rest if "near duplicates stay for what they state" in line]


def test_a_row_without_a_cluster_is_said_to_have_none(plan: Plan) -> None:
    with pytest.raises(UserError, match="no cluster of dedup holds a row whose id begins with"):
        show_clusters(plan, identity(plan, 4))


def test_a_pipeline_without_dedup_has_no_clusters(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="has no dedup"):
        show_clusters(planned(tmp_path, "segment"), "")
