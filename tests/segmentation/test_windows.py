"""Windows by characters and by tokens: what they hold, where they end, and what they never cut."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkaug.segmentation.clusters import splits_cluster
from thinkaug.segmentation.outline import Outline
from thinkaug.segmentation.windows import Fill, tile, tile_by_fill


def cut(text: str, max_chars: int) -> list[str]:
    return [text[a:b] for a, b in tile(Outline(text), max_chars)]


def test_a_window_ends_before_a_list_and_its_introduction() -> None:
    text = "One sentence is here. " * 4 + "\n\nDo this:\n\n- First thing to do.\n\n- Second thing to do.\n\nThen."
    assert cut(text, 120)[1].startswith("Do this:")


def test_a_list_longer_than_the_window_is_cut_between_its_items() -> None:
    loose = "Do:\n\n" + "\n\n".join(f"- Item {n}. It has two sentences." for n in range(30))
    tight = "Do:\n" + "\n".join(f"- Item {n}. It has two sentences." for n in range(30))
    for text in (loose, tight):
        first, *others = cut(text, 200)
        assert first.startswith("Do:")
        assert len(others) > 3
        assert all(part.startswith("- Item") for part in others)


def test_an_item_longer_than_the_window_is_cut_at_a_sentence() -> None:
    text = "- First.\n- " + "It has many sentences. " * 20 + "\n- Last.\n"
    assert all(part.rstrip().endswith(".") for part in cut(text, 100))


@pytest.mark.parametrize(
    "heading", ["# The heading of it\n\n", "The heading of it\n=====\n\n", "\\section{The heading}\n\\label{x}\n\n"]
)
def test_a_heading_is_never_the_last_thing_of_a_window(heading: str) -> None:
    text = ("A sentence stands here. " * 5 + "\n\n" + heading + "Another one stands here. " * 5 + "\n\n") * 6
    for max_chars in range(150, 400, 7):
        assert not any(part.endswith(heading) for part in cut(text, max_chars))


def test_a_long_heading_is_no_window_of_its_own() -> None:
    heading = "# " + "A long heading " * 5 + "\n\n"
    for max_chars in range(len(heading) + 5, 4 * len(heading)):
        assert cut(heading + "word " * 200, max_chars)[0] != heading


@pytest.mark.parametrize(
    ("row", "before", "after"),
    [
        ("| a cell | of a row that. Is long |\n", "Text.\n\n", "\nText."),
        ("    y = f(x); # Is this. Code\n", "Text.\n\n", "\nText."),
        ("y = f(x)  # Is this. Code\n", "```\n", "```\n"),
        ("a & b. C \\\\\n", "\\begin{tabular}{ll}\n", "\\end{tabular}\n"),
        ("<tr><td>A. B</td></tr>\n", "<table>\n", "</table>\n"),
    ],
)
def test_what_is_longer_than_the_window_is_cut_at_line_ends(row: str, before: str, after: str) -> None:
    text = before + row * 3000 + after
    parts = cut(text, 2000)
    assert max(map(len, parts)) <= 2000
    assert len(parts) < 1.2 * len(text) / 2000 + 2
    assert all(part.endswith("\n") for part in parts[:-1])


def test_a_long_block_of_code_is_cut_at_its_blank_lines() -> None:
    text = "```\n" + "def f():\n    return 1\n\n" * 40 + "```\n"
    assert all(part.startswith("def f") for part in cut(text, 300)[1:])


def test_a_line_longer_than_the_window_is_cut_at_white_space() -> None:
    parts = cut("```\n" + "word " * 1000 + "\n```\n", 200)
    assert max(map(len, parts)) <= 200
    assert all(part.endswith((" ", "\n")) for part in parts)


WORDS = ["One", "two.", "Three?", "$x = 1$", "`a. B`", "Dr.", "我走了。", "e\u0301\u0301\u0301", "👩\u200d👩"]
MARKS = ["-", "#", "1.", "|", "```", "\\begin{align}", "\\end{align}", "\n- ", "\n    ", "\n| a | b |\n"]
PIECES = st.lists(st.sampled_from([*WORDS, *MARKS, "\n", "\n\n", " ", " ", "\r\n"]), max_size=120).map("".join)


def words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def utf8(texts: Sequence[str]) -> list[int]:
    return [len(text.encode("utf-8", "surrogatepass")) for text in texts]


def odd(texts: Sequence[str]) -> list[int]:
    """A tokenizer whose counts do not add up: a text has more tokens than its halves together."""
    return [len(text) + len(text) ** 2 // 50 for text in texts]


def share(count: object, most: int) -> Fill:
    return lambda texts: [tokens / most for tokens in count(texts)]  # type: ignore[operator]  # one of the three above


@settings(max_examples=300, deadline=None)
@given(PIECES | st.text(max_size=400), st.sampled_from([words, utf8, odd]), st.integers(1, 60))
def test_a_window_holds_no_more_tokens_than_said_by_its_own_count(text: str, count: object, most: int) -> None:
    fill = share(count, most)
    windows = tile_by_fill(Outline(text), fill)
    assert "".join(text[a:b] for a, b in windows) == text
    assert all(a < b for a, b in windows)
    for begin, end in windows:
        assert end == len(text) or not splits_cluster(text, end)
        one_cluster = all(splits_cluster(text, at) for at in range(begin + 1, end))
        assert fill([text[begin:end]])[0] <= 1 or one_cluster


def test_windows_of_tokens_are_well_filled_and_end_at_paragraphs() -> None:
    text = "\n\n".join(f"Paragraph {n} has some words in it. " * (1 + n % 5) for n in range(200))
    windows = tile_by_fill(Outline(text), share(words, 120))
    filled = words([text[a:b] for a, b in windows])
    assert max(filled) <= 120
    assert sum(filled) / len(filled) > 90
    assert all(text[a:].startswith("Paragraph") for a, _ in windows)


def test_each_token_is_counted_about_twice_and_in_few_calls() -> None:
    calls = []

    def counted(texts: Sequence[str]) -> list[float]:
        calls.append(sum(map(len, texts)))
        return [len(text.split()) / 100 for text in texts]

    text = "A sentence of six words here. " * 5000
    tile_by_fill(Outline(text), counted)
    assert len(calls) <= 3
    assert sum(calls) < 2.2 * len(text)


def test_a_short_text_is_counted_once() -> None:
    calls: list[Sequence[str]] = []

    def counted(texts: Sequence[str]) -> list[float]:
        calls.append(texts)
        return [0.5 for _ in texts]

    assert tile_by_fill(Outline("A short text."), counted) == [(0, 13)]
    assert calls == [["A short text."]]
