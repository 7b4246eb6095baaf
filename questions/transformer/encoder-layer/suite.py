"""Hidden checks of transformer/encoder-layer.

The contract fixes the names of the parameters, so every check loads weights of its own and
compares with `nn.TransformerEncoderLayer` itself. The first weights of a check are the small
ones of its hint (d = 2, where a plain LayerNorm gives (−1, 1) or (1, −1)); random ones follow.
The branches are silenced one at a time, so that where the norms sit, the feed-forward network
and the attention are judged apart before they are judged together.
"""

from functools import lru_cache

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

Weights = dict[str, Tensor]  # by their names in the state_dict

# float64 throughout. With σ near 1 and weights near 0.4, values stay below 100 and a norm
# amplifies roundings by 1/σ < 10: an output is off by 100 · 1e3 operations · 1.1e-16 · 10 ≈
# 1e-10 at the very worst.
TIGHT = 1e-9
# A mistake of structure moves some output by 0.05 or more in the examples of the hints. LOOSE
# lies below that, and above what another eps (1e-5/2σ² of a value, 1e-3 in an unlucky row) or a
# detour through float32 changes: those have checks of their own.
LOOSE = 1e-2

PROJECTIONS, OUT = "self_attn.in_proj_weight", "self_attn.out_proj.weight"
OUT_BIAS = "self_attn.out_proj.bias"
P = 0.5  # of every dropout here: what is kept is doubled

SHAPE = Bilingual(zh="输出的形状", en="shape of the output")
ADDED = Bilingual(zh="y − x 的取值", en="values of y − x")


def output(where: Words) -> Bilingual:
    zh, en = (where.zh, where.en) if isinstance(where, Bilingual) else (where, where)
    return Bilingual(zh=f"输出，{zh}", en=f"output, {en}")


def shapes(d: int, ff: int) -> dict[str, tuple[int, ...]]:
    """Return the names and shapes in a state_dict of `nn.TransformerEncoderLayer`."""
    return {
        "self_attn.in_proj_weight": (3 * d, d),
        "self_attn.in_proj_bias": (3 * d,),
        "self_attn.out_proj.weight": (d, d),
        "self_attn.out_proj.bias": (d,),
        "linear1.weight": (ff, d),
        "linear1.bias": (ff,),
        "linear2.weight": (d, ff),
        "linear2.bias": (d,),
        "norm1.weight": (d,),
        "norm1.bias": (d,),
        "norm2.weight": (d,),
        "norm2.bias": (d,),
    }


def is_scale(name: str) -> bool:
    return name.startswith("norm") and name.endswith("weight")


def filled(value: float, *shape: int) -> Tensor:
    return torch.full(shape, value, dtype=torch.float64)


def blank(d: int = 2, ff: int = 2) -> Weights:
    """Return weights of 0 and γ of 1: both branches are 0, both norms are plain."""
    return {name: filled(float(is_scale(name)), *shape) for name, shape in shapes(d, ff).items()}


def drawn(inputs: Inputs, d: int = 8, ff: int = 12) -> Weights:
    """Return random weights: zeros, and the ones of an untrained γ, hide mistakes."""
    return {
        name: inputs.uniform(*shape, low=0.5, high=1.5)
        if is_scale(name)
        else inputs.randn(*shape, scale=0.4)
        for name, shape in shapes(d, ff).items()
    }


def attending(d: int = 2, out: float = 1.0) -> Weights:
    """Return projections under which Q, K and V are what attention is given."""
    identity = torch.eye(d, dtype=torch.float64)
    return {PROJECTIONS: identity.repeat(3, 1), OUT: out * identity}


def feeding(d: int = 2) -> Weights:
    """Return weights under which the feed-forward network is −ReLU(x)."""
    identity = torch.eye(d, dtype=torch.float64)
    return {"linear1.weight": identity, "linear2.weight": -identity}


def without_attention(weights: Weights) -> Weights:
    return weights | {name: torch.zeros_like(weights[name]) for name in (OUT, OUT_BIAS)}


def without_feed_forward(weights: Weights) -> Weights:
    names = ("linear2.weight", "linear2.bias")
    return weights | {name: torch.zeros_like(weights[name]) for name in names}


