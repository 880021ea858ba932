"""script: a thought in another script or language than the expert's text, as a whole or from some place on.

Scripts are those of Unicode; Han, kana and Bopomofo count as one, and telling Chinese from Japanese is left to the
language rule. Letters that any field borrows are no evidence: words that the expert's own text uses, words of up to three
Latin or Greek letters (mg, DNA, β), formulas, LaTeX commands, code, addresses. Languages that share a script are
told apart by their commonest words, a list of our own: thoughts are long enough for that, and the identifiers at hand
either carry a model of many megabytes or guess on any text at all. Where the evidence is thin the check says nothing.
"""
# ruff: noqa: E501, RUF001 - one language a line, in its own letters

from collections import Counter
from functools import lru_cache

import regex  # type: ignore[import-untyped,unused-ignore]

from thinkaug.checks import Check
from thinkaug.records import Thinking

_SCRIPTS = (
    *(
        "Latin",
        "Han",
        "Hiragana",
        "Katakana",
        "Bopomofo",
        "Cyrillic",
        "Greek",
        "Arabic",
        "Hebrew",
        "Hangul",
        "Devanagari",
        "Thai",
    ),
    *(
        "Bengali",
        "Tamil",
        "Telugu",
        "Kannada",
        "Malayalam",
        "Gujarati",
        "Gurmukhi",
        "Sinhala",
        "Armenian",
        "Georgian",
        "Ethiopic",
    ),
    *("Khmer", "Lao", "Myanmar", "Tibetan", "Mongolian"),
)
_EAST_ASIAN = frozenset(("Han", "Hiragana", "Katakana", "Bopomofo"))
_ONE_OF = [(name, regex.compile(rf"\p{{Script={name}}}")) for name in _SCRIPTS]
_BORROWED = regex.compile(r"\$\$[^$]{1,2000}\$\$|\$[^$\n]{1,500}\$|\\[A-Za-z]+|`[^`\n]{1,300}`|https?://\S+")
_WORD = regex.compile(r"\p{L}[\p{L}\p{M}]*+")
_ASCII_WORD = regex.compile(r"[a-z]++")
_SHORT_WORD = 3
_LENDERS = ("Latin", "Greek")
_EXPERT_CHARS = 20_000  # of the text before: where her terms are looked up
_SAMPLE_CHARS = 1_500  # of the stretch, and of the text before: enough to know script and language
_WEIGHT = {"East Asian": 3, "Hangul": 2}  # one such letter says about as much as so many Latin ones

# The commonest function words that few neighbours share; by hand.
_COMMON_WORDS = {
    "English": "the and of to is that it for was with as his on be at by had are but from or have an they which you were her she there been their has would what will if can when so no than then this does not its these those about because how whether",
    "German": "der die das und ist nicht ein eine einen einer eines dem den des mit von zu im auf für auch sich bei als nach oder wird werden wie aber aus wenn nur noch kann durch sind hat haben zur zum über dass muss also doch so dann diese dieser dieses keine kein",
    "French": "le la les des est et une dans que qui pour pas sur avec ce cette sont par plus au aux ne se mais ou il elle du donc si être comme on leur ses sa son être été entre peut faut nous",
    "Spanish": "el los las y que una por con para es como del se pero más su sus al está son este esta fue ha sin sobre también entre cuando muy hay ser puede si lo debe porque",
    "Italian": "il lo gli che di è per una con non sono del della dei delle nel nella come più anche ma si al alla questo questa se da può essere ha quando perché",
    "Portuguese": "o os as que não uma com para é por mais como dos das se mas ao na no nas nos foi são pelo pela também quando ser pode em seu sua isso há",
    "Dutch": "de het een en van is dat niet op te zijn voor met die aan er ook als bij maar naar dan uit door om wordt worden heeft moet kan deze dit geen nog",
    "Polish": "i w na z się nie do to jest że o jak ale po co czy od za przez dla są tym przy oraz może być ten ta które który tylko",
    "Turkish": "ve bir bu için ile de da çok olarak daha gibi ne var olan değil ise kadar sonra ama veya mı mi her",
    "Russian": "и в не на что с по это как к но из у за от так же для или при если его ее чтобы быть был есть уже также этого можно надо только значит",
    "Ukrainian": "і в не на що з та це як до але із у за від так для або при якщо його її щоб бути був є вже також цього можна треба тільки й",
    "Bulgarian": "и в не на че с по това като към но от за до или при ако да се са е си го беше има може трябва само",
    "Arabic": "في من على إلى أن هذا هذه التي الذي عن مع لا ما كان كانت أو ثم قد هو هي بعد كل بين إذا لم عند ذلك",
    "Persian": "در از به که این را با است برای آن یک هم تا شود می بر یا اما خود شده نیز باید اگر هر",
    "Hindi": "के में की है और से का को पर यह कि एक नहीं हैं लिए भी तो ही या था कर इस जो हो",
    "Marathi": "आहे आणि या ते हे नाही की तर व मध्ये होते आहेत पण साठी एक असे",
}
_LANGUAGES: dict[str, list[str]] = {}
for _language, _words in _COMMON_WORDS.items():
    for _word in dict.fromkeys(_words.split()):
        _LANGUAGES.setdefault(_word, []).append(_language)


