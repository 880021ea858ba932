"""spelling: what bytes each token stands for, and by them where each span of a text ends among its tokens.

A tokenizer works out offsets at half of its speed. Where the tokens, one after the other, spell the text byte for byte,
their offsets need not be asked for; where they do not, because it was normalised, this module says so and no more.
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from thinkaug.compiled import compiled

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_SPACE = 32
_META = "\u2581"
_BYTE = re.compile(r"<0x([0-9A-F]{2})>")
_PROBE = "Ab  cd,\n e"


@dataclass(frozen=True, eq=False)
class Spelling:
    """The bytes of every token.

    Args:
        data: of all tokens, one after the other, uint8.
        starts: token i is `data[starts[i] : starts[i + 1]]`, int64 (tokens + 1,).
        opens: whether a text begins anew after the token, so that a space may be put there, bool (tokens,).
        ends_line: whether the token ends with a line feed, bool (tokens,).
        is_usual: whether the tokenizer's tokens spell a plain English text; else trying is lost time.
    """

    data: NDArray[np.uint8]
    starts: NDArray[np.int64]
    opens: NDArray[np.bool_]
    ends_line: NDArray[np.bool_]
    is_usual: bool

    @staticmethod
    def of(tokenizer: "Tokenizer", described: dict[str, Any], special: tuple[str, ...]) -> "Spelling":
        """The spelling of a tokenizer.

        Args:
            tokenizer: with our special tokens.
            described: what its tokenizer.json says.
            special: our special tokens.
        """
        vocabulary = tokenizer.get_vocab()
        size = max(vocabulary.values(), default=-1) + 1
        added = {token.content for token in tokenizer.get_added_tokens_decoder().values()}
        bytelevel = _byte_of_letter() if _has(described, "ByteLevel") else None
        spelt = [b""] * size
        for token, number in vocabulary.items():
            spelt[number] = token.encode() if token in added else _spelt(token, bytelevel)
        opens = np.zeros(size, np.bool_)
        opens[[vocabulary[token] for token in special]] = True
        starts = np.zeros(size + 1, np.int64)
        np.cumsum([len(each) for each in spelt], out=starts[1:])
        data = np.frombuffer(b"".join(spelt), np.uint8)
        ends_line = np.array([each.endswith(b"\n") for each in spelt], np.bool_)
        ids = tokenizer.encode(_PROBE, add_special_tokens=False).ids
        is_usual = b"".join(spelt[number] for number in ids).removeprefix(b" ") == _PROBE.encode()
        return Spelling(data, starts, opens, ends_line, is_usual)


def _spelt(token: str, bytelevel: dict[str, int] | None) -> bytes:
    if bytelevel is not None:
        known = [bytelevel.get(letter) for letter in token]
        return token.encode() if None in known else bytes(number for number in known if number is not None)
    byte = _BYTE.fullmatch(token)
    return bytes([int(byte[1], 16)]) if byte else token.replace(_META, " ").encode("utf-8", "surrogatepass")


def _byte_of_letter() -> dict[str, int]:
    """The byte that each letter of a byte-level vocabulary stands for.

    Printable bytes of Latin-1 stand for themselves, the others in turn for what comes from U+0100 on: Radford et al.,
    Language Models are Unsupervised Multitask Learners, 2019, section 2.2, and the code beside it.
    """
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [number for number in range(256) if number not in printable]
    return {chr(n): n for n in printable} | {chr(0x100 + place): n for place, n in enumerate(others)}


def _has(part: Any, name: str) -> bool:
    """Whether a part of that type is among those that change a text before it is looked up."""
    if isinstance(part, list):
        return any(_has(each, name) for each in part)
    if not isinstance(part, dict):
        return False
    inner = ("pre_tokenizer", "normalizer", "pretokenizers", "normalizers")
    return part.get("type") == name or any(_has(part[key], name) for key in inner if key in part)


@compiled
def places(
    data: NDArray[np.uint8],
    text_starts: NDArray[np.int64],
    ids: NDArray[np.int32],
    rows: NDArray[np.int64],
    span_rows: NDArray[np.int64],
    span_ends: NDArray[np.int32],
    spelt: NDArray[np.uint8],
    spelt_starts: NDArray[np.int64],
    opens: NDArray[np.bool_],
    span_tokens: NDArray[np.int64],
    agrees: NDArray[np.bool_],
) -> None:
    """Write how many tokens each span has: those whose last character lies in it.

    Args:
        data: texts as UTF-8.
        text_starts: text i is `data[text_starts[i] : text_starts[i + 1]]`.
        ids: tokens of all texts.
        rows: those of text i are `ids[rows[i] : rows[i + 1]]`.
        span_rows: spans of text i are `span_rows[i]` to `span_rows[i + 1]`.
        span_ends: in code points of their text, ascending.
        spelt: see `Spelling.data`.
        spelt_starts: see `Spelling.starts`.
        opens: see `Spelling.opens`.
        span_tokens: is written, one number a span.
        agrees: is written, one flag a text: whether its tokens spell it; if not, its spans are not written in full.
    """
    for row in range(len(rows) - 1):
        at, stop = text_starts[row], text_starts[row + 1]
        first, last = rows[row], rows[row + 1]
        span, spans_end = span_rows[row], span_rows[row + 1]
        chars = 0  # how many have begun
        begun = first  # the token with which the span at hand begins
        fresh, good = True, True
        for token in range(first, last):
            number = ids[token]
            here, end = spelt_starts[number], spelt_starts[number + 1]
            is_put = fresh and here < end and spelt[here] == _SPACE and (at == stop or data[at] != _SPACE)
            if is_put:
                here += 1
            fresh = opens[number]
            if at + end - here > stop:
                good = False
                break
            for place in range(here, end):
                byte = data[at]
                if byte != spelt[place]:
                    good = False
                    break
                chars += byte & 0xC0 != 0x80
                at += 1
            if not good:
                break
            # A space that was put before a word and stands alone belongs where the word begins.
            reached = chars + 1 if is_put and here == end else chars
            while span < spans_end and span_ends[span] < reached:
                span_tokens[span] = token - begun
                begun = token
                span += 1
        agrees[row] = good and at == stop
        if span < spans_end:
            span_tokens[span] = last - begun
            span_tokens[span + 1 : spans_end] = 0
