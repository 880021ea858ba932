"""The server engine with servers that misbehave: every ticket is answered once, and keys stay where they belong."""

import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from email.utils import formatdate
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trials
from hypothesis import strategies as st

from tests.engines.hostile_server import (
    FAULTS,
    SILENT,
    Asked,
    Behaviour,
    answering,
    chat,
    collect,
    drip,
    error_500,
    fine,
    flood,
    hang,
    hang_up,
    hostile,
    opened,
    replies,
    saying,
    settings,
)
from tests.stages.conftest import STEP, make_passage
from thinkaug.dialogue import Ask, Message, Sampling, Score
from thinkaug.engines.http import exchange
from thinkaug.errors import UserError
from thinkaug.stage import Kept, Outcome, Quarantined, Services, Shard
from thinkaug.stages.generate import generate
from thinkaug.templates import Templates

KEY = "sk-hostile-0123456789abcdef"


def ask(text: str = "a", *, measured: bool = False) -> Ask:
    return Ask((Message("user", text),), Sampling(), seed=0, measured=measured)


def first(*faults: Behaviour) -> Any:
    """These behaviours for the first attempts of each request, then all is well."""
    return lambda asked: faults[asked.attempt] if asked.attempt < len(faults) else fine


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port at which nobody listens."""
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_that_passes_costs_a_retry_and_nothing_else(fault: Behaviour) -> None:
    with hostile(first(fault)) as server:
        (reply,) = replies(settings(server.url, timeout_s=1.0 if fault in SILENT else 60.0), ask())
        assert (reply.text, reply.error) == ("fine", "")
        assert [asked.attempt for asked in server.asked] == [0, 1]
        assert server.asked[0].raw == server.asked[1].raw


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_that_stays_is_an_error_after_all_retries(fault: Behaviour) -> None:
    with hostile(fault) as server:
        (reply,) = replies(settings(server.url, retries=2, timeout_s=0.2 if fault in SILENT else 60.0), ask())
        assert (reply.text, len(server.asked)) == ("", 3)
        assert reply.error.startswith(f"{server.url}: ")
        assert reply.error.endswith("given up after 3 attempts")


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (error_500, "HTTP 500: it broke"),
        (hang, "no answer within 0.2 s"),
        (drip, "no answer within 0.2 s"),
        (hang_up, "the connection broke: "),
        (FAULTS["half an answer"], "the connection closed within the answer"),
        (FAULTS["no JSON"], "the answer is text/html, not JSON; it begins: <html>sign in</html>"),
        (FAULTS["wrong JSON"], 'the answer is not JSON; it begins: {"choices": [{'),
        (FAULTS["empty choices"], 'it holds no choices; it begins: {"choices": []}'),
        (FAULTS["an error object"], "the answer is an error: overloaded"),
        (saying(b"x" * 100_000), "it begins: " + "x" * 300 + "..."),
    ],
)
def test_an_error_says_what_came(fault: Behaviour, said: str) -> None:
    with hostile(fault) as server:
        (reply,) = replies(settings(server.url, retries=0, timeout_s=0.2 if fault in SILENT else 60.0), ask())
        assert said in reply.error
        assert "given up after 1 attempt" in reply.error
        assert len(reply.error) < 700


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 413, 422])
def test_what_the_request_is_to_blame_for_is_not_tried_again(status: int) -> None:
    body = {"error": {"message": "maximum context length is 2048 tokens\n" * 40}}
    with hostile(answering(body, status)) as server:
        (reply,) = replies(settings(server.url), ask())
        assert len(server.asked) == 1
        assert f"HTTP {status}: maximum context length is 2048 tokens maximum" in reply.error
        assert len(reply.error) < 400


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirects_are_not_followed(status: int) -> None:
    with hostile(fine) as elsewhere, hostile(answering({}, status, Location=f"{elsewhere.url}/x")) as server:
        (reply,) = replies(settings(server.url), ask())
        assert f"HTTP {status}: it sends requests on to {elsewhere.url}/x" in reply.error
        assert (len(server.asked), len(elsewhere.asked)) == (1, 0)


def test_an_answer_without_end_is_broken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "_MOST_BYTES", 1 << 20)
    with hostile(flood) as server:
        (reply,) = replies(settings(server.url, retries=0, timeout_s=30), ask())
        assert "the answer is over 1 MB long; it begins: [[[" in reply.error


def test_a_long_answer_is_read_whole() -> None:
    text = "word " * 200_000
    with hostile(answering(chat(text))) as server:
        (reply,) = replies(settings(server.url, timeout_s=30), ask())
        assert reply.text == text


def test_content_filters_and_empty_replies_are_replies() -> None:
    with hostile(lambda asked: answering(chat(None, asked.text))) as server:
        found = replies(settings(server.url), ask("content_filter"), ask("stop"))
        assert [(reply.text, reply.finish, reply.error) for reply in found] == [
            ("", "content_filter", ""),
            ("", "stop", ""),
        ]


def test_what_a_server_does_not_offer_is_not_asked_for_again() -> None:
    no_scores = answering({"choices": [{"text": "x", "logprobs": None}]})
    with hostile(lambda asked: no_scores if "prompt" in asked.body else fine) as server:
        found = replies(settings(server.url), ask(measured=True), Score("a", "b"))
        assert ["log-probabilities" in reply.error for reply in found] == [True, True]
        assert len(server.asked) == 2


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_obeyed_by_all_requests_to_that_server(status: int) -> None:
    with hostile(first(answering({}, status, Retry_After="0.6"))) as server:
        config = settings(server.url, max_concurrency=1)
        with opened(config) as engine:
            engine.submit(0, ask("a"))
            engine.submit(1, ask("b"))
            collect(engine, 2)
        times = [asked.at for asked in server.asked]
        # One at a time: each of the two is put off once, and nothing is sent meanwhile.
        assert [b - a >= 0.55 for a, b in pairwise(times)].count(True) == 2


def test_retry_after_can_be_a_date() -> None:
    def busy(asked: Asked) -> Behaviour:
        date = formatdate(time.time() + 2, usegmt=True)  # whole seconds: one to two from now
        return fine if asked.attempt else answering({}, 429, Retry_After=date)

    with hostile(busy) as server:
        replies(settings(server.url), ask())
        assert server.asked[1].at - server.asked[0].at > 0.9


def test_another_server_need_not_wait() -> None:
    with hostile(answering({}, 429, Retry_After="200")) as busy, hostile(fine) as free:
        found = replies(settings(busy.url, free.url), *(ask(f"{number}") for number in range(20)))
        assert not any(reply.error for reply in found)
        assert len(free.asked) == 20


def test_a_server_that_bears_little_gets_little() -> None:
    at_once = threading.BoundedSemaphore(4)

    async def four(asked: Asked, request: Any) -> Any:
        if not at_once.acquire(blocking=False):
            return await answering({}, 429)(asked, request)
        try:
            return await answering(chat(), after_s=0.005)(asked, request)
        finally:
            at_once.release()

    with hostile(four) as server:
        found = replies(settings(server.url, retries=20), *(ask(f"{number}") for number in range(200)))
        assert not any(reply.error for reply in found)
        turned_away = len(server.asked) - 200
        assert 0 < turned_away < 200


def test_a_server_that_starts_late_costs_no_retries(closed_port: int) -> None:
    config = settings(f"http://127.0.0.1:{closed_port}/v1", retries=0)
    with ExitStack() as late, opened(config) as engine:
        for number in range(20):
            engine.submit(number, ask(f"{number}"))
        time.sleep(0.3)
        late.enter_context(hostile(fine, port=closed_port))
        assert [reply.text for reply in collect(engine, 20)] == ["fine"] * 20


def test_when_no_server_is_left_the_run_ends_and_says_what_to_do(closed_port: int) -> None:
    url = f"http://127.0.0.1:{closed_port}/v1"
    with opened(settings(url, patience_s=0.3)) as engine:
        for number in range(20):
            engine.submit(number, ask(f"{number}"))
        for _ in range(2):
            with pytest.raises(UserError) as caught:
                engine.ready()
        with hostile(fine, port=closed_port) as late:
            time.sleep(0.3)
            assert late.asked == []  # what nobody waits for any more is not sent
    said = str(caught.value)
    assert f"the server at {url} has not served one request since " in said
    assert "no connection: " in said
    assert "start it, or put the engine's urls right, and run the same command again" in said


@pytest.mark.parametrize("fault", [hang, hang_up, error_500, FAULTS["no JSON"]], ids=["hangs", "drops", "500", "HTML"])
def test_a_server_that_only_fails_is_gone_too(fault: Behaviour) -> None:
    with hostile(fault) as server, opened(settings(server.url, timeout_s=0.1, patience_s=0.3, retries=1000)) as engine:
        for number in range(20):
            engine.submit(number, ask(f"{number}"))
        with pytest.raises(UserError, match="has not served one request since"):
            collect(engine, 20)


def test_one_server_gone_is_borne_as_long_as_another_serves(closed_port: int) -> None:
    with hostile(answering(chat(), after_s=0.01)) as server:
        urls = (f"http://127.0.0.1:{closed_port}/v1", server.url)
        config = settings(*urls, patience_s=0.1, retries=0, max_concurrency=4)
        found = replies(config, *(ask(f"{number}") for number in range(100)))
        assert [reply.text for reply in found] == ["fine"] * 100


def test_one_request_that_breaks_the_server_fails_alone() -> None:
    choose = lambda asked: hang_up if asked.text == "poison" else fine  # noqa: E731
    with hostile(choose) as server:
        found = replies(settings(server.url, patience_s=0.1, retries=8), ask("poison"), ask("b"))
        assert [bool(reply.error) for reply in found] == [True, False]
        assert len(server.of("poison")) == 9


def test_settings_that_no_request_can_pass_with_end_the_run() -> None:
    with hostile(answering({"error": "no such key"}, 401)) as server, opened(settings(server.url)) as engine:
        for number in range(60):
            engine.submit(number, ask(f"{number}"))
        with pytest.raises(UserError, match=r"refuses every request: HTTP 401: no such key.*api_key_env"):
            collect(engine, 60)


@trials(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.lists(st.sampled_from([name for name in FAULTS if FAULTS[name] not in SILENT] + ["400"]), max_size=4),
        min_size=1,
        max_size=4,
    ),
    st.integers(1, 3),
    st.booleans(),
)
def test_whatever_happens_every_ticket_is_answered_once(scripts: list[list[str]], most: int, twice: bool) -> None:
    retries = 2
    behaviours = {**FAULTS, "400": answering({}, 400)}

    def choose(asked: Asked) -> Behaviour:
        script = scripts[int(asked.text)]
        return behaviours[script[asked.attempt]] if asked.attempt < len(script) else fine

    def is_served(script: list[str]) -> bool:
        return len(script) <= retries and "400" not in script

    with hostile(choose) as server:
        urls = (server.url, server.url) if twice else (server.url,)
        # Four requests are too few for a server to be given up, so that a short patience only makes its rests short.
        config = settings(*urls, retries=retries, max_concurrency=most, patience_s=0.4, backoff_s=0.001)
        found = replies(config, *(ask(f"{number}") for number in range(len(scripts))))
    assert [not reply.error for reply in found] == [is_served(script) for script in scripts]


def test_the_key_is_sent_and_seen_nowhere_else(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOSTILE_KEY", KEY)
    caplog.set_level(logging.DEBUG)
    quote = f"your key {KEY} is"

    def quoting(asked: Asked) -> Behaviour:
        return {
            "400": answering({"error": {"message": quote}}, 400),
            "500": answering({"error": quote}, 500),
            "redirect": answering({}, 302, Location=f"http://x/?key={KEY}"),
            "html": saying(quote.encode(), "text/html"),
            "wrong": saying(quote.encode()),
            "trimmed": saying(b"x" * 290 + KEY.encode()),
            "content": answering(chat(quote)),
            "reasoning": answering(chat("a", reasoning=quote)),
            "finish": answering(chat("a", quote)),
        }[asked.text]

    names = ["400", "500", "redirect", "html", "wrong", "trimmed", "content", "reasoning", "finish"]
    with hostile(quoting) as server:
        config = settings(server.url, api_key_env="HOSTILE_KEY", retries=1)
        with opened(config) as engine:
            for number, name in enumerate(names):
                engine.submit(number, ask(name))
            found = collect(engine, len(names))
            seen = [*found, config, config.identity(), config.name, engine, vars(engine)]
        assert all(asked.headers["Authorization"] == f"Bearer {KEY}" for asked in server.asked)
        assert all(KEY.encode() not in asked.raw for asked in server.asked)
    with (
        hostile(answering({"error": quote}, 401)) as server,
        opened(settings(server.url, api_key_env="HOSTILE_KEY")) as engine,
    ):
        for number in range(60):
            engine.submit(number, ask(f"{number}"))
        with pytest.raises(UserError) as caught:
            collect(engine, 60)
        seen += [caught.value, repr(caught.value)]
    output = capfd.readouterr()
    everything = " ".join([*(f"{one} {one!r}" for one in seen), caplog.text, output.out, output.err])
    assert "your key (the key) is" in everything
    assert KEY not in everything
    assert KEY[:12] not in everything


def test_a_stand_in_for_a_key_does_not_blot_out_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCAL_KEY", "token")
    with hostile(answering(chat("a token of it"))) as server:
        (reply,) = replies(settings(server.url, api_key_env="LOCAL_KEY"), ask())
        assert reply.text == "a token of it"


def settle(config: Any, *texts: str) -> list[Outcome]:
    """The outcomes of the generate stage over one passage for each text."""
    services = Services(Templates(), {"writer": config})
    chosen = generate.config()
    generate.shaped_by(chosen, services)
    rows = [make_passage(text) for text in texts]
    shard = Shard("00000", lambda: iter(rows))
    try:
        return list(generate.start(chosen, services, [shard])(shard))
    finally:
        services.engine("writer").close()  # type: ignore[attr-defined]


def test_every_row_of_the_generate_stage_is_accounted_for() -> None:
    faults = list(FAULTS.values())
    well = answering(chat(STEP))

    def choose(asked: Asked) -> Behaviour:
        text = asked.text
        if "Poisoned" in text:
            return answering({"error": {"message": "prompt too long"}}, 400)
        if "Unlucky" in text:
            return error_500
        number = int(text.rsplit("Passage ", 1)[1].split(".")[0])
        return faults[number % len(faults)] if asked.attempt == 0 else well

    texts = [f"Passage {number}." for number in range(40)]
    texts[3:3] = ["Poisoned 1.", "Unlucky 1."]
    texts += ["Unlucky 2.", "Poisoned 2."]
    with hostile(choose) as server:
        outcomes = settle(settings(server.url, patience_s=2.0, timeout_s=1.0), *texts)
    assert [outcome.row.text for outcome in outcomes] == texts
    for outcome in outcomes:
        if outcome.row.text.startswith("Passage"):
            assert isinstance(outcome, Kept)
        else:
            assert isinstance(outcome, Quarantined)
            assert outcome.kind == "request_failed"
            assert ("prompt too long" if "Poisoned" in outcome.row.text else "HTTP 500") in outcome.message
