"""Hidden tests of SwiGLU, from the root cause outwards.

Names, order and layout of the matrices are the candidate's own, so roles are found by effect.
What tells one gated layer from another is asked of all three matrices alike: which of them
silence the output when they are 0, which scale it when they are doubled. The activation itself
is read off a layer of width 1 whose weights are all 1: there y = SiLU(x) · x, whatever the roles.
Only then is the layer compared with the reference, under the assignment of roles that fits best.
"""

from collections.abc import Callable, Iterator
from itertools import permutations

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
    expect_close,
    expect_equal,
    gradient_of,
    raises,
)

# float64: outputs are sums of at most 16 products and stay below 1e3, so rounding is below 1e-11.
# Every mistake moves some output by more than 1e-2. LOOSE lies between the two, and above a
# detour through float32 (6e-8 of an output), which has a check of its own; TIGHT is for that one.
LOOSE = 1e-4
TIGHT = 1e-10

# No two of D, H and 2H agree, so that a matrix shows by its shape which way round it is stored.
D, H = 3, 5

OUTPUT_SHAPE = Bilingual(zh="输出的形状", en="output shape")
OUTPUT_DTYPE = Bilingual(zh="输出的 dtype", en="output dtype")
SIZES = Bilingual(zh="各个可训练参数的元素个数", en="sizes of the trainable parameters")
WEIGHTS = Bilingual(zh="权重总数", en="number of weights")
AT_ONE = Bilingual(zh="宽度为 1、权重全为 1 时的输出", en="output at width 1, all weights 1")
X_GRADIENT_AT_ONE = Bilingual(
    zh="宽度为 1、权重全为 1 时 x 的梯度", en="gradient of x at width 1, all weights 1"
)


# ── Matrices by role ────────────────────────────────────────────────────────────────────────


def parts(stored: Tensor) -> tuple[Tensor, ...]:
    """Return the matrices of D·H numbers that a parameter, or its gradient, holds: views."""
    if stored.dim() == 2 and stored.numel() == D * H:
        return (stored,)
    if stored.dim() == 2 and stored.numel() == 2 * D * H and 2 * H in stored.shape:
        return stored.chunk(2, dim=stored.shape.index(2 * H))
    return ()


def matrices(layer: nn.Module) -> list[Tensor]:
    """Return the three matrices as views of the parameters: write to them to set weights."""
    found = [part for one in layer.parameters() for part in parts(one.detach())]
    if len(found) != 3:
        shapes = str([tuple(one.shape) for one in layer.parameters()])
        wanted = Bilingual(zh=f"三个 {D * H} 个数的矩阵", en=f"three matrices of {D * H} numbers")
        what = Bilingual(zh="各个参数的形状", en="shapes of the parameters")
        seen = Evidence(f"SwiGLU({D}, {H})", wanted, shapes, what)
        raise CheckFailed(f"expected {wanted.en}, found {shapes}", seen)
    return found


def upright(matrix: Tensor, rows: int) -> Tensor:
    """Return a matrix with so many rows, as nn.Linear stores it, whichever way it came."""
    return matrix if matrix.shape[0] == rows else matrix.T


def reference(x: Tensor, gate: Tensor, up: Tensor, down: Tensor) -> Tensor:
    """The definition, for matrices stored either way."""
    gated = F.silu(x @ upright(gate, H).T) * (x @ upright(up, H).T)
    return gated @ upright(down, D).T


def roles(weights: list[Tensor], x: Tensor, y: Tensor) -> tuple[int, int, int]:
    """Return which of the three is gate, up and down: what comes closest to y at x."""

    def error(order: tuple[int, ...]) -> float:
        gate, up, down = (weights[index].double() for index in order)
        return float((reference(x, gate, up, down) - y).abs().max())

    gate, up, down = min(permutations(range(3)), key=error)
    return gate, up, down


def filled(submission: Submission, inputs: Inputs) -> nn.Module:
    """Build a float64 layer of D and H with random weights."""
    layer = submission.SwiGLU(D, H).double()
    with torch.no_grad():
        for one in layer.parameters():
            one.copy_(inputs.randn(*one.shape))
    return layer


