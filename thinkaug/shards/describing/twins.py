"""What a control is, for the one who trains on it. Knows no builds."""

CONTROLS = {
    "raw": (
        "the same expert texts without any thought",
        "what the model gains from these texts alone must be told apart from what the thoughts add",
    ),
    "raw_repeat": (
        "the expert texts without thoughts, repeated until there are as many tokens as with them",
        "the thoughts may help only because there is more to train on",
    ),
    "mismatched": (
        "each stretch of expert text has thoughts that were written about another document",
        "if they help as much, it is not what they say about the text that helps",
    ),
    "unpruned": (
        "all thoughts are in, those too that pruning takes out",
        "it shows what pruning is worth",
    ),
    "shuffled_steps": (
        "the steps within each thought stand in random order",
        "if they help as much, it is not the line of reasoning that helps",
    ),
}
"""Name of a control -> what it is, why one would train on it."""


def first_line(control: str) -> str:
    """The first line of a control's card; of a set that is none, nothing."""
    if control == "none":
        return ""
    what, why = CONTROLS.get(control, ("a twin of a set with thoughts", "it shows what the difference is worth"))
    return f"**This is the control `{control}`: {what}. Train on it beside the set itself: {why}.**\n\n"


def list_of_controls() -> str:
    """All controls that every build can have, a line each."""
    return "".join(f"- `{name}`: {what}. {why[0].upper()}{why[1:]}.\n" for name, (what, why) in CONTROLS.items())
