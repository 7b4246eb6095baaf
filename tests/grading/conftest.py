"""A small bank with one exercise, a grader that stays warm, and a way to grade a text."""

import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from interview.bank.model import (
    Bank,
    Check,
    Difficulty,
    Exercise,
    Kind,
    Misconception,
    Question,
    Tier,
)
from interview.grading.client import Grader, grade
from interview.grading.report import Report
from interview.grading.submission import read_submission
from interview.language import Bilingual

SUITE = """
import torch
from interview.grading.suite import expect_close, expect_equal

def reference(x, eps=1e-5):
    centred = x - x.mean(-1, keepdim=True)
    return centred / (centred.pow(2).mean(-1, keepdim=True) + eps).sqrt()

def test_constructs(submission, inputs):
    y = submission.Norm(3)(inputs.randn(2, 3, dtype=torch.float32))
    expect_equal(tuple(y.shape), (2, 3), what="shape")

def test_values(submission, inputs):
    for d in (2, 8):
        x = inputs.randn(2, d)
        expect_close(submission.Norm(d).double()(x), reference(x), given=x, atol=1e-10)

def test_gradients(submission, inputs):
    x, w = inputs.randn(2, 4).requires_grad_(), inputs.randn(2, 4)
    layer = submission.Norm(4).double()
    (layer(x) * w).sum().backward()
    got, x.grad = x.grad, None
    (reference(x) * w).sum().backward()
    expect_close(got, x.grad, given=x, atol=1e-10)

def test_half(submission, inputs):
    x = inputs.randn(2, 4, dtype=torch.bfloat16)
    expect_equal(submission.Norm(4)(x).dtype, torch.bfloat16, what="dtype")

def probe_values(submission, inputs):
    return submission.Norm(4).double()(inputs.randn(3, 4))
"""
SOLUTION = """
import torch
from torch import nn

class Norm(nn.Module):
    def __init__(self, num_features, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(num_features))

    def forward(self, x):
        wide = x.float() if x.dtype is torch.bfloat16 else x
        centred = wide - wide.mean(-1, keepdim=True)
        variance = centred.pow(2).mean(-1, keepdim=True)
        return (centred * torch.rsqrt(variance + self.eps) * self.weight).to(x.dtype)
"""
UNBIASED = SOLUTION.replace("centred.pow(2).mean(-1, keepdim=True)", "wide.var(-1, keepdim=True)")


def _text(name: str) -> Bilingual:
    return Bilingual(zh=f"{name}（中文）", en=f"{name} (English)")


def toy_exercise(
    signature: str = "Norm(num_features, eps=1e-5)",
    checks: tuple[str, ...] = ("constructs", "values", "gradients", "half"),
    time_limit: float = 10.0,
    misconceptions: tuple[str, ...] = ("unbiased-variance",),
) -> Exercise:
    """Return a contract whose checks all need the first; `half` is robust, the rest core."""
    tiers = {"half": Tier.ROBUST}
    return Exercise(
        entry=signature.partition("(")[0],
        signature=signature,
        rules=_text("rules"),
        forbids=("torch.nn.LayerNorm", "torch.nn.functional.layer_norm"),
        time_limit=time_limit,
        checks=tuple(
            Check(
                id=name,
                tier=tiers.get(name, Tier.CORE),
                claim=_text(f"claim {name}"),
                hint=_text(f"hint {name}"),
                requires=() if name == checks[0] else checks[:1],
            )
            for name in checks
        ),
        misconceptions=tuple(
            Misconception(one, _text(one.partition("-")[0])) for one in misconceptions
        ),
    )


def write_bank(
    root: Path, slug: str, exercise: Exercise, *, suite: str, solution: str, wrong: dict[str, str]
) -> Bank:
    """Write the files of a bank with one exercise, and return it."""
    folder = root / "questions" / "toy" / slug
    (folder / "wrong").mkdir(parents=True)
    (root / "solutions").mkdir()
    (folder / "suite.py").write_text(suite, encoding="utf-8")
    (root / "solutions" / f"{slug}.py").write_text(solution, encoding="utf-8")
    for name, text in wrong.items():
        (folder / "wrong" / f"{name}.py").write_text(text, encoding="utf-8")
    question = Question(
        id=f"toy/{slug}",
        path=folder / "question.yaml",
        kind=Kind.CODE,
        difficulty=Difficulty.EASY,
        title=_text("title"),
        prompt=_text("prompt"),
        answer=_text("answer"),
        sources=("none",),
        exercise=exercise,
    )
    return Bank(root, {question.id: question})


@pytest.fixture(scope="session")
def toy_bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    """Write the toy bank's files and return it."""
    return write_bank(
        tmp_path_factory.mktemp("toy"),
        "norm",
        toy_exercise(),
        suite=SUITE,
        solution=SOLUTION,
        wrong={"unbiased_variance": f"# check: values\n{UNBIASED}"},
    )


@pytest.fixture(scope="session")
def grader() -> Iterator[Grader]:
    """Return a grader process that stays warm for all tests."""
    with Grader() as running:
        yield running


GradeText = Callable[..., Report]


def grade_text_of(bank: Bank, grader: Grader, folder: Path) -> GradeText:
    """Return a function that grades a text as a submission of a bank's only exercise."""
    (question,) = bank

    def run(source: str, **options: int) -> Report:
        path = folder / f"{question.slug}.py"
        path.write_text(textwrap.dedent(source), encoding="utf-8")
        return grade(question, read_submission(path), bank=bank, grader=grader, **options)

    return run


@pytest.fixture
def grade_text(toy_bank: Bank, grader: Grader, tmp_path: Path) -> GradeText:
    """Return a function that grades a text as a submission of the toy exercise."""
    return grade_text_of(toy_bank, grader, tmp_path)
