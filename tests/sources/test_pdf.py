"""pdf: text in reading order, paragraph by paragraph; documents are made here with fpdf2."""

import gc
import io
import sys
from collections.abc import Callable
from typing import Any

import pytest
from fpdf import FPDF
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkaug.errors import Unreadable, UserError
from thinkaug.sources.pdf import pdf
from thinkaug.stage import Raw


def made(draw: Callable[[FPDF], None]) -> bytes:
    document = FPDF()
    document.set_auto_page_break(False)
    document.set_font("times", size=11)
    draw(document)
    return bytes(document.output())


def lines(document: FPDF, written: list[str], left: float = 20, top: float = 30, step: float = 5) -> None:
    for number, line in enumerate(written):
        document.set_xy(left, top + number * step)
        document.cell(text=line)


def one_page(*written: str) -> bytes:
    def draw(document: FPDF) -> None:
        document.add_page()
        lines(document, list(written))

    return made(draw)


def read(body: bytes, **options: Any) -> Raw:
    (raw,) = pdf(**options)(io.BytesIO(body), "papers/a.pdf")
    return raw


def text_of(body: bytes, **options: Any) -> str:
    fields = read(body, **options).fields
    assert fields is not None
    return str(fields["text"])


def test_lines_are_joined_to_paragraphs_at_gaps() -> None:
    def draw(document: FPDF) -> None:
        document.add_page()
        lines(document, ["A patient who has waited for hours should be", "seen again, and the pulse taken once more."])
        lines(document, ["The second paragraph stands below a gap and", "it has two lines as well."], top=47)

    assert text_of(made(draw)) == (
        "A patient who has waited for hours should be seen again, and the pulse taken once more.\n\n"
        "The second paragraph stands below a gap and it has two lines as well."
    )


def test_paragraphs_begin_at_an_indent() -> None:
    def draw(document: FPDF) -> None:
        document.add_page()
        lines(
            document,
            ["The first paragraph is here, and it is long, and", "goes on to its end just at the edge of lines."],
        )
        lines(document, ["The next begins with an indent, as in books"], left=26, top=40)
        lines(document, ["they do, and goes on."], top=45)

    assert text_of(made(draw)).split("\n\n")[1] == "The next begins with an indent, as in books they do, and goes on."


def test_a_short_line_that_ends_a_sentence_ends_a_paragraph() -> None:
    body = one_page(
        "This line is as long as the column is, and it goes",
        "on to here.",
        "Another paragraph begins here without any gap at all",
    )
    assert text_of(body).count("\n\n") == 1


def test_words_broken_at_the_end_of_a_line_are_whole() -> None:
    assert text_of(one_page("He came to the emer-", "gency room.")) == "He came to the emergency room."


def test_a_hyphen_that_the_word_has_elsewhere_stays() -> None:
    assert "a non-linear law" in text_of(one_page("It is a non-", "linear law, for non-linear laws are usual."))
    assert "state-of-the-art" in text_of(one_page("It is a state-of-", "the-art monitor that he has."))
    assert "Jean-Paul" in text_of(one_page("He is called Jean-", "Paul by all."))


def columns(document: FPDF) -> None:
    document.add_page()
    document.set_font("times", size=18)
    lines(document, ["A title that stands over both of the columns of it"], top=12)
    document.set_font("times", size=10)
    for number in range(20):  # line by line over both columns, as a bad writer would
        lines(document, [f"left column in its line {number} says this and"], left=15, top=30 + 5 * number)
        lines(document, [f"right column in its line {number} says that and"], left=115, top=30 + 5 * number)
    lines(
        document,
        ["A last line goes over the whole of the page again, from the left of it to the right of it all."],
        15,
        140,
    )


def test_columns_are_read_one_after_the_other() -> None:
    text = text_of(made(columns))
    places = [text.index(f"{side} column in its line {number} ") for side in ("left", "right") for number in range(20)]
    assert places == sorted(places)
    assert text.startswith("# A title that stands over both of the columns of it\n\n")
    assert text.index("A last line") > places[-1]


def test_cells_of_a_table_are_no_columns() -> None:
    def draw(document: FPDF) -> None:
        document.add_page()
        for number in range(8):
            lines(document, [f"drug {number}"], left=20, top=30 + 5 * number)
            lines(document, [f"{number} mg"], left=90, top=30 + 5 * number)
            lines(document, ["twice a day"], left=150, top=30 + 5 * number)

    text = text_of(made(draw))
    assert all(f"drug {number} {number} mg twice a day" in text for number in range(8))


def test_larger_type_is_a_heading() -> None:
    def draw(document: FPDF) -> None:
        document.add_page()
        for size, top, text in (
            (20, 20, "Waiting"),
            (15, 35, "How long"),
            (11, 45, "As long as it takes, and then some."),
        ):
            document.set_font("times", size=size)
            lines(document, [text], top=top)

    assert text_of(made(draw)) == "# Waiting\n\n## How long\n\nAs long as it takes, and then some."


