"""Progress of one stage: a bar on a terminal, plain lines elsewhere. Knows only counts."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

Advance = Callable[[Mapping[str, int]], None]
Reporter = Callable[[str, int | None, int], AbstractContextManager[Advance]]
"""`(label, rows in all or None, rows done before)` -> a context whose value is called with what each row adds."""

_EVERY_S = 10.0  # between two plain lines


@contextmanager
def silent(label: str, total: int | None, done: int) -> Iterator[Advance]:
    """Shows nothing."""
    yield lambda counts: None


def on(console: Console) -> Reporter:
    """A reporter for this console."""
    return _bars(console) if console.is_terminal else _lines(console)


def _bars(console: Console) -> Reporter:
    @contextmanager
    def report(label: str, total: int | None, done: int) -> Iterator[Advance]:
        columns = (
            TextColumn("{task.description:<10}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rates]}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
        )
        counts: Counter[str] = Counter()
        started = time.monotonic()
        with Progress(*columns, console=console) as progress:
            task = progress.add_task(label, total=total, completed=done, rates="")

            def advance(more: Mapping[str, int]) -> None:
                counts.update(more)
                progress.update(task, advance=more["rows"], rates=_rates(counts, time.monotonic() - started))

            yield advance

    return report


def _lines(console: Console) -> Reporter:
    @contextmanager
    def report(label: str, total: int | None, done: int) -> Iterator[Advance]:
        counts: Counter[str] = Counter()
        started = said = time.monotonic()

        def line() -> str:
            rows = done + counts["rows"]
            seconds = time.monotonic() - started
            left = f", {seconds * (total - rows) / counts['rows']:.0f} s left" if total and counts["rows"] else ""
            of = f" of {total:,}" if total is not None else ""
            return f"{label}: {rows:,}{of} rows {_rates(counts, seconds)}, {seconds:.0f} s{left}"

        def advance(more: Mapping[str, int]) -> None:
            nonlocal said
            counts.update(more)
            if time.monotonic() - said > _EVERY_S:
                said = time.monotonic()
                console.print(line(), soft_wrap=True, highlight=False)

        yield advance
        console.print(line(), soft_wrap=True, highlight=False)

    return report


def _rates(counts: Mapping[str, int], seconds: float) -> str:
    share = f"{counts['kept'] / counts['rows']:.0%} kept" if counts["rows"] else ""
    tokens = f", {counts['output_tokens'] / seconds:,.0f} tokens/s" if counts.get("output_tokens") and seconds else ""
    return share + tokens
