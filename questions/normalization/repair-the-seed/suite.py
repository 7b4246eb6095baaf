"""Hidden checks of the repair: the faults of LayerNorm first, then those of ResidualBlock.

Each fault of the article has a check of its own that the other faults leave alone: the divisor
is judged where ε is negligible, ε under either divisor, a dtype without regard to values, the
stride under either input of the projection. So what is mended shows at once, whatever is left.

Parameters are found by role: γ and β by their initial values; in a block all kernels of one
size hold the same numbers, and so do all scales and all shifts, so that no name matters.
"""

from collections.abc import Callable
from functools import cache

import torch
import torch.nn.functional as F
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
    expect,
    expect_close,
    expect_equal,
    expect_same,
    gradient_of,
    raises,
)

# Comparisons with a reference are in float64. Rounding is below 1e-12 in LayerNorm (|y| < 30,
# condition x / σ < 100) and below 1e-9 in the block (27 products, magnitudes below 100, norms
# that amplify by 317 at the very worst). A detour through float32 costs about 1e-6, and a check
# of its own judges that. Every mistake in a formula moves some output by more than 1e-3.
LOOSE = 1e-5
TIGHT = 1e-10

OUTPUT_SHAPE = Bilingual(zh="输出的形状", en="output shape")
OUTPUT_DTYPE = Bilingual(zh="输出的 dtype", en="output dtype")
KERNEL_SIZES = Bilingual(zh="各个卷积核的元素个数", en="sizes of all kernels")
INITIAL = Bilingual(zh="可训练参数的初值", en="initial values of the trainable parameters")


# ── LayerNorm: the reference, and parameters by role ────────────────────────────────────────


def reference(x: Tensor, *, eps: float = 1e-5, unbiased: bool = False) -> Tensor:
    """The definition without γ and β, in float64; `unbiased` divides by D − 1."""
    wide = x.double()
    centred = wide - wide.mean(-1, keepdim=True)
    divisor = x.shape[-1] - unbiased
    return centred / torch.sqrt(centred.square().sum(-1, keepdim=True) / divisor + eps)


def row(*values: float, dtype: torch.dtype = torch.float64) -> Tensor:
    return torch.tensor([values], dtype=dtype)


def plain(submission: Submission, x: Tensor, eps: float = 1e-5) -> Tensor:
    """Normalize a copy of x without γ and β."""
    output: Tensor = submission.LayerNorm(x.shape[-1], eps=eps, affine=False)(x.clone())
    return output


def expect_either_divisor(
    y: Tensor,
    x: Tensor,
    *,
    atol: float,
    rtol: float = 0.0,
    eps: float = 1e-5,
    what: Words = OUTPUT,
) -> None:
    """Require the reference, or what ÷ (D − 1) makes of it: the divisor has a check of its own."""
    other = reference(x, eps=eps, unbiased=True)
    if y.shape != x.shape or not torch.isclose(y.double(), other, atol=atol, rtol=rtol).all():
        expect_close(y, reference(x, eps=eps), atol=atol, rtol=rtol, given=x, what=what)


def gain_and_bias(layer: nn.Module) -> tuple[nn.Parameter, nn.Parameter]:
    """Return γ and β: the vector that starts at 1, and the one that starts at 0."""
    gains = [one for one in layer.parameters() if bool((one == 1).all())]
    biases = [one for one in layer.parameters() if bool((one == 0).all())]
    if len(gains) != 1 or len(biases) != 1:
        found = str([[round(value, 4) for value in one.tolist()] for one in layer.parameters()])
        wanted = Bilingual(
            zh="一个参数全为 1，一个全为 0", en="one parameter of ones, one of zeros"
        )
        raise CheckFailed(f"initial values: {found}", Evidence(None, wanted, found, INITIAL))
    return gains[0], biases[0]


def with_affine(
    submission: Submission, gain: Tensor, bias: Tensor
) -> tuple[nn.Module, nn.Parameter, nn.Parameter]:
    layer = submission.LayerNorm(gain.shape[0]).double()
    gamma, beta = gain_and_bias(layer)
    with torch.no_grad():
        gamma.copy_(gain)
        beta.copy_(bias)
    return layer, gamma, beta


# ── ResidualBlock: the reference, and parameters by role ────────────────────────────────────

Values = dict[tuple[str, int], Tensor]  # by kind and number of elements


def is_vector(parameter: Tensor) -> bool:
    """Tell whether it is one number a channel: (C,), or (1, C, 1, 1)."""
    return parameter.dim() <= 1 or parameter.shape[0] == 1


