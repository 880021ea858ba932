"""Runs a plan's steps in order, each only as far as it is not done yet. Knows the folders; not what a stage does."""

import os
import shutil
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from secrets import token_hex

from thinkaug.errors import UserError
from thinkaug.executors.local import local
from thinkaug.ledger import Entry, Ledger, Lineage, ledger
from thinkaug.pipeline import Plan, Step, load
from thinkaug.progress import Reporter, Silent
from thinkaug.runner import Unit, is_done, run_unit
from thinkaug.stage import EngineSpec, Shard


def run(
    pipeline: str,
    *,
    until: str = "",
    settings: Sequence[str] = (),
    out: str = "",
    engines: Mapping[str, EngineSpec] | None = None,
    reporter: Reporter | None = None,
) -> Plan:
    """Run a pipeline, or what is left of it.

    Args:
        pipeline: a YAML file, or the name of a shipped pipeline.
        until: the last stage to run, such as `generate` or `dedup.2`; empty runs all.
        settings: `a.b=value` each, put over the YAML's own.
        out: where builds go; empty is the YAML's `out`, or `data/builds`.
        engines: engines to use in place of the YAML's of the same name.
        reporter: shows the progress; None shows nothing.

    Returns:
        The plan; `plan.shards` is where the finished shards are.

    Raises:
        UserError: the pipeline cannot work, or nothing came through one of its stages.
    """
    plan = load(pipeline, settings, out, engines)
    for step in plan.until(until):
        run_step(plan, step, reporter)
    return plan


def run_step(plan: Plan, step: Step, reporter: Reporter | None = None) -> Ledger:
    """Do what is left of one step, and return its ledger.

    Raises:
        UserError: nothing came through, so that no later step can run.
    """
    step.folder.begin({**step.shaped_by, "digest": step.digest})
    work_units = units(plan, step)
    _forget_stale(step, work_units)
    missing = [unit for unit in work_units if not is_done(step.folder, unit)]
    product = step.folder.path / step.stage.product
    if missing:
        if step.stage.product and product.exists():
            shutil.rmtree(product)  # of other shards than those to come
        shows = reporter or Silent()
        plan.services.note = shows.note
        work = step.stage.start(step.config, plan.services, [unit.shard for unit in work_units])
        shard_rows = step.stage.shard_rows(step.config)
        with shows.stage(step.label, _rows_to_come(plan, step), ledger_of(step).rows_in) as progress:
            local(missing, lambda unit: run_unit(work, unit, step.folder, shard_rows, progress))
    result = ledger_of(step)
    if not result.rows_out:
        raise UserError(_nothing(step, result))
    if step.stage.finish is not None:
        if not product.exists():
            step.stage.finish(step.folder, step.config, plan.services, lineage(plan, step))
        _link(plan.shards, product)
    return result


def run_next(plan: Plan, stage: str, reporter: Reporter | None = None) -> Step:
    """Run the first step of that stage that is not complete, and return it; the last one, if all are.

    Raises:
        UserError: its input is not there, or the pipeline has no such stage.
    """
    steps = [step for step in plan.until(stage) if stage in (step.stage.name, step.label)]
    step = next((step for step in steps if not is_complete(plan, step)), steps[-1])
    upstream = plan.upstream(step)
    if upstream is not None and not is_complete(plan, upstream):
        raise UserError(
            f"{step.label}: its input is not there: {upstream.label} is not complete; "
            f"run thinkaug run {plan.called} --until {upstream.label}"
        )
    run_step(plan, step, reporter)
    return step


def ledger_of(step: Step) -> Ledger:
    """What became of the rows of a step so far."""
    return ledger(step.label, step.folder.manifests())


def left(plan: Plan, step: Step) -> str:
    """What is left to do of a step, in words; empty when it is complete."""
    if is_complete(plan, step):
        return ""
    upstream = plan.upstream(step)
    if upstream is not None and not is_complete(plan, upstream):
        return f"waits for {upstream.label}"
    if not step.folder.path.exists():
        return "not begun"
    pieces = units(plan, step)
    missing = sum(not is_done(step.folder, unit) for unit in pieces)
    return f"{missing} of {len(pieces)} shards" if missing else "the finished folder"


def is_complete(plan: Plan, step: Step) -> bool:
    """Whether the step, and every step before it, is done."""
    upstream = plan.upstream(step)
    if upstream is not None and not is_complete(plan, upstream):
        return False
    if step.stage.product and not (step.folder.path / step.stage.product).exists():
        return False
    return step.folder.path.exists() and all(is_done(step.folder, unit) for unit in units(plan, step))


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


def units(plan: Plan, step: Step) -> list[Unit]:
    """The pieces of work of a step: groups of source files, or the shards that the step before it wrote."""
    if step.stage.source is not None:
        return [Unit(shard, ()) for shard in step.stage.source(step.config)]
    upstream = plan.upstream(step)
    assert upstream is not None, "a plan's first step has a source"
    files = (file for manifest in upstream.folder.manifests() for file in manifest.files)
    return [
        Unit(Shard(f"{number:05d}", partial(upstream.folder.rows, file.path)), (file.sha256,))
        for number, file in enumerate(files)
    ]


def _forget_stale(step: Step, work_units: Sequence[Unit]) -> None:
    """Take away the manifests of inputs that are no more."""
    inputs = {unit.name: unit.inputs for unit in work_units}
    for manifest in step.folder.manifests():
        if inputs.get(manifest.unit) != manifest.inputs:
            step.folder.forget(manifest.unit)


def _rows_to_come(plan: Plan, step: Step) -> int | None:
    upstream = plan.upstream(step)
    return ledger_of(upstream).rows_out if upstream else None


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


def _link(link: Path, target: Path) -> None:
    """Point the link at the latest packed set, in one step."""
    temporary = link.with_name(f".{link.name}.{token_hex(4)}")
    temporary.symlink_to(os.path.relpath(target, link.parent))
    temporary.replace(link)
