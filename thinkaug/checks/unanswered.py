"""unanswered: something stands in place of the thought: a notice of the host's filter, an error of the service, a
placeholder, the bare JSON of a reply that nobody could read. A model that declines in its own words is `refusal`'s matter.

What an expert may speak of herself (a blocked request, a bad gateway) counts only at the head of a step, where messages
begin, and not when her own text uses the words. A placeholder counts only where nothing else was written: "None." is a good
answer to a question one has asked oneself. JSON does not count where the expert's own text holds some.
"""
# ruff: noqa: E501, RUF001 - one pattern a line, in the letters of its language

import re

from thinkaug.checks import Check
from thinkaug.phrases import Rules, matches, plain, rules
from thinkaug.records import Thinking

_FILTER = rules(
    ("content management polic|content filtering polic", r"\bcontent (?:management|filtering) polic(?:y|ies)"),
    (
        "content",
        r"\bcontent[- ](?:filter(?:ing|ed)?|moderation|policy) (?:polic\w+|violation|triggered|was triggered|has (?:been triggered|blocked|flagged)|flag\w*|block\w*)\b",
    ),
    (
        "filtered|blocked|flagged|removed|withheld|rejected",
        r"^\W{0,3}(?:the |this |your |sorry, (?:the|this|your) )?(?:model'?s? )?(?:response|output|completion|prompt|request|message|content|candidate|generation|input) (?:was|has been) (?:\w+ )?(?:filtered|blocked|flagged|removed|withheld|rejected) (?:due to|because|as a result of our|by (?:the |our )?(?:service|host|content|safety|moderation|azure|openai|system|guardrail|policy))",
    ),
    (
        "violat|breach",
        r"\b(?:violat\w+|breach\w*) (?:of )?(?:our|openai'?s?|azure|google'?s?|anthropic'?s?|microsoft'?s?|the (?:usage|content|safety|acceptable use)) (?:(?:openai|azure|google|usage|content|safety|use case|acceptable use|community|service)[\w -]{0,20})?(?:polic|guideline|terms)",
    ),
    ("safety system", r"\b(?:rejected|blocked|stopped|flagged) (?:as a result of|by|because of) (?:our|the) safety system"),
    ("due to|for safety", r"^.{0,80}\b(?:blocked|removed|stopped|withheld|filtered) (?:due to|for) (?:safety|content|policy|copyright|recitation|prohibited)"),
    ("responsibleai|content_filter|harm_category|finish_reason|finishreason|data_inspection_failed|content exists risk", r"responsibleaipolicyviolation|\bcontent_filter\b|\bharm_category_|\bfinish_?reason\W{1,4}(?:safety|recitation|content)|\bdata_inspection_failed\b|\bcontent exists risk\b"),
    ("敏感|违规|审核", r"(?:内容|输入|输出|回答)[^。\n]{0,12}(?:包含|含有|涉及|触发)[^。\n]{0,6}(?:敏感|违规)|内容(?:安全)?审核(?:未通过|不通过|失败)"),
)  # fmt: skip
_SERVICE = rules(
    (
        "error",
        r"^\W{0,3}error (?:communicating with|code: ?[45]\d\d|from (?:the )?(?:server|api)|in (?:input|message) stream|(?:while )?(?:generating|processing) (?:the |a |your )?(?:response|request|completion|prompt))\b",
    ),
    (
        "error",
        r"^\W{0,3}(?:\w+\.){0,4}(?:api|connection|conn\w+|read|connect|timeout|rate_?limit|service\w*|internal\w*|server\w*|bad_?request|authentication|permission\w*|overloaded\w*|http|remote\w*|json_?decode|invalid_?request)\w{0,20}error\b\s?[:(]",
    ),
    ("traceback", r"\A\W{0,3}traceback \(most recent call last\)"),
    (
        "gateway|unavailable|too many requests|server error|forbidden|unauthorized|unauthorised",
        r"^\W{0,3}(?:error:? ?)?(?:http(?:/\d(?:\.\d)?)? ?)?(?:[45]\d\d ?[-:]? ?)?(?:bad gateway|gateway time-?out|service (?:temporarily )?unavailable|too many requests|internal server error|(?<=\d )(?:forbidden|unauthori[sz]ed))\b[^\n]{0,80}$",
    ),
    (
        "connection|read timed out|timed out|max retries",
        r"\bconnection(?:reset|aborted|refused)?error\(|\bread timed out\b|\bmax retries exceeded with url\b|^\W{0,3}(?:the )?(?:request|connection|operation) (?:has )?timed out\b[^\n]{0,60}$|^\W{0,3}connection (?:reset by peer|aborted|refused)\b",
    ),
    ("context length|context window", r"\bmaximum context length is \d|\bexceeds? the (?:model's )?(?:maximum )?context (?:length|window) of \d"),
    ("rate limit|quota", r"\brate limit (?:reached|exceeded) for\b|\byou (?:have )?exceeded your current quota\b"),
    (
        "overloaded|unavailable|busy|at capacity",
        r"^\W{0,3}(?:the |our )?(?:server|service|model|api|engine|system)s? (?:is|are|was) (?:\w+ )?(?:overloaded|unavailable|busy|at capacity)\b[^\n]{0,120}$",
    ),
    (
        "went wrong|error occurred|error has occurred|network error|try again",
        r"^\W{0,3}(?:sorry, |oops!? )?(?:something went wrong|an (?:\w+ )?error (?:has )?occurred|network error|(?:internal|server|unknown) error)\b[^\n]{0,160}$",
    ),
    ("error", r"^\s{0,3}[\[{]{1,2}\s?[\"'](?:error|errors|detail)[\"']\s?:|[\"'](?:type|object|status)[\"']\s?:\s?[\"'](?:\w+_)?error[\"']"),
    ("doctype|<html|<?xml", r"^\s{0,3}(?:<!doctype html|<html[\s>]|<\?xml )"),
)  # fmt: skip
_PLACEHOLDERS = frozenset(
    [
        "n/a", "na", "n.a", "none", "null", "nil", "nan", "undefined", "empty", "todo", "tbd", "unknown", "nothing", "content", "text", "thought", "thoughts", "response", "answer", "output", "error", "false", "true", "no answer", "no response", "no output", "no thought", "no thoughts", "no content", "not available", "not applicable", "your answer here", "your thought here", "insert text here", "insert thought here",
        "keine antwort", "keine angabe", "k. a", "pas de réponse", "sans objet", "néant", "sin respuesta", "no aplica", "нет ответа", "н/д", "нет", "无", "暂无", "没有", "无回答", "なし", "該当なし", "無回答", "없음", "لا يوجد", "غير متاح",
    ]
)  # fmt: skip
_WRAPPING = " \t\r\n\"'`*_.,:;!?-–—…()[]{}<>#|/\\。、「」“”«»"
_OWN = r"(?:thought|think|thinking|answer|response|reasoning|explanation|analysis|steps?|content|text)s?"
_BLANK = rules(
    (
        "[|<",
        rf"[\[<](?:insert|your|add|write) (?:\w{{1,20}} ){{0,2}}?(?:{_OWN}|here)\b[^\]>\n]{{0,60}}[\]>]",
    ),
)
# A reply that was asked for in JSON calls what it holds by such a name; data an expert writes of seldom does.
_KEY = rf"(?:[a-z]{{1,20}}[ _-]){{0,4}}{_OWN}(?:[ _-][a-z]{{1,20}}){{0,3}}"
_JSON = re.compile(rf"\s{{0,20}}(?:```(?:json)?\s{{0,5}})?(?:\[\s{{0,5}})?\{{\s{{0,20}}([\"']){_KEY}\1\s?:")
_JSON_TAIL = re.compile(rf'"\s?,?\s?"{_KEY}"\s?:\s?"[^"\n]{{0,200}}"\s?\}}\s{{0,5}}(?:```)?\s{{0,5}}$')
_LONGEST_PLACEHOLDER_CHARS = 40
_JSON_TAIL_CHARS = 400


