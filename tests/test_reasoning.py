"""Replies of reasoning models, taken apart."""
# ruff: noqa: E501 - one case a line

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkaug.reasoning import split_reasoning


@pytest.mark.parametrize(
    ("reply", "reasoning", "answer"),
    [
        ("", "", ""), ("42.", "", "42."), (" \n ", "", ""), ("a < b > c, and <b>bold</b>", "", "a < b > c, and <b>bold</b>"),
        ("<think>Six sevens.</think>42.", "Six sevens.", "42."), ("<think>\nSix sevens.\n</think>\n\n42.\n", "Six sevens.", "42."), ("  \n<think>a</think>b", "a", "b"),
        ("<think></think>42.", "", "42."), ("<think>\n\n</think>\n\n42.", "", "42."), ("<think>a</think>", "a", ""),
        ("Six sevens.\n</think>\n\n42.", "Six sevens.", "42."), ("Six sevens.</think>42.", "Six sevens.", "42."), ("</think>42.", "", "42."),
        ("<thinking>a</thinking>b", "a", "b"), ("<thought>\na\n</thought>\nb", "a", "b"), ("<reasoning>a</reasoning>\nb", "a", "b"), ("[THINK]a[/THINK]b", "a", "b"), ("\u25c1think\u25b7a\u25c1/think\u25b7b", "a", "b"), ("<seed:think>a</seed:think>b", "a", "b"), ("<think >a</think >b", "a", "b"),
        ("<|begin_of_thought|>\n\na\n\n<|end_of_thought|>\n\n<|begin_of_solution|>\n\nb\n\n<|end_of_solution|>", "a", "b"),
        ("<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>final<|message|>b<|return|>", "a", "b"),
        ("Well.\n<think>a</think>\nb", "a", "Well.\n\nb"), ("<think>a</think>b\n<think>c</think>d", "a\n\nc", "b\n\nd"), ("<think>a</think><think>c</think>d", "a\n\nc", "d"), ("<think>\na\n</think>\n<think>\nc\n</think>\nd", "a\n\nc", "d"), ("a\n</think>\nb\n<think>c</think>d", "a\n\nc", "b\n\nd"),
    ],
)  # fmt: skip
def test_thoughts_are_told_from_answers(reply: str, reasoning: str, answer: str) -> None:
    split = split_reasoning(reply)
    assert (split.reasoning, split.answer, split.complete) == (reasoning, answer, True)


MENTIONS = ["`</think>`", '"</think>"', "'</think>'", "(</think>)", "**</think>**", "\u201c</think>\u201d", "`<think>x</think>`", "the tag </think> itself", "a </think> and a </think> too", "an </think>\nalone at the end of a line", "\n```\n<think>\nx\n</think>\n```\n", "`</think>`\n\n"]  # fmt: skip
OF_OTHERS = [
    "\n<think>\nin its own lines\n</think>\n",
    "</thinking>\n",
    "[/THINK]\n",
]  # nobody can tell without an opening tag


@pytest.mark.parametrize(("opening", "mention"), [*(("", m) for m in MENTIONS), *(("<think>\n", m) for m in MENTIONS + OF_OTHERS)])  # fmt: skip
def test_a_thought_may_speak_of_its_tag(opening: str, mention: str) -> None:
    thought = f"I have to write {mention} at the end. So I do."
    split = split_reasoning(f"{opening}{thought}\n</think>\n\nDone.")
    assert (split.reasoning, split.answer, split.complete) == (thought, "Done.", True)


@pytest.mark.parametrize("answer", ["Write `</think>` at the end.", 'It is called "</think>", I think.', "Use it so:\n\n```\n<think>\nx\n</think>\ny\n```\n\nThat is all.", "Use `<think>`.", "```python\nprint(1)\n```"])  # fmt: skip
@pytest.mark.parametrize("opening", ["<think>\n", "", None])
def test_an_answer_may_speak_of_the_tag(answer: str, opening: str | None) -> None:
    reply = answer if opening is None else f"{opening}It asks for tags.\n</think>\n{answer}"
    split = split_reasoning(reply)
    assert (split.reasoning, split.answer) == ("" if opening is None else "It asks for tags.", answer)


