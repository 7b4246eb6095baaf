"""Hidden checks of transformer/decoder-layer.

The contract fixes the names of the parameters, so every check loads weights of its own and
compares with `nn.TransformerDecoderLayer` itself, under a causal mask. The first weights of a
check are the small ones of its hint (d = 2, where a plain LayerNorm gives (−1, 1) or (1, −1));
random ones follow. The branches are silenced in turn, so that where the norms sit, each attention
and the feed-forward network are judged apart before they are judged together. Up to the check of
cross-attention, source and target are equally long: there, not before, a mistake of roles shows.
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

SELF, CROSS = "self_attn", "multihead_attn"
FEED_FORWARD = "linear2"
# The last layer of each branch: with its weight and bias 0, the branch is 0.
LASTS = {SELF: f"{SELF}.out_proj", CROSS: f"{CROSS}.out_proj", FEED_FORWARD: "linear2"}
BIASES = tuple(f"{last}.bias" for last in LASTS.values())
P = 0.5  # of every dropout here: what is kept is doubled

SHAPE = Bilingual(zh="输出的形状", en="shape of the output")
ADDED = Bilingual(zh="y − tgt 的取值", en="values of y − tgt")


def output(where: Words) -> Bilingual:
    zh, en = (where.zh, where.en) if isinstance(where, Bilingual) else (where, where)
    return Bilingual(zh=f"输出，{zh}", en=f"output, {en}")


def shapes(d: int, ff: int) -> dict[str, tuple[int, ...]]:
    """Return the names and shapes in a state_dict of `nn.TransformerDecoderLayer`."""
    attention = {
        "in_proj_weight": (3 * d, d),
        "in_proj_bias": (3 * d,),
        "out_proj.weight": (d, d),
        "out_proj.bias": (d,),
    }
    linear = {
        "linear1.weight": (ff, d),
        "linear1.bias": (ff,),
        "linear2.weight": (d, ff),
        "linear2.bias": (d,),
    }
    norms = {f"norm{n}.{kind}": (d,) for n in (1, 2, 3) for kind in ("weight", "bias")}
    attentions = {
        f"{which}.{name}": shape for which in (SELF, CROSS) for name, shape in attention.items()
    }
    return attentions | linear | norms


def is_scale(name: str) -> bool:
    return name.startswith("norm") and name.endswith("weight")


def filled(value: float, *shape: int) -> Tensor:
    return torch.full(shape, value, dtype=torch.float64)


def blank(d: int = 2, ff: int = 2) -> Weights:
    """Return weights of 0 and γ of 1: all branches are 0, all norms are plain."""
    return {name: filled(float(is_scale(name)), *shape) for name, shape in shapes(d, ff).items()}


def drawn(inputs: Inputs, d: int = 8, ff: int = 12) -> Weights:
    """Return random weights: zeros, and the ones of an untrained γ, hide mistakes."""
    return {
        name: inputs.uniform(*shape, low=0.5, high=1.5)
        if is_scale(name)
        else inputs.randn(*shape, scale=0.4)
        for name, shape in shapes(d, ff).items()
    }


def attending(which: str, out: float = 1.0) -> Weights:
    """Return projections under which Q, K and V are what this attention is given."""
    identity = torch.eye(2, dtype=torch.float64)
    return {
        f"{which}.in_proj_weight": identity.repeat(3, 1),
        f"{which}.out_proj.weight": out * identity,
    }


def feeding() -> Weights:
    """Return weights under which the feed-forward network is −ReLU(x)."""
    identity = torch.eye(2, dtype=torch.float64)
    return {"linear1.weight": identity, "linear2.weight": -identity}


def only(branch: str | None, weights: Weights) -> Weights:
    """Return the weights with every other branch silenced."""
    lasts = [LASTS[one] for one in LASTS if one != branch]
    silent = [f"{last}.{kind}" for last in lasts for kind in ("weight", "bias")]
    return weights | {name: torch.zeros_like(weights[name]) for name in silent}


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
    layer: nn.Module = submission.DecoderLayer(d, nhead, ff, norm_first=norm_first, **stated)
    return layer


@lru_cache
def library_layer(d: int, nhead: int, ff: int, norm_first: bool) -> nn.Module:
    layer = nn.TransformerDecoderLayer(
        d, nhead, ff, dropout=0.0, batch_first=True, norm_first=norm_first
    )
    return layer.double().eval()


def reference(
    weights: Weights,
    tgt: Tensor,
    memory: Tensor,
    nhead: int = 1,
    *,
    norm_first: bool = True,
    padding: Tensor | None = None,
) -> Tensor:
    ff, d = weights["linear1.weight"].shape
    layer = library_layer(d, nhead, ff, norm_first)
    layer.load_state_dict(weights)
    future = torch.ones(tgt.shape[1], tgt.shape[1], dtype=torch.bool).triu(1)
    y: Tensor = layer(tgt, memory, tgt_mask=future, memory_key_padding_mask=padding)
    return y


def expect_about(actual: Tensor, expected: Tensor, *, given: Tensor | Words, what: Words) -> None:
    """Compare to within LOOSE what is shown with four decimals: ε does not distract there."""
    expect_close(tidy(actual), tidy(expected), given=given, atol=LOOSE, what=what)


def tidy(values: Tensor) -> Tensor:
    return (values.detach().double() * 1e4).round() / 1e4 + 0.0  # 0.0 for −0


def expect_reference(
    submission: Submission,
    weights: Weights,
    tgt: Tensor,
    memory: Tensor,
    nhead: int = 1,
    *,
    norm_first: bool = True,
    atol: float | None = None,
) -> None:
    """Require the library's output, to within LOOSE where nothing else is said."""
    y = build(submission, weights, nhead, norm_first=norm_first)(tgt.clone(), memory.clone())
    wanted = reference(weights, tgt, memory, nhead, norm_first=norm_first)
    told = f"norm_first={norm_first}", f"T = {tgt.shape[1]}", f"S = {memory.shape[1]}"
    what = output(Bilingual(zh="，".join(told), en=", ".join(told)))
    if atol is not None:
        expect_close(y, wanted, given=tgt, atol=atol, what=what)
        return
    # The first position first: it is the one that the hints speak of.
    expect_about(y[:, :1], wanted[:, :1], given=tgt[:, :1], what=what)
    expect_about(y, wanted, given=tgt, what=what)


