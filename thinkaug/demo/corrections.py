"""World -> conversations in which a recalled sentence that is wrong is written again. Knows the prompt `correct.j2`.

What is wrong is the disease, the effect, or the class; what was found is the entry that says so.
"""

from thinkaug.demo import wording_thoughts as frames
from thinkaug.demo.facts import World
from thinkaug.demo.names import fill
from thinkaug.demo.talks import Conversation, entries
from thinkaug.demo.voice import Voice
from thinkaug.dialogue import Message
from thinkaug.steps import write_steps
from thinkaug.templates import Templates


def correction(here: World, templates: Templates, voice: Voice) -> Conversation:
    """One wrong sentence with its evidence, and the right one."""
    if voice.chance(0.7):
        name = voice.one(list(here.drugs))
        wrong, right = _about_drug(name, here, voice)
    else:
        name = voice.one(list(here.diseases))
        wrong, right = _about_disease(name, here, voice)
    found = "\n".join(f"[{place}] {line}" for place, line in enumerate(entries(name, here, voice), start=1))
    prompt = templates.render("correct.j2", persona="", kind="recall", step=wrong, found=found)
    return (*prompt, Message("assistant", write_steps([("recall", right)])))


def _about_drug(drug: str, here: World, voice: Voice) -> tuple[str, str]:
    use = here.drugs[drug]
    same, other = (frames.CHANGES, frames.EASES) if use.effect == "DM" else (frames.EASES, frames.CHANGES)
    if voice.chance(0.4):
        return fill(voice.pick(other), (drug,), d=use.disease), fill(voice.pick(same), (drug,), d=use.disease)
    choices = voice.one((same, frames.TREATS))
    disease = voice.one([disease for disease in here.diseases if disease != use.disease])
    frame = voice.pick(choices)
    return fill(frame, (drug,), d=disease), fill(frame, (drug,), d=use.disease)


def _about_disease(disease: str, here: World, voice: Voice) -> tuple[str, str]:
    place = here.diseases[disease]
    if voice.chance(0.5):
        frame = voice.pick(frames.KIND)
        group = voice.one([group for group in here.groups() if group != place.group])
        return fill(frame, (disease,), k=group), fill(frame, (disease,), k=place.group)
    frame = voice.pick(frames.FORM)
    parents = {other.parent for other in here.diseases.values()} - {place.parent}
    parent = voice.one(sorted(parents))
    return fill(frame, (disease,), q=parent), fill(frame, (disease,), q=place.parent)
