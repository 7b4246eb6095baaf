"""Hidden checks of residual/residual-block.

Parameters are found by role. A weight is known by its number of elements, a BatchNorm's scale by
its initial value 1; what those leave open (which of two equal convolutions comes first, which
vector is a bias) is settled by trying: see `read`. Running statistics are never looked up: the
block and its reference see the same training inputs, and are compared in eval.
"""

from collections.abc import Iterator
from itertools import permutations, product

import torch
import torch.nn.functional as F
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
)

# All comparisons with the reference are in float64 (eps 2.2e-16): a value is a sum of at most 27
# products, magnitudes stay below 100, and a norm amplifies a rounding by 1/√(var + 1e-5) < 317
# at the very worst: 100 · 27 · 2.2e-16 · 317 ≈ 2e-10. The mildest mistake, another eps in the
# norm, changes values by 1e-6.
ATOL = 1e-9

PAIRS = (
    ("conv1", "bias1"),
    ("conv2", "bias2"),
    ("projection", "projection_bias"),
    ("scale1", "shift1"),
    ("scale2", "shift2"),
)
Reading = dict[str, str]  # role -> the candidate's name of the parameter

SHAPE = Bilingual(zh="输出的形状", en="shape of the output")
SIZES = Bilingual(zh="各个权重的元素个数", en="numbers of elements of the weights")
CENTRES = Bilingual(  # see `plain`
    zh="卷积核只有中心是单位矩阵，其余为 0", en="kernels: the identity at the centre, else 0"
)


# ── Parameters by role ──────────────────────────────────────────────────────────────────────


def is_vector(parameter: Tensor) -> bool:
    """Return whether it is one number a channel: (C,), or (1, C, 1, 1). Weights are not."""
    return parameter.dim() <= 1 or parameter.shape[0] == 1


def weight_sizes(block: nn.Module) -> list[int]:
    """Return the numbers of elements of all weights, smallest first."""
    return sorted(p.numel() for p in block.parameters() if not is_vector(p))


def scale_sizes(block: nn.Module) -> list[int]:
    """Return the sizes of the vectors that start at 1, in order: one for each BatchNorm."""
    return [p.numel() for p in block.parameters() if is_vector(p) and bool((p == 1).all())]


def vector_count(block: nn.Module) -> int:
    return sum(is_vector(p) for p in block.parameters())


def weights_of(block: nn.Module, size: int) -> list[str]:
    return [n for n, p in block.named_parameters() if not is_vector(p) and p.numel() == size]


def owner(name: str) -> str:
    return name.rpartition(".")[0]


def assignments(
    block: nn.Module, scales: dict[str, int], cin: int, cout: int, *, projected: bool
) -> Iterator[Reading]:
    """Yield every way to call the vectors that are not scales by the names of their roles."""
    sizes = {n: p.numel() for n, p in block.named_parameters() if is_vector(p) and n not in scales}
    slots = {"shift1": cin, "shift2": cout, "bias1": cout, "bias2": cout}
    if projected:
        slots["projection_bias"] = cout
    for chosen in permutations(slots, len(sizes)):
        reading = dict(zip(chosen, sizes, strict=True))
        if {"shift1", "shift2"} <= set(chosen) and all(
            sizes[name] == slots[role] for role, name in reading.items()
        ):
            yield reading


