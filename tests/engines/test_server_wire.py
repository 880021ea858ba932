"""Requests and replies as JSON: nothing that a server can say raises anything but `Unreadable`."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engines.hostile_server import chat
from thinkaug.dialogue import Ask, Constraint, Message, Reply, Sampling
from thinkaug.engines.http.wire import (
    Unreadable,
    chat_body,
    complaint,
    plain,
    read_chat,
    read_score,
    score_body,
    shortened,
)

MESSAGES = (Message("system", "Be brief."), Message("user", "Why?"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


def body(ask: Ask, **given: Any) -> dict[str, Any]:
    return chat_body(ask, "m", given.get("options", {}), given.get("extra", {}), given.get("takes_system", True))


def test_all_of_the_sampling_is_said() -> None:
    assert body(Ask(MESSAGES, Sampling(0.0, 1.0, 7), seed=3)) == {
        "model": "m",
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Why?"}],
        "temperature": 0.0,
        "top_p": 1.0,
        "max_tokens": 7,
        "seed": 3,
    }


def test_top_k_is_said_where_it_matters() -> None:
    assert body(Ask(MESSAGES, Sampling(top_k=5), 0))["top_k"] == 5
    assert body(Ask(MESSAGES, Sampling(top_k=5), 0, measured=True))["top_k"] == 5
    # Measured against all tokens, whatever the server's own default is.
    measured = body(Ask(MESSAGES, Sampling(), 0, measured=True))
    assert (measured["top_k"], measured["logprobs"]) == (-1, True)


@pytest.mark.parametrize(
    ("constraint", "said"),
    [
        (Constraint("regex", "a|b"), {"regex": "a|b"}),
        (Constraint("json", '{"type": "object"}'), {"json": '{"type": "object"}'}),
        (Constraint("grammar", 'root ::= "a"'), {"grammar": 'root ::= "a"'}),
        (Constraint("choice", "yes\nno"), {"choice": ["yes", "no"]}),
    ],
)
def test_constraints_are_said_in_vllms_words(constraint: Constraint, said: dict[str, Any]) -> None:
    assert body(Ask(MESSAGES, Sampling(), 0, constraint))["structured_outputs"] == said


def test_chat_options_and_further_fields() -> None:
    ask = Ask(MESSAGES, Sampling(), 0, measured=True)
    said = body(ask, options={"enable_thinking": False}, extra={"min_p": 0.1, "top_k": None, "seed": None})
    assert (said["chat_template_kwargs"], said["min_p"]) == ({"enable_thinking": False}, 0.1)
    assert not {"top_k", "seed"} & set(said)


def test_a_system_message_can_open_the_first_turn() -> None:
    ask = Ask((*MESSAGES, Message("assistant", "So."), Message("user", "No.")), Sampling(), 0)
    assert [(said["role"], said["content"]) for said in body(ask, takes_system=False)["messages"]] == [
        ("user", "Be brief.\n\nWhy?"),
        ("assistant", "So."),
        ("user", "No."),
    ]
    assert body(Ask(MESSAGES[1:], Sampling(), 0), takes_system=False)["messages"] == [
        {"role": "user", "content": "Why?"}
    ]


def test_a_reply_with_all_that_it_can_hold() -> None:
    answer = chat("<recall>a</recall>", "length", reasoning_content="hm")
    answer["choices"][0]["logprobs"] = {"content": [{"token": "a", "logprob": -0.5}, {"token": "b", "logprob": 0}]}
    assert read_chat(answer, measured=True) == Reply("<recall>a</recall>", "length", 5, 2, "", "hm", (-0.5, 0.0))


@pytest.mark.parametrize(
    ("answer", "reply"),
    [
        (chat(None), ("", "stop", "")),
        (chat(None, "content_filter"), ("", "content_filter", "")),
        (chat("half", "content_filter"), ("half", "content_filter", "")),
        (chat(None, refusal="I cannot."), ("I cannot.", "stop", "")),
        (chat("a", None), ("a", "stop", "")),
        (chat("a", reasoning="hm"), ("a", "stop", "hm")),
        (chat(None, "length", reasoning="hm"), ("", "length", "hm")),
        (chat("a\ud800b"), ("a\ufffdb", "stop", "")),
        (chat("\U0001f600"), ("\U0001f600", "stop", "")),
        ({**chat("a"), "usage": None}, ("a", "stop", "")),
        ({**chat("a"), "usage": {"prompt_tokens": -1, "completion_tokens": 10**30}}, ("a", "stop", "")),
    ],
)
def test_replies_that_say_little_or_nothing(answer: dict[str, Any], reply: tuple[str, str, str]) -> None:
    found = read_chat(json.loads(json.dumps(answer)), measured=False)
    assert (found.text, found.finish, found.reasoning, found.error) == (*reply, "")
    assert 0 <= found.prompt_tokens <= 5


@pytest.mark.parametrize("value", [None, "x", True, [], float("nan"), float("-inf"), 10**400])
def test_log_probabilities_must_be_numbers(value: object) -> None:
    answer = chat()
    answer["choices"][0]["logprobs"] = {"content": [{"logprob": value}]}
    with pytest.raises(Unreadable, match="no number"):
        read_chat(answer, measured=True)


@pytest.mark.parametrize("found", [None, {}, {"content": None}, {"content": []}, []])
def test_log_probabilities_that_do_not_come_will_not_come_next_time(found: object) -> None:
    answer = chat()
    answer["choices"][0]["logprobs"] = found
    with pytest.raises(Unreadable, match="no log-probabilities") as caught:
        read_chat(answer, measured=True)
    assert not caught.value.again
    assert read_chat(answer, measured=False).text == "fine"


def scored(*values: object, prompt_tokens: int = 0) -> dict[str, Any]:
    usage = {"prompt_tokens": prompt_tokens, "completion_tokens": 1}
    return {"choices": [{"text": "", "logprobs": {"token_logprobs": list(values)}}], "usage": usage}


def test_only_the_target_is_scored() -> None:
    answer = scored(None, -1, -2, -3, -9)
    assert read_score(answer, context_tokens=2, target_tokens=2) == Reply(
        "", prompt_tokens=4, output_tokens=1, log_probabilities=(-2.0, -3.0)
    )


@pytest.mark.parametrize(
    "answer",
    [
        scored(None, -1, -2),
        scored(None, -1, -2, -3, -4, -5),
        scored(None, -1, -2, -3, -4, prompt_tokens=5),
        {"choices": [{"text": "x", "logprobs": None}]},
        {"choices": [{"text": "x"}]},
    ],
)
def test_a_score_of_other_tokens_than_were_sent_is_none(answer: dict[str, Any]) -> None:
    with pytest.raises(Unreadable) as caught:
        read_score(answer, context_tokens=2, target_tokens=2)
    assert not caught.value.again


def test_a_score_is_asked_for_as_tokens() -> None:
    said = score_body("m", [1, 2, 3])
    assert (said["prompt"], said["echo"], said["max_tokens"]) == ([1, 2, 3], True, 1)


@given(JSON)
def test_any_json_is_a_reply_or_unreadable(answer: object) -> None:
    for wrapped in (answer, {"choices": answer}, {"choices": [answer]}, {"choices": [{"message": answer}]}):
        for read in (
            lambda found: read_chat(found, measured=True),
            lambda found: read_score(found, context_tokens=1, target_tokens=1),
        ):
            with suppress(Unreadable):
                assert isinstance(read(wrapped), Reply)


@given(JSON)
def test_any_field_of_a_message_can_be_anything(value: object) -> None:
    for key in ("content", "reasoning", "refusal", "reasoning_content"):
        answer = chat()
        answer["choices"][0]["message"][key] = value
        answer["choices"][0]["finish_reason"] = value
        answer["usage"] = value
        try:
            found = read_chat(answer, measured=False)
        except Unreadable:
            continue
        assert (found.text + found.reasoning + found.finish).encode()


@given(JSON, st.text())
def test_a_complaint_is_one_short_line(answer: object, raw: str) -> None:
    for wrapped in (answer, {"error": answer}, {"error": {"message": answer}}):
        line = complaint(wrapped, raw)
        assert len(line) < 310
        assert len(line.splitlines()) <= 1


def test_complaints_are_found_where_servers_put_them() -> None:
    for answer in ({"error": {"message": "no"}}, {"error": "no"}, {"message": "no"}, {"detail": "no"}):
        assert complaint(answer, "raw") == "no"
    assert complaint({"error": {"code": 3}}, "raw") == "raw"


@given(st.text(st.characters(codec=None, categories=None)))
def test_plain_text_can_be_written_and_well_formed_text_stays(text: str) -> None:
    assert plain(text).encode("utf-8") or not text
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return
    assert plain(text) == text


def test_long_texts_are_shortened() -> None:
    assert shortened("a\n b\t" * 1000).startswith("a b a b")
    assert len(shortened("x" * 10_000)) == 303
