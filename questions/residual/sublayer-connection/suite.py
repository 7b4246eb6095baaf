"""Hidden tests of SublayerConnection, from the root cause outwards.

The sublayer is lent by the suite: it notes what it is given and returns what a check needs. A
constant branch shows where it is added, a branch of 0 what is left without it. Every lent
function takes whatever further arguments come: only `arguments` judges those.
"""

from collections.abc import Callable
from itertools import product
from typing import Any

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
)

Sublayer = Callable[..., Tensor]

# float64 throughout: sums of a few numbers below 50, rounded to 1e-16 of themselves, and a norm
# multiplies that by 1/σ. In rows of 8 values of scale 3, σ² is below 0.05 once in 10⁷: 5e-14 in
# a value, 2e-13 in a gradient. The mildest mistake that is not of ε moves an output by 1e-2.
ATOL = 1e-9
# Where the norm sits is judged before what it computes. Another ε moves a value by ε/2σ² of
# itself, 1e-4 by the same token: LOOSE lies between that and 1e-2.
LOOSE = 1e-3


def layer_norm(
    z: Tensor,
    scale: Tensor | None = None,
    shift: Tensor | None = None,
    *,
    divisor: int | None = None,
) -> Tensor:
    """The definition; `divisor` is that of the variance, d unless told otherwise."""
    centred = z - z.mean(-1, keepdim=True)
    variance = centred.square().sum(-1, keepdim=True) / (divisor or z.shape[-1])
    normal = centred / (variance + 1e-5).sqrt()
    return normal if scale is None or shift is None else normal * scale + shift


def expect_normalized(actual: Tensor, before: Tensor, *, given: Tensor, what: Words) -> None:
    """Require LN(`before`), whatever the variance's divisor and ε: `layer-norm` judges those."""
    unbiased = layer_norm(before, divisor=before.shape[-1] - 1)
    if actual.shape == before.shape and bool(((actual - unbiased).abs() < LOOSE).all()):
        return
    expect_about(actual, layer_norm(before), given=given, what=what)


def expect_about(actual: Tensor, expected: Tensor, *, given: Tensor, what: Words) -> None:
    """Compare to within LOOSE what is shown with four decimals: ε does not distract there."""
    expect_close(tidy(actual), tidy(expected), atol=LOOSE, given=given, what=what)


def tidy(values: Tensor) -> Tensor:
    return (values.detach() * 1e4).round() / 1e4 + 0.0  # 0.0 for −0


def row(*values: float) -> Tensor:
    """One row as (1, 1, d), in float64."""
    return torch.tensor([[values]], dtype=torch.float64)


def build(
    submission: Submission,
    d: int,
    sublayer: Sublayer,
    *,
    norm_first: bool = True,
    dropout: float | None = 0.0,
) -> nn.Module:
    """Build a float64 layer in eval mode, naming what is not the default.

    `dropout` None is the constructor's default.
    """
    named: dict[str, Any] = {} if norm_first else {"norm_first": False}
    if dropout is not None:
        named["dropout"] = dropout
    layer: nn.Module = submission.SublayerConnection(d, sublayer, **named).double()
    return layer.eval()


# ── Words ───────────────────────────────────────────────────────────────────────────────────

CALLS = Bilingual(zh="调用一次 layer，f 被调用的次数", en="calls of f in one call of the layer")
DTYPE = Bilingual(zh="输出的 dtype", en="dtype of the output")
ADDED = Bilingual(zh="y − x 的取值", en="values of y − x")


def output(where: Words) -> Bilingual:
    zh, en = (where.zh, where.en) if isinstance(where, Bilingual) else (where, where)
    return Bilingual(zh=f"输出，{zh}", en=f"output, {en}")


def branch_of(x: Tensor, told: str) -> Bilingual:
    """Say what f gives: the numbers in the example, of two features, that a hint goes through."""
    if x.shape[-1] == 2:
        return Bilingual(zh=f"f 恒为 {told}", en=f"f always {told}")
    return Bilingual(zh="f 恒为同一行数", en="f always one row of numbers")


def reads(norm_first: bool) -> Bilingual:
    return Bilingual(
        zh=f"f 读到的值，norm_first={norm_first}", en=f"what f reads, norm_first={norm_first}"
    )


