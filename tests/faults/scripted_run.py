"""A whole run on a scripted engine that kills itself with SIGKILL: no cleanup, no exception handler, no flush."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import thinkaug
from thinkaug import attempt, runner
from thinkaug.dialogue import Ask
from thinkaug.engines.scripted import Scripted
from thinkaug.pipeline import Plan
from thinkaug.shards.text import TextLayout
from thinkaug.stages.packing import finishing

PIPELINE = """
name: kill
engines: {}
stages:
  - ingest: {paths: [PATH], shard_documents: 18}
  - segment
  - dedup: {on: text}
  - generate
  - dedup: {on: thoughts}
  - filter: {checks: []}
  - pack: {shard_mb: 0.004}
"""


def answer(ask: Ask) -> str:
    """Depends on the request alone, so that a second run can be compared with the first."""
    return (
        f"<recall>Number {ask.seed} is what comes to mind here.</recall>\n<self_talk>And {ask.seed % 97}?</self_talk>"
    )


def run(folder: Path) -> Plan:
    """Run the pipeline over `folder`/in.jsonl, into `folder`/builds."""
    pipeline = folder / "kill.yaml"
    pipeline.write_text(PIPELINE.replace("PATH", str(folder / "in.jsonl")))
    return thinkaug.run(str(pipeline), out=str(folder / "builds"), engines={"writer": Scripted(answer)})


def die_at(step: str, point: str) -> None:
    """Arrange for death in the second shard of a step, or while the finished set is written."""
    stage, _, number = step.partition(".")

    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def here(path: Path) -> bool:
        same_stage = sorted(path.parent.glob(f"{stage}-*"), key=lambda place: place.stat().st_ctime)
        return path.name.startswith(f"{stage}-") and same_stage.index(path) + 1 == int(number or 1)

    def dying(function: Callable[..., Any], when: str, is_here: Callable[..., bool]) -> Callable[..., Any]:
        def wrapped(*arguments: Any, **options: Any) -> Any:
            if is_here(*arguments) and when == "before":
                die()
            result = function(*arguments, **options)
            if is_here(*arguments):
                die()
            return result

        return wrapped

    second = "00001" if stage != "ingest" else "00000"  # ingest reads one file: one unit
    if point == "writing":
        rows = iter(range(10_000))
        last = 0 if stage == "pack" else 4  # it writes the rows of a batch at once
        runner._write = dying(
            runner._write,
            "before",
            lambda attempt, _: here(attempt._folder.path) and attempt._unit == second and next(rows) == last,
        )
    elif point in ("before manifest", "after manifest"):
        attempt.os.link = dying(
            os.link, point.split()[0], lambda _, place: here(Path(place).parent.parent) and Path(place).stem == second
        )
    elif point == "shuffling":
        TextLayout.measure = dying(TextLayout.measure, "after", lambda *_: True)  # type: ignore[method-assign]
    elif point == "finishing":
        finishing.finish_folder = dying(finishing.finish_folder, "before", lambda *_: True)
    elif point == "replacing":
        finishing.replace_folder = dying(finishing.replace_folder, "before", lambda *_: True)
    elif point == "replaced":
        finishing.replace_folder = dying(finishing.replace_folder, "after", lambda *_: True)


def run_until_killed(folder: Path, step: str, point: str) -> None:
    """For a process of its own."""
    die_at(step, point)
    run(folder)
