"""Facts of the index: what rows state, in whose names, and what is found of it again."""
# ruff: noqa: E501 - one case a line

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.knowledge.conftest import Make, parquet
from thinkaug.errors import UserError
from thinkaug.knowledge.building import build_index
from thinkaug.knowledge.command import build, index_summary
from thinkaug.knowledge.facts import Fact, Facts, kind_of
from thinkaug.knowledge.index import Index
from thinkaug.knowledge.quantities import agreement, quantity

SHIPPED = Path(__file__).parents[2] / "data" / "knowledge" / "facts.tsv"
DRUGS = {
    "fact_subject_id": ("{drugbank_id}",),
    "fact_subject": ("{drug}",),
    "fact_relation": ("used_in",),
    "fact_object_id": ("{doid_id}",),
    "fact_object": ("{disease}",),
    "fact_qualifier": ("{category}",),
    "id": ("{drugbank_id} {category} {doid_id}",),
    "text": ("{drug} {category} {disease}",),
}


def triples(facts: Facts) -> list[tuple[str, str, str]]:
    """Every fact, found by its subject, as subject, relation, object; `!` before the relation that is denied."""
    subjects = facts._facts.batch.column(0).unique().to_pylist()
    found = [fact for subject in subjects for relation in facts.relations for fact in facts.of(subject, relation)]
    assert len(found) == len(facts)
    return sorted((fact.subject, "!" * fact.negated + fact.relation, fact.object) for fact in found)


def counted(folder: Path) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = json.loads((folder / "index.json").read_text())["facts"]
    return counts


@pytest.mark.parametrize(
    "files",
    [
        {"a.tsv": "subject_id\tsubject\trelation\tobject_id\tobject\nC:1\tX\tused_in\tD:1\tgout\n"},
        {"a.csv": "object,object_id,predicate,subject,subject_id\ngout,D:1,used_in,X,C:1\n"},
        {"a.parquet": parquet(subject_id=["C:1"], relation=["used_in"], object_id=["D:1"], text=["X is used in gout"])},
        {"a.jsonl": '{"id": "C:1", "label": "X", "used_in": "gout"}\n{"id": "D:1", "label": "gout", "used_in": []}\n'},
        {"a.tsv": "id\tlabel\tused_in\nD:1\tgout\t\nC:1\tX\tGOUT\n"},
        {"a.tsv": "id\tlabel\tused_in\nC:1\tX\tpodagra\n", "b.jsonl": '{"id": "D:1", "label": "gout", "synonyms": ["Podagra"], "text": "t", "is_a": []}\n'},
        {"a.obo": "[Term]\nid: C:1\nname: X\nrelationship: used_in D:1 ! gout\n"},
    ],
    ids=["ids", "other order", "no names", "a list", "by name", "by synonym", "obo"],
)  # fmt: skip
def test_usual_columns_state_facts_without_settings(make: Make, files: dict[str, str | bytes]) -> None:
    facts = make(files).facts
    assert triples(facts) == [("C:1", "used_in", "D:1")]
    assert facts.kinds("used_in") == (frozenset({"C"}), frozenset({"D"}))


def test_a_fact_names_its_entry_and_quotes_it(make: Make) -> None:
    table = "subject_id\tsubject\trelation\tobject_id\tobject\tcategory\tsource\tversion\nC:1\tX\tused_in\tD:1\tgout\tDM\tbook\t3\n"
    index = make({"a.tsv": table}, text=("{subject} {relation} {object}[ ({category})]",))
    (fact,) = index.facts.of("C:1", "used_in")
    said = "X is used in gout (DM)"
    assert fact == Fact("C:1", "used_in", "D:1", "DM", False, "C:1 used_in D:1", said, "book", "3")
    assert index.look_up("X")[0].entry.text == said
    assert index.facts.digest == index.digest


def test_the_projects_facts_are_found_again(make: Make) -> None:
    facts = make({"facts.tsv": SHIPPED.read_bytes()}).facts
    with SHIPPED.open(encoding="utf-8") as opened:
        rows = list(csv.DictReader(opened, delimiter="\t"))
    assert triples(facts) == sorted((row["subject_id"], row["relation"], row["object_id"]) for row in rows)
    assert facts.relations == {row["relation"] for row in rows}
    names = {(row[end], row[f"{end}_id"]) for row in rows for end in ("subject", "object")}
    assert set(facts.names()) == names
    assert facts.kinds("used_in") == (frozenset({"DB"}), frozenset({"DOID"}))
    assert facts.name_of("DOID:13189") == "gout"


