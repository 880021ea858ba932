"""Real near duplicates with known similarity, and boilerplate twins that are none, through the whole stage."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from thinkaug.records import Document
from thinkaug.stage import Dropped, Kept
from thinkaug.stages.dedup import dedup

TOUCH_FACTS = ("numbers_changed", "wordsub_5", "wordsub_15", "wordsub_30", "chain_step")


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def merged(trial_data: Path, settle: Callable[..., list[Any]]) -> Callable[[dict[str, Any]], bool]:
    """Whether the two rows of a pair were taken for one: both are in a cluster, and not both stay."""
    rows = [Document(line["id"], line["text"]) for line in lines(trial_data / "neardup_medquad" / "docs.jsonl")]
    cluster: dict[str, str] = {}
    stays: set[str] = set()
    for outcome in settle(dedup, rows, threshold=0.7):
        for note in outcome.notes:
            if "cluster" in note:
                cluster[outcome.row.id] = note["cluster"]
                cluster.setdefault(note["keeper"], note["cluster"])
        if isinstance(outcome, Kept):
            stays.add(outcome.row.id)
        else:
            assert isinstance(outcome, Dropped)

    def are_one(pair: dict[str, Any]) -> bool:
        one, other = pair["a"], pair["b"]
        same = one in cluster and cluster[one] == cluster.get(other)
        return same and not {one, other} <= stays

    return are_one


def test_copies_are_found(trial_data: Path, merged: Callable[[dict[str, Any]], bool]) -> None:
    pairs = lines(trial_data / "neardup_medquad" / "injected_pairs.jsonl")
    alike = [pair for pair in pairs if pair["jaccard5"] >= 0.8]
    same_facts = [pair for pair in alike if pair["kind"] not in TOUCH_FACTS]
    assert len(same_facts) > 250
    assert sum(map(merged, same_facts)) >= 0.97 * len(same_facts)


def test_other_diseases_in_the_same_words_stay(trial_data: Path, merged: Callable[[dict[str, Any]], bool]) -> None:
    pairs = lines(trial_data / "neardup_medquad" / "natural_template_pairs.jsonl")
    assert sum(map(merged, pairs)) <= 0.05 * len(pairs)


def test_other_numbers_are_other_facts(trial_data: Path, merged: Callable[[dict[str, Any]], bool]) -> None:
    pairs = lines(trial_data / "neardup_medquad" / "injected_pairs.jsonl")
    changed = [pair for pair in pairs if pair["kind"] == "numbers_changed" and pair["jaccard5"] < 1]
    assert len(changed) > 20
    assert sum(map(merged, changed)) <= 0.05 * len(changed)