def unanswered() -> Check:
    """A check for thinking that is none.

    Reasons: `filter_message` (a notice of the host's content filter), `service_error` (an error of the service or of
    the way to it), `no_answer` (a placeholder, or nothing but punctuation), `raw_json` (it begins or ends as the source
    of a JSON object does). No steps at all are a matter of `length`.
    """

    def check(thinking: Thinking) -> str:
        if not thinking.steps:
            return ""
        text = plain(thinking.text)
        if _strange(_FILTER, text, thinking):
            return "filter_message"
        if _strange(_SERVICE, text, thinking):
            return "service_error"
        if _is_placeholder(text) or _strange(_BLANK, text, thinking):
            return "no_answer"
        return "raw_json" if _is_json(text, thinking) else ""

    return check


def _strange(rules: Rules, text: str, thinking: Thinking) -> bool:
    """Whether the rules find a phrase that the expert's own text does not use."""
    found = {match[0].strip(_WRAPPING) for match in matches(rules, text)}
    if not found:
        return False
    expert = plain(f"{thinking.before} {thinking.target}")
    return any(phrase not in expert for phrase in found)


def _is_placeholder(text: str) -> bool:
    bare = text.strip(_WRAPPING)
    return not bare or (len(bare) <= _LONGEST_PLACEHOLDER_CHARS and bare in _PLACEHOLDERS)


def _is_json(text: str, thinking: Thinking) -> bool:
    if not (_JSON.match(text) or _JSON_TAIL.search(text[-_JSON_TAIL_CHARS:])):
        return False
    return '":' not in thinking.before + thinking.target  # an expert who writes of JSON may think in it
