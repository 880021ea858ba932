"""normalize: Unicode NFC, the form in which tokenizers were trained. Never NFKC: it would turn m² into m2."""

import unicodedata


def normalize(text: str, odd: frozenset[str]) -> str:
    """The text in NFC; in ASCII, whatever the controls, it is already."""
    if text.isascii() or unicodedata.is_normalized("NFC", text):
        return text
    return unicodedata.normalize("NFC", text)
