"""segment: windows that tile the document, and cuts that lie in them."""

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkaug.errors import UserError
from thinkaug.records import Document, Passage, content_id
from thinkaug.stages.segment import segment

Settle = Callable[..., list[Any]]

_PIECES = (
    "Gout is a disease. ",
    "\n\n",
    "\r\n",
    "Dr. Who came in at 3.5 mg/kg. ",
    "```\ncode\n```\n",
    "$$x = 1.$$ ",
    "e\u0301\u0323",
    "\U0001f469\u200d\u2695\ufe0f",
    "\u3000",
)
ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=300)
PROSE = st.lists(st.sampled_from(_PIECES) | ANY_TEXT, max_size=20).map("".join)
SENTENCES = st.lists(st.sampled_from(_PIECES), min_size=10, max_size=40).map("".join)


def document(text: str, **fields: str) -> Document:
    return Document(content_id(text), text, **fields)


def passages(settle: Settle, text: str, **options: object) -> Sequence[Passage]:
    (outcome,) = settle(segment, [document(text)], **options)
    assert outcome.row.text == text
    return outcome.rows


def paragraphs(count: int, characters: int) -> str:
    return "\n\n".join(f"Paragraph {number} " + "x" * (characters - 14) + "." for number in range(count))


@settings(max_examples=60, deadline=None)
@given(PROSE, st.integers(1, 400))
def test_the_passages_concatenate_to_the_document(settle: Settle, text: str, window: int) -> None:
    found = passages(settle, text, window_chars=window)
    assert "".join(passage.text for passage in found) == text
    assert [passage.start for passage in found] == [len("".join(p.text for p in found[:n])) for n in range(len(found))]


@settings(max_examples=60, deadline=None)
@given(PROSE | SENTENCES, st.integers(30, 150), st.sampled_from(["paragraph", "sentence"]), st.integers(0, 60))
def test_cuts_ascend_within_the_window_from_its_beginning(
    settle: Settle, text: str, window: int, cuts: str, stretch: int
) -> None:
    for passage in passages(settle, text, window_chars=window, cuts=cuts, stretch_chars=stretch):
        assert passage.cuts[0] == 0
        ends = (*passage.cuts[1:], len(passage.text))
        lengths = [end - cut for cut, end in zip(passage.cuts, ends, strict=True)]
        assert min(lengths) >= 1
        assert len(lengths) == 1 or min(lengths) >= stretch


@settings(max_examples=60, deadline=None)
@given(PROSE, st.integers(1, 200), st.integers(0, 300))
def test_the_context_is_the_text_just_before(settle: Settle, text: str, window: int, context: int) -> None:
    for passage in passages(settle, text, window_chars=window, context_chars=context):
        assert text[: passage.start].endswith(passage.context)
        assert len(passage.context) <= context


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from("abcd .\n"), max_size=600).map("".join), st.integers(1, 100))
def test_a_window_holds_no_more_than_said(settle: Settle, text: str, window: int) -> None:
    assert all(0 < len(passage.text) <= window for passage in passages(settle, text, window_chars=window))


def test_a_window_ends_at_a_paragraph_where_it_can(settle: Settle) -> None:
    text = paragraphs(5, 100)
    found = passages(settle, text, window_chars=250)
    assert [passage.text.count("Paragraph") for passage in found] == [2, 2, 1]


def test_the_context_begins_at_a_sentence_within_reach(settle: Settle) -> None:
    text = "The first sentence is a long one. The second is short. " + "The third fills the window."
    (*_, last) = passages(settle, text, window_chars=55, context_chars=40)
    assert (last.text, last.context) == ("The third fills the window.", "The second is short. ")


@pytest.mark.parametrize(("cuts", "count"), [("paragraph", 3), ("sentence", 6)])
def test_thoughts_may_go_in_before_each_paragraph_or_sentence(settle: Settle, cuts: str, count: int) -> None:
    text = "\n\n".join("One sentence stands here. Another one stands there." for _ in range(3))
    (passage,) = passages(settle, text, cuts=cuts, stretch_chars=10)
    assert len(passage.cuts) == count
    assert all(passage.text[cut:].startswith(("One", "Another")) for cut in passage.cuts)


def test_the_cuts_of_a_later_window_count_from_its_own_beginning(settle: Settle) -> None:
    found = passages(settle, paragraphs(6, 100), window_chars=250)
    starts = [passage.text[cut:].split(" x")[0] for passage in found for cut in passage.cuts]
    assert len(found) == 3
    assert starts == [f"Paragraph {number}" for number in range(6)]


