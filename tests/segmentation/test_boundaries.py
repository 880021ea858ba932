"""Where paragraphs and sentences begin: a table of cases, properties for any text, hostile and real texts."""

import json
import os
import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from thinkaug.segmentation.blocks import blocks_of
from thinkaug.segmentation.boundaries import paragraph_starts, sentence_starts, windows
from thinkaug.segmentation.clusters import splits_cluster
from thinkaug.segmentation.protected import Regions

DATA = Path(os.environ.get("THINKAUG_TRIAL_DATA", Path(__file__).resolve().parents[2] / ".." / "shared" / "data"))


def protected(text: str) -> Regions:
    return blocks_of(text).regions


# "¶" stands where a paragraph begins, "¦" where a sentence begins that is not a paragraph's first.
CASES = [
    # stops
    "He left. ¦She stayed.",
    "Really?! ¦Yes. ¦No!",
    "Wait... ¦Then go. ¦Wait… ¦Go.",
    "Wait... then go, or wait… then go.",
    "The end . ¦Next one.",
    "He left.  \n ¦She stayed.\n",
    "Levels of mRNA rose. ¦mRNA then fell. ¦α-Synuclein did not.",
    "I went home. then i slept.",
    "Is it ? ¦It is.",
    "Done. ¦§ 5 says so. ¦\\emph{Not} so. ¦#1 is it. ¦@you too. ¦€5 is it. ¦☺ is all.",
    # numbers
    "The value is 3.14 in all. ¦Next one.",
    "Give 1.5 mg daily. ¦Then stop.",
    "This was significant (p < 0.05). ¦So we went on.",
    "He died in 1998. ¦25 patients lived.",
    "See No. 5 and nos. 7-9 of it. ¦Vol. IV has more.",
    "He said no. ¦Then he left.",
    "Version 2.1.3 is out. ¦Call 911. ¦Wait.",
    # abbreviations
    "Aspirin vs. Placebo was tested. ¦It won.",
    "Some drugs, e.g. Aspirin, i.e. ASA, help.",
    "As shown in Fig. A, it rose. ¦Eq. (3) says why.",
    "Dr. Smith saw Mrs. Jones. ¦He smiled.",
    "Smith et al. (2010) and Jones et al. Eds. found it.",
    "Smith et al. found it. ¦The rest agree with Smith et al. ¦The end.",
    "It took approx. Five min. ¦Then it ended.",
    "We went to St. John and to Main St. ¦The road was long.",
    "Given i.v. to adults. ¦It works i.v. ¦Nobody knows why.",
    "Take 5 mg b.i.d. with food, or i.v. 5 mg.",
    "Take it b.i.d. ¦Stop then.",
    "An infection with S. aureus or E. Coli is bad.",
    "The book by J. Smith and J. R. R. Tolkien is good.",
    "He lacks vitamin C. ¦Oranges help. ¦Hepatitis B. ¦It spreads.",
    "The U.S. Government said so. ¦He lives in the U.S. ¦The law is strict there.",
    "Meet at 9 a.m. Monday, or at 5 p.m. ¦Bring food.",
    "He came at 9 a.m. 12 June, with J. Smith, by Cap. 5 of it.",
    "Acme Inc. Vienna and Acme Ltd. ¦They merged.",
    "On Jan. 5 and in Sept. 2010 it rained.",
    "Er sprach z.B. Deutsch, d.h. Hochdeutsch. ¦Wir auch.",
    # law
    "Under 42 U.S.C. s 1983 a claim lies.",
    "Under 42 U.S.C. § 1983 a claim lies. ¦See Roe v. Wade.",
    "Fed. R. Civ. P. 12(b)(6) applies here. ¦Brown v. Board, 347 U.S. 483, too.",
    "Approved (Pub. L. No. 116-127; 134 Stat. 19; 42 U.S.C. § 10801 et seq.). ¦It helps.",
    "Applicability of D.C. Law 22-280: § 5 of D.C. Law 22-280 applies. ¦It ends.",
    "Under Reorganization Plan No. 1 of 1980 it moved. ¦The Mayor agreed.",
    "As defined in 34 C.F.R. § 300.24. ¦The Board may act.",
    "See Fed. R. Evid. 702 and Op. Att. Gen. No. 12. ¦They differ.",
    "Meridian v. Blythe, 12 F.3d 99 (9th Cir. 1993), holds so. ¦See id. at 7.",
    "The Dist. Ct. Found so, and Smith, J. Dissented.",
    "By the Act of Mar. 3, 1901, ch. 854, § 1, it stands. ¦No one asked.",
    "Under Art. IV, sec. 2, cl. 1 it holds. ¦Thus it ends.",
    "See Compl. at 5; cf. Brief, pp. 7-9. ¦The court agreed.",
    "Der Bund (BGBl. I S. 931) und die EU (ABl. L 131 vom 28.5.2009, S. 2) regeln es. ¦Es gilt.",
    "Geändert durch Art. 11 Abs. 1 G v. 22.10.2020 I 2229. ¦Es gilt.",
    "Gesetz vom 23. Juni 1970 (Bundesgesetzbl. I S. 805). ¦Es gilt.",
    "Bis zum 31. Dezember 2020, ab dem 1. Januar und am 3.\nMärz. ¦Es gilt.",
    "Gesetz vom\n26\\. Juli 1957. ¦Es gilt.",
    "Der 19. Deutsche Bundestag und das 500. Jubiläum. ¦Es gilt.",
    "Zeitraum vom 1. 1. 2016 bis 31. 12. 2016. ¦Es gilt.",
    "Nach § 16 Abs. 2 Nr. 3 Buchst. A i.V.m. Satz 1 gilt es. ¦Sonst nicht.",
    "Wie z. B. Hunde, bzw. Katzen, vgl. Fußnote 2. ¦Andere nicht.",
    "Lfd. Nr. 5, Abschn. I und Anm. 3. ¦Es gilt.",
    # medicine and science
    "Let us take x, y and z. ¦By Lemma 2 it holds. ¦We prove it for Z. ¦Then we end.",
    "Tick bites spread B. burgdorferi and A. phagocytophilum here. ¦It is rare.",
    "Take it b.i.d. or t.i.d. with 5 mg p.o. of it. ¦Then rest.",
    "Seen in Figs. 10A and 10B, as in Fig. S1 and Suppl. Fig. 2. ¦It was clear.",
    "It rose (P < .05; n = 12; 95% CI, 1.2-3.4). ¦It fell later.",
    "At 3 vs. 5 mL/min (p = 0.03 vs. 0.4) it rose. ¦It held.",
    "By Eq. 4, eq. 80 and Eqs. (3)-(5) it follows. ¦We go on.",
    "About ca. 58 cm, i.e. Half of it, approx. 3 in. ¦It grew.",
    "Patients with type 1 diabetes, etc. ¦They were treated.",
    "He has relapsing MS. ¦Copolymer I helps. ¦Ms. Jones has it too.",
    "It is caused by a lack of vitamin K. ¦Infants get a shot.",
    "She has hepatitis C. ¦Her liver is well.",
    "Given at 8:00 a.m. Eastern Time, or at 9 p.m. ¦You can call.",
    "Evans et al. 2008 [26] and Evans et al., in prep. ¦They agree.",
    "Dr. med. Huber and Prof. Dr. Burghard Pohl met. ¦They talked.",
    "The specimen (No. 7, cat. no. 12-A; St. Louis, Mo., USA) is here. ¦We saw it.",
    "It lies in Washington, D. C., United States of America. ¦It is large.",
    "Heat to 80 °C. ¦Remaining tissue is kept.",
    "He has AF. ¦The benefits are unknown. ¦He has AIDS. ¦HIV is the cause.",
    "Caused by mutations in mtDNA. ¦Because egg cells pass it on, it is inherited.",
    "Reduced (see above.) ¦It is unclear why. ¦(This is penetrance.) ¦It is rare.",
    "Streptococcus spp. (three) and S. pneumoniae subsp. X too.",
    # formulas
    "The signs cancel.\n\\end{proof}\n\n¶\\begin{lemma}\n\\label{a}\nLet $S$ be so. ¦Then go.",
    "We win by induction on $n$. ¦Then $R$ is local.\\label{x} Next.",
    "We have:\n\\begin{itemize}\n\\item One. ¦More.\n¦\\item Two.\n\\end{itemize}\n\\noindent Three.",
    "Appointment. —\n\n¶Upon filing it begins.",
    # addresses and names of files
    "Mail a.b@c.org. ¦Then wait.",
    "See https://x.org/a.b?c=D!e. ¦It helps. ¦Open foo.txt now.",
    # quotes, brackets, notes
    '"He left." ¦She stayed.',
    "(See above.) ¦Next we go. ¦[Or not.] ¦So be it.",
    "He said “Stop.” ¦“Nobody did.” ¦‘So.’",
    '"Go!" he said.',
    "**Bold.** ¦_Thin._ ¦*Next.*",
    "I agree.[3] ¦Next we see. [4, 5] ¦They agree.",
    "Done. ¦\u200bNext. ¦\u200fMore.",
    # labels
    "1. Wash hands. ¦2. Dry them.",
    "Table 1. Baseline data. ¦As Table 1. ¦Then more.",
    # other scripts
    "我走了。¦他来了！¦真的？！¦是。",
    "他说：“我走了。”¦然后他走了。",
    "「行く。」と彼は言った。¦彼は行った。",
    "他说“走。”，然后走了。¦对。",
    "圆周率是３．１４。¦对。¦你好吗?¦很好!¦是。",
    "वह गया। ¦वह आया।¦वह सोया॥",
    "هل ذهب؟ ¦نعم ذهب. ¦ثم عاد.",
    "ის წავიდა. ¦ის მოვიდა.",
    "እሱ ሄደ። ¦እሷ መጣች።",
    "Он ушёл. ¦Она осталась, т.е. ждала.",
    # formulas and inline code
    "Let $a. B$ be so. ¦Then go.",
    "Let $x = 1.$ ¦Then go.",
    r"Let \(a. B\) and \[a. B\] be so. ¦Then go.",
    "We have\n$$\na. B\n$$\nwhere it holds.",
    "We have $$a. B.$$ ¦Then it holds.",
    "We have\n\\begin{align*}\na. B \\\\\nc. D.\n\\end{align*}\n¦Then it holds.",
    "It costs $5. ¦And then $10. ¦It costs $5 and US$. ¦Fine.",
    "It costs $5 per day. ¦Later it cost 6$, then less.",
    "From $HOME/a. ¦Go to $PATH/b.",
    "Use $$$ a. ¦B $$$ c.",
    r"Pay \$5. ¦Then \$6. ¦A \\[2mm] end. ¦C.",
    "Use `a. B` or ``c. ` D`` here. ¦Then `e.` ¦Go.",
    "Use ``c. D` e`` or ```c. D`` e``` here. ¦Then go.",
    "``A quote. ¦It ends'' and `` another.",
    "See <pre>a. B</pre> and <math>a. B</math>. ¦Then go.",
    "``A quote. ¦It ends'' and ``another. ¦It ends''",
    # paragraphs
    "One.\n\n¶Two.\n \t \n\n¶Three.",
    "One.\r\n\r\n¶Two.\r\r¶Three.\u2028\u2028¶Four.\u2029¶Five.",
    "One.\r\n¦Two\rgoes on.\u2028¦Three.",
    "\n\n One.\n\n---\n\n¶Two.",
    "# Head\n¦Text. ¦More.\n¶## Head 2\n\n¦Text.",
    "Text\n¶== Head ==\n¦Text, a=b.",
    "Title\n=====\n¦Text.\n\n¶Part\n----\n¦Text.",
    "- One\n¦- Two. ¦More\n¦* Three\n¦• Four",
    "Do this:\n¦1. Wash\n¦2. Dry\n¦(a) Go\n¦b) Stop",
    "Go on with:\n¦4. Cook;\n¦(c) eat",
    "It was version\n5. of the\nbook and\nA. Smith.",
    "One.\n¶```py\na. B\n\n# C\n```\n¶Two.",
    "One.\n¶~~~~\na. B\n~~~\n\nc\n~~~~\n¶Two.",
    "One.\n\n¶```\na. B\n\nC. D\n\n# E",
    "One:\n\n    ¶x = 1\n\n    y = f(2)\n\n¶Two.",
    "It goes on\n    so x = 1. ¦Then y = 2;",
    "See:\n¶```\na | b\n- | -\n\n# C\n```",
    "    Indented prose. ¦It goes on.\n\n    ¶And on.",
    "See:\n¶| A. B | c |\n|---|---|\n| D. E | f |\n¶Two.",
    "See:\n\n¶a. B | c\n--- | ---\nD. E | f\n\n¶Two.",
    "P(a | b) is one. ¦P(c | d) is two.",
]


