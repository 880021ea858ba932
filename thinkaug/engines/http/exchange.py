"""One attempt: a POST to one server, and what its answer means. Knows nothing of retries."""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import aiohttp

from thinkaug.dialogue import Reply
from thinkaug.engines.http.limits import End, retry_after
from thinkaug.engines.http.wire import Unreadable, complaint, shortened

_MOST_BYTES = 64 << 20  # a reply of 32,000 tokens with log-probabilities is a tenth of it
_READ_BYTES = 1 << 16
# A shorter key is a stand-in (`EMPTY`, `token`) that a reply may well contain as a word.
_SHORTEST_SECRET_CHARS = 16
# Worth another try although the status blames the request: too slow in coming, in conflict, too many.
_PASSING = frozenset({408, 409, 429})
# They speak of the key, the path or the model, which are the same in every request.
_ABOUT_SETTINGS = frozenset({401, 403, 404, 405})
_STRUCK = "(the key)"


@dataclass(frozen=True, slots=True)
class Job:
    """A request as it is sent, however often: its bytes are made once. `read` makes a reply of the answer's JSON."""

    ticket: int
    path: str
    body: bytes
    read: Callable[[object], Reply]


@dataclass(frozen=True, slots=True)
class Answer:
    """How an attempt ended: a `reply`, or a `problem`, which is worth another try or not."""

    end: End
    reply: Reply | None = None
    problem: str = ""
    again: bool = True
    wait_s: float = 0.0


class Client:
    """HTTP to any number of servers, with one key. The key goes into one header, and is struck out of what comes back.

    Args:
        key: empty for none.
        timeout_s: for an attempt as a whole, whatever the server does meanwhile.
        connect_timeout_s: for the connection alone.

    Must be made inside a running event loop.
    """

    def __init__(self, key: str, timeout_s: float, connect_timeout_s: float) -> None:
        self._key, self._timeout_s = key, timeout_s
        self._session = aiohttp.ClientSession(
            headers={"Authorization": f"Bearer {key}"} if key else {},
            # How many at once is not the connector's business. Servers close a connection that was idle for 5 s: one
            # that is about to be closed is not used again.
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=3),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=connect_timeout_s),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=True,  # proxies, as everywhere else
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._session.close()

    async def post(self, url: str, job: Job) -> Answer:
        """Send a job to the server at `url` and judge what comes back."""
        try:
            async with asyncio.timeout(self._timeout_s):
                answer = await self._exchange(f"{url}{job.path}", job)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            answer = Answer(End.UNREACHED, problem=f"no connection: {shortened(str(error))}")
        except TimeoutError:
            answer = Answer(End.STRAINED, problem=f"no answer within {self._timeout_s:g} s")
        except aiohttp.ClientPayloadError:
            answer = Answer(End.LOST, problem="the connection closed within the answer")
        except (aiohttp.ClientError, OSError) as error:
            answer = Answer(End.LOST, problem=f"the connection broke: {shortened(str(error) or type(error).__name__)}")
        return replace(answer, problem=answer.problem.replace(self._key, _STRUCK) if self._key else answer.problem)

    async def get(self, url: str) -> tuple[int, object]:
        """The status and the JSON at `url`; None where it is none.

        Raises:
            aiohttp.ClientError, OSError: it could not be had (a timeout is an `OSError`).
        """
        async with asyncio.timeout(self._timeout_s), self._session.get(url, allow_redirects=False) as response:
            raw, _ = await self._body(response)
            return response.status, _parse(raw)

    async def _exchange(self, url: str, job: Job) -> Answer:
        # Redirects are not followed: elsewhere is not where the user wanted texts and key to go.
        headers = {"Content-Type": "application/json"}
        async with self._session.post(url, data=job.body, headers=headers, allow_redirects=False) as response:
            raw, whole = await self._body(response)
            return _judge(response, raw, whole, job)

    async def _body(self, response: aiohttp.ClientResponse) -> tuple[str, bool]:
        """The answer's text, and whether that is all of it."""
        pieces: list[bytes] = []
        size = 0
        async for piece in response.content.iter_chunked(_READ_BYTES):
            pieces.append(piece)
            size += len(piece)
            if size > _MOST_BYTES:
                response.close()
                return self._clean(pieces[0].decode("utf-8", "replace")), False
        return self._clean(b"".join(pieces).decode("utf-8", "replace")), True

    def _clean(self, text: str) -> str:
        """Some servers quote the key in what they say about it."""
        return text.replace(self._key, _STRUCK) if len(self._key) >= _SHORTEST_SECRET_CHARS else text


def _judge(response: aiohttp.ClientResponse, raw: str, whole: bool, job: Job) -> Answer:
    """What an answer means for the request and for the server."""
    status, answer = response.status, _parse(raw)
    if 200 <= status < 300:
        return _read(answer, raw, whole, response.content_type, job)
    problem = f"HTTP {status}: {complaint(answer, raw)}"
    wait_s = retry_after(response.headers.get("Retry-After", ""), time.time())
    if status in _PASSING:
        return Answer(End.BUSY if status == 429 else End.ANSWERED, problem=problem, wait_s=wait_s)
    if status >= 500:
        return Answer(End.STRAINED if status == 503 else End.LOST, problem=problem, wait_s=wait_s)
    if 300 <= status < 400:
        elsewhere = shortened(response.headers.get("Location", "nowhere"))
        return Answer(End.REFUSED, problem=f"HTTP {status}: it sends requests on to {elsewhere}", again=False)
    return Answer(End.REFUSED if status in _ABOUT_SETTINGS else End.ANSWERED, problem=problem, again=False)


def _read(answer: object, raw: str, whole: bool, content_type: str, job: Job) -> Answer:
    """What a well-meant answer holds."""
    try:
        if not whole:
            raise Unreadable(f"the answer is over {_MOST_BYTES >> 20} MB long")
        if "json" not in content_type:
            raise Unreadable(f"the answer is {shortened(content_type)}, not JSON")
        if answer is None:
            raise Unreadable("the answer is not JSON")
        if isinstance(answer, dict) and answer.get("error") and not answer.get("choices"):
            raise Unreadable(f"the answer is an error: {complaint(answer, raw)}")
        return Answer(End.WELL, reply=job.read(answer))
    except Unreadable as unreadable:
        problem = f"{unreadable}; it begins: {shortened(raw)}"
        return Answer(End.LOST if unreadable.again else End.REFUSED, problem=problem, again=unreadable.again)


def _parse(raw: str) -> object:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None
