"""What turns samples into tokens: the student's tokenizer where one is named, else that of an engine."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from thinkaug.rendering import special_tokens
from thinkaug.shards.counting import tokens_by_row
from thinkaug.shards.layout import Layout
from thinkaug.shards.text import TextLayout
from thinkaug.stage import Services
from thinkaug.stages.packing.config import Config

if TYPE_CHECKING:
    from thinkaug.shards.student import Student

Numbers = np.ndarray[Any, np.dtype[np.int64]]


def open_student(config: Config) -> "Student":
    """The tokenizer of the model that is to be trained.

    Raises:
        UserError: it cannot be had, or does not fit the layout.
    """
    from thinkaug.shards.student import Student

    student = Student.open(config.tokenizer, config.revision, config.eos, special_tokens(config.style))
    if config.layout == "packed":
        student.check_window(config.window_tokens)
    return student


class Tokens:
    """Counts tokens, and lays samples out, as the settings have it."""

    def __init__(self, config: Config, services: Services) -> None:
        self._config = config
        self._student = open_student(config) if config.tokenizer else None
        self._engine = services.engines.get(config.count_with)

    @property
    def name(self) -> str:
        """Of the tokenizer; empty where nothing is counted."""
        if self._student is not None:
            return self._student.name
        return self._engine.name if self._engine is not None and self._config.count_tokens else ""

    def by_row(self) -> Callable[[pa.RecordBatch], Numbers] | None:
        """Tells how many tokens each sample of a batch has, laid out as it will be; None where they are not counted."""
        if self._student is not None and self._config.layout != "text":
            return self._student.count
        count = self._count_texts()
        return partial(tokens_by_row, count_tokens=count) if count is not None else None

    def layout(self) -> Layout:
        """The layout of the set."""
        if self._config.layout == "text":
            return TextLayout(self._count_texts())
        assert self._student is not None, "a layout of tokens was refused without a tokenizer"
        if self._config.layout == "tokens":
            from thinkaug.shards.tokens import tokens_layout

            return tokens_layout(self._student)
        from thinkaug.shards.packed import packed_layout

        return packed_layout(self._student, self._config.window_tokens, self._config.seed)

    def _count_texts(self) -> Callable[[Sequence[str]], list[int]] | None:
        if not self._config.count_tokens:
            return None
        if self._student is not None:
            return self._student.count_texts
        return self._engine.count_tokens if self._engine is not None else None
