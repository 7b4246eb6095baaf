"""Hidden tests of layer_norm_backward, from the root cause outwards.

The gradients of γ and β come first: with one row and dy = 1 the gradient of γ *is* x̂, so what is
wrong with the statistics shows there, and only there. The gradient of x follows term by term,
each by an identity that its term alone brings about: the mean term makes dx sum to 0, the
variance term makes it orthogonal to x̂, and γ enters through γ·dy only. Values come last.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

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
)

# In float64 rounding is 1e-16, times x/σ < 30 of the inputs here, times a few operations: below
# 1e-13 of the largest gradient. Every mistake in the formula moves some gradient by more than
# 1e-3 of it. LOOSE lies between the two, and above a detour through float32 (6e-8 · 30 · a few),
# which has a check of its own; TIGHT is for that one. Both are relative to the largest value.
LOOSE = 1e-4
TIGHT = 1e-10

DX_SHAPE = Bilingual(zh="dx 的形状", en="shape of dx")


class Gradients(NamedTuple):
    dx: Tensor
    dgamma: Tensor
    dbeta: Tensor


@dataclass(frozen=True, slots=True)
class Case:
    """The arguments of one call; without `eps` the default is left to the submission."""

    dy: Tensor
    x: Tensor
    gamma: Tensor
    eps: float | None = None

    def shown(self) -> Bilingual:
        eps = "" if self.eps is None else f", ε = {self.eps:g}"
        parts = [_told(name, one) for name, one in self.named()]
        return Bilingual(
            zh="，".join(one.zh for one in parts) + eps.replace(", ", "，"),
            en=", ".join(one.en for one in parts) + eps,
        )

    def named(self) -> tuple[tuple[str, Tensor], ...]:
        return (("x", self.x), ("dy", self.dy), ("γ", self.gamma))


def _told(name: str, one: Tensor) -> Bilingual:
    if one.numel() > (8 if one.numel() == one.shape[-1] else 4):
        shape = tuple(one.shape)
        return Bilingual(zh=f"{name} 的形状为 {shape}", en=f"{name} of shape {shape}")
    return Bilingual(zh=f"{name} = {_numbers(one)}", en=f"{name} = {_numbers(one)}")


def _numbers(one: Tensor) -> str:
    rows = one.reshape(-1, one.shape[-1]).tolist()
    shown = [f"[{', '.join(_number(value) for value in row)}]" for row in rows]
    return shown[0] if len(shown) == 1 else f"[{', '.join(shown)}]"


def _number(value: float) -> str:
    """Five digits of a random number, and all of one that was chosen, such as 1.00000001."""
    whole = f"{value:.10g}"
    return whole if len(whole) <= 10 else f"{value:.5g}"


def answer(submission: Submission, case: Case, *, given: Sequence[Tensor] = ()) -> Gradients:
    """Call the submission as torch calls a backward: without recording gradients."""
    dy, x, gamma = given or (case.dy.clone(), case.x.clone(), case.gamma.clone())
    options = {} if case.eps is None else {"eps": case.eps}
    with torch.no_grad():
        told = submission.layer_norm_backward(dy, x, gamma, **options)
    many = isinstance(told, tuple | list)
    if not many or len(told) != 3 or not all(isinstance(one, Tensor) for one in told):
        kinds = [type(one).__name__ for one in told] if many else type(told).__name__
        seen = Evidence(case.shown(), "(dx, dγ, dβ)", str(kinds))
        raise CheckFailed("expected a tuple of three tensors", seen)
    return Gradients(*told)


def reference(case: Case) -> Gradients:
    """The definition, differentiated by autograd in float64: no formula to share a mistake with."""
    eps = 1e-5 if case.eps is None else case.eps
    x, gamma = (one.detach().double().requires_grad_() for one in (case.x, case.gamma))
    centred = x - x.mean(-1, keepdim=True)
    normal = centred / torch.sqrt(centred.square().mean(-1, keepdim=True) + eps)
    (normal * gamma * case.dy.double()).sum().backward()
    d = case.x.shape[-1]
    return Gradients(_given(x), _given(gamma), case.dy.double().reshape(-1, d).sum(0))


def _given(leaf: Tensor) -> Tensor:
    if leaf.grad is None:
        raise TypeError("the reference has no gradient")
    return leaf.grad


def normalized(x: Tensor, *, eps: float = 1e-5) -> Tensor:
    """Return x̂ in float64."""
    centred = x.double() - x.double().mean(-1, keepdim=True)
    return centred / torch.sqrt(centred.square().mean(-1, keepdim=True) + eps)


def compare(
    actual: Tensor,
    wanted: Tensor,
    *,
    case: Case,
    what: Words,
    atol: float = LOOSE,
    rtol: float = 0.0,
    relative: bool = True,
    itself: bool = False,
) -> None:
    """Compare, `atol` relative to the largest value, and show all three arguments on failure."""
    largest = 1 + float(wanted.abs().max()) if wanted.numel() and relative else 1.0
    try:
        expect_close(actual, wanted, atol=atol * largest, rtol=rtol, what=what, itself=itself)
    except CheckFailed as failed:
        seen = failed.evidence
        evidence = seen and replace(seen, given=case.shown())
        raise CheckFailed(str(failed), evidence) from None


def compare_same(actual: Tensor, own: Tensor, wanted: Tensor, *, case: Case, what: Words) -> None:
    """Require what the submission gives for another call, right or wrong.

    Where the two differ the definition is shown, unless it is `own` that strays from it.
    """
    try:
        compare(actual, own, case=case, what=what, itself=True)
    except CheckFailed:
        compare(actual, wanted, case=case, what=what)
        raise


def vector(*values: float, dtype: torch.dtype = torch.float64) -> Tensor:
    return torch.tensor(values, dtype=dtype)


def row(*values: float, dtype: torch.dtype = torch.float64) -> Tensor:
    """One row as (1, 1, D): three dimensions, so that only `any-shape` blames a fixed number."""
    return torch.tensor([[values]], dtype=dtype)


def rows(*values: list[float]) -> Tensor:
    """Several rows as (1, N, D)."""
    return torch.tensor([values], dtype=torch.float64)


def spread(inputs: Inputs, *shape: int, scale: float = 1.0, offset: float = 0.0) -> Tensor:
    """Random rows whose features lie at least 0.4·scale apart: no row has a tiny variance."""
    ranks = inputs.uniform(*shape).argsort(-1).double()
    return (ranks + inputs.uniform(*shape, low=-0.3, high=0.3)) * scale + offset


def signed(inputs: Inputs, *shape: int) -> Tensor:
    """Upstream gradients between 0.5 and 1.5 in size: none is too small to leave a trace."""
    sign = torch.where(inputs.uniform(*shape) < 0.5, -1.0, 1.0)
    return sign * inputs.uniform(*shape, low=0.5, high=1.5)


def ones(d: int) -> Tensor:
    return torch.ones(d, dtype=torch.float64)


def x_hat_of(submission: Submission, x: Tensor, eps: float | None = None) -> tuple[Tensor, Case]:
    """Return dγ for one row with dy = 1 and γ = 1, which is x̂, and the call it comes from."""
    case = Case(torch.ones_like(x), x, torch.ones_like(x[0, 0]), eps)
    return answer(submission, case).dgamma, case


def plain_case(inputs: Inputs, *leading: int, d: int = 4, scale: float = 1.0) -> Case:
    """A random call with a random γ."""
    x = spread(inputs, *leading, d, scale=scale, offset=1.0)
    return Case(signed(inputs, *leading, d), x, inputs.uniform(d, low=0.5, high=2.0))


def test_runs(submission: Submission, inputs: Inputs) -> None:
    for case in (Case(row(1, 0, 0), row(1, 2, 4), ones(3)), plain_case(inputs, 2, 3)):
        dx = answer(submission, case).dx
        expect_equal(tuple(dx.shape), tuple(case.x.shape), what=DX_SHAPE, given=case.shown())


def test_input_unchanged(submission: Submission, inputs: Inputs) -> None:
    small = Case(row(1, 2), row(1, 3), vector(2, 3))
    for case in (small, plain_case(inputs, 2, 3)):
        for dtype in (torch.float64, torch.float32):
            given = [one.to(dtype, copy=True) for one in (case.dy, case.x, case.gamma)]
            before = [one.clone() for one in given]
            answer(submission, case, given=given)
            for name, now, then in zip(("dy", "x", "γ"), given, before, strict=True):
                what = Bilingual(zh=f"调用之后的 {name}", en=f"{name} after the call")
                compare(now, then, case=case, what=what, atol=0.0)


def test_own_rows(submission: Submission, inputs: Inputs) -> None:
    # Three samples of three tokens: statistics over two rows could look unmoved.
    case = plain_case(inputs, 3, 3)
    before = answer(submission, case).dx
    for edited, zh, en in (
        (1, "另一个样本", "another sample"),
        ((0, 1), "另一个 token", "another token"),
    ):
        x, dy = case.x.clone(), case.dy.clone()
        x[edited] *= 100
        dy[edited] *= 100
        what = Bilingual(
            zh=f"第一行的 dx，{zh}的 x 和 dy 乘以 100 之后",
            en=f"dx of the first row, after x and dy of {en} were multiplied by 100",
        )
        after = answer(submission, replace(case, x=x, dy=dy)).dx
        try:
            compare(after[0, 0], before[0, 0], case=case, what=what, itself=True)
        except CheckFailed:
            show_two_tokens(submission)
            raise


def show_two_tokens(submission: Submission) -> None:
    """Fail on the hint's example if it, too, shows that rows are mixed: it is easier to read."""
    case = Case(rows([1, 0, 0], [0, 0, 1]), rows([1, 2, 4], [3, 3, 9]), ones(3))
    what = Bilingual(zh="第一行的 dx", en="dx of the first row")
    given = Bilingual(
        zh="x = [[1, 2, 4], [3, 3, 9]]，dy = [[1, 0, 0], [0, 0, 1]]，γ = [1, 1, 1]",
        en="x = [[1, 2, 4], [3, 3, 9]], dy = [[1, 0, 0], [0, 0, 1]], γ = [1, 1, 1]",
    )
    dx, wanted = answer(submission, case).dx[0, 0], reference(case).dx[0, 0]
    expect_close(dx, wanted, atol=1e-2, given=given, what=what)


