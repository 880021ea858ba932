"""The real engine: vLLM on CPU with the model that the project ships."""

from dataclasses import replace

import pytest

from tests.conftest import Running
from thinkaug.dialogue import Ask, Dialogue, Failed, Message, Reply, Sampling, converse
from thinkaug.engines import vllm
from thinkaug.errors import UserError
from thinkaug.steps import read_steps
from thinkaug.templates import Templates

PROMPT = Templates().render("interleaved.j2", before="", target="Metformin is used in type 2 diabetes mellitus.")


def ask(seed: int, temperature: float = 0.7, max_tokens: int = 128, prompt: tuple[Message, ...] = PROMPT) -> Ask:
    return Ask(prompt, Sampling(temperature, 1.0, max_tokens), seed)


def replies(writer: Running, *asks: Ask) -> list[Reply | Failed]:
    def once(item: tuple[int, Ask]) -> Dialogue[Reply]:
        return (yield item[1])

    engine = writer.open()
    found = {item[0]: result for item, result in converse(enumerate(asks), once, engine, engine.window)}
    return [found[number] for number in range(len(asks))]


def test_the_model_writes_steps(writer: Running) -> None:
    found = replies(writer, *(ask(seed) for seed in range(20)))
    texts = [reply.text for reply in found if isinstance(reply, Reply) and reply.finish == "stop"]
    assert len(texts) >= 18
    assert sum(bool(read_steps(text)) for text in texts[:10]) == 10


def test_tokens_are_counted(writer: Running) -> None:
    (reply,) = replies(writer, ask(1))
    assert isinstance(reply, Reply)
    assert reply.prompt_tokens > 10
    # The end of turn counts too; and a model may spell a text in more tokens than its tokenizer would.
    (spelled,) = writer.count_tokens([reply.text])
    assert spelled < reply.output_tokens <= 1.2 * spelled + 1


def test_a_seed_gives_the_same_text_alone_and_in_a_batch(writer: Running) -> None:
    (alone,) = replies(writer, ask(7))
    batch = replies(writer, *(ask(seed) for seed in range(12)))
    assert batch[7] == alone
    assert len({reply.text for reply in batch if isinstance(reply, Reply)}) > 1


def test_a_reply_that_is_cut_off_says_so(writer: Running) -> None:
    (reply,) = replies(writer, ask(1, max_tokens=5))
    assert isinstance(reply, Reply)
    assert (reply.finish, reply.output_tokens) == ("length", 5)


def test_a_prompt_too_long_fails_alone(writer: Running) -> None:
    long = (Message("user", "metformin " * 3000),)
    bad, good = replies(writer, ask(1, prompt=long), ask(2))
    assert isinstance(bad, Failed)
    assert "do not fit the model's window of 2048" in str(bad)
    assert isinstance(good, Reply)


def test_unknown_engine_arguments_are_refused() -> None:
    with pytest.raises(UserError, match=r"max_model_length.*did you mean 'max_model_len'"):
        vllm.Config(model="shipped:model", options={"max_model_length": 1}).open()


def test_operational_options_do_not_change_the_identity() -> None:
    plain = vllm.Config(model="shipped:model")
    assert replace(plain, options={"max_num_seqs": 3}).identity() == plain.identity()
    assert replace(plain, options={"quantization": "fp8"}).identity() != plain.identity()
    assert replace(plain, max_model_len=512).identity() != plain.identity()


def test_the_name_holds_no_path_of_this_machine() -> None:
    path = vllm.Config(model="shipped:model").path
    assert vllm.Config(model=path).name.split("@")[0] == "model"
