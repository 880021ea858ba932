"""From a raw record to a document, or the reason why there is none. Knows fields and hygiene; nothing of files."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from thinkaug.hygiene import cleaner
from thinkaug.languages import language
from thinkaug.licenses import permits, spdx
from thinkaug.records import Document, content_id
from thinkaug.stage import Dropped, Kept, Outcome, Quarantined, Raw, counting
from thinkaug.stages.ingesting.config import Config
from thinkaug.stages.ingesting.fields import TEXT_FIELDS, look_up, meta_of, text_of

_REMEMBERED = 1_000_000  # a duplicate is looked for among so many texts before it, so that memory stays bounded


@dataclass(frozen=True)
class Settling:
    """Settles the records of one piece of work, in order."""

    config: Config

    def __call__(self, raws: Iterable[Raw]) -> Iterator[Outcome]:
        """One outcome for each record."""
        make = _Making(self.config, cleaner(self.config.hygiene))
        seen: dict[str, None] = {}
        drop = self.config.duplicates == "drop"
        for raw in raws:
            outcome = make(raw)
            if drop and isinstance(outcome, Kept):
                outcome = _unless_seen(outcome, seen)
            yield counting(outcome, **{f"mended_{word}": 1 for word in raw.mended}) if raw.mended else outcome


def _unless_seen(outcome: Kept, seen: dict[str, None]) -> Outcome:
    identity = outcome.rows[0].id
    if identity in seen:
        return Dropped(outcome.row, "duplicate", identity)
    if len(seen) >= _REMEMBERED:
        del seen[next(iter(seen))]
    seen[identity] = None
    return outcome


class _Making:
    """One record after the other, with what can be prepared for all of them."""

    def __init__(self, config: Config, clean: Callable[[str], tuple[str, tuple[str, ...]]]) -> None:
        self._config, self._clean = config, clean
        self._text = config.fields.get("text", "text")
        self._lines = [
            (name, _name(config.fields.get(name, name)), config.defaults.get(name, "")) for name in TEXT_FIELDS
        ]
        self._meta = _name(config.fields.get("meta", "meta"))
        self._languages = frozenset(code.lower() for code in config.keep_languages)
        self._permitted = permits(config.keep_licenses) if config.keep_licenses else lambda words: True

    def __call__(self, raw: Raw) -> Outcome:
        if raw.fields is None:
            return Quarantined(raw, raw.kind, raw.problem, raw.raw)
        found, problem = text_of(raw.fields, self._text)
        if found is None:
            return Quarantined(raw, "no_text", problem)
        text, mended = self._clean(found)
        tally = {"chars": len(text), **{f"clean_{rule}": 1 for rule in mended}}
        if not text.strip():
            return Dropped(raw, "empty", problem)
        if len(text) < self._config.min_chars:
            return Dropped(raw, "too_short", f"{len(text)} characters")
        values = self._values(raw, text)
        if reason := self._unwanted(values):
            return Dropped(raw, *reason)
        hashed = raw.sha256 or sha256(found.encode("utf-8", "surrogatepass")).hexdigest()
        meta = meta_of(raw.fields, self._meta, self._config.keep, hashed)
        return Kept(raw, (Document(content_id(text), text, **values, meta=meta),), tally)

    def _values(self, raw: Raw, text: str) -> dict[str, str]:
        fields, values = raw.fields, {}
        assert fields is not None
        for name, key, default in self._lines:
            value = look_up(fields, key) if "." in key else fields.get(key)
            values[name] = _storable(value) if value and isinstance(value, str) else default
        values["source"] = values["source"] or _storable(raw.id)
        values["license"] = spdx(values["license"]) or values["license"]
        if self._languages and not values["language"]:
            values["language"], _ = language(text)
        return values

    def _unwanted(self, values: Mapping[str, str]) -> tuple[str, str] | None:
        if self._languages and values["language"].lower().split("-")[0].split("_")[0] not in self._languages:
            return "language", values["language"] or "unknown"
        if not self._permitted(values["license"]):
            return ("license", values["license"]) if values["license"] else ("no_license", "the source names none")
        return None


def _name(where: Any) -> str:
    assert isinstance(where, str), "only a text is joined; ingest has checked"
    return where


def _storable(value: str) -> str:
    """A lone surrogate in a title or a file's name is written out as an escape: it need not cost the row."""
    if value.isascii():
        return value
    return value.encode("utf-8", "backslashreplace").decode("utf-8")