def pair(inputs: Inputs, b: int = 2, t: int = 4, s: int = 4) -> tuple[Tensor, Tensor]:
    return inputs.randn(b, t, 8, scale=3), inputs.randn(b, s, 8, scale=3)


# ── Checks, root cause first ────────────────────────────────────────────────────────────────


def test_constructs(submission: Submission, inputs: Inputs) -> None:
    for dtype, stated in ((torch.float32, {}), (torch.float64, {"norm_first": True})):
        tgt, memory = inputs.randn(2, 5, 8, dtype=dtype), inputs.randn(2, 5, 8, dtype=dtype)
        y = submission.DecoderLayer(8, 2, 16, **stated).to(dtype)(tgt, memory)
        given = f"(2, 5, 8), {dtype_name(dtype)}"
        expect_equal(tuple(y.shape), (2, 5, 8), what=SHAPE, given=given)


def test_parameter_names(submission: Submission) -> None:
    layer = submission.DecoderLayer(4, 2, 6)
    found = {name: tuple(value.shape) for name, value in layer.state_dict().items()}
    wanted = shapes(4, 6)
    if found != wanted:
        what = Bilingual(zh="state_dict() 中对不上的键", en="keys of state_dict() that differ")
        missing = [f"{name} {wanted[name]}" for name in wanted if found.get(name) != wanted[name]]
        other = [f"{name} {found[name]}" for name in found if wanted.get(name) != found[name]]
        raise CheckFailed(
            f"state_dict(): missing {missing}, unexpected {other}",
            Evidence(
                "DecoderLayer(4, 2, 6)", ", ".join(missing) or "—", ", ".join(other) or "—", what
            ),
        )
    trained = sum(parameter.requires_grad for parameter in layer.parameters())
    what = Bilingual(zh="互相独立、可训练的参数个数", en="number of separate trainable parameters")
    expect_equal(trained, 18, what=what, given="DecoderLayer(4, 2, 6)")


