"""encodings: bytes -> text, by what the bytes look like. Knows nothing of files and formats."""

import codecs
import re
from collections.abc import Callable
from encodings.aliases import aliases

from thinkaug.errors import unknown

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with that of UTF-16-LE
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_OPENINGS = {
    b"\1\0\1\0": "utf-16-le",
    b"\0\1\0\1": "utf-16-be",
    b"\1\0\0\0": "utf-32-le",
    b"\0\0\0\1": "utf-32-be",
}
"""Which of the first four bytes are NUL, where the first characters are ASCII."""

_PAGES = ("cp1251", "koi8_r", "cp866", "cp932", "gb18030", "big5", "cp949", "cp1253", "cp1255", "cp1256", "cp874")
_SAMPLE_BYTES = 4096  # an even number: where nothing else shows it, a character of two bytes is not cut
_WIDE_SHARE = 0.2  # of the bytes at even, or at odd, places are NUL: in UTF-16, a fifth is ASCII
_FEWEST_NULS = 8  # in a text that does not begin like UTF-16
_STRAY_SHARE = 0.05  # as many NULs at the other places are NULs of the text
_ENOUGH_BYTES = 32  # over 127, in words: fewer are no ground for a code page that is not Western
_MOSTLY = 0.6  # of the bytes of such words are over 127: of `déjà` a half is, a word of Greek has nothing else
_CHANCE = 2  # so many times more good sequences than bad bytes: UTF-8 with some bad bytes in it
_KANA_SHARE = 0.2
_WORD = re.compile(rb"[A-Za-z]*[\x80-\xff][A-Za-z\x80-\xff]*")
_RUN = re.compile(rb"[\x80-\xff]{3,}")
_KANA = re.compile("[\u3041-\u3096]")
_ASCII = bytes(range(128))
_SAFE_ENDS = b' \n\t".,'  # never the second byte of a character

Decode = Callable[[bytes], tuple[str, str]]


def checked(encoding: str) -> str:
    """The encoding, if text can be read by it; raises `UserError` with the nearest that there is."""
    try:
        b"a".decode(encoding or "utf-8")
    except UnicodeDecodeError:
        pass  # half a character: the encoding is there
    except LookupError as error:
        raise unknown("text encoding", encoding, {*aliases, *aliases.values()}, "encoding") from error
    return encoding


def mended(name: str, asked: str = "") -> tuple[str, ...]:
    """The word for `Raw.mended` where text had to be read by another encoding than UTF-8 or the one asked for."""
    return () if name in ("utf-8", asked) else (f"encoding_{name.replace('-', '_')}",)


def decode(raw: bytes, encoding: str = "") -> tuple[str, str]:
    """The text of `raw`, without a byte order mark, and the encoding that it was read by: `utf-8`, `cp1252`, ...

    Found out from a byte order mark, from the NULs of UTF-16, from being UTF-8. What is left is of a code page: a
    Western one, unless there is enough to tell that it is not; Central European and Turkish pages are not told from
    it. `utf-8-mixed` is UTF-8 with bytes of Windows-1252 in it, `cesu-8` is UTF-8 of surrogates. No byte is lost: one
    that Windows-1252 has no character for comes as that of Latin-1; half a character of UTF-16 comes as U+FFFD.

    Args:
        raw: the bytes.
        encoding: read by this one; empty finds it out.

    Raises:
        UnicodeDecodeError: they are not in the `encoding` that was asked for.
    """
    if encoding:
        return raw.decode(encoding).removeprefix("\ufeff"), encoding
    return _found_out(raw, _as_utf8(raw), "")


def decoder(head: bytes) -> Decode:
    """`decode` for the lines of one file that begins with `head`: a line too short to tell goes with the others."""
    page: str | None = None

    def read(raw: bytes) -> tuple[str, str]:
        nonlocal page
        text = _as_utf8(raw)
        if text is None and page is None:  # hardly any file needs to be looked through
            page = _page(b"\n".join(line for line in head.splitlines() if _as_utf8(line) is None))
        text, name = _found_out(raw, text, page or "")
        page = name if name in (*_PAGES, "euc_jp") else page
        return text, name

    return read


