"""Lines break where a Chinese typesetter and an English one would both break them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from interview.render.wrap import ATOM, MARK, Flow, wrap
from tests.render.paper import page

CLOSING = "，。；：？！、）》」』”’…—"
OPENING = "（《「『“‘"


def lines(source: str, width: int) -> list[str]:
    return [line.plain for line in wrap(Text(source), width)]


def test_chinese_breaks_between_characters() -> None:
    """Chinese needs no space to break at."""
    assert lines("残差连接把输入加回到输出", 10) == ["残差连接把", "输入加回到", "输出"]


@pytest.mark.parametrize("mark", CLOSING)
def test_no_line_begins_with_closing_punctuation(mark: str) -> None:
    """The character before a closing mark moves to the next line with it."""
    assert lines(f"残差连接{mark}输入", 8) == ["残差连", f"接{mark}输入"]


@pytest.mark.parametrize("mark", OPENING)
def test_no_line_ends_with_opening_punctuation(mark: str) -> None:
    """An opening mark moves to the next line with what it opens."""
    assert lines(f"残差连{mark}输入", 8) == ["残差连", f"{mark}输入"]


def test_a_run_of_punctuation_stays_together() -> None:
    """A closing bracket and the full stop after it are both kept off the line start."""
    assert lines("看（层归一化）。然后", 14) == ["看（层归一", "化）。然后"]


def test_a_word_is_never_cut() -> None:
    """A Latin word among Chinese characters moves as a whole."""
    assert lines("输出经过softmax得到概率", 12) == ["输出经过", "softmax得到", "概率"]


def test_spaces_at_breaks_are_dropped() -> None:
    """English breaks at its spaces, which neither end one line nor begin the next."""
    assert lines("add the input  to it", 10) == ["add the", "input  to", "it"]


def test_punctuation_stays_with_the_word_before_a_space() -> None:
    """A dash that stands between spaces does not begin a line."""
    assert lines("residual — identity", 10) == ["residual —", "identity"]


def test_a_percent_sign_stays_with_its_number() -> None:
    """A sign that stands alone after a space is left to what it belongs to."""
    assert lines("about 30 % of it", 9) == ["about", "30 % of", "it"]


def test_a_word_that_begins_with_a_point_may_begin_a_line() -> None:
    """`.weight` is a word, not punctuation that was left behind."""
    assert lines("the name .weight", 10) == ["the name", ".weight"]


def test_an_apostrophe_is_part_of_its_word() -> None:
    """A closing quotation mark inside an English word gives no break."""
    assert lines("it doesn’t hold", 8) == ["it", "doesn’t", "hold"]


def test_quotation_marks_around_chinese_part_from_latin_words() -> None:
    """The marks that Chinese shares with English break as Chinese where they quote Chinese."""
    assert lines("ResNet“残差”block", 8) == ["ResNet", "“残差”", "block"]


def test_a_word_longer_than_the_line_is_cut() -> None:
    """What no line can hold is filled into as many lines as it takes."""
    assert lines("x torch.nn.functional", 8) == ["x", "torch.nn", ".functio", "nal"]


def test_accents_stay_on_their_letter() -> None:
    """A combining mark takes no cell and is never parted from its letter."""
    assert lines("x̂x̂x̂x̂x̂", 2) == ["x̂x̂", "x̂x̂", "x̂"]


def test_line_feeds_are_kept() -> None:
    """A line feed ends a line, and an empty line stays."""
    assert lines("a\n\nb", 10) == ["a", "", "b"]


@pytest.mark.parametrize("unit", ["d = 512", "L = 10、", "3 × 4 × 5", "(1, 20, 3)", "(÷ D)"])
def test_a_relation_and_a_short_tuple_stay_on_one_line(unit: str) -> None:
    """`d = 512` is read as one thing."""
    for width in range(len(unit) + 2, 30):
        assert any(unit in line for line in lines(f"随着层数增加，当 {unit} 时它就变了", width))


def test_a_relation_longer_than_the_line_is_cut_at_its_spaces() -> None:
    """Nothing is bound that no line can hold."""
    assert lines("left = right", 6) == ["left =", "right"]


def test_atoms_are_kept_in_one_piece() -> None:
    """Code and maths with spaces in them break only where no line can hold them."""
    text = Text.assemble("the value ", ("x + F(x)", ATOM), " is")
    assert [line.plain for line in wrap(text, 14)] == ["the value", "x + F(x) is"]
    assert [line.plain for line in wrap(text, 6)] == ["the", "value", "x +", "F(x)", "is"]


def test_styles_stay_where_they_were() -> None:
    """Breaking a line moves no style to another character."""
    text = Text.assemble("残差", ("连接把", "bold"), "输入")
    first, second = wrap(text, 8)
    assert first.plain == "残差连接"
    assert [(span.start, span.end, span.style) for span in first.spans] == [(2, 4, "bold")]
    assert [(span.start, span.end, span.style) for span in second.spans] == [(0, 1, "bold")]


def test_marks_stand_in_for_colour() -> None:
    """Marks such as backticks are shown where there is no colour, and only there."""
    text = Text.assemble(("`", MARK), ("code", "cyan"), ("`", MARK))
    assert page(Flow(text)) == "`code`\n"
    assert page(Flow(text), colour=True) == "\x1b[36mcode\x1b[0m\n"


MIXED = st.text(alphabet="残差连接ab1 .,()（），。“”—…x̂\n", max_size=60)


@given(MIXED, st.integers(2, 30))
def test_no_line_is_wider_than_the_page(source: str, width: int) -> None:
    """Whatever the text, every line fits."""
    assert all(cell_len(line) <= width for line in lines(source, width))


@given(MIXED, st.integers(2, 30))
def test_only_spaces_are_lost(source: str, width: int) -> None:
    """Put together again, the lines are the text, some spaces fewer."""
    joined = "".join(lines(source, width))
    assert joined.replace(" ", "") == source.replace(" ", "").replace("\n", "")
    assert joined.count(" ") <= source.count(" ")


UNITS = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "（", "“"]),
    st.sampled_from(["残", "差", "ab"]),
    st.sampled_from(["", "，", "）", "”。"]),
)


@given(st.lists(UNITS).map("".join), st.integers(8, 30))
def test_punctuation_is_placed_well_on_every_page(source: str, width: int) -> None:
    """Where a line has room for a word and its marks, no mark is ever parted from it."""
    for line in filter(None, lines(source, width)):
        assert line[0] not in CLOSING
        assert line[-1] not in OPENING


def test_a_paragraph_knows_its_widths() -> None:
    """Tables ask a paragraph for its longest piece and its longest line."""
    measure = Console(width=80).measure(Flow(Text("残差 softmax\n连接")))
    assert (measure.minimum, measure.maximum) == (7, 12)
