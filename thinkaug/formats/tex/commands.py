"""commands: what is known of LaTeX's commands and environments, as tables. Knows nothing of how they are read."""

SECTIONS = {"part": 1, "chapter": 1, "section": 2, "subsection": 3, "subsubsection": 4}
"""Command -> level of the heading. `\\paragraph` opens a paragraph instead."""


def _set(names: str) -> frozenset[str]:
    return frozenset(names.split())


def _table(rows: dict[str, str]) -> dict[str, str]:
    return {name: arguments for arguments, names in rows.items() for name in names.split()}


SKIPS = _table(
    {
        "": "emph textbf textit textsl textsc textrm textsf texttt textmd textup textnormal text mbox hbox vbox"
        " fbox frame underline uline ul sout uwave dashuline textin em bf it sl sc rm sf tt bfseries mdseries"
        " itshape slshape scshape upshape rmfamily sffamily ttfamily normalfont tiny scriptsize footnotesize"
        " small normalsize large Large LARGE huge Huge centering raggedright raggedleft flushleft flushright"
        " noindent indent newpage clearpage cleardoublepage pagebreak nopagebreak linebreak nolinebreak sloppy"
        " fussy allowbreak vfill vfil frontmatter mainmatter backmatter appendix tableofcontents listoffigures"
        " listoftables printindex printbibliography makeindex makeatletter makeatother begingroup endgroup"
        " bgroup egroup qed qedhere boldmath unboldmath displaystyle textstyle hline toprule midrule"
        " bottomrule balance twocolumn onecolumn singlespacing doublespacing onehalfspacing samepage xspace"
        " strut MakeUppercase MakeLowercase uppercase lowercase smash num highlight hl endinput selectfont"
        " unskip ignorespacesafterend obeylines frenchspacing nonfrenchspacing IEEEpeerreviewmaketitle"
        " phantomsection today fi endhead endfirsthead endfoot endlastfoot makebox framebox hyperref"
        " footnotemark addlinespace",
        "m": "hspace vspace vskip kern label input include includeonly subfile bibliography bibliographystyle"
        " addbibresource pagestyle thispagestyle pagenumbering index glossary usetikzlibrary graphicspath"
        " phantom hphantom vphantom hypersetup lstset markright address email affil affiliation institute date"
        " author thanks orcid keywords nocite tikzset pgfplotsset allowdisplaybreaks selectlanguage"
        " theoremstyle sisetup captionsetup geometry linespread excludecomment includecomment todo marginpar"
        " marginnote cellcolor rowcolor color pagecolor stepcounter refstepcounter message typeout"
        " PassOptionsToPackage DeclareGraphicsExtensions hyphenation fontfamily fontseries fontshape cline"
        " cmidrule urlstyle newlength newcounter newsavebox newif includegraphics bibitem footnotetext"
        " usepackage RequirePackage documentclass LoadClass institution authorrunning titlerunning includepdf"
        " lstinputlisting inputminted verbatiminput titlepic luaexec directlua symlabel numberwithin"
        " AtBeginDocument AtEndDocument setbox box",
        "mm": "setlength setcounter addtocounter addtolength fontsize rule markboth import subimport settowidth"
        " colorlet DeclareUnicodeCharacter newcolumntype pdfbookmark",
        "mmm": "definecolor addcontentsline crefname Crefname",
        "m*": "textcolor colorbox raisebox scalebox rotatebox foreignlanguage parbox hyperlink hypertarget href alert",
        "mm*": "resizebox multirow fcolorbox",
    }
)
"""Command -> the arguments that go with it (options always go too); the text of any further one stays."""

ASIDE = frozenset({"footnote", "endnote", "sidenote"})
"""Commands whose argument stands in the text, in parentheses."""

CITES_AS_NOUN = ("citet", "textcite", "citeauthor", "Citet", "Textcite", "citeasnoun", "onlinecite", "newcite")

MATHS = _set(
    "math displaymath equation align alignat flalign xalignat xxalignat gather multline eqnarray dmath dgroup darray"
    " IEEEeqnarray mathpar prooftree empheq tikzcd CD displaymaths subnumcases numcases"
    " array matrix pmatrix bmatrix vmatrix Vmatrix cases split aligned gathered alignedat smallmatrix"
)
"""Environments that are formulas (each with and without a star)."""

