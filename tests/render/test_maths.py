"""Formulas say in Unicode exactly what they said in LaTeX, or are not rendered at all."""

import re
from collections.abc import Iterator
from math import isfinite
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from rich.cells import cell_len

from interview.render.markdown_rules import add_rules
from interview.render.maths import to_unicode

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("latex", "shown"),
    [
        (r"\frac{a+b}{c}", "(a + b)/c"),
        (r"\frac{1}{2x}", "1/(2x)"),
        (r"\frac{1}{n(n+1)}", "1/(n(n + 1))"),
        (r"\frac{1}{\mathrm{Var}(x)}", "1/Var(x)"),
        (r"\frac{\log x}{n}", "(log x)/n"),
        (r"\frac{\frac{a}{b}}{c}", "(a/b)/c"),
        (r"\frac{a}{\frac{b}{c}}", "a/(b/c)"),
        (r"\tfrac12", "1/2"),
        (r"2\frac{1}{3}", "2 · 1/3"),
        (r"\frac{1}{2}x", "(1/2)x"),
        (r"-\frac{1}{2}", "−1/2"),
        (r"\frac{1}{N}\sum_{i=1}^{N} x_i", "(1/N) ∑ᵢ₌₁ᴺ xᵢ"),
        (r"a/\frac{b}{c}", "a/(b/c)"),
        (r"\frac{a}{b}/c", "(a/b)/c"),
        (r"\log\frac{a}{b}", "log (a/b)"),
        (r"\nabla\frac{a}{b}", "∇(a/b)"),
        (r"{\frac{a}{b}}^2", "(a/b)²"),
        (r"\left(\frac{a}{b}\right)^2", "(a/b)²"),
        (r"x^{\frac{1}{2}}", "x^(1/2)"),
        (r"\frac{\partial L}{\partial x}", "∂L/∂x"),
        (r"\frac{\partial^2 L}{\partial x^2}", "∂²L/∂x²"),
        (r"\frac{d y}{d x}", "dy/dx"),
        (r"\frac{1}{d k}", "1/(dk)"),
    ],
)
def test_fractions_are_grouped_by_parentheses(latex: str, shown: str) -> None:
    """What the bar of a fraction groups, parentheses group."""
    assert to_unicode(latex) == shown


@pytest.mark.parametrize(
    ("latex", "shown"),
    [
        (r"\sqrt{\sigma^2+\epsilon}", "√(σ² + ε)"),
        (r"\sqrt{d_k}", "√dₖ"),
        (r"\sqrt{767}", "√767"),
        (r"\sqrt{x^2}", "√(x²)"),
        (r"\sqrt{2x}", "√(2x)"),
        (r"\sqrt{(D-1)/D}", "√((D − 1)/D)"),
        (r"\sqrt{2}x", "(√2)x"),
        (r"\sqrt{d}/n", "(√d)/n"),
        (r"\frac{\sqrt{d}}{n}", "(√d)/n"),
        (r"\frac{x\sqrt{d}}{n}", "(x√d)/n"),
        (r"{\sqrt{2}}^3", "(√2)³"),
        (r"\frac{QK^\top}{\sqrt{d_k}}", "QKᵀ/√dₖ"),
        (r"\sqrt[3]{x}", "∛x"),
        (r"\sqrt[n]{x}", "ⁿ√x"),
    ],
)
def test_roots_are_grouped_by_parentheses(latex: str, shown: str) -> None:
    """What the bar of a root covers, parentheses hold."""
    assert to_unicode(latex) == shown


@pytest.mark.parametrize(
    ("latex", "shown"),
    [
        ("x_i^2", "xᵢ²"),
        ("x^2_i", "xᵢ²"),
        ("x_{l+1}", "xₗ₊₁"),
        ("10^{-5}", "10⁻⁵"),
        ("2^10", "2¹0"),
        (r"W^\top", "Wᵀ"),
        ("x_{i,j}", "x_(i,j)"),
        (r"\mathbb{R}^{d \times k}", "ℝ^(d×k)"),
        (r"d_{\text{model}} = 512", "d_model = 512"),
        ("W_Q x", "W_Q x"),
        (r"\sigma_B^2", "σ²_B"),
        ("x_B^{q}", "x_(B)^(q)"),
        ("x_{a^2 B}", "x_(a²B)"),
        (r"x^{a \circ b}", "x^(a∘b)"),
        ("x^*", "x^*"),
        ("x^q/2", "x^(q)/2"),
        ("{x^2}^3", "(x²)³"),
        ("{a+b}^2", "(a + b)²"),
        ("f'(x)", "f′(x)"),
        (r"e^{-x^2/2}", "e^(−x²/2)"),
        (r"90^\circ", "90°"),
    ],
)
def test_scripts(latex: str, shown: str) -> None:
    """Scripts are Unicode's where it has every character, else marked and bracketed."""
    assert to_unicode(latex) == shown


