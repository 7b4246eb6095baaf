"""A search shows where each question matched, with colour and without."""

from interview.bank.search import search
from interview.render.hits import hit_list
from tests.render.paper import BANK, EN, ZH, page


def test_a_match_in_the_title_is_marked_there() -> None:
    """A title that matched is not repeated below itself."""
    hits = search(BANK, "拼接", ZH)
    assert page(hit_list(hits, ZH), width=60) == "residual/add  相加还是«拼接»\n\n找到 1 题\n"


def test_a_match_elsewhere_is_shown_below() -> None:
    """The text that matched stands below the title, under the name of its field."""
    hits = search(BANK, "DenseNet", EN)
    assert page(hit_list(hits, EN), width=60) == (
        "residual/add  Add or concatenate\n    choices: «DenseNet».\n\n1 question found\n"
    )


def test_a_match_in_the_id_is_marked_there() -> None:
    """An id that matched is marked, and the title follows."""
    hits = search(BANK, "residual/add", ZH)
    assert page(hit_list(hits, ZH), width=60).startswith("«residual/add»  相加还是拼接\n")


def test_colour_takes_the_place_of_the_marks() -> None:
    """Where there is colour, the match is coloured and nothing is added to the text."""
    shown = page(hit_list(search(BANK, "DenseNet", EN), EN), colour=True)
    assert "«" not in shown
    assert "\x1b[1;33mDenseNet\x1b[0m" in shown
