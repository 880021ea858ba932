"""ingest: files -> Document. Every record comes in, mended where it must be, or stands aside with its reason."""

from collections.abc import Iterable, Iterator, Mapping

from thinkaug.errors import UserError, unknown
from thinkaug.licenses import permits
from thinkaug.records import Document
from thinkaug.stage import Outcome, Services, Shard, Stage, Work
from thinkaug.stages.ingesting.config import Config, Join
from thinkaug.stages.ingesting.fields import FIELDS, TEXT_FIELDS
from thinkaug.stages.ingesting.reading import check_sources, inputs, pieces
from thinkaug.stages.ingesting.settling import Settling


def _shaped_by(config: Config, services: Services) -> Mapping[str, object]:
    _check_fields(config)
    permits(config.keep_licenses)
    found = inputs(config)
    check_sources(config, found)
    return {"inputs": [[file.name, file.fingerprint()] for file in found]}


def _check_fields(config: Config) -> None:
    for name, where in config.fields.items():
        if name not in FIELDS:
            raise unknown("document field", name, FIELDS, "ingest: fields")
        if name != "text" and isinstance(where, Join):
            raise UserError(f"ingest: fields.{name}: only the text can be joined of several fields")
    for name in config.defaults:
        if name not in TEXT_FIELDS:
            raise unknown("document field with a default", name, TEXT_FIELDS, "ingest: defaults")


def _start(config: Config, services: Services, everything: Iterable[Shard]) -> Work:
    settle = Settling(config)

    def work(shard: Shard) -> Iterator[Outcome]:
        return settle(shard)

    return work


ingest = Stage(
    name="ingest",
    version=2,
    reads=(),
    writes=Document,
    config=Config,
    start=_start,
    shaped_by=_shaped_by,
    source=pieces,
    shard_rows=lambda config: config.shard_documents,
)
