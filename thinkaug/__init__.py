"""thinkaug: expert texts with the expert's unwritten thinking put back, as data for continual pretraining."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from thinkaug.build import run
    from thinkaug.rendering import Style, render, strip
    from thinkaug.shards.reading import open_shards

__all__ = ["Style", "open_shards", "render", "run", "strip"]

_HOMES = {
    "Style": "thinkaug.rendering",
    "open_shards": "thinkaug.shards.reading",
    "render": "thinkaug.rendering",
    "run": "thinkaug.build",
    "strip": "thinkaug.rendering",
}


def __getattr__(name: str) -> Any:
    """The public names, imported when first used: `thinkaug --help` must not wait for Arrow."""
    if name not in _HOMES:
        raise AttributeError(f"module 'thinkaug' has no attribute '{name}'")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