@pytest.mark.parametrize(
    ("latex", "shown"),
    [
        ("a+b", "a + b"),
        ("-x", "−x"),
        ("(-1, -2)", "(−1, −2)"),
        (r"a \cdot -b", "a · −b"),
        (r"a \to -\infty", "a → −∞"),
        ("|x-1| + |-x|", "|x − 1| + |−x|"),
        ("p(y|x)", "p(y|x)"),
        (r"\lVert x \rVert^2", "‖x‖²"),
        (r"\|x\|_2", "‖x‖₂"),
        (r"\lfloor x/2 \rfloor", "⌊x/2⌋"),
        (r"\{1, \ldots, n\}", "{1, …, n}"),
        (r"10{,}000", "10,000"),
        (r"256\,\text{MB}", "256 MB"),
        (r"a,\quad b", "a,  b"),
        (r"\log x", "log x"),
        (r"\exp(x)", "exp(x)"),
        (r"-\log p", "−log p"),
        (r"\operatorname{Var} x", "Var x"),
        (r"\mathrm{LN}(x)", "LN(x)"),
        (r"2\,\text{Var}(x)", "2 Var(x)"),
        (r"\sum_{i \in S} x_i", "∑_(i∈S) xᵢ"),
        (r"\prod_{i=l}^{L-1} (I + J_i)", "∏ᵢ₌ₗᴸ⁻¹ (I + Jᵢ)"),
        (r"\mathbb{E}_{x \sim p}[f(x)]", "𝔼_(x∼p)[f(x)]"),
        (r"a \not= b", "a ≠ b"),
        (r"\Big(x\Big)", "(x)"),
        (r"f: X \to Y", "f: X → Y"),
        (r"\gamma \odot \hat{x} + \beta", "γ ⊙ x̂ + β"),
    ],
)
def test_spaces_follow_the_classes_of_symbols(latex: str, shown: str) -> None:
    """Operations and relations are spaced, signs are not, as TeX does it."""
    assert to_unicode(latex) == shown


@pytest.mark.parametrize(
    ("latex", "shown"),
    [
        (r"\hat{x}", "x̂"),
        (r"\hat x_i", "x̂ᵢ"),
        (r"\hat{x_i}", "x̂ᵢ"),
        (r"\bar{x}^{(l)}", "x̄⁽ˡ⁾"),
        (r"\tilde{\mathbf{x}}", "𝐱̃"),
        (r"\hat{\sigma}^2", "σ̂²"),
    ],
)
def test_accents_sit_on_their_letter(latex: str, shown: str) -> None:
    """An accent follows its letter at once, before any script."""
    assert to_unicode(latex) == shown


def test_an_accent_takes_no_cell() -> None:
    """x̂ is as wide as x."""
    assert cell_len(to_unicode(r"\hat{x} = \bar{x}") or "") == cell_len("x = x")


def test_rows_line_up() -> None:
    """Rows of `aligned` have their relations under one another."""
    latex = r"\begin{aligned} a &= b + c \\ abc &= e \end{aligned}"
    assert to_unicode(latex) == "  a = b + c\nabc = e"
    assert to_unicode(latex, one_line=True) == "a = b + c; abc = e"


def test_cases_stand_beside_what_they_define() -> None:
    """The brace of `cases` spans its rows; on one line they are parted by semicolons."""
    latex = r"f(x) = \begin{cases} x, & x > 0 \\ 0, & x \le 0 \end{cases}"
    assert to_unicode(latex) == "f(x) = ⎧ x,  x > 0\n       ⎩ 0,  x ≤ 0"
    assert to_unicode(latex, one_line=True) == "f(x) = {x, x > 0; 0, x ≤ 0}"


@pytest.mark.parametrize(
    "latex",
    [
        r"\unknown{x}",
        r"\frac{a}",
        "x^",
        "^2",
        "{x",
        "x}",
        r"\left( x",
        "x^2^3",
        "a & b",
        r"\begin{matrix} a \end{matrix}",
        r"\begin{aligned} a",
        r"\hat{xy}",
        r"\sqrt[m+q]{x}",
        r"\text{a $b$}",
        "5 % of x",
        "a # b",
        "\\",
        "{" * 200 + "}" * 200,
    ],
)
def test_what_is_not_known_is_not_rendered(latex: str) -> None:
    """Unknown commands and broken formulas give None, so that the source is shown."""
    assert to_unicode(latex) is None


@given(st.text(alphabet=r"\{}^_&$ab1+-/()|,=. ", max_size=30))
def test_no_source_breaks_the_parser(latex: str) -> None:
    """Whatever is typed between the signs, the answer is text without a command, or None."""
    assert "\\" not in (to_unicode(latex) or "")


Valued = tuple[str, float]  # a formula in LaTeX, and what it is worth


@st.composite
def sums(draw: st.DrawFn, depth: int) -> Valued:
    """Return a product, or a sum or difference of two."""
    latex, value = draw(products(depth))
    sign = draw(st.sampled_from(["", "", "+", "-"]))
    if not sign:
        return latex, value
    other, more = draw(products(depth))
    return f"{latex} {sign} {other}", value + (more if sign == "+" else -more)


