"""source: a statement against the expert text itself: its passage, and what comes before it. Needs no model.

    supported       the text states the same
    contradicted    the text denies it, or states it with another qualifier than the one that is named
    unknown         everything else

A text is no table: that it names another object for the same subject is nothing against the statement, even where the
relation is closed. On drafts of the demo's model, whose truth is known, 77 % of what such a rule condemned was right:
the text had only a wider term.

The stretch that a thought leads to is part of that text. So this judge says that a thought agrees with its expert, not
that it knew something by itself: a thought that copies its stretch is supported throughout. Leakage is measured apart.
"""

from collections.abc import Callable
from functools import cache

from thinkaug.claims import Statement
from thinkaug.claims.reading import Reader
from thinkaug.judges import Judge, decided, undecided
from thinkaug.knowledge.quantities import agreement, quantity
from thinkaug.records import Claim, Evidence, Passage


def judge(reader: Reader, index: str) -> Callable[[Passage], Judge]:
    """The judge of statements about one passage, whose text is read once, when first needed.

    Args:
        reader: reads the text, as it read the statements.
        index: digest of the index whose names the reader knows; it stands in every claim.
    """

    def of(passage: Passage) -> Judge:
        @cache
        def stated() -> tuple[Statement, ...]:
            return tuple(said for said in reader.read(passage.context + passage.text) if not said.reason)

        def decide(statement: Statement) -> Claim:
            if statement.reason:
                return undecided(statement, statement.reason, index)
            agree, against = _weigh(statement, stated())
            if agree and against:
                return undecided(statement, "text_disagrees", index)
            sentences = dict.fromkeys(said.text for said in agree or against)
            if not sentences:
                return undecided(statement, "not_in_text", index)
            evidence = tuple(Evidence(passage.id, sentence, passage.source) for sentence in sentences)
            return decided(statement, "supported" if agree else "contradicted", "source", evidence, index)

        return decide

    return of


def _weigh(statement: Statement, stated: tuple[Statement, ...]) -> tuple[list[Statement], list[Statement]]:
    """Of what the text says with the same subject, relation and object: what agrees, and what is against it."""
    agree: list[Statement] = []
    against: list[Statement] = []
    for said in stated:
        if (said.subject, said.relation) != (statement.subject, statement.relation):
            continue
        if not _is_same(said.object, statement.object):
            continue
        if not statement.qualifier or said.qualifier == statement.qualifier:
            (agree if said.negated == statement.negated else against).append(said)
        elif said.qualifier and not said.negated and not statement.negated:
            against.append(said)
    return agree, against


def _is_same(said: str, stated: str) -> bool:
    """Whether two objects are one: ids, or quantities, which may be written in other units."""
    one, other = quantity(said), quantity(stated)
    if one is not None and other is not None:
        return agreement(one, other) == "agrees"
    return said == stated
