"""Facts are read once while they are held, and no more are held than may be."""

from thinkaug.facts.guard import Facts, Guard
from thinkaug.facts.held import Held


def test_facts_are_read_once_until_others_need_the_room(entities: Guard) -> None:
    read: list[int] = []

    def made(row: int) -> Facts:
        read.append(row)
        return entities.facts_of("x" * 1000 if row < 9 else "x" * 10_000)

    held = Held(made, most_bytes=4000)  # three of them
    assert [len(held(row).raw) for row in (1, 2, 3, 1)] == [1000] * 4
    assert read == [1, 2, 3]
    held(4)  # 2 goes: it was not asked for as long as that
    held(1)
    held(3)
    assert read == [1, 2, 3, 4]
    held(2)
    assert read == [1, 2, 3, 4, 2]
    assert len(held(9).raw) == 10_000
    held(9)
    held(1)
    assert read[5:] == [9, 9, 1], "what is larger than all is not held"
    held(1)
    assert read[5:] == [9, 9, 1]