def test_any_shape(submission: Submission, inputs: Inputs) -> None:
    gamma = inputs.uniform(4, low=0.5, high=2.0)
    xs = [spread(inputs, *leading, 4) for leading in ((), (2,), (2, 3), (2, 3, 2))]
    pairs = [(signed(inputs, *x.shape), x) for x in xs]
    transposed = (signed(inputs, 2, 4, 4).transpose(1, 2), spread(inputs, 2, 4, 4).transpose(1, 2))
    # The gradient that reaches a layer from .sum() is one number with strides of 0.
    expanded = (vector(0.5).expand(2, 3, 4), spread(inputs, 2, 3, 8)[..., ::2])
    for dy, x in (*pairs, transposed, expanded):
        flat = Case(dy.reshape(1, -1, 4).clone(), x.reshape(1, -1, 4).clone(), gamma)
        own, wanted = answer(submission, flat).dx.reshape(x.shape), reference(flat).dx
        what = Bilingual(
            zh=f"dx，其中 x 的步长为 {x.stride()}，dy 的步长为 {dy.stride()}",
            en=f"dx for strides {x.stride()} of x and {dy.stride()} of dy",
        )
        case = Case(dy, x, gamma)
        dx = answer(submission, case, given=(dy, x, gamma)).dx
        compare_same(dx, own, wanted.reshape(x.shape), case=case, what=what)


