"""Hidden tests of BatchNorm1d, from the root cause outwards.

What training returns comes first, on inputs so wide that ε leaves no trace; then what it leaves
behind in the buffers; then what eval makes of them. ε, gradients and dtypes come last. Values
are compared channel by channel, so that a failure shows one channel over the whole batch.
Buffers are read anew after each call: a layer may replace them as well as write into them.
"""

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
    gradient_of,
    raises,
)

# float64 throughout: outputs are below √n · |γ| + |β| < 30 and rounding is 1e-16 of them, times
# the condition number |x| / σ < 100 of the inputs here: below 1e-12. LOOSE is also above a
# detour through float32 (6e-8 · 100), which has a check of its own, and below what any mistake
# in the formula moves; TIGHT is for that check.
LOOSE = 1e-5
TIGHT = 1e-10
# Where ε must leave no trace, wherever it sits and be it 1e-3: at σ ~ 1e3 it is 1e-8 of the result.
WIDE = 1000.0

RUNNING = ("running_mean", "running_var")
BUFFERS = (*RUNNING, "num_batches_tracked")

CHANNEL = Bilingual(zh="一个通道的输出", en="output of one channel")
PARAMETERS = Bilingual(zh="可训练参数的形状", en="shapes of the trainable parameters")
SHAPE = Bilingual(zh="输出的形状", en="output shape")
DTYPE = Bilingual(zh="输出的 dtype", en="output dtype")


# ── The definition, in float64 ──────────────────────────────────────────────────────────────


def by_channel(x: Tensor) -> Tensor:
    """Turn (N, C) or (N, C, L) into (C, N · L): one row holds all the values of a channel."""
    return x.transpose(0, 1).flatten(1)


def like(rows: Tensor, x: Tensor) -> Tensor:
    """Undo `by_channel`."""
    if x.dim() == 2:
        return rows.t()
    return rows.reshape(x.shape[1], x.shape[0], x.shape[2]).transpose(0, 1)


def reference(
    x: Tensor,
    scale: Tensor | None = None,
    shift: Tensor | None = None,
    *,
    eps: float = 1e-5,
    divisor: int | None = None,
) -> Tensor:
    """Return the output in training; `divisor` is that of the variance, n unless told."""
    rows = by_channel(x.double())
    centred = rows - rows.mean(1, keepdim=True)
    variance = centred.square().sum(1, keepdim=True) / (divisor or rows.shape[1])
    normal = centred / torch.sqrt(variance + eps)
    return like(_affine(normal, scale, shift), x)


def reference_eval(
    x: Tensor,
    mean: Tensor,
    variance: Tensor,
    scale: Tensor | None = None,
    shift: Tensor | None = None,
    *,
    eps: float = 1e-5,
) -> Tensor:
    """Return the output in eval, from these running statistics."""
    rows = by_channel(x.double())
    normal = (rows - mean[:, None]) / torch.sqrt(variance[:, None] + eps)
    return like(_affine(normal, scale, shift), x)


def _affine(rows: Tensor, scale: Tensor | None, shift: Tensor | None) -> Tensor:
    return rows if scale is None or shift is None else rows * scale[:, None] + shift[:, None]


def running_after(
    batches: list[Tensor], channels: int, momentum: float = 0.1
) -> tuple[Tensor, Tensor]:
    """Return running mean and variance of a new layer after these batches in training."""
    mean = torch.zeros(channels, dtype=torch.float64)
    variance = torch.ones(channels, dtype=torch.float64)
    for x in batches:
        rows = by_channel(x.double())
        mean = (1 - momentum) * mean + momentum * rows.mean(1)
        variance = (1 - momentum) * variance + momentum * rows.var(1, correction=1)
    return mean, variance


# ── The submission ──────────────────────────────────────────────────────────────────────────


def batch(*values: float, dtype: torch.dtype = torch.float64) -> Tensor:
    """One channel of a batch, as (N, 1)."""
    return torch.tensor(values, dtype=dtype)[:, None]


def build(submission: Submission, channels: int, **arguments: float) -> nn.Module:
    layer: nn.Module = submission.BatchNorm1d(channels, **arguments).double()
    return layer


def channel(zh: str, en: str) -> Bilingual:
    """Name the output of a channel under some condition."""
    return Bilingual(zh=f"{zh}一个通道的输出", en=f"{CHANNEL.en} {en}")


def mode_of(layer: nn.Module) -> str:
    return "train()" if layer.training else "eval()"


