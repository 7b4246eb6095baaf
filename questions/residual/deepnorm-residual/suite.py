"""Hidden tests of DeepNormResidual and deepnorm_init_, from the root cause outwards.

The sublayer is lent by the suite: it notes what it is given, and returns what a check needs.
LN forgets the length of what it is given, so α shows only as a ratio: for x and f(x) that are
orthogonal and have mean 0, an output of LN(a·x + b·f) tells a / b, whatever else is done.
"""

from collections.abc import Callable
from itertools import product

import torch
from torch import Tensor, nn

from interview.grading.suite import (
    Bilingual,
    CheckFailed,
    Evidence,
    Inputs,
    Submission,
    Words,
    dtype_name,
    expect,
    expect_close,
    expect_equal,
    raises,
)

Sublayer = Callable[[Tensor], Tensor]

# float64 throughout. LN(x + f/α) is allowed for LN(α·x + f): there ε = 1e-5 weighs α² times as
# much, which moves an output by at most ε/2v of itself, v being the variance of x + f/α. In rows
# of 8 normal values of scale 3 v is below 0.05 once in 10⁷: at most 1e-4. A gradient moves three
# times as much. Every mistake moves some output by more than 1e-2.
LOOSE = 1e-4
LOOSE_GRADIENT = 1e-3

# 9216 draws or more: their standard deviation is off by 1/√(2·9216) = 0.74 % of itself, one in
# 10¹¹ by more than 6.8 times that. The nearest mistake, 12 for 8 in β, is off by 9.6 %.
SPREAD = 0.05


def layer_norm(z: Tensor, scale: Tensor | None = None, shift: Tensor | None = None) -> Tensor:
    centred = z - z.mean(-1, keepdim=True)
    normal = centred / (centred.square().mean(-1, keepdim=True) + 1e-5).sqrt()
    return normal if scale is None or shift is None else normal * scale + shift


def alpha_of(layers: int) -> float:
    return float((2 * layers) ** 0.25)


def row(*values: float) -> Tensor:
    """One row as (1, 1, d), in float64."""
    return torch.tensor([[values]], dtype=torch.float64)


def build(submission: Submission, d: int, layers: int, dropout: float = 0.0) -> nn.Module:
    """Build a float64 layer, naming `dropout` only where it is not the default."""
    named = {"dropout": dropout} if dropout else {}
    layer: nn.Module = submission.DeepNormResidual(d, layers, **named).double()
    return layer


def scale_and_shift(layer: nn.Module, d: int) -> tuple[nn.Parameter, nn.Parameter]:
    """Find γ and β by role: by their initial values, else by their order."""
    vectors = [one for one in layer.parameters() if one.shape == (d,)]
    if len(vectors) != 2:
        shapes = [tuple(one.shape) for one in layer.parameters()]
        raise CheckFailed(
            f"expected two parameters of shape ({d},), found {shapes}",
            Evidence(None, f"{[(d,), (d,)]}", f"{shapes}", ALL_SHAPES),
        )
    first, second = vectors
    reversed_roles = bool((first == 0).all()) and bool((second == 1).all())
    return (second, first) if reversed_roles else (first, second)


def with_random_affine(
    submission: Submission, inputs: Inputs, d: int, layers: int
) -> tuple[nn.Module, Tensor, Tensor]:
    layer = build(submission, d, layers)
    scale, shift = scale_and_shift(layer, d)
    with torch.no_grad():
        scale.copy_(inputs.uniform(d, low=0.5, high=2.0))
        shift.copy_(inputs.randn(d))
    return layer, scale, shift


def constant(value: Tensor) -> Sublayer:
    return lambda x: value.to(x.dtype).expand_as(x) + 0 * x


def bend(x: Tensor) -> Tensor:
    """Do what no linear map does: mixes features, so that what it reads shows in what it gives."""
    return x.roll(1, -1) * x.sigmoid() + 0.5


# ── Words ───────────────────────────────────────────────────────────────────────────────────

ALL_SHAPES = Bilingual(zh="全部参数的形状", en="shapes of all parameters")
DTYPE = Bilingual(zh="输出的 dtype", en="dtype of the output")


def output(zh: str, en: str) -> Bilingual:
    return Bilingual(zh=f"输出，{zh}", en=f"output, {en}")


