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
    CheckFailed,
    Inputs,
    Submission,
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
        raise CheckFailed(
            "the parameters are not those of two 3×3 convolutions and two BatchNorms: "
            f"ResidualBlock({cin}, {cout}) has the shapes {shapes or 'of no parameter at all'}"
        )

    def together(reading: Reading) -> int:
        return sum(
            one in reading and other in reading and owner(reading[one]) == owner(reading[other])
            for one, other in PAIRS
        )

    return sorted(found, key=together, reverse=True)


class Twin:
    """The reference block, with the values of a candidate's parameters under one reading."""

    def __init__(
        self, block: nn.Module, reading: Reading, cin: int, cout: int, stride: int
    ) -> None:
        shapes = {
            "conv1": (cout, cin, 3, 3),
            "conv2": (cout, cout, 3, 3),
            "projection": (cout, cin, 1, 1),
        }
        named = dict(block.named_parameters())
        self.values = {
            role: named[name].detach().clone().reshape(shapes.get(role, (-1,))).requires_grad_()
            for role, name in reading.items()
        }
        self.stride = stride
        self.running = [
            (torch.zeros(c, dtype=torch.float64), torch.ones(c, dtype=torch.float64))
            for c in (cin, cout)
        ]

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


def block_and_twin(
    submission: Submission, inputs: Inputs, cin: int, cout: int, stride: int = 1
) -> tuple[nn.Module, Twin, Reading]:
    reading = read(build(submission, cin, cout, stride), inputs, cin, cout, stride)
    block = filled(submission, inputs, cin, cout, stride)
    return block, Twin(block, reading, cin, cout, stride), reading


# ── Checks, root cause first ────────────────────────────────────────────────────────────────


def test_constructs(submission: Submission, inputs: Inputs) -> None:
    block = submission.ResidualBlock(2, 2)
    expect(isinstance(block, nn.Module), "ResidualBlock is not an nn.Module")
    x = inputs.randn(2, 2, 4, 4, dtype=torch.float32)
    expect_equal(tuple(block(x).shape), (2, 2, 4, 4), what="shape", given="(2, 2, 4, 4)")


def test_registered(submission: Submission, inputs: Inputs) -> None:
    trained, restored = build(submission, 2, 2), build(submission, 2, 2)
    kernels = [p for p in trained.parameters() if not is_vector(p) and p.numel() == 36]
    expect(
        len(kernels) >= 2 and all(p.requires_grad for p in kernels),
        f"parameters() holds {len(kernels)} trainable 3×3 weights of 2→2 channels, not 2",
        given="ResidualBlock(2, 2)",
    )
    fill(trained, inputs)
    trained(inputs.randn(3, 2, 3, 3, offset=2.0))  # moves the running statistics too
    restored.load_state_dict(trained.state_dict())
    restored, trained, x = restored.eval(), trained.eval(), inputs.randn(2, 2, 3, 3)
    expected = trained(x.clone())
    expect_close(restored(x.clone()), expected, given=x, atol=ATOL, what="output after restoring")


def test_input_unchanged(submission: Submission, inputs: Inputs) -> None:
    for training in (False, True):
        block = filled(submission, inputs, 2, 2).train(training)
        x = inputs.randn(2, 2, 3, 3)
        before = x.clone()
        with torch.no_grad():
            block(x)
        expect_close(x, before, given=before, atol=0.0, what="the caller's x after the call")


def test_parameter_free_shortcut(submission: Submission) -> None:
    for channels in (2, 3):
        block = build(submission, channels, channels)
        given = f"ResidualBlock({channels}, {channels})"
        two_kernels = [9 * channels * channels] * 2
        expect_equal(weight_sizes(block), two_kernels, what="sizes of all weights", given=given)
        expect(
            vector_count(block) <= 6,
            f"{vector_count(block)} vectors, where two BatchNorms and two biases make 6",
            given=given,
        )


def test_zero_branch_identity(submission: Submission, inputs: Inputs) -> None:
    for training in (False, True):
        block = zeroed(submission, 2, 2).train(training)
        x = inputs.randn(2, 2, 3, 3)
        before = x.clone()
        # x + 0 is exact, so there is nothing to tolerate.
        expect_close(block(x), before, given=before, atol=0.0)