def test_a_short_paragraph_gets_no_cut_of_its_own(settle: Settle) -> None:
    text = paragraphs(1, 100) + "\n\nShort.\n\n" + paragraphs(2, 100) + "\n\nThe end."
    (passage,) = passages(settle, text, stretch_chars=80)
    assert [passage.target(cut).split()[0] for cut in passage.cuts] == ["Paragraph", "Short.", "Paragraph"]
    assert passage.target(passage.cuts[-1]).endswith("The end.")


def test_a_document_of_nothing_has_no_passage(settle: Settle) -> None:
    (outcome,) = settle(segment, [document("")])
    assert outcome.rows == ()


def test_ids_depend_on_no_order_of_documents(settle: Settle) -> None:
    texts = [paragraphs(n, 90) for n in (4, 1, 6)]

    def ids(*shards: list[str]) -> dict[str, list[str]]:
        outcomes = settle(segment, *([document(text) for text in shard] for shard in shards), window_chars=200)
        return {outcome.row.id: [passage.id for passage in outcome.rows] for outcome in outcomes}

    assert ids(texts) == ids(texts[::-1]) == ids(texts[1:], texts[:1])


def test_equal_stretches_of_one_document_have_ids_of_their_own(settle: Settle) -> None:
    found = passages(settle, "The same sentence again. " * 40, window_chars=100)
    assert len({passage.id for passage in found}) == len(found) > 5
    assert len({passage.text for passage in found}) < len(found)


@settings(max_examples=40, deadline=None)
@given(PROSE)
def test_the_hash_is_of_the_passage_as_utf8(settle: Settle, text: str) -> None:
    for passage in passages(settle, text, window_chars=50):
        assert passage.text_sha256 == sha256(passage.text.encode("utf-8")).hexdigest()


def test_what_is_known_of_the_document_goes_with_every_passage(settle: Settle) -> None:
    fields = {
        "source": "s#1",
        "title": "T",
        "domain": "law",
        "language": "de",
        "license": "CC0-1.0",
        "meta": '{"a": 1}',
    }
    (outcome,) = settle(segment, [document(paragraphs(3, 90), **fields)], window_chars=100)
    assert len(outcome.rows) == 3
    for passage in outcome.rows:
        assert {name: getattr(passage, name) for name in fields} == fields
        assert passage.document == outcome.row.id


def test_the_ledger_counts_the_cuts(settle: Settle) -> None:
    (outcome,) = settle(segment, [document(paragraphs(4, 100))], window_chars=210)
    assert outcome.tally == {"cuts": 4}


def test_a_window_of_nothing_is_refused(settle: Settle) -> None:
    with pytest.raises(UserError, match="window_chars: input should be greater than 0, not 0"):
        settle(segment, [], window_chars=0)


def chunk_sizes(settle: Settle, sentences: int, **settings: Any) -> list[int]:
    text = "".join(f"This is sentence number {number}. " for number in range(sentences))
    outcomes = settle(segment, [document(text)], cuts="chunk", stretch_chars=0, window_chars=10**9, **settings)
    (passage,) = outcomes[0].rows
    ends = [*passage.cuts[1:], len(text)]
    return [text[cut:end].count(".") for cut, end in zip(passage.cuts, ends, strict=True)]


def test_chunks_have_one_sentence_and_a_poisson_number_more(settle: Settle) -> None:
    sizes = chunk_sizes(settle, 8000)
    assert sum(sizes) == 8000
    assert min(sizes) >= 1
    assert max(sizes) <= 20
    mean = sum(sizes[:-1]) / len(sizes[:-1])
    variance = sum((size - mean) ** 2 for size in sizes[:-1]) / len(sizes[:-1])
    assert 7.7 < mean < 8.3
    assert 5.8 < variance < 8.2


def test_chunks_are_the_same_each_time_and_cut_off_at_their_most(settle: Settle) -> None:
    assert chunk_sizes(settle, 300) == chunk_sizes(settle, 300)
    assert max(chunk_sizes(settle, 300, chunk_most=4)) == 4
    assert set(chunk_sizes(settle, 50, chunk_sentences=0)) == {1}


def test_the_first_chunk_begins_with_the_first_sentence(settle: Settle) -> None:
    assert chunk_sizes(settle, 1, chunk_sentences=500, chunk_most=1000) == [1]
    assert chunk_sizes(settle, 30, chunk_sentences=500, chunk_most=1000) == [30]
