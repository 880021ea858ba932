"""knowledge: unknown is neither right nor wrong, and nothing checked is no figure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinkaug.measures.knowledge import count_verdicts, coverage, knowledge_index
from thinkaug.records import VERDICTS, Verdict

counts = st.integers(0, 10**9)


def test_the_index_is_the_share_of_the_decided_claims_that_are_right() -> None:
    assert knowledge_index(supported=3, contradicted=1) == 0.75
    assert knowledge_index(supported=0, contradicted=4) == 0.0
    assert knowledge_index(supported=4, contradicted=0) == 1.0


def test_coverage_is_the_share_of_all_claims_that_were_decided() -> None:
    assert coverage(supported=3, contradicted=1, unknown=4) == 0.5
    assert coverage(supported=0, contradicted=0, unknown=7) == 0.0


def test_nothing_checked_is_no_figure() -> None:
    assert knowledge_index(0, 0) is None
    assert coverage(0, 0, 0) is None


@given(counts, counts, counts)
def test_figures_are_shares_and_unknown_claims_move_only_the_coverage(right: int, wrong: int, open_: int) -> None:
    index, covered = knowledge_index(right, wrong), coverage(right, wrong, open_)
    assert (index is None) == (right + wrong == 0)
    assert index is None or 0 <= index <= 1
    assert covered is None or 0 <= covered <= 1
    more = coverage(right, wrong, open_ + 1)
    assert more is not None
    assert more <= (covered if covered is not None else 0.0)


@pytest.mark.parametrize("bad", [(-1, 2), (2, -1)])
def test_a_negative_count_is_refused(bad: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="negative"):
        knowledge_index(*bad)
    with pytest.raises(ValueError, match="negative"):
        coverage(*bad, 0)


@given(st.lists(st.sampled_from(VERDICTS)))
def test_every_verdict_is_counted_once(verdicts: list[Verdict]) -> None:
    found = count_verdicts(verdicts)
    assert list(found) == list(VERDICTS)
    assert sum(found.values()) == len(verdicts)
    assert all(found[verdict] == verdicts.count(verdict) for verdict in VERDICTS)