def script(
    *,
    min_share: float = 0.1,
    max_foreign: float = 0.7,
    max_switch_letters: int = 5,
    max_latin_letters: int = 60,
    min_letters: int = 20,
    min_words: int = 20,
    min_common: float = 0.12,
    min_lead: float = 1.6,
) -> Check:
    """A check for a wrong script or language.

    Reasons: `wrong_script`, `wrong_language`.

    Args:
        min_share: a script with at least this share of the expert's letters is at home in the thought.
        max_foreign: the largest share of the thought's letters that may be of no such script, borrowed words left out. A
            Han or kana letter counts three times, one of Hangul twice.
        max_switch_letters: the most such letters between two letters of a home script, for scripts other than Latin.
        max_latin_letters: the same for Latin, from which other scripts borrow whole names.
        min_letters: with fewer letters on either side there is no verdict on the script.
        min_words: with fewer words on either side there is no verdict on the language; a step long enough is judged by itself too.
        min_common: the least share of a text's words that must be common words of its language.
        min_lead: how many times as many they must be as those of the next language.
    """

    def check(thinking: Thinking) -> str:
        text = thinking.text
        sample = f"{thinking.target[:_SAMPLE_CHARS]} {thinking.before[-_SAMPLE_CHARS:]}"
        if not (text.isascii() and sample.isascii()) and foreign(thinking, _scripts(sample)):
            return "wrong_script"
        expected = language(sample)
        steps = [step.text for step in thinking.steps] if len(thinking.steps) > 1 else []
        if expected and any(other and other != expected for other in map(language, (text, *steps))):
            return "wrong_language"
        return ""

    def foreign(thinking: Thinking, expert_scripts: Counter[str]) -> bool:
        letters = expert_scripts.total()
        home = frozenset(name for name, count in expert_scripts.items() if count >= min_share * letters)
        if letters < min_letters or not home:
            return False
        own = _scripts(thinking.text)
        if own.keys() <= home:
            return False
        expert = f"{thinking.before[-_EXPERT_CHARS:]} {thinking.target}".casefold()
        terms = set(_WORD.findall(expert))
        strange = 0
        stranger, stretch = _patterns(home)
        for run in stretch.finditer(_BORROWED.sub(" ", thinking.text)):
            latin = other = 0
            for word in stranger.findall(run[0]):
                name, folded = _script(word[0]), word.casefold()
                if folded in terms or (
                    folded in expert if name == "East Asian" else name in _LENDERS and len(word) <= _SHORT_WORD
                ):
                    continue
                if name == "Latin":
                    latin += len(word)
                else:
                    other += _WEIGHT.get(name, 1) * len(word)
                if latin > max_latin_letters or other > max_switch_letters:
                    return True
            strange += latin + other
        total = strange + sum(_WEIGHT.get(name, 1) * count for name, count in own.items() if name in home)
        return total >= min_letters and strange > max_foreign * total

    def language(text: str) -> str:
        found = _ASCII_WORD.findall(text.lower()) if text.isascii() else _WORD.findall(text.casefold())
        east_asian = "" if text.isascii() else _east_asian_language(text, min_letters)
        if east_asian or len(found) < min_words:
            return east_asian
        votes: Counter[str] = Counter()
        for word, times in Counter(found).items():
            for name in _LANGUAGES.get(word, ()):
                votes[name] += times
        (best, most), (_, next_most), *_rest = [*votes.most_common(2), ("", 0), ("", 0)]
        return best if most >= min_common * len(found) and most >= min_lead * next_most else ""

    return check


@lru_cache(maxsize=1 << 14)
def _script(letter: str) -> str:
    if not letter.isalpha():
        return ""
    name = next((name for name, pattern in _ONE_OF if pattern.match(letter)), "")
    return "East Asian" if name in _EAST_ASIAN else name


def _scripts(text: str) -> Counter[str]:
    """Letters by script; letters of any script (mathematical alphabets) or of a script not listed are left out."""
    counts: Counter[str] = Counter()
    for letter, times in Counter(text).items():
        if name := _script(letter):
            counts[name] += times
    return counts


@lru_cache(maxsize=256)
def _patterns(home: frozenset[str]) -> tuple[regex.Pattern[str], regex.Pattern[str]]:
    """For the scripts at home: a word of one other script, and a stretch without a letter of theirs between such words."""
    others = [name for name in _SCRIPTS if name not in _EAST_ASIAN and name not in home]
    words = [rf"\p{{Script={name}}}[\p{{Script={name}}}\p{{M}}]*+" for name in others]
    if "East Asian" not in home:
        words.append(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Bopomofo}]++")
    word = "|".join(words) or r"(?!)"
    return regex.compile(word), regex.compile(rf"(?:{word})(?:[^\p{{L}}]*+(?:{word}))*+")


def _east_asian_language(text: str, min_letters: int) -> str:
    """Japanese has kana in every sentence, Chinese none, save in names and quotations."""
    kana = han = 0
    for letter, times in Counter(text).items():
        if "\u3040" <= letter <= "\u30ff":
            kana += times
        elif _script(letter) == "East Asian":
            han += times
    if kana + han < min_letters or 2 * (kana + han) < sum(map(str.isalpha, text)):
        return ""
    if kana >= 0.15 * (kana + han):
        return "Japanese"
    return "Chinese" if kana <= 0.02 * (kana + han) else ""
