"""clusters: text and offset -> would a cut there split what a reader sees as one character? Knows no words or lines."""

from unicodedata import category, combining


def splits_cluster(text: str, at: int, since: int = 0) -> bool:
    r"""Whether a cut before `text[at]` would split a grapheme cluster (UAX 29) or a `\r\n` pair.

    A little more is held together than UAX 29 asks: whatever follows a joiner or a virama. `since` is an offset known
    not to split one; flags (pairs of regional indicators) are counted from there.
    """
    left, right = text[at - 1], text[at]
    if right < "\u0300":
        return left == "\r" and right == "\n"
    if left.isspace() and left in "\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029":
        return False
    if left == "\u200d" or category(right) in ("Mn", "Mc", "Me") or _extends(right):
        return True
    if _flag(left) and _flag(right):
        first = at
        while first > since and _flag(text[first - 1]):
            first -= 1
        return (at - first) % 2 == 1
    if "\ud800" <= left <= "\udbff" and "\udc00" <= right <= "\udfff":
        return True
    return (combining(left) == 9 and category(right) == "Lo") or _one_syllable(left, right)


def _extends(char: str) -> bool:
    """Joiners, Thai and Lao AM, half-width voicing marks, skin tones, tags: they extend, yet are not of category M."""
    return char in "\u200c\u200d\u0e33\u0eb3\uff9e\uff9f" or "\U0001f3fb" <= char <= "\U0001f3ff" or _tag(char)


def _tag(char: str) -> bool:
    return "\U000e0020" <= char <= "\U000e007f"


def _flag(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _one_syllable(left: str, right: str) -> bool:
    """Hangul: leading letters join with what follows, vowels and finals with what precedes."""
    hangul = "\u1100" <= left <= "\u11ff" or "\ua960" <= left <= "\ua97c" or "\uac00" <= left <= "\ud7fb"
    follows = "\u1160" <= right <= "\u11ff" or "\ud7b0" <= right <= "\ud7fb"
    leads = "\u1100" <= left <= "\u115f" or "\ua960" <= left <= "\ua97c"
    return hangul and (follows or (leads and ("\u1100" <= right <= "\u115f" or "\uac00" <= right <= "\ud7a3")))
