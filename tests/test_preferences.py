"""Preference pairs: out of a real run, with the columns that trainers read, and the writer's own prompts."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

import thinkaug
from thinkaug import pipeline
from thinkaug.dialogue import Ask, Reply, Score
from thinkaug.engines.scripted import Scripted
from thinkaug.errors import UserError
from thinkaug.knowledge.building import build_index
from thinkaug.plan import Plan
from thinkaug.preferences import pairs, write_pairs
from thinkaug.shards.validate import validate
from thinkaug.stages.prune import prune
from thinkaug.stages.verify import verify

TABLE = """subject_id	subject	relation	object_id	object	category
DB1	allopurinol	used_in	DOID:1	gout	DM
DB2	salbutamol	used_in	DOID:2	asthma	SYM
DB3	colchicine	comes_from	DB4	colchicum	
"""
UNPROVED = "Colchicine is used in gout."
TEXTS = ["Allopurinol stands in the list.", "Salbutamol stands in the list.", "Nothing is known of it."]
RIGHT = {"Allopurinol": "Allopurinol is used in gout.", "Salbutamol": "Salbutamol is used in asthma."}
WRONG = {"Allopurinol": "Allopurinol is used in asthma.", "Salbutamol": "Salbutamol is used in gout."}


class Writer:
    """Gives each stretch a wrong thought, one that is half wrong and a right one, in turn; and scores them."""

    def __init__(self) -> None:
        self.asked: list[Ask] = []
        self._turns: Counter[str] = Counter()

    def __call__(self, ask: Ask | Score) -> str | Reply:
        if isinstance(ask, Score):
            # A question before the stretch makes it likelier, and any thought does.
            nats = -0.5 if "What for?" in ask.context else -1.0 if "thinking" in ask.context else -2.0
            return Reply("", log_probabilities=(nats,) * len(ask.target.split()))
        self.asked.append(ask)
        words = ask.messages[-1].content
        if "Colchicine stands" in words:
            return f"<recall>{UNPROVED}</recall>"
        drug = next((name for name in RIGHT if f"{name} stands" in words), "")
        if not drug:
            return "<self_talk>What can be said?</self_talk>"
        self._turns[drug] += 1
        question, right, wrong = "<self_talk>What for?</self_talk>", RIGHT[drug], WRONG[drug]
        return [
            f"{question}\n<recall>{wrong}</recall>",
            f"{question}\n<recall>{right}</recall>\n<recall>{wrong}</recall>",
            f"<recall>{right}</recall>",
        ][(self._turns[drug] - 1) % 3]


Build = Callable[..., tuple[Plan, Writer]]


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Build:
    """Run a toy pipeline with verify and prune; the options are those of prune."""
    monkeypatch.setattr(pipeline, "STAGES", {**pipeline.STAGES, "verify": verify, "prune": prune})
    (tmp_path / "facts.tsv").write_text(TABLE)
    index = build_index([str(tmp_path / "facts.tsv")], str(tmp_path / "index"))

    def run(
        *,
        strategy: str = "interleaved",
        texts: Sequence[str] = TEXTS,
        pack: Any = None,
        scored: bool = False,
        **options: Any,
    ) -> tuple[Plan, Writer]:
        (tmp_path / "texts.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
        writer = Writer()
        stages = [
            {"ingest": {"paths": [str(tmp_path / "texts.jsonl")]}},
            "segment",
            {"generate": {"candidates": 3, "strategy": strategy}},
            {"verify": {"index": str(index), "relations": "medicine"}},
            *([{"score": {"by": "gain", "mismatched": False}}] if scored else []),
            {"prune": options},
            {"pack": pack or {}},
        ]
        (tmp_path / "toy.yaml").write_text(json.dumps({"stages": stages}))
        engines = {"writer": Scripted(writer)}
        return thinkaug.run(str(tmp_path / "toy.yaml"), out=str(tmp_path / "out"), engines=engines), writer

    return run


def said(row: dict[str, Any], column: str) -> str:
    (message,) = row[column]
    assert message["role"] == "assistant"
    content: str = message["content"]
    return content


def test_what_stands_is_chosen_against_what_was_wrong(build: Build) -> None:
    plan, _ = build()
    rows = [row for row in pairs(plan) if RIGHT["Allopurinol"] in said(row, "chosen")]
    assert [(row["reason"], row["chosen_candidate"], row["rejected_candidate"]) for row in rows] == [
        ("contradicted", 1, 0),
        ("contradicted", 1, 1),
    ]
    stands = f"<self_talk>What for?</self_talk>\n<recall>{RIGHT['Allopurinol']}</recall>"
    assert {said(row, "chosen") for row in rows} == {stands}
    assert [said(row, "rejected") for row in rows] == [
        f"<self_talk>What for?</self_talk>\n<recall>{WRONG['Allopurinol']}</recall>",
        f"{stands}\n<recall>{WRONG['Allopurinol']}</recall>",
    ]


def test_the_prompt_is_the_one_the_writer_was_asked_with(build: Build) -> None:
    plan, writer = build()
    asked = [[{"role": m.role, "content": m.content} for m in ask.messages] for ask in writer.asked]
    rows = list(pairs(plan))
    assert rows
    assert all(row["prompt"] in asked for row in rows)
    by_text = {text: row["prompt"][-1]["content"] for text in TEXTS for row in rows if text in str(row["prompt"])}
    assert len(by_text) == 2


def test_a_candidate_that_was_only_not_chosen_is_no_pair_and_neither_is_a_raw_stretch(build: Build) -> None:
    plan, _ = build()
    assert {row["reason"] for row in pairs(plan)} == {"contradicted"}
    assert not any("Nothing is known" in str(row["prompt"]) for row in pairs(plan))
    plan, _ = build(contradicted="keep")
    assert list(pairs(plan)) == []


def test_a_hedged_thought_is_preferred_to_what_was_written(build: Build) -> None:
    plan, _ = build(texts=["Colchicine stands in the list."], unsupported="hedge")
    (row, *others) = pairs(plan)
    assert (row["reason"], row["chosen_candidate"], row["rejected_candidate"]) == ("rewritten", 0, 0)
    assert said(row, "rejected") == f"<recall>{UNPROVED}</recall>"
    assert said(row, "chosen").endswith(f", {UNPROVED}</recall>") or f"but {UNPROVED}" in said(row, "chosen")
    assert [other["rejected_candidate"] for other in others] == [1, 2]


def test_a_reward_that_is_lower_by_the_margin_is_a_cause(build: Build) -> None:
    plan, _ = build(scored=True, contradicted="keep", choose="reward", weights={"knowledge": 0})
    rows = [row for row in pairs(plan, margin=0.4) if "Allopurinol stands" in str(row["prompt"])]
    assert [(row["reason"], row["chosen_candidate"], row["rejected_candidate"]) for row in rows] == [
        ("lower_reward", 0, 2)
    ]
    assert (rows[0]["chosen_reward"], rows[0]["rejected_reward"]) == (1.5, 1.0)
    assert list(pairs(plan, margin=0.6)) == []


def test_a_thought_of_several_replies_has_no_prompt_of_its_own(build: Build) -> None:
    plan, _ = build(strategy="skeleton")
    assert list(pairs(plan)) == []


def test_the_folder_is_what_trainers_load(build: Build, tmp_path: Path) -> None:
    from datasets import load_from_disk

    plan, _ = build()
    assert write_pairs(plan, tmp_path / "pairs") == {"contradicted": 4}
    found = load_from_disk(str(tmp_path / "pairs"))
    assert len(found) == 4
    assert {"prompt", "chosen", "rejected", "reason", "passage", "cut"} <= set(found.column_names)
    assert list(found) == list(pairs(plan))
    for row in found:
        assert [message["role"] for message in row["prompt"]] == ["system", "user"]
        assert [message["role"] for message in row["chosen"] + row["rejected"]] == ["assistant", "assistant"]
        assert row["chosen"] != row["rejected"]
        assert all(set(message) == {"role", "content"} for message in row["prompt"] + row["chosen"] + row["rejected"])
    assert found.features["chosen_reward"].dtype == "float64"
    assert "| contradicted | 4 |" in (tmp_path / "pairs" / "README.md").read_text()
    assert json.loads((tmp_path / "pairs" / "pairs.json").read_text())["pairs"] == {"contradicted": 4}


def test_the_folder_is_replaced_and_nothing_else_is(build: Build, tmp_path: Path) -> None:
    plan, _ = build()
    place = tmp_path / "pairs"
    write_pairs(plan, place)
    (place / "left").write_text("over")
    write_pairs(plan, place)
    assert sorted(path.name for path in place.iterdir()) == [
        "README.md",
        "data-00000-of-00001.arrow",
        "dataset_info.json",
        "pairs.json",
        "state.json",
    ]
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(UserError, match="mine: there is something that is no set of pairs"):
        write_pairs(plan, tmp_path / "mine")
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years of work"
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_where_there_are_no_pairs_nothing_is_left(build: Build, tmp_path: Path) -> None:
    plan, _ = build(contradicted="keep")
    with pytest.raises(UserError, match="nothing to learn from"):
        write_pairs(plan, tmp_path / "pairs")
    assert not (tmp_path / "pairs").exists()
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_a_set_that_is_broken_off_leaves_the_old_one(
    build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, _ = build()
    write_pairs(plan, tmp_path / "pairs")
    before = (tmp_path / "pairs" / "state.json").read_bytes()

    def broken(*args: object) -> Iterator[dict[str, Any]]:
        yield next(pairs(plan))
        raise KeyboardInterrupt

    monkeypatch.setattr("thinkaug.preferences.pairs", broken)
    with pytest.raises(KeyboardInterrupt):
        write_pairs(plan, tmp_path / "pairs")
    assert (tmp_path / "pairs" / "state.json").read_bytes() == before
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_a_plan_that_prunes_nothing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("One.")
    (tmp_path / "toy.yaml").write_text(json.dumps({"stages": [{"ingest": {"paths": [str(tmp_path / "a.txt")]}}]}))
    plan = pipeline.load(str(tmp_path / "toy.yaml"), engines={"writer": Scripted(Writer())})
    with pytest.raises(UserError, match="no stage 'prune'"):
        next(pairs(plan))


# What the same run says of exposure.


def test_the_data_set_says_how_many_thoughts_each_fact_has(build: Build) -> None:
    plan, _ = build(keep=3, pack={"variants": 3})
    stats = json.loads((plan.shards / "stats.json").read_text())
    exposure = stats["exposure"]
    # Two candidates of each drug stand; both recall its use in the same words.
    assert exposure["facts"] == 2
    assert exposure["thoughts_per_fact"] == {"mean": 1, "median": 1, "max": 1, "histogram": {"1": 2}}
    assert exposure["entities"] == {"DB1": 1, "DB2": 1, "DOID:1": 1, "DOID:2": 1}
    assert validate(plan.shards).faults == ()
    assert validate(plan.shards).rows == 5
    assert stats["ledger"][-1]["tally"]["variants"] == 2


def test_what_is_not_shown_is_no_exposure(build: Build) -> None:
    plan, _ = build(keep=3, pack={"style": {"kinds": ["self_talk"]}})
    assert json.loads((plan.shards / "stats.json").read_text())["exposure"]["facts"] == 0


def test_the_ledger_of_the_run_tells_what_pruning_did(build: Build) -> None:
    plan, _ = build()
    stats = json.loads((plan.shards / "stats.json").read_text())
    tally = next(entry["tally"] for entry in stats["ledger"] if entry["stage"] == "prune")
    assert (tally["contradicted_before"], tally["contradicted_after"]) == (4, 0)
    assert (tally["supported_before"], tally["supported_after"]) == (4, 2)
    assert tally["raw"] == 0