def test_users_columns_and_rows_that_deny(make: Make) -> None:
    table = "doid_id\tdrugbank_id\tdisease\tdrug\tcategory\nD:1\tDB1\tgout\tX\tDM\nD:1\tDB2\tgout\tY\tNOT\nD:2\tDB1\tache\tX\tnever\n"
    other = "id\tlabel\tsubClassOf\nD:1\tgout\tache\n"
    facts = make({"a.tsv": table, "b.tsv": other}, **DRUGS, deny=("Never",)).facts
    assert triples(facts) == [("D:1", "is_a", "D:2"), ("DB1", "!used_in", "D:2"), ("DB1", "used_in", "D:1"), ("DB2", "!used_in", "D:1")]  # fmt: skip
    assert [fact.qualifier for fact in facts.of("DB1", "used_in")] == ["DM", ""]


def test_users_columns_leave_other_tables_as_they_are(make: Make) -> None:
    triple = "subject_id\trelation\tobject_id\ttext\nC:1\tcauses\tD:1\tt\n"
    half = "drugbank_id\tdrug\tcategory\ntoo\tfew\tDM\n"
    facts = make({"a.tsv": triple, "b.tsv": half}, **{**DRUGS, "id": (), "text": ()}).facts
    assert triples(facts) == [("C:1", "causes", "D:1")]


def test_every_parent_of_a_row_that_stands_twice_is_kept(make: Make, folder: Path) -> None:
    table = (
        "id\tlabel\tsubClassOf\nD:1\tgout\tache\nD:1\tgout\tmetabolic disease\nD:1\tgout\tache\nD:2\tache\tdisease\n"
    )
    facts = make({"a.tsv": table}).facts
    assert triples(facts) == [("D:1", "is_a", "D:2"), ("D:1", "is_a", "metabolic disease"), ("D:2", "is_a", "disease")]
    assert [fact.quote for fact in facts.of("D:1", "is_a")] == [
        "gout is a kind of ache",
        "gout is a kind of metabolic disease",
    ]
    assert (counted(folder)["literals"], counted(folder)["left_out"]) == ({"unknown": 2}, {"stated_twice": 1})
    assert facts.kinds("is_a") == (frozenset({"D"}), frozenset({"D", ""}))


def test_names_come_from_all_rows_and_ambiguous_ones_for_each(make: Make) -> None:
    obo = '[Term]\nid: D:1\nname: Gout\nsynonym: "podagra" EXACT []\nis_a: D:2\n[Term]\nid: D:2\nname: ache\nsynonym: "podagra" EXACT []\n'
    facts = make({"a.tsv": "id\tlabel\tsubClassOf\nD:1\tgout\tache\nD:3\tstone\t\n", "b.obo": obo}).facts
    assert list(facts.names()) == [
        ("gout", "D:1"), ("Gout", "D:1"), ("podagra", "D:1"), ("ache", "D:2"), ("podagra", "D:2"), ("stone", "D:3"),
    ]  # fmt: skip
    assert [facts.name_of(entity) for entity in ("D:1", "D:3", "500 mg", "\ud800")] == [
        "gout",
        "stone",
        "500 mg",
        "\ud800",
    ]
    assert ("D:1" in facts, "gout" in facts) == (True, False)


def test_a_name_of_several_stays_a_literal_unless_it_is_spelt_so(make: Make, folder: Path) -> None:
    table = "id\tlabel\tis_a\nD:1\tALL\t\nD:2\tAll\t\nD:3\tx\tALL\nD:4\ty\tall\n"
    assert triples(make({"a.tsv": table}).facts) == [("D:3", "is_a", "D:1"), ("D:4", "is_a", "all")]
    assert counted(folder)["literals"] == {"ambiguous": 1}


def test_a_table_without_ids_goes_by_its_names(make: Make, folder: Path) -> None:
    table = (
        "subject\trelation\tobject\nX pill\ttreats\tgout\nx pill\thalf-life\t2 h\nGout\tis_a\tache\n\ttreats\tgout\n"
    )
    facts = make({"a.tsv": table}).facts
    assert triples(facts) == [("X pill", "half-life", "2 h"), ("X pill", "treats", "gout"), ("gout", "is_a", "ache")]
    assert list(facts.names()) == [("X pill", "X pill"), ("ache", "ache"), ("gout", "gout")]
    assert facts.kinds("half-life") == (frozenset({""}), frozenset({""}))
    assert counted(folder)["literals"] == {"quantity": 1}
    assert "2 h" not in facts


