"""lexing: UTF-8 bytes -> words as 64-bit hashes with their places. Compiled; no Python object is made per word.

What is compared across texts (near duplicates, evaluation items, other facts) is compared as these words: without case,
accents, ligatures, soft hyphens, zero-width signs and punctuation, but with the signs that change a statement.

A word is a run of letters, marks and digits; apostrophes inside it are left out. A number keeps its decimal point and a
minus before it, loses its thousands commas, and ends where a unit is written to it. A letter of a script without spaces
between words (Han, kana, Bopomofo, Thai, Lao, Khmer, Myanmar, Tibetan) with its marks is a word by itself, so that a
shingle there is a run of characters. A mathematical sign, `%` and `°` are words too, but not `<` and `>` where they
look like those of a tag.
"""
