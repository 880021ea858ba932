"""Which span a token belongs to, over tokenizers of all kinds, against a look at every offset."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from tests.shards.toy_students import EOS, HOSTILE, MARKERS, STUDENTS, batch, brute_force, bytelevel, folder, samples
from thinkaug.errors import PromiseBroken
from thinkaug.records import Span
from thinkaug.rendering import no_loss_ranges
from thinkaug.shards import encoding
from thinkaug.shards.encoding import encode, encode_all
from thinkaug.shards.student import Student


@pytest.fixture(scope="module", params=list(STUDENTS))
def named(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Student]:
    """Each kind of tokenizer, without special tokens of ours."""
    return request.param, _open(request.param, tmp_path_factory.mktemp("model"), ())


def _open(name: str, place: Path, special: tuple[str, ...]) -> Student:
    return Student.open(folder(place, STUDENTS[name](), config={"eos_token_id": 1}), "main", EOS.get(name, ""), special)


_SPECIAL = ("<s>", "</s>", "<unk>", "[CLS]", "[SEP]", "[UNK]")


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(samples(), min_size=1, max_size=3))
@example(rows=[[("🫀🏽", "text", 0.0), (" a", "recall", 1.0)]])
@example(rows=[[("ab ", "text", 0.0), ("  \n", "recall", 0.0), ("c", "text", 1.0)]])
@example(rows=[[("e", "text", 1.0), ("\u0301", "recall", 0.0), ("\u0323x", "text", 1.0)]])
@example(rows=[[("\u200b", "text", 1.0), ("\x00", "recall", 1.0)], [("\u2581", "text", 1.0)]])
def test_each_token_belongs_where_its_last_character_lies(
    named: tuple[str, Student], rows: list[list[tuple[str, str, float]]]
) -> None:
    name, student = named
    made = batch(*rows)
    found = encode(student, made)
    for row, given_sample in enumerate(made.to_pylist()):
        ids = found.ids[found.rows[row] : found.rows[row + 1]].tolist()
        counts = found.span_tokens[found.span_rows[row] : found.span_rows[row + 1]].tolist()
        if not any(token in given_sample["text"] for token in _SPECIAL):
            assert ids == STUDENTS[name]().encode(given_sample["text"], add_special_tokens=False).ids
        ends = [span["end"] for span in given_sample["spans"]]
        assert counts == brute_force(student.first, given_sample["text"], ends)


def test_every_hostile_text_in_spans_of_one_character(named: tuple[str, Student]) -> None:
    _, student = named
    whole = [*HOSTILE, "".join(HOSTILE), " ".join(HOSTILE)]
    found = encode(student, batch(*([(character, "text", 1.0) for character in text] for text in whole)))
    for row, text in enumerate(whole):
        counts = found.span_tokens[found.span_rows[row] : found.span_rows[row + 1]].tolist()
        assert counts == brute_force(student.first, text, range(1, len(text) + 1))


def test_a_plain_text_needs_no_offsets(named: tuple[str, Student], monkeypatch: pytest.MonkeyPatch) -> None:
    """What makes it fast, and the only way in which it shows: with offsets, tokens are asked for where they lie."""
    name, student = named
    asked = []
    monkeypatch.setattr(encoding, "_before", lambda *given: asked.append(given) or 0)
    text = "The patient's heart beat;\nthen  nothing."
    plain = batch([(text[:9], "text", 1.0), (text[9:], "recall", 1.0)])
    if name == "wordpiece":
        return
    counts = encode(student, plain).span_tokens.tolist()
    assert not asked
    assert counts == brute_force(student.first, text, [9, len(text)])


def test_datatrove_masks_the_same_tokens(tmp_path: Path) -> None:
    tokenizer = pytest.importorskip("datatrove.pipeline.tokens.tokenizer")
    parts = [("What 🫀", "recall", 0.0), ("🏽 beat", "text", 1.0), ("s he", "recall", 0.0), ("art? ", "text", 1.0)]
    made = batch(parts)
    spans = [Span(**span) for span in made.to_pylist()[0]["spans"]]
    found = encode(_open("bytelevel", tmp_path, ()), made)
    encoded = bytelevel().encode("".join(text for text, _, _ in parts), add_special_tokens=False)
    document = SimpleNamespace(metadata={"no_loss_ranges": [list(pair) for pair in no_loss_ranges(spans)]})
    theirs = tokenizer.DocumentTokenizer.get_loss_values(SimpleNamespace(save_loss_metadata=True), document, encoded)
    assert np.repeat([span.weight for span in spans], found.span_tokens).tolist() == theirs.tolist()
    assert 0 < theirs.sum() < len(theirs)


_PLAIN = st.lists(
    st.sampled_from(["The heart", " beat", "\n", "日本", "x\u0301", "  ", "🫀🏽", "ﬁne", "\u2581"]), max_size=4
)


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Student, Tokenizer]]:
    """With our special tokens: each student, and the tokenizer as its trainer would have it."""
    found = {}
    for name, build in STUDENTS.items():
        stock = Tokenizer.from_str(build().to_str())
        stock.add_special_tokens(list(MARKERS))
        found[name] = _open(name, tmp_path_factory.mktemp("model"), MARKERS), stock
    return found


@settings(max_examples=30, deadline=None)
@given(parts=st.lists(_PLAIN.map("".join), min_size=1, max_size=5))
@pytest.mark.parametrize("name", STUDENTS)
def test_with_our_tokens_a_text_is_cut_as_the_stock_tokenizer_cuts_it(
    marked: dict[str, tuple[Student, Tokenizer]], name: str, parts: list[str]
) -> None:
    student, stock = marked[name]
    row: list[tuple[str, str, float]] = []
    for number, part in enumerate(parts):
        row += [(part, "text", 1.0), (MARKERS[number % 2], "marker", 1.0)]
    found = encode(student, batch(row))
    assert found.ids.tolist() == stock.encode("".join(text for text, _, _ in row), add_special_tokens=False).ids
    spans = [kind for text, kind, _ in row if text]
    assert all(found.span_tokens[place] == 1 for place, kind in enumerate(spans) if kind == "marker")
    assert student.count(batch(row)).tolist() == [len(found.ids) + student.frame_tokens]


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(samples(), samples()), min_size=1, max_size=2))
@example(rows=[([(MARKERS[0], "text", 1.0)], [(MARKERS[1], "recall", 1.0)])])
@pytest.mark.parametrize("name", STUDENTS)
def test_only_a_marker_of_ours_becomes_its_token(
    marked: dict[str, tuple[Student, Tokenizer]], name: str, rows: list[tuple[list[tuple[str, str, float]], ...]]
) -> None:
    student, _ = marked[name]
    made = batch(*([*one, (MARKERS[0], "marker", 0.5), *two, (MARKERS[1], "marker", 1.0)] for one, two in rows))
    found = encode(student, made)
    for row, given_sample in enumerate(made.to_pylist()):
        ids = found.ids[found.rows[row] : found.rows[row + 1]]
        counts = found.span_tokens[found.span_rows[row] : found.span_rows[row + 1]].tolist()
        assert [int((ids == student.special[token]).sum()) for token in MARKERS] == [1, 1]
        text, spans = given_sample["text"], given_sample["spans"]
        first = next(place for place, span in enumerate(spans) if span["kind"] == "marker")
        cut = spans[first]["end"]
        before = [span["end"] for span in spans[:first]]
        assert counts[: first + 1] == [*brute_force(student.first, text[: spans[first]["start"]], before), 1]
        after = [span["end"] - cut for span in spans[first + 1 : -1]]
        expected = brute_force(student.later, text[cut : spans[-1]["start"]], after)
        assert counts[first + 1 :] == [*expected, 1]


def _of_words(place: Path, model: models.BPE, special: str) -> Student:
    """A byte-level tokenizer without a rule for words, behind NFC."""
    tokenizer = Tokenizer(model)
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=True)
    tokenizer.add_special_tokens([special])
    return Student.open(folder(place, tokenizer), "main", special, ())


def test_a_space_at_the_end_of_a_token_is_its_last_character(tmp_path: Path) -> None:
    letters = {letter: number for number, letter in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    student = _of_words(tmp_path, models.BPE({**letters, "aĠ": 256}, [("a", "Ġ")]), "<end>")
    # What is not normalised is told by its offsets, which this tokenizer would trim.
    for prefix in ("", "e\u0301"):
        found = encode(student, batch([(f"{prefix}a", "text", 1.0), (" b", "recall", 1.0)]))
        assert found.ids[-2:].tolist() == [256, letters["b"]]
        assert found.span_tokens[1] == 2


def test_a_word_that_is_a_special_token_all_the_same_is_noticed(tmp_path: Path) -> None:
    letters = {letter: number for number, letter in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    words = {**letters, "ab": 256, "abc": 257}
    model = models.BPE(words, [("a", "b"), ("ab", "c")], ignore_merges=True)
    student = _of_words(tmp_path, model, "ab")
    assert encode(student, batch([("a b", "text", 1.0)])).ids.tolist() == [letters[letter] for letter in "aĠb"]
    with pytest.raises(PromiseBroken, match="made a special token of words"):
        encode(student, batch([("ab", "text", 1.0)]))


def test_all_samples_come_in_order_however_they_are_cut_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    student = _open("bytelevel", tmp_path, ())
    whole = batch(*([(f"{number} " * (number % 7), "text", 1.0)] for number in range(200)))
    expected = encode(student, whole)
    monkeypatch.setattr(encoding, "_BATCH_BYTES", 64)
    pieces = list(encode_all(student, iter([whole.slice(0, 0), whole.slice(0, 90), whole.slice(90)])))
    assert len(pieces) > 10
    assert pa.Table.from_batches([piece for piece, _ in pieces]).column("id").to_pylist() == whole["id"].to_pylist()
    assert np.concatenate([found.ids for _, found in pieces]).tolist() == expected.ids.tolist()
    assert student.count(whole.slice(3)).tolist() == (np.diff(expected.rows)[3:] + 2).tolist()
