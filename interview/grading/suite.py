"""What a hidden suite imports: inputs, comparisons, and the type of the submission."""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor

from interview.grading.job import Words
from interview.grading.wire import dtype_name
from interview.language import Bilingual

__all__ = [
    "OUTPUT",
    "Bilingual",
    "CheckFailed",
    "Evidence",
    "Inputs",
    "Submission",
    "Words",
    "dtype_name",
    "expect",
    "expect_close",
    "expect_equal",
    "expect_same",
    "gradient_of",
    "raises",
]


class Submission(Protocol):
    """The candidate's file: its names are attributes, such as `submission.LayerNorm`."""

    def __getattr__(self, name: str) -> Callable[..., Any]: ...


class Inputs:
    """Random tensors, fresh for each run and the same for each use of one (seed, name).

    `name` is the test or probe that asks, so that adding one does not move another's inputs.
    """

    def __init__(self, seed: int, name: str) -> None:
        self._generator = torch.Generator().manual_seed(seed ^ zlib.crc32(name.encode()))

    def randn(
        self,
        *shape: int,
        scale: float = 1.0,
        offset: float = 0.0,
        dtype: torch.dtype = torch.float64,
    ) -> Tensor:
        """Return normal values times `scale` plus `offset`, drawn in float64, then cast."""
        drawn = torch.randn(*shape, generator=self._generator, dtype=torch.float64)
        return (drawn * scale + offset).to(dtype)

    def uniform(
        self, *shape: int, low: float = 0.0, high: float = 1.0, dtype: torch.dtype = torch.float64
    ) -> Tensor:
        """Return values uniform in [low, high), drawn in float64, then cast."""
        drawn = torch.rand(*shape, generator=self._generator, dtype=torch.float64)
        return (drawn * (high - low) + low).to(dtype)


OUTPUT = Bilingual(zh="输出", en="output")


@dataclass(frozen=True, slots=True)
class Evidence:
    """The smallest piece of a failed comparison: what went in, what was expected, what came.

    `what` names the thing compared. With `itself` it was compared with the submission's own
    answer to another call, which may be as wrong, and is not called expected.
    """

    given: Words | None
    expected: Words
    actual: Words
    what: Words | None = None
    itself: bool = False


class CheckFailed(AssertionError):
    """A comparison failed; `evidence` is what the candidate is shown."""

    def __init__(self, message: str, evidence: Evidence | None = None) -> None:
        super().__init__(message)
        self.evidence = evidence


def expect_close(
    actual: Tensor,
    expected: Tensor,
    *,
    atol: float,
    rtol: float = 0.0,
    given: Tensor | Words | None = None,
    what: Words = OUTPUT,
    itself: bool = False,
) -> None:
    """Require shape, and each |actual − expected| ≤ atol + rtol·|expected| (NaN equals NaN).

    Values are compared in float64, so dtypes need not agree: check those with `expect_equal`.
    On failure the evidence is the last-dimension row of the worst element, with the row of
    `given` that it came from where their leading dimensions agree; words are shown as they are.
    Say `itself` where `expected` is what the submission gave for another call.

    Raises:
        CheckFailed: with the evidence.
    """
    if actual.shape != expected.shape:
        raise CheckFailed(
            f"{_english(what)}: shape {tuple(actual.shape)}, expected {tuple(expected.shape)}",
            Evidence(
                given=_shape(given) if isinstance(given, Tensor) else given,
                expected=_shape(expected),
                actual=_shape(actual),
                what=_unless_plain(what),
                itself=itself,
            ),
        )
    wanted, got = expected.detach().to(torch.float64), actual.detach().to(torch.float64)
    good = torch.isclose(got, wanted, rtol=rtol, atol=atol, equal_nan=True)
    if bool(good.all()):
        return
    error = (got - wanted).abs().nan_to_num(nan=torch.inf)
    error[good] = -1.0
    row = _row_of(int(error.argmax()), expected)
    raise CheckFailed(
        f"{_english(what)}: differs by up to {float(error.max()):.3g}",
        Evidence(
            given=_show_given(given, expected, row) if isinstance(given, Tensor) else given,
            expected=_show(expected[row]),
            actual=_show(actual[row]),
            what=_unless_plain(what),
            itself=itself,
        ),
    )


