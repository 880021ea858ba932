"""Personal data replaced: in the text of a document, which is another document then, and in the thoughts of a draft.

Knows no kind of personal data by name.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from thinkaug.personal import Kind, masked
from thinkaug.records import Document, Draft, Thought, content_id

FORMER = "unmasked_id"
"""Of a document's meta: the id that it had before anything was masked."""
COUNTS = "masked_counts"
"""Of a document's meta: how often each kind was masked."""


def mask_document(document: Document, kinds: Sequence[Kind]) -> tuple[Document, Counter[str]]:
    """The document without personal data of these kinds, and how often each was found; the same one where none was."""
    text, found = masked(document.text, kinds)
    if not found:
        return document, found
    meta = json.loads(document.meta)
    meta.setdefault(FORMER, document.id)
    earlier = meta.get(COUNTS)
    known = Counter(earlier) if isinstance(earlier, dict) and all(map(_is_count, earlier.values())) else Counter()
    meta[COUNTS] = dict(sorted((known + found).items()))
    return replace(document, id=content_id(text), text=text, meta=json.dumps(meta)), found


def mask_thoughts(draft: Draft, kinds: Sequence[Kind]) -> tuple[Draft, Counter[str]]:
    """The draft without personal data of these kinds in any thought, and how often each was found.

    A thought that was dropped is masked too: it may still be shown as the worse of a pair. Expert text stays as it is.
    """
    counts: Counter[str] = Counter()
    thoughts = []
    for thought in draft.thoughts:
        text, found = masked(thought.text, kinds)
        thoughts.append(_rewritten(thought, text) if found else thought)
        counts += found
    return (replace(draft, thoughts=tuple(thoughts)), counts) if counts else (draft, counts)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _rewritten(thought: Thought, text: str) -> Thought:
    """The words of the model are kept; gains were measured with them, and are none of the new ones."""
    return replace(thought, text=text, written=thought.written or thought.text, gain=None, gain_alone=None)
