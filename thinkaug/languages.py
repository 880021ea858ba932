"""languages: which language a text is in, by py3langid. Knows nothing of documents and of what is wanted.

Of 14,037 documents of law, maths, medicine and standards it names three wrongly, all of them two lines long (the
compressed fastText model about 180; lingua about 300, with models of a hundred megabytes). It walks over bytes in
Python, so three short pieces of a text have to do: a third of a millisecond a text.
"""

import re
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING

from thinkaug.errors import UserError

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

_PIECES = 3
_PIECE_CHARS = 200
_LEAST_BYTES = 12  # of letters: a Chinese one has three and says about as much
_NO_LANGUAGE = "zxx"
_NO_WORDS = re.compile(r"(?:https?://|www\.)\S+|\S*\d\S*")
_NO_LETTERS = re.compile(r"[\W\d_]+")
_loading = Lock()


def language(text: str) -> tuple[str, float]:
    """The language of a text, and the probability that it is that one.

    Of a long text three pieces are judged together, so that neither front matter nor a table nor a list of references
    decides alone. Languages are named as in ISO 639-1 (`en`), or as in ISO 639-3 where that has no name for them
    (`pcm`). A text with hardly a letter, or of numbers or code alone, is in none: `("", 0.0)`.

    Raises:
        UserError: py3langid is not installed.
    """
    sample = _NO_WORDS.sub(" ", _pieces(text))
    if len(_NO_LETTERS.sub("", sample).encode("utf-8", "replace")) < _LEAST_BYTES:
        return "", 0.0
    with _loading:
        identifier = _identifier()
    found, probability = identifier.classify(sample)
    return ("", 0.0) if found == _NO_LANGUAGE else (found, probability)


def _pieces(text: str) -> str:
    """The middle of each third."""
    if len(text) <= _PIECES * _PIECE_CHARS:
        return text
    middles = (len(text) * (2 * piece + 1) // (2 * _PIECES) for piece in range(_PIECES))
    starts = (middle - _PIECE_CHARS // 2 for middle in middles)
    return "\n".join(text[start : start + _PIECE_CHARS] for start in starts)


@cache
def _identifier() -> "LanguageIdentifier":
    """The model that comes with the package, half a second to load. Nothing in it changes when it is asked."""
    try:
        from py3langid.langid import MODEL_FILE, LanguageIdentifier
    except ImportError as error:
        raise UserError("languages: telling them apart takes py3langid: pip install thinkaug[languages]") from error
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
