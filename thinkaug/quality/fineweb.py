"""fineweb: does the document look like running text, by its lines? Knows nothing of what the lines say.

The rules are those that FineWeb adds to C4's and Gopher's (Penedo et al. 2024, arXiv:2406.17557, section 3.6). The
bounds are those of the filter released with it: the paper gives 0.1 for the share of characters in repeated lines, the
filter has 0.01, and a bound on lines per word that the paper leaves out.
"""

from thinkaug.quality import Bound, TextCheck
from thinkaug.surface import surface


def fineweb(
    *,
    min_stopped_lines: Bound = 0.12,
    max_short_lines: Bound = 0.67,
    short_line_chars: Bound = 30,
    max_repeated_line_chars: Bound = 0.01,
    max_lines_per_word: Bound = 0.3,
) -> TextCheck:
    """A check for lists, menus and tables that pass as documents.

    Reasons, in the order they are looked for: `fineweb_empty`, `fineweb_few_stopped_lines`, `fineweb_short_lines`,
    `fineweb_repeated_lines`, `fineweb_list`. Blank lines and the spaces around a line are left out.

    Args:
        min_stopped_lines: the least share of lines that end in a mark that ends a sentence, of any script.
        max_short_lines: the largest share of short lines.
        short_line_chars: up to this many characters a line is short.
        max_repeated_line_chars: the largest share of the characters, line breaks left out, in lines that were
            there before.
        max_lines_per_word: the most line breaks for each word, punctuation counted among the words.
    """

    def check(text: str) -> str:
        import numpy as np

        from thinkaug.surface.lines import ENDED

        found = surface(text)
        lines = found.lines
        count = len(lines)
        if not count:
            return "fineweb_empty"
        if int(np.count_nonzero(lines.kinds & ENDED)) < min_stopped_lines * count:
            return "fineweb_few_stopped_lines"
        if int(np.count_nonzero(lines.sizes <= short_line_chars)) / count > max_short_lines:
            return "fineweb_short_lines"
        if found.repeated_lines[1] > max_repeated_line_chars * (len(text) - lines.breaks):
            return "fineweb_repeated_lines"
        return "fineweb_list" if lines.breaks > max_lines_per_word * len(found.words) else ""

    return check
