"""Megatron's and nanotron's files, read back with readers of our own, against `tokenizers` alone."""

import json
import struct
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers

from tests.exports.finished_sets import Pieces, rows_of, samples, write_root
from thinkaug.errors import UserError
from thinkaug.exports import export
from thinkaug.shards.packed import packed_layout
from thinkaug.shards.student import Student
from thinkaug.shards.tokens import tokens_layout
from thinkaug.shipped import locate

MODEL = "shipped:model"
EOS = 0
TO = ("megatron", "nanotron")


def read_megatron(place: Path) -> list[list[int]]:
    """The sequences of all .bin/.idx pairs: 9 bytes magic, version, dtype code, counts, sizes, pointers, documents."""
    found = []
    for index in sorted(place.glob("*.idx")):
        data = index.read_bytes()
        magic, version, code, sequences, documents = struct.unpack_from("<9sQBQQ", data)
        assert (magic, version, documents) == (b"MMIDIDX\x00\x00", 1, sequences + 1)
        kind = {4: np.dtype("<i4"), 8: np.dtype("<u2")}[code]
        sizes = np.frombuffer(data, "<i4", sequences, 34)
        pointers = np.frombuffer(data, "<i8", sequences, 34 + 4 * sequences)
        ends = np.frombuffer(data, "<i8", documents, 34 + 12 * sequences)
        assert len(data) == 34 + 12 * sequences + 8 * documents
        assert ends.tolist() == list(range(documents))
        tokens = index.with_suffix(".bin").read_bytes()
        assert len(tokens) == sizes.sum() * kind.itemsize
        found += [np.frombuffer(tokens, kind, size, at).tolist() for size, at in zip(sizes, pointers, strict=True)]
    return found


def read_nanotron(place: Path) -> list[tuple[list[int], list[int]]]:
    """The documents of all .ds files, and their loss masks; all ones where there is no mask."""
    found = []
    for path in sorted(place.glob("*.ds")):
        name, counted, _ = Path(f"{path}.metadata").read_text().splitlines()
        tokens = np.fromfile(path, {"2": "<u2", "4": "<u4"}[name.rpartition("|")[2]])
        mask = (
            np.fromfile(f"{path}.loss", np.uint8) if Path(f"{path}.loss").exists() else np.ones(len(tokens), np.uint8)
        )
        ends = np.fromfile(f"{path}.index", "<u8").astype(int).tolist()
        assert int(counted) == len(tokens) == len(mask) == ends[-1]
        starts = [0, *ends[:-1]]
        found += [(tokens[s:e].tolist(), mask[s:e].tolist()) for s, e in zip(starts, ends, strict=True)]
    return found


def ids_of(place: Path) -> list[list[int]]:
    return read_megatron(place) if list(place.glob("*.idx")) else [ids for ids, _ in read_nanotron(place)]


def plain(tokenizer: Tokenizer) -> Tokenizer:
    """As it cuts up words, with special tokens among them taken as words."""
    tokenizer.encode_special_tokens = True
    return tokenizer


@pytest.fixture(scope="module")
def shipped() -> Tokenizer:
    return plain(Tokenizer.from_file(f"{locate(MODEL)}/tokenizer.json"))


def model_folder(place: Path, tokenizer: Tokenizer, eos: str = "<eos>") -> Path:
    place.mkdir()
    tokenizer.save(str(place / "tokenizer.json"))
    (place / "tokenizer_config.json").write_text(json.dumps({"eos_token": eos} if eos else {}))
    return place