def test_summed_over_rows(submission: Submission, inputs: Inputs) -> None:
    small = Case(rows([1, 2], [3, 5]), rows([1, 3], [5, 9]), ones(2))
    given = [plain_case(inputs, *leading, d=3) for leading in ((3,), (2, 2), (2, 1, 2), ())]
    for case in (small, *given):
        whole, right, d = answer(submission, case), reference(case), case.x.shape[-1]
        pairs = zip(case.dy.reshape(-1, 1, 1, d), case.x.reshape(-1, 1, 1, d), strict=True)
        single = [Case(dy, x, case.gamma) for dy, x in pairs]
        parts = [answer(submission, one) for one in single]
        for number, name in ((2, "dβ"), (1, "dγ")):
            what = Bilingual(zh=f"{name} 的形状", en=f"shape of {name}")
            for each, one in zip((case, *single), (whole, *parts), strict=True):
                expect_equal(tuple(one[number].shape), (d,), what=what, given=each.shown())
            own = torch.stack([one[number] for one in parts]).sum(0)
            what = Bilingual(zh=f"一次算完各行的 {name}", en=f"{name} of all rows in one call")
            compare_same(whole[number], own, right[number], case=case, what=what)


def test_beta_gradient(submission: Submission, inputs: Inputs) -> None:
    small = Case(rows([1, 2], [3, 5]), rows([1, 3], [5, 9]), vector(2, 3))
    for case in (small, plain_case(inputs, 1, 3), plain_case(inputs, 2, 2)):
        compare(answer(submission, case).dbeta, reference(case).dbeta, case=case, what="dβ")


