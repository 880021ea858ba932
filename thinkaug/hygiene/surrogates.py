"""surrogates: halves of UTF-16 pairs, which JSON can escape and nobody can store. Knows no other damage."""


def join_surrogates(text: str) -> str:
    """The text with pairs of surrogates joined to the character they stand for, and U+FFFD for each lone one."""
    if text.isascii():
        return text
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
