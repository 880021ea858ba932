"""latex: prose as a person would read it, formulas as they were written, and no end to what may be broken."""

import io
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from thinkaug.errors import Unreadable, UserError
from thinkaug.sources.latex import latex
from thinkaug.stage import Raw


def read(source: str | bytes, **options: Any) -> Raw:
    body = source if isinstance(source, bytes) else source.encode()
    (raw,) = latex(**options)(io.BytesIO(body), "a.tex")
    return raw


def text_of(source: str | bytes, **options: Any) -> str:
    fields = read(source, **options).fields
    assert fields is not None
    return str(fields["text"])


CASES = {
    "comments go": ("One % a remark\ntwo.", "One two."),
    "a comment after a command parts it from the next word": ("\\bfseries% bold\nword", "word"),
    "a blank line after a comment stays": ("One.% a remark\n\nTwo.", "One.\n\nTwo."),
    "an escaped percent sign is none": (r"5\% of it", "5% of it"),
    "the comment environment goes": ("a \\begin{comment} $ { \\end{comment} b", "a b"),
    "what is switched off goes": (r"a \iffalse b \ifx\x\y c \fi d \fi e", "a e"),
    "of two branches the first is read": (r"\ifnum a \else b \fi c", "a c"),
    "lines are joined, blank lines part paragraphs": ("one\ntwo\n\n\nthree", "one two\n\nthree"),
    "dollar formulas stay": (r"Let $x_{1} \le \foo{y}$ be", r"Let $x_{1} \le \foo{y}$ be"),
    "parenthesis formulas stay": (r"Let \(x^2\), too", r"Let \(x^2\), too"),
    "a formula in a formula's text": (r"$a \text{ if $b$} c$ d", r"$a \text{ if $b$} c$ d"),
    "displays stand on lines of their own": ("so \\[ x = y \\] holds", "so\n\\[ x = y \\]\nholds"),
    "double dollars": ("so $$x = y$$ holds", "so\n$$x = y$$\nholds"),
    "a full stop stays with its display": ("so\n\\[x\\]\n. Then", "so\n\\[x\\].\nThen"),
    "equations without their labels": (
        "\\begin{equation}\\label{e:a}\n a &= b \\\\\n\\end{equation}",
        "\\begin{equation}\n a &= b \\\\\n\\end{equation}",
    ),
    "no blank line in a display": (
        "\\begin{align*}\na\n\n\nb\n\\end{align*}",
        "\\begin{align*}\na\nb\n\\end{align*}",
    ),
    "index entries within a formula go": (r"\(a\index{b}d\)", r"\(ad\)"),
    "diagrams stay, for they are formulas": (
        "\\[\\xymatrix{A \\ar[r] & B}\\]",
        "\\[\\xymatrix{A \\ar[r] & B}\\]",
    ),
    "drawings go": ("a \\begin{tikzpicture}\\draw (0,0);\\end{tikzpicture} b", "a b"),
    "headings by level": (
        "\\chapter{A}\\section*{B}\\subsection[b]{C $x$}\n\\subsubsection{D}t",
        "# A\n\n## B\n\n### C $x$\n\n#### D\n\nt",
    ),
    "a run-in heading": ("\\paragraph{Aim} To see.", "Aim. To see."),
    "lists": (
        "\\begin{itemize}\n\\item a\n\\item b\n\\end{itemize}"
        "\\begin{enumerate}[label=x]\\item c\\item d\\end{enumerate}",
        "- a\n- b\n\n1. c\n2. d",
    ),
    "lists within lists": (
        "\\begin{enumerate}\\item a\\begin{itemize}\\item b\\end{itemize}\\item c\\end{enumerate}",
        "1. a\n\n   - b\n2. c",
    ),
    "items of more than one paragraph": ("\\begin{itemize}\\item a\n\nb\\end{itemize}", "- a\n\n  b"),
    "descriptions": ("\\begin{description}\\item[\\emph{Key}] what\\end{description}", "- Key: what"),
    "marked text is its text": (r"\emph{a} \textbf{b \textit{c}} {\bf d} \textcolor{red}{e}", "a b c d e"),
    "footnotes stand in parentheses": (r"Text.\footnote{See $x$.} More", "Text. (See $x$.) More"),
    "citations go": (r"as Euclid~\cite[p.~3]{E} did~\cite{F}.", "as Euclid did."),
    "citations in parentheses go with them": (r"known (\cite{E}).", "known."),
    "a citation that is a noun has a name": (r"proved in \cite{E} and by \citet{F}", "proved in [E] and by [F]"),
    "references have a name": (
        r"see Section~\ref{sec:a} and \cref{thm:b,thm:c}, \eqref{eq:d}, \Cref{lem:e}",
        "see Section [a] and Theorems [b] and [c], (d), Lemma [e]",
    ),
    "references to theorems go by what the file says of them": (
        "\\begin{lem}[Key]\\label{ct:a} B.\\end{lem} By \\cref{ct:a}.",
        "Lemma (Key). B.\n\nBy Lemma [a].",
    ),
    "labels and index go without a trace": ("a\\label{x},\n\\index{y!$z$}\nb \\index{c}.", "a, b."),
    "theorems open by their name": (
        "\\begin{thm}[Euclid]\\label{x}\nIt is.\n\\end{thm}\\begin{proof}\nEasy.\\qed\n\\end{proof}",
        "Theorem (Euclid). It is.\n\nProof. Easy.",
    ),
    "theorems that the file declares": (
        "\\newtheorem{fct}[thm]{Known Fact}\\begin{fct} A. \\end{fct}",
        "Known Fact. A.",
    ),
    "theorems that a macro of the file declares": (
        "\\def\\mk#1#2#3{\\newtheorem{#1}{#2}}\\mk{obz}{Observation}{x}\n\nText.\\begin{obz} A. \\end{obz}",
        "Text.\n\nObservation. A.",
    ),
    "proofs with a name": ("\\begin{proof}[Proof of $A$] B. \\end{proof}", "Proof of $A$. B."),
    "quotes, dashes, ties": (
        "``a'' `b' c--d --- e~f 10\\,mg co\\-op",
        "“a” ‘b’ c–d — e f 10 mg coop",
    ),
    "accents": (
        r"\'e \'{e} \`a \^o \"u \c{c} \~n \v s \H{o} \'\i{} na\"{\i}ve Stra\ss e \O re",
        "é é à ô ü ç ñ š ő í naïve Straße Øre",
    ),
    "specials": (r"\$5 \& \_ \# \{x\} \textbackslash", "$5 & _ # {x} \\"),
    "tables": (
        "\\begin{tabular}{l|r}\\hline A & B\\\\\\hline $x$ & \\multicolumn{1}{c}{y|z} \\\\ \\end{tabular}",
        "| A | B |\n| --- | --- |\n| $x$ | y\\|z |",
    ),
    "captions of figures and tables": (
        "\\begin{figure}\\centering\\includegraphics{x}\\caption[s]{What $y$ is.\\label{f}}\\end{figure}"
        "\\begin{table}\\caption{T}\\begin{tabular}{ll}a&b\\end{tabular}\\end{table}",
        "Figure: What $y$ is.\n\nTable: T\n\n| a | b |\n| --- | --- |",
    ),
    "code in fences": (
        "\\begin{lstlisting}[language=Python]\nif a: % {\n    b\n\\end{lstlisting}",
        "```python\nif a: % {\n    b\n```",
    ),
    "code with fences in it": ("\\begin{verbatim}\n```\n\\end{verbatim}", "````\n```\n````"),
    "minted code": ("\\begin{minted}[x]{c}\nint a;\n\\end{minted}", "```c\nint a;\n```"),
    "code within a line": (r"the \verb|a_b%$| and \lstinline{x}", "the `a_b%$` and `x`"),
    "macros of the file": (
        r"\newcommand{\who}[2][X]{#1 and \emph{#2}}\def\it#1{<#1>}\who{B}, \who[A]{B}, \it{c}",
        "X and B, A and B, <c>",
    ),
    "no macros in formulas": (r"\newcommand{\R}{\mathbb{R}}In $\R^n$ and \ensuremath{\R}", r"In $\R^n$ and $\R$"),
    "a macro that is a formula": (
        r"\newcommand{\nat}{\ensuremath{\mathbb{N}}\xspace}in \nat{} and",
        r"in $\mathbb{N}$ and",
    ),
    "macros that begin and end a formula": (
        "\\newcommand{\\be}{\\begin{equation}}\\newcommand{\\ee}{\\end{equation}}so \\be x\n\\ee y",
        "so\n\\begin{equation}x\n\\end{equation}\ny",
    ),
    "a macro for itself stands for nothing": (r"\def\a{x\a}\a{} b", "x b"),
    "signs that nothing defines stay": (r"such as \nat, and \Coq{} too", r"such as $\nat$, and Coq too"),
    "what nothing defines and looks like a formula stays": (r"by \eqv{A}{B} we", r"by $\eqv{A}{B}$ we"),
    "what nothing defines and holds text is its text": (r"a \define{good $k$-path}\indexdef{x} b", "a good $k$-path b"),
    "layout that nothing defines goes": (
        "One.\n\n\\mentalpause\n\nTwo. \\vskip 3pt plus 1pt Three.",
        "One.\n\nTwo. Three.",
    ),
    "other files are never read": (r"a \input{b} \include{c} \usepackage{d}e", "a e"),
    "addresses": (r"\url{http://a.org/b_c\%20d} \href{http://x.org}{here}", "http://a.org/b_c%20d here"),
    "quotations": ("\\begin{quote}So it is.\\end{quote}", "> So it is."),
    "the bibliography goes": ("a\n\\begin{thebibliography}{9}\\bibitem{x} X. \\end{thebibliography}", "a"),
}


