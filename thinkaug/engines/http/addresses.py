"""Where a server is and what opens it: URLs and keys, checked. No message here ever shows a key."""

import os
import re
from urllib.parse import urlsplit

from thinkaug.errors import UserError

_WHERE = "engine of kind server"


def check_url(url: str) -> None:
    """Refuse what is no base URL of an OpenAI-style server.

    Raises:
        UserError: it is none, says more than a base URL, or holds a password.
    """
    try:
        parts = urlsplit(url)
        is_url = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_url = False
    if "@" in url:
        # Not shown: it may hold a password.
        raise UserError(f"{_WHERE}: urls: one has a user or a password in it; put the key where api_key_env says")
    if not is_url:
        raise UserError(f"{_WHERE}: urls: '{url}' is no URL; write it as http://localhost:8000/v1")
    if parts.query or parts.fragment or parts.path.rstrip("/").endswith("/completions"):
        raise UserError(f"{_WHERE}: urls: '{url}' says too much; give the base alone, such as http://localhost:8000/v1")


def check_variable(name: str) -> None:
    """Refuse what is not the name of an environment variable, in capitals; empty is none.

    Raises:
        UserError: it may be the key itself.
    """
    if name and not re.fullmatch(r"[A-Z_][A-Z0-9_]*", name):
        raise UserError(
            f"{_WHERE}: api_key_env: expected the name of an environment variable in capitals, such as OPENAI_API_KEY, "
            "and not the key itself"
        )


def api_key(variable: str) -> str:
    """The key that an environment variable holds; empty for no variable.

    Raises:
        UserError: it holds none.
    """
    if not variable:
        return ""
    key = os.environ.get(variable, "").strip()
    if not key:
        raise UserError(f"{_WHERE}: api_key_env: the environment variable {variable} is not set; export it")
    if not key.isascii() or not key.isprintable() or " " in key:
        raise UserError(f"{_WHERE}: api_key_env: what {variable} holds is no key: one word of plain ASCII is wanted")
    return key
