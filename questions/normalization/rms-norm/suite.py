"""Hidden tests of RMSNorm, from the root cause outwards.

The first checks hold whatever the formula (a weight of ones, each row by itself, any shape, x
untouched). The checks of the formula follow at the initial weight, each blind to what the next
one judges: the direction of the output, then whether a mean hides in the denominator, then its
size, then ε. Where w multiplies, gradients and dtypes come last.
"""

import torch
from torch import Tensor, nn

from interview.grading.suite import (
    Bilingual,
    CheckFailed,
    Evidence,
    Inputs,
    Submission,
    dtype_name,
    expect_close,
    expect_equal,
    expect_same,
    gradient_of,
    raises,
)

# float64 throughout: outputs are below √D · |w| < 10, a mean of squares cancels nothing, and
# rounding is a few 1e-16 of them. Every mistake in the formula moves some output by more than
# 1e-3. LOOSE lies between the two, and above a detour through float32 (a few 6e-8 of 10), which
# has a check of its own; TIGHT is for that one.
LOOSE = 1e-5
TIGHT = 1e-10

PARAMETERS = Bilingual(zh="可训练参数的形状", en="shapes of the trainable parameters")
SHAPE = Bilingual(zh="输出的形状", en="output shape")
DTYPE = Bilingual(zh="输出的 dtype", en="output dtype")
KEYS = Bilingual(zh="state_dict() 的键", en="keys of state_dict()")


def reference(x: Tensor, weight: Tensor | None = None, *, eps: float = 1e-6) -> Tensor:
    """The definition, in float64."""
    wide = x.double()
    normal = wide / torch.sqrt(wide.square().mean(-1, keepdim=True) + eps)
    return normal if weight is None else normal * weight.double()


def row(*values: float, dtype: torch.dtype = torch.float64) -> Tensor:
    """One row as (1, 1, D): three dimensions, so that only `any-shape` blames a fixed number."""
    return torch.tensor([[values]], dtype=dtype)


def weight_of(layer: nn.Module, d: int) -> nn.Parameter:
    """Find w by role: the only parameter of shape (D,)."""
    vectors = [one for one in layer.parameters() if one.shape == (d,)]
    if len(vectors) != 1:
        shapes = [tuple(one.shape) for one in layer.parameters()]
        seen = Evidence(None, str([(d,)]), str(shapes), PARAMETERS)
        raise CheckFailed(f"expected one parameter of shape ({d},), found {shapes}", seen)
    return vectors[0]


def with_random_weight(
    submission: Submission, inputs: Inputs, d: int, dtype: torch.dtype = torch.float64
) -> tuple[nn.Module, nn.Parameter]:
    """Build a layer and fill w: at 1 it hides where, and whether, it multiplies."""
    layer = submission.RMSNorm(d).to(dtype)
    weight = weight_of(layer, d)
    with torch.no_grad():
        weight.copy_(inputs.uniform(d, low=0.5, high=2.0))
    return layer, weight


def test_constructs(submission: Submission, inputs: Inputs) -> None:
    y = submission.RMSNorm(8)(inputs.randn(2, 3, 8, dtype=torch.float32))
    expect_equal(tuple(y.shape), (2, 3, 8), what=SHAPE, given="(2, 3, 8)")


def test_parameters(submission: Submission, inputs: Inputs) -> None:
    layer = submission.RMSNorm(3)
    shapes = [tuple(one.shape) for one in layer.parameters() if one.requires_grad]
    expect_equal(shapes, [(3,)], what=PARAMETERS)
    buffers = [name for name, _ in layer.named_buffers()]
    expect_equal(buffers, [], what=Bilingual(zh="buffer 的名字", en="names of buffers"))
    values = [[round(v, 4) for v in one.tolist()] for one in layer.parameters()]
    expect_equal(values, [[1.0, 1.0, 1.0]], what=Bilingual(zh="参数的初值", en="initial values"))

    trained, _ = with_random_weight(submission, inputs, 3)
    names = sorted(name for name, _ in trained.named_parameters())
    expect_equal(sorted(trained.state_dict()), names, what=KEYS)
    restored = submission.RMSNorm(3).double()
    restored.load_state_dict(trained.state_dict())
    x = inputs.randn(1, 2, 3)
    what = Bilingual(
        zh="从 state_dict() 恢复之后的输出", en="output after loading its own state_dict()"
    )
    own = trained(x.clone())
    expect_close(restored(x.clone()), own, atol=TIGHT, given=x, what=what, itself=True)


