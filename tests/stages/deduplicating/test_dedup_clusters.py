"""What was found is written, and read back."""

import json
from pathlib import Path

import thinkaug
from thinkaug.stages.deduplicating.clusters import Cluster, clusters_of, difference, kept_apart
from thinkaug.store import Folder

LONG = " ".join(f"word{number}" for number in range(200))
DOSE = (
    "Gout is treated at first with rest and cold packs, and then, where the kidneys allow it, with colchicine. "
    "The patient should drink enough and leave out beer for a while. The dose is {} mg a day, split in two. "
    "After two weeks the uric acid is measured again, and the treatment is changed where it is still too high."
)


def deduplicated(tmp_path: Path, texts: list[str]) -> Folder:
    (tmp_path / "in.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    stages = [{"ingest": {"paths": [str(tmp_path / "in.jsonl")], "shard_documents": 2}}, {"dedup": {"threshold": 0.7}}]
    (tmp_path / "p.yaml").write_text(json.dumps({"stages": stages}))
    return thinkaug.run(str(tmp_path / "p.yaml"), out=str(tmp_path / "out")).steps[-1].folder


def test_clusters_are_read_back_from_the_notes(tmp_path: Path) -> None:
    folder = deduplicated(
        tmp_path, [LONG, "Alone.", LONG.upper(), f"{LONG} {LONG[:60]}", DOSE.format(1), DOSE.format(50)]
    )
    stay = {row.text: row.id for row in folder.all_rows()}
    keeper = stay[f"{LONG} {LONG[:60]}"]
    (cluster,) = clusters_of(folder)
    assert (cluster.id, cluster.keepers) == (keeper, (keeper,))
    assert {(member.reason, member.keeper) for member in cluster.members} == {
        ("exact_duplicate", keeper),
        ("near_duplicate", keeper),
    }
    assert all(0.7 <= member.similarity < 1 for member in cluster.members)
    (apart,) = kept_apart(folder)
    assert {apart.id, apart.beside} == {stay[DOSE.format(1)], stay[DOSE.format(50)]}
    assert apart.reason == "kept_for_facts"
    assert apart.words
    assert set(stay.values()).isdisjoint(member.id for member in cluster.members)


def test_a_folder_without_duplicates_has_no_cluster(tmp_path: Path) -> None:
    folder = deduplicated(tmp_path, ["One thing.", "Another matter."])
    assert list[Cluster](clusters_of(folder)) == []
    assert list(kept_apart(folder)) == []


def test_a_difference_is_told_word_by_word() -> None:
    assert difference("take 5 mg a day", "take 50 mg a day with food") == [
        ("same", "take"),
        ("first", "5"),
        ("second", "50"),
        ("same", "mg a day"),
        ("second", "with food"),
    ]
    assert difference("", "") == []
    assert difference("a  b", "a b") == [("same", "a b")]
