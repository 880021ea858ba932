"""prune: what is wrong, unproved, leaked or worth nothing goes with its reason; what is left is chosen among."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import groupby
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkaug.engines.scripted import Scripted
from thinkaug.errors import UserError
from thinkaug.measures.certainty import certainty
from thinkaug.records import STEP_KINDS, VERDICTS, Claim, Draft, Evidence, Generation, Kind, Thought, Verdict, Worth
from thinkaug.settings import read_config
from thinkaug.stages.prune import prune
from thinkaug.stages.pruning.hedging import OPENINGS

Settle = Callable[..., list[Any]]
MakeDraft = Callable[..., Draft]

TEXT = "Gout hurts. Allopurinol lowers urate."


def no_model(request: object) -> str:
    raise AssertionError("a model was asked")


IDLE = Scripted(no_model)


def claim(verdict: Verdict, text: str = "", **fields: Any) -> Claim:
    quote = (Evidence("DB1", "Allopurinol is used in gout."),) if verdict != "unknown" else ()
    given = {"subject": "DB1", "relation": "used_in", "object": "DOID:1", "judge": "facts", "evidence": quote, **fields}
    return Claim(text, verdict, **given)


def step(kind: Kind, text: str, *claims: Claim, cut: int = 0, candidate: int = 0, **fields: Any) -> Thought:
    claims = tuple(replace(each, text=each.text or text) for each in claims)
    return Thought(cut, candidate, kind, text, claims=claims, **fields)


RIGHT = step("recall", "Allopurinol is used in gout.", claim("supported"))
WRONG = step("recall", "Allopurinol is used in asthma.", claim("contradicted", object="DOID:2"))
UNPROVED = step("recall", "Allopurinol is made in Basel.", claim("unknown", object="", reason="unknown_object"))
QUESTION = step("self_talk", "What is allopurinol for?")
CHECK = step("verification", "So the indication holds.")


def worth(gain: float, **fields: Any) -> Worth:
    return Worth("scorer", **{"target_tokens": 4, "gain": gain, "mismatched": 0.0, "containment": 0.0, **fields})


def build(draft: MakeDraft, *candidates: list[Thought], worths: Mapping[int, Worth | None] | None = None) -> Draft:
    """A draft of one stretch with these candidates."""
    thoughts = [replace(step, candidate=number) for number, steps in enumerate(candidates) for step in steps]
    made = (Generation(0, n, 7, "stop", 1, 1, worth=(worths or {}).get(n)) for n in range(len(candidates)))
    return replace(draft(TEXT, {0: ""}), thoughts=tuple(thoughts), generations=tuple(made))


def pruned(settle: Settle, row: Draft, **options: Any) -> tuple[Draft, Mapping[str, int]]:
    (outcome,) = settle(prune, [row], writer=IDLE, **options)
    return outcome.rows[0], outcome.tally


def drops(row: Draft) -> list[list[str]]:
    """The reasons of the steps, candidate by candidate."""
    return [[t.drop for t in steps] for _, steps in groupby(row.thoughts, key=lambda t: (t.cut, t.candidate))]


# Contradicted steps.


def test_a_contradicted_step_goes_and_the_others_stay(settle: Settle, draft: MakeDraft) -> None:
    row, tally = pruned(settle, build(draft, [QUESTION, RIGHT, WRONG]))
    assert drops(row) == [["", "", "contradicted"]]
    assert (tally["contradicted_before"], tally["contradicted_after"], tally["dropped_contradicted"]) == (1, 0, 1)
    assert (tally["supported_before"], tally["supported_after"]) == (1, 1)


def test_a_step_that_is_partly_right_goes_as_a_whole(settle: Settle, draft: MakeDraft) -> None:
    both = replace(WRONG, claims=(*RIGHT.claims, *WRONG.claims))
    row, _ = pruned(settle, build(draft, [RIGHT, both]))
    assert drops(row) == [["", "contradicted"]]


def test_a_check_of_what_is_gone_goes_too(settle: Settle, draft: MakeDraft) -> None:
    row, tally = pruned(settle, build(draft, [RIGHT, WRONG, RIGHT, CHECK, QUESTION, RIGHT, CHECK]))
    assert drops(row) == [["", "contradicted", "", "leans_on_dropped", "", "", "leans_on_dropped"]]
    assert tally["dropped_leans_on_dropped"] == 2


def test_a_check_that_closed_before_the_mistake_stays(settle: Settle, draft: MakeDraft) -> None:
    row, _ = pruned(settle, build(draft, [RIGHT, CHECK, WRONG]))
    assert drops(row) == [["", "", "contradicted"]]


def test_a_check_whose_claims_are_supported_stands_by_itself_and_closes(settle: Settle, draft: MakeDraft) -> None:
    sure = replace(CHECK, claims=RIGHT.claims)
    row, _ = pruned(settle, build(draft, [WRONG, sure, RIGHT, CHECK]))
    assert drops(row) == [["contradicted", "", "", ""]]


def test_a_later_step_about_the_same_two_things_goes_too(settle: Settle, draft: MakeDraft) -> None:
    same = step("self_talk", "Asthma, then: allopurinol.", claim("unknown", subject="DOID:2", object="DB1"))
    other = step("self_talk", "Colchicine as well.", claim("unknown", subject="DB2", object="DOID:2"))
    row, _ = pruned(settle, build(draft, [RIGHT, WRONG, same, other]))
    assert drops(row) == [["", "contradicted", "leans_on_dropped", ""]]


def test_what_was_right_about_a_step_that_is_gone_takes_nothing_with_it(settle: Settle, draft: MakeDraft) -> None:
    both = replace(WRONG, claims=(*RIGHT.claims, *WRONG.claims))
    about = step("self_talk", "Allopurinol and gout.", claim("unknown", object="DOID:1"))
    assert drops(pruned(settle, build(draft, [both, about, RIGHT]))[0]) == [["contradicted", "", ""]]


def test_a_supported_step_about_the_same_two_things_stays(settle: Settle, draft: MakeDraft) -> None:
    wrong = replace(RIGHT, claims=(claim("contradicted", qualifier="curative"),))
    row, _ = pruned(settle, build(draft, [wrong, RIGHT]))
    assert drops(row) == [["contradicted", ""]]


def test_a_question_whose_answer_is_gone_leads_nowhere(settle: Settle, draft: MakeDraft) -> None:
    row, tally = pruned(settle, build(draft, [QUESTION, WRONG]))
    assert drops(row) == [["nothing_left", "contradicted"]]
    assert (tally["raw"], tally["stretches"], tally["raw_stretches"]) == (1, 1, 1)


def test_a_question_that_never_had_an_answer_stays(settle: Settle, draft: MakeDraft) -> None:
    assert drops(pruned(settle, build(draft, [QUESTION]))[0]) == [[""]]


def test_the_candidate_goes_where_that_is_the_policy(settle: Settle, draft: MakeDraft) -> None:
    row, _ = pruned(settle, build(draft, [QUESTION, WRONG, RIGHT], [RIGHT]), contradicted="drop_candidate")
    assert drops(row) == [["candidate_contradicted", "contradicted", "candidate_contradicted"], [""]]


def test_what_is_to_be_kept_is_kept(settle: Settle, draft: MakeDraft) -> None:
    row, tally = pruned(settle, build(draft, [WRONG, CHECK]), contradicted="keep")
    assert drops(row) == [["", ""]]
    assert tally["contradicted_after"] == 1


def test_a_search_stays_or_goes_with_its_candidate(settle: Settle, draft: MakeDraft) -> None:
    search = [step("lookup", "allopurinol", claim("contradicted")), step("observation", "Allopurinol: gout.")]
    assert drops(pruned(settle, build(draft, [*search, RIGHT]))[0]) == [["", "", ""]]
    assert drops(pruned(settle, build(draft, [*search, WRONG]))[0]) == [
        ["nothing_left", "nothing_left", "contradicted"]
    ]


def test_when_all_candidates_are_wrong_the_passage_goes_out_as_raw_text(
    settle: Settle, packing: Callable[..., Any], draft: MakeDraft
) -> None:
    row, tally = pruned(settle, build(draft, [WRONG], [QUESTION, WRONG], [WRONG, CHECK]))
    assert all(thought.drop for thought in row.thoughts)
    assert tally["raw"] == 1
    assert [sample.text for sample in packing([row]).samples] == [TEXT]


# What nothing could decide.


def test_what_is_not_proved_stays_unless_asked_for(settle: Settle, draft: MakeDraft) -> None:
    assert drops(pruned(settle, build(draft, [UNPROVED]))[0]) == [[""]]


def test_an_unproved_step_goes_with_its_check(settle: Settle, draft: MakeDraft) -> None:
    row, tally = pruned(settle, build(draft, [RIGHT, UNPROVED, CHECK]), unsupported="drop")
    assert drops(row) == [["", "unsupported", "leans_on_dropped"]]
    assert (tally["unknown_before"], tally["unknown_after"], tally["dropped_unsupported"]) == (1, 0, 1)


@pytest.mark.parametrize(
    "doubted",
    [
        "Perhaps allopurinol is made in Basel.",
        "Allopurinol is probably made in Basel.",
        "I think that allopurinol is made in Basel.",
        "I am not sure, but allopurinol is made in Basel.",
        "Is allopurinol made in Basel?",
    ],
)
@pytest.mark.parametrize("policy", ["drop", "hedge"])
def test_a_step_with_a_word_of_doubt_is_left_alone(settle: Settle, draft: MakeDraft, doubted: str, policy: str) -> None:
    unproved = replace(UNPROVED, text=doubted, claims=(claim("unknown", "allopurinol is made in Basel"),))
    row, _ = pruned(settle, build(draft, [unproved]), unsupported=policy)
    assert row.thoughts == (unproved,)


def test_a_word_of_doubt_in_another_sentence_does_not_help(settle: Settle, draft: MakeDraft) -> None:
    unproved = replace(UNPROVED, text=f"Perhaps it rains. {UNPROVED.text}")
    row, _ = pruned(settle, build(draft, [RIGHT, unproved]), unsupported="drop")
    assert drops(row) == [["", "unsupported"]]


def test_a_hedged_step_has_a_word_of_doubt_and_keeps_what_was_written(settle: Settle, draft: MakeDraft) -> None:
    scored = replace(UNPROVED, gain=0.5, gain_alone=0.4)
    row, tally = pruned(settle, build(draft, [RIGHT, scored, CHECK]), unsupported="hedge")
    hedged = row.thoughts[1]
    assert drops(row) == [["", "", ""]]
    assert hedged.text.endswith(", Allopurinol is made in Basel.") or hedged.text.endswith(
        "but Allopurinol is made in Basel."
    )
    assert (hedged.written, hedged.gain, hedged.gain_alone) == (UNPROVED.text, None, None)
    assert hedged.claims[0].text == hedged.text
    assert (tally["hedged"], tally["unknown_after"]) == (1, 1)
    again, tally = pruned(settle, row, unsupported="hedge")
    assert again == row
    assert tally["hedged"] == 0


def test_only_the_sentence_that_is_not_proved_is_hedged(settle: Settle, draft: MakeDraft) -> None:
    text = "Allopurinol is used in gout. The tablets are made in Basel. They are white."
    unproved = step(
        "recall", text, claim("supported", "Allopurinol is used in gout."), claim("unknown", "made in Basel")
    )
    row, _ = pruned(settle, build(draft, [unproved]), unsupported="hedge")
    first, rest = row.thoughts[0].text.split(". ", 1)
    assert first == "Allopurinol is used in gout"
    assert rest.endswith(" the tablets are made in Basel. They are white.")
    assert not rest.startswith("The")


@pytest.mark.parametrize(
    ("language", "text", "hedged"),
    [
        ("en", "Allopurinol: Basel.", True),
        ("en-GB", "Allopurinol: Basel.", True),
        ("de", "Allopurinol wird in Basel hergestellt.", False),
        ("", "Allopurinol wird in Basel hergestellt.", False),
        ("", "Allopurinol is made in Basel.", True),
        ("", "アロプリノールはバーゼルで作られる。", False),
    ],
)
def test_what_cannot_be_hedged_goes(settle: Settle, draft: MakeDraft, language: str, text: str, hedged: bool) -> None:
    row = build(draft, [RIGHT, replace(UNPROVED, text=text, claims=(claim("unknown", text),))])
    row = replace(row, passage=replace(row.passage, language=language))
    found, _ = pruned(settle, row, unsupported="hedge")
    assert drops(found) == [["", "" if hedged else "unsupported"]]
    assert (found.thoughts[1].text != text) == hedged


@pytest.mark.parametrize("opening", OPENINGS)
def test_every_word_of_doubt_is_known_as_one(opening: str) -> None:
    assert certainty(f"{opening}allopurinol is made in Basel.") == "hedged"


# Choosing.


def test_the_first_that_stands_goes_on(settle: Settle, draft: MakeDraft) -> None:
    row, _ = pruned(settle, build(draft, [WRONG], [RIGHT], [RIGHT]))
    assert drops(row) == [["contradicted"], [""], ["not_chosen"]]


def test_several_go_on_where_several_are_wanted(settle: Settle, draft: MakeDraft) -> None:
    row, _ = pruned(settle, build(draft, [RIGHT], [WRONG], [RIGHT], [RIGHT]), keep=2)
    assert drops(row) == [[""], ["contradicted"], [""], ["not_chosen"]]


def test_the_best_reward_goes_on_and_is_stored(settle: Settle, draft: MakeDraft) -> None:
    worths = {0: worth(0.9, mismatched=0.8), 1: worth(0.6), 2: worth(0.7, containment=0.5)}
    row, _ = pruned(settle, build(draft, [RIGHT], [RIGHT], [RIGHT], worths=worths), choose="reward")
    assert drops(row) == [["not_chosen"], [""], ["not_chosen"]]
    assert [g.reward for g in row.generations] == pytest.approx([1.1, 1.6, 0.7 + 1 - 2])


def test_weights_say_what_the_reward_minds(settle: Settle, draft: MakeDraft) -> None:
    row = build(draft, [QUESTION], [RIGHT], worths={0: worth(0.9), 1: worth(0.1)})
    assert drops(pruned(settle, row, choose="reward")[0]) == [["not_chosen"], [""]]
    assert drops(pruned(settle, row, choose="reward", weights={"knowledge": 0})[0]) == [[""], ["not_chosen"]]


def test_what_a_dropped_step_gave_is_taken_off_the_gain(settle: Settle, draft: MakeDraft) -> None:
    wrong = replace(WRONG, gain=0.6, gain_alone=0.6)
    row = build(draft, [RIGHT, wrong], [RIGHT], worths={0: worth(0.9), 1: worth(0.5)})
    found, tally = pruned(settle, row, choose="reward")
    assert drops(found) == [["not_chosen", "contradicted"], [""]]
    assert (tally["gain_millinats_before"], tally["target_tokens_before"]) == (5600, 8)
    assert (tally["gain_millinats_after"], tally["target_tokens_after"]) == (2000, 4)


def test_em_draws_in_proportion_and_the_same_each_time(settle: Settle, draft: MakeDraft) -> None:
    rows = []
    for number in range(200):
        row = build(draft, [RIGHT], [RIGHT], [RIGHT])
        weights = (0.0, 1.0986, None)
        generations = (replace(g, log_weight=w) for g, w in zip(row.generations, weights, strict=True))
        rows.append(replace(row, passage=replace(row.passage, id=f"{number:032x}"), generations=tuple(generations)))
    first, again = (settle(prune, rows, writer=IDLE, choose="em") for _ in range(2))
    assert [outcome.rows for outcome in first] == [outcome.rows for outcome in again]
    standing = Counter(t.candidate for outcome in first for t in outcome.rows[0].thoughts if not t.drop)
    assert sorted(standing) == [0, 1]
    assert 125 < standing[1] < 175
    assert {outcome.rows[0].thoughts[2].drop for outcome in first} == {"not_weighed"}


def test_a_candidate_that_was_not_scored_has_no_reward(settle: Settle, draft: MakeDraft) -> None:
    worths = {0: None, 1: worth(float("nan")), 2: worth(0.1)}
    row, _ = pruned(settle, build(draft, [RIGHT], [RIGHT], [RIGHT], worths=worths), choose="reward")
    assert drops(row) == [["not_scored"], ["not_scored"], [""]]


# Limits and worth.


@pytest.mark.parametrize("share", ["containment", "named_first"])
def test_a_leak_goes(settle: Settle, draft: MakeDraft, share: str) -> None:
    worths = {0: worth(5.0, **{share: 0.6}), 1: worth(0.1, **{share: 0.3}), 2: worth(0.1, **{share: None})}
    row = build(draft, [RIGHT], [RIGHT], [RIGHT], worths=worths)
    found, tally = pruned(settle, row, limits={f"most_{share}": 0.5}, keep=3)
    assert drops(found) == [["leak"], [""], [""]]
    assert tally["dropped_leak"] == 1
    assert drops(pruned(settle, row, limits={f"most_{share}": 0.6}, keep=3)[0]) == [[""], [""], [""]]


def test_a_reward_that_is_too_low_goes(settle: Settle, draft: MakeDraft) -> None:
    row = build(draft, [RIGHT], [RIGHT], worths={0: worth(0.1), 1: worth(0.5)})
    assert drops(pruned(settle, row, limits={"least_reward": 1.2})[0]) == [["low_reward"], [""]]


@pytest.mark.parametrize(
    ("gain", "mismatched", "stays"),
    [
        (0.1, 0.0, True),
        (0.1, 0.1, False),
        (0.1, 0.3, False),
        (-0.1, None, False),
        (0.1, None, True),
        (0.0, None, False),
    ],
)
def test_a_passage_is_never_worse_than_raw(
    settle: Settle, draft: MakeDraft, gain: float, mismatched: float | None, stays: bool
) -> None:
    row = build(draft, [QUESTION, RIGHT], worths={0: worth(gain, mismatched=mismatched)})
    found, tally = pruned(settle, row)
    assert drops(found) == [["", ""] if stays else ["no_worth", "no_worth"]]
    assert tally["raw"] == (not stays)
    assert drops(pruned(settle, row, worthless="keep")[0]) == [["", ""]]


def test_a_candidate_of_worth_goes_on_though_it_is_not_the_first(settle: Settle, draft: MakeDraft) -> None:
    row = build(draft, [RIGHT], [RIGHT], worths={0: worth(-0.5), 1: worth(0.5)})
    assert drops(pruned(settle, row)[0]) == [["no_worth"], [""]]


def test_a_step_that_carries_nothing_goes(settle: Settle, draft: MakeDraft) -> None:
    idle = replace(QUESTION, gain=0.001, gain_alone=-0.002)
    carries = replace(RIGHT, gain=0.5, gain_alone=0.5)
    row = build(draft, [idle, carries], worths={0: worth(0.5)})
    found, tally = pruned(settle, row, limits={"least_alone": 0.01})
    assert drops(found) == [["carries_nothing", ""]]
    assert tally["dropped_carries_nothing"] == 1
    assert drops(pruned(settle, row)[0]) == [["", ""]]


def test_of_two_steps_that_say_the_same_one_stays(settle: Settle, draft: MakeDraft) -> None:
    first, second = replace(RIGHT, gain=0.5, gain_alone=0.0), replace(RIGHT, gain=0.0, gain_alone=0.0)
    row = build(draft, [first, second], worths={0: worth(0.5)})
    assert drops(pruned(settle, row, limits={"least_alone": 0.01})[0]) == [["", "carries_nothing"]]


def test_a_step_that_was_not_left_out_is_not_judged_by_it(settle: Settle, draft: MakeDraft) -> None:
    row = build(draft, [replace(RIGHT, gain=0.0)], worths={0: worth(0.5)})
    assert drops(pruned(settle, row, limits={"least_alone": 1.0})[0]) == [[""]]


# Settings.


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"contradicted": "drop"}, "contradicted"),
        ({"keep": 0}, "keep: input should be greater than or equal to 1"),
        ({"limits": {"most_contain": 0.1}}, "prune: limits: no limit 'most_contain'; did you mean 'most_containment'"),
        ({"limits": {"least_alone": float("nan")}}, "least_alone: nan is not a number"),
        ({"weights": {"leak": 1}}, "no setting 'leak'; did you mean 'leakage'"),
        ({"count_with": "judge"}, "no engine 'judge'"),
        ({"contradicted": "repair"}, "prune: index: a repair is verified before it may stay"),
    ],
)
def test_settings_that_cannot_work_are_refused(settle: Settle, wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        settle(prune, [], **wrong)


@pytest.mark.parametrize(
    ("options", "needed"),
    [
        ({}, {"claims"}),
        ({"contradicted": "keep"}, set()),
        ({"contradicted": "keep", "unsupported": "hedge"}, {"claims"}),
        ({"contradicted": "keep", "choose": "reward"}, {"claims", "gain"}),
        ({"contradicted": "keep", "choose": "reward", "weights": {"knowledge": 0}}, {"gain"}),
        ({"contradicted": "keep", "limits": {"most_containment": 0.5}}, {"gain"}),
        ({"contradicted": "keep", "limits": {"least_alone": 0.5}}, {"gain_alone"}),
        ({"contradicted": "keep", "choose": "em"}, {"log_weight"}),
    ],
)
def test_it_needs_what_its_settings_ask_for(options: dict[str, Any], needed: set[str]) -> None:
    assert set(prune.needs(read_config(prune.config, options, "prune"))) == needed


def test_only_a_repair_asks_a_model() -> None:
    assert prune.uses(read_config(prune.config, {}, "prune")) == {}
    assert prune.uses(read_config(prune.config, {"contradicted": "repair"}, "prune")) == {"writer": {"chat"}}


# Whatever comes in.

CLAIMS = st.builds(
    claim,
    st.sampled_from(VERDICTS),
    subject=st.sampled_from(["", "A:1"]),
    object=st.sampled_from(["", "B:1", "B:2"]),
)
GAINS = st.none() | st.floats(-2, 2)
STEPS = st.builds(
    Thought,
    st.sampled_from([0, 12]),
    st.integers(0, 2),
    st.sampled_from([*STEP_KINDS, "lookup", "observation", "prose"]),
    st.sampled_from(["It is so.", "Perhaps it is.", "", "Is it? The drug helps. It may not.", "Es ist so."]),
    drop=st.sampled_from(["", "", "", "loop"]),
    claims=st.lists(CLAIMS, max_size=2).map(tuple),
    gain=GAINS,
    gain_alone=GAINS,
)
WORTHS = st.none() | st.builds(
    worth,
    st.floats(-2, 2) | st.just(float("nan")),
    mismatched=GAINS,
    containment=st.none() | st.floats(0, 1),
    named_first=st.none() | st.floats(0, 1),
)
OPTIONS = st.fixed_dictionaries(
    {
        "contradicted": st.sampled_from(["drop_step", "drop_candidate", "keep"]),
        "unsupported": st.sampled_from(["keep", "drop", "hedge"]),
        "choose": st.sampled_from(["first", "em", "reward"]),
        "keep": st.integers(1, 2),
        "worthless": st.sampled_from(["raw", "keep"]),
        "limits": st.dictionaries(
            st.sampled_from(["least_alone", "most_containment", "most_named_first", "least_reward"]), st.floats(-1, 1)
        ),
    }
)


@settings(max_examples=300, deadline=None)
@given(st.lists(STEPS, max_size=10), st.lists(WORTHS, min_size=6, max_size=6), OPTIONS)
def test_nothing_changes_but_what_is_dropped_and_the_counts_are_those_of_the_rows(
    settle: Settle, draft: MakeDraft, steps: list[Thought], worths: list[Worth | None], options: dict[str, Any]
) -> None:
    keys = [(cut, number) for cut in (0, 12) for number in range(3)]
    generations = (
        Generation(*key, 7, "stop", 1, 1, worth=value, log_weight=-float(place) if place % 2 else None)
        for place, (key, value) in enumerate(zip(keys, worths, strict=True))
    )
    steps.sort(key=lambda thought: (thought.cut, thought.candidate))
    row = replace(draft(TEXT, {0: "", 12: ""}), thoughts=tuple(steps), generations=tuple(generations))
    found, tally = pruned(settle, row, **options)
    assert found.passage == row.passage
    assert len(found.thoughts) == len(row.thoughts)
    for old, new in zip(row.thoughts, found.thoughts, strict=True):
        same = replace(new, drop=old.drop, text=old.text, written=old.written, claims=old.claims)
        assert replace(same, gain=old.gain, gain_alone=old.gain_alone) == old
        assert new.drop == old.drop if old.drop else new.drop.replace("_", "").isalpha() or not new.drop
        assert (new.text == old.text) or (new.written == old.text and options["unsupported"] == "hedge")
    for when, thoughts in (("before", row.thoughts), ("after", found.thoughts)):
        standing = [thought for thought in thoughts if not thought.drop]
        verdicts = Counter(claim.verdict for thought in standing for claim in thought.claims)
        assert {name: tally[f"{name}_{when}"] for name in VERDICTS} == {name: verdicts[name] for name in VERDICTS}
        assert tally[f"thought_tokens_{when}"] == sum(len(thought.text.split()) for thought in standing)
        assert tally[f"recall_{when}"] == any(thought.kind == "recall" for thought in standing)
    reasons = Counter(n.drop for o, n in zip(row.thoughts, found.thoughts, strict=True) if n.drop and not o.drop)
    assert {k.removeprefix("dropped_"): v for k, v in tally.items() if k.startswith("dropped_")} == reasons
    thinking = {(t.cut, t.candidate) for t in found.thoughts if not t.drop and t.kind not in ("lookup", "observation")}
    assert max(Counter(cut for cut, _ in thinking).values(), default=0) <= options["keep"]
    assert tally["raw"] == (not thinking)
    assert tally["raw_stretches"] == 2 - len({cut for cut, _ in thinking})
    assert all(type(count) is int for count in tally.values())
    if options["contradicted"] != "keep":
        assert tally["contradicted_after"] == sum(
            c.verdict == "contradicted"
            for t in found.thoughts
            if not t.drop and t.kind in ("lookup", "observation")
            for c in t.claims
        )
