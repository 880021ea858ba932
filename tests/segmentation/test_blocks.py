"""Which blocks begin a paragraph, and which belong to what stands before them: headings, lists, tables, code."""

import pytest

from thinkaug.segmentation.boundaries import paragraph_starts, sentence_starts
from thinkaug.segmentation.outline import Outline

LONG = "So it goes on for " + "a while, " * 40 + "and ends."

# "¶" stands where a paragraph begins.
CASES = {
    "a heading belongs to what follows it": "One.\n\n¶# Head\n\nTwo.\n\n¶Three.",
    "headings that follow each other are one": "One.\n\n¶# Head\n\n## Head 2\n\n### Head 3\n\nTwo.\n\n¶Three.",
    "a heading without blank lines": "One.\n¶## Head\nTwo.\n\n¶Three.",
    "an underlined heading": "One.\n\n¶Head\n----\n\nTwo.\n\n¶Three.",
    "a heading between two lines": "One.\n\n¶====\nHead\n====\n\nTwo.\n\n¶Three.",
    "other lines under a heading": "One.\n\n¶The Head\n~~~~~~~~\n\nTwo.\n\n¶Small\n^^^^^\nThree.",
    "a line too short for its heading is none": "One.\n\n¶The longest Head\n^^^^\n\n¶Two.",
    "the end of a preamble is no heading": "a: 1\nb: 2\n---\n\n¶Two.",
    "a wiki's heading": "One.\n¶== Head ==\nTwo.",
    "a section of LaTeX": "One.\n\n¶\\section*{On \\emph{x}}\n\\label{sec:x}\n\nTwo.\n\n¶Three.",
    "a section of LaTeX amid lines": "One.\n¶\\subsection[Short]{Long}\nTwo.",
    "a run-in heading has its text": "One.\n\n¶\\paragraph{Head} Two.\n\n¶Three.",
    "comments of a program are no headings": "x = 1\n# A comment\n# goes on\ny = 2\n\n¶z = 3",
    "items with blank lines between": "One.\n\n¶- One. And more.\n\n- Two.\n\n- Three.\n\n¶Four.",
    "items and the line before them": "Do this:\n\n- One.\n\n- Two.\n\n¶Three.",
    "items of a tight list": "Do this:\n- One.\n- Two.\n\n¶Three.",
    "numbered items": "Do:\n\n1. One.\n\n2. Two. And more.\n\n10) Ten.\n\n¶Three.",
    "long numbered paragraphs": f"Do.\n\n¶1. {LONG}\n\n¶2. {LONG}\n\n¶3. Three.",
    "clauses while the sentence runs on": "He shall:\n\n(1) Do so;\n\n(2)(A) Say so; and\n\n(B) Go.\n\n¶(b) Then.",
    "numbered paragraphs of a law": "§ 1 Purpose\n\n¶(1) It helps.\n\n¶(2) It goes on.\n\n¶(3) It ends.",
    "a clause that goes on in a line of its own": "For:\n\n(6) Food, and\n\nother needs; and\n\n(7) Shelter.\n\n¶Then.",
    "what is indented in an item": "Do:\n\n- One.\n\n  And more.\n\n      code = 1\n\n- Two.\n\n¶Three.",
    "a list within a list": "Do:\n\n* One.\n\n    - Sub.\n\n    - Sub.\n\n* Two.\n\n¶Three.",
    "the items end with a rule": "Do:\n\n- One.\n\n---\n\n¶- Two.",
    "a list of LaTeX": "We have:\n\n\\begin{itemize}\n\n\\item One.\n\nMore.\n\n\\begin{enumerate}\n\n\\item A.\n\n"
    "\\end{enumerate}\n\n\\item Two.\n\n\\end{itemize}\n\n¶Three.",
    "a list of LaTeX that never ends": "One.\n\n¶\\begin{itemize}\n\n¶\\item One.\n\n¶Two.",
    "definitions": "One.\n\n¶Term\n:   Its meaning.\n\nOther\n:   Its own.\n\n¶Three.",
    "a quotation": "One.\n\n¶> Two.\n>\n> Three.\n\n¶Four.",
    "a grid of reStructuredText": "See:\n\n¶+---+---+\n| a | b |\n+===+===+\n| c | d |\n+---+---+\n\n¶Two.",
    "a simple table of reStructuredText": "See:\n\n¶=== ===\n a   b\n=== ===\n c   d\n=== ===\n\n¶Two.",
    "a table without a head": "See.\n\n¶=== ===\n e   f\n=== ===\n\n¶Three.",
    "a table of HTML": "See.\n\n¶<table>\n\n<tr><td>a</td></tr>\n\n</table>\n\n¶Two.",
    "a table of LaTeX": "See.\n\n¶\\begin{tabular}{ll}\n\na & b\n\n\\end{tabular}\n\n¶Two.",
    "a fence in a list": "Do:\n\n- One:\n\n  ```\n  a\n\n  b\n  ```\n\n- Two.\n\n¶Three.",
    "the first cell of a table is no item": "See:\n\n¶- a | b\n--- | ---\nc | d\n\n¶Two.",
    "a display formula": "We have\n\n¶\\[\nx\n=====\n\\]\n\n¶Two.",
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_paragraphs_begin_where_a_reader_would_pause(case: str) -> None:
    text = case.replace("¶", "")
    marked = text
    for start in reversed(paragraph_starts(text)):
        marked = marked[:start] + "¶" + marked[start:]
    assert marked == case


def test_what_follows_a_heading_is_a_sentence_of_its_own_but_known_to_be_headed() -> None:
    text = "One.\n\n# Head\n\nTwo."
    assert [text[start:].split()[0] for start in sentence_starts(text)] == ["#", "Two."]
    assert [text[start:] for start in Outline(text).headed] == ["Two."]
