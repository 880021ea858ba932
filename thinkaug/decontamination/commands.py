"""commands: LaTeX commands and HTML entities -> what stands in their place when texts are compared. Knows no texts.

A command that only says how something looks is nothing; so is one for a sign, since signs are left out of what is
compared; a Greek letter is the letter; any other command is its name.
"""

# ruff: noqa: RUF001 - signs that look like letters are the point

_LOOKS = (
    "left right big bigl bigr bigg biggl biggr middle text textbf textit textrm textsf texttt emph mathrm mathbf "
    "mathit mathsf mathtt mathcal mathbb mathfrak operatorname mbox hbox displaystyle textstyle scriptstyle limits "
    "nolimits quad qquad space thinspace enspace hspace vspace noindent newline linebreak cdot cdotp ast frac dfrac "
    "tfrac cfrac over div ldots dots cdots vdots ddots phantom hphantom vphantom smallskip medskip bigskip hfill par "
    "item overline underline mathstrut strut boxed colon rm bf it cr hline tag label begin end lbrace rbrace lbrack "
    "rbrack vert lvert rvert mid langle rangle lfloor rfloor lceil rceil"
)
_SIGNS = (
    "le leq leqslant ge geq geqslant ne neq times pm mp approx equiv sim cong to rightarrow longrightarrow implies "
    "infty sum prod int partial nabla in notin subset subseteq cup cap setminus forall exists wedge vee circ degree "
    "perp lt gt angle triangle"
)
_LETTERS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "vartheta": "θ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π",
    "rho": "ρ", "sigma": "σ", "tau": "τ", "upsilon": "υ", "phi": "φ", "varphi": "φ", "chi": "χ", "psi": "ψ",
    "omega": "ω", "dbinom": "binom", "tbinom": "binom",
}  # fmt: skip
_ENTITIES = {
    "amp": "&", "lt": "<", "gt": ">", "quot": " ", "apos": "'", "lsquo": "'", "rsquo": "'", "ldquo": " ", "rdquo": " ",
    "nbsp": " ", "ensp": " ", "emsp": " ", "thinsp": " ", "ndash": " ", "mdash": " ", "minus": "-", "hellip": " ",
    "shy": "", "times": " ", "divide": " ", "deg": " ", "plusmn": " ", "le": " ", "ge": " ", "ne": " ", "micro": "μ",
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "mu": "μ", "pi": "π",
}  # fmt: skip

COMMANDS: dict[str, str] = {
    **dict.fromkeys((*_LOOKS.split(), *_SIGNS.split()), " "),
    **{name: f" {letter} " for name, letter in _LETTERS.items()},
}
"""Name in lower case -> what stands for it."""

ENTITIES: dict[str, str] = _ENTITIES

FRACTIONS = ("frac", "dfrac", "tfrac", "cfrac", "binom", "dbinom", "tbinom")
"""Commands that take two digits without braces, as in `\\frac12`."""

NAMED = ("begin", "end", "label", "tag", "hspace", "vspace")
"""Commands whose argument in braces is no text."""