def initial_values(layer: nn.Module) -> str:
    """Write down what the parameters hold: the vectors first, each by itself."""
    rows = sorted(
        ([round(v, 4) + 0.0 for v in one.flatten().tolist()] for one in layer.parameters()),
        key=lambda one: (len(one), one),
    )
    shown = [", ".join(f"{value:g}" for value in one) for one in reversed(rows)]
    return ", ".join(f"({one})" if ", " in one else one for one in shown) or "—"


X, F = row(1, 0, -1), row(1, -2, 1)  # orthogonal, mean 0


def ratio(layer: nn.Module) -> float:
    """Return by how much the trunk outweighs the branch."""
    y = layer(X.clone(), constant(F)).double()
    trunk, branch = (float((y * one).sum() / one.square().sum()) for one in (X, F))
    return trunk / branch if branch else torch.inf


# ── The residual ────────────────────────────────────────────────────────────────────────────


def test_constructs(submission: Submission, inputs: Inputs) -> None:
    layer = submission.DeepNormResidual(4, 8)
    x = inputs.randn(2, 3, 4, dtype=torch.float32)
    y = layer(x, constant(torch.ones(4)))
    given = Bilingual(
        zh="DeepNormResidual(4, 8)，x 的形状是 (2, 3, 4)",
        en="DeepNormResidual(4, 8), x of shape (2, 3, 4)",
    )
    what = Bilingual(zh="输出的形状", en="shape of the output")
    expect_equal(tuple(y.shape), (2, 3, 4), what=what, given=given)


def test_parameters(submission: Submission, inputs: Inputs) -> None:
    del inputs
    layer = submission.DeepNormResidual(3, 8)
    given = "DeepNormResidual(3, 8)"
    what = Bilingual(zh="全部参数的初始值", en="initial values of all parameters")
    expect_equal(initial_values(layer), "(1, 1, 1), (0, 0, 0)", what=what, given=given)
    shapes = [tuple(one.shape) for one in layer.parameters()]
    expect_equal(shapes, [(3,), (3,)], what=ALL_SHAPES, given=given)
    frozen = [name for name, one in layer.named_parameters() if not one.requires_grad]
    what = Bilingual(zh="不可训练的参数", en="parameters that cannot be trained")
    expect_equal(", ".join(frozen) or "—", "—", what=what, given=given)


def test_input_unchanged(submission: Submission, inputs: Inputs) -> None:
    for x in (row(1, 3), inputs.randn(2, 3, 8)):
        before = x.clone()
        build(submission, x.shape[-1], 8)(x, bend)
        what = Bilingual(zh="N = 8，调用之后的 x", en="x after the call, N = 8")
        expect_close(x, before, atol=0.0, given=before, what=what)


def test_normalized_output(submission: Submission, inputs: Inputs) -> None:
    # LN of any two numbers is (−1, 1) or (1, −1), whatever α is.
    y = build(submission, 2, 8)(row(1, 3), constant(torch.tensor([0.0, 4.0])))
    what = output("N = 8，f 恒为 (0, 4)", "N = 8, f always (0, 4)")
    expect_close(y, row(-1, 1), atol=1e-3, given=row(1, 3), what=what)
    x = inputs.randn(2, 3, 8, scale=3)
    y = build(submission, 8, 8)(x.clone(), bend)
    mean, variance = y.mean(-1, keepdim=True), y.var(-1, correction=0, keepdim=True)
    what = Bilingual(zh="γ = 1、β = 0 时，输出各行的均值", en="mean of output rows, γ = 1, β = 0")
    expect_close(mean, torch.zeros_like(mean), atol=1e-3, given=x, what=what)
    what = Bilingual(
        zh="γ = 1、β = 0 时，输出各行的方差", en="variance of output rows, γ = 1, β = 0"
    )
    expect_close(variance, torch.ones_like(variance), atol=1e-3, given=x, what=what)


def test_sublayer_input(submission: Submission, inputs: Inputs) -> None:
    for x in (row(1, 3), inputs.randn(2, 3, 8, scale=3)):
        seen: list[Tensor] = []

        def sublayer(given: Tensor, seen: list[Tensor] = seen) -> Tensor:
            seen.append(given.detach().clone())
            return torch.ones_like(given)

        build(submission, x.shape[-1], 8)(x.clone(), sublayer)
        calls = Bilingual(zh="子层被调用的次数", en="calls of the sublayer")
        expect_equal(len(seen), 1, what=calls)
        what = Bilingual(zh="N = 8，子层读到的值", en="what the sublayer reads, N = 8")
        expect_close(seen[0], x, atol=1e-12, given=x, what=what)


