"""Runs a plan's steps in order, each only as far as it is not done yet. Knows the folders; not what a stage does."""

import errno
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from secrets import token_hex

from thinkaug.errors import UserError
from thinkaug.executors.local import local
from thinkaug.ledger import Entry, Ledger, Lineage, ledger
from thinkaug.pipeline import load
from thinkaug.plan import Plan, Step
from thinkaug.progress import Reporter, Silent
from thinkaug.records import content_id
from thinkaug.runner import Unit, is_done, run_unit
from thinkaug.stage import EngineSpec, Memory, Shard
from thinkaug.store import Folder, ShardFile


def run(
    pipeline: str,
    *,
    until: str = "",
    settings: Sequence[str] = (),
    out: str = "",
    engines: Mapping[str, EngineSpec] | None = None,
    reporter: Reporter | None = None,
    reuse: bool = False,
) -> Plan:
    """Run a pipeline, or what is left of it.

    Args:
        pipeline: a YAML file, or the name of a shipped pipeline.
        until: the last stage to run, such as `generate`, `dedup.2` or `generate@1`; empty runs all.
        settings: `a.b=value` each, put over the YAML's own.
        out: where builds go; empty is the YAML's `out`, or `data/builds`.
        engines: engines to use in place of the YAML's of the same name.
        reporter: shows the progress; None shows nothing.
        reuse: look through the replies to other units' requests too, before a model is asked.

    Returns:
        The plan; `plan.shards` is where the finished shards are.

    Raises:
        UserError: the pipeline cannot work, or nothing came through one of its stages.
    """
    plan = load(pipeline, settings, out, engines)
    for step in plan.until(until):
        run_step(plan, step, reporter, reuse)
    return plan


def run_step(plan: Plan, step: Step, reporter: Reporter | None = None, reuse: bool = False) -> Ledger:
    """Do what is left of one step, and return its ledger.

    Raises:
        UserError: nothing came through, so that no later step can run; or the disk is full.
    """
    with _room(step):
        return _do(plan, step, reporter, reuse)


