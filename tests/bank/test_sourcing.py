"""Which figures of an answer need a source, and what vouches for them."""

from pathlib import Path
from typing import Any

import pytest

from interview.bank.check import check_bank
from tests.bank.banks import ANSWER, make_bank, question


def unsourced(root: Path, sentence: str, **fields: Any) -> list[str]:
    """Return the figures that nothing vouches for in an English answer that ends so."""
    answer = {"zh": "除以 N 的有偏方差。", "en": f"{ANSWER} {sentence}"}
    made = make_bank(root, figures=question(answer=answer, **fields))
    faults = [fault for fault in check_bank(made) if fault.rule == "unsourced-figure"]
    return [fault.message.en.rpartition(" ")[2] for fault in faults]


@pytest.mark.parametrize(
    ("sentence", "figures"),
    [
        ("The error falls to 4.62.", ["4.62"]),
        ("It takes 15% more time.", ["15"]),
        ("There were 3072 of them.", ["3072"]),
        ("The loss is 3e-4 lower.", ["3e-4"]),
    ],
)
def test_a_figure_out_of_nowhere_is_reported(
    tmp_path: Path, sentence: str, figures: list[str]
) -> None:
    """Decimals, percentages and large numbers are findings, and need something behind them."""
    assert unsourced(tmp_path, sentence) == figures


@pytest.mark.parametrize(
    "sentence",
    [
        "The error falls to 4.62 in the paper[^1].",
        "The paper[^1] reports 15% and 4.62 at 1001 layers.",
        "The share is 3 / 8 = 0.375.",
        "That is $\\sqrt{7/8} \\approx 0.935$, or 0.935 of it.",
        "There are 3 of 12 of them, 1024 wide, in 2016.",
        "See §3.2, Table 4.1, PyTorch 2.13 and arXiv:1607.06450.",
        "A model of 7B or 400 million parameters.",
        "Its `eps=0.25` and $x = 0.75$ are code and maths.",
    ],
)
def test_what_is_vouched_for_is_not(tmp_path: Path, sentence: str) -> None:
    """Sources, derivations, counts, round numbers, years, sections and sizes are fine."""
    assert unsourced(tmp_path, sentence) == []


def test_the_demo_vouches_for_its_numbers_and_their_roundings(tmp_path: Path) -> None:
    """What the demo prints may be rounded, or told as a percentage."""
    demo = {"demo": "print(0.93541, 3072)\n", "output": "0.93541 3072\n"}
    assert unsourced(tmp_path, "It is 0.935, 93.5% and 3072.", **demo) == []
    assert unsourced(tmp_path, "It is 0.937 and 3073.", **demo) == ["0.937", "3073"]


def test_the_prompt_vouches_for_its_own_numbers(tmp_path: Path) -> None:
    """An answer may repeat what the question gives."""
    prompt = {"zh": "误差是 4.62 时如何？", "en": "What at an error of 4.62?"}
    assert unsourced(tmp_path, "At 4.62 it stops.", prompt=prompt) == []


def test_a_source_number_must_exist(tmp_path: Path) -> None:
    """`[^2]` needs a second source."""
    assert unsourced(tmp_path, "The error falls to 4.62[^2].") == ["2"]


def test_a_demo_comes_with_its_output(tmp_path: Path) -> None:
    """Neither may stand without the other."""
    for fields in ({"demo": "print(1)\n"}, {"output": "1\n"}):
        made = make_bank(tmp_path, demo=question(**fields))
        assert [fault.rule for fault in check_bank(made)] == ["demo"]