def test_shortcut_gradient(submission: Submission, inputs: Inputs) -> None:
    block = zeroed(submission, 2, 2)
    x, cotangent = inputs.randn(2, 2, 3, 3).requires_grad_(), inputs.randn(2, 2, 3, 3)
    loss = (block(x) * cotangent).sum()
    expect(loss.requires_grad, "the output does not depend on x for autograd")
    loss.backward()
    expect(x.grad is not None, "x receives no gradient at all")
    expect_close(x.grad, cotangent, given=cotangent, atol=ATOL, what="gradient of x")


def test_two_norms(submission: Submission) -> None:
    scales = len(scale_sizes(build(submission, 3, 3)))
    expect(
        scales >= 2,
        f"{scales} vector(s) that start at 1, where two BatchNorms have 2 scales",
        given="ResidualBlock(3, 3)",
    )


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
    # A norm of single samples gives exactly 0 here; BatchNorm moves the sample by about 1.
    expect(
        moved > 1e-6,
        "in training, sample 0 keeps its output when sample 1 becomes x³ + 3",
        given="x of shape (2, 2, 3, 3)",
    )


def test_pre_activation_order(submission: Submission, inputs: Inputs) -> None:
    for channels, height, width in ((2, 3, 3), (3, 5, 4)):
        block, twin, _ = block_and_twin(submission, inputs, channels, channels)
        x = inputs.randn(3, channels, height, width, scale=2.0, offset=0.5)
        expect_close(block(x), twin(x), given=x, atol=ATOL)


def test_running_statistics(submission: Submission, inputs: Inputs) -> None:
    block, twin, _ = block_and_twin(submission, inputs, 2, 2)
    with torch.no_grad():
        for offset in (2.0, -1.0, 3.0):
            x = inputs.randn(3, 2, 3, 3, scale=2.0, offset=offset)
            block.train()(x)
            twin(x)
        block.eval()
        alone, together = block(x[:1]), block(x)[:1]
        expect_close(together, alone, atol=ATOL, what="sample 0 with batch mates, in eval")
        expect_close(block(x), twin(x, training=False), given=x, atol=ATOL, what="output in eval")


def test_norm_channels(submission: Submission) -> None:
    for cin, cout in ((2, 3), (3, 2)):
        sizes = scale_sizes(build(submission, cin, cout))
        expect(
            {cin, cout} <= set(sizes),
            f"BatchNorms over {sizes} channels; needed: one over {cin}, one over {cout}",
            given=f"ResidualBlock({cin}, {cout})",
        )


def test_channel_change(submission: Submission, inputs: Inputs) -> None:
    for cin, cout in ((2, 3), (3, 2)):
        y = build(submission, cin, cout)(inputs.randn(2, cin, 3, 3))
        expect_equal(
            tuple(y.shape),
            (2, cout, 3, 3),
            what="shape",
            given=f"ResidualBlock({cin}, {cout}) on (2, {cin}, 3, 3)",
        )


def test_projection_parameters(submission: Submission) -> None:
    for cin, cout in ((2, 3), (4, 2)):
        block = build(submission, cin, cout)
        given = f"ResidualBlock({cin}, {cout})"
        wanted = sorted([cin * cout, 9 * cin * cout, 9 * cout * cout])
        expect_equal(weight_sizes(block), wanted, what="sizes of all weights", given=given)
        expect_equal(len(scale_sizes(block)), 2, what="number of BatchNorms", given=given)
        expect(
            vector_count(block) <= 7,
            f"{vector_count(block)} vectors, where two BatchNorms and three biases make 7",
            given=given,
        )


def test_single_channel(submission: Submission, inputs: Inputs) -> None:
    for cin, cout in ((1, 3), (3, 1)):
        y = zeroed(submission, cin, cout)(inputs.randn(2, cin, 3, 3))
        # With all parameters 0 a projection gives 0 exactly; a broadcast x does not.
        expect_close(y, torch.zeros(2, cout, 3, 3), atol=0.0, what=f"{cin}→{cout}, parameters 0")


def test_activated_projection(submission: Submission, inputs: Inputs) -> None:
    for cin, cout in ((2, 3), (3, 2)):
        block, twin, _ = block_and_twin(submission, inputs, cin, cout)
        x = inputs.randn(3, cin, 4, 4, scale=2.0, offset=0.5)
        expect_close(block(x), twin(x), given=x, atol=ATOL)


