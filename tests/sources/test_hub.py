"""hub: data sets as the real `datasets` reads them. The Hub itself is not in reach of a test."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import datasets
import huggingface_hub.constants
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from datasets import Dataset, DatasetDict

from thinkaug.errors import Unreadable, UserError
from thinkaug.sources.hub import hub_inputs
from thinkaug.stage import Raw


@pytest.fixture(autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path_factory.mktemp("cache"))


def lines(*texts: str) -> str:
    return "".join(json.dumps({"text": text, "n": len(text)}) + "\n" for text in texts)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data set of two splits, as JSON lines."""
    place = tmp_path / "gout"
    place.mkdir()
    (place / "train.jsonl").write_text(lines("one", "two", "three"))
    (place / "test.jsonl").write_text(lines("held out"))
    return place


def read(path: Path | str, **options: Any) -> list[Raw]:
    """As ingest does it: find, fingerprint, open, read."""
    found = []
    for data in hub_inputs([str(path)], options, "ingest: options"):
        data.fingerprint()
        for member in data.members([]):
            with member.open() as opened:
                found.extend(data.source(opened, member.name))
    return found


def texts(rows: Sequence[Raw]) -> list[str]:
    return [row.fields["text"] for row in rows if row.fields]


@pytest.mark.parametrize("streaming", [True, False])
def test_a_folder_is_read_as_a_data_set(folder: Path, streaming: bool) -> None:
    rows = read(folder, streaming=streaming)
    assert [(row.id, row.fields) for row in rows] == [
        ("gout/train#1", {"text": "one", "n": 3}),
        ("gout/train#2", {"text": "two", "n": 3}),
        ("gout/train#3", {"text": "three", "n": 5}),
    ]


def test_a_split_can_be_chosen(folder: Path) -> None:
    assert [(row.id, row.fields["text"]) for row in read(folder, split="test") if row.fields] == [
        ("gout/test#1", "held out")
    ]
    assert texts(read(folder, split="train[1:]", streaming=False)) == ["two", "three"]


def test_files_and_columns_can_be_chosen(folder: Path) -> None:
    assert [row.fields for row in read(folder, data_files=["test.jsonl"], columns=["text"])] == [{"text": "held out"}]


def test_a_folder_of_parquet_is_read(tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": ["one", "two"], "picture": [b"\x89PNG", None]}), tmp_path / "train.parquet")
    assert [row.fields for row in read(tmp_path)] == [
        {"text": "one", "picture": b"\x89PNG"},
        {"text": "two", "picture": None},
    ]


def test_what_save_to_disk_wrote_is_read(tmp_path: Path) -> None:
    one = Dataset.from_dict({"text": ["one", "two"]})
    one.save_to_disk(tmp_path / "one")
    DatasetDict({"train": one, "test": Dataset.from_dict({"text": ["three"]})}).save_to_disk(tmp_path / "dict")
    assert texts(read(tmp_path / "one")) == texts(read(tmp_path / "dict")) == ["one", "two"]
    assert texts(read(tmp_path / "dict", split="test")) == ["three"]
    with pytest.raises(UserError, match="no split 'dev'; there are: train, test"):
        read(tmp_path / "dict", split="dev")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"split": "dev"}, r"gout: Bad split: dev\. Available splits: .*see `options: \{hub: \.\.\.\}`"),
        ({"config": "medical"}, r"gout: BuilderConfig 'medical' not found\. Available: "),
        ({"columns": ["txt"]}, r"gout: Column name \['txt'\] not in the dataset"),
        ({"data_files": ["none.jsonl"]}, r"gout: Unable to find .*none\.jsonl"),
        ({"spilt": "test"}, r"ingest: options\.hub: no option 'spilt'; did you mean 'split'\?"),
        ({"streaming": "sometimes"}, r"ingest: options\.hub\.streaming: .*not 'sometimes'"),
    ],
)
def test_what_is_not_there_is_said_before_a_row_is_read(folder: Path, options: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        hub_inputs([str(folder)], options, "ingest: options")[0].fingerprint()


def test_a_folder_without_data_and_one_with_code_are_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "code.py").write_text("print('it ran')\n")
    with pytest.raises(UserError, match="doesn't contain any data files"):
        read(tmp_path / "empty")
    with pytest.raises(UserError, match="scripts are no longer supported"):
        read(tmp_path / "code")
    assert "it ran" not in "".join(capfd.readouterr())


def test_an_error_on_the_way_is_a_reason_behind_the_rows_that_were_read(tmp_path: Path) -> None:
    (tmp_path / "train-0.jsonl").write_text(lines("one", "two"))
    (tmp_path / "train-1.jsonl").write_text(lines("three") + "{broken\n")
    rows: list[Raw] = []
    (data,) = hub_inputs([str(tmp_path)], {}, "ingest: options")
    with data.open() as opened, pytest.raises(Unreadable, match=r"after row 2 of train: .*read them by their own"):
        rows.extend(data.source(opened, data.name))  # keeps what came before
    assert texts(rows) == ["one", "two"]
    with pytest.raises(Unreadable, match=r"JSON parse error.*read them by their own"):
        read(tmp_path, streaming=False)


def test_a_fingerprint_is_of_the_bytes(folder: Path) -> None:
    (data,) = hub_inputs([str(folder)], {}, "ingest: options")
    before = data.fingerprint()
    assert data.fingerprint() == before
    (folder / "test.jsonl").write_text(lines("held in"))
    assert data.fingerprint() != before


def test_a_link_out_of_the_folder_is_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.jsonl").write_text(lines("secret"))
    (folder / "train-1.jsonl").symlink_to("../secret.jsonl")
    with pytest.raises(UserError, match=r"train-1\.jsonl: a link to .*secret\.jsonl, outside .*`follow_links: true`"):
        read(folder)
    (data,) = hub_inputs([str(folder)], {}, "ingest: options", follow_links=True)
    assert data.fingerprint()


def test_an_id_that_cannot_be_asked_for_says_so_before_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)
    (data,) = hub_inputs(["hf://datasets/nobody/nothing"], {}, "ingest: options")
    assert data.name == "nobody/nothing"
    with pytest.raises(
        UserError, match=r"not in reach, and the data set is not in the cache .*; connect to the network"
    ):
        data.fingerprint()


ALOUD = """
import datasets, sys
from thinkaug.errors import Unreadable
from thinkaug.sources.hub import hub_inputs
before = datasets.are_progress_bars_disabled(), datasets.utils.logging.get_verbosity()
for path, streaming in (sys.argv[1], False), (sys.argv[2], True):
    (data,) = hub_inputs([path], {"streaming": streaming}, "x")
    data.fingerprint()
    with data.open() as opened:
        try:
            print(len(list(data.source(opened, data.name))))
        except Unreadable as error:
            print(error.kind)
print(before == (datasets.are_progress_bars_disabled(), datasets.utils.logging.get_verbosity()))
"""


def test_no_bars_and_no_log_lines_are_shown_and_the_settings_are_as_before(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "train.jsonl").write_text(lines("one") + "{broken\n")
    done = subprocess.run(
        [sys.executable, "-c", ALOUD, str(folder), str(tmp_path / "bad")],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "HF_DATASETS_CACHE": str(tmp_path / "cache")},
    )
    assert (done.stdout, done.stderr) == ("3\nhub\nTrue\n", "")
