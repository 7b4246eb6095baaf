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
    Bilingual,
    CheckFailed,
    Evidence,
    Inputs,
    Submission,
    dtype_name,
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
        kinds = [type(one).__name__ for one in (told if pair else [told])]
        found = f"({', '.join(kinds)})" if pair else kinds[0]
        what = Bilingual(zh="返回值的类型", en="types returned")
        seen = Evidence("adamw_step(p, g, state)", "(Tensor, dict)", found, what)
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


NEW = Bilingual(zh="新的 p", en="the new p")
DTYPE = Bilingual(zh="新的 p 的 dtype", en="dtype of the new p")


def after(steps: int) -> Bilingual:
    if steps == 1:
        return NEW
    return Bilingual(zh=f"{steps} 步之后的 p", en=f"p after {steps} steps")


def both_in(dtype: torch.dtype) -> Bilingual:
    name = dtype_name(dtype)
    return Bilingual(zh=f"{name} 的 p 和 g", en=f"p and g in {name}")


def compare(
    actual: Tensor,
    wanted: Tensor,
    *,
    p: Tensor,
    gradients: Sequence[Tensor],
    atol: float = LOOSE,
    rtol: float = 0.0,
    what: Bilingual = NEW,
    itself: bool = False,
    **options: Any,
) -> None:
    """Compare, and show the whole run on failure."""
    try:
        expect_close(actual, wanted, atol=atol, rtol=rtol, what=what)
    except CheckFailed as failed:
        seen = failed.evidence
        given = in_symbols(p, gradients, **options)
        if seen and actual.shape == wanted.shape and actual.numel() == 1:
            seen = Evidence(None, _number(wanted.item()), _number(actual.item()))
        evidence = seen and Evidence(given, seen.expected, seen.actual, what, itself)
        raise CheckFailed(str(failed), evidence) from None


def in_symbols(p: Tensor, gradients: Sequence[Tensor], **options: Any) -> str:
    """Tell a run in symbols: p, the gradients one after the other, the options."""
    if p.numel() > 3:
        shown = [f"p {tuple(p.shape)}", f"g {tuple(p.shape)}"]
    else:
        steps = [_numbers(g) for g in gradients]
        if len(steps) > 3:
            steps[1:] = ["…"]
        shown = [f"p = {_numbers(p)}", f"g = {' → '.join(steps)}"]
    return ", ".join([*shown, *(f"{name} = {_option(one)}" for name, one in options.items())])


def _option(value: float | Sequence[float]) -> str:
    if isinstance(value, float | int):
        return _number(value)
    return f"({', '.join(map(_number, value))})"


def _numbers(values: Tensor) -> str:
    shown = [_number(value) for value in values.flatten().tolist()]
    return shown[0] if len(shown) == 1 else f"[{', '.join(shown)}]"


def _number(value: float) -> str:
    return f"{value:.5g}".replace("e-0", "e-")


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
    what = after(len(gradients))
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
        what = Bilingual(zh="新的 p 的形状", en="shape of the new p")
        given = Bilingual(zh="p 和 g 的形状 (2, 3)", en="p and g of shape (2, 3)")
        expect_equal(tuple(new.shape), (2, 3), what=what, given=given)


def test_input_unchanged(submission: Submission, inputs: Inputs) -> None:
    plain: dict[str, Any] = {"lr": 0.1, "weight_decay": 0.0}
    drawn = [inputs.randn(2, 3, dtype=torch.float32) for _ in range(3)]
    runs: list[tuple[Tensor, list[Tensor], dict[str, Any]]]
    runs = [(one(1), ones(1, 0), plain), (drawn[0], drawn[1:], {})]
    its_p, its_g = ("调用者的 p", "the caller's p"), ("调用者的 g", "the caller's g")
    its_state = ("旧 state 里的一个张量", "a tensor of the old state")
    for p, gradients, options in runs:
        state = None
        for number, g in enumerate(gradients, 1):
            held = [(its_p, p), (its_g, g), *((its_state, kept) for kept in tensors_of(state))]
            before = [tensor.clone() for _, tensor in held]
            _, new = step(submission, p, g, state, **options)
            given = in_symbols(before[0], [before[1]], **options)
            for ((zh, en), now), then in zip(held, before, strict=True):
                what = Bilingual(zh=f"第 {number} 步之后，{zh}", en=f"{en} after step {number}")
                expect_close(now, then, atol=0.0, given=given, what=what)
            state = new


