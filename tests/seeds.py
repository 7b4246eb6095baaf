"""Running the checks of a suite many times over, in a process that has loaded torch."""

from inspect import signature
from pathlib import Path

import torch

from interview.bank.model import Question, Tier
from interview.grading.diagnosis import load_trusted
from interview.grading.suite import Inputs

torch.set_num_threads(1)
torch.empty(2, device="meta").mean()  # its first use takes longer than fifty runs of a suite


def failures(question: Question, path: Path, seeds: int) -> dict[str, str]:
    """Call each check that counts on `seeds` seeds; return what was raised, by seed and check."""
    suite, implementation = load_trusted(question.folder / "suite.py"), load_trusted(path)
    checks = question.exercise.checks if question.exercise else ()
    names = [check.id.replace("-", "_") for check in checks if check.tier is not Tier.ADVISORY]
    failed = {}
    for seed in range(seeds):
        torch.manual_seed(seed)
        for name in names:
            check = getattr(suite, f"test_{name}")
            fixtures = {"submission": implementation, "inputs": Inputs(seed, f"test_{name}")}
            try:
                check(**{one: fixtures[one] for one in signature(check).parameters})
            except Exception as error:  # noqa: BLE001 - a check says no by raising
                failed[f"seed {seed}: {name}"] = repr(error)[:500]
    return failed
