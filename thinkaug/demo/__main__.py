"""`python -m thinkaug.demo facts|samples|index|train|continue|evaluate`: makes the demo domain and its model.

`facts` reads the public tables (THINKAUG_TRIAL_DATA, else ../shared/data); the others need only what is shipped.
"""

import math
import time
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from thinkaug import shipped
from thinkaug.demo.card import write_card
from thinkaug.demo.examples import lexicon, rounds, second_phase
from thinkaug.demo.facts import Fact, knowledge, read_facts
from thinkaug.demo.index import build_demo_index
from thinkaug.demo.samples import write_knowledge, write_samples
from thinkaug.demo.splits import Splits, read_splits
from thinkaug.demo.tables import build_facts, trial_data
from thinkaug.errors import UserError
from thinkaug.knowledge.command import index_summary

app = typer.Typer(add_completion=False, help=__doc__)
ModelFolder = Annotated[Path, typer.Option(help="The model's folder.")]
_MODEL = shipped.root() / "data" / "model"


@app.command()
def facts() -> None:
    """Write data/knowledge from the public tables: facts, splits, questions."""
    table = build_facts(trial_data() / "knowledge")
    splits = write_knowledge(knowledge(), table)
    print(f"{len(table)} facts, {len(splits.withheld)} drugs withheld, {len(splits.held_out)} diseases held out")


@app.command()
def samples() -> None:
    """Write data/samples/demo.jsonl, the demo corpus."""
    path = shipped.root() / "data" / "samples" / "demo.jsonl"
    write_samples(path, *_shipped())
    print(path)


@app.command()
def train(
    model: ModelFolder = _MODEL,
    steps: Annotated[int, typer.Option(help="Training steps of each phase; 0 for the usual numbers.")] = 0,
) -> None:
    """Train the writer model anew, on one core, and put it in place of the old one."""
    from thinkaug.demo.train import SECOND, Training, printed, train_on
    from thinkaug.demo.train import train as run

    table, splits = _shipped()
    training, second = (replace(phase, steps=steps or phase.steps) for phase in (Training(), SECOND))
    talks, words = rounds(table, splits, training.seed), lexicon(table, splits, training.seed)
    report = printed(time.monotonic(), every=100)
    run(model, talks, words, training, report)
    train_on(model, model, second_phase(table, splits, second.seed), second, report)
    _write_card(model, table, splits)


@app.command()
def index(out: Annotated[str, typer.Option(help="The index's folder.")] = "data/index/demo") -> None:
    """Build the index of the facts that grounded thoughts look up, and by which thoughts are verified."""
    print("\n".join(index_summary(build_demo_index(out))))


@app.command("continue")
def continue_(
    model: Annotated[Path, typer.Option(help="The model to begin with.")],
    shards: Annotated[Path, typer.Option(help="A finished data set.")],
    out: Annotated[Path, typer.Option(help="Where the trained model goes.")],
    steps: Annotated[int, typer.Option(help="Training steps.")] = 200,
) -> None:
    """Train the model further on finished shards, for about a minute: what a pipeline's `rounds.train` calls."""
    from thinkaug.demo.learn import examples
    from thinkaug.demo.train import Training, printed, train_on

    training = Training(steps=steps, warmup_steps=20, matrix_rate=2e-3, other_rate=6e-4, prompt_weight=0.1)
    train_on(model, out, examples(shards, training.seed), training, printed(time.monotonic(), every=50))


@app.command()
def evaluate(model: ModelFolder = _MODEL) -> None:
    """Measure the model over the demo corpus through vLLM, print the table and write it into the model card."""
    from thinkaug.demo.evaluate import evaluate as measure

    table, splits = _shipped()
    rows = measure(model, table, splits)
    _write_card(model, table, splits, [str(row) for row in rows], stretches=rows[0].count)
    print("\n".join(map(str, rows)))


def _write_card(
    model: Path, table: tuple[Fact, ...], splits: Splits, rows: list[str] | None = None, stretches: int = 0
) -> None:
    from safetensors import safe_open

    with safe_open(model / "model.safetensors", framework="np") as weights:
        shapes = {name: weights.get_slice(name).get_shape() for name in weights.keys()}  # noqa: SIM118  # not a dict
    write_card(
        model,
        parameters=sum(math.prod(shape) for shape in shapes.values()),
        tokens=shapes["model.embed_tokens.weight"][0],
        drugs=sum(fact.relation == "used_in" for fact in table),
        withheld=len(splits.withheld),
        held_out=len(splits.held_out),
        rows=rows or (),
        stretches=stretches,
    )


def _shipped() -> tuple[tuple[Fact, ...], Splits]:
    folder = knowledge()
    if not (folder / "facts.tsv").is_file():
        raise UserError(f"{folder / 'facts.tsv'} is missing; `python -m thinkaug.demo facts` writes it")
    return read_facts(folder / "facts.tsv"), read_splits(folder / "splits.json")


if __name__ == "__main__":
    try:
        app()
    except UserError as error:
        typer.echo(f"thinkaug.demo: {error}", err=True)
        raise SystemExit(2) from None
