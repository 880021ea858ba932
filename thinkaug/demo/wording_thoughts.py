"""Sentence frames of the thoughts, by what they recall or check. Plain data; `names.fill` gives the placeholders.

An expert's inner speech: questions to oneself, facts as whole sentences, checks that could fail. Never a word about a
text or to anybody, and no phrase with which a text makes the statement that the thought leads to.
"""

# Before a statement about the use of the drugs {x}.
ASK_USE = (
    "What {is} {x} for, and with what effect?",
    "{X}: one indication or several?",
    "{Does} {x} change a disease or only its symptoms?",
    "How would I characterise {x}?",
    "First the indication of {x}, then what it amounts to.",
    "Is there anything beyond one indication for {x}?",
    "{X}. Which patients come to mind?",
    "I should separate cure from relief when I think of {x}.",
    "What sort of effect do we expect from {x}?",
    "Symptom or cause: where {does} {x} work?",
    "Which indication can be defended for {x}?",
    "Think of {x} by effect, not by name.",
    "Keep apart what {x} can and cannot do.",
    "What would be wrong to claim about {x}?",
    "Which company {does} {x} keep?",
    "Why would anybody prescribe {x}?",
)
# What a drug does in its disease: DM in the source, or SYM.
CHANGES = (
    "{X} {counts} as disease-modifying in {d}.",
    "{X} {acts} on {d} itself, not merely on its symptoms.",
    "{X} {changes} the course of {d}.",
    "In {d}, {x} {works} on the disease process.",
    "The effect of {x} in {d} is disease-modifying.",
    "{X} {alters} how {d} develops.",
)
EASES = (
    "{X} {eases} the symptoms of {d}.",
    "In {d}, {x} {serves} to relieve symptoms.",
    "{X} {is} symptomatic treatment in {d}.",
    "The effect of {x} in {d} is relief of symptoms.",
    "{X} {relieves} {d} without changing its course.",
    "Against {d}, {x} {works} on the symptoms alone.",
)
# Another drug {n} for the same disease.
NEIGHBOUR = (
    "{D} is treated with {n} too.",
    "{N} is another drug against {d}.",
    "{N} also has {d} as its indication.",
    "Patients with {d} may receive {n} as well.",
    "Besides, {d} is the indication of {n}.",
)
CHECK_CHANGES = (
    "What changes {d} is indicated there, so the indication holds.",
    "A drug without effect on {d} itself would not fit; this effect is on the disease.",
    "Disease-modifying is more than relief, so {d} may stand as the indication.",
    "If the effect were on symptoms only, the claim would have to be weaker. It is not.",
    "Modifying the disease is a use by any standard: {d} stands.",
)
CHECK_EASES = (
    "Relief is a use as well, so {d} may stand as the indication.",
    "Relief does not mean cure, and no cure of {d} is claimed.",
    "Symptomatic or not, it is an indication: {d} stands.",
    "A claim to alter the course of {d} would go too far; use is all that follows.",
    "If only symptoms respond, {d} still counts as the indication.",
)
CHECK_SINGLE = (
    "An indication other than {d} would contradict this, and I know of none.",
    "No disease besides {d} is recorded for {x}, so one indication covers {them}.",
    "Is anything left out? Only {d} is recorded, so no.",
    "A second indication would have to be added; there is only {d}.",
    "Only one indication is at stake, and nothing speaks against {d}.",
)
CHECK_NEIGHBOUR = (
    "{N} and {x} agree in {d}, as they should.",
    "With {n} the indication is the same, so {d} is no slip.",
    "{N} for {d} and {x} for the same: the two are consistent.",
    "Had {n} and {x} different indications, one of them would be misplaced; both have {d}.",
)