def test_inputs_unchanged(submission: Submission, inputs: Inputs) -> None:
    for norm_first, tgt in ((True, tokens((1, 3))), (False, inputs.randn(2, 3, 2))):
        layer = submission.DecoderLayer(2, 1, 4, norm_first=norm_first).double()
        memory = inputs.randn(*tgt.shape)
        given = {"tgt": tgt, "memory": memory}
        before = {name: one.clone() for name, one in given.items()}
        with torch.no_grad():
            for name, parameter in layer.named_parameters():
                if norm_first:  # self-attention gives (1, 1), the other branches 0
                    parameter.fill_(float(name == BIASES[0]))
                else:
                    parameter.copy_(inputs.randn(*parameter.shape))
            layer(tgt, memory)
        for name, one in given.items():
            what = Bilingual(zh=f"调用之后的 {name}", en=f"{name} after the call")
            expect_close(one, before[name], given=before[name], atol=0.0, what=what)


def test_causality(submission: Submission, inputs: Inputs) -> None:
    memory = tokens((2, 0), (0, 4))
    cases = (
        (blank() | attending(SELF), 1, tokens((1, 3), (3, 1)), tokens((1, 3), (1, 3)), memory),
        (only(SELF, drawn(inputs)), 2, *pair(inputs), inputs.randn(2, 4, 8)),
    )
    for weights, nhead, tgt, other, memory in cases:
        layer, t = build(submission, weights, nhead), tgt.shape[1] // 2
        changed = torch.cat([tgt[:, :t], other[:, t:]], dim=1)
        y, wanted = layer(tgt.clone(), memory.clone()), layer(changed, memory.clone())
        if not bool(y.isfinite().all()):
            sample, position = (~y.isfinite()).nonzero()[0, :2].tolist()
            what = Bilingual(zh=f"位置 {position} 的输出", en=f"output at position {position}")
            finite = Bilingual(zh="有限的数", en="finite numbers")
            row = [f"{value:.5g}" for value in y[sample, position].tolist()]
            raise CheckFailed(
                f"{what.en}: not finite",
                Evidence(f"T = {tgt.shape[1]}", finite, f"[{', '.join(row)}]", what),
            )
        what = Bilingual(
            zh=f"前 {t} 个位置的输出（对照：改动后面的 token 之后）",
            en=f"output at the first {t} of {tgt.shape[1]} positions, "
            "against that with the later tokens changed",
        )
        before, after = tidy(y[:, :t]), tidy(wanted[:, :t])
        expect_close(before, after, given=tgt[:, :t], atol=LOOSE, what=what, itself=True)


def test_samples_independent(submission: Submission, inputs: Inputs) -> None:
    two = torch.cat([tokens((3, 1)), tokens((1, 3))])
    cases = ((blank() | attending(SELF), 1, two, two), (drawn(inputs), 2, *pair(inputs, b=3)))
    for weights, nhead, tgt, memory in cases:
        layer = build(submission, weights, nhead)
        # The last sample: under a causal mask over the batch the first would see itself alone.
        together = layer(tgt.clone(), memory.clone())[-1:]
        alone = layer(tgt[-1:].clone(), memory[-1:].clone())
        what = Bilingual(
            zh="最后一个样本在批中的输出（对照：单独计算）",
            en="output for the last sample in a batch, against that for it alone",
        )
        # The layer's own answers: whether they are right is asked further on.
        expect_close(
            tidy(together), tidy(alone), given=tgt[-1:], atol=LOOSE, what=what, itself=True
        )


