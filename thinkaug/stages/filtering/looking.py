"""A row -> what the checks of its text and of its thoughts say. Asks no model and settles nothing."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from thinkaug.checks import Check
from thinkaug.marks import marked
from thinkaug.quality import TextCheck
from thinkaug.records import Document, Draft, Passage, Thinking
from thinkaug.stage import Shard
from thinkaug.stages.filtering import texts, thoughts
from thinkaug.stages.filtering.config import Config
from thinkaug.stages.filtering.entries import made_all

Row = Document | Passage | Draft


@dataclass(frozen=True)
class Checks:
    """The checks that a config names, made; those of texts with their names."""

    texts: Sequence[tuple[str, TextCheck]]
    thoughts: Sequence[Check]

    @property
    def see_all(self) -> bool:
        """Whether one of them must see all thoughts first."""
        return bool(thoughts.observing_in(self.thoughts))

    def see(self, everything: Iterable[Shard]) -> None:
        """Let those that must see all thoughts first see them."""
        thoughts.show_everything(self.thoughts, everything)


@dataclass(frozen=True, slots=True)
class Seen:
    """A row that the checks have seen.

    Args:
        row: as it came.
        after: the same, with marks where its text was to be marked.
        outside: why its text keeps it out; empty where it passes.
        detail: which check says so.
        reasons: its thoughts that a check objects to.
        tally: of marks.
    """

    row: Row
    after: Row
    outside: str = ""
    detail: str = ""
    reasons: thoughts.Reasons = field(default_factory=dict)
    tally: Mapping[str, int] = field(default_factory=dict)

    @property
    def left(self) -> list[Thinking]:
        """The thoughts that the checks leave, for a judge."""
        if self.outside or not isinstance(self.row, Draft):
            return []
        return [thinking for thinking in self.row.thinkings() if thoughts.key_of(thinking) not in self.reasons]


def checks_of(config: Config) -> Checks:
    """The checks, made anew: one that has seen thoughts keeps what it saw.

    Raises:
        UserError: one does not exist, or an option of one.
    """
    return Checks(
        made_all("quality", config.texts, "filter: texts"),
        [check for _, check in made_all("checks", config.checks, "filter: checks")],
    )


def look(row: Row, checks: Checks, config: Config) -> Seen:
    """What the checks say. The thoughts of a row that its text keeps out are not looked at."""
    after, tally = row, Counter[str]()
    if checks.texts and config.texts_action == "drop":
        outside, detail = texts.first_objection(texts.expert_text(row), checks.texts)
        if outside:
            return Seen(row, row, outside, detail)
    elif checks.texts and (found := texts.objections(texts.expert_text(row), checks.texts)):
        after = marked(row, texts.KEY, found)
        tally.update(f"text_{reason}" for reason in found)
    reasons = thoughts.objected(row, checks.thoughts) if isinstance(row, Draft) else {}
    return Seen(row, after, reasons=reasons, tally=tally)
