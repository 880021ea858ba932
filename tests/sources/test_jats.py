"""jats: articles of three styles as a person would want to read them, and what hostile ones do."""

import inspect
import io
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinkaug.errors import Unreadable
from thinkaug.sources.jats import jats
from thinkaug.stage import Raw

ARTICLES = Path(__file__).parent / "articles"


def read(body: bytes | str, *, sub_articles: bool = False, most_bytes: int = 1 << 20) -> list[Raw]:
    source = jats(sub_articles=sub_articles, most_bytes=most_bytes)
    return list(source(io.BytesIO(body.encode() if isinstance(body, str) else body), "f.xml"))


def text_of(body: str) -> str:
    """The text of an article with that body."""
    (raw,) = read(f"<article><body>{body}</body></article>")
    assert raw.fields is not None, raw.problem
    return str(raw.fields["text"])


def line_of(inner: str) -> str:
    return text_of(f"<p>{inner}</p>")


def cited(*numbers: str) -> list[str]:
    return [f'<xref ref-type="bibr" rid="r{number}">{number}</xref>' for number in numbers]


@pytest.mark.parametrize("style", ["plos", "pmc", "elife"])
def test_an_article_reads_as_written_beside_it(style: str) -> None:
    raw = read((ARTICLES / f"{style}.xml").read_bytes())[0]
    assert raw.fields is not None
    assert f"{raw.fields['text']}\n" == (ARTICLES / f"{style}.md").read_text(encoding="utf-8")


def test_front_matter_becomes_fields() -> None:
    (raw,) = read((ARTICLES / "plos.xml").read_bytes())
    assert raw.fields is not None
    assert {name: value for name, value in raw.fields.items() if name != "text"} == {
        "title": "Roots of Planta ficta take up CO2 at night",
        "license": "http://creativecommons.org/licenses/by/4.0/",
        "language": "en",
        "source": "https://doi.org/10.0000/invented.0001",
        "meta": {
            "article_type": "research-article",
            "doi": "10.0000/invented.0001",
            "pmid": "123",
            "journal": "Invented Letters of Botany",
            "year": 2019,
            "subjects": ["Research Article", "Plant water"],
            "keywords": ["roots", "night"],
        },
    }
    assert len(raw.sha256) == 64


def test_no_name_of_a_person_comes_in() -> None:
    assert "Nobody" not in str(read((ARTICLES / "plos.xml").read_bytes()))


def test_a_wrapper_gives_each_article_and_a_retraction_says_what_it_is() -> None:
    first, second = read((ARTICLES / "pmc.xml").read_bytes())
    assert first.fields is not None
    assert second.fields is not None
    assert (first.id, second.id, first.sha256) == ("f.xml#1", "f.xml#2", "")
    assert (first.fields["title"], first.fields["source"]) == ("A rash after rain: one case", "PMC900001")
    assert first.fields["license"] == "https://creativecommons.org/licenses/by-nc/4.0/"
    assert second.fields["text"] == ""
    assert second.fields["meta"] == {"article_type": "retraction", "related": ["retracted-article"]}


def test_a_large_wrapper_gives_the_same_articles() -> None:
    body = (ARTICLES / "pmc.xml").read_bytes()
    assert read(body, most_bytes=len(body) - 20) == read(body)


def test_a_wrapper_that_is_cut_gives_the_articles_before_the_cut() -> None:
    source = jats()(io.BytesIO((ARTICLES / "pmc.xml").read_bytes()[:-60]), "f.xml")
    assert next(source).fields is not None
    with pytest.raises(Unreadable, match="the file ends inside <article>"):
        next(source)


def test_letters_within_an_article_are_left_out_or_records_of_their_own() -> None:
    body = (ARTICLES / "elife.xml").read_bytes()
    (alone,) = read(body)
    article, letter = read(body, sub_articles=True)
    assert article == alone
    assert letter.fields is not None
    assert (letter.id, letter.fields["title"], letter.fields["text"]) == (
        "f.xml/1",
        "Decision letter",
        "Why only four?",
    )
    assert letter.fields["meta"] == {"article_type": "decision-letter", "doi": "10.0000/invented.e1.sa1"}


def test_a_file_without_an_article_says_what_it_is() -> None:
    with pytest.raises(Unreadable, match="nothing is an <article>; the root is <html>") as caught:
        read("<html/>")
    assert caught.value.kind == "no_records"