def expect_channels(
    actual: Tensor,
    expected: Tensor,
    x: Tensor,
    *,
    atol: float,
    given: Words | None = None,
    what: Words = CHANNEL,
    itself: bool = False,
) -> None:
    """Compare outputs channel by channel; a wrong shape is shown as it is."""
    if actual.shape != expected.shape:
        expect_close(actual, expected, atol=atol, given=x, itself=itself)
    got, wanted, rows = (by_channel(one) for one in (actual, expected, x))
    expect_close(got, wanted, atol=atol, given=given or rows, what=what, itself=itself)


def expect_same(
    actual: Tensor, own: Tensor, wanted: Tensor, x: Tensor, *, atol: float, what: Words = CHANNEL
) -> None:
    """Require what the submission gives for the same channels elsewhere, right or wrong.

    Where the two differ the definition is shown, unless it is `own` that strays from it.
    """
    try:
        expect_channels(actual, own, x, atol=atol, what=what, itself=True)
    except CheckFailed:
        expect_channels(actual, wanted, x, atol=atol, what=what)
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
    submission: Submission, inputs: Inputs, channels: int
) -> tuple[nn.Module, nn.Parameter, nn.Parameter]:
    """Build a float64 layer and fill γ and β: at (1, 0) they hide half of all mistakes."""
    layer = build(submission, channels)
    scale, shift = scale_and_shift(layer, channels)
    with torch.no_grad():
        scale.copy_(inputs.uniform(channels, low=0.5, high=2.0))
        shift.copy_(inputs.randn(channels))
    return layer, scale, shift


def set_running(layer: nn.Module, mean: Tensor, variance: Tensor) -> nn.Module:
    """Put the layer into eval with these running statistics."""
    buffers = dict(layer.named_buffers())
    for name, value in zip(RUNNING, (mean, variance), strict=True):
        if name not in buffers:
            said = Bilingual(
                zh=f"没有名为 {name} 的 buffer", en=f"there is no buffer called {name}"
            )
            raise CheckFailed(said.en, Evidence(None, "", said))
        buffers[name].copy_(value)
    return layer.eval()


def expect_refused(layer: nn.Module, x: Tensor, channels: int) -> None:
    """Require an exception, of any type."""
    if raises(lambda: layer(x)) is None:
        call, shape, got = f"BatchNorm1d({channels})", tuple(x.shape), tuple(layer(x).shape)
        given = Bilingual(
            zh=f"{call} 在 {mode_of(layer)} 下收到形状 {shape}",
            en=f"shape {shape} to {call} in {mode_of(layer)}",
        )
        wanted = Bilingual(zh="抛出异常", en="an exception")
        actual = Bilingual(zh=f"返回形状 {got}", en=f"shape {got}")
        raise CheckFailed(f"{given.en} raises nothing", Evidence(given, wanted, actual))


# ── What training returns ───────────────────────────────────────────────────────────────────


def test_constructs(submission: Submission, inputs: Inputs) -> None:
    layer = submission.BatchNorm1d(3)
    for mode in (True, False):
        y = layer.train(mode)(inputs.randn(4, 3, dtype=torch.float32))
        given = Bilingual(
            zh=f"{mode_of(layer)} 下，形状 (4, 3)", en=f"shape (4, 3) in {mode_of(layer)}"
        )
        expect_equal(tuple(y.shape), (4, 3), what=SHAPE, given=given)


def test_input_unchanged(submission: Submission, inputs: Inputs) -> None:
    for training in (True, False):
        layer = submission.BatchNorm1d(1).train(training)
        for x in (batch(1, 3, dtype=torch.float32), inputs.randn(4, 1, dtype=torch.float32)):
            before = x.clone()
            layer(x)
            what = Bilingual(zh="调用之后 x 的一个通道", en="one channel of x after the call")
            expect_channels(x, before, before, atol=0.0, what=what)


