"""facts: does a near duplicate state something that the other does not? Two texts in, what only one states out.

Near duplicates by their words may be boilerplate about two diseases, or one instruction with two doses. So before one
of two is dropped, their numbers, units, signs, negations and words are compared, as sets: sentences may be missing or
stand elsewhere. What changes no fact is looked through: case, accents, tags, entities, mojibake, punctuation left out,
words written together, typing errors.

- `legible`: a text without tags, entities and mojibake.
- `roles`: the few words that are more than their letters: negations, units, articles.
- `reading`: a text to what it states, as hashes. Compiled. `tables`: where a hash stands.
- `vocabulary`: which words occur in more than one document. Compiled.
- `spelling`: a word that is another one misspelt, or several written together. Compiled.
- `explaining`: what only one of two readings states, in no other spelling either. Compiled.
- `merging`: what they state otherwise in the same spot. Compiled.
- `wording`: how that is written.
- `guard`: two texts compared. `held`: what was read, held for other pairs.

Not seen: who does what to whom ("A causes B", "B causes A"). The same in other words counts as different.
"""
