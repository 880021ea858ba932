"""controls: what was meant for a terminal or a printer, not for a reader. Knows neither line ends nor mojibake.

Form feed, vertical tab, next line (U+0085) and the separators of files, groups and records stand between things, so
they become a line feed, the unit separator a space; all others go without a trace. Tab, LF and CR are left alone.
"""

import re

_BREAKS = "\x0b\x0c\x1c\x1d\x1e\x85"
_SEPARATORS = {**dict.fromkeys(map(ord, _BREAKS), "\n"), 0x1F: " "}
_NONCHARACTERS = "\ufdd0-\ufdef\ufffe\uffff" + "".join(
    chr((plane << 16) | low) for plane in range(1, 17) for low in (0xFFFE, 0xFFFF)
)
_CONTROL = re.compile(rf"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f{_NONCHARACTERS}]")
# ECMA-48: control sequences; strings (of which titles and links are made) with their end; escapes of two and more.
_ESCAPE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]*[0-~]"
)


def controls(text: str, odd: frozenset[str]) -> str:
    """The text without control characters and noncharacters; escape sequences go whole, with their parameters."""
    found = "".join(odd)
    if "\x1b" in odd or any("\x80" <= character <= "\x9f" for character in odd):
        text = _ESCAPE.sub("", text)
    if not odd.isdisjoint(map(chr, _SEPARATORS)):
        text = text.translate(_SEPARATORS)
    return _CONTROL.sub("", text) if _CONTROL.search(found) else text