DRAWINGS = _set(
    "tikzpicture picture pspicture pgfpicture asy asydef overpic circuitikz forest axis psfrags diagram"
    " thebibliography rotate titlepage keywords CCSXML"
)
"""Environments that go as a whole: drawings, the bibliography, what stands on a title page."""

TABLES = {"tabular": 1, "tabular*": 2, "tabularx": 2, "tabulary": 2, "longtable": 1, "supertabular": 1, "tabu": 1}
"""Environment -> how many arguments come before the cells."""

LISTS = {"itemize": "-", "enumerate": "1", "description": "", "compactitem": "-", "compactenum": "1"}
LISTS |= {"inparaenum": "1", "asparaenum": "1", "asparaitem": "-", "list": "-", "trivlist": "-", "parts": "1"}
"""Environment -> what stands before its items: a dash, a number, or their own labels."""

QUOTES = frozenset({"quote", "quotation", "displayquote", "verse", "epigraph"})

ARGUMENTS = {
    "minipage": 1,
    "multicols": 1,
    "wrapfigure": 2,
    "wraptable": 2,
    "subfigure": 1,
    "subtable": 1,
    "spacing": 1,
}
ARGUMENTS |= {"adjustwidth": 2, "adjustbox": 1, "list": 2, "addmargin": 1, "otherlanguage": 1, "floatingfigure": 1}
ARGUMENTS |= {"textblock": 1, "resizebox": 2, "column": 1, "CJK": 2}
"""Environment -> how many arguments to leave out before its text."""

FLOATS = {"figure": "Figure", "wrapfigure": "Figure", "SCfigure": "Figure", "subfigure": "Figure", "table": "Table"}
FLOATS |= {"wraptable": "Table", "longtable": "Table", "algorithm": "Algorithm", "listing": "Listing"}
"""Environment -> what its caption is called."""

_THEOREM_NAMES = {
    "Theorem": "theorem thm theo thrm",
    "Lemma": "lemma lem lma",
    "Proposition": "proposition prop propn",
    "Corollary": "corollary cor coro corol",
    "Definition": "definition defn defi dfn define",
    "Remark": "remark rmk rem rema",
    "Remarks": "remarks rmks",
    "Example": "example eg exm exmp exa expl",
    "Examples": "examples egs",
    "Exercise": "exercise ex exer exc",
    "Axiom": "axiom ax",
    "Conjecture": "conjecture conj",
    "Claim": "claim clm",
    "Fact": "fact",
    "Notation": "notation notn",
    "Note": "note",
    "Question": "question ques",
    "Problem": "problem prob",
    "Assumption": "assumption assum assumptions",
    "Hypothesis": "hypothesis hyp",
    "Observation": "observation obs",
    "Construction": "construction constr",
    "Convention": "convention",
    "Algorithm": "algo",
    "Solution": "solution sol soln",
    "Property": "property",
    "Principle": "principle",
    "Warning": "warning warn",
    "Proof": "proof pf",
}
THEOREMS = {name: printed for printed, names in _THEOREM_NAMES.items() for name in names.split()}
"""Environment -> how it opens, where the file does not say."""

_KINDS = {
    "Section": "sec sect section s subsec ssec subsection sub subsubsec sssec",
    "Chapter": "cha ch chap chapter",
    "Part": "part pt",
    "Appendix": "app appendix apx",
    "Equation": "eq eqn equ equation",
    "Figure": "fig figure",
    "Table": "tab tbl table",
    "Algorithm": "alg algo algorithm",
    "Listing": "lst listing",
    "Line": "line",
    "Item": "item itm",
}
KINDS = {prefix: kind for kind, prefixes in _KINDS.items() for prefix in prefixes.split()}
KINDS |= {prefix: kind for prefix, kind in THEOREMS.items() if prefix not in KINDS}
KINDS |= {"def": "Definition", "th": "Theorem", "defs": "Definition"}
"""What stands before the colon of a label -> the kind of thing that it names."""
