"""card: what the Hub and a person read of a set; names that anyone may have chosen change nothing in it."""

import re
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from huggingface_hub import DatasetCard
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from thinkaug.ledger import Entry, Ledger, Lineage
from thinkaug.records import KINDS
from thinkaug.shards.card import About, card
from thinkaug.shards.describing.head import hub_license
from thinkaug.shards.describing.markdown import code, plain, table

HOSTILE = (
    "",
    " ",
    "a|b",
    "`x`",
    "``` \n# new",
    "---\nlicense: mit\n---",
    "x: {y}",
    "'\"",
    "<script>alert(1)</script>",
    "<!--",
    "[click](javascript:x)",
    "![x](y)",
    "**bold** _it_ ~~no~~",
    "$x$",
    "\\",
    "&amp;",
    "\r\n| a | b |\n|---|---|",
    "\u202egnp.exe",
    "\x1b[31m",
    "\ud800",
    "日本語のライセンス",
    "رخصة",
    "👩🏽‍⚕️",
    "x" * 5000,
    "!!python/object:os.system",
    "- a",
    "# h",
    "null",
    "~",
)


def ledger(name: str) -> Ledger:
    return Ledger(name, 12, 9, 9, {"echo": 2}, {"format": 1}, {}, 1.0)


def about(**changes: Any) -> About:
    """A small set, made of a file, with a part of replay."""
    steps = (
        Entry("ingest", "ingest-0", "0", {"config": {"paths": ["/home/somebody/notes/heart.jsonl"]}}, ledger("ingest")),
        Entry("generate", "generate-0", "1", {"config": {}}, ledger("generate")),
    )
    made = {"name": "made", "rows": 9, "distinct_rows": 9, "chars": 900, "tokens": 300, "asked": {}, "share": 0.75}
    again = {**made, "name": "replay", "rows": 3, "asked": {"share": 0.25}, "share": 0.25}
    given = About(
        lineage=Lineage("heart", steps),
        rows=12,
        kinds={
            "text": {"spans": 12, "chars": 800, "tokens": 200, "weight": 100.0},
            "recall": {"spans": 3, "chars": 90, "tokens": 30, "weight": 30.0},
        },
        layout={"name": "text"},
        parts=(made, again),
        licenses={"CC-BY-4.0": 12},
        models={"org/model@1": 12},
        languages={"en": 12},
    )
    return replace(given, **changes)


def head(given: About) -> dict[str, Any]:
    """The YAML head as the Hub's own client reads it."""
    data: Any = DatasetCard(card(given)).data
    found: dict[str, Any] = data.to_dict()
    return found


def cells(text: str) -> list[list[str]]:
    """All rows of all tables, as a Markdown parser finds them, as the text that is shown."""
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    rows: list[list[str]] = []
    for before, token in pairwise(tokens):
        if before.type == "tr_open":
            rows.append([])
        if before.type in ("td_open", "th_open"):
            rows[-1].append("".join(child.content for child in token.children or ()))
    return rows


def test_the_head_is_what_the_hub_wants() -> None:
    found = head(about())
    assert found["license"] == "cc-by-4.0"
    assert found["language"] == ["en"]
    assert found["task_categories"] == ["text-generation"]
    assert found["size_categories"] == ["n<1K"]
    assert found["configs"][0]["data_files"] == [{"split": "train", "path": "train/shards/train-*.arrow"}]


LICENSES: dict[str, tuple[dict[str, int], dict[str, str]]] = {
    "none": ({"": 3}, {"license": "unknown"}),
    "no samples": ({}, {"license": "unknown"}),
    "in words": ({"Creative Commons Attribution 4.0": 3}, {"license": "cc-by-4.0"}),
    "one in two wordings": ({"CC BY 4.0": 1, "CC-BY-4.0": 1}, {"license": "cc-by-4.0"}),
    "two": ({"MIT": 1, "CC0-1.0": 1}, {"license": "other", "license_name": "cc0-1.0-and-mit"}),
    "one and none": ({"MIT": 1, "": 1}, {"license": "other", "license_name": "mit-and-unstated"}),
    "many": ({"MIT": 1, "ISC": 1, "CC0-1.0": 1, "x": 1}, {"license": "other", "license_name": "several"}),
    "no version": ({"CC-BY": 1}, {"license": "other", "license_name": "cc-by"}),
    "in no list": ({"Ask Me First!": 1}, {"license": "other", "license_name": "ask-me-first"}),
    "freed": ({"public domain": 1}, {"license": "other", "license_name": "public-domain"}),
}


