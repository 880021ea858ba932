"""Checks on thinking: one file each, `thinkaug/checks/<name>.py`, with one public function `<name>`.

The function takes keyword-only options (scalars and sequences of strings, as they stand in YAML), each with a default,
and returns a `Check`. Everything that is slow to prepare (patterns, templates) is prepared then, once. A check is pure,
never raises whatever the text, and needs time linear in it.
"""

from collections.abc import Callable

from thinkaug.records import Thinking

Check = Callable[[Thinking], str]
"""Thinking -> "" when nothing is wrong with it, else the reason as it stands in the ledger: a short snake_case word."""