def test_downsampling(submission: Submission, inputs: Inputs) -> None:
    for cout, stride, height, width in ((2, 2, 4, 4), (2, 2, 5, 3), (3, 2, 1, 4), (3, 3, 4, 7)):
        y = zeroed(submission, 2, cout, stride)(inputs.randn(2, 2, height, width))
        # Also with all parameters 0: a sliced or pooled x would stay, a projection gives 0.
        expect_close(
            y,
            torch.zeros(2, cout, -(-height // stride), -(-width // stride)),
            atol=0.0,
            what=f"2→{cout}, stride {stride}, {height}×{width} input, parameters 0",
        )
    block, twin, _ = block_and_twin(submission, inputs, 2, 3, 2)
    for height, width in ((4, 4), (5, 6)):
        x = inputs.randn(3, 2, height, width, scale=2.0, offset=0.5)
        expect_close(block(x), twin(x), given=x, atol=ATOL, what="output at stride 2")


def test_gradients(submission: Submission, inputs: Inputs) -> None:
    for cin, cout in ((2, 2), (2, 3)):
        block, twin, reading = block_and_twin(submission, inputs, cin, cout)
        x = inputs.randn(3, cin, 3, 3, scale=2.0, offset=0.5)
        cotangent = inputs.randn(3, cout, 3, 3)
        ours, theirs = x.clone().requires_grad_(), x.clone().requires_grad_()
        (twin(ours) * cotangent).sum().backward()
        (block(theirs) * cotangent).sum().backward()
        named = {"x": theirs} | dict(block.named_parameters())
        wanted = {"x": ours} | {name: twin.values[role] for role, name in reading.items()}
        for name in wanted:
            expect(
                named[name].grad is not None,
                f"{name} receives no gradient",
                given=f"ResidualBlock({cin}, {cout})",
            )
        for name, leaf in wanted.items():
            # A gradient sums over 27 positions what ATOL bounds for one, hence the factor.
            expect_close(
                named[name].grad.reshape(leaf.shape),
                leaf.grad,
                atol=100 * ATOL,
                what=f"gradient of {name}",
            )


def test_input_layouts(submission: Submission, inputs: Inputs) -> None:
    block = filled(submission, inputs, 2, 3, 2).eval()
    x = inputs.randn(2, 2, 4, 6)
    layouts = {
        "channels last": x.contiguous(memory_format=torch.channels_last),
        "transposed": x.transpose(2, 3),
        "every second column": x[..., ::2],
        "one expanded sample": x[:1].expand(3, -1, -1, -1),
        "one sample": x[:1],
        "no sample": x[:0],
    }
    with torch.no_grad():
        for layout, view in layouts.items():
            copied = view.clone(memory_format=torch.contiguous_format)
            expect_close(block(view), block(copied), atol=ATOL, what=f"x {layout}")
            height, width = view.shape[2:]
            wanted = (len(view), 3, -(-height // 2), -(-width // 2))
            expect_equal(tuple(block(view).shape), wanted, what=f"shape for x {layout}")


def test_half_precision(submission: Submission, inputs: Inputs) -> None:
    for dtype in (torch.bfloat16, torch.float16):
        block = filled(submission, inputs, 2, 2).to(dtype).eval()
        x = inputs.randn(2, 2, 3, 3, dtype=dtype)
        with torch.no_grad():
            y, exact = block(x), block.double()(x.double())
        expect_equal(y.dtype, dtype, what="dtype", given=f"block and x in {dtype}")
        # The weights are the same numbers in both. Five results are rounded on the way, each by
        # at most eps/2 of its magnitude: √5 · eps/2 ≈ 1.1 eps as a random walk, and at worst
        # ×1.7 in each convolution (√18 weights of 0.4): 3.3 eps. Measured: 1.1 eps.
        bound = 4 * torch.finfo(dtype).eps * (1 + exact.abs().max().item())
        expect_close(y, exact, atol=bound, what=f"output in {dtype}")


def test_residual_stream_dtype(submission: Submission, inputs: Inputs) -> None:
    block = submission.ResidualBlock(2, 2)
    x = inputs.randn(2, 2, 4, 4, dtype=torch.float32)
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        y = block(x)
    expect_equal(y.dtype, torch.float32, what="dtype", given="float32 x under bf16 autocast")


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
