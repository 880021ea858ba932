"""Other stretches that a thought is held against: of another document of the same domain, always the same one.

Each domain has a small pool of them, so that no corpus has to be held, and most of what is asked about them is asked
once a shard.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from thinkaug.records import Draft, content_id
from thinkaug.stage import Shard

POOL_DOCUMENTS = 64


@dataclass(frozen=True, slots=True)
class Partner:
    """A stretch, as its own draft asks about it: `target` after `before`. `document` is the id of its document."""

    document: str
    before: str
    target: str


class Partners:
    """The pools of all domains.

    Which stretches they hold follows from the ids of documents and passages alone, not from how rows are cut into
    shards.

    Args:
        everything: all shards of drafts; they are read through once.
    """

    def __init__(self, everything: Iterable[Shard]) -> None:
        self._pools: dict[str, dict[str, tuple[str, Partner]]] = {}  # domain -> document's rank -> passage's rank, it
        for shard in everything:
            for draft in shard:
                self._take(draft)

    def of(self, draft: Draft, cut: int) -> Partner | None:
        """The stretch to hold the thoughts about this one against; None where the domain has no other document."""
        passage = draft.passage
        others = (
            partner
            for _, partner in self._pools.get(passage.domain, {}).values()
            if partner.document != passage.document
        )
        return min(others, key=lambda partner: content_id(draft.id, str(cut), partner.document), default=None)

    def _take(self, draft: Draft) -> None:
        passage = draft.passage
        cuts = [cut for cut in passage.cuts if passage.target(cut).strip()]
        if not cuts:
            return
        pool = self._pools.setdefault(passage.domain, {})
        rank = content_id("partner", passage.document)
        if len(pool) == POOL_DOCUMENTS and rank not in pool:
            last = max(pool)
            if last < rank:
                return
            del pool[last]
        cut = min(cuts, key=lambda cut: content_id(passage.id, str(cut)))
        place = content_id("partner", passage.id)
        if rank not in pool or place < pool[rank][0]:
            pool[rank] = place, Partner(passage.document, passage.before(cut), passage.target(cut))