def test_registered(submission: Submission, inputs: Inputs) -> None:
    layer = submission.BatchNorm1d(3)
    shapes = sorted(tuple(one.shape) for one in layer.parameters() if one.requires_grad)
    expect_equal(shapes, [(3,), (3,)], what=PARAMETERS)
    what = Bilingual(zh="参数的个数", en="number of parameters")
    expect_equal(len(list(layer.parameters())), 2, what=what)
    values = sorted([round(v, 4) for v in one.tolist()] for one in layer.parameters())
    what = Bilingual(zh="参数的初值", en="initial values of the parameters")
    expect_equal(values, [[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]], what=what)
    buffers = dict(layer.named_buffers())
    what = Bilingual(zh="buffer 的名字", en="names of buffers")
    expect_equal(sorted(buffers), sorted(BUFFERS), what=what)
    for name, value in (("running_mean", 0.0), ("running_var", 1.0)):
        what = Bilingual(zh=f"{name} 的初值", en=f"initial {name}")
        expect_equal(buffers[name].tolist(), [value] * 3, what=what)
    counter = buffers["num_batches_tracked"]
    told = f"{dtype_name(counter.dtype)}, {tuple(counter.shape)}, {int(counter.sum())}"
    what = Bilingual(
        zh="num_batches_tracked 的 dtype、形状、初值",
        en="dtype, shape and initial value of num_batches_tracked",
    )
    expect_equal(told, "int64, (), 0", what=what)

    trained, _, _ = with_random_affine(submission, inputs, 3)
    set_running(trained, inputs.randn(3), inputs.uniform(3, low=1, high=4))
    saved = trained.state_dict()
    missing = [name for name in BUFFERS if name not in saved]
    what = Bilingual(zh="state_dict() 里缺少的 buffer", en="buffers that state_dict() lacks")
    expect_equal(missing, [], what=what)
    restored = build(submission, 3)
    restored.load_state_dict(saved)
    x = inputs.randn(4, 3)
    own = trained(x.clone())
    what = channel(
        "从 state_dict() 恢复之后，eval() 下", "in eval(), after loading its own state_dict()"
    )
    expect_channels(restored.eval()(x.clone()), own, x, atol=TIGHT, what=what, itself=True)


def test_batch_statistics(submission: Submission, inputs: Inputs) -> None:
    layer = build(submission, 2)
    x = torch.tensor([[1.0, 3.0], [5.0, 7.0]], dtype=torch.float64)
    y, wanted = layer(x.clone()), reference(x)
    for channels in (1, 2):  # the first is the one that is shown
        # ±1 is right; ÷ (n − 1) gives ±0.707, which is the next check's business.
        expect_channels(y[:, :channels], wanted[:, :channels], x[:, :channels], atol=0.4)
    x = inputs.randn(5, 2, scale=WIDE, offset=300)
    before = layer(x.clone())
    rows, normal = by_channel(x), by_channel(before)
    mean = normal.mean(1, keepdim=True)
    what = Bilingual(zh="一个通道输出的均值", en="mean of the output of one channel")
    expect_close(mean, torch.zeros_like(mean), atol=LOOSE, given=rows, what=what)
    variance = normal.var(1, correction=0, keepdim=True)
    what = Bilingual(zh="一个通道输出的方差", en="variance of the output of one channel")
    expect_close(variance, torch.ones_like(mean), atol=0.3, given=rows, what=what)
    for _ in range(2):
        layer(inputs.randn(5, 2, scale=5, offset=10))
    what = channel("见过另外两批之后，", "after two other batches")
    expect_same(layer(x.clone()), before, reference(x), x, atol=LOOSE, what=what)


def test_length_axis(submission: Submission, inputs: Inputs) -> None:
    # Compared with the layer's own result on (N · L, C): other mistakes have their own checks.
    layer = build(submission, 2)
    x = torch.tensor([[[1.0, 3.0]] * 2, [[5.0, 7.0]] * 2], dtype=torch.float64)
    for given in (x, inputs.randn(3, 2, 4, scale=WIDE), inputs.randn(2, 2, 5, scale=WIDE)):
        flat = layer(by_channel(given).t().contiguous())
        y = layer(given.clone())
        shape = tuple(given.shape)
        what = Bilingual(
            zh=f"x 形状为 {shape} 时一个通道的输出（N·L 个值）",
            en=f"output of one channel (its N·L values), x of shape {shape}",
        )
        own = like(flat.t(), given)
        expect_same(y, own, reference(given), given, atol=LOOSE, what=what)


def test_biased_variance(submission: Submission, inputs: Inputs) -> None:
    # ÷ (n − 1) is off by 0.065 relative at n = 8, more below.
    given = (batch(1, 3), inputs.randn(3, 2, scale=1e3), inputs.randn(2, 2, 4, scale=1e3))
    for x in given:
        y = build(submission, x.shape[1])(x.clone())
        expect_channels(y, reference(x), x, atol=1e-3)


def test_large_offset(submission: Submission, inputs: Inputs) -> None:
    # float32 has steps of 0.001 at 1e4: a rounded mean costs up to 2e-3 where σ = 1, a variance
    # from squares near 1e8 (steps of 8) costs everything. 2e-2 stands ten times from either.
    far = inputs.randn(16, 3, offset=1e4, dtype=torch.float32)
    near = inputs.randn(4, 3, 4, offset=3e3, dtype=torch.float32)
    for x in (batch(10002, 10003, dtype=torch.float32), near, far):
        y = submission.BatchNorm1d(x.shape[1])(x.clone())
        expect_channels(y, reference(x), x, atol=2e-2)


