"""html: the main text of a page as Markdown, its formulas as TeX; and no page stops the program."""

import io
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkaug.errors import Unreadable, UserError
from thinkaug.sources.html import html
from thinkaug.stage import Raw

OPENING = "Warfarin is started at five milligrams a day in most adults, and the dose is changed by what is measured."
CLOSING = "Whoever takes amiodarone needs a third less, and its effect stays for months after it has been stopped."
AROUND = (
    "<nav><a href='/'>Home</a> <a href='/d'>Drugs</a></nav><div class='cookie-banner'>We use cookies. Accept?</div>",
    "<footer>All rights reserved.</footer><div id='comments'><p>Great post, thank you!</p></div>",
)


def page(inside: str, head: str = "") -> str:
    return (
        f"<!DOCTYPE html><html lang='en-GB'><head><meta charset='utf-8'><title>Dosing</title>{head}</head><body>"
        f"{AROUND[0]}<article><h1>Dosing</h1><p>{OPENING}</p>{inside}<p>{CLOSING}</p></article>{AROUND[1]}</body></html>"
    )


def read(source: str | bytes, **options: Any) -> Raw:
    body = source if isinstance(source, bytes) else source.encode()
    (raw,) = html(**options)(io.BytesIO(body), "a.html")
    return raw


def fields_of(source: str | bytes, **options: Any) -> dict[str, Any]:
    fields = read(source, **options).fields
    assert fields is not None
    return dict(fields)


def text_of(source: str | bytes, **options: Any) -> str:
    return str(fields_of(source, **options)["text"])


def test_the_main_text_comes_without_what_stands_around_it() -> None:
    assert text_of(page("<script>x()</script><style>p{}</style>")) == f"# Dosing\n\n{OPENING}\n\n{CLOSING}"


INSIDE = {
    "headings": ("<h2>Before</h2><p>Ask about bleeding.</p>", "## Before\n\nAsk about bleeding."),
    "lists": ("<ul><li>Measure first.</li><li>Write it down.</li></ul>", "- Measure first.\n- Write it down."),
    "tables": (
        "<table><tr><th>INR</th><th>Dose</th></tr><tr><td>2</td><td>keep</td></tr></table>",
        "| INR | Dose |\n|---|---|\n| 2 | keep |",
    ),
    "code": (
        "<pre><code>if a &lt; b_c:\n    x = '\\*'\n</code></pre>",
        "```\nif a < b_c:\n    x = '\\*'\n```\n\nWhoever",
    ),
    "looks": ("<p>It is <em>very</em> <b>bad</b> indeed.</p>", "It is very bad indeed."),
    "signs are not escaped": ("<p>So a_b &lt; 5 * 3 # 1 [sic].</p>", "So a_b < 5 * 3 # 1 [sic]."),
}


@pytest.mark.parametrize(("inside", "text"), INSIDE.values(), ids=INSIDE)
def test_what_a_text_is_made_of_stays_as_markdown(inside: str, text: str) -> None:
    assert text in text_of(page(inside))


KATEX = (
    '<span class="katex"><span class="katex-mathml"><math><semantics><mi>R</mi>'
    '<annotation encoding="application/x-tex">R_1 = \\{a_i\\}</annotation></semantics></math></span>'
    '<span class="katex-html" aria-hidden="true">R1=a</span></span>'
)
WIKIPEDIA = (
    '<span class="mwe-math-element"><span style="display: none;"><math alttext="{\\displaystyle a_{i}^{2}}"><semantics>'
    '<mi>a</mi><annotation encoding="application/x-tex">{\\displaystyle a_{i}^{2}}'
    "</annotation></semantics></math></span>"
    '<img src="x.svg" class="mwe-math-fallback-image-inline" alt="{\\displaystyle a_{i}^{2}}"></span>'
)
FORMULAS = {
    "KaTeX": (KATEX, "$R_1 = \\{a_i\\}$"),
    "KaTeX on lines of its own": (f'<span class="katex-display">{KATEX}</span>', "$$R_1 = \\{a_i\\}$$"),
    "MathJax": (
        '<span class="MathJax_Preview">ai</span><span class="MathJax">ai</span><script type="math/tex">a_i</script>',
        "$a_i$",
    ),
    "MathJax on lines of its own": ('<script type="math/tex; mode=display">a_i</script>', "$$a_i$$"),
    "Wikipedia": (WIKIPEDIA, "$a_{i}^{2}$"),
    "a picture with its TeX": ('<img class="latex" src="x.png" alt="a_i^2">', "$a_i^2$"),
    "MathML": ("<math><msup><mi>x</mi><mn>2</mn></msup></math>", "$x^2$"),
    "TeX that a script would set": ("\\(a_i \\{x\\}\\)", "\\(a_i \\{x\\}\\)"),
    "TeX between dollars": ("$a_i * b_j * c$", "$a_i * b_j * c$"),
}