def test_pre_norm_identity(submission: Submission, inputs: Inputs) -> None:
    cases = (
        (blank(), 1, tokens((1, 3)), tokens((2, 0))),
        (only(None, drawn(inputs)), 2, *pair(inputs)),
    )
    for weights, nhead, tgt, memory in cases:
        y = build(submission, weights, nhead, norm_first=True)(tgt.clone(), memory.clone())
        zero = Bilingual(zh="norm_first=True，三条支路为 0", en="norm_first=True, all branches 0")
        expect_about(y, tgt, given=tgt, what=output(zero))
        # x + 0 is x; a detour through float32 costs 1e-6, and is another check's business.
        expect_close(y, tgt, given=tgt, atol=1e-5, what=output(zero))


def shifted() -> Weights:
    """Return weights with a β for norm1 and norm2, so that each norm leaves a trace."""
    first, second = torch.tensor([[3.0, 0.0], [0.0, 5.0]], dtype=torch.float64)
    return blank() | {"norm1.bias": first, "norm2.bias": second}


def test_post_norm_placement(submission: Submission, inputs: Inputs) -> None:
    cases = (
        (shifted(), 1, tokens((1, 3)), tokens((2, 0))),
        (only(None, drawn(inputs)), 2, *pair(inputs)),
    )
    for weights, nhead, tgt, memory in cases:
        expect_reference(submission, weights, tgt, memory, nhead, norm_first=False)


def test_feed_forward(submission: Submission, inputs: Inputs) -> None:
    cases = (
        (blank() | feeding(), 1, tokens((1, 3)), tokens((2, 0))),
        (only(FEED_FORWARD, drawn(inputs)), 2, *pair(inputs)),
    )
    for weights, nhead, tgt, memory in cases:
        expect_reference(submission, weights, tgt, memory, nhead)


def test_self_attention(submission: Submission, inputs: Inputs) -> None:
    cases = (
        (blank() | attending(SELF), 2, tokens((1, 3), (3, 1)), tokens((2, 0), (0, 4))),
        (only(SELF, drawn(inputs)), 4, *pair(inputs)),
    )
    for weights, nhead, tgt, memory in cases:
        expect_reference(submission, weights, tgt, memory, nhead)


def test_cross_attention(submission: Submission, inputs: Inputs) -> None:
    random = only(CROSS, drawn(inputs))
    cases = (
        (blank() | attending(CROSS), 1, tokens((1, 3), (3, 1)), tokens((2, 0), (0, 4))),
        (random, 2, *pair(inputs, t=3, s=5)),
        (random, 4, *pair(inputs, t=4, s=2)),
    )
    for weights, nhead, tgt, memory in cases:
        expect_reference(submission, weights, tgt, memory, nhead)


def test_sublayers_in_sequence(submission: Submission, inputs: Inputs) -> None:
    example = blank() | attending(SELF, -2.0) | attending(CROSS) | feeding()
    random = drawn(inputs)
    for norm_first in (True, False):
        for weights, nhead, tgt, memory in (
            (example, 1, tokens((1, 3)), tokens((2, 0), (0, 4))),
            (random, 2, *pair(inputs, t=3, s=5)),
        ):
            expect_reference(submission, weights, tgt, memory, nhead, norm_first=norm_first)


def test_norm_eps(submission: Submission, inputs: Inputs) -> None:
    # Rows whose variance is near 1e-5, where eps is half of what the root is taken of.
    tiny, memory = tokens((-0.001, 0.001)), tokens((2, 0))
    expect_reference(submission, blank() | feeding(), tiny, memory, atol=1e-4)
    random = drawn(inputs)
    for branch in (SELF, CROSS):
        tgt, memory = inputs.randn(2, 3, 8, scale=3e-3), inputs.randn(2, 3, 8)
        expect_reference(submission, only(branch, random), tgt, memory, 2, atol=1e-4)


