"""The server engine with a server that behaves: settings, identity, threads, windows, scores."""

import threading
import time
from dataclasses import replace
from typing import Any

import pytest

from tests.engines.hostile_server import answering, chat, collect, fine, hang, hostile, opened, replies, settings
from thinkaug import shipped
from thinkaug.dialogue import Ask, Message, Sampling, Score, converse
from thinkaug.engines.http.plain_tokens import PlainTokens
from thinkaug.engines.server import Config
from thinkaug.errors import PromiseBroken, UserError
from thinkaug.settings import read_config

URL = "http://localhost:1/v1"


def ask(text: str) -> Ask:
    return Ask((Message("user", text),), Sampling(), seed=0)


def echoing(asked: Any) -> Any:
    return answering(chat(f"re {asked.text}"))


def test_every_request_gets_its_own_reply() -> None:
    with hostile(echoing) as server:
        found = replies(settings(server.url), *(ask(f"{number}") for number in range(200)))
        assert [reply.text for reply in found] == [f"re {number}" for number in range(200)]
        assert len(server.asked) == 200


def test_it_holds_dialogues_as_any_engine_does() -> None:
    def talk(item: int) -> Any:
        first = yield ask(f"{item}")
        second = yield ask(first.text)
        return second.text

    with hostile(echoing) as server, opened(settings(server.url)) as engine:
        ended = dict(converse(range(50), talk, engine, engine.window))
    assert ended == {item: f"re re {item}" for item in range(50)}


def test_no_more_are_sent_at_once_than_allowed() -> None:
    with hostile(answering(chat(), after_s=0.01)) as server:
        config = settings(server.url, max_concurrency=3)
        replies(config, *(ask(f"{number}") for number in range(30)))
        assert server.most == 3


def test_it_begins_modestly_and_sends_more_as_the_server_keeps_up() -> None:
    with hostile(answering(chat(), after_s=0.02)) as server:
        with opened(settings(server.url, max_concurrency=40)) as engine:
            assert engine.window == 40
            for number in range(300):
                engine.submit(number, ask(f"{number}"))
            collect(engine, 300)
        assert 16 < server.most <= 40


def test_several_servers_share_the_work() -> None:
    slowly = answering(chat(), after_s=0.01)
    with hostile(slowly) as one, hostile(slowly) as other:
        replies(settings(one.url, f"{other.url}/"), *(ask(f"{number}") for number in range(60)))
        assert min(len(one.asked), len(other.asked)) > 15
        assert len(one.asked) + len(other.asked) == 60


