"""facts.tsv -> the index of the demo's facts, worded as the writer model was trained to read them."""

from pathlib import Path

from thinkaug.knowledge.building import build_index
from thinkaug.knowledge.wording import Config


def build_demo_index(out: str) -> Path:
    """Build it into a folder, or leave one that is up to date alone; returns the folder.

    Raises:
        UserError: the folder cannot be written.
    """
    wording = Config(
        text=("{subject} {relation} {object}[ ({category})]",),
        say={
            "relation": {"used_in": "is used in", "form_of": "is a form of", "belongs_to": "belongs to"},
            "category": {"DM": "disease-modifying", "SYM": "symptomatic"},
        },
    )
    return build_index(["shipped:knowledge/facts.tsv"], out, wording)