def readings(block: nn.Module, cin: int, cout: int) -> list[Reading]:
    """Return all readings of an untouched block's parameters, the likeliest first.

    Likelier is a reading in which more pairs, such as scale and shift, lie in one module.
    """
    scales = {
        n: p.numel() for n, p in block.named_parameters() if is_vector(p) and bool((p == 1).all())
    }
    projections = weights_of(block, cin * cout)
    found = []
    for conv1, conv2, scale1, scale2, projection in product(
        weights_of(block, 9 * cin * cout),
        weights_of(block, 9 * cout * cout),
        [name for name, size in scales.items() if size == cin],
        [name for name, size in scales.items() if size == cout],
        projections or [None],
    ):
        if conv1 == conv2 or scale1 == scale2:
            continue
        named = {"conv1": conv1, "conv2": conv2, "scale1": scale1, "scale2": scale2}
        if projection is not None:
            named["projection"] = projection
        found += [
            named | rest
            for rest in assignments(block, scales, cin, cout, projected=projection is not None)
        ]
    if not found:
        shapes = ", ".join(str(tuple(p.shape)) for p in block.parameters())
        wanted = Bilingual(
            zh=f"两个 3×3 卷积；BatchNorm 各有 {cin} 和 {cout} 个通道",
            en=f"two 3×3 convolutions; BatchNorms of {cin} and {cout} channels",
        )
        raise CheckFailed(
            f"the parameters are not those of the block, but have the shapes {shapes or 'of none'}",
            Evidence(
                given=f"ResidualBlock({cin}, {cout})",
                expected=wanted,
                actual=shapes or "—",
                what=Bilingual(zh="参数的形状", en="shapes of the parameters"),
            ),
        )

    def together(reading: Reading) -> int:
        return sum(
            one in reading and other in reading and owner(reading[one]) == owner(reading[other])
            for one, other in PAIRS
        )

    return sorted(found, key=together, reverse=True)


def kernel_shapes(cin: int, cout: int) -> dict[str, tuple[int, ...]]:
    return {
        "conv1": (cout, cin, 3, 3),
        "conv2": (cout, cout, 3, 3),
        "projection": (cout, cin, 1, 1),
    }


class Twin:
    """The reference block, with the values of a candidate's parameters under one reading."""

    def __init__(
        self, block: nn.Module, reading: Reading, cin: int, cout: int, stride: int
    ) -> None:
        self.reading, self.shapes, self.stride = reading, kernel_shapes(cin, cout), stride
        self.take(block)
        self.running = [
            (torch.zeros(c, dtype=torch.float64), torch.ones(c, dtype=torch.float64))
            for c in (cin, cout)
        ]

    def take(self, block: nn.Module) -> None:
        """Copy the values that the block's parameters have now."""
        named = dict(block.named_parameters())
        self.values = {
            role: named[name]
            .detach()
            .clone()
            .reshape(self.shapes.get(role, (-1,)))
            .requires_grad_()
            for role, name in self.reading.items()
        }

    def __call__(self, x: Tensor, *, training: bool = True) -> Tensor:
        get = self.values.get
        activated = F.relu(self.norm(x, 1, training=training))
        hidden = F.conv2d(activated, get("conv1"), get("bias1"), stride=self.stride, padding=1)
        hidden = F.relu(self.norm(hidden, 2, training=training))
        branch = F.conv2d(hidden, get("conv2"), get("bias2"), padding=1)
        if "projection" not in self.values:
            return x + branch
        projected = F.conv2d(
            activated, get("projection"), get("projection_bias"), stride=self.stride
        )
        return projected + branch

    def norm(self, x: Tensor, which: int, *, training: bool) -> Tensor:
        mean, var = self.running[which - 1]
        scale, shift = self.values[f"scale{which}"], self.values[f"shift{which}"]
        return F.batch_norm(x, mean, var, scale, shift, training=training, momentum=0.1, eps=1e-5)


def fill(block: nn.Module, inputs: Inputs) -> None:
    """Give every parameter random values: initial ones and zeros hide mistakes."""
    with torch.no_grad():
        for parameter in block.parameters():
            starts_at_one = is_vector(parameter) and bool((parameter == 1).all())
            offset = 1.0 if starts_at_one else 0.0
            parameter.copy_(inputs.randn(*parameter.shape, scale=0.4, offset=offset))


def build(submission: Submission, cin: int, cout: int, stride: int = 1) -> nn.Module:
    """Construct a block in float64, naming `stride` only where it is not the default."""
    if stride == 1:
        return submission.ResidualBlock(cin, cout).double()
    return submission.ResidualBlock(cin, cout, stride=stride).double()


def filled(
    submission: Submission, inputs: Inputs, cin: int, cout: int, stride: int = 1
) -> nn.Module:
    block = build(submission, cin, cout, stride)
    fill(block, inputs)
    return block


