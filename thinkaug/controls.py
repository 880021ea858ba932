"""thinkaug controls: matched twins of a finished build, so that whoever trains can test whether thinking helps.

A twin is the build's last pack again with other settings. Knows no samples and no thoughts; asks no model.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from thinkaug import build
from thinkaug.durable import write_whole
from thinkaug.errors import UserError, unknown
from thinkaug.pipeline import load
from thinkaug.plan import Plan, Step, digest_of
from thinkaug.progress import Reporter
from thinkaug.records import KINDS
from thinkaug.stage import EngineSpec
from thinkaug.stages.packing.config import Config, Control
from thinkaug.stages.packing.mix import Mix, Other, Portion

FOLDER = "controls"
TOLERANCE = 0.01
"""How far, as a share, the tokens of a matched twin may be from the build's."""


@dataclass(frozen=True, slots=True)
class Twin:
    """One control, as it came out.

    Args:
        name: such as `mismatched`.
        path: the link to its data set.
        samples: in it, of all parts of the mix.
        tokens: in it.
        ratio: its tokens to those of the build.
        problem: why it is not there, or not what it should be; empty where all is well.
        is_matched: whether it should have as many tokens as the build.
    """

    name: str
    path: Path
    samples: int = 0
    tokens: int = 0
    ratio: float = 0.0
    problem: str = ""
    is_matched: bool = True

    def __str__(self) -> str:
        """The line to print."""
        if not self.samples:
            return f"{self.name}: NOT written: {self.problem}"
        aside = "" if self.is_matched else " (fewer on purpose: each passage once)"
        figures = f"{self.samples:,} samples, {self.tokens:,} tokens, {self.ratio:.2%} of the build's{aside}"
        return f"{self.name}: {figures}{f'; NOT matched: {self.problem}' if self.problem else ''} -> {self.path}"


@dataclass(frozen=True, slots=True)
class _Recipe:
    """How a control differs from the build, and what it `tells` when it is compared."""

    tells: str
    control: Control = "none"
    hides: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    is_matched: bool = True


_RECIPES: Mapping[str, _Recipe] = {
    "raw": _Recipe("what thoughts add to the same expert texts, extra compute included", hides=KINDS, is_matched=False),
    "raw_repeat": _Recipe(
        "whether thoughts are worth more than to read the texts again, at equal compute", hides=KINDS
    ),
    "mismatched": _Recipe(
        "whether thoughts must be about their text; what it is above raw_repeat comes of any thoughts, such as the "
        "writer's own knowledge",
        control="mismatched",
    ),
    "shuffled_steps": _Recipe(
        "whether the order of steps carries anything, or their words alone", control="shuffled_steps"
    ),
    "unpruned": _Recipe("what verifying, scoring and choosing thoughts was worth", left_out=("prune",)),
}
"""Those that are not of a kind of thought."""


def make_controls(
    pipeline: str,
    only: Sequence[str] = (),
    settings: Sequence[str] = (),
    out: str = "",
    reporter: Reporter | None = None,
    engines: Mapping[str, EngineSpec] | None = None,
) -> Sequence[Twin]:
    """Write the controls of a build, each as a data set below `controls` in the build's folder, with a README.

    What is there already is left as it is. A twin's `str` is the line to print.

    Args:
        pipeline: a YAML file, or the name of a shipped one, whose build is complete.
        only: names of controls; none: all that the build allows.
        settings: those of the build.
        out: where builds go; empty is the YAML's `out`, or `data/builds`.
        reporter: shows the progress; None shows nothing.
        engines: engines to use in place of the YAML's of the same name. None is started.

    Raises:
        UserError: the build is not complete, its tokens were not counted, or there is no such control.
    """
    plan = load(pipeline, settings, out, engines)
    pack = _finished_pack(plan)
    made = _Set.of(pack)
    if not made.tokens.get("made"):
        raise UserError(
            f"controls: {plan.name}: its tokens were not counted, and nothing can be matched to them; run thinkaug run "
            f"{plan.called} --set stages.pack.count_tokens=true, and then controls with that setting too"
        )
    recipes = _recipes(plan, made)
    for name in only:
        if name == "unpruned" and name not in recipes:
            raise UserError(f"controls: --only unpruned: {_no_unpruned(plan)}")
        if name not in recipes:
            raise unknown("control", name, recipes, "controls: --only")
    twins = []
    for name, recipe in recipes.items():
        base = load(pipeline, settings, out, engines, recipe.left_out) if recipe.left_out else plan
        twin_plan, step = _twin(base, name, recipe, made)
        if not only or name in only:
            twins.append(_written(twin_plan, step, name, recipe, made, reporter))
        elif build.is_complete(twin_plan, step):
            twins.append(_read(twin_plan, step, name, recipe, made))
    write_whole(plan.root / FOLDER / "README.md", _readme(plan, made, twins, recipes))
    return [twin for twin in twins if not only or twin.name in only]