def test_own_statistics(submission: Submission, inputs: Inputs) -> None:
    # Nothing here asks for the right formula, only for the same answer to the same row.
    layer, shown = submission.RMSNorm(2).double(), row(1, 7)
    alone, right = layer(shown.clone()).flatten(), reference(shown).flatten()
    tokens = torch.tensor([[[1.0, 7.0], [7.0, 49.0]]], dtype=torch.float64)
    for both, what in (
        (tokens, Bilingual(zh="第一个 token 的输出", en="output for the first token")),
        (
            tokens.transpose(0, 1),
            Bilingual(zh="第一个样本的输出", en="output for the first sample"),
        ),
    ):
        first, given = layer(both.clone()).flatten()[:2], str(both.int().tolist())
        expect_same(first, alone, right, atol=LOOSE, given=given, what=what)

    layer, x = submission.RMSNorm(3).double(), inputs.randn(3, 3, 3)
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
    what = Bilingual(
        zh="eval() 下的输出，此前在 train() 下有过别的调用",
        en="output in eval(), after other calls in train()",
    )
    expect_same(layer.eval()(x.clone()), before, wanted, atol=LOOSE, given=x, what=what)


def test_any_shape(submission: Submission, inputs: Inputs) -> None:
    layer, x = submission.RMSNorm(8).double(), inputs.randn(2, 3, 4, 8)
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
    for x in (row(1, 7, dtype=torch.float32), inputs.randn(2, 3, 2, dtype=torch.float32)):
        before = x.clone()
        submission.RMSNorm(2)(x)
        what = Bilingual(zh="调用之后的 x", en="x after the call")
        expect_close(x, before, atol=0.0, given=before, what=what)


def test_no_centring(submission: Submission, inputs: Inputs) -> None:
    layer = submission.RMSNorm(4).double()
    for x in (row(1, 5, 5, 7), inputs.randn(1, 4, 4, offset=2)):
        y = layer(x.clone())
        size = y.square().mean(-1, keepdim=True).sqrt()
        if bool((size == 0).any()):  # an output of 0 points nowhere: a matter of size
            continue
        # The size of the output is the business of later checks, so it is divided out.
        what = Bilingual(
            zh="输出的方向（缩放到均方根为 1）", en="direction of the output, at root mean square 1"
        )
        expect_close(y / size, reference(x, eps=0.0), atol=1e-3, given=x, what=what)


def test_mean_square(submission: Submission, inputs: Inputs) -> None:
    # x² does not know signs: another sign of one feature may change that output's sign, no more.
    # A variance does know: it is 1 for (3, 5) and 16 for (−3, 5).
    for x in (row(3, 5), inputs.randn(1, 4, 3, offset=2)):
        layer = submission.RMSNorm(x.shape[-1]).double()
        signs = torch.tensor([-1.0] + [1.0] * (x.shape[-1] - 1), dtype=torch.float64)
        plain, flipped = layer(x.clone()), layer(x * signs)
        if plain.shape == x.shape and bool(((flipped - plain * signs).abs() < LOOSE).all()):
            continue
        expect_close(plain, reference(x), atol=LOOSE, given=x)
        expect_close(flipped, reference(x * signs), atol=LOOSE, given=x * signs)


def test_unit_rms(submission: Submission, inputs: Inputs) -> None:
    # At these sizes ε moves the output by less than 1e-6; ÷ (D − 1) moves it by 6.5% at D = 8,
    # and further below.
    given = [row(1, 5, 5, 7), row(5)]
    given += [inputs.randn(1, 4, d, scale=30, offset=30) for d in (3, 8)]
    for x in given:
        y = submission.RMSNorm(x.shape[-1]).double()(x.clone())
        expect_close(y, reference(x), atol=1e-3, given=x)


def test_zero_row(submission: Submission, inputs: Inputs) -> None:
    del inputs  # there is only one row of zeros
    for x in (row(0), row(0, 0, 0)):
        y = submission.RMSNorm(x.shape[-1]).double()(x.clone())
        expect_close(y, x, atol=LOOSE, given=x)


def test_epsilon_argument(submission: Submission, inputs: Inputs) -> None:
    # Wherever ε sits, 1 instead of 1e-6 must shrink rows of ±0.001, here by 700.
    x = row(-0.001, 0.001)
    small, large = (submission.RMSNorm(2, eps=e).double()(x.clone()) for e in (1e-6, 1.0))
    if bool(large.abs().max() > 0.5 * small.abs().max()):
        what = Bilingual(zh="eps=1 时的输出", en="output at eps=1")
        expect_close(large, reference(x, eps=1.0), atol=TIGHT, given=x, what=what)
    for tiny in (x, inputs.randn(1, 2, 8, scale=1e-3)):
        d = tiny.shape[-1]
        stated = submission.RMSNorm(d, eps=1e-6).double()(tiny.clone())
        default = submission.RMSNorm(d).double()(tiny.clone())
        what = Bilingual(zh="不传 eps 时的输出", en="output without an eps argument")
        expect_same(default, stated, reference(tiny), atol=TIGHT, given=tiny, what=what)