@pytest.mark.parametrize("case", CASES)
def test_boundaries_stand_where_a_reader_would_put_them(case: str) -> None:
    text = case.replace("¦", "").replace("¶", "")
    paragraphs, marked = set(paragraph_starts(text)), text
    for start in reversed(sentence_starts(text)):
        marked = marked[:start] + ("¶" if start in paragraphs else "¦") + marked[start:]
    assert marked == case


WORDS = re.split(
    r"\s+",
    r"""one Two 3.14 Dr. Fig. e.g. U.S. J. end. End? 。 ？」 । … ... . ! ) " ” ( [3] $ $$ \( \) \[ \] \ ` `` ``` ~~~ |
    |-| #
    == === --- - * 1. a) \begin{align} \end{align} <pre> </pre> é
    👍🏽 🇦🇹 🇦 각 क्ष > =""",
)
MARKS = ["e\u0301", "\u0301", "👩\u200d👩", "\ud83d", "\ude00", "\u200b", "\u1100", "\u1161"]
SPACES = [" ", "\n", "\r\n", "\r", "\n\n", "\n \n", "\u2028", "\u2029", "    ", "\n    ", "\n\n    ", "\t", "\xa0", ""]
PIECES = st.lists(st.sampled_from([*WORDS, *MARKS, *SPACES, *SPACES]), max_size=60).map("".join)
TEXTS = st.one_of(PIECES, st.text(), st.text(alphabet="aA.$`|\\()[] \n\r-#=", max_size=80))


