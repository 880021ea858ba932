"""Which tokens open, end and fill documents; what a tokenizer does that a student's must not."""

import json
from pathlib import Path
from typing import Any

import pytest
from tokenizers import Tokenizer, processors

from tests.shards.toy_students import EOS, HOSTILE, MARKERS, STUDENTS, batch, bytelevel, folder, metaspace, wordpiece
from thinkaug.errors import UserError
from thinkaug.shards.student import Student


def student(place: Path, name: str = "bytelevel", special: tuple[str, ...] = (), **files: Any) -> Student:
    files = files or {"config": {"eos_token_id": 1}}
    return Student.open(folder(place, STUDENTS[name](), **files), "main", EOS.get(name, ""), special)


def test_a_shipped_model_has_what_its_files_say() -> None:
    opened = Student.open("shipped:model", "main", "", ())
    assert (opened.bos, opened.eos_id, opened.pad_id) == ((), 0, 0)
    assert opened.name.startswith("model@")


@pytest.mark.parametrize(
    "files",
    [
        {"tokenizer_config": {"eos_token": "</s>"}},
        {"tokenizer_config": {"eos_token": {"content": "</s>", "lstrip": False}}},
        {"special_tokens_map": {"eos_token": "</s>"}},
        {"generation_config": {"eos_token_id": [1, 0]}},
        {"config": {"eos_token_id": 1}},
        {"tokenizer_config": {"eos_token": None}, "config": {"eos_token_id": 1}},
        {"tokenizer_config": {"eos_token": "<gone>"}, "config": {"eos_token_id": 1}},
        {"tokenizer_config": {"eos_token": "</s>"}, "config": {"eos_token_id": 0}},
    ],
    ids=["named", "object", "map", "list", "number", "null", "not_in_vocabulary", "name_before_number"],
)
def test_eos_is_found_where_models_have_it(tmp_path: Path, files: dict[str, Any]) -> None:
    assert student(tmp_path, **files).eos_id == 1


def test_the_setting_goes_before_the_files(tmp_path: Path) -> None:
    place = folder(tmp_path, bytelevel(), config={"eos_token_id": 1})
    assert Student.open(place, "main", "<s>", ()).eos_id == 0


def test_without_eos_the_user_is_told_where_to_name_it(tmp_path: Path) -> None:
    place = folder(tmp_path, bytelevel(), config={"eos_token_id": 9999}, tokenizer_config={"eos_token": True})
    with pytest.raises(UserError, match=r"say which with pack\.eos"):
        Student.open(place, "main", "", ())


def test_an_eos_that_the_tokenizer_lacks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no token '<end>'"):
        Student.open(folder(tmp_path, bytelevel()), "main", "<end>", ())


@pytest.mark.parametrize(
    ("files", "pad"),
    [
        ({}, 1),
        ({"tokenizer_config": {"pad_token": "<s>"}}, 0),
        ({"generation_config": {"pad_token_id": 5}}, 5),
        ({"generation_config": {"pad_token_id": -1}}, 1),
        ({"generation_config": {"pad_token_id": None}}, 1),
    ],
    ids=["eos", "named", "number", "minus_one", "null"],
)
def test_padding_is_the_pad_token_else_eos(tmp_path: Path, files: dict[str, Any], pad: int) -> None:
    assert student(tmp_path, config={"eos_token_id": 1}, **files).pad_id == pad


@pytest.mark.parametrize(("name", "bos"), [("bytelevel", (0,)), ("metaspace", ()), ("wordpiece", (0,))])
def test_bos_stands_where_the_tokenizer_puts_one(tmp_path: Path, name: str, bos: tuple[int, ...]) -> None:
    assert student(tmp_path, name).bos == bos


