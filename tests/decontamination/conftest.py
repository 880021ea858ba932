"""A matcher over a few items of our own."""

from collections.abc import Callable
from typing import Any

import pytest

from thinkaug.decontamination.index import index_of
from thinkaug.decontamination.items import Item, Matching
from thinkaug.decontamination.matching import Matcher

MakeMatcher = Callable[..., Matcher]


@pytest.fixture(scope="session")
def matcher() -> MakeMatcher:
    """`matcher("a question", ("another", "with its answer"), numbers="exact")`; ids count from 1."""

    def make(*asked: str | tuple[str, str], **settings: Any) -> Matcher:
        pairs = [(one, "") if isinstance(one, str) else one for one in asked]
        items = [Item("toy", str(number), *pair) for number, pair in enumerate(pairs, start=1)]
        matching = Matching(**settings)
        return Matcher(index_of(items, matching), matching)

    return make
