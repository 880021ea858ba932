"""mathml: formulas as somebody would have typed them in LaTeX."""

import pytest
from lxml import etree

from thinkaug.formats.mathml import latex

FORMULAS = {
    "<mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mn>2</mn></mfrac>": r"\frac{a + b}{2}",
    "<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup><mo>=</mo><mo>-</mo><mn>1</mn>": "x_i^2 = -1",
    "<munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi></munderover><mi>x</mi>": (
        "∑_{i = 1}^n x"
    ),
    "<mover><mi>x</mi><mo>¯</mo></mover><mo>≈</mo><msqrt><mi>s</mi></msqrt>": r"\bar{x} ≈ \sqrt{s}",
    "<mroot><mi>z</mi><mn>3</mn></mroot>": r"\sqrt[3]{z}",
    "<munder><mi>lim</mi><mrow><mi>x</mi><mo>→</mo><mn>0</mn></mrow></munder><mi>f</mi>": r"\lim_{x → 0}f",
    "<munder><mi>a</mi><mtext>b c</mtext></munder>": r"\underset{\text{b c}}{a}",
    "<mfenced open='[' close=']' separators=';'><mi>a</mi><mi>b</mi></mfenced>": "[a; b]",
    "<mfenced><mi>a</mi><mi>b</mi></mfenced>": "(a, b)",
    "<mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>0</mn></mtd></mtr><mtr><mtd><mn>0</mn></mtd></mtr></mtable>": (
        r"\begin{matrix} 1 & 0 \\ 0 \end{matrix}"
    ),
    "<mi>sin</mi><mi>x</mi><mtext>if 50% done</mtext>": r"\sin x\text{if 50\% done}",
    "<mi>rate</mi><mo>⁢</mo><mi mathvariant='bold'>v</mi>": r"\mathrm{rate}\mathbf{v}",
    "<msup><mrow><mo>(</mo><mi>a</mi><mo>+</mo><mi>b</mi><mo>)</mo></mrow><mn>2</mn></msup>": "(a + b)^2",
    "<msup><msup><mi>a</mi><mi>b</mi></msup><mn>10</mn></msup>": "{a^b}^{10}",
    "<msup><mi>f</mi><mo>′</mo></msup>": "f'",
    "<mmultiscripts><mi>C</mi><none/><mo>+</mo><mprescripts/><mn>6</mn><mn>14</mn></mmultiscripts>": "{}_6^{14}C^+",
    "<semantics><mi>q</mi><annotation encoding='application/x-tex'>\\alpha</annotation></semantics>": r"\alpha",
    "<semantics><mi>q</mi><annotation encoding='text'>no</annotation></semantics>": "q",
    "<mphantom><mi>x</mi></mphantom>": "",
    "<mfrac><mi>a</mi></mfrac>": "a",
}


@pytest.mark.parametrize("inner", FORMULAS)
def test_a_formula_reads_as_latex(inner: str) -> None:
    assert latex(etree.fromstring(f"<math>{inner}</math>")) == FORMULAS[inner]


@pytest.mark.parametrize("tag", ["mrow", "msup", "msqrt", "mfrac", "mstyle", "mfenced", "mover"])
def test_every_element_of_a_deep_formula_is_read_once(tag: str) -> None:
    assert latex(etree.fromstring(f"<math>{f'<{tag}>' * 120}<mi>x</mi>{f'</{tag}>' * 120}</math>")).count("x") == 1
