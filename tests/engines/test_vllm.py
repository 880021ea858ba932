"""The real engine: vLLM on CPU with the model that the project ships."""

import importlib
import os
import re
import signal
from dataclasses import fields, replace
from typing import Any

import pytest
from tokenizers import Tokenizer

from tests.conftest import Running
from thinkaug.dialogue import (
    Ask,
    Constraint,
    Dialogue,
    Engine,
    Failed,
    Message,
    Reply,
    Request,
    Sampling,
    Score,
    converse,
)
from thinkaug.engines import arguments, vllm
from thinkaug.engines.process.guard import Guarded
from thinkaug.errors import UserError
from thinkaug.records import STEP_KINDS
from thinkaug.steps import TAGS, read_steps, steps_form
from thinkaug.templates import Templates

PROMPT = Templates(brief=True).render(
    "interleaved.j2", before="", target="Metformin is used in type 2 diabetes mellitus.", persona=""
)


def ask(seed: int, temperature: float = 0.7, max_tokens: int = 128, prompt: tuple[Message, ...] = PROMPT) -> Ask:
    return Ask(prompt, Sampling(temperature, 1.0, max_tokens), seed)


def run(engine: Engine, *requests: Request) -> list[Reply | Failed]:
    def once(item: tuple[int, Request]) -> Dialogue[Reply]:
        return (yield item[1])

    found = {item[0]: result for item, result in converse(enumerate(requests), once, engine, engine.window)}
    return [found[number] for number in range(len(requests))]


def replies(writer: Running, *requests: Request) -> list[Reply | Failed]:
    return run(writer.open(), *requests)


def served(writer: Running, *requests: Request) -> list[Reply]:
    found = [reply for reply in replies(writer, *requests) if isinstance(reply, Reply)]
    assert len(found) == len(requests)
    return found


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
    config = vllm.Config(model="shipped:model", options={"max_model_length": 1})
    for look in (config.identity, config.open, config.load):
        with pytest.raises(UserError, match=r"max_model_length.*did you mean 'max_model_len'"):
            look()


def test_unknown_reasoning_parsers_are_refused() -> None:
    config = vllm.Config(model="shipped:model", reasoning="qwen_3")
    for look in (config.identity, config.open):
        with pytest.raises(UserError, match=r"no reasoning parser 'qwen_3'; did you mean 'qwen3'"):
            look()


def test_names_are_read_from_vllms_source() -> None:
    from vllm.engine.arg_utils import EngineArgs
    from vllm.reasoning import ReasoningParserManager

    assert arguments.engine_arguments() == {argument.name for argument in fields(EngineArgs)}
    assert arguments.reasoning_parsers() == set(ReasoningParserManager.list_registered())
    assert arguments.engine_arguments() >= arguments.OPERATIONAL


def test_operational_options_do_not_change_the_identity() -> None:
    plain = vllm.Config(model="shipped:model")
    assert replace(plain, options={"max_num_seqs": 3}).identity() == plain.identity()
    assert replace(plain, options={"quantization": "fp8"}).identity() != plain.identity()
    assert replace(plain, max_model_len=512).identity() != plain.identity()
    assert replace(plain, reasoning="tags").identity() != plain.identity()
    assert replace(plain, watchdog_s=30).identity() == plain.identity()


def test_the_name_holds_no_path_of_this_machine() -> None:
    path = vllm.Config(model="shipped:model").path
    assert vllm.Config(model=path).name.split("@")[0] == "model"


TEXT = "Metformin is used in type 2 diabetes mellitus. It lowers the glucose that the liver makes."