def dropping_spaces(words: Sequence[str] = ()) -> Tokenizer:
    """A tokenizer that has no token for white space, as those of BERT."""
    vocabulary = {word: number for number, word in enumerate(["<eos>", "[UNK]", *words])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.add_special_tokens(["<eos>"])
    return tokenizer


@pytest.mark.parametrize("to", TO)
def test_tokens_are_those_of_the_tokenizer_and_eos(to: str, shipped: Tokenizer, tmp_path: Path) -> None:
    root = write_root(tmp_path / "set", samples())
    said = export(root, to, tmp_path / "out", MODEL)
    expected = [[*shipped.encode(row["text"]).ids, EOS] for row in rows_of(root)]
    assert ids_of(tmp_path / "out") == expected
    assert said[1].startswith(f"{sum(map(len, expected)):,} tokens, one EO")


@pytest.mark.parametrize("to", TO)
def test_texts_come_back_and_none_ends_early(to: str, shipped: Tokenizer, tmp_path: Path) -> None:
    root = write_root(tmp_path / "set", samples())
    assert any("<|end|>" in row["text"] for row in rows_of(root))
    export(root, to, tmp_path / "out", MODEL)
    for ids, row in zip(ids_of(tmp_path / "out"), rows_of(root), strict=True):
        assert ids.index(EOS) == len(ids) - 1
        assert shipped.decode(ids[:-1], skip_special_tokens=False) == row["text"]


@pytest.mark.parametrize("to", TO)
def test_text_and_tokens_give_the_same_files(to: str, tmp_path: Path) -> None:
    rows = samples(weights={"self_talk": 0.0, "recall": 0.5})
    text = write_root(tmp_path / "text", rows, shards=1)
    tokens = write_root(tmp_path / "tokens", rows, shards=1, layout=tokens_layout(Student.open(MODEL, "main", "", ())))
    said = [export(root, to, tmp_path / f"{root.name}_out", MODEL)[1:] for root in (text, tokens)]
    names = sorted(path.name for path in (tmp_path / "text_out").glob("train-*"))
    assert names
    for name in names:
        assert (tmp_path / "text_out" / name).read_bytes() == (tmp_path / "tokens_out" / name).read_bytes()
    assert said[0] == said[1]


@pytest.mark.parametrize("to", TO)
def test_a_large_vocabulary_takes_four_bytes(to: str, tmp_path: Path) -> None:
    words = [f"w{number}" for number in range(70_000)]
    model = model_folder(tmp_path / "model", dropping_spaces(words))
    root = write_root(tmp_path / "set", samples(3, pieces=[("text", "w69999 w1 w65534")]))
    export(root, to, tmp_path / "out", str(model))
    assert ids_of(tmp_path / "out") == [[70_001, 3, 65_536, 0]] * 3


@pytest.mark.parametrize("to", TO)
def test_truncation_and_padding_of_the_tokenizer_are_not_ours(to: str, tmp_path: Path) -> None:
    tokenizer = dropping_spaces(["a"])
    tokenizer.enable_truncation(3)
    tokenizer.enable_padding(length=7)
    model = model_folder(tmp_path / "model", tokenizer)
    root = write_root(tmp_path / "set", samples(2, pieces=[("text", "a a a a a")]))
    export(root, to, tmp_path / "out", str(model))
    assert ids_of(tmp_path / "out") == [[2, 2, 2, 2, 2, 0]] * 2


@pytest.mark.parametrize("to", TO)
def test_markers_that_are_tokens_are_tokens(to: str, tmp_path: Path) -> None:
    special = ("<|thinking|>", "<|/thinking|>")
    pieces = [("marker", special[0]), ("recall", "A <|thinking|> tag."), ("marker", special[1]), ("text", "b")]
    root = write_root(tmp_path / "set", samples(1, pieces=pieces), special=special)
    export(root, to, tmp_path / "out", MODEL)
    (ids,) = ids_of(tmp_path / "out")
    first = Tokenizer.from_file(f"{locate(MODEL)}/tokenizer.json").get_vocab_size()
    assert (ids.count(first), ids.count(first + 1), ids[0]) == (1, 1, first)


def masked(tokenizer: Tokenizer, row: dict[str, Any]) -> list[int]:
    """Character by character: a token counts unless its last character is in a range, or it is the first."""
    silent = {place for start, end in row["no_loss_ranges"] for place in range(start, end)}
    counted = [int(end - 1 not in silent) for _, end in tokenizer.encode(row["text"], add_special_tokens=False).offsets]
    return [0, *counted[1:], 1] if counted else [0]


def masks(root: Path, out: Path, model: str) -> list[list[int]]:
    export(root, "nanotron", out, model)
    return [mask for _, mask in read_nanotron(out)]


def test_the_mask_is_that_of_the_ranges(shipped: Tokenizer, tmp_path: Path) -> None:
    root = write_root(tmp_path / "set", samples(weights={"self_talk": 0.0, "verification": 0.0, "recall": 0.5}))
    found = masks(root, tmp_path / "out", MODEL)
    assert found == [masked(shipped, row) for row in rows_of(root)]
    assert any(0 in mask[1:] for mask in found)


pieces = st.lists(
    st.tuples(
        st.sampled_from(["self_talk", "recall", "marker"]), st.text("ab \n🫀é\u0301痛<|>", min_size=1, max_size=6)
    ),
    max_size=6,
)


@given(rows=st.lists(pieces, min_size=1, max_size=4))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_mask_is_that_of_any_ranges(
    rows: list[Pieces], shipped: Tokenizer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    place = tmp_path_factory.mktemp("any")
    made = [
        samples(1, {"self_talk": 0.0}, [*row, ("recall", "x"), ("self_talk", " y"), ("text", "z")])[0] for row in rows
    ]
    root = write_root(place / "set", made, shards=1)
    assert masks(root, place / "out", MODEL) == [masked(shipped, row) for row in rows_of(root)]


def test_datatrove_itself_masks_the_same_where_it_may_be_trusted(shipped: Tokenizer, tmp_path: Path) -> None:
    root = write_root(tmp_path / "set", samples(weights={"self_talk": 0.0, "verification": 0.0}))
    ours = masks(root, tmp_path / "out", MODEL)
    for row, mask in zip(rows_of(root), ours, strict=True):
        assert _by_datatrove(shipped, row["text"], row["no_loss_ranges"])[1:] == mask[1:-1]


def test_datatrove_itself_still_goes_wrong_at_characters_without_a_token(tmp_path: Path) -> None:
    tokenizer = dropping_spaces(["a", "b", "c"])
    row = {"text": "a b c", "no_loss_ranges": [[1, 3]]}  # from a space on
    assert _by_datatrove(tokenizer, row["text"], row["no_loss_ranges"]) != [1, 0, 1]
    model = model_folder(tmp_path / "model", tokenizer)
    pieces = [("text", "a"), ("self_talk", " b"), ("text", " c")]
    root = write_root(tmp_path / "set", samples(1, {"self_talk": 0.0}, pieces), shards=1)
    assert rows_of(root)[0]["no_loss_ranges"] == row["no_loss_ranges"]
    assert masks(root, tmp_path / "out", str(model)) == [[0, 0, 1, 1]]


def _by_datatrove(tokenizer: Tokenizer, text: Any, ranges: Any) -> list[int]:
    from datatrove.data import Document
    from datatrove.pipeline.tokens import DocumentTokenizer

    step = DocumentTokenizer("/nowhere", "none", save_loss_metadata=True)
    values = step.get_loss_values(Document(text, "1", metadata={"no_loss_ranges": ranges}), tokenizer.encode(text))
    return [int(value) for value in values]


def test_without_ranges_there_is_no_mask(tmp_path: Path) -> None:
    root = write_root(tmp_path / "set", samples())
    said = export(root, "nanotron", tmp_path / "out", MODEL)
    assert not list((tmp_path / "out").glob("*.loss"))
    assert len(said) == 2


def test_what_megatron_cannot_carry_is_said(tmp_path: Path) -> None:
    root = write_root(tmp_path / "set", samples(weights={"self_talk": 0.0, "prose": 2.0}))
    said = export(root, "megatron", tmp_path / "out", MODEL)
    assert said[2:] == [
        "10 rows have tokens without loss: .bin/.idx cannot say so, and they are trained on",
        "10 rows have loss weights beside 0 and 1: .bin/.idx cannot say so",
    ]


@pytest.mark.parametrize("to", TO)
def test_packed_rows_are_refused(to: str, tmp_path: Path) -> None:
    root = write_root(tmp_path / "set", samples(), layout=packed_layout(Student.open(MODEL, "main", "", ()), 64, 0))
    with pytest.raises(UserError, match=f"{to} is of documents, not of layout packed; pack with layout: text"):
        export(root, to, tmp_path / "out", MODEL)


@pytest.mark.parametrize("to", TO)
@pytest.mark.parametrize("differs", ["in ids beyond its own", "in the token that ends"])
def test_tokens_of_another_tokenizer_are_refused(differs: str, to: str, tmp_path: Path) -> None:
    many = [f"w{number}" for number in range(70_000)] if "ids" in differs else ["w69999"]
    packed_with = model_folder(tmp_path / "packed_with", dropping_spaces(many))
    other = model_folder(tmp_path / "other", dropping_spaces(), eos="<eos>" if "ids" in differs else "[UNK]")
    layout = tokens_layout(Student.open(str(packed_with), "main", "", ()))
    root = write_root(tmp_path / "set", samples(3, pieces=[("text", "w69999")]), layout=layout)
    with pytest.raises(UserError, match=r"--tokenizer: the tokens of .* are not those of other@"):
        export(root, to, tmp_path / "out", str(other))


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("", "is of tokens: say --tokenizer MODEL"),
        ("no/such", "--tokenizer no/such: "),
        ("no such", "--tokenizer no such: "),
        ("empty", "no tokenizer.json"),
        ("mute", "names no token that ends a document"),
        ("broken", "tokenizer.json"),
    ],
)
def test_a_tokenizer_that_will_not_do_is_refused(model: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    model_folder(tmp_path / "mute", dropping_spaces(), eos="")
    model_folder(tmp_path / "broken", dropping_spaces())
    (tmp_path / "broken" / "tokenizer.json").write_text('{"model": {"type": "BPE"}}')
    root = write_root(tmp_path / "set", samples(3))
    place = str(tmp_path / model) if model and (tmp_path / model).is_dir() else model
    with pytest.raises(UserError, match=words):
        export(root, "megatron", tmp_path / "out", place)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("to", TO)
def test_a_missing_extra_names_the_install_command(to: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write_root(tmp_path / "set", samples(3))
    monkeypatch.setitem(sys.modules, "datatrove", None)
    with pytest.raises(UserError, match=r"pip install thinkaug\[exports\]"):
        export(root, to, tmp_path / "out", MODEL)
    assert [path.name for path in tmp_path.iterdir()] == ["set"]
