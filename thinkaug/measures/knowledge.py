"""knowledge: counts of verdicts -> how much of what was checked is right, and how much could be checked.

The Knowledge Index is due to "Knowledge or Reasoning?" (arXiv 2506.02126): the share of a thought's atomic factual
statements that a reference supports. Its public code counts a statement for which nothing was found as right; here
`unknown` is neither right nor wrong. Counted as right, a thought about things that no reference knows would score 1.0,
and the emptier the index, the better every thought; counted as wrong, a small index would condemn what is true. So it
stands in neither count, and `coverage` says how much that leaves out: report the one never without the other.

Knows nothing of records, judges or indexes.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

from thinkaug.records import VERDICTS, Verdict


def knowledge_index(supported: int, contradicted: int) -> float | None:
    """`KI = supported / (supported + contradicted)`.

    Returns:
        A share in [0, 1]; None when no claim was decided, since then nothing is known about its truth.

    Raises:
        ValueError: a count is negative.
    """
    return _share(supported, _sum(supported, contradicted))


def coverage(supported: int, contradicted: int, unknown: int) -> float | None:
    """`coverage = (supported + contradicted) / (supported + contradicted + unknown)`.

    Returns:
        A share in [0, 1]; None when there is no claim.

    Raises:
        ValueError: a count is negative.
    """
    return _share(_sum(supported, contradicted), _sum(supported, contradicted, unknown))


def count_verdicts(verdicts: Iterable[Verdict]) -> Mapping[Verdict, int]:
    """How many there are of each of the three; all three are named, so that a count of none can be seen."""
    found = Counter(verdicts)
    return {verdict: found[verdict] for verdict in VERDICTS}


def _sum(*counts: int) -> int:
    if min(counts) < 0:
        raise ValueError(f"knowledge: a count of verdicts cannot be negative: {counts}")
    return sum(counts)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