def test_a_score_has_one_figure_for_each_token_of_the_target(writer: Running) -> None:
    (tokens,) = writer.count_tokens([TEXT])
    first, after = served(writer, Score("", TEXT), Score("A note on drugs. ", TEXT))
    assert len(first.log_probabilities) == len(after.log_probabilities) == tokens
    assert all(figure < 0 for figure in first.log_probabilities)
    assert first.log_probabilities != after.log_probabilities
    assert (first.text, first.finish, first.output_tokens) == ("", "stop", 0)
    (before,) = writer.count_tokens(["A note on drugs. "])
    assert (first.prompt_tokens, after.prompt_tokens) == (1 + tokens, before + tokens)


def test_scores_of_the_parts_are_the_score_of_the_whole(writer: Running) -> None:
    head, tail = "Metformin is used", " in type 2 diabetes mellitus."
    whole, one, other = served(writer, Score("", head + tail), Score("", head), Score(head, tail))
    assert sum(writer.count_tokens([head, tail])) == len(whole.log_probabilities)
    # The document's beginning stands before the first part and not before the second.
    assert whole.log_probabilities[: len(one.log_probabilities)] == pytest.approx(one.log_probabilities, abs=1e-3)
    assert len(other.log_probabilities) == len(whole.log_probabilities) - len(one.log_probabilities)


def test_a_likely_text_scores_higher_than_an_unlikely_one(writer: Running) -> None:
    likely, unlikely = served(writer, Score("type 2 diab", "etes"), Score("type 2 diab", "tums"))
    assert sum(unlikely.log_probabilities) < sum(likely.log_probabilities) - 5


def test_a_control_token_in_a_scored_text_is_read_as_characters(writer: Running) -> None:
    plain, spelled = served(writer, Score("", "a b"), Score("", "a <|end|> b"))
    assert len(spelled.log_probabilities) >= len(plain.log_probabilities) + 4


def test_scores_do_not_change_with_what_was_read_before(writer: Running) -> None:
    long = " ".join([TEXT] * 12)  # several blocks of the prefix cache
    alone, *_ = served(writer, Score(long, TEXT))
    again = served(writer, *(Score(long, TEXT) for _ in range(5)), Score(long + " " + TEXT, TEXT))
    for reply in again[:5]:
        assert reply.log_probabilities == pytest.approx(alone.log_probabilities, abs=1e-3)


def test_a_text_scored_once_has_the_same_score_when_it_lies_in_the_cache(writer: Running) -> None:
    context, target = " ".join([TEXT] * 6), " ".join([TEXT] * 6)
    (first,) = served(writer, Score(context, target))
    # Its whole prompt is in the cache of prefixes now, and so is a part of that of the others.
    again, shorter, longer = served(
        writer, Score(context, target), Score(context, TEXT), Score(context + " " + TEXT, target)
    )
    assert again.log_probabilities == pytest.approx(first.log_probabilities, abs=1e-3)
    assert shorter.log_probabilities == pytest.approx(
        first.log_probabilities[: len(shorter.log_probabilities)], abs=1e-3
    )
    assert len(longer.log_probabilities) == len(first.log_probabilities)
    assert max(longer.log_probabilities) <= 0


def test_scores_do_not_depend_on_what_stands_beside_them_or_before(writer: Running, plain: vllm.VllmEngine) -> None:
    context = " ".join([TEXT] * 5)
    asked = [Score(context + " " + "It is so. " * number, TEXT + " " + TEXT) for number in range(12)]
    plain._engine.reset_prefix_cache()
    alone = [run(plain, request)[0] for request in reversed(asked)]
    for beside in (served(writer, *asked), served(writer, *asked[::-1])[::-1]):
        for reply, single in zip(beside, reversed(alone), strict=True):
            assert isinstance(single, Reply)
            assert reply.log_probabilities == pytest.approx(single.log_probabilities, abs=1e-3)
            assert sum(reply.log_probabilities) == pytest.approx(sum(single.log_probabilities), abs=1e-3)