def test_affine(submission: Submission, inputs: Inputs) -> None:
    layer = build(submission, 1)
    scale, shift = scale_and_shift(layer, 1)
    with torch.no_grad():
        scale.fill_(2.0)
        shift.fill_(10.0)
    x = batch(100, 300)
    wanted = reference(x, scale, shift)
    what = channel("γ = 2、β = 10 时", "at γ = 2, β = 10")
    expect_channels(layer(x.clone()), wanted, x, atol=LOOSE, what=what)
    layer, scale, shift = with_random_affine(submission, inputs, 3)
    for shape in ((4, 3), (2, 3, 3), (2, 3, 4)):  # (2, 3, 3): γ along the length fits as well
        x = inputs.randn(*shape, scale=WIDE)
        wanted = reference(x, scale, shift)
        what = channel(f"γ、β 取随机值，x 形状为 {shape} 时", f"at random γ, β, x of shape {shape}")
        expect_channels(layer(x.clone()), wanted, x, atol=LOOSE, what=what)


# ── What training leaves behind ─────────────────────────────────────────────────────────────


def test_running_mean(submission: Submission, inputs: Inputs) -> None:
    _expect_running(submission, inputs, "running_mean")


def test_running_variance(submission: Submission, inputs: Inputs) -> None:
    _expect_running(submission, inputs, "running_var")


def _expect_running(submission: Submission, inputs: Inputs, name: str) -> None:
    which = RUNNING.index(name)
    random = [inputs.randn(3, 2, scale=2, offset=offset) for offset in (3, -4, 5)]
    sequences = inputs.randn(2, 2, 2, offset=3)
    sequences[:, 0] = torch.tensor([[1.0, 3.0], [5.0, 7.0]])
    for batches, arguments in (
        ([batch(1, 3)], {}),
        ([batch(1, 3)], {"momentum": 0.25}),
        (random, {"momentum": 0.25}),
        ([sequences], {}),
    ):
        channels = batches[0].shape[1]
        layer = build(submission, channels, **arguments)
        for x in batches:
            layer(x.clone())
        wanted = running_after(batches, channels, **arguments)[which]
        shape, count = tuple(batches[0].shape), len(batches)
        actual = dict(layer.named_buffers())[name]
        given = Bilingual(zh=f"形状为 {shape} 的 x", en=f"x of shape {shape}")
        what = Bilingual(zh=f"{name} 的形状", en=f"shape of {name}")
        expect_equal(tuple(actual.shape), (channels,), what=what, given=given)
        told = f"momentum={arguments.get('momentum', 0.1)}"
        many = "one batch" if count == 1 else f"{count} batches"
        what = Bilingual(
            zh=f"{told}，见过 {count} 批形状为 {shape} 的 x 之后，一个通道的 {name}",
            en=f"{name} of one channel at {told} after {many} of shape {shape}",
        )
        # One channel's statistic beside its only batch, where there is just one.
        rows = by_channel(batches[0]) if count == 1 else None
        expect_close(actual[:, None], wanted[:, None], atol=LOOSE, what=what, given=rows)


def test_eval_uses_running(submission: Submission, inputs: Inputs) -> None:
    # ε = 1e-3 beside a variance of 4 changes 3 by 4e-4, 1e-5 beside a deviation of 2 by 2e-5.
    layer = build(submission, 1)
    set_running(layer, torch.full((1,), 5.0), torch.full((1,), 4.0))
    expected = batch(1, 3)
    what = channel(
        "eval() 下，running_mean = 5、running_var = 4 时",
        "in eval() at running_mean = 5, running_var = 4",
    )
    expect_channels(layer(batch(7, 11)), expected, batch(7, 11), atol=1e-3, what=what)
    layer, scale, shift = with_random_affine(submission, inputs, 3)
    mean, variance = inputs.randn(3, scale=WIDE), inputs.uniform(3, low=1, high=4) * WIDE**2
    for shape in ((4, 3), (2, 3, 3), (2, 3, 4)):
        x = inputs.randn(*shape, scale=WIDE, offset=WIDE)
        wanted = reference_eval(x, mean, variance, scale, shift)
        what = channel(f"eval() 下，x 形状为 {shape} 时", f"in eval(), x of shape {shape}")
        # Anew each time: whether eval moves them is another check's business.
        y = set_running(layer, mean, variance)(x.clone())
        expect_channels(y, wanted, x, atol=LOOSE, what=what)