def test_memory_padding(submission: Submission, inputs: Inputs) -> None:
    example = tokens((1, 3), (3, 1)), tokens((2, 0), (0, 4))
    hidden = torch.tensor([[True, False, False, True], [False, False, True, True]])
    random = drawn(inputs)
    for weights, nhead, tgt, memory, mask, norm_first in (
        (blank() | attending(CROSS), 1, *example, torch.tensor([[False, True]]), True),
        (random, 2, *pair(inputs), hidden, True),
        (random, 2, *pair(inputs, t=3), hidden, False),
    ):
        layer = build(submission, weights, nhead, norm_first=norm_first)
        y = layer(tgt.clone(), memory.clone(), memory_key_padding_mask=mask)
        for sample, kept in enumerate(~mask):
            one = slice(sample, sample + 1)
            # The target must come out as if the source had no padding at all.
            wanted = reference(weights, tgt[one], memory[one, kept], nhead, norm_first=norm_first)
            what = output(f"memory_key_padding_mask={mask[sample].tolist()}")
            expect_about(y[one, :1], wanted[:, :1], given=tgt[one, :1], what=what)
            expect_about(y[one], wanted, given=tgt[one], what=what)


def test_gradients(submission: Submission, inputs: Inputs) -> None:
    hidden = torch.tensor([[False] * 4, [False, False, True, True]])
    one = blank() | attending(CROSS)
    random, (x, source) = drawn(inputs), pair(inputs)
    cotangent = inputs.randn(2, 4, 8)
    for weights, nhead, tgt, memory, upstream, mask, norm_first in (
        (one, 1, tokens((1, 3)), tokens((2, 0)), filled(3.0, 1, 1, 2), None, True),
        (random, 2, x, source, cotangent, hidden, True),
        (random, 2, x, source, cotangent, hidden, False),
    ):
        layer = build(submission, weights, nhead, norm_first=norm_first)
        ours = [one.clone().requires_grad_() for one in (tgt, memory)]
        theirs = [one.clone().requires_grad_() for one in (tgt, memory)]
        known = reference(weights, *ours, nhead, norm_first=norm_first, padding=mask)
        (known * upstream).sum().backward()
        (layer(*theirs, memory_key_padding_mask=mask) * upstream).sum().backward()
        ff, d = weights["linear1.weight"].shape
        library = library_layer(d, nhead, ff, norm_first)
        given: Words = f"norm_first={norm_first}"
        if mask is None:
            given = Bilingual(
                zh="norm_first=True，交叉注意力的投影为 I，另两条支路为 0，损失为 3·Σy",
                en="norm_first=True, projections of cross-attention I, other branches 0, loss 3·Σy",
            )
        pairs = dict(zip(("tgt", "memory"), zip(theirs, ours, strict=True), strict=True))
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
    # The cross-attention branch is 1, as in the hint. What passes V, the hidden layer and the
    # other branches is too small to be shown, but a p of 0.1 anywhere shows in it: it would have
    # to spare all of at least 512 numbers, 0.9^512 is 4e-24.
    small = 1e-6 * torch.tensor([[1.0, -1.0], [1.0, -1.0]], dtype=torch.float64)
    weights = blank() | {"linear1.bias": filled(1.0, 2)}
    for last, bias in zip(LASTS.values(), BIASES, strict=True):
        weights |= {f"{last}.weight": small, bias: filled(1.0 if bias == BIASES[1] else 1e-6, 2)}
    for which in (SELF, CROSS):
        weights[f"{which}.in_proj_bias"] = torch.cat([filled(0.0, 4), filled(1.0, 2)])
    layer = build(submission, weights, 2).train()
    tgt, memory = tokens((1, 3)).repeat(16, 16, 1), tokens((2, 0)).repeat(16, 16, 1)
    first, second = (layer(tgt.clone(), memory.clone()) for _ in range(2))
    what = Bilingual(
        zh="train() 时第二次调用的输出（对照：第一次）",
        en="output of a second call in train(), against the first",
    )
    given = Bilingual(
        zh="tgt = (1, 3)，交叉注意力支路为 1，没有传 dropout",
        en="tgt = (1, 3), the cross-attention branch 1, no dropout passed",
    )
    expect_close(second, first, given=given, atol=TIGHT, what=what, itself=True)


