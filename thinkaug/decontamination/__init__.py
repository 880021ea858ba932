"""decontamination: evaluation items -> an index; a text -> the items that stand in it, and where.

From the bottom up: `commands` and `markup` make LaTeX and HTML entities plain, `tables` finds runs of words, `windows`
and `wholes` judge how much of an item stands together, `items` and `index` hold the items, `matching` asks for all of
them. `fields` and `sets` read evaluation sets, `streams` lays out a draft, `cutting` takes stretches out of a document,
`hits` are what is reported.

What is compared are the words of `thinkaug.lexing`. Modules of kernels (`markup`, `tables`, `windows`, `wholes`,
`index`, `matching`) are imported where they are needed.
"""