def shaped(x: Tensor) -> Bilingual:
    shape = tuple(x.shape)
    return Bilingual(zh=f"x 的形状是 {shape}", en=f"x of shape {shape}")


# ── Sublayers ───────────────────────────────────────────────────────────────────────────────


def zeros(h: Tensor, *_: object, **__: object) -> Tensor:
    return 0 * h + 0.0  # 0.0 for −0


def ones(h: Tensor, *_: object, **__: object) -> Tensor:
    return 0 * h + 1


def same(h: Tensor, *_: object, **__: object) -> Tensor:
    return 1 * h


def bend(h: Tensor, *_: object, **__: object) -> Tensor:
    """Do what no linear map does: mixes features, so that what it reads shows in what it gives."""
    return h.roll(1, -1) * h.sigmoid() + 0.5


def cross(h: Tensor, memory: Tensor, *_: object, **__: object) -> Tensor:
    """Depend on a second tensor too."""
    return bend(h) * memory.tanh()


def constant(value: Tensor) -> Sublayer:
    return lambda h, *_, **__: value.to(h.dtype).expand_as(h) + 0 * h


def noting(seen: list[Tensor], sublayer: Sublayer = zeros) -> Sublayer:
    def noted(h: Tensor, *_: object, **__: object) -> Tensor:
        seen.append(h.detach().clone())
        return sublayer(h)

    return noted


# ── Where everything goes ───────────────────────────────────────────────────────────────────


def test_constructs(submission: Submission, inputs: Inputs) -> None:
    x = inputs.randn(2, 3, 4, dtype=torch.float32)
    for named in ({}, {"norm_first": False}):
        y = submission.SublayerConnection(4, bend, **named)(x.clone())
        made = f"SublayerConnection(4, f{', norm_first=False' if named else ''})"
        given = Bilingual(zh=f"{made}，{shaped(x).zh}", en=f"{made}, {shaped(x).en}")
        what = Bilingual(zh="输出的形状", en="shape of the output")
        expect_equal(tuple(y.shape), (2, 3, 4), what=what, given=given)


def test_parameters(submission: Submission, inputs: Inputs) -> None:
    del inputs
    for norm_first in (True, False):
        layer = submission.SublayerConnection(3, bend, norm_first=norm_first)
        given = f"SublayerConnection(3, f, norm_first={norm_first})"
        what = Bilingual(zh="全部参数的初始值", en="initial values of all parameters")
        wanted = "(1, 1, 1), (0, 0, 0)"
        expect_equal(initial_values(layer), wanted, what=what, given=given)
        shapes = [tuple(one.shape) for one in layer.parameters()]
        what = Bilingual(zh="全部参数的形状", en="shapes of all parameters")
        expect_equal(shapes, [(3,), (3,)], what=what, given=given)
        frozen = [name for name, one in layer.named_parameters() if not one.requires_grad]
        what = Bilingual(zh="不可训练的参数", en="parameters that cannot be trained")
        expect_equal(", ".join(frozen) or "—", "—", what=what, given=given)


def initial_values(layer: nn.Module) -> str:
    """Write down what the parameters hold, the largest first."""
    rows = sorted([round(v, 4) + 0.0 for v in one.flatten().tolist()] for one in layer.parameters())
    shown = [", ".join(f"{value:g}" for value in one) for one in reversed(rows)]
    return ", ".join(f"({one})" if ", " in one else one for one in shown) or "—"


def test_input_unchanged(submission: Submission, inputs: Inputs) -> None:
    for x, training in ((row(1, 3), False), (inputs.randn(2, 3, 8), True)):
        for norm_first in (True, False):
            before = x.clone()
            build(submission, x.shape[-1], ones, norm_first=norm_first).train(training)(x)
            what = Bilingual(zh="调用之后的 x", en="x after the call")
            expect_close(x, before, atol=0.0, given=before, what=what)


