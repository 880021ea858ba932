"""Sentences in words of our own, none of them a frame of the demo's grammar, and what they state.

`subject | relation | object (qualifier) ?reason`, `!` before a relation that is denied, `-` for an end that is not told.
Whether a statement is true is no matter here. All three lists were written after the cues; at the first try 45 of 50,
38 of 50 and 26 of 30 were read as expected, and 5 of the 130 stated something else. (Two of these 5 stated more than was
expected, and rightly so.)
"""
# ruff: noqa: E501 - one sentence a line

FIRST = [
    ("Gout responds well to allopurinol.", ["allopurinol | used_in | gout"]),
    ("Physicians have prescribed allopurinol for gout for decades.", ["allopurinol | used_in | gout"]),
    ("Allopurinol does not treat asthma.", ["allopurinol | !used_in | asthma"]),
    ("There is no evidence that allopurinol helps in asthma.", ["allopurinol | !used_in | asthma"]),
    (
        "Neither allopurinol nor probenecid is used in asthma.",
        ["allopurinol | !used_in | asthma", "probenecid | !used_in | asthma"],
    ),
    (
        "Allopurinol is used in gout, not in asthma.",
        ["allopurinol | used_in | gout", "allopurinol | !used_in | asthma"],
    ),
    (
        "Sumatriptan and eletriptan ease migraine but do not alter its course.",
        ["sumatriptan | used_in | migraine (SYM)", "eletriptan | used_in | migraine (SYM)"],
    ),
    (
        "Riluzole slows the progression of amyotrophic lateral sclerosis.",
        ["riluzole | used_in | amyotrophic lateral sclerosis (DM)"],
    ),
    ("Baclofen offers symptomatic relief in multiple sclerosis.", ["baclofen | used_in | multiple sclerosis (SYM)"]),
    (
        "For hypertension, doctors often choose nicardipine, metoprolol or guanabenz.",
        [
            "nicardipine | used_in | hypertension",
            "metoprolol | used_in | hypertension",
            "guanabenz | used_in | hypertension",
        ],
    ),
    ("Lung cancers are cancers.", ["lung cancer | belongs_to | cancer"]),
    ("Migraine is not a form of respiratory system disease.", ["migraine | !form_of | respiratory system disease"]),
    ("Migraine is a kind of brain disease.", ["migraine | form_of | brain disease"]),
    (
        "Brain diseases are classified among the nervous system diseases.",
        ["brain disease | belongs_to | nervous system disease"],
    ),
    ("Is allopurinol used in gout?", []),
    ("If allopurinol were used in asthma, it would help.", []),
    ("Allopurinol would be used in asthma.", []),
    ("Gout and asthma are common.", []),
    ("Allopurinol wird bei gout eingesetzt.", []),
    ("Tadalafil is used in pulmonary hypertension.", ["tadalafil | used_in | - ?unknown_object"]),
    ("Morphine relieves cancer pain.", ["morphine | used_in | - (SYM) ?unknown_object"]),
    ("Zanubrexine is licensed for epilepsy.", ["- | used_in | epilepsy ?unknown_subject"]),
    ("Levothyroxine is standard therapy in hypothyroidism.", ["levothyroxine | used_in | hypothyroidism"]),
    ("The drug of choice in malaria is quinine.", ["quinine | used_in | malaria"]),
    ("Clobazam is no longer used in epilepsy.", ["clobazam | !used_in | epilepsy"]),
    ("Clobazam does more than ease the symptoms of epilepsy.", ["clobazam | used_in | epilepsy (SYM)"]),
    ("Clobazam not only eases epilepsy but changes the course of epilepsy.", ["clobazam | used_in | epilepsy (DM)"]),
    ("Allopurinol lowers uric acid. It is used in gout.", ["allopurinol | used_in | gout"]),
    (
        "Gout is managed with allopurinol, whereas asthma is managed with zafirlukast.",
        ["allopurinol | used_in | gout", "zafirlukast | used_in | asthma"],
    ),
    (
        "Allopurinol treats gout and zafirlukast treats asthma.",
        ["allopurinol | used_in | gout", "zafirlukast | used_in | asthma"],
    ),
    ("Thyroid cancer belongs to the class of cancers.", ["thyroid cancer | belongs_to | cancer"]),
    (
        "Cancers include lung cancer, thyroid cancer and breast cancer.",
        [
            "lung cancer | belongs_to | cancer",
            "thyroid cancer | belongs_to | cancer",
            "breast cancer | belongs_to | cancer",
        ],
    ),
    ("Nervous system diseases such as migraine are common.", ["migraine | belongs_to | nervous system disease"]),
    ("Ibandronate, which is approved for osteoporosis, is taken weekly.", ["ibandronate | used_in | osteoporosis"]),
    ("People with psoriasis benefit from acitretin.", ["acitretin | used_in | psoriasis"]),
    ("Acitretin has no role in asthma.", ["acitretin | !used_in | asthma"]),
    ("Unlike allopurinol, zafirlukast is used in asthma.", ["zafirlukast | used_in | asthma"]),
    ("Lisdexamfetamine is contraindicated in hypertension.", ["lisdexamfetamine | contraindicated_in | hypertension"]),
    (
        "Melancholic depression is one variety of major depressive disorder.",
        ["melancholic depression | form_of | major depressive disorder"],
    ),
    ("Allopurinol acts on the cause of gout.", ["allopurinol | used_in | gout (DM)"]),
    ("ALLOPURINOL IS USED IN GOUT.", ["allopurinol | used_in | gout"]),
    ("Parkinson’s disease is treated with cabergoline.", ["cabergoline | used_in | Parkinson's disease"]),
    ("Cabergoline doesn't cure Parkinson's disease.", ["cabergoline | !used_in | Parkinson's disease (DM)"]),
    ("Bepridil was once used in severe hypertension.", ["bepridil | used_in | hypertension"]),
    (
        "Gout is a musculoskeletal system disease treated with allopurinol.",
        ["gout | belongs_to | musculoskeletal system disease", "allopurinol | used_in | - ?ambiguous"],
    ),
    ("It is not true that allopurinol is used in asthma.", ["allopurinol | !used_in | asthma"]),
    ("Biperiden might be tried in Parkinson's disease.", []),
    ("No drug but allopurinol is used in gout.", ["allopurinol | used_in | gout"]),
    ("Whether zileuton works in asthma is debated.", []),
    (
        "Colitis falls under the gastrointestinal system diseases.",
        ["colitis | belongs_to | gastrointestinal system disease"],
    ),
]
SECOND = [
    ("Allopurinol remains a cornerstone of gout therapy.", ["allopurinol | used_in | gout"]),
    ("In patients suffering from epilepsy, phenytoin may be given.", ["phenytoin | used_in | epilepsy"]),
    ("Phenytoin has proven its worth against epilepsy.", ["phenytoin | used_in | epilepsy"]),
    ("Zafirlukast has been shown to be effective in adults with asthma.", ["zafirlukast | used_in | asthma"]),
    ("Zafirlukast is ineffective in migraine.", ["zafirlukast | !used_in | migraine"]),
    ("Zafirlukast was never approved for migraine.", ["zafirlukast | !used_in | migraine"]),
    ("We cannot recommend zafirlukast for migraine.", ["zafirlukast | !used_in | migraine"]),
    ("The claim that zafirlukast treats migraine is wrong.", []),
    ("It is a myth that zafirlukast treats migraine.", ["zafirlukast | !used_in | migraine"]),
    (
        "Metoprolol, not zafirlukast, is indicated in hypertension.",
        ["metoprolol | used_in | hypertension", "zafirlukast | !used_in | hypertension"],
    ),
    ("Hypertension is an indication for metoprolol.", ["metoprolol | used_in | hypertension"]),
    ("What metoprolol does in hypertension is well known.", []),
    ("Metoprolol's use in hypertension is well established.", ["metoprolol | used_in | hypertension"]),
    (
        "Pimecrolimus soothes atopic dermatitis without influencing its course.",
        ["pimecrolimus | used_in | atopic dermatitis (SYM)"],
    ),
    (
        "Far from merely easing symptoms, imatinib alters the course of hematologic cancer.",
        ["imatinib | used_in | hematologic cancer (DM)"],
    ),
    (
        "Disease modification by riluzole in amyotrophic lateral sclerosis is modest.",
        ["riluzole | used_in | amyotrophic lateral sclerosis (DM)"],
    ),
    ("Caffeine merely alleviates migraine.", ["caffeine | used_in | migraine (SYM)"]),
    ("Caffeine is not a disease-modifying drug in migraine.", ["caffeine | !used_in | migraine (DM)"]),
    (
        "Schizophrenia is treated with thioridazine, paliperidone and loxapine.",
        [
            "thioridazine | used_in | schizophrenia",
            "paliperidone | used_in | schizophrenia",
            "loxapine | used_in | schizophrenia",
        ],
    ),
    ("Thioridazine (an older drug) is used in schizophrenia.", ["thioridazine | used_in | schizophrenia"]),
    (
        "Loxapine treats schizophrenia; it is not used in epilepsy.",
        ["loxapine | used_in | schizophrenia", "loxapine | !used_in | epilepsy"],
    ),
    (
        "Loxapine is used in schizophrenia but not in epilepsy.",
        ["loxapine | used_in | schizophrenia", "loxapine | !used_in | epilepsy"],
    ),
    ("Since gout is painful, allopurinol is started early.", []),
    (
        "Asthma is a respiratory system disease, and zafirlukast is used in it.",
        ["asthma | belongs_to | respiratory system disease", "zafirlukast | used_in | asthma"],
    ),
    ("Hepatitis B, a viral infectious disease, is treated with entecavir.", ["entecavir | used_in | hepatitis B"]),
    ("Lung cancer is neither a brain disease nor a form of asthma.", ["lung cancer | !belongs_to | brain disease"]),
    ("Every lung cancer is a cancer.", ["lung cancer | belongs_to | cancer"]),
    ("Lung cancer counts among the cancers.", ["lung cancer | belongs_to | cancer"]),
    (
        "The cancers comprise lung cancer and skin cancer.",
        ["lung cancer | belongs_to | cancer", "skin cancer | belongs_to | cancer"],
    ),
    (
        "Coronary artery disease ranks under the cardiovascular system diseases.",
        ["coronary artery disease | belongs_to | cardiovascular system disease"],
    ),
    (
        "The broader term for coronary artery disease is artery disease.",
        ["coronary artery disease | form_of | artery disease"],
    ),
    (
        "Artery disease is the parent of coronary artery disease.",
        ["coronary artery disease | form_of | artery disease"],
    ),
    ("A subtype of artery disease is coronary artery disease.", ["coronary artery disease | form_of | artery disease"]),
    ("Smoking causes lung cancer.", []),
    ("Amiloride lowers blood pressure in hypertension.", []),
    ("Type 3 diabetes mellitus is treated with glimepiride.", ["glimepiride | used_in | - ?unknown_object"]),
    ("Migraine surgery is a form of brain disease.", ["- | form_of | brain disease ?unknown_subject"]),
    (
        "Pneumonic fever is a respiratory system disease.",
        ["- | belongs_to | respiratory system disease ?unknown_subject"],
    ),
    ("Cancer-free patients receive flutamide.", ["flutamide | used_in | - ?unknown_object"]),
    ("Obesity is treated with cimetidine. The drug also helps in asthma.", ["cimetidine | used_in | obesity"]),
    (
        "Nicardipine and amiloride treat hypertension. They are not used in gout.",
        [
            "nicardipine | used_in | hypertension",
            "amiloride | used_in | hypertension",
            "nicardipine | !used_in | gout",
            "amiloride | !used_in | gout",
        ],
    ),
    ("L'allopurinol est utilisé dans gout.", []),
    ("The guideline mentions allopurinol, gout and asthma.", []),
    ("Gout: allopurinol is given.", []),
    ("Flutamide should not be given to patients with asthma.", ["flutamide | !used_in | asthma"]),
    (
        "Flutamide is used in prostate cancer, and asthma is no indication.",
        ["flutamide | used_in | prostate cancer", "flutamide | !used_in | asthma"],
    ),
    ("Suppose flutamide treats asthma.", []),
    ("Had flutamide been used in asthma, we would know.", []),
    ("Perhaps flutamide is used in asthma.", []),
    (
        "Tramadol gives relief of symptoms in restless legs syndrome.",
        ["tramadol | used_in | restless legs syndrome (SYM)"],
    ),
]
THIRD = [
    ("Rosacea is treated with azelaic acid.", []),
    (
        "Hypertension and glaucoma are both treated with carteolol.",
        ["carteolol | used_in | hypertension", "carteolol | used_in | glaucoma"],
    ),
    (
        "Carteolol lowers the pressure inside the eye and is therefore prescribed in glaucoma.",
        ["carteolol | used_in | glaucoma"],
    ),
    (
        "Without levodopa, cabergoline still relieves Parkinson's disease.",
        ["cabergoline | used_in | Parkinson's disease (SYM)"],
    ),
    ("Nobody would give cabergoline for asthma.", []),
    ("Cabergoline is hardly used in hypertension.", ["cabergoline | !used_in | hypertension"]),
    (
        "Rather than cabergoline, riluzole is used in amyotrophic lateral sclerosis.",
        ["riluzole | used_in | amyotrophic lateral sclerosis"],
    ),
    (
        "In alcohol dependence, disulfiram and acamprosate are the drugs of choice.",
        ["disulfiram | used_in | alcohol dependence", "acamprosate | used_in | alcohol dependence"],
    ),
    ("Disulfiram fails in nicotine dependence.", ["disulfiram | !used_in | nicotine dependence"]),
    (
        "Nicotine dependence is a substance-related disorder, just like alcohol dependence.",
        ["nicotine dependence | belongs_to | substance-related disorder"],
    ),
    (
        "Both nicotine dependence and alcohol dependence are substance-related disorders.",
        [
            "nicotine dependence | belongs_to | substance-related disorder",
            "alcohol dependence | belongs_to | substance-related disorder",
        ],
    ),
    ("Skin cancer, too, is grouped with the cancers.", ["skin cancer | belongs_to | cancer"]),
    (
        "Skin cancer does not belong to the nervous system diseases.",
        ["skin cancer | !belongs_to | nervous system disease"],
    ),
    ("Imiquimod acts directly on skin cancer.", ["imiquimod | used_in | skin cancer (DM)"]),
    ("Imiquimod, an immune modulator, is approved for skin cancer.", ["imiquimod | used_in | skin cancer"]),
    ("Imiquimod cream is approved for skin cancer.", ["- | used_in | skin cancer ?unknown_subject"]),
    ("Hepatitis B is caused by a virus.", []),
    ("Entecavir is given to patients with chronic hepatitis B.", ["entecavir | used_in | hepatitis B"]),
    ("Entecavir is given in hepatitis C.", ["entecavir | used_in | - ?unknown_object"]),
    ("Sumatriptan is of no use in hypertension.", ["sumatriptan | !used_in | hypertension"]),
    (
        "Sumatriptan is dangerous in coronary artery disease.",
        ["sumatriptan | contraindicated_in | coronary artery disease"],
    ),
    ("Should sumatriptan be used in hypertension, harm follows.", []),
    ("One cannot claim that sumatriptan cures migraine.", ["sumatriptan | !used_in | migraine (DM)"]),
    (
        "Allopurinol, according to the label, is indicated for gout; probenecid, for the same disease.",
        ["allopurinol | used_in | gout"],
    ),
    ("Allopurinol and gout belong together.", []),
    (
        "Obstructive lung disease includes chronic obstructive pulmonary disease.",
        ["chronic obstructive pulmonary disease | belongs_to | obstructive lung disease"],
    ),
    (
        "Chronic obstructive pulmonary disease is another form of obstructive lung disease.",
        ["chronic obstructive pulmonary disease | form_of | obstructive lung disease"],
    ),
    ("I recall that ergotamine eases migraine.", ["ergotamine | used_in | migraine (SYM)"]),
    ("Ergotamine: a symptomatic drug for migraine.", []),
    (
        "Ergotamine and caffeine relieve migraine; they leave its course untouched.",
        ["ergotamine | used_in | migraine (SYM)", "caffeine | used_in | migraine (SYM)"],
    ),
]
