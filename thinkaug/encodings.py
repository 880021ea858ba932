"""encodings: bytes -> text, by what the bytes look like. Knows nothing of files and formats."""

import codecs

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decode(raw: bytes, encoding: str = "") -> tuple[str, str]:
    """The text of `raw`, without a byte order mark, and the encoding that it was read by: `utf-8`, `cp1252`, ...

    Args:
        raw: the bytes.
        encoding: read by this one; empty finds it out.

    Raises:
        UnicodeDecodeError: they are not in the `encoding` that was asked for.
    """
    if encoding:
        return raw.decode(encoding), encoding
    for mark, name in _MARKS:
        if raw.startswith(mark):
            return raw.removeprefix(mark).decode(name, "replace"), name
    try:
        return raw.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace"), "cp1252"