def test_normalized_x(submission: Submission, inputs: Inputs) -> None:
    for x in (row(1, 2, 3, 6), spread(inputs, 1, 1, 4, scale=30, offset=100)):
        x_hat, case = x_hat_of(submission, x)
        zero, one = torch.zeros((), dtype=torch.float64), torch.ones((), dtype=torch.float64)
        shown = _numbers(x_hat)
        what = Bilingual(zh=f"dγ = {shown} 的均值", en=f"mean of dγ = {shown}")
        compare(x_hat.mean(), zero, case=case, what=what)
        # At D = 4 the unbiased estimate gives 3/4: that is the next check's business.
        what = Bilingual(zh=f"dγ = {shown} 的方差", en=f"variance of dγ = {shown}")
        compare(x_hat.var(correction=0), one, case=case, what=what, atol=0.3, relative=False)


def test_biased_variance(submission: Submission, inputs: Inputs) -> None:
    # σ ~ 1e3 leaves no trace of ε; ÷(D−1) is off by 0.065 relative at D = 8, more below.
    xs = [spread(inputs, 1, 1, d, scale=1e3) for d in (3, 8)]
    for x in (row(1, 3), *xs):
        x_hat, case = x_hat_of(submission, x)
        compare(x_hat, normalized(x)[0, 0], case=case, what="dγ", atol=1e-3)


def test_constant_row(submission: Submission, inputs: Inputs) -> None:
    # A rounded mean leaves x − μ at 1e-7 of x in float32, times 1/√ε = 316: below 1e-3.
    for x in (row(3, 3, 3), row(5), inputs.randn(1, 1, 1).expand(1, 1, 8).clone()):
        x_hat, case = x_hat_of(submission, x)
        compare(x_hat, torch.zeros_like(x[0, 0]), case=case, what="dγ", atol=1e-3)


def test_epsilon_argument(submission: Submission, inputs: Inputs) -> None:
    # Wherever ε sits, 1 instead of 1e-5 must shrink rows of σ = 0.01, here by 100.
    x = row(-0.01, 0.01)
    (small, _), (large, case) = (x_hat_of(submission, x, eps) for eps in (1e-5, 1.0))
    if bool(large.abs().max() > 0.5 * small.abs().max()):
        compare(large, normalized(x, eps=1.0)[0, 0], case=case, what="dγ")
    for tiny in (row(-0.002, 0.002), spread(inputs, 1, 1, 4, scale=2e-3)):
        (stated, _), (default, case) = (x_hat_of(submission, tiny, eps) for eps in (1e-5, None))
        what = Bilingual(zh="不传 eps 时的 dγ", en="dγ without an eps argument")
        compare_same(default, stated, normalized(tiny)[0, 0], case=case, what=what)


def test_epsilon_inside_root(submission: Submission, inputs: Inputs) -> None:
    tiny, plain = spread(inputs, 1, 1, 4, scale=1e-3), spread(inputs, 1, 1, 4, scale=0.3)
    for x, eps in ((row(-0.001, 0.001), 1e-5), (tiny, 1e-5), (plain, 0.1)):
        x_hat, case = x_hat_of(submission, x, eps)
        compare(x_hat, normalized(x, eps=eps)[0, 0], case=case, what="dγ")


def test_gamma_gradient(submission: Submission, inputs: Inputs) -> None:
    small = Case(row(1, 2), row(1, 3), vector(2, 3))
    for case in (small, plain_case(inputs, 1, 3), plain_case(inputs, 2, 2)):
        compare(answer(submission, case).dgamma, reference(case).dgamma, case=case, what="dγ")