def test_raw_skip(submission: Submission, inputs: Inputs) -> None:
    for x in (row(1, 3), inputs.randn(2, 3, 8, scale=3)):
        y = build(submission, x.shape[-1], zeros)(x.clone())
        silent = Bilingual(zh="norm_first=True，f 恒为 0", en="norm_first=True, f always 0")
        expect_close(y, x, atol=0.0, given=x, what=output(silent))


def test_branch_added(submission: Submission, inputs: Inputs) -> None:
    for x, branch in ((row(1, 3), row(0, 4)), (inputs.randn(2, 3, 8), inputs.randn(8, scale=3))):
        y = build(submission, x.shape[-1], constant(branch))(x.clone())
        told = branch_of(x, "(0, 4)")
        where = Bilingual(zh=f"norm_first=True，{told.zh}", en=f"norm_first=True, {told.en}")
        expect_about(y, x + branch, given=x, what=output(where))
        expect_close(y, x + branch, atol=ATOL, given=x, what=output(where))


def test_sublayer_reads_normalized(submission: Submission, inputs: Inputs) -> None:
    for x in (row(1, 3), inputs.randn(2, 3, 8, scale=3)):
        seen: list[Tensor] = []
        build(submission, x.shape[-1], noting(seen))(x.clone())
        expect_equal(len(seen), 1, what=CALLS)
        expect_normalized(seen[0], x, given=x, what=reads(norm_first=True))


def test_norm_on_sum(submission: Submission, inputs: Inputs) -> None:
    drawn = (inputs.randn(2, 3, 8, scale=3), inputs.randn(8, scale=3))
    for x, branch in ((row(1, 3), row(1, 0)), drawn):
        y = build(submission, x.shape[-1], constant(branch), norm_first=False)(x.clone())
        told = branch_of(x, "(1, 0)")
        where = Bilingual(zh=f"norm_first=False，{told.zh}", en=f"norm_first=False, {told.en}")
        expect_normalized(y, x + branch, given=x, what=output(where))


def test_sublayer_reads_x(submission: Submission, inputs: Inputs) -> None:
    for x in (row(1, 3), inputs.randn(2, 3, 8, scale=3)):
        seen: list[Tensor] = []
        build(submission, x.shape[-1], noting(seen), norm_first=False)(x.clone())
        expect_equal(len(seen), 1, what=CALLS)
        expect_about(seen[0], x, given=x, what=reads(norm_first=False))
        expect_close(seen[0], x, atol=ATOL, given=x, what=reads(norm_first=False))


def test_arguments(submission: Submission, inputs: Inputs) -> None:
    x = inputs.randn(2, 2, 2)
    mask, memory = torch.tensor([True, False]), torch.tensor([1.0, 3.0], dtype=torch.float64)
    cases: tuple[tuple[tuple[object, ...], dict[str, object]], ...] = (
        ((), {}),
        ((), {"mask": mask}),
        ((memory,), {}),
        ((), {"mask": None}),
        ((memory, 2), {"mask": mask, "causal": False}),
    )
    for norm_first in (True, False):
        seen: list[str] = []

        def sublayer(h: Tensor, *args: object, seen: list[str] = seen, **kwargs: object) -> Tensor:
            seen.append(call("f(h", args, kwargs))
            return 0 * h

        layer = build(submission, 2, sublayer, norm_first=norm_first)
        for args, kwargs in cases:
            layer(x.clone(), *args, **kwargs)
            wanted, given = call("f(h", args, kwargs), call("layer(x", args, kwargs)
            if seen[-1] != wanted:
                message = f"{given} calls {seen[-1]}, expected {wanted}"
                what = Bilingual(zh="怎样调用 f", en="how f is called")
                raise CheckFailed(message, Evidence(given, wanted, seen[-1], what))


def call(start: str, args: tuple[object, ...], kwargs: dict[str, object]) -> str:
    """Write a call down, tensors by their values."""
    told = [start, *map(plain, args), *(f"{name}={plain(one)}" for name, one in kwargs.items())]
    return f"{', '.join(told)})"


def plain(value: object) -> str:
    return str(value.tolist() if isinstance(value, Tensor) else value)


# ── What is computed ────────────────────────────────────────────────────────────────────────