def test_what_several_scores_begin_with_is_read_once(plain: vllm.VllmEngine) -> None:
    asked = [Score(" ".join([TEXT] * 6) + f" {number}", TEXT) for number in range(4)]
    plain._engine.reset_prefix_cache()
    found: dict[int, int] = {}
    step = plain._engine.step

    def watched() -> Any:
        outputs = step()
        found.update({int(output.request_id): output.num_cached_tokens for output in outputs})
        return outputs

    plain._engine.step = watched
    run(plain, *asked)
    plain._engine.step = step
    assert found[0] == 0
    assert all(found[number] >= 96 for number in range(1, 4))


def test_what_cannot_be_scored_fails_alone(writer: Running) -> None:
    long, half, empty, good = replies(
        writer, Score("metformin " * 3000, TEXT), Score("", "half \ud800 a pair"), Score(TEXT, ""), Score("", TEXT)
    )
    assert isinstance(long, Failed)
    assert "do not fit the model's window of 2048" in str(long)
    assert isinstance(half, Failed)
    assert "surrogates not allowed" in str(half)
    assert isinstance(empty, Reply)
    assert empty.log_probabilities == ()
    assert isinstance(good, Reply)


def test_half_a_surrogate_pair_in_a_prompt_fails_alone(writer: Running) -> None:
    bad, good = replies(writer, ask(1, prompt=(Message("user", "half \udfff a pair"),)), ask(2))
    assert isinstance(bad, Failed)
    assert isinstance(good, Reply)


def test_measured_replies_have_one_figure_a_token(writer: Running) -> None:
    plain = served(writer, *(ask(seed) for seed in range(8)))
    measured = served(writer, *(replace(ask(seed), measured=True) for seed in range(8)))
    for reply, bare in zip(measured, plain, strict=True):
        assert reply.text == bare.text
        assert len(reply.log_probabilities) == reply.output_tokens
        assert not bare.log_probabilities
    assert any(reply.finish == "stop" for reply in measured), "or the end's own figure is not tried"


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> vllm.VllmEngine:
    """The demo's model without a chat: its template is the text itself. Not closed, for another runs beside it."""
    importlib.import_module("numba")  # as a dedup before it does: vLLM must load beside it
    template = tmp_path_factory.mktemp("template") / "plain.jinja"
    template.write_text("{{ messages[-1].content }}")
    return vllm.Config("shipped:model", max_model_len=1024, chat_template=str(template)).load()


@pytest.fixture(scope="session")
def thinking() -> vllm.VllmEngine:
    """The demo's model, taken for a reasoning model."""
    return vllm.Config("shipped:model", max_model_len=2048, reasoning="qwen3").load()


def test_a_measured_reply_is_worth_what_its_score_says(writer: Running, plain: vllm.VllmEngine) -> None:
    asks = [replace(ask(seed, 1.0, 24, (Message("user", TEXT),)), measured=True) for seed in range(40)]
    drawn: dict[int, list[int]] = {}
    step = plain._engine.step

    def watched() -> Any:
        outputs = step()
        drawn.update({int(output.request_id): list(output.outputs[0].token_ids) for output in outputs})
        return outputs

    plain._engine.step = watched
    written = dict(enumerate(run(plain, *asks)))
    # A model may spell a text otherwise than its tokenizer, and then it is another text to the model.
    tokenizer = Tokenizer.from_file(f"{writer.config.path}/tokenizer.json")
    same = [
        ticket
        for ticket, reply in written.items()
        if isinstance(reply, Reply)
        and tokenizer.encode(reply.text).ids == drawn[ticket][: -1 if reply.finish == "stop" else None]
    ]
    assert len(same) >= 10
    scores = served(writer, *(Score(TEXT, written[ticket].text) for ticket in same))
    for ticket, score in zip(same, scores, strict=True):
        of_text = written[ticket].log_probabilities[: len(score.log_probabilities)]
        assert of_text == pytest.approx(score.log_probabilities, abs=1e-3)
        assert sum(of_text) == pytest.approx(sum(score.log_probabilities), abs=1e-2)


