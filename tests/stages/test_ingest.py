"""ingest: every record of every file becomes a document, or stands aside with its reason, file and line."""

import gzip
import io
import json
import lzma
import re
import zlib
from collections.abc import Callable
from dataclasses import fields
from datetime import date
from hashlib import sha256
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from thinkaug.errors import UserError
from thinkaug.hygiene import Hygiene
from thinkaug.records import content_id
from thinkaug.sources.jsonl import jsonl

Ingest = Callable[..., Any]

GOOD = json.dumps({"text": "A good row."})
AS_IT_IS = {rule.name: False for rule in fields(Hygiene) if rule.type is bool}


def lines(*rows: str | bytes) -> bytes:
    return b"".join((row if isinstance(row, bytes) else row.encode()) + b"\n" for row in rows)


def parquet(**columns: object) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


def many(count: int) -> bytes:
    return lines(*(json.dumps({"text": f"Row {n}: {content_id(str(n))}"}) for n in range(count)))


def test_jsonl_rows_become_documents_in_order(ingest_files: Ingest) -> None:
    assert ingest_files({"a.jsonl": many(3)}).texts == [json.loads(line)["text"] for line in many(3).splitlines()]


def test_parquet_rows_become_documents_in_order(ingest_files: Ingest) -> None:
    body = parquet(text=["One.", "Two."], title=["I", "II"])
    assert [(d.text, d.title) for d in ingest_files({"a.parquet": body}).documents] == [("One.", "I"), ("Two.", "II")]


def test_a_text_file_is_one_document_titled_by_its_name(ingest_files: Ingest) -> None:
    (document,) = ingest_files({"On gout.md": "# Gout\r\n\r\nIt hurts.\n"}).documents
    assert (document.text, document.title) == ("# Gout\n\nIt hurts.\n", "On gout")


def test_a_folder_is_searched_for_known_endings_at_any_depth(ingest_files: Ingest) -> None:
    files = {"a.jsonl": GOOD, "deep/er/b.txt": "From the depth.", "c.png": b"\x89PNG", "notes": "no ending"}
    assert sorted(ingest_files(files).texts) == ["A good row.", "From the depth."]


def test_a_glob_takes_what_it_matches_and_no_more(ingest_files: Ingest) -> None:
    files = {"a1.txt": "one", "a2.txt": "two", "b.txt": "three", "a3.txt/inner.txt": "in a folder that matches"}
    assert ingest_files(files, paths=["a*.txt"]).texts == ["one", "two"]


def test_a_file_whose_name_looks_like_a_glob_is_found(ingest_files: Ingest) -> None:
    assert ingest_files({"notes [2024].txt": "here"}, paths=["notes [2024].txt"]).texts == ["here"]


def test_a_file_named_twice_is_read_once_by_its_first_name(ingest_files: Ingest) -> None:
    (document,) = ingest_files({"deep/a.txt": "once"}, paths=["deep/a.txt", "deep/*.txt", ""]).documents
    assert document.source == "a.txt"


def test_a_pattern_that_matches_nothing_is_named(ingest_files: Ingest) -> None:
    with pytest.raises(UserError, match=r"stages\[0\].*b\*\.jsonl: no such file, and no file matches"):
        ingest_files({"a.jsonl": GOOD}, paths=["b*.jsonl"])


def test_an_unknown_ending_asks_for_the_format(ingest_files: Ingest) -> None:
    with pytest.raises(UserError, match=r"a\.rst: unknown ending 'rst'.*say `format:`"):
        ingest_files({"a.rst": "text"}, paths=["a.rst"])


def test_the_format_overrides_the_ending(ingest_files: Ingest) -> None:
    assert ingest_files({"a.data": GOOD}, paths=["a.data"], format="jsonl").texts == ["A good row."]


@pytest.mark.parametrize(("ending", "packed"), [("gz", gzip.compress), ("xz", lzma.compress)])
def test_a_compressed_file_is_read_as_its_ending_says(
    ingest_files: Ingest, ending: str, packed: Callable[[bytes], bytes]
) -> None:
    assert ingest_files({f"a.jsonl.{ending}": packed(many(2))}).texts == ingest_texts(many(2))


def ingest_texts(body: bytes) -> list[str]:
    return [json.loads(line)["text"] for line in body.splitlines()]