def test_layer_norm(submission: Submission, inputs: Inputs) -> None:
    # Another ε shows in the second, and is not to be shown by the ninth digit of the first.
    first, tiny = (row(1, 3), 1e-4), (row(-0.001, 0.001), ATOL)
    for x, atol in (first, tiny, (inputs.randn(2, 3, 8, scale=3e-3), ATOL)):
        y = build(submission, x.shape[-1], zeros, norm_first=False)(x.clone())
        what = Bilingual(
            zh="LN(x)，即 norm_first=False、f 恒为 0 时的输出",
            en="LN(x), the output with norm_first=False, f always 0",
        )
        expect_close(y, layer_norm(x), atol=atol, given=x, what=what)
        seen: list[Tensor] = []
        build(submission, x.shape[-1], noting(seen))(x.clone())
        what = Bilingual(
            zh="LN(x)，即 norm_first=True 时 f 读到的值", en="LN(x), what f reads, norm_first=True"
        )
        expect_close(seen[0], layer_norm(x), atol=atol, given=x, what=what)


def scale_and_shift(layer: nn.Module, d: int) -> tuple[nn.Parameter, nn.Parameter]:
    """Find γ and β by role: by their initial values, else by their order."""
    vectors = [one for one in layer.parameters() if one.shape == (d,)]
    if len(vectors) != 2:
        shapes = [tuple(one.shape) for one in layer.parameters()]
        what = Bilingual(zh="全部参数的形状", en="shapes of all parameters")
        raise CheckFailed(
            f"expected two parameters of shape ({d},), found {shapes}",
            Evidence(None, f"{[(d,), (d,)]}", f"{shapes}", what),
        )
    first, second = vectors
    reversed_roles = bool((first == 0).all()) and bool((second == 1).all())
    return (second, first) if reversed_roles else (first, second)


def with_random_affine(
    submission: Submission, inputs: Inputs, d: int, sublayer: Sublayer, *, norm_first: bool
) -> tuple[nn.Module, Tensor, Tensor]:
    layer = build(submission, d, sublayer, norm_first=norm_first)
    scale, shift = scale_and_shift(layer, d)
    with torch.no_grad():
        scale.copy_(inputs.uniform(d, low=0.5, high=2.0))
        shift.copy_(inputs.randn(d))
    return layer, scale, shift


def reference(
    x: Tensor, memory: Tensor, scale: Tensor, shift: Tensor, *, norm_first: bool
) -> Tensor:
    if norm_first:
        return x + cross(layer_norm(x, scale, shift), memory)
    return layer_norm(x + cross(x, memory), scale, shift)


def test_values(submission: Submission, inputs: Inputs) -> None:
    for norm_first in (True, False):
        layer, scale, shift = with_random_affine(
            submission, inputs, 8, cross, norm_first=norm_first
        )
        for _ in range(2):  # one layer, called twice: nothing is kept in between
            x, memory = inputs.randn(2, 3, 8, scale=3), inputs.randn(2, 3, 8)
            wanted = reference(x, memory, scale, shift, norm_first=norm_first)
            where = Bilingual(
                zh=f"norm_first={norm_first}，γ、β 取随机值",
                en=f"norm_first={norm_first}, random γ and β",
            )
            y = layer(x.clone(), memory)
            expect_close(y, wanted, atol=ATOL, given=x, what=output(where))


def test_gradients(submission: Submission, inputs: Inputs) -> None:
    for norm_first in (True, False):
        always = Bilingual(zh="f 恒为 (1, 0, 0)", en="f always (1, 0, 0)")
        itself = Bilingual(zh="f(h) = h", en="f(h) = h")
        for sublayer, told in ((constant(row(1, 0, 0)), always), (same, itself)):
            x = row(1, 2, 4).requires_grad_()
            y = build(submission, 3, sublayer, norm_first=norm_first)(x)
            expect_first_gradient(y, x, sublayer, told, norm_first=norm_first)
        layer, scale, shift = with_random_affine(
            submission, inputs, 8, cross, norm_first=norm_first
        )
        x, memory = (inputs.randn(2, 3, 8, scale=s).requires_grad_() for s in (3, 1))
        cotangent = inputs.randn(2, 3, 8)  # a random one: under .sum() LN has none
        ours = [one.detach().clone().requires_grad_() for one in (x, memory, scale, shift)]
        (reference(*ours, norm_first=norm_first) * cotangent).sum().backward()
        (layer(x, memory) * cotangent).sum().backward()
        further = Bilingual(zh="另一个张量参数", en="a further tensor argument")
        names = (Bilingual(zh="x", en="x"), further, Bilingual("γ", "γ"), Bilingual("β", "β"))
        for name, actual, wanted in zip(names, (x, memory, scale, shift), ours, strict=True):
            what = Bilingual(zh=f"{name.zh} 的梯度", en=f"gradient of {name.en}")
            given = Bilingual(
                zh=f"norm_first={norm_first}，γ、β 取随机值",
                en=f"norm_first={norm_first}, random γ and β",
            )
            expect_gradient(actual, wanted.grad, what, given)


