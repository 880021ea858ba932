"""segment: windows that tile the document, and cuts that lie in them."""

import json
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from thinkaug.engines.scripted import Scripted
from thinkaug.errors import UserError
from thinkaug.records import Document, Passage, content_id
from thinkaug.segmentation.clusters import splits_cluster
from thinkaug.settings import read_config
from thinkaug.stage import Kept, Services, Shard
from thinkaug.stages.segment import segment
from thinkaug.templates import Templates

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


def is_one_cluster(text: str) -> bool:
    return all(splits_cluster(text, at) for at in range(1, len(text)))


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
    for passage in passages(settle, text, window_chars=window):
        assert len(passage.text) > 0
        assert len(passage.text) <= window or is_one_cluster(passage.text)


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


def poisson_sizes(settle: Settle, sentences: int, **settings: Any) -> list[int]:
    text = "".join(f"This is sentence number {number}. " for number in range(sentences))
    outcomes = settle(segment, [document(text)], cuts="poisson", stretch_chars=0, window_chars=10**9, **settings)
    (passage,) = outcomes[0].rows
    ends = [*passage.cuts[1:], len(text)]
    return [text[cut:end].count(".") for cut, end in zip(passage.cuts, ends, strict=True)]


def test_stretches_have_one_sentence_and_a_poisson_number_more(settle: Settle) -> None:
    sizes = poisson_sizes(settle, 8000)
    assert sum(sizes) == 8000
    assert min(sizes) >= 1
    assert max(sizes) <= 20
    mean = sum(sizes[:-1]) / len(sizes[:-1])
    variance = sum((size - mean) ** 2 for size in sizes[:-1]) / len(sizes[:-1])
    assert 7.7 < mean < 8.3
    assert 5.8 < variance < 8.2


def test_poisson_stretches_are_the_same_each_time_and_cut_off_at_their_most(settle: Settle) -> None:
    assert poisson_sizes(settle, 300) == poisson_sizes(settle, 300)
    assert max(poisson_sizes(settle, 300, poisson_most=4)) == 4
    assert set(poisson_sizes(settle, 50, poisson_mean=0)) == {1}


def test_the_first_poisson_stretch_begins_with_the_first_sentence(settle: Settle) -> None:
    assert poisson_sizes(settle, 1, poisson_mean=500, poisson_most=1000) == [1]
    assert poisson_sizes(settle, 30, poisson_mean=500, poisson_most=1000) == [30]


@pytest.mark.parametrize("cuts", ["paragraph", "sentence", "poisson"])
def test_no_thought_goes_in_after_a_heading(settle: Settle, cuts: str) -> None:
    text = "".join(f"## Part {number}\n\nA sentence. Another one.\n\n" for number in range(40))
    options: dict[str, Any] = {"poisson_mean": 0} if cuts == "poisson" else {}
    for passage in passages(settle, text, cuts=cuts, stretch_chars=0, window_chars=300, **options):
        ends = (*passage.cuts[1:], len(passage.text))
        stretches = [passage.text[cut:end] for cut, end in zip(passage.cuts, ends, strict=True)]
        assert not any(stretch.rstrip().splitlines()[-1].startswith("#") for stretch in stretches)


def test_no_thought_goes_into_a_list_unless_sentences_are_asked_for(settle: Settle) -> None:
    text = "Do this:\n\n- One.\n\n- Two.\n\n- Three.\n\nThen go."
    (passage,) = passages(settle, text, stretch_chars=0)
    assert [passage.target(cut).split()[0] for cut in passage.cuts] == ["Do", "Then"]
    (passage,) = passages(settle, text, stretch_chars=0, cuts="sentence")
    assert [passage.target(cut).split()[0] for cut in passage.cuts] == ["Do", "-", "-", "-", "Then"]