@st.composite
def products(draw: st.DrawFn, depth: int) -> Valued:
    """Return a factor, or two of them side by side or around a dot."""
    latex, value = draw(factors(depth))
    if draw(st.booleans()):
        return latex, value
    other, more = draw(factors(depth))
    digits_meet = latex.endswith("2") and other.lstrip("{").startswith("2")
    sign = draw(st.sampled_from([" ", r" \cdot "])) if not digits_meet else r" \cdot "
    return f"{latex}{sign}{other}", value * more


@st.composite
def factors(draw: st.DrawFn, depth: int) -> Valued:
    """Return what stands as one thing in LaTeX."""
    kind = draw(st.sampled_from(["fraction", "fraction", "root", "brackets", "power", "atom"]))
    if depth == 0 or kind == "atom":
        return draw(st.sampled_from([("x", 1.7), ("y", 0.3), ("2", 2.0)]))
    latex, value = draw(sums(depth - 1))
    if kind == "fraction":
        below, divisor = draw(sums(depth - 1))
        return rf"\frac{{{latex}}}{{{below}}}", quotient(value, divisor)
    if kind == "root":
        return rf"\sqrt{{{latex}}}", abs(value) ** 0.5
    if kind == "power":
        return rf"{{{latex}}}^2", value**2
    return rf"\left({latex}\right)", value


def quotient(a: float, b: float) -> float:
    return a / b if b else float("nan")


@pytest.mark.parametrize("tight", [True, False])
@given(formula=sums(2))
def test_the_value_is_kept(formula: Valued, tight: bool) -> None:
    """Read as arithmetic, the Unicode has the LaTeX's value.

    It has it whether `a/bc` is taken for a/(bc) or for (a/b)c: no reader can be misled.
    """
    latex, value = formula
    assume(isfinite(value) and abs(value) < 1e12)
    shown = to_unicode(latex)
    assert shown is not None
    assert Reader(shown, tight=tight).sum() == pytest.approx(value, rel=1e-6, abs=1e-6), shown


class Reader:
    """Reads Unicode arithmetic. `tight`: factors side by side bind tighter than a slash."""

    def __init__(self, shown: str, *, tight: bool) -> None:
        self.tokens = [*re.findall(r"\d+|\S", shown), ""]
        self.tight = tight

    def sum(self) -> float:
        value = self.product()
        while self.tokens[0] in ("+", "−"):
            sign = 1 if self.tokens.pop(0) == "+" else -1
            value += sign * self.product()
        return value

    def product(self) -> float:
        value = self.factor()
        while self.tokens[0] in ("·", "/") or self.beside():
            if self.tokens[0] == "/":
                self.tokens.pop(0)
                value = quotient(value, self.factor())
            else:
                if self.tokens[0] == "·":
                    self.tokens.pop(0)
                value *= self.factor()
        return value

    def factor(self) -> float:
        value = self.power()
        while self.tight and self.beside():
            value *= self.power()
        return value

    def beside(self) -> bool:
        return bool(re.match(r"[\w(√]", self.tokens[0])) and self.tokens[0] != "²"

    def power(self) -> float:
        value = self.thing()
        while self.tokens[0] == "²":
            self.tokens.pop(0)
            value **= 2
        return value

    def thing(self) -> float:
        token = self.tokens.pop(0)
        if token == "√":
            return abs(self.thing()) ** 0.5
        if token == "(":
            value = self.sum()
            assert self.tokens.pop(0) == ")"
            return value
        return {"x": 1.7, "y": 0.3}.get(token) or float(token)


def formulas() -> Iterator[tuple[str, str]]:
    """Yield the file and the source of every formula of the bank, in both languages."""
    for path in sorted((ROOT / "questions").rglob("*.yaml")):
        values = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        prose = {key: text for key, text in values.items() if key not in ("code", "demo")}
        for text in texts(prose):
            yield from ((path.relative_to(ROOT).as_posix(), latex) for latex in formulas_of(text))


def texts(values: Any) -> Iterator[str]:
    if isinstance(values, str):
        yield values
    elif isinstance(values, dict):
        for each in values.values():
            yield from texts(each)
    elif isinstance(values, list):
        for each in values:
            yield from texts(each)


def formulas_of(markdown: str) -> Iterator[str]:
    parser = MarkdownIt("commonmark")
    add_rules(parser)
    for block in parser.parse(markdown):
        for token in (block, *(block.children or [])):
            if token.type in ("maths_block", "maths_inline"):
                yield token.content


def test_every_formula_of_the_bank_is_rendered() -> None:
    """No answer of the bank shows LaTeX source for want of a symbol."""
    found = list(formulas())
    assert len(found) > 100
    assert [pair for pair in found if to_unicode(pair[1]) is None] == []