def expect_orthogonal(dx: Tensor, direction: Tensor, case: Case, name: str) -> None:
    """Require that each row of dx has no component along `direction`; show the worst row."""
    along, size = (dx * direction).sum(-1).flatten(), 1 + float(dx.abs().max())
    if bool((along.abs() <= LOOSE * size).all()):  # NaN is no success
        return
    worst = int(along.abs().nan_to_num(torch.inf).argmax())
    dy, x, shown = (one.reshape(-1, one.shape[-1])[worst] for one in (case.dy, case.x, dx))
    given = Case(dy, x, case.gamma, case.eps).shown()
    row = _numbers(shown)
    what = Bilingual(zh=f"{name}，其中 dx = {row}", en=f"{name}, where dx = {row}")
    seen = Evidence(given, "0", f"{float(along[worst]):.5g}", what)
    raise CheckFailed(f"{name} is not 0", seen)


def test_mean_term(submission: Submission, inputs: Inputs) -> None:
    # γ = 1: where γ stands is another check's business.
    random = Case(signed(inputs, 1, 4, 5), spread(inputs, 1, 4, 5), ones(5))
    for case in (Case(row(1, 0, 0), row(1, 2, 4), ones(3)), random):
        dx = answer(submission, case).dx
        expect_orthogonal(dx, torch.ones_like(dx), case, "Σ dx")


def test_variance_term(submission: Submission, inputs: Inputs) -> None:
    # What ε leaves of the identity is ε/σ² < 1e-8 of dx.
    random = Case(signed(inputs, 1, 4, 5), spread(inputs, 1, 4, 5), ones(5), 1e-9)
    for case in (Case(row(1, 0, 0), row(1, 2, 4), ones(3), 1e-9), random):
        dx = answer(submission, case).dx
        expect_orthogonal(dx, normalized(case.x, eps=0.0), case, "Σ dx·x̂")


def test_gamma_before_means(submission: Submission, inputs: Inputs) -> None:
    for case in (Case(row(1, 0, 0), row(1, 2, 4), vector(2, 1, 1)), plain_case(inputs, 1, 4)):
        inside = replace(case, dy=case.dy * case.gamma, gamma=torch.ones_like(case.gamma))
        own, wanted = answer(submission, inside).dx, reference(case).dx
        compare_same(answer(submission, case).dx, own, wanted, case=case, what="dx")


def test_input_gradient(submission: Submission, inputs: Inputs) -> None:
    small = Case(row(1, 0, 0), row(10, 20, 40), ones(3))
    # Here ε is of the size of the variance, and the variance term half of a projection.
    large_eps = Case(row(1, 0, 0), row(-0.01, 0, 0.01), ones(3), 1e-4)
    constant = Case(row(1, 0, 0), row(3, 3, 3), ones(3))
    # Below D = 3 almost nothing is left of dx: the two identities take two dimensions.
    narrow = [replace(plain_case(inputs, 1, 3, d=d), eps=0.1) for d in (1, 2)]
    random = (
        plain_case(inputs, 2, 3, scale=5),
        replace(plain_case(inputs, 1, 4, scale=0.3), eps=0.1),
    )
    for case in (small, large_eps, constant, *narrow, *random):
        compare(answer(submission, case).dx, reference(case).dx, case=case, what="dx", atol=1e-3)


def test_large_offset(submission: Submission, inputs: Inputs) -> None:
    # float32 has steps of 0.001 at 1e4: a rounded mean costs up to 2e-3 where σ = 1, times
    # |dy| < 1.5; a variance from squares near 1e8 (steps of 8) costs everything.
    near, far = row(10002, 10003, dtype=torch.float32), inputs.randn(1, 1, 64, offset=1e4)
    for x in (near, far.float()):
        case = Case(signed(inputs, *x.shape).float(), x, torch.ones_like(x[0, 0]))
        if x is near:
            case = replace(case, dy=torch.ones_like(x))
        got, wanted = answer(submission, case), reference(case)
        compare(got.dgamma, wanted.dgamma, case=case, what="dγ", atol=2e-2, relative=False)
        compare(got.dx, wanted.dx, case=case, what="dx", atol=2e-2, relative=False)