def test_epsilon_inside_root(submission: Submission, inputs: Inputs) -> None:
    tiny, plain = inputs.randn(1, 2, 8, scale=1e-3), inputs.randn(1, 2, 8)
    for x, eps in ((row(-0.001, 0.001), 1e-6), (tiny, 1e-6), (plain, 0.3)):
        y = submission.RMSNorm(x.shape[-1], eps=eps).double()(x.clone())
        what = Bilingual(zh=f"eps={eps:g} 时的输出", en=f"output at eps={eps:g}")
        expect_close(y, reference(x, eps=eps), atol=LOOSE, given=x, what=what)


def test_weight_after_normalizing(submission: Submission, inputs: Inputs) -> None:
    layer = submission.RMSNorm(2).double()
    x, weight = row(1, 7), weight_of(layer, 2)
    with torch.no_grad():
        weight.copy_(row(2, 3)[0, 0])
    what = Bilingual(zh="w = [2, 3] 时的输出", en="output at w = [2, 3]")
    expect_close(layer(x.clone()), reference(x, weight), atol=LOOSE, given=x, what=what)
    layer, weight = with_random_weight(submission, inputs, 8)
    x = inputs.randn(2, 3, 8, scale=30)  # whatever ε is, it leaves no trace here
    wanted = reference(x, weight)
    what = Bilingual(zh="w 取随机值时的输出", en="output at random w")
    expect_close(layer(x.clone()), wanted, atol=LOOSE, given=x, what=what)


def test_gradients(submission: Submission, inputs: Inputs) -> None:
    # A random cotangent: Σ y² is D whatever x is, and its gradient 0 but for ε.
    given = [
        (row(1, 7), row(1, 0)),
        (inputs.randn(2, 4, 2), inputs.randn(2, 4, 2)),
        (torch.zeros(1, 2, 2, dtype=torch.float64), inputs.randn(1, 2, 2)),
    ]
    for values, cotangent in given:
        layer, weight = with_random_weight(submission, inputs, 2)
        if values.shape == (1, 1, 2):  # the example that is shown: w = 1
            with torch.no_grad():
                weight.fill_(1.0)
        x, ours = values.clone().requires_grad_(), values.clone().requires_grad_()
        twin = weight.detach().clone().requires_grad_()
        (layer(x) * cotangent).sum().backward()
        (reference(ours, twin) * cotangent).sum().backward()
        for actual, expected, name in ((x, ours, "x"), (weight, twin, "w")):
            wanted = gradient_of(expected, name)
            # A float32 detour costs a few 1e-7 of the largest entry, even on the row of zeros,
            # where 1/√ε makes it 1000; a detached mean square costs 2% of it at (1, 7).
            worst = 1e-4 * (1 + float(wanted.abs().max()))
            got = gradient_of(actual, name)
            what = Bilingual(zh=f"{name} 的梯度", en=f"gradient of {name}")
            expect_close(got, wanted, atol=worst, given=values, what=what)


def test_wrong_width(submission: Submission, inputs: Inputs) -> None:
    for d, shape in ((8, (3, 1)), (8, (3, 9)), (8, (8, 2)), (1, (3, 4))):
        layer, x = submission.RMSNorm(d).double(), inputs.randn(*shape)
        if raises(lambda layer=layer, x=x: layer(x)) is None:
            call = f"RMSNorm({d})"
            given = Bilingual(zh=f"{call} 收到形状 {shape}", en=f"shape {shape} to {call}")
            wanted, got = Bilingual(zh="抛出异常", en="an exception"), tuple(layer(x).shape)
            actual = Bilingual(zh=f"返回形状 {got}", en=f"shape {got}")
            raise CheckFailed(f"{given.en} raises nothing", Evidence(given, wanted, actual))


