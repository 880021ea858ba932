"""jats: an article in JATS -> its text as a person reads it, and what its front matter says. Knows nothing of files.

What the text keeps and what it leaves out:

- Abstracts, body, appendices, glossaries, footnotes that are pointed at, floats. References, acknowledgements, names
  of authors, statements on conflicts and funding, supplementary files, and graphical or translated abstracts are
  left out.
- Headings are `#`, the sections of an article at level 1. Tables are pipe tables below their caption, their notes
  after them; figures are their captions.
- A citation that is a number in brackets or raised goes with its brackets; names and years stay.
- A raised number stays one: `10^3`, `m^2`, `s^-1`; lowered digits after a letter are as in H2O, other indices `x_i`.
  Charges, ordinals and mass numbers are as they are written in plain text: Ca2+, 1st, 14C.
- Formulas are LaTeX, `$...$` within a line and `$$...$$` by themselves; one that is only an image is `[formula]`.
"""

from thinkaug.formats.jats.article import parts_within, plain, read_article

__all__ = ["parts_within", "plain", "read_article"]
