"""The server engine with a real vLLM server that serves the demo's model: started once, in about 40 s."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.engines.hostile_server import replies
from tests.engines.real_server import KEY, MODEL, serving
from thinkaug import shipped
from thinkaug.dialogue import Ask, Constraint, Message, Sampling, Score
from thinkaug.engines.http.endpoint import probe
from thinkaug.engines.http.plain_tokens import PlainTokens
from thinkaug.engines.server import Config
from thinkaug.steps import read_steps

TARGET = "Metformin is used in type 2 diabetes mellitus."
# What templates/interleaved.j2 comes to for this model, whose chat template leaves system messages out.
PROMPT = (
    Message("system", "Write what goes through the expert's mind."),
    Message("user", f"Written so far:\n```\n\n```\nNext:\n```\n{TARGET}\n```"),
)


def ask(seed: int = 1, max_tokens: int = 128, temperature: float = 0.7, **fields: Any) -> Ask:
    return Ask(PROMPT, Sampling(temperature, 1.0, max_tokens), seed, **fields)


@pytest.fixture(scope="module")
def config() -> Iterator[Config]:
    with pytest.MonkeyPatch.context() as patch, serving() as url:
        patch.setenv("REAL_SERVER_KEY", KEY)
        yield Config(model=MODEL, urls=(url,), tokenizer="shipped:model", api_key_env="REAL_SERVER_KEY")


def test_the_model_writes_steps(config: Config) -> None:
    found = replies(config, *(ask(seed) for seed in range(100)))
    assert not any(reply.error for reply in found)
    whole = [reply for reply in found if reply.finish == "stop"]
    assert len(whole) >= 90
    assert sum(bool(read_steps(reply.text)) for reply in whole[:20]) == 20
    assert len({reply.text for reply in found}) > 10
    (spelled,) = config.count_tokens([whole[0].text])
    assert spelled < whole[0].output_tokens <= 1.2 * spelled + 1


def test_a_seed_gives_the_same_text_alone_and_among_others(config: Config) -> None:
    (alone,) = replies(config, ask(7))
    assert replies(config, *(ask(seed) for seed in range(12)))[7] == alone


def test_a_reply_that_is_cut_off_says_so(config: Config) -> None:
    (reply,) = replies(config, ask(max_tokens=5))
    assert (reply.finish, reply.output_tokens) == ("length", 5)


def test_a_prompt_too_long_fails_alone(config: Config) -> None:
    long = Ask((Message("user", "metformin " * 3000),), Sampling(), 1)
    bad, good = replies(config, long, ask())
    assert "HTTP 400: This model's maximum context length is 2048 tokens" in bad.error
    assert good.text


def test_a_measured_reply_has_a_log_probability_for_each_token(config: Config) -> None:
    whole, cut = replies(config, ask(measured=True), ask(measured=True, max_tokens=5))
    assert len(whole.log_probabilities) == whole.output_tokens  # its end included
    assert len(cut.log_probabilities) == 5
    assert whole.log_probabilities[:5] == pytest.approx(cut.log_probabilities, abs=1e-4)
    assert max(whole.log_probabilities) <= 0
    (plain,) = replies(config, ask())
    assert plain.text == whole.text


def test_a_score_is_what_the_model_itself_gives(config: Config) -> None:
    import torch
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(shipped.locate("shipped:model"), dtype=torch.float32)
    tokens = PlainTokens(shipped.locate("shipped:model"), "main")
    cases = [
        Score("", TARGET),
        Score("Metformin is used", " in type 2 diabetes mellitus."),
        Score("a<|end|>", "b<|user|>"),
    ]
    for case, scored in zip(cases, replies(config, *cases), strict=True):
        context, target = tokens.encode_score(case.context, case.target)
        with torch.no_grad():
            logits = model(torch.tensor([[*context, *target]])).logits[0]
        expected = logits.log_softmax(-1)[len(context) - 1 : -1].gather(1, torch.tensor(target)[:, None])[:, 0]
        assert scored.log_probabilities == pytest.approx(expected.tolist(), abs=1e-3)


def test_constraints_are_obeyed(config: Config) -> None:
    schema = {"type": "object", "properties": {"a": {"enum": ["x"]}}, "required": ["a"], "additionalProperties": False}
    constraints = [
        Constraint("regex", "[0-9]{3}-[A-Z]{2}"),
        Constraint("choice", "kiwi\nplum"),
        Constraint("grammar", 'root ::= "kiwi" | "plum"'),
        Constraint("json", json.dumps(schema)),
    ]
    regex, choice, grammar, found = replies(config, *(ask(constraint=each, max_tokens=400) for each in constraints))
    assert (len(regex.text), regex.text[3]) == (6, "-")
    assert {choice.text, grammar.text} <= {"kiwi", "plum"}
    # A weak model may fill JSON with white space up to the end; what it has written until then is JSON.
    assert "".join(found.text.split()) in '{"a":"x"}'


def test_a_constraint_that_is_none_fails_alone(config: Config) -> None:
    bad, good = replies(config, ask(constraint=Constraint("regex", "[0-9")), ask())
    assert "HTTP 400" in bad.error
    assert "regex" in bad.error
    assert good.text


def test_the_probe_finds_what_vllm_offers(config: Config) -> None:
    findings = {
        finding.feature: finding for finding in probe(config, {"chat", "seed", "measured", "score", "constraint"})
    }
    assert [feature for feature, finding in findings.items() if not finding.offered] == ["reasoning"]
    assert not any(finding.is_fault for finding in findings.values())


def test_the_probe_finds_wrong_settings(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    (model,) = probe(replace(config, model="dem"), set())
    assert "no model 'dem'; did you mean 'demo'" in model.detail
    monkeypatch.setenv("REAL_SERVER_KEY", "another")
    (key,) = probe(config, set())
    assert "does not accept the key" in key.detail