def test_requests_may_come_from_any_thread() -> None:
    with hostile(echoing) as server, opened(settings(server.url)) as engine:
        threads = [
            threading.Thread(
                target=lambda part: [engine.submit(n, ask(f"{n}")) for n in part], args=(range(k, 100, 4),)
            )
            for k in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [reply.text for reply in collect(engine, 100)] == [f"re {number}" for number in range(100)]


def test_without_requests_nothing_is_waited_for() -> None:
    with opened(settings(URL)) as engine:
        assert engine.ready() == []


def test_closing_ends_what_is_under_way_and_can_be_done_twice() -> None:
    with hostile(hang) as server:
        engine = settings(server.url, timeout_s=60).open()
        engine.submit(0, ask("a"))
        while not server.asked:
            time.sleep(0.01)
        engine.close()
        engine.close()
        with pytest.raises(PromiseBroken, match="closed"):
            engine.ready()
        with pytest.raises(PromiseBroken, match="closed"):
            engine.submit(1, ask("b"))


def test_a_fault_of_ours_ends_the_run_instead_of_a_request(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("a fault")

    monkeypatch.setattr("thinkaug.engines.http.wire.read_chat", broken)
    with hostile(fine) as server, opened(settings(server.url)) as engine:
        engine.submit(0, ask("a"))
        for _ in range(2):
            with pytest.raises(KeyError, match="a fault"):
                engine.ready()


def test_a_score_is_sent_as_tokens_and_only_its_target_comes_back() -> None:
    tokens = PlainTokens(shipped.locate("shipped:model"), "main")
    context, target = tokens.encode(["Metformin", " is used"])

    def score(asked: Any) -> Any:
        prompt = asked.body["prompt"]
        values = [None, *(-float(place) for place in range(1, len(prompt) + 1))]
        usage = {"prompt_tokens": len(prompt), "completion_tokens": 1}
        return answering({"choices": [{"logprobs": {"token_logprobs": values}}], "usage": usage})

    with hostile(score) as server:
        requests = [Score("Metformin", " is used"), Score("", " is used"), Score("Metformin", "")]
        after, first, nothing = replies(settings(server.url), *requests)
        assert sorted(asked.body["prompt"] for asked in server.asked) == sorted([[*context, *target], [0, *target]])
    assert after.log_probabilities == tuple(-float(len(context) + place) for place in range(len(target)))
    assert len(first.log_probabilities) == len(target)
    assert (nothing.log_probabilities, nothing.error) == ((), "")


def test_what_spells_a_control_token_is_scored_as_its_characters() -> None:
    tokens = PlainTokens(shipped.locate("shipped:model"), "main")
    (ids,) = tokens.encode(["a<|end|>b<|user|>"])
    assert not {0, 1, 2} & set(ids)
    assert tokens.decode(ids) == "a<|end|>b<|user|>"


def test_half_a_surrogate_pair_fails_its_own_request_alone() -> None:
    with hostile(echoing) as server:
        found = replies(
            settings(server.url), ask("a\ud800"), Score("a\udc00", "b"), Score("a", "\ud800"), ask("\U0001f600")
        )
        assert ["half a surrogate pair" in reply.error for reply in found] == [True, True, True, False]
        assert found[3].text == "re \U0001f600"


def test_a_model_without_a_tokenizer_says_what_to_do(tmp_path: Any) -> None:
    with opened(settings(URL, tokenizer=str(tmp_path))) as engine, pytest.raises(UserError, match="tokenizer"):
        engine.submit(0, Score("a", "b"))


def test_where_and_how_fast_is_no_part_of_the_identity() -> None:
    plain = settings(URL)
    for operational in (
        {"urls": ("https://elsewhere/v1", "http://there/v1")},
        {"api_key_env": "SOME_KEY"},
        {"timeout_s": 1.0, "connect_timeout_s": 1.0, "retries": 1, "backoff_s": 1.0},
        {"max_concurrency": 1, "patience_s": 1.0},
    ):
        changed = replace(plain, **operational)  # type: ignore[arg-type]
        assert (changed.identity(), changed.name) == (plain.identity(), plain.name)


@pytest.mark.parametrize(
    "shaping",
    [
        {"model": "n"},
        {"revision": "2"},
        {"tokenizer": "other/model"},
        {"chat_options": {"enable_thinking": False}},
        {"body": {"min_p": 0.1}},
        {"takes_system": False},
    ],
)
def test_what_shapes_replies_is_part_of_the_identity(shaping: dict[str, Any]) -> None:
    assert replace(settings(URL), **shaping).identity() != settings(URL).identity()


def test_the_name_holds_the_revision_and_no_path() -> None:
    assert settings(URL, model="org/m", revision="abc").name == "org/m@abc"
    assert settings(URL, model="/models/secret/m").name == "m"


def test_tokens_are_counted_without_a_server() -> None:
    assert settings(URL).count_tokens(["", "Metformin is used."])[0] == 0


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"urls": []}, "urls: tuple should have at least 1 item"),
        ({"urls": URL}, "urls: input should be a valid tuple"),
        ({"urls": ["localhost:8000"]}, "'localhost:8000' is no URL; write it as http://localhost:8000/v1"),
        ({"urls": ["http://host:port/v1"]}, "is no URL"),
        ({"urls": ["http://[::1/v1"]}, "is no URL"),
        ({"urls": ["http://host/v1/chat/completions"]}, "says too much; give the base alone"),
        ({"urls": ["http://host/v1?a=b"]}, "says too much"),
        ({"body": {"seed": 3}}, "'seed' is set by the pipeline"),
        ({"timeout_s": 0}, "timeout_s: input should be greater than 0"),
        ({"url": URL}, "no setting 'url'; did you mean 'urls'"),
    ],
)
def test_settings_that_cannot_work_are_refused(wrong: dict[str, Any], message: str) -> None:
    given = {"model": "m", **({} if "url" in wrong else {"urls": [URL]}), **wrong}
    with pytest.raises(UserError) as caught:
        read_config(Config, given, "engines.writer")
    assert message in str(caught.value)


def test_settings_come_from_yaml() -> None:
    config = read_config(Config, {"model": "m", "urls": [URL], "body": {"seed": None}, "retries": 2}, "engines.writer")
    assert (config.urls, config.body, config.retries) == ((URL,), {"seed": None}, 2)


@pytest.mark.parametrize(
    "secret", ["sk-0123456789abcdef", "Bearer x", "0123456789abcdef0123456789abcdef", "lower_case"]
)
def test_a_key_in_place_of_a_name_is_refused_and_not_shown(secret: str) -> None:
    with pytest.raises(UserError, match="the name of an environment variable") as caught:
        read_config(Config, {"model": "m", "urls": [URL], "api_key_env": secret}, "engines.writer")
    assert secret not in str(caught.value)


def test_a_password_in_a_url_is_refused_and_not_shown() -> None:
    with pytest.raises(UserError, match="user or a password") as caught:
        settings("http://me:hunter2@host/v1")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(("held", "message"), [(None, "is not set"), (" ", "is not set"), ("two words", "is no key")])
def test_a_key_that_is_none_is_refused_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, held: str | None, message: str
) -> None:
    monkeypatch.delenv("A_KEY", raising=False)
    if held is not None:
        monkeypatch.setenv("A_KEY", held)
    with pytest.raises(UserError, match=message) as caught:
        settings(URL, api_key_env="A_KEY").open()
    assert "two words" not in str(caught.value)
