"""Hidden tests of sinusoidal_table, from the root cause outwards.

First the shape and that a row is a matter of its own position; then what each row and each pair
must be, whatever the frequencies: 0, 1, 0, 1 at position 0, sin² + cos² = 1, a shift that turns.
Then one pair (d = 2, where no frequency can be wrong), then the frequencies, then odd widths,
long tables and dtypes. The function takes two whole numbers, so nothing is drawn at random.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor

from interview.grading.suite import (
    Bilingual,
    CheckFailed,
    Evidence,
    Inputs,
    Submission,
    dtype_name,
    expect_close,
    expect_equal,
)

# What the contract allows: 2e-6·(1 + angle). An angle computed in float32 is off by at most 1e-6
# of itself (exponent, power and product round at 6e-8 each, the exponent times ln 10000 = 9.2);
# sin and cos cost 1e-7 more. Every mistake moves some entry by 2e-3 or more where the angle is 1
# and 4e-6 is allowed, or by 0.8 at row 257, where 6e-4 is.
ALLOWED = 2e-6


def reference(row: int, d: int) -> Tensor:
    """One row of the table by its definition, entry by entry in float64."""
    column = torch.arange(d)
    angle = row / 10000.0 ** ((column - column % 2).double() / d)
    return torch.where(column % 2 == 0, angle.sin(), angle.cos())


def allowed(angle: float) -> float:
    """Return the error that the contract allows where no angle is larger than this one."""
    return ALLOWED * (1 + angle)


SHAPE = Bilingual(zh="形状", en="shape")
AUTOCAST = Bilingual(zh="bfloat16 的 autocast", en="bfloat16 autocast")


def row_of(row: int, rows: int, d: int, under: Bilingual | None = None) -> Bilingual:
    """Say which row of which call a vector is, and what else the call was made under."""
    call = f"sinusoidal_table({rows}, {d})"
    zh, en = f"{call} 的第 {row} 行", f"row {row} of {call}"
    return Bilingual(zh=f"{zh}，{under.zh}", en=f"{en}, {under.en}") if under else Bilingual(zh, en)


def columns_of(pair: int) -> Bilingual:
    first, second = 2 * pair, 2 * pair + 1
    return Bilingual(zh=f"第 {first}、{second} 列", en=f"columns {first} and {second}")


def expect_rows(table: Tensor, rows: list[int], d: int, under: Bilingual | None = None) -> None:
    """Compare rows of a table with the definition, in this order."""
    for row in rows:
        given = row_of(row, len(table), d, under)
        expect_close(table[row], reference(row, d), atol=allowed(row), given=given)


def expect_shape(submission: Submission, rows: int, d: int) -> Tensor:
    """Call, and require a tensor of the shape asked for; an exception is told as evidence."""
    given = f"sinusoidal_table({rows}, {d})"
    try:
        table: Tensor = submission.sinusoidal_table(rows, d)
    except Exception as error:
        told = f"{type(error).__name__}: {error}"
        wanted = Bilingual(zh=f"形状 ({rows}, {d})", en=f"shape ({rows}, {d})")
        raise CheckFailed(f"{given}: {told}", Evidence(given, wanted, told)) from error
    expect_equal(tuple(table.shape), (rows, d), what=SHAPE, given=given)
    return table


def test_runs(submission: Submission) -> None:
    for rows, d in ((3, 2), (3, 4)):
        expect_shape(submission, rows, d)


def test_own_position(submission: Submission) -> None:
    # Row 1 of two tables, each within the contract's allowance, so twice that between them.
    short = expect_shape(submission, 2, 6)
    long = expect_shape(submission, 7, 6)
    # Where the first is right it is what to expect, else just another answer.
    known = bool(((short[1].double() - reference(1, 6)).abs() <= allowed(1)).all())
    what = Bilingual(
        zh="第 1 行，对照 sinusoidal_table(2, 6)", en="row 1, against sinusoidal_table(2, 6)"
    )
    given, atol = "sinusoidal_table(7, 6)", 2 * allowed(1)
    expect_close(long[1], short[1], atol=atol, given=given, what=what, itself=not known)
    again = expect_shape(submission, 2, 6)
    what = Bilingual(zh="第 1 行，对照上一次同样的调用", en="row 1, against the same call before")
    given = "sinusoidal_table(2, 6)"
    expect_close(again[1], short[1], atol=atol, given=given, what=what, itself=not known)


def test_position_zero(submission: Submission) -> None:
    for rows, d in ((3, 4), (1, 2), (2, 8)):
        expect_rows(submission.sinusoidal_table(rows, d), [0], d)


def test_pair_norm(submission: Submission) -> None:
    # Two entries of at most 1: the sum of their squares moves by at most 4 times an entry's error.
    for rows, d in ((3, 2), (3, 4), (5, 8)):
        table = submission.sinusoidal_table(rows, d).double()
        pairs = table.unflatten(1, (d // 2, 2))
        squares = pairs.square().sum(-1)
        off = (squares - 1).abs() > 4 * allowed(rows)
        for row, pair in off.nonzero().tolist()[:1]:
            row_told, columns = row_of(row, rows, d), columns_of(pair)
            given = Bilingual(zh=f"{row_told.zh}，{columns.zh}", en=f"{columns.en}, {row_told.en}")
            what = Bilingual(zh="一对的平方和", en="sum of the pair's squares")
            sine, cosine = pairs[row, pair].tolist()
            found = f"{sine:.5g}² + {cosine:.5g}² = {float(squares[row, pair]):.5g}"
            seen = Evidence(given, "1", found, what)
            raise CheckFailed(f"{given.en}: sum of squares {found}", seen)


def test_shift_is_rotation(submission: Submission) -> None:
    # One pair's dot product of rows p and p + k is cos(k · frequency), whatever p. Either is off
    # by at most 4 times an entry's error. d = 4: the slow pair has a wavelength of 628.
    table = submission.sinusoidal_table(210, 4).double().unflatten(1, (2, 2))
    for shift in (1, 7):
        dots = (table[:-shift] * table[shift:]).sum(-1)
        off = (dots - dots[0]).abs() > 8 * allowed(210)
        for row, pair in off.nonzero().tolist()[:1]:
            columns, near, far = columns_of(pair), dots[0, pair], dots[row, pair]
            given = Bilingual(
                zh=f"sinusoidal_table(210, 4)，{columns.zh}",
                en=f"{columns.en} of sinusoidal_table(210, 4)",
            )
            what = Bilingual(
                zh=f"第 {row}、{row + shift} 行的点积，对照第 0、{shift} 行",
                en=f"dot product of rows {row} and {row + shift}, against rows 0 and {shift}",
            )
            message = f"{given.en}, {what.en}: {far:.4f}, {near:.4f}"
            seen = Evidence(given, f"{near:.5g}", f"{far:.5g}", what, itself=True)
            raise CheckFailed(message, seen)


def test_one_radian(submission: Submission) -> None:
    # d = 2: one pair, of frequency 10000^0 = 1, so the angle is the position.
    expect_rows(submission.sinusoidal_table(5, 2), [1, 2, 3, 4], 2)


def test_frequencies(submission: Submission) -> None:
    for rows, d in ((2, 4), (2, 8), (12, 8)):
        expect_rows(submission.sinusoidal_table(rows, d), list(range(1, rows)), d)


def test_odd_width(submission: Submission) -> None:
    for rows, d in ((2, 3), (4, 5), (3, 7)):
        expect_shape(submission, rows, d)


def test_odd_values(submission: Submission) -> None:
    for rows, d in ((2, 3), (4, 5), (3, 7)):
        expect_rows(submission.sinusoidal_table(rows, d), list(range(1, rows)), d)


def test_long_table(submission: Submission) -> None:
    expect_shape(submission, 10008, 2)


def test_far_positions(submission: Submission) -> None:
    # 257 needs 9 significant bits, 2049 needs 12, 10007 needs 14; float32 has 24.
    expect_rows(submission.sinusoidal_table(10008, 4), [257, 2049, 10007], 4)


def test_float32(submission: Submission) -> None:
    dtype = submission.sinusoidal_table(2, 4).dtype
    expect_equal(dtype, torch.float32, what="dtype", given="sinusoidal_table(2, 4)")


def test_autocast(submission: Submission) -> None:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        table = submission.sinusoidal_table(258, 2)
    expect_equal(table.dtype, torch.float32, what="dtype", given=AUTOCAST)
    expect_rows(table, [257, 1], 2, under=AUTOCAST)


@contextmanager
def default_dtype(dtype: torch.dtype) -> Iterator[None]:
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        yield
    finally:
        torch.set_default_dtype(before)


def test_default_dtype(submission: Submission) -> None:
    for dtype in (torch.bfloat16, torch.float64):
        with default_dtype(dtype):
            table = submission.sinusoidal_table(258, 2)
        name = dtype_name(dtype)
        given = Bilingual(zh=f"默认 dtype 是 {name}", en=f"the default dtype is {name}")
        expect_equal(table.dtype, torch.float32, what="dtype", given=given)
        expect_rows(table, [257, 1], 2, under=given)


def test_edges(submission: Submission) -> None:
    for rows, d in ((0, 4), (0, 5), (1, 1), (3, 1)):
        table = expect_shape(submission, rows, d)
        expect_rows(table, list(range(rows)), d)


# Probes: what a submission computes, to be compared with each wrong implementation. Small angles,
# so that float64 inside makes no difference. Widths are a probe's own, since an earlier call must
# not reach into it. Where the maths is wrong already the later probes do not look, so that the
# careless and the careful version of one mathematical mistake give the same answers.


def probe_even(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    fast = submission.sinusoidal_table(2, 12)[:, :6]
    return fast.float(), submission.sinusoidal_table(3, 10)[:, :2].float()


def probe_odd(submission: Submission, inputs: Inputs) -> Tensor | str:
    if not passes(MATHS, submission):
        return "wrong before"
    return submission.sinusoidal_table(2, 9).float()


def probe_growing(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    return tuple(submission.sinusoidal_table(rows, 16)[:, :6].float() for rows in (2, 3))


def probe_long(submission: Submission, inputs: Inputs) -> str:
    if not passes(MATHS, submission):
        return "wrong before"
    return str(tuple(submission.sinusoidal_table(5001, 18).shape))


def probe_edges(submission: Submission, inputs: Inputs) -> str:
    if not passes(MATHS, submission):
        return "wrong before"
    return "; ".join(f"{check.__name__} {passes((check,), submission)}" for check in EDGES)


MATHS = (test_runs, test_position_zero, test_pair_norm, test_one_radian, test_frequencies)
EDGES = (
    test_far_positions,
    test_float32,
    test_autocast,
    test_default_dtype,
    test_edges,
)


def passes(checks: tuple[Callable[[Submission], None], ...], submission: Submission) -> bool:
    for check in checks:
        try:
            check(submission)
        except Exception:  # noqa: BLE001 - a check says no by raising
            return False
    return True
