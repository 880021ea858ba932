"""One unit: every row settled once, or nothing committed."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkaug.ledger import Ledger, balance, ledger
from thinkaug.records import Document
from thinkaug.runner import Unit, is_done, run_unit
from thinkaug.schema import as_plain
from thinkaug.stage import Dropped, Kept, Outcome, Quarantined, Raw, Shard, Work
from thinkaug.store import Folder, Manifest


def begun(path: Path) -> Folder:
    folder = Folder(path / "toy-00000000", Document)
    folder.begin({})
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return begun(tmp_path)


def documents(count: int) -> list[Document]:
    return [Document(f"id{number}", f"text {number}") for number in range(count)]


def unit(rows: list[Any], *inputs: str, name: str = "00000") -> Unit:
    return Unit(Shard(name, lambda: iter(rows)), inputs)


def run(work: Work, rows: list[Any], folder: Folder, *inputs: str, name: str = "00000") -> Manifest:
    return run_unit(work, unit(rows, *inputs, name=name), folder, 3, lambda counts: None)


def keep(shard: Shard) -> Iterator[Outcome]:
    for row in shard:
        yield Kept(row, (row,))


def read(folder: Folder, manifest: Manifest) -> list[Document]:
    return [row for file in manifest.files for row in folder.rows(file.path)]


def left_behind(folder: Folder) -> list[str]:
    return [path.name for path in folder.path.rglob("*") if path.is_file() and path.name != "stage.json"]


# What each row becomes: 1 to 3 rows, a reason to drop it, or a kind of error.
FATES = st.lists(
    st.integers(1, 3) | st.sampled_from(["short", "loop"]) | st.sampled_from(["Malformed", "TooLong"]), max_size=9
)


def settle(row: Document, fate: int | str) -> Outcome:
    if isinstance(fate, int):
        notes = tuple({"part": part} for part in range(fate - 1))
        return Kept(row, tuple(replace(row, title=str(part)) for part in range(fate)), {"parts": fate}, notes)
    if fate.islower():
        return Dropped(row, fate, "because", {"parts": 0}, ({"why": fate},))
    return Quarantined(row, fate, "no tags", f"raw {row.id} \ud800")


@settings(max_examples=30, deadline=None)
@given(st.lists(FATES, min_size=1, max_size=3))
def test_the_ledger_balances_and_the_files_hold_just_these_rows(shards: list[list[int | str]]) -> None:
    with TemporaryDirectory() as place:
        folder = begun(Path(place))
        for number, fates in enumerate(shards):
            rows = documents(len(fates))

            def work(shard: Shard, fates: list[int | str] = fates) -> Iterator[Outcome]:
                for row, fate in zip(list(shard), fates, strict=True):
                    yield settle(row, fate)

            manifest = run(work, rows, folder, name=f"{number:05d}")
            outcomes = [settle(row, fate) for row, fate in zip(rows, fates, strict=True)]
            assert read(folder, manifest) == [part for kept in outcomes if isinstance(kept, Kept) for part in kept.rows]
            assert lines(folder, manifest.dropped_file, "reason") == [
                (gone.row.id, gone.reason, as_plain(gone.row)) for gone in outcomes if isinstance(gone, Dropped)
            ]
            assert lines(folder, manifest.quarantine_file, "kind", "message", "raw") == [
                (bad.row.id, bad.kind, bad.message, bad.raw, as_plain(bad.row))
                for bad in outcomes
                if isinstance(bad, Quarantined)
            ]
            noted = [(o.row.id, note) for o in outcomes if not isinstance(o, Quarantined) for note in o.notes]
            found_notes = folder.lines(manifest.notes_file) if manifest.notes_file else ()
            assert [(line.pop("id"), line) for line in found_notes] == noted
        every = [fate for fates in shards for fate in fates]
        found = ledger("toy", folder.manifests())
        assert balance([found]) == []
        assert found.rows_in == len(every)
        assert found.rows_out == sum(fate for fate in every if isinstance(fate, int))
        assert {**found.dropped, **found.quarantined} == Counter(fate for fate in every if isinstance(fate, str))


def lines(folder: Folder, file: str, *keys: str) -> list[tuple[Any, ...]]:
    return [tuple(line[key] for key in ("id", *keys, "row")) for line in folder.lines(file)] if file else []


def forgets_the_last(shard: Shard) -> Iterator[Outcome]:
    for row in list(shard)[:-1]:
        yield Kept(row, (row,))


def stops_early(shard: Shard) -> Iterator[Outcome]:
    rows = iter(shard)
    for _ in range(2):
        row = next(rows)
        yield Kept(row, (row,))


def reads_nothing(shard: Shard) -> Iterator[Outcome]:
    yield from ()


def settles_one_twice(shard: Shard) -> Iterator[Outcome]:
    for row in shard:
        yield Kept(row, (row,))
        if row.id == "id1":
            yield Dropped(row, "late")


def settles_another(shard: Shard) -> Iterator[Outcome]:
    yield from keep(shard)
    stranger = Document("stranger", "?")
    yield Kept(stranger, (stranger,))


def settles_before_it_takes(shard: Shard) -> Iterator[Outcome]:
    [first, *_] = documents(1)
    yield Kept(first, (first,))
    yield from keep(shard)


def swaps_one_for_another(shard: Shard) -> Iterator[Outcome]:
    for row in shard:
        other = Document("other", "?") if row.id == "id1" else row
        yield Kept(other, (row,))


def reads_twice(shard: Shard) -> Iterator[Outcome]:
    list(shard)
    yield from keep(shard)


def keeps_as_nothing(shard: Shard) -> Iterator[Outcome]:
    for row in shard:
        yield Kept(row, (row,) if row.id != "id1" else ())


@pytest.mark.parametrize(
    ("work", "complaint"),
    [
        (forgets_the_last, "never settled"),
        (stops_early, "not read to its end"),
        (reads_nothing, "not read to its end"),
        (settles_one_twice, "row id1 settled, but not taken, or settled twice"),
        (settles_another, "row stranger settled, but not taken"),
        (settles_before_it_takes, "row id0 settled, but not taken"),
        (swaps_one_for_another, "row other settled, but not taken"),
        (reads_twice, "never settled"),
        (keeps_as_nothing, "row id1 kept as no row"),
    ],
)
def test_a_stage_that_loses_or_makes_up_a_row_commits_nothing(work: Work, complaint: str, folder: Folder) -> None:
    with pytest.raises(AssertionError, match=complaint):
        run(work, documents(5), folder)
    assert left_behind(folder) == []


def test_rows_of_the_same_id_are_each_settled(folder: Folder) -> None:
    rows = [Document("same", "a"), Document("same", "a"), Document("other", "b")]
    assert run(keep, rows, folder).rows_in == 3


def test_one_of_two_rows_of_the_same_id_is_missed(folder: Folder) -> None:
    with pytest.raises(AssertionError, match=r"rows never settled in unit 00000: \['same'\]"):
        run(forgets_the_last, [Document("same", "a"), Document("same", "a")], folder)


@pytest.mark.parametrize("fault", [ValueError, KeyboardInterrupt, MemoryError])
def test_an_exception_in_the_work_leaves_no_file(fault: type[BaseException], folder: Folder) -> None:
    def work(shard: Shard) -> Iterator[Outcome]:
        for number, row in enumerate(shard):
            if number == 4:
                raise fault("in the middle")
            yield settle(row, [2, "short", "Malformed", 3][number])

    with pytest.raises(fault, match="in the middle"):
        run(work, documents(6), folder)
    assert left_behind(folder) == []


def test_a_row_of_another_type_commits_nothing(folder: Folder) -> None:
    def work(shard: Shard) -> Iterator[Outcome]:
        for row in shard:
            yield Kept(row, (Raw(row.id, {}),))

    with pytest.raises(AttributeError):
        run(work, documents(2), folder)
    assert left_behind(folder) == []


def test_a_unit_without_rows_is_committed(folder: Folder) -> None:
    manifest = run(keep, [], folder)
    assert (manifest.rows_in, manifest.files) == (0, ())
    assert is_done(folder, unit([]))


def test_a_committed_unit_is_done(folder: Folder) -> None:
    assert not is_done(folder, unit([], "abc"))
    run(keep, documents(2), folder, "abc")
    assert is_done(folder, unit([], "abc"))


@pytest.mark.parametrize("inputs", [(), ("abd",), ("abc", "abd"), ("abd", "abc")])
def test_a_unit_of_another_input_is_not_done(inputs: tuple[str, ...], folder: Folder) -> None:
    first = run(keep, documents(2), folder, "abc")
    assert not is_done(folder, unit([], *inputs))
    assert folder.manifest("00000") == first


def test_progress_counts_every_row_and_the_tally(folder: Folder) -> None:
    seen: Counter[str] = Counter()

    def work(shard: Shard) -> Iterator[Outcome]:
        for row, fate in zip(list(shard), [3, "short", "Malformed"], strict=True):
            yield settle(row, fate)

    run_unit(work, unit(documents(3)), folder, 3, seen.update)
    assert seen == {"rows": 3, "kept": 1, "parts": 3}


BALANCED = Ledger("segment", 5, 3, 7, {"short": 1}, {"Malformed": 1}, {}, 0.0)


@pytest.mark.parametrize(
    "wrong",
    [
        replace(BALANCED, rows_in=6),
        replace(BALANCED, rows_kept=2),
        replace(BALANCED, dropped={}),
        replace(BALANCED, quarantined={"Malformed": 2}),
    ],
)
def test_a_ledger_that_does_not_balance_is_named(wrong: Ledger) -> None:
    [fault] = balance([wrong])
    assert fault.startswith("segment: ")


def test_stages_that_do_not_fit_are_named() -> None:
    after = replace(BALANCED, stage="generate", rows_in=6, rows_kept=4, sources=["segment"])
    assert balance([BALANCED, after]) == ["segment wrote 7 rows, but generate read 6"]


def test_stages_that_fit_balance() -> None:
    after = replace(BALANCED, stage="generate", rows_in=7, rows_kept=5, sources=["segment"])
    assert balance([BALANCED, after]) == []


def test_a_stage_that_reads_two_has_the_rows_of_both() -> None:
    again = replace(BALANCED, stage="again", rows_out=4)
    both = replace(BALANCED, stage="pack", rows_in=11, rows_kept=9, sources=["segment", "again"])
    assert balance([BALANCED, again, both]) == []
    wrong = replace(both, rows_in=7, rows_kept=5)
    assert balance([BALANCED, again, wrong]) == ["segment wrote 7 and again wrote 4 rows, but pack read 7"]


def test_a_stage_is_not_compared_with_one_that_it_did_not_read() -> None:
    beside = replace(BALANCED, stage="beside", rows_in=99, rows_kept=97)
    after = replace(BALANCED, stage="generate", rows_in=7, rows_kept=5, sources=["segment"])
    assert balance([BALANCED, beside, after]) == []


def test_a_stage_that_reads_what_has_no_ledger_does_not_balance() -> None:
    after = replace(BALANCED, stage="generate", sources=["segment"])
    assert balance([after, BALANCED]) == ["generate read the rows of segment, which has no ledger before it"]
