"""identifiers: words that are an SPDX id or expression already, but for case and dashes. Knows no names of licences."""

import re

UNREAD = ""
"""Stands for a licence that was named and is not known: with another beside it, the words agree on none."""

_MOST_CHARS = 120
_FORM = re.compile(r"[a-z0-9.+() -]+")
_GNU = re.compile(r"\b((?:[AL]?GPL|GFDL)-\d\.\d)(\+?)(?![\w.+-])")
_NO_PART = re.compile(r"^(?:the|a|an) |(?<=.)[ -]licen[cs]e$")


def identifier(words: str) -> str:
    """The id as SPDX writes it; empty if there is none. The words are in lower case, with single spaces."""
    if len(words) > _MOST_CHARS:
        return ""
    bare = _NO_PART.sub("", words)
    for wording in (words, words.replace(" ", "-"), bare.replace(" ", "-"), bare.replace(" v", " ").replace(" ", "-")):
        if _FORM.fullmatch(wording) and (found := _canonical(wording)):
            return _GNU.sub(lambda gnu: gnu[1] + ("-or-later" if gnu[2] else "-only"), found)
    return ""


def _canonical(wording: str) -> str:
    from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

    try:
        return str(canonicalize_license_expression(wording))
    except InvalidLicenseExpression:
        return ""
