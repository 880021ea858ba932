"""Values put over a pipeline's own: one by `--set a.b=value`, many by a fragment. Knows how a pipeline is nested; not
what a value means.
"""

from collections.abc import Iterator, Mapping, Sequence
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
    _put_at(tree, key.split("."), value, f"--set {setting}")


def put_all(tree: dict[str, Any], values: Mapping[Any, Any], where: str) -> None:
    """Put every value of a nested fragment where its keys lead, as `put` does.

    What it does not name stays as it is, and so does what it names with nothing in it: `weights: {}`.

    Raises:
        UserError: there is no such place, or there are two; the message begins with `where`.
    """
    for way, value in _leaves(values):
        _put_at(tree, way, value, f"{where}: {'.'.join(way)}")


def _leaves(values: Mapping[Any, Any], way: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, (*way, str(key)))
        else:
            yield (*way, str(key)), value


def _put_at(tree: dict[str, Any], keys: Sequence[str], value: Any, where: str) -> None:
    *way, last = keys
    place: Any = tree
    for step in way:
        place = _enter(place, step, where)
    if not isinstance(place, dict):
        raise UserError(f"{where}: '{way[-1]}' holds no settings")
    place[last] = value


def _enter(place: Any, step: str, where: str) -> Any:
    if isinstance(place, list):
        return _enter_stage(place, step, where)
    if not isinstance(place, dict):
        raise UserError(f"{where}: there are no settings at '{step}'")
    return place.setdefault(step, {})


def _enter_stage(place: list[Any], step: str, where: str) -> Any:
    named = [index for index, entry in enumerate(place) if step in (entry, *(entry if isinstance(entry, dict) else ()))]
    if step.isdecimal() and int(step) < len(place):
        index = int(step)
        step = next(iter(place[index]), step) if isinstance(place[index], dict) else str(place[index])
    elif len(named) == 1:
        index = named[0]
    elif named:
        places = " or ".join(f"stages.{index}" for index in named)
        raise UserError(f"{where}: stage '{step}' stands more than once; say {places}")
    else:
        known = [str(name) for entry in place for name in (entry if isinstance(entry, dict) else [entry])]
        raise unknown("stage", step, known, where)
    if not isinstance(place[index], dict):
        place[index] = {step: {}}
    inside = place[index]
    if inside.get(step) is None:
        inside[step] = {}
    return inside[step]