def test_eval_without_dropout(submission: Submission, inputs: Inputs) -> None:
    tgt, memory = tokens((1, 3)), tokens((2, 0))
    layer = build(submission, blank() | {BIASES[1]: filled(1.0, 2)}, dropout=P).eval()
    y = layer(tgt.clone(), memory.clone())
    one = Bilingual(
        zh="eval()，dropout=0.5，交叉注意力支路为 1",
        en="eval(), dropout=0.5, the cross-attention branch 1",
    )
    expect_close(y, tgt + 1, given=tgt, atol=TIGHT, what=output(one))
    weights, (tgt, memory) = drawn(inputs), pair(inputs)
    for norm_first in (True, False):
        layer = build(submission, weights, 2, norm_first=norm_first, dropout=P).eval()
        wanted = reference(weights, tgt, memory, 2, norm_first=norm_first)
        what = output(f"eval(), dropout=0.5, norm_first={norm_first}")
        expect_about(layer(tgt.clone(), memory.clone()), wanted, given=tgt, what=what)


# In the next checks every branch is a constant, so dropout leaves few values, whatever it draws:
# 1 dropped once is 0 or 2, dropped twice 0 or 4. Of at least 64 draws, all come out alike with
# a probability below 1e-18.
def steady(bias: str) -> Weights:
    """Return weights under which this bias is its branch, and the other branches are 0."""
    return blank(8, 8) | {bias: filled(1.0, 8)}


def added(submission: Submission, weights: Weights, tgt: Tensor, memory: Tensor) -> list[float]:
    """Return the different values that a pre-LN layer adds to tgt in training."""
    layer = build(submission, weights, 2, dropout=P).train()
    with torch.no_grad():
        y = layer(tgt.clone(), memory.clone())
    return sorted({round(value, 4) + 0.0 for value in (y - tgt).flatten().tolist()})


def expect_added(
    submission: Submission,
    weights: Weights,
    inputs: tuple[Tensor, Tensor],
    wanted: list[float],
    given: str,
) -> None:
    seen = added(submission, weights, *inputs)
    if seen != wanted:
        shown = ", ".join(f"{value:g}" for value in seen[:6]) + (", …" if len(seen) > 6 else "")
        expected = ", ".join(f"{value:g}" for value in wanted)
        message = f"{given}: y − tgt takes the values {shown}, expected {expected}"
        raise CheckFailed(message, Evidence(given, expected, shown, ADDED))


def test_dropout_on_branches(submission: Submission, inputs: Inputs) -> None:
    tgt, memory = pair(inputs)
    for bias in BIASES:
        given = f"{bias} = 1, tgt = 3, dropout=0.5, train()"
        threes = filled(3.0, 2, 4, 8), memory
        expect_added(submission, steady(bias), threes, [0.0, 2.0], given)
    # A branch of 0 stays 0, so dropout has nothing to do, unless it sits on the stream.
    layer = build(submission, blank(8, 8), 2, norm_first=False, dropout=P).train()
    wanted = reference(blank(8, 8), tgt, memory, 2, norm_first=False)
    what = Bilingual(
        zh="train()，dropout=0.5，norm_first=False，三条支路为 0",
        en="train(), dropout=0.5, norm_first=False, all branches 0",
    )
    expect_about(layer(tgt.clone(), memory.clone()), wanted, given=tgt, what=output(what))
    unmoved = Bilingual(
        zh="输出与 dropout=0 时一样，什么也没有被丢弃",
        en="the output is that at dropout=0: nothing is dropped",
    )
    for bias in BIASES:
        # A norm removes a constant that is added to a whole row; with half of it dropped, not.
        layer = build(submission, steady(bias), 2, norm_first=False, dropout=P).train()
        moved = float((layer(tgt.clone(), memory.clone()) - wanted).abs().max())
        given = f"{bias} = 1, norm_first=False, dropout=0.5, train()"
        expect(moved > LOOSE, unmoved, given=given)


def hidden_steady() -> Weights:
    """Return weights under which the hidden layer is 1 and the feed-forward branch passes it."""
    identity = torch.eye(8, dtype=torch.float64)
    return blank(8, 8) | {"linear1.bias": filled(1.0, 8), "linear2.weight": identity}