def test_an_eos_that_the_tokenizer_puts_after_a_text_is_no_bos(tmp_path: Path) -> None:
    tokenizer = Tokenizer.from_str(metaspace().to_str())
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    place = folder(tmp_path, tokenizer, config={"eos_token_id": 1})
    opened = Student.open(place, "main", "", ())
    assert opened.bos == ()
    assert opened.count(batch([("the", "text", 1.0)])).tolist() == [len(tokenizer.encode("the"))]


def test_truncation_padding_and_dropout_in_the_file_are_not_for_us(tmp_path: Path) -> None:
    tokenizer = Tokenizer.from_str(bytelevel().to_str())
    tokenizer.enable_truncation(4)
    tokenizer.enable_padding(length=64)
    tokenizer.model.dropout = 0.9
    text = "The patient's heart beat ninety times a minute. " * 3
    opened = Student.open(folder(tmp_path, tokenizer, config={"eos_token_id": 1}), "main", "", ())
    assert opened.count_texts([text, "a"]) == [len(bytelevel().encode(text, add_special_tokens=False)), 1]


@pytest.mark.parametrize("name", STUDENTS)
def test_special_tokens_in_a_text_are_words(tmp_path: Path, name: str) -> None:
    opened = student(tmp_path, name, MARKERS)
    forbidden = {opened.first.token_to_id(token) for token in ("<s>", "</s>", "[CLS]", "[SEP]", *MARKERS)} - {None}
    text = "a <s></s>[CLS][SEP]" + "".join(MARKERS)
    for each in opened.first.encode_batch([text, *HOSTILE], add_special_tokens=False):
        assert not forbidden & set(each.ids)


def test_our_tokens_get_the_ids_that_a_trainer_gives_them(tmp_path: Path) -> None:
    stock = Tokenizer.from_str(bytelevel().to_str())
    stock.add_special_tokens(list(MARKERS))
    opened = student(tmp_path, special=MARKERS)
    assert opened.special == {token: stock.token_to_id(token) for token in MARKERS}
    assert min(opened.special.values()) == bytelevel().get_vocab_size()


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"{", b'{"model": 1}', b'{"model": {"type": "New"}}'])
def test_a_damaged_tokenizer_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "tokenizer.json").write_bytes(content)
    with pytest.raises(UserError, match=r"tokenizer\.json"):
        Student.open(str(tmp_path), "main", "", ())


def test_a_damaged_file_beside_it_is_named(tmp_path: Path) -> None:
    place = folder(tmp_path, bytelevel())
    (tmp_path / "tokenizer_config.json").write_text("{")
    with pytest.raises(UserError, match=r"tokenizer_config\.json cannot be read"):
        Student.open(place, "main", "", ())


@pytest.mark.parametrize("model", ["no/such/folder/at all", "shipped:nothing", ".."])
def test_a_model_that_cannot_be_had_is_named(model: str) -> None:
    with pytest.raises(UserError, match=r"no |nor |nothing|not "):
        Student.open(model, "main", "", ())


def test_a_folder_without_tokenizer_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no tokenizer\.json"):
        Student.open(str(tmp_path), "main", "", ())


def test_the_name_tells_tokenizers_apart(tmp_path: Path) -> None:
    one, two = student(tmp_path / "one" / "m"), student(tmp_path / "two" / "m", "metaspace")
    assert one.name.split("@")[0] == two.name.split("@")[0] == "m"
    assert one.name != two.name


def test_a_window_with_room_for_nothing_is_refused(tmp_path: Path) -> None:
    opened = student(tmp_path)
    opened.check_window(5)
    with pytest.raises(UserError, match="window_tokens: 4 is too small"):
        opened.check_window(4)


def test_wordpiece_says_that_its_tokens_do_not_spell_the_text(tmp_path: Path) -> None:
    usual = {name: student(tmp_path / name, name).spelling.is_usual for name in STUDENTS}
    assert usual == {name: name != "wordpiece" for name in STUDENTS}
    assert json.loads(wordpiece().to_str())["normalizer"]["type"] == "BertNormalizer"
