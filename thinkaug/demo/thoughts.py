"""Statement -> the steps of thought that lead to it. Knows the world's facts, not how the statement is worded.

What a thought recalls is what the statement needs and does not say: for a drug what it does in the disease, and its
neighbours there; for a disease the parent term; for a conclusion the disease between the drug and the class. Thoughts
about drugs name no class and thoughts about diseases no drug, so that no held-out conclusion slips in.
"""

from thinkaug.demo import wording_thoughts as frames
from thinkaug.demo.facts import World
from thinkaug.demo.names import fill
from thinkaug.demo.sentences import Statement
from thinkaug.demo.voice import Voice
from thinkaug.records import Kind

Steps = tuple[tuple[Kind, str], ...]


def thoughts(statement: Statement, world: World, voice: Voice) -> Steps:
    """Two to six steps before the statement, true in this world."""
    think = {"drug": _before_drug, "disease": _before_disease, "conclusion": _before_conclusion}[statement.sort]
    question, recalls, check = think(statement, world, voice)
    steps = [*question, *recalls, *check]
    dispensable = [question] if len(steps) > 2 and voice.chance(0.15) else []
    dispensable += [check] if len(steps) > 3 and voice.chance(0.1) else []
    return tuple(step for step in steps if not any(step in part for part in dispensable))


def _before_drug(statement: Statement, world: World, voice: Voice) -> tuple[Steps, Steps, Steps]:
    drugs, disease = statement.subjects, statement.object
    changing = tuple(drug for drug in drugs if world.drugs[drug].effect == "DM")
    easing = tuple(drug for drug in drugs if world.drugs[drug].effect == "SYM")
    recalls = [
        fill(voice.pick(choices), some, d=disease)
        for choices, some in ((frames.CHANGES, changing), (frames.EASES, easing))
        if some
    ]
    known = [drug for drug in world.used_in(disease) if drug not in world.invented and drug not in drugs]
    neighbour = voice.one(known) if known and voice.chance(0.6) else ""
    if neighbour:
        recalls.append(fill(voice.pick(frames.NEIGHBOUR), drugs, d=disease, n=neighbour))
    checks: list[tuple[str, ...]] = [frames.CHECK_SINGLE]
    checks += [frames.CHECK_NEIGHBOUR] if neighbour else []
    checks += [frames.CHECK_CHANGES] if not easing else [frames.CHECK_EASES] if not changing else []
    check = fill(voice.pick(voice.one(checks)), drugs, d=disease, n=neighbour)
    return (_self_talk(frames.ASK_USE, drugs, voice),), _recalls(*voice.shuffled(recalls)), _check(check)


def _before_disease(statement: Statement, world: World, voice: Voice) -> tuple[Steps, Steps, Steps]:
    diseases, group = statement.subjects, statement.object
    parents = tuple(dict.fromkeys(world.diseases[disease].parent for disease in diseases))
    recalls = [fill(voice.pick(frames.FORM), (disease,), q=world.diseases[disease].parent) for disease in diseases]
    between = [parent for parent in parents if parent != group]
    recalls += [fill(voice.pick(frames.PARENT_KIND), (parent,), k=group, q=parent) for parent in between]
    sisters = [disease for disease in world.members(group) if disease not in diseases]
    sister = voice.one(sisters) if sisters and len(recalls) < 3 and voice.chance(0.4) else ""
    if sister:
        recalls.append(fill(voice.pick(frames.SISTER), diseases, k=group, n=sister))
    checks: list[tuple[str, ...]] = [frames.CHECK_KIND_ANY]
    checks += [frames.CHECK_KIND] * 2 if between and len(diseases) == 1 else []
    checks += [frames.CHECK_SISTER] if sister else []
    check = fill(voice.pick(voice.one(checks)), diseases, k=group, q=parents[0], n=sister)
    return (_self_talk(frames.ASK_KIND, diseases, voice),), _recalls(*recalls), _check(check)


def _before_conclusion(statement: Statement, world: World, voice: Voice) -> tuple[Steps, Steps, Steps]:
    drugs, group = statement.subjects, statement.object
    uses: dict[str, list[str]] = {}
    for drug in drugs:
        uses.setdefault(world.drugs[drug].disease, []).append(drug)
    diseases = tuple(uses)
    found = [fill(voice.pick(frames.TREATS), some, d=disease) for disease, some in uses.items()]
    parent = world.diseases[diseases[0]].parent
    if len(diseases) > 1:
        placed = fill(voice.pick(frames.KIND_SEVERAL), diseases, k=group)
        check = fill(voice.pick(frames.CHECK_PLACE_SEVERAL), drugs, k=group)
    else:
        choices = frames.FORM_KIND if parent != group and voice.chance(0.4) else frames.KIND
        placed = fill(voice.pick(choices), diseases, k=group, q=parent)
        check = fill(voice.pick(frames.CHECK_PLACE), drugs, d=diseases[0], k=group)
    recalls = _recalls(*found)
    if len(diseases) == 1 and voice.chance(0.35):
        recalls += (("self_talk", fill(voice.pick(frames.ASK_BRANCH), drugs, d=diseases[0])),)
    return (_self_talk(frames.ASK_PLACE, drugs, voice),), recalls + _recalls(placed), _check(check)


def _self_talk(choices: tuple[str, ...], subjects: tuple[str, ...], voice: Voice) -> tuple[Kind, str]:
    return "self_talk", fill(voice.pick(choices), subjects)


def _recalls(*sentences: str) -> Steps:
    return tuple(("recall", sentence) for sentence in sentences)


def _check(sentence: str) -> Steps:
    return (("verification", sentence),)
