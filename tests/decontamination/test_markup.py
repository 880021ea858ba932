"""markup: LaTeX and entities are read as what they stand for, and every word still knows where it stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinkaug.decontamination.commands import COMMANDS, ENTITIES
from thinkaug.decontamination.markup import plain_words


def hashes(text: str) -> list[int]:
    found: list[int] = plain_words(text.encode("utf-8", "surrogatepass")).hashes.tolist()
    return found


def spans(text: str) -> list[str]:
    raw = text.encode("utf-8", "surrogatepass")
    words = plain_words(raw)
    return [raw[start:end].decode("utf-8", "replace") for start, end in zip(words.starts, words.ends, strict=True)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (r"\dfrac{1}{2}", "1/2"),
        (r"\frac12", r"\frac{1}{2}"),
        (r"\frac 1 2 x", r"\frac{1}{2}x"),
        (r"10,\!000", "10,000"),
        (r"10{,}000", "10000"),
        (r"10\,000", "10000"),
        (r"\left( x \right)", "(x)"),
        (r"$x$ and \(y\)", "x and y"),
        (r"\text{cost of}~tea", "cost of tea"),
        (r"11\sqrt2", r"11\sqrt{2}"),
        (r"\theta \le 2\pi", "θ ≤ 2π"),
        (r"x \ne y", "x = y"),  # signs are no words here
        (r"3 \cdot 4", "3 * 4"),
        (r"3 \times 4", "3 × 4"),
        (r"\begin{align*} a \end{align*}", "a"),
        (r"A \TIMES B", "a × b"),
        ("Ann&#39;s", "Ann's"),
        ("Ann&#x2019;s &amp; Bob&rsquo;s", "Ann’s Bob’s"),
        ("&lt;b&gt; &quot;x&quot;", "b x"),
        ("> quoted\n> lines", "quoted lines"),
        ("a + b = c", "a b c"),
    ],
)
def test_two_ways_to_write_the_same(one: str, other: str) -> None:
    assert hashes(one) == hashes(other) != []


@pytest.mark.parametrize(
    ("one", "other"), [(r"\alpha", r"\beta"), (r"\frac12", "12"), (r"x\,y", "xy"), ("&foo;", "&bar;"), ("10.5", "105")]
)
def test_what_differs_still_differs(one: str, other: str) -> None:
    assert hashes(one) != hashes(other)


def test_words_know_where_they_stand() -> None:
    text = r"Was kostet 10,\!000 Äpfel & \dfrac{3}{4} Ann&#39;s \unknown5?"
    assert spans(text) == ["Was", "kostet", r"10,\!000", "Äpfel", "3", "4", "Ann&#39;s", "unknown", "5"]


@pytest.mark.parametrize(
    "text",
    ["", "\\", "&", "&#", "&#x", "\\frac", "\\frac1", "&#99999999999;", "\\!", "{,", "\\begin{", "&#xD800;", "&#0;"],
)
def test_broken_markup_is_text(text: str) -> None:
    assert all(word in text for word in spans(text))


@pytest.mark.parametrize("name", [*COMMANDS])
def test_no_command_grows_beyond_its_room(name: str) -> None:
    """The kernel writes at most two bytes for each that it reads, without looking."""
    assert len(COMMANDS[name].encode()) <= 2 * len(f"\\{name}")


@pytest.mark.parametrize("name", [*ENTITIES])
def test_no_entity_grows(name: str) -> None:
    assert len(ENTITIES[name].encode()) <= len(f"&{name};")


PIECES = st.sampled_from(
    ["\\", "&", "{", "}", "$", "#", ";", "frac", "le", "1", "23", ",", "!", " ", "é", "漢", "😀", "\ud800", "x"]
)


@given(st.lists(PIECES, max_size=40).map("".join))
def test_places_ascend_and_lie_in_the_text(text: str) -> None:
    size = len(text.encode("utf-8", "surrogatepass"))
    words = plain_words(text.encode("utf-8", "surrogatepass"))
    assert all(0 <= start < end <= size for start, end in zip(words.starts, words.ends, strict=True))
    assert all(before <= after for before, after in zip(words.ends, words.starts[1:], strict=False))
