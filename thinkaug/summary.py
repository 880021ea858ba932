"""What a run prints: the ledger as a table, and closing lines. Knows plans and ledgers; runs nothing."""

import os
import shutil
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table

from thinkaug import build
from thinkaug.decontamination.hits import by_item, hits_of, lines
from thinkaug.findings import finding
from thinkaug.ledger import Ledger, balance
from thinkaug.plan import Plan, Step
from thinkaug.stages.decontaminate import decontaminate

_PLAIN_WIDTH = 160  # where the output is no terminal, a table should not be folded to 80 columns


def console() -> Console:
    """Standard output, wide enough for tables where it is no terminal."""
    plain = Console()
    return plain if plain.is_terminal else Console(width=_PLAIN_WIDTH)


def quarantined(plan: Plan) -> int:
    """Rows quarantined in all steps so far."""
    return sum(sum(build.ledger_of(step).quarantined.values()) for step in plan.steps)


def step_line(step: Step) -> str:
    """One step's outcome in a line, and what its figures come to in another."""
    ledger = build.ledger_of(step)
    return "\n".join([f"{_line(ledger)} -> {step.folder.path}", *_findings([ledger])])


def closing(plan: Plan, until: str) -> str:
    """The last lines of a run: what there is, where, and how to look at it."""
    steps, program = plan.until(until), _program()
    lines = [*_findings(map(build.ledger_of, steps[:-1])), step_line(steps[-1])]
    if steps[-1].stage.product:
        lines += [
            f"shards:  {plan.shards}",
            f"look:    {program} show {plan.called}",
            f"count:   {program} status {plan.called}",
            f"prove:   {program} validate {plan.shards}",
            f'python:  datasets.load_from_disk("{plan.shards}")["train"]',
        ]
    if lost := quarantined(plan):
        lines.append(f"{lost} rows are quarantined; {program} status {plan.called} says where and why")
    return "\n".join(lines)


def _program() -> str:
    """The command as the user can type it: its name, or its path where it is not on the search path."""
    called = Path(sys.argv[0])
    if called.name == "thinkaug" and shutil.which("thinkaug") is None:
        return os.path.relpath(called)
    return "thinkaug"


def print_status(plan: Plan) -> bool:
    """Print the ledger of every step; return whether it balances."""
    table = Table("stage", "in", "out", "dropped", "quarantined", "tally", "left", "folder", title=f"{plan.name}")
    for column in table.columns[1:3]:
        column.justify = "right"
    complete: list[Ledger] = []
    for step in plan.steps:
        ledger = build.ledger_of(step)
        left = build.left(plan, step)
        if left == "":
            complete.append(ledger)
        table.add_row(
            step.label,
            f"{ledger.rows_in:,}",
            f"{ledger.rows_out:,}",
            _reasons(ledger.dropped),
            _reasons(ledger.quarantined),
            _reasons({name: count for name, count in ledger.tally.items() if count}),
            left or "-",
            step.folder.path.name if step.folder.path.exists() else "",
        )
    out = console()
    out.print(table)
    faults = balance(complete)
    for fault in faults:
        out.print(f"the ledger does not balance: {fault}", soft_wrap=True)
    if complete and not faults:
        out.print(f"the ledger balances over {len(complete)} of {len(plan.steps)} stages", highlight=False)
    for line in (*_findings(complete), *_contaminated(plan), *_where(plan)):
        out.print(line, soft_wrap=True, highlight=False)
    return not faults


def _findings(ledgers: Iterable[Ledger]) -> Iterable[str]:
    return filter(None, map(finding, ledgers))


def _contaminated(plan: Plan) -> Iterable[str]:
    """Which items of evaluation sets were found, by set."""
    for step in plan.steps:
        if step.stage is decontaminate:
            yield from (f"{step.label}: {line}" for line in lines(by_item(hits_of(step.folder))))


def _where(plan: Plan) -> Iterable[str]:
    for step in plan.steps:
        if build.ledger_of(step).quarantined:
            yield f"quarantined at {step.label}: {step.folder.path / 'quarantine'}"


def _line(ledger: Ledger) -> str:
    parts = [f"{ledger.stage}: {ledger.rows_in:,} rows in, {ledger.rows_out:,} out"]
    parts += [f"dropped {_sentence(ledger.dropped)}"] if ledger.dropped else []
    parts += [f"quarantined {_sentence(ledger.quarantined)}"] if ledger.quarantined else []
    return "; ".join(parts)


def _sentence(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {reason}" for reason, count in counts.items())


def _reasons(counts: Mapping[str, int]) -> str:
    return "\n".join(f"{count:,} {reason}" for reason, count in counts.items())
