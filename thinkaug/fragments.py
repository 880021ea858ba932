"""`include: [file.yaml]`: settings of other files put over a pipeline's own. Knows no stage; notes who set what.

A fragment is written as a pipeline is, but `stages` maps the name of a stage, or its place in the list, to settings, as
`--set` addresses them: a fragment changes a pipeline, it adds no stage and takes none away.
"""

from collections.abc import Collection, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from thinkaug.errors import UserError, unknown
from thinkaug.overrides import put_all
from thinkaug.yaml import read_yaml

KEY = "include"


def include(tree: dict[str, Any], base: Path, known: Collection[str], where: str) -> Mapping[str, str]:
    """Put every fragment that the tree names over it, one after the other, and take their list out.

    Args:
        tree: a pipeline; changed in place.
        base: the folder that relative paths start from.
        known: the keys of a pipeline.
        where: the place of the list, for errors.

    Returns:
        For every part that a fragment has changed (`stages[4]`, `engines.writer`, `rounds`) which ones did, as words
        for errors: "toy.yaml: stages[4]" is then followed by " (with mix.yaml)".

    Raises:
        UserError: a fragment cannot be read, or does not fit.
    """
    changed: dict[str, list[str]] = {}
    for name in _names(tree.pop(KEY, None), where):
        path = base / name
        fragment = _read(path, where)
        for key in fragment:
            if key == KEY:
                raise UserError(f"{path}: a file that is included may not include others; name them in the pipeline")
            if key not in known:
                raise unknown("key", str(key), set(known) - {KEY}, str(path))
        if isinstance(tree.get("stages"), list) and not isinstance(fragment.get("stages", {}), dict):
            raise UserError(
                f"{path}: stages: a file that is included changes settings of stages: write `generate: {{...}}`, "
                "not a list"
            )
        before = _parts(deepcopy(tree))
        put_all(tree, fragment, str(path))
        after = _parts(tree)
        for part in after:
            if before.get(part) != after[part]:
                changed.setdefault(part, []).append(str(path))
    return {part: f" (with {', '.join(paths)})" for part, paths in changed.items()}


def _names(value: Any, where: str) -> list[str]:
    names = [value] if isinstance(value, str) else value or []
    if not isinstance(names, list) or not all(isinstance(name, str) and name for name in names):
        raise UserError(f"{where}: expected a list of files, such as [mix.yaml], not {value!r}")
    for name in names:
        if "://" in name:
            raise UserError(f"{where}: '{name}' is no file of this machine; fetch it first, and look at what it sets")
    return names


def _read(path: Path, where: str) -> dict[Any, Any]:
    try:
        fragment = read_yaml(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(f"{where}: {path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise UserError(f"{path}: not valid YAML: {error}") from error
    if fragment is None:
        return {}  # all of it is comments
    if not isinstance(fragment, dict):
        raise UserError(f"{path}: settings as `key: value` were expected; this is {type(fragment).__name__}")
    return fragment


def _parts(tree: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of a pipeline that are read as one, by the names that errors call them."""
    stages, engines = tree.get("stages"), tree.get("engines")
    parts = {f"stages[{index}]": entry for index, entry in enumerate(stages if isinstance(stages, list) else [])}
    parts |= {f"engines.{name}": entry for name, entry in (engines if isinstance(engines, dict) else {}).items()}
    return parts | {"rounds": tree.get("rounds")}
