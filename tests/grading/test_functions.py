"""Exercises whose entry is a function, and functions that a suite lends to a submission."""

from dataclasses import replace
from pathlib import Path

import pytest

from interview.bank.model import Bank
from interview.grading.client import Grader, exercises_for
from interview.grading.job import Outcome, Status, job_for
from interview.grading.report import Report, report_of
from interview.grading.submission import read_submission
from interview.language import Lang
from interview.render.report import report_view
from tests.grading.conftest import GradeText, grade_text_of, toy_exercise, write_bank
from tests.render.paper import page

SUITE = """
import torch
from interview.grading.suite import expect_close, expect_equal

def test_values(submission, inputs):
    x, w = inputs.randn(2, 3), inputs.randn(3)
    total, history = submission.blend(x, w, {"scale": 2.0, 1: "one"}, note="as is")
    expect_close(total, 2 * x * w, atol=1e-12)
    expect_equal(history, {"scale": 2.0, 1: "one", "seen": ("as is", [3])}, what="history")

def test_gradients(submission, inputs):
    x, w = inputs.randn(2, 3).requires_grad_(), inputs.randn(3).requires_grad_()
    total, _ = submission.blend(x, w, {"scale": 2.0})
    cotangent = inputs.randn(2, 3)
    (total * cotangent).sum().backward()
    expect_close(x.grad, (2 * cotangent * w).detach(), atol=1e-12)
    expect_close(w.grad, (2 * cotangent * x).sum(0).detach(), atol=1e-12)

def test_mutation(submission, inputs):
    x = inputs.randn(2, 3)
    before = x.clone()
    submission.blend(x, inputs.randn(3), {"scale": 1.0})
    expect_close(x, before, atol=0.0)

def test_half(submission, inputs):
    with torch.no_grad():
        x = inputs.randn(2, 3).requires_grad_()
        total, _ = submission.blend(x, inputs.randn(3), {"scale": 1.0})
    expect_equal(total.requires_grad, False, what="requires_grad under no_grad()")

def probe_values(submission, inputs):
    return submission.blend(inputs.randn(2, 3), inputs.randn(3), {"scale": 3.0})
"""
SOLUTION = """
def blend(x, w, options, note=""):
    history = dict(options)
    if note:
        history["seen"] = (note, [x.shape[-1]])
    return x * w * options["scale"], history
"""
WRONG = SOLUTION.replace("x * w * options", "x + w * options")


@pytest.fixture(scope="module")
def blend_bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    return write_bank(
        tmp_path_factory.mktemp("blend"),
        "blend",
        toy_exercise(
            'blend(x, w, options, note="")',
            ("values", "gradients", "mutation", "half"),
            misconceptions=("adds-instead",),
        ),
        suite=SUITE,
        solution=SOLUTION,
        wrong={"adds_instead": f"# check: values\n{WRONG}"},
    )


@pytest.fixture
def grade_blend(blend_bank: Bank, grader: Grader, tmp_path: Path) -> GradeText:
    return grade_text_of(blend_bank, grader, tmp_path)


def failed(report: Report) -> list[str]:
    return [check.id for check in report.checks if check.status.value != "passed"]


def test_a_function_is_graded_by_values_and_gradients(grade_blend: GradeText) -> None:
    """Plain values, dictionaries with any keys, tensors and gradients all cross."""
    report = grade_blend(SOLUTION)
    assert failed(report) == []
    assert report.passed


def test_a_mistake_in_a_function_is_named(grade_blend: GradeText) -> None:
    """A function that computes what a wrong one computes gets that misconception's hint."""
    report = grade_blend(WRONG)
    assert report.diagnosis.misconception == "adds-instead"
    assert failed(report)[0] == "values"