def test_a_subject_that_no_id_is_known_of_is_left_out_and_counted(make: Make, folder: Path) -> None:
    table = "subject\trelation\tobject_id\nX\ttreats\tD:1\nY\ttreats\tD:1\n"
    own = "id\tlabel\tis_a\nC:1\tX\t\nD:1\tgout\tache\n"
    settings = {"text": ("{subject} {relation} {object_id}", "{label}")}
    facts = make({"a.tsv": table, "b.tsv": own}, id=("{subject}", "{id}"), **settings).facts
    assert triples(facts) == [("C:1", "treats", "D:1"), ("D:1", "is_a", "ache")]
    assert counted(folder)["left_out"] == {"unknown_subject": 1}


def test_links_of_obo_and_the_sentence_that_says_them(make: Make) -> None:
    long = "It goes on and on. " * 40
    obo = (
        f'[Term]\nid: D:1\nname: Gout\\, acute\ndef: "{long}" []\nis_a: D:2 {{source="x"}} ! ache\nis_a: D:9\n'
        "relationship: has_symptom S:1 ! pain\nrelationship: broken\nis_a: D:8 ! gone\n[Term]\nid: D:8\nis_obsolete: true\n"
    )
    facts = make({"a.obo": obo}).facts
    assert triples(facts) == [("D:1", "has_symptom", "S:1"), *(("D:1", "is_a", f"D:{n}") for n in (2, 8, 9))]
    assert facts.of("D:1", "has_symptom")[0].quote == "Gout, acute has symptom pain."
    assert {fact.quote for fact in facts.of("D:1", "is_a")} == {"Gout, acute is a kind of ache and D:9 and gone."}


@pytest.mark.parametrize(
    ("entity", "kind"),
    [("DOID:1", "DOID"), ("DB00122", "DB"), ("Q42", "Q"), ("MESH_D 1:x", "MESH_D 1"), (":1", ""), ("gout", ""), ("500 mg", ""), ("", ""), ("42", ""), ("C1-INH", "")],
)  # fmt: skip
def test_the_kind_of_an_id(entity: str, kind: str) -> None:
    assert kind_of(entity) == kind


HOSTILE = [
    ("subject_id\trelation\tobject_id\tobject\n", []),
    ("subject_id\trelation\tobject_id\ttext\n\tr\tb\tt\na\t\tb\tt\na\tr\t\tt\n", []),
    ("subject_id\trelation\tobject_id\ttext\nan id: of words\tr\té:1\tt\n", [("an id: of words", "r", "é:1")]),
    ("subject_id\trelation\tobject_id\tobject\ttext\na:1\tdose\t\t3 blorps\tt\na:2\tdose\t\tNaN\tt\n", [("a:1", "dose", "3 blorps"), ("a:2", "dose", "NaN")]),
    ("subject_id\trelation\tobject_id\tcategory\ttext\na:1\tr\tb:1\tNOT\tno\na:1\tr\tb:1\tDM\tyes\na:1\tr\tb:1\tDM\tyes\n", [("a:1", "!r", "b:1"), ("a:1", "r", "b:1")]),
    ("id\tlabel\tis_a\na:1\tx\ty\na:2\ty\tx\na:3\tz\tz\n", [("a:1", "is_a", "a:2"), ("a:2", "is_a", "a:1"), ("a:3", "is_a", "a:3")]),
]  # fmt: skip


@pytest.mark.parametrize(("table", "expected"), HOSTILE)
def test_rows_that_mean_harm_do_none(make: Make, table: str, expected: list[tuple[str, str, str]]) -> None:
    index = make({"a.tsv": table, "b.jsonl": '{"id": "~", "text": "t"}'}, id=("{id}", "{subject_id} {category} {object}", "{subject_id}"))  # fmt: skip
    if expected:
        assert triples(index.facts) == expected
    else:
        with pytest.raises(UserError, match="holds no facts"):
            _ = index.facts


def test_lone_surrogates_are_counted_and_left_out(make: Make, folder: Path) -> None:
    rows = [
        {"subject_id": "a", "relation": "r", "object_id": "b", "qualifier": "\ud800", "text": "t", "id": "1"},
        {"id": "2", "label": "\ud800", "is_a": "x", "text": "t"},
        {"id": "3", "label": "y", "is_a": ["x", "\ud800"], "text": "t"},
    ]
    facts = make({"a.jsonl": "".join(json.dumps(row) + "\n" for row in rows)}, title=("{relation}",)).facts
    assert triples(facts) == [("3", "is_a", "x")]
    assert counted(folder)["left_out"]["not_unicode"] == 3
    assert facts.of("\ud800", "r") == facts.of("3", "\ud800") == ()