def expect_first_gradient(
    y: Tensor, x: Tensor, sublayer: Sublayer, told: Bilingual, *, norm_first: bool
) -> None:
    """Judge the gradient of the first output at x = (1, 2, 4), γ = 1, β = 0: the one shown."""
    cut = Bilingual(zh="对 autograd 来说，y 与 x 无关", en="y does not depend on x for autograd")
    expect(y.requires_grad, cut)
    y[..., 0].sum().backward()
    ours = row(1, 2, 4).requires_grad_()
    branch = sublayer(layer_norm(ours) if norm_first else ours)
    total = ours + branch if norm_first else layer_norm(ours + branch)
    total[..., 0].sum().backward()
    what = Bilingual(zh="第一个输出对 x 的梯度", en="gradient of the first output in x")
    given = Bilingual(
        zh=f"x = (1, 2, 4)，{told.zh}，norm_first={norm_first}",
        en=f"x = (1, 2, 4), {told.en}, norm_first={norm_first}",
    )
    expect_gradient(x, ours.grad, what, given)


def expect_gradient(leaf: Tensor, wanted: Tensor | None, what: Bilingual, given: Bilingual) -> None:
    if wanted is None:
        raise ValueError(what.en)
    if leaf.grad is None:
        shape = tuple(wanted.shape)
        shown = Bilingual(zh=f"形状 {shape}", en=f"shape {shape}")
        raise CheckFailed(f"no {what.en}", Evidence(given, shown, "None", what))
    worst = ATOL * (1 + float(wanted.abs().max()))
    expect_close(leaf.grad, wanted, atol=worst, given=given, what=what)


# ── Dropout ─────────────────────────────────────────────────────────────────────────────────


def test_dropout_on_branch(submission: Submission, inputs: Inputs) -> None:
    example, drawn = (row(1, 3), row(0, 4)), (inputs.randn(2, 3, 8), inputs.randn(8))
    for dropout, (x, branch) in ((1.0, example), (1.0, drawn), (0.0, example)):
        for norm_first in (True, False):
            layer = build(
                submission, x.shape[-1], constant(branch), norm_first=norm_first, dropout=dropout
            )
            y, total = layer.train()(x.clone()), x + (1 - dropout) * branch
            expect_sum(y, total, x, "train()", dropout, norm_first=norm_first)


def expect_sum(
    y: Tensor, total: Tensor, x: Tensor, mode: str, dropout: float, *, norm_first: bool
) -> None:
    """Require `total`, or its LN in post-LN, of a branch that is (0, 4) in the example."""
    told, parts = branch_of(x, "(0, 4)"), (mode, f"dropout={dropout:g}", f"norm_first={norm_first}")
    where = Bilingual(zh="，".join((*parts, told.zh)), en=", ".join((*parts, told.en)))
    if norm_first:
        expect_about(y, total, given=x, what=output(where))
        expect_close(y, total, atol=ATOL, given=x, what=output(where))
    else:
        expect_normalized(y, total, given=x, what=output(where))