def attention_steady(which: str) -> Weights:
    """Return weights under which V is 1 and this attention's branch passes it."""
    identity = torch.eye(8, dtype=torch.float64)
    bias = torch.cat([filled(0.0, 16), filled(1.0, 8)])
    return blank(8, 8) | {f"{which}.in_proj_bias": bias, f"{which}.out_proj.weight": identity}


def test_dropout_inside(submission: Submission, inputs: Inputs) -> None:
    given = "linear1.bias = 1, linear2.weight = I, dropout=0.5, train()"
    expect_added(submission, hidden_steady(), pair(inputs), [0.0, 4.0], given)
    for which in (SELF, CROSS):
        given = f"T = S = 1, V = 1, {which}.out_proj.weight = I, dropout=0.5, train()"
        single = pair(inputs, b=64, t=1, s=1)
        expect_added(submission, attention_steady(which), single, [0.0, 4.0], given)


def test_sizes_and_layouts(submission: Submission, inputs: Inputs) -> None:
    sizes = (  # nhead, ff, B, T, S, norm_first
        (1, 12, 1, 3, 1, True),
        (8, 1, 2, 1, 3, False),
        (2, 12, 0, 4, 3, True),
    )
    for nhead, ff, b, t, s, norm_first in sizes:
        weights, (tgt, memory) = drawn(inputs, 8, ff), pair(inputs, b, t, s)
        y = build(submission, weights, nhead, norm_first=norm_first)(tgt.clone(), memory.clone())
        wanted = reference(weights, tgt, memory, nhead, norm_first=norm_first)
        made = f"DecoderLayer(8, {nhead}, {ff})"
        what = output(f"{made}, tgt {(b, t, 8)}, memory {(b, s, 8)}")
        expect_about(y, wanted, given=tgt, what=what)
    weights = drawn(inputs)
    layer = build(submission, weights, 2)
    turned, thinned = inputs.randn(4, 2, 8).transpose(0, 1), inputs.randn(2, 4, 16)[..., ::2]
    for tgt, memory in ((turned, thinned), (thinned, turned)):
        strided = Bilingual(
            zh=f"tgt 的步长是 {tgt.stride()}", en=f"tgt with strides {tgt.stride()}"
        )
        wanted = reference(weights, tgt, memory, 2)
        expect_about(layer(tgt, memory), wanted, given=tgt, what=output(strided))


def test_keeps_dtype(submission: Submission, inputs: Inputs) -> None:
    weights, (tgt, memory) = drawn(inputs), pair(inputs, t=3)
    hidden = torch.tensor([[False] * 4, [False, False, False, True]])
    for norm_first in (True, False):
        layer = build(submission, weights, 2, norm_first=norm_first)
        exact = reference(weights, tgt, memory, 2, norm_first=norm_first, padding=hidden)
        y = layer(tgt.clone(), memory.clone(), memory_key_padding_mask=hidden)
        expect_close(y, exact, atol=TIGHT, what=output("float64"))
    for dtype, norm_first in ((torch.bfloat16, True), (torch.float16, False)):
        rounded = {name: value.to(dtype) for name, value in weights.items()}
        x, source = (tgt / 3).to(dtype), (memory / 3).to(dtype)
        half = build(submission, rounded, 2, norm_first=norm_first).to(dtype)
        exact = reference(
            rounded, x.double(), source.double(), 2, norm_first=norm_first, padding=hidden
        )
        with torch.no_grad():
            y = half(x, source, memory_key_padding_mask=hidden)
        name = dtype_name(dtype)
        both = Bilingual(zh=f"层和输入都是 {name}", en=f"layer and inputs in {name}")
        what = Bilingual(zh="输出的 dtype", en="dtype of the output")
        expect_equal(y.dtype, dtype, what=what, given=both)
        # The numbers that go in are the same in both. A score of results are rounded on the way,
        # each by eps/2 of its size: √20 · eps/2 ≈ 2.2 eps as a random walk, and the norms and
        # softmaxes may make several times that. Measured over 200 draws: 3.4 eps.
        bound = 12 * torch.finfo(dtype).eps * (1 + float(exact.abs().max()))
        expect_close(y, exact, given=both, atol=bound)


