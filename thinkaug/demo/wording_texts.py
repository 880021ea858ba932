"""Sentence frames of the expert texts, by sort of statement. Plain data; `names.fill` gives the placeholders.

A handbook's voice: what is entered where. No advice, no doses, nothing beyond the table of facts. The thoughts have
frames of their own (wording_thoughts.py): what leads to a statement uses none of the phrases that make it here, so that
a thought which copies is the model's own doing.
"""

# One or more drugs {x}, all used in the disease {d}.
DRUG = (
    "{X} {is} used in {d}.",
    "{X} {is} given for {d}.",
    "{X} {is} entered under {d}.",
    "{X} {finds} {its} use in {d}.",
    "In {d}, {x} {has} an established place.",
    "For {d}, the handbook names {x}.",
    "{D} is where {x} {is} put to use.",
    "Treatment of {d} may include {x}.",
    "Among the drugs with a place in {d} {is} {x}.",
    "The list of drugs for {d} contains {x}.",
    "{X} {belongs} to the choices for {d}.",
    "Under {d}, the handbook enters {x}.",
    "Where {d} is treated with drugs, {x} {is} found.",
    "{X} {has} a documented use in {d}.",
)
DRUG_LEADERS = (
    "The {entry} for {x} {is} short.",
    "Little space is needed for {x}.",
    "{X} {is} quickly described.",
    "A single use covers {x}.",
    "{X} {is} entered with one use only.",
    "The tables are brief about {x}.",
)
DRUG_LED = (
    "{It} {is} used in {d}.",
    "{Its} use is in {d}.",
    "{It} {is} given for {d}.",
    "The disease is {d}.",
    "{It} {belongs} to the choices for {d}.",
    "The tables enter {them} under {d}.",
    "{D} is {its} indication.",
    "The handbook names {them} for {d}.",
)
DRUG_FOLLOWERS = (
    "No second disease is given for {them}.",
    "The tables add nothing further.",
    "Nothing else is set against {its} {name}.",
    "{It} {has} no other use in this handbook.",
    "The {entry} {is} complete with that.",
    "Other uses are not documented.",
    "{It} {is} not repeated under any other disease.",
    "This handbook knows of no further use.",
)
DRUG_CLOSINGS = (
    "Forms and strengths are listed in the appendix.",
    "Names used in other countries are in the index.",
    "Interactions are treated in a chapter of their own.",
    "Warnings are collected at the end of the book.",
    "The package leaflet is not repeated here.",
    "Prices are left to the local lists.",
    "Details of handling are given with the dosage forms.",
    "The appendix says which forms are available.",
    "The duration of use is not the subject of this handbook.",
    "Doses are found in the tables at the back.",
)
DRUG_ALSO = (
    "The same holds for {x}.",
    "{X} {is} entered beside it.",
    "{X} {takes} the same place.",
    "The next name is {x}.",
    "With it {goes} {x}.",
)

# One or more diseases {x}, all of the class {k}.
DISEASE = (
    "{X} {is} {a_k}.",
    "{X} {is} classed with the {ks}.",
    "{X} {belongs} to the {ks}.",
    "{X} {counts} as {a_k}.",
    "{X} {comes} under the {ks}.",
    "The {ks} include {x}.",
    "{X} {falls} within the group of {ks}.",
    "The chapter on {ks} covers {x}.",
    "Classification puts {x} with the {ks}.",
    "{X} {is} described with the other {ks}.",
    "In the classification, {x} {stands} with the {ks}.",
    "{X} {is} numbered among the {ks}.",
)
DISEASE_FOLLOWERS = (
    "The index gives the same place.",
    "That is {its} only place in the classification.",
    "This handbook follows that order.",
    "{It} {is} found in no other chapter.",
    "Drugs are entered separately.",
    "The order of the chapters follows from this.",
    "{Its} {entry} {is} kept there.",
    "Cross-references lead to the same chapter.",
)
DISEASE_CLOSINGS = (
    "Signs and symptoms are left to the textbooks.",
    "Diagnosis is outside the scope of this handbook.",
    "Figures on frequency are not given.",
    "Older names are listed in the index.",
    "The classification is revised with every edition.",
    "Changes of name are not followed up.",
    "Synonyms are collected in the appendix.",
    "Subtypes are not separated.",
)
DISEASE_ALSO = (
    "{X} {is} found in the same group.",
    "{X} {comes} next in the same chapter.",
    "The group also takes in {x}.",
    "{X} {has} the same place.",
)

# One or two drugs {x}, whose diseases are of the class {k}; the diseases stay unsaid.
CONCLUSION = (
    "{X} {belongs} among the medicines for {field}.",
    "{X} {is} among the medicines for {field}.",
    "The section on medicines for {field} includes {x}.",
    "{X} {is} shelved with the medicines for {field}.",
    "{X} {is} filed with the medicines for {field}.",
    "Among the medicines for {field} {stands} {x}.",
    "{X} {takes} {its} place with the medicines for {field}.",
    "A list of medicines for {field} has to name {x}.",
    "The heading for {x} is medicines for {field}.",
    "{X} {is} kept in the section for {field}.",
    "The medicines for {field} would be incomplete without {x}.",
    "By {its} use, {x} {is} one for the section on {field}.",
    "The formulary sorts {x} with the medicines for {field}.",
    "{X} {goes} into the section on {field}.",
)
CONCLUSION_FOLLOWERS = (
    "No other section lists {them}.",
    "{It} {appears} in this section only.",
    "One {entry} there is enough.",
    "The index refers to that section.",
    "{Its} {entry} {stands} in alphabetical order.",
    "A second {entry} elsewhere {is} not needed.",
    "Other sections leave {them} out.",
    "{Its} place is settled by use alone.",
)
CONCLUSION_CLOSINGS = (
    "The sections follow the classification of diseases.",
    "Each drug is entered once.",
    "Sections are ordered by class, not by name.",
    "Uses are given with the single entries.",
    "The table of contents shows all sections.",
    "Combinations have a list of their own.",
    "The order within a section is alphabetical.",
    "Withdrawn drugs are marked in the index.",
)
CONCLUSION_ALSO = (
    "{X} {stands} in the same section.",
    "The same section takes in {x}.",
    "{X} {follows} under the same heading.",
    "{X} {is} sorted in the same way.",
)