def test_trunk(submission: Submission, inputs: Inputs) -> None:
    for x in (row(1, 3), inputs.randn(2, 3, 8, scale=3)):
        d = x.shape[-1]
        y = build(submission, d, 8)(x.clone(), constant(torch.zeros(d)))
        what = output("N = 8，f 恒为 0", "N = 8, f always 0")
        expect_close(y, layer_norm(2 * x), atol=LOOSE, given=x, what=what)


def test_alpha_on_trunk(submission: Submission, inputs: Inputs) -> None:
    del inputs
    layer = build(submission, 3, 8)
    # At N = 8 α is 2. Any α between 1.5 and 20 is on the right side: its value comes next.
    if not 1.5 < ratio(layer) < 20:
        y = layer(X.clone(), constant(F))
        wanted = layer_norm(alpha_of(8) * X + F)
        what = output("N = 8，f 恒为 (1, −2, 1)", "N = 8, f always (1, −2, 1)")
        expect_close(y, wanted, atol=LOOSE, given=X, what=what)
        found, what = f"{ratio(layer):.5g}", Bilingual(zh="主干与分支之比", en="trunk to branch")
        raise CheckFailed(f"{what.en}: {found}, expected 2", Evidence("N = 8", "2", found, what))


def test_alpha_value(submission: Submission, inputs: Inputs) -> None:
    del inputs
    for layers in (8, 1, 2, 32):
        found = torch.tensor(ratio(build(submission, 3, layers)), dtype=torch.float64)
        wanted = torch.tensor(alpha_of(layers), dtype=torch.float64)
        what = Bilingual(zh="α，即主干与分支之比", en="α, which is trunk to branch")
        given = f"DeepNormResidual(3, {layers})"
        expect_close(found, wanted, atol=LOOSE, given=given, what=what)


def test_values(submission: Submission, inputs: Inputs) -> None:
    for shape, layers in (((2, 3, 8), 8), ((8,), 2), ((3, 8), 32)):
        layer, scale, shift = with_random_affine(submission, inputs, shape[-1], layers)
        x = inputs.randn(*shape, scale=3)
        wanted = layer_norm(alpha_of(layers) * x + bend(x), scale, shift)
        what = output(f"N = {layers}，γ、β 取随机值", f"N = {layers}, random γ and β")
        expect_close(layer(x.clone(), bend), wanted, atol=3 * LOOSE, given=x, what=what)


def test_gradients(submission: Submission, inputs: Inputs) -> None:
    example = (row(1, 2, 4), row(1, 0, 0), constant(row(1, 0, 0)))
    drawn = (inputs.randn(2, 3, 8, scale=3), inputs.randn(2, 3, 8), bend)
    for values, cotangent, sublayer in (example, drawn):
        d = values.shape[-1]
        layer, scale, shift = with_random_affine(submission, inputs, d, 8)
        if d == 3:  # the example that is shown: γ = 1, β = 0
            with torch.no_grad():
                scale.fill_(1.0)
                shift.zero_()
        x, ours = values.clone().requires_grad_(), values.clone().requires_grad_()
        gamma, beta = (one.detach().clone().requires_grad_() for one in (scale, shift))
        y = layer(x, sublayer)
        cut = Bilingual(
            zh="对 autograd 来说，y 与输入无关", en="y does not depend on its inputs for autograd"
        )
        expect(y.requires_grad, cut)
        (y * cotangent).sum().backward()
        (layer_norm(2 * ours + sublayer(ours), gamma, beta) * cotangent).sum().backward()
        for name, actual, expected in (("x", x, ours), ("γ", scale, gamma), ("β", shift, beta)):
            wanted = expected.grad
            if wanted is None:
                raise ValueError(name)
            what = Bilingual(zh=f"{name} 的梯度", en=f"gradient of {name}")
            given: Words = Bilingual(zh="N = 8，γ、β 取随机值", en="N = 8, random γ and β")
            if d == 3:
                given = Bilingual(
                    zh="N = 8，x = (1, 2, 4)，f 恒为 (1, 0, 0)，损失是第一个输出",
                    en="N = 8, x = (1, 2, 4), f always (1, 0, 0), the loss is the first output",
                )
            if actual.grad is None:
                shape = tuple(wanted.shape)
                shown = Bilingual(zh=f"形状 {shape}", en=f"shape {shape}")
                raise CheckFailed(f"no {what.en}", Evidence(given, shown, "None", what))
            worst = LOOSE_GRADIENT * (1 + float(wanted.abs().max()))
            expect_close(actual.grad + 0.0, wanted, atol=worst, given=given, what=what)


