"""A set that is a mix: the asked shares are there, counted in the finished rows, and every row proves itself."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import datasets
import pytest

import thinkaug
from thinkaug.dialogue import Ask
from thinkaug.engines.scripted import Scripted
from thinkaug.errors import UserError
from thinkaug.shards.validate import validate

WRITER = Scripted(lambda ask: f"<self_talk>Which rate is it, of {ask.seed % 7}?</self_talk>\n<recall>Sixty.</recall>")
DOMAINS = ("heart", "kidney", "skin")
Make = Callable[..., Path]


def answer(ask: Ask) -> str:
    """More thoughts about the heart than about anything else: what is hard expands more."""
    return WRITER.answer(ask) + "\n<recall>It beats.</recall>" * (9 if "the heart" in ask.messages[1].content else 0)


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Make:
    """Build a set of 240 passages of three domains, with these settings of pack; other texts lie in web.jsonl."""
    place = tmp_path_factory.mktemp("mixed")
    with (place / "docs.jsonl").open("w") as file:
        for number in range(240):
            domain = DOMAINS[number % 7 % 3]
            words = " ".join(f"word{number}x{word}" for word in range(5 + number % 23))
            file.write(json.dumps({"text": f"Case {number} of the {domain}: {words}.", "domain": domain}) + "\n")
    with (place / "web.jsonl").open("w") as file:
        for number in range(400):
            file.write(json.dumps({"text": f"Page {number}: " + "any word " * (3 + number % 31)}) + "\n")
        file.write('{"text": ""}\n{"no": "text"}\nnot json\n')
    (place / "web2.jsonl").write_text('{"text": "One page."}\n')

    def run(**options: Any) -> Path:
        stages = [
            {"ingest": {"paths": [str(place / "docs.jsonl")], "fields": {"domain": "domain"}}},
            "segment",
            "generate",
            {"pack": options},
        ]
        (place / "toy.yaml").write_text(json.dumps({"name": "toy", "stages": stages}))
        engines = {"writer": Scripted(answer)}
        return thinkaug.run(str(place / "toy.yaml"), out=str(place / "out"), engines=engines).shards

    run.place = place  # type: ignore[attr-defined]
    return run


def parts_of(root: Path) -> dict[str, Mapping[str, Any]]:
    manifest = json.loads((root / "manifest.json").read_text())
    return {part["name"]: part for part in manifest["parts"]}


def counted(root: Path, size: Callable[[str], int]) -> Counter[str]:
    """Of each part, the sizes of its rows as a trainer reads them."""
    sizes: Counter[str] = Counter()
    for row in datasets.load_from_disk(str(root))["train"]:
        sizes[json.loads(row["meta"]).get("part", "made")] += size(row["text"])
    return sizes


def web(make: Make, **portion: float) -> dict[str, Any]:
    return {"web": {"paths": [str(make.place / "web.jsonl")], **portion}}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("unit", "size"), [("chars", len), ("documents", lambda text: 1), ("tokens", lambda text: len(text.split()))]
)
def test_the_realised_mix_is_the_asked_one_within_half_a_percent(
    make: Make, unit: str, size: Callable[[str], int]
) -> None:
    root = make(mix={"unit": unit, "replay": {"share": 0.2}, "others": web(make, share=0.15)})
    sizes = counted(root, size)
    for name, share in {"made": 0.65, "replay": 0.2, "web": 0.15}.items():
        assert sizes[name] / sizes.total() == pytest.approx(share, abs=0.005)
        assert parts_of(root)[name]["share"] == pytest.approx(sizes[name] / sizes.total(), abs=0.003)
    assert validate(root).faults == ()


def test_the_tokens_of_a_mix_are_counted_as_the_manifest_says(make: Make) -> None:
    root = make(mix={"replay": {"share": 0.25}})
    manifest = json.loads((root / "manifest.json").read_text())
    assert sum(part["tokens"] for part in manifest["parts"]) == sum(shard["tokens"] for shard in manifest["shards"])
    assert sum(part["chars"] for part in manifest["parts"]) == sum(shard["chars"] for shard in manifest["shards"])


def test_what_is_replayed_is_the_passage_alone(make: Make) -> None:
    root = make(mix={"replay": {"repeats": 1}})
    rows = list(datasets.load_from_disk(str(root))["train"])
    replayed = {row["text"] for row in rows if json.loads(row["meta"]).get("part") == "replay"}
    assert replayed == {thinkaug.strip(row["text"], row["spans"]) for row in rows}
    assert len(replayed) == 240
    assert len({row["id"] for row in rows}) == len(rows) == 480


def test_repeats_are_whole_passes_and_copies_say_so(make: Make) -> None:
    root = make(mix={"made": {"repeats": 2.5}})
    rows = list(datasets.load_from_disk(str(root))["train"])
    copies = Counter(json.loads(row["meta"]).get("copy", 1) for row in rows)
    assert (copies[1], copies[2]) == (240, 240)
    assert 80 < copies[3] < 160
    assert parts_of(root)["made"]["distinct_rows"] == 240
    assert validate(root).faults == ()


def test_domains_have_the_shares_of_their_expert_text_when_asked(make: Make) -> None:
    def shares(root: Path, text: Callable[[Mapping[str, Any]], str]) -> dict[str, float]:
        sizes: Counter[str] = Counter()
        for row in datasets.load_from_disk(str(root))["train"]:
            sizes[row["domain"]] += len(text(row))
        return {domain: sizes[domain] / sizes.total() for domain in DOMAINS}

    plain = make()
    expert = shares(plain, lambda row: thinkaug.strip(row["text"], row["spans"]))
    assert shares(plain, lambda row: row["text"])["heart"] > expert["heart"] + 0.05
    kept = shares(make(mix={"unit": "chars", "keep_domains": True}), lambda row: row["text"])
    asked = shares(make(mix={"unit": "chars", "domains": {"skin": 0.5}}), lambda row: row["text"])
    assert kept == pytest.approx(expert, abs=0.005)
    assert asked["skin"] == pytest.approx(0.5, abs=0.005)


def test_bad_records_of_another_set_are_counted_and_end_nothing(make: Make) -> None:
    root = make(mix={"others": web(make, repeats=1)})
    stats = json.loads((root / "stats.json").read_text())
    assert sum(stats["unreadable"]["web"].values()) == 3
    assert parts_of(root)["web"]["rows"] == 400


@pytest.mark.parametrize("layout", ["tokens", "packed"])
def test_a_mix_is_laid_out_as_tokens_too(make: Make, layout: str) -> None:
    options = {"layout": layout, "tokenizer": "shipped:model", "window_tokens": 256}
    root = make(**options, mix={"replay": {"share": 0.3}})
    assert parts_of(root)["replay"]["share"] == pytest.approx(0.3, abs=0.005)
    assert validate(root).faults == ()


@pytest.mark.parametrize(
    ("mix", "message"),
    [
        ({"replay": {"share": 1}}, "the shares add up to 1"),
        ({"replay": {"share": 0.9}}, "most_repeats"),
        ({"replay": {"shares": 0.1}}, "did you mean 'share'"),
        ({"domains": {"hart": 0.5}}, "did you mean 'heart'"),
        ({"others": {"web": {"share": 0.1}}}, "paths"),
        ({"made": {"repeats": -1}}, "greater than or equal to 0"),
        ({"made": {"repeats": float("nan")}}, "made"),
    ],
)
def test_a_mix_that_cannot_be_had_is_refused(make: Make, mix: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        make(mix=mix)


def test_another_file_of_another_set_is_another_folder(make: Make) -> None:
    first = make(mix={"others": web(make, repeats=1)}).resolve()
    other = {"web": {"paths": [str(make.place / "web2.jsonl")], "repeats": 1}}  # type: ignore[attr-defined]
    assert make(mix={"others": other}).resolve() != first
