"""Dataclass <-> Arrow: the schema derives from the annotations, so that record and column cannot drift apart."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from itertools import islice
from operator import attrgetter
from types import UnionType
from typing import Annotated, Any, Literal, TypeVar, cast, get_args, get_origin, get_type_hints

import pyarrow as pa

Row = TypeVar("Row")

BATCH_ROWS = 1000

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
    rows, schema = list(rows), arrow_schema(record)
    # Column by column: rows as dicts would cost more than all that the cheap stages do.
    columns = [
        pa.array([plain(value) for value in values] if plain else values, schema.field(name).type)
        for name, hint in _hints(record).items()
        for plain in [_plainer(hint)]
        for values in [list(map(attrgetter(name), rows))]
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def to_batches(rows: Iterable[object]) -> Iterator[pa.RecordBatch]:
    """Record batches of `BATCH_ROWS` rows of one type, in order."""
    left = iter(rows)
    while some := list(islice(left, BATCH_ROWS)):
        yield to_batch(type(some[0]), some)


def from_batch(record: type[Row], batch: pa.RecordBatch) -> Iterator[Row]:
    """The rows of a batch as records."""
    columns = [
        [build(value) for value in column.to_pylist()] if build else column.to_pylist()
        for column, hint in zip(batch.columns, _hints(cast(Any, record)).values(), strict=True)
        for build in [_builder(hint)]
    ]
    return map(cast(Any, record), *columns)


def as_plain(row: object) -> dict[str, Any]:
    """A record as dicts, lists and scalars, ready for JSON."""
    plain = _plainer(cast(Any, type(row)))
    assert plain is not None, "a record is no scalar"
    values: dict[str, Any] = plain(row)
    return values


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


_Turn = Callable[[Any], Any] | None  # None where the value stays as it is


@cache
def _builder(hint: Any) -> _Turn:
    """How a plain value becomes a value of the annotated type."""
    if get_origin(hint) is tuple:
        inner = _builder(get_args(hint)[0])
        return (lambda values: tuple(map(inner, values))) if inner else tuple
    if get_origin(hint) is UnionType:
        some = _builder(get_args(hint)[0])
        return (lambda value: None if value is None else some(value)) if some else None
    if is_dataclass(hint):
        builders = [(name, _builder(inner)) for name, inner in _hints(hint).items()]  # type: ignore[arg-type]
        make: Callable[..., Any] = cast(Any, hint)
        return lambda values: make(*(build(values[name]) if build else values[name] for name, build in builders))
    return None


@cache
def _plainer(hint: Any) -> _Turn:
    """How a value of the annotated type becomes a plain one."""
    if get_origin(hint) is tuple:
        inner = _plainer(get_args(hint)[0])
        return (lambda values: list(map(inner, values))) if inner else list
    if get_origin(hint) is UnionType:
        some = _plainer(get_args(hint)[0])
        return (lambda value: None if value is None else some(value)) if some else None
    if is_dataclass(hint):
        plainers = [(name, _plainer(inner)) for name, inner in _hints(hint).items()]  # type: ignore[arg-type]
        return lambda row: {
            name: plain(getattr(row, name)) if plain else getattr(row, name) for name, plain in plainers
        }
    return None
