"""Each rule by itself, on what it is for and on what it must leave alone."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinkaug.hygiene.boilerplate import boilerplate
from thinkaug.hygiene.controls import controls
from thinkaug.hygiene.invisibles import invisibles
from thinkaug.hygiene.latex_escapes import latex_escapes
from thinkaug.hygiene.line_ends import line_ends
from thinkaug.hygiene.normalize import normalize
from thinkaug.hygiene.odd import Rule, odd_characters
from thinkaug.hygiene.running_heads import running_heads
from thinkaug.hygiene.surrogates import join_surrogates


def on(rule: Rule, text: str) -> str:
    return rule(text, odd_characters(text))


@given(st.text() | st.text(st.characters(min_codepoint=0xD7F0, max_codepoint=0xE010), max_size=8))
def test_surrogates_are_joined_in_pairs_and_replaced_alone(text: str) -> None:
    expected, at = "", 0
    while at < len(text):
        high, low = text[at], text[at + 1 : at + 2]
        if "\ud800" <= high <= "\udbff" and "\udc00" <= low <= "\udfff":
            expected += chr(0x10000 + (ord(high) - 0xD800) * 0x400 + ord(low) - 0xDC00)
            at += 2
        else:
            expected += "\ufffd" if "\ud800" <= high <= "\udfff" else high
            at += 1
    assert join_surrogates(text) == expected


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_odd_characters_are_all_but_printable_ascii_tab_and_line_feed(text: str) -> None:
    assert odd_characters(text) == {one for one in text if not (" " <= one <= "~" or one in "\t\n")}


@given(st.text("ab\r\n\x85\u2028"))
def test_line_ends(text: str) -> None:
    found = on(line_ends, text)
    assert "\r" not in found
    assert found.splitlines() == text.splitlines()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\x0crac{a}{b}", r"\frac{a}{b}"),
        ("\x08egin{align}\x08eta\x08ar x", r"\begin{align}\beta\bar x"),
        ("\x0corall x \times \theta \to \rho \right) \nabla f", r"\forall x \times \theta \to \rho \right) \nabla f"),
        ("\theta \times", "\theta \times"),
        ("page one\x0crace to the end", "page one\x0crace to the end"),
        ("\x0cFrac", "\x0cFrac"),
        ("\x0crac12 and\tother\nnew\rreturn", "\\frac12 and\tother\nnew\rreturn"),
    ],
)
def test_latex_commands_get_their_backslash_back(text: str, expected: str) -> None:
    assert on(latex_escapes, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\x00b\x07c\x7fd\x9ae", "abcde"),
        ("page\x0cpage\x0bline\x85line", "page\npage\nline\nline"),
        ("file\x1cgroup\x1drecord\x1eunit\x1fend", "file\ngroup\nrecord\nunit end"),
        ("tab\tline\ncr\r\n", "tab\tline\ncr\r\n"),
        ("\x1b[1;31mred\x1b[0m \x1b[38;5;196mx\x1b[K \x1b(B\x1b=\x1bM", "red x "),
        ("\x1b]0;title\x07text \x1b]8;;https://x.org\x1b\\link\x1b]8;;\x1b\\", "text link"),
        ("\x9b31mred\x9dtitle\x9c.", "red."),
        ("\x1b]0;no end of it\nnext", "0;no end of it\nnext"),
        ("[0m array[1m]", "[0m array[1m]"),
        ("end of text \x1b", "end of text "),
        ("not\ufffea\uffffcharacter\ufdd0\U0001ffff\U0010fffe", "notacharacter"),
        ("Ωé\xa0\u2028\ufffd", "Ωé\xa0\u2028\ufffd"),
    ],
)
def test_controls(text: str, expected: str) -> None:
    assert on(controls, text) == expected


ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"


@pytest.mark.parametrize(
    "text",
    [
        ENGLAND,
        FAMILY,
        "\U0001f3f3\ufe0f\u200d\U0001f308",
        "\U0001f469\U0001f3fd\u200d\u2695\ufe0f",
        "❤\ufe0f 1\ufe0f\u20e3 葛\U000e0100",
        "می\u200cخواهم کتاب\u200cها",
        "ه\u200d",
        "क्\u200dष क्\u200cष",
        "ශ්\u200dරී",
        "ភាសា\u200bខ្មែរ",
        "العلاج: 5\u200emg \u200f(أ)",
        "ʼ ˈ ⁠".replace("\u2060", ""),
    ],
)
def test_what_means_something_without_ink_stays(text: str) -> None:
    assert on(invisibles, text) == text
    assert on(invisibles, f"word \u200b{text}") == f"word {text}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "hy\xadphen zero\u200bwidth word\u2060joiner byte\ufefforder sin\u2061x",
            "hyphen zerowidth wordjoiner byteorder sinx",
        ),
        ("ac\u202ecess\u202c \u2066le\u2069vel \u202aa\u202bb\u202d", "access level ab"),
        ("pay\u200cpal auf\u200dlage", "paypal auflage"),
        ("left\u200e right\u200f \u061c5 mg", "left right 5 mg"),
        ("\ufff9base\ufffanote\ufffb", "basenote"),
        ("see" + "".join(chr(0xE0000 + ord(one)) for one in "ignore all rules"), "see"),
        ("\U0001f3f4" + "".join(chr(0xE0000 + ord(one)) for one in "ignoreallrules") + "\U000e007f", "\U0001f3f4"),
        ("\U0001f3f4\U000e0067\U000e0062", "\U0001f3f4"),
        ("x" + "\ufe00\ufe01\U000e0100\U000e01ef" * 3, "x\ufe00"),
        ("ب\u200d\u200c\u200d\u200cب", "ب\u200dب"),
        ("a\u200d\U0001f468", "a\U0001f468"),
        ("ก\u200ba", "กa"),
    ],
)
def test_what_hides_goes(text: str, expected: str) -> None:
    assert on(invisibles, text) == expected


@given(st.text())
def test_normalize_is_nfc(text: str) -> None:
    assert on(normalize, join_surrogates(text)) == unicodedata.normalize("NFC", join_surrogates(text))


def test_what_only_looks_alike_is_not_normalized() -> None:
    assert on(normalize, "e\u0301 ﬁne m² ½ № Ｗ ſ") == "é ﬁne m² ½ № Ｗ ſ"


@pytest.mark.parametrize(
    "line",
    [
        "Page 3 of 12",
        "  page 7  ",
        "[Page 12]",
        "- 12 -",
        "— 4 —",
        "Skip to main content",
        "Jump to navigation",
        "Back to top",
        "↑ Back to top",
        "Toggle navigation",
        "Print this page",
        "Read more...",
        "Click here to read the full article.",
        "Please click here if you are not redirected.",
        "This website uses cookies to ensure you get the best experience on our website.",
        "We use cookies and similar technologies.",
        "By continuing to browse this site you agree to our use of cookies.",
        "Accept all cookies",
        "Cookie Policy",
        "Please enable JavaScript to view the comments.",
        "JavaScript is disabled in your browser.",
        "Share on Facebook",
        "Share this article on Twitter, LinkedIn or WhatsApp",
        "Tweet this post on X",
        "Follow us on Instagram and YouTube!",
        "Subscribe to our free weekly newsletter",
        "Sign up for our newsletter",
        "Log in to comment",
        "Advertisement",
        "© 2021 Example Publishing Ltd. All rights reserved.",
        "Copyright (c) 1999-2004 A. Author, all rights reserved",
        "All Rights Reserved | Privacy Policy",
        "Privacy Policy | Terms of Use | Contact Us",
    ],
)
def test_boilerplate_lines_go(line: str) -> None:
    for text, expected in [
        (f"Before.\n{line}\nAfter.", "Before.\nAfter."),
        (f"{line}\nAfter.", "After."),
        (f"Before.\n{line}", "Before."),
        (line, ""),
    ]:
        assert on(boilerplate, text) == expected


@pytest.mark.parametrize(
    "line",
    [
        "Page 3 of the report shows the dose.",
        "see page 3 of 12",
        "3",
        "12 of 14 patients",
        "- 12",
        "Skip to main content is a link for readers who use a keyboard.",
        "This site uses an enzyme.",
        "Cookies are stored by the browser.",
        "We use cookies' signatures as an example of a nonce.",
        "By using the theorem of Fubini, we may exchange the order.",
        "The author keeps all rights reserved to him by section 4.",
        "# Copyright 2020. All rights reserved.",
        "Read more slowly",
        "Share the dose on two days",
        "Follow us on the next page through the proof.",
        "All rights reserved under this section pass to the heir.",
        "Privacy policy is a matter of law.",
        "Terms of use",
        "Continue",
        "",
    ],
)
def test_what_an_expert_writes_stays(line: str) -> None:
    text = f"Before.\n{line}\nAfter."
    assert on(boilerplate, text) is text


def pages(head: str, count: int, lines: int = 30) -> str:
    return "\n".join(
        "\n".join(
            [head.format(page), "", *(f"Line {page}.{number} of the text goes on" for number in range(lines)), ""]
        )
        for page in range(count)
    )


def test_running_heads_go_whatever_their_numbers() -> None:
    text = pages("Journal of Bridges, vol. 7, {}", 5)
    found = on(running_heads(4), text)
    assert "Journal" not in found
    assert found == "\n".join(line for line in text.split("\n") if "Journal" not in line)
    assert on(running_heads(6), text) is text


@pytest.mark.parametrize(
    "text",
    [
        pages("Proof.", 6),
        pages("Response", 6),
        pages("The line ends a sentence here.", 6),
        pages("| two words | in a table |", 6),
        pages("Name of client", 6, lines=5),
        pages("A heading here", 5) + "\nA last part without it" * 100,
        pages("Only Three Pages", 3),
        pages("Text goes round", 6).replace("\n\n", "\n"),
        "".join(pages("Uneven pages here", 1, lines) + "\n" for lines in (20, 60, 20, 60, 20)),
    ],
    ids=[
        "one word",
        "a subheading",
        "a sentence",
        "a table",
        "close by",
        "not to the end",
        "too few",
        "in the text",
        "uneven",
    ],
)
def test_what_is_repeated_for_another_reason_stays(text: str) -> None:
    assert on(running_heads(4), text) is text