def test_dropout(submission: Submission, inputs: Inputs) -> None:
    drawn = inputs.randn(2, 3, 8, scale=3), inputs.randn(8, scale=3)
    for x, branch in ((X, F), drawn):
        layer = build(submission, x.shape[-1], 8, dropout=1.0)
        told = output("N = 8，dropout=1", "N = 8, dropout=1")
        if x is X:
            told = output(
                "N = 8，dropout=1，f 恒为 (1, −2, 1)", "N = 8, dropout=1, f always (1, −2, 1)"
            )
        y = layer.train()(x.clone(), constant(branch)) + 0.0  # 0.0 for −0
        what = Bilingual(zh=f"{told.zh}，train()", en=f"{told.en}, train()")
        expect_close(y, layer_norm(2 * x), atol=LOOSE, given=x, what=what)
        wanted = layer_norm(2 * x + branch)
        y = layer.eval()(x.clone(), constant(branch))
        what = Bilingual(zh=f"{told.zh}，eval()", en=f"{told.en}, eval()")
        expect_close(y, wanted, atol=LOOSE, given=x, what=what)
    # At 1/2 each element of the branch is dropped or doubled by itself: 8 cases for 3 elements.
    y = build(submission, 3, 8, dropout=0.5).train()(X.expand(1, 64, 3).clone(), constant(F))
    masks = torch.tensor(list(product((0.0, 2.0), repeat=3)), dtype=torch.float64)
    cases = layer_norm(2 * X[0] + masks * F[0])
    distance = (y[0][:, None] - cases).abs().amax(-1)
    worst = float(distance.amin(-1).max())
    given = "x = (1, 0, −1), f(x) = (1, −2, 1), dropout=0.5, train()"
    neither = Bilingual(
        zh="f(x) 里有的元素既没有被丢弃，也没有乘 2",
        en="an element of f(x) is neither dropped nor doubled",
    )
    expect(worst < LOOSE, neither, given=given)
    whole = Bilingual(
        zh="f(x) 被整个丢弃或保留，不是逐个元素", en="f(x) is dropped whole, not element by element"
    )
    expect(distance.argmin(-1).unique().numel() > 2, whole, given=given)


# ── The initialization ──────────────────────────────────────────────────────────────────────

SCALED = ("v_proj.weight", "o_proj.weight", "fc1.weight", "fc2.weight")
PLAIN = ("q_proj.weight", "k_proj.weight")
SHAPES = dict.fromkeys((*PLAIN, *SCALED), (96, 96)) | {
    "fc1.weight": (192, 96),
    "fc2.weight": (96, 192),
}
OTHERS = ("o_proj.bias", "fc1.bias", "norm1.weight", "norm1.bias")


def weights_of_a_layer(scale: int = 1) -> dict[str, Tensor]:
    """Return the state of one layer, every entry 7: a value that no draw leaves in place."""
    names = {
        f"layers.0.{name}": torch.full((scale * rows, scale * columns), 7.0)
        for name, (rows, columns) in SHAPES.items()
    }
    return names | {f"layers.0.{name}": torch.full((96,), 7.0) for name in OTHERS}


def gain_of(weight: Tensor) -> float:
    """Return a matrix's standard deviation in units of Xavier's with gain 1."""
    return float(weight.double().std()) / (2 / sum(weight.shape)) ** 0.5


def spreads(submission: Submission, layers: int) -> dict[str, float]:
    """Return the gain of each matrix."""
    weights = weights_of_a_layer()
    submission.deepnorm_init_(weights, layers)
    return {name: gain_of(weights[f"layers.0.{name}"]) for name in SHAPES}


