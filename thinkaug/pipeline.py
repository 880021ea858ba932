"""YAML -> checked plan. Holds the only list of stages; whatever can be refused is refused here, before any run."""

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from thinkaug import shipped
from thinkaug.errors import UserError, unknown
from thinkaug.fragments import KEY, include
from thinkaug.overrides import put
from thinkaug.plan import Part, Plan, plan_steps
from thinkaug.plugins import module
from thinkaug.rounds import ONCE, Rounds
from thinkaug.settings import read_config
from thinkaug.stage import EngineSpec, Services, Stage
from thinkaug.stages.decontaminate import decontaminate
from thinkaug.stages.dedup import dedup
from thinkaug.stages.filter import filter_
from thinkaug.stages.gate import gate
from thinkaug.stages.generate import generate
from thinkaug.stages.ingest import ingest
from thinkaug.stages.pack import pack
from thinkaug.stages.prune import prune
from thinkaug.stages.score import score
from thinkaug.stages.segment import segment
from thinkaug.stages.verify import verify
from thinkaug.templates import Templates
from thinkaug.yaml import read_yaml

STAGES: Mapping[str, Stage] = {
    stage.name: stage
    for stage in (
        *(ingest, segment, gate, generate, verify, score, prune),
        *(dedup, decontaminate, filter_, pack),
    )
}
_KEYS = ("name", "out", "templates", "engines", "stages", "rounds", KEY)
_ENGINE_KINDS = ("vllm", "server")


def load(
    pipeline: str,
    settings: Sequence[str] = (),
    out: str = "",
    engines: Mapping[str, EngineSpec] | None = None,
    left_out: Sequence[str] = (),
) -> Plan:
    """Read and check a pipeline.

    Args:
        pipeline: a YAML file, or the name of a shipped one.
        settings: `a.b=value` each, put over the YAML's own (`stages.generate.temperature=1.0`).
        out: where builds go; empty is the YAML's `out`, or `data/builds`.
        engines: engines to use in place of the YAML's of the same name.
        left_out: names of stages that the plan is to do without.

    Raises:
        UserError: anything that cannot work: what, where and what next.
    """
    path = _find(pipeline)
    tree = _read(path)
    origins = _include(tree, path, settings)
    for setting in settings:
        if not _is_include(setting):
            put(tree, setting)
    for key in tree:
        if key not in _KEYS:
            raise unknown("key", str(key), _KEYS, str(path))
    services = Services(
        Templates(str(tree.get("templates") or "")),
        {**_engines(tree.get("engines") or {}, path, origins), **(engines or {})},
    )
    name = str(tree.get("name") or path.stem)
    if Path(name).name != name or name.startswith(".") or not name.isprintable():
        raise UserError(f"{path}: name: '{name}' must be usable as the name of a folder")
    root = Path(out or str(tree.get("out") or "data/builds")) / name
    flags = [part for setting in settings for part in ("--set", setting)] + (["--out", out] if out else [])
    parts = _parts(tree.get("stages"), path, origins, left_out)
    rounds = _rounds(tree, services, f"{path}: rounds{origins.get('rounds', '')}")
    steps = plan_steps(parts, services, rounds, root, f"{path}: rounds")
    return Plan(shlex.join([pipeline, *flags]), name, root, steps)


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


def _include(tree: dict[str, Any], path: Path, settings: Sequence[str]) -> Mapping[str, str]:
    """Put the included fragments over the tree; return which parts they have changed, as words for errors.

    They are named by the pipeline, from its own folder, or by `--set include=[mix.yaml]` instead, from here.
    """
    given = [setting for setting in settings if _is_include(setting)]
    for setting in given:
        put(tree, setting)
    return include(tree, Path() if given else path.parent, _KEYS, f"--set {given[-1]}" if given else f"{path}: {KEY}")


def _is_include(setting: str) -> bool:
    return setting.partition("=")[0] == KEY


def _engines(settings: Any, path: Path, origins: Mapping[str, str]) -> dict[str, EngineSpec]:
    if not isinstance(settings, dict):
        raise UserError(f"{path}: engines: expected `name: {{model: ...}}`, not {settings!r}")
    specs = {}
    for name, values in settings.items():
        where = f"{path}: engines.{name}{origins.get(f'engines.{name}', '')}"
        if not isinstance(values, dict):
            raise UserError(f"{where}: expected settings as `key: value`, not {values!r}")
        kind = str(values.get("kind", "vllm"))
        if kind not in _ENGINE_KINDS:
            raise unknown("kind of engine", kind, _ENGINE_KINDS, where)
        rest = {key: value for key, value in values.items() if key != "kind"}
        specs[name] = read_config(module("engines", kind, where).Config, rest, where)
    return specs


def _parts(entries: Any, path: Path, origins: Mapping[str, str], left_out: Sequence[str]) -> list[Part]:
    if not isinstance(entries, list) or not entries:
        raise UserError(f"{path}: stages: expected a list of stages; known: {', '.join(STAGES)}")
    parts: list[Part] = []
    row: type | None = None
    offered: frozenset[str] = frozenset()
    for index, entry in enumerate(entries):
        where = f"{path}: stages[{index}]{origins.get(f'stages[{index}]', '')}"
        stage, values = _stage(entry, where)
        if stage.name in left_out:
            continue
        if row not in stage.reads and not (row is None and stage.source):
            wanted = " or ".join(record.__name__ for record in stage.reads) or "source files, and so stands first"
            before = f"'{parts[-1].stage.name}' before it writes {row.__name__}" if row else "nothing stands before it"
            raise UserError(f"{where}: '{stage.name}' reads {wanted}, but {before}")
        config: Any = read_config(stage.config, values, f"{where}.{stage.name}")
        if row is not None and (refusal := stage.refuses(config, row)):
            raise UserError(f"{where}: {stage.name}: {refusal}")
        for feature, advice in stage.needs(config).items():
            if feature not in offered:
                raise UserError(f"{where}: {stage.name}: {advice}")
        offered |= stage.offers(config)
        row = stage.writes or row
        assert row is not None
        count = sum(part.stage.name == stage.name for part in parts)
        parts.append(Part(stage, config, row, f"{stage.name}.{count + 1}" if count else stage.name, where))
    return parts


def _stage(entry: Any, where: str) -> tuple[Stage, Any]:
    if isinstance(entry, str):
        entry = {entry: {}}
    if not isinstance(entry, dict) or len(entry) != 1:
        raise UserError(f"{where}: one stage with its settings was expected, such as `segment: {{window_chars: 2000}}`")
    name, values = next(iter(entry.items()))
    if name not in STAGES:
        raise unknown("stage", str(name), STAGES, where)
    return STAGES[name], {} if values is None else values


def _rounds(tree: Mapping[str, Any], services: Services, where: str) -> Rounds:
    if tree.get("rounds") is None:
        return ONCE
    rounds = read_config(Rounds, tree["rounds"], where)
    rounds.check(services.engines, where)
    if (tree.get("engines") or {}).get(rounds.engine, {}).get("kind") == "server":
        raise UserError(
            f"{where}: engine: '{rounds.engine}' is served elsewhere, and a model that was trained here is not; "
            f"say kind: vllm in engines.{rounds.engine}"
        )
    return rounds
