"""The facts judge: what a table states, denies or does not know; its evidence is always the table's own row."""

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkaug.claims import Statement
from thinkaug.judges.facts import judge
from thinkaug.knowledge.building import build_index
from thinkaug.knowledge.facts import Facts
from thinkaug.knowledge.index import Index
from thinkaug.knowledge.wording import Config
from thinkaug.records import Claim


@dataclass(frozen=True)
class Rule:
    """A relation as the judge sees it."""

    world: str = "closed"
    transitive: bool = False


RULES = {
    "used_in": Rule(),
    "causes": Rule("open"),
    "half_life": Rule(),
    "is_a": Rule(transitive=True),
    "part_of": Rule("open", transitive=True),
}
TABLE = """\
C:1 used_in D:gout DM
C:1 used_in D:stone SYM
C:1 used_in D:asthma NOT
C:1 causes D:rash -
C:1 half_life =2_h -
C:2 used_in D:asthma DM
C:2 used_in D:asthma SYM
C:2 half_life =NaN -
C:3 used_in D:asthma NOT
C:4 used_in D:gout DM
C:4 used_in D:gout NOT
C:5 half_life =3_blorps -
C:6 used_in =some_ache -
C:7 used_in D:gout -
an_id:of_words used_in D:gout -
D:gout is_a D:arthritis -
D:arthritis is_a D:joint -
D:tophus is_a D:gout -
D:flu is_a D:infection -
D:infection is_a D:disease -
D:joint is_a D:disease -
D:stone is_a D:disease -
D:asthma is_a D:disease -
D:a is_a D:b -
D:b is_a D:c -
D:c is_a D:a -
D:toe part_of D:foot -
D:foot part_of D:leg -
"""


