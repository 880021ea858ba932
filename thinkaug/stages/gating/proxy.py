"""How hard stretches are by the words of their shard alone. Asks nobody."""

from collections.abc import Iterator, Sequence

from thinkaug.measures.novelty import Novelty
from thinkaug.records import Passage
from thinkaug.stages.gating import Found, Hardness


def by_proxy(passages: Sequence[Passage]) -> Iterator[tuple[Sequence[Found], int]]:
    """Of each passage, in order: how hard its cuts are; and 0, for no reply was remembered."""
    novelty = Novelty(passage.text for passage in passages)
    for passage in passages:
        yield [Hardness(*novelty.nats(passage.text[:cut], passage.target(cut))) for cut in passage.cuts], 0
