"""From YAML values to frozen config dataclasses: unknown keys and wrong types are refused, with place and hint."""

from collections.abc import Mapping, Sequence
from dataclasses import is_dataclass
from typing import TypeVar, get_args, get_origin, get_type_hints

from thinkaug.errors import UserError, unknown

Config = TypeVar("Config")


def read_config(config: type[Config], values: object, where: str) -> Config:
    """`values` as a `config` dataclass.

    Raises:
        UserError: a key that does not exist (with the nearest that does), one that is missing, a value of another type.
    """
    from pydantic import TypeAdapter, ValidationError

    if not isinstance(values, Mapping):
        raise UserError(f"{where}: expected settings as `key: value`, not {values!r}")
    _refuse_unknown(config, values, where)
    try:
        return TypeAdapter(config).validate_python(dict(values))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join([where, *(str(part) for part in first["loc"])])
        given = "" if first["type"] == "missing" else f", not {first['input']!r}"
        raise UserError(f"{place}: {_lower(first['msg'])}{given}") from error


def _refuse_unknown(config: type, values: Mapping[object, object], where: str) -> None:
    known = get_type_hints(config)
    for key, value in values.items():
        if key not in known:
            raise unknown("setting", str(key), known, where)
        _look_into(known[str(key)], value, f"{where}.{key}")


def _look_into(hint: object, value: object, where: str) -> None:
    """Refuse unknown keys where dataclasses are wanted: one, a mapping of names to them, or a tuple; at any depth."""
    inner = get_args(hint)
    if is_dataclass(hint) and isinstance(value, Mapping):
        _refuse_unknown(hint, value, where)  # type: ignore[arg-type]  # a class, not an instance
    elif get_origin(hint) is Mapping and isinstance(value, Mapping):
        for key, one in value.items():
            _look_into(inner[1], one, f"{where}.{key}")
    elif get_origin(hint) is tuple and inner[1:] == (...,) and isinstance(value, Sequence):
        for place, one in enumerate(value):
            _look_into(inner[0], one, f"{where}.{place}")


def _lower(message: str) -> str:
    return message[:1].lower() + message[1:]