def test_a_tag_in_the_middle_of_a_line_ends_no_thought_that_another_ends_better() -> None:
    split = split_reasoning("<think>\nIt asks for tags.\n</think>\nThe tag </think> closes it.")
    assert (split.reasoning, split.answer) == ("It asks for tags.", "The tag </think> closes it.")


def test_a_fence_that_a_thought_left_open_hides_no_end() -> None:
    split = split_reasoning("<think>\nTry\n```\nx = 1\n</think>\nSo:\n```\nx = 2\n```\n")
    assert (split.reasoning, split.answer) == ("Try\n```\nx = 1", "So:\n```\nx = 2\n```")


@pytest.mark.parametrize(
    ("reply", "reasoning", "answer"),
    [
        ("<think>Six", "Six", ""), ("<think>", "", ""), ("<think>\nSix sevens are</thi", "Six sevens are</thi", ""), ("<think>I close with `</think>` and", "I close with `</think>` and", ""),
        ("<think>a</think>b\n<think>c", "a\n\nc", "b"), ("<thinking>a</think>b", "a</think>b", ""), ("<|channel|>analysis<|message|>a", "a", ""),
    ],
)  # fmt: skip
def test_a_thought_that_was_cut_off_is_not_complete(reply: str, reasoning: str, answer: str) -> None:
    split = split_reasoning(reply)
    assert (split.reasoning, split.answer, split.complete) == (reasoning, answer, False)


PIECES = st.lists(
    st.sampled_from(["<think>", "</think>", "<thinking>", "</thinking>", "[THINK]", "[/THINK]", "<|begin_of_thought|>", "<|end_of_thought|>", "<|end_of_solution|>", "`", "```", "\n", "\n\n", " ", '"', "(", ")", "a", "So. ", "</thi", "\u2028", "\ud800", "\x00"])
    | st.text(max_size=3),
    max_size=30,
).map("".join)  # fmt: skip


@settings(max_examples=500, deadline=None)
@given(PIECES)
def test_nothing_of_a_reply_is_lost(reply: str) -> None:
    split = split_reasoning(reply)
    assert "".join(text for _, text in split.parts) == reply
    assert split.complete or split.parts[-1][0] == "reasoning"


PLAIN = st.text(st.characters(exclude_characters="<[`\u25c1", codec=None), max_size=80)


@given(PLAIN, PLAIN, st.sampled_from([("<think>", "</think>"), ("<reasoning>", "</reasoning>"), ("[THINK]", "[/THINK]"), ("", "</think>")]), st.sampled_from(["", "\n", "\n\n"]))  # fmt: skip
def test_what_is_put_together_is_taken_apart(thought: str, answer: str, tags: tuple[str, str], gap: str) -> None:
    split = split_reasoning(f"{tags[0]}{gap}{thought}{gap}{tags[1]}{gap}{answer}")
    quoted = not gap and thought[-1:] and answer[:1]  # "x"</think>"y": a mention to all appearances
    if split.reasoning != thought.strip():
        assert quoted
    else:
        assert (split.answer, split.complete) == (answer.strip(), True)


@settings(max_examples=300, deadline=None)
@given(PIECES, PIECES)
def test_an_end_on_its_own_line_counts_whatever_stands_before(thought: str, answer: str) -> None:
    unopened = re.sub(r"<think>|<thinking>|\[THINK\]|<.begin_of_thought.>|`", "", thought)  # none begins another
    plain = re.sub(r"[<\[`/]", "", answer)
    split = split_reasoning(f"<think>{unopened}\n\n</think>\n\n{plain}")
    assert (split.reasoning, split.answer, split.complete) == (unopened.strip(), plain.strip(), True)


@pytest.mark.parametrize(
    "reply",
    ["<think>" * 50_000, "</think>" * 50_000, "<think>\n" * 50_000, "<think>\na</think>b\n" * 30_000, "<think>\n`</think>`\n" * 30_000, "```\n<think>\n```\n" * 30_000, "`" * 500_000, "```\n" * 100_000, "`a" * 200_001, "<think" * 50_000, "</think> \n" * 50_000, "<think>" + " " * 500_000 + "</think>"],
    ids=range(12),
)  # fmt: skip
def test_long_replies_are_read(reply: str) -> None:
    # Each takes well under a second; a quadratic step would take minutes.
    split = split_reasoning(reply)
    assert "".join(text for _, text in split.parts) == reply