def tokens(*rows: tuple[float, float]) -> Tensor:
    """Return one sample of these tokens, as (1, T, 2)."""
    return torch.tensor([rows], dtype=torch.float64)


def build(
    submission: Submission,
    weights: Weights,
    nhead: int = 1,
    *,
    norm_first: bool = True,
    dropout: float | None = None,
) -> nn.Module:
    """Return a float64 layer with these weights, in eval mode.

    Layers of one configuration are one object: it is good until the next call.
    """
    ff, d = weights["linear1.weight"].shape
    layer = constructed(submission, d, nhead, ff, norm_first, dropout).double()
    layer.load_state_dict(weights)
    layer.zero_grad()
    return layer.eval()


@lru_cache
def constructed(
    submission: Submission, d: int, nhead: int, ff: int, norm_first: bool, dropout: float | None
) -> nn.Module:
    stated = {} if dropout is None else {"dropout": dropout}
    layer: nn.Module = submission.EncoderLayer(d, nhead, ff, norm_first=norm_first, **stated)
    return layer


@lru_cache
def library_layer(d: int, nhead: int, ff: int, norm_first: bool) -> nn.Module:
    layer = nn.TransformerEncoderLayer(
        d, nhead, ff, dropout=0.0, batch_first=True, norm_first=norm_first
    )
    return layer.double().eval()


def reference(
    weights: Weights,
    x: Tensor,
    nhead: int = 1,
    *,
    norm_first: bool = True,
    padding: Tensor | None = None,
) -> Tensor:
    ff, d = weights["linear1.weight"].shape
    layer = library_layer(d, nhead, ff, norm_first)
    layer.load_state_dict(weights)
    y: Tensor = layer(x, src_key_padding_mask=padding)
    return y


def expect_about(actual: Tensor, expected: Tensor, *, given: Tensor | Words, what: Words) -> None:
    """Compare to within LOOSE what is shown with four decimals: ε does not distract there."""
    expect_close(tidy(actual), tidy(expected), given=given, atol=LOOSE, what=what)


def tidy(values: Tensor) -> Tensor:
    return (values.detach().double() * 1e4).round() / 1e4 + 0.0  # 0.0 for −0


def expect_reference(
    submission: Submission,
    weights: Weights,
    x: Tensor,
    nhead: int = 1,
    *,
    norm_first: bool = True,
    atol: float | None = None,
) -> None:
    """Require the library's output, to within LOOSE where nothing else is said."""
    y = build(submission, weights, nhead, norm_first=norm_first)(x.clone())
    wanted = reference(weights, x, nhead, norm_first=norm_first)
    what = output(f"norm_first={norm_first}")
    if atol is None:
        expect_about(y, wanted, given=x, what=what)
    else:
        expect_close(y, wanted, given=x, atol=atol, what=what)


# ── Checks, root cause first ────────────────────────────────────────────────────────────────


def test_constructs(submission: Submission, inputs: Inputs) -> None:
    x = inputs.randn(2, 5, 8, dtype=torch.float32)
    layers = (submission.EncoderLayer(8, 2, 16), submission.EncoderLayer(8, 2, 16, norm_first=True))
    for layer in layers:
        expect_equal(tuple(layer(x.clone()).shape), (2, 5, 8), what=SHAPE, given="(2, 5, 8)")


def test_parameter_names(submission: Submission) -> None:
    layer = submission.EncoderLayer(4, 2, 6)
    found = {name: tuple(value.shape) for name, value in layer.state_dict().items()}
    wanted = shapes(4, 6)
    if found != wanted:
        what = Bilingual(zh="state_dict() 中对不上的键", en="keys of state_dict() that differ")
        missing = [f"{name} {wanted[name]}" for name in wanted if found.get(name) != wanted[name]]
        other = [f"{name} {found[name]}" for name in found if wanted.get(name) != found[name]]
        raise CheckFailed(
            f"state_dict(): missing {missing}, unexpected {other}",
            Evidence(
                "EncoderLayer(4, 2, 6)", ", ".join(missing) or "—", ", ".join(other) or "—", what
            ),
        )
    trained = sum(parameter.requires_grad for parameter in layer.parameters())
    what = Bilingual(zh="互相独立、可训练的参数个数", en="number of separate trainable parameters")
    expect_equal(trained, 12, what=what, given="EncoderLayer(4, 2, 6)")


