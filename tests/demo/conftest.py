"""The shipped demo domain, read once."""

import pytest

from thinkaug.demo.facts import Fact, Place, Use, World, knowledge, read_facts, world
from thinkaug.demo.splits import Splits, read_splits


@pytest.fixture(scope="session")
def facts() -> tuple[Fact, ...]:
    return read_facts(knowledge() / "facts.tsv")


@pytest.fixture(scope="session")
def splits() -> Splits:
    return read_splits(knowledge() / "splits.json")


@pytest.fixture(scope="session")
def truth(facts: tuple[Fact, ...], splits: Splits) -> World:
    return world(facts, splits.held_out)


@pytest.fixture(scope="session")
def small() -> World:
    """Five drugs, four diseases: one that takes an article, one whose parent is its class."""
    return World(
        drugs={
            "allopurinol": Use("gout", "DM"),
            "probenecid": Use("gout", "DM"),
            "etodolac": Use("osteoarthritis", "SYM"),
            "vorinostat": Use("peripheral nervous system neoplasm", "DM"),
            "ramelteon": Use("narcolepsy", "SYM"),
        },
        diseases={
            "gout": Place("arthritis", "bone disease"),
            "osteoarthritis": Place("arthritis", "bone disease"),
            "peripheral nervous system neoplasm": Place("nervous system cancer", "cancer"),
            "narcolepsy": Place("sleep disorder", "sleep disorder"),
        },
    )