one, two, three = cited("1", "2", "3")
LINES = {
    f"Known [{one}].": "Known.",
    f"Known [{one}, {two}]; so.": "Known; so.",
    f"Known ({one}–{three}) now.": "Known now.",
    f"Known <sup>{one},{two}</sup>.": "Known.",
    f"Known.<sup>{one}–{three}</sup> Now": "Known. Now",
    f"Known <sup>{one}</sup><sup>,</sup><sup>{two}</sup> now": "Known now",
    f"Known [{one}], [{two}] and [{three}].": "Known.",
    'Known <xref ref-type="bibr">[1]</xref>–<xref ref-type="bibr">[3]</xref>.': "Known.",
    'Known<xref ref-type="bibr"><sup>1</sup></xref>, too.': "Known, too.",
    f"As in [{one}] and [see {two}] and ref. {three}.": "As in [1] and [see 2] and ref. 3.",
    f"(reviewed in {one})": "(reviewed in 1)",
    'Smith (<xref ref-type="bibr">Smith, 1999</xref>) said': "Smith (Smith, 1999) said",
    'Smith (<xref ref-type="bibr">1999</xref>) said': "Smith said",
    'in (<xref ref-type="fig">Fig. 1</xref>) and [3] and ()': "in (Fig. 1) and [3] and ()",
    "10<sup>3</sup> and 10<sup>−3</sup> and 10 <sup>5</sup>": "10^3 and 10^−3 and 10 ^5",
    "5 m<sup>2</sup> s<sup>−1</sup>": "5 m^2 s^−1",
    "<italic>x</italic><sup>n+1</sup>": "x^(n+1)",
    "<italic>x<sup>2</sup></italic>": "x^2",
    "H<sub>2</sub>O, Ca(OH)<sub>2</sub>, IC<sub>50</sub>": "H2O, Ca(OH)2, IC50",
    "<italic>T</italic><sub>max</sub> x<sub>i</sub> 10<sub>2</sub> a<sub>i,j</sub>": "T_max x_i 10_2 a_(i,j)",
    "Ca<sup>2+</sup> Na<sup>+</sup> SO<sub>4</sub><sup>2−</sup> CD4<sup>+</sup>": "Ca2+ Na+ SO4^2− CD4+",
    "the 1<sup>st</sup> <sup>14</sup>C and 37<sup>°</sup>C, X<sup>®</sup>": "the 1st 14C and 37°C, X®",
    "see <ext-link xmlns:x='http://www.w3.org/1999/xlink' x:href='http://a.b'/>": "see http://a.b",
    "a<break/>b &amp; c": "a b & c",
    "<inline-formula><tex-math>$\\alpha$</tex-math></inline-formula>": "$\\alpha$",
    "so<fn><p>An aside.</p></fn> it is": "so (An aside.) it is",
}


@pytest.mark.parametrize("inner", LINES)
def test_a_line_keeps_its_meaning(inner: str) -> None:
    assert line_of(inner) == LINES[inner]


TABLE = """<table-wrap><label>Table 2.</label><caption><p>Of things.</p></caption><table>{}</table></table-wrap>"""


def rows_of(table: str) -> list[str]:
    return text_of(TABLE.format(table)).split("\n\n")[1].split("\n")


def test_a_cell_over_columns_and_rows_stands_in_each() -> None:
    table = """<tbody><tr><th>a</th><th>b</th><th>c</th></tr>
    <tr><td rowspan="2" colspan="2">x</td><td>1</td></tr><tr><td>2</td></tr>
    <tr><td>y</td><td/><td>3</td></tr></tbody>"""
    assert rows_of(table) == ["| a | b | c |", "| --- | --- | --- |", "| x | x | 1 |", "| x | x | 2 |", "| y |  | 3 |"]


def test_a_span_at_the_end_of_a_row_is_kept_too() -> None:
    table = "<tr><td>a</td><td rowspan='3'>b</td></tr><tr><td>c</td></tr><tr/>"
    assert rows_of(table) == ["| a | b |", "| --- | --- |", "| c | b |", "|  | b |"]


def test_short_rows_are_padded_and_bars_escaped() -> None:
    assert rows_of("<tr><td>a|b</td><td>c</td></tr><tr><td>d</td></tr>") == [
        "| a\\|b | c |",
        "| --- | --- |",
        "| d |  |",
    ]