def test_fields_are_mapped_and_defaults_fill_what_is_missing(ingest_files: Ingest) -> None:
    rows = lines(
        json.dumps({"body": "One.", "name": "I", "lang": "de", "url": "https://x.org/1"}),
        json.dumps({"body": "Two.", "lang": 3}),
    )
    found = ingest_files(
        {"a.jsonl": rows},
        fields={"text": "body", "title": "name", "language": "lang", "source": "url"},
        defaults={"language": "en", "license": "CC0-1.0"},
    )
    assert [(d.text, d.title, d.language, d.source, d.license) for d in found.documents] == [
        ("One.", "I", "de", "https://x.org/1", "CC0-1.0"),
        ("Two.", "", "en", "a.jsonl#2", "CC0-1.0"),
    ]


def test_an_unknown_document_field_is_refused_with_the_nearest(ingest_files: Ingest) -> None:
    with pytest.raises(UserError, match="no document field with a default 'licence'; did you mean 'license'"):
        ingest_files({"a.jsonl": GOOD}, defaults={"licence": "CC0-1.0"})


def test_the_sources_own_id_and_metadata_are_kept_as_json(ingest_files: Ingest) -> None:
    row = json.dumps({"text": "T.", "id": "doc-7", "meta": {"year": 1999, "odd": "\ud800"}})
    (document,) = ingest_files({"a.jsonl": row}).documents
    meta = json.loads(document.meta)
    assert meta == {"year": 1999, "odd": "\ud800", "source_id": "doc-7", "raw_sha256": sha256(row.encode()).hexdigest()}


def test_ids_are_content_hashes_whatever_the_file(ingest_files: Ingest) -> None:
    files = {"a.txt": "The same.", "b/c.jsonl": json.dumps({"text": "The same.", "title": "x"})}
    found = ingest_files(files, duplicates="keep")
    assert [document.id for document in found.documents] == [content_id("The same.")] * 2


def test_a_source_is_never_an_absolute_path(ingest_files: Ingest) -> None:
    found = ingest_files({"a.jsonl": GOOD, "b/c.txt": "deeper", "d.parquet": parquet(text=["a row"])})
    assert [document.source for document in found.documents] == ["a.jsonl#1", "b/c.txt", "d.parquet#1"]