def check_starts(text: str) -> None:
    """All that must hold for the starts of any text."""
    paragraphs, sentences = paragraph_starts(text), sentence_starts(text)
    regions = protected(text)
    assert set(paragraphs) <= set(sentences)
    for starts in (paragraphs, sentences):
        assert all(a < b for a, b in pairwise(starts))
        for start in starts:
            assert 0 < start < len(text)
            assert text[:start].strip()
            assert not text[start].isspace()
            assert not any(region.start < start < region.end for region in regions)
            assert not splits_cluster(text, start)


def check_windows(text: str, max_chars: int) -> None:
    """Windows tile the text; only a grapheme cluster makes one too long, and only regions too long for one are cut."""
    tiles, regions = windows(text, max_chars), protected(text)
    assert "".join(text[a:b] for a, b in tiles) == text
    assert [a for a, _ in tiles] == [0, *(b for _, b in tiles)][: len(tiles)]
    for begin, end in tiles:
        assert begin < end
        assert end == len(text) or not splits_cluster(text, end)
        assert not any(region.start < end < region.end <= region.start + max_chars for region in regions)
        assert all(splits_cluster(text, at) for at in range(begin + max_chars, end))


@given(TEXTS)
@example("\r\n\u0301. A")
@example("我。\u0301")
def test_starts_of_any_text(text: str) -> None:
    check_starts(text)


