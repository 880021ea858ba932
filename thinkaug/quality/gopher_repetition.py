"""gopher_repetition: does the document say the same lines, paragraphs or n-grams again and again?

The shares are those of MassiveText (Rae et al. 2021, arXiv:2112.11446, table A1). Lines of nothing but spaces are blank
here: how two paragraphs are set apart is no repetition.
"""

from thinkaug.quality import Bound, TextCheck
from thinkaug.surface import surface


def gopher_repetition(
    *,
    max_paragraphs: Bound = 0.30,
    max_paragraph_chars: Bound = 0.20,
    max_lines: Bound = 0.30,
    max_line_chars: Bound = 0.20,
    max_top_2_gram: Bound = 0.20,
    max_top_3_gram: Bound = 0.18,
    max_top_4_gram: Bound = 0.16,
    min_top_times: Bound = 1,
    max_repeated_5_gram: Bound = 0.15,
    max_repeated_6_gram: Bound = 0.14,
    max_repeated_7_gram: Bound = 0.13,
    max_repeated_8_gram: Bound = 0.12,
    max_repeated_9_gram: Bound = 0.11,
    max_repeated_10_gram: Bound = 0.10,
) -> TextCheck:
    """A check for repetition in a document.

    Reasons, in the order they are looked for: `gopher_repeated_paragraphs`, `gopher_repeated_paragraph_chars`,
    `gopher_repeated_lines`, `gopher_repeated_line_chars`, `gopher_top_2_gram` to `gopher_top_4_gram`,
    `gopher_repeated_5_gram` to `gopher_repeated_10_gram`.

    Args:
        max_paragraphs: the largest share of paragraphs that were there before.
        max_paragraph_chars: the largest share of the text's characters in such paragraphs.
        max_lines: the largest share of lines, blank ones left out, that were there before.
        max_line_chars: the largest share of the text's characters in such lines.
        max_top_2_gram: the largest share of the characters in the commonest 2-gram of words; and so on.
        max_top_3_gram: see `max_top_2_gram`.
        max_top_4_gram: see `max_top_2_gram`.
        min_top_times: how often the commonest 2-, 3- or 4-gram must come to count. 1 is the paper's wording, by which a
            text of a dozen words repeats itself whatever it says, since any 4-gram fills a sixth of it; 2 keeps those.
        max_repeated_5_gram: the largest share of the characters in 5-grams that were there before, none counted
            twice; and so on.
        max_repeated_6_gram: see `max_repeated_5_gram`.
        max_repeated_7_gram: see `max_repeated_5_gram`.
        max_repeated_8_gram: see `max_repeated_5_gram`.
        max_repeated_9_gram: see `max_repeated_5_gram`.
        max_repeated_10_gram: see `max_repeated_5_gram`.
    """
    top = ((2, max_top_2_gram), (3, max_top_3_gram), (4, max_top_4_gram))
    again = (
        *((5, max_repeated_5_gram), (6, max_repeated_6_gram), (7, max_repeated_7_gram)),
        *((8, max_repeated_8_gram), (9, max_repeated_9_gram), (10, max_repeated_10_gram)),
    )

    def check(text: str) -> str:
        found, size = surface(text), len(text)
        count, chars, paragraphs = found.repeated_paragraphs
        if count > max_paragraphs * paragraphs:
            return "gopher_repeated_paragraphs"
        if chars > max_paragraph_chars * size:
            return "gopher_repeated_paragraph_chars"
        count, chars = found.repeated_lines
        if count > max_lines * len(found.lines):
            return "gopher_repeated_lines"
        if chars > max_line_chars * size:
            return "gopher_repeated_line_chars"
        for n, share in top:
            times, chars = found.top_gram(n)
            if times >= min_top_times and chars > share * size:
                return f"gopher_top_{n}_gram"
        for n, share in again:
            chars = found.repeated_grams(n)
            if chars > share * size:
                return f"gopher_repeated_{n}_gram"
            if chars == 0:
                return ""  # and then no longer one comes twice either
        return ""

    return check
