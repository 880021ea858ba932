"""think_tags: markup of reasoning or of a chat inside a step. Nothing excuses it: rendered, it would be a marker."""

import re

from thinkaug.checks import Check
from thinkaug.records import KINDS, Thinking

_NAMES = (
    *(kind.replace("_", r"[\s_-]?") for kind in KINDS),
    "think(?:ing)?",
    "thoughts?",
    "thought[_-]process",
    "reason(?:ing)?",
    "reflect(?:ion)?",
    "scratch_?pad",
    "inner_monologue",
    "answer",
    "final_answer",
    "begin_of_(?:thought|solution)",
    "end_of_(?:thought|solution)",
)
_OPEN = r"(?:<|\uff1c|&lt;|◁)"
# A tag may lack its end, carry attributes or white space, or stand as HTML entities.
_TAG = re.compile(
    rf"{_OPEN}\s{{0,4}}[/\\]?\s{{0,4}}(?:seed:|antml:)?(?:{'|'.join(_NAMES)})(?![\w-])|\[/?THINK\]", re.IGNORECASE
)
_CONTROL = re.compile(
    r"<[|\uff5c][^\s<>]{1,60}[|\uff5c]>"  # <|im_start|>, <|eot_id|>, <|channel|>
    r"|<[|\uff5c]\s?(?:im_(?:start|end)|endoftext|eot_id|(?:start|end)_header_id|(?:begin|end)[_▁]of)"  # unclosed
    r"|<\uff5c[^<>]{1,60}\uff5c>"
    r"|</?(?:start|end)_of_turn>|<(?:bos|eos|pad|unk|mask)>|</?s>|<unused\d+>|<extra_id_\d+>|<0x[0-9A-F]{2}>"
    r"|\[/?INST\]|<</?SYS>>|\[/?(?:SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS)\]"
    r"|</?tool_(?:call|response)>",
    re.IGNORECASE,
)


def think_tags() -> Check:
    """A check for literal tags inside a step, opened, closed or left open.

    Reasons: `control_token` (a token of a chat template, such as <|im_start|> or [INST]), `think_tag` (<think> and its
    kin, and the tags of our own steps, in any case, with attributes or spaces).
    """

    def check(thinking: Thinking) -> str:
        text = thinking.text
        if _CONTROL.search(text):
            return "control_token"
        return "think_tag" if _TAG.search(text) else ""

    return check