def test_keeps_dtype(submission: Submission, inputs: Inputs) -> None:
    for dtype in (torch.bfloat16, torch.float16, torch.float32):
        for kept in dict.fromkeys((torch.float32, dtype)):
            y = submission.RMSNorm(8).to(kept)(inputs.randn(1, 2, 8, dtype=dtype))
            given = Bilingual(
                zh=f"{dtype_name(dtype)} 的 x，{dtype_name(kept)} 的 w",
                en=f"{dtype_name(dtype)} x, {dtype_name(kept)} w",
            )
            expect_equal(y.dtype, dtype, what=DTYPE, given=given)
    x = row(1, 1 + 1e-8)
    y = submission.RMSNorm(2).double()(x.clone())
    given = Bilingual(zh="float64 的 x 和 w", en="float64 x and w")
    expect_equal(y.dtype, torch.float64, what=DTYPE, given=given)
    # float32 cannot tell 1 and 1 + 1e-8 apart: it gives the same output twice.
    if bool(y[..., 0] == y[..., 1]):
        given = Bilingual(zh="float64 的 [1, 1.00000001]", en="[1, 1.00000001] in float64")
        gap = Bilingual(zh="两个输出之差", en="difference of the two outputs")
        seen = Evidence(given, "1e-08", "0", gap)
        raise CheckFailed("float64 input is rounded to float32", seen)
    # At 1e6 even a misplaced ε changes less than TIGHT, so what is left is rounding.
    x = inputs.randn(1, 4, 8, scale=1e6)
    y = submission.RMSNorm(8).double()(x.clone())
    if bool(((y - reference(x)).abs() < LOOSE).all()):
        what = Bilingual(zh="x 为 float64 时的输出", en="output for a float64 x")
        expect_close(y, reference(x), atol=TIGHT, given=x, what=what)


def test_half_statistics(submission: Submission, inputs: Inputs) -> None:
    # At w = 1 one rounding of the result is half a step of its dtype, 2⁻¹¹ or 2⁻⁸ of it; twice
    # that is allowed. float16 numbers below 6e-5 are 6e-8 apart, hence the 1e-7. Squares in half
    # precision overflow from 256² = 65536 on.
    x = row(300, 400, dtype=torch.float16)
    expect_close(submission.RMSNorm(2)(x.clone()), reference(x), atol=1e-7, rtol=2**-10, given=x)
    layer = submission.RMSNorm(64)
    for dtype, rtol in ((torch.float16, 2**-10), (torch.bfloat16, 2**-7)):
        for scale in (1.0, 1000.0):
            x = inputs.randn(1, 4, 64, scale=scale, dtype=dtype)
            what = Bilingual(
                zh=f"x 为 {dtype_name(dtype)} 时的输出", en=f"output for a {dtype_name(dtype)} x"
            )
            expect_close(layer(x.clone()), reference(x), atol=1e-7, rtol=rtol, given=x, what=what)


def test_empty_batch(submission: Submission, inputs: Inputs) -> None:
    layer = submission.RMSNorm(8)
    for leading in ((0,), (2, 0)):
        x = inputs.randn(*leading, 8, dtype=torch.float32)
        expect_equal(tuple(layer(x).shape), tuple(x.shape), what=SHAPE, given=tuple(x.shape))


def rounds_once(submission: Submission, inputs: Inputs) -> None:
    # One rounding moves a number by at most half a step: 2⁻¹¹ or 2⁻⁸ of it, plus float32's own
    # 1e-6, for which there is 1%. Rounding before the product as well moves at least one in ten
    # of these numbers further than that.
    x = row(1, 5, dtype=torch.bfloat16)
    layer = submission.RMSNorm(2)
    with torch.no_grad():
        weight_of(layer, 2).fill_(3.0)
    wanted = reference(x, weight_of(layer, 2))
    what = Bilingual(
        zh="x 为 bfloat16、w = [3, 3] 时的输出", en="output for a bfloat16 x at w = [3, 3]"
    )
    expect_close(layer(x.clone()), wanted, atol=0.0, rtol=1.01 * 2**-8, given=x, what=what)
    for dtype, half_a_step in ((torch.bfloat16, 2**-8), (torch.float16, 2**-11)):
        layer, weight = with_random_weight(submission, inputs, 64, torch.float32)
        x = inputs.randn(1, 8, 64, dtype=dtype)
        wanted, rtol = reference(x, weight), 1.01 * half_a_step
        what = Bilingual(
            zh=f"x 为 {dtype_name(dtype)}、w 取随机值时的输出",
            en=f"output for a {dtype_name(dtype)} x at random w",
        )
        expect_close(layer(x.clone()), wanted, atol=1e-7, rtol=rtol, given=x, what=what)


def test_single_rounding(submission: Submission, inputs: Inputs) -> None:
    rounds_once(submission, inputs)


def test_parameter_name(submission: Submission, inputs: Inputs) -> None:
    del inputs
    names = sorted(submission.RMSNorm(8).state_dict())
    expect_equal(names, ["weight"], what=KEYS)


