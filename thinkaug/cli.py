"""The command line: arguments in, exit code out. No logic; heavy imports wait until a command runs."""

from pathlib import Path
from typing import Annotated

import typer

from thinkaug.errors import UserError

app = typer.Typer(
    name="thinkaug",
    help="Turn expert texts into pretraining data with the expert's unwritten thinking put back.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

Pipeline = Annotated[str, typer.Argument(help="A YAML file, or the name of a shipped pipeline, such as demo.")]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Put over the YAML: stages.generate.temperature=1"),
]
Out = Annotated[str, typer.Option("--out", metavar="DIR", help="Where builds go. [default: data/builds]")]
Limit = Annotated[int | None, typer.Option("--limit", metavar="N", help="Read only the first N records.")]
Reuse = Annotated[
    bool, typer.Option("--reuse", help="Look for paid replies in all shards' stores, not only in the shard's own.")
]
Strict = Annotated[bool, typer.Option("--strict", help="Exit 1 if rows were quarantined.")]

STAGE_HELP = {
    "ingest": "Stage: read the source files into documents.",
    "segment": "Stage: cut documents into passages and mark where thoughts may go in.",
    "gate": "Stage: measure how procedural passages are, and keep the cuts where thinking may pay.",
    "dedup": "Stage: take out exact and near duplicates that state nothing of their own.",
    "decontaminate": "Stage: find the items of evaluation sets in texts and thoughts, and take them out.",
    "generate": "Stage: let the model write the thoughts.",
    "verify": "Stage: find what the thoughts claim and check it against an index.",
    "score": "Stage: measure by a model's likelihood what the thoughts do for the text.",
    "prune": "Stage: take out what is wrong or worth nothing, and choose among the candidates.",
    "filter": "Stage: take out texts and thoughts that a check names.",
    "pack": "Stage: render samples and write the shards.",
}


@app.command()
def run(
    pipeline: Pipeline,
    until: Annotated[str, typer.Option("--until", metavar="STAGE", help="The last stage to run.")] = "",
    settings: Set = None,
    out: Out = "",
    limit: Limit = None,
    reuse: Reuse = False,
    strict: Strict = False,
) -> None:
    """Run a whole pipeline, or what is left of it."""
    from thinkaug import build, progress, summary

    reporter = progress.on(summary.console())
    given = _settings(settings, limit)
    plan = build.run(pipeline, until=until, settings=given, out=out, reporter=reporter, reuse=reuse)
    _finish(summary.closing(plan, until), summary.quarantined(plan), strict)


def _stage(name: str, purpose: str) -> None:
    @app.command(name, help=purpose)
    def command(
        pipeline: Pipeline, settings: Set = None, out: Out = "", limit: Limit = None, strict: Strict = False
    ) -> None:
        _run_next(name, pipeline, settings, out, limit, reuse=False, strict=strict)


def _asking_stage(name: str, purpose: str) -> None:
    @app.command(name, help=purpose)
    def command(
        pipeline: Pipeline,
        settings: Set = None,
        out: Out = "",
        limit: Limit = None,
        reuse: Reuse = False,
        strict: Strict = False,
    ) -> None:
        _run_next(name, pipeline, settings, out, limit, reuse=reuse, strict=strict)


def _run_next(
    name: str, pipeline: str, settings: list[str] | None, out: str, limit: int | None, *, reuse: bool, strict: bool
) -> None:
    from thinkaug import build, progress, summary
    from thinkaug import pipeline as pipelines

    plan = pipelines.load(pipeline, _settings(settings, limit), out)
    step = build.run_next(plan, name, progress.on(summary.console()), reuse)
    _finish(summary.step_line(step), summary.quarantined(plan), strict)


for _name, _purpose in STAGE_HELP.items():
    (_asking_stage if _name in ("gate", "generate", "verify", "score", "prune") else _stage)(_name, _purpose)


@app.command()
def status(
    pipeline: Pipeline,
    examples: Annotated[int, typer.Option("--examples", metavar="N", min=0, help="And N examples of each reason.")] = 0,
    settings: Set = None,
    out: Out = "",
    limit: Limit = None,
) -> None:
    """Rows in and out of every stage, dropped and quarantined by reason, tokens, and what is left."""
    from thinkaug import examples as drops
    from thinkaug import pipeline as pipelines
    from thinkaug import summary

    plan = pipelines.load(pipeline, _settings(settings, limit), out)
    balances = summary.print_status(plan)
    for line in drops.examples(plan, examples) if examples else ():
        typer.echo(line)
    if not balances:
        raise typer.Exit(1)


@app.command()
def show(
    pipeline: Pipeline,
    passage: Annotated[str, typer.Argument(help="The id of a passage, a document or a sample, or its beginning.")] = "",
    cluster: Annotated[bool, typer.Option("--cluster", help="Its duplicates, and how they differ from it.")] = False,
    settings: Set = None,
    out: Out = "",
    limit: Limit = None,
) -> None:
    """One passage: the expert text with its thoughts in colour by kind, or why there are none."""
    from thinkaug import likeness
    from thinkaug import pipeline as pipelines
    from thinkaug import show as shows

    look = likeness.show_clusters if cluster else shows.show
    look(pipelines.load(pipeline, _settings(settings, limit), out), passage)


