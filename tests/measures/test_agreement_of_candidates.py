"""agreement: what candidates say of the same slot, one vote a candidate, and no praise for having been alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinkaug.measures.agreement import agreement
from thinkaug.records import Claim


def fact(name: str, *, subject: str = "drug", qualifier: str = "", negated: bool = False) -> Claim:
    return Claim(
        f"It is {name}.", subject=subject, relation="used_in", object=name, qualifier=qualifier, negated=negated
    )


def said(text: str) -> Claim:
    return Claim(text, reason="unknown_subject")


def test_the_share_is_that_of_the_candidates_that_answer_the_slot() -> None:
    gout, asthma = fact("gout"), fact("asthma")
    assert agreement([[gout], [gout], [asthma], []]) == ((2 / 3,), (2 / 3,), (1 / 3,), ())


def test_who_answers_alone_has_one_vote_of_all() -> None:
    assert agreement([[fact("gout")], [], [], []]) == ((1 / 4,), (), (), ())
    assert agreement([[fact("gout")], [fact("gout", subject="other")]]) == ((1 / 2,), (1 / 2,))


def test_a_single_candidate_does_not_agree_with_itself() -> None:
    assert agreement([[fact("gout"), fact("gout")]]) == ((None, None),)
    assert agreement([]) == ()


def test_a_candidate_that_repeats_itself_has_one_vote() -> None:
    gout, asthma = fact("gout"), fact("asthma")
    assert agreement([[gout, gout, gout], [asthma]]) == ((1 / 2,) * 3, (1 / 2,))


def test_to_deny_is_another_answer() -> None:
    assert agreement([[fact("gout")], [fact("gout", negated=True)], [fact("gout")]]) == ((2 / 3,), (1 / 3,), (2 / 3,))


def test_a_qualifier_that_is_not_named_agrees_with_any_and_two_disagree() -> None:
    eased, changed, bare = fact("gout", qualifier="SYM"), fact("gout", qualifier="DM"), fact("gout")
    assert agreement([[eased], [changed], [bare]]) == ((2 / 3,), (2 / 3,), (1.0,))


def test_what_is_no_fact_is_compared_by_its_words_among_all() -> None:
    assert agreement([[said("It's so.")], [said("it\u2019s  SO")], [said("It is so.")], []]) == (
        (1 / 2,),
        (1 / 2,),
        (1 / 4,),
        (),
    )


def test_a_fact_without_an_object_is_compared_by_its_words() -> None:
    unread = Claim("It is so.", subject="drug", relation="used_in")
    assert agreement([[unread], [fact("gout")]]) == ((1 / 2,), (1 / 2,))


CLAIMS = st.builds(
    fact,
    st.sampled_from(["gout", "asthma"]),
    subject=st.sampled_from(["a", "b"]),
    qualifier=st.sampled_from(["", "DM", "SYM"]),
    negated=st.booleans(),
) | st.builds(said, st.sampled_from(["One.", "one", "Two.", ""]))


@given(st.lists(st.lists(CLAIMS, max_size=5), min_size=2, max_size=6))
def test_a_share_has_at_least_its_own_vote_and_needs_all_to_be_whole(candidates: list[list[Claim]]) -> None:
    shares = agreement(candidates)
    assert [len(theirs) for theirs in shares] == [len(claims) for claims in candidates]
    for claims, theirs in zip(candidates, shares, strict=True):
        for claim, share in zip(claims, theirs, strict=True):
            assert share is not None
            assert 1 / len(candidates) <= share <= 1
            voters = sum(
                any((c.subject, c.relation, c.object) == (claim.subject, claim.relation, claim.object) for c in other)
                for other in candidates
            )
            if share == 1.0 and claim.subject:
                assert voters >= 2


@given(st.lists(st.lists(CLAIMS, max_size=5), min_size=2, max_size=6), st.randoms())
def test_the_order_of_candidates_is_of_no_account(candidates: list[list[Claim]], chance: object) -> None:
    order = list(range(len(candidates)))
    chance.shuffle(order)  # type: ignore[attr-defined]
    mixed = agreement([candidates[place] for place in order])
    shares = agreement(candidates)
    assert [shares[place] for place in order] == list(mixed)


def test_the_work_is_linear() -> None:
    many = [[fact(f"d{number}") for number in range(20_000)] for _ in range(4)]
    assert agreement(many)[0][0] == pytest.approx(1.0)