def test_state_carries_everything(submission: Submission, inputs: Inputs) -> None:
    # The first entry is the example of the hint.
    options: dict[str, Any] = {"lr": 0.1, "weight_decay": 0.0}
    p, first, other = (torch.cat([one(value), signed(inputs, 1)]) for value in (1, 1, 0))
    after_one, state = run(submission, p, [first], **options)
    before, _ = step(submission, after_one.clone(), first.clone(), state, **options)
    step(submission, after_one.clone(), other.clone(), state, **options)
    soon, _ = step(submission, after_one.clone(), first.clone(), state, **options)
    run(submission, other, [first, other], **options)
    late, _ = step(submission, after_one.clone(), first.clone(), state, **options)
    for again, zh, en in (
        (soon, "另走一步", "another step"),
        (late, "从头另走两步", "two steps from no state"),
    ):
        what = Bilingual(
            zh=f"{zh}之后重走第 2 步，对照第一次走",
            en=f"step 2 made again after {en}, against before",
        )
        compare(
            again,
            before,
            p=p,
            gradients=[first, first],
            what=what,
            atol=TIGHT,
            itself=True,
            **options,
        )


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
        shape, strides = tuple(p.shape), (p.stride(), g.stride())
        given = Bilingual(
            zh=f"形状 {shape}，p 和 g 的步长 {strides[0]}、{strides[1]}",
            en=f"shape {shape}, strides {strides[0]} of p, {strides[1]} of g",
        )
        what = Bilingual(
            zh="2 步之后的 p，对照展平成一维时", en="p after 2 steps, against the same in one row"
        )
        wanted = flat.reshape(p.shape)
        expect_close(new, wanted, atol=LOOSE, given=given, what=what, itself=True)


def test_elementwise(submission: Submission, inputs: Inputs) -> None:
    options: dict[str, Any] = {"lr": 0.1, "weight_decay": 0.0}

    def two_steps(g: Tensor) -> list[Tensor]:
        first, state = step(submission, torch.ones_like(g), g.clone(), None, **options)
        return [first, step(submission, first.clone(), g.clone(), state, **options)[0]]

    alone = two_steps(one(1))
    for other in (1.0, 100.0):
        g = torch.cat([one(1), one(other)])
        for number, (new, wanted) in enumerate(zip(two_steps(g), alone, strict=True), 1):
            what = Bilingual(
                zh=f"第 {number} 步之后 p 的第 0 个元素，对照它单独更新时",
                en=f"entry 0 of p after step {number}, against the same alone",
            )
            run_told: dict[str, Any] = {"p": torch.ones_like(g), "gradients": [g] * number}
            compare(new[:1], wanted, what=what, itself=True, **run_told, **options)
    p, g = inputs.randn(2, 3), signed(inputs, 2, 3)
    whole, _ = run(submission, p, [g], lr=0.1)
    parts, _ = run(submission, p[1:], [g[1:]], lr=0.1)
    what = Bilingual(zh="p 的第 1 行，对照它单独更新时", en="row 1 of p, against the same alone")
    compare(whole[1:], parts, p=p, gradients=[g], what=what, itself=True, lr=0.1)


def test_first_step_finite(submission: Submission, inputs: Inputs) -> None:
    options: dict[str, Any] = {"lr": 0.1, "weight_decay": 0.0}
    for p, g in ((one(1), one(1)), (inputs.randn(3), signed(inputs, 3))):
        new, _ = run(submission, p, [g], **options)
        if not bool(new.isfinite().all()):
            wanted = Bilingual(zh="有限值", en="finite")
            seen = Evidence(in_symbols(p, [g], **options), wanted, _numbers(new), NEW)
            raise CheckFailed("the first step is not finite", seen)


def test_descends(submission: Submission, inputs: Inputs) -> None:
    options: dict[str, Any] = {"lr": 0.1, "weight_decay": 0.0}
    for p, g in ((one(1), one(1)), (inputs.randn(3), signed(inputs, 3))):
        new, _ = run(submission, p, [g], **options)
        if not bool(((new - p) * g < 0).all()):
            wanted = Bilingual(zh="每个元素都逆着 g 移动", en="every entry moved against g")
            seen = Evidence(in_symbols(p, [g], **options), wanted, _numbers(new), NEW)
            raise CheckFailed("p moves along the gradient", seen)


def test_scale_free(submission: Submission, inputs: Inputs) -> None:
    # ε is 1e-8 of the smallest gradient here.
    options: dict[str, Any] = {"lr": 0.1, "weight_decay": 0.0}
    what = Bilingual(zh="新的 p，对照 g 是它的百分之一时", en="the new p, against that for g/100")
    for p, g in ((one(1), one(1)), (inputs.randn(4), signed(inputs, 4))):
        small, _ = run(submission, p, [g], **options)
        large, _ = run(submission, p, [100 * g], **options)
        compare(large, small, p=p, gradients=[100 * g], what=what, itself=True, **options)


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
        what = after(len(gradients))
        compare(new, wanted, p=p, gradients=gradients, what=what, lr=rates, weight_decay=0.0)


