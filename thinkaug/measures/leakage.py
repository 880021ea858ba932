"""leakage: (thought, target, before) -> the share of the thought that copies the target. Knows nothing of records."""

from collections.abc import Iterator

from thinkaug.words import words


def containment(thought: str, target: str, before: str, n: int = 8) -> float | None:
    """The share of the thought's word n-grams that stand in the target and not in what came before it.

    `containment = |{g in G(thought) : g in G(target), g not in G(before)}| / |G(thought)|`, where G(thought) counts
    every occurrence and words are those of `thinkaug.words`. Containment is due to Broder, "On the resemblance and
    containment of documents" (1997); leaving out what came before is ours: an expert may repeat herself.

    Args:
        thought: the thinking that is measured.
        target: the expert text that it leads to.
        before: the expert text that precedes it.
        n: words in an n-gram, at least 1.

    Returns:
        A share in [0, 1]; None when the thought has fewer than `n` words, since nothing was measured.

    Raises:
        ValueError: `n` is smaller than 1.
    """
    if n < 1:
        raise ValueError(f"containment: n is {n}; an n-gram has at least 1 word")
    grams = list(_grams(thought, n))
    if not grams:
        return None
    shared = set(grams) & set(_grams(target, n))
    if shared:  # rare: what came before can be long, so it is read only now
        shared.difference_update(_grams(before, n))
    return sum(gram in shared for gram in grams) / len(grams)


def _grams(text: str, n: int) -> Iterator[tuple[str, ...]]:
    found = words(text)
    return zip(*(found[start:] for start in range(n)), strict=False)