def test_input_unchanged(submission: Submission, inputs: Inputs) -> None:
    for norm_first, src in ((True, tokens((1, 3))), (False, inputs.randn(2, 3, 2))):
        layer = submission.EncoderLayer(2, 1, 4, norm_first=norm_first).double()
        before = src.clone()
        with torch.no_grad():
            for name, parameter in layer.named_parameters():
                if norm_first:  # attention gives (1, 1), the feed-forward network 0
                    parameter.fill_(float(name == OUT_BIAS))
                else:
                    parameter.copy_(inputs.randn(*parameter.shape))
            layer(src)
        what = Bilingual(zh="调用之后的 src", en="src after the call")
        expect_close(src, before, given=before, atol=0.0, what=what)


def test_samples_independent(submission: Submission, inputs: Inputs) -> None:
    pair = torch.cat([tokens((1, 3)), tokens((3, 1))])
    cases = ((blank() | attending(), 1, pair), (drawn(inputs), 2, inputs.randn(3, 4, 8, scale=3)))
    for weights, nhead, x in cases:
        layer = build(submission, weights, nhead)
        together, alone = layer(x.clone())[:1], layer(x[:1].clone())
        what = Bilingual(
            zh="样本 0 在批中的输出（对照：单独计算）",
            en="output for sample 0 in a batch, against that for it alone",
        )
        # The layer's own answers: whether they are right is asked further on.
        expect_close(tidy(together), tidy(alone), given=x[:1], atol=LOOSE, what=what, itself=True)


def test_pre_norm_identity(submission: Submission, inputs: Inputs) -> None:
    silent = without_attention(without_feed_forward(drawn(inputs)))
    cases = ((blank(), 1, tokens((1, 3))), (silent, 2, inputs.randn(2, 4, 8, scale=3)))
    for weights, nhead, x in cases:
        y = build(submission, weights, nhead, norm_first=True)(x.clone())
        zero = Bilingual(zh="norm_first=True，两条支路为 0", en="norm_first=True, both branches 0")
        expect_about(y, x, given=x, what=output(zero))
        # x + 0 is x; a detour through float32 costs 1e-6, and is another check's business.
        expect_close(y, x, given=x, atol=1e-5, what=output(zero))


def test_post_norm_placement(submission: Submission, inputs: Inputs) -> None:
    shifted = blank() | {"norm1.bias": torch.tensor([3.0, 0.0], dtype=torch.float64)}
    silent = without_attention(without_feed_forward(drawn(inputs)))
    cases = ((shifted, 1, tokens((1, 3))), (silent, 2, inputs.randn(2, 4, 8, scale=3)))
    for weights, nhead, x in cases:
        expect_reference(submission, weights, x, nhead, norm_first=False)


def test_feed_forward(submission: Submission, inputs: Inputs) -> None:
    random = without_attention(drawn(inputs))
    cases = ((blank() | feeding(), 1, tokens((1, 3))), (random, 2, inputs.randn(2, 4, 8, scale=3)))
    for weights, nhead, x in cases:
        expect_reference(submission, weights, x, nhead)


def test_self_attention(submission: Submission, inputs: Inputs) -> None:
    two = tokens((1, 3), (3, 1))
    random = without_feed_forward(drawn(inputs))
    cases = (
        (blank() | attending(), 2, two),
        (random, 2, inputs.randn(2, 4, 8, scale=3)),
        (random, 4, inputs.randn(2, 5, 8, scale=3)),
    )
    for weights, nhead, x in cases:
        expect_reference(submission, weights, x, nhead)


def test_sublayers_in_sequence(submission: Submission, inputs: Inputs) -> None:
    example = blank() | attending(out=-2.0) | feeding()
    random = drawn(inputs)
    for norm_first in (True, False):
        for weights, nhead, x in (
            (example, 1, tokens((1, 3))),
            (random, 2, inputs.randn(2, 4, 8, scale=3)),
        ):
            expect_reference(submission, weights, x, nhead, norm_first=norm_first)