@pytest.mark.parametrize(
    "table",
    [
        "<tr><td colspan='100000000' rowspan='100000000'>x</td></tr>" * 3000,
        "<tr>" + "<td rowspan='65000'>x</td>" * 900 + "</tr>" + "<tr/>" * 20_000,
        "<tr>" + "<td/>" * 1000 + "</tr>" + "<tr><td/></tr>" * 20_000,
        f"<tr><td colspan='1000'>{'x' * 100_000}</td></tr>" * 5,
    ],
    ids=["both", "rows", "padding", "long"],
)
def test_a_small_file_cannot_ask_for_a_huge_table(table: str) -> None:
    assert len(text_of(TABLE.format(table))) < 3_000_000


def test_lists_in_lists_keep_their_markers() -> None:
    body = """<list list-type="alpha-lower"><list-item><p>one</p><p>more</p>
    <list list-type="roman-upper"><list-item><p>deep</p></list-item>
    <list-item><label>(z)</label><p>own</p></list-item></list>
    </list-item><list-item><p>two</p></list-item></list>"""
    assert text_of(body) == "a. one\n\n   more\n   I. deep\n   (z) own\nb. two"


def test_code_is_kept_to_the_letter() -> None:
    assert (
        text_of("<code language='python'>a  = 1\n\n\n  b[1] = ```\n</code>")
        == "````python\na  = 1\n\n\n  b[1] = ```\n````"
    )


def test_sections_without_a_title_add_no_level_and_empty_ones_no_heading() -> None:
    body = (
        "<sec><sec><title>A</title><p>a</p><sec><title>B</title><p>b</p></sec></sec></sec><sec><title>C</title></sec>"
    )
    assert text_of(body) == "# A\n\na\n\n## B\n\nb"


def test_a_formula_by_itself_keeps_its_number() -> None:
    body = "<p>As<disp-formula><label>(3)</label><tex-math>a_1</tex-math></disp-formula>says.</p>"
    assert text_of(body) == "As\n\n$$a_1 \\tag{3}$$\n\nsays."


@pytest.mark.parametrize("tag", ["italic", "sec", "p", "list-item", "boxed-text", "disp-quote", "sup", "fn", "list"])
def test_deep_articles_are_read_or_refused(tag: str) -> None:
    for levels in (250, 10_000):
        (raw,) = read(f"<article><body>{f'<{tag}>' * levels}x{f'</{tag}>' * levels}</body></article>")
        assert raw.fields is not None or raw.kind == "xml"


def test_an_article_too_deep_for_the_room_there_is_left_is_refused() -> None:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack()) + 200)
    try:
        (raw,) = read(f"<article><body>{'<italic>' * 250}x{'</italic>' * 250}</body></article>")
    finally:
        sys.setrecursionlimit(before)
    assert (raw.fields, raw.kind) == (None, "xml")


def test_references_are_left_out_wherever_they_stand() -> None:
    refs = "<ref-list><title>References</title><ref><mixed-citation>Nobody</mixed-citation></ref></ref-list>"
    assert text_of(f"<sec><title>R</title>{refs}</sec><p>x</p>{refs}") == "x"


def test_an_article_with_a_bomb_is_refused() -> None:
    (raw,) = read('<!DOCTYPE article [<!ENTITY e "x">]><article><body><p>&e;</p></body></article>')
    assert (raw.fields, raw.kind) == (None, "entity")


TAGS = st.sampled_from(
    ["p", "sec", "title", "list", "list-item", "table", "tr", "td", "sup", "xref", "fn", "label", "math"]
)


@given(st.recursive(st.text("ab1[](),. $|", max_size=5), lambda inner: st.tuples(TAGS, st.lists(inner, max_size=4))))
def test_any_tree_of_known_tags_becomes_text(tree: object) -> None:
    def written(node: object) -> str:
        if isinstance(node, str):
            return node
        assert isinstance(node, tuple)
        return f"<{node[0]} ref-type='bibr'>{''.join(map(written, node[1]))}</{node[0]}>"

    text = text_of(written(tree))
    assert not set(text) & {"\x01", "\x02", "\x03"}


@given(st.text(st.characters(categories=["L", "N"], include_characters=" .,"), min_size=1))
def test_plain_paragraphs_come_back_but_for_white_space(words: str) -> None:
    assert line_of(words) == " ".join(word for word in words.split(" ") if word)
