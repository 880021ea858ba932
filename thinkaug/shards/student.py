"""student: a model's name -> its tokenizer, ready for texts that are data. Knows nothing of layouts."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from thinkaug.errors import UserError
from thinkaug.shards.description import as_continued, as_data, read_description, reserved_of, tokenizer_of
from thinkaug.shards.model_files import ModelFiles
from thinkaug.shards.roles import bos_of, eos_of, pad_of

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from thinkaug.shards.spelling import Spelling


@dataclass(frozen=True, eq=False)
class Student:
    """The tokenizer of the model that is to be trained.

    Special tokens that stand in a text are data: they are cut up like other words. Ours alone become the tokens that
    they are, where a span of markers says so.

    Args:
        name: of the tokenizer, with a fingerprint of its file.
        first: cuts a text up, or the beginning of one, without tokens around it.
        later: cuts up what comes after one of our special tokens: some tokenizers put a space before a text's first
            word, and none there.
        bos: ids of what the tokenizer puts before a text, mostly one or none.
        eos_id: ends each document.
        pad_id: fills rows up.
        special: our special tokens -> their ids.
        reserved: whether a token is a special one, which no text may become, bool (tokens,).
        spelling: what bytes each token stands for.
    """

    name: str
    first: "Tokenizer"
    later: "Tokenizer"
    bos: tuple[int, ...]
    eos_id: int
    pad_id: int
    special: dict[str, int]
    reserved: NDArray[np.bool_]
    spelling: "Spelling"

    @staticmethod
    def open(model: str, revision: str, eos: str, special: Sequence[str]) -> "Student":
        """Open the tokenizer of a model.

        Args:
            model: a folder, a `shipped:` path or a Hub id that has a `tokenizer.json`.
            revision: of a Hub model.
            eos: the token that ends a document; empty for the one that the model's files name.
            special: tokens to be added, those that stand in the texts.

        Raises:
            UserError: there is no such tokenizer, or no token that ends a document.
        """
        return _open(model, revision, eos, tuple(special))

    @property
    def frame_tokens(self) -> int:
        """How many tokens a document has beside those of its text."""
        return len(self.bos) + 1

    def check_window(self, window_tokens: int) -> None:
        """Refuse a window that has no room for what stands around a text and one token of ours beside some text.

        Raises:
            UserError: it is too small.
        """
        least = self.frame_tokens + 3
        if window_tokens < least:
            raise UserError(
                f"pack: window_tokens: {window_tokens} is too small: with what {self.name} puts around a document, "
                f"a window has to have at least {least}"
            )

    def count(self, samples: pa.RecordBatch) -> NDArray[np.int64]:
        """How many tokens each sample has as a document, BOS and EOS included, int64 (rows,)."""
        from thinkaug.shards.encoding import lengths

        return lengths(self, samples) + self.frame_tokens

    def count_texts(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text has, BOS and EOS aside; special tokens in it are words like others."""
        return [len(encoding) for encoding in self.first.encode_batch_fast(list(texts), add_special_tokens=False)]

    def about(self) -> dict[str, Any]:
        """Which ids stand for what, for the manifest."""
        return {"bos_ids": list(self.bos), "eos_id": self.eos_id, "pad_id": self.pad_id}


@cache
def _open(model: str, revision: str, eos: str, special: tuple[str, ...]) -> Student:
    from thinkaug.shards.spelling import Spelling

    files = ModelFiles(model, revision)
    raw = files.needed("tokenizer.json")
    described = read_description(raw, files.name)
    whole = tokenizer_of(described, files.name, special)
    eos_id = eos_of(files, whole, eos)
    first = tokenizer_of(as_data(described), files.name, special)
    inside = as_continued(as_data(described))
    return Student(
        name=f"{files.name}@{sha256(raw).hexdigest()[:12]}",
        first=first,
        later=tokenizer_of(inside, files.name, special) if special and inside != as_data(described) else first,
        bos=bos_of(whole),
        eos_id=eos_id,
        pad_id=pad_of(files, whole, eos_id),
        special={token: number for token in special if (number := first.token_to_id(token)) is not None},
        reserved=reserved_of(whole, described),
        spelling=Spelling.of(first, described, special),
    )