def test_norm_eps(submission: Submission, inputs: Inputs) -> None:
    # Rows whose variance is near 1e-5, where eps is half of what the root is taken of.
    expect_reference(submission, blank() | feeding(), tokens((-0.001, 0.001)), atol=1e-4)
    x, random = inputs.randn(2, 4, 8, scale=3e-3), drawn(inputs)
    for norm_first in (True, False):
        expect_reference(submission, random, x, 2, norm_first=norm_first, atol=1e-4)


def test_padding(submission: Submission, inputs: Inputs) -> None:
    short, one = tokens((1, 3), (3, 1)), torch.tensor([[False, True]])
    random, x = drawn(inputs), inputs.randn(2, 4, 8, scale=3)
    hidden = torch.tensor([[True, False, False, True], [False, False, True, True]])
    for weights, nhead, src, mask, norm_first in (
        (blank() | attending(), 1, short, one, True),
        (random, 2, x, hidden, True),
        (random, 2, x, hidden, False),
    ):
        layer = build(submission, weights, nhead, norm_first=norm_first)
        y = layer(src.clone(), src_key_padding_mask=mask)
        for sample, kept in enumerate(~mask):
            # The real tokens of a sample must come out as if there were no padding at all.
            real = src[sample : sample + 1, kept]
            wanted = reference(weights, real, nhead, norm_first=norm_first)
            told = f"src_key_padding_mask={mask[sample].tolist()}"
            what = Bilingual(zh=f"真实 token 的输出，{told}", en=f"output for real tokens, {told}")
            expect_about(y[sample : sample + 1, kept], wanted, given=real, what=what)


def test_gradients(submission: Submission, inputs: Inputs) -> None:
    hidden = torch.tensor([[False] * 4, [False, False, True, True]])
    random, x = drawn(inputs), inputs.randn(2, 4, 8)
    # A random cotangent, but 0 where the outputs are anyone's.
    cotangent = inputs.randn(2, 4, 8).masked_fill(hidden[..., None], 0.0)
    for weights, nhead, values, upstream, mask, norm_first in (
        (blank(), 1, tokens((1, 3)), filled(3.0, 1, 1, 2), None, True),
        (random, 2, x, cotangent, hidden, True),
        (random, 2, x, cotangent, hidden, False),
    ):
        layer = build(submission, weights, nhead, norm_first=norm_first)
        ours, theirs = values.clone().requires_grad_(), values.clone().requires_grad_()
        known = reference(weights, ours, nhead, norm_first=norm_first, padding=mask)
        (known * upstream).sum().backward()
        (layer(theirs, src_key_padding_mask=mask) * upstream).sum().backward()
        ff, d = weights["linear1.weight"].shape
        library = library_layer(d, nhead, ff, norm_first)
        given: Words = f"norm_first={norm_first}"
        if mask is None:
            given = Bilingual(
                zh="norm_first=True，两条支路为 0，损失为 3·Σy",
                en="norm_first=True, both branches 0, the loss 3·Σy",
            )
        pairs = {"src": (theirs, ours)}
        pairs |= {n: (layer.get_parameter(n), library.get_parameter(n)) for n in weights}
        for name, (leaf, wanted) in pairs.items():
            what = Bilingual(zh=f"{name} 的梯度", en=f"gradient of {name}")
            if leaf.grad is None:
                shape = tuple(wanted.shape)
                shown = Bilingual(zh=f"形状 {shape}", en=f"shape {shape}")
                raise CheckFailed(f"no {what.en}", Evidence(given, shown, "None", what))
            # A detour through float32 costs 1e-7 of the largest gradient, times 1/σ < 10.
            worst = 1e-4 * (1 + float(wanted.grad.abs().max()))
            expect_close(leaf.grad, wanted.grad, given=given, atol=worst, what=what)
        library.zero_grad()