def read_facts(table: str, place: Path) -> Facts:
    """The facts of lines `subject relation object qualifier`; `_` is a space, `=` opens a literal, `-` is nothing."""
    rows = []
    for line in table.splitlines():
        subject, relation, object_, qualifier = line.split(" ")
        subject, object_ = subject.replace("_", " "), object_.replace("_", " ")
        named = {"object": object_[1:]} if object_.startswith("=") else {"object_id": object_}
        qualifier = "" if qualifier == "-" else qualifier
        row = {"subject_id": subject, "relation": relation, "object_id": "", "object": "", **named}
        rows.append(
            {**row, "qualifier": qualifier, "id": line, "text": f"It says: {line}", "source": "S", "version": "9"}
        )
    (place / "facts.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return Index.open(build_index([str(place / "facts.jsonl")], str(place / "facts"))).facts


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Facts:
    return read_facts(TABLE, tmp_path_factory.mktemp("table"))


@pytest.fixture(scope="module")
def settle(facts: Facts) -> Callable[[str], Claim]:
    """`"C:1 used_in D:gout DM"` -> its claim; `not ` before it denies, `?reason` behind it says why it was not read."""
    decide = judge(facts, RULES)

    def claim(line: str) -> Claim:
        parts, _, reason = line.removeprefix("not ").partition(" ?")
        subject, relation, object_, qualifier = [*parts.split(" "), ""][:4]
        plain = (text.replace("_", " ") for text in (subject, object_.removeprefix("=")))
        stated = Statement(line, next(plain), relation, next(plain), qualifier, line.startswith("not "), reason)
        return decide(stated)

    return claim


SUPPORTED = [
    ("C:1 used_in D:gout", ["C:1 used_in D:gout DM"]),
    ("C:1 used_in D:gout DM", ["C:1 used_in D:gout DM"]),
    ("C:1 used_in D:gout dm", ["C:1 used_in D:gout DM"]),
    ("C:2 used_in D:asthma SYM", ["C:2 used_in D:asthma SYM"]),
    ("C:2 used_in D:asthma", ["C:2 used_in D:asthma DM", "C:2 used_in D:asthma SYM"]),
    ("C:1 causes D:rash", ["C:1 causes D:rash -"]),
    ("C:1 half_life =2_h", ["C:1 half_life =2_h -"]),
    ("C:1 half_life =120_min", ["C:1 half_life =2_h -"]),
    ("C:1 half_life =about_2_hours", ["C:1 half_life =2_h -"]),
    ("C:5 half_life =3_Blorps", ["C:5 half_life =3_blorps -"]),
    ("C:6 used_in =Some_Ache", ["C:6 used_in =some_ache -"]),
    ("an_id:of_words used_in D:gout", ["an_id:of_words used_in D:gout -"]),
    ("D:gout is_a D:arthritis", ["D:gout is_a D:arthritis -"]),
    ("D:gout is_a D:disease", ["D:gout is_a D:arthritis -", "D:arthritis is_a D:joint -", "D:joint is_a D:disease -"]),
    ("D:toe part_of D:leg", ["D:toe part_of D:foot -", "D:foot part_of D:leg -"]),
    ("D:a is_a D:c", ["D:a is_a D:b -", "D:b is_a D:c -"]),
    ("not C:1 used_in D:asthma", ["C:1 used_in D:asthma NOT"]),
    ("not C:3 used_in D:asthma DM", ["C:3 used_in D:asthma NOT"]),
]
CONTRADICTED = [
    ("C:1 used_in D:flu", ["C:1 used_in D:gout DM", "C:1 used_in D:stone SYM"]),
    ("C:1 used_in D:rash", ["C:1 used_in D:gout DM", "C:1 used_in D:stone SYM"]),
    ("C:1 used_in D:asthma", ["C:1 used_in D:asthma NOT"]),
    ("C:3 used_in D:asthma DM", ["C:3 used_in D:asthma NOT"]),
    ("C:1 used_in D:gout SYM", ["C:1 used_in D:gout DM"]),
    ("C:1 half_life =2_min", ["C:1 half_life =2_h -"]),
    ("D:gout is_a D:infection", ["D:gout is_a D:arthritis -"]),
    ("D:gout is_a D:tophus", ["D:tophus is_a D:gout -"]),
    ("D:disease is_a D:flu", ["D:flu is_a D:infection -", "D:infection is_a D:disease -"]),
    ("not C:1 used_in D:gout", ["C:1 used_in D:gout DM"]),
    ("not C:1 used_in D:gout DM", ["C:1 used_in D:gout DM"]),
    ("not C:1 causes D:rash", ["C:1 causes D:rash -"]),
    ("not C:1 half_life =120_min", ["C:1 half_life =2_h -"]),
    ("not D:gout is_a D:joint", ["D:gout is_a D:arthritis -", "D:arthritis is_a D:joint -"]),
]
UNKNOWN = [
    ("C:1 causes D:flu", "open_world"),
    ("C:9 used_in D:gout", "no_facts_of_subject"),
    ("C:3 used_in D:gout", "no_facts_of_subject"),  # what it is not used in says nothing of what it is used in
    ("D:gout used_in C:1", "no_facts_of_subject"),  # the ends swapped
    ("C:1 used_in D:arthritis", "broader_term"),
    ("C:1 used_in D:disease", "broader_term"),
    ("C:1 used_in D:tophus", "narrower_term"),
    ("not C:1 used_in D:tophus", "narrower_term"),
    ("not C:1 used_in D:flu", "not_denied"),
    ("not C:1 used_in D:gout SYM", "other_qualifier"),
    ("C:7 used_in D:gout DM", "qualifier_not_stated"),
    ("D:gout is_a D:joint DM", "qualifier_not_stated"),
    ("C:4 used_in D:gout", "conflicting_facts"),
    ("not C:4 used_in D:gout", "conflicting_facts"),
    ("C:1 half_life =2_mol", "not_comparable"),
    ("C:1 half_life =2", "not_comparable"),
    ("C:1 half_life =NaN", "not_comparable"),
    ("C:2 half_life =NaN", "not_comparable"),
    ("C:2 half_life =2_h", "not_comparable"),
    ("C:5 half_life =3_h", "not_comparable"),
    ("C:1 half_life D:gout", "not_comparable"),
    ("C:6 used_in D:gout", "not_comparable"),  # some ache may be another name of gout
    ("D:gout is_a D:gout", "same_entity"),
    ("D:foot part_of D:gout", "open_world"),
    ("C:1 used_in D:nowhere", "not_comparable"),  # an id that the table lacks
    ("C:1 cures D:gout", "unknown_relation"),
    ("C:1 used_in D:gout ?ambiguous", "ambiguous"),
    ("\ud800 used_in \ud800", "no_facts_of_subject"),
]


@pytest.mark.parametrize(
    ("line", "verdict", "entries"),
    [(line, "supported", entries) for line, entries in SUPPORTED]
    + [(line, "contradicted", entries) for line, entries in CONTRADICTED],
)
def test_what_the_table_decides(
    settle: Callable[[str], Claim], facts: Facts, line: str, verdict: str, entries: list[str]
) -> None:
    claim = settle(line)
    assert (claim.verdict, claim.judge, claim.index, claim.reason) == (verdict, "facts", facts.digest, "")
    assert [evidence.entry for evidence in claim.evidence] == entries
    assert [evidence.quote for evidence in claim.evidence] == [f"It says: {entry}" for entry in entries]
    assert {(evidence.source, evidence.version) for evidence in claim.evidence} == {("S", "9")}


@pytest.mark.parametrize(("line", "reason"), UNKNOWN)
def test_what_the_table_leaves_open(settle: Callable[[str], Claim], facts: Facts, line: str, reason: str) -> None:
    claim = settle(line)
    assert (claim.verdict, claim.reason, claim.confidence, claim.index) == ("unknown", reason, None, facts.digest)


def test_the_claim_says_what_was_stated(settle: Callable[[str], Claim]) -> None:
    claim = settle("not C:1 used_in D:gout DM")
    said = (claim.text, claim.subject, claim.relation, claim.object, claim.qualifier, claim.negated)
    assert said == ("not C:1 used_in D:gout DM", "C:1", "used_in", "D:gout", "DM", True)


def test_evidence_is_bounded_and_no_row_comes_twice(tmp_path: Path) -> None:
    table = "".join(f"C:1 used_in D:{number:02} DM\nC:1 used_in D:{number:02} SYM\n" for number in range(50))
    claim = judge(read_facts(table + "C:2 used_in D:x -\n", tmp_path), RULES)(Statement("x", "C:1", "used_in", "D:x"))
    assert claim.verdict == "contradicted"
    assert len({evidence.entry for evidence in claim.evidence}) == len(claim.evidence) == 8


def test_an_open_world_contradicts_only_what_is_denied_or_otherwise_qualified(facts: Facts) -> None:
    decide = judge(facts, {name: Rule("open", rule.transitive) for name, rule in RULES.items()})
    lines = [("D:flu", ""), ("D:asthma", ""), ("D:gout", "SYM"), ("D:gout", "DM")]
    found = [decide(Statement("x", "C:1", "used_in", object_, qualifier)) for object_, qualifier in lines]
    assert [claim.verdict for claim in found] == ["unknown", "contradicted", "contradicted", "supported"]


def test_without_a_transitive_relation_nothing_leads_further(facts: Facts) -> None:
    decide = judge(facts, {name: Rule() for name in RULES})
    pairs = [("D:gout", "is_a", "D:joint"), ("C:1", "used_in", "D:arthritis")]
    assert [decide(Statement("x", *pair)).verdict for pair in pairs] == ["contradicted", "contradicted"]


ENTITIES = st.sampled_from("abcdef")
EDGES = st.sets(st.tuples(ENTITIES, ENTITIES), min_size=1, max_size=12)


@settings(max_examples=40, deadline=None)
@given(edges=EDGES, closed=st.booleans())
def test_kinds_of_kinds_are_those_that_can_be_walked_to(
    tmp_path_factory: pytest.TempPathFactory, edges: set[tuple[str, str]], closed: bool
) -> None:
    table = "".join(f"T:{below} is_a T:{above} -\n" for below, above in sorted(edges))
    decide = judge(
        read_facts(table, tmp_path_factory.mktemp("tree")), {"is_a": Rule("closed" if closed else "open", True)}
    )
    reached = set(edges)
    while more := {(a, d) for a, b in reached for c, d in reached if b == c} - reached:
        reached |= more
    nodes = {node for edge in edges for node in edge}
    for below in nodes:
        for above in nodes:
            claim = decide(Statement("x", f"T:{below}", "is_a", f"T:{above}"))
            if below != above:
                assert (claim.verdict == "supported") == ((below, above) in reached)
                known = any(start == below and end != below for start, end in edges) or (above, below) in reached
                assert (claim.verdict == "contradicted") == (closed and known and (below, above) not in reached)
            steps = [evidence.entry.split(" ") for evidence in claim.evidence]
            assert all((low[2:], high[2:]) in edges for low, _, high, _ in steps)


@pytest.fixture(scope="module")
def real(trial_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Facts:
    place = trial_data / "knowledge"
    paths = [place / "HumanDO.tsv", *sorted(place.glob("*.obo")), place / "pharmacotherapydb" / "indications.tsv"]
    config = Config(
        fact_subject_id=("{drugbank_id}",),
        fact_subject=("{drug}",),
        fact_relation=("used_in",),
        fact_object_id=("{doid_id}",),
        fact_object=("{disease}",),
        fact_qualifier=("{category}",),
        id=("{drugbank_id} {category} {doid_id}",),
        text=("{drug} {category} {disease}",),
    )
    out = str(tmp_path_factory.mktemp("real") / "index")
    return Index.open(build_index([str(path) for path in paths], out, config)).facts


def test_real_indications_and_kinds_of_diseases(real: Facts, trial_data: Path) -> None:
    place = trial_data / "knowledge"
    with (place / "pharmacotherapydb" / "indications.tsv").open(encoding="utf-8") as opened:
        rows = list(csv.DictReader(opened, delimiter="\t"))
    with (place / "HumanDO.tsv").open(encoding="utf-8") as opened:
        terms = list(csv.DictReader(opened, delimiter="\t"))
    decide = judge(real, RULES)
    used: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for row in rows:
        used[row["drugbank_id"]][row["doid_id"]] = row["category"]
    diseases = sorted({row["doid_id"] for row in rows})
    ids = {term["label"]: term["id"] for term in terms}
    parents: defaultdict[str, set[str]] = defaultdict(set)
    for term in terms:
        parents[term["id"]].add(ids.get(term["subClassOf"], "disease"))
    checked: Counter[str] = Counter()
    for drug, known in used.items():
        treated = {disease for disease, category in known.items() if category != "NOT"}
        for disease in diseases:
            claim = decide(Statement("x", drug, "used_in", disease))
            denial = decide(Statement("x", drug, "used_in", disease, negated=True))
            if disease in known:
                stated = known[disease] != "NOT"
                assert (claim.verdict, denial.verdict)[not stated] == "supported"
                assert (claim.verdict, denial.verdict)[stated] == "contradicted"
                assert claim.evidence[0].entry == f"{drug} {known[disease]} {disease}"
                other = "SYM" if known[disease] == "DM" else "DM"
                assert decide(Statement("x", drug, "used_in", disease, other)).verdict == "contradicted"
            elif claim.verdict == "contradicted":
                assert treated
                assert {evidence.entry.split(" ")[2] for evidence in claim.evidence} <= treated
                assert not (parents[disease] & treated)
            else:
                assert not treated or claim.reason in ("broader_term", "narrower_term")
            checked[claim.verdict if disease in known else claim.verdict + claim.reason] += 1
    assert checked["supported"] == sum(row["category"] != "NOT" for row in rows)
    assert checked["contradicted"] > 10_000
    for term in terms[::97]:
        for parent in parents[term["id"]]:
            assert decide(Statement("x", term["id"], "is_a", parent)).verdict == "supported"
            for above in parents.get(parent, ()):
                assert decide(Statement("x", term["id"], "is_a", above)).verdict == "supported"
            assert decide(Statement("x", parent, "is_a", term["id"])).verdict in ("contradicted", "unknown")
