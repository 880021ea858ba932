"""Guarded: an engine in a process of its own that may die or hang without taking the run along.

The requests that were in flight at a death are its suspects. They go out again in halves, one group at a time with
nothing else in flight, until a group passes (and is cleared) or the engine dies of a request that was alone: if that is
not the first death it was part of, it is answered with an error and never sent again. So one request in 128 that kills
the engine every time costs 8 restarts, and no innocent row.
"""

import logging
import pickle
from collections import Counter, deque

from thinkaug.dialogue import Reply, Request
from thinkaug.engines.process.child import Child, Gone
from thinkaug.engines.process.worker import Loadable
from thinkaug.errors import UserError

_LOG = logging.getLogger("thinkaug")
_LOAD_S = 7200.0  # the weights may have to come from the Hub first
_BROKEN = 8


class Guarded:
    """An engine behind a process boundary.

    Args:
        spec: picklable settings whose `load` gives the engine.
        watchdog_s: how long the engine may go without a token while requests are in flight.
        load_s: how long loading may take.
        shown: whether what the process prints is shown; otherwise it is told when the process fails.

    Raises:
        UserError: the engine cannot be loaded.
    """

    def __init__(self, spec: Loadable, watchdog_s: float, *, load_s: float = _LOAD_S, shown: bool = False) -> None:
        self._name = spec.name
        self._packed = pickle.dumps(spec)
        self._watchdog_s, self._load_s, self._shown = watchdog_s, load_s, shown
        self._requests: dict[int, Request] = {}  # not answered yet
        self._inside: list[int] = []  # tickets, as are the others: handed to the process
        self._suspects: deque[list[int]] = deque()  # groups yet to be tried
        self._trying = False  # a group of suspects is inside, and nothing may join it
        self._waiting: list[int] = []  # for the trial to end
        self._deaths: Counter[int] = Counter()
        self._fruitless = 0  # requests given up since the last reply
        self._done: list[tuple[int, Reply]] = []
        self._child = self._start()
        self.window: int = self._child.window

    @property
    def group(self) -> int:
        """The process group that the engine runs in, as it is now."""
        return self._child.group

    def submit(self, ticket: int, request: Request) -> None:
        """Hand a request over; one that comes during a trial of suspects waits for its end."""
        self._requests[ticket] = request
        self._waiting.append(ticket)
        self._refill()

    def ready(self) -> list[tuple[int, Reply]]:
        """The replies that are finished; restarts the engine as often as it takes.

        Raises:
            UserError: the engine cannot be loaded again, or whatever it is given kills it.
        """
        while not self._done and self._requests:
            try:
                for batch in self._child.receive(self._watchdog_s):
                    self._take(batch)
            except Gone as gone:
                self._recover(str(gone))
            self._refill()
        done, self._done = self._done, []
        return done

    def close(self) -> None:
        """End the process."""
        self._child.end()

    def _start(self) -> Child:
        return Child(self._packed, self._name, self._load_s, self._shown)

    def _take(self, batch: list[tuple[int, Reply]]) -> None:
        for ticket, reply in batch:
            self._inside.remove(ticket)
            self._settle(ticket, reply)
            self._fruitless = 0

    def _settle(self, ticket: int, reply: Reply) -> None:
        del self._requests[ticket]
        self._deaths.pop(ticket, None)
        self._done.append((ticket, reply))

    def _refill(self) -> None:
        """Send what may be sent now."""
        if not self._inside:
            self._trying = bool(self._suspects)
            if self._trying:
                self._send(self._suspects.popleft())
        if not self._trying:
            self._send(self._waiting)
            self._waiting = []

    def _send(self, tickets: list[int]) -> None:
        for ticket in tickets:
            self._child.send((ticket, self._requests[ticket]))
        self._inside += tickets

    def _recover(self, cause: str) -> None:
        """Note who was there, give up who was alone, and start the engine again."""
        suspects, self._inside = self._inside, []
        words = self._child.last_words()
        self._deaths.update(suspects)
        if len(suspects) == 1 and self._deaths[suspects[0]] > 1:
            self._give_up(suspects[0], cause, words)
        elif suspects:
            half = (len(suspects) + 1) // 2
            self._suspects.extendleft(filter(None, (suspects[half:], suspects[:half])))
        _LOG.warning(
            "%s: the engine is started again: %s, with %d requests in flight%s", self._name, cause, len(suspects), words
        )
        try:
            self._child = self._start()
        except UserError as error:
            raise UserError(f"{self._name}: {cause}, and then it could not be started again: {error}") from error

    def _give_up(self, ticket: int, cause: str, words: str) -> None:
        self._fruitless += 1
        if self._fruitless >= _BROKEN:
            raise UserError(
                f"{self._name}: the engine itself is broken: it died of each of the last {_BROKEN} requests that it "
                f"was given alone; the last time {cause}{words}"
            )
        deaths = self._deaths[ticket]
        _LOG.warning("%s: a request is given up: the engine died of it %d times", self._name, deaths)
        self._settle(ticket, Reply("", error=f"the engine died of this request {deaths} times; the last time {cause}"))