def test_default_dropout(submission: Submission, inputs: Inputs) -> None:
    del inputs
    # The attention branch is 1, as in the hint. What passes V, the hidden layer and the other
    # branch is too small to be shown, but a p of 0.1 anywhere shows in it: it would have to
    # spare all of at least 512 numbers, 0.9^512 is 4e-24.
    small = 1e-6 * torch.tensor([[1.0, -1.0], [1.0, -1.0]], dtype=torch.float64)
    weights = blank() | {
        "self_attn.in_proj_bias": torch.cat([filled(0.0, 4), filled(1.0, 2)]),
        OUT: small,
        OUT_BIAS: filled(1.0, 2),
        "linear1.bias": filled(1.0, 2),
        "linear2.weight": small,
        "linear2.bias": filled(1e-6, 2),
    }
    layer = build(submission, weights, 2).train()
    x = tokens((1, 3)).repeat(16, 16, 1)
    first, second = layer(x.clone()), layer(x.clone())
    what = Bilingual(
        zh="train() 时第二次调用的输出（对照：第一次）",
        en="output of a second call in train(), against the first",
    )
    given = Bilingual(
        zh="x = (1, 3)，注意力支路为 1，没有传 dropout",
        en="x = (1, 3), the attention branch 1, no dropout passed",
    )
    expect_close(second, first, given=given, atol=TIGHT, what=what, itself=True)


def test_eval_without_dropout(submission: Submission, inputs: Inputs) -> None:
    x, steady = tokens((1, 3)), blank() | {OUT_BIAS: filled(1.0, 2)}
    y = build(submission, steady, dropout=P).eval()(x.clone())
    one = Bilingual(
        zh="eval()，dropout=0.5，注意力支路为 1", en="eval(), dropout=0.5, the attention branch 1"
    )
    expect_close(y, x + 1, given=x, atol=TIGHT, what=output(one))
    weights, x = drawn(inputs), inputs.randn(2, 4, 8, scale=3)
    for norm_first in (True, False):
        y = build(submission, weights, 2, norm_first=norm_first, dropout=P).eval()(x.clone())
        wanted = reference(weights, x, 2, norm_first=norm_first)
        what = output(f"eval(), dropout=0.5, norm_first={norm_first}")
        expect_about(y, wanted, given=x, what=what)


# In the next checks every branch is a constant, so dropout leaves few values, whatever it draws:
# 1 dropped once is 0 or 2, dropped twice 0 or 4. Of at least 64 numbers, all come out alike with
# a probability below 1e-7.
BRANCHES = (OUT_BIAS, "linear2.bias")  # each is its branch, where all other weights are 0


def steady(bias: str) -> Weights:
    return blank(8, 8) | {bias: filled(1.0, 8)}


def added(submission: Submission, weights: Weights, x: Tensor) -> list[float]:
    """Return the different values that a pre-LN layer adds to x in training."""
    layer = build(submission, weights, 2, dropout=P).train()
    with torch.no_grad():
        y = layer(x.clone())
    return sorted({round(value, 4) + 0.0 for value in (y - x).flatten().tolist()})


def expect_added(
    submission: Submission, weights: Weights, x: Tensor, wanted: list[float], given: str
) -> None:
    seen = added(submission, weights, x)
    if seen != wanted:
        shown = ", ".join(f"{value:g}" for value in seen[:6]) + (", …" if len(seen) > 6 else "")
        expected = ", ".join(f"{value:g}" for value in wanted)
        message = f"{given}: y − x takes the values {shown}, expected {expected}"
        raise CheckFailed(message, Evidence(given, expected, shown, ADDED))


