"""The settings of `filter`, which its parts share."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from annotated_types import Ge, Gt, Le

from thinkaug.errors import UserError, unknown
from thinkaug.personal import Kind

Entry = str | Mapping[str, Mapping[str, Any]]
"""A check as it stands in YAML: its name, or its name with options."""
Stars = Annotated[int, Ge(1), Le(5)]

DEFAULT_CHECKS: tuple[Entry, ...] = (
    "unanswered",
    "truncated",
    "think_tags",
    "refusal",
    "addressed",
    "template_echo",
    "loop",
    "length",
    "copy",
    "script",
    "arithmetic",
    "numbers",
    "personal",
)
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_TAKEN = ("mean", "unreadable")  # what the reason and the tally of the whole rubric are called


@dataclass(frozen=True)
class Judge:
    """A model that scores each thought by a rubric, from 1 to 5 on each criterion. Without a rubric none is asked.

    Args:
        rubric: name of a criterion -> what is asked about the thought, as a question or a statement. The name is a
            snake_case word, and `rubric_<name>` the reason of a thought that falls short of it.
        at_least: the least score on every criterion; 1 lets all pass.
        minimum: criterion -> its own least score, in place of `at_least`.
        mean_at_least: the least mean over the criteria (reason `rubric_mean`); 1 lets all pass. A thought of which one
            score could not be had has no mean.
        engine: whose model judges.
        prompts: `full`, or `brief` for small models.
        before_chars: how much of the expert text before the stretch the model sees.
        temperature: of its replies; 0 is greedy.
        max_tokens: a reply is cut off after so many tokens, and then is no score. A model that thinks first needs more.
        seed: of the drawing.
    """

    rubric: Mapping[str, str] = field(default_factory=dict)
    at_least: Stars = 3
    minimum: Mapping[str, Stars] = field(default_factory=dict)
    mean_at_least: Annotated[float, Ge(1), Le(5)] = 1.0
    engine: str = "writer"
    prompts: Literal["full", "brief"] = "full"
    before_chars: Annotated[int, Ge(0)] = 4000
    temperature: Annotated[float, Ge(0)] = 0.0
    max_tokens: Annotated[int, Gt(0)] = 16
    seed: int = 0

    @property
    def asks(self) -> bool:
        """Whether a model is asked."""
        return bool(self.rubric)

    def check(self, where: str) -> None:
        """Refuse, with `UserError`, a rubric that cannot be asked, and settings of one that is not there."""
        if not self.asks and self != Judge():
            raise UserError(
                f"{where}: rubric: nothing is asked of the judge; name a criterion, such as "
                "rubric: {useful: Does the thought help to understand why the stretch says what it says?}"
            )
        for name, asked in self.rubric.items():
            if not _NAME.fullmatch(name) or name in _TAKEN:
                raise UserError(
                    f"{where}: rubric: {name!r} cannot be part of a reason; call it by a snake_case word other than "
                    f"{' and '.join(_TAKEN)}"
                )
            if not asked.strip():
                raise UserError(f"{where}: rubric: {name}: say what is asked about the thought")
        for name in self.minimum:
            if name not in self.rubric:
                raise unknown("criterion", name, self.rubric, f"{where}: minimum")


@dataclass(frozen=True)
class Config:
    """What expert texts and thoughts must pass, what is masked, and what becomes of a passage without thoughts.

    Everything is judged as it came, and what passes is masked.

    Args:
        checks: of thoughts, where there are some: names of files in `thinkaug/checks`, each alone or with options:
            `length: {min_words: 3}`. The first that objects gives the reason.
        without_thoughts: `drop` the passage that loses all of its thoughts, with the commonest reason, or let it go on
            `raw`.
        texts: of the expert text: names of files in `thinkaug/quality`, likewise. They are asked before `checks`.
        texts_action: `drop` a row of whose text a check objects, with the reason of the first that does; or `mark` it:
            the reasons of all that do go into its `meta` as `text_checks`, and so into the samples, for a trainer to
            weigh.
        mask: kinds of personal data that are replaced: in the text of documents, or in thoughts. Expert text that was
            cut into passages stays as it is: for that, mask before `segment`.
        judge: a model that scores the thoughts which the checks leave.
    """

    checks: tuple[Entry, ...] = DEFAULT_CHECKS
    without_thoughts: Literal["drop", "raw"] = "drop"
    texts: tuple[Entry, ...] = ()
    texts_action: Literal["drop", "mark"] = "drop"
    mask: tuple[Kind, ...] = ()
    judge: Judge = field(default_factory=Judge)
