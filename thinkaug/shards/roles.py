"""roles: a tokenizer and its model's files -> which tokens open, end and fill documents. Knows nothing of texts."""

from typing import TYPE_CHECKING, Any

from thinkaug.errors import UserError
from thinkaug.shards.model_files import ModelFiles

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_NAMED = ("tokenizer_config.json", "special_tokens_map.json")  # these say which token it is
_NUMBERED = ("generation_config.json", "config.json")  # these say its id
_PROBES = ("a", "0", ".", "\u4e00")


def eos_of(files: ModelFiles, tokenizer: "Tokenizer", eos: str) -> int:
    """The id of the token that ends a document.

    Args:
        files: of the model.
        tokenizer: of the model.
        eos: the token itself, where the user names it; else empty, and the model's files are asked.

    Raises:
        UserError: there is none.
    """
    if eos:
        found = tokenizer.token_to_id(eos)
        if found is None:
            raise UserError(f"pack: eos: the tokenizer {files.name} has no token '{eos}'; name one of its own")
        return found
    stated = _stated(files, tokenizer, "eos_token")
    if stated is None:
        raise UserError(
            f"pack: tokenizer: {files.name} names no token that ends a document: neither an eos_token in "
            f"{' or '.join(_NAMED)} nor an eos_token_id in {' or '.join(_NUMBERED)}; say which with pack.eos"
        )
    return stated


def pad_of(files: ModelFiles, tokenizer: "Tokenizer", eos_id: int) -> int:
    """The id of the token that fills a row; that of EOS where the model names none."""
    stated = _stated(files, tokenizer, "pad_token")
    return eos_id if stated is None else stated


def bos_of(tokenizer: "Tokenizer") -> tuple[int, ...]:
    """What the tokenizer itself puts before a text: mostly one token or none."""
    for probe in _PROBES:  # a vocabulary may lack one of them and drop it
        encoding = tokenizer.encode(probe)
        if 0 in encoding.special_tokens_mask:
            return tuple(encoding.ids[: encoding.special_tokens_mask.index(0)])
    return ()


def _stated(files: ModelFiles, tokenizer: "Tokenizer", role: str) -> int | None:
    """The id of the token of that role that the first of the model's files names which the tokenizer has."""
    for name in _NAMED:
        found = tokenizer.token_to_id(_content(files.known(name).get(role)))
        if found is not None:
            return found
    for name in _NUMBERED:
        for number in _numbers(files.known(name).get(f"{role}_id")):
            if number >= 0 and tokenizer.id_to_token(number) is not None:
                return number
    return None


def _content(token: Any) -> str:
    """A token as these files have it: itself, or an object with its `content`."""
    content = token.get("content") if isinstance(token, dict) else token
    return content if isinstance(content, str) else ""


def _numbers(ids: Any) -> list[int]:
    """Ids as these files have them: one, or a list."""
    listed = ids if isinstance(ids, list) else [ids]
    return [number for number in listed if isinstance(number, int) and not isinstance(number, bool)]
