"""Thoughts that go to other documents, and steps in another order: nothing lost, nothing left where it was."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from itertools import groupby
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkaug.errors import UserError
from thinkaug.records import KINDS, Claim, Draft, Evidence, Generation, Passage, Thought
from thinkaug.rendering import Style, render, strip
from thinkaug.schema import from_batch, to_batch
from thinkaug.stage import Shard
from thinkaug.stages.packing.config import Control
from thinkaug.stages.packing.twisting import twist
from thinkaug.store import Folder

HOSTILE = [
    "",
    "x",
    "骨折",
    "שָׁלוֹם",
    "\U0001f469\u200d\U0001f52c",
    "e\u0301",
    "a\r\nb",
    "</thinking>",
    "<recall>",
    "<|im_start|>",
]


def draft(
    document: str, start: int, thoughts: Sequence[Thought], *, domain: str = "", model: str = "m", text: str = ""
) -> Draft:
    text = text or f"Text of {document} at {start}."
    cuts = tuple(sorted({thought.cut for thought in thoughts}))
    digest = sha256(text.encode()).hexdigest()
    passage = Passage(f"{document}-{start}", document, start, text, "", cuts, digest, domain=domain)
    return Draft(passage, "hidden_thought", model, tuple(thoughts), (Generation(0, 0, 7, "stop", 1, 1),))


def thoughts_of(document: str, start: int, *cuts: int, candidates: int = 1, steps: int = 2) -> list[Thought]:
    return [
        Thought(cut, candidate, KINDS[step % 3], f"{document}|{start}|{cut}|{candidate}|{step}")
        for cut in cuts
        for candidate in range(candidates)
        for step in range(steps)
    ]


def plain(documents: int, stretches: int = 2, domain: str = "") -> list[Draft]:
    return [
        draft(f"{domain}{number}", 0, thoughts_of(f"{domain}{number}", 0, *range(stretches)), domain=domain)
        for number in range(documents)
    ]


@st.composite
def corpora(draw: st.DrawFn) -> list[Draft]:
    """Drafts of a few documents; each thought says whose it is."""
    drafts = []
    for document in (f"d{number}" for number in range(draw(st.integers(1, 6)))):
        domain = draw(st.sampled_from(["", "law", "medicine"]))
        for start in range(draw(st.integers(1, 3))):
            text = draw(st.sampled_from(HOSTILE)) + "Expert text."
            thoughts = [
                Thought(
                    cut,
                    candidate,
                    draw(st.sampled_from(KINDS)),
                    f"{document}|{start}|{cut}|{candidate}|{step}|" + draw(st.sampled_from(HOSTILE)),
                    draw(st.sampled_from(["", "", "loop"])),
                    claims=(Claim("it holds", evidence=(Evidence("e", document),)),) * draw(st.integers(0, 1)),
                )
                for cut in sorted(draw(st.sets(st.integers(0, len(text)), max_size=3)))
                for candidate in range(draw(st.integers(0, 3)))
                for step in range(draw(st.integers(0, 3)))
            ]
            drafts.append(draft(document, start, thoughts, domain=domain, text=text))
    return drafts


def shards_of(drafts: Sequence[Draft], rows: int) -> list[Shard]:
    """So many rows a shard, in batches of two."""

    def shard(place: int) -> Shard:
        own = drafts[place : place + rows]
        batches = [to_batch(Draft, own[first : first + 2]) for first in range(0, len(own), 2)]
        return Shard(f"{place:05d}", lambda: iter(own), lambda: iter(batches))

    return [shard(place) for place in range(0, len(drafts), rows)]


def twisted(control: Control, drafts: Sequence[Draft], seed: int = 1, rows: int = 3) -> list[Draft]:
    shards = shards_of(drafts, rows)
    change = twist(control, shards, seed)
    found: list[Draft] = []
    for shard in shards:
        first_row = 0
        for batch in shard.batches():
            after = change(shard.unit, first_row, batch)
            assert after.schema == batch.schema
            after.validate(full=True)
            found += from_batch(Draft, after)
            first_row += batch.num_rows
    return found


def standing(item: Draft) -> dict[int, tuple[Thought, ...]]:
    """Cut -> the steps that stand there, all candidates."""
    steps = (thought for thought in item.thoughts if not thought.drop)
    return {cut: tuple(found) for cut, found in groupby(steps, key=lambda thought: thought.cut)}


def stretches(drafts: Sequence[Draft]) -> Iterator[tuple[Draft, int, tuple[Thought, ...]]]:
    return ((item, cut, steps) for item in drafts for cut, steps in standing(item).items())


def without_cut(steps: Sequence[Thought]) -> tuple[Thought, ...]:
    return tuple(replace(step, cut=0) for step in steps)


def writer_of(steps: Sequence[Thought]) -> str:
    (document,) = {step.text.partition("|")[0] for step in steps}
    return document


def most_of_one(drafts: Sequence[Draft]) -> int:
    return max(Counter(item.passage.document for item, _, _ in stretches(drafts)).values(), default=0)


@settings(max_examples=100, deadline=None)
@given(corpora(), st.integers(0, 3), st.sampled_from([1, 3, 100]))
def test_every_thought_goes_to_another_document_and_none_is_lost(drafts: list[Draft], seed: int, rows: int) -> None:
    count = sum(1 for _ in stretches(drafts))
    if 2 * most_of_one(drafts) > count:
        with pytest.raises(UserError, match=r"one document has \d+ of the \d+ stretches"):
            twisted("mismatched", drafts, seed, rows)
        return
    after = twisted("mismatched", drafts, seed, rows)
    assert [item.passage for item in after] == [item.passage for item in drafts]
    assert [replace(item, thoughts=()) for item in after] == [replace(item, thoughts=()) for item in drafts]
    assert Counter(without_cut(steps) for _, _, steps in stretches(after)) == Counter(
        without_cut(steps) for _, _, steps in stretches(drafts)
    )
    assert [(item.id, cut) for item, cut, _ in stretches(after)] == [
        (item.id, cut) for item, cut, _ in stretches(drafts)
    ]
    for item, _, steps in stretches(after):
        assert writer_of(steps) != item.passage.document
    for before, item in zip(drafts, after, strict=True):
        assert [step for step in item.thoughts if step.drop] == [step for step in before.thoughts if step.drop]
        places = [(step.cut, step.candidate) for step in item.thoughts]
        assert places == sorted(places)


@settings(max_examples=60, deadline=None)
@given(corpora(), st.sampled_from(["mismatched", "shuffled_steps"]))
def test_expert_text_is_untouched_and_all_thinking_is_shown_again(drafts: list[Draft], control: Control) -> None:
    if 2 * most_of_one(drafts) > sum(1 for _ in stretches(drafts)):
        return
    shown: list[Counter[tuple[str, str]]] = [Counter(), Counter()]
    for found, some in zip(shown, (drafts, twisted(control, drafts)), strict=True):
        for item in some:
            text, spans = render(item, Style())
            assert strip(text, spans) == item.passage.text
            found.update((s.kind, text[s.start : s.end]) for s in spans if s.kind not in ("text", "marker"))
    assert shown[0] == shown[1]


def test_a_domain_with_documents_enough_keeps_its_thoughts() -> None:
    drafts = [*plain(4, domain="law"), *plain(5, domain="medicine")]
    for item, _, steps in stretches(twisted("mismatched", drafts)):
        assert writer_of(steps).startswith(item.passage.domain)


def test_a_domain_of_one_document_borrows_from_the_smallest_that_suffices() -> None:
    drafts = [*plain(1, 3, domain="art"), *plain(4, 1, domain="law"), *plain(9, 2, domain="medicine")]
    crossed = {
        (item.passage.domain, writer_of(steps)[:3]) for item, _, steps in stretches(twisted("mismatched", drafts))
    }
    assert ("art", "law") in crossed
    assert ("law", "art") in crossed
    assert {writer for domain, writer in crossed if domain == "medicine"} == {"med"}


def test_two_domains_of_one_document_each_exchange_theirs() -> None:
    drafts = [*plain(1, domain="art"), *plain(1, domain="law"), *plain(2, domain="medicine")]
    crossed = {
        (item.passage.domain, writer_of(steps)[:3]) for item, _, steps in stretches(twisted("mismatched", drafts))
    }
    assert crossed == {("art", "law"), ("law", "art"), ("medicine", "med")}


def test_a_document_of_more_than_half_is_refused_and_one_of_half_is_not() -> None:
    half = [draft("big", 0, thoughts_of("big", 0, 0, 1)), *plain(2, 1)]
    assert all(writer_of(steps) != item.passage.document for item, _, steps in stretches(twisted("mismatched", half)))
    more = [draft("big", 0, thoughts_of("big", 0, 0, 1, 2)), *plain(2, 1)]
    with pytest.raises(UserError, match=r"control: mismatched: one document has 3 of the 5 stretches.*more documents"):
        twisted("mismatched", more)


def test_what_several_models_wrote_of_a_document_does_not_come_back_to_it() -> None:
    drafts = [replace(item, model=model) for model in ("m", "m+r1") for item in plain(3, 2)]
    assert all(writer_of(steps) != item.passage.document for item, _, steps in stretches(twisted("mismatched", drafts)))


def test_all_candidates_of_a_stretch_go_together() -> None:
    drafts = [draft(f"{n}", 0, thoughts_of(f"{n}", 0, 0, candidates=1 + n % 3)) for n in range(6)]
    after = twisted("mismatched", drafts)
    assert Counter(len({step.candidate for step in steps}) for _, _, steps in stretches(after)) == {1: 2, 2: 2, 3: 2}


@pytest.mark.parametrize("control", ["mismatched", "shuffled_steps"])
def test_the_seed_decides_and_nothing_else(control: Control) -> None:
    drafts = [draft(f"{n}", 0, thoughts_of(f"{n}", 0, 0, 3, candidates=2, steps=4)) for n in range(12)]
    assert twisted(control, drafts, seed=5) == twisted(control, drafts, seed=5, rows=1)
    assert twisted(control, drafts, seed=5) != twisted(control, drafts, seed=6)
    # Nor does the order in which the documents come.
    assert twisted(control, drafts, seed=5) == sorted(twisted(control, drafts[::-1], seed=5), key=drafts_key(drafts))


def drafts_key(drafts: Sequence[Draft]):  # type: ignore[no-untyped-def]
    order = [item.id for item in drafts]
    return lambda item: order.index(item.id)


def test_rows_that_are_left_out_give_nothing_and_get_nothing() -> None:
    drafts = [*plain(4, 1), *plain(1, 1)]
    (shard,) = shards_of(drafts, 10)
    change = twist("mismatched", [shard], 1, {shard.unit: np.array([False, False, False, False, True])})
    after = list(from_batch(Draft, change(shard.unit, 0, to_batch(Draft, drafts))))
    assert after[4] == drafts[4]
    assert sorted(writer_of(steps) for _, _, steps in stretches(after[:4])) == ["0", "1", "2", "3"]


def test_thoughts_come_from_files_that_were_closed_long_ago(tmp_path: Path) -> None:
    drafts = plain(9, 3)
    folder = Folder(tmp_path, Draft)
    for name, own in (("a.arrow", drafts[:5]), ("b.arrow", drafts[5:])):
        batch = to_batch(Draft, own)
        with pa.OSFile(str(tmp_path / name), "wb") as file, pa.ipc.new_stream(file, batch.schema) as stream:
            stream.write_batch(batch)
    shards = [
        Shard(name, lambda name=name: folder.rows(name), lambda name=name: folder.batches(name))  # type: ignore[misc]
        for name in ("a.arrow", "b.arrow")
    ]
    change = twist("mismatched", shards, 3)
    after = [
        item
        for shard in shards
        for batch in shard.batches()
        for item in from_batch(Draft, change(shard.unit, 0, batch))
    ]
    assert after == twisted("mismatched", drafts, 3, rows=9)


@pytest.mark.parametrize("control", ["none", "mismatched", "shuffled_steps"])
def test_drafts_without_standing_thoughts_stay_as_they_are(control: Control) -> None:
    dropped = replace(thoughts_of("a", 0, 0)[0], drop="loop")
    drafts = [draft("a", 0, [dropped]), draft("b", 0, []), draft("c", 0, [])]
    assert twisted(control, drafts) == drafts
    assert twisted(control, []) == []


def test_no_control_changes_nothing() -> None:
    assert twisted("none", plain(3)) == plain(3)


def said(steps: Sequence[Thought]) -> list[tuple[str, str]]:
    return [(step.kind, step.text) for step in steps]


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.lists(st.tuples(st.sampled_from(KINDS[:2]), st.sampled_from(["a", "b", "骨"]), st.booleans()), max_size=5),
        max_size=4,
    ),
    st.integers(0, 3),
)
def test_steps_are_in_another_order_wherever_two_differ(thoughts: list[list[tuple[str, str, bool]]], seed: int) -> None:
    steps = [
        Thought(number // 2, number % 2, kind, text, "loop" if is_dropped else "")  # type: ignore[arg-type]
        for number, thought in enumerate(thoughts)
        for kind, text, is_dropped in thought
    ]
    before = draft("a", 0, steps)
    (after,) = twisted("shuffled_steps", [before], seed)
    assert replace(after, thoughts=()) == replace(before, thoughts=())
    assert [(s.cut, s.candidate, s.drop) for s in after.thoughts] == [(s.cut, s.candidate, s.drop) for s in steps]
    old, new = list(before.thinkings()), list(after.thinkings())
    for was, is_now in zip(old, new, strict=True):
        assert Counter(was.steps) == Counter(is_now.steps)
        assert (said(was.steps) != said(is_now.steps)) == (len(set(said(was.steps))) > 1)


def test_the_order_of_steps_is_not_always_the_same_turn() -> None:
    drafts = [draft(f"{n}", 0, thoughts_of(f"{n}", 0, 0, steps=4)) for n in range(200)]
    orders = Counter(tuple(s.text[-1] for s in item.thoughts) for item in twisted("shuffled_steps", drafts))
    assert len(orders) == 23, "every order of four but the written one"
