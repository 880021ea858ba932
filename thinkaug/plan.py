"""A plan: the steps of a pipeline in order, each with the folder its settings lead to. Knows no YAML; runs nothing."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

from thinkaug.errors import UserError, unknown
from thinkaug.records import content_id
from thinkaug.rounds import Rounds, Trained
from thinkaug.schema import arrow_schema
from thinkaug.stage import Services, Stage
from thinkaug.store import Folder


@dataclass(frozen=True, eq=False)
class Step:
    """One stage of a plan.

    Args:
        label: tells it from all others: `dedup.2` is the second `dedup`, `generate@2` the `generate` of round 2.
        stage: what it does.
        config: the stage's settings.
        folder: where its rows lie.
        shaped_by: everything that shapes them.
        digest: of `shaped_by`; the folder is named by its beginning.
        services: the engines of its round.
        sources: the steps whose shards it reads; none for a stage that reads files.
        after: steps that must be complete first, though it does not read their shards.
    """

    label: str
    stage: Stage
    config: Any
    folder: Folder
    shaped_by: Mapping[str, object]
    digest: str
    services: Services = field(repr=False)
    sources: tuple["Step", ...] = field(default=(), repr=False)
    after: tuple["Step", ...] = field(default=(), repr=False)

    def answers_to(self, name: str) -> bool:
        """Whether a user who says `name` means this step: its label, that without the round, or its stage's name."""
        return name in (self.label, self.label.partition("@")[0], self.stage.name)


@dataclass(frozen=True)
class Plan:
    """A pipeline that fits together: all its steps, those of later rounds after those of earlier ones.

    `called` is how the user named it on the command line, settings included: `demo --set a.b=1`. `link` is the name
    below the root that leads to the finished set.
    """

    called: str
    name: str
    root: Path
    steps: tuple[Step, ...]
    link: str = "shards"

    @property
    def shards(self) -> Path:
        """The link to the latest finished data set."""
        return self.root / self.link

    @property
    def services(self) -> Services:
        """The engines of the first round."""
        return self.steps[0].services

    def before(self, step: Step) -> tuple[Step, ...]:
        """Every step that must be complete before `step`, in the plan's order."""
        needed = {*step.sources, *step.after}
        # From the last to the first: what a step needs stands before it.
        for earlier in reversed(self.steps[: self.steps.index(step)]):
            if earlier in needed:
                needed |= {*earlier.sources, *earlier.after}
        return tuple(earlier for earlier in self.steps if earlier in needed)

    def until(self, name: str) -> tuple[Step, ...]:
        """The steps up to and with the last one that answers to `name`; all, if it is empty.

        Raises:
            UserError: there is none.
        """
        places = [place for place, step in enumerate(self.steps) if not name or step.answers_to(name)]
        if not places:
            raise unknown("stage", name, [step.label for step in self.steps], f"pipeline {self.name}")
        return self.steps[: places[-1] + 1]


@dataclass(frozen=True)
class Part:
    """One stage of a pipeline with its settings, the same in every round.

    `row` is the type of what it writes, `where` its place in the pipeline's file, for errors.
    """

    stage: Stage
    config: Any
    row: type
    label: str
    where: str