@pytest.mark.parametrize(("formula", "tex"), FORMULAS.values(), ids=FORMULAS)
def test_formulas_come_as_tex(formula: str, tex: str) -> None:
    assert f"The ratio {tex} is it." in text_of(page(f"<p>The ratio {formula} is it.</p>"))


def test_prices_are_no_formulas() -> None:
    assert "It costs $5 or 6_7 $." in text_of(page("<p>It costs $5 or 6_7 $.</p>"))


def test_tables_and_links_are_options() -> None:
    source = page(
        "<table><tr><td>a</td><td>bcd</td></tr></table><p>See <a href='https://a.org/x'>the other page</a>.</p>"
    )
    assert "| bcd |" not in text_of(source, tables=False)
    assert "https://a.org/x" not in text_of(source)
    assert "[the other page](https://a.org/x)" in text_of(source, links=True)


def test_what_the_head_says_comes_with_it() -> None:
    head = (
        "<link rel='canonical' href='https://a.org/w'><link rel='license' href='https://creativecommons.org/licenses/by/4.0/'>"
        "<meta property='og:site_name' content='Clinic'><meta name='description' content='How to.'>"
    )
    assert fields_of(page("", head)) | {"text": ""} == {
        "text": "",
        "title": "Dosing",
        "language": "en-GB",
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "source": "https://a.org/w",
        "meta": {"site": "Clinic", "description": "How to."},
    }


@pytest.mark.parametrize(
    "head",
    [
        "<meta name='DC.rights' content='CC0'>",
        '<script type=\'application/ld+json\'>{"@type": "Article", "license": "CC0", oops</script>',
        "<link itemprop='license' href='CC0'>",
    ],
)
def test_the_licence_is_found_where_pages_say_it(head: str) -> None:
    assert fields_of(page("", head))["license"] == "CC0"


@pytest.mark.parametrize(
    ("declared", "written", "mended"),
    [
        ("iso-8859-1", "cp1252", ()),
        ("windows-1251", "cp1251", ()),
        ("utf-8", "cp1252", ("encoding_cp1252",)),
        ("no-such", "utf-8", ()),
        ("rot13", "utf-8", ()),
    ],
)
def test_the_charset_is_believed_where_it_can_be_true(declared: str, written: str, mended: tuple[str, ...]) -> None:
    words = "Это правда, и ещё как" if written == "cp1251" else "déjà vu – encore"
    source = page(f"<p>{words}</p>").replace("charset='utf-8'", f"charset='{declared}'")
    raw = read(source.encode(written))
    assert raw.fields is not None
    assert words in raw.fields["text"]
    assert raw.mended == mended


def test_another_encoding_than_asked_for_is_said_with_its_place() -> None:
    with pytest.raises(Unreadable, match="byte 4: not utf-8"):
        read(b"<p>a\xe9", encoding="utf-8")


@pytest.mark.parametrize(
    "source", ["", " \n", "<!-- nothing -->", "<script>x()</script>", "<html></html>", "<!DOCTYPE html>"]
)
def test_a_page_without_text_has_an_empty_one(source: str) -> None:
    assert text_of(source) == ""