@given(TEXTS, st.integers(1, 40))
@example("🇦🇹🇩🇪🇫🇷", 3)
@example("a\r\nb", 2)
@example("e\u0301e\u0301", 3)
@example("\U0001f469\u200d\U0001f469x", 1)
def test_windows_of_any_text(text: str, max_chars: int) -> None:
    check_windows(text, max_chars)


def test_escapes_and_empty_runs_are_no_regions() -> None:
    assert not [*protected(r"\$5 \\[2mm] $$$ ```` $$$$")]


@given(TEXTS)
def test_regions_are_in_order_and_apart(text: str) -> None:
    regions = [*protected(text)]
    assert all(0 <= region.start < region.end <= len(text) for region in regions)
    assert all(a.end <= b.start for a, b in pairwise(regions))


@given(TEXTS)
def test_line_breaks_of_any_kind_are_worth_the_same(text: str) -> None:
    unix = text.replace("\r", " ").replace("\u2029", " ")
    assert (
        sentence_starts(unix.replace("\n", "\r"))
        == sentence_starts(unix)
        == sentence_starts(unix.replace("\n", "\u2028"))
    )


@pytest.mark.parametrize(
    ("text", "max_chars", "expected"),
    [
        ("", 5, []),
        ("One. Two.", 9, ["One. Two."]),
        ("One. Two.\n\nThree. Four.", 20, ["One. Two.\n\n", "Three. Four."]),
        ("One two. Three four five.", 12, ["One two. ", "Three four ", "five."]),
        ("Hi.\n\nOne two three. Four five six.", 25, ["Hi.\n\nOne two three. ", "Four five six."]),
        ("abcdefgh", 3, ["abc", "def", "gh"]),
        ("ab $x y z$ cd", 7, ["ab ", "$x y z$", " cd"]),
        ("ab $x y z$ cd", 5, ["ab ", "$x y ", "z$ cd"]),
        ("e\u0301e\u0301e\u0301", 3, ["e\u0301", "e\u0301", "e\u0301"]),
        ("a\u0301\u0301\u0301b", 2, ["a\u0301\u0301\u0301", "b"]),
        ("a\n\u0301b", 2, ["a\n", "\u0301b"]),
        ("👩\u200d👩", 2, ["👩\u200d👩"]),
        ("\ud83d\ude00a", 1, ["\ud83d\ude00", "a"]),
        ("क्ष", 2, ["क्ष"]),
        ("Hi. One two three four fivesix.", 27, ["Hi. ", "One two three four fivesix."]),
        ("ab\r\ncd", 3, ["ab", "\r\n", "cd"]),
        ("🇦🇹🇩🇪", 3, ["🇦🇹", "🇩🇪"]),
        ("👩\u200d👩👍🏽", 4, ["👩\u200d👩", "👍🏽"]),
        ("각각", 1, ["각", "각"]),
        ("\u1100\u1161\u11a8\u1100\u1161", 4, ["\u1100\u1161\u11a8", "\u1100\u1161"]),
    ],
)
def test_a_window_ends_at_the_best_place(text: str, max_chars: int, expected: list[str]) -> None:
    assert [text[a:b] for a, b in windows(text, max_chars)] == expected


