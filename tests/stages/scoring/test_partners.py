"""Partners: always the same stretch of another document of the domain, however rows are cut into shards."""

from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from tests.stages.scoring.naming import draft_of
from thinkaug.records import Draft
from thinkaug.stage import Shard
from thinkaug.stages.scoring.partners import POOL_DOCUMENTS, Partners


def partners(*shards: list[Draft]) -> Partners:
    return Partners([Shard(str(number), partial(iter, rows)) for number, rows in enumerate(shards)])


def draft(document: int, passage: int = 0, domain: str = "m") -> Draft:
    return draft_of(f"Passage {passage} of {document}. More.", [], cuts=(0, 6), document=str(document), domain=domain)


@given(
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 2), st.sampled_from("mn")), min_size=1, unique=True),
    st.randoms(use_true_random=False),
)
def test_they_follow_from_the_rows_alone(rows: list[tuple[int, int, str]], random: object) -> None:
    drafts = [draft(*row) for row in rows]
    mixed = list(drafts)
    random.shuffle(mixed)  # type: ignore[attr-defined]  # hypothesis gives a Random
    one, other = partners(drafts), partners(mixed[:5], mixed[5:])
    for row in drafts:
        for cut in row.passage.cuts:
            found = one.of(row, cut)
            assert found == other.of(row, cut)
            same_domain = {d.passage.document for d in drafts if d.passage.domain == row.passage.domain}
            assert (found is None) == (same_domain == {row.passage.document})
            assert found is None or found.document in same_domain - {row.passage.document}


def test_few_are_held_and_all_of_them_serve() -> None:
    rows = [draft(number, passage) for number in range(500) for passage in range(2)]
    pool = partners(rows)
    found = {pool.of(row, cut) for row in rows for cut in row.passage.cuts}
    assert len(found) == POOL_DOCUMENTS
    backwards = partners(rows[700:], rows[:700][::-1])
    assert all(pool.of(row, cut) == backwards.of(row, cut) for row in rows[::50] for cut in row.passage.cuts)


def test_the_stretch_is_one_that_its_own_draft_asks_about() -> None:
    row, other = draft(1), draft(2)
    found = partners([row, other]).of(row, 0)
    assert found is not None
    assert (found.before, found.target) in {
        (other.passage.before(c), other.passage.target(c)) for c in other.passage.cuts
    }


def test_a_passage_without_words_is_no_partner() -> None:
    blank = draft_of(" \n ", [], document="b", domain="m")
    assert partners([draft(1), blank]).of(draft(1), 0) is None
