"""Segmentation: where the parts of a text begin, and windows that tile it. Offsets are code points; nothing is lost.

From the bottom up: `clusters` and `protected` say what stays whole, `blocks` finds headings, lists and paragraphs,
`sentences` (with `abbreviations`) what is in a block, `outline` asks them as far as it must, `windows` tiles.
`boundaries` is for those who want all starts of a short text.
"""
