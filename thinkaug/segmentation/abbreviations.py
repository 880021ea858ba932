"""abbreviations: does this full stop end its sentence? Word lists and one decision. Knows no offsets, no layout.

The lists are our own, gathered for medicine, law and general English, with the commonest of German, French and Spanish.
An entry in lower case holds for any case; an entry with a capital only as written ("Ill." the state, "ill." the word).
"""

import re


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Never at the end of a sentence: something always follows.
_OPEN = _listed(
    "e.g i.e eg ie cf cp vs v viz approx ca resp incl excl esp fig figs eq eqs eqn eqns dr drs mr mrs mx prof"
    " profs messrs mme mlle hon Gen Sen Rep Rev Gov Lt Col Capt Sgt Cmdr Maj Pres Supt St Ste Mt Ft Pt Ms supra infra"
    " z.b d.h u.a m.a.w bzw ggf vgl sog evtl inkl Nr Abb Abs Sra Dña"
    " Abschn Anm Lfd lfd BGBl RGBl GVBl GBl ABl BStBl GMBl VkBl BAnz Bundesgesetzbl Reichsgesetzbl Buchst Ziff"
    " Rdnr Halbs bspw i.V.m i.d.F"
)
# Abbreviations only before a number ("No. 5"); elsewhere words like any other ("He said no. Then ...").
_NUMBERED = _listed(
    "no nos p pp pg pgs ch chap vol vols sec secs sect art arts para paras cl reg regs r s ss n nn op app ex ver"
    " tab ref refs bd u jan feb mar apr jun jul aug sep sept oct nov dec tel ext"
)
# These may end a sentence, but only if the next word is one that opens sentences ("Smith et al. The ...").
_NAMELIKE = _listed(
    "al inc ltd corp bros llc plc jr sr ave blvd dept univ assn sp spp ssp subsp ph.d m.d b.sc m.sc ll.m med jur cie"
    " Co App Op Att Suppl Cal Civ Crim Pub Supp Cir Ct Dist Div Evid Proc Fed Ill Ind Mich Minn Pa Tex Va"
    " Mass Conn Ala Ariz Ark Colo"
    " Del Fla Ga Ky La Md Miss Mo Neb Nev Okla Or Tenn Wash Wis Stat Ann Ed Eds Jan Feb Mar Apr Jun Jul Aug Sep Sept"
    " Oct Nov Dec Mon Tue Tues Wed Thu Thur Thurs Fri Sat Sun L.Ed S.Ct F.Supp"
)
_STARTERS = _listed(
    "The This That These Those It Its In On At He She They We You His Her Their Our My An As If When While Where"
    " What Who Why How However Although Though Because Since For From But And Or So Yet There Then Thus Therefore To"
    " Such Some Most Many Few After Before During By With Without Within Once One Two Three Is Are Was Were Do Does"
    " Did Can Could May Should Will Would No Not Only All Any Each Both Either Neither Also Other Others Another"
    " Here Under Until Unless Upon Several Patients People Please See Later Next First Second Third Finally Moreover"
    " Furthermore Nevertheless Instead Meanwhile Overall Recently Today Let Note Suppose Consider A I"
)
# Small words that may stand before an initial ("said J. Smith"); after others a letter ends ("vitamin C.").
_BEFORE_NAMES = _listed(
    "and from with that author authors editor editors edited written under than when while after before said says"
    " like called named where which since because judge president professor king queen pope saint against between"
    " versus species"
)
_CLOCK_TAILS = _listed(
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday Mon Tue Wed Thu Fri Sat Sun EST EDT CST CDT MST MDT"
    " PST PDT GMT UTC CET Eastern Central Mountain Pacific"
)
_MONTHS_OF_ORDINALS = _listed(
    "Januar Jänner Februar März April Mai Juni Juli August September Oktober November Dezember Jahrhundert Jahrhunderts"
)
# Before a number with a full stop these say that it counts places: "der 19. Bundestag", "vom 3. Tag an".
_BEFORE_ORDINALS = _listed(
    "der die das den dem des vom zum zur am im beim ab ein eine einen einem eines einer jeder jedes jeden jedem"
)
_ACRONYM = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]")
_NUMBER = re.compile(r"[#§]*\s?(?:\d|[A-Z]{1,2}[-.]?\d|[IVXLC]{2,8}\b|[VX]\b|\\|\$)")
_DATE = re.compile(r"\d{1,2}\.\s?\d")
_WORD = re.compile(r"[^\W\d_]++(?!\.)")


def ends_sentence(word: str, previous: str, following: str) -> bool:
    """Whether the full stop after `word` ends a sentence, given that what follows may open one.

    `word` is the run of non-space characters before the stop, `previous` the word before it (or empty), `following` the
    text after the stop without opening quotes and brackets; a dozen characters of it are enough.
    """
    if not word:
        return True
    word = word.rstrip("\\")  # Markdown writes `1\\.` where no list is meant
    if word.isdigit() and len(word) <= 3 and _counts_places(previous, following):
        return False
    low = word.lower()
    if word == "z" and following.startswith("B."):
        return False
    if low in _OPEN or word in _OPEN:
        return word in ("St", "Pt") and _starts(following)
    digit = following[:1].isdigit()
    if low in _NUMBERED and _NUMBER.match(following):
        return False
    if len(word) == 1 and word.isupper():
        return _starts(following) or _is_label(previous)
    if _ACRONYM.fullmatch(word):
        if low in ("a.m", "p.m"):
            return not digit and _first_word(following) not in _CLOCK_TAILS
        return not digit and (word.islower() or _starts(following))
    if low in _NAMELIKE or word in _NAMELIKE:
        return _starts(following)
    return not (digit and word.isalpha() and len(word) <= 4 and word.istitle())


def _counts_places(previous: str, following: str) -> bool:
    """Whether a number with a full stop is an ordinal, as German writes them: "am 3. Mai", "1. 1. 2016"."""
    return (
        previous.lower() in _BEFORE_ORDINALS
        or (previous.endswith(".") and previous[:-1].isdigit() and following[:1].isdigit())
        or _first_word(following) in _MONTHS_OF_ORDINALS
        or _DATE.match(following) is not None
    )


def _is_label(previous: str) -> bool:
    """A lower-case word that does not lead to a name: the capital letter after it is a label, as in "hepatitis B"."""
    return len(previous) > 3 and previous.isalpha() and previous.islower() and previous not in _BEFORE_NAMES


def _starts(following: str) -> bool:
    return _first_word(following) in _STARTERS


def _first_word(following: str) -> str:
    match = _WORD.match(following)
    return match[0] if match else ""
