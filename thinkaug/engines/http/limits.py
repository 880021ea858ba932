"""How much one server can bear, and whether it is there at all: adaptive concurrency and a circuit breaker.

Bookkeeping alone: no network, no clock, no async. Times are seconds of a monotonic clock that the caller reads.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from enum import Enum, auto

# Requests at once to begin with: enough to see that a server keeps up, too few to flood one that does not.
_FIRST_LIMIT = 16
# So many failed attempts in a row, and a server is left alone for a while.
_FAILURES_IN_A_ROW = 5
# So many requests refused in a row, and the settings are wrong, not the requests.
_REFUSALS_IN_A_ROW = 20
_FIRST_REST_S = 0.5
LONGEST_WAIT_S = 300.0  # that a server may ask for
LONGEST_BACKOFF_S = 60.0  # between two tries of a request


class End(Enum):
    """How one attempt ended, as far as the server's health goes."""

    WELL = auto()  # a reply
    ANSWERED = auto()  # it refused this one request
    BUSY = auto()  # it is alive and asks to be spared
    REFUSED = auto()  # it refused for a reason that may hold for all: the key, the path, the model, what it can do
    STRAINED = auto()  # it did not answer in time, or says that it is overloaded: too much to do, or stuck
    LOST = auto()  # it failed, the connection broke, or its answer could not be read
    UNREACHED = auto()  # there was no connection: the request was never sent


_FAILURES = frozenset({End.STRAINED, End.LOST, End.UNREACHED})
_TOO_MUCH = frozenset({End.BUSY, End.STRAINED})


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request on its way. `trial`: sent to find out whether a failing server is back."""

    ticket: int
    began: float
    trial: bool


class Lane:
    """What is known of one server.

    The limit on requests at once doubles with each round trip until the server first complains; from then on it grows
    by one a round trip and is halved by each complaint (additive increase, multiplicative decrease, as in TCP).

    Args:
        url: the server's base URL.
        most: the limit never exceeds it.
        patience_s: a server that has only failed for so long is gone.
    """

    def __init__(self, url: str, most: int, patience_s: float) -> None:
        self.url = url
        self.in_flight = 0
        self.detail = ""  # of the last failure or refusal
        self.failing_since = 0.0
        self._most, self._patience_s = most, patience_s
        self._limit, self._doubling, self._halved_at = float(min(_FIRST_LIMIT, most)), True, float("-inf")
        self._failures, self._last_failure, self._last_end = 0, 0.0, End.WELL
        self._failed_tickets: set[int] = set()
        self._trials = self._refusals = 0
        self._has_served = False
        self.opens_at = float("-inf")

    @property
    def limit(self) -> int:
        """How many requests it is given at once."""
        return int(self._limit)

    def has_room(self, now: float) -> bool:
        """Whether it may be sent one more. A failing server is sent one at a time, after a rest."""
        if now < self.opens_at or self.is_refusing:
            return False
        return self._trials == 0 if self.is_failing else self.in_flight < self.limit

    def begin(self, ticket: int, now: float) -> Attempt:
        """Note that a request is sent."""
        self.in_flight += 1
        self._trials += self.is_failing
        return Attempt(ticket, now, trial=self.is_failing)

    def end(self, attempt: Attempt, how: End, now: float, detail: str = "", wait_s: float = 0.0) -> None:
        """Note how it went. `wait_s` is for how long the server asks to be left alone."""
        was_full = self.in_flight >= self.limit
        self.in_flight -= 1
        self._trials -= attempt.trial
        self.detail = detail or self.detail
        self._adapt(attempt, how, now, was_full)
        self._judge(attempt, how, now)
        if wait_s:
            self.opens_at = max(self.opens_at, now + wait_s)

    @property
    def is_gone(self) -> bool:
        """Whether it has done nothing but fail for longer than the patience lasts.

        One request that the server chokes on, tried again and again, does not make it gone: several must have failed,
        or not even have reached it.
        """
        return (
            self.is_failing
            and self._last_failure - self.failing_since >= self._patience_s
            and (self._last_end is End.UNREACHED or len(self._failed_tickets) >= _FAILURES_IN_A_ROW)
        )

    @property
    def is_refusing(self) -> bool:
        """Whether it turns everything away."""
        return self._refusals >= _REFUSALS_IN_A_ROW

    @property
    def is_failing(self) -> bool:
        """Whether the last attempts, a row of them, all failed."""
        return self._failures >= _FAILURES_IN_A_ROW

    def _adapt(self, attempt: Attempt, how: End, now: float, was_full: bool) -> None:
        if how is End.WELL and was_full:  # a limit that is not reached says nothing of what the server can bear
            self._limit = min(self._most, self._limit + (1 if self._doubling else 1 / self._limit))
        # What was sent before the last halving complains of the load there was then.
        if how in _TOO_MUCH and attempt.began >= self._halved_at:
            self._limit, self._doubling, self._halved_at = max(1.0, self._limit / 2), False, now

    def _judge(self, attempt: Attempt, how: End, now: float) -> None:
        self._last_end = how
        if how is End.WELL:
            self._refusals, self._has_served = 0, True
        elif how is End.REFUSED or (how is End.ANSWERED and not self._has_served):
            self._refusals += 1
        if how not in _FAILURES:
            self._failures = 0
            return
        # A failure long ago with nothing sent since is no part of a row.
        if not self._failures or attempt.began - self._last_failure > self._patience_s + LONGEST_BACKOFF_S:
            self._failures, self.failing_since = 0, now
            self._failed_tickets.clear()
        self._failures += 1
        self._failed_tickets.add(attempt.ticket)
        self._last_failure = now
        if self.is_failing:
            doublings = min(self._failures - _FAILURES_IN_A_ROW, 20)
            self.opens_at = max(self.opens_at, now + min(self._patience_s / 8, _FIRST_REST_S * 2**doublings))


def least_loaded(lanes: Iterable[Lane], now: float) -> Lane | None:
    """The server with the fewest requests in flight among those that have room.

    A failing one comes last: what it is tried with may have to be sent again.
    """
    open_lanes = (lane for lane in lanes if lane.has_room(now))
    return min(open_lanes, key=lambda lane: (lane.is_failing, lane.in_flight), default=None)


def retry_after(header: str, wall_clock: float) -> float:
    """Seconds to wait by an HTTP `Retry-After` (seconds, or a date), at most `LONGEST_WAIT_S`; 0 if it says nothing.

    Args:
        header: its value, as it came.
        wall_clock: seconds since the epoch, now.
    """
    text = header.strip()
    if re.fullmatch(r"[0-9]{1,18}(\.[0-9]{0,18})?", text):
        return min(float(text), LONGEST_WAIT_S)
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return 0.0
    # A date without a zone is GMT: HTTP has no other.
    moment = (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
    return min(max(0.0, moment - wall_clock), LONGEST_WAIT_S)
