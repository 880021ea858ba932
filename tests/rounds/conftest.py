"""The toy pipeline, not begun and finished."""

from pathlib import Path

import pytest

from tests.rounds.toy import Home, furnish
from thinkaug.plan import Plan


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return furnish(tmp_path)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Plan]:
    """Two finished rounds; leave them as they are."""
    home = furnish(tmp_path_factory.mktemp("done"))
    return home, home.run()
