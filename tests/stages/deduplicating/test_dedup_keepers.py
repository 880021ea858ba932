"""Which of several stays, and that it is the same one however rows come."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkaug.errors import UserError
from thinkaug.records import Document, Draft, Passage, Worth, content_id
from thinkaug.settings import read_config
from thinkaug.stage import Dropped, Kept, Services, Shard
from thinkaug.stages.dedup import dedup
from thinkaug.templates import Templates

Settle = Callable[..., list[Any]]
MakeDraft = Callable[..., Draft]

WORDS = [f"word{number}" for number in range(200)]
LONG = " ".join(WORDS)
DOSE = (
    "Gout is treated at first with rest and cold packs, and then, where the kidneys allow it, with colchicine. "
    "The patient should drink enough and leave out beer for a while. The dose is {} mg a day, split in two. "
    "After two weeks the uric acid is measured again, and the treatment is changed where it is still too high."
)


def documents(*texts: str) -> list[Document]:
    return [Document(content_id(text), text) for text in texts]


def stays(outcomes: list[Any]) -> list[str]:
    rows: list[Any] = [outcome.row for outcome in outcomes if isinstance(outcome, Kept)]
    return [row.passage.text if isinstance(row, Draft) else row.text for row in rows]


@pytest.mark.parametrize("last", [0, 1])
def test_the_longest_stays_wherever_it_stands(settle: Settle, last: int) -> None:
    rows = documents(LONG, f"{LONG} and more")
    rows = [rows[1 - last], rows[last]]
    assert stays(settle(dedup, rows, guard="off")) == [f"{LONG} and more"]
    assert stays(settle(dedup, rows, guard="off", keeper="first")) == [rows[0].text]


def test_of_equal_ones_the_smaller_id_stays(settle: Settle) -> None:
    rows = documents("Gout hurts.", "gout hurts.", "GOUT HURTS.")
    for order in (rows, rows[::-1]):
        assert stays(settle(dedup, order)) == [min(rows, key=lambda row: row.id).text]


def test_the_best_scored_stays(settle: Settle, draft: MakeDraft) -> None:
    def scored(text: str, gain: float, reward: float | None = None) -> Draft:
        row = draft(text, {0: f"{LONG} {text}"})
        worth = Worth("scripted", 9, gain)
        return replace(row, generations=(replace(row.generations[0], worth=worth, reward=reward),))

    rows = [
        scored("One.", 0.1),
        scored("Two.", 0.9),
        scored("Three, the longest of all.", 0.4),
        draft("Four.", {0: LONG}),
    ]
    outcomes = settle(dedup, rows, on="thoughts", keeper="best")
    assert stays(outcomes) == ["Two."]
    rows[0] = scored("One.", 0.1, reward=2.0)  # chosen by reward: that counts for more than any gain
    outcomes = settle(dedup, rows, on="thoughts", keeper="best")
    assert stays(outcomes) == ["One."]


def test_the_best_of_none_is_refused(settle: Settle, draft: MakeDraft) -> None:
    with pytest.raises(UserError, match="no row has a score; put score"):
        settle(dedup, [draft("One.", {0: "A thought."})], on="thoughts", keeper="best")
    assert "put it after score" in dedup.refuses(read_config(dedup.config, {"keeper": "best"}, ""), Passage)
    assert "gain" in dedup.needs(read_config(dedup.config, {"keeper": "best"}, ""))


# The guard.


def test_another_dose_is_no_duplicate(settle: Settle) -> None:
    rows = documents(DOSE.format(1), DOSE.format(50))
    outcomes = settle(dedup, rows, threshold=0.7)
    assert stays(outcomes) == [row.text for row in rows]
    spared = [outcome for outcome in outcomes if outcome.tally]
    assert [outcome.tally for outcome in spared] == [{"kept_for_facts": 1}]
    (note,) = spared[0].notes
    assert note["beside"] in {row.id for row in rows} - {spared[0].row.id}
    assert {"1", "50"} & set(" ".join(note["words"]).split())
    assert 0.7 <= note["similarity"] < 1
    assert len(stays(settle(dedup, rows, threshold=0.7, guard="off"))) == 1


def test_the_one_that_states_more_stays_though_another_is_longer(settle: Settle) -> None:
    more = DOSE.format(1)
    less = more.replace("The dose is 1 mg a day, split in two. ", "") + " The patient and the kidneys allow it." * 2
    rows = documents(less, more)
    assert len(less) > len(more)
    assert stays(settle(dedup, rows, threshold=0.5)) == [more]
    assert stays(settle(dedup, rows, threshold=0.5, guard="off")) == [less]


def test_what_states_less_goes(settle: Settle) -> None:
    more = DOSE.format(1)
    rows = documents(more.replace(", split in two", ""), more)
    assert stays(settle(dedup, rows, threshold=0.5, keeper="first")) == [more]


# However rows come.

EDITS = st.lists(st.lists(st.sampled_from(range(0, 200, 9)), max_size=6), min_size=2, max_size=14)


@settings(max_examples=25, deadline=None)
@given(EDITS, st.randoms(use_true_random=False), st.integers(1, 4), st.sampled_from(["off", "entities"]))
def test_order_and_shards_make_no_difference(
    settle: Settle, edits: list[list[int]], random: Any, count: int, guard: str
) -> None:
    texts = [" ".join(f"other{n}" if n in places else word for n, word in enumerate(WORDS)) for places in edits]
    rows = documents(*dict.fromkeys(texts))
    wanted = settle(dedup, rows, threshold=0.6, guard=guard)
    shuffled = random.sample(rows, len(rows))
    shards = [shuffled[place::count] for place in range(count)]
    found = settle(dedup, *shards, threshold=0.6, guard=guard, memory_mb=1)
    assert fates(found) == fates(wanted)


def fates(outcomes: list[Any]) -> dict[str, Any]:
    return {outcome.row.id: (type(outcome), outcome.tally, outcome.notes) for outcome in outcomes}


def test_a_tiny_memory_changes_nothing() -> None:
    rows = documents(*(f"{LONG} {number % 700} {number}" for number in range(3000)))  # 1.3 MB of signatures
    wanted = None
    for memory_mb in (1, 4096):
        config: Any = read_config(dedup.config, {"memory_mb": memory_mb, "guard": "off"}, "")
        shard = Shard("0", partial(iter, rows))
        work = dedup.start(config, Services(Templates(), {}), [shard])
        found = fates(list(work(shard)))
        assert wanted is None or found == wanted
        wanted = found
    assert sum(kind is Dropped for kind, _, _ in found.values()) == 2999


# Variants.


def test_drafts_of_one_passage_are_variants_not_duplicates(settle: Settle, draft: MakeDraft) -> None:
    one, other = draft("One text.", {0: LONG}), draft("One text.", {0: f"{LONG} more"})
    elsewhere = draft("Another.", {0: f"{LONG} again"})
    for on in ("thoughts", "both", "rendered"):
        kept = [type(outcome) for outcome in settle(dedup, [one, other], on=on, guard="off", threshold=0.5)]
        assert kept == [Kept, Kept], on
    assert [type(outcome) for outcome in settle(dedup, [one, other], on="text")] == [Kept, Dropped]
    outcomes = settle(dedup, [one, other, elsewhere], on="thoughts", keeper="first")
    assert [type(outcome) for outcome in outcomes] == [Kept, Kept, Dropped]


@pytest.mark.parametrize(("on", "fate"), [("text", Dropped), ("both", Kept), ("rendered", Kept), ("thoughts", Kept)])
def test_what_is_compared(settle: Settle, draft: MakeDraft, on: str, fate: type) -> None:
    rows = [draft("One text.", {0: "A thought."}), replace(draft("one TEXT.", {0: "Quite another idea."}))]
    assert type(settle(dedup, rows, on=on, keeper="first")[1]) is fate


@pytest.mark.parametrize("on", ["both", "rendered"])
def test_text_and_thoughts_together_are_compared(settle: Settle, draft: MakeDraft, on: str) -> None:
    rows = [draft("One text.", {0: "A thought."}), draft("one TEXT.", {0: "a THOUGHT."})]
    assert [type(outcome) for outcome in settle(dedup, rows, on=on, keeper="first")] == [Kept, Dropped]
    assert "put it after generate" in dedup.refuses(read_config(dedup.config, {"on": on}, ""), Document)


# Settings.


def test_more_bands_than_permutations_are_refused(settle: Settle) -> None:
    with pytest.raises(UserError, match="20 of 8 rows take 160 permutations, and there are 112"):
        settle(dedup, documents("One."), bands=20, rows=8)


@pytest.mark.parametrize(
    ("given", "said"),
    [({"bands": 7}, "7 bands of 16"), ({"rows": 4}, "28 bands of 4"), ({"bands": 5, "rows": 3}, "5 bands of 3")],
)
def test_bands_and_rows_are_as_they_are_said(given: dict[str, int], said: str) -> None:
    notes: list[str] = []
    dedup.start(read_config(dedup.config, given, ""), Services(Templates(), {}, notes.append), [])
    assert said in notes[0]
    assert "threshold" in notes[0]


# Hostile texts.


@pytest.mark.parametrize(
    "text",
    [
        "word",
        "a" * 300_000,
        "中文没有空格的句子也是一个句子。" * 4,
        "مرحبا بالعالم هذا نص من اليمين إلى اليسار",
        "👩‍⚕️🏽👨‍👩‍👧‍👦" * 20,
        "\u0301\u0302\u0327",
        "\u202eabc\u202c",
        "\x00\x01 word",
        "…!?",
    ],
)
def test_a_hostile_text_twice_stays_once(settle: Settle, text: str) -> None:
    rows = [Document("a", text), Document("b", f" {text}\n"), Document("c", "Another thing altogether, of some words.")]
    assert [type(outcome) for outcome in settle(dedup, rows)] == [Kept, Dropped, Kept]


def test_blank_and_empty_texts_stay(settle: Settle) -> None:
    rows = [Document(str(place), text) for place, text in enumerate(["", "", " ", "\u2028"])]
    assert [type(outcome) for outcome in settle(dedup, rows)] == [Kept] * 4


@pytest.mark.parametrize("verify", ["exact", "estimate"])
def test_wordless_texts_are_never_near(settle: Settle, verify: str) -> None:
    rows = documents("…", "!?", "🙂🙂", "\u0301")
    assert [type(outcome) for outcome in settle(dedup, rows, verify=verify, threshold=0.5, guard="off")] == [Kept] * 4


def test_one_corpus_twice_stays_once(settle: Settle) -> None:
    rows = documents(*(f"Text {number} about number {number}." for number in range(50)))
    again = [replace(row, id=f"again-{row.id}") for row in rows]
    outcomes = settle(dedup, rows, again, threshold=0.9)
    assert [type(outcome) for outcome in outcomes].count(Kept) == 50


def test_no_rows_are_no_trouble(settle: Settle) -> None:
    assert settle(dedup, [], []) == []
