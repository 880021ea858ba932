"""Carries requests to whichever server has room, again where it is worth it, until each has its reply."""

import asyncio
import random
import time
from collections import deque
from collections.abc import Sequence

from thinkaug.dialogue import Reply
from thinkaug.engines.http.exchange import Client, Job
from thinkaug.engines.http.limits import LONGEST_BACKOFF_S, Attempt, End, Lane, least_loaded
from thinkaug.errors import UserError


class Delivery:
    """The way to some servers of one model. All of it runs in one event loop.

    Args:
        client: what speaks HTTP.
        lanes: the servers.
        retries: how often a request is tried again.
        backoff_s: before the first retry; before each further one twice as long.
    """

    def __init__(self, client: Client, lanes: Sequence[Lane], retries: int, backoff_s: float) -> None:
        self._client, self._lanes = client, lanes
        self._retries, self._backoff_s = retries, backoff_s
        self._waiting: deque[tuple[int, asyncio.Future[tuple[Lane, Attempt]]]] = deque()
        self._alarm: asyncio.TimerHandle | None = None

    async def deliver(self, job: Job) -> Reply:
        """The reply to a request; with an `error` where it could not be had.

        An attempt that did not reach a server costs the request nothing: it is not to blame.

        Raises:
            UserError: all servers are gone, or refuse everything.
        """
        sent, is_new = 0, True
        while True:
            lane, attempt = await self._place(job.ticket, first=not is_new)
            answer = await self._client.post(lane.url, job)
            problem = f"{lane.url}: {answer.problem}" if answer.problem else ""
            lane.end(attempt, answer.end, time.monotonic(), answer.problem, answer.wait_s)
            self._assign()
            self._check()
            if answer.reply is not None:
                return answer.reply
            is_new = False
            sent += answer.end is not End.UNREACHED
            if not answer.again:
                return Reply("", error=problem)
            if sent > self._retries:
                return Reply("", error=f"{problem}; given up after {sent} attempt{'s' if sent > 1 else ''}")
            await asyncio.sleep(self._backoff(sent))

    def _backoff(self, sent: int) -> float:
        """Seconds before the next try: doubled by each, and scattered, so that those that failed together part.

        Where nothing was sent it does not grow: a server that is not there is left alone by the books of its lane.
        """
        longest: float = min(self._backoff_s * 2 ** min(max(sent - 1, 0), 20), LONGEST_BACKOFF_S)
        return longest * random.uniform(0.5, 1.0)

    async def _place(self, ticket: int, *, first: bool) -> tuple[Lane, Attempt]:
        """Wait for a server with room. One that was on its way before goes `first`."""
        place: asyncio.Future[tuple[Lane, Attempt]] = asyncio.get_running_loop().create_future()
        if first:
            self._waiting.appendleft((ticket, place))
        else:
            self._waiting.append((ticket, place))
        self._assign()
        return await place

    def _assign(self) -> None:
        """Give what has room to those that wait; where a server is only resting, come back when it opens."""
        now = time.monotonic()
        while self._waiting and (lane := least_loaded(self._lanes, now)):
            ticket, place = self._waiting.popleft()
            if not place.done():  # it is, if the engine is being closed
                place.set_result((lane, lane.begin(ticket, now)))
        if self._alarm:
            self._alarm.cancel()
            self._alarm = None
        opening = min((lane.opens_at for lane in self._lanes if lane.opens_at > now), default=None)
        if self._waiting and opening is not None:
            self._alarm = asyncio.get_running_loop().call_later(opening - now, self._assign)

    def _check(self) -> None:
        if not all(lane.is_gone or lane.is_refusing for lane in self._lanes):
            return
        what = "; ".join(_obituary(lane) for lane in self._lanes)
        if any(lane.is_refusing for lane in self._lanes):
            advice = "put model, urls and api_key_env of the engine right"
        else:
            advice = "start it, or put the engine's urls right"
        raise UserError(f"{what}. Next: {advice}, and run the same command again: nothing that was paid for is lost")


def _obituary(lane: Lane) -> str:
    if lane.is_refusing:
        return f"the server at {lane.url} refuses every request: {lane.detail}"
    silent_s = time.monotonic() - lane.failing_since
    since = time.strftime("%H:%M:%S", time.localtime(time.time() - silent_s))
    return f"the server at {lane.url} has not served one request since {since}, for {silent_s:.0f} s: {lane.detail}"
