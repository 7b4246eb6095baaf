"""Hidden tests of GroupNorm, from the root cause outwards.

The first checks hold whatever the formula (x untouched, any shape, each sample by itself). Then
which values share statistics: consecutive channels, with all their positions. The formula
follows on layers without affine parameters, each part on inputs where only its own mistake
shows. Parameters, gradients, refusals and dtypes come last. Inputs are four-dimensional but
where shapes are the matter, and failures show a sample, or a group, as one row.
"""

import torch
from torch import Tensor, nn

from interview.grading.suite import (
    OUTPUT,
    Bilingual,
    CheckFailed,
    Evidence,
    Inputs,
    Submission,
    Words,
    dtype_name,
    expect_close,
    expect_equal,
    gradient_of,
    raises,
)

# float64 throughout: outputs are below √n · |γ| + |β| < 30 and rounding is 1e-16 of them, times
# the condition number |x| / σ < 100 of the inputs here: below 1e-12. LOOSE is also above a
# detour through float32 (6e-8 · 100), which has a check of its own, and below what any mistake
# in the formula moves; TIGHT is for that check.
LOOSE = 1e-5
TIGHT = 1e-10
# Where ε must leave no trace, wherever it sits: at σ ~ 1e3 it is 1e-8 of the result.
WIDE = 1000.0

PARAMETERS = Bilingual(zh="可训练参数的形状", en="shapes of the trainable parameters")
SHAPE = Bilingual(zh="输出的形状", en="output shape")
DTYPE = Bilingual(zh="输出的 dtype", en="output dtype")
EXCEPTION = Bilingual(zh="抛出异常", en="an exception")


def by_sample(x: Tensor) -> Tensor:
    """Turn (N, C, *) into (N, C · *): one row holds a sample."""
    return x.flatten(1)


