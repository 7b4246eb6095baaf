"""What the answers claim, run: every demo, every code block, every number a demo prints."""

import math
import re

import pytest

from interview.bank.demo import read_points
from interview.bank.load import load_bank
from interview.bank.model import Question
from interview.exchange.content_report import content_report
from interview.language import Lang
from interview.paths import default_bank
from interview.review.matching import points_made
from tests.conftest import Apart
from tests.snippets import printed

BANK = load_bank(default_bank(), cache=False)
DEMOS = [question for question in BANK if question.demo]
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?")


def blocks(text: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)


@pytest.mark.parametrize("question", DEMOS, ids=lambda question: question.id)
def test_a_demo_prints_the_numbers_of_its_answer(question: Question, apart: Apart) -> None:
    """The demo prints what is recorded; each number of it stands in the answer, twice."""
    shown = apart(printed, question.demo or "")
    assert shown.strip(), "the demo prints nothing"
    assert shown.strip() == (question.output or "").strip(), "not what the bank recorded"
    for lang in Lang:
        told = question.answer[lang].replace("−", "-").replace(",", "")
        missing = [number for number in NUMBER.findall(shown) if number not in told]
        assert not missing, f"{lang}: not in the answer: {missing}"


@pytest.mark.parametrize(
    "question",
    [question for question in BANK if question.chart],
    ids=lambda question: question.id,
)
def test_a_chart_has_points(question: Question, apart: Apart) -> None:
    """The code of a chart prints finite points, enough for a curve, one value for each series."""
    assert question.chart is not None
    points = read_points(apart(printed, question.chart.code), question.id)
    assert len(points) >= 5
    assert len(points[0]) == 1 + max(len(question.chart.series), 1)
    assert all(math.isfinite(value) for point in points for value in point)
    for axis in question.chart.log:
        columns = [point[:1] if axis == "x" else point[1:] for point in points]
        assert all(value > 0 for column in columns for value in column)


@pytest.mark.parametrize("question", DEMOS, ids=lambda question: question.id)
def test_a_demo_is_short_and_seeded(question: Question) -> None:
    """A demo has under 20 lines, and draws random numbers only after a seed."""
    for demo in (question.demo or "", question.chart.code if question.chart else ""):
        assert len(demo.strip().splitlines()) < 20
        assert "rand" not in demo or "manual_seed" in demo or "Generator" in demo


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(code, id=f"{question.id}-{lang}-{number}")
        for question in BANK
        for lang in Lang
        for number, code in enumerate(blocks(question.answer[lang]))
    ],
)
def test_a_code_block_of_an_answer_runs(code: str, apart: Apart) -> None:
    """Python in an answer runs as it stands once torch, nn and F are imported."""
    apart(printed, code)


def test_every_kind_is_there_in_number() -> None:
    """The bank holds what the seed asks and more: at least 45 questions, spread over the kinds."""
    count = {
        kind: sum(question.kind == kind for question in BANK)
        for kind in ("recall", "choice", "numeric", "bug", "code")
    }
    assert len(BANK) >= 45
    assert count["bug"] >= 12
    assert count["choice"] >= 10
    assert count["numeric"] >= 8
    assert count["code"] >= 2


def test_every_question_of_the_seed_is_asked() -> None:
    """Each of the seed's twelve questions is covered by at least one question of the bank."""
    asked = {row.strip() for question in BANK for row in (question.seed or "").split(",")}
    wanted = {"S1", "S1a", "S1b", "S2", "S2a", "S2b", "S3", "S3a", "S3b", "S4", "S4a", "S4b"}
    assert wanted <= asked, wanted - asked


@pytest.mark.parametrize(
    "question",
    [question for question in BANK if question.key_points],
    ids=lambda question: question.id,
)
def test_a_key_point_is_recognised_in_its_own_words(question: Question) -> None:
    """An answer in the very words of a key point ticks that point, in either language."""
    missed = [
        (lang.value, point.text[lang])
        for lang in Lang
        for index, point in enumerate(question.key_points)
        if index not in points_made(point.text[lang], question.key_points)
    ]
    assert missed == []


def test_the_content_report_is_up_to_date() -> None:
    """`docs/content-report.md` is what `interview bank report` prints of this bank."""
    written = (default_bank() / "docs" / "content-report.md").read_text(encoding="utf-8")
    assert written == content_report(BANK)
