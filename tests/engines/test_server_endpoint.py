"""The probe with servers that lack one thing or another. A real one is probed in test_server_real.py."""

import json
from typing import Any

import pytest
from aiohttp import web

from tests.engines.hostile_server import Asked, Behaviour, answering, chat, hang, hostile, settings
from thinkaug import shipped
from thinkaug.engines.http.endpoint import FEATURES, Finding, probe
from thinkaug.engines.http.plain_tokens import PlainTokens
from thinkaug.errors import UserError

TOKENS = PlainTokens(shipped.locate("shipped:model"), "main")


def gifted(asked: Asked, **lacks: Any) -> Behaviour:
    """Offers everything, save what is changed."""
    body = asked.body
    if "prompt" in body:
        prompt = body["prompt"]
        answer: dict[str, Any] = {
            "choices": [
                {
                    "text": lacks.get("echo", TOKENS.decode(prompt)),
                    "logprobs": {"token_logprobs": [None, *(-1.0 for _ in prompt)]},
                }
            ],
            "usage": {"prompt_tokens": len(prompt), "completion_tokens": 1},
        }
        return answering(lacks.get("completions", answer), lacks.get("completions_status", 200))
    text = f"by seed {lacks.get('seed', body['seed'])}"
    if "structured_outputs" in body:
        text = lacks.get("constrained", "123-ABCD")
    answer = chat(text, reasoning_content=lacks.get("reasoning", "hm"))
    if body.get("logprobs"):
        answer["choices"][0]["logprobs"] = lacks.get("logprobs", {"content": [{"logprob": -0.5}, {"logprob": -0.1}]})
    return answering(answer)


def found(wanted: set[str] | None = None, models: Any = None, **lacks: Any) -> dict[str, Finding]:
    fields = {"models": models} if models else {}
    with hostile(lambda asked: gifted(asked, **lacks), **fields) as server:
        findings = probe(settings(server.url), wanted or set())
    assert [finding.url for finding in findings] == [server.url] * len(findings)
    return {finding.feature: finding for finding in findings}


def test_a_server_that_offers_all_of_it() -> None:
    findings = found({"chat", "score"})
    assert list(findings) == ["model", *FEATURES]
    assert all(finding.offered for finding in findings.values())
    assert {feature for feature, finding in findings.items() if finding.wanted} == {"model", "chat", "score"}
    assert not any(finding.is_fault for finding in findings.values())


@pytest.mark.parametrize(
    ("feature", "lacks", "said"),
    [
        ("measured", {"logprobs": None}, "no log-probabilities"),
        ("measured", {"logprobs": {"content": [{"logprob": 0.9}]}}, "no probabilities"),
        ("score", {"completions": {"error": "no such path"}, "completions_status": 404}, "HTTP 404: no such path"),
        ("score", {"completions": {"choices": [{"text": "x"}]}}, "no log-probabilities of a prompt"),
        ("score", {"echo": "something else"}, "tokenizer is not the served model's"),
        ("constraint", {"constrained": "Mercury is heavier."}, "it ignores structured_outputs"),
        ("reasoning", {"reasoning": None}, "without a reasoning parser"),
        ("seed", {"seed": "ignored"}, "seeds or temperature are ignored"),
    ],
)
def test_what_a_server_lacks_is_found(feature: str, lacks: dict[str, Any], said: str) -> None:
    findings = found({feature}, **lacks)
    assert said in findings[feature].detail
    assert [name for name, finding in findings.items() if not finding.offered] == [feature]
    assert findings[feature].is_fault
    assert not found(set(), **lacks)[feature].is_fault


def test_texts_that_change_with_the_same_seed_are_found() -> None:
    count = iter(range(100))
    with hostile(lambda asked: answering(chat(f"{next(count)}"))) as server:
        findings = {finding.feature: finding for finding in probe(settings(server.url), {"seed"})}
    assert "the same seed gave two texts" in findings["seed"].detail


def test_a_model_that_is_not_served_is_named_with_the_nearest() -> None:
    findings = found(models=lambda: web.json_response({"data": [{"id": "mm"}, {"id": "other"}]}))
    assert list(findings) == ["model"]
    assert findings["model"].is_fault
    assert "no model 'm'; did you mean 'mm'" in findings["model"].detail


@pytest.mark.parametrize("status", [401, 403])
def test_a_key_that_is_not_taken_is_found(status: int) -> None:
    findings = found(models=lambda: web.json_response({"error": "no"}, status=status))
    assert list(findings) == ["model"]
    assert "does not accept the key" in findings["model"].detail


@pytest.mark.parametrize("body", ["<html>", "[1]", '{"data": 3}', '{"data": [3, {"id": null}, {"id": "m"}]}'])
def test_a_strange_list_of_models_does_not_end_the_probe(body: str) -> None:
    assert found(models=lambda: web.Response(text=body))["chat"].offered


def test_a_server_that_is_not_there_is_one_finding() -> None:
    (finding,) = probe(settings("http://127.0.0.1:9/v1"), {"chat"})
    assert (finding.feature, finding.is_fault) == ("model", True)
    assert "not to be reached" in finding.detail


def test_each_server_is_asked() -> None:
    with hostile(gifted) as one:
        findings = probe(settings("http://127.0.0.1:9/v1", one.url), {"chat"})
    assert [finding.is_fault for finding in findings] == [True, *[False] * 7]


def test_a_server_that_hangs_is_found_out() -> None:
    with hostile(hang) as server:
        findings = probe(settings(server.url, timeout_s=0.1), {"chat"})
    assert {finding.feature for finding in findings if not finding.offered} == set(FEATURES)
    assert "no answer within 0.1 s" in json.dumps([finding.detail for finding in findings])


def test_wanted_features_that_do_not_exist_are_refused() -> None:
    with pytest.raises(UserError, match="no feature of a server 'scores'; did you mean 'score'"):
        probe(settings("http://127.0.0.1:9/v1"), {"scores"})
