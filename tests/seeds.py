"""Running the checks of a suite many times over, in a process that has loaded torch."""

from collections.abc import Sequence
from inspect import signature
from itertools import product
from pathlib import Path

import torch

from interview.bank.model import Check, Question, Tier
from interview.grading import meta_device
from interview.grading.diagnosis import load_trusted
from interview.grading.suite import Inputs

torch.set_num_threads(1)
meta_device.load()  # its first use takes longer than fifty runs of a suite


def first_failures(
    question: Question, paths: Sequence[Path], seeds: int
) -> dict[str, set[str | None]]:
    """Return which check each wrong implementation fails first, over `seeds` seeds."""
    return {
        path.stem: {_first_failure(question, path, seed) for seed in range(seeds)} for path in paths
    }


def _first_failure(question: Question, path: Path, seed: int) -> str | None:
    """Checks of higher tiers come first; one whose premises do not hold is not reached.

    As in the judge, suite and implementation are loaded anew for each run.
    """
    suite, implementation = load_trusted(question.folder / "suite.py"), load_trusted(path)
    checks = question.exercise.checks if question.exercise else ()
    torch.manual_seed(seed)
    failed: list[Check] = []
    passed = {"signature", "allowed-calls"}
    for check in checks:
        if not passed.issuperset(check.requires):
            continue
        if _raised(suite, implementation, seed, check.id) is None:
            passed.add(check.id)
        else:
            failed.append(check)
    first = min(failed, key=lambda one: list(Tier).index(one.tier), default=None)
    return first and first.id


def _raised(suite: object, implementation: object, seed: int, check: str) -> Exception | None:
    test = f"test_{check.replace('-', '_')}"
    function = getattr(suite, test)
    fixtures = {"submission": implementation, "inputs": Inputs(seed, test)}
    try:
        function(**{one: fixtures[one] for one in signature(function).parameters})
    except Exception as error:  # noqa: BLE001 - a check says no by raising
        return error
    return None


def failures(question: Question, paths: Sequence[Path], seeds: int) -> dict[str, str]:
    """Call each check that counts on `seeds` seeds; return what was raised, and by what."""
    checks = question.exercise.checks if question.exercise else ()
    counted = [check.id for check in checks if check.tier is not Tier.ADVISORY]
    failed = {}
    for path, seed in product(paths, range(seeds)):
        suite, implementation = load_trusted(question.folder / "suite.py"), load_trusted(path)
        torch.manual_seed(seed)
        for check in counted:
            error = _raised(suite, implementation, seed, check)
            if error is not None:
                failed[f"{path.stem}, seed {seed}: {check}"] = repr(error)[:500]
    return failed
