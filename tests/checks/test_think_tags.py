"""Tags and control tokens inside a step."""
# ruff: noqa: E501 - phrases in the letters of their languages

from collections.abc import Callable

import pytest

from thinkaug.checks.think_tags import think_tags
from thinkaug.records import Thinking

Think = Callable[..., Thinking]


@pytest.mark.parametrize(
    "tag",
    ["<think>", "</think>", "<think", "< think >", "</ THINK>", "<thinking>", "<thought>", "<recall>", "</recall>", "<Recall >", '<recall source="x">', "<self_talk>", "<self-talk>", "<SELF TALK>", "<verification/>", "<reasoning>", "<answer>", "&lt;think&gt;", "\uff1cthink\uff1e", "\u25c1think\u25b7", "[THINK]", "<seed:think>", "<scratchpad>", "<|begin_of_thought|", "</begin_of_solution>"],
)  # fmt: skip
def test_tags_are_found(think: Think, tag: str) -> None:
    assert think_tags()(think(f"What is {tag} the dose?", target=tag)) in ("think_tag", "control_token")


@pytest.mark.parametrize(
    "token",
    ["<|im_start|>", "<|im_end|>", "<|im_end", "<|endoftext|>", "<|eot_id|>", "<|start_header_id|>", "<|channel|>", "<\uff5cend\u2581of\u2581sentence\uff5c>", "[INST]", "[/INST]", "<<SYS>>", "<s>", "</s>", "<bos>", "<eos>", "<pad>", "<start_of_turn>", "<end_of_turn>", "<unused12>", "<0x0A>", "<tool_call>"],
)  # fmt: skip
def test_control_tokens_are_found(think: Think, token: str) -> None:
    assert think_tags()(think("First.", f"The dose{token}is low.", target=token)) == "control_token"


@pytest.mark.parametrize(
    "text",
    ["p < 0.05 and x<y>z", "a <- 3; b -> 4", "P(A|B) < P(B|A)", "<b>bold</b>", "|x| < |y|", "I think so.", "recall: metformin", "a<recalled", "if x <think2 then", "[1, 2] and [instance]", "<a|b|c> is a bracket, \u27e8s\u27e9 too", "1 < s > 0", "vector<string>"],
)  # fmt: skip
def test_other_angles_pass(think: Think, text: str) -> None:
    assert think_tags()(think(text)) == ""