def at_one(submission: Submission, d: int, h: int) -> nn.Module:
    """Build a float32 layer whose matrices hold nothing but 1, so that roles do not matter."""
    layer = submission.SwiGLU(d, h).eval()
    if not any(one.dim() == 2 for one in layer.parameters()):
        said = Bilingual(zh="没有注册任何矩阵", en="no matrix is registered")
        raise CheckFailed(said.en, Evidence(None, "", said))
    with torch.no_grad():
        for one in layer.parameters():
            one.fill_(1.0 if one.dim() == 2 else 0.0)
    return layer


def changed(
    layer: nn.Module, x: Tensor, change: Callable[[Tensor], Tensor]
) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield the output as it is and with one matrix changed, for each of the three."""
    before = layer(x.clone()).detach()
    for matrix in matrices(layer):
        kept = matrix.clone()
        with torch.no_grad():
            matrix.copy_(change(kept))
            after = layer(x.clone())
            matrix.copy_(kept)
        yield before, after


def silencing(layer: nn.Module, x: Tensor) -> int:
    """Count the matrices that make the output 0 when they are 0.

    Callers give 16 rows, so that a ReLU in the gate is not dead on all of them by chance.
    """
    return sum(not bool(after.any()) for _, after in changed(layer, x, torch.zeros_like))


def linear(layer: nn.Module, x: Tensor) -> int:
    """Count the matrices that double the output when they are doubled."""
    pairs = changed(layer, x, lambda one: 2 * one)
    return sum(bool(((after - 2 * before).abs() < LOOSE).all()) for before, after in pairs)


def unused(layer: nn.Module, x: Tensor) -> int:
    """Count the matrices that change nothing when they are changed."""
    pairs = changed(layer, x, lambda one: one.flip(0, 1) + 1)
    return sum(bool((after == before).all()) for before, after in pairs)


def at_large_inputs(submission: Submission) -> tuple[Tensor, Tensor]:
    """Return x, with its gradient, and y where the gate's z is 100 and −100."""
    x = torch.tensor([[[100.0], [-100.0]]], requires_grad=True)
    y = at_one(submission, 1, 1)(x)
    y.sum().backward()
    return x, y


# ── Checks, root cause first ────────────────────────────────────────────────────────────────


def test_constructs(submission: Submission, inputs: Inputs) -> None:
    given = {"SwiGLU(6)": submission.SwiGLU(6), "SwiGLU(3, 5)": submission.SwiGLU(3, 5)}
    for (name, layer), d in zip(given.items(), (6, 3), strict=True):
        shape = (2, 3, d)
        y = layer(inputs.randn(*shape, dtype=torch.float32))
        told = Bilingual(zh=f"{name}，x 的形状为 {shape}", en=f"{name}, x of shape {shape}")
        expect_equal(tuple(y.shape), shape, what=OUTPUT_SHAPE, given=told)


def test_parameters(submission: Submission, inputs: Inputs) -> None:
    layer = submission.SwiGLU(D, H)
    sizes = sorted(one.numel() for one in layer.parameters() if one.requires_grad)
    # Which width they have is the next check's business.
    if not sizes or sizes not in ([sizes[0]] * 3, [sizes[0], 2 * sizes[0]]):
        expect_equal(sizes, [D * H] * 3, what=SIZES, given=f"SwiGLU({D}, {H})")
    others = [tuple(one.shape) for one in layer.parameters() if one.dim() != 2]
    what = Bilingual(zh="矩阵以外的参数的形状", en="shapes of parameters that are no matrices")
    expect_equal(others, [], what=what)
    buffers = [name for name, _ in layer.named_buffers()]
    expect_equal(buffers, [], what=Bilingual(zh="buffer 的名字", en="names of buffers"))
    trained, restored = filled(submission, inputs), submission.SwiGLU(D, H).double()
    restored.load_state_dict(trained.state_dict())
    x = inputs.randn(1, 2, D)
    trained, restored = trained.eval(), restored.eval()
    what = Bilingual(
        zh="从 state_dict() 恢复之后的输出", en="output after loading its own state_dict()"
    )
    own = trained(x.clone())
    expect_close(restored(x.clone()), own, atol=TIGHT, given=x, what=what, itself=True)


