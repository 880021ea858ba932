"""visible: a text that a person may print. Knows nothing of who wrote it."""

_SHOWN = {code: 0x2400 + code for code in range(32) if chr(code) not in "\t\n"} | {127: 0x2421}
_SHOWN |= dict.fromkeys(range(128, 160), 0xFFFD)


def visible(text: str) -> str:
    """The text with control characters made visible: what an expert or a model wrote must not steer the terminal."""
    return text.translate(_SHOWN)
