"""xml: records and fields by XPath, of files that are whole, large, broken or hostile."""

import io
import tracemalloc
from collections.abc import Iterator
from itertools import chain, repeat
from pathlib import Path
from textwrap import dedent
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinkaug.errors import Unreadable, UserError
from thinkaug.plugins import made
from thinkaug.sources.xml import xml
from thinkaug.stage import Raw

MEDQUAD: dict[str, Any] = {
    "record": "//QAPair | //pair",
    "fields": {
        "question": "Question | question",
        "answer": "Answer | answer",
        "focus": "//Focus | //doctitle-focus",
        "qtype": "Question/@qtype | question/@qtype",
        "url": "/Document/@url | /doc/@url",
    },
}
BOOK = """<?xml version="1.0"?>
<book lang="en"><title>On rain</title>
<part n="1"><page id="p1">It falls.</page><page id="p2">It stops.</page></part>
<part n="2"><page id="p3">It comes again.</page></part>
<colophon>Made up.</colophon></book>"""
PAGES: dict[str, Any] = {
    "record": "//page",
    "fields": {"text": ".", "id": "@id", "title": "/book/title", "part": "../@n", "lang": "ancestor::book/@lang"},
}


def read(body: bytes | str, **options: Any) -> list[Raw]:
    """The records; what ends the file early stands last as one with its reason."""
    found: list[Raw] = []
    try:
        for raw in xml(**options)(io.BytesIO(body.encode() if isinstance(body, str) else body), "f.xml"):
            found.append(raw)
    except Unreadable as error:
        found.append(Raw("", None, str(error), kind=error.kind))
    return found


def texts(found: list[Raw]) -> list[Any]:
    return [raw.fields["text"] if raw.fields else raw.kind for raw in found]


def test_a_file_is_one_record_where_nothing_is_said() -> None:
    (raw,) = read("<note><to>You</to>\n<body>Stay.</body></note>")
    assert (raw.id, raw.fields, len(raw.sha256)) == ("f.xml", {"text": "You\nStay."}, 64)


def test_fields_reach_above_beside_and_below_the_record() -> None:
    found = read(
        BOOK, record="//page", fields={**PAGES["fields"], "end": "/book/colophon", "before": "count(preceding::page)"}
    )
    assert [raw.id for raw in found] == ["f.xml#1", "f.xml#2", "f.xml#3"]
    assert found[2].fields == {
        "text": "It comes again.",
        "id": "p3",
        "title": "On rain",
        "part": "2",
        "lang": "en",
        "end": "Made up.",
        "before": "2",
    }
    assert found[2].sha256 == ""


def test_a_field_of_several_elements_is_joined_and_one_of_none_is_left_out() -> None:
    (raw,) = read("<r><p>a</p><p>b</p></r>", fields={"text": "p", "title": "h", "has": "boolean(h)"})
    assert raw.fields == {"text": "a\n\nb", "has": "false"}


def test_a_record_without_any_of_the_fields_says_so() -> None:
    (raw,) = read("<r>\n<a>x</a></r>", record="//a", fields={"text": "b"})
    assert (raw.kind, raw.problem, raw.raw) == ("no_fields", "line 2: it has none of the fields text", "x")


def test_no_record_at_all_is_a_reason_that_names_the_root() -> None:
    (raw,) = read('<r xmlns="urn:x"/>', record="//page")
    assert (raw.kind, raw.problem) == ("no_records", "nothing is '//page'; the root is <{urn:x}r>")


