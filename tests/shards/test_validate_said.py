"""validate, on sets of which what is said beside the rows was changed, with sums put right, and on files too many."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.shards.forged import edit, sum_again
from thinkaug.durable import sha256_of
from thinkaug.shards.validate import validate

LAYOUTS = ("text", "tokens", "packed")
Change = Callable[[Any], object]


SAID: dict[str, tuple[str, Change, str]] = {
    "another layout": ("text", lambda m: m["layout"].update(name="jpeg"), "layout 'jpeg'"),
    "no layout": ("text", lambda m: m.pop("layout"), "damaged: KeyError: 'layout'"),
    "no parts": ("text", lambda m: m.update(parts=[]), "parts: []"),
    "a part twice": ("text", lambda m: m["parts"].append(m["parts"][0]), "of different names"),
    "rows of a part": ("text", lambda m: m["parts"][1].update(rows=5, distinct_rows=4), "part replay: 4 rows"),
    "distinct rows of a part": ("text", lambda m: m["parts"][1].update(distinct_rows=2), "part replay: 4 rows (3"),
    "chars of a part": ("text", lambda m: m["parts"][0].update(chars=1), "part made: 20 rows"),
    "more distinct rows than rows": ("text", lambda m: m["parts"][1].update(distinct_rows=9), "9 distinct rows of 4"),
    "a share": ("text", lambda m: m["parts"][1].update(share=0.9), "its share 0.9"),
    "chars of a shard": ("text", lambda m: m["shards"][0].update(chars=3), "chars, manifest.json says 3"),
    "bytes of a shard": ("text", lambda m: m["shards"][0].update(bytes=3), "bytes, manifest.json says 3"),
    "rows of a shard": ("text", lambda m: m["shards"][0].update(rows=3), "rows, manifest.json says 3"),
    "a shard twice": ("text", lambda m: m["shards"].append(m["shards"][0]), "names a shard twice"),
    "a shard elsewhere": ("text", lambda m: m["shards"][0].update(path="../x"), "../x: its bytes are not those"),
    "another EOS": ("tokens", lambda m: m["layout"].update(eos_id=3), "does not end with EOS, token 3"),
    "no EOS": ("tokens", lambda m: m["layout"].pop("eos_id"), "damaged: KeyError: 'eos_id'"),
    "rows of a part of tokens": ("tokens", lambda m: m["parts"][0].update(rows=21), "rows: 24 are there, the parts"),
    "tokens of a part": ("tokens", lambda m: m["parts"][0].update(tokens=1), " are there, the parts"),
    "tokens of a shard": ("tokens", lambda m: m["shards"][0].update(tokens=1), "tokens, manifest.json says 1"),
    "another window": ("packed", lambda m: m["layout"].update(window_tokens=32), "has not the 32 values"),
    "another padding": ("packed", lambda m: m["layout"].update(pad_id=9), "padding_tokens: 0 are there"),
    "tokens of the layout": ("tokens", lambda m: m["layout"].update(tokens=9), "says 9 of its layout"),
    "documents of the layout": ("tokens", lambda m: m["layout"].update(documents=9), "says 9 of its layout"),
    "tokens in": ("packed", lambda m: m["layout"].update(tokens_in=9), "tokens_in: "),
    "tokens out": ("packed", lambda m: m["layout"].update(tokens_out=9), "tokens_out: "),
    "pieces": ("packed", lambda m: m["layout"].update(pieces=9), "pieces: "),
    "untrained windows": ("packed", lambda m: m["layout"].update(rows_untrained=9), "rows_untrained: "),
    "documents": ("packed", lambda m: m["layout"].update(documents=99), "manifest.json says 99 do"),
    "another EOS of windows": ("packed", lambda m: m["layout"].update(eos_id=9), "0 documents end with EOS"),
    "padding": ("packed", lambda m: m["layout"].update(padding_tokens=9), "manifest.json says 9 of its layout"),
    "tokens of a packed shard": ("packed", lambda m: m["shards"][0].update(tokens=1), "tokens, manifest.json says 1"),
    "samples in windows": (
        "packed",
        lambda m: m["parts"][0].update(rows=99),
        "rows: 24 are there, the parts in manifest.json add up to 103",
    ),
}


@pytest.mark.parametrize(("layout", "change", "fault"), SAID.values(), ids=SAID)
def test_what_the_manifest_says_wrongly_is_named(
    copy_of: Callable[[str], Path], layout: str, change: Change, fault: str
) -> None:
    mine = copy_of(layout)
    edit(mine / "manifest.json", change)
    sum_again(mine)
    faults = validate(mine).faults
    assert any(fault in found for found in faults), faults


STATS: dict[str, tuple[Change, str]] = {
    "spans of a kind": (lambda s: s["kinds"]["text"].update(spans=1), "text: 43 spans of"),
    "a kind that is not there": (lambda s: s["kinds"].update(recall={"spans": 1, "chars": 2}), "recall: 0 spans"),
    "a kind that is there": (lambda s: s["kinds"].pop("self_talk"), "self_talk: 20 spans"),
    "fewer made": (lambda s: s["ledger"][0].update(rows_in=19, rows_kept=19, rows_out=19), "20 distinct ones"),
    "more made": (lambda s: s["ledger"][0].update(rows_out=21), "wrote 21 rows, but the set holds 20"),
}


@pytest.mark.parametrize(("change", "fault"), STATS.values(), ids=STATS)
def test_what_the_stats_say_wrongly_is_named(copy_of: Callable[[str], Path], change: Change, fault: str) -> None:
    mine = copy_of("text")
    edit(mine / "stats.json", change)
    sum_again(mine)
    faults = validate(mine).faults
    assert any(fault in found for found in faults), faults


MIXES: dict[str, tuple[dict[str, Any], bool]] = {
    "all of them": ({"made": {"repeats": 1}, "domains": {}, "keep_domains": False}, False),
    "an amount": ({"made": {"repeats": 0, "amount": 20}, "domains": {}, "keep_domains": False}, True),
    "by domain": ({"made": {"repeats": 1}, "domains": {"a": 1}, "keep_domains": False}, True),
    "domains kept": ({"made": {"repeats": 1}, "domains": {}, "keep_domains": True}, True),
}


@pytest.mark.parametrize(("mix", "may_leave_out"), MIXES.values(), ids=MIXES)
def test_a_mix_may_leave_out_what_was_made_where_its_settings_say_so(
    copy_of: Callable[[str], Path], mix: dict[str, Any], may_leave_out: bool
) -> None:
    mine = copy_of("text")
    edit(mine / "manifest.json", lambda manifest: manifest["steps"][0].update(config={"mix": mix}))
    edit(mine / "stats.json", lambda s: s["ledger"][0].update(rows_in=21, rows_kept=21, rows_out=21))
    sum_again(mine)
    assert (validate(mine).faults == ()) == may_leave_out


def test_a_set_of_tokens_need_not_count_what_it_does_not_hold(copy_of: Callable[[str], Path]) -> None:
    mine = copy_of("tokens")
    edit(mine / "manifest.json", lambda manifest: [part.pop("chars") for part in manifest["parts"]])
    sum_again(mine)
    assert validate(mine).faults == ()


@pytest.mark.parametrize(
    "name", ["train/shards/.train-00000.tmp", "train/shards/train-0.parquet", "notes.txt", "train/old/state.json"]
)
def test_a_file_that_nothing_names_is_found(copy_of: Callable[[str], Path], name: str) -> None:
    mine = copy_of("text")
    (mine / name).parent.mkdir(exist_ok=True)
    (mine / name).write_text("{}")
    assert validate(mine).faults == (f"{name}: nothing names this file: left by a run that did not end, or put there",)


@pytest.mark.parametrize("name", [".gitattributes", ".cache/huggingface/x", "train/shards/cache-1f.arrow"])
def test_what_the_hub_and_datasets_leave_there_is_no_fault(copy_of: Callable[[str], Path], name: str) -> None:
    mine = copy_of("text")
    (mine / name).parent.mkdir(parents=True, exist_ok=True)
    (mine / name).write_text("")
    assert validate(mine).faults == ()


@pytest.mark.parametrize("name", ["../manifest.json", "/etc/hostname", ""])
def test_sums_of_files_elsewhere_are_not_taken(copy_of: Callable[[str], Path], name: str) -> None:
    mine = copy_of("text")
    with (mine / "SHA256SUMS").open("a") as sums:
        sums.write(f"{'0' * 64}  {name}\n")
    assert f"SHA256SUMS: '{name}' is no file of this folder" in validate(mine).faults


def test_a_card_that_the_sums_leave_out_is_named(copy_of: Callable[[str], Path]) -> None:
    mine = copy_of("text")
    digest = sha256_of(mine / "README.md")
    (mine / "SHA256SUMS").write_text((mine / "SHA256SUMS").read_text().replace(f"{digest}  README.md\n", ""))
    assert any("does not name README.md" in fault for fault in validate(mine).faults)


def test_rows_that_a_split_does_not_count_are_named(copy_of: Callable[[str], Path]) -> None:
    mine = copy_of("packed")
    edit(mine / "train" / "dataset_info.json", lambda info: info["splits"]["train"].update(num_examples=1))
    sum_again(mine)
    assert any("train/dataset_info.json: 1 rows" in fault for fault in validate(mine).faults)
