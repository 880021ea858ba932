"""What all tests share: where trial data lies, and one real vLLM engine for the whole session."""

import os
from pathlib import Path

import pytest

from thinkaug.engines import vllm
from thinkaug.engines.process.guard import Guarded
from thinkaug.pipeline import load

_HERE = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def trial_data() -> Path:
    """The folder of real data for trials; tests that want it are skipped where it is absent."""
    place = Path(os.environ.get("THINKAUG_TRIAL_DATA", _HERE.parent / "shared" / "data"))
    if not place.is_dir():
        pytest.skip(f"no trial data at {place}; set THINKAUG_TRIAL_DATA")
    return place


class Running:
    """The settings of an engine that runs already: every `open` gives the same one."""

    def __init__(self, config: vllm.Config) -> None:
        self.config, self.name = config, config.name
        self.identity, self.count_tokens = config.identity, config.count_tokens
        self._engine = config.open()

    def open(self) -> Guarded:
        return self._engine


@pytest.fixture(scope="session")
def writer() -> Running:
    """The demo's model in real vLLM, started once."""
    config = load("demo").services.engines["writer"]
    assert isinstance(config, vllm.Config)
    return Running(config)
