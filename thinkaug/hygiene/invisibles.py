"""invisibles: characters without ink that hide, turn over or break up what is read; kept where they mean something.

Taken out: zero-width space and no-break space (a byte order mark inside), word joiner, soft hyphen, the invisible
operators of maths, embeddings, overrides and isolates of direction, deprecated format characters, tags, marks of
interlinear annotation, and variation selectors after the first. Kept:

- joiner and non-joiner beside a letter of a script whose letters join or stack (Arabic, Indic, Mongolian, ...), and
  the joiner between emoji; one at a time;
- tags in the flag of a region: black flag, three to six tags, end tag;
- zero-width spaces between letters of scripts that write no spaces (Thai, Khmer, ...): they part words there;
- marks of direction (U+200E, U+200F, U+061C) in a text with letters written from right to left: they keep a dose or a
  bracket in its place, and cannot turn a text over.

Knows no other control characters.
"""

import re
import unicodedata

_JOINING = (
    r"\u0600-\u109f\u1780-\u18af\u1a20-\u1aaf\u1b00-\u1bff\ua840-\ua8ff\ua930-\uaa7f\uaae0-\uaaff\uabc0-\uabff"
    r"\ufb50-\ufdff\ufe70-\ufefc\U00010a00-\U00011fff\U0001e900-\U0001e95f"
)
_SPACELESS = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1950-\u19df\u1a20-\u1aaf\ua9e0-\ua9ff\uaa60-\uaadf"
_PICTURES = r"\u2190-\u21ff\u2300-\u2bff\u3030\u303d\U0001f000-\U0001faff"
_SELECTORS = r"\ufe00-\ufe0f\U000e0100-\U000e01ef"
_MARKS = "\u200e\u200f\u061c"
_JOINERS = r"\u200c\u200d"
_ALWAYS = r"\u00ad\u2060-\u206f\u202a-\u202e\ufeff\ufff9-\ufffb"
_TAGS = r"\U000e0000-\U000e007f"

_WATCHED = re.compile(rf"[{_ALWAYS}{_TAGS}{_SELECTORS}{_MARKS}{_JOINERS}\u200b]")
_MARK = re.compile(f"[{_MARKS}]")
_FLAG = r"\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f"
# A joiner after a joining letter stays; before one, too, if no other joiner comes before it.
_STRAY = rf"(?<![{_JOINING}].)(?:(?![{_JOINING}])|(?<=[{_JOINERS}].))"
_UNREAD = re.compile(
    rf"({_FLAG})"
    rf"|[{_ALWAYS}{_TAGS}]"
    rf"|(?<=[{_SELECTORS}])[{_SELECTORS}]+"
    rf"|\u200b(?!(?<=[{_SPACELESS}]\u200b)[{_SPACELESS}])"
    rf"|\u200c{_STRAY}"
    rf"|\u200d(?!(?<=[{_PICTURES}\ufe0f]\u200d)[{_PICTURES}]){_STRAY}"
)


def invisibles(text: str, odd: frozenset[str]) -> str:
    """The text without them."""
    if not _WATCHED.search("".join(odd)):
        return text
    if not odd.isdisjoint(_MARKS) and not any(map(_from_the_right, odd)):
        text = _MARK.sub("", text)
    return _UNREAD.sub(lambda found: found[1] or "", text)


def _from_the_right(character: str) -> bool:
    return unicodedata.bidirectional(character) in ("R", "AL") and character not in _MARKS
