"""Lists line up in cells, keep ids whole, and say what was answered."""

from interview.render.listing import question_list, topic_table
from interview.review.model import Rating
from interview.review.progress import Progress
from tests.render.paper import BANK, BOTH, EN, ZH, page

QUESTIONS = sorted(BANK, key=lambda one: one.id)
NOTHING = Progress()
SOME = Progress(last={"residual/add": Rating.AGAIN}, due=frozenset({"residual/add"}))


def test_a_list_over_a_pipe_is_a_line_each() -> None:
    """Other programs get one question a line, however long its title."""
    assert page(question_list(QUESTIONS, NOTHING, EN), width=20) == (
        "normalization\n"
        "· normalization/layer-norm  code    easy  Implement layer norm\n"
        "\n"
        "residual\n"
        "· residual/add              choice  easy  Add or concatenate\n"
        "· residual/what             recall  easy  What is a residual connection\n"
        "\n"
        "3 questions, 0 answered, 0 due\n"
    )


def test_a_list_shows_the_standing() -> None:
    """Questions answered before have a mark, the last rating, and whether they are due."""
    shown = page(question_list(QUESTIONS, SOME, ZH))
    assert "✓ residual/add              选择  简单  重来，到期  相加还是拼接\n" in shown
    assert "· residual/what             简答  简单              什么是残差连接\n" in shown
    assert shown.endswith("共 3 题，已答 1 题，到期 1 题\n")


def plain(text: str) -> list[str]:
    import re

    return [line.rstrip() for line in re.sub("\x1b\\[[0-9;]*m", "", text).split("\n")]


def test_on_a_terminal_titles_wrap_in_their_column() -> None:
    """A title that does not fit goes on below its own beginning."""
    shown = plain(page(question_list(QUESTIONS, NOTHING, EN), width=66, colour=True))
    lead = "· residual/what             recall  easy  "
    assert shown[5:7] == [lead + "What is a residual", " " * len(lead) + "connection"]


def test_on_a_narrow_terminal_titles_move_below() -> None:
    """Where there is no room for a column of titles, each has a line, and the id is whole."""
    shown = plain(page(question_list(QUESTIONS, NOTHING, ZH), width=44, colour=True))
    assert shown[1:3] == ["· normalization/layer-norm  编程  简单", "    实现层归一化"]


def test_both_titles_are_shown() -> None:
    """With both languages a title is in both."""
    assert "相加还是拼接 / Add or concatenate" in page(question_list(QUESTIONS, NOTHING, BOTH))


def test_topics_are_counted() -> None:
    """Numbers stand below their headings, Chinese or English."""
    assert page(topic_table(QUESTIONS, SOME, ZH[0]), width=100) == (
        "主题           简答  选择  计算  找错  编程  合计  已答  到期\n"
        "normalization     0     0     0     0     1     1     0     0\n"
        "residual          1     1     0     0     0     2     1     1\n"
        "全部              1     1     0     0     1     3     1     1\n"
    )


def test_one_topic_needs_no_total() -> None:
    """The last row is left out where it would repeat the only one."""
    shown = page(topic_table(QUESTIONS[1:], NOTHING, EN[0]), width=100)
    assert shown.split("\n")[1].startswith("residual")
    assert "all" not in shown.split()