def test_updates_in_training_only(submission: Submission, inputs: Inputs) -> None:
    layer = build(submission, 2)
    for x in (inputs.randn(3, 2, offset=5), inputs.randn(3, 2, 2), inputs.randn(3, 2)):
        layer.train()(x)
    counted = Bilingual(zh="train() 下调用三次", en="three calls in train()")
    count = int(dict(layer.named_buffers())["num_batches_tracked"])
    expect_equal(count, 3, what="num_batches_tracked", given=counted)
    kept = dict(zip(RUNNING, (5.0, 4.0), strict=True))
    set_running(layer, *(torch.full((2,), value) for value in kept.values()))
    for _ in range(2):
        layer(torch.tensor([[7.0, 7.0], [11.0, 11.0]], dtype=torch.float64))
        now = dict(layer.named_buffers())
        for name, value in kept.items():
            what = Bilingual(
                zh=f"eval() 下调用之后的 {name}，此前为 {value:g}",
                en=f"{name} after a call in eval(), {value:g} before it",
            )
            wanted = torch.full((2, 1), value)
            rows = batch(7, 11).t().expand(2, 2)
            expect_close(now[name].reshape(-1, 1), wanted, atol=0.0, what=what, given=rows)
    counted = Bilingual(
        zh="train() 下调用三次，eval() 下两次", en="three calls in train(), two in eval()"
    )
    expect_equal(int(now["num_batches_tracked"]), 3, what="num_batches_tracked", given=counted)


# ── ε, single values, gradients, shapes, dtypes ─────────────────────────────────────────────


def test_epsilon_argument(submission: Submission, inputs: Inputs) -> None:
    constant = batch(3, 3, 3)
    y = build(submission, 1)(constant.clone())
    # A mean rounded in float32 leaves x − μ at 1e-7 of x, times 1/√ε = 316: below 1e-3.
    expect_channels(y, torch.zeros_like(constant), constant, atol=1e-3)
    # Wherever ε sits, 1 instead of 1e-5 must shrink channels of σ = 0.01, here by 100.
    x = batch(-0.01, 0.01)
    small, large = (build(submission, 1, eps=eps)(x.clone()) for eps in (1e-5, 1.0))
    if not bool(large.abs().max() < 0.5 * small.abs().max()):
        what = channel("eps=1 时", "at eps=1")
        expect_channels(large, reference(x, eps=1.0), x, atol=TIGHT, what=what)
    for tiny in (batch(-0.002, 0.002), inputs.randn(6, 2, scale=2e-3)):
        stated = build(submission, tiny.shape[1], eps=1e-5)(tiny.clone())
        default = build(submission, tiny.shape[1])(tiny.clone())
        what = channel("不传 eps 时", "without an eps argument")
        expect_same(default, stated, reference(tiny), tiny, atol=TIGHT, what=what)


def test_epsilon_inside_root(submission: Submission, inputs: Inputs) -> None:
    tiny, plain = inputs.randn(6, 2, scale=1e-3), inputs.randn(2, 2, 4)
    for x, eps in ((batch(-0.001, 0.001), 1e-5), (tiny, 1e-5), (plain, 0.1)):
        y = build(submission, x.shape[1], eps=eps)(x.clone())
        what = channel(f"train() 下，eps={eps:g} 时", f"in train() at eps={eps:g}")
        expect_channels(y, reference(x, eps=eps), x, atol=LOOSE, what=what)
    for variance in (1e-6, 1e-8):
        layer = build(submission, 1)
        statistics = torch.zeros(1, dtype=torch.float64), torch.full((1,), variance).double()
        x = batch(-0.001, 0.001)
        y = set_running(layer, *statistics)(x.clone())
        what = channel(
            f"eval() 下，running_mean = 0、running_var = {variance:g} 时",
            f"in eval() at running_mean = 0, running_var = {variance:g}",
        )
        expect_channels(y, reference_eval(x, *statistics), x, atol=LOOSE, what=what)


def test_single_value(submission: Submission, inputs: Inputs) -> None:
    for shape in ((1, 3), (1, 3, 1)):
        expect_refused(build(submission, 3), inputs.randn(*shape), 3)
    x = inputs.randn(1, 3, 2, scale=WIDE)
    y = build(submission, 3)(x.clone())
    what = channel("train() 下，x 形状为 (1, 3, 2) 时", "in train(), x of shape (1, 3, 2)")
    expect_channels(y, reference(x), x, atol=LOOSE, what=what)
    mean, variance = torch.zeros(3).double(), torch.ones(3).double()
    for shape in ((1, 3), (1, 3, 1)):
        x = inputs.randn(*shape)
        y = set_running(build(submission, 3), mean, variance)(x.clone())
        what = channel(f"eval() 下，x 形状为 {shape} 时", f"in eval(), x of shape {shape}")
        expect_channels(y, reference_eval(x, mean, variance), x, atol=1e-3, what=what)


