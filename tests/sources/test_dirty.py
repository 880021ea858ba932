"""The bar for bad input: of every file of the dirty set what can be recovered comes in, the rest has its reason."""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import thinkaug

BESIDE = "A good text beside the dirty ones."

MANIFEST = {
    **dict.fromkeys(["ok.jsonl", "bom.jsonl", "crlf.jsonl", "cr_only.jsonl", "no_final_newline.jsonl"], 50),
    "truncated_tail.jsonl": 49,
    "blank_and_comment_lines.jsonl": 40,
    "concatenated_objects.jsonl": 40,
    "pretty_printed.json": 20,
    "jsonl_named.json": 20,
    "python_repr.jsonl": 0,
    "cp1252.jsonl": 30,
    "mixed_encodings.jsonl": 30,
    "utf16le_bom.jsonl": 30,
    "utf16le_nobom.jsonl": 30,
    "nul_bytes.jsonl": 30,
    "nul_escape.jsonl": 10,
    "lone_surrogate.jsonl": 5,
    "control_chars.jsonl": 19,
    "dup_keys.jsonl": 2,
    "dup_ids.jsonl": 10,
    "missing_and_wrong_types.jsonl": 3,
    "nan_inf_bigint.jsonl": 4,
    "deep_nesting.jsonl": 2,
    "one_token_line.jsonl": 1,
    "repeat_line.jsonl": 1,
    "html_page.jsonl": 1,
    "rtl_bidi_zw.jsonl": 6,
    "u2028_lines.jsonl": 20,
    "empty.jsonl": 0,
    "only_newlines.jsonl": 0,
    "ok.jsonl.gz": 500,
    "truncated.jsonl.gz": -1,
    "gz_multi_member.jsonl.gz": 20,
    "not_gzip.jsonl.gz": 10,
    "chat_markup.jsonl": 4,
    "tex_broken.tex": 1,
    "xml_truncated.xml": 0,
    "xml_bad_amp.xml": 0,
    "xml_billion_laughs.xml": 0,
    "xml_external_entity.xml": 0,
    "xml_latin1_decl.xml": 1,
    "xml_lying_decl.xml": 1,
}
"""File -> the records that can be recovered, as the manifest has them; -1: any beginning."""

ASIDE = {
    "truncated_tail.jsonl": {"not_json": 1},
    "blank_and_comment_lines.jsonl": {"not_json": 1},
    "python_repr.jsonl": {"not_json": 20},
    "control_chars.jsonl": {"not_json": 2},  # a text cut in two by a line feed: which halves belong together is a guess
    "missing_and_wrong_types.jsonl": {"no_text": 4, "empty": 2, "not_object": 5},
    "deep_nesting.jsonl": {"too_deep": 1},
    "truncated.jsonl.gz": {"truncated": 1},
    "xml_truncated.xml": {"xml": 1},
    "xml_bad_amp.xml": {"xml": 1},
    "xml_billion_laughs.xml": {"entity": 1},
    "xml_external_entity.xml": {"entity": 1},
}
"""File -> what of it does not come in, by its reason; of the other files nothing is left out."""

OTHERWISE: dict[str, tuple[int, str]] = {}
"""File -> another count than the manifest has, and why we hold ours to be right."""

SETTINGS: dict[str, dict[str, Any]] = {}
"""File -> the settings it needs beyond `duplicates: keep` (the dirty set has texts twice on purpose)."""


@dataclass(frozen=True)
class Came:
    """What became of a file."""

    texts: list[str]
    aside: list[dict[str, Any]]


@pytest.fixture
def came(trial_data: Path, tmp_path: Path) -> Any:
    """Ingest a file of the dirty set, with a good one beside it that must come in whatever the other holds."""

    def ingest(name: str) -> Came:
        (tmp_path / "beside.txt").write_text(BESIDE)
        paths = [str(trial_data / "dirty" / name), str(tmp_path / "beside.txt")]
        settings = {"paths": paths, "duplicates": "keep", **SETTINGS.get(name, {})}
        pipeline = tmp_path / "dirty.yaml"
        pipeline.write_text(json.dumps({"stages": [{"ingest": settings}]}))
        folder = thinkaug.run(str(pipeline), out=str(tmp_path / "out")).steps[0].folder
        manifests = folder.manifests()
        texts = [row.text for manifest in manifests for file in manifest.files for row in folder.rows(file.path)]
        assert texts.pop() == BESIDE
        files = [file for m in manifests for file in (m.dropped_file, m.quarantine_file) if file]
        return Came(texts, [line for file in files for line in folder.lines(file)])

    return ingest


def test_the_table_is_that_of_the_manifest(trial_data: Path) -> None:
    lines = (trial_data / "dirty" / "manifest.jsonl").read_text().splitlines()
    assert {row["file"]: row["recoverable_records"] for row in map(json.loads, lines)} == MANIFEST


@pytest.mark.parametrize("name", MANIFEST)
def test_what_can_be_recovered_comes_in(came: Any, name: str) -> None:
    wanted, _ = OTHERWISE.get(name, (MANIFEST[name], ""))
    found = came(name)
    if wanted == -1:
        assert len(found.texts) > 0
    else:
        assert len(found.texts) == wanted
    assert all(text.strip() for text in found.texts)


@pytest.mark.parametrize("name", MANIFEST)
def test_the_rest_stands_aside_with_file_place_and_reason(came: Any, name: str) -> None:
    found = came(name)
    assert Counter(line.get("kind") or line["reason"] for line in found.aside) == ASIDE.get(name, {})
    for line in found.aside:
        assert line["id"].split("#")[0].endswith(name)
        if "kind" in line:
            assert line["message"]


def test_texts_come_in_as_they_were_meant(came: Any) -> None:
    """The same records lie in several files, each damaged in another way."""
    good = came("ok.jsonl").texts
    for name in ("bom.jsonl", "crlf.jsonl", "cr_only.jsonl", "no_final_newline.jsonl"):
        assert came(name).texts == good
    for name in ("truncated_tail.jsonl", "utf16le_bom.jsonl", "utf16le_nobom.jsonl", "jsonl_named.json"):
        texts = came(name).texts
        assert texts == good[: len(texts)]
    assert all("— “naïve” café 37°C €5" in text for text in came("cp1252.jsonl").texts)
    assert all("thé" in text and "Ã" not in text for text in came("mixed_encodings.jsonl").texts)