@pytest.mark.parametrize(("counts", "expected"), LICENSES.values(), ids=LICENSES)
def test_licences_are_named_as_the_hub_names_them(counts: dict[str, int], expected: dict[str, str]) -> None:
    found = head(about(licenses=counts))
    assert {name: found[name] for name in ("license", "license_name") if name in found} == expected


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("GPL-3.0", "gpl-3.0"),
        ("AGPL-3.0-or-later", "agpl-3.0"),
        ("GFDL-1.3", "gfdl"),
        ("ODbL-1.0", "odbl"),
        ("ODC-By-1.0", "odc-by"),
        ("PDDL-1.0", "pddl"),
        ("MIT OR Apache-2.0", ""),
        ("other", ""),
        ("unknown", ""),
    ],
)
def test_one_id_of_the_hub_stands_for_several_of_spdx(words: str, name: str) -> None:
    assert hub_license(words) == name


@pytest.mark.parametrize("found", [{"en": 1, "de": 1}, {"en": 1, "": 1}, {"": 1}, {"English": 1}, {"en\nx": 1}, {}])
def test_a_language_is_named_only_where_all_samples_agree_on_a_code(found: dict[str, int]) -> None:
    assert "language" not in head(about(languages=found))


@pytest.mark.parametrize(
    ("rows", "size"),
    [(0, "n<1K"), (999, "n<1K"), (1000, "1K<n<10K"), (10**6, "1M<n<10M"), (10**12 - 1, "100B<n<1T"), (10**12, "n>1T")],
)
def test_the_size_is_a_category_of_the_hub(rows: int, size: str) -> None:
    assert head(about(rows=rows))["size_categories"] == [size]


def test_it_says_who_wrote_the_thoughts_and_that_they_may_be_wrong() -> None:
    text = card(about(models={"a/b": 1, "": 2, "c": 3}))
    assert "written by a/b, c. **They may be wrong**" in text
    assert "written by no model" in card(about(models={"": 2}))


def test_licences_have_the_counts_of_their_samples() -> None:
    assert "Licences of the expert texts: CC-BY-4.0." in card(about())
    rows = cells(card(about(licenses={"MIT": 3, "CC0-1.0": 1200, "": 1})))
    assert rows[1:4] == [["CC0-1.0", "1,200"], ["MIT", "3"], ["not stated", "1"]]


def test_parts_kinds_and_stages_are_tables() -> None:
    rows = cells(card(about()))
    assert ["made here", "9", "9", "900", "300", "-", "75.00%"] in rows
    assert ["replay", "3", "9", "900", "300", "share 0.25", "25.00%"] in rows
    assert ["text", "12", "800", "200", "0.5"] in rows
    assert ["generate", "12", "9", "2", "1"] in rows


TEXT_ALONE = {"text": {"spans": 1, "chars": 2}}


@pytest.mark.parametrize(("rows", "control"), [(9, "raw"), (18, "raw_repeat")])
def test_a_set_without_thoughts_is_a_control_by_itself(rows: int, control: str) -> None:
    part = {"name": "made", "rows": rows, "distinct_rows": 9, "asked": {}, "share": 1.0}
    given = about(kinds=TEXT_ALONE, parts=(part,))
    assert body(given)[1].startswith(f"**This is the control `{control}`")
    assert "There are no thoughts in it." in card(given)
    assert "control" in head(given)["tags"]


def test_kinds_that_the_settings_leave_out_are_named() -> None:
    config = {"style": {"kinds": [kind for kind in KINDS if kind != "self_talk"]}}
    steps = (*about().lineage.entries, Entry("pack", "pack-0", "2", {"config": config}, ledger("pack")))
    assert "Steps of kind self_talk are left out." in card(about(lineage=Lineage("heart", steps)))
    assert "left out." not in card(about())


def test_what_was_not_counted_is_a_dash() -> None:
    part = {"name": "made", "rows": 1, "distinct_rows": 1, "asked": {}, "share": 1.0}
    rows = cells(card(about(parts=(part,), kinds={"text": {"spans": 1, "chars": 2}})))
    assert ["made here", "1", "1", "-", "-", "-", "100.00%"] in rows
    assert ["text", "1", "2", "-", "-"] in rows


def test_files_are_named_without_the_folders_they_lay_in() -> None:
    text = card(about())
    assert "`heart.jsonl`" in text
    assert "somebody" not in text


@pytest.mark.parametrize(
    ("layout", "line", "trap"),
    [
        ("text", 'print(rows[0]["text"])', "it trains on every character"),
        ("tokens", 'print(rows[0]["input_ids"])', "makes labels of its own"),
        ("packed", 'print(rows[0]["labels"])', "padding_free=True, max_length=None"),
    ],
)
def test_each_layout_says_how_to_load_it_and_what_to_know(layout: str, line: str, trap: str) -> None:
    text = card(about(layout={"name": layout, "window_tokens": 4096, "eos_id": 2, "bos_ids": [1]}))
    (block,) = re.findall("```python\n(.*?)```", text, re.S)
    assert line in block
    compile(block, "card", "exec")
    assert trap in text.lower() or trap in text
    assert ["window tokens", "4,096"] in cells(text)


