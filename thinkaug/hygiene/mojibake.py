"""mojibake: text decoded in the wrong encoding, by ftfy, which is asked only about lines that might be damaged.

The result is that of `ftfy.fix_text` with all its other repairs turned off, so lines are judged one by one. ftfy mends
a line only where its own pattern of unlikely neighbours matches; all that pattern can match contains one of these:

- a C1 control character, Â or Ã before a space, Œ or œ before anything but a letter of ASCII;
- two characters in a row of those that occur in mojibake, of which one at least is not quiet. Quiet are Greek and
  Cyrillic letters, small accented ones, paragraph signs, dashes, ellipsis, apostrophe and no-break space, and signs and
  quotes beside Greek and Cyrillic letters: healthy text is full of them;
- of such pairs, those in which the dashes and quotes of Windows-1251 and 1253 begin, and a sign between two of the
  capitals with which all of Cyrillic and Greek begins there.

The character classes are ftfy's own data. Knows nothing of control characters that are no mojibake.
"""

import re

from thinkaug.hygiene.odd import Rule

_LETTERS = ("lower_common", "upper_common")
_QUIET = ("common", "law", "lower_accented", *_LETTERS)
_SIGNS = ("currency", "end_punctuation", "numeric", "start_punctuation")


def mojibake() -> Rule:
    """The rule. ftfy is loaded here, since it takes a tenth of a second."""
    import ftfy
    from ftfy.badness import MOJIBAKE_CATEGORIES

    encoding_only = ftfy.TextFixerConfig(
        unescape_html=False,
        remove_terminal_escapes=False,
        fix_latin_ligatures=False,
        fix_character_width=False,
        uncurl_quotes=False,
        fix_line_breaks=False,
        fix_surrogates=False,
        remove_control_chars=False,
        normalization=None,
        explain=False,
    )

    def characters(*left_out: str) -> str:
        return "".join(some for name, some in MOJIBAKE_CATEGORIES.items() if name not in left_out)

    c1, every, no_letter = MOJIBAKE_CATEGORIES["c1"], characters(), characters(*_LETTERS)
    loud, louder = characters(*_QUIET), characters(*_QUIET, *_SIGNS)
    signs = "".join(MOJIBAKE_CATEGORIES[name] for name in _SIGNS)
    letters = "".join(MOJIBAKE_CATEGORIES[name] for name in _LETTERS)
    leads = "ВГРСΒΓΞΟ"
    # One class first, tests after it: like this the engine runs through all other text at its full speed.
    suspect = re.compile(
        f"[{every}](?:(?<=[{c1}])|(?<=[ÂÃ]) |(?<=[Œœ])[^A-Za-z]"
        f"|(?<=[{loud}])[{no_letter}]|(?<=[{no_letter}])[{loud}]|(?<=[{louder}])[{letters}]|(?<=[{letters}])[{louder}]"
        f"|(?<=[{leads}])[{signs}][{leads}]|(?<=β)€|(?<=[вВ])Ђ)"
    )

    def rule(text: str, odd: frozenset[str]) -> str:
        found = suspect.search(text)
        if not found:
            return text
        pieces: list[str] = []
        done = 0
        while found:
            start = max(text.rfind("\n", done, found.start()) + 1, done)
            end = text.find("\n", found.start()) + 1 or len(text)
            pieces += text[done:start], ftfy.fix_text(text[start:end], encoding_only)
            done = end
            found = suspect.search(text, done)
        return "".join(pieces) + text[done:]

    return rule
