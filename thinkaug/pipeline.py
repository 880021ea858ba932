"""YAML -> checked plan. Holds the only list of stages; whatever can be refused is refused here, before any run."""

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

from thinkaug import shipped
from thinkaug.errors import UserError, unknown
from thinkaug.plugins import module
from thinkaug.settings import read_config
from thinkaug.stage import EngineSpec, Services, Stage
from thinkaug.stages.dedup import dedup
from thinkaug.stages.filter import filter_
from thinkaug.stages.generate import generate
from thinkaug.stages.ingest import ingest
from thinkaug.stages.pack import pack
from thinkaug.stages.segment import segment
from thinkaug.store import Folder
from thinkaug.templates import Templates
from thinkaug.yaml import read_yaml

STAGES: Mapping[str, Stage] = {stage.name: stage for stage in (ingest, segment, generate, dedup, filter_, pack)}
_KEYS = ("name", "out", "templates", "engines", "stages")
_ENGINE_KINDS = ("vllm",)


@dataclass(frozen=True)
class Step:
    """One stage of a plan. `label` tells the second `dedup` from the first: `dedup.2`."""

    label: str
    stage: Stage
    config: Any
    folder: Folder
    shaped_by: Mapping[str, object]
    digest: str


@dataclass(frozen=True)
class Plan:
    """A pipeline that fits together: its steps in order, each with the folder its settings lead to.

    `called` is how the user named it on the command line, settings included: `demo --set a.b=1`.
    """

    called: str
    name: str
    root: Path
    steps: tuple[Step, ...]
    services: Services

    @property
    def shards(self) -> Path:
        """The link to the latest finished data set."""
        return self.root / "shards"

    def upstream(self, step: Step) -> Step | None:
        """The step that `step` reads."""
        place = self.steps.index(step)
        return self.steps[place - 1] if place else None

    def until(self, label: str) -> tuple[Step, ...]:
        """The steps up to and with the last one of that name or label; all, if it is empty."""
        places = [place for place, step in enumerate(self.steps) if label in ("", step.label, step.stage.name)]
        if not places:
            raise unknown("stage", label, [step.label for step in self.steps], f"pipeline {self.name}")
        return self.steps[: places[-1] + 1]


def load(
    pipeline: str,
    settings: Sequence[str] = (),
    out: str = "",
    engines: Mapping[str, EngineSpec] | None = None,
) -> Plan:
    """Read and check a pipeline.

    Args:
        pipeline: a YAML file, or the name of a shipped one.
        settings: `a.b=value` each, put over the YAML's own (`stages.generate.temperature=1.0`).
        out: where builds go; empty is the YAML's `out`, or `data/builds`.
        engines: engines to use in place of the YAML's of the same name.

    Raises:
        UserError: anything that cannot work: what, where and what next.
    """
    path = _find(pipeline)
    tree = _read(path)
    for setting in settings:
        _put(tree, setting)
    for key in tree:
        if key not in _KEYS:
            raise unknown("key", str(key), _KEYS, str(path))
    specs = _engines(tree.get("engines") or {}, path)
    services = Services(Templates(str(tree.get("templates") or "")), {**specs, **(engines or {})})
    name = str(tree.get("name") or path.stem)
    if Path(name).name != name or name.startswith(".") or not name.isprintable():
        raise UserError(f"{path}: name: '{name}' must be usable as the name of a folder")
    root = Path(out or str(tree.get("out") or "data/builds")) / name
    flags = [part for setting in settings for part in ("--set", setting)] + (["--out", out] if out else [])
    return Plan(shlex.join([pipeline, *flags]), name, root, _steps(tree.get("stages"), path, root, services), services)


