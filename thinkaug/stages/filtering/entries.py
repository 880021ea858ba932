"""From the entries of a config to the checks that they name, each with its place for errors. Knows no check by name."""

from collections.abc import Iterable
from typing import Any

from thinkaug.errors import UserError
from thinkaug.plugins import made
from thinkaug.stages.filtering.config import Entry


def made_all(package: str, entries: Iterable[Entry], where: str) -> list[tuple[str, Any]]:
    """The name of each check and what its factory makes; `where` is the setting they stand in.

    Raises:
        UserError: there is no such check or option, or an entry is more than one check.
    """
    return [_made(package, entry, f"{where}[{index}]") for index, entry in enumerate(entries)]


def _made(package: str, entry: Entry, where: str) -> tuple[str, Any]:
    if isinstance(entry, str):
        entry = {entry: {}}
    if len(entry) != 1:
        raise UserError(f"{where}: one check with its options was expected, such as `length: {{min_words: 3}}`")
    name, options = next(iter(entry.items()))
    return name, made(package, name, options, where)