@pytest.mark.parametrize(("source", "text"), CASES.values(), ids=CASES)
def test_what_is_written_reads_as_a_person_would_read_it(source: str, text: str) -> None:
    assert text_of(source) == text


def test_only_the_document_is_read_and_its_title_is_found() -> None:
    source = (
        "\\documentclass{article}\\title[S]{A \\emph{good} title\\thanks{You}}\\author{Me}\n"
        "\\begin{document}\\maketitle\\begin{abstract}Short.\\end{abstract}\\section{One}Text.\\end{document} after"
    )
    raw = read(source)
    assert raw.fields == {"text": "# A good title\n\n## Abstract\n\nShort.\n\n## One\n\nText.", "title": "A good title"}
    assert "after" in text_of(source, document_only=False)


def test_without_a_title_the_first_heading_is_it() -> None:
    raw = read("\\chapter{Types}\\section{Sets} a")
    assert raw.fields is not None
    assert raw.fields["title"] == "Types"


def test_a_file_of_macros_has_no_text() -> None:
    source = (
        "\\newcommand{\\x}[1]{\\emph{#1}}\n\\def\\y#1{\\ifx#1\\relax z\\fi}\n\\setlength{\\z}{3pt}\n\\usepackage{a}\n"
        * 9
    )
    assert text_of(source) == ""