def test_dropout_on_branches(submission: Submission, inputs: Inputs) -> None:
    for bias in BRANCHES:
        given = f"{bias} = 1, x = 3, dropout=0.5, train()"
        expect_added(submission, steady(bias), filled(3.0, 4, 8, 8), [0.0, 2.0], given)
    # A branch of 0 stays 0, so dropout has nothing to do, unless it sits on the stream.
    x = inputs.randn(4, 8, 8)
    layer = build(submission, blank(8, 8), 2, norm_first=False, dropout=P).train()
    y, wanted = layer(x.clone()), reference(blank(8, 8), x, 2, norm_first=False)
    what = Bilingual(
        zh="train()，dropout=0.5，norm_first=False，两条支路为 0",
        en="train(), dropout=0.5, norm_first=False, both branches 0",
    )
    expect_about(y, wanted, given=x, what=output(what))
    unmoved = Bilingual(
        zh="输出与 dropout=0 时一样，什么也没有被丢弃",
        en="the output is that at dropout=0: nothing is dropped",
    )
    for bias in BRANCHES:
        # A norm removes a constant that is added to a whole row; with half of it dropped, not.
        layer = build(submission, steady(bias), 2, norm_first=False, dropout=P).train()
        moved = float((layer(x.clone()) - wanted).abs().max())
        given = f"{bias} = 1, norm_first=False, dropout=0.5, train()"
        expect(moved > LOOSE, unmoved, given=given)


def hidden_steady() -> Weights:
    """Return weights under which the hidden layer is 1 and the feed-forward branch passes it."""
    identity = torch.eye(8, dtype=torch.float64)
    return blank(8, 8) | {"linear1.bias": filled(1.0, 8), "linear2.weight": identity}


def attention_steady() -> Weights:
    """Return weights under which V is 1 and the attention branch passes it."""
    identity = torch.eye(8, dtype=torch.float64)
    bias = torch.cat([filled(0.0, 16), filled(1.0, 8)])
    return blank(8, 8) | {"self_attn.in_proj_bias": bias, OUT: identity}


def test_dropout_inside(submission: Submission, inputs: Inputs) -> None:
    given = "linear1.bias = 1, linear2.weight = I, dropout=0.5, train()"
    expect_added(submission, hidden_steady(), inputs.randn(4, 8, 8), [0.0, 4.0], given)
    given = "T = 1, V = 1, self_attn.out_proj.weight = I, dropout=0.5, train()"
    expect_added(submission, attention_steady(), inputs.randn(64, 1, 8), [0.0, 4.0], given)


def test_sizes_and_layouts(submission: Submission, inputs: Inputs) -> None:
    sizes = (  # d, nhead, ff, B, T, norm_first
        (8, 1, 12, 1, 1, True),
        (8, 8, 1, 2, 3, False),
        (6, 3, 5, 3, 1, False),
        (8, 2, 12, 0, 4, True),
    )
    for d, nhead, ff, b, t, norm_first in sizes:
        weights, x = drawn(inputs, d, ff), inputs.randn(b, t, d, scale=3)
        y = build(submission, weights, nhead, norm_first=norm_first)(x.clone())
        wanted = reference(weights, x, nhead, norm_first=norm_first)
        what = output(f"EncoderLayer({d}, {nhead}, {ff}), src {(b, t, d)}")
        expect_about(y, wanted, given=x, what=what)
    weights = drawn(inputs)
    layer = build(submission, weights, 2)
    for x in (inputs.randn(4, 2, 8).transpose(0, 1), inputs.randn(2, 4, 16)[..., ::2]):
        strided = Bilingual(zh=f"src 的步长是 {x.stride()}", en=f"src with strides {x.stride()}")
        expect_about(layer(x), reference(weights, x, 2), given=x, what=output(strided))


def test_keeps_dtype(submission: Submission, inputs: Inputs) -> None:
    weights, x = drawn(inputs), inputs.randn(2, 4, 8, scale=3)
    hidden = torch.tensor([[False] * 4, [False, False, False, True]])
    for norm_first in (True, False):
        layer = build(submission, weights, 2, norm_first=norm_first)
        exact = reference(weights, x, 2, norm_first=norm_first, padding=hidden)
        y = layer(x.clone(), src_key_padding_mask=hidden)
        expect_close(y[~hidden], exact[~hidden], atol=TIGHT, what=output("float64"))
    for dtype, norm_first in ((torch.bfloat16, True), (torch.float16, False)):
        rounded = {name: value.to(dtype) for name, value in weights.items()}
        half, src = build(submission, rounded, 2, norm_first=norm_first).to(dtype), x.to(dtype) / 3
        exact = reference(rounded, src.double(), 2, norm_first=norm_first)[0]
        with torch.no_grad():
            y = half(src.clone(), src_key_padding_mask=hidden)[0]
        name = dtype_name(dtype)
        both = Bilingual(zh=f"层和 src 都是 {name}", en=f"layer and src in {name}")
        what = Bilingual(zh="输出的 dtype", en="dtype of the output")
        expect_equal(y.dtype, dtype, what=what, given=both)
        # The numbers that go in are the same in both. A dozen results are rounded on the way,
        # each by eps/2 of its size: √12 · eps/2 ≈ 1.7 eps as a random walk, and the norms and
        # the softmax may make three times that. Measured over 200 draws: 1.9 eps.
        bound = 8 * torch.finfo(dtype).eps * (1 + float(exact.abs().max()))
        expect_close(y, exact, given=both, atol=bound)


