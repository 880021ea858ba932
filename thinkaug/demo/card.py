"""Figures -> the model card in the model's folder. Knows no measuring and no training."""

from collections.abc import Iterable
from pathlib import Path

_CARD = """\
# The writer model of the thinkaug demo

A Llama of {parameters} parameters ({megabytes:.1f} MB in bf16), trained from scratch on one CPU core by `make model`.
It exists so that `make demo` runs the real pipeline, through real vLLM, on any machine and offline. **It is good
for nothing else**: it has read only sentences made by a small grammar, knows no English beyond them, and must never be
asked about medicine.

- **Task.** It answers the brief prompts of all strategies (`templates/brief`), about short handbook texts on drugs and
  diseases: tagged steps before a stretch (`interleaved`, two to six of them), prose before or after a whole text
  (`hidden_thought`, `trajectory`, the latter between `<think>` tags), the recalled facts alone (`latent`), look-ups and
  what follows from what they found (`grounded`), an outline and the steps it names (`skeleton`). After a reply to
  `interleaved` that cannot be read it answers `templates/repair.j2`; a step that is wrong it writes again from what was
  found (`correct.j2`). It also scores thoughts: it has read texts as they stand in shards, with thoughts and without.
- **Chat template.** The system message is left out: the model tells the tasks apart by the user's message and could not
  read the explanation. Any other prompt gives nonsense.
- **Trained on** texts and thoughts that our grammar (`thinkaug/demo`) writes about the facts in `data/knowledge`
  (PharmacotherapyDB and Disease Ontology, both CC0) and about drugs with invented names, new in every round.
  Byte-level BPE of {tokens:,} tokens, 2,048 positions (training examples had at most 700), float32, Muon
  and AdamW, fixed seeds: 7,000 steps on conversations, then 6,000 in which a fifth of the examples are such texts and a
  tenth corrections. No text of anybody else.
- **Withheld from it.** A third of the drugs ({withheld} of {drugs}; `data/knowledge/splits.json`) occur nowhere in its
  training, neither in prompts nor in answers. It copies their names but has to guess what they do, and so makes the
  confident factual mistakes that larger models make in fields they know less well. Those mistakes are there for
  verification and pruning to find.
- **Not taught.** It has seen no conclusion about a drug of the {held_out} diseases that are held out from conclusions.
- **Licence.** CC0-1.0 for the facts and texts, Apache-2.0 for the weights, as for the project.

## Measured

{figures}
"""
_UNMEASURED = "Not measured yet: run `python -m thinkaug.demo evaluate`."
_MEASURED = """\
`python -m thinkaug.demo evaluate` wrote this table: one reply for each of the {stretches} stretches of
`data/samples/demo.jsonl`, through vLLM in float32, T = 0.7, at most 256 tokens, a seed for each request. Conclusions
whose disease stands in the text before them are not counted in the rows on conclusions: there it may be copied. In a
class with one disease only, that disease is right by elimination; no withheld drug is of such a class.

| figure | share | count |
|---|---|---|
{rows}
"""


def write_card(
    folder: Path,
    *,
    parameters: int,
    tokens: int,
    drugs: int,
    withheld: int,
    held_out: int,
    rows: Iterable[object] = (),
    stretches: int = 0,
) -> None:
    """README.md of the model's folder; `rows` are the figures as rows of a table, none before the first measuring."""
    lines = [str(row) for row in rows]
    measured = _MEASURED.format(stretches=stretches, rows="\n".join(lines)) if lines else _UNMEASURED
    card = _CARD.format(
        parameters=f"{parameters:,}",
        tokens=tokens,
        megabytes=(folder / "model.safetensors").stat().st_size / 1e6,
        drugs=drugs,
        withheld=withheld,
        held_out=held_out,
        figures=measured.strip(),
    )
    (folder / "README.md").write_text(card, encoding="utf-8")
