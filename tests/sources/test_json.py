"""json: an array, one object, JSON Lines under a wrong name: whichever it is, every record comes in."""

import io
import json as written
import tracemalloc
from contextlib import suppress
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinkaug.errors import Unreadable
from thinkaug.sources.json import json
from thinkaug.stage import Raw

ROWS: list[dict[str, Any]] = [
    {"text": "Öne."},
    {"text": 'Two, "quoted" [\\].', "n": 2**70},
    {"text": "Three.", "meta": {"a": [1]}},
]


def read(body: bytes | str, **options: Any) -> list[Raw]:
    return list(json(**options)(io.BytesIO(body if isinstance(body, bytes) else body.encode()), "a"))


def said(raws: list[Raw]) -> list[tuple[str, Any]]:
    return [(raw.id, raw.kind if raw.fields is None else raw.fields) for raw in raws]


NUMBERED = [(f"a#{number}", row) for number, row in enumerate(ROWS, start=1)]


@pytest.mark.parametrize("indent", [None, 0, 2])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_an_array_gives_its_members_numbered_by_their_place(indent: int | None, mark: str) -> None:
    found = read(mark + written.dumps(ROWS, indent=indent, ensure_ascii=False) + "\n")
    assert said(found) == NUMBERED
    assert not any(raw.mended for raw in found)


def test_a_member_has_the_hash_of_its_bytes() -> None:
    (raw,) = read(b'[ {"text":  "x"} ]')
    assert raw.sha256 == sha256(b'{"text":  "x"}').hexdigest()


def test_one_object_over_several_lines_is_one_record_named_as_the_file() -> None:
    body = written.dumps(ROWS[2], indent=2)
    assert read(body) == [Raw("a", ROWS[2], sha256=sha256(body.encode()).hexdigest())]


def test_one_object_that_begins_with_a_lone_bracket_and_holds_whole_lines_is_still_one() -> None:
    body = '{"data": [\n{"text": "x"}\n]}'
    assert said(read(body)) == [("a", {"data": [{"text": "x"}]})]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_json_lines_are_read_as_such(line_end: str) -> None:
    assert said(read(line_end.join(map(written.dumps, ROWS)))) == NUMBERED


def test_json_lines_of_which_the_first_is_broken_are_read_as_such() -> None:
    assert said(read("{'text': None}\n" + "\n".join(map(written.dumps, ROWS[1:])))) == [
        ("a#1", "not_json"),
        *NUMBERED[1:],
    ]


def test_objects_over_several_lines_one_after_another_are_taken() -> None:
    found = read("\n".join(written.dumps(row, indent=1) for row in ROWS))
    assert said(found) == [(f"a.{number}", row) for number, row in enumerate(ROWS, start=1)]
    assert {raw.mended for raw in found} == {("lenient_json",)}


def test_what_is_wrong_with_one_member_costs_no_other() -> None:
    body = b'[{"text": "a"}, {"text": \'b\'}, 5, , {"text": "caf\xe9"}, {"text": "x\ty", "n": NaN}, {"text": "z"}]'
    found = read(body)
    assert said(found) == [
        ("a#1", {"text": "a"}),
        ("a#2", "not_json"),
        ("a#3", "not_object"),
        ("a#4", "not_json"),
        ("a#5", {"text": "café"}),
        ("a#6", {"text": "x\ty", "n": "NaN"}),
        ("a#7", {"text": "z"}),
    ]
    assert [raw.mended for raw in found if raw.mended] == [("encoding_cp1252",), ("lenient_json",)]
    assert (found[1].problem[:10], found[1].raw) == ("record 2: ", "{\"text\": 'b'}")
    strict = read(body, strict=True)
    assert [raw.id for raw in strict if raw.fields] == ["a#1", "a#7"]
    assert [raw.kind for raw in strict if not raw.fields][-2:] == ["encoding", "not_json"]


@pytest.mark.parametrize(
    ("end", "kind"),
    [("", "truncated"), (', {"text": "cut', "truncated"), (', {"text": "c"', "truncated"), ("}", "not_json")],
)
def test_where_an_array_breaks_off_what_came_before_stands_and_the_rest_is_one_reason(end: str, kind: str) -> None:
    found = read(written.dumps(ROWS)[:-1] + end)
    assert [item for item in said(found) if item[1] != kind] == NUMBERED[: len(found) - 1]
    assert (len(found), found[-1].kind) == (len(NUMBERED) + (1 if end else 0), kind)


def test_what_follows_an_array_has_a_reason() -> None:
    assert said(read(written.dumps(ROWS) + "\n[1]")) == [*NUMBERED, ("a#end", "not_json")]


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_a_file_of_utf16_is_read(codec: str) -> None:
    found = read(written.dumps(ROWS, ensure_ascii=False).encode(codec))
    assert said(found) == NUMBERED
    assert found[0].mended[0].startswith(f"encoding_{codec[:6].replace('-', '_')}")
    assert {raw.sha256 for raw in found} == {""}  # no bytes of the file were read


@pytest.mark.parametrize("page", ["cp932", "cp1251", "gb18030"])
def test_a_file_of_another_page_is_read(page: str) -> None:
    text = {
        "cp932": "医師は患者に薬を処方しました。能表ソ",
        "cp1251": "Врач назначил больному лечение. Боль вернулась",
        "gb18030": "医生给病人开了药，但是三天以后疼痛又回来了。",
    }
    rows = [{"text": text[page]}] * 3
    body = written.dumps(rows, ensure_ascii=False).encode(page)
    found = read(body)
    assert [raw.fields for raw in found] == rows
    assert found[0].mended == (f"encoding_{page}",)
    asked = read(body, encoding=page)
    assert [(raw.fields, raw.mended) for raw in asked] == [(row, ()) for row in rows]


