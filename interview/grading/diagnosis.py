"""Naming the misconception: which known wrong implementation a submission computes exactly."""

import importlib.util
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import Tensor

from interview.grading import bytecode
from interview.grading.job import Job
from interview.grading.remote import Raised
from interview.grading.suite import Inputs

Probe = Callable[[Any, Inputs], object]
_ROUNDINGS = 64  # two ways to compute the same differ by a few roundings of their dtype


def matching_misconceptions(
    job: Job, suite: ModuleType, submission: object, first_failed: str
) -> tuple[str, ...]:
    """Return the misconceptions whose wrong implementation agrees on every probe of the suite.

    Only those are tried that fail first where the submission does: one that passes the check
    that finds a mistake does not make it. Nothing is returned where the submission agrees with
    the model solution as well: then the probes do not see what is wrong with it.
    """
    probes = {name: probe for name, probe in vars(suite).items() if name.startswith("probe_")}
    possible = [one for one in job.misconceptions if _named_check(job, one) == first_failed]
    if not probes or not possible:
        return ()
    answers: dict[str, object] = {}
    if _agrees(load_trusted(Path(job.solution)), submission, probes, answers, job.seed):
        return ()
    return tuple(
        one
        for one in possible
        if _agrees(load_trusted(_wrong_file(job, one)), submission, probes, answers, job.seed)
    )


def load_trusted(path: Path) -> ModuleType:
    """Load one of the bank's own implementations into this process.

    Raises:
        ImportError: where there is no such file.
    """
    spec = importlib.util.spec_from_file_location(f"trusted_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ImportError(path)
    module = importlib.util.module_from_spec(spec)
    with bytecode.kept_in_cache():
        spec.loader.exec_module(module)
    return module


def _wrong_file(job: Job, misconception: str) -> Path:
    return Path(job.wrong) / f"{misconception.replace('-', '_')}.py"


def _named_check(job: Job, misconception: str) -> str:
    """Return the check that a wrong implementation's first comment names."""
    with _wrong_file(job, misconception).open(encoding="utf-8") as stream:
        return stream.readline().partition("# check:")[2].strip()


def _agrees(
    known: ModuleType,
    submission: object,
    probes: Mapping[str, Probe],
    answers: dict[str, object],
    seed: int,
) -> bool:
    """Compare probe by probe; `answers` keeps the submission's, so that each is asked once."""
    for name, probe in probes.items():
        if name not in answers:
            answers[name] = _answer(probe, submission, Inputs(seed, name))
        if not _same(_answer(probe, known, Inputs(seed, name)), answers[name]):
            return False
    return True


def _answer(probe: Probe, implementation: object, inputs: Inputs) -> object:
    """Return what a probe sees: its value, or the type of the exception."""
    try:
        return probe(implementation, inputs)
    except Raised as error:
        return f"raises {error.type_name}"
    except Exception as error:  # noqa: BLE001 - a wrong implementation may raise anything
        return f"raises {type(error).__name__}"


def _same(left: object, right: object) -> bool:
    if isinstance(left, Tensor) and isinstance(right, Tensor):
        return _same_tensor(left.detach(), right.detach())
    if isinstance(left, tuple | list) and isinstance(right, tuple | list):
        pairs = zip(left, right, strict=False)
        return len(left) == len(right) and all(_same(one, two) for one, two in pairs)
    return type(left) is type(right) and left == right


def _same_tensor(left: Tensor, right: Tensor) -> bool:
    if left.shape != right.shape or left.dtype != right.dtype:
        return False
    if left.device.type == "meta" or right.device.type == "meta":
        return left.device == right.device
    if not left.is_floating_point():
        return bool(torch.equal(left, right))
    rounding = _ROUNDINGS * torch.finfo(left.dtype).eps
    wide_left, wide_right = left.to(torch.float64), right.to(torch.float64)
    largest = float(wide_right.nan_to_num(0, 0, 0).abs().max()) if right.numel() else 0.0
    return bool(
        torch.isclose(
            wide_left, wide_right, rtol=rounding, atol=rounding * largest, equal_nan=True
        ).all()
    )