def expect_spread(found: dict[str, float], names: tuple[str, ...], gain: float, given: str) -> None:
    for name in names:
        actual = torch.tensor(found[name], dtype=torch.float64)
        wanted = torch.tensor(gain, dtype=torch.float64)
        what = Bilingual(
            zh=f"{name} 的增益，以 Xavier 的标准差为 1",
            en=f"gain of {name}, in units of Xavier's deviation",
        )
        expect_close(actual, wanted, atol=0.0, rtol=SPREAD, given=given, what=what)


def test_init_in_place(submission: Submission, inputs: Inputs) -> None:
    del inputs
    weights = weights_of_a_layer()
    submission.deepnorm_init_(weights, 32)
    given = Bilingual(zh="旧值都是 7，N = 32", en="old values all 7, N = 32")
    for name in SHAPES:
        one = weights[f"layers.0.{name}"].double()
        what = Bilingual(zh=f"调用之后的 {name}", en=f"{name} after the call")
        fresh = Bilingual(zh="重新抽取的值", en="values drawn anew")
        first = f"[{', '.join(f'{value:.5g}' for value in one[0, :3].tolist())}, …]"
        if bool((one == 7).any()) or not float(one.std()) > 0:
            raise CheckFailed(f"{what.en}: {first}", Evidence(given, fresh, first, what))
        # The mean of n draws is off by σ/√n; one in 10⁹ by more than six times that.
        mean, limit = float(one.mean()), 6 * float(one.std()) / one.numel() ** 0.5
        if not abs(mean) < limit:
            what = Bilingual(zh=f"{name} 的均值", en=f"mean of {name}")
            found = f"{mean:.3g}"
            raise CheckFailed(
                f"{what.en}: {found}", Evidence(given, f"0 ± {limit:.2g}", found, what)
            )


def test_init_others(submission: Submission, inputs: Inputs) -> None:
    del inputs
    weights = weights_of_a_layer()
    submission.deepnorm_init_(weights, 32)
    changed = [name for name in OTHERS if bool((weights[f"layers.0.{name}"] != 7).any())]
    what = Bilingual(zh="六个矩阵之外被改动的项", en="entries beside the six matrices that changed")
    expect_equal(", ".join(changed) or "—", "—", what=what)


def test_init_query_key(submission: Submission, inputs: Inputs) -> None:
    del inputs
    expect_spread(spreads(submission, 32), PLAIN, 1.0, "deepnorm_init_(…, 32)")


def test_init_scaled(submission: Submission, inputs: Inputs) -> None:
    del inputs
    found = spreads(submission, 32)
    # β is 0.25 at N = 32. Anything clearly below 1 is scaled down: its value comes next.
    for name in SCALED:
        if found[name] > 0.8:
            expect_spread(found, (name,), 0.25, "deepnorm_init_(…, 32)")


def test_init_beta(submission: Submission, inputs: Inputs) -> None:
    del inputs
    for layers in (32, 2):
        given = f"deepnorm_init_(…, {layers})"
        expect_spread(spreads(submission, layers), SCALED, float((8 * layers) ** -0.25), given)


# ── The edges ───────────────────────────────────────────────────────────────────────────────


def test_keeps_dtype(submission: Submission, inputs: Inputs) -> None:
    for dtype in (torch.float64, torch.bfloat16, torch.float16):
        layer = submission.DeepNormResidual(8, 8).to(dtype)
        x = inputs.randn(2, 4, 8, scale=3, dtype=dtype)
        y = layer(x.clone(), constant(torch.ones(8)))
        name = dtype_name(dtype)
        both = Bilingual(zh=f"模块和 x 都是 {name}", en=f"module and x in {name}")
        expect_equal(y.dtype, dtype, what=DTYPE, given=both)
        # α·x and the sum are rounded to ε/2 each of at most 40, of a standard deviation near 6,
        # and the result to ε/2 of at most √7: below 10·ε.
        wanted = layer_norm(2 * x.double() + 1)
        worst = max(1e-2, 16 * torch.finfo(dtype).eps)
        expect_close(y, wanted, atol=worst, given=x, what=output(both.zh, both.en))


