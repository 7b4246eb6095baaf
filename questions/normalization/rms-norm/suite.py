"""Hidden tests of RMSNorm, from the root cause outwards.

The first checks hold whatever the formula (a weight of ones, each row by itself, any shape, x
untouched). The checks of the formula follow at the initial weight, each blind to what the next
one judges: the direction of the output, then whether a mean hides in the denominator, then its
size, then ε. Where w multiplies, gradients and dtypes come last.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from interview.grading.suite import (
    CheckFailed,
    Evidence,
    Inputs,
    Submission,
    expect_close,
    expect_equal,
)

# float64 throughout: outputs are below √D · |w| < 10, a mean of squares cancels nothing, and
# rounding is a few 1e-16 of them. Every mistake in the formula moves some output by more than
# 1e-3. LOOSE lies between the two, and above a detour through float32 (a few 6e-8 of 10), which
# has a check of its own; TIGHT is for that one.
LOOSE = 1e-5
TIGHT = 1e-10


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
        raise CheckFailed(f"expected one parameter of shape ({d},), found {shapes}")
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


def gradient_of(leaf: Tensor, name: str) -> Tensor:
    if leaf.grad is None:
        raise CheckFailed(f"no gradient reaches {name}")
    return leaf.grad


def raises(call: Callable[[], object]) -> Exception | None:
    try:
        call()
    except Exception as error:  # noqa: BLE001 - the contract leaves the type open
        return error
    return None


def test_constructs(submission: Submission, inputs: Inputs) -> None:
    y = submission.RMSNorm(8)(inputs.randn(2, 3, 8, dtype=torch.float32))
    expect_equal(tuple(y.shape), (2, 3, 8), what="output shape", given="(2, 3, 8)")


def test_parameters(submission: Submission, inputs: Inputs) -> None:
    layer = submission.RMSNorm(3)
    shapes = [tuple(one.shape) for one in layer.parameters() if one.requires_grad]
    expect_equal(shapes, [(3,)], what="shapes of the trainable parameters")
    expect_equal([name for name, _ in layer.named_buffers()], [], what="buffers")
    values = [[round(v, 4) for v in one.tolist()] for one in layer.parameters()]
    expect_equal(values, [[1.0, 1.0, 1.0]], what="initial values")

    trained, _ = with_random_weight(submission, inputs, 3)
    names = sorted(name for name, _ in trained.named_parameters())
    expect_equal(sorted(trained.state_dict()), names, what="state_dict() keys")
    restored = submission.RMSNorm(3).double()
    restored.load_state_dict(trained.state_dict())
    x = inputs.randn(1, 2, 3)
    what = "output after a state_dict() round trip"
    expect_close(restored(x.clone()), trained(x.clone()), atol=TIGHT, given=x, what=what)


def test_own_statistics(submission: Submission, inputs: Inputs) -> None:
    layer = submission.RMSNorm(3).double()
    x = inputs.randn(3, 3, 3)
    before = layer(x.clone())
    for edited, others in ((1, "another sample"), ((0, 1), "another token")):
        changed = x.clone()
        changed[edited] *= 100
        what = f"first row, after {others} was multiplied by 100"
        expect_close(layer(changed)[0, 0], before[0, 0], atol=LOOSE, given=x[0, 0], what=what)
    layer(inputs.randn(3, 3, 3, scale=5, offset=10))
    for mode in (False, True):
        what = f"output in {'train' if mode else 'eval'}() after another call in train()"
        expect_close(layer.train(mode)(x.clone()), before, atol=LOOSE, given=x, what=what)


def test_any_shape(submission: Submission, inputs: Inputs) -> None:
    layer, x = submission.RMSNorm(8).double(), inputs.randn(2, 3, 4, 8)
    rows = layer(x.reshape(1, -1, 8).clone()).reshape(x.shape)
    given = [(x[0, 0, 0], rows[0, 0, 0]), (x[0, 0], rows[0, 0]), (x[0], rows[0]), (x, rows)]
    # The same numbers once more, stored by features, and with a gap after each.
    given.append((x[0].transpose(1, 2).contiguous().transpose(1, 2), rows[0]))
    given.append((torch.stack([x[0], x[0]], dim=-1).flatten(-2)[..., ::2], rows[0]))
    for one, wanted in given:
        what = f"rows of a {tuple(one.shape)} input with strides {one.stride()}"
        expect_close(layer(one), wanted, atol=LOOSE, what=what)


def test_input_unchanged(submission: Submission, inputs: Inputs) -> None:
    for x in (row(1, 7, dtype=torch.float32), inputs.randn(2, 3, 2, dtype=torch.float32)):
        before = x.clone()
        submission.RMSNorm(2)(x)
        expect_close(x, before, atol=0.0, given=before, what="x after the call")


def test_no_centring(submission: Submission, inputs: Inputs) -> None:
    layer = submission.RMSNorm(4).double()
    for x in (row(1, 5, 5, 7), inputs.randn(1, 4, 4, offset=2)):
        y = layer(x.clone())
        size = y.square().mean(-1, keepdim=True).sqrt()
        if bool((size == 0).any()):  # an output of 0 points nowhere: a matter of size
            continue
        # The size of the output is the business of later checks, so it is divided out.
        what = "direction of the output, at root mean square 1"
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
        expect_close(large, reference(x, eps=1.0), atol=TIGHT, given=x, what="output at eps=1")
    for tiny in (x, inputs.randn(1, 2, 8, scale=1e-3)):
        d = tiny.shape[-1]
        stated = submission.RMSNorm(d, eps=1e-6).double()(tiny.clone())
        default = submission.RMSNorm(d).double()(tiny.clone())
        expect_close(default, stated, atol=TIGHT, given=tiny, what="output without an eps argument")


def test_epsilon_inside_root(submission: Submission, inputs: Inputs) -> None:
    tiny, plain = inputs.randn(1, 2, 8, scale=1e-3), inputs.randn(1, 2, 8)
    for x, eps in ((row(-0.001, 0.001), 1e-6), (tiny, 1e-6), (plain, 0.3)):
        y = submission.RMSNorm(x.shape[-1], eps=eps).double()(x.clone())
        expect_close(y, reference(x, eps=eps), atol=LOOSE, given=x, what=f"output at eps={eps}")


def test_weight_after_normalizing(submission: Submission, inputs: Inputs) -> None:
    layer = submission.RMSNorm(2).double()
    x, weight = row(1, 7), weight_of(layer, 2)
    with torch.no_grad():
        weight.copy_(row(2, 3)[0, 0])
    what = "output at w = [2, 3]"
    expect_close(layer(x.clone()), reference(x, weight), atol=LOOSE, given=x, what=what)
    layer, weight = with_random_weight(submission, inputs, 8)
    x = inputs.randn(2, 3, 8, scale=30)  # whatever ε is, it leaves no trace here
    wanted, what = reference(x, weight), "output at random w"
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
            expect_close(got, wanted, atol=worst, given=values, what=f"gradient of {name}")


def test_wrong_width(submission: Submission, inputs: Inputs) -> None:
    for d, shape in ((8, (3, 1)), (8, (3, 9)), (8, (8, 2)), (1, (3, 4))):
        layer, x = submission.RMSNorm(d).double(), inputs.randn(*shape)
        if raises(lambda layer=layer, x=x: layer(x)) is None:
            given = f"shape {shape} to RMSNorm({d})"
            actual = f"shape {tuple(layer(x).shape)}"
            message = f"{given} gives {actual}"
            raise CheckFailed(message, Evidence(given, "an exception", actual))


def test_keeps_dtype(submission: Submission, inputs: Inputs) -> None:
    for dtype in (torch.bfloat16, torch.float16, torch.float32):
        for kept in dict.fromkeys((torch.float32, dtype)):
            y = submission.RMSNorm(8).to(kept)(inputs.randn(1, 2, 8, dtype=dtype))
            given = f"{dtype} input, {kept} weight"
            expect_equal(y.dtype, dtype, what="output dtype", given=given)
    x = row(1, 1 + 1e-8)
    y = submission.RMSNorm(2).double()(x.clone())
    expect_equal(y.dtype, torch.float64, what="output dtype", given="torch.float64 input")
    # float32 cannot tell 1 and 1 + 1e-8 apart: it gives the same output twice.
    if bool(y[..., 0] == y[..., 1]):
        gap = "outputs that differ by"
        seen = Evidence("[1, 1.00000001] in float64", f"{gap} 1e-08", f"{gap} 0")
        raise CheckFailed("float64 input is rounded to float32", seen)
    # At 1e6 even a misplaced ε changes less than TIGHT, so what is left is rounding.
    x = inputs.randn(1, 4, 8, scale=1e6)
    y = submission.RMSNorm(8).double()(x.clone())
    if bool(((y - reference(x)).abs() < LOOSE).all()):
        expect_close(y, reference(x), atol=TIGHT, given=x, what="output for a float64 input")


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
            what = f"output for {dtype}"
            expect_close(layer(x.clone()), reference(x), atol=1e-7, rtol=rtol, given=x, what=what)


def test_empty_batch(submission: Submission, inputs: Inputs) -> None:
    layer = submission.RMSNorm(8)
    for leading in ((0,), (2, 0)):
        x = inputs.randn(*leading, 8, dtype=torch.float32)
        expect_equal(tuple(layer(x).shape), tuple(x.shape), what="output shape", given=x.shape)


def rounds_once(submission: Submission, inputs: Inputs) -> None:
    # One rounding moves a number by at most half a step: 2⁻¹¹ or 2⁻⁸ of it, plus float32's own
    # 1e-6, for which there is 1%. Rounding before the product as well moves at least one in ten
    # of these numbers further than that.
    x = row(1, 5, dtype=torch.bfloat16)
    layer = submission.RMSNorm(2)
    with torch.no_grad():
        weight_of(layer, 2).fill_(3.0)
    wanted, what = reference(x, weight_of(layer, 2)), "output at w = [3, 3]"
    expect_close(layer(x.clone()), wanted, atol=0.0, rtol=1.01 * 2**-8, given=x, what=what)
    for dtype, half_a_step in ((torch.bfloat16, 2**-8), (torch.float16, 2**-11)):
        layer, weight = with_random_weight(submission, inputs, 64, torch.float32)
        x = inputs.randn(1, 8, 64, dtype=dtype)
        wanted, rtol = reference(x, weight), 1.01 * half_a_step
        what = f"output for {dtype} at random w"
        expect_close(layer(x.clone()), wanted, atol=1e-7, rtol=rtol, given=x, what=what)


def test_single_rounding(submission: Submission, inputs: Inputs) -> None:
    rounds_once(submission, inputs)


def test_parameter_name(submission: Submission, inputs: Inputs) -> None:
    del inputs
    names = sorted(submission.RMSNorm(8).state_dict())
    expect_equal(names, ["weight"], what="state_dict() keys")


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
