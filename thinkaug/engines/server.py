"""server: a model behind an OpenAI-style endpoint (`vllm serve` and others), one or several of them.

The dialogues above know no async; here a thread of its own runs an event loop, and requests and replies cross over.

A server turns a chat into tokens itself: an expert text that spells a model's control tokens (`<|im_start|>`) is read
there as if the chat template had written them, and nothing that is sent can prevent it. `engines/vllm.py` encodes such
texts as plain characters; where sources are not trusted, use it.
"""

import asyncio
import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import blake2b
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Annotated, Any

from annotated_types import Ge, Gt, MinLen

from thinkaug import shipped
from thinkaug.dialogue import Reply, Request, Score
from thinkaug.engines.http import wire
from thinkaug.engines.http.addresses import api_key, check_url, check_variable
from thinkaug.engines.http.delivery import Delivery
from thinkaug.engines.http.exchange import Client, Job
from thinkaug.engines.http.limits import Lane
from thinkaug.engines.http.plain_tokens import PlainTokens
from thinkaug.engines.tokens import count_tokens
from thinkaug.errors import PromiseBroken, UserError


@dataclass(frozen=True)
class Config:
    """A model and where it is served.

    Args:
        model: the name under which it is served.
        urls: base URLs, such as `http://localhost:8000/v1`; all must serve the same model.
        revision: of the model. No endpoint tells it: it is the user's word, and part of what a build is known by.
        tokenizer: a folder or Hub id with the model's tokenizer, to count tokens and to score; empty is `model`.
        tokenizer_revision: of a Hub tokenizer.
        api_key_env: the NAME of the environment variable that holds the key; empty is none.
        chat_options: values for the chat template, such as `enable_thinking: false`.
        takes_system: false where the model's template refuses a system message: it then opens the first turn.
        body: further fields of a chat request, such as `min_p: 0.1`; null leaves out a field that a server refuses.
        timeout_s: for one attempt as a whole, waiting in the server's queue included.
        connect_timeout_s: for the connection alone.
        retries: how often a request is tried again.
        backoff_s: before the first retry; it doubles, up to a minute.
        max_concurrency: requests at once, for each URL; fewer are sent until the server has shown what it can bear.
        patience_s: a server that has only failed for so long is gone; when all are, the run stops.
    """

    model: Annotated[str, MinLen(1)]
    urls: Annotated[tuple[str, ...], MinLen(1)]
    revision: str = ""
    tokenizer: str = ""
    tokenizer_revision: str = "main"
    api_key_env: str = ""
    chat_options: Mapping[str, Any] = field(default_factory=dict)
    takes_system: bool = True
    body: Mapping[str, Any] = field(default_factory=dict)
    timeout_s: Annotated[float, Gt(0)] = 600.0
    connect_timeout_s: Annotated[float, Gt(0)] = 10.0
    retries: Annotated[int, Ge(0)] = 6
    backoff_s: Annotated[float, Gt(0)] = 0.5
    max_concurrency: Annotated[int, Gt(0)] = 256
    patience_s: Annotated[float, Gt(0)] = 120.0

    def __post_init__(self) -> None:
        """Refuse what cannot work.

        Raises:
            UserError: a URL is none, a field of `body` is the pipeline's, or `api_key_env` is not a name.
        """
        for url in self.urls:
            check_url(url)
        check_variable(self.api_key_env)
        for key, value in self.body.items():
            if key in wire.OURS and value is not None:
                raise UserError(f"engine of kind server: body: '{key}' is set by the pipeline; it can only be left out")

    @property
    def name(self) -> str:
        """Model and revision, as stored with what it writes."""
        model = Path(self.model).name if Path(self.model).is_absolute() else self.model
        return f"{model}@{self.revision}" if self.revision else model

    @property
    def tokenizer_path(self) -> str:
        """The folder or Hub id of the tokenizer."""
        return shipped.locate(self.tokenizer or self.model)

    def identity(self) -> Mapping[str, object]:
        """What shapes replies. Where the model is served, and how fast, does not."""
        return {
            "kind": "server",
            "model": self.model,
            "revision": self.revision,
            "tokenizer": _tokenizer_identity(self.tokenizer_path, self.tokenizer_revision),
            "chat_options": dict(self.chat_options),
            "takes_system": self.takes_system,
            "body": dict(sorted(self.body.items())),
        }

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text has for the tokenizer, special tokens aside."""
        return count_tokens(self.tokenizer_path, self.tokenizer_revision, texts)

    def open(self) -> "ServerEngine":
        """Get ready to send; nothing is sent yet.

        Raises:
            UserError: the environment holds no key.
        """
        return ServerEngine(self)


class ServerEngine:
    """Requests on their way to the servers of a `Config`, and the replies that have come back."""

    def __init__(self, config: Config) -> None:
        self._config = config
        # As much as the servers can bear at most. What they cannot bear yet waits here; a smaller window would have to
        # grow with the limit, and those who fill it read it once.
        self.window: int = config.max_concurrency * len(config.urls)
        self._tokens: PlainTokens | None = None
        self._finished: SimpleQueue[tuple[int, Reply] | BaseException] = SimpleQueue()
        self._broken: BaseException | None = None
        self._lock = threading.Lock()
        self._under_way, self._is_closed = 0, False
        self._tasks: set[asyncio.Task[Reply]] = set()
        key = api_key(config.api_key_env)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="server-engine", daemon=True)
        self._thread.start()
        self._client = asyncio.run_coroutine_threadsafe(connect(config, key), self._loop).result()
        lanes = [Lane(url.rstrip("/"), config.max_concurrency, config.patience_s) for url in config.urls]
        self._delivery = Delivery(self._client, lanes, config.retries, config.backoff_s)

    def submit(self, ticket: int, request: Request) -> None:
        """Send a request off, from whichever thread. What cannot be sent is answered at once."""
        try:
            job: Job | Reply = self._job(ticket, request)
        except UnicodeEncodeError as error:
            job = Reply("", error=f"a text of the request holds half a surrogate pair: {error}")
        with self._lock:
            if self._is_closed:
                raise PromiseBroken("a request for an engine that is closed")
            self._under_way += 1
            if isinstance(job, Reply):
                self._finished.put((ticket, job))
            else:
                self._loop.call_soon_threadsafe(self._start, job)

    def ready(self) -> list[tuple[int, Reply]]:
        """The replies that have come back; waits for one, unless nothing is under way.

        Raises:
            UserError: no server is left that answers.
        """
        if self._broken:
            raise self._broken
        with self._lock:
            if not self._under_way:
                return []
        done = []
        item = self._finished.get()
        while not isinstance(item, BaseException):
            done.append(item)
            try:
                item = self._finished.get_nowait()
            except Empty:
                break
        else:
            self._broken = item
            if not done:
                raise item
        with self._lock:
            self._under_way -= len(done)
        return done

    def close(self) -> None:
        """Let go of connections and thread. What is still under way is abandoned."""
        with self._lock:
            if self._is_closed:
                return
            self._is_closed = True
        asyncio.run_coroutine_threadsafe(self._shut(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._finished.put(PromiseBroken("the engine was closed while replies were awaited"))

    def _job(self, ticket: int, request: Request) -> Job | Reply:
        """What is to be sent for a request; for a `Score` of nothing the reply."""
        config = self._config
        if isinstance(request, Score):
            if self._tokens is None:
                self._tokens = PlainTokens(config.tokenizer_path, config.tokenizer_revision)
            context, target = self._tokens.encode_score(request.context, request.target)
            if not target:
                return Reply("")
            body = wire.score_body(config.model, context + target)
            read = partial(wire.read_score, context_tokens=len(context), target_tokens=len(target))
            return Job(ticket, "/completions", _json(body), read)
        body = wire.chat_body(request, config.model, config.chat_options, config.body, config.takes_system)
        return Job(ticket, "/chat/completions", _json(body), partial(wire.read_chat, measured=request.measured))

    def _start(self, job: Job) -> None:
        task = self._loop.create_task(self._delivery.deliver(job))
        self._tasks.add(task)
        task.add_done_callback(partial(self._finish, job.ticket))

    def _finish(self, ticket: int, task: asyncio.Task[Reply]) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            return
        error = task.exception()
        if error is None:
            self._finished.put((ticket, task.result()))
            return
        # No server is left, or a fault of ours: it ends the run, in the thread that waits for replies.
        self._finished.put(error)
        for other in self._tasks:
            other.cancel()

    async def _shut(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._client.close()


async def connect(config: Config, key: str) -> Client:
    """What speaks to the servers of a config, in the running event loop."""
    return Client(key, config.timeout_s, config.connect_timeout_s)


def _json(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


def _tokenizer_identity(tokenizer: str, revision: str) -> str:
    place = Path(tokenizer) / "tokenizer.json"
    if place.is_file():
        return blake2b(place.read_bytes(), digest_size=16).hexdigest()
    return f"{tokenizer}@{revision}"