def test_memory_layout(submission: Submission, inputs: Inputs) -> None:
    x = inputs.randn(2, 8, 3, scale=3).transpose(1, 2)
    layer = build(submission, 8, 8)
    wanted = layer_norm(2 * x + bend(x))
    what = output("x 由转置得来，不连续", "x transposed, non-contiguous")
    expect_close(layer(x, bend), wanted, atol=LOOSE, given=x, what=what)
    empty = layer(inputs.randn(0, 8), bend)
    what = Bilingual(zh="空批的输出形状", en="shape of the output for an empty batch")
    expect_equal(tuple(empty.shape), (0, 8), what=what, given="(0, 8)")


# Probes: what a submission computes, to be compared with each wrong implementation. Values are
# told in float32, so that LN(x + f/α) and LN(α·x + f) agree where the variance is large.


def probe_parameters(submission: Submission, inputs: Inputs) -> str:
    del inputs
    layer = submission.DeepNormResidual(4, 8)
    return str(sorted((tuple(one.shape), float(one.sum())) for one in layer.parameters()))


def probe_values(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    x = inputs.randn(2, 3, 4, scale=300)
    given = x.clone()
    layers = [build(submission, 4, n) for n in (8, 2)]
    return (*(layer(given, bend).float() for layer in layers), given.float())


def probe_small(submission: Submission, inputs: Inputs) -> str:
    """Tell by ε, which weighs less beside a larger sum, what α scales where it is misplaced.

    Where the trunk outweighs the branch, LN(x + f/α) is as good as LN(α·x + f).
    """
    if ratio(build(submission, 3, 8)) > 1 + LOOSE:
        return "the trunk outweighs the branch"
    y = build(submission, 2, 128)(row(-0.01, 0.01), lambda given: 0 * given)
    return f"{float(y[0, 0, 1]):.2f}"


def probe_gradient(submission: Submission, inputs: Inputs) -> Tensor | str:
    x = inputs.randn(2, 3, 4, scale=30).requires_grad_()
    (build(submission, 4, 8)(x, bend) * inputs.randn(2, 3, 4)).sum().backward()
    return "None" if x.grad is None else x.grad.float()


def probe_dropout(submission: Submission, inputs: Inputs) -> tuple[object, ...]:
    x = inputs.randn(2, 3, 4, scale=300)
    layer = build(submission, 4, 8, dropout=1.0)
    given: list[float] = []

    def sublayer(one: Tensor) -> Tensor:
        given.append(round(float(one.detach().abs().sum()), 3))
        return bend(one)

    found = [layer.train(mode)(x.clone(), sublayer).float() for mode in (True, False)]
    # Half dropped: rows of the output have mean 0 unless it is the output that is dropped.
    halved = build(submission, 4, 8, dropout=0.5)(inputs.randn(64, 4, scale=300), bend)
    balanced = bool((halved.mean(-1).abs() < 1e-3).all())
    return (*found, f"{[one == 0 for one in given]} {balanced}")


def probe_init(submission: Submission, inputs: Inputs) -> str:
    """Tell the gains in fourteenths of an octave, where He's and β's are all nearly whole.

    36,864 draws or more have 0.37 % of noise, 0.07 of one; the furthest from whole is 0.1 away.
    """
    del inputs
    weights = weights_of_a_layer(2)
    submission.deepnorm_init_(weights, 32)
    changed = [name for name in OTHERS if bool((weights[f"layers.0.{name}"] != 7).any())]
    told = []
    for name in SHAPES:
        drawn = weights[f"layers.0.{name}"].double()
        gain = torch.tensor(gain_of(drawn) + 1e-9)
        told.append((round(14 * gain.log2().item()), round(drawn.mean().item())))
    return f"{told} {changed}"


def probe_dtype(submission: Submission, inputs: Inputs) -> str:
    if ratio_or_nan(submission) != alpha_of(8):
        return "wrong before"
    layer = submission.DeepNormResidual(8, 8).bfloat16()
    x = inputs.randn(2, 4, 8, dtype=torch.bfloat16)
    return "raises" if raises(lambda: layer(x, constant(torch.ones(8)))) else "runs"


def ratio_or_nan(submission: Submission) -> float:
    try:
        found = ratio(build(submission, 3, 8))
    except Exception:  # noqa: BLE001 - whatever it raises, it is not right
        return torch.nan
    return alpha_of(8) if abs(found - alpha_of(8)) < LOOSE else found