def test_latin_1_is_read_and_counted_as_mended() -> None:
    raw = read("caf\xe9 au lait et th\xe9".encode("latin-1"))
    assert raw.fields is not None
    assert (raw.fields["text"], raw.mended) == ("café au lait et thé", ("encoding_cp1252",))


def test_the_encoding_that_a_file_declares_is_believed_if_it_can_be_true() -> None:
    source = "\\usepackage[latin2]{inputenc}\\begin{document}\u017elu\u0165ou\u010dk\xfd k\u016f\u0148\\end{document}"
    assert text_of(source.encode("latin2")) == "žluťoučký kůň"
    assert text_of(source.encode("utf-8")) == "žluťoučký kůň"


def test_another_encoding_than_asked_for_is_said_with_its_place() -> None:
    with pytest.raises(Unreadable, match="byte 3: not utf-8"):
        read(b"caf\xe9", encoding="utf-8")


def test_an_encoding_that_does_not_exist_is_refused_at_once() -> None:
    with pytest.raises(UserError, match="latin-one"):
        latex(encoding="latin-one")


def test_a_larger_file_than_allowed_is_not_read() -> None:
    with pytest.raises(Unreadable, match="more than 10 bytes"):
        read("x" * 11, most_bytes=10)


def test_the_broken_file_gives_its_text(trial_data: Path) -> None:
    found = text_of((trial_data / "dirty" / "tex_broken.tex").read_bytes())
    assert found.startswith("## A\n\nLet $x = 1 be unbalanced.\n\nProof. no end\n\\begin{equation}")
    assert found.endswith("été latin-1 byte")


