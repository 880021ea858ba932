"""Dataclass <-> Arrow: the schema derives from the annotations, so that record and column cannot drift apart."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, TypeVar, cast, get_args, get_origin, get_type_hints

import pyarrow as pa

Row = TypeVar("Row")

_SCALARS: dict[object, pa.DataType] = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
_NAMED: dict[str, pa.DataType] = {"int32": pa.int32(), "float32": pa.float32()}


@cache
def arrow_schema(record: Any) -> pa.Schema:
    """The Arrow schema of a record type, one column a field, in order.

    `str` is string (never large_string), `int` int64, `float` float64, `tuple[T, ...]` a list, a dataclass a struct;
    `Annotated[int, "int32"]` names a narrower type; `T | None` is a `T` that may be null.
    """
    return pa.schema([pa.field(name, _arrow_type(hint)) for name, hint in _hints(record).items()])


def to_batch(record: type, rows: Iterable[object]) -> pa.RecordBatch:
    """One record batch of the rows, all of type `record`."""
    plain = _plainer(cast(Any, record))
    return pa.RecordBatch.from_pylist([plain(row) for row in rows], schema=arrow_schema(record))


def from_batch(record: type[Row], batch: pa.RecordBatch) -> Iterator[Row]:
    """The rows of a batch as records."""
    build: Callable[[Any], Row] = _builder(cast(Any, record))
    for values in batch.to_pylist():
        yield build(values)


def as_plain(row: object) -> dict[str, Any]:
    """A record as dicts, lists and scalars, ready for JSON."""
    plain: dict[str, Any] = _plainer(cast(Any, type(row)))(row)
    return plain


@cache
def _hints(record: Any) -> Mapping[str, Any]:
    hints = get_type_hints(record, include_extras=True)
    return {field.name: hints[field.name] for field in fields(record)}


def _arrow_type(hint: Any) -> pa.DataType:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _NAMED[arguments[1]]
    if origin is tuple:
        return pa.list_(_arrow_type(arguments[0]))
    if origin is Literal:
        return pa.string()
    if origin is UnionType:  # a value that may be missing: every column may hold nulls
        return _arrow_type(arguments[0])
    if is_dataclass(hint):
        return pa.struct([pa.field(name, _arrow_type(inner)) for name, inner in _hints(hint).items()])  # type: ignore[arg-type]
    return _SCALARS[hint]


@cache
def _builder(hint: Any) -> Callable[[Any], Any]:
    """How a plain value becomes a value of the annotated type."""
    if get_origin(hint) is tuple:
        inner = _builder(get_args(hint)[0])
        return lambda values: tuple(inner(value) for value in values)
    if get_origin(hint) is UnionType:
        some = _builder(get_args(hint)[0])
        return lambda value: None if value is None else some(value)
    if is_dataclass(hint):
        builders = {name: _builder(inner) for name, inner in _hints(hint).items()}  # type: ignore[arg-type]
        make: Callable[..., Any] = cast(Any, hint)
        return lambda values: make(**{name: build(values[name]) for name, build in builders.items()})
    return lambda value: value


@cache
def _plainer(hint: Any) -> Callable[[Any], Any]:
    """How a value of the annotated type becomes a plain one."""
    if get_origin(hint) is tuple:
        inner = _plainer(get_args(hint)[0])
        return lambda values: [inner(value) for value in values]
    if get_origin(hint) is UnionType:
        some = _plainer(get_args(hint)[0])
        return lambda value: None if value is None else some(value)
    if is_dataclass(hint):
        plainers = {name: _plainer(inner) for name, inner in _hints(hint).items()}  # type: ignore[arg-type]
        return lambda row: {name: plain(getattr(row, name)) for name, plain in plainers.items()}
    return lambda value: value