def expect_same(
    actual: Tensor,
    own: Tensor,
    wanted: Tensor,
    *,
    atol: float,
    given: Tensor | Words | None = None,
    what: Words = OUTPUT,
) -> None:
    """Require what the submission gave for the same values elsewhere, right or wrong.

    Where the two differ the definition's answer, `wanted`, is shown, unless it is `own` that
    strays from it.

    Raises:
        CheckFailed: with the evidence.
    """
    try:
        expect_close(actual, own, atol=atol, given=given, what=what, itself=True)
    except CheckFailed:
        expect_close(actual, wanted, atol=atol, given=given, what=what)
        raise


def expect_equal(
    actual: object, expected: object, *, what: Words, given: object = None, itself: bool = False
) -> None:
    """Require `actual == expected` of plain values: shapes, dtypes, names, counts, booleans.

    Raises:
        CheckFailed: with both as evidence.
    """
    if actual == expected:
        return
    raise CheckFailed(
        f"{_english(what)}: {actual}, expected {expected}",
        Evidence(_words(given), _plain(expected), _plain(actual), _unless_plain(what), itself),
    )


def expect(condition: bool, message: Words, *, given: object = None) -> None:
    """Require a condition that has no two sides to show.

    Raises:
        CheckFailed: with `message`, and `given` as the input where there is one.
    """
    if not condition:
        raise CheckFailed(_english(message), Evidence(_words(given), "", message))


def gradient_of(leaf: Tensor, name: str) -> Tensor:
    """Return the gradient that a backward pass left in a leaf.

    Raises:
        CheckFailed: where it left none.
    """
    if leaf.grad is None:
        said = Bilingual(zh=f"没有梯度传到 {name}", en=f"no gradient reaches {name}")
        raise CheckFailed(said.en, Evidence(None, "", said))
    return leaf.grad


def raises(call: Callable[[], object]) -> Exception | None:
    """Return what a call raises: contracts leave its type open, and probes take any answer."""
    try:
        call()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is returned
        return error
    return None


def _english(words: Words) -> str:
    return words.en if isinstance(words, Bilingual) else words


def _words(given: object) -> Words | None:
    return given if given is None or isinstance(given, str | Bilingual) else str(given)


def _unless_plain(what: Words) -> Words | None:
    """Return what was compared, unless it is the output: that goes without saying."""
    return None if what == OUTPUT else what


def _plain(value: object) -> str:
    return dtype_name(value) if isinstance(value, torch.dtype) else str(value)


def _row_of(flat: int, like: Tensor) -> tuple[int, ...]:
    """Return the leading indices of the last-dimension row that holds flat element `flat`."""
    row: list[int] = []
    for size in reversed(like.shape):
        flat, index = divmod(flat, size)
        row.append(index)
    return tuple(reversed(row[1:]))


def _show_given(given: Tensor, expected: Tensor, row: Sequence[int]) -> Words:
    same_rows = given.shape[:-1] == expected.shape[:-1]
    return _show(given[tuple(row)]) if same_rows else _shape(given)


def _shape(tensor: Tensor) -> Bilingual:
    shape = tuple(tensor.shape)
    return Bilingual(zh=f"形状 {shape}", en=f"shape {shape}")


def _show(values: Tensor, most: int = 8) -> str:
    """Return a row as text: up to `most` numbers with five significant digits."""
    if values.dim() == 0:
        return _number(values.item())
    shown = [_number(value) for value in values.detach().flatten()[:most].tolist()]
    more = ", …" if values.numel() > most else ""
    return f"[{', '.join(shown)}{more}]"


def _number(value: bool | complex) -> str:
    return str(value) if isinstance(value, bool) else f"{value:.5g}"