BAD_LINES = {
    "broken JSON": (b'{"text": "cut off', "not_json"),
    "a list": (b'["text"]', "not_object"),
    "a bare string": (b'"text"', "not_object"),
    "deep nesting": (b'{"text": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "too_deep"),
    "no text field": (b'{"txt": "a"}', "no_text"),
    "text is a number": (b'{"text": 7}', "no_text"),
    "text is null": (b'{"text": null}', "no_text"),
    "text is a list": (b'{"text": ["a"]}', "no_text"),
}


@pytest.mark.parametrize(("bad", "kind"), BAD_LINES.values(), ids=BAD_LINES)
def test_a_bad_line_stands_aside_and_the_rows_around_it_come_through(
    ingest_files: Ingest, bad: bytes, kind: str
) -> None:
    found = ingest_files({"a.jsonl": lines(GOOD, bad, json.dumps({"text": "After it."}))})
    assert found.texts == ["A good row.", "After it."]
    assert [(line["id"], line["kind"]) for line in found.quarantined] == [("a.jsonl#2", kind)]


@pytest.mark.parametrize("text", ['"text": "A good row.", ', ""], ids=["kept", "put aside"])
def test_a_row_nested_as_deep_as_can_just_be_read_can_be_written(ingest_files: Ingest, text: str) -> None:
    nested = [f'{{{text}"meta": {{"a": {"[" * depth}{"]" * depth}}}}}' for depth in range(800, 1000)]
    found = ingest_files({"a.jsonl": lines(*nested, GOOD)})
    assert len(found.documents) + len(found.quarantined) == 201


def test_an_unreadable_line_is_kept_as_it_was(ingest_files: Ingest) -> None:
    found = ingest_files({"a.jsonl": lines(GOOD, b'{"text": "caf\xc3\xa9 "')})
    assert found.quarantined[0]["raw"] == '{"text": "café "'
    assert found.quarantined[0]["message"].startswith("line 2: ")


def test_a_row_without_text_names_the_fields_it_has(ingest_files: Ingest) -> None:
    found = ingest_files({"a.jsonl": lines(GOOD, '{"body": "x", "title": "y"}')})
    assert found.quarantined[0]["message"] == "field 'text' is NoneType; fields: body, title"


def test_an_empty_text_is_dropped(ingest_files: Ingest) -> None:
    found = ingest_files({"a.jsonl": lines(GOOD, '{"text": ""}', '{"text": " \\u2003\\n"}')})
    assert [(line["id"], line["reason"]) for line in found.dropped] == [("a.jsonl#2", "empty"), ("a.jsonl#3", "empty")]


def test_a_byte_order_mark_before_the_first_line_is_no_part_of_it(ingest_files: Ingest) -> None:
    assert ingest_files({"a.jsonl": b"\xef\xbb\xbf" + lines(GOOD)}).texts == ["A good row."]


def test_line_ends_of_windows_and_blank_lines_are_no_records(ingest_files: Ingest) -> None:
    found = ingest_files({"a.jsonl": f"\r\n{GOOD}\r\n  \r\n{GOOD}"}, duplicates="keep")
    assert [document.source for document in found.documents] == ["a.jsonl#2", "a.jsonl#4"]
    assert not found.quarantined


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c"])
def test_a_line_separator_inside_a_text_ends_no_line(ingest_files: Ingest, separator: str) -> None:
    text = f"before{separator}after"
    row = '{"text": "' + (text if separator > "\x1f" else json.dumps(text)[1:-1]) + '"}'
    assert ingest_files({"a.jsonl": row}, hygiene=AS_IT_IS).texts == [text]


def test_a_lone_surrogate_in_a_title_does_not_cost_the_row(ingest_files: Ingest) -> None:
    (document,) = ingest_files({"a.jsonl": '{"text": "Good.", "title": "odd \\ud800"}'}).documents
    assert (document.text, document.title) == ("Good.", "odd \\ud800")


def test_a_file_name_that_is_not_utf8_does_not_cost_the_row(ingest_files: Ingest) -> None:
    (document,) = ingest_files({"caf\udce9.txt": "Good."}).documents
    assert (document.text, document.source) == ("Good.", "caf\\udce9.txt")


def test_a_truncated_gz_gives_the_rows_before_its_end_and_one_error(ingest_files: Ingest) -> None:
    whole = gzip.compress(many(3000))
    found = ingest_files({"a.jsonl.gz": whole[: len(whole) // 2], "b.jsonl": GOOD})
    assert len(found.texts) > 500
    assert found.texts[:-1] == ingest_texts(many(3000))[: len(found.texts) - 1]
    assert [(line["id"], line["kind"]) for line in found.quarantined] == [("a.jsonl.gz", "truncated")]


def test_a_damaged_stream_is_an_error_of_its_file_alone(ingest_files: Ingest) -> None:
    stream = bytearray(gzip.compress(many(50)))
    stream[10:] = b"\xff" * (len(stream) - 10)  # past the header: zlib itself objects
    with pytest.raises(zlib.error):
        gzip.decompress(stream)
    found = ingest_files({"a.jsonl.gz": bytes(stream), "b.jsonl": GOOD})
    assert found.texts == ["A good row."]
    assert [line["id"] for line in found.quarantined] == ["a.jsonl.gz"]


def test_a_file_that_is_not_what_its_ending_says_is_quarantined(ingest_files: Ingest) -> None:
    found = ingest_files({"a.parquet": "plain words", "b.jsonl": GOOD})
    assert found.texts == ["A good row."]
    assert [line["id"] for line in found.quarantined] == ["a.parquet"]


def test_an_empty_file_holds_no_records(ingest_files: Ingest) -> None:
    found = ingest_files({"a.jsonl": b"", "b.jsonl": GOOD})
    assert found.texts == ["A good row."]
    assert not found.quarantined


def test_a_corpus_without_records_is_refused(ingest_files: Ingest) -> None:
    with pytest.raises(UserError, match="nothing came in"):
        ingest_files({"a.jsonl": b"\n\n", "b.parquet": parquet(text=pa.array([], pa.string()))})


def test_a_corpus_in_which_every_row_fails_says_how(ingest_files: Ingest) -> None:
    with pytest.raises(UserError, match=r"2 rows in; dropped: empty 1 .*; quarantined: not_json 1 "):
        ingest_files({"a.jsonl": lines("{", '{"text": ""}')})


def test_a_parquet_row_of_bad_text_stands_aside_alone(ingest_files: Ingest) -> None:
    offsets = pa.py_buffer(b"".join(n.to_bytes(4, "little") for n in (0, 3, 5, 8)))
    texts = pa.Array.from_buffers(pa.string(), 3, [None, offsets, pa.py_buffer(b"one\xff\xfetwo")])
    found = ingest_files({"a.parquet": parquet(text=texts)})
    assert found.texts == ["one", "two"]
    assert [(line["id"], line["kind"]) for line in found.quarantined] == [("a.parquet#2", "encoding")]


def test_a_parquet_row_of_types_that_json_lacks_can_stand_aside(ingest_files: Ingest) -> None:
    found = ingest_files({"a.parquet": parquet(text=[None, "", "kept"], day=[date(2020, 1, 2)] * 3, raw=[b"\xff"] * 3)})
    assert found.texts == ["kept"]
    assert found.quarantined[0]["row"]["fields"]["day"] == "2020-01-02"
    assert found.dropped[0]["row"]["fields"]["raw"] == "b'\\xff'"


def test_a_text_file_that_is_not_in_the_encoding_asked_for_is_quarantined_with_its_place(ingest_files: Ingest) -> None:
    found = ingest_files({"a.txt": b"caf\xe9", "b.txt": "good"}, options={"text": {"encoding": "utf-8"}})
    assert found.texts == ["good"]
    assert [(line["id"], line["kind"]) for line in found.quarantined] == [("a.txt", "encoding")]
    assert found.quarantined[0]["message"] == "byte 3: not utf-8"


def test_shards_hold_as_many_documents_as_said(ingest_files: Ingest) -> None:
    found = ingest_files({"a.jsonl": many(7), "b.jsonl": many(1)}, shard_documents=3, duplicates="keep")
    assert found.shards == [3, 3, 2]
    assert found.texts[:7] == ingest_texts(many(7))


def test_a_limit_counts_records_over_all_files(ingest_files: Ingest) -> None:
    files = {"a.jsonl": many(2), "b.jsonl": lines("{", GOOD, GOOD)}
    found = ingest_files(files, limit=4, duplicates="keep")
    assert (len(found.documents), len(found.quarantined)) == (3, 1)


def test_a_limit_of_nothing_is_refused(ingest_files: Ingest) -> None:
    with pytest.raises(UserError, match=r"stages\[0\]\.ingest\.limit: input should be greater than 0"):
        ingest_files({"a.jsonl": GOOD}, limit=0)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.text(st.characters(codec="utf-8")).filter(str.strip), min_size=1, max_size=5))
def test_the_text_is_kept_byte_for_byte(ingest_files: Ingest, texts: list[str]) -> None:
    body = lines(*(json.dumps({"text": text}, ensure_ascii=False) for text in texts))
    files = {"a.jsonl": body, "b.parquet": parquet(text=texts)}
    found = ingest_files(files, hygiene=AS_IT_IS, duplicates="keep")
    assert [text.encode() for text in found.texts] == [text.encode() for text in texts * 2]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(max_size=30) | st.sampled_from([GOOD.encode(), b'{"text": "x"}']), max_size=8))