def kind_of(parameter: Tensor) -> str:
    """Tell kernel, scale and shift (or bias) of an untouched block apart."""
    if not is_vector(parameter):
        return "kernel"
    return "scale" if bool((parameter == 1).all()) else "shift"


def sizes(block: nn.Module, kind: str) -> list[int]:
    """Return the numbers of elements of all parameters of a kind, smallest first."""
    return sorted(one.numel() for one in block.parameters() if kind_of(one) == kind)


def build(submission: Submission, cin: int, cout: int, stride: int = 1) -> nn.Module:
    """Construct a block in float64, naming `stride` only where it is not the default."""
    named = {} if stride == 1 else {"stride": stride}
    block: nn.Module = submission.ResidualBlock(cin, cout, **named).double()
    return block


def filled(
    submission: Submission, inputs: Inputs, cin: int, cout: int, stride: int = 1
) -> tuple[nn.Module, Values]:
    """Construct a block with random values, the same for all parameters of one kind and size."""
    values: Values = {}
    for size in sorted({9 * cin * cout, 9 * cout * cout, cin * cout}):
        values["kernel", size] = inputs.randn(size, scale=0.4)
    for size in sorted({cin, cout}):
        values["scale", size] = inputs.uniform(size, low=0.6, high=1.4)
        values["shift", size] = inputs.uniform(size, low=-0.4, high=0.4)
    block = build(submission, cin, cout, stride)
    with torch.no_grad():
        for one in block.parameters():
            key = kind_of(one), one.numel()
            one.copy_(values.get(key, torch.ones(one.numel())).reshape(one.shape))
    return block, values


def zeroed(block: nn.Module) -> nn.Module:
    """Set all parameters to 0: the branch is 0 then, whatever goes in."""
    with torch.no_grad():
        for one in block.parameters():
            one.zero_()
    return block


class Twin:
    """The reference block; `dead_bias` gives conv1 a bias, `raw` projects x instead of a."""

    def __init__(
        self,
        values: Values,
        cin: int,
        cout: int,
        stride: int = 1,
        *,
        dead_bias: bool = False,
        raw: bool = False,
    ) -> None:
        self.values, self.cin, self.cout, self.stride = values, cin, cout, stride
        self.dead_bias, self.raw = dead_bias, raw
        self.running = [
            (torch.zeros(c, dtype=torch.float64), torch.ones(c, dtype=torch.float64))
            for c in (cin, cout)
        ]

    def __call__(self, x: Tensor, *, training: bool = True) -> Tensor:
        cin, cout = self.cin, self.cout
        bias = self.values["shift", cout] if self.dead_bias else None
        activated = F.relu(self.norm(x, 0, training=training))
        hidden = F.conv2d(activated, self.kernel(cin, 3), bias, self.stride, padding=1)
        hidden = F.relu(self.norm(hidden, 1, training=training))
        branch = F.conv2d(hidden, self.kernel(cout, 3), padding=1)
        if cin == cout and self.stride == 1:
            return x + branch
        source = x if self.raw else activated
        return F.conv2d(source, self.kernel(cin, 1), stride=self.stride) + branch

    def kernel(self, cin: int, width: int) -> Tensor:
        shape = (self.cout, cin, width, width)
        return self.values["kernel", self.cout * cin * width * width].reshape(shape)

    def norm(self, x: Tensor, which: int, *, training: bool) -> Tensor:
        mean, variance = self.running[which]
        scale, shift = (self.values[kind, x.shape[1]] for kind in ("scale", "shift"))
        return F.batch_norm(x, mean, variance, scale, shift, training=training)


def expect_twin(
    actual: Tensor,
    wanted: list[Tensor],
    values: Values,
    *,
    given: Tensor,
    what: Words = OUTPUT,
) -> None:
    """Require one of the wanted outputs, give or take the biases of conv2 and the projection.

    Those two biases are optional and hold the same numbers as a shift, so an output may exceed
    the reference by none, one or two of them. The nearest is compared.
    """
    bias = values["shift", wanted[0].shape[1]].reshape(1, -1, 1, 1)
    possible = [one.detach() + count * bias for one in wanted for count in range(3)]
    if actual.shape == wanted[0].shape:
        possible.sort(key=lambda one: float((actual.detach() - one).abs().max().nan_to_num(1e9)))
    expect_close(actual, possible[0], atol=LOOSE, given=given, what=what)


# ── Checks of LayerNorm ─────────────────────────────────────────────────────────────────────