# Before a statement about the class of the diseases {x}.
ASK_KIND = (
    "What kind of disease {is} {x}?",
    "{X}: which branch of the classification?",
    "Where should {x} be put, by organ or by cause?",
    "Go upwards from {x}: what is the next term?",
    "Which term stands directly over {x}?",
    "What do I call the family of {x}?",
    "Begin with the nearest parent of {x}.",
    "{Is} {x} defined by site, by cause or by mechanism?",
    "Climb one level from {x}, then another.",
    "How does the classification reach {x}?",
    "Name the parent before the class: {x}.",
    "To classify {x} I need one step between.",
)
# A disease {x} and its parent {q}; then the parent and the class {k}.
FORM = (
    "{X} {is} a form of {q}.",
    "One form of {q} is {x}.",
    "The parent term of {x} is {q}.",
    "{Q} is the next term over {x}.",
    "Directly over {x} comes {q}.",
)
PARENT_KIND = (
    "Every form of {q} is {a_k}.",
    "{Q} as a whole is one of the {ks}.",
    "All {q} is part of the {ks}.",
    "Over {q} come the {ks}.",
    "From {q} the way up leads to the {ks}.",
)
SISTER = (
    "{N} is another of the {ks}.",
    "The {ks} also cover {n}.",
    "{N}, too, is within the {ks}.",
)
CHECK_KIND = (
    "If {q} lay outside the {ks}, {x} would have to move. It lies inside.",
    "{X} inside {q}, and that inside the {ks}: the order is consistent.",
    "{Q} is narrower than the {ks} and wider than {x}.",
    "{Q} is the step between {x} and the {ks}, and it fits both.",
    "Both links point upwards, from {x} to {q} and from there to the {ks}.",
)
CHECK_KIND_ANY = (
    "A second parent outside the {ks} would make this doubtful; there is none.",
    "Nothing points from {x} to a class other than the {ks}.",
    "Were there a way from {x} past the {ks}, this would fail. All ways lead there.",
    "The {ks} are wide enough for {x}, and no narrower class is claimed.",
)
CHECK_SISTER = (
    "{N} has the same class as {x}, and the two do not exclude each other.",
    "What holds for {n} as a member of the {ks} is no obstacle for {x}.",
    "{N} stands where {x} {is} to stand: no contradiction there.",
)

# Before a conclusion from the drugs {x} to the class {k} of their diseases.
ASK_PLACE = (
    "Where {does} {x} go? The use decides.",
    "{X}: what {is} {it} given for, first of all?",
    "First settle the disease behind {x}.",
    "The group follows from the indication of {x}.",
    "Which disease stands behind {x}?",
    "To place {x}, start from the indication.",
    "I want the indication of {x} first, then the branch.",
    "Start with the disease, not with the shelf: what {does} {x} treat?",
    "Two links are needed, one from {x} to a disease and one from there upwards.",
    "Not by name but by use: what {is} {x} good for?",
    "How would I place {x}? Through the indication.",
    "Trace {x} back to a disease.",
    "What would {x} be prescribed for?",
    "No group for {x} without an indication.",
    "Ask about the patient: who receives {x}?",
    "A name says little; what {does} {x} treat?",
)
TREATS = (
    "{X} {treats} {d}.",
    "{X} {is} used in {d}.",
    "{X} {is} {a medicine} for {d}.",
    "The indication of {x} is {d}.",
    "{D} is treated with {x}.",
    "The disease behind {x} is {d}.",
    "{X} {has} {d} as {its} indication.",
    "Patients with {d} may receive {x}.",
)
ASK_BRANCH = (
    "And what kind of disease is that?",
    "Now the branch.",
    "One step up from there?",
    "Which class follows?",
    "Then upwards.",
    "And the class of {d}?",
)
KIND = (
    "{X} {is} {a_k}.",
    "{X} {belongs} to the {ks}.",
    "{X} {is} one of the {ks}.",
    "{X} {lies} within the {ks}.",
    "The class of {x} is that of the {ks}.",
)
KIND_SEVERAL = (
    "{X} are {a_k}.",
    "{X} belong to the {ks}.",
    "{X} are both {a_k}.",
    "{X} lie within the {ks}.",
)
FORM_KIND = (
    "{X} is a form of {q}, which makes it {a_k}.",
    "As a form of {q}, {x} is {a_k}.",
    "{X} comes under {q} and so under the {ks}.",
)
CHECK_PLACE = (
    "Both links hold, {x} to {d} and from there to the {ks}.",
    "If {d} lay outside the {ks}, {x} would not fit. It lies inside.",
    "From {x} to {d} and on to the {ks}: no gap.",
    "A use outside the {ks} would speak against it, and {x} {has} none.",
    "{D} decides, and with it {x} {goes} to the {ks}.",
    "Had {x} another disease as indication, the class could differ; {d} is the only one.",
    "The {ks} contain {d}, and {x} {goes} with it.",
    "The middle term is {d}, and it carries from {x} to the {ks}.",
)
CHECK_PLACE_SEVERAL = (
    "All of these diseases are {a_k}, so {x} may stand together.",
    "Different diseases, one class: the {ks}. {X} can go together.",
    "If one of the diseases lay outside the {ks}, {x} would have to be parted. None does.",
    "Each of the links ends in the {ks}, for {x} alike.",
)
