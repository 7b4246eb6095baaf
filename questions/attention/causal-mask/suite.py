"""Hidden tests of causal_mask, from the root cause outwards.

Shape and dtype first; then square masks, as in training: nothing of the future, all of the past.
Then the alignment, which squares do not show: one new token, a chunk of several. Nothing here is
random: a mask has no values but True and False, and the sizes below are small enough to list.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from interview.grading.suite import (
    Bilingual,
    CheckFailed,
    Evidence,
    Inputs,
    Submission,
    expect_equal,
)

SQUARES = ((3, 3), (1, 1), (2, 2), (4, 4), (7, 7))
SINGLES = ((1, 4), (1, 2), (1, 9))
CHUNKS = ((2, 5), (3, 6), (2, 3), (4, 6), (5, 8))
SHAPE = Bilingual(zh="形状", en="shape")


def visible(query_length: int, key_length: int, i: int) -> list[bool]:
    """The definition: which keys query i may attend to."""
    return [j <= key_length - query_length + i for j in range(key_length)]


def mask_of(submission: Submission, sizes: tuple[int, int]) -> Tensor:
    """Call; require a tensor."""
    mask: Any = submission.causal_mask(*sizes)
    if not isinstance(mask, Tensor):
        kind = type(mask).__name__
        wanted = Bilingual(zh="一个张量", en="a tensor")
        message = f"{_called(sizes)} returns a {kind} and not a tensor"
        raise CheckFailed(message, Evidence(_called(sizes), wanted, kind))
    return mask


def expect_shape(submission: Submission, sizes: tuple[int, int]) -> None:
    shape = tuple(mask_of(submission, sizes).shape)
    expect_equal(shape, sizes, what=SHAPE, given=_called(sizes))


def expect_rows(submission: Submission, sizes: tuple[int, int]) -> None:
    """Compare query by query: the first that is wrong is the one shown."""
    expect_shape(submission, sizes)
    rows = mask_of(submission, sizes).tolist()
    for i, row in enumerate(rows):
        _expect_row(sizes, i, row, visible(*sizes, i))


def _expect_row(sizes: tuple[int, int], i: int, row: list[bool], wanted: list[bool]) -> None:
    """Show a short row as it is, and of a long one the first column that is wrong."""
    if row == wanted:
        return
    what, expected, actual = Bilingual(zh=f"第 {i} 行", en=f"row {i}"), str(wanted), str(row)
    if len(wanted) > 9:
        j = next(j for j, one in enumerate(wanted) if row[j] != one)
        what = Bilingual(zh=f"第 {i} 行第 {j} 列", en=f"row {i}, column {j}")
        expected, actual = str(wanted[j]), str(row[j])
    message = f"{_called(sizes)}, {what.en}: {actual}, expected {expected}"
    raise CheckFailed(message, Evidence(_called(sizes), expected, actual, what))


def _called(sizes: tuple[int, int]) -> str:
    return f"causal_mask{sizes}"


def test_shape(submission: Submission) -> None:
    for sizes in ((2, 5), (1, 4), (3, 3), (1, 1)):
        expect_shape(submission, sizes)


def test_bool_dtype(submission: Submission) -> None:
    for sizes in ((3, 3), (1, 4), (2, 5), (1, 1)):
        dtype = mask_of(submission, sizes).dtype
        expect_equal(dtype, torch.bool, what="dtype", given=_called(sizes))


def test_no_future(submission: Submission) -> None:
    for sizes in SQUARES:
        for i, row in enumerate(mask_of(submission, sizes).tolist()):
            if any(row[i + 1 :]):  # what it sees of the past is the next check's business
                _expect_row(sizes, i, row, visible(*sizes, i))


def test_self_and_past(submission: Submission) -> None:
    for sizes in SQUARES:
        expect_rows(submission, sizes)


def test_single_token(submission: Submission) -> None:
    for sizes in SINGLES:
        expect_rows(submission, sizes)


def test_chunk(submission: Submission) -> None:
    for sizes in CHUNKS:
        expect_rows(submission, sizes)


def test_any_length(submission: Submission) -> None:
    # Longer than the 1024 of GPT-2 and the 2048 after it, but a single row or two: 8 kB.
    for sizes in ((1, 2049), (2, 4097)):
        expect_rows(submission, sizes)


def test_more_queries(submission: Submission) -> None:
    for sizes in ((3, 2), (2, 1), (7, 3)):
        expect_rows(submission, sizes)


def test_empty(submission: Submission) -> None:
    for sizes in ((0, 3), (3, 0), (0, 0)):
        expect_shape(submission, sizes)
        dtype = mask_of(submission, sizes).dtype
        expect_equal(dtype, torch.bool, what="dtype", given=_called(sizes))


# A probe tells the first thing that is wrong and nothing after it, so that the careless and the
# careful version of one mistake (a triangle upside down, with an offset or without) are the same.


def probe_mask(submission: Submission, inputs: Inputs) -> str:
    del inputs
    for check, describe in STAGES:
        try:
            check(submission)
        except Exception:  # noqa: BLE001 - a wrong implementation may raise anything
            return f"{check.__name__}: {describe(submission)}"
    return "right"


def _told(
    sizes: tuple[tuple[int, int], ...], tell: Callable[[Tensor, tuple[int, int]], str]
) -> Callable[[Submission], str]:
    """Describe the masks of these sizes, one by one."""

    def describe_one(submission: Submission, one: tuple[int, int]) -> str:
        try:
            return tell(mask_of(submission, one), one)
        except Exception:  # noqa: BLE001 - how it fails depends on how the mistake is written
            return "raises"

    return lambda submission: "; ".join(describe_one(submission, one) for one in sizes)


def _shape(mask: Tensor, sizes: tuple[int, int]) -> str:
    wrapped = mask.dim() > 2 and tuple(mask.shape[-2:]) == sizes
    return "more dimensions" if wrapped else str(tuple(mask.shape))


def _kind(mask: Tensor, sizes: tuple[int, int]) -> str:
    del sizes
    kind = "floats" if mask.is_floating_point() else "integers"
    return f"{kind} {mask.sign().tolist()}"


def _values(mask: Tensor, sizes: tuple[int, int]) -> str:
    del sizes
    return f"{tuple(mask.shape)} {mask.tolist()}"


def _size_and_dtype(mask: Tensor, sizes: tuple[int, int]) -> str:
    del sizes
    return f"{tuple(mask.shape)} {mask.dtype}"


STAGES: tuple[tuple[Callable[[Submission], None], Callable[[Submission], str]], ...] = (
    (test_shape, _told(((3, 3), (1, 4), (2, 5)), _shape)),
    (test_bool_dtype, _told(((3, 3),), _kind)),
    (test_no_future, _told(SQUARES, _values)),
    (test_self_and_past, _told(SQUARES, _values)),
    (test_single_token, _told(SINGLES, _values)),
    (test_chunk, _told(CHUNKS, _values)),
    (test_any_length, lambda _: "too long"),
    (test_more_queries, _told(((2, 1), (3, 2)), _values)),
    (test_empty, _told(((0, 3), (0, 0)), _size_and_dtype)),
)