BROKEN = {
    "an open dollar": ("a $x\n\nb", "a $x\n\nb"),
    "an open display": ("a \\[ x\n\n\\section{B} b", "a x\n\n## B\n\nb"),
    "an open equation": ("\\begin{equation} x\n\nb", "\\begin{equation} x\n\nb"),
    "an open title": ("\\section{A\n\nb", "## A\n\nb"),
    "an open footnote ends at the next heading": ("a\\footnote{b \\section{C} d", "a (b)\n\n## C\n\nd"),
    "an open list ends at the next heading": ("\\begin{itemize}\\item a \\section{C} d", "- a\n\n## C\n\nd"),
    "ends without beginnings": (r"a } \end{x} \) \fi b", "a b"),
    "an open group": ("{a {b", "a b"),
    "open code": ("a \\begin{verbatim}\nx", "a\n\n```\nx\n```"),
}


@pytest.mark.parametrize(("source", "text"), BROKEN.values(), ids=BROKEN)
def test_what_is_broken_is_read_as_well_as_can_be(source: str, text: str) -> None:
    assert text_of(source) == text


MANY = 200_000
HOSTILE = {
    "opening braces": "{" * MANY,
    "closing braces": "}" * MANY,
    "dollars": "$ x " * MANY,
    "backslashes": "\\" * MANY,
    "deep groups": "{" * MANY + "x" + "}" * MANY,
    "deep emphasis": r"\emph{" * MANY + "x" + "}" * MANY,
    "deep footnotes": r"\footnote{x" * (MANY // 10) + "}" * (MANY // 10),
    "deep unknown commands": r"\foo{" * (MANY // 4) + "x" + "}" * (MANY // 4),
    "open sections": r"\section{" * MANY,
    "open equations": r"\begin{equation}" * MANY,
    "open parentheses": r"\( x " * MANY,
    "open displays": r"\[ x " * MANY,
    "open lists": r"\begin{itemize}\item a " * (MANY // 10),
    "open tables": r"\begin{tabular}{ll} a & " * (MANY // 10),
    "open drawings": r"\begin{tikzpicture}" * MANY,
    "open code": r"\begin{verbatim}" * MANY,
    "open options": r"\cite[" * MANY,
    "open options of items": r"\item[" * MANY,
    "open options of code": r"\lstinline[" * MANY,
    "open conditions": r"\iffalse " * MANY,
    "open branches": r"\else \if" * MANY,
    "open definitions": r"\newcommand{\a}{" * MANY,
    "definitions of nothing": r"\def\a#1" * MANY,
    "labels in a formula": "$" + r"\label{" * MANY + "$",
    "signs": r"\foo" * MANY,
    "theorem makers": r"\newtheorem{#1}{#2}" + r"\aa{b}{Cccc}" * (MANY // 4),
    "environments": "".join(rf"\begin{{x{n}}}" for n in range(MANY // 10)),
    "a row without end": r"\begin{tabular}{l}" + "a & " * MANY + r"\\ b \\ " * 2000 + r"\end{tabular}",
    "title pages": r"\title{" + "x" * 1000 + "}" + r"\maketitle " * MANY,
    "NULs": "\0" * MANY,
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE)
def test_nothing_takes_more_than_linear_time_or_room(source: str) -> None:
    with suppress(Unreadable):
        assert len(text_of(source)) <= 5 * len(source)


def doubling(times: int) -> str:
    names = [f"\\x{chr(97 + n)}" for n in range(times + 1)]
    steps = [f"\\newcommand{{{one}}}{{{two}{two}}}" for one, two in pairwise(names)]
    return "".join(steps) + f"\\newcommand{{{names[-1]}}}{{lol}}" + names[0]


def test_macros_that_double_each_other_without_end_are_refused() -> None:
    assert text_of(doubling(4)) == "lol" * 16
    with pytest.raises(Unreadable, match="its macros stand for more than") as refused:
        read(doubling(25))
    assert refused.value.kind == "latex"


@pytest.mark.parametrize("source", [r"\def\a{\b}\def\b{\a}x \a", r"\newcommand{\a}[1]{\a{#1#1}}x \a{y}"])
def test_macros_that_stand_for_each_other_come_to_an_end(source: str) -> None:
    assert text_of(source).startswith("x")


def test_no_chapter_of_a_book_shows_what_was_no_text(trial_data: Path) -> None:
    chapters = sorted((trial_data / "hott_tex").glob("*.tex"))
    assert len(chapters) > 40
    for path in chapters:
        found = text_of(path.read_bytes())
        for left in ("\\index", "\\label", "\\footnote", "\\newcommand", "\\item", "\\define", "\\section"):
            assert left not in found, (path.name, left)


def test_files_of_a_book_without_prose_have_no_text(trial_data: Path) -> None:
    for name in ("macros", "opt-a4", "opt-color", "bmpsize-hack", "hott-online", "cover-a4"):
        assert text_of((trial_data / "hott_tex" / f"{name}.tex").read_bytes()) == "", name


ESCAPES = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
ESCAPES |= {sign: f"\\{sign}" for sign in "%&_#${}"}
WORDS = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "S", "Po"], exclude_characters="'\"`*[]!?"), min_size=1
)


@settings(deadline=None, max_examples=200)
@given(st.lists(st.lists(WORDS, min_size=1, max_size=5), min_size=1, max_size=4))
@example([["100%", "{of}", "$5", "a_b", "C#", "~", "\\", "x^2"]])
def test_prose_with_its_specials_escaped_comes_back(paragraphs: list[list[str]]) -> None:
    prose = [" ".join(words) for words in paragraphs]
    source = "\n\n".join("".join(ESCAPES.get(sign, sign) for sign in paragraph) for paragraph in prose)
    document = f"\\begin{{document}}\\section{{A}}\n{source}\n\\end{{document}}"
    assert text_of(document, encoding="utf-8").split("\n\n")[1:] == prose


PIECES = r"""\begin{ \end{ { } $ $$ \[ \] \( \) & \\ \item[ \item ] [ % \section{ \footnote{ \verb| ` ' - \def\a #1 \a
    \b \newcommand{\b} \cite{ \ref{ itemize} tabular}{ll} equation} proof} verbatim} \iffalse \else \fi \caption{ \'e
    \ensuremath{ \multicolumn{2}{c}{ \textsuperscript{ \texorpdfstring{ \title{ \maketitle""".split()  # noqa: SIM905


@settings(deadline=None, max_examples=400)
@given(st.lists(st.sampled_from([*PIECES, "\n", "\n\n", " ", "a", "\0", "é"]), max_size=40))
def test_no_order_of_pieces_stops_it(pieces: list[str]) -> None:
    with suppress(Unreadable):
        text_of("".join(pieces))