def test_norm_runs(submission: Submission, inputs: Inputs) -> None:
    for layer in (submission.LayerNorm(8), submission.LayerNorm(8, affine=False)):
        for shape in ((2, 8), (8,), (2, 3, 8)):
            x = inputs.randn(*shape, dtype=torch.float32)
            expect_equal(tuple(layer(x).shape), shape, what=OUTPUT_SHAPE, given=shape)


def test_affine_parameters(submission: Submission, inputs: Inputs) -> None:
    layer, bare = submission.LayerNorm(3), submission.LayerNorm(3, affine=False)
    trainable = [one for one in layer.parameters() if one.requires_grad]
    found = sorted([round(value, 4) for value in one.flatten().tolist()] for one in trainable)
    expect_equal(found, [[0.0] * 3, [1.0] * 3], what=INITIAL, given="LayerNorm(3)")
    names = [name for name, _ in bare.named_parameters()]
    what = Bilingual(zh="参数的名字", en="names of parameters")
    expect_equal(names, [], what=what, given="LayerNorm(3, affine=False)")
    buffers = [name for one in (layer, bare) for name, _ in one.named_buffers()]
    expect_equal(buffers, [], what=Bilingual(zh="buffer 的名字", en="names of buffers"))
    # Compared with the submission's own normalized values, so that only γ and β are judged.
    for x, gain, bias, what in (
        (
            row(1, 3),
            row(2, 3)[0],
            row(10, 20)[0],
            Bilingual(
                zh="γ = [2, 3]、β = [10, 20] 时的输出", en="output at γ = [2, 3], β = [10, 20]"
            ),
        ),
        (
            inputs.randn(4, 3),
            inputs.uniform(3, low=0.5, high=2.0),
            inputs.randn(3),
            Bilingual(zh="γ、β 取随机值时的输出", en="output at random γ, β"),
        ),
    ):
        own = plain(submission, x).double() * gain + bias
        affine, _, _ = with_affine(submission, gain, bias)
        y = affine(x.clone())
        wanted = reference(x) * gain + bias
        expect_same(y, own, wanted, atol=LOOSE, given=x, what=what)


def test_norm_leaves_input(submission: Submission, inputs: Inputs) -> None:
    for x in (row(1, 3, dtype=torch.float32), inputs.randn(2, 3, 2, dtype=torch.float32)):
        before = x.clone()
        submission.LayerNorm(2)(x)
        what = Bilingual(zh="调用之后的 x", en="x after the call")
        expect_close(x, before, atol=0.0, given=before, what=what)


def test_biased_variance(submission: Submission, inputs: Inputs) -> None:
    # σ ~ 1e3 leaves no trace of ε, and at (1, 3) it is 1e-5; ÷ (D − 1) is off by 0.06 at D = 8.
    for x in (row(1, 3), inputs.randn(4, 3, scale=1e3), inputs.randn(4, 8, scale=1e3)):
        expect_close(plain(submission, x), reference(x), atol=1e-3, given=x)


def test_epsilon_inside_root(submission: Submission, inputs: Inputs) -> None:
    tiny, ordinary = inputs.randn(2, 8, scale=1e-3), inputs.randn(2, 8)
    for x, eps in ((row(-0.001, 0.001), 1e-5), (tiny, 1e-5), (ordinary, 0.1)):
        y = plain(submission, x, eps)
        what = Bilingual(zh=f"eps={eps:g} 时的输出", en=f"output at eps={eps:g}")
        expect_either_divisor(y, x, atol=LOOSE, eps=eps, what=what)


def test_large_offset(submission: Submission, inputs: Inputs) -> None:
    # float32 has steps of 0.001 at 1e4: a rounded mean costs up to 2e-3 where σ = 1, a variance
    # from squares near 1e8 (steps of 8) costs everything. 2e-2 stands ten times from either.
    x = inputs.randn(4, 64, offset=1e4, dtype=torch.float32)
    for given in (row(10002, 10003, dtype=torch.float32), x):
        expect_either_divisor(plain(submission, given), given, atol=2e-2)


