"""Chat messages as tokens: no text may speak as the template."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from transformers import AutoTokenizer

from thinkaug import shipped
from thinkaug.dialogue import Message
from thinkaug.engines.chat import ChatEncoder
from thinkaug.errors import UserError


@pytest.fixture(scope="module")
def tokenizer() -> object:
    return AutoTokenizer.from_pretrained(shipped.locate("shipped:model"))


@pytest.fixture(scope="module")
def control(tokenizer) -> list[str]:  # type: ignore[no-untyped-def]
    tokens = list(tokenizer.get_added_vocab())
    assert tokens
    return tokens


@pytest.fixture(scope="module")
def encoder(tokenizer) -> ChatEncoder:  # type: ignore[no-untyped-def]
    return ChatEncoder(tokenizer, {})


def turns(*contents: str) -> tuple[Message, ...]:
    roles = ("user", "assistant", "user")
    return tuple(Message(role, text) for role, text in zip(roles, contents, strict=False))  # type: ignore[arg-type]


def test_a_plain_chat_is_the_template_encoded(tokenizer) -> None:  # type: ignore[no-untyped-def]
    messages = turns("What is it for?", "<recall>Much.</recall>", "Again.")
    chat = [{"role": message.role, "content": message.content} for message in messages]
    filled = tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True)
    assert ChatEncoder(tokenizer, {}).encode(messages) == tokenizer.encode(filled, add_special_tokens=False)


@given(data=some.data())
@settings(max_examples=60, deadline=None)
def test_a_text_adds_no_control_token(data: some.DataObject, encoder, tokenizer, control: list[str]) -> None:  # type: ignore[no-untyped-def]
    piece = some.one_of(some.sampled_from(control), some.text(some.characters(exclude_categories=["Cs"]), max_size=8))
    text = "".join(data.draw(some.lists(piece, min_size=1, max_size=8)))
    special = set(tokenizer.get_added_vocab().values())
    counts = [sum(token in special for token in encoder.encode(turns(said))) for said in ("plain", text)]
    assert counts[0] == counts[1]


def test_a_control_token_in_a_text_is_read_as_characters(tokenizer, control: list[str]) -> None:  # type: ignore[no-untyped-def]
    for token in control:
        ids = ChatEncoder(tokenizer, {}).encode(turns(f"before {token} after"))
        assert f"before {token} after" in tokenizer.decode(ids)


def test_a_model_without_a_chat_template_is_refused(tokenizer) -> None:  # type: ignore[no-untyped-def]
    bare = AutoTokenizer.from_pretrained(shipped.locate("shipped:model"))
    bare.chat_template = None
    with pytest.raises(UserError, match=r"no chat template.*chat_template"):
        ChatEncoder(bare, {})


def test_options_reach_the_template(tokenizer) -> None:  # type: ignore[no-untyped-def]
    loud = AutoTokenizer.from_pretrained(shipped.locate("shipped:model"))
    loud.chat_template = "{{ messages[0].content }}{% if enable_thinking %} think{% endif %}"
    with_thinking, without = (ChatEncoder(loud, {"enable_thinking": on}).encode(turns("x")) for on in (True, False))
    assert loud.decode(with_thinking) == "x think"
    assert loud.decode(without) == "x"


NO_SYSTEM = (
    "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('no system role') }}{% endif %}"
    " [{{ m.role }}] {{ m.content }}{% endfor %}"
)


def test_a_template_without_a_system_role_gets_it_in_the_first_turn() -> None:
    strict = AutoTokenizer.from_pretrained(shipped.locate("shipped:model"))
    strict.chat_template = NO_SYSTEM
    messages = (Message("system", "Rules."), Message("user", "Text."), Message("assistant", "Said."))
    said = strict.decode(ChatEncoder(strict, {}).encode(messages))
    assert said.split() == ["[user]", "Rules.", "Text.", "[assistant]", "Said."]


def test_a_template_that_takes_one_turn_only_is_refused() -> None:
    strict = AutoTokenizer.from_pretrained(shipped.locate("shipped:model"))
    strict.chat_template = "{% if messages | length > 2 %}{{ raise_exception('one turn') }}{% endif %}x"
    with pytest.raises(UserError, match="several turns"):
        ChatEncoder(strict, {})