# Probes: what a submission computes, to be compared with each wrong implementation. They use
# float32, so that a mistake looks the same with and without a careless `.float()`.


def normal_float32(inputs: Inputs, *shape: int, scale: float = 1.0, offset: float = 0.0) -> Tensor:
    return inputs.randn(*shape, scale=scale, offset=offset, dtype=torch.float32)


def probe_normalized(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    given = [normal_float32(inputs, 2, 3, 4, offset=1)]
    given += [normal_float32(inputs, 1, 2, d, scale=10, offset=10) for d in (1, 2, 3)]
    return tuple(submission.RMSNorm(x.shape[-1])(x) for x in given)


def probe_epsilon(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    # 1e-6 tells the kinds of floor apart, and ε² from them: 1e-12 is the mean square itself.
    given = [normal_float32(inputs, 1, 2, 4, scale=scale) for scale in (1e-3, 1e-6)]
    layers = [submission.RMSNorm(4, eps=1e-6), submission.RMSNorm(4, eps=0.1)]
    return tuple(layer(x.clone()) for layer in (*layers, submission.RMSNorm(4)) for x in given)


def probe_zero_row(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    x = torch.zeros(1, 2, 4)
    y = submission.RMSNorm(4)(x.clone())
    x.requires_grad_()
    (submission.RMSNorm(4)(x) * normal_float32(inputs, 1, 2, 4)).sum().backward()
    return y, gradient_of(x, "x")


def probe_parameters(submission: Submission, inputs: Inputs) -> str:
    del inputs
    known = {0.0: "zeros", 1.0: "ones"}

    def describe(one: Tensor) -> str:
        values = set(one.detach().flatten().tolist())
        return f"{tuple(one.shape)} {known.get(values.pop()) if len(values) == 1 else None}"

    layer = submission.RMSNorm(4)
    return str([sorted(map(describe, group)) for group in (layer.parameters(), layer.buffers())])


def probe_weight(submission: Submission, inputs: Inputs) -> Tensor:
    layer, _ = with_random_weight(submission, inputs, 3, torch.float32)
    output: Tensor = layer(normal_float32(inputs, 1, 2, 3))
    return output


def probe_gradients(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    layer, weight = with_random_weight(submission, inputs, 3, torch.float32)
    x = normal_float32(inputs, 1, 2, 3).requires_grad_()
    (layer(x) * normal_float32(inputs, 1, 2, 3)).sum().backward()
    return tuple(gradient_of(leaf, "a leaf") for leaf in (x, weight))


def probe_memory(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    layer, x = submission.RMSNorm(4), normal_float32(inputs, 1, 2, 4)
    given = x.clone()
    layer(given)
    return given, layer.eval()(x.clone())


def probe_edges(submission: Submission, inputs: Inputs) -> str:
    """Tell shapes and dtypes apart, unless the maths is wrong already.

    So the careless and the careful version of one mathematical mistake give the same answers.
    """
    if any(raises(lambda check=check: check(submission, inputs)) for check in MATHS):
        return "wrong before"
    return "; ".join([*_shapes(submission, inputs), *_dtypes(submission, inputs)])


MATHS = (
    test_parameters,
    test_own_statistics,
    test_input_unchanged,
    test_no_centring,
    test_mean_square,
    test_unit_rms,
    test_zero_row,
    test_epsilon_argument,
    test_epsilon_inside_root,
    test_weight_after_normalizing,
    test_gradients,
)


def _shapes(submission: Submission, inputs: Inputs) -> list[str]:
    layer = submission.RMSNorm(8).double()
    given = [inputs.randn(*shape) for shape in ((8,), (2, 8), (2, 3, 4, 8), (3, 1), (3, 9))]
    given.append(inputs.randn(2, 8, 3).transpose(1, 2))
    return ["raises" if raises(lambda x=x: layer(x)) else "runs" for x in given]


def _dtypes(submission: Submission, inputs: Inputs) -> list[str]:
    x = inputs.randn(1, 4, 8, scale=1e6)
    precise = bool(((submission.RMSNorm(8).double()(x) - reference(x)).abs() < TIGHT).all())
    layers = [submission.RMSNorm(8).to(dtype) for dtype in (torch.float32, torch.bfloat16)]
    kept = [layer(x.bfloat16()).dtype for layer in layers]
    large = inputs.randn(1, 4, 8, scale=1e3, dtype=torch.float16)
    finite = bool((submission.RMSNorm(8)(large).double() - reference(large)).abs().max() < 0.1)
    once = raises(lambda: rounds_once(submission, inputs)) is None
    return [f"precise {precise}", f"kept {kept}", f"wide enough {finite}", f"rounds once {once}"]