def test_what_a_function_made_trainable_is_seen_as_such(tmp_path: Path, grader: Grader) -> None:
    """A result hangs on a graph of the submission's own, also where no argument has one."""
    suite = (
        "import torch\n"
        "from interview.grading.suite import expect_equal\n"
        "def test_values(submission):\n"
        "    expect_equal(submission.table(3).requires_grad, False, what='requires_grad')\n"
    )
    right = "import torch\ndef table(n):\n    return torch.zeros(n)\n"
    exercise = toy_exercise("table(n)", ("values",), misconceptions=())
    bank = write_bank(tmp_path, "table", exercise, suite=suite, solution=right, wrong={})
    run = grade_text_of(bank, grader, tmp_path)
    assert run(right).passed
    assert not run(right.replace("zeros(n)", "nn.Parameter(torch.zeros(n))")).passed


def test_a_function_that_detaches_fails_on_gradients(grade_blend: GradeText) -> None:
    """A value whose graph was cut is right in value only."""
    assert failed(grade_blend(SOLUTION.replace("return x *", "return x.detach() *"))) == [
        "gradients"
    ]


def test_a_function_that_writes_into_its_argument_is_seen(grade_blend: GradeText) -> None:
    """What a call writes into a tensor reaches the judge's own tensor."""
    source = SOLUTION.replace(
        "    history =", "    x.detach().mul_(1.0).add_(1.0)\n    history =", 1
    )
    assert "mutation" in failed(grade_blend(source))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("object()", "a object cannot cross"),
        ("lambda: 1", "a function cannot cross"),
        ("10 ** 5000, {}", "Exceeds the limit"),
    ],
)
def test_what_cannot_cross_is_the_submissions_exception(
    grade_blend: GradeText, value: str, message: str
) -> None:
    """A value that the wire has no form for is told as such, and nothing breaks."""
    report = grade_blend(f"def blend(x, w, options, note=''):\n    return {value}\n")
    assert report.outcome is Outcome.JUDGED
    assert message in str(report.checks[2].failure.message)


def test_a_contract_may_ask_for_more_than_one_name(
    tmp_path: Path, grader: Grader, blend_bank: Bank
) -> None:
    """Every signature is looked at, and a file that answers the wider exercise is taken for it."""
    narrow = next(iter(blend_bank))
    wide = replace(narrow, id="toy/both", exercise=replace(narrow.exercise, also=("Norm(width)",)))
    bank = Bank(blend_bank.root, {narrow.id: narrow, wide.id: wide})
    path = tmp_path / "both.py"
    solution = blend_bank.solution(narrow)
    outcomes = []
    for more in (
        "",
        "class Norm:\n    pass\n",
        "class Norm:\n    def __init__(self, width): pass\n",
    ):
        path.write_text(SOLUTION + more, encoding="utf-8")
        submission = read_submission(path)
        (found,) = exercises_for(bank, submission)
        assert found is (wide if more else narrow)
        path.write_text(f"from torch.nn import Norm\n{SOLUTION}", encoding="utf-8")
        assert exercises_for(bank, read_submission(path)) == [narrow], "an import is not an answer"
        job = job_for(wide, source=SOLUTION + more, filename="x", solution=solution, seed=1)
        verdict = grader.judge(job)
        outcomes.append((verdict.outcome, verdict.signature))
        report = report_of(wide, verdict, file="x", calls=[])
        assert report.checks[0].status is (
            Status.FAILED if verdict.signature else report.checks[0].status
        )
    assert outcomes == [
        (Outcome.MISSING_ENTRY, ""),
        (Outcome.WRONG_SIGNATURE, "Norm(width)"),
        (Outcome.JUDGED, ""),
    ]