def test_keeps_dtype(submission: Submission, inputs: Inputs) -> None:
    for affine in (True, False):
        layer = submission.LayerNorm(8, affine=affine)
        for dtype in (torch.bfloat16, torch.float16, torch.float32):
            y = layer(inputs.randn(2, 8, dtype=dtype))
            given = Bilingual(
                zh=f"{dtype_name(dtype)} 的 x，affine={affine}",
                en=f"{dtype_name(dtype)} x, affine={affine}",
            )
            expect_equal(y.dtype, dtype, what=OUTPUT_DTYPE, given=given)
    # float32 cannot tell 1 and 1 + 1e-8 apart and gives 0; float64 gives ±1.6e-6, or another
    # number where the formula is wrong.
    if not bool(plain(submission, row(1, 1 + 1e-8)).any()):
        given = Bilingual(zh="float64 的 [1, 1.00000001]", en="[1, 1.00000001] in float64")
        seen = Evidence(given, "[-1.5811e-06, 1.5811e-06]", "[0, 0]")
        raise CheckFailed("float64 input is rounded to float32", seen)
    # At σ ~ 1e6 even a misplaced ε changes less than TIGHT, so what is left is rounding.
    x = inputs.randn(4, 8, scale=1e6)
    y = submission.LayerNorm(8).double()(x.clone())
    given = Bilingual(zh="x 和参数都是 float64", en="x and parameters in float64")
    expect_equal(y.dtype, torch.float64, what=OUTPUT_DTYPE, given=given)
    error = float((y - reference(x)).abs().max())
    if TIGHT < error < LOOSE:  # the error is shown: no five digits of both would differ
        allowed = Bilingual(zh="误差不超过 1e-10", en="an error of 1e-10 at most")
        found = Bilingual(zh=f"误差 {error:.2g}", en=f"an error of {error:.2g}")
        raise CheckFailed(f"float64: off by {error:.2g}", Evidence(given, allowed, found))


def test_half_statistics(submission: Submission, inputs: Inputs) -> None:
    # One rounding of the result is half a step of its dtype, 2⁻¹¹ or 2⁻⁸ of it; twice that is
    # allowed. In half precision the mean loses its last digits and squares beyond 255² overflow.
    given = [row(128, 129, dtype=torch.bfloat16), row(-2000, 2000, dtype=torch.float16)]
    for dtype in (torch.float16, torch.bfloat16):
        small = inputs.randn(8, 64, offset=4.0, dtype=dtype)
        given += [torch.cat([small, inputs.randn(8, 64, scale=1000.0, dtype=dtype)])]
    for x in given:
        rtol = 2**-10 if x.dtype == torch.float16 else 2**-7
        what = Bilingual(zh=f"{dtype_name(x.dtype)} 的输出", en=f"output in {dtype_name(x.dtype)}")
        expect_either_divisor(plain(submission, x), x, atol=1e-5, rtol=rtol, what=what)


def test_wrong_width(submission: Submission, inputs: Inputs) -> None:
    for affine in (True, False):
        layer = submission.LayerNorm(8, affine=affine).double()
        for x in (inputs.randn(3, 1), inputs.randn(3, 9), inputs.randn(8, 2)):
            if raises(lambda layer=layer, x=x: layer(x)) is None:
                call, shape = f"LayerNorm(8, affine={affine})", tuple(x.shape)
                given = Bilingual(
                    zh=f"{call}，x 的形状为 {shape}", en=f"{call}, x of shape {shape}"
                )
                wanted, shape = Bilingual(zh="抛出异常", en="an exception"), tuple(layer(x).shape)
                actual = Bilingual(zh=f"形状为 {shape} 的输出", en=f"an output of shape {shape}")
                raise CheckFailed(f"{given.en} raises nothing", Evidence(given, wanted, actual))


def test_norm_gradients(submission: Submission, inputs: Inputs) -> None:
    # A random cotangent: under .sum() the gradient of x is zero by identity.
    constant = torch.full((1, 3), 3.0, dtype=torch.float64)
    one, zero = torch.ones(3, dtype=torch.float64), torch.zeros(3, dtype=torch.float64)
    small = row(1, 2, 4)
    for values, cotangent, gain, bias in (
        (small, row(1, 0, 0), one, zero),
        (inputs.randn(4, 3), inputs.randn(4, 3), inputs.uniform(3, low=0.5), inputs.randn(3)),
        (constant, inputs.randn(1, 3), one, zero),
    ):
        layer, gamma, beta = with_affine(submission, gain, bias)
        theirs, ours = values.clone().requires_grad_(), values.clone().requires_grad_()
        ((reference(ours) * gain + bias) * cotangent).sum().backward()
        (layer(theirs) * cotangent).sum().backward()
        normal = reference(values)
        for leaf, wanted, name in (
            (theirs, gradient_of(ours, "x"), "x"),
            (gamma, (normal * cotangent).sum(0), "γ"),
            (beta, cotangent.sum(0), "β"),
        ):
            # Gradients grow as 1/√(σ² + ε) ≤ 316, and a float32 detour costs 1e-7/σ² of them:
            # 1e-3 at σ = 0.01. What is cut out of the graph costs a fifth or more.
            worst = 1e-3 * (1 + float(wanted.abs().max()))
            got, what = gradient_of(leaf, name), gradient_words(name)
            given = FIRST_OUTPUT if values is small else values
            expect_close(got, wanted, atol=worst, given=given, what=what)