def test_gradients(submission: Submission, inputs: Inputs) -> None:
    # A random cotangent: in training, under .sum(), the gradient of x is zero by identity.
    given = [
        (batch(1, 2, 4), batch(1, 0, 0), True),
        (inputs.randn(4, 3), inputs.randn(4, 3), True),
        (inputs.randn(2, 3, 3), inputs.randn(2, 3, 3), True),
        (torch.full((3, 3), 3.0, dtype=torch.float64), inputs.randn(3, 3), True),
        (batch(1, 2, 4), batch(1, 0, 0), False),
        (inputs.randn(2, 3, 3), inputs.randn(2, 3, 3), False),
    ]
    for values, cotangent, training in given:
        mode = "train()" if training else "eval()"
        channels = values.shape[1]
        layer, scale, shift = with_random_affine(submission, inputs, channels)
        statistics = inputs.randn(channels), inputs.uniform(channels, low=1, high=4)
        if channels == 1:  # the example that is shown: γ = 1, β = 0, running_var = 4
            statistics[1].fill_(4.0)
            with torch.no_grad():
                scale.fill_(1.0)
                shift.zero_()
        if not training:
            set_running(layer, *statistics)
        x, ours = values.clone().requires_grad_(), values.clone().requires_grad_()
        gamma, beta = (one.detach().clone().requires_grad_() for one in (scale, shift))
        y = layer(x)
        said = Bilingual(
            zh=f"{mode} 下的输出与 x、γ、β 断开了，没有梯度",
            en=f"in {mode} the output is cut off from x, γ and β",
        )
        expect(y.requires_grad, said)
        (y * cotangent).sum().backward()
        if training:
            wanted = reference(ours, gamma, beta)
        else:
            wanted = reference_eval(ours, *statistics, gamma, beta)
        (wanted * cotangent).sum().backward()
        # Gradients grow as 1/√(σ² + ε) ≤ 316, and a float32 detour costs 1e-7/σ² of them: at
        # σ > 0.01 below 1e-3 of the largest; what is detached costs a fifth of it or more.
        for actual, expected, name in ((x, ours, "x"), (scale, gamma, "γ"), (shift, beta, "β")):
            right = gradient_of(expected, name)
            worst = 1e-3 * (1 + float(right.abs().max()))
            got = gradient_of(actual, name)
            what = Bilingual(zh=f"{mode} 下 {name} 的梯度", en=f"gradient of {name} in {mode}")
            if name == "x":
                expect_channels(got, right, values, atol=worst, what=what)
            else:
                expect_close(got, right, atol=worst, what=what)


def test_wrong_width(submission: Submission, inputs: Inputs) -> None:
    for training in (True, False):
        for shape in ((4, 1), (4, 5), (2, 1, 4), (2, 4, 3)):
            expect_refused(build(submission, 3).train(training), inputs.randn(*shape), 3)


def test_precision(submission: Submission, inputs: Inputs) -> None:
    for dtype in (torch.bfloat16, torch.float16, torch.float32):
        layer = submission.BatchNorm1d(2)
        given = Bilingual(
            zh=f"{dtype_name(dtype)} 的 x，float32 的层", en=f"{dtype_name(dtype)} x, float32 layer"
        )
        for training in (True, False):
            y = layer.train(training)(inputs.randn(4, 2, dtype=dtype))
            expect_equal(y.dtype, dtype, what=DTYPE, given=given)
        for name in RUNNING:
            what = Bilingual(zh=f"{name} 的 dtype", en=f"dtype of {name}")
            found = dict(layer.named_buffers())[name].dtype
            expect_equal(found, torch.float32, what=what, given=given)
    # float32 cannot tell 1 and 1 + 1e-8 apart and gives 0 here.
    x = batch(1, 1 + 1e-8)
    y, what = build(submission, 1)(x.clone()), channel("x 为 float64 时", "for a float64 x")
    expect_channels(y, reference(x), x, atol=TIGHT, given="[1, 1.00000001]", what=what)
    layer, x = build(submission, 2), inputs.randn(4, 2, scale=10, offset=3)
    expect_channels(layer(x.clone()), reference(x), x, atol=TIGHT, what=what)
    for name, wanted in zip(RUNNING, running_after([x], 2), strict=True):
        actual = dict(layer.named_buffers())[name]
        what = Bilingual(zh=f"层为 float64 时的 {name}", en=f"{name} of a float64 layer")
        expect_close(actual, wanted, atol=TIGHT, what=what)
    # One rounding of the result is half a step of its dtype, 2⁻¹¹ or 2⁻⁸ of it; twice that is
    # allowed. Statistics in half precision overflow (2000² > 65504) or lose the mean's digits.
    shown = batch(-2000, 2000, dtype=torch.float16)
    for dtype, rtol in ((torch.float16, 2**-10), (torch.bfloat16, 2**-7)):
        wide, far = (inputs.randn(8, 2, 4, scale=s, offset=o) for s, o in ((1e3, 0), (1, 4)))
        for x in (shown.to(dtype), wide.to(dtype), far.to(dtype)):
            layer = submission.BatchNorm1d(x.shape[1])
            got, right, rows = map(by_channel, (layer(x.clone()), reference(x), x))
            what = channel(f"x 为 {dtype_name(dtype)} 时", f"for a {dtype_name(dtype)} x")
            expect_close(got, right, atol=1e-5, rtol=rtol, given=rows, what=what)
            after = running_after([x], x.shape[1])
            for name, wanted in zip(RUNNING, after, strict=True):
                # Sums of up to 32 values in float32, 32 · 6e-8 of them; the mean's own are below
                # 2¹⁵ and may cancel: 32 · 2⁻¹⁰ / 32 · momentum = 1e-4.
                told, one = dtype_name(dtype), dict(layer.named_buffers())[name][:, None]
                what = Bilingual(
                    zh=f"x 为 {told} 时一个通道的 {name}",
                    en=f"{name} of one channel for a {told} x",
                )
                expect_close(one, wanted[:, None], atol=1e-4, rtol=1e-5, given=rows, what=what)