def test_keeps_dtype(submission: Submission, inputs: Inputs) -> None:
    single, half, brain = torch.float32, torch.float16, torch.bfloat16
    plain = plain_case(inputs, 2, 3)
    mixed = ((brain, single), (half, single), (brain, brain), (half, half), (single, single))
    for wide, narrow in (*mixed, (torch.float64, torch.float64)):
        case = Case(plain.dy.to(wide), plain.x.to(wide), plain.gamma.to(narrow))
        found = ", ".join(dtype_name(one.dtype) for one in answer(submission, case))
        wanted = ", ".join(dtype_name(one) for one in (wide, narrow, narrow))
        what = Bilingual(zh="dx、dγ、dβ 的 dtype", en="dtypes of dx, dγ, dβ")
        given = Bilingual(
            zh=f"dy 和 x 是 {dtype_name(wide)}，γ 是 {dtype_name(narrow)}",
            en=f"dy and x in {dtype_name(wide)}, γ in {dtype_name(narrow)}",
        )
        expect_equal(found, wanted, what=what, given=given)
    # float32 cannot tell 1 and 1 + 1e-8 apart and gives 0 here; float64 gives ±1.6e-6.
    x_hat, case = x_hat_of(submission, row(1, 1 + 1e-8))
    if not bool(x_hat.any()):
        seen = Evidence(case.shown(), "[-1.5811e-06, 1.5811e-06]", "[0, 0]", "dγ")
        raise CheckFailed("float64 input is rounded to float32", seen)
    # Where another check has failed already, what is off by more than LOOSE is its business.
    pairs = zip(("dx", "dγ", "dβ"), answer(submission, plain), reference(plain), strict=True)
    for name, got, right in pairs:
        if bool(((got - right).abs() < LOOSE).all()):
            expect_precise(got, right, plain, name)


def expect_precise(got: Tensor, right: Tensor, case: Case, name: str) -> None:
    """Require `right` within TIGHT, and show the error: no five digits of both would differ."""
    error, most = float((got - right).abs().max()), TIGHT * (1 + float(right.abs().max()))
    if not error <= most:
        allowed = Bilingual(zh=f"误差不超过 {most:.2g}", en=f"an error of {most:.2g} at most")
        found = Bilingual(zh=f"误差 {error:.2g}", en=f"an error of {error:.2g}")
        given = case.shown()
        given = Bilingual(zh=f"float64，{given.zh}", en=f"float64, {given.en}")
        raise CheckFailed(f"{name} off by {error:.2g}", Evidence(given, allowed, found, name))


def test_half_precision(submission: Submission, inputs: Inputs) -> None:
    # One rounding of the result is half a step of its dtype, 2⁻¹¹ or 2⁻⁸ of it; twice that is
    # allowed, and 1e-4 of the largest for what cancels or is subnormal. Statistics in half
    # precision overflow (2000² > 65504) or lose the mean's digits.
    half, brain, single = torch.float16, torch.bfloat16, torch.float32
    for dtype, x in ((half, row(-2000, 2000)), (brain, row(1, 2).expand(1, 257, 2))):
        dy = torch.ones(x.shape, dtype=dtype)
        case = Case(dy, x.to(dtype), torch.ones(2, dtype=single))
        got, wanted = answer(submission, case), reference(case)
        count, name = x.shape[1], dtype_name(dtype)
        what = Bilingual(
            zh=f"dβ，dy 是 {count} 行全 1 的 {name}", en=f"dβ for {count} rows of 1 in {name}"
        )
        compare(got.dbeta, wanted.dbeta, case=case, what=what)
        what = Bilingual(zh=f"{name} 输入的 dγ", en=f"dγ for {name} inputs")
        compare(got.dgamma, wanted.dgamma, case=case, what=what)
    for dtype, rtol in ((half, 2**-10), (brain, 2**-7)):
        for scale, offset in ((1.0, 4.0), (1000.0, 0.0)):
            x = inputs.randn(1, 8, 64, scale=scale, offset=offset).to(dtype)
            dy, gamma = signed(inputs, 1, 8, 64).to(dtype), inputs.uniform(64, low=0.5, high=2.0)
            case = Case(dy, x, gamma.to(single))
            got, wanted = answer(submission, case), reference(case)
            slack, name = 1e-4 * float(wanted.dx.abs().max()), dtype_name(dtype)
            what = Bilingual(zh=f"{name} 输入的 dx", en=f"dx for {name} inputs")
            pair = (got.dx, wanted.dx)
            compare(*pair, case=case, what=what, rtol=rtol, atol=slack, relative=False)
            compare(got.dgamma, wanted.dgamma, case=case, what="dγ")
            compare(got.dbeta, wanted.dbeta, case=case, what="dβ")


