"""The demo's own table of facts as an index, with what reads by its names."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from thinkaug.claims.reading import Reader
from thinkaug.claims.relations import read_relations
from thinkaug.knowledge.building import build_index
from thinkaug.knowledge.facts import Facts
from thinkaug.knowledge.index import Index
from thinkaug.knowledge.wording import Config
from thinkaug.templates import Templates

Said = tuple[str, str, str, str, bool, str]
"""Subject and object by name, relation, qualifier, whether it is denied, reason."""

FACTS = Path(__file__).parents[2] / "data" / "knowledge" / "facts.tsv"


def built(rows: Path, folder: Path) -> Facts:
    """The facts of a table with `subject_id`, `relation` and so on."""
    config = Config(id=("{subject_id} {relation} {object}",), text=("{subject} {relation} {object}",))
    return Index.open(build_index([str(rows)], str(folder), config)).facts


@pytest.fixture(scope="session")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Facts:
    return built(FACTS, tmp_path_factory.mktemp("index") / "demo")


@pytest.fixture(scope="session")
def reader(facts: Facts) -> Reader:
    return Reader(facts, read_relations("medicine", Templates()))


@pytest.fixture(scope="session")
def said(facts: Facts, reader: Reader) -> Callable[[str], set[Said]]:
    """What a text states, by name."""

    def read(text: str) -> set[Said]:
        return {
            (*map(facts.name_of, (it.subject, it.object)), it.relation, it.qualifier, it.negated, it.reason)
            for it in reader.read(text)
        }

    return read


@pytest.fixture
def read_with(tmp_path: Path) -> Callable[..., Reader]:
    """`read_with("C:1 Xolair used_in D:1 gout", ..., relations=yaml)`: a reader of a small table, tabs for columns."""

    def make(*rows: str, relations: str = "", name: str = "own") -> Reader:
        table = tmp_path / "facts.tsv"
        head = "subject_id\tsubject\trelation\tobject_id\tobject\n"
        table.write_text(head + "".join(f"{row}\n" for row in rows), encoding="utf-8")
        own = tmp_path / "templates"
        (own / "relations").mkdir(parents=True, exist_ok=True)
        if relations:
            (own / "relations" / f"{name}.yaml").write_text(relations, encoding="utf-8")
        chosen = read_relations(name if relations else "medicine", Templates(str(own)))
        return Reader(built(table, tmp_path / "index"), chosen)

    return make


@pytest.fixture
def relations_at(tmp_path: Path) -> Callable[[Mapping[str, str]], Templates]:
    """Templates with the user's own files of relations, by name."""

    def make(files: Mapping[str, str]) -> Templates:
        for name, text in files.items():
            place = tmp_path / "relations" / f"{name}.yaml"
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
        return Templates(str(tmp_path))

    return make