FIRST_OUTPUT = Bilingual(
    zh="[1, 2, 4]，损失取第一个输出", en="[1, 2, 4], with the first output as the loss"
)


def gradient_words(name: str) -> Bilingual:
    return Bilingual(zh=f"{name} 的梯度", en=f"gradient of {name}")


# ── Checks of ResidualBlock ─────────────────────────────────────────────────────────────────


def test_block_runs(submission: Submission, inputs: Inputs) -> None:
    x = inputs.randn(2, 2, 4, 4, dtype=torch.float32)
    y = submission.ResidualBlock(2, 2)(x)
    expect_equal(tuple(y.shape), (2, 2, 4, 4), what=OUTPUT_SHAPE, given="(2, 2, 4, 4)")


def test_block_leaves_input(submission: Submission, inputs: Inputs) -> None:
    for training in (True, False):
        block, _ = filled(submission, inputs, 2, 2)
        # Rows of (−1, 2), which the hint tells, are 0.5 from the mean of their channel.
        x = row(-1, 2).expand(2, 2, 3, 2).clone() if training else inputs.randn(2, 2, 3, 3)
        before = x.clone()
        with torch.no_grad():
            block.train(training)(x)
        what = Bilingual(zh="调用之后的 x", en="x after the call")
        expect_close(x, before, given=before, atol=0.0, what=what)


def test_identity_shortcut(submission: Submission, inputs: Inputs) -> None:
    # In float32, in which a shortcut that is cast to float32 is exact too; x + 0 is exact.
    block = submission.ResidualBlock(2, 2)
    kernels = sizes(block, "kernel")
    expect_equal(kernels, [36, 36], what=KERNEL_SIZES, given="ResidualBlock(2, 2)")
    x, cotangent = (
        inputs.uniform(2, 2, 3, 2, low=-0.9, high=0.9, dtype=torch.float32) for _ in range(2)
    )
    # The first row is the hint's example, and is off by most where the shortcut is not x.
    x[0, 0, 0] = row(-1, 2)[0]
    cotangent[0, 0, 0] = 3.0
    leaf = x.clone().requires_grad_()
    y = zeroed(block)(leaf)
    what = Bilingual(zh="参数全为 0 时的输出", en="output with all parameters 0")
    expect_close(y, x, given=x, atol=0.0, what=what)
    said = Bilingual(
        zh="参数全为 0 时，没有梯度经过捷径",
        en="with all parameters 0, no gradient passes the shortcut",
    )
    expect(y.requires_grad, said)
    (y * cotangent).sum().backward()
    what = Bilingual(
        zh="参数全为 0 时，由 y 的梯度得到的 x 的梯度",
        en="gradient of x from that of y, with all parameters 0",
    )
    expect_close(gradient_of(leaf, "x"), cotangent, given=cotangent, atol=1e-6, what=what)


def test_pre_activation_order(submission: Submission, inputs: Inputs) -> None:
    block, values = filled(submission, inputs, 2, 2)
    twins = [Twin(values, 2, 2), Twin(values, 2, 2, dead_bias=True)]
    x = inputs.randn(3, 2, 4, 3, scale=2.0, offset=0.5)
    expect_gradients(block, twins, values, x, inputs.randn(3, 2, 4, 3))
    with torch.no_grad():
        wanted = [twin(x, training=False) for twin in twins]
        what = Bilingual(zh="eval() 下的输出", en="output in eval()")
        expect_twin(block.eval()(x.clone()), wanted, values, given=x, what=what)


def expect_gradients(
    block: nn.Module, twins: list[Twin], values: Values, x: Tensor, cotangent: Tensor
) -> None:
    """Compare the output in training, then the gradient of x, with those of the first twin."""
    theirs, ours = x.clone().requires_grad_(), x.clone().requires_grad_()
    outputs = [twin(ours) for twin in twins]
    y = block(theirs)
    expect_twin(y, outputs, values, given=x)
    (outputs[0] * cotangent).sum().backward()
    said = Bilingual(
        zh="autograd 看不到输出对 x 的依赖", en="the output does not depend on x for autograd"
    )
    expect(y.requires_grad, said)
    (y * cotangent).sum().backward()
    wanted = gradient_of(ours, "x")
    worst = 1e-3 * (1 + float(wanted.abs().max()))
    what = gradient_words("x")
    expect_close(gradient_of(theirs, "x"), wanted, atol=worst, given=x, what=what)
    for name, one in block.named_parameters():
        # A bias that a norm cancels may well receive none; a kernel may not.
        said = Bilingual(zh=f"没有梯度传到 {name}", en=f"no gradient reaches {name}")
        expect(one.grad is not None or is_vector(one), said)


