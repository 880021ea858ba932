"""A model's name must change when its weights do."""

import json
import shutil
from pathlib import Path

import pytest

from thinkaug import shipped
from thinkaug.engines import fingerprint as module
from thinkaug.engines.fingerprint import fingerprint
from thinkaug.errors import UserError


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return Path(shutil.copytree(shipped.locate("shipped:model"), tmp_path / "model"))


def test_another_place_is_the_same_model(model: Path) -> None:
    assert fingerprint(str(model), "main") == fingerprint(shipped.locate("shipped:model"), "main")


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "config.json"])
def test_one_byte_is_another_model(model: Path, name: str) -> None:
    before = fingerprint(str(model), "main")
    body = bytearray((model / name).read_bytes())
    body[len(body) // 2] ^= 1
    (model / name).write_bytes(body)
    assert fingerprint(str(model), "main") != before


def test_large_files_are_sampled_from_end_to_end(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_WHOLE_BYTES", 1000)
    monkeypatch.setattr(module, "_SAMPLE_BYTES", 100)
    before = fingerprint(str(model), "main")
    weights = bytearray((model / "model.safetensors").read_bytes())
    weights[-1] ^= 1
    (model / "model.safetensors").write_bytes(weights)
    assert fingerprint(str(model), "main") != before


def test_a_note_beside_the_weights_is_no_other_model(model: Path) -> None:
    before = fingerprint(str(model), "main")
    (model / "README.md").write_text("a note")
    assert fingerprint(str(model), "main") == before


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"config\.json"):
        fingerprint(str(tmp_path), "main")


def test_a_model_that_does_not_exist_is_named() -> None:
    with pytest.raises(UserError, match=r"no/such/place.* is no model folder here"):
        fingerprint("no/such/place", "main")


def test_the_shipped_model_says_that_it_is_a_llama() -> None:
    config = json.loads((Path(shipped.locate("shipped:model")) / "config.json").read_text())
    assert config["architectures"] == ["LlamaForCausalLM"]
