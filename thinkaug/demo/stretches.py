"""Note -> its stretches, cut as the segmenter cuts the shipped corpus. Knows nothing of thoughts."""

from thinkaug.demo.corpus import Note


def stretches(note: Note) -> list[tuple[str, str]]:
    """For every paragraph the text before it and the paragraph with its blank line."""
    cuts, position = [], 0
    for paragraph in note.paragraphs:
        end = min(position + len(paragraph) + 2, len(note.text))
        cuts.append((note.text[:position], note.text[position:end]))
        position = end
    return cuts
