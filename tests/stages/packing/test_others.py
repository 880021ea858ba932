"""Other data of a mix: every text once, as it is; what cannot be used is counted, and never ends the job."""

import gzip
import io
import json
import tarfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from thinkaug.errors import UserError
from thinkaug.records import Sample, Span, content_id
from thinkaug.schema import arrow_schema, from_batch
from thinkaug.stages.ingesting.config import Join
from thinkaug.stages.packing import others
from thinkaug.stages.packing.mix import Mix, Other
from thinkaug.stages.packing.others import OtherSet, fingerprints, read_others

ODD = [
    "é\r\nü\r",
    "中文。",
    "שלום",
    "👩\u200d👩\u200d👧",
    "e\u0301",
    "<think>no</think><|endoftext|>",
    "x",
    "\ufeffbom",
    "a\x00b",
]

Read = Callable[..., tuple[OtherSet, list[Sample]]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Reads one set called `web` of the files given: name -> bytes, text, or rows for JSON Lines."""

    def read_one(files: dict[str, Any], **options: Any) -> tuple[OtherSet, list[Sample]]:
        folder = tmp_path / "in"
        for name, body in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(
                jsonl(*body) if isinstance(body, list) else body.encode() if isinstance(body, str) else body
            )
        options.setdefault("paths", (str(folder),))
        found = read_others(Mix(others={"web": Other(share=0.1, **options)}), tmp_path / "out")["web"]
        return found, rows_of(found)

    return read_one


def rows_of(found: OtherSet) -> list[Sample]:
    with pa.ipc.open_stream(str(found.path)) as stream:
        assert stream.schema == arrow_schema(Sample)
        return [row for batch in stream for row in from_batch(Sample, batch)]


def jsonl(*rows: Any) -> bytes:
    return b"".join((row if isinstance(row, bytes) else json.dumps(row).encode()) + b"\n" for row in rows)


def packed(name: str, body: bytes) -> bytes:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w:gz") as archive:
        about = tarfile.TarInfo(name)
        about.size = len(body)
        archive.addfile(about, io.BytesIO(body))
    return sink.getvalue()


def parquet(**columns: Any) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


def arrow(**columns: Any) -> bytes:
    sink = io.BytesIO()
    table = pa.table(columns)
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return sink.getvalue()


def test_a_text_becomes_a_sample_of_one_span(read: Read) -> None:
    row = {"text": "Rain fell.", "license": "cc by 4.0", "domain": "news", "source": "https://x.org/1", "title": "Rain"}
    _, (sample,) = read({"a.jsonl": [row]})
    assert sample.id == content_id("web", "Rain fell.")
    assert (sample.text, sample.source, sample.domain) == ("Rain fell.", "https://x.org/1", "news")
    assert sample.spans == (Span(0, 10, "text", 1.0),)
    assert sample.no_loss_ranges == ()
    assert json.loads(sample.meta) == {
        "part": "web",
        "text_sha256": sha256(b"Rain fell.").hexdigest(),
        "title": "Rain",
        "language": "",
        "license": "CC-BY-4.0",
        "record": "a.jsonl#1",
    }


def test_domain_and_license_are_those_of_the_settings_where_records_say_none(read: Read) -> None:
    rows = [{"text": "one"}, {"text": "two", "license": "MIT", "domain": "law"}]
    _, samples = read({"a.jsonl": rows}, domain="web", license="CC0-1.0")
    assert [(s.domain, json.loads(s.meta)["license"]) for s in samples] == [("web", "CC0-1.0"), ("law", "MIT")]


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("a.jsonl", jsonl(*({"text": text} for text in ODD))),
        ("a.json", json.dumps([{"text": text} for text in ODD]).encode()),
        ("a.jsonl.gz", gzip.compress(jsonl(*({"text": text} for text in ODD)))),
        ("a.tar.gz", packed("deep/a.jsonl", jsonl(*({"text": text} for text in ODD)))),
        ("a.parquet", parquet(text=ODD)),
        ("a.arrow", arrow(text=ODD)),
    ],
    ids=["jsonl", "json", "gzip", "tar", "parquet", "arrow"],
)
def test_texts_are_kept_as_they_are_in_every_format(read: Read, name: str, body: bytes) -> None:
    found, samples = read({name: body})
    assert [sample.text for sample in samples] == ODD
    assert [sample.spans[0].end for sample in samples] == [len(text) for text in ODD]
    assert [json.loads(s.meta)["text_sha256"] for s in samples] == [sha256(t.encode()).hexdigest() for t in ODD]
    assert (found.rows, found.left_out) == (len(ODD), {})


def test_text_files_are_a_text_each(read: Read) -> None:
    _, samples = read({"a.txt": "one\r\n", "b.md": "# two\n"})
    assert [sample.text for sample in samples] == ["one\r\n", "# two\n"]


def test_the_field_of_the_text_may_be_another_or_several(read: Read) -> None:
    row = {"q": "Why?", "deep": {"a": "So."}}
    assert [s.text for s in read({"a.jsonl": [row]}, text="deep.a")[1]] == ["So."]
    assert [s.text for s in read({"a.jsonl": [row]}, text=Join(("q", "deep.a")))[1]] == ["Why?\n\nSo."]


def test_a_text_that_stands_twice_is_kept_once(read: Read) -> None:
    found, samples = read(
        {"a.jsonl": [{"text": "one"}, {"text": "two"}, {"text": "one"}], "b.jsonl": [{"text": "one"}]}
    )
    assert ([sample.text for sample in samples], found.left_out) == (["one", "two"], {"duplicate": 2})


def test_a_text_of_two_sets_is_a_sample_of_each(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("same")
    other = Other(share=0.1, paths=(str(tmp_path / "a.txt"),))
    found = read_others(Mix(others={"b": other, "a": other}), tmp_path / "out")
    assert list(found) == ["a", "b"]
    (one,), (two,) = map(rows_of, found.values())
    assert (one.text, one.id != two.id) == (two.text, True)
    assert json.loads(two.meta)["part"] == "b"


def test_records_that_cannot_be_used_are_counted_by_reason_and_the_rest_goes_on(read: Read) -> None:
    rows = [
        {"text": "good"},
        b"{not json",
        {"body": "elsewhere"},
        {"text": 5},
        {"text": None},
        {"text": ["a"]},
        {"text": ""},
        {"text": " \n\t "},
        b"[1, 2]",
        b"[" * 100_000,
        b'{"text": "lone \\ud800 half", "title": "\\udfff"}',
        b"\xff\xfe\xff",
        {"text": "also good", "meta": "{broken", "license": ["x"]},
    ]
    found, samples = read({"a.jsonl": rows, "cut.parquet": parquet(text=["x"])[:40], "b.json": "", "c.txt": b"\0" * 99})
    assert [sample.text for sample in samples] == ["good", "lone \ufffd half", "also good"]
    assert found.left_out["no_text"] == 4
    assert found.left_out["empty"] == 2
    assert sum(found.left_out.values()) >= 11
    assert all(reason.isidentifier() for reason in found.left_out)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.fixed_dictionaries({"text": st.text(max_size=8) | st.none() | st.integers()}), max_size=9))
def test_every_record_is_a_sample_or_is_counted(read: Read, rows: list[dict[str, Any]]) -> None:
    found, samples = read({"a.jsonl": [{"text": "always"}, *rows]})
    texts = [row["text"] for row in rows if isinstance(row["text"], str) and row["text"].strip()]
    assert [sample.text for sample in samples] == list(dict.fromkeys(["always", *texts]))
    assert found.rows + sum(found.left_out.values()) == len(rows) + 1


def test_many_texts_lie_in_batches_of_bounded_size(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(others, "_BATCH_CHARS", 1000)
    found, samples = read({"a.jsonl": [{"text": f"{n} " + "x" * (400 if n < 9 else 2)} for n in range(2009)]})
    with pa.ipc.open_stream(str(found.path)) as stream:
        sizes = [batch.num_rows for batch in stream]
    assert (len(samples), sizes[:3]) == (2009, [3, 3, 3])


def test_a_batch_has_no_more_rows_than_others(read: Read) -> None:
    found, _ = read({"a.jsonl": [{"text": str(n)} for n in range(2100)]})
    with pa.ipc.open_stream(str(found.path)) as stream:
        assert [batch.num_rows for batch in stream] == [1000, 1000, 100]


def test_a_text_too_long_for_a_column_is_left_out(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(others, "_MOST_CHARS", 10)
    found, samples = read({"a.jsonl": [{"text": "x" * 11}, {"text": "x" * 10}]})
    assert ([sample.text for sample in samples], found.left_out) == (["x" * 10], {"too_long": 1})


def saved(folder: Path, splits: dict[str, list[str]], **columns: list[str]) -> None:
    import datasets

    if list(splits) == [""]:
        datasets.Dataset.from_dict({"text": splits[""], **columns}).save_to_disk(folder)
        return
    parts = {name: datasets.Dataset.from_dict({"text": texts}) for name, texts in splits.items()}
    datasets.DatasetDict(parts).save_to_disk(folder)


def test_a_saved_data_set_is_read_without_what_lies_beside_its_rows(read: Read, tmp_path: Path) -> None:
    saved(tmp_path / "set", {"": ["one", "two"]})
    for name in ("README.md", "manifest.json", "cache-1.arrow"):
        (tmp_path / "set" / name).write_text("{}")
    found, samples = read({}, paths=(str(tmp_path / "set"),))
    assert ([sample.text for sample in samples], found.left_out) == (["one", "two"], {})


def test_of_a_saved_data_set_only_the_split_for_training_is_read(read: Read, tmp_path: Path) -> None:
    saved(tmp_path / "set", {"train": ["one"], "test": ["secret"]})
    assert [s.text for s in read({}, paths=(str(tmp_path / "set"),))[1]] == ["one"]
    other = {"paths": (str(tmp_path / "set"),), "options": {"hub": {"split": "test"}}}
    assert [s.text for s in read({}, **other)[1]] == ["secret"]


def test_saved_data_sets_and_files_are_read_together(read: Read, tmp_path: Path) -> None:
    saved(tmp_path / "set", {"": ["one", "two"]})
    paths = (str(tmp_path / "set"), str(tmp_path / "in"))
    assert sorted(s.text for s in read({"a.txt": "three"}, paths=paths)[1]) == ["one", "three", "two"]


def test_of_a_finished_set_of_ours_the_license_is_that_of_each_sample(read: Read, tmp_path: Path) -> None:
    metas = [json.dumps({"license": "CC-BY-4.0", "title": "T"}), "{}"]
    saved(tmp_path / "set", {"": ["one", "two"]}, meta=metas)
    _, samples = read({}, paths=(str(tmp_path / "set"),), license="CC0-1.0")
    assert [(json.loads(s.meta)["license"], json.loads(s.meta)["title"]) for s in samples] == [
        ("CC-BY-4.0", "T"),
        ("CC0-1.0", ""),
    ]


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(UserError) as error:
        call()
    return str(error.value)


def test_a_set_in_which_nothing_can_be_read_is_refused_with_the_first_reason(read: Read) -> None:
    message = refusal(lambda: read({"a.jsonl": [{"body": "one"}, {"body": "two"}, {"text": ""}]}))
    assert message == (
        "pack: mix.others.web: no record of 3 can be used (no_text 2, empty 1): a.jsonl#1: field 'text' is NoneType; "
        "fields: body; see `text:`, which names the field of the text, and `format:`"
    )


def test_a_set_without_records_is_refused(read: Read) -> None:
    assert refusal(lambda: read({"a.jsonl": ""})).startswith("pack: mix.others.web: no records; ")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"paths": ("nowhere/*.jsonl",)}, "pack: mix.others.web: paths: nowhere/*.jsonl: no such file"),
        ({"format": "jsnl"}, "pack: mix.others.web: format: no file in sources/ named 'jsnl'; did you mean 'jsonl'?"),
        (
            {"options": {"jsonl": {"strct": True}}},
            "pack: mix.others.web: options.jsonl: no option 'strct'; did you mean 'strict'?",
        ),
    ],
)
def test_what_is_wrong_with_a_set_is_said_before_the_run(tmp_path: Path, options: dict[str, Any], said: str) -> None:
    (tmp_path / "a.jsonl").write_bytes(jsonl({"text": "one"}))
    mix = Mix(others={"web": Other(share=0.1, **{"paths": (str(tmp_path),), **options})})
    assert refusal(lambda: fingerprints(mix)).startswith(said)


def test_fingerprints_change_with_the_files_and_not_with_the_order_of_sets(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one")
    (tmp_path / "b.txt").write_text("two")
    one, two = (Other(share=0.1, paths=(str(tmp_path / name),)) for name in ("a.txt", "b.txt"))
    before = fingerprints(Mix(others={"x": one, "y": two}))
    assert [entry[:2] for entry in before] == [["x", "a.txt"], ["y", "b.txt"]]
    assert fingerprints(Mix(others={"y": two, "x": one})) == before
    (tmp_path / "b.txt").write_text("TWO")
    after = fingerprints(Mix(others={"x": one, "y": two}))
    assert (after[0], after[1] != before[1]) == (before[0], True)


def test_without_other_data_there_is_nothing_to_read(tmp_path: Path) -> None:
    assert (fingerprints(Mix()), read_others(Mix(), tmp_path / "out")) == ([], {})


def test_the_hostile_files_of_the_trial_data_are_read_to_their_ends(read: Read, trial_data: Path) -> None:
    found, samples = read({}, paths=(str(trial_data / "dirty"),))
    assert len({sample.id for sample in samples}) == len(samples) == found.rows > 500
    assert all(sample.text.strip() and sample.spans[0].end == len(sample.text) for sample in samples)