def test_given_width(submission: Submission, inputs: Inputs) -> None:
    del inputs
    for d, h in ((D, H), (2, 7)):
        layer = submission.SwiGLU(d, hidden_dim=h)
        count = sum(one.numel() for one in layer.parameters())
        expect_equal(count, 3 * d * h, what=WEIGHTS, given=f"SwiGLU({d}, hidden_dim={h})")


def test_default_width(submission: Submission, inputs: Inputs) -> None:
    del inputs
    for d in (4, 6, 64):  # 8d/3 = 10.67, 16, 170.67
        count = sum(one.numel() for one in submission.SwiGLU(d).parameters())
        expect_equal(count, 3 * d * int(8 * d / 3), what=WEIGHTS, given=f"SwiGLU({d})")


def test_train_equals_eval(submission: Submission, inputs: Inputs) -> None:
    # 1024 hidden numbers: even a dropout of 1% leaves them all alone once in 3e4 runs, one of
    # 10% never.
    layer, x = submission.SwiGLU(8, 64).double(), inputs.randn(1, 16, 8)
    in_eval = layer.eval()(x.clone())
    what = Bilingual(
        zh="train() 下的输出，对照 eval() 下的", en="output in train(), against that in eval()"
    )
    y = layer.train()(x.clone())
    expect_close(y, in_eval, atol=TIGHT, given=x, what=what, itself=True)


def test_any_shape(submission: Submission, inputs: Inputs) -> None:
    layer, x = submission.SwiGLU(8, 6).double(), inputs.randn(2, 3, 4, 8)
    rows = layer(x.reshape(1, -1, 8).clone()).reshape(x.shape)
    given = [(x[0, 0, 0], rows[0, 0, 0]), (x[0, 0], rows[0, 0]), (x[0], rows[0]), (x, rows)]
    # The same numbers once more, stored by features, and with a gap after each.
    given.append((x[0].transpose(1, 2).contiguous().transpose(1, 2), rows[0]))
    given.append((torch.stack([x[0], x[0]], dim=-1).flatten(-2)[..., ::2], rows[0]))
    for one, own in given:
        shape, strides = tuple(one.shape), one.stride()
        what = Bilingual(
            zh=f"输入形状为 {shape}、步长为 {strides} 时的输出",
            en=f"output for an input of shape {shape} with strides {strides}",
        )
        expect_close(layer(one), own, atol=LOOSE, given=one, what=what, itself=True)


def test_nothing_added(submission: Submission, inputs: Inputs) -> None:
    layer, x = filled(submission, inputs), inputs.randn(1, 2, D)
    nothing = torch.zeros_like(x)
    what = Bilingual(zh="输入为 0 时的输出", en="output for an input of 0")
    expect_close(layer(nothing.clone()), nothing, atol=TIGHT, given=nothing, what=what)
    with torch.no_grad():
        for one in layer.parameters():
            one.zero_()
    what = Bilingual(zh="权重全为 0 时的输出", en="output with all weights 0")
    expect_close(layer(x.clone()), nothing, atol=TIGHT, given=x, what=what)


def test_every_weight_used(submission: Submission, inputs: Inputs) -> None:
    count = unused(filled(submission, inputs), inputs.randn(1, 16, D))
    what = Bilingual(zh="不影响输出的矩阵个数", en="number of matrices without an effect")
    expect_equal(count, 0, what=what, given=f"SwiGLU({D}, {H})")


def test_gated_product(submission: Submission, inputs: Inputs) -> None:
    # With a gate of σ(0) = ½ only two do; in a sum of branches only the last matrix does.
    count = silencing(filled(submission, inputs), inputs.randn(1, 16, D))
    if count < 2:
        given = Bilingual(
            zh="SwiGLU(3, 5)，每次把一个矩阵设为 0",
            en="SwiGLU(3, 5), one matrix set to 0 at a time",
        )
        what = Bilingual(zh="使输出为 0 的矩阵个数", en="matrices that make the output 0")
        expect_equal(count, 3, what=what, given=given)