def test_layouts(submission: Submission, inputs: Inputs) -> None:
    given = (
        inputs.randn(3, 4).t(),
        inputs.randn(2, 8, 3)[:, ::2].transpose(1, 2),
        inputs.randn(1, 3, 1).expand(2, 3, 4),
    )
    for training in (True, False):
        layer = build(submission, 3)
        for x in given:
            plain = layer.train(training)(x.contiguous())
            shape, strides = tuple(x.shape), x.stride()
            what = channel(
                f"x 形状为 {shape}、步长为 {strides} 时",
                f"for an x of shape {shape} with strides {strides}",
            )
            expect_channels(layer(x), plain, x, atol=LOOSE, what=what, itself=True)
    for shape in ((0, 3), (0, 3, 4)):
        y = build(submission, 3).eval()(inputs.randn(*shape))
        given = Bilingual(zh=f"eval() 下，形状 {shape}", en=f"shape {shape} in eval()")
        expect_equal(tuple(y.shape), shape, what=SHAPE, given=given)


def test_parameter_names(submission: Submission) -> None:
    names = sorted(submission.BatchNorm1d(3).state_dict())
    what = Bilingual(zh="state_dict() 的键", en="keys of state_dict()")
    expect_equal(names, sorted((*BUFFERS, "bias", "weight")), what=what)


# ── Probes: what a submission computes, to be compared with each wrong implementation ───────
# Where rounding decides (cancellation, half precision) a probe returns words, not values. The
# buffers are looked at only where they are buffers: those of the judge's own copy of a wrong
# implementation and those of a submission are then read alike.


def probe_registered(submission: Submission, inputs: Inputs) -> str:
    known = {0.0: "zeros", 1.0: "ones"}

    def describe(one: Tensor) -> str:
        values = set(one.detach().double().flatten().tolist())
        filled = known.get(values.pop()) if len(values) == 1 else None
        return f"{tuple(one.shape)} {one.dtype} {filled}"

    layer = submission.BatchNorm1d(4)
    buffers = sorted(f"{name}: {describe(one)}" for name, one in layer.named_buffers())
    return f"{sorted(map(describe, layer.parameters()))} {buffers}"