def test_windows_are_not_called_samples() -> None:
    assert "12 samples in 5 windows" in card(about(layout={"name": "packed"}, rows=5))


def test_special_tokens_come_with_the_lines_that_add_them() -> None:
    text = card(about(special_tokens=("<|think|>", "a'\n```\"")))
    lines = re.findall("```python\n(.*?)\n```\n", text, re.S)[1].splitlines()
    added: list[Any] = []

    class Tokenizer:
        def add_tokens(self, tokens: list[str], special_tokens: bool) -> None:
            added.extend((*tokens, special_tokens))

    exec(lines[0], {"tokenizer": Tokenizer()})
    assert added == ["<|think|>", "a'\n```\"", True]
    assert "resize_token_embeddings" in lines[1]
    assert len(lines) == 2
    assert "Special tokens" not in card(about())


def body(given: About) -> list[str]:
    return DatasetCard(card(given)).text.strip().split("\n\n")


@pytest.mark.parametrize("control", ["raw", "raw_repeat", "mismatched", "unpruned", "shuffled_steps", "without_recall"])
def test_a_control_says_first_what_it_is_and_why(control: str) -> None:
    first = body(about(control=control))[1]
    assert first.startswith(f"**This is the control `{control}`: ")
    assert "Train on it beside the set itself: " in first
    assert "control" in head(about(control=control))["tags"]


def test_a_set_that_is_no_control_does_not_say_so_and_names_its_twins() -> None:
    text = card(about())
    assert "This is the control" not in text
    assert "control" not in head(about())["tags"]
    assert all(f"- `{name}`: " in text for name in ("raw", "raw_repeat", "mismatched", "unpruned", "shuffled_steps"))


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_name_changes_neither_head_nor_tables(name: str) -> None:
    plainly, given = card(about()), hostile(name)
    text = card(given)
    assert text.encode()  # half a surrogate pair could not be written
    assert re.findall("(?m)^#+ ", text) == re.findall("(?m)^#+ ", plainly)
    found, expected = head(given), head(about(licenses={"x": 1, "y": 1}, languages={}))
    assert found.keys() == expected.keys()
    assert found["configs"] == expected["configs"]
    assert found["license"] == "other"
    assert "\n" not in found["pretty_name"]
    assert [len(row) for row in cells(text)] == [len(row) for row in cells(card(hostile("name")))]
    assert "html" not in {token.type.partition("_")[0] for token in inline(text)}
    assert not {"link_open", "image", "strong_open", "s_open"} & {token.type for token in inline(text, "name")}


def hostile(name: str) -> About:
    """The set with that name wherever anyone may have chosen one."""
    given = about(licenses={name: 1, "MIT": 1}, models={name: 1}, languages={name: 1})
    kinds = {**given.kinds, name: {"spans": 1, "chars": 1, "tokens": 1, "weight": 1}}
    steps = tuple(
        replace(entry, label=name, shaped_by={"config": {"paths": [name, 7]}}) for entry in given.lineage.entries
    )
    parts = tuple({**part, "name": name} for part in given.parts)
    layout = {"name": "text", "tokenizer": name}
    return replace(given, lineage=Lineage(name, steps), kinds=kinds, parts=parts, layout=layout)


def inline(text: str, without: str = "") -> list[Any]:
    """All tokens of what the Markdown shows; of lines that are ours alone nothing, where asked."""
    ours = set(card(hostile(without)).splitlines()) if without else set()
    kept = "\n".join(line for line in text.split("---\n", 2)[-1].splitlines() if line not in ours)
    kept = kept.replace("**They may be wrong**", "")
    blocks = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(kept)
    return [token for block in blocks for token in (block, *(block.children or ()))]


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=40) | st.text("|`\\*_[]<>&~$\n #-:!(){}'\"", max_size=20))
def test_any_words_stay_in_their_cell_and_are_shown_as_they_are(words: str) -> None:
    for form in (plain, code):
        rows = cells(table(("a", "b"), [(form(words), "1")], 1))
        assert len(rows) == 2, words
        shown = " ".join(words.encode("utf-8", "replace").decode().split())
        assert rows[1][1] == "1"
        if shown.isprintable() and not re.search("[\u202a-\u202e\u2066-\u2069]", shown):
            assert rows[1][0] == shown


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_any_name_leaves_a_head_that_can_be_read(name: str) -> None:
    given = hostile(name)
    assert head(given)["tags"][0] == "thinkaug"
    assert head(given)["configs"] == head(about())["configs"]