def test_no_bytes_stop_a_file_and_every_good_line_comes_through(bodies: list[bytes]) -> None:
    good = json.dumps({"text": "between"}).encode()
    body = b"".join(line.replace(b"\n", b"") + b"\n" + good + b"\n" for line in bodies)
    found = [raw for raw in jsonl()(io.BytesIO(body), "a") if raw.fields == {"text": "between"}]
    assert [raw.id for raw in found] == [f"a#{2 * n}" for n in range(1, len(bodies) + 1)]


def test_a_text_is_joined_of_several_fields(ingest_files: Ingest) -> None:
    row = json.dumps({"question": "What is it?", "contexts": ["It hurts.", "It swells."], "a": {"b": "Gout."}})
    found = ingest_files({"a.jsonl": row}, fields={"text": {"join": ["question", "contexts", "a.b"], "between": " | "}})
    assert found.texts == ["What is it? | It hurts. | It swells. | Gout."]


def test_a_text_of_which_a_part_is_empty_is_dropped_as_empty(ingest_files: Ingest) -> None:
    rows = [{"q": "Why?", "a": "So."}, {"q": "Why?", "a": " "}, {"q": "Why?"}, {"title": "neither"}]
    found = ingest_files({"a.jsonl": lines(*map(json.dumps, rows))}, fields={"text": {"join": ["q", "a"]}})
    assert found.texts == ["Why?\n\nSo."]
    assert [(line["id"], line["reason"], line["detail"]) for line in found.dropped] == [
        ("a.jsonl#2", "empty", "field 'a' is empty"),
        ("a.jsonl#3", "empty", "field 'a' is empty"),
    ]
    assert [(line["id"], line["kind"]) for line in found.quarantined] == [("a.jsonl#4", "no_text")]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"fields": {"text": {"join": ["a"], "betwen": " "}}}, "ingest.fields.text"),
        ({"fields": {"text": {"join": []}}}, "ingest.fields.text"),
        ({"fields": {"title": {"join": ["a"]}}}, "fields.title: only the text can be joined"),
        ({"options": {"jsonll": {}}}, "no file in sources/ named 'jsonll'; did you mean 'jsonl'"),
        ({"options": {"text": {"encodin": "utf-8"}}}, "no option 'encodin'; did you mean 'encoding'"),
        ({"hygiene": {"mojibakes": True}}, "ingest.hygiene: no setting 'mojibakes'; did you mean 'mojibake'"),
    ],
)
def test_settings_that_cannot_be_are_refused(ingest_files: Ingest, settings: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=re.escape(message)):
        ingest_files({"a.jsonl": GOOD}, **settings)


