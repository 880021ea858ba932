"""addressed: the thought talks about the text it leads to, or to somebody. A reader of the finished data sees neither the prompt
nor a partner in conversation, so both point at nothing.

What counts as evidence:

- Unmistakable phrases ("the given passage", "I hope this helps") count always.
- A noun with its article ("the text", "this passage", "the author") does not count when the expert's own text, before or
  after, uses the noun: in a law about authors it is the subject. Nor does "passage of stool" or "author of the work", nor
  a law's "for the purposes of this paragraph", nor a proof that is left to the reader, nor the authors of a study.
- Any other phrase ("as mentioned above", "the question asks") does not count when the expert's own text uses it word for word.
"""
# ruff: noqa: E501, RUF001 - one pattern a line, in the letters of its language

import re

from thinkaug.checks import Check
from thinkaug.phrases import matches, plain, rules
from thinkaug.records import Thinking

_TEXT_ALWAYS = rules(
    (
        "given|provided|supplied|input|original|source",
        r"\b(?:the|this) (?:given|provided|supplied|input|original|source) (?:text|passage|excerpt|paragraph|snippet|question|document)\b(?!\s?(?:token|node|field|column|box|file|string|editor|block))",
    ),
    (
        "given|provided|supplied|shown",
        r"\b(?:text|passage|excerpt|paragraph|snippet|question|document) (?:given|provided|supplied|shown)(?: above| below| here)?\b(?! (?:by|for|to|that|the|in)\b)",
    ),
    (
        "stretch|excerpt|snippet|passage|text",
        r"\bthe (?:next|coming|upcoming|following) (?:stretch|excerpt|snippet|passage|text)\b(?! of (?:stool|urine|blood|water|time|sea|road))",
    ),
    ("comes next|follows", r"\bthe (?:stretch|passage|text) that (?:comes next|follows)\b"),
    ("text |passage ", r"\bthe (?:text|passage) (?:so far|above|below)\b"),
    (
        "above|below|provided|given",
        r"\b(?:based on|according to|from|in) the (?:text|passage|excerpt|snippet|prompt|question stem)\b(?! of\b)(?=[\s\S]{0,3}(?:above|below|provided|given))",
    ),
    (
        "user|prompt|instruction",
        r"\bthe (?:user|prompt|instructions?) (?:asks?|wants?|says?|is asking|has asked|tells? me|requires? me|states?)\b",
    ),
    (
        "gegebenen|vorliegenden|obigen",
        r"\b(?:im|in dem|aus dem) (?:gegebenen|vorliegenden|obigen) (?:text|abschnitt|absatz)\b",
    ),
    (
        "donné|fourni|suivant|ci-dessus|ci-dessous",
        r"\b(?:le|du|ce) (?:texte|passage|paragraphe) (?:donné|fourni|suivant|ci-dessus|ci-dessous)\b",
    ),
    (
        "текст|отрыв|фрагмент|абзац",
        r"(?:данн(?:ый|ом|ого)|приведённ?(?:ый|ом|ого)|приведенн(?:ый|ом|ого)) (?:текст|отрыв|фрагмент|абзац)",
    ),
    ("文|段|话", r"(?:给定|给出|所给|提供)的?(?:文本|文章|段落|文字)|这段(?:文字|文本|话)"),
    ("文|テキスト", r"(?:与えられた|提供された)(?:文章|テキスト|文)"),
    ("النص|المقطع", r"النص (?:المعطى|المقدم|أعلاه|التالي)|المقطع (?:المعطى|أعلاه|التالي)"),
)
# Its one group that matches is the noun; the expert's use of it excuses.
_TEXT_NOUN = rules(
    (
        "text|passage|paragraph|excerpt|snippet",
        r"(?<!under )(?<!pursuant to )(?<!purpose of )(?<!purposes of )(?<!nothing in )(?<!\) of )\b(?:the|this|that) (text|passage|paragraph|excerpt|snippet)s?\b(?! (?:of|through|from|into|across|down|along|by|shall)\b| ?\(|\s?(?:book|token|node|field|column|box|file|string|editor|block|mode|encod|embedding))",
    ),
    ("author", r"\b(?:the|this|these) (author)s?\b(?! of\b|'s? (?:right|moral|work|consent|estate|heirs|life|death))"),
    (
        "the reader",
        r"(?<!left to )(?<!leave to )(?<!it to )\bthe (reader)s?\b(?! (?:may|can|should|will|easily) (?:\w+ly )?(?:check|verify|verif|convince|prove))",
    ),
    (
        "article|section|chapter|document|writer|abstract|sentence",
        r"\b(?:the|this) (article|section|chapter|document|writer|abstract|sentence) (?:says?|states?|mentions?|describes?|discusses|explains?|notes|continues|goes on|begins?|starts?|ends|asks?|talks?|focuses|emphasi[sz]es|will (?:now|then|go|discuss|describe|explain))\b",
    ),
    ("text|autor|absatz|verfasser", r"\b(?:der|dieser|diesem|dem|im) (text|textabschnitt|autor|absatz|verfasser)s?\b"),
    ("passage|autor|leser", r"\b(?:die) (textpassage|passage|autorin|autoren|leser)\b"),
    (
        "texte|paragraphe|extrait|auteur|passage",
        r"\b(?:le|ce|du|dans le) (texte|paragraphe|extrait)\b|\b(?:l')(auteur|extrait)e?\b(?! d[ue’'])|\b(?:ce|le) (passage) (?:dit|décrit|parle|explique|mentionne)",
    ),
    ("texto|pasaje|párrafo|autor|fragmento", r"\b(?:el|este|del) (texto|pasaje|párrafo|autor|fragmento)\b"),
    (
        "текст|отрыв|фрагмент|абзац|автор",
        r"\b(?:в|этот|этом|данный) (текст|отрыв|фрагмент|абзац)\w*|\b(автор) (?:пишет|говорит|указывает|отмечает|описывает|объясняет)",
    ),
    (
        "本文|上文|下文|原文|作者",
        r"(本文|上文|下文|原文)(?:中|说|提到|指出|描述|讨论)|(作者)(?:说|认为|指出|提到|强调|描述)",
    ),
    ("文章|段落|テキスト|本文|著者|筆者", r"(?:この|その|上の|次の)(文章|段落|テキスト|本文)|(著者|筆者)は"),
    (
        "النص|المقطع|الفقرة|الكاتب|المؤلف",
        r"(?:هذا|في هذا|في) (النص|المقطع|الفقرة)|(الكاتب|المؤلف) (?:يقول|يذكر|يوضح|يصف)",
    ),
)
_PUBLISHED = re.compile(r"\b(?:case )?(?:study|studies|trials?|meta-analys[ie]s|et al)\b")  # it has authors of its own
_TEXT_PHRASE = rules(
    ("the following", r"\b(?:in )?the following (?:paragraph|sentence|section|article|chapter)s?\b"),
    (
        "as mentioned|as noted|as stated|as described|as discussed|as explained|as shown|as said|as seen|as given|as was |as is |as has ",
        r"\bas (?:(?:was|is|has been) )?(?:mentioned|noted|stated|described|discussed|explained|shown|said|seen|given) (?:above|below|earlier|previously|before|in the (?:text|passage|question|paragraph))\b",
    ),
    (
        "in the ",
        r"\b(?:mentioned|stated|described|given|listed|provided|presented) in the (?:text|passage|question|prompt|paragraph|excerpt|scenario|vignette|case description|options)\b",
    ),
    (
        "this question|the question|the prompt|the problem|the statement|the vignette",
        r"\bthis question (?:asks?|is asking|seems to be asking)\b|\bthe (?:question|prompt|problem|statement|vignette) (?:asks?|is asking|stem|wants|mentions|states|says|requires us|provided(?! (?:for|by|that)\b)|above|does not (?:say|state|mention|provide|specify))\b",
    ),
    ("answer", r"\banswer to (?:the|this) (?:given )?question\b|\bthe (?:correct )?answer choice"),
    (
        "options|option|choice|answer",
        r"\b(?:answer|correct) (?:choice|option)s?\b|\b(?:given|provided|listed) options\b|\b(?:among|looking at|none of|considering) the options\b|\bin the question\b|\b(?:the|these|given|all|other|which of the|remaining) (?:answer )?options (?:given|provided|listed|above|are|is)\b|\boption \(?[a-f]\b|\b(?:answer|choice) (?:is|would be|should be)[: ]+\(?[a-f]\b(?!\w| \w)",
    ),
    (
        "provided|given",
        r"\bthe (?:information|context|details|case|scenario|data|options?|patient information) (?:provided|given) (?:above|below|here|in)\b|\b(?:based on|given|from|according to) (?:the|this) (?:information|details|context|data|options|scenario) (?:provided|given|above)\b|\bbased on the (?:given|provided) (?:information|details|context|data)\b",
    ),
    (
        "wie |im |frage",
        r"\bwie (?:oben|bereits|zuvor) (?:erwähnt|beschrieben|gesagt)\b|\bim (?:folgenden|nächsten|obigen) (?:absatz|abschnitt|satz)\b|\bdie frage (?:lautet|fragt)\b",
    ),
    (
        "comme |question|paragraphe",
        r"\bcomme (?:mentionné|indiqué|dit|vu|décrit)e?s? (?:ci-dessus|plus haut|précédemment)\b|\bla question (?:demande|posée)\b|\ble paragraphe suivant\b",
    ),
    ("como ", r"\bcomo se (?:mencionó|indicó|dijo) (?:anteriormente|arriba)\b"),
    (
        "как |вопрос|абзац",
        r"\bкак (?:было )?(?:указано|упомянуто|сказано|отмечено|упоминалось) (?:выше|ранее)\b|\bвопрос спрашивает\b|\bв следующем абзаце\b",
    ),
    ("述|上文|问题|题目", r"如(?:上|前)(?:文)?所述|上文(?:提到|所述)|问题(?:问|要求)的是|题目(?:问|要求|中)"),
    ("通り|とおり|ように|質問", r"(?:上記|前述)の(?:通り|とおり|ように)|質問は"),
    ("كما|السؤال", r"كما (?:ذكر|ذكرنا|أشير|ورد) (?:أعلاه|سابقا|سابقًا)|السؤال يسأل"),
)
_USER_ALWAYS = rules(
    (
        "sure|certainly|absolutely|gladly|of course|requested",
        r"^\W{0,3}(?:sure|certainly|absolutely|gladly|of course)(?:!|[,.] (?:here|let me|i(?:'d|'ll| can| will| would)\b))|^\W{0,3}as (?:you )?requested\b[,:]",
    ),
    (
        "point out that|as of my|knowledge cut|my training|my last|my latest",
        r"\bi (?:must|have to|need to|would like to|want to|should) (?:\w+ly )?point out that (?:the (?:question|term|phrase|word|request|assumption)|your|it(?:'s| is) not (?:appropriate|ethical|legal))\b|\bas of my (?:\w+ )?(?:knowledge|update|training)\b|\bmy (?:knowledge cut[- ]?off|training data|(?:last|latest) (?:knowledge )?update)\b",
    ),
    (
        "question|hello|hi there|hi,|hi!|dear",
        r"^\W{0,3}(?:great|good|excellent|interesting) question\b[!.,]|^\W{0,3}(?:hello|hi there|hi|dear (?:user|reader))[!,]",
    ),
    (
        "here is|here are|here's|below is|below are",
        r"^\W{0,3}(?:here (?:is|are)|here's|below (?:is|are)) (?:the|a|an|my|your|some|two|three|four|five|six) (?:\w+ ){0,3}?(?:steps?|thoughts?|thinking|reasoning|response|answer|rewrite|(?:rewritten|revised|improved|corrected|edited|shortened|requested) version|summary|text|thought process)\b",
    ),
    ("hope ", r"\b(?:i )?hope (?:this|that|it) (?:helps|was helpful|answers|is helpful|clarifies)\b"),
    (
        "let me know|feel free|happy|glad|here to",
        r"\blet me know (?:if|whether|how|what|when)\b|\bfeel free to (?:ask|reach|contact|let|share|provide)\b|\b(?:i(?:'m| am)|i(?:'d| would) be) (?:happy|glad|here) to (?:help|assist|provide|answer)\b",
    ),
    (
        "if you|do you",
        r"\bif you (?:have|need|want|would like) (?:me to|(?:any|more|further|additional) (?:\w+ )?(?:questions?|concerns?|help|information|details?|clarifications?|assistance|explanations?|examples?))\b|\bdo you (?:want|need) me\b|\bdo you (?:have|need) any (?:\w+ )?(?:questions?|help|assistance|information)\b",
    ),
    (
        "help|assist|anything else|thank",
        r"\b(?:how (?:can|may) i (?:help|assist)|is there anything else|anything else (?:i|you)|thank(?:s| you) for (?:your|asking|the question|providing|sharing))\b",
    ),
    (
        "your |you ",
        r"\byour (?:question|request|answer|prompt|query|message|response|text|passage|instructions?|essay|paper|homework)\b|(?<!if )(?<!when )\byou (?:asked|mentioned|provided|requested|wrote|said|gave me|want me to|might be wondering|may be wondering)\b",
    ),
    (
        "you ",
        r"\byou (?:should|can|could|may|might want to|need to|must) (?:also |always )?(?:(?:ask|consult|see|contact|talk to|speak (?:to|with)|check with)(?: with)? (?:a|an|your|my) (?:[\w-]+ ){0,2}?(?:doctor|physician|lawyer|attorney|specialist|professional|pharmacist|provider|expert|dentist|therapist|counsell?or|adviser|advisor|teacher)\b|seek (?:\w+ )?(?:medical|legal|professional|expert)\b|ask me\b)",
    ),
    (
        "your ",
        r"\b(?:consult|ask|talk to|speak (?:to|with)|contact|see) (?:with )?your (?:own )?(?:doctor|physician|lawyer|attorney|healthcare|health care|teacher|pharmacist|provider)\b",
    ),
    ("please", r"\bplease (?:provide|let me|tell me|share|specify|clarify|rephrase|consult|note that i|feel)\b"),
    (
        "!|hilft|wissen|frage|antwort|gern",
        r"^\W{0,3}(?:gerne!|natürlich!|selbstverständlich!|sicher[,!] hier)|\bich hoffe,? (?:das|dies) hilft\b|\blass(?:en sie)? (?:es )?mich wissen\b|\b(?:ihre|deine) (?:frage|anfrage|antwort)\b|\bgerne? (?:helfe|beantworte) ich\b",
    ),
    (
        "bien |certainement|avec |j'espère|n'hésitez|votre|faites",
        r"^\W{0,3}(?:bien sûr ?!|certainement ?!|avec plaisir)|\bj'espère que (?:cela|ceci|ça) (?:vous|t') ?aide|\bn'hésitez pas à\b|\bvotre (?:question|demande|réponse)\b|\bfaites-moi savoir\b",
    ),
    (
        "aquí|espero|pregunta|respuesta|solicitud|dudes",
        r"^\W{0,3}¡?(?:claro|por supuesto)[!,] aquí|\bespero que (?:esto|te|le) (?:ayude|sirva)|\b(?:su|tu) (?:pregunta|respuesta|solicitud)\b|\bno dudes? en\b",
    ),
    (
        "конечно|разумеется|надеюсь|знать|ваш",
        r"^\W{0,3}(?:конечно!|конечно, вот|разумеется!)|\bнадеюсь,? (?:это|что) (?:помо|\w+ помо)|\bдайте (?:мне )?знать\b|\bваш(?:а|его|ему|е|ем)? (?:вопрос|запрос|ответ)",
    ),
    (
        "当然|好的|希望|如果|问题|请求|回答|请告诉",
        r"^\W{0,3}(?:当然[！!，,]|好的[！!，,])|希望(?:这|以上|对)[^。]{0,8}有(?:所)?帮助|如果(?:你|您)(?:有|需要|还)|(?:你|您)的(?:问题|请求|回答)|请告诉我",
    ),
    (
        "もちろん|はい|役に立て|ご質問|知らせ|あなた",
        r"^\W{0,3}(?:もちろん(?:です)?[！!]|はい、(?:以下|こちら))|お役に立て|ご質問|お知らせください|あなたの(?:質問|回答)",
    ),
    (
        "بالتأكيد|بالطبع|آمل|أتمنى|سؤالك|طلبك|إجابتك|تتردد",
        r"^\W{0,3}(?:بالتأكيد[!،]|بالطبع[!،])|(?:آمل|أتمنى) أن (?:يساعد|يكون هذا|تساعد)|(?:سؤالك|طلبك|إجابتك)|لا تتردد في",
    ),
)


def addressed() -> Check:
    """A check for talk about the text or to a user.

    Reasons: `about_the_text`, `to_a_user`. A bare "you" is not enough: thinking aloud says "you divide by n".
    """

    def check(thinking: Thinking) -> str:
        text = plain(thinking.text)
        if any(matches(_USER_ALWAYS, text)):
            return "to_a_user"
        if any(matches(_TEXT_ALWAYS, text)):
            return "about_the_text"
        nouns = {next(filter(None, noun.groups())) for noun in matches(_TEXT_NOUN, text)}
        if "author" in nouns and _PUBLISHED.search(text):
            nouns.discard("author")
        phrases = {phrase[0] for phrase in matches(_TEXT_PHRASE, text)}
        if not nouns and not phrases:
            return ""
        expert = plain(f"{thinking.before} {thinking.target}")
        said = all(phrase in expert for phrase in phrases) and all(_uses(expert, noun) for noun in nouns)
        return "" if said else "about_the_text"

    return check


def _uses(expert: str, noun: str) -> bool:
    start = r"\b" if noun.isascii() else ""  # the scripts without spaces have no word boundary to look for
    return re.search(start + re.escape(noun), expert) is not None
