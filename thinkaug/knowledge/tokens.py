"""tokens: text -> the words that are indexed, and the key that makes two spellings of a name one. Knows no index."""

import re
import threading
from collections.abc import Callable
from unicodedata import normalize

import regex  # type: ignore[import-untyped,unused-ignore]

from thinkaug.errors import UserError
from thinkaug.words import words

_MARKS = regex.compile(r"(?<=[\p{Latin}\p{Greek}]\p{M}*+)[\u0300-\u036f]++")
_WHOLE = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "\u0131": "i", "æ": "ae", "œ": "oe"})  # no accent to take off
# Short codes and numbers that `words` takes apart: 5-HT, IL-6, COVID-19, 3.5. At most 24 characters count as one.
_CODE = re.compile(r"(?<![^\W_])[^\W_]++(?:[-\u2010\u2011.,/][^\W_]++)++")
_DIGIT = re.compile(r"\d")
_MOST_CODE_CHARS = 24
_NUMBER = re.compile(r"\d++[.,]\d++\Z")
_SIGNS = re.compile(r"[-\u2010\u2011.,/]")

Tokenizer = Callable[[str], list[str]]


def fold(text: str) -> str:
    """The text in small letters, without the accents of Latin and Greek letters, compatible letters made alike."""
    if text.isascii():
        return text.lower()
    plain = _MARKS.sub("", normalize("NFKD", text))
    return normalize("NFC", plain).casefold().translate(_WHOLE)


def tokens(text: str) -> list[str]:
    """The words of a text as `thinkaug.words` counts them, folded, in order; then its short codes, each in one piece.

    `5-HT` gives `5`, `ht`, and `5ht`, which `5HT` gives too; `3.5` gives `3`, `5`, and `3.5`.
    """
    folded = fold(text)
    if folded.isascii() and not _DIGIT.search(folded):
        return [*words(folded)]  # no code without a digit
    return [*words(folded), *(_joined(code[0]) for code in _CODE.finditer(folded) if _is_code(code[0]))]


def name_key(text: str) -> str:
    """What two spellings of one name share: its words, folded. A name of signs alone is its own key; empty for none."""
    folded = fold(text)
    return " ".join(words(folded)) or " ".join(folded.split())


def tokenizer(stemmer: str = "") -> Tokenizer:
    """The function that splits entries and queries; with a stemmer, each word is cut to its stem.

    Raises:
        UserError: PyStemmer is not installed, or has no such stemmer.
    """
    if not stemmer:
        return tokens
    try:
        import Stemmer  # type: ignore[import-not-found,unused-ignore]
    except ImportError as error:
        raise UserError(f"index: stemmer: '{stemmer}' needs PyStemmer: pip install PyStemmer") from error
    if stemmer not in Stemmer.algorithms():
        raise UserError(f"index: stemmer: no stemmer '{stemmer}'; known: {', '.join(sorted(Stemmer.algorithms()))}")
    own = threading.local()  # a stemmer is not to be shared by threads

    def stemmed(text: str) -> list[str]:
        if not hasattr(own, "stemmer"):
            own.stemmer = Stemmer.Stemmer(stemmer)
        stems: list[str] = own.stemmer.stemWords(tokens(text))
        return stems

    return stemmed


def _is_code(text: str) -> bool:
    return len(text) <= _MOST_CODE_CHARS and any(map(str.isdigit, text))


def _joined(code: str) -> str:
    return code if _NUMBER.match(code) else _SIGNS.sub("", code)
