"""Hidden tests of LayerNorm, from the root cause outwards.

The first checks hold whatever the formula (each row by itself, any shape, x untouched). The
checks of the formula follow on layers without affine parameters, each on inputs where only its
own mistake shows: the variance's divisor where ε is negligible, ε where the variance is tiny.
Parameters, gradients, dtypes and devices come last.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from interview.grading.suite import (
    Bilingual,
    CheckFailed,
    Evidence,
    Inputs,
    Submission,
    dtype_name,
    expect,
    expect_close,
    expect_equal,
    expect_same,
    gradient_of,
    raises,
)

# float64 throughout: outputs are below √D · |γ| < 30 and rounding is 1e-16 of them, times the
# condition number x / σ < 100 of the inputs here: below 1e-12. Every mistake in the formula
# moves some output by more than 1e-3. LOOSE lies between the two, and above a detour through
# float32 (6e-8 · 100), which has a check of its own; TIGHT is for that one.
LOOSE = 1e-5
TIGHT = 1e-10

SHAPES = Bilingual(zh="可训练参数的形状", en="shapes of the trainable parameters")
KEYS = Bilingual(zh="state_dict() 的键", en="keys of state_dict()")
DTYPE = Bilingual(zh="输出的 dtype", en="output dtype")


def reference(
    x: Tensor,
    scale: Tensor | None = None,
    shift: Tensor | None = None,
    *,
    eps: float = 1e-5,
    divisor: int | None = None,
) -> Tensor:
    """The definition, in float64; `divisor` is that of the variance, D unless told otherwise."""
    wide = x.double()
    centred = wide - wide.mean(-1, keepdim=True)
    variance = centred.square().sum(-1, keepdim=True) / (divisor or x.shape[-1])
    normal = centred / torch.sqrt(variance + eps)
    return normal if scale is None or shift is None else normal * scale + shift


def row(*values: float, dtype: torch.dtype = torch.float64) -> Tensor:
    """One row as (1, 1, D): three dimensions, so that only `any-shape` blames a fixed number."""
    return torch.tensor([[values]], dtype=dtype)


def scale_and_shift(layer: nn.Module, d: int) -> tuple[nn.Parameter, nn.Parameter]:
    """Find γ and β by role: by their initial values, else by their order."""
    vectors = [one for one in layer.parameters() if one.shape == (d,)]
    if len(vectors) != 2:
        shapes = [tuple(one.shape) for one in layer.parameters()]
        seen = Evidence(None, str([(d,), (d,)]), str(shapes), SHAPES)
        raise CheckFailed(f"expected two parameters of shape ({d},), found {shapes}", seen)
    first, second = vectors
    reversed_roles = bool((first == 0).all()) and bool((second == 1).all())
    return (second, first) if reversed_roles else (first, second)


def with_random_affine(
    submission: Submission, inputs: Inputs, d: int
) -> tuple[nn.Module, nn.Parameter, nn.Parameter]:
    """Build a float64 layer and fill γ and β: at (1, 0) they hide half of all mistakes."""
    layer = submission.LayerNorm(d).double()
    scale, shift = scale_and_shift(layer, d)
    with torch.no_grad():
        scale.copy_(inputs.uniform(d, low=0.5, high=2.0))
        shift.copy_(inputs.randn(d))
    return layer, scale, shift


def on_meta(submission: Submission, *, affine: bool) -> Tensor:
    """Run a layer on the device that has shapes but no data."""
    with torch.device("meta"):
        layer = submission.LayerNorm(8, affine=affine)
    output: Tensor = layer(torch.empty(2, 3, 8, device="meta"))
    return output


def test_constructs(submission: Submission, inputs: Inputs) -> None:
    x = inputs.randn(2, 3, 8, dtype=torch.float32)
    for layer in (submission.LayerNorm(8), submission.LayerNorm(8, affine=False)):
        what = Bilingual(zh="输出的形状", en="output shape")
        expect_equal(tuple(layer(x.clone()).shape), (2, 3, 8), what=what, given="(2, 3, 8)")


def test_own_statistics(submission: Submission, inputs: Inputs) -> None:
    # Nothing here asks for the right formula, only for the same answer to the same row.
    layer, shown = submission.LayerNorm(2, affine=False), row(1, 3)
    new = layer.eval()(shown.clone())
    alone = layer.train()(shown.clone())
    what = Bilingual(zh="新建的层在 eval() 下的输出", en="output of a new layer in eval()")
    expect_same(new, alone, reference(shown), atol=LOOSE, given=shown, what=what)
    tokens = torch.tensor([[[1.0, 3.0], [5.0, 7.0]]], dtype=torch.float64)
    for both, what in (
        (tokens, Bilingual(zh="第一个 token 的输出", en="output for the first token")),
        (
            tokens.transpose(0, 1),
            Bilingual(zh="第一个样本的输出", en="output for the first sample"),
        ),
    ):
        first, given = layer(both.clone()).flatten()[:2], str(both.int().tolist())
        wanted = reference(shown).flatten()
        expect_same(first, alone.flatten(), wanted, atol=LOOSE, given=given, what=what)

    layer, x = submission.LayerNorm(3, affine=False), inputs.randn(3, 3, 3)
    before, wanted = layer(x.clone()), reference(x)
    changed = x.clone()
    changed[1:] *= 100
    changed[0, 1:] *= 100
    what = Bilingual(
        zh="第一行的输出，其余各行乘以 100 之后",
        en="output for the first row, after all others were multiplied by 100",
    )
    y = layer(changed)[0, 0]
    expect_same(y, before[0, 0], wanted[0, 0], atol=LOOSE, given=x[0, 0], what=what)
    layer(inputs.randn(3, 3, 3, scale=5, offset=10))
    for mode in ("eval()", "train()"):
        what = Bilingual(
            zh=f"{mode} 下的输出，此前在 train() 下有过别的调用",
            en=f"output in {mode}, after other calls in train()",
        )
        y = layer.train(mode == "train()")(x.clone())
        expect_same(y, before, wanted, atol=LOOSE, given=x, what=what)


def test_any_shape(submission: Submission, inputs: Inputs) -> None:
    layer, x = submission.LayerNorm(8, affine=False), inputs.randn(2, 3, 4, 8)
    rows, wanted = layer(x.reshape(1, -1, 8).clone()).reshape(x.shape), reference(x)
    first = (0,) * 3
    given = [(x[first[:n]], rows[first[:n]], wanted[first[:n]]) for n in (3, 2, 1, 0)]
    # The same numbers once more, stored by features, and with a gap after each.
    turned = x[0].transpose(1, 2).contiguous().transpose(1, 2)
    spaced = torch.stack([x[0], x[0]], dim=-1).flatten(-2)[..., ::2]
    given += [(one, rows[0], wanted[0]) for one in (turned, spaced)]
    for one, own, right in given:
        shape, strides = tuple(one.shape), one.stride()
        what = Bilingual(
            zh=f"输入形状为 {shape}、步长为 {strides} 时的输出",
            en=f"output for an input of shape {shape} with strides {strides}",
        )
        expect_same(layer(one), own, right, atol=LOOSE, given=one, what=what)


def test_input_unchanged(submission: Submission, inputs: Inputs) -> None:
    for x in (row(1, 3, dtype=torch.float32), inputs.randn(2, 3, 2, dtype=torch.float32)):
        before = x.clone()
        submission.LayerNorm(2)(x)
        what = Bilingual(zh="调用之后的 x", en="x after the call")
        expect_close(x, before, atol=0.0, given=before, what=what)


def test_zero_mean_unit_variance(submission: Submission, inputs: Inputs) -> None:
    # At D = 4 the unbiased estimate gives 3/4 and moves the example by 0.21: that is the next
    # check's business. Other mistakes move it by 0.5 or more.
    layer, x = submission.LayerNorm(4, affine=False), row(1, 2, 3, 6)
    expect_close(layer(x.clone()), reference(x), atol=0.3, given=x)
    x = inputs.randn(1, 4, 4, scale=30, offset=100)
    y = layer(x.clone())
    mean = y.mean(-1, keepdim=True)
    what = Bilingual(zh="输出的均值", en="mean of the output")
    expect_close(mean, torch.zeros_like(mean), atol=LOOSE, given=x, what=what)
    variance = y.var(-1, correction=0, keepdim=True)
    what = Bilingual(zh="输出的方差", en="variance of the output")
    expect_close(variance, torch.ones_like(variance), atol=0.3, given=x, what=what)


def test_biased_variance(submission: Submission, inputs: Inputs) -> None:
    # σ ~ 1e3 leaves no trace of ε; ÷(D−1) is off by 0.065 relative at D = 8, more below.
    for x in (row(1, 3), inputs.randn(1, 4, 3, scale=1e3), inputs.randn(1, 4, 8, scale=1e3)):
        y = submission.LayerNorm(x.shape[-1], affine=False)(x.clone())
        expect_close(y, reference(x), atol=1e-3, given=x)


def test_constant_row(submission: Submission, inputs: Inputs) -> None:
    # A rounded mean leaves x − μ at 1e-7 of x in float32, times 1/√ε = 316: below 1e-3.
    for x in (row(5), row(3, 3, 3), inputs.randn(1, 4, 1).expand(1, 4, 8).clone()):
        y = submission.LayerNorm(x.shape[-1], affine=False)(x.clone())
        expect_close(y, torch.zeros_like(x), atol=1e-3, given=x)


def test_epsilon_argument(submission: Submission, inputs: Inputs) -> None:
    # Wherever ε sits, 1 instead of 1e-5 must shrink rows of σ = 0.01, here by 100.
    x = row(-0.01, 0.01)
    small, large = (submission.LayerNorm(2, eps=e, affine=False)(x.clone()) for e in (1e-5, 1.0))
    if bool(large.abs().max() > 0.5 * small.abs().max()):
        what = Bilingual(zh="eps=1 时的输出", en="output at eps=1")
        expect_close(large, reference(x, eps=1.0), atol=TIGHT, given=x, what=what)
    for tiny in (row(-0.002, 0.002), inputs.randn(1, 2, 8, scale=2e-3)):
        d = tiny.shape[-1]
        stated = submission.LayerNorm(d, eps=1e-5, affine=False)(tiny.clone())
        default = submission.LayerNorm(d, affine=False)(tiny.clone())
        what = Bilingual(zh="不传 eps 时的输出", en="output without an eps argument")
        expect_same(default, stated, reference(tiny), atol=TIGHT, given=tiny, what=what)


def test_epsilon_inside_root(submission: Submission, inputs: Inputs) -> None:
    tiny, plain = inputs.randn(1, 2, 8, scale=1e-3), inputs.randn(1, 2, 8)
    for x, eps in ((row(-0.001, 0.001), 1e-5), (tiny, 1e-5), (plain, 0.1)):
        d = x.shape[-1]
        y = submission.LayerNorm(d, eps=eps, affine=False)(x.clone())
        # The divisor is another check's business: with D − 1 too, ε can sit where it should.
        unbiased = reference(x, eps=eps, divisor=d - 1)
        if y.shape == x.shape and bool(((y - unbiased).abs() < LOOSE).all()):
            continue
        what = Bilingual(zh=f"eps={eps:g} 时的输出", en=f"output at eps={eps:g}")
        expect_close(y, reference(x, eps=eps), atol=LOOSE, given=x, what=what)


def test_large_offset(submission: Submission, inputs: Inputs) -> None:
    # float32 has steps of 0.001 at 1e4: a rounded mean costs up to 2e-3 where σ = 1, a variance
    # from squares near 1e8 (steps of 8) costs everything. 2e-2 stands ten times from either.
    far = inputs.randn(1, 4, 64, offset=1e4, dtype=torch.float32)
    near = inputs.randn(1, 4, 64, offset=3e3, dtype=torch.float32)
    for x in (row(10002, 10003, dtype=torch.float32), near, far):
        y = submission.LayerNorm(x.shape[-1], affine=False)(x.clone())
        expect_close(y, reference(x), atol=2e-2, given=x)


def test_parameters(submission: Submission, inputs: Inputs) -> None:
    layer = submission.LayerNorm(3)
    shapes = sorted(tuple(one.shape) for one in layer.parameters() if one.requires_grad)
    expect_equal(shapes, [(3,), (3,)], what=SHAPES)
    buffers = [name for name, _ in layer.named_buffers()]
    expect_equal(buffers, [], what=Bilingual(zh="buffer 的名字", en="names of buffers"))
    values = sorted([round(v, 4) for v in one.tolist()] for one in layer.parameters())
    what = Bilingual(zh="参数的初值", en="initial values")
    expect_equal(values, [[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]], what=what)
    bare = submission.LayerNorm(3, affine=False)
    found = [name for name, _ in [*bare.named_parameters(), *bare.named_buffers()]]
    what = Bilingual(zh="参数和 buffer 的名字", en="names of parameters and buffers")
    expect_equal(found, [], what=what, given="LayerNorm(3, affine=False)")

    trained, _, _ = with_random_affine(submission, inputs, 3)
    names = sorted(name for name, _ in trained.named_parameters())
    expect_equal(sorted(trained.state_dict()), names, what=KEYS)
    restored = submission.LayerNorm(3).double()
    restored.load_state_dict(trained.state_dict())
    x = inputs.randn(1, 2, 3)
    what = Bilingual(
        zh="从 state_dict() 恢复之后的输出", en="output after loading its own state_dict()"
    )
    own = trained(x.clone())
    expect_close(restored(x.clone()), own, atol=TIGHT, given=x, what=what, itself=True)


def test_affine_after_normalizing(submission: Submission, inputs: Inputs) -> None:
    layer = submission.LayerNorm(2).double()
    scale, shift = scale_and_shift(layer, 2)
    x, gamma, beta = row(1, 3), row(2, 3)[0, 0], row(10, 20)[0, 0]
    with torch.no_grad():
        scale.copy_(gamma)
        shift.copy_(beta)
    what = Bilingual(
        zh="γ = [2, 3]、β = [10, 20] 时的输出", en="output at γ = [2, 3], β = [10, 20]"
    )
    expect_close(layer(x.clone()), reference(x, gamma, beta), atol=LOOSE, given=x, what=what)
    layer, scale, shift = with_random_affine(submission, inputs, 8)
    for x in (inputs.randn(2, 3, 8), torch.full((1, 1, 8), 3.0, dtype=torch.float64)):
        wanted = reference(x, scale, shift)
        what = Bilingual(zh="γ、β 取随机值时的输出", en="output at random γ, β")
        expect_close(layer(x.clone()), wanted, atol=LOOSE, given=x, what=what)


def test_gradients(submission: Submission, inputs: Inputs) -> None:
    # A random cotangent: under .sum() the gradient of x is zero by identity.
    given = [
        (row(1, 2, 4), row(1, 0, 0)),
        (inputs.randn(2, 4, 3), inputs.randn(2, 4, 3)),
        (torch.full((1, 2, 3), 3.0, dtype=torch.float64), inputs.randn(1, 2, 3)),
    ]
    for values, cotangent in given:
        layer, scale, shift = with_random_affine(submission, inputs, 3)
        if values.shape == (1, 1, 3):  # the example that is shown: γ = 1, β = 0
            with torch.no_grad():
                scale.fill_(1.0)
                shift.zero_()
        x, ours = values.clone().requires_grad_(), values.clone().requires_grad_()
        gamma, beta = (one.detach().clone().requires_grad_() for one in (scale, shift))
        (layer(x) * cotangent).sum().backward()
        (reference(ours, gamma, beta) * cotangent).sum().backward()
        # Gradients grow as 1/√(σ² + ε) ≤ 316, a float32 detour costs 1e-7/σ² of them: 1e-3
        # of the row at σ = 0.01; what is detached costs a fifth of it or more.
        pairs = ((x, ours, "x"), (scale, gamma, "γ"), (shift, beta, "β"))
        for actual, expected, name in pairs:
            wanted = gradient_of(expected, name)
            worst = 1e-3 * (1 + float(wanted.abs().max()))
            what = Bilingual(zh=f"{name} 的梯度", en=f"gradient of {name}")
            got = gradient_of(actual, name)
            expect_close(got, wanted, atol=worst, given=values, what=what)


def test_wrong_width(submission: Submission, inputs: Inputs) -> None:
    for affine in (True, False):
        layer = submission.LayerNorm(8, affine=affine).double()
        for x in (inputs.randn(3, 1), inputs.randn(3, 9), inputs.randn(8, 2)):
            if raises(lambda layer=layer, x=x: layer(x)) is None:
                call, shape = f"LayerNorm(8, affine={affine})", tuple(x.shape)
                given = Bilingual(zh=f"{call} 收到形状 {shape}", en=f"shape {shape} to {call}")
                wanted, got = Bilingual(zh="抛出异常", en="an exception"), tuple(layer(x).shape)
                actual = Bilingual(zh=f"返回形状 {got}", en=f"shape {got}")
                raise CheckFailed(f"{given.en} raises nothing", Evidence(given, wanted, actual))


def test_keeps_dtype(submission: Submission, inputs: Inputs) -> None:
    for dtype in (torch.bfloat16, torch.float16, torch.float32):
        y = submission.LayerNorm(8)(inputs.randn(1, 2, 8, dtype=dtype))
        given = Bilingual(
            zh=f"{dtype_name(dtype)} 的 x，float32 的参数",
            en=f"{dtype_name(dtype)} x, float32 parameters",
        )
        expect_equal(y.dtype, dtype, what=DTYPE, given=given)
    y = submission.LayerNorm(8).double()(inputs.randn(1, 2, 8))
    given = Bilingual(zh="float64 的 x 和参数", en="float64 x and parameters")
    expect_equal(y.dtype, torch.float64, what=DTYPE, given=given)
    # float32 cannot tell 1 and 1 + 1e-8 apart and gives 0 here; float64 gives ±1.6e-6, or
    # another number where the formula is wrong: that was the business of earlier checks.
    x = row(1, 1 + 1e-8)
    y = submission.LayerNorm(2, affine=False)(x.clone())
    if not bool(y.any()):
        given = Bilingual(zh="float64 的 [1, 1.00000001]", en="[1, 1.00000001] in float64")
        seen = Evidence(given, "[-1.5811e-06, 1.5811e-06]", "[0, 0]")
        raise CheckFailed("float64 input is rounded to float32", seen)
    # At σ ~ 1e6 even a misplaced ε changes less than TIGHT, so what is left is rounding.
    x = inputs.randn(1, 4, 8, scale=1e6)
    y = submission.LayerNorm(8, affine=False)(x.clone())
    if bool(((y - reference(x)).abs() < LOOSE).all()):
        what = Bilingual(zh="x 为 float64 时的输出", en="output for a float64 x")
        expect_close(y, reference(x), atol=TIGHT, given=x, what=what)


def test_half_statistics(submission: Submission, inputs: Inputs) -> None:
    # One rounding of the result is half a step of its dtype, 2⁻¹¹ or 2⁻⁸ of it; twice that is
    # allowed. Statistics in half precision overflow (2000² > 65504) or lose the mean's digits.
    x = row(-2000, 2000, dtype=torch.float16)
    y = submission.LayerNorm(2, affine=False)(x.clone())
    expect_close(y, reference(x), atol=1e-5, rtol=2**-10, given=x)
    layer = submission.LayerNorm(64, affine=False)
    for dtype, rtol in ((torch.float16, 2**-10), (torch.bfloat16, 2**-7)):
        for scale, offset in ((1.0, 4.0), (1000.0, 0.0)):
            x = inputs.randn(1, 8, 64, scale=scale, offset=offset, dtype=dtype)
            what = Bilingual(
                zh=f"x 为 {dtype_name(dtype)} 时的输出", en=f"output for a {dtype_name(dtype)} x"
            )
            expect_close(layer(x.clone()), reference(x), atol=1e-5, rtol=rtol, given=x, what=what)


_READS_DATA = (
    "item()",
    "is_nonzero",
    "_local_scalar_dense",
    "meta tensor",
    "Meta tensors",
    "nonzero",
)


def test_no_data_dependent_branch(submission: Submission, inputs: Inputs) -> None:
    del inputs  # a meta tensor has no values
    for affine in (True, False):
        error = raises(lambda affine=affine: on_meta(submission, affine=affine))
        reads = error is not None and any(part in str(error) for part in _READS_DATA)
        said = Bilingual(
            zh=f"forward 读取了张量的值：{error}",
            en=f"forward reads a value out of a tensor: {error}",
        )
        expect(not reads, said)


def test_device(submission: Submission, inputs: Inputs) -> None:
    del inputs
    for affine in (True, False):
        y = on_meta(submission, affine=affine)
        what = Bilingual(zh="输出的设备与形状", en="device and shape of the output")
        given = Bilingual(zh="meta 设备上的 (2, 3, 8)", en="(2, 3, 8) on the meta device")
        expect_equal((y.device.type, tuple(y.shape)), ("meta", (2, 3, 8)), what=what, given=given)


def test_empty_batch(submission: Submission, inputs: Inputs) -> None:
    layer = submission.LayerNorm(8)
    for leading in ((0,), (2, 0)):
        x = inputs.randn(*leading, 8, dtype=torch.float32)
        shape = tuple(x.shape)
        what = Bilingual(zh="输出的形状", en="output shape")
        expect_equal(tuple(layer(x).shape), shape, what=what, given=shape)


def test_parameter_names(submission: Submission, inputs: Inputs) -> None:
    del inputs
    names = sorted(submission.LayerNorm(8).state_dict())
    expect_equal(names, ["bias", "weight"], what=KEYS)


# Probes: what a submission computes, to be compared with each wrong implementation.
# Where rounding decides (cancellation, half precision) a probe returns words, not values.


def probe_normalized(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    given = [inputs.randn(2, 3, 4), *(inputs.randn(1, 2, d, scale=10) for d in (1, 2, 3))]
    return tuple(submission.LayerNorm(x.shape[-1], affine=False)(x) for x in given)


def probe_epsilon(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    x = inputs.randn(1, 2, 4, scale=2e-3)
    layers = [submission.LayerNorm(4, eps=eps, affine=False) for eps in (1e-5, 0.1)]
    return tuple(layer(x.clone()) for layer in (*layers, submission.LayerNorm(4, affine=False)))


def probe_constant_row(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    x = torch.full((1, 2, 4), 3.0, dtype=torch.float64)
    y = submission.LayerNorm(4, affine=False)(x.clone())
    x.requires_grad_()
    (submission.LayerNorm(4, affine=False)(x) * inputs.randn(1, 2, 4)).sum().backward()
    return y, gradient_of(x, "x")


def probe_large_offset(submission: Submission, inputs: Inputs) -> str:
    x = inputs.randn(1, 64, 8, offset=1e4, dtype=torch.float32)
    y = submission.LayerNorm(8, affine=False)(x.clone())
    wrong = bool(((y - reference(x)).abs() > 0.1).any())
    return "NaN" if bool(y.isnan().any()) else "wrong" if wrong else "right"


def probe_parameters(submission: Submission, inputs: Inputs) -> str:
    del inputs
    known = {0.0: "zeros", 1.0: "ones"}

    def describe(one: Tensor) -> str:
        values = set(one.detach().flatten().tolist())
        return f"{tuple(one.shape)} {known.get(values.pop()) if len(values) == 1 else None}"

    layers = [submission.LayerNorm(4, affine=affine) for affine in (True, False)]
    found = [
        sorted(map(describe, group))
        for one in layers
        for group in (one.parameters(), one.buffers())
    ]
    return str(found)


def probe_affine(submission: Submission, inputs: Inputs) -> Tensor:
    layer, _, _ = with_random_affine(submission, inputs, 3)
    output: Tensor = layer(inputs.randn(1, 2, 3))
    return output


def probe_gradients(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    layer, scale, shift = with_random_affine(submission, inputs, 3)
    x = inputs.randn(1, 2, 3).requires_grad_()
    (layer(x) * inputs.randn(1, 2, 3)).sum().backward()
    return tuple(gradient_of(leaf, "a leaf") for leaf in (x, scale, shift))


def probe_memory(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    layer = submission.LayerNorm(4, affine=False)
    x = inputs.randn(1, 2, 4)
    given = x.clone()
    layer(given)
    return given, layer.eval()(x.clone())


def probe_edges(submission: Submission, inputs: Inputs) -> str:
    """Tell shapes and dtypes apart, unless the maths is wrong already.

    So the careless and the careful version of one mathematical mistake give the same answers.
    """
    if not _passes(MATHS, submission, inputs):
        return "wrong before"
    return "; ".join([*_shapes(submission, inputs), *_dtypes(submission, inputs)])


def probe_device(submission: Submission, inputs: Inputs) -> str:
    """Tell what the meta device shows, unless anything else is wrong: it is slow at first use."""
    if not _passes((*MATHS, *EDGES), submission, inputs):
        return "wrong before"
    error = raises(lambda: on_meta(submission, affine=True))
    return str(error)[:20]


MATHS = (
    test_own_statistics,
    test_input_unchanged,
    test_zero_mean_unit_variance,
    test_biased_variance,
    test_constant_row,
    test_epsilon_argument,
    test_epsilon_inside_root,
    test_large_offset,
    test_parameters,
    test_affine_after_normalizing,
    test_gradients,
)
EDGES = (test_any_shape, test_wrong_width, test_keeps_dtype, test_half_statistics)


def _passes(
    checks: tuple[Callable[[Submission, Inputs], None], ...],
    submission: Submission,
    inputs: Inputs,
) -> bool:
    return not any(raises(lambda check=check: check(submission, inputs)) for check in checks)


def _shapes(submission: Submission, inputs: Inputs) -> list[str]:
    layer = submission.LayerNorm(8)
    given = [inputs.randn(*shape) for shape in ((8,), (2, 8), (2, 3, 4, 8), (3, 1), (3, 9))]
    given.append(inputs.randn(2, 8, 3).transpose(1, 2))
    return ["raises" if raises(lambda x=x: layer(x)) else "runs" for x in given]


def _dtypes(submission: Submission, inputs: Inputs) -> list[str]:
    x = inputs.randn(1, 4, 8, scale=1e6)
    precise = bool(((submission.LayerNorm(8, affine=False)(x) - reference(x)).abs() < TIGHT).all())
    half = submission.LayerNorm(8)(x.bfloat16()).dtype
    large = inputs.randn(1, 4, 8, scale=1e4, dtype=torch.float16)
    finite = bool((submission.LayerNorm(8)(large).double() - reference(large)).abs().max() < 0.1)
    return [f"precise {precise}", str(half), f"wide enough {finite}"]
