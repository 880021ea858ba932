"""What stands in place of a thought, against what an expert says of blocked requests, errors and missing answers."""
# ruff: noqa: E501 - phrases in the letters of their languages

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinkaug.checks.unanswered import unanswered
from thinkaug.records import Passage, Thinking, Thought

Think = Callable[..., Thinking]

FILTERED = [
    "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.", "This request was flagged by the service.", "It violates our usage policies.", "Content filter triggered for this prompt.", "Output blocked by content filtering policy", "Your request was rejected as a result of our safety system.",
    "The candidate was blocked due to safety.", "finish_reason: SAFETY", "ResponsibleAIPolicyViolation", "Content Exists Risk", "输入内容可能包含敏感信息。", "内容安全审核未通过",
]  # fmt: skip
ERRORS = [
    "Error communicating with OpenAI: ConnectionResetError(104)", "Error code: 429", "openai.RateLimitError: slow down", "ReadTimeoutError(host)", "Traceback (most recent call last):", "502 Bad Gateway", "Error: service unavailable", "HTTP/1.1 503 Service Unavailable", "The model is currently overloaded.", "Sorry, something went wrong. Please try again.",
    "An unexpected error occurred while generating.", "Request timed out.", '{"error": {"message": "no such model", "type": "invalid_request_error"}}', "{'error': 'unauthorised'}", "This model's maximum context length is 4096 tokens.", "Rate limit reached for the default model.", "You exceeded your current quota.", "<!DOCTYPE html><html><title>Error</title></html>",
]  # fmt: skip
NOTHING = [
    "N/A", "n/a.", "None", "[]", "{}", '""', "...", "…", "-", "```", "null", "'content'", "**No answer.**", "TODO", "(no response)", "[insert thought here]", "Then [your reasoning here] follows.", "<insert your answer here>", "无", "なし。", "нет ответа", "Keine Angabe.", "لا يوجد",
]  # fmt: skip
JSON = [
    '{"step_by_step_thinking": "The dose is low.", "answer_choice": "B"}', '```json\n{"thought": "The dose is low."}\n```', '[{"reasoning": "low"}]', "{'answer': 'low'}", '{"thinking": "never closed', 'The dose is low." , "answer": "B"}', '{ "final answer" : 4 }',
]  # fmt: skip


@pytest.mark.parametrize("text", FILTERED)
def test_notices_of_a_filter(think: Think, text: str) -> None:
    assert unanswered()(think(text)) == "filter_message"


@pytest.mark.parametrize("text", ERRORS)
def test_errors_of_a_service(think: Think, text: str) -> None:
    assert unanswered()(think(text)) == "service_error"


@pytest.mark.parametrize("text", NOTHING)
def test_placeholders(think: Think, text: str) -> None:
    assert unanswered()(think(text)) == "no_answer"


@pytest.mark.parametrize("text", JSON)
def test_bare_json(think: Think, text: str) -> None:
    assert unanswered()(think(text)) == "raw_json"


@pytest.mark.parametrize("text", [*FILTERED[:1], *ERRORS[:1]])
def test_a_message_counts_in_any_step(think: Think, text: str) -> None:
    assert unanswered()(think("What is the dose?", text)) in ("filter_message", "service_error")


@pytest.mark.parametrize(
    "text",
    [
        "The serum was filtered and frozen.", "If the request was blocked by the firewall, the log says so.", "Is a 502 bad gateway the upstream's fault or the proxy's?", "A connection error here would be retried.", "KeyError: the key was never set, so look at the caller.", "The article violates the treaty.", "A breach of our duty of care is not shown.", "The error is of order h squared.", "Errors in the model? None.", "The quota is exceeded by a tenth.",
        "The policy on content moderation is a matter of law.", "Error bars overlap.", "The service is free.", "The candidate was elected.", "No answer is possible without the film.", "Nothing follows.", "x = []", "f({}) = 0.", "The set {1, 2} is finite.", '{"id": 4} is valid, {id: 4} is not.', "[1, 2] is closed.", "Unknown: the age. Known: the dose.", "内容没有违反合同。", "нет, этого мало.",
        "The notice names [insert name and address of the agency].", "<your name> stands in the form.", "The response was delayed.", "The output is filtered by a low-pass.", "The signal was filtered.", "The request was rejected by the board.",
    ],
)  # fmt: skip
def test_thoughts_on_such_matters_pass(think: Think, text: str) -> None:
    assert unanswered()(think(text)) == ""


@pytest.mark.parametrize("answer", ["None.", "Unknown.", "Nothing.", "-", "N/A"])
def test_a_placeholder_may_answer_a_question_of_ones_own(think: Think, answer: str) -> None:
    assert unanswered()(think("Is there a contraindication?", answer)) == ""
    assert unanswered()(think(answer)) == unanswered()(think(answer, answer[:0])) == "no_answer"


def test_what_the_expert_writes_excuses(think: Think) -> None:
    message = "The request was blocked by the service."
    assert unanswered()(think(message, target="Then: the request was blocked by the service, says the log.")) == ""
    assert unanswered()(think(message, target="Then: the request was lost.")) == "filter_message"
    reply = '{"answer": 4} is what comes back.'
    assert unanswered()(think(reply, before='It sends {"q": 1}. ')) == ""
    assert unanswered()(think(reply, before="It sends a question. ")) == "raw_json"


def test_no_steps_are_a_matter_of_length(think: Think) -> None:
    assert unanswered()(think()) == ""
    assert unanswered()(think("")) == unanswered()(think(" ", "\n")) == "no_answer"


@given(st.text(st.characters(codec=None), max_size=60), st.sampled_from(FILTERED + ERRORS[:1]), st.integers(0, 3))
def test_no_step_beside_it_hides_a_message(other: str, message: str, place: int) -> None:
    texts = [other] * 3
    texts.insert(place, message)
    passage = Passage("p", "d", 0, "Expert text.", "", (0,), "")
    thinking = Thinking(passage, 0, 0, tuple(Thought(0, 0, "recall", text) for text in texts), "stop")
    assert unanswered()(thinking) in ("filter_message", "service_error")


@given(
    st.dictionaries(st.sampled_from(["thought", "answer", "step_by_step_thinking"]), st.text(max_size=40), min_size=1)
)
def test_any_reply_in_json_is_seen(reply: dict[str, str]) -> None:
    passage = Passage("p", "d", 0, "Expert text.", "", (0,), "")
    for text in (json.dumps(reply), json.dumps(reply, indent=2), f"```json\n{json.dumps([reply])}\n```"):
        assert unanswered()(Thinking(passage, 0, 0, (Thought(0, 0, "recall", text),), "stop"))


def test_real_outputs(think: Think, trial_data: Path) -> None:
    """MIRAGE: 5 notices of a filter, 1 lost connection, 5 bare names of a key; of 12 broken answers 7 still begin as JSON."""
    check, counts = unanswered(), Counter[str]()
    with (trial_data / "mirage_cot_raw.jsonl").open(encoding="utf-8") as file:
        for line in file:
            for answer in json.loads(line)["raw"]:
                try:
                    text = str(json.loads(answer)["step_by_step_thinking"])
                except ValueError:
                    text = answer
                counts[check(think(text))] += 1
    assert counts == {"": 4757, "filter_message": 5, "service_error": 1, "no_answer": 5, "raw_json": 7}
