"""An OpenAI-style server that misbehaves as it is told to, on a port of its own, and notes what it is asked."""

import asyncio
import json
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from thinkaug.dialogue import Reply, Request
from thinkaug.engines.server import Config, ServerEngine


@dataclass(frozen=True)
class Asked:
    """One request as it came. `attempt` counts those with the same body, from 0."""

    path: str
    raw: bytes
    headers: dict[str, str]
    attempt: int
    at: float

    @property
    def body(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.raw)
        return found

    @property
    def text(self) -> str:
        """The last message, or the prompt."""
        body = self.body
        return str(body["messages"][-1]["content"] if "messages" in body else body["prompt"])


Behaviour = Callable[[Asked, web.Request], Awaitable[web.StreamResponse]]
Choose = Callable[[Asked], Behaviour]


@dataclass
class Hostile:
    """A running server: where it is, what it was asked, and the most requests it ever had at once."""

    choose: Choose
    models: Callable[[], web.Response] = lambda: web.json_response({"data": [{"id": "m"}]})
    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    at_once: int = 0
    most: int = 0
    _seen: Counter[bytes] = field(default_factory=Counter)

    def of(self, text: str) -> list[Asked]:
        """The attempts of one request."""
        return [asked for asked in self.asked if asked.text == text]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if request.method == "GET":
            return self.models()
        raw = await request.read()
        asked = Asked(request.path, raw, dict(request.headers), self._seen[raw], time.monotonic())
        self._seen[raw] += 1
        self.asked.append(asked)
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        try:
            return await self.choose(asked)(asked, request)
        finally:
            self.at_once -= 1


@contextmanager
def hostile(choose: Choose | Behaviour, *, port: int = 0, **fields: Any) -> Iterator[Hostile]:
    """Run such a server; `choose` picks a behaviour for each request, or is the one for all."""
    always = asyncio.iscoroutinefunction(choose)
    server = Hostile((lambda asked: choose) if always else choose, **fields)  # type: ignore[arg-type,return-value]
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def start() -> web.AppRunner:
        app = web.Application(client_max_size=1 << 30)
        app.router.add_route("*", "/{anything:.*}", server.answer)
        runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        server.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
        return runner

    runner = asyncio.run_coroutine_threadsafe(start(), loop).result()
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def chat(text: str | None = "fine", finish: str | None = "stop", **message: Any) -> dict[str, Any]:
    """A good chat answer, and whatever else its message is to hold."""
    return {
        "choices": [
            {"index": 0, "message": {"role": "assistant", "content": text, **message}, "finish_reason": finish}
        ],
        "usage": {"prompt_tokens": 5, "completion_tokens": 2},
    }


def answering(body: Any, status: int = 200, after_s: float = 0.0, **headers: str) -> Behaviour:
    """Answers JSON; keywords are headers, `_` for `-`."""

    async def behave(asked: Asked, request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(after_s)
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.json_response(body, status=status, headers=names)

    return behave


def saying(raw: bytes, content_type: str = "application/json") -> Behaviour:
    """Answers 200 and these bytes."""

    async def behave(asked: Asked, request: web.Request) -> web.StreamResponse:
        return web.Response(body=raw, content_type=content_type)

    return behave


fine = answering(chat())
error_500 = answering({"error": {"message": "it broke"}}, 500)


async def hang(asked: Asked, request: web.Request) -> web.StreamResponse:
    await asyncio.sleep(3600)
    raise AssertionError("nobody waits so long")


async def hang_up(asked: Asked, request: web.Request) -> web.StreamResponse:
    """Closes the connection without a word."""
    assert request.transport
    request.transport.abort()
    return web.Response()


async def half(asked: Asked, request: web.Request) -> web.StreamResponse:
    """Closes the connection in the middle of the answer."""
    body = json.dumps(chat()).encode()
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": str(len(body))})
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    assert request.transport
    request.transport.close()
    return response


async def drip(asked: Asked, request: web.Request) -> web.StreamResponse:
    """Sends a byte now and then, for ever."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    while True:
        await response.write(b" ")
        await asyncio.sleep(0.02)


async def flood(asked: Asked, request: web.Request) -> web.StreamResponse:
    """Sends for ever, as fast as it is read."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    while True:
        await response.write(b"[" * (1 << 16))


# What is wrong for one attempt, and may be right for the next.
FAULTS: dict[str, Behaviour] = {
    "500": error_500,
    "502 with HTML": answering("<html>", 502),
    "408": answering({}, 408),
    "409": answering({}, 409),
    "429": answering({"error": "slow down"}, 429),
    "hangs up": hang_up,
    "half an answer": half,
    "hangs": hang,
    "drips": drip,
    "wrong JSON": saying(b'{"choices": [{'),
    "no JSON": saying(b"<html>sign in</html>", "text/html"),
    "no UTF-8": saying(b"\xff\xfe\x00"),
    "nested JSON": saying(b"[" * 100_000),
    "empty": saying(b""),
    "JSON that is said to be text": saying(json.dumps(chat()).encode(), "text/plain"),
    "null": saying(b"null"),
    "a list": saying(b"[1, 2]"),
    "an error object": answering({"error": {"message": "overloaded", "code": 502}}),
    "no choices": answering({"id": "x", "usage": {}}),
    "empty choices": answering({"choices": []}),
    "a choice that is none": answering({"choices": [None]}),
    "no message": answering({"choices": [{"text": "fine"}]}),
    "content that is no text": answering(chat(text=["fine"])),  # type: ignore[arg-type]
    "broken off": answering(chat("half a senten", "abort")),
}

SILENT = (hang, drip)


def settings(*urls: str, **changes: Any) -> Config:
    """An engine that is quick to try again and to give up."""
    quick: dict[str, Any] = {
        "model": "m",
        "tokenizer": "shipped:model",
        "timeout_s": 60.0,  # a busy machine is no fault
        "retries": 3,
        "backoff_s": 0.01,
        "patience_s": 60.0,
    }
    return Config(urls=urls, **{**quick, **changes})


@contextmanager
def opened(config: Config) -> Iterator[ServerEngine]:
    """The engine, closed in the end."""
    engine = config.open()
    try:
        yield engine
    finally:
        engine.close()


def replies(config: Config, *requests: Request) -> list[Reply]:
    """The replies, in order of the requests; each came exactly once."""
    with opened(config) as engine:
        for ticket, request in enumerate(requests):
            engine.submit(ticket, request)
        return collect(engine, len(requests))


def collect(engine: ServerEngine, count: int) -> list[Reply]:
    """The replies to tickets 0 to `count`."""
    found: list[tuple[int, Reply]] = []
    while len(found) < count:
        found += engine.ready()
    assert sorted(ticket for ticket, _ in found) == list(range(count))
    assert engine.ready() == []
    return [reply for _, reply in sorted(found, key=lambda entry: entry[0])]
