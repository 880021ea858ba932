"""`--set a.b=value`: one value put over a pipeline's own. Knows how a pipeline is nested; not what a value means."""

from typing import Any

from thinkaug.errors import UserError, unknown
from thinkaug.yaml import read_yaml


def put(tree: dict[str, Any], setting: str) -> None:
    """Put one setting into the tree of a pipeline: `stages.generate.temperature=1.0`, `stages.4.near=false`.

    Raises:
        UserError: it is not written as `key=value`, or there is no such place, or there are two.
    """
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
        return _enter_stage(place, step, setting)
    if not isinstance(place, dict):
        raise UserError(f"--set {setting}: there are no settings at '{step}'")
    return place.setdefault(step, {})


def _enter_stage(place: list[Any], step: str, setting: str) -> Any:
    named = [index for index, entry in enumerate(place) if step in (entry, *(entry if isinstance(entry, dict) else ()))]
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
