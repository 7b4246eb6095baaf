"""Hidden tests of adamw_step, from the root cause outwards.

The first checks hold whatever the formula: purity, shapes, elements that do not meet. Then the
update without decay, one property after another, on p = 1, where each mistake leaves a number of
its own; ε on gradients as small as ε; decay on a gradient of 0, where the update vanishes. A run
with everything in it comes last, then dtypes.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from interview.grading.suite import (
    CheckFailed,
    Evidence,
    Inputs,
    Submission,
    expect,
    expect_close,
    expect_equal,
)

# Parameters are near 1 and learning rates at most 0.5. In float64 rounding is 1e-16, and 1e-13
# in 1 − β₂ = 1e-3; times lr and ten steps, below 1e-11. Every mistake in the formula moves p by
# more than 5e-3. LOOSE lies between the two, and above bias corrections in float32 (6e-8 in 1e-3,
# a relative 3e-5 of a step), which have a check of their own; TIGHT is for that one.
LOOSE = 1e-3
TIGHT = 1e-10

State = dict[str, Any]


def step(
    submission: Submission, p: Tensor, g: Tensor, state: State | None, **options: Any
) -> tuple[Tensor, State]:
    """Make one step; the dictionary is passed as a copy, its tensors as they are."""
    told = submission.adamw_step(p, g, None if state is None else dict(state), **options)
    pair = isinstance(told, tuple | list) and len(told) == 2
    if not pair or not isinstance(told[0], Tensor) or not isinstance(told[1], dict):
        kinds = [type(one).__name__ for one in told] if pair else type(told).__name__
        seen = Evidence("p, g, state", "(new p, new state): Tensor, dict", str(kinds))
        raise CheckFailed("expected a tensor and a dictionary", seen)
    return told[0], told[1]


def run(
    submission: Submission, p: Tensor, gradients: Sequence[Tensor], **options: Any
) -> tuple[Tensor, State]:
    """Make one step for each gradient, from no state."""
    state: State | None = None
    for g in gradients:
        p, state = step(submission, p.clone(), g.clone(), state, **options)
    return p, state or {}


def reference(
    p: Tensor,
    gradients: Sequence[Tensor],
    *,
    lr: float | Sequence[float] = 1e-3,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
    weight_decay: float = 1e-2,
) -> Tensor:
    """The definition in float64, with the moments as plain weighted sums over the past."""
    p, past = p.double(), [g.double() for g in gradients]
    for t in range(1, len(past) + 1):
        m, v = (
            sum((1 - beta) * beta ** (t - 1 - i) * g**power for i, g in enumerate(past[:t]))
            / (1 - beta**t)
            for beta, power in zip(betas, (1, 2), strict=True)
        )
        rate = lr if isinstance(lr, float | int) else lr[t - 1]
        p = p * (1 - rate * weight_decay) - rate * m / (torch.as_tensor(v).sqrt() + eps)
    return p


def compare(
    actual: Tensor,
    wanted: Tensor,
    *,
    p: Tensor,
    gradients: Sequence[Tensor],
    atol: float = LOOSE,
    rtol: float = 0.0,
    what: str = "p",
    **options: Any,
) -> None:
    """Compare, and show the whole run on failure."""
    try:
        expect_close(actual, wanted, atol=atol, rtol=rtol, what=what)
    except CheckFailed as failed:
        seen = failed.evidence
        names = {"weight_decay": "wd", "eps": "ε", "betas": "β"}
        told = [f"p = {_numbers(p)}", f"g = {' → '.join(map(_numbers, gradients))}"]
        told += [f"{names.get(name, name)} = {value}" for name, value in options.items()]
        evidence = seen and Evidence(
            ", ".join(told), f"{what} = {seen.expected}", f"{what} = {seen.actual}"
        )
        raise CheckFailed(str(failed), evidence) from None


def _numbers(one: Tensor) -> str:
    if one.numel() > 3:
        return f"shape {tuple(one.shape)}"
    shown = [f"{value:.6g}" for value in one.flatten().tolist()]
    return shown[0] if len(shown) == 1 else f"[{', '.join(shown)}]"


def one(value: float, dtype: torch.dtype = torch.float64) -> Tensor:
    return torch.tensor([value], dtype=dtype)


def ones(*values: float) -> list[Tensor]:
    """One gradient of a single number for each step."""
    return [one(value) for value in values]


def signed(inputs: Inputs, *shape: int, low: float = 0.5, high: float = 1.5) -> Tensor:
    """Numbers of either sign whose size is known: none too small to leave a trace."""
    sign = torch.where(inputs.uniform(*shape) < 0.5, -1.0, 1.0)
    return sign * inputs.uniform(*shape, low=low, high=high)


def expect_reference(
    submission: Submission,
    p: Tensor,
    gradients: Sequence[Tensor],
    *,
    atol: float = LOOSE,
    **options: Any,
) -> None:
    actual, _ = run(submission, p, gradients, **options)
    wanted = reference(p, gradients, **options)
    what = "p" if len(gradients) == 1 else f"p after {len(gradients)} steps"
    compare(actual, wanted, p=p, gradients=gradients, atol=atol, what=what, **options)


def tensors_of(value: object) -> list[Tensor]:
    """Return the tensors of a state, however nested."""
    if isinstance(value, Tensor):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return [tensor for item in value for tensor in tensors_of(item)]
    return []


def test_runs(submission: Submission, inputs: Inputs) -> None:
    p, state = inputs.randn(2, 3), None
    for _ in range(2):
        new, state = step(submission, p.clone(), inputs.randn(2, 3), state)
        expect_equal(tuple(new.shape), (2, 3), what="shape of the new p", given="p (2, 3)")


def test_input_unchanged(submission: Submission, inputs: Inputs) -> None:
    for shape, dtype in (((1,), torch.float64), ((2, 3), torch.float32)):
        p, g, state = inputs.randn(*shape).to(dtype), inputs.randn(*shape).to(dtype), None
        for number in (1, 2):
            given = [p, g, *tensors_of(state)]
            before = [tensor.clone() for tensor in given]
            _, new = step(submission, p, g, state)
            names = ["p", "g", *(f"a tensor of the state, {_numbers(one)}," for one in before[2:])]
            for name, now, then in zip(names, given, before, strict=True):
                what = f"{name} after step {number}"
                expect_close(now, then, atol=0.0, given=then, what=what)
            state = new


def test_state_carries_everything(submission: Submission, inputs: Inputs) -> None:
    p, first, second, other = (signed(inputs, 2) for _ in range(4))
    after, state = run(submission, p, [first, second], lr=0.1)
    before, _ = step(submission, after.clone(), first.clone(), state, lr=0.1)
    step(submission, after.clone(), other.clone(), state, lr=0.1)
    run(submission, other, [second, second, other], lr=0.1)
    again, _ = step(submission, after.clone(), first.clone(), state, lr=0.1)
    what = "p of the same step from the same state, made again after other steps"
    compare(again, before, p=p, gradients=[first, second, first], what=what, atol=TIGHT, lr=0.1)


def test_any_shape(submission: Submission, inputs: Inputs) -> None:
    cases = []
    for shape in ((), (3,), (2, 3), (2, 3, 4), (0,), (2, 0)):
        count = math.prod(shape)
        flat_p, flat_g = inputs.randn(24)[:count], signed(inputs, 24)[:count]
        cases.append((flat_p.reshape(shape), flat_g.reshape(shape)))
    cases.append((inputs.randn(3, 4).t(), signed(inputs, 4, 3)))
    cases.append((inputs.randn(2, 3), one(0.5)[0].expand(2, 3)))
    for p, g in cases:
        flat, _ = run(submission, p.reshape(-1), [g.reshape(-1)] * 2, lr=0.1)
        new, state = step(submission, p, g, None, lr=0.1)
        new, _ = step(submission, new, g, state, lr=0.1)
        what = f"p of shape {tuple(p.shape)}, strides {p.stride()}, g {g.stride()}, after 2 steps"
        compare(new, flat.reshape(p.shape), p=p, gradients=[g, g], what=what, lr=0.1)


def test_elementwise(submission: Submission, inputs: Inputs) -> None:
    p, g = torch.cat([one(1), one(1)]), torch.cat([one(1), one(1)])
    alone, _ = run(submission, p[:1], [g[:1]] * 2, lr=0.1)
    for other in (1.0, 100.0):
        gradients = [torch.cat([g[:1], one(other)])] * 2
        new, _ = run(submission, p, gradients, lr=0.1)
        what = "first entry of p after 2 steps"
        compare(new[:1], alone, p=p, gradients=gradients, what=what, atol=LOOSE, lr=0.1)
    p, g = inputs.randn(2, 3), signed(inputs, 2, 3)
    whole, _ = run(submission, p, [g], lr=0.1)
    parts, _ = run(submission, p[1:], [g[1:]], lr=0.1)
    compare(whole[1:], parts, p=p, gradients=[g], what="second row of p", lr=0.1)


def test_first_step_finite(submission: Submission, inputs: Inputs) -> None:
    for p, g in ((one(1), one(1)), (inputs.randn(3), signed(inputs, 3))):
        new, _ = run(submission, p, [g], lr=0.1)
        seen = Evidence(f"p = {_numbers(p)}, g = {_numbers(g)}, lr = 0.1", "finite", _numbers(new))
        if not bool(new.isfinite().all()):
            raise CheckFailed("the first step is not finite", seen)


def test_descends(submission: Submission, inputs: Inputs) -> None:
    for p, g in ((one(1), one(1)), (inputs.randn(4), signed(inputs, 4))):
        new, _ = run(submission, p, [g], lr=0.1, weight_decay=0.0)
        if not bool(((new - p) * g < 0).all()):
            given = f"p = {_numbers(p)}, g = {_numbers(g)}, lr = 0.1, wd = 0"
            seen = Evidence(given, "p moves against g", f"p = {_numbers(new)}")
            raise CheckFailed("p moves along the gradient", seen)


def test_scale_free(submission: Submission, inputs: Inputs) -> None:
    # ε is 1e-8 of the smallest gradient here.
    options: dict[str, Any] = {"lr": 0.1, "weight_decay": 0.0}
    for p, g in ((one(1), one(1)), (inputs.randn(4), signed(inputs, 4))):
        small, _ = run(submission, p, [g], **options)
        large, _ = run(submission, p, [100 * g], **options)
        compare(large, small, p=p, gradients=[100 * g], **options)


def test_bias_correction(submission: Submission, inputs: Inputs) -> None:
    for p, g in ((one(1), one(1)), (inputs.randn(4), signed(inputs, 4))):
        expect_reference(submission, p, [g], lr=0.1, weight_decay=0.0)


def test_moments(submission: Submission, inputs: Inputs) -> None:
    options: dict[str, Any] = {"lr": 0.1, "weight_decay": 0.0}
    expect_reference(submission, one(1), ones(1, 0), **options)
    expect_reference(submission, one(1), ones(1, -1), **options)
    gradients = [signed(inputs, 4) for _ in range(4)]
    expect_reference(submission, inputs.randn(4), gradients, **options)


def test_learning_rate_schedule(submission: Submission, inputs: Inputs) -> None:
    random = [signed(inputs, 3) for _ in range(3)]
    for p, gradients in ((one(1), ones(1, 1)), (inputs.randn(3), random)):
        rates = (0.1, 0.01, 0.2)[: len(gradients)]
        new, state = p, None
        for g, lr in zip(gradients, rates, strict=True):
            new, state = step(submission, new.clone(), g.clone(), state, lr=lr, weight_decay=0.0)
        wanted = reference(p, gradients, lr=rates, weight_decay=0.0)
        what = f"p after {len(gradients)} steps"
        compare(new, wanted, p=p, gradients=gradients, what=what, lr=rates, weight_decay=0.0)


def test_arguments(submission: Submission, inputs: Inputs) -> None:
    options: dict[str, Any] = {"lr": 0.1, "betas": (0.5, 0.75), "weight_decay": 0.0}
    expect_reference(submission, one(1), ones(1, 0), **options)
    stated: dict[str, Any] = {"lr": 1e-3, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 1e-2}
    # The smallest thing to see is the default decay, lr·wd = 1e-5 of p.
    for p, gradients in ((one(1), ones(1)), (one(1), ones(1e-8)), (one(1), ones(1, -1, -1))):
        new, _ = run(submission, p, gradients)
        wanted, _ = run(submission, p, gradients, **stated)
        what = "p with default arguments"
        compare(new, wanted, p=p, gradients=gradients, atol=1e-7, what=what)


def test_zero_gradient(submission: Submission, inputs: Inputs) -> None:
    for p in (one(1), inputs.randn(3)):
        gradients = [torch.zeros_like(p)]
        new, _ = run(submission, p, gradients, lr=0.1, weight_decay=0.0)
        compare(new, p, p=p, gradients=gradients, lr=0.1, weight_decay=0.0)


def test_epsilon_outside_root(submission: Submission, inputs: Inputs) -> None:
    options: dict[str, Any] = {"lr": 0.1, "weight_decay": 0.0}
    expect_reference(submission, one(1), ones(1e-8), eps=1e-8, **options)
    expect_reference(submission, one(1), ones(0.1), eps=0.1, **options)
    gradients = [signed(inputs, 3) for _ in range(2)]
    expect_reference(submission, inputs.randn(3), gradients, eps=1.0, **options)


def test_decoupled_decay(submission: Submission, inputs: Inputs) -> None:
    options: dict[str, Any] = {"lr": 0.1, "weight_decay": 0.5}
    expect_reference(submission, one(1), ones(0), **options)
    # The update itself is another check's business: it is taken from a step without decay.
    for p, g in ((one(1), one(100)), (signed(inputs, 3), signed(inputs, 3))):
        new, _ = run(submission, p, [g], **options)
        plain, _ = run(submission, p, [g], lr=0.1, weight_decay=0.0)
        # Decay of the old p, or of the updated one: the next check tells the two apart.
        slack = 0.1 * 0.5 * float((plain - p).abs().max()) + LOOSE
        compare(new, plain - 0.05 * p, p=p, gradients=[g], atol=slack, **options)


def test_decay_before_update(submission: Submission, inputs: Inputs) -> None:
    options: dict[str, Any] = {"lr": 0.5, "weight_decay": 0.9}
    expect_reference(submission, one(1), ones(1), **options)
    expect_reference(submission, inputs.randn(3), [signed(inputs, 3)], **options)


def test_many_steps(submission: Submission, inputs: Inputs) -> None:
    gradients = [inputs.randn(3) for _ in range(10)]
    options: dict[str, Any] = {"lr": 0.1, "betas": (0.8, 0.95), "eps": 1e-3, "weight_decay": 0.3}
    expect_reference(submission, inputs.randn(3), gradients, **options)


def test_keeps_dtype(submission: Submission, inputs: Inputs) -> None:
    for dtype in (torch.float32, torch.float64):
        new, _ = run(submission, inputs.randn(3).to(dtype), [inputs.randn(3).to(dtype)] * 2)
        expect_equal(new.dtype, dtype, what="dtype of the new p", given=f"{dtype} p and g")
    # Where another check has failed already, what is off by more than LOOSE is its business.
    options: dict[str, Any] = {"lr": 0.1, "weight_decay": 0.1}
    for p, gradients in (
        (one(1), ones(1, 2)),
        (inputs.randn(3), [signed(inputs, 3) for _ in range(3)]),
    ):
        new, _ = run(submission, p, gradients, **options)
        wanted = reference(p, gradients, **options)
        if new.shape == wanted.shape and bool(((new - wanted).abs() < LOOSE).all()):
            error = float((new - wanted).abs().max())
            shown = f"p = {_numbers(p)}, g = {' → '.join(map(_numbers, gradients))}, float64"
            seen = Evidence(shown, "error below 1e-10", f"error {error:.2g}")
            if error > TIGHT:
                raise CheckFailed("float64 loses its precision", seen)


def test_half_precision(submission: Submission, inputs: Inputs) -> None:
    # One rounding of the new p is half a step of its dtype, 2⁻¹¹ or 2⁻⁸ of it; twice that is
    # allowed. g² = 1e-8 is 0 in float16, and moments in bfloat16 lose what 0.999 takes away.
    options: dict[str, Any] = {"lr": 0.1, "weight_decay": 0.0}
    for dtype, rtol in ((torch.float16, 2**-10), (torch.bfloat16, 2**-7)):
        small = [one(1e-4, dtype)] * 2
        random = [signed(inputs, 8).to(dtype) for _ in range(3)]
        for start, gradients in ((one(1, dtype), small), (inputs.randn(8).to(dtype), random)):
            p, state, moved = start, None, torch.zeros(start.shape, dtype=torch.float64)
            for number, g in enumerate(gradients, 1):
                # The moves add up to a run from 0; p was rounded after each of them.
                total = reference(torch.zeros_like(moved), gradients[:number], **options)
                wanted, moved = p.double() + total - moved, total
                p, state = step(submission, p.clone(), g, state, **options)
                expect_equal(p.dtype, dtype, what="dtype of the new p", given=f"{dtype} p and g")
                compare(
                    p,
                    wanted,
                    p=start,
                    gradients=gradients[:number],
                    rtol=rtol,
                    atol=1e-6,
                    what=f"p after step {number} in {dtype}",
                    **options,
                )


def test_no_graph(submission: Submission, inputs: Inputs) -> None:
    p, state = inputs.randn(3), None
    for _ in range(2):
        new, state = step(submission, p.clone().requires_grad_(), inputs.randn(3), state)
        held = [new, *tensors_of(state)]
        expect(
            not any(tensor.requires_grad for tensor in held),
            "the new p or state requires a gradient",
            given="p requires a gradient",
        )
        p = new.detach()


# Probes: what a submission computes, to be compared with each wrong implementation. Words where
# rounding decides.


def probe_steps(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    p, gradients = inputs.randn(2, 3), [signed(inputs, 2, 3) for _ in range(3)]
    options: dict[str, Any] = {"lr": 0.1, "weight_decay": 0.0}
    return tuple(run(submission, p, gradients[:number], **options)[0] for number in (1, 2, 3))


def probe_decay(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    p, g = inputs.randn(3), signed(inputs, 3)
    given = ([torch.zeros_like(g)], [g], [g, -g])
    return tuple(run(submission, p, each, lr=0.1, weight_decay=0.9)[0] for each in given)


def probe_arguments(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    p, gradients = inputs.randn(3), [signed(inputs, 3) for _ in range(2)]
    tiny = [g * 1e-8 for g in gradients]
    given: list[tuple[list[Tensor], dict[str, Any]]] = [
        (gradients, {}),
        (tiny, {}),
        (gradients, {"betas": (0.5, 0.75), "lr": 0.1}),
        (tiny, {"eps": 1e-8, "lr": 0.1}),
        (gradients, {"eps": 1.0, "lr": 0.1}),
        ([torch.zeros_like(p)], {"weight_decay": 0.0}),
    ]
    return tuple(run(submission, p, each, **options)[0] for each, options in given)


def probe_schedule(submission: Submission, inputs: Inputs) -> Tensor:
    p, state = inputs.randn(3), None
    for lr in (0.1, 0.01):
        p, state = step(submission, p, signed(inputs, 3), state, lr=lr, weight_decay=0.0)
    return p


def probe_purity(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    """Return p and g as a step leaves them, and the same step made again from one state."""
    p, g = inputs.randn(2), signed(inputs, 2)
    given = (p.clone(), g.clone())
    _, state = step(submission, *given, None, lr=0.1)
    again = [step(submission, p.clone(), g.clone(), state, lr=0.1)[0] for _ in range(3)]
    return (*given, *again)


def probe_edges(submission: Submission, inputs: Inputs) -> str:
    """Tell dtypes, layouts and graphs apart, unless the maths is wrong already.

    So the careless and the careful version of one mathematical mistake give the same answers.
    """
    if any(_fails(check, submission, inputs) for check in MATHS):
        return "wrong before"
    checks = (test_any_shape, test_keeps_dtype, test_half_precision, test_no_graph)
    kept = run(submission, inputs.randn(3), [inputs.randn(3)])[0].dtype
    told = [f"{check.__name__} {_fails(check, submission, inputs)}" for check in checks]
    return "; ".join([*told, str(kept), *_halves(submission)])


MATHS = (
    test_input_unchanged,
    test_state_carries_everything,
    test_elementwise,
    test_moments,
    test_learning_rate_schedule,
    test_arguments,
    test_zero_gradient,
    test_epsilon_outside_root,
    test_decoupled_decay,
    test_decay_before_update,
    test_many_steps,
)


def _fails(
    check: Callable[[Submission, Inputs], None], submission: Submission, inputs: Inputs
) -> bool:
    try:
        check(submission, inputs)
    except Exception:  # noqa: BLE001 - a wrong implementation may raise anything
        return True
    return False


def _halves(submission: Submission) -> list[str]:
    p, g = one(1, torch.float16), one(1e-4, torch.float16)
    new = [run(submission, p, [g] * number, lr=0.1, weight_decay=0.0)[0] for number in (1, 2)]
    return [f"{value.dtype} {value.item():.3f}" for value in new]
