"""Colours tell the parts of code apart and change none of it."""

import keyword
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pygments.lexers.python import PythonLexer

from interview.render.highlight import highlight

KEYWORDS = set(keyword.kwlist) - {"True", "False", "None"}
ROOT = Path(__file__).resolve().parents[2]


def styles(source: str, language: str = "python") -> dict[str, str]:
    """Return the style of each coloured piece."""
    text = highlight(source, language)
    return {text.plain[span.start : span.end]: str(span.style) for span in text.spans if span.style}


def test_parts_of_python_differ() -> None:
    """Keywords, names, strings, numbers and comments are told apart."""
    source = "@wraps\nclass A(B):\n    def f(self, x=1.5e-3):  # why\n        return len(f'{x}')"
    assert styles(source) == {
        "@wraps": "yellow",
        "class": "magenta",
        "A": "bold yellow",
        "def": "magenta",
        "f": "blue",
        "self": "italic",
        "1.5e-3": "cyan",
        "# why": "bright_black italic",
        "return": "magenta",
        "len": "cyan",
        "f'{x}'": "green",
    }


@pytest.mark.parametrize(
    ("source", "piece"),
    [
        ("x = 'it\\'s # no comment'", "'it\\'s # no comment'"),
        ('"""a\n# b"""', '"""a\n# b"""'),
        ("rb'\\d'", "rb'\\d'"),
        ("x = 'open", "'open"),
    ],
)
def test_strings_end_where_python_ends_them(source: str, piece: str) -> None:
    """Escapes, prefixes and three quotes are understood."""
    assert styles(source) == {piece: "green"}


def test_attributes_are_no_builtins() -> None:
    """`x.sum()` is not the built-in `sum`, nor `t1` a number."""
    assert styles("x.sum() + t1 + x.type") == {}


def test_a_matrix_product_is_no_decorator() -> None:
    """`@` between names is an operator."""
    assert styles("a = b @ c") == {}


def test_another_language_is_left_to_pygments() -> None:
    """What pygments knows, it colours; what nobody knows stays plain."""
    assert styles('{"a": 1}', "json")["1"] == "cyan"
    assert styles("if x", "text") == styles("if x", "nonsense") == {}


@given(st.text(max_size=60))
def test_no_character_changes(source: str) -> None:
    """Colours are all that highlighting adds."""
    assert highlight(source).plain == highlight(source, "text").plain


def painted(source: str) -> list[str]:
    """Return the style of every character."""
    text = highlight(source)
    styles = [""] * len(source)
    for span in text.spans:
        styles[span.start : span.end] = [str(span.style)] * (span.end - span.start)
    return styles


def test_it_agrees_with_pygments_on_the_code_of_the_bank() -> None:
    """Comments, strings and keywords are what pygments takes them for."""
    families = {"Token.Comment": "bright_black italic", "Token.Literal.String": "green"}
    lexer = PythonLexer(stripnl=False, ensurenl=False)
    files = [*(ROOT / "solutions").rglob("*.py"), *(ROOT / "questions").rglob("*.py")]
    assert len(files) > 10
    for path in files:
        source = path.read_text(encoding="utf-8")
        styles = painted(source)
        at = 0
        for kind, value in lexer.get_tokens(source):
            family = next((name for name in families if str(kind).startswith(name)), None)
            expected = families[family] if family else "magenta"
            known = family or (str(kind).startswith("Token.Keyword") and value in KEYWORDS)
            if known and value.strip():
                # Ours leaves the inside of an f-string a string.
                inside = set() if family else {"green"}
                assert set(styles[at : at + len(value)]) <= {expected} | inside, (path, value)
            at += len(value)