# ── Probes: the same mistake gives the same results, however it is written ──────────────────


def probe_first_call(submission: Submission, inputs: Inputs) -> str:
    told = []
    for dtype in (torch.float32, torch.float64):
        tgt, memory = inputs.randn(2, 5, 8, dtype=dtype), inputs.randn(2, 5, 8, dtype=dtype)
        try:
            y = submission.DecoderLayer(8, 2, 16).to(dtype)(tgt, memory)
            told.append(str(tuple(y.shape)))
        except Exception as error:  # noqa: BLE001 - a submission may raise anything
            about = [word for word in ("is_causal", "dtype") if word in str(error)]
            told.append(f"{type(error).__name__} {about}")
    return "; ".join(told)


def probe_names(submission: Submission, inputs: Inputs) -> str:
    layer = submission.DecoderLayer(4, 2, 6)
    found = {name: tuple(value.shape) for name, value in layer.state_dict().items()}
    right = found == shapes(4, 6)
    return f"right: {right}; {sorted(found.values())}; {len(list(layer.parameters()))} separate"


def probe_outputs(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    weights, (tgt, memory) = drawn(inputs), pair(inputs, b=3)
    layers = [build(submission, weights, 2, norm_first=order) for order in (True, False)]
    with torch.no_grad():
        return tuple(layer(tgt.clone(), memory.clone()) for layer in layers)


def probe_small_input(submission: Submission, inputs: Inputs) -> Tensor:
    tgt, memory = inputs.randn(2, 4, 8, scale=3e-3), inputs.randn(2, 4, 8)
    with torch.no_grad():
        y: Tensor = build(submission, drawn(inputs), 2)(tgt, memory)
    return y


def probe_padding(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    weights, (tgt, memory) = drawn(inputs), pair(inputs)
    hidden = torch.tensor([[False, False, True, True], [False, False, False, True]])
    layers = [build(submission, weights, 2, norm_first=order) for order in (True, False)]
    with torch.no_grad():
        return tuple(
            layer(tgt.clone(), memory.clone(), memory_key_padding_mask=hidden) for layer in layers
        )


def probe_inputs_after(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    tgt, memory = pair(inputs)
    with torch.no_grad():
        build(submission, drawn(inputs), 2)(tgt, memory)
    return tgt, memory


def probe_gradients(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    weights, found = drawn(inputs), []
    for norm_first in (True, False):
        layer = build(submission, weights, 2, norm_first=norm_first)
        tgt, memory = (one.requires_grad_() for one in pair(inputs))
        (layer(tgt, memory) * inputs.randn(2, 4, 8)).sum().backward()
        leaves = [tgt, memory, *(layer.get_parameter(name) for name in sorted(weights))]
        found += [torch.zeros(()) if leaf.grad is None else leaf.grad for leaf in leaves]
    return tuple(found)


def probe_dropout(submission: Submission, inputs: Inputs) -> str:
    """Tell where dropout falls in words: the values that it draws are never the same."""
    usual, single = pair(inputs), pair(inputs, b=64, t=1, s=1)
    places = [(steady(bias), usual) for bias in BIASES] + [(hidden_steady(), usual)]
    places += [(attention_steady(which), single) for which in (SELF, CROSS)]
    seen = [added(submission, weights, *given) for weights, given in places]
    told = [str(values) if len(values) < 4 else "scattered" for values in seen]
    tgt, memory = usual
    for stated in (P, None):
        layer = build(submission, steady(BIASES[1]), 2, dropout=stated)
        for mode in (False, True):
            y = layer.train(mode)(tgt.clone(), memory.clone()).detach()
            drops = float((y - tgt - 1).abs().max()) > TIGHT
            told.append(f"dropout={stated}, train({mode}) drops: {drops}")
    return "; ".join(told)
