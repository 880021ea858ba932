"""arithmetic: a step states a calculation that does not come out. It was carried out when the step was written, by
`measures.arithmetic`; here only its verdict is read.
"""

from thinkaug.checks import Check
from thinkaug.records import Thinking


def arithmetic(*, unreadable: bool = False) -> Check:
    """A check for thinking that miscalculates.

    Reason: `wrong_arithmetic`. A step in which nothing was calculated passes.

    Args:
        unreadable: whether a statement that has no value (a division by zero), or that is too large to be reckoned,
            counts too.
    """
    wrong = ("fails", "unreadable") if unreadable else ("fails",)

    def check(thinking: Thinking) -> str:
        found = any(execution.verdict in wrong for step in thinking.steps for execution in step.executed)
        return "wrong_arithmetic" if found else ""

    return check