LENDING_SUITE = """
import torch
from interview.grading.suite import expect_close, expect_equal

def test_constructs(submission, inputs):
    submission.Residual(lambda x: x)

def test_values(submission, inputs):
    seen = []
    def sublayer(x, *rest, mask=None):
        seen.append((x.detach().clone(), mask))
        return x * x
    layer = submission.Residual(sublayer)
    x, mask = inputs.randn(2, 3), torch.tensor([True, False, True])
    expect_close(layer(x.clone(), mask=mask), x + x * x, atol=1e-12)
    expect_equal(len(seen), 1, what="calls of the sublayer")
    expect_close(seen[0][0], x, atol=0.0)
    expect_equal(seen[0][1].tolist(), mask.tolist(), what="mask")

def test_gradients(submission, inputs):
    layer = submission.Residual(lambda x, mask=None: (x * x, "extra")[0])
    x, cotangent = inputs.randn(2, 3).requires_grad_(), inputs.randn(2, 3)
    (layer(x) * cotangent).sum().backward()
    expect_close(x.grad, (cotangent * (1 + 2 * x)).detach(), atol=1e-12)

def test_half(submission, inputs):
    def refuses(x, mask=None):
        raise ValueError("not today")
    try:
        submission.Residual(refuses)(inputs.randn(2))
    except RuntimeError as error:
        expect_equal(str(error), "ValueError: not today", what="the sublayer's exception")
"""
RESIDUAL = """
from torch import nn

class Residual(nn.Module):
    def __init__(self, sublayer):
        super().__init__()
        self.sublayer = sublayer

    def forward(self, x, **kwargs):
        return x + self.sublayer(x, **kwargs)
"""


@pytest.fixture(scope="module")
def residual_bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    return write_bank(
        tmp_path_factory.mktemp("residual"),
        "residual",
        toy_exercise("Residual(sublayer)", misconceptions=()),
        suite=LENDING_SUITE,
        solution=RESIDUAL,
        wrong={},
    )


@pytest.fixture
def grade_residual(residual_bank: Bank, grader: Grader, tmp_path: Path) -> GradeText:
    return grade_text_of(residual_bank, grader, tmp_path)


def test_a_submission_may_call_a_function_of_the_suite(grade_residual: GradeText) -> None:
    """A lent function gives values, gradients and exceptions, and sees what it is given."""
    report = grade_residual(RESIDUAL)
    assert failed(report) == []
    assert report.passed


def test_what_a_lent_function_was_given_is_judged(grade_residual: GradeText) -> None:
    """A submission that drops an argument is found out by the function that misses it."""
    report = grade_residual(
        RESIDUAL.replace("(x, **kwargs)", "(x)").replace("(self, x)", "(self, x, **kwargs)")
    )
    assert failed(report) == ["values"]


@pytest.mark.parametrize(
    ("call", "lost"),
    [
        ("[self.sublayer(x) for _ in range(10**9)] and x", False),
        ("self.sublayer(x.new_zeros(4_000_000)) and x", False),
        ("self.sublayer(self.sublayer) and x", False),
        ("self.sublayer(*[x] * 100_000) and x", False),
    ],
)
def test_the_use_of_a_lent_function_is_bounded(
    grade_residual: GradeText, call: str, lost: bool
) -> None:
    """Calls without end, huge arguments and nonsense fail the check and cost nobody else."""
    report = grade_residual(RESIDUAL.replace("x + self.sublayer(x, **kwargs)", call))
    assert not report.passed
    assert (report.outcome is Outcome.JUDGED) is not lost
    assert grade_residual(RESIDUAL).passed


@pytest.mark.parametrize(
    "header",
    [
        {"lent": "call"},
        {"lent": "backward", "call": 7, "cotangents": []},
        {"lent": "nothing"},
        {"lent": ["call"]},
        {"lent": "call", "function": 99, "args": {"tuple": []}, "kwargs": {"dict": []},
         "requires_grad": [], "grad": True},
        {"lent": "call", "function": 0, "args": {"tuple": [{"tensor": 9}]}, "kwargs": {"dict": []},
         "requires_grad": [], "grad": True},
    ],
)  # fmt: skip
def test_a_forged_call_of_a_lent_function_is_refused(
    grade_residual: GradeText, header: dict[str, object]
) -> None:
    """A submission that writes to the wire itself gets an exception, not the judge's memory."""
    forged = RESIDUAL.replace(
        "        return x",
        "        import socket\n"
        "        from interview.grading import wire\n"
        "        with socket.socket(fileno=3) as judge:\n"
        f"            wire.send(judge, {header!r})\n"
        "            print(wire.receive(judge).header['raised'][:60])\n"
        "            judge.detach()\n"
        "        return x",
    )
    report = grade_residual(forged)
    assert report.outcome is Outcome.JUDGED
    assert report.passed
    assert "Error" in report.output


