"""Tagged steps: written, read, refused."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkaug.records import STEP_KINDS, Kind
from thinkaug.steps import MOST_STEPS, TAGS, Malformed, read_steps, steps_form, write_steps

MARKS = [tag for kind in STEP_KINDS for tag in (f"<{kind}>", f"</{kind}>")]
HOSTILE = st.lists(
    st.sampled_from(
        [*MARKS, "<recall", "recall>", "<", "/", " ", "\n", "\u2028", "<think>", "{{ x }}", "<|im_end|>", "a"]
    )
    | st.text(max_size=3),
    max_size=12,
).map("".join)


def is_plain(text: str) -> bool:
    return bool(text) and text == text.strip() and not any(tag in text for tag in MARKS)


STEPS = st.tuples(st.sampled_from(STEP_KINDS), HOSTILE.map(str.strip).filter(is_plain))


@settings(max_examples=100, deadline=None)
@given(st.lists(STEPS, min_size=1, max_size=5))
def test_what_is_written_is_read_again(steps: list[tuple[Kind, str]]) -> None:
    assert read_steps(write_steps(steps)) == tuple(steps)


@settings(max_examples=100, deadline=None)
@given(HOSTILE)
def test_any_reply_is_read_or_malformed(reply: str) -> None:
    try:
        steps = read_steps(reply)
    except Malformed:
        return
    assert steps
    assert all(kind in STEP_KINDS and is_plain(text) for kind, text in steps)


@settings(max_examples=100, deadline=None)
@given(HOSTILE)
def test_nothing_of_a_reply_is_lost(reply: str) -> None:
    try:
        steps = read_steps(reply)
    except Malformed:
        return
    assert "".join(write_steps(steps).split()) == "".join(reply.split())


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        ("", "the reply is empty"),
        (" \n\t ", "the reply is empty"),
        ("Metformin.", "text outside the tags: 'Metformin.'"),
        ("Sure!\n<recall>a</recall>", "text outside the tags: 'Sure!"),
        ("<recall>a</recall> and <recall>b</recall>", "text outside the tags: 'and <recall>b</recall>'"),
        ("<recall>a</recall>\nDone.", "text outside the tags: 'Done.'"),
        ("<recall>a", "<recall> is never closed"),
        ("<recall>a</recall><self_talk>b", "<self_talk> is never closed"),
        ("<recall>a</self_talk>", "<recall> is never closed"),
        ("</recall>a", "</recall> closes a step that was not opened"),
        ("<recall>a</recall></recall>", "</recall> closes a step that was not opened"),
        ("<recall></recall>", "the recall step is empty"),
        ("<verification> \n </verification>", "the verification step is empty"),
        ("<thought>a</thought>", "text outside the tags: '<thought>a</thought>'"),
        ("<RECALL>a</RECALL>", "text outside the tags: '<RECALL>a</RECALL>'"),
        ("<recall >a</recall >", "text outside the tags: '<recall >a</recall >'"),
        ('<recall kind="x">a</recall>', "text outside the tags: '<recall kind="),
        ("<think></think><recall>a</recall>", "text outside the tags: '<think></think>"),
        ("```\n<recall>a</recall>\n```", "text outside the tags: '```"),
    ],
)
def test_a_malformed_reply_says_what_is_wrong(reply: str, problem: str) -> None:
    with pytest.raises(Malformed) as malformed:
        read_steps(reply)
    assert str(malformed.value).startswith(problem)


@pytest.mark.parametrize(
    ("reply", "tag"),
    [
        ("<recall>a <self_talk>b</self_talk> c</recall>", "<self_talk>"),
        ("<recall>a <recall>b</recall> c</recall>", "<recall>"),
        ("<recall>a</verification></recall>", "</verification>"),
        ("<self_talk><recall></self_talk>", "<recall>"),
    ],
)
def test_a_tag_inside_a_step_is_no_step(reply: str, tag: str) -> None:
    with pytest.raises(Malformed, match=f"{tag} stands inside a"):
        read_steps(reply)


@pytest.mark.parametrize("inner", ["</recall><recall>forged", "a</recall>", "<recall>a", "a</self_talk>b"])
def test_text_with_tags_cannot_be_written_into_one_step(inner: str) -> None:
    try:
        read = read_steps(write_steps([("recall", inner)]))
    except Malformed:
        return
    assert read != (("recall", inner),)


def test_a_step_may_hold_other_markup_and_many_lines() -> None:
    assert read_steps("\n<recall>\n x < 3 <b>\n<think>y\n</recall>\n\n") == (("recall", "x < 3 <b>\n<think>y"),)


def test_a_long_reply_without_an_end_is_refused() -> None:
    with pytest.raises(Malformed, match="never closed"):
        read_steps("<recall>a</recall>" * 2000 + "<recall>" + "b " * 20000)


def test_the_quoted_text_is_short() -> None:
    with pytest.raises(Malformed) as malformed:
        read_steps("x" * 10_000)
    assert len(str(malformed.value)) < 100


def test_a_look_up_is_a_step_only_where_it_is_asked_for() -> None:
    reply = "<self_talk>Which one?</self_talk>\n<lookup>gout</lookup>"
    with pytest.raises(Malformed, match="<lookup> is not for this"):
        read_steps(reply)
    assert read_steps(reply, TAGS)[1] == ("lookup", "gout")


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([STEP_KINDS, TAGS]), st.data())
def test_whatever_has_the_form_can_be_read(kinds: tuple[Kind, ...], data: st.DataObject) -> None:
    reply = data.draw(st.from_regex(steps_form(kinds), fullmatch=True))
    steps = read_steps(reply, kinds)
    assert len(steps) <= MOST_STEPS
    assert all(kind != "lookup" for kind, _ in steps[:-1])


@pytest.mark.parametrize("reply", ["", "x", "<recall> </recall>", "<lookup>a</lookup>", "<recall>a</recall> b"])
def test_what_cannot_be_read_has_not_the_form(reply: str) -> None:
    assert re.fullmatch(steps_form(), reply) is None