def plan_steps(parts: Sequence[Part], services: Services, rounds: Rounds, root: Path, where: str) -> tuple[Step, ...]:
    """The steps of all rounds, each once: what is the same in two rounds is one step, and belongs to the first.

    Args:
        parts: the stages in order; each reads what the one before writes.
        services: the engines of the first round.
        rounds: how many there are, and how the model of the next is trained.
        root: the folder of the build.
        where: the place of `rounds` in the pipeline's file, for errors.

    Raises:
        UserError: a model or a file cannot be had, or the rounds would all be alike.
    """
    passes = [_Pass(services, _shapes(parts, services, ()))]
    while len(passes) < rounds.count:
        later = _trained(parts, passes, rounds, root, where)
        passes.append(_Pass(later, _shapes(parts, later, passes)))
        if all(len(shape.upstream) < 2 for shape in passes[-1].shapes):
            raise UserError(f"{where}: engine: no stage before pack asks '{rounds.engine}': all rounds would be alike")
    made: dict[str, Step] = {}
    for number, way in enumerate(passes, start=1):
        after = tuple(step for step in made.values() if step.stage.product)[-1:]
        for place, (part, shape) in enumerate(zip(parts, way.shapes, strict=True)):
            if shape.digest in made:
                continue
            varies = any(other.shapes[place].digest != shape.digest for other in passes)
            made[shape.digest] = Step(
                label=f"{part.label}@{number}" if varies else part.label,
                stage=part.stage,
                config=part.config,
                folder=_folder(part, shape, root),
                shaped_by=shape.shaped_by,
                digest=shape.digest,
                services=way.services,
                sources=tuple(made[digest] for digest in shape.upstream),
                after=after,
            )
    return tuple(made.values())


@dataclass(frozen=True)
class _Shape:
    """What shapes the rows of a part in one round. `upstream` are the digests of what it reads."""

    shaped_by: Mapping[str, object]
    digest: str
    upstream: tuple[str, ...]


@dataclass(frozen=True)
class _Pass:
    """One round: all parts gone through with its engines."""

    services: Services
    shapes: Sequence[_Shape]


def _shapes(parts: Sequence[Part], services: Services, earlier: Sequence[_Pass]) -> list[_Shape]:
    """What shapes each part in the round after those `earlier`. One that leaves a data set reads what theirs read too.

    Earlier data are kept, not replaced: models trained on nothing but what models wrote get worse by the round
    (https://arxiv.org/abs/2404.01413).
    """
    # Reading files takes no engine, and finding out which files these are may take long.
    shapes: list[_Shape] = list(earlier[0].shapes[:1]) if earlier else []
    for place, part in list(enumerate(parts))[len(shapes) :]:
        try:
            extras = part.stage.shaped_by(part.config, services)
        except UserError as error:
            raise UserError(f"{part.where}: {error}") from error
        ways = [*(way.shapes for way in earlier), shapes] if part.stage.product else [shapes]
        upstream = tuple(dict.fromkeys(way[place - 1].digest for way in ways)) if place else ()
        shaped_by = {
            "stage": part.stage.name,
            "version": part.stage.version,
            "columns": content_id(str(arrow_schema(part.row))),
            "config": asdict(part.config),
            **extras,
            "upstream": list(upstream) if len(upstream) > 1 else "".join(upstream),
        }
        shapes.append(_Shape(shaped_by, digest_of(shaped_by), upstream))
    return shapes


def _trained(parts: Sequence[Part], passes: Sequence[_Pass], rounds: Rounds, root: Path, where: str) -> Services:
    """The engines of the round that comes after those `passes`."""
    pack = max((place for place, part in enumerate(parts) if part.stage.product), default=None)
    if pack is None:
        raise UserError(f"{where}: the next round's model is trained on shards; put pack at the end of stages")
    first, last = passes[0], passes[-1]
    engines = dict(first.services.engines)
    services = Services(first.services.templates, engines)
    engines[rounds.engine] = Trained(
        base=first.services.engines[rounds.engine],
        round=len(passes),
        command=rounds.train,
        shards=_folder(parts[pack], last.shapes[pack], root).path / parts[pack].stage.product,
        digest=last.shapes[pack].digest,
        root=root,
        note=lambda text: services.note(text),  # whatever a run puts there
    )
    return services


def _folder(part: Part, shape: _Shape, root: Path) -> Folder:
    return Folder(root / f"{part.stage.name}-{shape.digest[:8]}", part.row)


def digest_of(shaped_by: Mapping[str, object]) -> str:
    """What a step's folder is named by, of everything that shapes it."""
    canonical = json.dumps(shaped_by, sort_keys=True, ensure_ascii=True, default=str)
    return blake2b(canonical.encode(), digest_size=16).hexdigest()
