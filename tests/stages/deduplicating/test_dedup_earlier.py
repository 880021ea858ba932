"""What an earlier build holds goes; what cannot be compared with is refused."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import thinkaug
from thinkaug.engines.scripted import Scripted
from thinkaug.errors import UserError
from thinkaug.records import Document
from thinkaug.stages.deduplicating.clusters import clusters_of
from thinkaug.store import Folder

TEXTS = ["One text about gout.", "Another about tea.", "A third about bread and butter."]


def build(tmp_path: Path, name: str, texts: list[str], **dedup: Any) -> Folder:
    source = tmp_path / f"{name}.jsonl"
    source.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    pipeline = tmp_path / f"{name}.yaml"
    pipeline.write_text(json.dumps({"stages": [{"ingest": {"paths": [str(source)]}}, {"dedup": dedup}]}))
    return thinkaug.run(str(pipeline), out=str(tmp_path / "out")).steps[-1].folder


def left(folder: Folder) -> list[str]:
    return [row.text for row in folder.all_rows()]


@pytest.fixture
def older(tmp_path: Path) -> Path:
    return build(tmp_path, "older", TEXTS[:2]).path


def test_what_an_earlier_build_holds_goes(tmp_path: Path, older: Path) -> None:
    new = build(tmp_path, "new", [text.upper() for text in TEXTS] + [TEXTS[2]], against=[str(older)])
    assert [text.casefold() for text in left(new)] == [TEXTS[2].casefold()]
    (manifest,) = new.manifests()
    assert manifest.dropped == {"duplicate_of_earlier": 2, "exact_duplicate": 1}
    ids = {row.id for row in Folder(older, Document).all_rows()}
    named = [cluster for cluster in clusters_of(new) if cluster.members[0].reason == "duplicate_of_earlier"]
    assert {keeper for cluster in named for keeper in cluster.keepers} == ids


@pytest.mark.parametrize("kind", ["parquet", "jsonl", "arrow", "folder"])
def test_files_are_compared_with_too(tmp_path: Path, kind: str) -> None:
    table = pa.table({"text": TEXTS[:2]})
    place = tmp_path / f"earlier.{kind}"
    if kind == "parquet":
        pq.write_table(table, place)
    elif kind == "jsonl":
        place.write_text("".join(json.dumps({"text": text}) + "\n" for text in TEXTS[:2]))
    elif kind == "arrow":
        with pa.ipc.new_stream(place, table.schema) as stream:
            stream.write_table(table)
    else:
        place.mkdir()
        with pa.ipc.new_stream(place / "data-00000-of-00001.arrow", table.schema) as stream:
            stream.write_table(table)
        (place / "state.json").write_text("{}")
    assert left(build(tmp_path, "new", TEXTS, against=[str(place)])) == TEXTS[2:]


def test_of_a_finished_set_the_expert_text_is_compared(tmp_path: Path) -> None:
    text = f"<thinking>\nWell?\n</thinking>\n{TEXTS[0]}"
    cut = len(text) - len(TEXTS[0])
    spans = [{"start": 0, "end": cut, "kind": "marker"}, {"start": cut, "end": len(text), "kind": "text"}]
    (tmp_path / "set").mkdir()
    table = pa.table({"id": ["x"], "text": [text], "spans": [spans]})
    with pa.ipc.new_stream(tmp_path / "set" / "train.arrow", table.schema) as stream:
        stream.write_table(table)
    assert left(build(tmp_path, "new", TEXTS, against=[str(tmp_path / "set")])) == TEXTS[1:]


def test_other_files_lead_to_another_folder(tmp_path: Path) -> None:
    place = tmp_path / "earlier.jsonl"
    folders = []
    for text in TEXTS[:2]:
        place.write_text(json.dumps({"text": text}) + "\n")
        folders.append(build(tmp_path, "new", TEXTS, against=[str(place)]))
    assert folders[0].path != folders[1].path
    assert left(folders[0]) == TEXTS[1:]
    assert left(folders[1]) == [TEXTS[0], TEXTS[2]]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("", "holds no rows"),
        ('{"body": "x"}\n', "has no `text`"),
        ('{"text": 3}\n', "has no `text`"),
        ("{]\n", "mend the file"),
    ],
)
def test_what_has_no_text_is_refused(tmp_path: Path, lines: str, said: str) -> None:
    (tmp_path / "earlier.jsonl").write_text(lines)
    with pytest.raises(UserError, match=said):
        build(tmp_path, "new", TEXTS, against=[str(tmp_path / "earlier.jsonl")])


def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"against.*nowhere.*no such file"):
        build(tmp_path, "new", TEXTS, against=[str(tmp_path / "nowhere")])


def test_what_is_not_finished_is_refused(tmp_path: Path, older: Path) -> None:
    for manifest in (older / "manifest").iterdir():
        manifest.unlink()
    with pytest.raises(UserError, match="no shard of it is finished"):
        build(tmp_path, "new", TEXTS, against=[str(older)])


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(UserError, match=r"a \.txt file is not read"):
        build(tmp_path, "new", TEXTS, against=[str(tmp_path / "a.txt")])


def test_a_finished_build_is_compared_by_its_expert_text(tmp_path: Path) -> None:
    (tmp_path / "whole.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in TEXTS[:2]))
    stages = [{"ingest": {"paths": [str(tmp_path / "whole.jsonl")]}}, "segment", "generate", "pack"]
    (tmp_path / "whole.yaml").write_text(json.dumps({"stages": stages}))
    writer = Scripted(lambda ask: "<self_talk>What is to be weighed here before it is told?</self_talk>")
    thinkaug.run(str(tmp_path / "whole.yaml"), out=str(tmp_path / "out"), engines={"writer": writer})
    new = build(tmp_path, "new", TEXTS, against=[str(tmp_path / "out" / "whole")])
    assert left(new) == TEXTS[2:]


def test_a_build_without_a_finished_data_set_is_refused_with_the_folders_that_there_are(
    tmp_path: Path, older: Path
) -> None:
    with pytest.raises(UserError, match=rf"has no finished data set; name one of .* {older.parent}/ingest-"):
        build(tmp_path, "new", TEXTS, against=[str(older.parent)])
