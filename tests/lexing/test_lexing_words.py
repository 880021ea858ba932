"""Words of UTF-8 bytes: what counts as one, and what is the same word."""

from itertools import pairwise

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkaug.lexing.letters import SKIPPED, UNSPACED, letters
from thinkaug.lexing.words import CAPITALISED, MARK, NUMBER, SINGLE, buffers, words_in, words_of


def spelt(text: str) -> list[str]:
    """The words as they stand in the text."""
    raw, words = text.encode("utf-8", "surrogatepass"), words_of(text)
    return [raw[s:e].decode("utf-8", "surrogatepass") for s, e in zip(words.starts, words.ends, strict=True)]


def hashes(text: str) -> list[int]:
    return [int(value) for value in words_of(text).hashes]


SPELLINGS = {
    "punctuation": ("Well, then: go (now)!", ["Well", "then", "go", "now"]),
    "apostrophes": ("World's don’t 'quoted' dogs' ", ["World's", "don’t", "quoted", "dogs"]),
    "numbers": ("1,000 3.5 1,2 1,0000 7. 0.5.", ["1,000", "3.5", "1", "2", "1", "0000", "7", "0.5"]),
    "units": ("5mg 3.5 mg 2nd SLC5A1", ["5", "mg", "3.5", "mg", "2", "nd", "SLC5A1"]),
    "minus": (
        "-5 x=-3 (−2) 2018-2019 well-known e-3",
        ["-5", "x", "=", "-3", "−2", "2018", "2019", "well", "known", "e", "3"],
    ),
    "signs": ("x < 5 ≥ 3% 40° a|b", ["x", "<", "5", "≥", "3", "%", "40", "°", "a", "b"]),
    "tags": ('<p class="a">Is <br/> 1 > 0</p>', ["p", "class", "=", "a", "Is", "br", "1", ">", "0", "p"]),
    "han": ("日本語が", ["日", "本", "語", "が"]),
    "thai with marks": ("สวัสดี", ["ส", "วั", "ส", "ดี"]),
    "two scripts": ("5mg阿司匹林and", ["5", "mg", "阿", "司", "匹", "林", "and"]),
    "hangul": ("한국 사람", ["한국", "사람"]),
    "arabic": ("السلام عليكم", ["السلام", "عليكم"]),
    "skipped": ("soft\u00adhyphen zero\u200bwidth", ["soft\u00adhyphen", "zero\u200bwidth"]),
    "none": (" .,;\n🙂🙂🏽‍⚕️ — ", []),
    "lone surrogate": ("a\ud800b", ["a", "b"]),
}


@pytest.mark.parametrize(("text", "expected"), SPELLINGS.values(), ids=SPELLINGS)
def test_what_counts_as_a_word(text: str, expected: list[str]) -> None:
    assert spelt(text) == expected


SAME = {
    "case": ("Straße MAẞ İ", "STRASSE mass i"),
    "accents": ("café na\u00efve", "cafe\u0301 naive"),
    "ligatures": ("ﬁlled ǆ", "filled dž"),
    "width": ("ＡＢＣ１", "abc1"),
    "zero width and soft hyphens": ("soft\u00adhyphen", "softhyphen"),
    "thousands": ("1,000,000", "1000000"),
    "apostrophes": ("don’t it's", "dont its"),
    "unequal": ("a != b", "a ≠ b"),
    "the minus sign": ("a = \u22125", "a = -5"),
    "hangul": ("한국", "\u1112\u1161\u11ab\u1100\u116e\u11a8"),
    "kana": ("が", "か\u3099"),
    "units": ("5mg", "5 mg"),
}


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME)
def test_what_is_the_same_word(one: str, other: str) -> None:
    assert hashes(one) == hashes(other) != []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("5", "-5"),
        ("0.5", "5.0"),
        ("x < 5", "x > 5"),
        ("a = b", "a != b"),
        ("a! b", "a != b"),
        ("1.5", "15"),
        ("ab c", "a bc"),
        ("种", "和"),
    ],
)
def test_what_is_not(one: str, other: str) -> None:
    assert hashes(one) != hashes(other)


def test_kinds() -> None:
    kinds = {
        word: int(kind) for word, kind in zip(spelt("Ab c -7 8 < 日"), words_of("Ab c -7 8 < 日").kinds, strict=True)
    }
    assert kinds == {"Ab": CAPITALISED, "c": 0, "-7": NUMBER, "8": NUMBER, "<": MARK, "日": SINGLE}


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(exclude_categories=[])))
def test_words_lie_in_order_and_between_characters(text: str) -> None:
    raw, words = text.encode("utf-8", "surrogatepass"), words_of(text)
    assert len(words.hashes) == len(words.starts) == len(words.ends) == len(words.kinds)
    edges = [edge for pair in zip(words.starts, words.ends, strict=True) for edge in pair]
    assert edges == sorted(edges)
    for start, end in zip(words.starts, words.ends, strict=True):
        assert start < end <= len(raw)
        raw[start:end].decode("utf-8", "surrogatepass")


@settings(max_examples=200, deadline=None)
@given(st.text(), st.text())
def test_a_paragraph_break_keeps_words_apart(one: str, other: str) -> None:
    assert hashes(f"{one}\n\n{other}") == hashes(one) + hashes(other)


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(categories=["L"], max_codepoint=0x24F)))
def test_case_changes_nothing(text: str) -> None:
    assert hashes(text) == hashes(text.casefold())


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=40))
def test_any_bytes_have_words(raw: bytes) -> None:
    assert len(words_in(raw)) <= len(raw)


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()], ids=["string", "large"])
def test_buffers_of_a_slice(kind: pa.DataType) -> None:
    offsets, data = buffers(pa.array(["one", None, "", "zwei", "三"], kind)[1:])
    texts = [bytes(data[start:end]).decode() for start, end in pairwise(offsets)]
    assert texts == ["", "", "zwei", "三"]


def test_buffers_of_nothing() -> None:
    assert [len(part) for part in buffers(pa.array([], pa.string()))] == [1, 0]
    assert [len(part) for part in buffers(pa.array([None, None], pa.string()))] == [3, 0]


def test_buffers_are_of_strings() -> None:
    with pytest.raises(TypeError, match="int64"):
        buffers(pa.array([1]))


def test_every_letter_without_spaces_folds_to_one() -> None:
    folds = letters().folds
    assert folds[0x4E00] & UNSPACED
    assert folds[0x0E01] & UNSPACED
    assert not folds[ord("a")] & UNSPACED
    assert folds[0x301] == SKIPPED == folds[0xE0041]