def probe_vectors(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    layer = build(submission, 3)
    x = inputs.randn(4, 3, scale=10, offset=5)
    layer(inputs.randn(4, 3, offset=-20))
    given = x.clone()
    return layer(given), given, build(submission, 2)(inputs.randn(2, 2, scale=10))


def probe_sequences(submission: Submission, inputs: Inputs) -> Tensor:
    output: Tensor = build(submission, 3)(inputs.randn(2, 3, 4, scale=10))
    return output


def probe_square_sequences(submission: Submission, inputs: Inputs) -> Tensor:
    output: Tensor = build(submission, 3)(inputs.randn(2, 3, 3, scale=10))
    return output


def probe_large_offset(submission: Submission, inputs: Inputs) -> str:
    x = inputs.randn(64, 8, offset=1e4, dtype=torch.float32)
    y = submission.BatchNorm1d(8)(x.clone())
    wrong = bool(((y - reference(x)).abs() > 0.1).any())
    return "NaN" if bool(y.isnan().any()) else "wrong" if wrong else "right"


def probe_affine(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    layer, _, _ = with_random_affine(submission, inputs, 3)
    return layer(inputs.randn(4, 3)), layer(inputs.randn(2, 3, 3))


def probe_epsilon(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    x = inputs.randn(6, 2, scale=2e-3)
    layers = [build(submission, 2, eps=eps) for eps in (1e-5, 0.1)]
    constant = torch.full((3, 2), 3.0, dtype=torch.float64)
    outputs = [layer(x.clone()) for layer in (*layers, build(submission, 2))]
    return (*outputs, build(submission, 2)(constant))


def probe_running(submission: Submission, inputs: Inputs) -> object:
    layers = [build(submission, 2), build(submission, 2, momentum=0.25)]
    if not _keeps_buffers(layers[0]):
        return "no running statistics"
    for offset in (3, -4):
        x = inputs.randn(3, 2, scale=2, offset=offset)
        for layer in layers:
            layer(x.clone())
    return [_statistics(layer) for layer in layers]


def probe_running_of_sequences(submission: Submission, inputs: Inputs) -> object:
    layer = build(submission, 2)
    if not _keeps_buffers(layer):
        return "no running statistics"
    layer(inputs.randn(2, 2, 3, scale=2, offset=3))
    return _statistics(layer)


def probe_eval(submission: Submission, inputs: Inputs) -> object:
    layer = build(submission, 2)
    if not _keeps_buffers(layer):
        return "no running statistics"
    set_running(layer, inputs.randn(2), inputs.uniform(2, low=1e-5, high=2e-5))
    x = inputs.randn(3, 2, scale=1e-2)
    return layer(x.clone()), layer(x[:2].clone()), _statistics(layer)


def probe_modes(submission: Submission, inputs: Inputs) -> object:
    layer = build(submission, 2)
    if not _keeps_buffers(layer):
        return "no running statistics"
    layer(inputs.randn(3, 2))
    layer.eval()(inputs.randn(3, 2))
    return _statistics(layer), int(layer.num_batches_tracked)


def probe_gradients(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    layer, scale, shift = with_random_affine(submission, inputs, 3)
    x = inputs.randn(4, 3).requires_grad_()
    (layer(x) * inputs.randn(4, 3)).sum().backward()
    return tuple(gradient_of(leaf, "a leaf") for leaf in (x, scale, shift))


def probe_gradients_in_eval(submission: Submission, inputs: Inputs) -> str:
    layer = build(submission, 3).eval()
    y = layer(inputs.randn(4, 3).requires_grad_())
    return f"has a gradient: {y.requires_grad}"


def probe_edges(submission: Submission, inputs: Inputs) -> str:
    """Tell shapes and dtypes apart, unless the maths is wrong already.

    So the careless and the careful version of one mathematical mistake give the same answers.
    """
    if any(raises(lambda check=check: check(submission, inputs)) for check in MATHS):
        return "wrong before"
    return "; ".join([*_shapes(submission, inputs), *_dtypes(submission, inputs)])


MATHS = (
    test_input_unchanged,
    test_registered,
    test_batch_statistics,
    test_length_axis,
    test_biased_variance,
    test_large_offset,
    test_affine,
    test_running_mean,
    test_running_variance,
    test_eval_uses_running,
    test_updates_in_training_only,
    test_epsilon_argument,
    test_epsilon_inside_root,
    test_gradients,
)


def _keeps_buffers(layer: nn.Module) -> bool:
    return set(RUNNING) <= {name for name, _ in layer.named_buffers()}


def _statistics(layer: nn.Module) -> list[Tensor]:
    buffers = dict(layer.named_buffers())
    return [buffers[name].clone() for name in RUNNING]


def _shapes(submission: Submission, inputs: Inputs) -> list[str]:
    found = []
    for shape in ((1, 3), (1, 3, 1), (1, 3, 2), (4, 1), (2, 1, 4), (4, 5), (0, 3)):
        x = inputs.randn(*shape)
        for training in (True, False):
            layer = build(submission, 3).train(training)
            if training and 0 in shape:
                continue  # the contract does not say what training makes of no values
            found.append("raises" if raises(lambda layer=layer, x=x: layer(x)) else "runs")
    return found


def _dtypes(submission: Submission, inputs: Inputs) -> list[str]:
    x = inputs.randn(4, 2, scale=1e6)
    precise = bool(((build(submission, 2)(x) - reference(x)).abs() < TIGHT).all())
    half = submission.BatchNorm1d(2)(inputs.randn(4, 2, dtype=torch.bfloat16)).dtype
    large = inputs.randn(4, 2, scale=1e4, dtype=torch.float16)
    y = submission.BatchNorm1d(2)(large.clone())
    finite = bool((y.double() - reference(large)).abs().max() < 0.1)
    return [f"precise {precise}", str(half), f"wide enough {finite}"]