def test_an_index_of_entries_only_says_how_to_state_facts(make: Make, folder: Path) -> None:
    index = make({"a.jsonl": '{"id": "1", "title": "gout", "text": "It hurts."}'})
    with pytest.raises(UserError, match=r"holds no facts.*subject, relation and object.*--set fact_relation=used_in"):
        _ = index.facts
    assert not any("facts" in line for line in index_summary(folder))


def test_a_fact_needs_a_row_that_can_be_quoted(make: Make, folder: Path) -> None:
    table = "subject_id\tsubject\trelation\tobject_id\tobject\ttext\nC:1\tX\tr\tD:1\ty\t\nC:2\tZ\tr\tD:1\ty\tsaid\n"
    assert triples(make({"a.tsv": table}).facts) == [("C:2", "r", "D:1")]
    assert counted(folder)["left_out"] == {"no_entry": 1}


@pytest.mark.parametrize("name", ["facts.arrow", "entities.arrow"])
@pytest.mark.parametrize("damage", ["cut", "gone", "garbage"])
def test_damaged_facts_are_refused(make: Make, folder: Path, name: str, damage: str) -> None:
    make({"a.tsv": "id\tlabel\tis_a\na:1\tx\ty\n"})
    body = (folder / name).read_bytes()
    (folder / name).unlink()
    if damage != "gone":
        (folder / name).write_bytes(body[:-8] if damage == "cut" else b"\x00" * len(body))
    with pytest.raises(UserError, match="build it with: thinkaug index"):
        _ = Index.open(folder).facts


def test_the_same_input_gives_the_same_bytes_in_another_process(tmp_path: Path) -> None:
    program = "import sys; from thinkaug.knowledge.building import build_index; build_index([sys.argv[1]], sys.argv[2])"
    for seed in ("1", "2"):
        command = [sys.executable, "-c", program, str(SHIPPED), str(tmp_path / seed)]
        subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": seed})
    one, other = ({p.name: p.read_bytes() for p in (tmp_path / seed).rglob("*.*")} for seed in ("1", "2"))
    assert one == other
    assert one["facts.arrow"]


@pytest.mark.parametrize(
    "setting", ["deny=none", "fact_relation=other", "fact_object={object}!", "fact_qualifier={source}"]
)
def test_the_digest_covers_how_facts_are_stated(tmp_path: Path, setting: str) -> None:
    build([str(SHIPPED)], str(tmp_path / "1"), [])
    build([str(SHIPPED)], str(tmp_path / "2"), [setting])
    assert Index.open(tmp_path / "1").digest != Index.open(tmp_path / "2").digest


def test_a_setting_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"index: fact_object: '\{a'.*no partner"):
        build([str(SHIPPED)], str(tmp_path / "i"), ["fact_object={a"])


def test_the_command_says_what_is_stated(tmp_path: Path) -> None:
    table = tmp_path / "a.tsv"
    table.write_text(
        "subject_id\trelation\tobject_id\tobject\tcategory\ttext\na\tr\tb\t\t\t1\na\tr\tb\t\tNOT\t2\na\ts\t\t5 mg\t\t3\na\ts\t\t\t\t4\n"
    )
    lines = build([str(table)], str(tmp_path / "i"), ["id={text}"])
    assert lines[2] == "  3 facts about 2 entities, 1 of them denied: 2 r, 1 s"
    assert lines[3:] == ["  objects that are no entity's name: 1 quantity", "  stated and left out: 1 incomplete"]
    assert index_summary(tmp_path / "i") == lines


NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(NAMES, st.sampled_from(["r", "is_a"]), NAMES, st.booleans()), min_size=1, max_size=20))
def test_what_was_stated_is_found(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str, bool]]
) -> None:
    place = tmp_path_factory.mktemp("facts")
    keys = ("subject_id", "relation", "object_id", "qualifier")
    lines = [dict(zip(keys, (a, r, b, "NOT" if no else ""), strict=True)) for a, r, b, no in rows]
    body = "".join(json.dumps({**line, "id": str(n), "text": "t"}) + "\n" for n, line in enumerate(lines))
    (place / "a.jsonl").write_text(body)
    stated = {(a.strip(), "!" * no + r, b.strip()) for a, r, b, no in rows if a.strip() and b.strip()}
    index = Index.open(build_index([str(place / "a.jsonl")], str(place / "i")))
    if stated:
        assert triples(index.facts) == sorted(stated)
        assert all(end in index.facts for a, _, b in stated for end in (a, b))


