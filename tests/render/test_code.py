"""Code is highlighted, numbered, and never loses a character."""

from hypothesis import given
from hypothesis import strategies as st

from interview.render.code import code_block
from tests.render.paper import page


def test_code_is_indented_by_its_gutter() -> None:
    """Without numbers two blanks set code off from the text."""
    assert page(code_block("def f(x):\n    return x\n")) == "  def f(x):\n      return x\n"


def test_lines_are_numbered() -> None:
    """Numbers are aligned, and blank lines have one too."""
    source = "\n".join(f"x = {number}" if number != 2 else "" for number in range(1, 11))
    shown = page(code_block(source, numbers=True)).split("\n")
    assert shown[:2] == [" 1 │ x = 1", " 2 │"]
    assert shown[9] == "10 │ x = 10"


def test_marked_lines_are_pointed_at() -> None:
    """A marked line can be told without colour."""
    shown = page(code_block("a\nb", numbers=True, marked=frozenset({2})))
    assert shown == "  1 │ a\n> 2 │ b\n"


def test_a_long_line_goes_on_behind_a_sign() -> None:
    """A line wider than the page is continued, and the gutter says so."""
    shown = page(code_block("total = first_value + second_value"), width=24)
    assert shown == "  total = first_value +\n↪ second_value\n"


@given(st.text(alphabet="ab =()\"'#\n:层", max_size=80), st.integers(6, 30))
def test_nothing_is_lost(source: str, width: int) -> None:
    """Taken out of the gutters and put together again, the code is what it was."""
    shown = page(code_block(source), width=width).split("\n")
    joined = "".join(("" if line.startswith("↪") else "\n") + line[2:] for line in shown)
    assert "".join(joined.split()) == "".join(source.split())
