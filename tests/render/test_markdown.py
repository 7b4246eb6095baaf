"""Markdown reads well in a terminal, in Chinese as in English."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interview.render.markdown import inline, markdown
from tests.render.paper import page


def shown(source: str, width: int = 40) -> str:
    return page(markdown(source), width=width).rstrip("\n")


def test_paragraphs_are_parted_by_a_blank_line() -> None:
    """Two paragraphs stay two."""
    assert shown("one\n\ntwo") == "one\n\ntwo"


def test_a_line_break_between_chinese_lines_gives_no_space() -> None:
    """The source may break its lines anywhere; Chinese shows no trace of it."""
    assert shown("残差\n连接\nis") == "残差连接 is"


def test_lists_hang() -> None:
    """The second line of an item stands below its text, not below its bullet."""
    assert shown("- 残差连接把输入加回输出\n- 二", 14) == "• 残差连接把输\n  入加回输出\n• 二"


def test_numbers_of_a_list_are_aligned() -> None:
    """9 and 10 end in the same column, and a list may begin anywhere."""
    assert shown("9. a\n10. b") == " 9. a\n10. b"


def test_lists_nest() -> None:
    """An inner list is indented by its item."""
    assert shown("- a\n  1. b\n     - c\n- d") == "• a\n  1. b\n     • c\n• d"


def test_a_loose_list_has_blank_lines() -> None:
    """Items that hold paragraphs are parted as in the source."""
    assert shown("- a\n\n- b\n\n  c") == "• a\n\n• b\n\n  c"


def test_code_keeps_its_backticks_where_there_is_no_colour() -> None:
    """Colour never carries meaning alone."""
    assert shown("`nn.Linear` 层") == "`nn.Linear` 层"
    assert page(markdown("`x` 层"), colour=True) == "\x1b[36mx\x1b[0m 层\n"


def test_bold_and_emphasis_are_styled() -> None:
    """Stars become styles."""
    coloured = page(markdown("**a** *b*"), colour=True)
    assert "\x1b[1ma\x1b[0m" in coloured
    assert "\x1b[3mb\x1b[0m" in coloured


@pytest.mark.parametrize(
    "source",
    ["**归一化（normalization）**是", "这是**“残差”**。", "x**残差，**y", "**a *b* `**` c**层"],
)
def test_bold_closes_beside_chinese_punctuation(source: str) -> None:
    """CommonMark alone would show the stars in these."""
    text = inline(source)
    assert "**" not in text.plain.replace("`**`", "")
    assert any(span.style == "bold" for span in text.spans)


def test_stars_that_are_no_markup_stay() -> None:
    """`**kwargs` and a lone product are text."""
    assert shown("f(**kwargs) and 2 ** 3 and **") == "f(**kwargs) and 2 ** 3 and **"


def test_maths_is_unicode() -> None:
    """A formula between signs is rendered."""
    assert shown(r"so $\hat{x} = \frac{x-\mu}{\sigma}$.") == "so x̂ = (x − μ)/σ."


def test_maths_keeps_its_underscores_and_backslashes() -> None:
    """Markdown does not read inside a formula."""
    assert shown(r"$a_i * b_i * c_j$ and $\{1\}$") == "aᵢ * bᵢ * cⱼ and {1}"


def test_prices_are_no_maths() -> None:
    """A dollar before a number, or an escaped one, is a dollar."""
    assert shown(r"$5 and $10, \$x\$") == "$5 and $10, $x$"


def test_displayed_maths_has_lines_of_its_own() -> None:
    """Between double signs a formula is indented, also right after a line of text."""
    assert shown("so\n$$\nx = 1\n$$\nend") == "so\n\n    x = 1\n\nend"
    assert shown("so\n$$x = 1$$\nend") == "so\n\n    x = 1\n\nend"


def test_unknown_maths_is_shown_as_source() -> None:
    """What cannot be rendered faithfully is shown as it was written."""
    assert shown(r"$\mystery{x}$") == r"$\mystery{x}$"
    assert shown(r"$$\mystery{x}$$") == r"    $$\mystery{x}$$"


def test_an_unclosed_formula_is_text() -> None:
    """A display that never ends swallows nothing."""
    assert shown("$$ x\n\nnext") == "$$ x\n\nnext"


def test_fences_are_code() -> None:
    """A fence keeps its lines and blanks."""
    assert shown("```python\nif x:\n    y\n```") == "  if x:\n      y"


def test_a_formula_inside_code_is_left_alone() -> None:
    """Code is not maths."""
    assert shown("`$x$`") == "`$x$`"


def test_quotes_carry_a_bar_on_every_line() -> None:
    """A quotation is told by its bar."""
    assert shown("> 残差连接把输入加回输出", 14) == "│ 残差连接把输\n│ 入加回输出"


def test_tables_line_up() -> None:
    """Columns are aligned in cells, not in characters."""
    rows = shown("| 名 | n |\n|---|---|\n| 残差 | 1 |").split("\n")
    assert rows[0].rstrip() == "名     n"
    assert rows[2].rstrip() == "残差   1"


def test_links_keep_their_address() -> None:
    """There is nothing to click, so the address is shown."""
    assert shown("[a](https://b.c)") == "a (https://b.c)"
    assert shown("<https://b.c>") == "https://b.c"


def test_html_is_text() -> None:
    """Tags are shown, not obeyed."""
    assert shown("a <b>c</b>") == "a <b>c</b>"


def test_headings_and_rules() -> None:
    """A heading is a line of its own, a rule a rule."""
    assert shown("# a\nb\n\n---") == "a\n\nb\n\n" + "─" * 20


def test_empty_text_is_nothing() -> None:
    """There is nothing to show of nothing."""
    assert shown("") == ""
    assert inline("").plain == ""


PIECES = st.sampled_from(
    [
        "残",
        "a",
        " ",
        "1",
        "。",
        "`",
        "``",
        "$",
        "x_1",
        "\\",
        "*",
        "-",
        "1.",
        "#",
        ">",
        "(",
        "~",
        "!",
        "=",
    ]
)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_simple_lines_read_the_same_without_the_parser(source: str) -> None:
    """The short cut for lines with code and maths alone shows what the parser would show.

    A paragraph of its own before it keeps the parser from being passed over.
    """
    assert shown(f"*a*\n\n{source}") == f"a\n\n{shown(source)}".rstrip("\n")
