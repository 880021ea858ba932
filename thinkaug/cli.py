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
Strict = Annotated[bool, typer.Option("--strict", help="Exit 1 if rows were quarantined.")]

STAGE_HELP = {
    "ingest": "Stage: read the source files into documents.",
    "segment": "Stage: cut documents into passages and mark where thoughts may go in.",
    "dedup": "Stage: take out exact and near duplicates, of texts or of thoughts.",
    "generate": "Stage: let the model write the thoughts.",
    "filter": "Stage: take out thoughts that a check names.",
    "pack": "Stage: render samples and write the shards.",
}


@app.command()
def run(
    pipeline: Pipeline,
    until: Annotated[str, typer.Option("--until", metavar="STAGE", help="The last stage to run.")] = "",
    settings: Set = None,
    out: Out = "",
    limit: Limit = None,
    strict: Strict = False,
) -> None:
    """Run a whole pipeline, or what is left of it."""
    from thinkaug import build, progress, summary

    reporter = progress.on(summary.console())
    plan = build.run(pipeline, until=until, settings=_settings(settings, limit), out=out, reporter=reporter)
    _finish(summary.closing(plan, until), summary.quarantined(plan), strict)


def _stage(name: str, purpose: str) -> None:
    @app.command(name, help=purpose)
    def command(
        pipeline: Pipeline, settings: Set = None, out: Out = "", limit: Limit = None, strict: Strict = False
    ) -> None:
        from thinkaug import build, progress, summary
        from thinkaug import pipeline as pipelines

        plan = pipelines.load(pipeline, _settings(settings, limit), out)
        step = build.run_next(plan, name, progress.on(summary.console()))
        _finish(summary.step_line(step), summary.quarantined(plan), strict)


for _name, _purpose in STAGE_HELP.items():
    _stage(_name, _purpose)


@app.command()
def status(pipeline: Pipeline, settings: Set = None, out: Out = "", limit: Limit = None) -> None:
    """Rows in and out of every stage, dropped and quarantined by reason, tokens, and what is left."""
    from thinkaug import pipeline as pipelines
    from thinkaug import summary

    plan = pipelines.load(pipeline, _settings(settings, limit), out)
    if not summary.print_status(plan):
        raise typer.Exit(1)


@app.command()
def show(
    pipeline: Pipeline,
    passage: Annotated[str, typer.Argument(help="The id of a passage, a document or a sample, or its beginning.")] = "",
    settings: Set = None,
    out: Out = "",
    limit: Limit = None,
) -> None:
    """One passage: the expert text with its thoughts in colour by kind, or why there are none."""
    from thinkaug import pipeline as pipelines
    from thinkaug import show as shows

    shows.show(pipelines.load(pipeline, _settings(settings, limit), out), passage)


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
