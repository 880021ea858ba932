"""source: a statement against the expert text itself, read by the same reader."""

from collections.abc import Callable

import pytest

from tests.judges.conftest import MakeStatement
from thinkaug.claims import Statement
from thinkaug.judges.source import judge
from thinkaug.records import Claim, Evidence, Passage

DRUG, GOUT, ASTHMA = "DB1", "D:1", "D:2"
CONTEXT, TEXT = "Urate comes of purines. ", "Allopurinol is used in gout."


class Reading:
    """Reads what it was told that a text states, in place of names and cues; counts how often it was asked."""

    def __init__(self, *stated: Statement) -> None:
        self.stated, self.texts = stated, list[str]()

    def read(self, text: str) -> tuple[Statement, ...]:
        self.texts.append(text)
        return self.stated


Decide = Callable[..., Claim]


def passage() -> Passage:
    return Passage("p1", "d", 0, TEXT, CONTEXT, (0,), "", source="textbook")


def decide(statement: Statement, *stated: Statement) -> Claim:
    return judge(Reading(*stated), "ix")(passage())(statement)  # type: ignore[arg-type]


@pytest.fixture
def used(statement: MakeStatement) -> Callable[..., Statement]:
    """`used(object, ...)`: a statement of what allopurinol is used in."""

    def make(object_: str, text: str = TEXT, relation: str = "used_in", **more: object) -> Statement:
        return statement(text, DRUG, relation, object_, **more)

    return make


Used = Callable[..., Statement]


def test_what_the_text_states_is_supported_with_its_sentence(used: Used) -> None:
    claim = decide(used(GOUT, "It is used in gout."), used(GOUT))
    assert (claim.verdict, claim.judge, claim.text) == ("supported", "source", "It is used in gout.")
    assert claim.evidence == (Evidence("p1", TEXT, "textbook"),)
    assert (claim.subject, claim.object, claim.index) == (DRUG, GOUT, "ix")
    assert claim.confidence is None


def test_what_the_text_denies_is_contradicted(used: Used) -> None:
    claim = decide(used(GOUT), used(GOUT, "Allopurinol is not used in gout.", negated=True))
    assert claim.verdict == "contradicted"
    assert claim.evidence[0].quote == "Allopurinol is not used in gout."


def test_a_denial_is_held_against_what_the_text_says(used: Used) -> None:
    assert decide(used(GOUT, negated=True), used(GOUT)).verdict == "contradicted"
    assert decide(used(GOUT, negated=True), used(GOUT, negated=True)).verdict == "supported"
    assert decide(used(ASTHMA, negated=True), used(GOUT)).verdict == "unknown"


def test_another_object_in_the_text_says_nothing(used: Used) -> None:
    claim = decide(used(ASTHMA), used(GOUT))
    assert (claim.verdict, claim.reason, claim.judge, claim.evidence) == ("unknown", "not_in_text", "", ())


def test_what_is_only_denied_of_another_object_says_nothing(used: Used) -> None:
    assert decide(used(ASTHMA), used(GOUT, negated=True)).verdict == "unknown"


def test_a_text_that_says_both_decides_nothing(used: Used) -> None:
    claim = decide(used(GOUT), used(GOUT), used(GOUT, negated=True))
    assert (claim.verdict, claim.reason, claim.evidence) == ("unknown", "text_disagrees", ())


def test_a_qualifier_must_be_that_of_the_text(used: Used) -> None:
    assert decide(used(GOUT, qualifier="DM"), used(GOUT, qualifier="DM")).verdict == "supported"
    assert decide(used(GOUT, qualifier="DM"), used(GOUT, qualifier="SYM")).verdict == "contradicted"
    assert decide(used(GOUT), used(GOUT, qualifier="SYM")).verdict == "supported"
    assert decide(used(GOUT, qualifier="DM"), used(GOUT)).verdict == "unknown"


def test_quantities_agree_in_other_units(used: Used) -> None:
    assert decide(used("0.3 g"), used("300 mg")).verdict == "supported"
    assert decide(used("3 g"), used("300 mg", negated=True)).verdict == "unknown"
    assert decide(used("3 days"), used("300 mg")).verdict == "unknown"


def test_what_could_not_be_read_decides_nothing(used: Used) -> None:
    assert decide(used(GOUT, reason="ambiguous"), used(GOUT)).reason == "ambiguous"
    assert decide(used(GOUT), used(GOUT, reason="ambiguous")).verdict == "unknown"


def test_another_subject_or_relation_is_something_else(used: Used, statement: MakeStatement) -> None:
    assert decide(used(GOUT), statement("x", "DB2", "used_in", GOUT)).verdict == "unknown"
    assert decide(used(GOUT), used(GOUT, relation="causes")).verdict == "unknown"


def test_a_sentence_is_quoted_once(used: Used) -> None:
    assert len(decide(used(GOUT), used(GOUT), used(GOUT, qualifier="DM")).evidence) == 1


def test_the_whole_text_is_read_once_and_only_when_needed(used: Used) -> None:
    reader = Reading(used(GOUT))
    decide = judge(reader, "ix")(passage())  # type: ignore[arg-type]
    assert reader.texts == []
    decide(used(GOUT))
    decide(used(ASTHMA))
    assert reader.texts == [CONTEXT + TEXT]