def _finished_pack(plan: Plan) -> Step:
    """The last step that leaves a data set."""
    packs = [step for step in plan.steps if step.stage.product]
    if not packs:
        raise UserError(f"controls: {plan.name} has no stage 'pack': put it at the end of stages")
    awaited = next((step for step in plan.steps if not build.is_complete(plan, step)), None)
    if awaited is not None:
        raise UserError(
            f"controls: {plan.name} is not complete: {awaited.label}: {build.left(plan, awaited)}; "
            f"run thinkaug run {plan.called} first"
        )
    return packs[-1]


@dataclass(frozen=True)
class _Set:
    """What the manifest and stats of a data set say: tokens by part of the mix, samples in all, kinds of thoughts."""

    tokens: Mapping[str, int]
    samples: int
    kinds: tuple[str, ...]

    @classmethod
    def of(cls, pack: Step) -> "_Set":
        """The set that a step has left."""
        root = pack.folder.path / pack.stage.product
        parts = json.loads((root / "manifest.json").read_bytes())["parts"]
        kinds = json.loads((root / "stats.json").read_bytes())["kinds"]
        return cls(
            {part["name"]: part.get("tokens", 0) for part in parts},
            sum(part["rows"] for part in parts),
            tuple(kind for kind in KINDS if kind in kinds),
        )

    @property
    def all_tokens(self) -> int:
        """Of all parts."""
        return sum(self.tokens.values())


def _recipes(plan: Plan, made: _Set) -> dict[str, _Recipe]:
    """The controls that the build allows, by name."""
    recipes = {name: recipe for name, recipe in _RECIPES.items() if not (recipe.left_out and _no_unpruned(plan))}
    if len(made.kinds) > 1:
        for kind in made.kinds:
            recipes[f"without_{kind}"] = _Recipe(f"what steps of kind {kind} are worth", hides=(kind,))
    return recipes


def _no_unpruned(plan: Plan) -> str:
    """Why there is no control without prune; empty where there can be."""
    if not any(step.stage.name == "prune" for step in plan.steps):
        return f"{plan.name} has no stage 'prune'"
    if sum(bool(step.stage.product) for step in plan.steps) > 1:
        return f"{plan.name} has rounds: unpruned shards would train another model, and all be generated again"
    return ""


def _twin(plan: Plan, name: str, recipe: _Recipe, made: _Set) -> tuple[Plan, Step]:
    """The plan with its last pack done as the recipe says, and that step."""
    pack = [step for step in plan.steps if step.stage.product][-1]
    config: Config = pack.config
    style = replace(config.style, kinds=tuple(kind for kind in config.style.kinds if kind not in recipe.hides))
    mix = _mix(config.mix, made.tokens, recipe.is_matched)
    # Later rounds' packs read what earlier ones read too: the same passages, as another model thought about them.
    sources = pack.sources if recipe.is_matched else pack.sources[-1:]
    step = _again(pack, replace(config, style=style, mix=mix, control=recipe.control), sources)
    steps = tuple(step if other is pack else other for other in plan.steps)
    return replace(plan, steps=steps, link=f"{FOLDER}/{name}"), step


