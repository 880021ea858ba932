"""markdown: Markdown as an extractor writes it -> as a person would: no signs escaped in prose, code set apart."""

import re

_FENCED = re.compile(r"(^```[^\n]*\n.*?^```[ \t]*$|`[^`\n]+`)", re.MULTILINE | re.DOTALL)
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]<>()#+.!|~-])")
_LINE_ENDS = re.compile(r"[ \t]+$", re.MULTILINE)
_BLANKS = re.compile(r"\n{3,}")


def tidied(text: str) -> str:
    """The same without backslashes before signs, and with blank lines around blocks of code; code stays as it is."""
    parts = _FENCED.split(text)
    for number in range(0, len(parts), 2):  # between the pieces of code
        parts[number] = _LINE_ENDS.sub("", _ESCAPED.sub(r"\1", parts[number]))
    for number in range(1, len(parts), 2):
        if parts[number].startswith("```"):
            before, after = parts[number - 1], parts[number + 1]
            parts[number - 1] = f"{before.rstrip()}\n\n" if before.strip() else before
            parts[number + 1] = f"\n\n{after.lstrip()}" if after.strip() else after
    return _BLANKS.sub("\n\n", "".join(parts)).strip()