STATEFUL_SUITE = """
import copy
import torch
from interview.grading.suite import expect_close, expect_equal

def test_constructs(submission, inputs):
    submission.Mean(2)

def test_values(submission, inputs):
    layer = submission.Mean(2)
    x = inputs.randn(4, 2, dtype=torch.float32)
    layer(x)
    expect_close(layer.running, x.mean(0), atol=1e-6)
    copied = copy.deepcopy(layer.eval())
    expect_equal(copied.training, False, what="training of the copy")
    layer.train()(inputs.randn(4, 2, dtype=torch.float32))
    expect_close(copied.running, x.mean(0), atol=1e-6, what="the copy's buffer")

def test_gradients(submission, inputs):
    layer = submission.Mean(2)
    layer(inputs.randn(4, 2, dtype=torch.float32).requires_grad_())
    expect_equal(layer.running.requires_grad, False, what="running.requires_grad")

def test_half(submission, inputs):
    pass
"""
MEAN = """
import torch
from torch import nn

class Mean(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.register_buffer("running", torch.zeros(width))

    def forward(self, x):
        with torch.no_grad():
            self.running = x.mean(0)
        return x - self.running
"""


def test_buffers_and_copies_are_as_in_one_process(tmp_path: Path, grader: Grader) -> None:
    """A changed buffer comes back, one that keeps the graph is seen, and a copy is another."""
    bank = write_bank(
        tmp_path,
        "mean",
        toy_exercise("Mean(width)", misconceptions=()),
        suite=STATEFUL_SUITE,
        solution=MEAN,
        wrong={},
    )
    run = grade_text_of(bank, grader, tmp_path)
    assert failed(run(MEAN)) == []
    leaky = MEAN.replace(
        "        with torch.no_grad():\n            self.running", "        self.running"
    )
    assert failed(run(leaky)) == ["gradients"]


def test_evidence_is_told_in_both_languages(tmp_path: Path, grader: Grader) -> None:
    """Words of a suite come in both languages; the submission's own other answer is no demand."""
    suite = (
        "import torch\n"
        "from interview.grading.suite import Bilingual, expect_close, expect_equal\n"
        "def test_values(submission, inputs):\n"
        "    again, x = submission.same(torch.ones(2)), torch.zeros(2)\n"
        "    words = Bilingual(zh='第二次的结果', en='the second result')\n"
        "    expect_close(submission.same(x), again, given=x, what=words, atol=0, itself=True)\n"
        "def test_shape(submission, inputs):\n"
        "    expect_equal(submission.same(torch.zeros(2)).dtype, torch.float64, what='dtype')\n"
    )
    solution = "import torch\n\ndef same(x):\n    return torch.zeros(2, dtype=torch.float64)\n"
    exercise = replace(toy_exercise("same(x)", ("values", "shape"), misconceptions=()))
    exercise = replace(exercise, checks=tuple(replace(c, requires=()) for c in exercise.checks))
    bank = write_bank(tmp_path, "same", exercise, suite=suite, solution=solution, wrong={})
    report = grade_text_of(bank, grader, tmp_path)("def same(x):\n    return x\n")
    values, shape = (check["failure"] for check in report.to_data()["checks"][2:])
    assert values["what"] == {"zh": "第二次的结果", "en": "the second result"}
    assert (values["expected"], values["against"]) == (None, {"zh": "[1, 1]", "en": "[1, 1]"})
    assert shape["expected"] == {"zh": "float64", "en": "float64"}
    shown = page(report_view(report, read_submission(tmp_path / "same.py"), Lang.ZH), width=60)
    assert "比较  第二次的结果\n  输入  [0, 0]\n  对照  [1, 1]\n  实际  [0, 0]\n" in shown