def _mix(mix: Mix, tokens: Mapping[str, int], is_matched: bool) -> Mix:
    """As many tokens of each part as the build has; or the build's samples once each, beside the same others."""
    others: dict[str, Other] = {}
    for name, other in mix.others.items():
        others[name] = replace(other, share=0, amount=float(tokens.get(name, 0)), repeats=0)
    return replace(
        mix,
        unit="tokens",
        made=Portion(amount=float(tokens["made"])) if is_matched else Portion(repeats=1),
        replay=Portion(amount=float(tokens["replay"])) if "replay" in tokens else Portion(),
        others=others,
    )


def _again(step: Step, config: Config, sources: tuple[Step, ...]) -> Step:
    """The step with other settings, in the folder that these lead to.

    By itself: of a pipeline with rounds, other settings of pack would lead to other models, and to other thoughts.
    """
    upstream = [source.digest for source in sources]
    shaped_by: dict[str, Any] = {
        **step.shaped_by,
        **step.stage.shaped_by(config, step.services),
        "config": asdict(config),
        "upstream": upstream if len(upstream) > 1 else "".join(upstream),
    }
    digest = digest_of(shaped_by)
    folder = replace(step.folder, path=step.folder.path.with_name(f"{step.stage.name}-{digest[:8]}"))
    return replace(step, config=config, folder=folder, shaped_by=shaped_by, digest=digest, sources=sources)


def _written(plan: Plan, step: Step, name: str, recipe: _Recipe, made: _Set, reporter: Reporter | None) -> Twin:
    """Do what is left of a twin. What is wrong with it is said in it: the other controls can be had all the same."""
    try:
        for earlier in (*plan.before(step), step):
            if build.is_complete(plan, earlier) and earlier is not step:
                continue
            if earlier.stage.uses(earlier.config):
                raise UserError(f"{earlier.label} comes after what is left out, and would ask a model again")
            build.run_step(plan, earlier, reporter)
    except UserError as error:
        return Twin(name, plan.shards, problem=str(error), is_matched=recipe.is_matched)
    return _read(plan, step, name, recipe, made)


def _read(plan: Plan, step: Step, name: str, recipe: _Recipe, made: _Set) -> Twin:
    """A finished twin."""
    own = _Set.of(step)
    ratios = {"all": own.all_tokens / made.all_tokens, "made": own.tokens["made"] / made.tokens["made"]}
    problem = ""
    if recipe.is_matched and any(abs(ratio - 1) > TOLERANCE for ratio in ratios.values()):
        problem = (
            f"{own.tokens['made']:,} tokens made here, where the build has {made.tokens['made']:,}: so few samples come"
            " no nearer"
        )
    return Twin(name, plan.shards, own.samples, own.all_tokens, ratios["all"], problem, recipe.is_matched)


def _readme(plan: Plan, made: _Set, twins: Iterable[Twin], recipes: Mapping[str, _Recipe]) -> str:
    rows = [f"| (the build) | {made.samples:,} | {made.all_tokens:,} | 100.00% | |"]
    for twin in twins:
        figures = f"{twin.samples:,} | {twin.tokens:,} | {twin.ratio:.2%}" if twin.samples else "not written | |"
        tells = recipes[twin.name].tells + (f". **{twin.problem}**" if twin.problem else "")
        rows.append(f"| [{twin.name}]({twin.name}) | {figures} | {tells} |")
    table = "\n".join(rows)
    return f"""# Controls of {plan.name}

Train the same model in the same way, with the same seeds, on `../shards` and on a control, and compare the two.

| data set | samples | tokens | of the build's | the build against it tells |
|---|---:|---:|---:|---|
{table}

- All but `raw` have as many tokens as the build, counted by the same tokenizer, to within {TOLERANCE:.0%}. `raw` has
  each passage once and fewer tokens on purpose; `raw_repeat` makes up for them by repeating passages.
- `mismatched` against `raw_repeat` is what thoughts do that are not about the text; the build against `mismatched` is
  what it adds that they are.
- Kinds in a `without_` control are made up for by more repeats of what is left.
- Tokens are matched, not loss weights: where kinds have weights of their own, so do their controls.
- Everything else of the mix (replay, other data) is as in the build. `thinkaug validate` proves each set.
"""
