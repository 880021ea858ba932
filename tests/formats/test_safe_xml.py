"""safe_xml: nothing that a document declares is expanded or fetched, and what is no XML is refused with its line."""

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinkaug.errors import Unreadable
from thinkaug.formats.safe_xml import parse, read_text
from thinkaug.formats.safe_xml.markup import tokens
from thinkaug.formats.safe_xml.parsing import _parser
from thinkaug.formats.safe_xml.steps import matches, simple_steps

LAUGHS = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
BOMBS = {
    "billion laughs": f'<!DOCTYPE r [<!ENTITY e0 "ha">{LAUGHS}]><r>&e9;</r>',
    "billion laughs in an attribute": f'<!DOCTYPE r [<!ENTITY e0 "ha">{LAUGHS}]><r a="&e9;"/>',
    "quadratic blow-up": f'<!DOCTYPE r [<!ENTITY e "{"x" * 50_000}">]><r>{"&e;" * 10_000}</r>',
    "one that is harmless": '<!DOCTYPE r [<!ENTITY e "x">]><r>&e;</r>',
    "a file": '<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/hostname">]><r>&e;</r>',
    "a file in an attribute": '<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/hostname">]><r a="&e;"/>',
    "a page": '<!DOCTYPE r [<!ENTITY e PUBLIC "x" "http://localhost:9/x">]><r>&e;</r>',
    "a parameter entity": "<!DOCTYPE r [<!ENTITY % p \"<!ENTITY e 'x'>\"> %p;]><r>&e;</r>",
    "an external parameter entity": '<!DOCTYPE r [<!ENTITY % p SYSTEM "http://localhost:9/x"> %p;]><r/>',
    "a name of HTML's, redefined": '<!DOCTYPE r [<!ENTITY nbsp "boo">]><r>&nbsp;</r>',
    "nobody's": '<!DOCTYPE r SYSTEM "r.dtd"><r>&nobody;</r>',
    "XInclude": '<r xmlns:i="http://www.w3.org/2001/XInclude"><i:include href="/etc/hostname" parse="text"/></r>',
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_what_would_be_expanded_or_fetched_is_refused(bomb: str) -> None:
    with pytest.raises(Unreadable) as caught:
        parse(BOMBS[bomb].encode())
    assert caught.value.kind == "entity"


@pytest.mark.parametrize("bomb", ["a file", "a page", "an external parameter entity"])
def test_the_parser_would_not_fetch_either(bomb: str, tmp_path: Path) -> None:
    """The second wall: were the DOCTYPE not cut off, nothing from elsewhere would come in."""
    from lxml import etree

    (tmp_path / "secret").write_text("the secret")
    body = BOMBS[bomb].replace("/etc/hostname", str(tmp_path / "secret"))
    try:
        root = etree.fromstring(body.encode(), _parser())
    except etree.XMLSyntaxError:
        return
    assert "secret" not in "".join(map(str, root.itertext()))


def test_an_entity_that_is_declared_and_not_used_harms_nobody() -> None:
    assert parse(b'<!DOCTYPE r [<!ENTITY e SYSTEM "file:///x"><!ELEMENT r ANY>]><r>ok</r>').root.text == "ok"


def test_defaults_of_attributes_are_not_filled_in() -> None:
    body = '<!DOCTYPE r [<!ATTLIST b a CDATA "' + "x" * 1000 + '">]><r><b/></r>'
    assert parse(body.encode()).root[0].get("a") is None


def test_a_doctype_that_only_names_a_dtd_is_fine_and_its_entities_are_those_of_html() -> None:
    doctype = b'<!DOCTYPE r PUBLIC "-//X//Y" "http://localhost:9/x.dtd">'
    parsed = parse(doctype + b'<r a="&eacute;">&alpha;&nbsp;&LT;b&lt;</r>')
    assert (parsed.root.text, parsed.root.get("a"), parsed.mended) == ("α\xa0<b<", "é", ())


def test_an_entity_of_html_without_a_dtd_counts_as_mended() -> None:
    assert parse(b"<r>&ouml;</r>").mended == ("html_entities",)
    assert parse(b"<r><![CDATA[&ouml;]]></r>").mended == ()


def test_a_declaration_that_says_what_html_says_is_no_entity_of_its_own() -> None:
    assert parse(b'<!DOCTYPE r [<!ENTITY nbsp "&#160;">]><r>&nbsp;</r>').root.text == "\xa0"


BROKEN = {
    "no end": ("<r>\n<a>", 2),
    "crossed": ("<r>\n\n<a><b></a></b></r>", 3),
    "a bare ampersand": ("<r>\na & b</r>", 2),
    "a NUL": ("<r>\n\0</r>", 2),
    "two roots": ("<r/>\n<r/>", 2),
    "two DOCTYPEs": ("<!DOCTYPE r>\n<!DOCTYPE r [<!ENTITY e 'x'>]><r>&e;</r>", 2),
    "nothing": ("", 1),
    "no markup": ("hello", 1),
    "a DOCTYPE without an end": ("<!DOCTYPE r [\n<!ENTITY", 2),
    "a prefix of nothing": ("<r>\n<x:a/></r>", 2),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_not_well_formed_is_refused_with_its_line(case: str) -> None:
    body, line = BROKEN[case]
    with pytest.raises(Unreadable, match=f"^line {line}: ") as caught:
        parse(body.encode())
    assert caught.value.kind == "xml"


def test_lines_are_counted_from_the_beginning_of_the_file() -> None:
    body = '<?xml version="1.0"?>\n<!DOCTYPE r [\n<!ENTITY e "x">\n]>\n<!-- \n -->\n<r>\n&e;</r>'
    with pytest.raises(Unreadable, match=r"^line 8: entity 'e' is declared by the document itself"):
        parse(body.encode())


@pytest.mark.parametrize("levels", [257, 10_000])
def test_deep_nesting_is_refused(levels: int) -> None:
    with pytest.raises(Unreadable) as caught:
        parse(b"<a>" * levels + b"</a>" * levels)
    assert caught.value.kind == "xml"


def test_depth_is_limited_whatever_the_parser_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    from lxml import etree

    monkeypatch.setattr("thinkaug.formats.safe_xml.parsing._parser", lambda: etree.XMLParser(huge_tree=True))
    assert parse(b"<a>" * 256 + b"</a>" * 256).root.tag == "a"
    with pytest.raises(Unreadable, match="deep"):
        parse(b"<a>" * 257 + b"</a>" * 257)


@pytest.mark.parametrize("body", [b"<r>%s</r>", b"<r a='%s'/>"])
def test_a_huge_text_or_attribute_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable):
        parse(body % (b"x" * 11_000_000))


def test_comments_and_instructions_are_gone_and_cdata_is_text() -> None:
    root = parse(
        b"<?xml version='1.0'?><!-- a --><?p q?><r>a<!-- <b> -->b<?p q?>c<![CDATA[<d> & e]]></r><!-- z -->"
    ).root
    assert (root.text, len(root)) == ("abc<d> & e", 0)


ENCODED = {
    "UTF-8 with a mark": ("\ufeff<r>é</r>".encode(), ()),
    "UTF-16 with a mark": ('<?xml version="1.0" encoding="UTF-16"?><r>é</r>'.encode("utf-16"), ()),
    "UTF-16, big end first": ("\ufeff<r>é</r>".encode("utf-16-be"), ()),
    "declared latin-1": ('<?xml version="1.0" encoding="ISO-8859-1"?><r>é</r>'.encode("latin-1"), ()),
    "declared cp1251 in a mark's despite": ('\ufeff<?xml version="1.0" encoding="cp1251"?><r>é</r>'.encode(), ()),
    "declared UTF-8, and is not": (
        '<?xml version="1.0" encoding="UTF-8"?><r>é</r>'.encode("latin-1"),
        ("encoding_cp1252",),
    ),
    "nothing declared, and no UTF-8": ("<r>é</r>".encode("latin-1"), ("encoding_cp1252",)),
    "declared UTF-16, and is ASCII throughout": (b'<?xml version="1.0" encoding="UTF-16"?><r>&#233;</r>', ()),
    "declared as nothing known": ('<?xml version="1.0" encoding="klingon"?><r>é</r>'.encode(), ()),
    "declared as a codec of Python's": ('<?xml version="1.0" encoding="unicode_escape"?><r>é</r>'.encode(), ()),
}


@pytest.mark.parametrize("case", ENCODED)
def test_encodings(case: str) -> None:
    body, mended = ENCODED[case]
    parsed = parse(body)
    assert (parsed.root.text, parsed.mended) == ("é", mended)


def test_the_encoding_that_is_asked_for_is_above_the_declared_one() -> None:
    body = '<?xml version="1.0" encoding="UTF-8"?><r>ж</r>'.encode("cp1251")
    assert parse(body, "cp1251").root.text == "ж"
    with pytest.raises(Unreadable, match="not ascii") as caught:
        parse(body, "ascii")
    assert caught.value.kind == "encoding"


READ = {
    "paragraphs stay, blank lines are one": ("<r>\n a\n\n \t\n b\n</r>", "a\n\nb"),
    "printed text loses its margin": ("<r>\n      It is long\n      and wrapped.\n   </r>", "It is long\nand wrapped."),
    "code keeps its shape": ("<r>\n    if a:\n        b\n</r>", "if a:\n    b"),
    "code behind its tag": ("<r>if a:\n    b</r>", "if a:\n    b"),
    "wrapped behind a tag that is indented": ("<r>\n  <p>It is\n     wrapped.</p>\n</r>", "It is\nwrapped."),
    "within a line": ("<r>a <b>bold\n</b> word</r>", "a bold\n word"),
    "elements on their own lines": ("<r>\n  <p>a</p>\n\n  <p>b</p>\n</r>", "a\n\nb"),
    "preserved": ('<r xml:space="preserve">\n  a\n\n\n   b </r>', "a\n\n\n   b"),
    "preserved no more": ('<r xml:space="preserve">a\n\n\n<b xml:space="default">\n\n\nc</b></r>', "a\n\n\n\n\nc"),
}


@pytest.mark.parametrize("case", READ)
def test_white_space_is_read_as_a_person_reads_it(case: str) -> None:
    body, text = READ[case]
    assert read_text(parse(body.encode()).root) == text


PATHS = {
    "/*": ["a"],
    "//c": ["a/c", "a/b/c", "a/b/c/c"],
    "/a/c": ["a/c"],
    "//b/c": ["a/b/c"],
    "//b//c": ["a/b/c", "a/b/c/c"],
    "/a/*": ["a/b", "a/c"],
    "/a//c/c": ["a/b/c/c"],
    "//b | /a/c": ["a/b", "a/c"],
}


@pytest.mark.parametrize("path", PATHS)
def test_simple_paths_lead_where_the_xpath_leads(path: str) -> None:
    from lxml import etree

    root = etree.fromstring("<a><b><c><c/></c></b><c/></a>")
    by_steps, by_xpath = set(), set()
    steps = simple_steps(path, {})
    assert steps
    for element in root.iter():
        ways = [str(above.tag) for above in reversed(list(element.iterancestors()))] + [str(element.tag)]
        if matches(steps, [("", name) for name in ways]):
            by_steps.add("/".join(ways))
        if element in root.xpath(path):
            by_xpath.add("/".join(ways))
    assert by_steps == by_xpath == set(PATHS[path])


@pytest.mark.parametrize("path", ["//a[1]", "string(.)", "//@id", "a", "//a/", "//x:a", "//a | //b[c]"])
def test_other_paths_are_not_simple(path: str) -> None:
    assert simple_steps(path, {}) is None


@given(st.text(alphabet="<>/!?-[]CDATa&;'\"= \n", max_size=60), st.integers(1, 7))
def test_tokens_are_all_of_the_stream_however_it_is_cut(text: str, size: int) -> None:
    body = text.encode()
    source = io.BytesIO(body)
    try:
        cut = [token.body for token in tokens(iter(lambda: source.read(size), b""))]
    except Unreadable:
        return  # a DOCTYPE that is none
    assert b"".join(cut) == body
