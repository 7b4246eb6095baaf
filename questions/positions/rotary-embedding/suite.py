"""Hidden tests of apply_rope, from the root cause outwards.

First what holds whatever the angles (shape, each token by itself, x untouched), then what holds
for any rotation: the identity at position 0, norms, scores that see distance only. Only then
come the pairs, the angle of one pair (d = 2, where no frequency can be wrong), the frequencies
and the base, each on inputs where only its own mistake shows. Explicit positions, gradients,
dtypes and devices come last.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from interview.grading.suite import (
    Bilingual,
    CheckFailed,
    Evidence,
    Inputs,
    Submission,
    Words,
    dtype_name,
    expect_close,
    expect_equal,
    raises,
)

# What the contract allows: (4·eps + 2e-6·(1 + angle)) times the pair's norm. An angle computed in
# float32 is off by at most 1e-6 of itself (exponent, power and product round at 6e-8 each, the
# exponent times ln base ≤ 13.1); cos and sin cost 1e-7 more. Rounding cos, sin, two products and
# their sum to x's dtype costs 3 half-steps of it, 1.5·eps; two calls may differ by twice that.
# Every mistake moves some entry of the unit-sized inputs here by 9e-3 or more in float32, where
# 3e-5 is allowed at small positions, and by 0.08 or more in bfloat16, where 0.04 is.
ANGLE = 2e-6
ROUNDINGS = 4


def reference(x: Tensor, positions: Tensor | None = None, base: float = 10000.0) -> Tensor:
    """The definition, in float64: pairs as complex numbers, times e^(i · p · base^(−2i/d))."""
    length, d = x.shape[-2:]
    place = torch.arange(length) if positions is None else positions
    frequency = base ** (-torch.arange(0, d, 2, dtype=torch.float64) / d)
    angle = place.double().unsqueeze(-1) * frequency
    pairs = torch.view_as_complex(x.double().reshape(*x.shape[:-1], d // 2, 2))
    turned = pairs * torch.polar(torch.ones_like(angle), angle)
    return torch.view_as_real(turned).flatten(-2)


def allowed(x: Tensor, angle: float) -> float:
    """Return the error that the contract allows where no angle is larger than this one."""
    eps = torch.finfo(x.dtype).eps
    norms = x.detach().double().unflatten(-1, (-1, 2)).norm(dim=-1)
    return (ROUNDINGS * eps + ANGLE * (1 + angle)) * float(norms.max())


def tokens(*rows: tuple[float, ...], dtype: torch.dtype = torch.float32) -> Tensor:
    """One sequence as (1, T, d): three dimensions, so that only `any-leading-dims` blames them."""
    return torch.tensor([rows], dtype=dtype)


def floats(inputs: Inputs, *shape: int) -> Tensor:
    return inputs.randn(*shape, dtype=torch.float32)


def at(*places: int) -> Tensor:
    return torch.tensor(places)


SHAPE = Bilingual(zh="输出的形状", en="output shape")
DTYPE = Bilingual(zh="输出的 dtype", en="output dtype")


def raised(error: Exception, given: Words, expected: Words) -> CheckFailed:
    told = f"{type(error).__name__}: {error}"
    english = given.en if isinstance(given, Bilingual) else given
    return CheckFailed(f"{english}: {told}", Evidence(given, expected, told))


def listed(values: Tensor) -> str:
    return f"[{', '.join(f'{one:.5g}' for one in values.tolist())}]"


def shape_of(x: Tensor) -> Bilingual:
    shape = tuple(x.shape)
    return Bilingual(zh=f"形状 {shape}", en=f"shape {shape}")


def expect_as(
    y: Tensor,
    other: Tensor,
    exact: Tensor,
    *,
    atol: float,
    given: Tensor,
    what: Bilingual,
    told: Bilingual,
) -> None:
    """Compare with what the submission gave for another call, which `told` says.

    Where that is exact it is the expected result, else just another answer, as wrong or worse.
    """
    known = other.shape == exact.shape and bool(((other.double() - exact).abs() <= atol).all())
    if known:
        expect_close(y, exact, atol=2 * atol, given=given, what=what)
    else:
        what = Bilingual(zh=f"{what.zh}，对照{told.zh}", en=f"{what.en}, against {told.en}")
        expect_close(y, other, atol=2 * atol, given=given, what=what, itself=True)


def test_runs(submission: Submission, inputs: Inputs) -> None:
    for x in (floats(inputs, 2, 3, 4), tokens((1, 0))):
        y = submission.apply_rope(x.clone())
        expect_equal(tuple(y.shape), tuple(x.shape), what=SHAPE, given=shape_of(x))


def test_any_leading_dims(submission: Submission, inputs: Inputs) -> None:
    for leading in ((), (2, 2), (1, 2, 3)):
        x = floats(inputs, *leading, 3, 4)
        rows = x.reshape(-1, 3, 4)
        plain = submission.apply_rope(rows.clone()).reshape(x.shape)
        y = submission.apply_rope(x.clone())
        before, after = tuple(rows.shape), tuple(x.shape)
        what = Bilingual(zh=f"x 的形状是 {after} 时的输出", en=f"output for x of shape {after}")
        told = Bilingual(zh=f"改成 {before} 时", en=f"the same x as {before}")
        expect_as(y, plain, reference(x), atol=allowed(x, 2), given=x, what=what, told=told)


def test_own_position(submission: Submission, inputs: Inputs) -> None:
    x = torch.cat((tokens((1, 0, 1, 0), (1, 0, 1, 0)), floats(inputs, 1, 3, 4)), dim=1)
    head, exact = x[:, :2], reference(x)[:, :2]
    whole = submission.apply_rope(x.clone())[:, :2]
    edited = x.clone()
    edited[:, 2:] *= 100
    rest = submission.apply_rope(edited)[:, :2]
    short = submission.apply_rope(head.clone())
    what = Bilingual(
        zh="后三个 token 乘以 100 之后，前两个的输出",
        en="output for the first two tokens, with the other three times 100",
    )
    told = Bilingual(zh="乘之前", en="before that")
    expect_as(rest, whole, exact, atol=allowed(x, 1), given=head, what=what, told=told)
    what = Bilingual(zh="序列长 T = 2 时的输出", en="output at T = 2")
    told = Bilingual(zh="序列长 T = 5 时", en="T = 5")
    expect_as(short, whole, exact, atol=allowed(x, 1), given=head, what=what, told=told)
    # Two lengths, called with two bases in either order: what an earlier call left behind would
    # make the first tokens differ. No other check calls these lengths with another base.
    x = torch.cat((tokens((1, 0, 1, 0), (1, 0, 1, 0)), floats(inputs, 1, 5, 4)), dim=1)
    six, seven = x[:, :6], x
    six_low = submission.apply_rope(six.clone(), base=100.0)
    six_high = submission.apply_rope(six.clone())
    seven_high = submission.apply_rope(seven.clone())
    seven_low = submission.apply_rope(seven.clone(), base=100.0)
    for late, early, base in ((six_high, seven_high, 10000), (seven_low, six_low, 100)):
        what = Bilingual(
            zh=f"先用另一个 base 调用，再用 base={base} 时的输出",
            en=f"output at base={base}, after a call with another base",
        )
        told = Bilingual(zh=f"先用 base={base} 调用时", en=f"a first call at base={base}")
        second, exact = slice(1, 2), reference(x, base=float(base))
        expect_as(
            late[:, second],
            early[:, second],
            exact[:, second],
            atol=allowed(x, 1),
            given=x[:, second],
            what=what,
            told=told,
        )


def test_input_unchanged(submission: Submission, inputs: Inputs) -> None:
    for x in (tokens((1, 0), (1, 0)), floats(inputs, 2, 3, 4)):
        given = x.clone()
        submission.apply_rope(given)
        what = Bilingual(zh="调用之后的 x", en="x after the call")
        expect_close(given, x, atol=0.0, given=x, what=what)
    given = at(5, 2, 9)
    submission.apply_rope(floats(inputs, 1, 3, 4), positions=given)
    what = Bilingual(zh="调用之后的 positions", en="positions after the call")
    expect_equal(given.tolist(), [5, 2, 9], what=what, given="positions=[5, 2, 9]")


def test_position_zero(submission: Submission, inputs: Inputs) -> None:
    for x in (tokens((3, 4)), tokens((1, 2, 3, 4)), floats(inputs, 2, 3, 6)):
        first = submission.apply_rope(x.clone())[:, :1]
        what = Bilingual(zh="位置 0 的输出", en="output at position 0")
        expect_close(first, x[:, :1], atol=allowed(x, 0), given=x[:, :1], what=what)


def test_keeps_norm(submission: Submission, inputs: Inputs) -> None:
    # The norm of d entries moves by at most √d times what one of them may.
    for x in (tokens((3, 4), (3, 4)), tokens(*[(1, 2, 3, 4)] * 2), floats(inputs, 1, 5, 6)):
        norm = submission.apply_rope(x.clone()).double().norm(dim=-1, keepdim=True)
        wanted = x.double().norm(dim=-1, keepdim=True)
        what = Bilingual(zh="输出的范数", en="norm of the output")
        expect_close(norm, wanted, atol=x.shape[-1] * allowed(x, 5), given=x, what=what)


def test_relative_scores(submission: Submission, inputs: Inputs) -> None:
    # Either score is off by at most 2·|q|·|k| times the error of an angle of 105; the norms are 1.
    drawn = floats(inputs, 2, 4)
    fixed = torch.tensor([[1.0, 0.0]] * 2)
    for q, k in (fixed, drawn / drawn.norm(dim=-1, keepdim=True)):
        rows = [one.expand(1, 106, -1).clone() for one in (q, k)]
        queries, keys = (submission.apply_rope(one).double()[0] for one in rows)
        for m, n in ((5, 2), (1, 0), (3, 3)):
            near, far = (float(queries[m + s] @ keys[n + s]) for s in (0, 100))
            if abs(near - far) <= 8 * (ROUNDINGS * 1.2e-7 + ANGLE * 106):
                continue
            what = Bilingual(
                zh=f"q 在位置 {m + 100}、k 在位置 {n + 100} 时的点积",
                en=f"dot product of q at {m + 100} and k at {n + 100}",
            )
            against = Bilingual(
                zh=f"{near:.5g}（位置 {m} 和 {n}）", en=f"{near:.5g} (at {m} and {n})"
            )
            given = f"q = {listed(q)}, k = {listed(k)}"
            raise CheckFailed(
                f"{what.en} is {far:.4f}, at {m} and {n} {near:.4f}",
                Evidence(given, against, f"{far:.5g}", what, itself=True),
            )


def test_adjacent_pairs(submission: Submission, inputs: Inputs) -> None:
    for length, d, entry in ((2, 4, 0), (3, 4, 3), (3, 8, 5)):
        x = torch.zeros(1, length, d)
        x[..., entry] = 1.0
        y = submission.apply_rope(x.clone())
        others = y.clone()
        others[..., entry - entry % 2 : entry - entry % 2 + 2] = 0.0
        if bool((others.abs() > allowed(x, 2)).any()):
            what = Bilingual(
                zh=f"只有第 {entry} 维不是 0 时的输出",
                en=f"output where only dimension {entry} is not 0",
            )
            expect_close(y, reference(x), atol=allowed(x, 2), given=x, what=what)


def test_one_radian(submission: Submission, inputs: Inputs) -> None:
    # d = 2: one pair, with frequency base^0 = 1. So the angle is the position, in radians.
    for x in (tokens((1, 0), (1, 0)), tokens((0, 1), (0, 1), (0, 1)), floats(inputs, 2, 5, 2)):
        y = submission.apply_rope(x.clone())
        expect_close(y, reference(x), atol=allowed(x, x.shape[-2]), given=x)


def test_frequencies(submission: Submission, inputs: Inputs) -> None:
    pair = (1.0, 0.0)
    for x in (tokens(pair * 2, pair * 2), tokens(pair * 3, pair * 3), floats(inputs, 2, 5, 8)):
        y = submission.apply_rope(x.clone())
        expect_close(y, reference(x), atol=allowed(x, x.shape[-2]), given=x)


def test_base_argument(submission: Submission, inputs: Inputs) -> None:
    # Lengths of their own, as in own-position.
    for x, base in ((tokens(*[(1, 0, 1, 0)] * 8), 100.0), (floats(inputs, 1, 9, 6), 500000.0)):
        y = submission.apply_rope(x.clone(), base=base)
        wanted = reference(x, base=base)
        what = Bilingual(zh=f"base={base:g} 时的输出", en=f"output at base={base:g}")
        # Position 1 first: the smallest example is the one to show.
        for end in (2, x.shape[-2]):
            atol = allowed(x, end)
            expect_close(y[:, :end], wanted[:, :end], atol=atol, given=x[:, :end], what=what)


def test_explicit_positions(submission: Submission, inputs: Inputs) -> None:
    # d = 2 once more: whatever the frequencies, this pair turns by the position.
    x = floats(inputs, 2, 3, 4)
    counted = submission.apply_rope(x.clone(), positions=at(0, 1, 2))
    plain = submission.apply_rope(x.clone())
    what = Bilingual(zh="positions=[0, 1, 2] 时的输出", en="output at positions=[0, 1, 2]")
    told = Bilingual(zh="不传 positions 时", en="none passed")
    expect_as(counted, plain, reference(x), atol=allowed(x, 2), given=x, what=what, told=told)
    # 2048 and 65537 lie beyond tables that are made in advance.
    for places in ((7,), (5, 2, 9, 2), (2048, 65537)):
        passed = f"positions={list(places)}"
        what = Bilingual(zh=f"{passed} 时的输出", en=f"output at {passed}")
        ones = tokens((1, 0)).expand(1, len(places), 2)
        for x in (ones, floats(inputs, 2, len(places), 2)):
            try:
                y = submission.apply_rope(x.clone(), positions=at(*places))
            except Exception as error:
                raise raised(error, passed, shape_of(x)) from error
            wanted, atol = reference(x, at(*places)), allowed(x, max(places))
            expect_close(y, wanted, atol=atol, given=x, what=what)


def test_batched_positions(submission: Submission, inputs: Inputs) -> None:
    places = torch.tensor([[0, 1, 2], [7, 3, 11]])
    plain, heads = floats(inputs, 2, 3, 4), floats(inputs, 2, 2, 3, 4)
    for x, positions in ((plain, places), (heads, places.unsqueeze(1))):
        shapes = [tuple(one.shape) for one in (x, positions)]
        given = Bilingual(
            zh="x 的形状 {}，positions 的形状 {}".format(*shapes),
            en="x of shape {}, positions of shape {}".format(*shapes),
        )
        each = [
            submission.apply_rope(one.reshape(-1, 3, 4).clone(), positions=row)
            for one, row in zip(x, places, strict=True)
        ]
        alone = torch.stack(each).reshape(x.shape)
        try:
            y = submission.apply_rope(x.clone(), positions=positions.clone())
        except Exception as error:
            raise raised(error, given, shape_of(x)) from error
        what = Bilingual(zh=f"{given.zh} 时的输出", en=f"output for {given.en}")
        told = Bilingual(zh="单独传入每个样本时", en="each sample by itself")
        exact, atol = reference(x, positions), allowed(x, 11)
        expect_as(y, alone, exact, atol=atol, given=x, what=what, told=told)


def test_gradients(submission: Submission, inputs: Inputs) -> None:
    what = Bilingual(zh="x 的梯度", en="gradient of x")
    shown = (tokens((1, 0), (1, 0)), tokens((0, 0), (1, 0)))
    for values, cotangent in (shown, (floats(inputs, 2, 3, 4), floats(inputs, 2, 3, 4))):
        theirs, ours = (values.clone().requires_grad_() for _ in range(2))
        (reference(ours) * cotangent).sum().backward()
        wanted = ours.grad
        y = submission.apply_rope(theirs)
        if y.requires_grad:
            (y * cotangent).sum().backward()
        if theirs.grad is None or wanted is None:
            given = Bilingual(zh="位置 1 的 [1, 0]", en="[1, 0] at position 1")
            exact = listed(reference(tokens((1, 0), (1, 0)))[0, 1] * torch.tensor([1, -1]))
            none = Bilingual(zh="没有梯度", en="none")
            raise CheckFailed("no gradient reaches x", Evidence(given, exact, none, what))
        # Linear in the cotangent as the output is in x, so its error is that of a rotation too.
        expect_close(theirs.grad, wanted, atol=allowed(cotangent, 2), given=values, what=what)


def test_odd_dimension(submission: Submission, inputs: Inputs) -> None:
    for d in (3, 5, 1):
        x = floats(inputs, 1, 2, d)
        if raises(lambda x=x: submission.apply_rope(x)) is None:
            given, actual = shape_of(x), shape_of(submission.apply_rope(x))
            wanted = Bilingual(zh="抛出异常", en="an exception")
            raise CheckFailed(f"{given.en} gives {actual.en}", Evidence(given, wanted, actual))


def test_keeps_dtype(submission: Submission, inputs: Inputs) -> None:
    for dtype in (torch.bfloat16, torch.float16, torch.float32, torch.float64):
        y = submission.apply_rope(inputs.randn(1, 2, 4, dtype=dtype))
        name = dtype_name(dtype)
        given = Bilingual(zh=f"{name} 的 x", en=f"x in {name}")
        expect_equal(y.dtype, dtype, what=DTYPE, given=given)


def test_angles_in_float32(submission: Submission, inputs: Inputs) -> None:
    # 257 needs 9 bits, bfloat16 has 8; 2049 needs 12, float16 has 11. One pair: frequency 1.
    for dtype, place in ((torch.bfloat16, 257), (torch.float16, 2049)):
        x = tokens((1, 0), dtype=dtype)
        y = submission.apply_rope(x.clone(), positions=at(place))
        name = dtype_name(dtype)
        what = Bilingual(
            zh=f"{name} 的输出，位置 {place}", en=f"output in {name} at position {place}"
        )
        expect_close(y, reference(x, at(place)), atol=allowed(x, place), given=x, what=what)
    # Far out the error of the frequency counts, times the position: 0.01 in bfloat16 is
    # 0.010009765625, and 100003 times the difference is 0.98 rad.
    places = at(1, 257, 10007, 100003)
    for dtype in (torch.bfloat16, torch.float16, torch.float32):
        ones = tokens(*[(1, 0, 1, 0)] * 4, dtype=dtype)
        for x in (ones, inputs.randn(1, 4, 4, dtype=dtype)):
            y, wanted = submission.apply_rope(x.clone(), positions=places), reference(x, places)
            for row, place in reversed(list(enumerate(places.tolist()))):
                for pair in (0, 1):
                    here = (slice(None), slice(row, row + 1), slice(2 * pair, 2 * pair + 2))
                    atol = allowed(x[here], place * 0.01**pair)
                    what = Bilingual(
                        zh=f"{dtype_name(dtype)} 的第 {pair} 对，d = 4，位置 {place}",
                        en=f"pair {pair} in {dtype_name(dtype)} at position {place}, d = 4",
                    )
                    expect_close(y[here], wanted[here], atol=atol, given=x[here], what=what)


_MIXED = ("expected device", "same device", "different device")


def test_device(submission: Submission, inputs: Inputs) -> None:
    del inputs  # a meta tensor has no values
    given = Bilingual(zh="meta 设备上的 x，形状 (2, 3, 4)", en="x of shape (2, 3, 4) on meta")
    wanted = ("meta", (2, 3, 4))
    try:
        y = submission.apply_rope(torch.empty(2, 3, 4, device="meta"))
    except Exception as error:
        # Other errors are not this check's business: autocast, for one, does not know the device.
        if not any(part in str(error) for part in _MIXED):
            return
        here = Bilingual(zh="meta 设备上的 (2, 3, 4)", en="(2, 3, 4) on meta")
        raise raised(error, given, here) from error
    what = Bilingual(zh="设备和形状", en="device and shape")
    expect_equal((y.device.type, tuple(y.shape)), wanted, what=what, given=given)


def test_autocast(submission: Submission, inputs: Inputs) -> None:
    places = at(1, 257, 1001)
    for x in (tokens(*[(1, 0)] * 3), floats(inputs, 2, 3, 2)):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            y = submission.apply_rope(x.clone(), positions=places)
        given = Bilingual(
            zh="float32 的 x，bfloat16 的 autocast", en="x in float32 under bfloat16 autocast"
        )
        expect_equal(y.dtype, torch.float32, what=DTYPE, given=given)
        wanted, atol = reference(x, places), allowed(x, 1001)
        for row, place in enumerate(places.tolist()):
            what = Bilingual(
                zh=f"autocast 下的输出，位置 {place}",
                en=f"output under autocast at position {place}",
            )
            here = (slice(None), slice(row, row + 1))
            expect_close(y[here], wanted[here], atol=atol, given=x[here], what=what)


def test_layouts(submission: Submission, inputs: Inputs) -> None:
    layouts = (
        (
            Bilingual(zh="头换到 token 之前", en="heads moved before tokens"),
            floats(inputs, 2, 3, 2, 4).transpose(1, 2),
        ),
        (
            Bilingual(zh="特征换到最后", en="features moved last"),
            floats(inputs, 2, 4, 3).transpose(1, 2),
        ),
        (
            Bilingual(zh="5 个特征里取 4 个", en="4 of 5 features"),
            floats(inputs, 2, 3, 5)[..., :4],
        ),
        (
            Bilingual(zh="一个 token 由 expand 重复", en="one token repeated by expand"),
            floats(inputs, 2, 1, 4).expand(2, 3, 4),
        ),
    )
    for layout, x in layouts:
        dense = x.clone(memory_format=torch.contiguous_format)
        plain = submission.apply_rope(dense.clone())
        shape, strides = tuple(x.shape), x.stride()
        given = Bilingual(
            zh=f"x 的形状 {shape}，步长 {strides}（{layout.zh}）",
            en=f"x of shape {shape}, strides {strides} ({layout.en})",
        )
        try:
            y = submission.apply_rope(x)
        except Exception as error:
            raise raised(error, given, shape_of(x)) from error
        what = Bilingual(zh=f"步长 {strides} 时的输出", en=f"output at strides {strides}")
        told = Bilingual(zh="它的连续副本", en="its contiguous copy")
        expect_as(y, plain, reference(dense), atol=allowed(x, 2), given=x, what=what, told=told)
    for shape in ((0, 3, 4), (2, 0, 4), (2, 0, 3, 4)):
        x = torch.empty(shape)
        expect_equal(tuple(submission.apply_rope(x).shape), shape, what=SHAPE, given=shape_of(x))


# Probes: what a submission computes, to be compared with each wrong implementation. Values in
# float32 at small positions, so that float64 inside makes no difference; words where rounding
# decides. Bases and lengths are a probe's own: an earlier call must not reach into a later one.
# Where the rotation is wrong already the later probes do not look, and where the maths is, the
# last ones: so the careless and the careful version of one mistake give the same answers.

WRONG_BEFORE = "wrong before"


def probe_rotation(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    given = [floats(inputs, 2, 3, d) for d in (2, 4, 8)]
    return tuple(submission.apply_rope(x.clone()) for x in given)


def probe_length(submission: Submission, inputs: Inputs) -> Tensor:
    output: Tensor = submission.apply_rope(floats(inputs, 1, 5, 4))
    return output


def probe_base(submission: Submission, inputs: Inputs) -> Tensor:
    output: Tensor = submission.apply_rope(floats(inputs, 1, 4, 6), base=16.0)
    return output


def probe_earlier_call(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    x = floats(inputs, 1, 11, 4)
    return tuple(submission.apply_rope(x.clone(), base=base)[:, :3] for base in (16.0, 10000.0))


def probe_leading(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...] | str:
    if not _passes(ROTATION, submission, inputs):
        return WRONG_BEFORE
    return tuple(submission.apply_rope(floats(inputs, *lead, 3, 4)) for lead in ((2, 2), (2, 1, 2)))


def probe_positions(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...] | str:
    if not _passes(ROTATION, submission, inputs):
        return WRONG_BEFORE
    x = floats(inputs, 1, 3, 4)
    return tuple(submission.apply_rope(x.clone(), positions=at(*p)) for p in ((5, 2, 9), (4, 5, 6)))


def probe_batched_positions(submission: Submission, inputs: Inputs) -> Tensor | str:
    if not _passes(ROTATION, submission, inputs):
        return WRONG_BEFORE
    x, places = floats(inputs, 2, 3, 4), torch.tensor([[0, 1, 2], [7, 3, 11]])
    output: Tensor = submission.apply_rope(x, positions=places)
    return output


def probe_far_positions(submission: Submission, inputs: Inputs) -> str:
    if not _passes(ROTATION, submission, inputs):
        return WRONG_BEFORE
    x = tokens((1, 0))
    error = raises(lambda: submission.apply_rope(x, positions=at(65537)))
    return "raises" if error else "runs"


def probe_input_after(submission: Submission, inputs: Inputs) -> Tensor | str:
    if not _passes(ROTATION, submission, inputs):
        return WRONG_BEFORE
    x = floats(inputs, 1, 3, 4)
    submission.apply_rope(x)
    return x


def probe_gradients(submission: Submission, inputs: Inputs) -> Tensor | str:
    if not _passes(ROTATION, submission, inputs):
        return WRONG_BEFORE
    x = floats(inputs, 1, 3, 4).requires_grad_()
    y = submission.apply_rope(x)
    if y.requires_grad:
        (y * floats(inputs, 1, 3, 4)).sum().backward()
    return torch.zeros(()) if x.grad is None else x.grad


def probe_edges(submission: Submission, inputs: Inputs) -> str:
    if not _passes(MATHS, submission, inputs):
        return WRONG_BEFORE
    found = [f"{check.__name__} {_passes((check,), submission, inputs)}" for check in EDGES]
    return "; ".join([*found, *_odd_shapes(submission), *_half_precision(submission)])


def probe_device(submission: Submission, inputs: Inputs) -> str:
    """Tell what the meta device shows, unless anything else is wrong: it is slow at first use."""
    if not _passes((*MATHS, *EDGES), submission, inputs):
        return WRONG_BEFORE
    return str(_passes((test_device,), submission, inputs))


ROTATION = (test_runs, test_position_zero, test_keeps_norm, test_one_radian, test_frequencies)
MATHS = (
    *ROTATION,
    test_any_leading_dims,
    test_input_unchanged,
    test_explicit_positions,
    test_batched_positions,
    test_gradients,
)
EDGES = (
    test_odd_dimension,
    test_keeps_dtype,
    test_angles_in_float32,
    test_autocast,
    test_layouts,
)


def _passes(
    checks: tuple[Callable[[Submission, Inputs], None], ...],
    submission: Submission,
    inputs: Inputs,
) -> bool:
    return not any(raises(lambda check=check: check(submission, inputs)) for check in checks)


def _odd_shapes(submission: Submission) -> list[str]:
    """Return what an odd last dimension gives: a shape, or an exception."""
    found = []
    for d in (1, 3, 5):
        x = torch.ones(1, 2, d)
        if raises(lambda x=x: submission.apply_rope(x)):
            found.append("raises")
        else:
            found.append(str(tuple(submission.apply_rope(x).shape)))
    return found


def _half_precision(submission: Submission) -> list[str]:
    """Return for each dtype whether the position, and whether the frequency, was rounded."""
    found = []
    for dtype in (torch.bfloat16, torch.float16):
        for place, columns in ((2049, slice(0, 2)), (10007, slice(2, 4))):
            x = tokens((1, 0, 1, 0), dtype=dtype)
            y = submission.apply_rope(x.clone(), positions=at(place)).double()
            off = (y - reference(x, at(place)))[..., columns].abs().max()
            found.append("near" if bool(off <= allowed(x, 100)) else "far")
    return found
