"""C4's rules: which lines count, how many sentences must be left, what drops a document; and that nothing is cut."""
# ruff: noqa: E501 - one case a line

import pytest

from thinkaug.quality.c4 import c4

LINE = "The heart pumps blood. "


def counted(line: str, **options: object) -> bool:
    """Whether the sentence of a line counts."""
    return c4(min_sentences=1, **options)(line) == ""  # type: ignore[arg-type]


@pytest.mark.parametrize(("sentences", "reason"), [(4, "c4_too_few_sentences"), (5, ""), (6, "")])
def test_five_sentences_must_be_left(sentences: int, reason: str) -> None:
    assert c4()(LINE * sentences) == reason
    assert c4()("\n".join([LINE] * sentences) + "\nMenu\nHome | About") == reason


@pytest.mark.parametrize(
    "line",
    ["It is so.", "Is it so?", "It is so!", 'He said "so it is"', "He said \u201cso it is\u201d", "It is so. ", "It is so.[12]", "It is so [edit].", "\u60a3\u8005 \u7537\u6027 \u80f8\u75db\u3002"],
)  # fmt: skip
def test_lines_that_count(line: str) -> None:
    assert counted(line)


@pytest.mark.parametrize(
    ("line", "switched_off"),
    [
        ("It is so", {"terminal_mark": False}), ("It is so...", {"terminal_mark": False}), ("It is so\u2026", {"terminal_mark": False}), ("It is.", {"min_line_words": 0}),
        ("It is " + "x" * 1001 + ".", {"max_word_chars": float("inf")}), ("Please enable JavaScript here.", {"line_phrases": []}), ("Our Privacy Policy has changed.", {"policy_phrases": []}),
    ],
)  # fmt: skip
def test_lines_that_do_not_count(line: str, switched_off: dict[str, object]) -> None:
    assert not counted(line)
    assert counted(line, **switched_off)


def test_a_word_of_a_thousand_characters_counts() -> None:
    assert counted("It is " + "x" * 999 + ".")
    assert not counted("It is " + "x" * 1000 + ".")


def test_what_drops_a_document() -> None:
    assert c4()(LINE * 9 + "\nHere is Lorem Ipsum again.") == "c4_placeholder"
    assert c4()(LINE * 9 + "\nThe set {1, 2} is finite.") == "c4_curly_bracket"
    assert c4(curly_bracket=False)(LINE * 9 + "\nThe set {1, 2} is finite.") == ""
    assert c4(page_phrases=[])(LINE * 9 + "\nHere is Lorem Ipsum again.") == ""


def test_the_first_of_them_is_the_reason() -> None:
    brace, placeholder = "The set {1, 2} is finite.\n", "Here is Lorem Ipsum again.\n"
    assert c4()(brace + placeholder) == "c4_curly_bracket"
    assert c4()(placeholder + brace) == "c4_placeholder"


def test_a_bracket_in_a_line_that_does_not_count_drops_nothing() -> None:
    assert c4()(LINE * 5 + "\nx = {1, 2}\n{javascript} is a name.") == ""


def test_phrases_are_found_where_lower_case_is_longer() -> None:
    assert c4()("\u0130" * 40 + " is it.\n" + LINE * 5 + "\nHere is Lorem Ipsum again.") == "c4_placeholder"
    assert c4()("\u0130" * 40 + " is\nHere is Lorem Ipsum again\n" + f"{LINE}\n" * 9) == ""
