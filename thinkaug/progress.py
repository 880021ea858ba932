"""Progress of a run: a bar a stage on a terminal, plain lines elsewhere, or nothing. Knows only counts."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

Advance = Callable[[Mapping[str, int]], None]
"""Called for every settled row with what it adds: `rows`, `kept`, and the row's tally."""

_EVERY_S = 10.0  # between two plain lines of a stage


class Reporter(Protocol):
    """Shows what a run does."""

    def note(self, text: str) -> None:
        """Something that takes a while begins."""

    def stage(self, label: str, total: int | None, done: int) -> AbstractContextManager[Advance]:
        """A stage begins: rows in all, where that is known, and rows settled before."""


class Silent:
    """Shows nothing."""

    def note(self, text: str) -> None:
        """Nothing."""

    @contextmanager
    def stage(self, label: str, total: int | None, done: int) -> Iterator[Advance]:
        """Nothing."""
        yield lambda counts: None


class Bars:
    """A live bar for each stage."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def note(self, text: str) -> None:
        """A dim line."""
        self._console.print(text, style="dim", highlight=False, soft_wrap=True)

    @contextmanager
    def stage(self, label: str, total: int | None, done: int) -> Iterator[Advance]:
        """A bar with kept share, tokens per second, time spent and time left."""
        columns = (
            TextColumn("{task.description:<12}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rates]}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
        )
        counts: Counter[str] = Counter()
        started = time.monotonic()
        with Progress(*columns, console=self._console) as progress:
            task = progress.add_task(label, total=total, completed=done, rates="")

            def advance(more: Mapping[str, int]) -> None:
                counts.update(more)
                rates = _rates(counts, time.monotonic() - started).removesuffix(", ")
                progress.update(task, advance=more["rows"], rates=rates)

            yield advance


class Lines:
    """A plain line now and then, and one at the end of each stage."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def note(self, text: str) -> None:
        """A line."""
        self._console.print(text, highlight=False, soft_wrap=True)

    @contextmanager
    def stage(self, label: str, total: int | None, done: int) -> Iterator[Advance]:
        """Lines with rows, kept share, tokens per second, time spent and time left."""
        counts: Counter[str] = Counter()
        started = said = time.monotonic()

        def line() -> str:
            rows, seconds = done + counts["rows"], time.monotonic() - started
            of = f" of {total:,}" if total is not None else ""
            left = f", {seconds * (total - rows) / counts['rows']:.0f} s left" if total and counts["rows"] else ""
            still = left if rows != total else ""
            return f"{label + ' ':<12}{rows:,}{of} rows, {_rates(counts, seconds)}{seconds:.0f} s{still}"

        def advance(more: Mapping[str, int]) -> None:
            nonlocal said
            counts.update(more)
            if time.monotonic() - said > _EVERY_S:
                said = time.monotonic()
                self.note(line())

        yield advance
        self.note(line())


def on(console: Console) -> Reporter:
    """The reporter that suits this console."""
    return Bars(console) if console.is_terminal else Lines(console)


def _rates(counts: Mapping[str, int], seconds: float) -> str:
    share = f"{counts['kept'] / counts['rows']:.0%} kept, " if counts["rows"] else ""
    tokens = f"{counts['output_tokens'] / seconds:,.0f} tokens/s, " if counts.get("output_tokens") and seconds else ""
    return share + tokens
