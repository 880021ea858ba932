"""sets: files or data sets of the Hub -> evaluation items. Knows sources; nothing of texts that are searched."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath
from typing import Annotated, Any, ClassVar

from annotated_types import MaxLen

from thinkaug.decontamination.fields import Names, checked, guessed, stated, text_of
from thinkaug.decontamination.items import Item
from thinkaug.errors import Unreadable, UserError
from thinkaug.inputs import InputFile, find_inputs
from thinkaug.plugins import made
from thinkaug.sources import RECORDS, Source
from thinkaug.sources.hub import HubInput, hub_inputs
from thinkaug.stage import Raw

_NO_NAME = re.compile(r"\W+")


@dataclass(frozen=True)
class EvaluationSet:
    """Where an evaluation set lies, and what its fields are.

    Args:
        path: a file, folder, glob or URL of JSON Lines, JSON, Parquet or Arrow; or
        hub: id of a data set of the Hub.
        name: what it is called in counts and reports; empty takes the file's name.
        fields: the question's, and perhaps the answer's; empty goes by the commonest names.
        id: the field of an item's id; empty goes by the commonest names, or else by number.
        split: of a data set of the Hub.
        config: of a data set of the Hub, where it has several.
        revision: of a data set of the Hub; empty is the newest.
        records: of a JSON file that is one object, the member that holds the records, or `*` where each member is one;
            empty finds it out.
    """

    __pydantic_config__: ClassVar[Mapping[str, str]] = {"extra": "forbid"}  # a mistyped key is refused

    path: str = ""
    hub: str = ""
    name: str = ""
    fields: Annotated[tuple[str, ...], MaxLen(2)] = ()
    id: str = ""
    split: str = "test"
    config: str = ""
    revision: str = ""
    records: str = ""


Note = Callable[[str], None]
_Input = InputFile | HubInput


def named(sets: Sequence[str | EvaluationSet], where: str) -> dict[str, EvaluationSet]:
    """The sets by their names.

    Raises:
        UserError: one has neither path nor Hub id, or both; or two have one name.
    """
    found: dict[str, EvaluationSet] = {}
    for one in sets:
        given = EvaluationSet(path=one) if isinstance(one, str) else one
        if bool(given.path) == bool(given.hub):
            raise UserError(f"{where}: a set has either `path` or `hub`, not {given.path!r} and {given.hub!r}")
        stem = PurePosixPath(given.path or given.hub).name.split(".")[0]
        name = _NO_NAME.sub("_", given.name or stem).strip("_") or "set"
        if name in found:
            raise UserError(f"{where}: two sets are called '{name}'; give one a `name`")
        found[name] = given
    return found


def fingerprints(sets: Mapping[str, EvaluationSet], where: str) -> list[list[str]]:
    """Name of the set, name of the file and its fingerprint, for all files."""
    return [[name, file.name, file.fingerprint()] for name, one in sets.items() for file in _inputs(one, where)]


def items_of(sets: Mapping[str, EvaluationSet], where: str, note: Note) -> list[Item]:
    """All items, in order. `note` is told which fields were guessed, and what could not be read.

    Raises:
        UserError: a set cannot be read, is empty, or has no such fields; the message says which it has.
    """
    return [item for name, one in sets.items() for item in _items(name, one, f"{where}: {name}", note)]


def _items(name: str, one: EvaluationSet, where: str, note: Note) -> Iterator[Item]:
    raws = [raw for file in _inputs(one, where) for raw in _raws(file, one, where)]
    records = [raw.fields for raw in raws if raw.fields is not None]
    if not records:
        why = raws[0].problem if raws else "it is empty"
        raise UserError(f"{where}: no record could be read ({why}); an evaluation set is a file of questions")
    if len(records) < len(raws):
        problem = next(raw for raw in raws if raw.fields is None)
        lost = f"{len(raws) - len(records)} of {len(raws)} records"
        note(f"{where}: {lost} cannot be read: {problem.id}: {problem.problem}")
    if one.fields:
        names = stated(one.fields, one.id)
        checked(names, records, where)
    else:
        found = guessed(records, where)
        names = Names(found.question, found.answer, one.id or found.id)
        checked(Names(names.question, id=names.id), records, where)
        note(f"{where}: {len(records)} items; question: {names.question}, answer: {names.answer or 'none'}")
    asked = [text_of(record, names.question) for record in records]
    if not any(text.strip() for text in asked):
        raise UserError(f"{where}: no record has a text in '{names.question}'; say which field is the question")
    for number, (record, question) in enumerate(zip(records, asked, strict=True), start=1):
        yield Item(name, text_of(record, names.id) or str(number), question, text_of(record, names.answer))


def _inputs(one: EvaluationSet, where: str) -> Sequence[_Input]:
    if one.hub:
        options = {"split": one.split, "config": one.config, "revision": one.revision}
        return hub_inputs([one.hub], options, where)
    return find_inputs([one.path], RECORDS, where)


def _raws(file: _Input, one: EvaluationSet, where: str) -> list[Raw]:
    if isinstance(file, HubInput):
        return _read(file, file.source, where)
    if file.ending not in RECORDS:
        known = ", ".join(sorted(RECORDS))
        raise UserError(f"{where}: {file.name}: unknown ending '{file.ending}' (known: {known}); save it as JSON Lines")
    format_ = RECORDS[file.ending]
    source = partial(made, "sources", format_, where=where)
    if format_ != "json":
        return _read(file, source({}), where)
    raws = _read(file, source({"records": one.records}), where)
    member = "" if one.records or len(raws) != 1 else _member_of_records(raws[0].fields or {})
    return _read(file, source({"records": member}), where) if member else raws


def _read(file: _Input, source: Source, where: str) -> list[Raw]:
    try:
        with file.open() as opened:
            return list(source(opened, file.name))
    except Unreadable as error:
        raise UserError(f"{where}: {file.name}: {error}") from error


def _member_of_records(only: Mapping[str, Any]) -> str:
    """Where the records of a file are that is one object: in one of its members, or they are its members."""
    if only and all(isinstance(value, Mapping) for value in only.values()):
        return "*"
    lists = [name for name, value in only.items() if isinstance(value, list) and value]
    return next((name for name in lists if all(isinstance(one, Mapping) for one in only[name])), "")
