"""What the rules on documents look at: compiled, and the same as in plain Python."""
# ruff: noqa: E501 - one case a line

from unicodedata import category

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.surface import plain
from thinkaug.surface import Surface

PIECES = st.sampled_from(
    ["the", "The", "e.g.", "U.S.", "don't", "it's", "we’ll", "5mg", "10%", "3+4", "a-b", "a--b", "x/y", "...", "…", ".", ". ", "! ", "?", ", ", "(", ")", '"', "'", "“", "”", "«", "$", "$5", "5€", "§", "+", "-", "–", "—", "~", ":", "=", "<", "#", "_", "•", "° ", "😀", "👨‍👩‍👧", " ", "  ", "\n", "\n\n", "\n \n", "\r\n", "\r", "\t", "\x0b", "\x85", "\u2028", "\u00a0", "\u3000", "中", "中国", "。", "か", "ไทย", "ก็", "〇", "اللغة", "שלום", "é", "e\u0301", "\u0301", "\ud800", "\x00", "\u200b", "http://a.b/c", "a@b.org", "www.x.org/y", "://", "a.B", "12", "km", "AB.", "A.", "/", "@", "\U000e0100", "\U00100000", "\U0002a6d6", "İ", "ß"]
)  # fmt: skip
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=60), st.lists(PIECES, max_size=60).map("".join)
)


@settings(max_examples=600, deadline=None)
@given(TEXTS)
def test_words_are_those_of_plain_python(text: str) -> None:
    found, wanted = Surface(text).words, plain.words(text)
    assert [int(size) for size in found.ends] == [sum(map(len, wanted[:at])) for at in range(len(wanted) + 1)]
    spoken = [word for word in wanted if any(category(char)[0] not in "PSCZ" or _unknown(char) for char in word)]
    assert found.spoken == len(spoken)
    assert found.spoken_chars == sum(map(len, spoken))
    assert found.lettered == sum(any(char.isalpha() for char in word) for word in wanted)
    same = {(one == other, first == second) for one, first in zip(wanted, found.hashes, strict=True) for other, second in zip(wanted, found.hashes, strict=True)}  # fmt: skip
    assert same <= {(True, True), (False, False)}


def _unknown(char: str) -> bool:
    """Not assigned, or of private use: nothing is known of it, so it may be a word."""
    return category(char) in ("Cn", "Co")


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_lines_are_those_of_plain_python(text: str) -> None:
    surface, wanted = Surface(text), plain.lines(text)
    found = surface.lines
    assert [text[first:last] for first, last in found.places[:, :2].tolist()] == wanted
    assert [row[3] for row in found.places.tolist()] == [len(line.split()) for line in wanted]
    assert [row[4] for row in found.places.tolist()] == [max(map(len, line.split())) for line in wanted]
    assert found.total == len(text.splitlines())
    assert found.breaks == sum(
        line != bare for line, bare in zip(text.splitlines(True), text.splitlines(), strict=True)
    )
    assert surface.repeated_lines == plain.repeated(wanted)
    assert surface.sentences.tolist() == [plain.sentences(plain.words(line)) for line in wanted]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(["a", "bb", "ccc", "."]), max_size=60), st.integers(1, 12))
def test_ngrams_are_those_of_plain_python(found: list[str], n: int) -> None:
    surface = Surface(" ".join(found))
    wanted = plain.words(" ".join(found))
    assert surface.top_gram(n) == plain.top_gram(wanted, n)
    assert surface.repeated_grams(n) == plain.repeated_grams(wanted, n)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The patient's dose, e.g. 5mg, isn't high.", ["The", "patient", "'s", "dose", ",", "e.g.", "5", "mg", ",", "is", "n't", "high", "."]),
        ("(see Fig. 3.)", ["(", "see", "Fig", ".", "3", ".", ")"]), ("J. Smith of the U.S. and the NHS.", ["J.", "Smith", "of", "the", "U.S.", "and", "the", "NHS", "."]),
        ("well-known/used, a,b...", ["well", "-", "known", "/", "used", ",", "a", ",", "b", "..."]), ("2024-11-24 3.14", ["2024", "-", "11", "-", "24", "3.14"]),
        ("https://a-b.org/c-d or me@a-b.org or a-b.org/c-d", ["https://a-b.org/c-d", "or", "me@a-b.org", "or", "a-b.org/c-d"]),
        ("患者男性，62岁。", ["患", "者", "男", "性", "，", "62", "岁", "。"]), ("ก็ดี", ["ก็", "ดี"]), ("$5 = 4€", ["$", "5", "=", "4", "€"]),
        ("שלום, עולם!", ["שלום", ",", "עולם", "!"]), ("😀👍 ok", ["😀", "👍", "ok"]), ("", []), (" \n ", []), ("one", ["one"]),
    ],
)  # fmt: skip
def test_what_counts_as_a_word(text: str, words: list[str]) -> None:
    found = Surface(text).words
    ends = [start + int(size) for start, size in zip(found.starts, found.ends[1:] - found.ends[:-1], strict=True)]
    assert [text[start:end] for start, end in zip(found.starts, ends, strict=True)] == words
    assert plain.words(text) == words


def test_paragraphs_end_at_lines_of_spaces() -> None:
    assert Surface("a\nb\n \t\nc\n\n\na\nb\n").repeated_paragraphs == (1, 3, 3)
    assert Surface("a\nb\n\nb\na").repeated_paragraphs == (0, 0, 2)
    assert Surface(" \n").repeated_paragraphs == (0, 0, 0)


def test_words_are_told_apart_with_their_case() -> None:
    assert Surface("The end of the day").present(("the", "of", "and", "The")) == 3


def test_a_carriage_return_and_a_line_feed_are_one_break() -> None:
    lines = Surface("a\r\nb\rc\n\rd\r\n").lines
    assert (len(lines), lines.total, lines.breaks) == (4, 5, 5)
