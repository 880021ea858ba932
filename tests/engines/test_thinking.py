"""Where the thinking ends in a reply, with the tokenizer of the model that is shipped."""

from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from transformers import AutoTokenizer

from thinkaug import shipped
from thinkaug.dialogue import Ask, Constraint, Message, Sampling
from thinkaug.engines.cpu import prepare
from thinkaug.engines.finished import Split
from thinkaug.engines.thinking import by_parser, by_tags, no_thinking
from thinkaug.errors import UserError

ASK = Ask((Message("user", "Why?"),), Sampling(), 0)


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    return AutoTokenizer.from_pretrained(shipped.locate("shipped:model"))


def parts(tokenizer: Any, prompt: str, text: str, ask: Ask = ASK) -> tuple[str, str]:
    return by_tags(tokenizer)(ask, tokenizer.encode(prompt, add_special_tokens=False))(text)


def test_without_a_way_to_tell_all_is_answer() -> None:
    assert no_thinking(ASK, [])("<think>a</think>b") == ("", "<think>a</think>b")


@pytest.mark.parametrize(
    ("prompt", "text", "thought", "answer"),
    [
        ("Say", "<think>\nIt may.\n</think>\nIt does.", "It may.", "It does."),
        ("Say", "It does.", "", "It does."),
        ("Say", "<think>It may, or", "It may, or", ""),
        # The template has opened the thought.
        ("Say <|assistant|><think>\n", "It may.</think>It does.", "It may.", "It does."),
        ("Say <|assistant|><think>\n", "It may, or", "It may, or", ""),
        ("Say [THINK]", "It may, or", "It may, or", ""),
        # It has opened and closed it: no thinking is wanted.
        ("Say <think>\n\n</think>\n\n", "It does.", "", "It does."),
        # Another kind of tag at the end of a prompt opens nothing.
        ("Say <|assistant|>", "It does.", "", "It does."),
        ("Say <b>", "It does.", "", "It does."),
    ],
)
def test_tags_part_a_reply(tokenizer: Any, prompt: str, text: str, thought: str, answer: str) -> None:
    assert parts(tokenizer, prompt, text) == (thought, answer)


def test_what_a_constraint_allows_is_the_answer(tokenizer: Any) -> None:
    bound = replace(ASK, constraint=Constraint("choice", "yes\nno"))
    assert parts(tokenizer, "Say <think>\n", "yes", bound) == ("", "yes")


def by(name: str, tokenizer: Any) -> Split:
    prepare()
    from vllm.entrypoints.openai.chat_completion.protocol import ChatCompletionRequest
    from vllm.reasoning import ReasoningParserManager

    parser = partial(ReasoningParserManager.get_reasoning_parser(name), tokenizer, chat_template_kwargs={})
    return by_parser(name, parser, ChatCompletionRequest(messages=[], seed=None))(ASK, [])


def test_a_parser_of_vllms_parts_a_reply(tokenizer: Any) -> None:
    split = by("qwen3", tokenizer)
    assert split("<think>It may.</think>It does.") == ("It may.", "It does.")
    assert split("<think>It may, or") == ("It may, or", "")
    assert split("It may.</think>It does.") == ("It may.", "It does.")


@pytest.mark.parametrize("name", ["deepseek_r1", "openai_gptoss", "mistral", "olmo3", "cohere_command3", "hf"])
def test_a_parser_that_is_none_for_the_model_is_refused(tokenizer: Any, name: str) -> None:
    with pytest.raises(UserError, match=rf"the parser '{name}' does not fit the model: .*; try 'tags'"):
        by(name, tokenizer)