def test_a_larger_page_than_allowed_is_not_read() -> None:
    with pytest.raises(Unreadable, match="more than 10 bytes"):
        read("x" * 11, most_bytes=10)


def test_entities_that_a_doctype_declares_stand_for_nothing() -> None:
    entities = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True))
    doctype = f'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY a "lol">{entities}]>'
    text = text_of(f"{doctype}<html><body><p>{OPENING} &j;</p></body></html>")
    assert "lol" not in text
    assert text.startswith(OPENING)


def test_an_entity_reads_no_file() -> None:
    secret = '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    assert "root:" not in text_of(f"{secret}<html><body><p>{OPENING} &x;</p></body></html>")


HOSTILE = {
    "unclosed elements": ("<div>" * 2_000_000, "html"),
    "deep nesting": ("<div>" * 50_000 + "x" + "</div>" * 50_000, "html"),
    "deep inline nesting": ("<b><i>x" * 50_000, "html"),
    "deep formulas": ("<math><msup>" * 50_000, "html"),
    "deep tables": ("<table><tr><td>" * 50_000, "html"),
    "elements without end": ("<p>word" * 400_000, "too_long"),
    "angle brackets": ("<" * 200_000, ""),
    "attributes": ("<a " + 'x="1" ' * 100_000, ""),
    "doctypes": ("<!DOCTYPE html [" * 100_000, ""),
    "open comments": ("<!--" * 200_000, ""),
    "ampersands": ("&amp" * 100_000, ""),
    "open formulas": (f"<p>{OPENING} " + "\\( x $ a_ \\[" * 20_000, ""),
    "NULs": (f"<p>{OPENING}\0</p>\0\1\2", ""),
    "surrogates": (f"<p>{OPENING} &#xd800; &#0; &#x110000;</p>", ""),
    "every byte": ("".join(map(chr, range(256))) * 300, ""),
}


@pytest.mark.parametrize(("source", "kind"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_page_is_read_or_refused_with_a_reason(source: str, kind: str) -> None:
    if kind:
        with pytest.raises(Unreadable) as refused:
            read(source)
        assert refused.value.kind == kind
    else:
        text_of(source).encode("utf-8")


def test_what_the_extractor_cannot_take_is_a_fault_of_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    import trafilatura

    def fails(*_: object, **__: object) -> str:
        raise RecursionError("too deep")

    monkeypatch.setattr(trafilatura, "extract", fails)
    with pytest.raises(Unreadable, match="too deep") as refused:
        read(page(""))
    assert refused.value.kind == "html"


def test_without_trafilatura_the_command_to_install_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "trafilatura", None)
    with pytest.raises(UserError, match=r"pip install thinkaug\[html\]"):
        html()


WORDS = st.lists(st.text(st.sampled_from("abcdefghéößñж_*#<>&'\"()"), min_size=2, max_size=9), min_size=8, max_size=30)


@settings(deadline=None, max_examples=60)
@given(st.lists(WORDS, min_size=1, max_size=5, unique_by=tuple))
def test_every_paragraph_comes_through(paragraphs: list[list[str]]) -> None:
    from html import escape

    said = [" ".join(["So", *words, "ends."]) for words in paragraphs]
    text = text_of(page("".join(f"<p>{escape(paragraph)}</p>" for paragraph in said)))
    for paragraph in said:
        assert paragraph in text


@settings(deadline=None, max_examples=150)
@given(
    st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<div",
                ">",
                "<math>",
                "<mfrac>",
                "<table><tr>",
                "<td>",
                "$",
                "\\(",
                "a",
                "&",
                "\0",
                "<pre>",
                "é",
                "<script",
                "</script>",
                "<!--",
                "-->",
                "<br/>",
                "<![CDATA[",
                "<li>",
                "<h1>",
            ]
        ),
        max_size=40,
    )
)
def test_no_order_of_pieces_stops_it(pieces: list[str]) -> None:
    text_of("".join(pieces))