def by_group(x: Tensor, groups: int) -> Tensor:
    """Turn (N, C, *) into (N · G, n): one row holds the n values that share statistics."""
    return x.reshape(x.shape[0] * groups, x[0].numel() // groups)


def reference(
    x: Tensor,
    groups: int,
    scale: Tensor | None = None,
    shift: Tensor | None = None,
    *,
    eps: float = 1e-5,
    divisor: int | None = None,
) -> Tensor:
    """The definition, in float64; `divisor` is that of the variance, n unless told otherwise."""
    rows = by_group(x.double(), groups)
    centred = rows - rows.mean(1, keepdim=True)
    variance = centred.square().sum(1, keepdim=True) / (divisor or rows.shape[1])
    normal = (centred / torch.sqrt(variance + eps)).reshape(x.shape)
    if scale is None or shift is None:
        return normal
    return (normal.transpose(1, -1) * scale + shift).transpose(1, -1)


def pixel(*values: float, dtype: torch.dtype = torch.float64) -> Tensor:
    """One sample of one position as (1, C, 1, 1)."""
    return torch.tensor(values, dtype=dtype)[None, :, None, None]


def bare(submission: Submission, groups: int, channels: int, **arguments: float) -> nn.Module:
    """Build a layer without affine parameters."""
    layer: nn.Module = submission.GroupNorm(groups, channels, affine=False, **arguments)
    return layer


def expect_samples(
    actual: Tensor,
    expected: Tensor,
    x: Tensor,
    *,
    atol: float,
    given: Words | None = None,
    what: Words = OUTPUT,
    itself: bool = False,
) -> None:
    """Compare sample by sample; a wrong shape is shown as it is."""
    if actual.shape != expected.shape:
        expect_close(actual, expected, atol=atol, given=x, what=what, itself=itself)
    got, wanted, rows = by_sample(actual), by_sample(expected), by_sample(x)
    expect_close(got, wanted, atol=atol, given=given or rows, what=what, itself=itself)


def expect_same(
    actual: Tensor,
    own: Tensor,
    wanted: Tensor,
    x: Tensor,
    *,
    atol: float,
    given: Words | None = None,
    what: Words = OUTPUT,
) -> None:
    """Require what the submission gives for the same samples elsewhere, right or wrong.

    Where the two differ the definition is shown, unless it is `own` that strays from it.
    """
    try:
        expect_samples(actual, own, x, atol=atol, given=given, what=what, itself=True)
    except CheckFailed:
        expect_samples(actual, wanted, x, atol=atol, given=given, what=what)
        raise


def scale_and_shift(layer: nn.Module, channels: int) -> tuple[nn.Parameter, nn.Parameter]:
    """Find γ and β by role: by their initial values, else by their order."""
    vectors = [one for one in layer.parameters() if one.shape == (channels,)]
    if len(vectors) != 2:
        shapes = [tuple(one.shape) for one in layer.parameters()]
        seen = Evidence(None, str([(channels,), (channels,)]), str(shapes), PARAMETERS)
        raise CheckFailed(f"expected two parameters of shape ({channels},), found {shapes}", seen)
    first, second = vectors
    reversed_roles = bool((first == 0).all()) and bool((second == 1).all())
    return (second, first) if reversed_roles else (first, second)


def with_random_affine(
    submission: Submission, inputs: Inputs, groups: int, channels: int
) -> tuple[nn.Module, nn.Parameter, nn.Parameter]:
    """Build a float64 layer and fill γ and β: at (1, 0) they hide half of all mistakes."""
    layer = submission.GroupNorm(groups, channels).double()
    scale, shift = scale_and_shift(layer, channels)
    with torch.no_grad():
        scale.copy_(inputs.uniform(channels, low=0.5, high=2.0))
        shift.copy_(inputs.randn(channels))
    return layer, scale, shift


# ── Whatever the formula ────────────────────────────────────────────────────────────────────


def test_constructs(submission: Submission, inputs: Inputs) -> None:
    x = inputs.randn(2, 4, 3, 3, dtype=torch.float32)
    for layer in (submission.GroupNorm(2, 4), submission.GroupNorm(2, 4, affine=False)):
        shape = tuple(layer(x.clone()).shape)
        expect_equal(shape, (2, 4, 3, 3), what=SHAPE, given="(2, 4, 3, 3)")


def test_input_unchanged(submission: Submission, inputs: Inputs) -> None:
    for x in (pixel(1, 3, dtype=torch.float32), inputs.randn(2, 2, 2, 2, dtype=torch.float32)):
        before = x.clone()
        submission.GroupNorm(1, 2)(x)
        what = Bilingual(zh="调用之后的 x", en="x after the call")
        expect_samples(x, before, before, atol=0.0, what=what)


def test_any_shape(submission: Submission, inputs: Inputs) -> None:
    # Compared with the layer's own result on contiguous (N, C, *, 1).
    layer = bare(submission, 2, 4)
    given = [inputs.randn(*shape) for shape in ((3, 4), (3, 4, 5), (2, 4, 2, 1, 3), (2, 4, 3, 2))]
    plain = [layer(x.reshape(x.shape[0], 4, -1, 1).clone()).reshape(x.shape) for x in given]
    # Two of them stored by positions, the first once more.
    given[3] = given[3].contiguous(memory_format=torch.channels_last)
    given.append(given[1].transpose(1, 2).contiguous().transpose(1, 2))
    for x, own in zip(given, (*plain, plain[1]), strict=True):
        shape, strides = tuple(x.shape), x.stride()
        what = Bilingual(
            zh=f"输入形状为 {shape}、步长为 {strides} 时的输出",
            en=f"output for an input of shape {shape} with strides {strides}",
        )
        expect_same(layer(x), own, reference(x, 2), x, atol=LOOSE, what=what)


def test_own_sample(submission: Submission, inputs: Inputs) -> None:
    # Nothing here asks for the right formula, only for the same answer to the same sample.
    layer, shown = bare(submission, 1, 2), pixel(1, 3)
    new, right = layer.eval()(shown.clone()), reference(shown, 1)
    alone = layer.train()(shown.clone())
    what = Bilingual(zh="新建的层在 eval() 下的输出", en="output of a new layer in eval()")
    expect_same(new, alone, right, shown, atol=LOOSE, what=what)
    first = layer(torch.cat([shown, pixel(5, 7)]))[:1]
    given = Bilingual(
        zh="两个样本，通道为 [1, 3] 和 [5, 7]", en="two samples of channels [1, 3] and [5, 7]"
    )
    what = Bilingual(zh="第一个样本的输出", en="output for the first sample")
    expect_same(first, alone, right, shown, atol=LOOSE, given=given, what=what)

    layer, x = bare(submission, 2, 4), inputs.randn(3, 4, 2, 2)
    before, wanted = layer(x.clone()), reference(x, 2)
    changed = x.clone()
    changed[1:] *= 100
    what = Bilingual(
        zh="第一个样本的输出，其余样本乘以 100 之后",
        en="output for the first sample, after the others were multiplied by 100",
    )
    expect_same(layer(changed)[:1], before[:1], wanted[:1], x[:1], atol=LOOSE, what=what)
    what = Bilingual(
        zh="eval() 下的输出，此前在 train() 下有过别的调用",
        en="output in eval(), after other calls in train()",
    )
    expect_same(layer.eval()(x.clone()), before, wanted, x, atol=LOOSE, what=what)


# ── Which values share statistics ───────────────────────────────────────────────────────────


def test_group_channels(submission: Submission, inputs: Inputs) -> None:
    # One position only. ÷ (n − 1) moves ±1.225 by 0.23 and ±1 by 0.29, which has a check of its
    # own; other groups move some value of the first example by 0.6 or more.
    shown = pixel(1, 2, 3, 10, 20, 30)
    y = bare(submission, 2, 6)(shown.clone())
    expect_samples(y, reference(shown, 2), shown, atol=0.4)
    for groups, channels in ((3, 6), (2, 6), (1, 4)):
        x = inputs.randn(2, channels, 1, 1, scale=WIDE)
        y = bare(submission, groups, channels)(x.clone())
        layer = f"GroupNorm({groups}, {channels})"
        what = Bilingual(zh=f"{layer} 的输出", en=f"output of {layer}")
        expect_samples(y, reference(x, groups), x, atol=0.4, what=what)


def test_all_positions(submission: Submission, inputs: Inputs) -> None:
    # Channels and positions at levels of their own. At n = 4, ÷ (n − 1) is off by 0.13 relative.
    shown = torch.tensor([[[[1.0, 3.0]], [[5.0, 7.0]]]], dtype=torch.float64)
    levels = inputs.randn(1, 4, 1, 1, scale=WIDE) + inputs.randn(1, 1, 3, 4, scale=WIDE)
    random = inputs.randn(2, 4, 3, 4, scale=WIDE) + levels
    for groups, x in ((1, shown), (2, random), (4, random)):
        y = bare(submission, groups, x.shape[1])(x.clone())
        expect_samples(y, reference(x, groups), x, atol=0.25)


# ── The formula ─────────────────────────────────────────────────────────────────────────────


def test_biased_variance(submission: Submission, inputs: Inputs) -> None:
    # ÷ (n − 1) is off by 0.043 relative at n = 12, more below.
    for groups, x in (
        (2, pixel(1, 3, 5, 9) * 100),
        (2, inputs.randn(2, 4, 2, 1, scale=WIDE)),
        (2, inputs.randn(2, 6, 2, 2, scale=WIDE)),
    ):
        y = bare(submission, groups, x.shape[1])(x.clone())
        expect_samples(y, reference(x, groups), x, atol=1e-3)


def test_constant_group(submission: Submission, inputs: Inputs) -> None:
    # A rounded mean leaves x − μ at 1e-7 of x in float32, times 1/√ε = 316: below 1e-3.
    single = inputs.randn(2, 3, 1, 1)
    for groups, x in ((2, pixel(3, 3, 1, 5) * 100), (3, single), (1, torch.zeros(1, 2, 2, 2))):
        y = bare(submission, groups, x.shape[1])(x.double())
        expect_samples(y, reference(x, groups), x, atol=1e-3)


def test_epsilon_argument(submission: Submission, inputs: Inputs) -> None:
    # Wherever ε sits, 1 instead of 1e-5 must shrink groups of σ = 0.01, here by 100.
    x = pixel(-0.01, 0.01)
    small, large = (bare(submission, 1, 2, eps=eps)(x.clone()) for eps in (1e-5, 1.0))
    if not bool(large.abs().max() < 0.5 * small.abs().max()):
        what = Bilingual(zh="eps=1 时的输出", en="output at eps=1")
        expect_samples(large, reference(x, 1, eps=1.0), x, atol=TIGHT, what=what)
    for tiny in (pixel(-0.002, 0.002), inputs.randn(2, 2, 2, 2, scale=2e-3)):
        stated = bare(submission, 1, 2, eps=1e-5)(tiny.clone())
        default = bare(submission, 1, 2)(tiny.clone())
        what = Bilingual(zh="不传 eps 时的输出", en="output without an eps argument")
        expect_same(default, stated, reference(tiny, 1), tiny, atol=TIGHT, what=what)


def test_epsilon_inside_root(submission: Submission, inputs: Inputs) -> None:
    tiny, plain = inputs.randn(1, 4, 2, 2, scale=1e-3), inputs.randn(1, 4, 2, 2)
    for x, groups, eps in ((pixel(-0.001, 0.001), 1, 1e-5), (tiny, 2, 1e-5), (plain, 2, 0.1)):
        y = bare(submission, groups, x.shape[1], eps=eps)(x.clone())
        # The divisor is another check's business: with n − 1 too, ε can sit where it should.
        n = x[0].numel() // groups
        unbiased = reference(x, groups, eps=eps, divisor=n - 1)
        if y.shape == x.shape and bool(((y - unbiased).abs() < LOOSE).all()):
            continue
        what = Bilingual(zh=f"eps={eps:g} 时的输出", en=f"output at eps={eps:g}")
        expect_samples(y, reference(x, groups, eps=eps), x, atol=LOOSE, what=what)


def test_large_offset(submission: Submission, inputs: Inputs) -> None:
    # float32 has steps of 0.001 at 1e4: a rounded mean costs up to 2e-3 where σ = 1, a variance
    # from squares near 1e8 (steps of 8) costs everything. 2e-2 stands ten times from either.
    far = inputs.randn(2, 4, 2, 4, offset=1e4, dtype=torch.float32)
    near = inputs.randn(2, 4, 2, 4, offset=3e3, dtype=torch.float32)
    shown = pixel(10002, 10003, dtype=torch.float32)
    for groups, x in ((1, shown), (2, near), (2, far)):
        y = bare(submission, groups, x.shape[1])(x.clone())
        expect_samples(y, reference(x, groups), x, atol=2e-2)


# ── Parameters, gradients, refusals, dtypes ─────────────────────────────────────────────────


def test_parameters(submission: Submission, inputs: Inputs) -> None:
    layer = submission.GroupNorm(2, 4)
    shapes = sorted(tuple(one.shape) for one in layer.parameters() if one.requires_grad)
    expect_equal(shapes, [(4,), (4,)], what=PARAMETERS)
    what = Bilingual(zh="参数的个数", en="number of parameters")
    expect_equal(len(list(layer.parameters())), 2, what=what)
    buffers = [name for name, _ in layer.named_buffers()]
    expect_equal(buffers, [], what=Bilingual(zh="buffer 的名字", en="names of buffers"))
    values = sorted([round(v, 4) for v in one.tolist()] for one in layer.parameters())
    what = Bilingual(zh="参数的初值", en="initial values")
    expect_equal(values, [[0.0] * 4, [1.0] * 4], what=what)
    without = bare(submission, 2, 4)
    found = [name for name, _ in [*without.named_parameters(), *without.named_buffers()]]
    what = Bilingual(zh="参数和 buffer 的名字", en="names of parameters and buffers")
    expect_equal(found, [], what=what, given="GroupNorm(2, 4, affine=False)")

    trained, _, _ = with_random_affine(submission, inputs, 2, 4)
    restored = submission.GroupNorm(2, 4).double()
    restored.load_state_dict(trained.state_dict())
    x = inputs.randn(1, 4, 2, 2)
    own = trained(x.clone())
    what = Bilingual(
        zh="从 state_dict() 恢复之后的输出", en="output after loading its own state_dict()"
    )
    expect_samples(restored(x.clone()), own, x, atol=TIGHT, what=what, itself=True)


def test_affine_per_channel(submission: Submission, inputs: Inputs) -> None:
    layer = submission.GroupNorm(1, 2).double()
    scale, shift = scale_and_shift(layer, 2)
    with torch.no_grad():
        scale.copy_(torch.tensor([2.0, 3.0]))
        shift.copy_(torch.tensor([10.0, 20.0]))
    x = pixel(100, 300)
    what = Bilingual(
        zh="γ = [2, 3]、β = [10, 20] 时的输出", en="output at γ = [2, 3], β = [10, 20]"
    )
    expect_samples(layer(x.clone()), reference(x, 1, scale, shift), x, atol=LOOSE, what=what)
    layer, scale, shift = with_random_affine(submission, inputs, 2, 4)
    for shape in ((2, 4), (2, 4, 4), (2, 4, 2, 4), (2, 4, 3, 2)):  # width 4: γ along it fits too
        x = inputs.randn(*shape, scale=WIDE)
        wanted = reference(x, 2, scale, shift)
        what = Bilingual(
            zh=f"γ、β 取随机值，x 形状为 {shape} 时的输出",
            en=f"output at random γ, β for an x of shape {shape}",
        )
        expect_samples(layer(x.clone()), wanted, x, atol=LOOSE, what=what)


def test_gradients(submission: Submission, inputs: Inputs) -> None:
    # A random cotangent: under .sum() the gradient of x is zero by identity.
    given = [
        (1, pixel(1, 2, 4), pixel(1, 0, 0)),
        (2, inputs.randn(2, 4, 2, 2), inputs.randn(2, 4, 2, 2)),
        (2, torch.full((1, 4, 2, 1), 3.0, dtype=torch.float64), inputs.randn(1, 4, 2, 1)),
    ]
    for groups, values, cotangent in given:
        channels = values.shape[1]
        layer, scale, shift = with_random_affine(submission, inputs, groups, channels)
        if channels == 3:  # the example that is shown: γ = 1, β = 0
            with torch.no_grad():
                scale.fill_(1.0)
                shift.zero_()
        x, ours = values.clone().requires_grad_(), values.clone().requires_grad_()
        gamma, beta = (one.detach().clone().requires_grad_() for one in (scale, shift))
        (layer(x) * cotangent).sum().backward()
        (reference(ours, groups, gamma, beta) * cotangent).sum().backward()
        # Gradients grow as 1/√(σ² + ε) ≤ 316, a float32 detour costs 1e-7/σ² of them: 1e-3
        # of the sample at σ = 0.01; what is detached costs a fifth of it or more.
        for actual, expected, name in ((x, ours, "x"), (scale, gamma, "γ"), (shift, beta, "β")):
            right, got = gradient_of(expected, name), gradient_of(actual, name)
            worst = 1e-3 * (1 + float(right.abs().max()))
            what = Bilingual(zh=f"{name} 的梯度", en=f"gradient of {name}")
            if name == "x":
                expect_samples(got, right, values, atol=worst, what=what)
            else:
                expect_close(got, right, atol=worst, what=what)


def test_indivisible(submission: Submission) -> None:
    for groups, channels in ((3, 4), (4, 6), (8, 4)):
        for affine in (True, False):
            call = f"GroupNorm({groups}, {channels}, affine={affine})"
            if raises(lambda g=groups, c=channels, a=affine: submission.GroupNorm(g, c, affine=a)):
                continue
            actual = Bilingual(zh="构造成功", en="a layer")
            raise CheckFailed(f"{call} is constructed", Evidence(call, EXCEPTION, actual))


def test_wrong_width(submission: Submission, inputs: Inputs) -> None:
    for affine in (True, False):
        layer = submission.GroupNorm(2, 4, affine=affine).double()
        for shape in ((2, 1, 4, 2), (2, 8, 2, 2), (2, 2, 3, 4), (3, 6)):
            x = inputs.randn(*shape)
            if raises(lambda layer=layer, x=x: layer(x)) is None:
                call, got = f"GroupNorm(2, 4, affine={affine})", tuple(layer(x).shape)
                given = Bilingual(zh=f"{call} 收到形状 {shape}", en=f"shape {shape} to {call}")
                actual = Bilingual(zh=f"返回形状 {got}", en=f"shape {got}")
                raise CheckFailed(f"{given.en} raises nothing", Evidence(given, EXCEPTION, actual))


def test_keeps_dtype(submission: Submission, inputs: Inputs) -> None:
    for dtype in (torch.bfloat16, torch.float16, torch.float32):
        y = submission.GroupNorm(2, 4)(inputs.randn(1, 4, 2, 2, dtype=dtype))
        given = Bilingual(
            zh=f"{dtype_name(dtype)} 的 x，float32 的参数",
            en=f"{dtype_name(dtype)} x, float32 parameters",
        )
        expect_equal(y.dtype, dtype, what=DTYPE, given=given)
    y = submission.GroupNorm(2, 4).double()(inputs.randn(1, 4, 2, 2))
    given = Bilingual(zh="float64 的 x 和参数", en="float64 x and parameters")
    expect_equal(y.dtype, torch.float64, what=DTYPE, given=given)
    # float32 cannot tell 1 and 1 + 1e-8 apart and gives 0 here.
    shown, random = pixel(1, 1 + 1e-8), inputs.randn(2, 4, 2, 2, scale=10)
    what = Bilingual(zh="x 为 float64 时的输出", en="output for a float64 x")
    for groups, x, told in ((1, shown, "[1, 1.00000001]"), (2, random, None)):
        y = bare(submission, groups, x.shape[1])(x.clone())
        expect_samples(y, reference(x, groups), x, atol=TIGHT, given=told, what=what)


def test_half_statistics(submission: Submission, inputs: Inputs) -> None:
    # One rounding of the result is half a step of its dtype, 2⁻¹¹ or 2⁻⁸ of it; twice that is
    # allowed. Statistics in half precision overflow (2000² > 65504) or lose the mean's digits.
    shown = pixel(-2000, 2000, dtype=torch.float16)
    for dtype, rtol in ((torch.float16, 2**-10), (torch.bfloat16, 2**-7)):
        wide, far = (inputs.randn(2, 4, 4, 4, scale=s, offset=o) for s, o in ((1e3, 0), (1, 4)))
        for groups, x in ((1, shown.to(dtype)), (2, wide.to(dtype)), (2, far.to(dtype))):
            y = bare(submission, groups, x.shape[1])(x.clone())
            got, right, rows = map(by_sample, (y, reference(x, groups), x))
            what = Bilingual(
                zh=f"x 为 {dtype_name(dtype)} 时的输出", en=f"output for a {dtype_name(dtype)} x"
            )
            expect_close(got, right, atol=1e-5, rtol=rtol, given=rows, what=what)


def test_empty_batch(submission: Submission, inputs: Inputs) -> None:
    for shape in ((0, 4, 2, 2), (0, 4)):
        y = submission.GroupNorm(2, 4)(inputs.randn(*shape, dtype=torch.float32))
        expect_equal(tuple(y.shape), shape, what=SHAPE, given=shape)


def test_parameter_names(submission: Submission) -> None:
    names = sorted(submission.GroupNorm(2, 4).state_dict())
    what = Bilingual(zh="state_dict() 的键", en="keys of state_dict()")
    expect_equal(names, ["bias", "weight"], what=what)


# ── Probes: what a submission computes, to be compared with each wrong implementation ───────
# Where rounding decides (cancellation, half precision) a probe returns words, not values.


def probe_normalized(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    shapes = ((2, 6, 2, 3), (3, 6, 2, 3), (1, 4, 2, 2), (4, 4, 2, 2), (2, 4, 1, 1))
    return tuple(
        bare(submission, groups, shape[0])(inputs.randn(3, *shape, scale=10))
        for groups, *shape in shapes
    )


def probe_memory(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    layer, x = bare(submission, 2, 4), inputs.randn(2, 4, 2, 2)
    given = x.clone()
    layer(given)
    return given, layer.eval()(x.clone())


def probe_epsilon(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    x = inputs.randn(2, 4, 2, 2, scale=2e-3)
    layers = [bare(submission, 2, 4, eps=eps) for eps in (1e-5, 0.1)]
    return tuple(layer(x.clone()) for layer in (*layers, bare(submission, 2, 4)))


def probe_constant_group(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    x = torch.full((1, 4, 2, 1), 3.0, dtype=torch.float64)
    y = bare(submission, 2, 4)(x.clone())
    x.requires_grad_()
    (bare(submission, 2, 4)(x) * inputs.randn(1, 4, 2, 1)).sum().backward()
    return y, gradient_of(x, "x")


def probe_large_offset(submission: Submission, inputs: Inputs) -> str:
    x = inputs.randn(16, 4, 4, 4, offset=1e4, dtype=torch.float32)
    y = bare(submission, 2, 4)(x.clone())
    wrong = bool(((y - reference(x, 2)).abs() > 0.1).any())
    return "NaN" if bool(y.isnan().any()) else "wrong" if wrong else "right"


def probe_parameters(submission: Submission, inputs: Inputs) -> str:
    known = {0.0: "zeros", 1.0: "ones"}

    def describe(one: Tensor) -> str:
        values = set(one.detach().flatten().tolist())
        return f"{tuple(one.shape)} {known.get(values.pop()) if len(values) == 1 else None}"

    layers = [submission.GroupNorm(2, 4, affine=affine) for affine in (True, False)]
    found = [
        sorted(map(describe, group))
        for one in layers
        for group in (one.parameters(), one.buffers())
    ]
    return str(found)


def probe_affine(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    layer, _, _ = with_random_affine(submission, inputs, 2, 4)
    return layer(inputs.randn(2, 4, 3, 4)), layer(inputs.randn(2, 4, 4, 3).transpose(2, 3))


def probe_affine_off_width(submission: Submission, inputs: Inputs) -> Tensor:
    layer, _, _ = with_random_affine(submission, inputs, 2, 4)
    output: Tensor = layer(inputs.randn(2, 4, 4, 3))
    return output


def probe_gradients(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    layer, scale, shift = with_random_affine(submission, inputs, 2, 4)
    x = inputs.randn(2, 4, 2, 4).requires_grad_()
    (layer(x) * inputs.randn(2, 4, 2, 4)).sum().backward()
    return tuple(gradient_of(leaf, "a leaf") for leaf in (x, scale, shift))


def probe_edges(submission: Submission, inputs: Inputs) -> str:
    """Tell shapes and dtypes apart, unless the maths is wrong already.

    So the careless and the careful version of one mathematical mistake give the same answers.
    """
    if any(raises(lambda check=check: check(submission, inputs)) for check in MATHS):
        return "wrong before"
    return "; ".join([*_shapes(submission, inputs), *_dtypes(submission, inputs)])


MATHS = (
    test_input_unchanged,
    test_own_sample,
    test_group_channels,
    test_all_positions,
    test_biased_variance,
    test_constant_group,
    test_epsilon_argument,
    test_epsilon_inside_root,
    test_large_offset,
    test_parameters,
    test_gradients,
)


def _shapes(submission: Submission, inputs: Inputs) -> list[str]:
    layer = submission.GroupNorm(2, 4)
    given = [inputs.randn(*shape) for shape in ((2, 4), (2, 4, 3), (2, 4, 1, 2, 3), (2, 8, 2, 2))]
    given += [inputs.randn(*shape) for shape in ((2, 1, 4, 2), (0, 4, 2, 2))]
    given.append(inputs.randn(2, 4, 3, 2).contiguous(memory_format=torch.channels_last))
    calls = [lambda x=x: layer(x.float()) for x in given]
    calls += [lambda: submission.GroupNorm(3, 4)]
    calls += [lambda: submission.GroupNorm(3, 4)(inputs.randn(2, 4, 3, 2))]
    return ["raises" if raises(call) else "runs" for call in calls]


def _dtypes(submission: Submission, inputs: Inputs) -> list[str]:
    x = inputs.randn(2, 4, 2, 2, scale=1e6)
    precise = bool(((bare(submission, 2, 4)(x) - reference(x, 2)).abs() < TIGHT).all())
    half = submission.GroupNorm(2, 4)(x.bfloat16()).dtype
    large = inputs.randn(2, 4, 2, 2, scale=1e4, dtype=torch.float16)
    y = bare(submission, 2, 4)(large.clone())
    finite = bool((y.double() - reference(large, 2)).abs().max() < 0.1)
    return [f"precise {precise}", str(half), f"wide enough {finite}"]