def test_one_linear_branch(submission: Submission, inputs: Inputs) -> None:
    # Which activation the gate has is the next check's business: with ReLU, or none, three do.
    count = linear(filled(submission, inputs), inputs.randn(1, 16, D))
    if count < 2:
        given = Bilingual(
            zh="SwiGLU(3, 5)，每次把一个矩阵加倍", en="SwiGLU(3, 5), one matrix doubled at a time"
        )
        what = Bilingual(zh="使输出加倍的矩阵个数", en="matrices that double the output")
        expect_equal(count, 2, what=what, given=given)


def test_swish(submission: Submission, inputs: Inputs) -> None:
    del inputs
    layer = at_one(submission, 1, 1)
    x = torch.tensor([[[2.0], [-1.0], [0.5]]])
    # float32, values below 4: rounding is below 1e-6, the nearest other activation 0.1 away.
    # Rows of one number are shown side by side.
    y, wanted = layer(x.clone()).mT, (F.silu(x.double()) * x).mT
    expect_close(y, wanted, atol=1e-4, given=x.mT, what=AT_ONE)


def test_values(submission: Submission, inputs: Inputs) -> None:
    # float32, and one sum of six equal numbers: rounding is far below LOOSE.
    x = torch.ones(1, 1, 2)
    what = Bilingual(
        zh="SwiGLU(2, 3) 的权重全为 1 时的输出", en="output of SwiGLU(2, 3) with all weights 1"
    )
    two = torch.full((1, 1, 2), 2.0, dtype=torch.float64)
    wanted = 3 * F.silu(two) * two
    expect_close(at_one(submission, 2, 3)(x.clone()), wanted, atol=LOOSE, given=x, what=what)
    layer, x = filled(submission, inputs), inputs.randn(2, 3, D)
    y = layer(x.clone())
    weights = matrices(layer)
    gate, up, down = (weights[index] for index in roles(weights, x, y.detach()))
    expect_close(y, reference(x, gate, up, down), atol=LOOSE, given=x)


def test_gradients(submission: Submission, inputs: Inputs) -> None:
    try:
        expect_gradients(submission, inputs)
    except CheckFailed:
        show_small_gradient(submission)
        raise


def expect_gradients(submission: Submission, inputs: Inputs) -> None:
    layer, values = filled(submission, inputs), inputs.randn(2, 3, D)
    cotangent = inputs.randn(2, 3, D)
    x, ours = values.clone().requires_grad_(), values.clone().requires_grad_()
    y = layer(x)
    twins = [one.clone().requires_grad_() for one in matrices(layer)]
    gate, up, down = (twins[index] for index in roles(matrices(layer), values, y.detach()))
    (y * cotangent).sum().backward()
    (reference(ours, gate, up, down) * cotangent).sum().backward()
    found = [
        part for name, one in layer.named_parameters() for part in parts(gradient_of(one, name))
    ]
    pairs = [(gradient_of(x, "x"), ours, "x")]
    for twin, name in ((gate, "W_gate"), (up, "W_up"), (down, "W_down")):
        index = next(number for number, one in enumerate(twins) if one is twin)
        pairs.append((found[index], twin, name))
    for actual, leaf, name in pairs:
        # A gradient sums 18 such products; what is cut out of the graph is missing altogether.
        what = Bilingual(zh=f"{name} 的梯度", en=f"gradient of {name}")
        expect_close(actual, gradient_of(leaf, name), atol=LOOSE, what=what)


def show_small_gradient(submission: Submission) -> None:
    """Fail on the hint's example if the gradient of x is wrong there: it is easier to read."""
    x, ours = (torch.full((1, 1, 1), 2.0, requires_grad=True) for _ in range(2))
    at_one(submission, 1, 1)(x).sum().backward()
    (F.silu(ours) * ours).sum().backward()
    found, wanted = gradient_of(x, "x"), gradient_of(ours, "x")
    expect_close(found, wanted, atol=LOOSE, given=x, what=X_GRADIENT_AT_ONE)


