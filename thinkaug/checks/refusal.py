"""refusal: the model declined. What its host put in place of an answer is `unanswered`'s matter.

Two kinds of evidence. Some phrases no expert writes to herself ("as an AI language model", "I cannot provide instructions
on"). Others an expert may ("I'm sorry, but", "I don't think it is appropriate to"): they count only at the head of a step or
beside a moral, and not when the expert's own text uses them.
"""
# ruff: noqa: E501, RUF001 - one pattern a line, in the letters of its language

import re

from thinkaug.checks import Check
from thinkaug.phrases import Rules, matches, plain, rules
from thinkaug.records import Thinking

_NOT_ABLE = r"(?:cannot|can\s?not|can't|could not|couldn't|won't|will not|am (?:not able|unable) to|'m (?:not able|unable) to|am not (?:going|allowed|programmed|permitted) to|'m not (?:going|allowed|programmed|permitted) to|must (?:decline|refuse) to)"
_CANNOT = rf"\bi\s?{_NOT_ABLE}\s(?:\w{{1,12}}ly\s)?"
_GOODS = r"(?:instructions?|information|advice|guidance|assistance|help|support|recommendations?|suggestions?|tips|details|(?:personal|specific|medical|legal|private) (?:information|advice|details)|reasons|a (?:response|justification|definition|recipe|guide|list|reason|method|comprehensive|detailed)|an? (?:\w+ )?(?:answer|opinion|explanation))"
_UNMISTAKABLE = rules(
    (
        "as an |as a |as ai",
        r"\b(?:as|i,? as) an? (?:[\w-]+ ){0,3}?(?:ai\b(?! score)|artificial intelligence\b|(?:large )?language model)",
    ),
    (
        "real-time|real time|access to",
        r"\bi (?:do not|don't) (?:currently )?have (?:any )?(?:real[- ]time|(?:direct |live )?access to (?:real[- ]time|specific|current|external|personal|(?:the )?(?:latest|internet)|up-to-date|databases|individual))\b",
    ),
    (
        "answer this|answer the|answer that",
        rf"(?:{_CANNOT}|\bimpossible (?:for me )?to )(?<=ly )answer (?:this|that|the) question\b",
    ),
    (
        "i'm |i am ",
        r"\bi(?:'m| am) (?:just |only |merely )?an? (?:ai\b|artificial intelligence|(?:large )?language model|chatbot|virtual assistant)",
    ),
    (
        "provide|offer|give you|share you",
        rf"{_CANNOT}(?:\w+,? (?:or|and) )?(?:provide|offer|(?:give|share)(?= you))(?: or \w+)?(?: you)?(?: with)?(?: (?:any|specific|further))? {_GOODS}\b",
    ),
    (
        "fulfil|comply|assist|help|process your|answer your|provide you",
        rf"{_CANNOT}(?:fulfil+|comply|assist (?:you|with)|help (?:you\b|with (?:that|this|your))|process your|answer your question|provide you\b)",
    ),
    (
        "suggest|encourag|promot|endors|condon|facilitat|engag|support|creat|generat|write",
        rf"{_CANNOT}(?:suggest|encourage|promote|endorse|condone|facilitate|engage in|support|create|generate|write)(?:,? (?:or|and) \w+)* (?:any |an? )?(?:\w+ or )?(?:illegal|unethical|harmful|violent|dangerous|inappropriate|hateful|discriminatory|stereotyp\w+)\b",
    ),
    (" my ", r"\b(?:against|within|violates?) my (?:programming|guidelines|ethical guidelines|principles|policies)"),
    ("goes against", r"\bgoes against (?:ethical and moral|ethical or moral|my)\b"),
    (
        " or | nor ",
        r"\bnot (?:appropriate|accurate|ethical|safe|acceptable|legal|responsible|productive|respectful|helpful)(?:,? (?:or|nor) (?:\w+ )?(?:ethical|respectful|appropriate|legal|fair|acceptable|safe|responsible|productive|moral|helpful))+ to (?:provide|suggest|discuss|share|ask|make (?:assum|jok|light|general|blanket)|promote|encourage|assign|advocate|assume|disclose|speculate|judge|deny|refer|engage|label|harm|try to)\b",
    ),
    (
        "decline|refuse|challenge|advise against|inform you that i",
        r"\bi(?:'d| would)? (?:must|have to|need to|feel obliged to|would like to|want to) (?:politely |respectfully )?(?:decline|refuse|challenge the assumption|advise against|inform you that i)",
    ),
    (
        "the question",
        r"\bthe question (?:itself )?(?:contains|is based on|may contain|perpetuates) (?:\w+ ){0,6}?(?:harmful|false|inaccurate|offensive|problematic|discriminatory)",
    ),
    ("not publicly|not within", r"\bnot (?:publicly available|within my)\b[^.]{0,60}\b(?:private|privacy|programming)"),
    (
        "ki|künstliche|sprachmodell",
        r"\bals (?:eine? )?(?:ki|künstliche intelligenz)(?:-| )?(?:sprachmodell|modell|assistent\w*)?\b[^.]{0,40}\bich\b|\bals sprachmodell\b",
    ),
    ("ich kann", r"\bich kann (?:dir|ihnen|dabei|damit)\b[^.]{0,30}\bnicht (?:\w+ )?(?:weiter)?(?:helfen|behilflich)"),
    (
        "en tant qu",
        r"\ben tant qu(?:e |')(?:ia\b|intelligence artificielle|modèle (?:de langage|linguistique)|assistant)",
    ),
    (
        "je ne ",
        r"\bje ne (?:peux|suis) (?:pas )?(?:en mesure de )?(?:vous aider|répondre à (?:cette|votre)|fournir (?:d|ce))",
    ),
    (
        "como |no puedo",
        r"\bcomo (?:modelo de lenguaje|una? (?:ia|inteligencia artificial))\b|\bno puedo (?:ayudarte|ayudarle|proporcionar)\b",
    ),
    ("modelo |modello ", r"\bcomo (?:um )?modelo de linguagem\b|\bcome modello linguistico\b"),
    (
        "как |помочь|предоставить|ответить",
        r"\bкак (?:языковая модель|искусственный интеллект|ии\b|нейросеть)|\bя не могу (?:вам |тебе )?(?:помочь (?:вам|тебе|с этим)|помочь\b|предоставить|ответить на (?:этот|ваш))",
    ),
    (
        "作为|我",
        r"作为(?:一个|一名|一种)?(?:大型)?(?:ai|人工智能|语言模型)|我(?:无法|不能)(?:提供|回答(?:这个|您|你)|协助|满足|帮助)",
    ),
    (
        "として|お",
        r"(?:ai|人工知能|言語モデル)(?:アシスタント)?として[、,]?|お(?:答え|手伝い)(?:することは)?でき(?:ません|かねます)",
    ),
    ("로서|로써|드릴", r"(?:ai|인공지능|언어 모델)(?:로서|로써)|도와드릴 수 없"),
    (
        "بصفتي|كوني|باعتباره|باعتباري|كنموذج|لا ",
        r"(?:بصفتي|كوني|باعتباري) (?:نموذج|ذكاء)|كنموذج لغ|لا (?:يمكنني|أستطيع) (?:مساعدت|تقديم|الإجابة)",
    ),
)
_AT_THE_HEAD = rules(
    (
        "sorry|apologi|apolog|unfortunately",
        r"^\W{0,3}(?:(?:i(?:'m| am)|we(?:'re| are)) (?:so |very |truly |really )?sorry,? (?:but|i)\b|sorry,? (?:but|i)\b|i (?:do )?apologi[sz]e,? (?:but|for|i)\b|(?:my|our) apologies\b|i(?:'m| am) (?:so |very |really )?sorry (?:to hear )?(?:that )?you(?:'re| are) (?:going|feeling|having|struggling)|unfortunately,? i (?:cannot|can't|am (?:unable|not able)))",
    ),
    (
        "assist|discuss|continue|provide|access|share",
        r"^\W{0,3}(?:i\s?(?:cannot|can't|am (?:unable|not able) to|'m (?:unable|not able) to) (?:assist|discuss (?:this|that)|continue with (?:this|that|your)|provide|access (?:specific|personal|real)|share (?:this|that|personal))\b)",
    ),
    (
        "leid|entschuldigung|leider",
        r"^\W{0,3}(?:es tut mir (?:sehr )?leid,? (?:aber|ich|dass)|tut mir leid|entschuldigung,? (?:aber|ich)|leider kann ich (?:dir|ihnen|diese|nicht))",
    ),
    (
        "désolé|siento|lamento|dispiace|desculpe|sinto",
        r"^\W{0,3}(?:je suis (?:vraiment )?désolée?,? (?:mais|je)|désolée?,? (?:mais|je)|lo siento,? pero|lo lamento,? pero|mi dispiace,? ma|desculpe,? mas|sinto muito,? mas)",
    ),
    ("извините|простите|сожалению", r"^\W{0,3}(?:извините,? (?:но|я)|простите,? но|к сожалению,? я не могу)"),
    (
        "抱歉|对不起|申し訳|죄송|عذر|آسف|أعتذر",
        r"^\W{0,3}(?:(?:很)?抱歉[,，、]|对不起[,，]|申し訳(?:ありません|ございません)|죄송(?:합니다|하지만)|عذر[اً]{1,2}[,،]? |آسف[,،]? (?:لكن|لا)|أعتذر)",
    ),
)
_SCRUPLE = rules(
    (
        "appropriate|acceptable|accurate|ethical|respectful|fair|okay|treated|discriminated",
        r"\b(?:i (?:do not|don't) (?:think|believe) (?:it(?:'s| is) |that )|it(?:'s| is) (?:also )?(?:never|not) |(?:would|should) not be |it(?:'s| is) (?:also )?important to (?:note|recogni[sz]e|remember) that )[^.\n]{0,50}?\b(?:appropriate|acceptable|accurate|ethical|respectful|fair|okay|treated|discriminated)\b",
    ),
)
_MORAL = rules(
    (
        "dignity|stereotyp|discriminat|based on their|regardless of|marginali|seek|inclusive|harm|privacy|consent|my p|violen|respect|unethical|illegal|care about you",
        r"\b(?:dignity|stereotyp\w+|discriminat\w+|based on their|regardless of (?:their|race)|marginali[sz]\w+|seek (?:professional )?help|inclusive|harmful (?:and|or) \w+|violence or harm|harm or violence|harm(?:ing)? (?:someone|somebody|others|people|anyone)|(?:promote|condone|encourage) (?:\w+ (?:or|and) )?violence|(?:treat(?:ing|ed)?|with) [^.\n]{0,30}\brespect\b|unethical|illegal (?:and|or)|care about you|privacy|without their consent|my (?:programming|purpose))\b",
    ),
)
_HEAD_CHARS = 600
_FIRST_SENTENCES_CHARS = 250


def refusal() -> Check:
    """A check for declining, in whole or in part.

    Reason: `refusal`.
    """

    def check(thinking: Thinking) -> str:
        text = plain(thinking.text)
        if any(matches(_UNMISTAKABLE, text)) or _strange(_AT_THE_HEAD, text, thinking):
            return "refusal"
        scruples = _strange(_SCRUPLE, text[:_FIRST_SENTENCES_CHARS], thinking)
        if not scruples:
            return ""
        morals = _strange(_MORAL, text[:_HEAD_CHARS], thinking)
        return "refusal" if any(_apart(moral, scruple) for moral in morals for scruple in scruples) else ""

    return check


def _strange(rules: Rules, text: str, thinking: Thinking) -> list[re.Match[str]]:
    """What the rules find that the expert's own text does not use."""
    found = list(matches(rules, text))
    if not found:
        return []
    expert = plain(f"{thinking.before} {thinking.target}")
    return [match for match in found if match[0] not in expert]


def _apart(one: re.Match[str], other: re.Match[str]) -> bool:
    """A scruple is not its own moral: "should not be discriminated against" is law, or fact."""
    return one.end() <= other.start() or other.end() <= one.start()
