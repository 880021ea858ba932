"""skeleton: the outline is made without the stretch, and everything that was paid for is kept account of."""

import pytest

from tests.strategies.conftest import TEXT, Hold
from thinkaug.dialogue import Failed, Reply
from thinkaug.strategies import Thoughts

CUT = TEXT.index("Allopurinol")
OUTLINE = "self_talk: what lowers it\nrecall: which drug"
STEPS = "<self_talk>What lowers it?</self_talk>\n<recall>Allopurinol does.</recall>"


def test_the_outline_is_made_without_the_stretch(hold: Hold) -> None:
    held = hold("skeleton", [OUTLINE, STEPS], cut=CUT)
    first, second = held.asked
    assert not any("Allopurinol is used in gout" in message.content for message in first.messages)
    assert TEXT[:CUT] in first.messages[-1].content
    assert OUTLINE in second.messages[-1].content
    assert TEXT[CUT:] in second.messages[-1].content
    assert held.steps == [("self_talk", "What lowers it?"), ("recall", "Allopurinol does.")]


def test_both_replies_are_accounted_for(hold: Hold) -> None:
    end = hold("skeleton", [Reply(OUTLINE, output_tokens=5), Reply(STEPS, output_tokens=7)]).end
    assert isinstance(end, Thoughts)
    assert [reply.output_tokens for reply in end.replies] == [5, 7]
    assert not end.repaired


def test_a_reply_that_cannot_be_read_gets_a_repair_turn(hold: Hold) -> None:
    held = hold("skeleton", [OUTLINE, "no tags", STEPS])
    assert isinstance(held.end, Thoughts)
    assert held.end.repaired
    assert len(held.end.replies) == 3
    assert held.asked[2].messages[-2].content == "no tags"


@pytest.mark.parametrize(
    "outline",
    ["", " \n", Reply("self_talk: wh", finish="length"), "recall: x\n" * 300],
    ids=["empty", "blank", "cut off", "long"],
)
def test_what_is_no_outline_is_not_filled(hold: Hold, outline: str | Reply) -> None:
    end = hold("skeleton", [outline]).end
    assert isinstance(end, Failed)
    assert end.kind == "no_outline"
    assert len(end.replies) == 1


@pytest.mark.parametrize(
    ("after", "kind", "paid"),
    [
        ([Failed("request_failed", "gone")], "request_failed", 1),
        (["no tags", Failed("request_failed", "gone")], "malformed", 2),
        (["no tags", "still none"], "malformed", 3),
    ],
)
def test_a_failure_keeps_what_was_paid_for(hold: Hold, after: list[str | Failed], kind: str, paid: int) -> None:
    end = hold("skeleton", [OUTLINE, *after]).end
    assert isinstance(end, Failed)
    assert (end.kind, len(end.replies)) == (kind, paid)
    assert end.raw in (OUTLINE, "no tags", "still none")