def test_dropout_elementwise(submission: Submission, inputs: Inputs) -> None:
    x = inputs.randn(32, 4, 8)
    y = build(submission, 8, ones, dropout=0.5).train()(x.clone())
    given = "f(h) = 1, dropout=0.5, train(), norm_first=True"
    # Even if a sample's branch were dropped whole, 32 would all fare alike once in 2³¹.
    expect_equal(added(y, x), "{0, 2}", what=ADDED, given=given)
    # A mask that is shared along a dimension is constant there. Of 32 or more draws of 4 or more
    # independent elements, all are constant with a probability below 1e-28.
    dropped = (y - x) < 1
    for dim, together in (
        (2, Bilingual(zh="同一个 token 的特征总是一起被丢弃", en="a token's features go together")),
        (1, Bilingual(zh="同一个样本的 token 总是一起被丢弃", en="a sample's tokens go together")),
        (
            0,
            Bilingual(
                zh="各个样本丢弃的位置总是一样", en="all samples are dropped in the same places"
            ),
        ),
    ):
        expect(bool((dropped.any(dim) & ~dropped.all(dim)).any()), together, given=given)
    # After LN only the ratio to x is left. 8 masks for 3 elements, each dropped or doubled.
    x, branch = row(1, 0, -1), row(1, -2, 1)
    layer = build(submission, 3, constant(branch), norm_first=False, dropout=0.5)
    y = layer.train()(x.expand(1, 64, 3).clone())
    masks = torch.tensor(list(product((0.0, 2.0), repeat=3)), dtype=torch.float64)
    distances = [
        (y[0][:, None] - layer_norm(x[0] + masks * branch[0], divisor=one)).abs().amax(-1).amin(-1)
        for one in (3, 2)  # the divisor is not this check's business
    ]
    worst = min(float(one.detach().max()) for one in distances)
    neither = Bilingual(
        zh="f(x) 里有的元素既没有被丢弃，也没有乘 2",
        en="an element of f(x) is neither dropped nor doubled",
    )
    expect(worst < LOOSE, neither, given="dropout=0.5, train(), norm_first=False")


def test_dropout_rate(submission: Submission, inputs: Inputs) -> None:
    x = inputs.randn(4, 16, 8)
    y = build(submission, 8, ones, dropout=None).train()(x.clone())
    given = "f(h) = 1, SublayerConnection(8, f), train()"
    # Of 512 elements none is dropped with a probability of 0.9^512 = 4e-24.
    expect_equal(added(y, x), "{0, 1.1111}", what=ADDED, given=given)
    x = inputs.randn(4, 128, 8)
    y = build(submission, 8, ones, dropout=0.25).train()(x.clone())
    dropped = float(((y - x).abs() < ATOL).double().mean())
    # A share of 4096 draws is off by √(0.25 · 0.75 / 4096) = 0.0068: 0.05 is 7 times that.
    if abs(dropped - 0.25) >= 0.05:
        given = Bilingual(
            zh="dropout=0.25，train()，4096 个元素", en="dropout=0.25, train(), 4096 elements"
        )
        what = Bilingual(zh="被丢弃的比例", en="share that is dropped")
        raise CheckFailed(
            f"{what.en}: {dropped:.3f}", Evidence(given, "0.25 ± 0.05", f"{dropped:.3f}", what)
        )


def added(y: Tensor, x: Tensor, most: int = 6) -> str:
    """Write down the different values of y − x."""
    found = sorted({round(value, 4) + 0.0 for value in (y - x).detach().flatten().tolist()})
    shown = [f"{value:g}" for value in found[:most]] + ["…"] * (len(found) > most)
    return f"{{{', '.join(shown)}}}"


def test_dropout_in_eval(submission: Submission, inputs: Inputs) -> None:
    example, drawn = (row(1, 3), row(0, 4)), (inputs.randn(2, 3, 8), inputs.randn(8))
    for dropout, (x, branch) in ((1.0, example), (0.5, drawn)):
        for norm_first in (True, False):
            layer = build(
                submission, x.shape[-1], constant(branch), norm_first=norm_first, dropout=dropout
            )
            y = layer.eval()(x.clone())
            expect_sum(y, x + branch, x, "eval()", dropout, norm_first=norm_first)


# ── The edges ───────────────────────────────────────────────────────────────────────────────


