"""From the paths of the settings to raw records. Knows endings and sources; nothing of fields."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice

from thinkaug.errors import Unreadable, UserError
from thinkaug.inputs import ARCHIVES, InputFile, find_inputs
from thinkaug.inputs.archives import Member
from thinkaug.plugins import made, part
from thinkaug.sources import RECORDS, Source
from thinkaug.sources.hub import HubInput, hub_inputs
from thinkaug.stage import Raw, Shard
from thinkaug.stages.ingesting.config import Config

_ENDINGS = {
    **RECORDS,
    "txt": "text",
    "text": "text",
    "md": "text",
    "markdown": "text",
    "html": "html",
    "htm": "html",
    "xhtml": "html",
    "xml": "xml",
    "nxml": "jats",
    "tex": "latex",
    "pdf": "pdf",
}
_UNIT_BYTES = 64 << 20  # many small files are one piece of work; a large file is one by itself


Input = InputFile | HubInput


def inputs(config: Config) -> Sequence[Input]:
    """The files, archives or data sets that the paths stand for. Raises `UserError` where one stands for none."""
    follow_links = config.follow_links
    if config.format == "hub":
        return hub_inputs(config.paths, config.options.get("hub", {}), "ingest: options", follow_links=follow_links)
    return find_inputs(config.paths, (*_ENDINGS, *ARCHIVES), "ingest: paths", follow_links=follow_links)


def check_sources(config: Config, found: Iterable[Input]) -> None:
    """Raise `UserError` where a file has no source, or a source's options are wrong."""
    readable = [
        file for file in found if file.ending not in ARCHIVES and not (isinstance(file, InputFile) and file.kind)
    ]
    for name in {*config.options, *(_format(config, file) for file in readable)}:
        _source(config, name)


def pieces(config: Config) -> Iterator[Shard]:
    """Files gathered to pieces of work of about `_UNIT_BYTES`; a limit counts over all files, so it makes one piece."""
    groups: list[list[Input]] = []
    room = 0
    for file in inputs(config):
        if not groups or (config.limit is None and file.size_bytes > room):
            groups.append([])
            room = _UNIT_BYTES
        groups[-1].append(file)
        room -= file.size_bytes
    for number, files in enumerate(groups):
        yield Shard(f"{number:05d}", partial(_limited, config, files))


def _limited(config: Config, files: Iterable[Input]) -> Iterator[Raw]:
    return islice(_read(config, files), config.limit)


def _read(config: Config, files: Iterable[Input]) -> Iterator[Raw]:
    sources: dict[str, Source] = {}
    for file in files:
        for member in file.members(_ENDINGS):
            try:
                with member.open() as opened:
                    name = _format(config, member)
                    if name not in sources:
                        sources[name] = _source(config, name)
                    yield from _noting(opened.mended, sources[name](opened, member.name))
            except Unreadable as error:
                yield Raw(member.name, None, str(error), kind=error.kind)


def _noting(mended: tuple[str, ...], raws: Iterator[Raw]) -> Iterator[Raw]:
    """The records, the first with what had to be mended of the file."""
    if mended:
        for first in islice(raws, 1):
            yield replace(first, mended=(*mended, *first.mended))
    yield from raws


def _source(config: Config, name: str) -> Source:
    part("sources", name, "ingest: format")
    source: Source = made("sources", name, config.options.get(name, {}), "ingest: options")
    return source


def _format(config: Config, file: Input | Member) -> str:
    if config.format:
        return config.format
    if file.ending not in _ENDINGS:
        known = ", ".join(sorted(_ENDINGS))
        raise UserError(f"ingest: {file.name}: unknown ending '{file.ending}' (known: {known}); say `format:`")
    return _ENDINGS[file.ending]