def test_channel_change(submission: Submission, inputs: Inputs) -> None:
    for cin, cout in ((2, 3), (3, 2)):
        call = f"ResidualBlock({cin}, {cout})"
        block = build(submission, cin, cout)
        y = block(inputs.randn(2, cin, 3, 3))
        given = Bilingual(zh=f"{call}，3×3 的图像", en=f"{call}, 3×3 images")
        expect_equal(tuple(y.shape), (2, cout, 3, 3), what=OUTPUT_SHAPE, given=given)
        wanted = sorted([cin * cout, 9 * cin * cout, 9 * cout * cout])
        expect_equal(sizes(block, "kernel"), wanted, what=KERNEL_SIZES, given=call)
        what = Bilingual(zh="各个 BN 的通道数", en="channels of the norms")
        expect_equal(sizes(block, "scale"), sorted([cin, cout]), what=what, given=call)


def test_single_channel(submission: Submission, inputs: Inputs) -> None:
    pixel = torch.full((2, 1, 1, 2), 0.5, dtype=torch.float64)
    for cin, cout, x in ((1, 3, pixel), (3, 1, inputs.randn(2, 3, 3, 3))):
        y = zeroed(build(submission, cin, cout))(x)
        # With all parameters 0 a projection gives 0 exactly; a broadcast x does not.
        wanted = torch.zeros(2, *x.shape[2:], cout)
        call = f"ResidualBlock({cin}, {cout})"
        what = Bilingual(
            zh=f"{call} 的参数全为 0 时，每个像素的各个通道",
            en=f"all channels of a pixel, from {call} with all parameters 0",
        )
        expect_close(y.movedim(1, -1), wanted, atol=0.0, given=x.movedim(1, -1), what=what)


def test_activated_projection(submission: Submission, inputs: Inputs) -> None:
    block, values = filled(submission, inputs, 2, 3)
    x = inputs.randn(3, 2, 4, 3, scale=2.0, offset=0.5)
    expect_gradients(block, [Twin(values, 2, 3)], values, x, inputs.randn(3, 3, 4, 3))