def test_empty(submission: Submission, inputs: Inputs) -> None:
    for leading in ((0,), (2, 0)):
        x = inputs.randn(*leading, 8)
        case = Case(x.clone(), x, ones(8))
        dx, dgamma, dbeta = answer(submission, case)
        expect_equal(tuple(dx.shape), tuple(x.shape), what=DX_SHAPE, given=case.shown())
        for name, one in (("dγ", dgamma), ("dβ", dbeta)):
            compare(one, torch.zeros(8, dtype=torch.float64), case=case, what=name)


# Probes: what a submission computes, to be compared with each wrong implementation. Three
# dimensions wherever the shape is not what is asked; words where rounding decides.


def probe_gradients(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    return answer(submission, plain_case(inputs, 1, 3))


def probe_single_rows(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    cases = [plain_case(inputs, 1, 1, d=d, scale=10) for d in (1, 2, 3)]
    return tuple(one for case in cases for one in answer(submission, case))


def probe_epsilon(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    case = plain_case(inputs, 1, 2, scale=2e-3)
    cases = [replace(case, eps=eps) for eps in (None, 1e-5, 0.1)]
    return tuple(one for each in cases for one in answer(submission, each)[:2])


def probe_constant_row(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    return answer(submission, Case(signed(inputs, 1, 1, 3), row(3, 3, 3), ones(3)))


def probe_memory(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    case = plain_case(inputs, 1, 2)
    given = tuple(one.clone() for one in (case.dy, case.x, case.gamma))
    answer(submission, case, given=given)
    return given


def probe_large_offset(submission: Submission, inputs: Inputs) -> str:
    x = inputs.randn(1, 4, 8, offset=1e4).float()
    case = Case(signed(inputs, 1, 4, 8).float(), x, ones(8).float())
    dx = answer(submission, case).dx
    wrong = bool(((dx - reference(case).dx).abs() > 0.1).any())
    return "NaN" if bool(dx.isnan().any()) else "wrong" if wrong else "right"


def probe_leading_dimensions(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    given = [plain_case(inputs, *leading) for leading in ((2, 2), (3,), ())]
    return tuple(one for case in given for one in answer(submission, case)[1:])


def probe_edges(submission: Submission, inputs: Inputs) -> str:
    """Tell layouts, dtypes and edges apart, unless the maths is wrong already.

    So the careless and the careful version of one mathematical mistake give the same answers.
    """
    if any(_fails(check, submission, inputs) for check in MATHS):
        return "wrong before"
    checks = (test_any_shape, test_keeps_dtype, test_half_precision, test_empty)
    told = [f"{check.__name__} {_fails(check, submission, inputs)}" for check in checks]
    return "; ".join([*told, *_dtypes(submission, inputs), *_layouts(submission, inputs)])


MATHS = (
    test_input_unchanged,
    test_own_rows,
    test_summed_over_rows,
    test_beta_gradient,
    test_epsilon_argument,
    test_epsilon_inside_root,
    test_gamma_gradient,
    test_input_gradient,
    test_large_offset,
)


def _fails(
    check: Callable[[Submission, Inputs], None], submission: Submission, inputs: Inputs
) -> bool:
    try:
        check(submission, inputs)
    except Exception:  # noqa: BLE001 - a wrong implementation may raise anything
        return True
    return False


def _dtypes(submission: Submission, inputs: Inputs) -> list[str]:
    plain = plain_case(inputs, 1, 3)
    brain = Case(plain.dy.bfloat16(), plain.x.bfloat16(), plain.gamma.float())
    exact = answer(submission, plain).dx - reference(plain).dx
    large = Case(row(1, 1).half(), row(-2000, 2000).half(), ones(2).float())
    return [
        *(str(one.dtype) for one in answer(submission, brain)),
        f"precise {bool((exact.abs() < TIGHT).all())}",
        f"overflows {not bool(answer(submission, large).dgamma.any())}",
    ]


def _layouts(submission: Submission, inputs: Inputs) -> list[str]:
    cases = [plain_case(inputs, *leading) for leading in ((), (2,), (2, 3), (2, 3, 2), (0,))]
    whole = plain_case(inputs, 2, 4)
    turned = replace(whole, dy=whole.dy.transpose(1, 2), x=whole.x.transpose(1, 2))
    return [
        "raises" if _fails(lambda one, _, case=case: answer(one, case), submission, inputs) else ""
        for case in (*cases, turned)
    ]
