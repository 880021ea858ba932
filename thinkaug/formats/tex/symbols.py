"""symbols: what commands of text print: accents, letters, signs. Knows no formula."""

# ruff: noqa: RUF001 - typographic signs are what this table is about
import re
from unicodedata import normalize

_ACCENTS = {
    "`": "\u0300",
    "'": "\u0301",
    "^": "\u0302",
    "~": "\u0303",
    '"': "\u0308",
    "=": "\u0304",
    ".": "\u0307",
    "u": "\u0306",
    "v": "\u030c",
    "H": "\u030b",
    "c": "\u0327",
    "k": "\u0328",
    "r": "\u030a",
    "d": "\u0323",
    "b": "\u0331",
    "t": "\u0361",
}
SIGNS = {
    **{sign: sign for sign in "%&_#${}"},
    **{"ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "o": "ø", "O": "Ø", "aa": "å", "AA": "Å", "l": "ł"},
    **{"L": "Ł", "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "dj": "đ", "DJ": "Đ", "ng": "ŋ", "NG": "Ŋ", "th": "þ"},
    **{"TH": "Þ", "S": "§", "P": "¶", "dag": "†", "dagger": "†", "ddag": "‡", "copyright": "©", "pounds": "£"},
    **{"textsterling": "£", "euro": "€", "texteuro": "€", "EUR": "€", "textyen": "¥", "textcent": "¢"},
    **{"textdegree": "°", "degree": "°", "textmu": "µ", "textregistered": "®", "texttrademark": "™"},
    **{"textcopyright": "©", "textsection": "§", "textparagraph": "¶", "textbullet": "•", "textperiodcentered": "·"},
    **{"textpm": "±", "texttimes": "×", "textdiv": "÷", "textminus": "−", "textonehalf": "½", "textonequarter": "¼"},
    **{"textbackslash": "\\", "textasciitilde": "~", "textasciicircum": "^", "textunderscore": "_", "textbar": "|"},
    **{"textless": "<", "textgreater": ">", "textbraceleft": "{", "textbraceright": "}", "textdollar": "$"},
    **{"textquotedblleft": "“", "textquotedblright": "”", "textquoteleft": "‘", "textquoteright": "’"},
    **{"textquotesingle": "'", "textquotedbl": '"', "lq": "‘", "rq": "’", "quotedblbase": "„", "quotesinglbase": "‚"},
    **{"glqq": "„", "grqq": "“", "glq": "‚", "grq": "‘", "flqq": "«", "frqq": "»", "guillemotleft": "«"},
    **{"guillemotright": "»", "og": "«\u00a0", "fg": "\u00a0»", "textendash": "–", "textemdash": "—"},
    **{"textexclamdown": "¡", "textquestiondown": "¿", "textordfeminine": "ª", "textordmasculine": "º"},
    **{"ldots": "…", "dots": "…", "textellipsis": "…", "dotsc": "…", "LaTeX": "LaTeX", "TeX": "TeX"},
    **{
        "LaTeXe": "LaTeX2e",
        "BibTeX": "BibTeX",
        "XeTeX": "XeTeX",
        "slash": "/",
        "nobreakdash": "",
        "textrightarrow": "→",
    },
    **{"textleftarrow": "←", "checkmark": "✓", "cmark": "✓", "xmark": "✗"},
}
"""Command -> what it prints."""

KEEPS_SPACE = frozenset({"ldots", "dots", "textellipsis", "dotsc", "LaTeX", "TeX", "LaTeXe", "BibTeX", "XeTeX"})
"""Those after which authors leave a blank and mean it, although TeX would swallow it."""

SPACES = {
    **dict.fromkeys([" ", "\n", "\t", ",", ";", ":", ">", "quad", "qquad", "enspace", "enskip", "thinspace"], " "),
    **dict.fromkeys(
        ["space", "hfill", "hfil", "hss", "dotfill", "hrulefill", "nobreakspace", "hskip", "medspace"], " "
    ),
    **dict.fromkeys(["!", "-", "/", "@", "negthinspace", "null", "relax", "protect", "leavevmode", "ignorespaces"], ""),
    **dict.fromkeys(["(", ")", "[", "]", "*", ""], ""),  # what is left of formulas that do not close
}
"""Command -> the blank that it makes."""

SPECIALS = {
    "~": " ",
    "``": "“",
    "''": "”",
    "`": "‘",
    "'": "’",
    "--": "–",
    "---": "—",
    "?`": "¿",
    "!`": "¡",
}
"""What stands in the text for something else."""

_LETTER = re.compile(r"\s*\{?\s*(?:\\([ij])(?![A-Za-z])\s*(?:\{\})?|(\w))", re.ASCII)


def is_accent(command: str) -> bool:
    """Whether the command puts an accent on what comes after it."""
    return command in _ACCENTS


def accented(command: str, argument: str) -> str:
    r"""The argument with the accent: `'` and `e` -> `é`; `"` and `\i` -> `ï`."""
    found = _LETTER.match(argument)
    if found is None:
        return argument if argument.isprintable() and "\\" not in argument else ""
    letter = found[1] or found[2]
    rest = argument[found.end() :].strip("{} ")
    return normalize("NFC", letter + _ACCENTS[command]) + rest