def test_any_shape(submission: Submission, inputs: Inputs) -> None:
    for norm_first in (True, False):
        layer = build(submission, 8, bend, norm_first=norm_first)
        tried = [inputs.randn(*leading, 8, scale=3) for leading in ((), (2, 3, 4), (2, 0))]
        tried.append(inputs.randn(2, 8, 3, scale=3).transpose(1, 2))
        for x in tried:
            wanted = x + bend(layer_norm(x)) if norm_first else layer_norm(x + bend(x))
            told = shaped(x)
            given = Bilingual(
                zh=f"norm_first={norm_first}，{told.zh}，步长 {x.stride()}",
                en=f"norm_first={norm_first}, {told.en} with strides {x.stride()}",
            )
            expect_close(layer(x), wanted, atol=ATOL, given=given)


def test_keeps_dtype(submission: Submission, inputs: Inputs) -> None:
    for dtype, norm_first in product((torch.bfloat16, torch.float16), (True, False)):
        seen: list[Tensor] = []
        layer = build(submission, 8, noting(seen, ones), norm_first=norm_first)
        x = inputs.randn(2, 4, 8, scale=3, dtype=dtype)
        y = layer.to(dtype)(x.clone())
        name = dtype_name(dtype)
        given = Bilingual(
            zh=f"模块和 x 都是 {name}，norm_first={norm_first}",
            en=f"module and x in {name}, norm_first={norm_first}",
        )
        what = Bilingual(zh="f 读到的 dtype", en="dtype of what f reads")
        expect_equal(seen[0].dtype, dtype, what=what, given=given)
        expect_equal(y.dtype, dtype, what=DTYPE, given=given)
        # x + 1 is below 20, and its rounding by eps/2 makes 10 eps; an LN of it divides that by
        # σ near 3 and rounds again, statistics in half precision included: less than 20 eps.
        exact = x.double() + 1 if norm_first else layer_norm(x.double() + 1)
        worst = 20 * torch.finfo(dtype).eps
        expect_close(y, exact, atol=worst, given=x, what=output(given))


def narrow(h: Tensor, *_: object, **__: object) -> Tensor:
    """Give bfloat16, as linear layers under autocast do."""
    return (0 * h + 1).bfloat16()


def test_stream_dtype(submission: Submission, inputs: Inputs) -> None:
    del inputs
    x = row(256, -256).float()
    for norm_first in (True, False):
        y = build(submission, 2, narrow, norm_first=norm_first).float()(x.clone())
        given = Bilingual(
            zh=f"x 是 float32，f(h) 是 bfloat16，norm_first={norm_first}",
            en=f"x in float32, f(h) in bfloat16, norm_first={norm_first}",
        )
        expect_equal(y.dtype, torch.float32, what=DTYPE, given=given)
        if norm_first:
            half = Bilingual(zh="f 恒为 bfloat16 的 1", en="f always 1 in bfloat16")
            expect_close(y, x + 1, atol=0.0, given=x, what=output(half))


# Probes: what a submission computes, to be compared with each wrong implementation. What dropout
# draws is told in words.


def probe_constructs(submission: Submission, inputs: Inputs) -> str:
    del inputs
    try:
        layer = submission.SublayerConnection(4, bend)
    except Exception as error:  # noqa: BLE001 - a submission may raise anything
        return f"{type(error).__name__}, of a Module: {'Module' in str(error)}"
    return str(sorted((tuple(one.shape), float(one.sum())) for one in layer.parameters()))


