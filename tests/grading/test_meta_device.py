"""The meta device's fast kernels answer as torch's own do, and import nothing."""

import json
import subprocess
import sys

import pytest

CASES = {
    "variance": "x.var(-1, keepdim=True, correction=0)",
    "variance of all": "x.var()",
    "deviation": "x.double().std((0, 2))",
    "variance and mean": "torch.var_mean(x, -1, keepdim=True)",
    "deviation and mean": "torch.std_mean(x.half(), (1, 2))",
    "where": "torch.where(mask, x, 0.0)",
    "where of two dtypes": "torch.where(mask[0], x.half(), x[0].double())",
    "floor division": "torch.arange(6, device='meta') // 2",
    "absolute value": "x.abs()",
    "log-sum-exp": "x.logsumexp(-1)",
    "polar": "torch.polar(torch.ones_like(x), x[0])",
    "roll": "x.roll(1, -1)",
    "flip": "x.flip(-1)",
    "softmax": "(x @ x.mT).masked_fill(mask[..., :3], -torch.inf).softmax(-1)",
    "item": "x.sum().item()",
    "a branch": "1 if x.sum() > 0 else 2",
    "another device": "torch.where(mask, x, torch.zeros(8))",
    "another device's mean": "x - torch.zeros(8)",
}
UNKNOWN = {"integers' variance": "torch.arange(6, device='meta').var()", "median": "x.median(-1)"}
PROGRAM = """
import json, sys, warnings
warnings.simplefilter("ignore")
import torch
from interview.grading.meta_device import NativeKernels
kernels = NativeKernels()
x, mask = torch.empty(2, 3, 8, device="meta"), torch.ones(2, 3, 8, device="meta").bool()
def told(case):
    try:
        value = eval(case)
    except (RuntimeError, NotImplementedError) as error:
        return type(error).__name__
    values = value if isinstance(value, tuple) else (value,)
    return str([(one.shape, one.dtype, one.device) for one in values])
cases = json.loads(sys.argv[1])
ours = [told(case) for case in cases]
fast = "sympy" not in sys.modules
kernels.give_way()
print(json.dumps([fast, ours, [told(case) for case in cases]]))
"""
Answers = tuple[bool, dict[str, str], dict[str, str]]


@pytest.fixture(scope="module")
def answers() -> Answers:
    """Return whether our kernels kept sympy out, what they answer, and what torch's own do."""
    cases = CASES | UNKNOWN
    command = [sys.executable, "-c", PROGRAM, json.dumps(list(cases.values()))]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    fast, ours, own = json.loads(done.stdout)
    return fast, dict(zip(cases, ours, strict=True)), dict(zip(cases, own, strict=True))


@pytest.mark.parametrize("case", CASES)
def test_fast_kernels_agree_with_torchs_own(case: str, answers: Answers) -> None:
    """Shape, dtype, device and what raises are the same."""
    _, ours, own = answers
    assert ours[case] == own[case]


def test_fast_kernels_import_nothing(answers: Answers) -> None:
    """Sympy and torch's compiler, which torch's own kernels import, stay out."""
    assert answers[0]


@pytest.mark.parametrize("case", UNKNOWN)
def test_what_has_no_fast_kernel_is_left_to_torchs_own(case: str, answers: Answers) -> None:
    """The caller is told so, and asks again after torch's own were put back."""
    _, ours, own = answers
    assert ours[case] == "NotImplementedError"
    assert "meta" in own[case]