def test_arguments(submission: Submission, inputs: Inputs) -> None:
    options: dict[str, Any] = {"lr": 0.1, "betas": (0.5, 0.75), "weight_decay": 0.0}
    expect_reference(submission, one(1), ones(1, 0), **options)
    stated: dict[str, Any] = {"lr": 1e-3, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 1e-2}
    # The smallest thing to see is the default decay, lr·wd = 1e-5 of p.
    for p, gradients in ((one(1), ones(1)), (one(1), ones(1e-8)), (one(1), ones(1, -1, -1))):
        new, _ = run(submission, p, gradients)
        wanted, _ = run(submission, p, gradients, **stated)
        known = bool((wanted - reference(p, gradients)).abs().max() < 1e-7)
        zh = f"参数都取默认值时，{after(len(gradients)).zh}"
        en = f"{after(len(gradients)).en}, all by default"
        what = Bilingual(
            zh=zh if known else f"{zh}，对照把默认值逐一写明时",
            en=en if known else f"{en}, against the same values passed",
        )
        compare(new, wanted, p=p, gradients=gradients, atol=1e-7, what=what, itself=not known)


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
        wanted = plain - 0.05 * p
        what = Bilingual(
            zh="新的 p，对照没有衰减的一步再减去 0.05·p",
            en="the new p, against a step without decay less 0.05·p",
        )
        run_told: dict[str, Any] = {"p": p, "gradients": [g], "what": what, "itself": True}
        compare(new, wanted, atol=slack, **run_told, **options)


def test_decay_before_update(submission: Submission, inputs: Inputs) -> None:
    options: dict[str, Any] = {"lr": 0.5, "weight_decay": 0.9}
    expect_reference(submission, one(1), ones(1), **options)
    expect_reference(submission, inputs.randn(3), [signed(inputs, 3)], **options)


def test_many_steps(submission: Submission, inputs: Inputs) -> None:
    # The first entry is the example of the hint.
    p, *gradients = (torch.cat([one(1), inputs.randn(2)]) for _ in range(11))
    options: dict[str, Any] = {"lr": 0.1, "betas": (0.8, 0.95), "eps": 1e-3, "weight_decay": 0.3}
    expect_reference(submission, p, gradients, **options)


def test_keeps_dtype(submission: Submission, inputs: Inputs) -> None:
    for dtype in (torch.float32, torch.float64):
        new, _ = run(submission, inputs.randn(3).to(dtype), [inputs.randn(3).to(dtype)] * 2)
        expect_equal(new.dtype, dtype, what=DTYPE, given=both_in(dtype))
    # Where another check has failed already, what is off by more than LOOSE is its business.
    drawn = [signed(inputs, 3) for _ in range(3)]
    for p, gradients, decay in ((one(1), ones(1), 0.0), (inputs.randn(3), drawn, 0.1)):
        options: dict[str, Any] = {"lr": 0.1, "weight_decay": decay}
        new, _ = run(submission, p, gradients, **options)
        wanted = reference(p, gradients, **options)
        if new.shape == wanted.shape and bool(((new - wanted).abs() < LOOSE).all()):
            error, worst = (new - wanted).abs().max(0)
            if error > TIGHT:
                exact, found = (f"{float(values[worst]):.10f}" for values in (wanted, new))
                what = Bilingual(
                    zh=f"float64 时，{after(len(gradients)).zh}",
                    en=f"{after(len(gradients)).en} in float64",
                )
                seen = Evidence(in_symbols(p, gradients, **options), exact, found, what)
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
                expect_equal(p.dtype, dtype, what=DTYPE, given=both_in(dtype))
                what = Bilingual(
                    zh=f"{dtype_name(dtype)} 时，第 {number} 步之后的 p",
                    en=f"p in {dtype_name(dtype)} after step {number}",
                )
                compare(
                    p,
                    wanted,
                    p=start,
                    gradients=gradients[:number],
                    rtol=rtol,
                    atol=1e-6,
                    what=what,
                    **options,
                )


def test_no_graph(submission: Submission, inputs: Inputs) -> None:
    p, state = inputs.randn(3), None
    for _ in range(2):
        new, state = step(submission, p.clone().requires_grad_(), inputs.randn(3), state)
        held = [new, *tensors_of(state)]
        requires = any(tensor.requires_grad for tensor in held)
        what = Bilingual(
            zh="新的 p 或 state 的 requires_grad", en="requires_grad of the new p or state"
        )
        given = Bilingual(zh="需要梯度的 p", en="p that requires a gradient")
        expect_equal(requires, False, what=what, given=given)
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