class Letters(Scripted):
    """An engine that counts a token for each letter, and one for each text."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [1 + sum(char.isalpha() for char in text) for text in texts]


@settings(max_examples=60, deadline=None)
@given(PROSE | SENTENCES, st.integers(2, 60))
@example("A\u0e33", 2)
def test_a_passage_holds_no_more_tokens_than_said_unless_it_is_one_cluster(
    settle: Settle, text: str, most: int
) -> None:
    writer = Letters(lambda ask: "")
    for passage in passages(settle, text, window_tokens={"writer": most}, writer=writer):
        assert writer.count_tokens([passage.text])[0] <= most or is_one_cluster(passage.text)


def test_tokens_are_those_of_the_model(settle: Settle, writer: Any) -> None:
    text = "".join(f"Metformin is used in type 2 diabetes mellitus, case {number}. " for number in range(300))
    found = passages(settle, text, window_tokens={"writer": 200}, writer=writer.config)
    counts = writer.config.count_tokens([passage.text for passage in found])
    assert max(counts) <= 200
    assert min(counts[:-1]) > 150
    assert all(passage.text.startswith("Metformin") for passage in found)


def test_a_window_must_fit_every_engine_that_is_named() -> None:
    counters = {"writer": Letters(lambda ask: ""), "judge": Scripted(lambda ask: "")}
    config = read_config(segment.config, {"window_tokens": {"writer": 200, "judge": 10}}, "segment")
    work = segment.start(config, Services(Templates(), counters), ())
    text = "A few words here. " * 50
    (outcome,) = work(Shard("0", lambda: iter([document(text)])))
    assert isinstance(outcome, Kept)
    assert all(len(passage.text.split()) <= 10 for passage in outcome.rows)  # type: ignore[attr-defined]  # passages


def test_an_engine_that_is_not_there_is_refused_with_the_nearest(settle: Settle) -> None:
    with pytest.raises(UserError, match="segment: window_tokens: no engine 'writter'; did you mean 'writer'"):
        settle(segment, [], window_tokens={"writter": 100})


def test_a_window_is_counted_in_characters_or_in_tokens(settle: Settle) -> None:
    with pytest.raises(UserError, match="window_chars and window_tokens: a window is counted in one of them"):
        settle(segment, [], window_tokens={"writer": 100}, window_chars=500)


@pytest.mark.parametrize("tokens", [0, -1, 2.5, "many"])
def test_a_number_of_tokens_is_above_none(settle: Settle, tokens: object) -> None:
    with pytest.raises(UserError, match=r"segment\.window_tokens\.writer"):
        settle(segment, [], window_tokens={"writer": tokens})


def test_the_tokenizer_shapes_the_output_only_where_it_counts() -> None:
    services = Services(Templates(), {"writer": Scripted(lambda ask: "", name="a model")})
    by_tokens = read_config(segment.config, {"window_tokens": {"writer": 9}}, "segment")
    assert segment.shaped_by(by_tokens, services) == {"engines": {"writer": {"kind": "scripted", "name": "a model"}}}
    assert segment.shaped_by(read_config(segment.config, {}, "segment"), services) == {}


@pytest.mark.parametrize("cuts", ["paragraph", "sentence", "poisson"])
@pytest.mark.parametrize("window", [{"window_chars": 7}, {"window_tokens": {"writer": 3}}], ids=["chars", "tokens"])
def test_naughty_strings_come_through_whole(settle: Settle, trial_data: Path, cuts: str, window: Any) -> None:
    strings = json.loads((trial_data / "blns.json").read_text(encoding="utf-8"))
    texts = [*strings, "\n\n".join(strings), " ".join(strings), "".join(strings)]
    outcomes = settle(segment, [document(text) for text in texts], cuts=cuts, stretch_chars=0, **window)
    for text, outcome in zip(texts, outcomes, strict=True):
        assert "".join(passage.text for passage in outcome.rows) == text
        assert all(passage.cuts[0] == 0 for passage in outcome.rows)


@settings(max_examples=60, deadline=None)
@given(PROSE, st.integers(1, 60), st.sampled_from(["paragraph", "sentence", "poisson"]))
def test_any_text_comes_through_whole_in_any_mode(settle: Settle, text: str, most: int, cuts: str) -> None:
    for window in ({"window_chars": most}, {"window_tokens": {"writer": most}}):
        found = passages(settle, text, cuts=cuts, **window)
        assert "".join(passage.text for passage in found) == text


def test_the_context_begins_at_a_paragraph_that_leaves_half_of_it_else_at_a_sentence(settle: Settle) -> None:
    sentences = " ".join(f"Sentence {number} of the first paragraph stands here." for number in range(10))
    text = f"{sentences}\n\nA second paragraph.\n\n{'The third paragraph fills a window. ' * 10}"
    contexts = {
        most: next(
            p.context for p in passages(settle, text, window_chars=500, context_chars=most) if p.text[:5] == "The t"
        )
        for most in (40, 200)
    }
    assert contexts[40] == "A second paragraph.\n\n"
    assert contexts[200].startswith("Sentence 7 of")