@pytest.mark.parametrize("prefix", ["", "a:", "other:"])
@pytest.mark.parametrize("most_bytes", [10_000, 60])
def test_namespaces_go_by_what_they_stand_for(prefix: str, most_bytes: int) -> None:
    spaced = f"xmlns{':' + prefix[:-1] if prefix else ''}='urn:x'"
    body = (
        f"<{prefix}r {spaced}><{prefix}p>one</{prefix}p><p xmlns='urn:y'>no</p><{prefix}p>two</{prefix}p></{prefix}r>"
    )
    assert texts(read(body, record="//n:p", namespaces={"n": "urn:x"}, most_bytes=most_bytes)) == ["one", "two"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"record": "//["}, r"record: '//\[' is no XPath"),
        ({"record": "//x:a"}, "record: '//x:a' is no XPath that can be used here: Undefined namespace prefix"),
        ({"record": "string(//a)"}, "not to elements"),
        ({"fields": {"text": "nothing()"}}, "fields.text: 'nothing\\(\\)'"),
        ({"fields": {}}, "name at least one"),
        ({"namespaces": {"": "urn:x"}}, "record"),
        ({"encoding": "utf-9"}, "utf-9"),
    ],
)
def test_options_that_cannot_work_are_refused_before_any_file(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        made("sources", "xml", options, "ingest: options")


# Large files: the same records as of a whole one, in bounded memory.


def test_a_large_file_gives_the_same_records_as_a_whole_one() -> None:
    assert read(BOOK, **PAGES, most_bytes=200) == read(BOOK, **PAGES)


def test_what_follows_a_record_is_not_reached_in_a_large_file() -> None:
    found = read(BOOK, record="//page", fields={"text": ".", "end": "/book/colophon"}, most_bytes=200)
    assert found[0].fields == {"text": "It falls."}


def test_a_large_file_without_a_simple_path_is_refused_with_the_way_out() -> None:
    (raw,) = read(BOOK, record="//page[@id]", most_bytes=200)
    assert raw.kind == "too_long"
    assert "no simple path" in raw.problem
    assert "most_bytes" in raw.problem


class Endless(io.RawIOBase):
    """A file that is made as it is read, and knows how much of it was."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts, self._rest, self.given = parts, b"", 0

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        self._rest = self._rest or next(self._parts, b"")
        size = min(len(into), len(self._rest))
        into[:size], self._rest = self._rest[:size], self._rest[size:]
        self.given += size
        return size


def peak_of(records: Iterator[Raw]) -> tuple[list[Any], int]:
    """What becomes of the records, by field `title` or reason, and the most bytes that were held for it."""
    tracemalloc.start()
    found = [raw.fields.get("title") if raw.fields else raw.kind for raw in records]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return found, peak


def test_records_come_while_the_file_is_read_and_nothing_is_gathered() -> None:
    page = b"<page>" + b"It falls and falls. " * 50 + b"</page>\n" + b" " * 50
    count = 8_000
    file = Endless(chain([b"<book><title>T</title>"], repeat(page, count), [b"</book>"]))
    source = xml(record="//page", fields={"text": ".", "title": "//title"}, most_bytes=100_000)
    records = source(io.BufferedReader(file), "f.xml")
    next(records)
    assert file.given < 3 << 20
    found, peak = peak_of(records)
    assert found == ["T"] * (count - 1)
    assert file.given > 8_000_000
    assert peak < 6 << 20


@pytest.mark.parametrize(("part", "count"), [(b"It falls and falls. " * 50, 16_000), (b"<falling>" * 300, 600)])
def test_a_record_of_any_length_takes_no_more_room(part: bytes, count: int) -> None:
    file = Endless(chain([b"<book><page>"], repeat(part, count), [b"</page></book>"]))
    found, peak = peak_of(xml(record="//page", most_bytes=10_000)(io.BufferedReader(file), "f.xml"))
    assert found == ["too_long"]
    assert file.given > len(part) * count
    assert peak < 6 << 20


def test_a_record_that_is_too_long_costs_only_itself() -> None:
    body = f"<r><p>a</p><p>{'x' * 5000}<p>inner</p></p><p>b</p></r>"
    found = read(body, record="//p", most_bytes=1000)
    assert texts(found) == ["a", "too_long", "b"]
    assert found[1].problem == "line 1: more than 1,000 bytes; raise `most_bytes` to read it"


def test_siblings_before_are_let_go_when_they_are_too_many_rather_than_wrong() -> None:
    body = "<r>" + "".join(f"<d>{n:030d}</d><p>{n}</p>" for n in range(3000)) + "</r>"
    found = read(body, record="//p", fields={"text": ".", "day": "preceding-sibling::d[1]"}, most_bytes=1000)
    days = [raw.fields.get("day") for raw in found if raw.fields]
    assert len(days) == 3000
    assert days[0] == "0" * 30
    assert days[-1] is None
    assert all(day is None or int(day) == n for n, day in enumerate(days))


def test_utf_16_is_read_in_a_stream_too() -> None:
    body = "<r>" + "<p>é</p>" * 100 + "</r>"
    assert texts(read(body.encode("utf-16"), record="//p", most_bytes=300)) == ["é"] * 100


def test_only_the_record_in_another_encoding_counts_as_mended() -> None:
    body = b'<?xml version="1.0" encoding="UTF-8"?><r><p>\xc3\xa9</p><p>\xe9</p><p>\xc3\xa9</p></r>'
    found = read(body, record="//p", most_bytes=60)
    assert texts(found) == ["é"] * 3
    assert [raw.mended for raw in found] == [(), ("encoding_cp1252",), ()]


# Broken files: what can be had comes in, with a reason for the rest.


def test_a_record_that_is_not_well_formed_costs_only_itself() -> None:
    found = read("<r>\n<p>a</p>\n<p>b & c</p>\n<p>d</p></r>", record="//p")
    assert texts(found) == ["a", "xml", "d"]
    assert found[1].problem.startswith("line 3: ")
    assert found[1].raw == "<p>b & c</p>"
    assert found[0].mended == ("xml_in_pieces",)


def test_a_start_tag_that_is_broken_is_told_of_and_takes_no_other_with_it() -> None:
    found = read('<r><p>a</p><p x="1>b</p><p y="2">c ">" d</p></r>', record="//p")
    assert texts(found) == ["a", "xml", 'c ">" d']
    assert found[1].problem == "line 1: a '<' that begins no tag, outside of all records"


def test_a_record_that_is_never_closed_does_not_take_what_is_outside_with_it() -> None:
    assert texts(read("<r><g><p>a</g><g><p>b</p></g></r>", record="//p")) == ["xml", "b"]


def test_a_file_that_is_cut_gives_what_is_before_the_cut_and_one_reason() -> None:
    found = read("<r>\n<p>a</p>\n<p>b</p>\n<p>c", record="//p")
    assert texts(found) == ["a", "b", "xml"]
    assert found[2].problem == "line 4: the file ends inside <p>, begun in line 4"


def test_a_file_that_is_cut_between_records_says_that_it_was() -> None:
    found = read("<r>\n<p>a</p>\n", record="//p")
    assert texts(found) == ["a", "xml"]
    assert found[1].problem == "line 3: the file ends inside <r>"


def test_several_roots_are_read_one_after_the_other() -> None:
    one = '<?xml version="1.0"?>\n<!DOCTYPE d SYSTEM "d.dtd">\n<d id="{}"><p>{}</p></d>\n'
    body = one.format(1, "a&nbsp;b") + one.format(2, "c")
    found = read(body, record="//p", fields={"text": ".", "id": "/d/@id"})
    assert [raw.fields for raw in found] == [{"text": "a\xa0b", "id": "1"}, {"text": "c", "id": "2"}]
    assert texts(read(body)) == ["a\xa0b", "c"]


def test_an_entity_bomb_costs_the_records_that_use_it() -> None:
    bomb = '<!DOCTYPE r [<!ENTITY e "x">]><r><p>a</p><p>&e;</p><p>c</p></r>'
    assert texts(read(bomb, record="//p")) == ["a", "entity", "c"]


@pytest.mark.parametrize("most_bytes", [10, 10_000])
@pytest.mark.parametrize("record", ["/*", "//b"])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"<",
        b"<" * 5000,
        b"<a " * 5000,
        b"<a b='" * 5000,
        b"<!DOCTYPE a [" * 1000,
        b"</a>" * 5000,
        b"<a>" * 10_000 + b"</a>" * 10_000,
        b"<b>" * 10_000 + b"</b>" * 10_000,
        b"<r><b" + b" x='1'" * 5000 + b"/></r>",
        b"<r><b><![CDATA[" + b"]" * 5000,
        b"<r><!--" + b"-" * 5000,
        bytes(range(256)) * 20,
    ],
    ids=range(14),
)
def test_whatever_comes_there_is_a_record_or_a_reason(body: bytes, record: str, most_bytes: int) -> None:
    found = read(body, record=record, most_bytes=most_bytes)
    assert found
    assert all(raw.fields is not None or (raw.problem and raw.kind) for raw in found)


@given(
    st.lists(
        st.sampled_from(["<r>", "</r>", "<p>", "</p>", "<p/>", "x", "&", "<", "<!--", "-->", "<![CDATA[", "]]>", "'"])
    )
)
def test_markup_in_any_order_is_read_or_refused(parts: list[str]) -> None:
    for most_bytes in (1000, 5):
        for raw in read("".join(parts), record="//p", most_bytes=most_bytes):
            assert (raw.fields is None) == bool(raw.problem)


CHARACTERS = st.characters(
    exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff", include_characters="\t\n"
)


@given(st.text(CHARACTERS))
def test_text_comes_back_as_it_went_in_but_for_white_space(text: str) -> None:
    body = f"<r><t>{escape(text)}</t></r>"
    for whole in (body, body + " " * 50_000):  # the second is too large to be parsed whole
        (raw,) = read(whole, record="//t", most_bytes=50_000)
        assert raw.fields is not None
        assert raw.fields["text"].split() == text.split()


LINES = st.lists(
    st.text(
        st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"], exclude_characters="\ufffe\uffff"), min_size=1
    )
)


@given(LINES, st.sampled_from(["\n", "\n\n"]))
def test_lines_and_paragraphs_come_back_exactly(lines: list[str], between: str) -> None:
    text = between.join(lines)
    (raw,) = read(f"<r>{escape(text)}</r>")
    assert raw.fields == {"text": text}


@given(st.lists(st.tuples(st.integers(0, 8), st.sampled_from("ab")), min_size=1))
def test_printed_lines_lose_their_common_margin(lines: list[tuple[int, str]]) -> None:
    text = "".join(f"\n{' ' * indent}{word}" for indent, word in lines) + "\n"
    (raw,) = read(f"<r>{text}</r>")
    assert raw.fields == {"text": dedent(text).strip()}


# Real files.


def test_medquad_comes_in_whole(trial_data: Path) -> None:
    source = xml(**MEDQUAD)
    records: list[Raw] = []
    without: list[str] = []
    for path in sorted((trial_data / "medquad_xml").rglob("*.xml")):
        with path.open("rb") as file:
            try:
                records += source(file, path.name)
            except Unreadable as error:
                without.append(error.kind)
    assert without == ["no_records"] * 6  # documents with an empty <QAPairs>
    fields = [raw.fields or {} for raw in records]
    assert all(set(found) >= {"question", "answer", "focus", "qtype"} for found in fields)
    assert sum("url" not in found for found in fields) == 5  # one document has none
    assert sum(not found["answer"] for found in fields) == 0  # withheld ones are not in the institutes that are here
    assert len(records) == 2566


def test_medquad_in_a_stream_gives_the_same(trial_data: Path) -> None:
    path = trial_data / "medquad_xml" / "5_NIDDK_QA" / "0000093.xml"
    body = path.read_bytes()
    whole = read(body, **MEDQUAD)
    assert read(body, **MEDQUAD, most_bytes=len(body) - 1) == whole
    assert len(whole) > 3


def test_the_dirty_files_that_are_xml(trial_data: Path) -> None:
    def kinds(name: str, **options: Any) -> list[str]:
        return [
            raw.kind if raw.problem else "read" for raw in read((trial_data / "dirty" / name).read_bytes(), **options)
        ]

    assert kinds("xml_latin1_decl.xml") == kinds("xml_lying_decl.xml") == ["read"]
    assert kinds("xml_billion_laughs.xml") == kinds("xml_external_entity.xml") == ["entity"]
    assert kinds("xml_truncated.xml") == kinds("xml_bad_amp.xml") == ["xml"]
    # Where a pair is a record, those that are whole can be had: more than the manifest asks for, and safe.
    assert kinds("xml_truncated.xml", **MEDQUAD) == ["read", "xml"]
    assert kinds("xml_bad_amp.xml", **MEDQUAD) == ["xml", "read", "read", "read", "read"]
