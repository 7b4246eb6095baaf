"""A pocket calculator for typed answers: `7/8`, `2^40`, `1.1×10^12`, `√(7/8)`, `2 ln 3`.

Everything is computed in floats, so no input can take long or grow large, and nothing is ever
handed to Python to evaluate.
"""

import math
import re
import unicodedata
from collections.abc import Callable

LONGEST = 120

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾", "0123456789+-()")
_SAME = str.maketrans(
    {"−": "-", "–": "-", "×": "*", "⋅": "*", "·": "*", "∙": "*", "÷": "/", "⁄": "/", "∕": "/"}
)
_FUNCTIONS: dict[str, Callable[[float], float]] = {
    "√": math.sqrt,
    "sqrt": math.sqrt,
    "exp": math.exp,
    "ln": math.log,
    "log": math.log,
    "log2": math.log2,
    "log10": math.log10,
}
_CONSTANTS = {"pi": math.pi, "π": math.pi, "inf": math.inf, "infinity": math.inf, "∞": math.inf}
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?![\d,])|\d+(?:_\d+)*)(?:\.\d*)?|\.\d+"
_WORD = re.compile(
    rf"\s*(?:(?P<number>(?:{_NUMBER})(?:e[+-]?\d+)?)"
    r"|(?P<times>x(?=\s*[\d(√.]))"
    r"|(?P<name>√|π|∞|(?:log2|log10|sqrt|exp|ln|log|pi|infinity|inf|e(?=\s*\^))(?![a-z]))"
    r"|(?P<sign>\*\*|[-+*/^()]))",
    re.IGNORECASE,
)


class NotArithmeticError(ValueError):
    """The text is no expression that the calculator knows, or has no finite, real value."""


def evaluate(text: str) -> tuple[float, str]:
    """Return the value of the expression that the text begins with, and the text after it.

    Raises:
        NotArithmeticError: where it begins with none, or its value cannot be computed.
    """
    written = normal(text)
    if len(written) > LONGEST:
        raise NotArithmeticError(text)
    words, end = _words(written)
    try:
        value = _Parser(words).whole()
    except (ArithmeticError, ValueError, IndexError) as error:
        raise NotArithmeticError(text) from error
    return value, written[end:].strip()


def normal(text: str) -> str:
    """Return the text in ASCII where it has an equal there: full-width digits, `10⁻⁵`, `½`."""
    raised = re.sub(r"[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾]+", lambda run: f"^({run[0].translate(_SUPERSCRIPTS)})", text)
    halves = re.sub(
        r"(\d*)\s*([¼½¾⅐-⅞])",
        lambda found: f"({found[1] or 0}+({unicodedata.normalize('NFKC', found[2])}))",
        raised,
    )
    return unicodedata.normalize("NFKC", halves).translate(_SAME).strip()


def _words(text: str) -> tuple[list[str], int]:
    """Return the words that the text begins with, and where they end."""
    words: list[str] = []
    end = 0
    while found := _WORD.match(text, end):
        words.append("*" if found["times"] else found[0].strip().lower())
        end = found.end()
    return words, end


class _Parser:
    """Recursive descent: sums of products of signed powers of atoms."""

    def __init__(self, words: list[str]) -> None:
        self._words = words
        self._at = 0

    def whole(self) -> float:
        value = self._sum()
        if self._at != len(self._words):
            raise NotArithmeticError
        return value

    def _next(self) -> str | None:
        return self._words[self._at] if self._at < len(self._words) else None

    def _take(self, *wanted: str) -> str | None:
        word = self._next()
        if word not in wanted:
            return None
        self._at += 1
        return word

    def _sum(self) -> float:
        value = self._product()
        while sign := self._take("+", "-"):
            term = self._product()
            value = value + term if sign == "+" else value - term
        return value

    def _product(self) -> float:
        value = self._signed()
        while True:
            if sign := self._take("*", "/"):
                factor = self._signed()
                value = value * factor if sign == "*" else value / factor
            elif (word := self._next()) in _FUNCTIONS or word in _CONSTANTS or word == "(":
                value *= self._signed()
            else:
                return value

    def _signed(self) -> float:
        if sign := self._take("+", "-"):
            value = self._signed()
            return -value if sign == "-" else value
        return self._power()

    def _power(self) -> float:
        base = self._atom()
        if self._take("^", "**"):
            return math.pow(base, self._signed())
        return base

    def _atom(self) -> float:
        word = self._words[self._at]
        self._at += 1
        if word == "(":
            value = self._sum()
            if not self._take(")"):
                raise NotArithmeticError
            return value
        if word in _FUNCTIONS:
            return _FUNCTIONS[word](self._atom())
        if word == "e":
            return math.e
        if word in _CONSTANTS:
            return _CONSTANTS[word]
        return float(word.replace(",", "").replace("_", ""))