def probe_values(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    x = inputs.randn(2, 3, 4, scale=2)
    layers = [build(submission, 4, bend, norm_first=order) for order in (True, False)]
    given = [x.clone(), x.clone()]
    return (*(layer(one) for layer, one in zip(layers, given, strict=True)), *given)


def probe_small(submission: Submission, inputs: Inputs) -> Tensor:
    output: Tensor = build(submission, 4, bend, norm_first=False)(inputs.randn(2, 4, scale=2e-3))
    return output


def probe_calls(submission: Submission, inputs: Inputs) -> str:
    x, told = inputs.randn(2, 2, 2), []
    for norm_first in (True, False):
        seen: list[str] = []

        def sublayer(h: Tensor, *args: object, seen: list[str] = seen, **kwargs: object) -> Tensor:
            seen.append(call("f(h", args, kwargs))
            return 0 * h

        layer = build(submission, 2, sublayer, norm_first=norm_first)
        for args, kwargs in (((), {}), ((), {"mask": 1}), ((2,), {}), ((), {"mask": None})):
            try:
                layer(x.clone(), *args, **kwargs)
            except Exception as error:  # noqa: BLE001 - as above
                seen.append(type(error).__name__)
        told.append(" ".join(seen))
    return "; ".join(told)


def probe_gradients(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    found = []
    for norm_first in (True, False):
        layer = build(submission, 4, bend, norm_first=norm_first)
        x = inputs.randn(2, 3, 4, scale=2).requires_grad_()
        (layer(x) * inputs.randn(2, 3, 4)).sum().backward()
        found.append(torch.zeros(()) if x.grad is None else x.grad)
    return tuple(found)


def probe_dropout(submission: Submission, inputs: Inputs) -> str:
    """Tell in words what dropout leaves of the layer's own output in eval()."""
    x, told = inputs.randn(2, 3, 4, scale=2), []
    for norm_first in (True, False):
        whole, bare = (
            build(submission, 4, f, norm_first=norm_first)(x.clone()) for f in (bend, zeros)
        )
        known = {"whole": whole, "no branch": bare, "0": 0 * x, "NaN": x * torch.nan}
        for dropout, training in ((1.0, True), (0.0, True), (1.0, False)):
            seen: list[Tensor] = []
            layer = build(submission, 4, noting(seen, bend), norm_first=norm_first, dropout=dropout)
            y = layer.train(training)(x.clone())
            found = (name for name, one in known.items() if alike(y, one))
            reads_0 = any(bool((one == 0).all()) for one in seen)
            told.append(f"{next(found, 'other')}{', f reads 0' if reads_0 else ''}")
    return "; ".join(told)


def alike(left: Tensor, right: Tensor) -> bool:
    return left.shape == right.shape and bool(
        torch.isclose(left, right, rtol=0.0, atol=ATOL, equal_nan=True).all()
    )


def probe_mask(submission: Submission, inputs: Inputs) -> str:
    """Tell how dropout draws, unless it is in the wrong place anyway."""
    places = (test_raw_skip, test_branch_added, test_dropout_on_branch, test_dropout_in_eval)
    if not passes(places, submission, inputs):
        return "elsewhere"
    x = inputs.randn(64, 16, 4)
    ys = [build(submission, 4, ones, dropout=one).train()(x.clone()) for one in (0.5, None, 0.25)]
    kept = [(y - x).abs() > ATOL for y in ys]
    values = [added(y[mask], x[mask]) for y, mask in zip(ys, kept, strict=True)]
    mixed = [bool((kept[0].any(dim) & ~kept[0].all(dim)).any()) for dim in range(3)]
    # Of 64 draws or more a share of 0.75 is off by 0.054 or less.
    return f"{values} {mixed} {bool(kept[2].double().mean() > 0.5)}"


def probe_edges(submission: Submission, inputs: Inputs) -> str:
    """Tell shapes and dtypes apart, unless the maths is wrong already.

    So the careless and the careful version of one mistake give the same answers.
    """
    if not passes(MATHS, submission, inputs):
        return "wrong before"
    told = []
    layer = build(submission, 8, bend)
    for shape in ((8,), (2, 3, 4, 8), (2, 0, 8)):
        x = inputs.randn(*shape)
        told.append(passes((lambda _, __, x=x: layer(x),), submission, inputs))
    told += [passes((one,), submission, inputs) for one in (test_keeps_dtype, test_stream_dtype)]
    return str(told)


MATHS = (
    test_parameters,
    test_input_unchanged,
    test_arguments,
    test_layer_norm,
    test_values,
    test_gradients,
    test_dropout_on_branch,
    test_dropout_elementwise,
    test_dropout_rate,
    test_dropout_in_eval,
)


def passes(
    checks: tuple[Callable[[Submission, Inputs], object], ...],
    submission: Submission,
    inputs: Inputs,
) -> bool:
    for check in checks:
        try:
            check(submission, inputs)
        except Exception:  # noqa: BLE001 - whatever it raises, it does not pass
            return False
    return True