def test_large_inputs(submission: Submission, inputs: Inputs) -> None:
    del inputs
    # At width 1 with all weights 1 the gate's z is x. float32 ends at 3.4e38 = exp(88.7).
    x, y = at_large_inputs(submission)
    given, wanted = x.detach().mT, torch.tensor([[[1e4, 0.0]]])
    expect_close(y.mT, wanted, atol=1e-6, rtol=1e-5, given=given, what=AT_ONE)
    got, wanted = gradient_of(x, "x").mT, torch.tensor([[[200.0, 0.0]]])
    expect_close(got, wanted, atol=1e-6, rtol=1e-5, given=given, what=X_GRADIENT_AT_ONE)


def test_keeps_dtype(submission: Submission, inputs: Inputs) -> None:
    for dtype in (torch.bfloat16, torch.float16, torch.float32):
        y = submission.SwiGLU(D, H).to(dtype)(inputs.randn(1, 2, D, dtype=dtype))
        expect_equal(y.dtype, dtype, what=OUTPUT_DTYPE, given=both_in(dtype))
    # SiLU(2) · 2 = 3.5231883119… in float64; float32 gives 3.52318835…
    layer, x = at_one(submission, 1, 1).double(), torch.full((1, 1, 1), 2.0, dtype=torch.float64)
    y = layer(x.clone())
    expect_equal(y.dtype, torch.float64, what=OUTPUT_DTYPE, given=both_in(torch.float64))
    exact, got = float(F.silu(x) * x), float(y)
    if TIGHT < abs(got - exact) < LOOSE:
        given = Bilingual(zh="float64 的 [2]", en="[2] in float64")
        seen = Evidence(given, f"[{exact:.10f}]", f"[{got:.10f}]", AT_ONE)
        raise CheckFailed("output for a float64 input: rounded to float32", seen)
    layer, x = filled(submission, inputs), inputs.randn(1, 4, D)
    y = layer(x.clone())
    weights = matrices(layer)
    gate, up, down = (weights[index] for index in roles(weights, x, y.detach()))
    error = float((y - reference(x, gate, up, down)).abs().max())
    if TIGHT < error < LOOSE:  # beyond it is wrong, and not for its digits
        allowed = Bilingual(zh="误差不超过 1e-10", en="an error of 1e-10 at most")
        off = Bilingual(zh=f"误差 {error:.2g}", en=f"an error of {error:.2g}")
        seen = Evidence(both_in(torch.float64), allowed, off)
        raise CheckFailed(f"output for a float64 input: off by {error:.2g}", seen)


def both_in(dtype: torch.dtype) -> Bilingual:
    name = dtype_name(dtype)
    return Bilingual(zh=f"模块和 x 都是 {name}", en=f"module and x in {name}")


def test_empty_batch(submission: Submission, inputs: Inputs) -> None:
    layer = submission.SwiGLU(8, 6)
    for leading in ((0,), (2, 0)):
        x = inputs.randn(*leading, 8, dtype=torch.float32)
        shape = tuple(x.shape)
        given = Bilingual(zh=f"x 的形状为 {shape}", en=f"x of shape {shape}")
        expect_equal(tuple(layer(x).shape), shape, what=OUTPUT_SHAPE, given=given)


def test_llama_names(submission: Submission, inputs: Inputs) -> None:
    layer = submission.SwiGLU(D, H).double()
    found = {name: tuple(one.shape) for name, one in sorted(layer.state_dict().items())}
    wanted = {"w1.weight": (H, D), "w2.weight": (D, H), "w3.weight": (H, D)}
    what = Bilingual(zh="state_dict() 的键和形状", en="names and shapes in state_dict()")
    expect_equal(found, wanted, what=what, given="SwiGLU(3, 5)")
    llama = {name: inputs.randn(*shape) for name, shape in wanted.items()}
    layer.load_state_dict(llama)
    x = inputs.randn(1, 2, D)
    expected = reference(x, llama["w1.weight"], llama["w3.weight"], llama["w2.weight"])
    what = Bilingual(
        zh="载入 Llama 的 w1（门）、w2（降维）、w3（线性）之后的输出",
        en="output with Llama's w1 (gate), w2 (down), w3 (up)",
    )
    expect_close(layer(x.clone()), expected, atol=LOOSE, given=x, what=what)