def test_a_window_holds_at_least_one_character() -> None:
    with pytest.raises(ValueError, match="max_chars is 0"):
        windows("text", 0)


HOSTILE = (
    *(
        "a",
        ".",
        "$",
        "$ ",
        "$a",
        "$a ",
        "`",
        "` ",
        "```",
        "```\n",
        "``a ",
        "~~~\n",
        "\\",
        "\\[",
        "\\( ",
        "\\begin{align}",
    ),
    *("<pre>", "|", "|\n", "a | b\n", "\n", "\n ", " ", "\n    a", "\n    a=1\n\n", "\r", "\r\n", "\u2029", "\u0301"),
    *(
        "\u200d",
        "🇦",
        "a. ",
        "A. ",
        '."',
        ".)",
        '"',
        "(",
        "[",
        ".[1,1",
        " [1",
        "。",
        "。」",
        "你!",
        "\n- ",
        "\n1. ",
        "\n# a",
    ),
    *("\n= a =", "=", "\na\n===", "\n\n---", "-", "* ", "1 "),
)


@pytest.mark.parametrize("unit", HOSTILE)
def test_a_long_run_is_windowed(unit: str) -> None:
    """300,000 characters take about 0.2 s; a pattern that goes quadratic would keep the suite for minutes."""
    text = (unit * 300_000)[:300_000]
    found = windows(text, 1000)
    assert "".join(text[start:end] for start, end in found) == text


def naughty_strings() -> list[str]:
    path = DATA / "blns.json"
    if not path.exists():
        pytest.skip(f"no {path.name} in the trial data (THINKAUG_TRIAL_DATA)")
    strings: list[str] = json.loads(path.read_text(encoding="utf-8"))
    return strings


def test_naughty_strings() -> None:
    strings = naughty_strings()
    assert len(strings) > 400
    for text in [*strings, "\n\n".join(strings), " ".join(strings)]:
        check_starts(text)
        check_windows(text, 7)


def test_real_texts_have_sentences_of_a_sane_length() -> None:
    path = DATA / "neardup_medquad" / "docs.jsonl"
    if not path.exists():
        pytest.skip(f"no neardup_medquad/{path.name} in the trial data (THINKAUG_TRIAL_DATA)")
    texts = [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines()][:400]
    for text in texts:
        check_starts(text)
        check_windows(text, 1000)
    chars = sum(map(len, texts)) / sum(1 + len(sentence_starts(text)) for text in texts)
    assert 80 < chars < 160