def wide(raw: bytes) -> str:
    """What a byte order mark or the NULs show: UTF-8 with a mark, UTF-16, UTF-32; empty where they show nothing."""
    for mark, name in _MARKS:
        if raw.startswith(mark):
            return name
    sample = raw[:_SAMPLE_BYTES]
    if 0 not in sample:
        return ""
    opening = _OPENINGS.get(bytes(min(byte, 1) for byte in raw[:4]), "")
    if opening.startswith("utf-32"):
        return opening
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    for name, nuls, strays in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        enough = opening == name or nuls >= max(_FEWEST_NULS, _WIDE_SHARE * len(sample) / 2)
        if enough and strays <= _STRAY_SHARE * nuls:
            return name
    return ""


def code_page(head: bytes) -> str:
    """The code page of a file that begins with `head`, if it is not UTF-8 and there is enough to tell; or empty."""
    return "" if _as_utf8(head) is not None else _page(head)


def _found_out(raw: bytes, text: str | None, page: str) -> tuple[str, str]:
    """The text and its encoding: `text` is that of the bytes as UTF-8, if they are, `page` is what is likely if not."""
    if text is not None and ("\0" not in text or not wide(raw)):
        return text.removeprefix("\ufeff"), "utf-8"
    name = wide(raw)
    if name not in ("", "utf-8"):
        return raw.decode(name, "replace").removeprefix("\ufeff"), name
    return _by_code_page(raw.removeprefix(codecs.BOM_UTF8), page)


def _as_utf8(raw: bytes) -> str | None:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _by_code_page(raw: bytes, page: str) -> tuple[str, str]:
    try:
        halves = raw.decode("utf-8", "surrogatepass").encode("utf-16-le", "surrogatepass")
        return halves.decode("utf-16-le", "replace"), "cesu-8"
    except UnicodeDecodeError:
        pass
    text = raw.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    if len(text) - len(text.encode("ascii", "ignore")) - bad >= _CHANCE * bad:
        return raw.decode("utf-8", _WESTERN), "utf-8-mixed"
    for name in filter(None, (page, _page(raw)) if _foreign(raw) else ()):
        try:
            return raw.decode(name), name
        except UnicodeDecodeError:
            continue
    return raw.decode("cp1252", _LATIN), "cp1252"


def _foreign(raw: bytes) -> bool:
    """Whether the words that are not ASCII have hardly any ASCII in them: not so in Western languages."""
    words = b"".join(_WORD.findall(raw))
    return len(words.translate(None, _ASCII)) >= _MOSTLY * len(words)


def _page(raw: bytes) -> str:
    """The code page of bytes that are not UTF-8, if it is no Western one and there is enough to tell; or empty."""
    start = next((run.start() for run in _RUN.finditer(raw)), len(raw))
    sample = raw[start : start + _SAMPLE_BYTES]
    end = max(sample.rfind(end) for end in _SAFE_ENDS)
    if len(raw) - start > _SAMPLE_BYTES and end > len(sample) / 2:
        sample = sample[:end]
    words = sum(len(run) for run in _RUN.findall(sample) if len(set(run)) > 1)  # a row of dashes is no word
    if words < max(_ENOUGH_BYTES, len(sample.translate(None, _ASCII)) / 2):
        return ""
    from charset_normalizer import from_bytes

    # Its guess at Korean takes in all of EUC-JP.
    try:
        japanese = sample.decode("euc_jp")
    except UnicodeDecodeError:
        japanese = ""
    if len(_KANA.findall(japanese)) > _KANA_SHARE * len(japanese):
        return "euc_jp"
    best = from_bytes(sample, cp_isolation=list(_PAGES)).best()
    return best.encoding if best else ""


def _latin(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("latin-1"), error.end


def _western(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("cp1252", _LATIN), error.end


_LATIN, _WESTERN = "thinkaug-latin", "thinkaug-western"
codecs.register_error(_LATIN, _latin)
codecs.register_error(_WESTERN, _western)