def test_thinking_that_is_cut_off_is_no_answer(writer: Running, thinking: vllm.VllmEngine) -> None:
    # The parser finds no end of the thinking, for this model does not think.
    cut, whole = run(thinking, ask(1, max_tokens=5), ask(1))
    (plain,) = served(writer, ask(1))
    assert isinstance(cut, Reply)
    assert (cut.text, cut.finish) == ("", "length")
    assert isinstance(whole, Reply)
    assert whole.reasoning.split() == plain.text.split()
    assert plain.text.startswith(cut.reasoning)


def test_one_token_to_draw_from_is_greedy(writer: Running) -> None:
    greedy, drawn, free = served(
        writer,
        ask(1, temperature=0.0),
        replace(ask(2), sampling=Sampling(1.0, 1.0, 128, top_k=1)),
        ask(2, temperature=1.0),
    )
    assert drawn.text == greedy.text != free.text


@pytest.mark.parametrize(
    ("kind", "pattern", "allowed"),
    [
        ("regex", r"(yes|no), \d{2}", r"(yes|no), \d{2}"),
        ("choice", "one way\nthe other (way)", r"one way|the other \(way\)"),
        ("grammar", 'root ::= "<" [a-c] ">" | "none"', r"<[a-c]>|none"),
        (
            "json",
            '{"type":"object","properties":{"ok":{"type":"boolean"}},"required":["ok"],"additionalProperties":false}',
            r'\{"ok": ?(true|false)\}',
        ),
    ],
)
def test_a_reply_matches_its_constraint(writer: Running, kind: str, pattern: str, allowed: str) -> None:
    constraint = Constraint(kind, pattern)  # type: ignore[arg-type]
    for reply in served(writer, *(replace(ask(seed), constraint=constraint, measured=True) for seed in range(6))):
        assert re.fullmatch(allowed, reply.text)
        assert len(reply.log_probabilities) == reply.output_tokens


def test_a_reply_constrained_to_steps_can_be_read_whatever_was_asked(writer: Running) -> None:
    question = (Message("user", "Tell me a story."),)
    for kinds in (STEP_KINDS, TAGS):
        constraint = Constraint("regex", steps_form(kinds))
        asks = [replace(ask(seed, 1.0, prompt=question), constraint=constraint) for seed in range(6)]
        whole = [reply for reply in served(writer, *asks) if reply.finish == "stop"]
        assert whole
        for reply in whole:
            read_steps(reply.text, kinds)


def test_a_constraint_that_makes_no_sense_fails_alone(writer: Running) -> None:
    wrong = [
        Constraint("regex", "(yes"),
        Constraint("regex", "a{2,1}"),
        Constraint("regex", r"\p{Greek}+"),
        Constraint("regex", "\x00"),
        Constraint("json", "{nope"),
        Constraint("json", '{"type":"nonsense"}'),
        Constraint("json", "[" * 5000),
        Constraint("grammar", 'root ::= "yes" |||'),
        Constraint("grammar", ""),
    ]
    found = replies(writer, *(replace(ask(1), constraint=constraint) for constraint in wrong), ask(1))
    for constraint, reply in zip(wrong, found, strict=False):
        assert isinstance(reply, Failed), constraint
    assert isinstance(found[-1], Reply)


def test_a_vllm_that_dies_is_started_again_and_nothing_is_lost(writer: Running) -> None:
    asks = [ask(seed) for seed in range(12)]
    engine = vllm.Config("shipped:model", max_model_len=2048).open()
    assert isinstance(engine, Guarded)
    try:
        for ticket, request in enumerate(asks):
            engine.submit(ticket, request)
        os.killpg(engine.group, signal.SIGKILL)
        found: dict[int, Reply] = {}
        while len(found) < len(asks):
            found.update(engine.ready())
    finally:
        engine.close()
    assert [found[ticket] for ticket in range(len(asks))] == served(writer, *asks)
