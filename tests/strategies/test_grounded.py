"""grounded: what was looked up is kept as evidence, and a model that goes round in circles is brought to an end."""

import pytest

from tests.strategies.conftest import Hold
from thinkaug.dialogue import Failed, Reply
from thinkaug.errors import UserError
from thinkaug.knowledge.building import build_index
from thinkaug.strategies import Thoughts
from thinkaug.strategies.grounded import grounded

LOOK_UP = "<self_talk>What is it for?</self_talk>\n<lookup>allopurinol</lookup>"
END = "<recall>Allopurinol is used in gout.</recall>"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("index")
    (folder / "facts.jsonl").write_text(
        '{"id": "D1", "label": "allopurinol", "text": "Allopurinol is used in gout.", "version": "7"}\n'
        '{"id": "D2", "label": "gout", "text": "Gout is a form of arthritis. ``` It hurts."}\n'
        '{"id": "D4", "label": "urate", "text": "A salt that forms crystals in joints."}\n'
        '{"id": "D3", "label": "probenecid", "text": "Probenecid is used in gout too."}\n'
    )
    build_index([str(folder / "facts.jsonl")], str(folder / "index"))
    return str(folder / "index")


def test_what_was_found_is_shown_and_kept_as_evidence(hold: Hold, index: str) -> None:
    held = hold("grounded", [LOOK_UP, END], index=index)
    assert held.steps == [
        ("self_talk", "What is it for?"),
        ("lookup", "allopurinol"),
        ("observation", "Allopurinol is used in gout."),
        ("recall", "Allopurinol is used in gout."),
    ]
    assert isinstance(held.end, Thoughts)
    (evidence,) = held.end.steps[2].evidence
    assert (evidence.entry, evidence.quote, evidence.version) == ("D1", "Allopurinol is used in gout.", "7")
    assert "[1] Allopurinol is used in gout." in held.prompts[1]
    assert "Look-ups left: 6" in held.prompts[1]


def test_the_conversation_grows_by_a_turn_each_time(hold: Hold, index: str) -> None:
    held = hold("grounded", [LOOK_UP, "<lookup>gout</lookup>", END], index=index)
    first, second, third = (ask.messages for ask in held.asked)
    assert second[: len(first)] == first
    assert third[: len(second)] == second
    assert [message.role for message in third[len(first) :]] == ["assistant", "user", "assistant", "user"]


def test_what_was_found_stays_inside_its_fence(hold: Hold, index: str) -> None:
    held = hold("grounded", ["<lookup>gout</lookup>", END], index=index)
    assert "\n````\n" in held.prompts[1]


def test_a_quote_that_does_not_name_its_subject_is_shown_with_it(hold: Hold, index: str) -> None:
    held = hold("grounded", ["<lookup>urate</lookup>", END], index=index)
    assert held.steps[1] == ("observation", "urate: A salt that forms crystals in joints.")
    assert isinstance(held.end, Thoughts)
    assert held.end.steps[1].evidence[0].quote == "A salt that forms crystals in joints."


def test_finding_nothing_is_said_and_leaves_no_observation(hold: Hold, index: str) -> None:
    held = hold("grounded", ["<lookup>zzz</lookup>", END], index=index)
    assert "nothing" in held.prompts[1].lower()
    assert [kind for kind, _ in held.steps] == ["lookup", "recall"]


def test_a_thought_without_a_look_up_is_one_turn(hold: Hold, index: str) -> None:
    held = hold("grounded", [END], index=index)
    assert held.steps == [("recall", "Allopurinol is used in gout.")]


def test_the_same_look_up_again_ends_the_search(hold: Hold, index: str) -> None:
    held = hold("grounded", [LOOK_UP, "<lookup> Allopurinol</lookup>", END], index=index)
    assert [kind for kind, _ in held.steps] == ["self_talk", "lookup", "observation", "recall"]
    assert "Nothing more can be looked up" in held.prompts[2]


def test_no_more_look_ups_than_allowed(hold: Hold, index: str) -> None:
    held = hold("grounded", [LOOK_UP, "<lookup>gout</lookup>", END], index=index, lookups=1)
    assert "Look-ups left: 0" in held.prompts[1]
    assert "Nothing more can be looked up" in held.prompts[2]
    assert [kind for kind, _ in held.steps] == ["self_talk", "lookup", "observation", "recall"]


def test_a_model_that_only_looks_up_has_no_thought(hold: Hold, index: str) -> None:
    replies = ["<lookup>gout</lookup>", "<lookup>gout</lookup>", "<lookup>gout</lookup>"]
    end = hold("grounded", replies, index=index).end
    assert isinstance(end, Failed)
    assert end.kind == "no_end"
    assert len(end.replies) == 3


@pytest.mark.parametrize(
    "bad",
    [
        "no tags",
        "<lookup>gout</lookup>\n<recall>It hurts.</recall>",
        "<lookup>a</lookup><lookup>b</lookup>",
        Reply("<recall>It is", finish="length", output_tokens=3),
    ],
    ids=["untagged", "look-up not last", "two look-ups", "cut off"],
)
def test_a_turn_that_cannot_be_read_is_asked_for_once_again(hold: Hold, index: str, bad: str | Reply) -> None:
    held = hold("grounded", [bad, END], index=index)
    assert isinstance(held.end, Thoughts)
    assert held.end.repaired
    assert "could not be read" in held.prompts[1]
    end = hold("grounded", [bad, bad], index=index).end
    assert isinstance(end, Failed)
    assert (end.kind, len(end.replies)) == ("malformed", 2)


def test_an_engine_that_fails_midway_keeps_what_was_paid_for(hold: Hold, index: str) -> None:
    end = hold("grounded", [LOOK_UP, Failed("request_failed", "gone")], index=index).end
    assert isinstance(end, Failed)
    assert (end.kind, len(end.replies), end.raw) == ("request_failed", 1, LOOK_UP)


def test_the_index_shapes_what_is_written(index: str) -> None:
    assert grounded.shaped_by(grounded.config(index=index))["index"]


@pytest.mark.parametrize("folder", ["", "nowhere"])
def test_an_index_that_is_not_there_is_refused_with_the_command_that_makes_one(folder: str) -> None:
    with pytest.raises(UserError, match="thinkaug index"):
        grounded.shaped_by(grounded.config(index=folder))