def zeroed(submission: Submission, cin: int, cout: int, stride: int = 1) -> nn.Module:
    """Construct a block whose parameters are all 0: its branch is 0, whatever goes in."""
    block = build(submission, cin, cout, stride)
    with torch.no_grad():
        for parameter in block.parameters():
            parameter.zero_()
    return block


def matches(actual: Tensor, expected: Tensor) -> bool:
    return actual.shape == expected.shape and bool(((actual - expected).abs() <= ATOL).all())


def read(block: nn.Module, inputs: Inputs, cin: int, cout: int, stride: int) -> Reading:
    """Return the reading under which a fresh block computes the reference; else the likeliest.

    One call in training leaves a bias before a BatchNorm open, since the norm cancels it; a call
    in eval settles it. The block is used up: its parameters and statistics have changed.
    """
    candidates = readings(block, cin, cout)
    fill(block, inputs)
    x = inputs.randn(3, cin, 4, 4, offset=0.5)
    with torch.no_grad():
        in_training = block.train()(x.clone())
        in_eval = block.eval()(x.clone())
        best, best_score = candidates[0], 0
        for reading in candidates:
            twin = Twin(block, reading, cin, cout, stride)
            if not matches(in_training, twin(x)):
                continue
            score = 1 + matches(in_eval, twin(x, training=False))
            if score > best_score:
                best, best_score = reading, score
            if score == 2:
                break
    return best