# ── Probes: the same mistake gives the same results, however it is written ──────────────────


def probe_first_call(submission: Submission, inputs: Inputs) -> str:
    try:
        y = submission.EncoderLayer(8, 2, 16)(inputs.randn(2, 5, 8, dtype=torch.float32))
    except Exception as error:  # noqa: BLE001 - a submission may raise anything
        return f"{type(error).__name__}, of a tuple: {'tuple' in str(error)}"
    return str(tuple(y.shape))


def probe_names(submission: Submission, inputs: Inputs) -> str:
    layer = submission.EncoderLayer(4, 2, 6)
    found = {name: tuple(value.shape) for name, value in layer.state_dict().items()}
    right = found == shapes(4, 6)
    return f"right: {right}; {sorted(found.values())}; {len(list(layer.parameters()))} separate"


def probe_outputs(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    weights, x = drawn(inputs), inputs.randn(3, 4, 8, scale=3)
    with torch.no_grad():
        return tuple(
            build(submission, weights, 2, norm_first=order)(x.clone()) for order in (True, False)
        )


def probe_small_input(submission: Submission, inputs: Inputs) -> Tensor:
    x = inputs.randn(2, 4, 8, scale=3e-3)
    with torch.no_grad():
        y: Tensor = build(submission, drawn(inputs), 2)(x)
    return y


def probe_padding(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    weights, x = drawn(inputs), inputs.randn(2, 4, 8, scale=3)
    hidden = torch.tensor([[False, False, True, True], [True, False, False, True]])
    layers = [build(submission, weights, 2, norm_first=order) for order in (True, False)]
    with torch.no_grad():
        return tuple(layer(x.clone(), src_key_padding_mask=hidden)[~hidden] for layer in layers)


def probe_input_after(submission: Submission, inputs: Inputs) -> Tensor:
    x = inputs.randn(2, 4, 8)
    with torch.no_grad():
        build(submission, drawn(inputs), 2)(x)
    return x


def probe_gradients(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    weights, found = drawn(inputs), []
    for norm_first in (True, False):
        layer = build(submission, weights, 2, norm_first=norm_first)
        x = inputs.randn(2, 4, 8).requires_grad_()
        (layer(x) * inputs.randn(2, 4, 8)).sum().backward()
        leaves = [x, *(layer.get_parameter(name) for name in sorted(weights))]
        found += [torch.zeros(()) if leaf.grad is None else leaf.grad for leaf in leaves]
    return tuple(found)


def probe_dropout(submission: Submission, inputs: Inputs) -> str:
    """Tell where dropout falls in words: the values that it draws are never the same."""
    x = inputs.randn(4, 8, 8)
    places = [*(steady(bias) for bias in BRANCHES), hidden_steady()]
    seen = [added(submission, weights, x) for weights in places]
    seen.append(added(submission, attention_steady(), inputs.randn(64, 1, 8)))
    told = [str(values) if len(values) < 4 else "scattered" for values in seen]
    for stated in (P, None):
        layer = build(submission, steady(OUT_BIAS), 2, dropout=stated)
        for mode in (False, True):
            drops = float((layer.train(mode)(x.clone()) - x - 1).detach().abs().max()) > TIGHT
            told.append(f"dropout={stated}, train({mode}) drops: {drops}")
    return "; ".join(told)
