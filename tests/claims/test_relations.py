"""relations: a file of relations is read, or refused with the place and the nearest right word."""
# ruff: noqa: E501 - one case a line

import re
from collections.abc import Callable, Mapping

import pytest

from thinkaug.claims.reading import Reader
from thinkaug.claims.relations import read_relations
from thinkaug.errors import UserError
from thinkaug.templates import Templates

Make = Callable[[Mapping[str, str]], Templates]


def test_the_shipped_files_are_read() -> None:
    medicine = read_relations("medicine", Templates())
    assert medicine["used_in"].world == "closed"
    assert set(medicine["used_in"].qualifiers) == {"DM", "SYM"}
    assert medicine["is_a"].transitive
    assert list(medicine).index("form_of") < list(medicine).index("is_a")
    assert "is_a" in read_relations("general", Templates())


def test_the_users_own_file_comes_first(relations_at: Make) -> None:
    templates = relations_at({"medicine": "relations: {cures: {world: open, cues: [cure*]}}"})
    assert list(read_relations("medicine", templates)) == ["cures"]


def test_the_digest_covers_relations_and_words(relations_at: Make) -> None:
    own = "relations: {cures: {world: open, cues: [cure*]}}"
    digests = {
        read_relations("own", relations_at({"own": text, **words})).digest
        for text, words in (
            (own, {}),
            (own.replace("open", "closed"), {}),
            (own, {"words/english": Templates().read("relations/words/english.yaml") + "  zebra\n"}),
        )
    }
    assert len(digests) == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("relations: {a: {wrld: open, cues: [b]}}", "templates/relations/own.yaml: a: no setting 'wrld'; did you mean 'world'?"),
        ("relation: {}", "no setting 'relation'; did you mean 'relations'?"),
        ("relations: {a: {world: half, cues: [b]}}", "a.world: input should be 'closed' or 'open'"),
        ("relations: {a: {world: open}}", "a: no cues"),
        ("relations: {a: {cues: [b]}}", "a.world: field required"),
        ("relations: {a: {world: open, cues: used in}}", "a.cues"),
        ("relations: {a: b}", "relations.a: input should be a valid dictionary, not 'b'"),
        ("relations: {a: {world: open, cues: ['{objct} b']}}", "a: cue '{objct} b': {objct}: the slots are {subject} and {object}"),
        ("relations: {a: {world: open, cues: ['{object} b {object}']}}", "it stands there twice"),
        ("relations: {a: {world: open, cues: ['b [c']}}", "'[' stands alone"),
        ("relations: {a: {world: open, cues: ['{subject} {object}']}}", "it has no words that are always there"),
        ("relations: {a: {world: open, cues: ['the']}}", "it has no words that are always there"),
        ("relations: {a: {world: open, cues: ['']}}", "it has no words that are always there"),
        ("relations: {a: {world: open, cues: ['...']}}", "'...' stands once, between words"),
        ("relations: {a: {world: open, cues: ['b ... c ... d']}}", "'...' stands once, between words"),
        ("relations: {a: {world: open, qualifiers: {Q: ['[b|']}}}", "'[' stands alone"),
        ("words: klingon\nrelations: {a: {world: open, cues: [b]}}", "no file of relations 'klingon'"),
        ("relations: [", "not valid YAML"),
        ("", "expected settings"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused(relations_at: Make, text: str, message: str) -> None:
    with pytest.raises(UserError, match=re.escape(message)):
        read_relations("own", relations_at({"own": text}))


def test_a_file_that_does_not_exist_is_refused_with_the_nearest() -> None:
    with pytest.raises(UserError, match=r"no file of relations 'medicin'; did you mean 'medicine'\?"):
        read_relations("medicin", Templates())


OWN = """
relations:
  cures:
    world: open
    cues: ["cure*", "[gets|got] rid of", "remedy ... against"]
    denials: [worthless against]
    qualifiers: {fast: [at once], slow: [in the long run]}
  part_of:
    world: closed
    transitive: true
    cues: ["{subject} is part of {object}", "[piece|bit|] of {object} is {subject}"]
"""
ROWS = ("C:1\tXolair\tcures\tD:1\tgout", "C:2\tZeldox\tcures\tD:2\tasthma", "P:1\ttoe\tpart_of\tP:2\tfoot")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Xolair cures gout.", ["C:1 cures D:1"]),
        ("Gout is cured by Xolair and Zeldox.", ["C:1 cures D:1", "C:2 cures D:1"]),
        ("Xolair gets rid of gout at once.", ["C:1 cures D:1 fast"]),
        ("Xolair rids of gout.", []),
        ("Xolair is a remedy that one gives against gout.", ["C:1 cures D:1"]),
        ("Xolair is worthless against gout.", ["C:1 !cures D:1"]),
        ("Xolair is curably odd and gout incurable.", []),
        ("A toe is a part of the foot.", ["P:1 part_of P:2"]),
        ("A bit of the foot is the toe.", ["P:1 part_of P:2"]),
        ("The foot is part of a toe.", ["P:2 part_of P:1"]),
        ("Toe and Xolair.", []),
        ("Xolair is part of the foot.", []),
    ],
)
def test_cues_of_ones_own(read_with: Callable[..., Reader], text: str, expected: list[str]) -> None:
    reader = read_with(*ROWS, relations=OWN)
    found = [
        f"{each.subject} {'!' * each.negated}{each.relation} {each.object} {each.qualifier}".strip()
        for each in reader.read(text)
    ]
    assert found == expected


def test_a_relation_that_the_table_lacks_keeps_others_from_its_words(read_with: Callable[..., Reader]) -> None:
    both = "relations: {helps: {world: open, cues: [used in]}, harms: {world: open, cues: [never to be used in]}}"
    reader = read_with("C:1\tXolair\thelps\tD:1\tgout", relations=both)
    assert [each.relation for each in reader.read("Xolair is used in gout.")] == ["helps"]
    assert [each.relation for each in reader.read("Xolair is never to be used in gout.")] == ["harms"]
