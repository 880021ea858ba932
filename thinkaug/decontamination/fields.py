"""fields: which of a record's fields are question, answer and id, and their values as text. Knows no files."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from thinkaug.errors import UserError

QUESTIONS = ("question", "problem", "prompt", "query", "input", "instruction", "stem", "goal", "sentence", "text")
ANSWERS = (
    "answer",
    "long_answer",
    "solution",
    "answers",
    "target",
    "output",
    "response",
    "completion",
    "final_decision",
)
IDS = ("id", "unique_id", "question_id", "qid", "task_id", "idx")
_LOOKED_AT = 100  # records, until all their fields are taken to be known


@dataclass(frozen=True, slots=True)
class Names:
    """The fields of a set: `question` always, `answer` and `id` empty where there are none."""

    question: str
    answer: str = ""
    id: str = ""


def stated(fields: tuple[str, ...], identity: str) -> Names:
    """The names that the settings give: a question, and perhaps an answer."""
    return Names(fields[0], fields[1] if len(fields) > 1 else "", identity)


def checked(names: Names, records: Iterable[Mapping[str, Any]], where: str) -> None:
    """Refuse names that no record has.

    Raises:
        UserError: one of them is in no record; the message has the fields that are.
    """
    some = [record for record, _ in zip(records, range(_LOOKED_AT), strict=False)]
    for name in filter(None, (names.question, names.answer, names.id)):
        if not any(_value(record, name) is not None for record in some):
            raise UserError(f"{where}: no record has a field '{name}'; there are: {_listed(some)}")


def guessed(records: Iterable[Mapping[str, Any]], where: str) -> Names:
    """The commonest names for them that the records have, in whichever case.

    Raises:
        UserError: none of them has a field that is called as questions are; the message has the fields that are.
    """
    some = [record for record, _ in zip(records, range(_LOOKED_AT), strict=False)]
    present = {name.lower(): name for record in reversed(some) for name in record}
    question = next((present[name] for name in QUESTIONS if name in present), "")
    if not question:
        raise UserError(
            f"{where}: no field is called {', '.join(QUESTIONS[:4])} or the like; say which is the question, as in "
            f"`fields: [question, answer]`; there are: {_listed(some)}"
        )
    answer = next((present[name] for name in ANSWERS if name in present), "")
    return Names(question, answer, next((present[name] for name in IDS if name in present), ""))


def text_of(record: Mapping[str, Any], name: str) -> str:
    """A field as text: the members of a list or an object one a line; empty where there is none."""
    return _text(_value(record, name)) if name else ""


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return "\n".join(filter(None, map(_text, value.values())))
    if isinstance(value, list | tuple):
        return "\n".join(filter(None, map(_text, value)))
    return "" if value is None else str(value)


def _value(record: Mapping[str, Any], name: str) -> Any:
    """The value of `name`, or of `a.b` that of `b` within `a`; None where there is none."""
    if name in record:
        return record[name]
    outer, _, inner = name.partition(".")
    return _value(record[outer], inner) if inner and isinstance(record.get(outer), Mapping) else None


def _listed(records: list[Mapping[str, Any]]) -> str:
    return ", ".join(dict.fromkeys(name for record in records for name in record)) or "none"