# ── Probes: the same mistake gives the same answer, whatever its author calls the matrices ──
# Words and a few decimals, so that neither random weights nor a variant of the same activation
# (GELU by its tanh formula) tell two authors of one mistake apart.


def rounded(values: Tensor, decimals: int) -> str:
    """Return the values as text, with no sign on a 0."""
    found = (round(value, decimals) + 0.0 for value in values.detach().flatten().tolist())
    return " ".join(f"{value:.{decimals}f}" for value in found)


def probe_widths(submission: Submission, inputs: Inputs) -> str:
    del inputs
    layers = [submission.SwiGLU(D, H), submission.SwiGLU(4), submission.SwiGLU(64)]
    return "; ".join(str(sorted(one.numel() for one in layer.parameters())) for layer in layers)


def probe_modes(submission: Submission, inputs: Inputs) -> str:
    return str(raises(lambda: test_train_equals_eval(submission, inputs)) is None)


def probe_activation(submission: Submission, inputs: Inputs) -> str:
    del inputs
    return rounded(at_one(submission, 1, 1)(torch.tensor([[[2.0], [-1.0], [0.5], [-4.0]]])), 2)


def probe_sums(submission: Submission, inputs: Inputs) -> str:
    del inputs
    x = torch.tensor([[[0.5, -1.2], [0.3, 0.4]]], requires_grad=True)
    y = at_one(submission, 2, 3)(x)
    (y * torch.tensor([[[1.0, 2.0], [3.0, -1.0]]])).sum().backward()
    return f"{rounded(y, 1)}; {rounded(gradient_of(x, 'x'), 1)}"


def probe_structure(submission: Submission, inputs: Inputs) -> str:
    layer, x = filled(submission, inputs).eval(), inputs.randn(1, 16, D)
    return f"silencing {silencing(layer, x)}, linear {linear(layer, x)}, unused {unused(layer, x)}"


MATHS = (
    test_parameters,
    test_given_width,
    test_default_width,
    test_train_equals_eval,
    test_nothing_added,
    test_every_weight_used,
    test_gated_product,
    test_one_linear_branch,
    test_swish,
    test_values,
    test_gradients,
)


def probe_edges(submission: Submission, inputs: Inputs) -> str:
    """Tell shapes, dtypes, overflow and names apart, unless the maths is wrong already."""
    if any(raises(lambda check=check: check(submission, inputs)) for check in MATHS):
        return "wrong before"
    layer = submission.SwiGLU(8, 6)
    given = [inputs.randn(*shape, dtype=torch.float32) for shape in ((8,), (2, 8), (2, 3, 4, 8))]
    given.append(inputs.randn(2, 8, 3, dtype=torch.float32).transpose(1, 2))
    shapes = ["raises" if raises(lambda x=x: layer(x)) else "runs" for x in given]
    x, y = at_large_inputs(submission)
    large = f"{rounded(y, 2)}; {rounded(gradient_of(x, 'x'), 2)}"
    dtype = raises(lambda: test_keeps_dtype(submission, inputs))
    return f"{shapes} {large} {_short(dtype)}"


def probe_exchanged(submission: Submission, inputs: Inputs) -> str:
    """Tell whether w1 and w3 are exchanged, where all else is right."""
    checks = (*MATHS, test_any_shape, test_large_inputs, test_keeps_dtype)
    if any(raises(lambda check=check: check(submission, inputs)) for check in checks):
        return "wrong before"
    return _short(raises(lambda: test_llama_names(submission, inputs)))


def _short(error: Exception | None) -> str:
    return "right" if error is None else str(error).partition(":")[0]