def _find(pipeline: str) -> Path:
    path = Path(pipeline)
    if path.is_file():
        return path
    folder = shipped.root() / "pipelines"
    inside = folder / f"{pipeline}.yaml"
    if path.name == pipeline and inside.is_file():
        return inside
    raise unknown(
        "pipeline", pipeline, [place.stem for place in folder.glob("*.yaml")], f"no such file in {Path.cwd()}"
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        tree = read_yaml(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise UserError(f"{path}: not valid YAML: {error}") from error
    if not isinstance(tree, dict):
        raise UserError(f"{path}: a pipeline has keys {', '.join(_KEYS)}; this is {type(tree).__name__}")
    return tree


def _put(tree: dict[str, Any], setting: str) -> None:
    key, equals, text = setting.partition("=")
    if not equals or not key:
        raise UserError(f"--set {setting}: write it as key=value, such as stages.generate.temperature=1.0")
    try:
        value = read_yaml(text)
    except ValueError as error:
        raise UserError(f"--set {setting}: the value is not valid YAML: {error}") from error
    *way, last = key.split(".")
    place: Any = tree
    for step in way:
        place = _enter(place, step, setting)
    if not isinstance(place, dict):
        raise UserError(f"--set {setting}: '{way[-1]}' holds no settings")
    place[last] = value


def _enter(place: Any, step: str, setting: str) -> Any:
    if isinstance(place, list):
        named = [
            index for index, entry in enumerate(place) if step in (entry, *(entry if isinstance(entry, dict) else ()))
        ]
        if step.isdecimal() and int(step) < len(place):
            index = int(step)
            step = next(iter(place[index]), step) if isinstance(place[index], dict) else str(place[index])
        elif len(named) == 1:
            index = named[0]
        elif named:
            places = " or ".join(f"stages.{index}" for index in named)
            raise UserError(f"--set {setting}: stage '{step}' stands more than once; say {places}")
        else:
            known = [str(name) for entry in place for name in (entry if isinstance(entry, dict) else [entry])]
            raise unknown("stage", step, known, f"--set {setting}")
        if not isinstance(place[index], dict):
            place[index] = {step: {}}
        inside = place[index]
        if inside.get(step) is None:
            inside[step] = {}
        return inside[step]
    if not isinstance(place, dict):
        raise UserError(f"--set {setting}: there are no settings at '{step}'")
    return place.setdefault(step, {})


def _engines(settings: Any, path: Path) -> dict[str, EngineSpec]:
    if not isinstance(settings, dict):
        raise UserError(f"{path}: engines: expected `name: {{model: ...}}`, not {settings!r}")
    specs = {}
    for name, values in settings.items():
        where = f"{path}: engines.{name}"
        if not isinstance(values, dict):
            raise UserError(f"{where}: expected settings as `key: value`, not {values!r}")
        kind = str(values.get("kind", "vllm"))
        if kind not in _ENGINE_KINDS:
            raise unknown("kind of engine", kind, _ENGINE_KINDS, where)
        rest = {key: value for key, value in values.items() if key != "kind"}
        specs[name] = read_config(module("engines", kind, where).Config, rest, where)
    return specs


def _steps(entries: Any, path: Path, root: Path, services: Services) -> tuple[Step, ...]:
    if not isinstance(entries, list) or not entries:
        raise UserError(f"{path}: stages: expected a list of stages; known: {', '.join(STAGES)}")
    steps: list[Step] = []
    row: type | None = None
    digest = ""
    for index, entry in enumerate(entries):
        where = f"{path}: stages[{index}]"
        stage, values = _stage(entry, where)
        if row not in stage.reads and not (row is None and stage.source):
            wanted = " or ".join(record.__name__ for record in stage.reads) or "source files, and so stands first"
            before = f"'{steps[-1].stage.name}' before it writes {row.__name__}" if row else "nothing stands before it"
            raise UserError(f"{where}: '{stage.name}' reads {wanted}, but {before}")
        config: Any = read_config(stage.config, values, f"{where}.{stage.name}")
        if row is not None and (refusal := stage.refuses(config, row)):
            raise UserError(f"{where}: {stage.name}: {refusal}")
        try:
            extras = stage.shaped_by(config, services)
        except UserError as error:
            raise UserError(f"{where}: {error}") from error
        row = stage.writes or row
        assert row is not None
        shaped_by = {
            "stage": stage.name,
            "version": stage.version,
            "config": asdict(config),
            **extras,
            "upstream": digest,
        }
        digest = _digest(shaped_by)
        count = sum(step.stage.name == stage.name for step in steps)
        label = stage.name if not count else f"{stage.name}.{count + 1}"
        steps.append(Step(label, stage, config, Folder(root / f"{stage.name}-{digest[:8]}", row), shaped_by, digest))
    return tuple(steps)


def _stage(entry: Any, where: str) -> tuple[Stage, Any]:
    if isinstance(entry, str):
        entry = {entry: {}}
    if not isinstance(entry, dict) or len(entry) != 1:
        raise UserError(f"{where}: one stage with its settings was expected, such as `segment: {{window_chars: 2000}}`")
    name, values = next(iter(entry.items()))
    if name not in STAGES:
        raise unknown("stage", str(name), STAGES, where)
    return STAGES[name], {} if values is None else values


def _digest(shaped_by: Mapping[str, object]) -> str:
    canonical = json.dumps(shaped_by, sort_keys=True, ensure_ascii=True, default=str)
    return blake2b(canonical.encode(), digest_size=16).hexdigest()