def plain(block: nn.Module, reading: Reading, cin: int, cout: int, kernels: set[str]) -> None:
    """Give a fresh block the weights of the hints' examples: all is 0 but what BatchNorm starts
    with, and the centre of each of these kernels, which is the identity.
    """
    named = dict(block.named_parameters())
    with torch.no_grad():
        for parameter in named.values():
            if not (is_vector(parameter) and bool((parameter == 1).all())):
                parameter.zero_()
        for role, shape in kernel_shapes(cin, cout).items():
            if role in kernels and role in reading:
                kernel = torch.zeros(shape, dtype=torch.float64)
                kernel[:, :, shape[2] // 2, shape[3] // 2] = torch.eye(*shape[:2])
                named[reading[role]].copy_(kernel.reshape(named[reading[role]].shape))


def block_and_twin(
    submission: Submission,
    inputs: Inputs,
    cin: int,
    cout: int,
    stride: int = 1,
    *,
    kernels: set[str] | None = None,
) -> tuple[nn.Module, Twin]:
    """Construct a block and its reference; with `kernels`, with the plain weights of an example."""
    reading = read(build(submission, cin, cout, stride), inputs, cin, cout, stride)
    block = build(submission, cin, cout, stride)
    if kernels is None:
        fill(block, inputs)
    else:
        plain(block, reading, cin, cout, kernels)
    return block, Twin(block, reading, cin, cout, stride)


def pixels(*values: float, channels: int = 2, rows: int = 1) -> Tensor:
    """Return one sample that has these values in each row of each channel."""
    return torch.tensor(values, dtype=torch.float64).expand(1, channels, rows, -1).clone()


# ── Checks, root cause first ────────────────────────────────────────────────────────────────


def test_constructs(submission: Submission, inputs: Inputs) -> None:
    block = submission.ResidualBlock(2, 2)
    no_module = Bilingual(zh="ResidualBlock 不是 nn.Module", en="ResidualBlock is not an nn.Module")
    expect(isinstance(block, nn.Module), no_module)
    x = inputs.randn(2, 2, 4, 4, dtype=torch.float32)
    expect_equal(tuple(block(x).shape), (2, 2, 4, 4), what=SHAPE, given="(2, 2, 4, 4)")


def test_registered(submission: Submission, inputs: Inputs) -> None:
    trained, restored = build(submission, 2, 2), build(submission, 2, 2)
    kernels = [p for p in trained.parameters() if not is_vector(p) and p.numel() == 36]
    frozen = sum(not p.requires_grad for p in kernels)
    if len(kernels) < 2 or frozen:
        what = Bilingual(
            zh="parameters() 里含 36 个数、可训练的权重个数",
            en="number of trainable weights of 36 numbers in parameters()",
        )
        count = len(kernels) - frozen
        found = Bilingual(zh=f"{count}，冻结的有 {frozen}", en=f"{count}, and {frozen} frozen")
        shown = found if frozen else str(count)
        raise CheckFailed(
            f"{what.en}: {found.en}, expected 2", Evidence("ResidualBlock(2, 2)", "2", shown, what)
        )
    fill(trained, inputs)
    trained(inputs.randn(3, 2, 3, 3, offset=2.0))  # moves the running statistics too
    restored.load_state_dict(trained.state_dict())
    restored, trained, x = restored.eval(), trained.eval(), inputs.randn(2, 2, 3, 3)
    saved = trained(x.clone())
    what = Bilingual(
        zh="另一个块加载 state_dict() 之后的输出（对照：原来的块）",
        en="output of a block that loaded the state_dict(), against the one that saved it",
    )
    expect_close(restored(x.clone()), saved, given=x, atol=ATOL, what=what, itself=True)


def test_input_unchanged(submission: Submission, inputs: Inputs) -> None:
    for training, x in ((False, pixels(-1, 2)), (True, inputs.randn(2, 2, 3, 3))):
        block = filled(submission, inputs, 2, 2).train(training)
        before = x.clone()
        with torch.no_grad():
            block(x)
        what = Bilingual(zh="调用之后的 x", en="x after the call")
        expect_close(x, before, given=before, atol=0.0, what=what)


def test_parameter_free_shortcut(submission: Submission) -> None:
    for channels in (2, 3):
        block = build(submission, channels, channels)
        given = f"ResidualBlock({channels}, {channels})"
        two_kernels = [9 * channels * channels] * 2
        expect_equal(weight_sizes(block), two_kernels, what=SIZES, given=given)
        expect_few_vectors(block, 6, given)


def expect_few_vectors(block: nn.Module, most: int, given: str) -> None:
    """Require no more vectors than two BatchNorms have, and a bias for each convolution."""
    if vector_count(block) > most:
        what = Bilingual(
            zh="一维参数的个数（BatchNorm 和偏置）",
            en="number of one-dimensional parameters (BatchNorms and biases)",
        )
        found = str(vector_count(block))
        raise CheckFailed(
            f"{what.en}: {found}, at most {most}", Evidence(given, f"≤ {most}", found, what)
        )


def test_zero_branch_identity(submission: Submission, inputs: Inputs) -> None:
    for training, x in ((False, pixels(-1, 2)), (True, inputs.randn(2, 2, 3, 3))):
        block = zeroed(submission, 2, 2).train(training)
        before = x.clone()
        # x + 0 is exact, so there is nothing to tolerate.
        expect_close(block(x), before, given=before, atol=0.0)


def test_shortcut_gradient(submission: Submission, inputs: Inputs) -> None:
    block = zeroed(submission, 2, 2)
    x = inputs.randn(2, 2, 3, 3).requires_grad_()
    y = block(x)
    lost = Bilingual(
        zh="对 autograd 来说，输出与 x 无关", en="the output does not depend on x for autograd"
    )
    expect(y.requires_grad, lost)
    (3 * y).sum().backward()
    none = Bilingual(zh="x 没有得到梯度", en="x receives no gradient at all")
    expect(x.grad is not None, none)
    given = Bilingual(zh="参数全为 0，损失为 3·Σy", en="all parameters 0, the loss 3·Σy")
    what = Bilingual(zh="x 的梯度", en="gradient of x")
    expect_close(x.grad, torch.full_like(x, 3.0), given=given, atol=ATOL, what=what)


def test_two_norms(submission: Submission) -> None:
    scales = len(scale_sizes(build(submission, 3, 3)))
    what = Bilingual(
        zh="初始为 1 的缩放的个数，每个 BatchNorm 一个",
        en="number of scales that start at 1, one for each BatchNorm",
    )
    expect_equal(min(scales, 2), 2, what=what, given="ResidualBlock(3, 3)")


def test_batch_statistics(submission: Submission, inputs: Inputs) -> None:
    block = build(submission, 2, 2)
    with torch.no_grad():
        for parameter in block.parameters():
            if not is_vector(parameter):
                parameter.copy_(inputs.randn(*parameter.shape))
            elif not bool((parameter == 1).all()):
                # 18 normalised values lie within ±√17, so a shift of 10 keeps every ReLU open:
                # a branch that happens to be dead for sample 0 would not react to its mate.
                parameter.fill_(10.0)
        x = inputs.randn(2, 2, 3, 3)
        other = torch.cat([x[:1], x[1:] ** 3 + 3])  # sample 0 stays, its batch mate changes
        moved = (block(x)[0] - block(other)[0]).abs().max().item()
    unmoved = Bilingual(
        zh="训练时，样本 1 从 x 变为 x³ + 3，样本 0 的输出却没有变",
        en="in training, sample 0 keeps its output when sample 1 goes from x to x³ + 3",
    )
    # A norm of single samples gives exactly 0 here; BatchNorm moves the sample by about 1.
    expect(moved > 1e-6, unmoved, given=shaped(2, 2, 3, 3))


def shaped(*shape: int) -> Bilingual:
    return Bilingual(zh=f"x 的形状是 {shape}", en=f"x of shape {shape}")


def test_pre_activation_order(submission: Submission, inputs: Inputs) -> None:
    block, twin = block_and_twin(submission, inputs, 2, 2, kernels={"conv1", "conv2"})
    x = pixels(-1, 3)
    given = Bilingual(zh=f"x = (−1, 3)；{CENTRES.zh}", en=f"x = (−1, 3); {CENTRES.en}")
    expect_close(block(x), twin(x), given=given, atol=ATOL)
    block, twin = block_and_twin(submission, inputs, 3, 3)
    x = inputs.randn(3, 3, 5, 4, scale=2.0, offset=0.5)
    expect_close(block(x), twin(x), given=x, atol=ATOL)


def test_running_statistics(submission: Submission, inputs: Inputs) -> None:
    block, twin = block_and_twin(submission, inputs, 2, 2, kernels={"conv1", "conv2"})
    what = Bilingual(zh="eval 时的输出", en="output in eval")
    with torch.no_grad():
        x = pixels(1, 3)
        block.train()(x)
        twin(x)
        x = pixels(2, 2)
        given = Bilingual(
            zh=f"用 (1, 3) 训练一次之后，x = (2, 2)；{CENTRES.zh}",
            en=f"x = (2, 2) after one training call with (1, 3); {CENTRES.en}",
        )
        expect_close(block.eval()(x), twin(x, training=False), given=given, atol=ATOL, what=what)
        fill(block, inputs)
        twin.take(block)
        for offset in (-1.0, 3.0):
            x = inputs.randn(3, 2, 3, 3, scale=2.0, offset=offset)
            block.train()(x)
            twin(x)
        block.eval()
        expect_close(block(x), twin(x, training=False), given=x, atol=ATOL, what=what)
        alone = Bilingual(zh="eval 时单个样本的输出", en="output for a single sample in eval")
        wanted = twin(x[:1], training=False)
        expect_close(block(x[:1]), wanted, given=x[:1], atol=ATOL, what=alone)


def test_norm_channels(submission: Submission) -> None:
    what = Bilingual(zh="各个 BatchNorm 的通道数", en="channels of the BatchNorms")
    for cin, cout in ((2, 3), (3, 2)):
        sizes = scale_sizes(build(submission, cin, cout))
        if not {cin, cout} <= set(sizes):
            expect_equal(sizes, [cin, cout], what=what, given=f"ResidualBlock({cin}, {cout})")


def test_channel_change(submission: Submission, inputs: Inputs) -> None:
    for cin, cout in ((2, 3), (3, 2)):
        y = build(submission, cin, cout)(inputs.randn(2, cin, 3, 3))
        given = on(f"ResidualBlock({cin}, {cout})", 2, cin, 3, 3)
        expect_equal(tuple(y.shape), (2, cout, 3, 3), what=SHAPE, given=given)


def on(block: str, *shape: int) -> Bilingual:
    return Bilingual(zh=f"{block}，{shaped(*shape).zh}", en=f"{block}, {shaped(*shape).en}")


def test_projection_parameters(submission: Submission) -> None:
    for cin, cout in ((2, 3), (4, 2)):
        block = build(submission, cin, cout)
        given = f"ResidualBlock({cin}, {cout})"
        wanted = sorted([cin * cout, 9 * cin * cout, 9 * cout * cout])
        expect_equal(weight_sizes(block), wanted, what=SIZES, given=given)
        norms = Bilingual(zh="BatchNorm 的个数", en="number of BatchNorms")
        expect_equal(len(scale_sizes(block)), 2, what=norms, given=given)
        expect_few_vectors(block, 7, given)


def test_single_channel(submission: Submission, inputs: Inputs) -> None:
    del inputs
    for cin, cout in ((1, 3), (3, 1)):
        y = zeroed(submission, cin, cout)(torch.full((2, cin, 3, 3), 0.5, dtype=torch.float64))
        given = Bilingual(
            zh=f"ResidualBlock({cin}, {cout})，参数全为 0，x 的像素都是 0.5",
            en=f"ResidualBlock({cin}, {cout}), all parameters 0, every pixel of x 0.5",
        )
        # With all parameters 0 a projection gives 0 exactly; a broadcast x does not.
        expect_close(y, torch.zeros(2, cout, 3, 3), given=given, atol=0.0)


def test_activated_projection(submission: Submission, inputs: Inputs) -> None:
    block, twin = block_and_twin(submission, inputs, 2, 3, kernels={"projection"})
    x = pixels(-1, 1)
    given = Bilingual(
        zh="x = (−1, 1)；conv2 为 0，投影是单位矩阵", en="x = (−1, 1); conv2 0, projection I"
    )
    expect_close(block(x), twin(x), given=given, atol=ATOL)
    block, twin = block_and_twin(submission, inputs, 3, 2)
    x = inputs.randn(3, 3, 4, 4, scale=2.0, offset=0.5)
    expect_close(block(x), twin(x), given=x, atol=ATOL)


def test_downsampling(submission: Submission, inputs: Inputs) -> None:
    for cout, stride, height, width in ((2, 2, 4, 4), (2, 2, 5, 3), (3, 2, 1, 4), (3, 3, 4, 7)):
        y = zeroed(submission, 2, cout, stride)(inputs.randn(2, 2, height, width))
        # Also with all parameters 0: a sliced or pooled x would stay, a projection gives 0.
        wanted = torch.zeros(2, cout, -(-height // stride), -(-width // stride))
        made = on(f"ResidualBlock(2, {cout}, stride={stride})", 2, 2, height, width)
        given = Bilingual(zh=f"{made.zh}，参数全为 0", en=f"{made.en}, all parameters 0")
        expect_close(y, wanted, given=given, atol=0.0)
    block, twin = block_and_twin(submission, inputs, 2, 3, 2, kernels={"projection"})
    x = pixels(1, -1, 1, -1, rows=4)
    given = Bilingual(
        zh="ResidualBlock(2, 3, stride=2)，x 的每一行是 (1, −1, 1, −1)；conv2 为 0，投影是单位矩阵",
        en="ResidualBlock(2, 3, stride=2), rows of x (1, −1, 1, −1); conv2 0, projection I",
    )
    expect_close(block(x), twin(x), given=given, atol=ATOL)
    fill(block, inputs)
    twin.take(block)
    x = inputs.randn(3, 2, 5, 6, scale=2.0, offset=0.5)
    given = on("ResidualBlock(2, 3, stride=2)", 3, 2, 5, 6)
    expect_close(block(x), twin(x), given=given, atol=ATOL)


def test_gradients(submission: Submission, inputs: Inputs) -> None:
    for cin, cout in ((2, 2), (2, 3)):
        block, twin = block_and_twin(submission, inputs, cin, cout)
        x = inputs.randn(3, cin, 3, 3, scale=2.0, offset=0.5)
        cotangent = inputs.randn(3, cout, 3, 3)
        ours, theirs = x.clone().requires_grad_(), x.clone().requires_grad_()
        (twin(ours) * cotangent).sum().backward()
        (block(theirs) * cotangent).sum().backward()
        named = {"x": theirs} | dict(block.named_parameters())
        wanted = {"x": ours} | {name: twin.values[role] for role, name in twin.reading.items()}
        given = f"ResidualBlock({cin}, {cout})"
        for name, leaf in wanted.items():
            if named[name].grad is None:
                numbers = Bilingual(zh=f"{leaf.numel()} 个数", en=f"{leaf.numel()} numbers")
                raise CheckFailed(
                    f"{name} receives no gradient",
                    Evidence(given, numbers, "None", gradient_of(name)),
                )
        for name, leaf in wanted.items():
            # A gradient sums over 27 positions what ATOL bounds for one, hence the factor.
            expect_close(
                named[name].grad.reshape(leaf.shape),
                leaf.grad,
                given=given,
                atol=100 * ATOL,
                what=gradient_of(name),
            )


def gradient_of(name: str) -> Bilingual:
    return Bilingual(zh=f"{name} 的梯度", en=f"gradient of {name}")


def test_input_layouts(submission: Submission, inputs: Inputs) -> None:
    block = filled(submission, inputs, 2, 3, 2).eval()
    x = inputs.randn(2, 2, 4, 6)
    layouts = (
        (Bilingual(zh="channels_last", en="channels last"), channels_last(x)),
        (Bilingual(zh="高和宽转置", en="height and width transposed"), x.transpose(2, 3)),
        (Bilingual(zh="每隔一列取一列", en="every second column"), x[..., ::2]),
        (Bilingual(zh="由一个样本扩展", en="one sample expanded"), x[:1].expand(3, -1, -1, -1)),
        (Bilingual(zh="只有一个样本", en="one sample"), x[:1]),
        (Bilingual(zh="没有样本", en="no sample"), x[:0]),
    )
    what = Bilingual(
        zh="输出（对照：x 的连续副本）", en="output, against that for a contiguous copy of x"
    )
    with torch.no_grad():
        for layout, view in layouts:
            copied = view.clone(memory_format=torch.contiguous_format)
            made = on("ResidualBlock(2, 3, stride=2)", *view.shape)
            given = Bilingual(zh=f"{made.zh}，{layout.zh}", en=f"{made.en}, {layout.en}")
            expect_close(block(view), block(copied), given=given, atol=ATOL, what=what, itself=True)
            height, width = view.shape[2:]
            wanted = (len(view), 3, -(-height // 2), -(-width // 2))
            expect_equal(tuple(block(view).shape), wanted, what=SHAPE, given=given)


def channels_last(x: Tensor) -> Tensor:
    return x.contiguous(memory_format=torch.channels_last)


DTYPE = Bilingual(zh="输出的 dtype", en="dtype of the output")


def test_half_precision(submission: Submission, inputs: Inputs) -> None:
    for dtype in (torch.bfloat16, torch.float16):
        block = filled(submission, inputs, 2, 2).to(dtype).eval()
        x = inputs.randn(2, 2, 3, 3, dtype=dtype)
        with torch.no_grad():
            y, exact = block(x), block.double()(x.double())
        name = dtype_name(dtype)
        given = Bilingual(zh=f"块和 x 都是 {name}", en=f"block and x in {name}")
        expect_equal(y.dtype, dtype, what=DTYPE, given=given)
        # The weights are the same numbers in both. Five results are rounded on the way, each by
        # at most eps/2 of its magnitude: √5 · eps/2 ≈ 1.1 eps as a random walk, and at worst
        # ×1.7 in each convolution (√18 weights of 0.4): 3.3 eps. Measured: 1.1 eps.
        bound = 4 * torch.finfo(dtype).eps * (1 + exact.abs().max().item())
        what = Bilingual(zh="输出（对照：在 float64 下计算）", en="output, against that in float64")
        expect_close(y, exact, given=given, atol=bound, what=what, itself=True)


def test_residual_stream_dtype(submission: Submission, inputs: Inputs) -> None:
    block = submission.ResidualBlock(2, 2)
    x = inputs.randn(2, 2, 4, 4, dtype=torch.float32)
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        y = block(x)
    given = Bilingual(
        zh="x 是 float32，在 bfloat16 的 autocast 下", en="x in float32 under bfloat16 autocast"
    )
    expect_equal(y.dtype, torch.float32, what=DTYPE, given=given)


# ── Probes: the same mistake gives the same results, whatever its author calls the parameters ─


def pattern(block: nn.Module) -> nn.Module:
    """Fill the parameters by size alone; biases and shifts become 0, so none need be there."""
    with torch.no_grad():
        for parameter in block.parameters():
            steps = torch.arange(parameter.numel(), dtype=torch.float64).reshape(parameter.shape)
            if not is_vector(parameter):
                parameter.copy_(torch.sin(1.7 * steps + 1) * 0.6)
            elif bool((parameter == 1).all()):
                parameter.copy_(1 + 0.3 * torch.sin(2.3 * steps + 1))
            else:
                parameter.zero_()
    return block


def patterned(submission: Submission, cin: int, cout: int, stride: int = 1) -> nn.Module:
    return pattern(build(submission, cin, cout, stride))


def probe_parameters(submission: Submission, inputs: Inputs) -> str:
    blocks = [build(submission, cin, cout) for cin, cout in ((2, 2), (2, 3), (4, 2))]
    return "; ".join(f"{weight_sizes(block)} {sorted(scale_sizes(block))}" for block in blocks)


def probe_same_shape(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    block = patterned(submission, 2, 2)
    x = inputs.randn(3, 2, 4, 4, scale=2.0, offset=0.5)
    with torch.no_grad():  # each call on a copy, in case it writes to x or returns it
        in_training = block(x.clone())
        block.eval()
        return in_training, block(x.clone()), block(x[:1].clone())


def probe_channel_change(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    block = patterned(submission, 2, 3)
    x = inputs.randn(3, 2, 4, 4, scale=2.0, offset=0.5)
    with torch.no_grad():
        in_training = block(x.clone())
        return in_training, block.eval()(x.clone())


def probe_single_channel(submission: Submission, inputs: Inputs) -> Tensor:
    with torch.no_grad():
        return patterned(submission, 1, 3)(inputs.randn(2, 1, 4, 4, offset=0.5))


def probe_stride(submission: Submission, inputs: Inputs) -> Tensor:
    with torch.no_grad():
        return patterned(submission, 2, 2, 2)(inputs.randn(2, 2, 5, 4, offset=0.5))


def probe_stride_and_channels(submission: Submission, inputs: Inputs) -> Tensor:
    with torch.no_grad():
        return patterned(submission, 2, 3, 2)(inputs.randn(2, 2, 5, 4, offset=0.5))


def probe_input_after(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    block, x = patterned(submission, 2, 2), inputs.randn(2, 2, 3, 3)
    with torch.no_grad():
        y = block(x).clone()
    return x, y


def probe_zero_branch(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    block = zeroed(submission, 2, 2)
    x = inputs.randn(2, 2, 3, 3).requires_grad_()
    y = block(x)
    (y * inputs.randn(2, 2, 3, 3)).sum().backward()
    return y.detach(), torch.zeros(()) if x.grad is None else x.grad


def probe_gradients(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    block = patterned(submission, 2, 3)
    x = inputs.randn(3, 2, 4, 4, offset=0.5).requires_grad_()
    (block(x) * inputs.randn(3, 3, 4, 4)).sum().backward()
    weights = sorted((p for p in block.parameters() if not is_vector(p)), key=Tensor.numel)
    grads = [x.grad, *(p.grad for p in weights)]
    return tuple(torch.zeros(()) if grad is None else grad.reshape(-1) for grad in grads)


def probe_unregistered(submission: Submission, inputs: Inputs) -> str:
    block, copy = patterned(submission, 2, 2), build(submission, 2, 2)
    copy.load_state_dict(block.state_dict())
    x = inputs.randn(2, 2, 3, 3)
    with torch.no_grad():
        return f"restored: {matches(copy(x.clone()), block(x.clone()))}"


def probe_autocast(submission: Submission, inputs: Inputs) -> str:
    block = submission.ResidualBlock(2, 2)
    x = inputs.randn(2, 2, 4, 4, dtype=torch.float32)
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        return str(block(x).dtype)
