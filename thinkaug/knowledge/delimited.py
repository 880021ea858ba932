"""delimited: a table as text, with a line of column names -> its rows. Knows no meaning of any column.

Not the standard library's reader: that one limits fields by a setting of the whole process, and takes all that follows
an unclosed quote for one field.
"""

import re
from codecs import BOM_UTF8
from collections import deque
from collections.abc import Iterator
from typing import IO

from thinkaug.knowledge.readers import Found

_LINE_END = b"\r\n"


def rows(file: IO[bytes], delimiter: str, most_lines: int) -> Iterator[Found]:
    """The rows below the header, each a mapping of column to text; blank lines are none.

    Args:
        file: UTF-8, with or without a byte order mark.
        delimiter: one character.
        most_lines: over how many lines a quoted field may go; with 1 a quote that is not closed is a character.
    """
    found = _records(file, delimiter, most_lines)
    columns: list[str] = []
    for line, fields, problem in found:
        if not columns:
            if fields is None:
                yield Found(line, None, "bad_header", f"{problem}; the rest of the file was not read")
                return
            columns = [name.strip() for name in fields]
            for name in sorted({name for name in columns if columns.count(name) > 1}):
                yield Found(line, None, "doubled_column", f"'{name}': only the first column of that name is read")
        elif fields is None:
            yield Found(line, None, *problem.split(": ", 1))
        elif len(fields) != len(columns):
            yield Found(line, None, "ragged", f"{len(fields)} fields under {len(columns)} column names")
        else:
            row: dict[str, str] = {}
            for name, text in zip(columns, fields, strict=True):
                row.setdefault(name, text)
            yield Found(line, row)


def _records(file: IO[bytes], delimiter: str, most_lines: int) -> Iterator[tuple[int, list[str] | None, str]]:
    """(number of the first line, fields or None, problem) of every record."""
    field = re.compile(rf'(?:"((?:[^"]|"")*+)"|([^{delimiter}]*+))({delimiter}|\Z)')
    lines = enumerate(file, start=1)
    ahead: deque[tuple[int, bytes]] = deque()
    while (taken := ahead.popleft() if ahead else next(lines, None)) is not None:
        number, line = taken
        if not (line.removeprefix(BOM_UTF8) if number == 1 else line).strip():
            continue
        parts = [line.removeprefix(BOM_UTF8) if number == 1 else line]
        fields, closed, problem = _split(parts[0], field)
        while not closed and len(parts) < most_lines:
            if len(parts) > len(ahead):
                following = next(lines, None)
                if following is None:
                    break
                ahead.append(following)
            parts.append(ahead[len(parts) - 1][1])
            if b'"' in parts[-1]:
                fields, closed, problem = _split(b"".join(parts), field)
        if closed:
            for _ in parts[1:]:
                ahead.popleft()
        elif most_lines > 1:
            fields, problem = None, "bad_quote: a quote is opened and not closed before a delimiter or the line's end"
        yield number, fields, problem


def _split(record: bytes, field: re.Pattern[str]) -> tuple[list[str] | None, bool, str]:
    """(fields or None, whether every quote that opens a field closes it, problem) of one record."""
    try:
        text = record.rstrip(_LINE_END).decode("utf-8")
    except UnicodeDecodeError as error:
        return None, True, f"not_utf8: {error}"
    fields, closed, end = [], True, 0
    while True:
        match = field.match(text, end)
        assert match is not None, "a field may be empty, so there is always one"
        quoted, plain, delimiter = match.groups()
        closed &= plain is None or not plain.startswith('"')
        fields.append(plain if quoted is None else quoted.replace('""', '"'))
        if not delimiter:
            return fields, closed, ""
        end = match.end()
