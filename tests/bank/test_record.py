"""Writing what a demo printed into its question's file."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from interview.bank.record import with_output

FILE = """\
# a comment
kind: recall
demo: |
  print("a")

  print("b")
# another comment
tags: [x]
"""


def test_the_output_goes_after_the_demo_and_nothing_else_moves() -> None:
    """The rest of the file, comments too, stays letter by letter."""
    written = with_output(FILE, "a\n\nb\n")
    assert yaml.safe_load(written)["output"] == "a\n\nb\n"
    assert written.replace("output: |\n  a\n\n  b\n", "") == FILE


def test_an_older_output_is_replaced() -> None:
    """Recording twice is recording once."""
    once = with_output(FILE, "old\n")
    assert with_output(once, "new\n") == with_output(FILE, "new\n")


def test_a_file_without_a_demo_is_refused() -> None:
    """There is nothing that the output could belong to."""
    with pytest.raises(ValueError, match="demo"):
        with_output("kind: recall\n", "a\n")


LINES = st.lists(st.text(st.characters(codec="ascii", categories=("L", "N", "P")), max_size=9))


@given(LINES.map("\n".join).filter(lambda text: bool(text.strip())))
def test_whatever_is_printed_can_be_read_back(output: str) -> None:
    """YAML gives back what was written, but for blanks at the end."""
    read = yaml.safe_load(with_output(FILE, output))
    assert read["output"].rstrip() == output.rstrip()
    assert read["tags"] == ["x"]
