"""reading: files -> entries, facts, and what was left out. Knows readers by file ending; nothing of the index."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from thinkaug.errors import Unreadable, UserError
from thinkaug.inputs import InputFile
from thinkaug.knowledge.entry import Entry, LeftOut
from thinkaug.knowledge.readers import Found, Reader
from thinkaug.knowledge.resolving import Resolved, Statements
from thinkaug.knowledge.stating import stating
from thinkaug.knowledge.wording import Config, wording
from thinkaug.plugins import part

ENDINGS = {"jsonl": "jsonl", "ndjson": "jsonl", "parquet": "parquet", "tsv": "tsv", "csv": "csv", "obo": "obo"}


@dataclass(frozen=True)
class Gathered:
    """Entries in order of id, and the rows that are none; together they are all `rows`. And what the rows state."""

    entries: tuple[Entry, ...]
    left_out: tuple[LeftOut, ...]
    facts: Resolved
    rows: int = field(default=0)


def reader_of(file: InputFile, config: Config) -> Reader:
    """The reader for a file, by `format`, else by the file's ending.

    Raises:
        UserError: there is none.
    """
    if not config.format and file.ending not in ENDINGS:
        known = ", ".join(sorted(ENDINGS))
        raise UserError(f"index: {file.path}: unknown ending '{file.ending}' (known: {known}); say --set format=tsv")
    reader: Reader = part("knowledge.readers", config.format or ENDINGS[file.ending], "index: format")
    return reader


def gather(files: Iterable[InputFile], config: Config) -> Gathered:
    """All entries of the files. Of several rows with one id the first counts, in order of the files; all state facts.

    Raises:
        UserError: a file has no reader, or a template cannot be read.
    """
    settle, state = wording(config), stating(config)
    statements = Statements()
    kept: dict[str, Entry] = {}
    left_out: list[LeftOut] = []
    rows = 0
    for file in files:
        for found in _rows(file, config):
            rows += 1
            settled = settle(file.name, found)
            statements.take(state(found), settled if isinstance(settled, Entry) else None)
            if isinstance(settled, Entry) and settled.id in kept:
                settled = _doubled(settled, kept[settled.id], file.name, found.line)
            if isinstance(settled, LeftOut):
                left_out.append(settled)
            else:
                kept[settled.id] = settled
    assert rows == len(kept) + len(left_out), "every row is an entry, or left out with its reason"
    return Gathered(tuple(kept[key] for key in sorted(kept)), tuple(left_out), statements.resolve(), rows)


def _rows(file: InputFile, config: Config) -> Iterator[Found]:
    line = 0
    try:
        with file.open() as opened:
            for found in reader_of(file, config)(opened):
                line = found.line
                yield found
    except (OSError, Unreadable) as error:
        yield Found(line + 1, None, "unreadable", f"the file breaks off: {error}")


def _doubled(entry: Entry, first: Entry, file: str, line: int) -> LeftOut:
    same = (entry.title, entry.text, entry.synonyms) == (first.title, first.text, first.synonyms)
    says = "it says the same" if same else "it says otherwise; to keep both, set an id of more columns"
    return LeftOut(file, line, "duplicate_id", f"{entry.id[:80]}: the first row of that id is kept; {says}")
