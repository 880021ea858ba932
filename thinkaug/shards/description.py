"""description: what a tokenizer.json says -> the tokenizer that cuts up texts as data. Knows nothing of samples.

Left to itself a tokenizer turns `</s>` in a text into the token that ends documents, in one of two ways: as an added
token, which a flag prevents, or because its model holds these letters as a word like others, as Unigram models do.
"""

from copy import deepcopy
from secrets import token_hex
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import orjson
from numpy.typing import NDArray

from thinkaug.errors import UserError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Description = dict[str, Any]
_HIDDEN = token_hex(16)  # what no text can hold, since none can know it; nothing that is written depends on it


def read_description(raw: bytes, name: str) -> Description:
    """What a tokenizer.json says.

    Args:
        raw: what the file holds.
        name: of the model, for the error.

    Raises:
        UserError: it says nothing that can be read.
    """
    try:
        described = orjson.loads(raw)
    except ValueError as error:
        raise UserError(f"pack: tokenizer: {name}: tokenizer.json cannot be read: {error}") from error
    if not isinstance(described, dict) or not isinstance(described.get("model"), dict):
        raise UserError(f"pack: tokenizer: {name}: tokenizer.json describes no tokenizer")
    return cast(Description, described)


def tokenizer_of(described: Description, name: str, special: tuple[str, ...]) -> "Tokenizer":
    """The tokenizer, with our special tokens, and with the flag that makes all special tokens in a text words.

    Raises:
        UserError: it is none that the library knows.
    """
    from tokenizers import AddedToken, Tokenizer

    try:
        tokenizer = Tokenizer.from_buffer(orjson.dumps(described))
    except Exception as error:  # the library raises nothing narrower
        raise UserError(f"pack: tokenizer: {name}: tokenizer.json describes no tokenizer: {error}") from error
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in special])
    tokenizer.encode_special_tokens = True
    return tokenizer


def as_data(described: Description) -> Description:
    """The same, for texts as they are: nothing before or after them, whole, alike in each run, no special tokens.

    Offsets too are as they were found: what puts tokens around a text may trim them.
    """
    changed = deepcopy(described) | {"post_processor": None, "truncation": None, "padding": None}
    model = changed["model"]
    if "dropout" in model:
        model["dropout"] = None
    added = [token for token in changed.get("added_tokens") or () if token.get("special")]
    hidden = _hide(model, {token["content"] for token in added})
    # A token that is not among the model's own would get a new id.
    kept = [token for token in changed.get("added_tokens") or () if not (token in added and token["content"] in hidden)]
    return changed | {"added_tokens": kept}


def as_continued(described: Description) -> Description:
    """The same, for what does not begin a text: without what is put before the first word of a text alone."""
    changed = deepcopy(described)
    _take_prefix(changed.get("pre_tokenizer"))
    return changed


def reserved_of(tokenizer: "Tokenizer", described: Description) -> NDArray[np.bool_]:
    """Whether each token is a special one that no text may become, bool (tokens,); what stands for the unknown is not.

    Args:
        tokenizer: with our special tokens.
        described: what its tokenizer.json says.
    """
    model = described["model"]
    reserved = np.zeros(max(tokenizer.get_vocab().values(), default=-1) + 1, np.bool_)
    for number, token in tokenizer.get_added_tokens_decoder().items():
        reserved[number] = token.special and token.content != model.get("unk_token") and number != model.get("unk_id")
    return reserved


def _hide(model: Description, special: set[str]) -> set[str]:
    """Take the words of special tokens out of a model's vocabulary, ids as they were; return which were hidden."""
    vocabulary = model.get("vocab")
    if isinstance(vocabulary, list):  # of Unigram: pieces with their scores, in the order of their ids
        hidden = {piece for piece, _ in vocabulary} & special
        model["vocab"] = [[_HIDDEN + piece if piece in hidden else piece, score] for piece, score in vocabulary]
        return hidden
    if not isinstance(vocabulary, dict):
        return set()
    hidden = (special & vocabulary.keys()) - {model.get("unk_token")}
    if "merges" in model:
        pairs = [(tuple(merge.split(" ", 1)) if isinstance(merge, str) else tuple(merge)) for merge in model["merges"]]
        model["merges"] = [list(pair) for pair in pairs if "".join(pair) not in hidden]
        hidden -= {part for pair in model["merges"] for part in pair}
    model["vocab"] = {(_HIDDEN + word if word in hidden else word): number for word, number in vocabulary.items()}
    return hidden


def _take_prefix(part: Any) -> None:
    if isinstance(part, list):
        for each in part:
            _take_prefix(each)
    elif isinstance(part, dict):
        if part.get("prepend_scheme") == "first":
            part["prepend_scheme"] = "never"
        _take_prefix(list(part.values()))