QUANTITIES: list[tuple[str, str, str]] = [
    ("2 h", "120 min", "agrees"), ("2 h", "2 h", "agrees"), ("2 h", "2 hours", "agrees"), ("2 h", "119 min", "differs"),
    ("2 h", "3 h", "differs"), ("500 mg", "0.5 g", "agrees"), ("500 mg", "500 g", "differs"), ("450 mg", "about 460 mg", "agrees"),
    ("1,000 mg", "1 g", "agrees"), ("37 °C", "98.6 °F", "agrees"), ("37 °C", "37 °F", "differs"), ("5 mg/kg", "5 mg/kg", "agrees"),
    ("5 mg/kg", "5000 µg/kg", "agrees"), ("5 mg/kg", "5", "unsure"), ("5 mg", "5 h", "unsure"), ("5 mg", "5", "unsure"),
    ("50 %", "50 %", "agrees"), ("50 %", "0.5", "unsure"), ("3 tablets", "3 tablet", "agrees"), ("3 tablets", "3 drops", "unsure"),
    ("1 lb", "450 g", "unsure"), ("12", "12", "agrees"), ("12", "13", "differs"), ("-5 °C", "5 °C", "differs"),
]  # fmt: skip


@pytest.mark.parametrize(("known", "stated", "expected"), QUANTITIES)
def test_quantities_agree_across_units(known: str, stated: str, expected: str) -> None:
    one, other = quantity(known), quantity(stated)
    assert one is not None
    assert other is not None
    assert agreement(one, other) == expected


@pytest.mark.parametrize(
    "text",
    [
        "NaN",
        "inf",
        "1e999",
        "",
        "gout",
        "2-4 h",
        "2 x 3 mg",
        "DOID:1",
        "DB00122",
        "5 mg twice daily",
        "9" * 1000,
        "\ud800",
    ],
)
def test_what_is_no_single_quantity_is_none(text: str) -> None:
    assert quantity(text) is None


@pytest.fixture
def ontology(trial_data: Path, tmp_path: Path) -> Callable[[], Facts]:
    place = trial_data / "knowledge"

    def read() -> Facts:
        paths = [place / "HumanDO.tsv", *sorted(place.glob("*.obo")), place / "pharmacotherapydb" / "indications.tsv"]
        chosen = [f"{name}={template}" for name, templates in DRUGS.items() for template in templates]
        build([str(path) for path in paths], str(tmp_path / "real"), chosen)
        return Index.open(tmp_path / "real").facts

    return read


def test_real_ontologies_and_indications(ontology: Callable[[], Facts], trial_data: Path, tmp_path: Path) -> None:
    facts = ontology()
    place = trial_data / "knowledge"
    with (place / "HumanDO.tsv").open(encoding="utf-8") as opened:
        terms = list(csv.DictReader(opened, delimiter="\t"))
    with (place / "pharmacotherapydb" / "indications.tsv").open(encoding="utf-8") as opened:
        uses = list(csv.DictReader(opened, delimiter="\t"))
    ids = {term["label"]: term["id"] for term in terms}
    parents = {(term["id"], "is_a", ids.get(term["subClassOf"], term["subClassOf"])) for term in terms}
    lines = [line for slim in place.glob("*.obo") for line in slim.read_text(encoding="utf-8").splitlines()]
    own = ""
    for line in lines:
        own = line[4:] if line.startswith("id: ") else own
        if line.startswith("is_a: "):
            parents.add((own, "is_a", line[6:].split(" ")[0]))
    used = {(use["drugbank_id"], "!" * (use["category"] == "NOT") + "used_in", use["doid_id"]) for use in uses}
    assert set(triples(facts)) == parents | used
    assert counted(tmp_path / "real")["denied"] == sum(use["category"] == "NOT" for use in uses)
    assert counted(tmp_path / "real")["literals"] == {"unknown": sum(term["subClassOf"] not in ids for term in terms)}
    names = set(facts.names())
    assert {(term["label"], term["id"]) for term in terms} <= names
    assert {(use["drug"], use["drugbank_id"]) for use in uses} <= names
    assert ("ATLL", "DOID:0050523") in names, "a synonym from a row that the index of entries left out"
    assert facts.kinds("used_in") == (frozenset({"DB"}), frozenset({"DOID"}))