def test_an_array_that_is_not_in_the_encoding_asked_for_says_so() -> None:
    found = read(b'[{"text": "a"}, {"text": "b"}, {"text": "\xff"}]', encoding="ascii")
    assert said(found) == [("a#1", {"text": "a"}), ("a#2", {"text": "b"}), ("a#3", "encoding")]


def test_a_record_too_long_costs_no_other() -> None:
    body = written.dumps([ROWS[0], {"text": "x" * 1000}, ROWS[2]])
    assert said(read(body, most_bytes=500)) == [NUMBERED[0], ("a#2", "too_long"), NUMBERED[2]]
    with pytest.raises(Unreadable, match="more than 500 bytes"):
        read(written.dumps({"text": "x" * 1000}, indent=1), most_bytes=500)


@pytest.mark.parametrize("body", [b"", b" \n ", b"[]", b"[ \n ]"])
def test_a_file_without_records_has_none(body: bytes) -> None:
    assert read(body) == []


@pytest.mark.parametrize("body", [b"5", b'"text"', b"null", b"# words", b"\x89PNG\r\n\x1a\n\0\0"])
def test_a_file_that_is_neither_has_a_reason(body: bytes) -> None:
    found = read(body)
    assert found
    assert not any(raw.fields for raw in found)


def test_deep_nesting_is_a_reason() -> None:
    deep = "[" * 100_000 + "]" * 100_000
    assert said(read(f'[{{"text": "a"}}, {{"text": {deep}}}, {{"text": "b"}}]')) == [
        ("a#1", {"text": "a"}),
        ("a#2", "too_deep"),
        ("a#3", {"text": "b"}),
    ]
    assert read("[" * 100_000)[-1].kind == "truncated"
    assert read("{\n" + '"a":{' * 100_000)[-1].kind == "too_deep"


SQUAD = {"version": "1 [", "x": {"data": [0]}, "data": ROWS, "after": 1}


def test_the_records_of_a_member_can_be_asked_for() -> None:
    assert said(read(written.dumps(SQUAD), records="data")) == NUMBERED
    assert said(read(written.dumps(SQUAD, indent=1), records="data")) == NUMBERED
    keyed = {"data": {"17": {"text": "a"}, "18": {"text": "b", "id": "own"}, "19": 5}}
    assert said(read(written.dumps(keyed), records="data")) == [
        ("a#1", {"id": "17", "text": "a"}),
        ("a#2", {"id": "own", "text": "b"}),
        ("a#3", "not_object"),
    ]


def test_every_member_can_be_a_record() -> None:
    keyed = {"17": {"text": "a"}, "18": {"text": "b"}}
    assert said(read(written.dumps(keyed), records="*")) == [
        ("a#1", {"id": "17", "text": "a"}),
        ("a#2", {"id": "18", "text": "b"}),
    ]


@pytest.mark.parametrize("body", ['{"version": 1}', '{"data": 5}', "{}"])
def test_a_member_that_holds_no_records_is_named(body: str) -> None:
    with pytest.raises(Unreadable, match="no member 'data' whose value is an array or an object") as error:
        read(body, records="data")
    assert error.value.kind == "no_records"


def test_pubmedqa_is_read_by_its_keys(trial_data: Any) -> None:
    with (trial_data / "eval" / "pubmedqa_ori_pqal.json").open("rb") as file:
        found = list(json(records="*")(file, "p"))
    wanted = written.loads((trial_data / "eval" / "pubmedqa_ori_pqal.json").read_text())
    assert [raw.fields for raw in found] == [{"id": key, **value} for key, value in wanted.items()]


class Large(io.RawIOBase):
    """An array of 64 MB that is never in memory as a whole."""

    def __init__(self, count: int) -> None:
        self._left, self._begun = count, False

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if not self._begun:
            self._begun = True
            return b"["
        self._left -= 1
        row = b'{"text": "%s"}' % (b"x" * 1000)
        return b", ".join([row] * 60) + (b"," if self._left else b"]") if self._left >= 0 else b""


def test_an_array_far_larger_than_what_is_held_streams() -> None:
    file = Large(1000)
    tracemalloc.start()
    count = sum(raw.fields is not None for raw in json(most_bytes=1 << 20)(file, "a"))  # type: ignore[arg-type]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 60_000
    assert peak < 8 << 20


VALUES = st.recursive(
    st.none() | st.integers() | st.text(st.characters(codec="utf-8"), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=5), inner)
    ),
    max_leaves=5,
)
OBJECTS = st.lists(st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=5), VALUES, max_size=3), max_size=5)


@given(OBJECTS, st.sampled_from([None, 0, 3]), st.booleans(), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_any_array_of_objects_comes_in_whole(rows: Any, indent: int | None, escaped: bool, codec: str) -> None:
    found = read(written.dumps(rows, indent=indent, ensure_ascii=escaped).encode(codec))
    assert [raw.fields for raw in found] == rows


@given(
    st.binary(max_size=60) | st.text(st.sampled_from('[]{}",:\\1a \n')).map(str.encode), st.sampled_from(["", "*", "a"])
)
def test_no_bytes_do_anything_but_be_read_or_refused(body: bytes, records: str) -> None:
    with suppress(Unreadable):
        assert all(raw.fields is None or isinstance(raw.fields, dict) for raw in read(body, records=records))