@contextmanager
def _room(step: Step) -> Iterator[None]:
    """What was committed stays; what a full disk has cut off is named by no manifest."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        raise UserError(
            f"{step.label}: no room to write in {step.folder.path}: {error.strerror}; make room and run it again: "
            "what is finished stays"
        ) from error


def _do(plan: Plan, step: Step, reporter: Reporter | None, reuse: bool) -> Ledger:
    step.folder.begin({**step.shaped_by, "digest": step.digest})
    work_units = units(step)
    _forget_stale(step, work_units)
    missing = [unit for unit in work_units if not is_done(step.folder, unit)]
    product = step.folder.path / step.stage.product
    if missing:
        if step.stage.product and product.exists():
            shutil.rmtree(product)  # of other shards than those to come
        shows = reporter or Silent()
        step.services.note = shows.note
        step.services.memory = Memory(plan.root, step.folder.path.name, reuse)
        _close_others(plan, step)
        work = step.stage.start(step.config, step.services, [unit.shard for unit in work_units])
        shard_rows = step.stage.shard_rows(step.config)
        with shows.stage(step.label, _rows_to_come(step), ledger_of(step).rows_in) as progress:
            local(missing, lambda unit: run_unit(work, unit, step.folder, shard_rows, progress))
    result = ledger_of(step)
    if not result.rows_out:
        raise UserError(_nothing(step, result))
    if step.stage.finish is not None:
        if not product.exists():
            step.stage.finish(step.folder, step.config, step.services, lineage(plan, step))
        _link(plan.shards, _latest(plan, step))
    return result


def run_next(plan: Plan, stage: str, reporter: Reporter | None = None, reuse: bool = False) -> Step:
    """Run the first step of that stage that is not complete, and return it; the last one, if all are.

    Raises:
        UserError: its input is not there, or the pipeline has no such stage.
    """
    steps = [step for step in plan.until(stage) if step.answers_to(stage)]
    step = next((step for step in steps if not is_complete(plan, step)), steps[-1])
    awaited = _awaited(plan, step)
    if awaited is not None:
        raise UserError(
            f"{step.label}: its input is not there: {awaited.label} is not complete; "
            f"run thinkaug run {plan.called} --until {awaited.label}"
        )
    run_step(plan, step, reporter, reuse)
    return step


def ledger_of(step: Step) -> Ledger:
    """What became of the rows of a step so far."""
    return ledger(step.label, step.folder.manifests(), [source.label for source in step.sources])


def left(plan: Plan, step: Step) -> str:
    """What is left to do of a step, in words; empty when it is complete."""
    awaited = _awaited(plan, step)
    if awaited is not None:
        return f"waits for {awaited.label}"
    if _is_done(step):
        return ""
    if not step.folder.path.exists():
        return "not begun"
    pieces = units(step)
    missing = sum(not is_done(step.folder, unit) for unit in pieces)
    return f"{missing} of {len(pieces)} shards" if missing else "the finished folder"


def is_complete(plan: Plan, step: Step) -> bool:
    """Whether the step, and every step before it that it builds on, is done."""
    return all(_is_done(earlier) for earlier in plan.before(step)) and _is_done(step)


def _is_done(step: Step) -> bool:
    """Whether the step is done with what the steps before it have written so far."""
    if step.stage.product and not (step.folder.path / step.stage.product).exists():
        return False
    return step.folder.path.exists() and all(is_done(step.folder, unit) for unit in units(step))


def _awaited(plan: Plan, step: Step) -> Step | None:
    """The step that must be complete first and is not: the last of them that the step itself reads or comes after."""
    waiting = [earlier for earlier in (*step.after, *step.sources) if not is_complete(plan, earlier)]
    return max(waiting, key=plan.steps.index, default=None)


def lineage(plan: Plan, last: Step) -> Lineage:
    """The build up to a step, with its ledgers."""
    steps = plan.steps[: plan.steps.index(last) + 1]
    entries = (
        Entry(
            step.label,
            step.folder.path.name,
            step.digest,
            step.shaped_by,
            ledger_of(step),
        )
        for step in steps
    )
    return Lineage(plan.name, tuple(entries))


def units(step: Step) -> list[Unit]:
    """The pieces of work of a step: groups of source files, or the shards that the steps it reads have written."""
    if step.stage.source is not None:
        return [Unit(shard, ()) for shard in step.stage.source(step.config)]
    assert step.sources, "a plan's first step has a source"
    # A model that was trained on other shards writes other rows, and so does a stage that saw others.
    looked_at = [(earlier,) for earlier in step.after] + [step.sources] * step.stage.sees_all(step.config)
    seen = tuple(content_id(*(file.sha256 for _, file in _files(steps))) for steps in looked_at)
    return [
        Unit(_shard(f"{number:05d}", source.folder, file.path), (file.sha256, *seen))
        for number, (source, file) in enumerate(_files(step.sources))
    ]


def _shard(unit: str, folder: Folder, file: str) -> Shard:
    return Shard(unit, partial(folder.rows, file), partial(folder.batches, file))


def _files(steps: Iterable[Step]) -> Iterator[tuple[Step, ShardFile]]:
    """The shards of some steps, in order, each with its step."""
    for step in steps:
        for manifest in step.folder.manifests():
            for file in manifest.files:
                yield step, file


def _close_others(plan: Plan, step: Step) -> None:
    """Close the engines of other rounds: the memory is wanted for training, and then for the model that was trained."""
    for other in plan.steps:
        if other.services is not step.services:
            other.services.close()


def _forget_stale(step: Step, work_units: Sequence[Unit]) -> None:
    """Take away the manifests of inputs that are no more."""
    inputs = {unit.name: unit.inputs for unit in work_units}
    for manifest in step.folder.manifests():
        if inputs.get(manifest.unit) != manifest.inputs:
            step.folder.forget(manifest.unit)


def _rows_to_come(step: Step) -> int | None:
    return sum(ledger_of(source).rows_out for source in step.sources) if step.sources else None


def _nothing(step: Step, result: Ledger) -> str:
    def counts(reasons: Mapping[str, int]) -> str:
        return ", ".join(f"{reason} {count}" for reason, count in reasons.items())

    if not result.rows_in:
        return f"{step.label}: nothing came in: the input holds no records; look at its paths"
    parts = [f"{step.label}: nothing came through: {result.rows_in} rows in"]
    if result.dropped:
        parts.append(f"dropped: {counts(result.dropped)} (rows in {step.folder.path / 'dropped'})")
    if result.quarantined:
        parts.append(f"quarantined: {counts(result.quarantined)} (errors in {step.folder.path / 'quarantine'})")
    return "; ".join(parts)


def _latest(plan: Plan, step: Step) -> Path:
    """The last of the plan's finished data sets; that of `step` at least, which is finished."""
    later = plan.steps[plan.steps.index(step) + 1 :]
    finished = [step, *(other for other in later if other.stage.product and is_complete(plan, other))]
    return finished[-1].folder.path / finished[-1].stage.product


def _link(link: Path, target: Path) -> None:
    """Point the link at the latest packed set, in one step."""
    link.parent.mkdir(parents=True, exist_ok=True)
    temporary = link.with_name(f".{link.name}.{token_hex(4)}")
    temporary.symlink_to(os.path.relpath(target, link.parent))
    temporary.replace(link)