@app.command()
def calibrate(
    pipeline: Pipeline,
    by: Annotated[str, typer.Option("--by", metavar="HOW", help="agreement (of candidates), or judge.")] = "agreement",
    labels: Annotated[str, typer.Option("--labels", metavar="FILE", help="JSONL: which claims are right.")] = "",
    results: Annotated[str, typer.Option("--results", metavar="DIR", help="Where figures and plot go.")] = "",
    settings: Set = None,
    out: Out = "",
    limit: Limit = None,
) -> None:
    """How far the confidence of claims can be believed: ECE, Brier, AUROC, a plot, raw and fitted."""
    from thinkaug import pipeline as pipelines
    from thinkaug.calibrate import calibrate as measure

    for line in measure(pipelines.load(pipeline, _settings(settings, limit), out), by=by, labels=labels, out=results):
        typer.echo(line)


@app.command()
def profile(
    pipeline: Pipeline,
    results: Annotated[str, typer.Option("--results", metavar="FILE", help="Where the suggested mix goes.")] = "",
    settings: Set = None,
    out: Out = "",
    limit: Limit = None,
) -> None:
    """Knowledge- or reasoning-dominant? With the mix of kinds that follows, for a pipeline to include."""
    from thinkaug import pipeline as pipelines
    from thinkaug.corpus_profile import profile as measure

    for line in measure(pipelines.load(pipeline, _settings(settings, limit), out), out=results).lines:
        typer.echo(line)


@app.command()
def pairs(
    pipeline: Pipeline,
    results: Annotated[Path, typer.Option("--results", metavar="DIR", help="The data set's folder.")],
    settings: Set = None,
    out: Out = "",
    limit: Limit = None,
) -> None:
    """Write what prune chose and rejected as preference data: prompt, chosen, rejected."""
    from thinkaug import pipeline as pipelines
    from thinkaug.preferences import write_pairs

    counts = write_pairs(pipelines.load(pipeline, _settings(settings, limit), out), results)
    typer.echo(f"{sum(counts.values()):,} pairs -> {results}")
    for reason, count in counts.items():
        typer.echo(f"  {count:,} {reason}")


@app.command()
def controls(
    pipeline: Pipeline,
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="NAME", help="This control, such as raw_repeat; may repeat.")
    ] = None,
    settings: Set = None,
    out: Out = "",
    limit: Limit = None,
) -> None:
    """Write matched twins of a finished build to compare with: raw text, thoughts of other passages, unpruned ..."""
    from thinkaug import progress, summary
    from thinkaug.controls import make_controls

    reporter = progress.on(summary.console())
    for line in make_controls(pipeline, only or [], _settings(settings, limit), out, reporter):
        typer.echo(line)


@app.command()
def export(
    root: Annotated[Path, typer.Argument(help="A finished data set, such as data/builds/demo/shards.")],
    to: Annotated[str, typer.Option("--to", metavar="FORM", help="parquet, jsonl, megatron or nanotron.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The new folder.")],
    tokenizer: Annotated[
        str, typer.Option("--tokenizer", metavar="MODEL", help="Folder or Hub id, where the form is of tokens.")
    ] = "",
) -> None:
    """Write a finished data set in another form, for trainers that do not read Arrow."""
    from thinkaug.exports import export as write

    for line in write(root, to, out, tokenizer):
        typer.echo(line)


@app.command()
def validate(
    root: Annotated[Path, typer.Argument(help="A finished data set, such as data/builds/demo/shards.")],
) -> None:
    """Prove a data set: checksums, spans, expert text, ledger. Exit 1 and a list if anything is wrong."""
    from thinkaug.shards.validate import validate as prove

    verdict = prove(root)
    for line in verdict.lines:
        typer.echo(line)
    if verdict.faults:
        raise typer.Exit(1)


@app.command()
def index(
    paths: Annotated[list[str], typer.Argument(help="JSONL, Parquet, TSV, CSV or OBO files; folders, globs.")],
    out: Annotated[str, typer.Option("--out", metavar="DIR", help="The index's folder.")],
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="How rows are read: text={name}: {def}")
    ] = None,
) -> None:
    """Build an index of knowledge, for grounded thoughts."""
    from thinkaug.knowledge.command import build

    for line in build(paths, out, settings or []):
        typer.echo(line)


@app.command("serve-check")
def serve_check(pipeline: Pipeline, settings: Set = None) -> None:
    """Ask the pipeline's servers whether they offer what it needs. Exit 1 if one does not."""
    from thinkaug import pipeline as pipelines
    from thinkaug.serve_check import serve_check as check

    lines, is_whole = check(pipelines.load(pipeline, _settings(settings, None)))
    for line in lines:
        typer.echo(line)
    if not is_whole:
        raise typer.Exit(1)


@app.command()
def gc(
    pipeline: Pipeline,
    settings: Set = None,
    out: Out = "",
    yes: Annotated[bool, typer.Option("--yes", help="Remove it, do not only list it.")] = False,
) -> None:
    """List, or remove, what no build of the pipeline refers to: replies, leftovers of killed runs."""
    from thinkaug import pipeline as pipelines
    from thinkaug.garbage import collect

    for line in collect(pipelines.load(pipeline, _settings(settings, None), out).root, really=yes):
        typer.echo(line)


def _settings(settings: list[str] | None, limit: int | None) -> list[str]:
    return [*(settings or []), *([f"stages.ingest.limit={limit}"] if limit is not None else [])]


def _finish(message: str, quarantined: int, strict: bool) -> None:
    typer.echo(message)
    if strict and quarantined:
        raise typer.Exit(1)


def main() -> None:
    """Run the command line; what the user can put right is said in one line, and exits 2."""
    try:
        app()
    except UserError as error:
        typer.echo(f"thinkaug: {error}", err=True)
        raise SystemExit(2) from None