def test_fields_to_keep_stand_in_meta(ingest_files: Ingest) -> None:
    row = json.dumps({"text": "T.", "year": 1999, "deep": {"er": "x"}, "other": 1})
    (document,) = ingest_files({"a.jsonl": row}, keep=["year", "deep.er", "missing"]).documents
    assert json.loads(document.meta) == {"year": 1999, "deep.er": "x", "raw_sha256": sha256(row.encode()).hexdigest()}


def test_the_hash_of_a_table_row_is_that_of_its_text_before_it_was_mended(ingest_files: Ingest) -> None:
    (document,) = ingest_files({"a.parquet": parquet(text=["It\u200b is."])}).documents
    assert document.text == "It is."
    assert json.loads(document.meta)["raw_sha256"] == sha256("It\u200b is.".encode()).hexdigest()


def test_what_was_mended_is_counted_by_rule(ingest_files: Ingest) -> None:
    rows = ["schÃ¶n", "a\u200bb", "a\x00c", "e\u0301", "fine"]
    found = ingest_files({"a.jsonl": lines(*(json.dumps({"text": row}) for row in rows), b'{"text": "caf\xe9"}')})
    assert found.texts == ["schön", "ab", "ac", "é", "fine", "café"]
    counted = {name: count for name, count in found.tally.items() if name.startswith(("clean_", "mended_"))}
    assert counted == {
        "clean_mojibake": 1,
        "clean_invisibles": 1,
        "clean_normalize": 1,
        "mended_encoding_cp1252": 1,
        "clean_controls": 1,
    }


def test_a_rule_of_hygiene_can_be_switched_off(ingest_files: Ingest) -> None:
    row = json.dumps({"text": "schÃ¶n\u200b"})
    assert ingest_files({"a.jsonl": row}, hygiene={"mojibake": False}).texts == ["schÃ¶n"]


def test_a_text_that_came_before_is_dropped_wherever_it_stands(ingest_files: Ingest) -> None:
    files = {"a.jsonl": lines(GOOD, '{"text": "Other."}', '{"text": "A good\\u200b row."}'), "b.txt": "A good row."}
    found = ingest_files(files)
    assert found.texts == ["A good row.", "Other."]
    assert [(line["id"], line["reason"]) for line in found.dropped] == [
        ("a.jsonl#3", "duplicate"),
        ("b.txt", "duplicate"),
    ]


def test_a_text_that_is_too_short_is_dropped(ingest_files: Ingest) -> None:
    found = ingest_files({"a.jsonl": lines(GOOD, '{"text": "ok"}')}, min_chars=3)
    assert found.texts == ["A good row."]
    assert [(line["reason"], line["detail"]) for line in found.dropped] == [("too_short", "2 characters")]


ENGLISH = "The patient was given allopurinol, which lowers the amount of urate in the blood over several weeks."
GERMAN = "Der Patient erhielt Allopurinol, das die Menge der Harnsäure im Blut über mehrere Wochen hinweg senkt."


def test_only_texts_in_the_languages_to_keep_come_in(ingest_files: Ingest) -> None:
    rows = [
        {"text": ENGLISH},
        {"text": GERMAN},
        {"text": "Kurz.", "language": "de"},
        {"text": "Brief.", "language": "en-GB"},
    ]
    found = ingest_files({"a.jsonl": lines(*map(json.dumps, rows))}, keep_languages=["en"])
    assert [(document.text, document.language) for document in found.documents] == [
        (ENGLISH, "en"),
        ("Brief.", "en-GB"),
    ]
    assert [(line["reason"], line["detail"]) for line in found.dropped] == [("language", "de"), ("language", "de")]


def test_only_texts_under_the_licences_to_keep_come_in(ingest_files: Ingest) -> None:
    names = ["https://creativecommons.org/licenses/by/4.0/", "cc-by-nc-4.0", "", "house rules"]
    rows = [json.dumps({"text": f"Text {number}.", "license": name}) for number, name in enumerate(names)]
    found = ingest_files({"a.jsonl": lines(*rows)}, keep_licenses=["CC BY 4.0"])
    assert [(document.text, document.license) for document in found.documents] == [("Text 0.", "CC-BY-4.0")]
    assert [(line["reason"], line["detail"]) for line in found.dropped] == [
        ("license", "CC-BY-NC-4.0"),
        ("no_license", "the source names none"),
        ("license", "house rules"),
    ]