def test_downsampling(submission: Submission, inputs: Inputs) -> None:
    for cout, stride in ((2, 2), (3, 3)):
        block = zeroed(build(submission, 2, cout, stride))
        for height, width in ((4, 4), (5, 3)):
            x = inputs.randn(2, 2, height, width)
            # With all parameters 0 a projection gives 0; a sliced or pooled x would stay.
            wanted = torch.zeros(2, cout, -(-height // stride), -(-width // stride))
            call = f"ResidualBlock(2, {cout}, stride={stride})"
            what = Bilingual(
                zh=f"{call} 的参数全为 0 时的输出", en=f"output of {call} with all parameters 0"
            )
            expect_close(block(x), wanted, atol=0.0, given=x, what=what)
    block, values = filled(submission, inputs, 2, 3, 2)
    twins = [Twin(values, 2, 3, 2), Twin(values, 2, 3, 2, raw=True)]
    x = inputs.randn(3, 2, 5, 4, scale=2.0, offset=0.5)
    outputs = [twin(x) for twin in twins]
    what = Bilingual(zh="stride=2 时的输出", en="output at stride=2")
    expect_twin(block(x.clone()), outputs, values, given=x, what=what)


def test_residual_stream_dtype(submission: Submission, inputs: Inputs) -> None:
    # With all parameters 0 the branch is 0, so x must come out bit for bit.
    block = zeroed(submission.ResidualBlock(2, 2))
    x = inputs.randn(2, 2, 3, 2, dtype=torch.float32)
    x[0] = 257.0  # the worst element, and so the example that is shown
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        y = block(x.clone())
    given = Bilingual(
        zh="float32 的 x，bfloat16 的 autocast", en="float32 x under bfloat16 autocast"
    )
    what = Bilingual(
        zh="bfloat16 的 autocast 下，参数全为 0 时的输出",
        en="output under bfloat16 autocast, with all parameters 0",
    )
    expect_close(y, x, atol=0.0, given=x, what=what)
    expect_equal(y.dtype, torch.float32, what=OUTPUT_DTYPE, given=given)
    for dtype in (torch.bfloat16, torch.float64):
        x = inputs.randn(2, 2, 3, 3, dtype=dtype)
        y = zeroed(block.to(dtype))(x.clone())
        name = dtype_name(dtype)
        given = Bilingual(zh=f"块和 x 都是 {name}", en=f"block and x in {name}")
        expect_equal(y.dtype, dtype, what=OUTPUT_DTYPE, given=given)
        what = Bilingual(
            zh=f"块和 x 都是 {name}、参数全为 0 时的输出",
            en=f"output with block and x in {name} and all parameters 0",
        )
        expect_close(y, x, atol=0.0, given=x, what=what)


def test_dead_bias(submission: Submission, inputs: Inputs) -> None:
    block, _ = filled(submission, inputs, 2, 2)
    (block(inputs.randn(3, 2, 4, 4)) * inputs.randn(3, 2, 4, 4)).sum().backward()
    for name, one in block.named_parameters():
        # 1e-15 of rounding is left of a gradient that is 0 by identity; others are near 1.
        largest = 0.0 if one.grad is None else float(one.grad.abs().max())
        said = Bilingual(
            zh=f"{name} 的梯度只剩舍入误差：{largest:.1g}",
            en=f"the gradient of {name} is rounding and no more: {largest:.1g}",
        )
        given = Bilingual(
            zh="训练中的 ResidualBlock(2, 2)，float64",
            en="ResidualBlock(2, 2) in training, float64",
        )
        expect(largest > 1e-9, said, given=given)


# ── Probes: the first check that fails, and what is computed there ──────────────────────────
#
# A candidate mends one fault after the other, so most submissions hold several. The first probe
# names the check that fails first, the second tells what the submission computes at that place:
# a known mistake is recognized there, whatever is still wrong further on.

Look = Callable[[Submission], object]


@cache
def first_failure(submission: Submission) -> str:
    for number, check in enumerate(LOOKS):
        if raises(lambda check=check, number=number: check(submission, Inputs(number, "probe"))):
            return check.__name__
    return "none"


def probe_first_failure(submission: Submission, inputs: Inputs) -> str:
    del inputs  # always the same, since what is found is kept
    return first_failure(submission)


def probe_what_is_there(submission: Submission, inputs: Inputs) -> object:
    del inputs
    looks = {check.__name__: look for check, look in LOOKS.items()}
    look = looks.get(first_failure(submission))
    return look(submission) if look else None


def told(call: Callable[[], object]) -> str:
    """Return what a call gives, or the type of what it raises, as text."""
    try:
        return str(call())
    except Exception as error:  # noqa: BLE001 - a wrong implementation may raise anything
        return type(error).__name__


def rounded(values: Tensor) -> str:
    """Return values with four digits after the point, and no sign of zero."""
    return str([round(value, 4) + 0.0 for value in values.detach().double().flatten().tolist()])


def wave(*shape: int) -> Tensor:
    """Return numbers that are always the same, between −1 and 1."""
    return torch.sin(1.7 * torch.arange(1, 1 + torch.Size(shape).numel()).double()).reshape(shape)


def look_at_runs(submission: Submission) -> str:
    def shape(d: int, *, affine: bool) -> tuple[int, ...]:
        return tuple(submission.LayerNorm(d, affine=affine)(torch.ones(2, d)).shape)

    kinds = ((8, True), (8, False), (1, True))
    return "; ".join(told(lambda d=d, flag=flag: shape(d, affine=flag)) for d, flag in kinds)


def look_at_parameters(submission: Submission) -> str:
    layers = [submission.LayerNorm(4, affine=affine) for affine in (True, False)]
    return str([sorted(rounded(one) for one in layer.parameters()) for layer in layers])


def look_at_x(submission: Submission) -> str:
    x = row(1, 3)
    submission.LayerNorm(2, affine=False)(x)
    return rounded(x)


def look_at_divisor(submission: Submission) -> str:
    given = (row(5), 1e6 * wave(1, 2), 1e6 * wave(2, 3))
    return "; ".join(rounded(plain(submission, x)) for x in given)


def look_at_epsilon(submission: Submission) -> tuple[Tensor, ...]:
    leaf = torch.full((2, 4), 3.0, dtype=torch.float64).requires_grad_()
    (submission.LayerNorm(4, affine=False)(leaf) * wave(2, 4)).sum().backward()
    tiny = 2e-3 * wave(2, 4)
    return plain(submission, tiny), plain(submission, tiny, 0.1), gradient_of(leaf, "x")


def look_at_offset(submission: Submission) -> str:
    y = plain(submission, row(10002, 10003, dtype=torch.float32))
    return "NaN" if bool(y.isnan().any()) else "wrong"


def look_at_dtype(submission: Submission) -> str:
    half = submission.LayerNorm(8)(wave(2, 8).bfloat16())
    return f"{half.dtype} {bool(plain(submission, row(1, 1 + 1e-8)).any())}"


def look_at_width(submission: Submission) -> str:
    layers = [submission.LayerNorm(8, affine=affine).double() for affine in (True, False)]
    return "; ".join(
        told(lambda layer=layer, d=d: tuple(layer(wave(3, d)).shape))
        for layer in layers
        for d in (1, 9)
    )


def look_at_norm_gradient(submission: Submission) -> str:
    leaf = row(1, 2, 4).requires_grad_()
    (submission.LayerNorm(3, affine=False)(leaf) * row(1, 0, 0)).sum().backward()
    return rounded(gradient_of(leaf, "x"))


def patterned(submission: Submission, cin: int, cout: int, stride: int = 1) -> nn.Module:
    """Fill by kind and size; shifts and biases become 0, so that no bias need be there."""
    block = build(submission, cin, cout, stride)
    with torch.no_grad():
        for one in block.parameters():
            base = {"kernel": 0.0, "scale": 1.0}.get(kind_of(one))
            one.copy_(torch.zeros(()) if base is None else base + 0.5 * wave(*one.shape))
    return block


def output(block: nn.Module, channels: int) -> str:
    x = 2 * wave(3, channels, 5, 4) + 0.5
    with torch.no_grad():
        y = block(x)
    return f"{tuple(y.shape)} {rounded(y)}"


def look_at_block(submission: Submission) -> str:
    return told(lambda: output(patterned(submission, 2, 2), 2))


def look_at_block_x(submission: Submission) -> str:
    block, x = patterned(submission, 2, 2), wave(1, 2, 2, 2)
    with torch.no_grad():
        block(x)
    return rounded(x)


def look_at_identity(submission: Submission) -> str:
    block, x = build(submission, 2, 2), wave(1, 2, 2, 2).requires_grad_()
    kernels = sizes(block, "kernel")
    y = zeroed(block)(x)
    if y.requires_grad:
        (y * wave(1, 2, 2, 2)).sum().backward()
    return f"{kernels} {rounded(y)} {None if x.grad is None else rounded(x.grad)}"


def look_at_change(submission: Submission) -> str:
    block, x = build(submission, 2, 3), wave(2, 2, 3, 3)
    twice = told(lambda: f"{tuple(block(x).shape)} {bool((block(x) == block(x)).all())}")
    return f"{sizes(block, 'kernel')} {sizes(block, 'scale')} {twice}"


def look_at_single_channel(submission: Submission) -> str:
    block = zeroed(build(submission, 1, 3))
    return told(lambda: rounded(block(torch.full((1, 1, 1, 2), 0.5, dtype=torch.float64))))


def look_at_projection(submission: Submission) -> str:
    return told(lambda: output(patterned(submission, 2, 3), 2))


def look_at_stride(submission: Submission) -> str:
    return "; ".join(
        told(lambda cout=cout: output(patterned(submission, 2, cout, 2), 2)) for cout in (2, 3)
    )


def look_at_stream(submission: Submission) -> str:
    block = zeroed(submission.ResidualBlock(2, 2)).eval()
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        mixed = block(torch.full((1, 2, 1, 1), 257.0))
    wide = block.double()(torch.full((1, 2, 1, 1), 1 + 1e-12, dtype=torch.float64))
    return f"{mixed.dtype} {rounded(mixed)} {wide.dtype} {bool((wide > 1).all())}"


def look_no_further(submission: Submission) -> None:
    """The check says it all: there is one way to fail it."""
    del submission


LOOKS: dict[Callable[[Submission, Inputs], None], Look] = {
    test_norm_runs: look_at_runs,
    test_affine_parameters: look_at_parameters,
    test_norm_leaves_input: look_at_x,
    test_biased_variance: look_at_divisor,
    test_epsilon_inside_root: look_at_epsilon,
    test_large_offset: look_at_offset,
    test_keeps_dtype: look_at_dtype,
    test_half_statistics: look_no_further,
    test_wrong_width: look_at_width,
    test_norm_gradients: look_at_norm_gradient,
    test_block_runs: look_at_block,
    test_block_leaves_input: look_at_block_x,
    test_identity_shortcut: look_at_identity,
    test_pre_activation_order: look_at_block,
    test_channel_change: look_at_change,
    test_single_channel: look_at_single_channel,
    test_activated_projection: look_at_projection,
    test_downsampling: look_at_stride,
    test_residual_stream_dtype: look_at_stream,
    test_dead_bias: look_no_further,
}