SUBJECTS = ["pulse", "breath", "fever", "pain", "sleep", "weight"]


def running(document: FPDF) -> None:
    for number, subject in enumerate(SUBJECTS, start=1):
        document.add_page()
        lines(document, [f"Journal of Trials {number} (2020)"], top=10)
        lines(
            document,
            [f"On the {subject} there is much to say, and it is said", f"here: the {subject} is what it is. So"],
            top=30,
        )
        lines(document, [f"we look at the {subject} of all of them again."], top=100)
        lines(document, [str(number)], left=100, top=285)


def test_heads_feet_and_page_numbers_that_run_over_pages_go() -> None:
    text = text_of(made(running))
    assert "Journal" not in text
    assert not [block for block in text.split("\n\n") if block.strip().isdigit()]
    assert all(f"On the {subject} there" in text and f"the {subject} of all" in text for subject in SUBJECTS)


def test_a_line_that_stands_on_one_page_stays_wherever_it_stands() -> None:
    def draw(document: FPDF) -> None:
        running(document)
        lines(document, ["Received in May"], top=15)

    assert "Received in May" in text_of(made(draw))


def test_a_paragraph_goes_on_over_the_page() -> None:
    def draw(document: FPDF) -> None:
        document.add_page()
        lines(document, ["It goes on from here to", "the end of the page and"], top=270)
        document.add_page()
        lines(document, ["then to the next one, where it ends."], top=30)

    assert text_of(made(draw)) == "It goes on from here to the end of the page and then to the next one, where it ends."


def test_what_the_document_says_of_itself_comes_with_it() -> None:
    def draw(document: FPDF) -> None:
        document.set_title("Waiting")
        document.set_subject("Time")
        document.add_page()

    raw = read(made(draw))
    assert raw.fields == {"text": "", "title": "Waiting", "meta": {"pages": 1, "subject": "Time"}}


def test_a_document_of_pictures_has_an_empty_text_and_its_pages_are_counted() -> None:
    def draw(document: FPDF) -> None:
        for _ in range(3):
            document.add_page()
            document.rect(10, 10, 100, 100, style="F")

    assert read(made(draw)).fields == {"text": "", "title": "a", "meta": {"pages": 3}}


def test_signs_beyond_the_basic_plane_are_whole() -> None:
    text_of(one_page("plain")).encode("utf-8")


def test_a_document_that_takes_a_password_is_encrypted() -> None:
    def draw(document: FPDF) -> None:
        document.set_encryption(owner_password="a", user_password="b")
        document.add_page()

    with pytest.raises(Unreadable) as refused:
        read(made(draw))
    assert refused.value.kind == "encrypted"


@pytest.mark.parametrize("body", [b"", b"no PDF", b"%PDF-1.7\n", b"%PDF-1.4 \0" * 1000, one_page("a")[:200]])
def test_what_is_no_pdf_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable) as refused:
        read(body)
    assert refused.value.kind == "pdf"


def test_limits_of_bytes_and_pages_are_held() -> None:
    body = made(running)
    with pytest.raises(Unreadable, match="6 pages, more than 5"):
        read(body, most_pages=5)
    with pytest.raises(Unreadable, match="more than 100 bytes"):
        read(body, most_bytes=100)


def test_every_handle_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    import pypdfium2

    open_ones = set()
    for kind in (pypdfium2.PdfDocument, pypdfium2.PdfPage, pypdfium2.PdfTextPage):

        def init(self: Any, *args: Any, _original: Any = kind.__init__, **named: Any) -> None:
            open_ones.add(id(self))
            _original(self, *args, **named)

        def close(self: Any, *args: Any, _original: Any = kind.close, **named: Any) -> None:
            open_ones.discard(id(self))
            _original(self, *args, **named)

        monkeypatch.setattr(kind, "__init__", init)
        monkeypatch.setattr(kind, "close", close)
    gc.disable()
    try:
        read(made(running))
        with pytest.raises(Unreadable):
            read(made(running), most_pages=1)
    finally:
        gc.enable()
    assert not open_ones


def test_without_pypdfium2_the_command_to_install_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    with pytest.raises(UserError, match=r"pip install thinkaug\[pdf\]"):
        pdf()


WHOLE = made(running)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=60))
def test_no_damaged_bytes_stop_it(changes: list[tuple[int, int]]) -> None:
    body = bytearray(WHOLE)
    for place, byte in changes:
        body[place] = byte
    try:
        text_of(bytes(body)).encode("utf-8")
    except Unreadable as error:
        refused = error.kind
        assert refused in ("pdf", "encrypted")
