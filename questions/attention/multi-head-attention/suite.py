"""Hidden tests of MultiHeadAttention, from the root cause outwards.

First what holds whatever the formula: four projections, no dropout, arguments left alone, no
mixing of samples, every token seen by every token. Then the formula with one head, the scale and
the split with several, other sequences as keys and values, and masks. Edges and dtypes come last.

Projections are known by their names, which the contract gives. The smallest example stands first
in each test, with projections that are multiples of the identity: it is the one that hints tell.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

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
    raises,
)

# In float64 rounding is 1e-16 of values below 100: TIGHT leaves a factor of 1e4. LOOSE also
# admits a detour of the softmax through float32, which has a check of its own: scores below 30
# are off by 30 · 6e-8, so weights by at most 4e-6 of themselves, and outputs, sums of weighted
# values below 20, by less than 8e-5. Mistakes move some output by more than 1e-2.
LOOSE = 1e-4
TIGHT = 1e-10

ROLES = ("q_proj", "k_proj", "v_proj", "o_proj")
NAMES = tuple(f"{role}.{part}" for role in ROLES for part in ("weight", "bias"))
Weights = dict[str, Tensor]

OUTPUT_SHAPE = Bilingual(zh="输出的形状", en="output shape")


# ── Reference and examples ──────────────────────────────────────────────────────────────────


def weights_of(layer: nn.Module) -> Weights:
    """Return copies of the eight parameters as float64 leaves."""
    found = dict(layer.named_parameters(remove_duplicate=False))
    missing = [name for name in NAMES if name not in found]
    if missing:
        none = Bilingual(zh=f"没有参数 {missing[0]}", en=f"there is no parameter {missing[0]}")
        raise CheckFailed(none.en, Evidence(None, "", none))
    return {name: found[name].detach().double().clone().requires_grad_() for name in NAMES}


def reference(
    weights: Weights,
    num_heads: int,
    q: Tensor,
    k: Tensor | None = None,
    v: Tensor | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    """The definition in float64, one head after the other."""
    k = q if k is None else k
    v = k if v is None else v

    def project(role: str, x: Tensor) -> Tensor:
        return F.linear(x.double(), weights[f"{role}.weight"], weights[f"{role}.bias"])

    queries, keys, values = project("q_proj", q), project("k_proj", k), project("v_proj", v)
    width = queries.shape[-1] // num_heads
    heads = []
    for first in range(0, queries.shape[-1], width):
        own = slice(first, first + width)
        scores = queries[..., own] @ keys[..., own].mT / width**0.5
        if mask is not None:
            scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        attention = scores.softmax(-1)
        if mask is not None:  # a row that sees nothing is uniform here, and must be 0
            attention = attention * mask
        heads.append(attention @ values[..., own])
    return project("o_proj", torch.cat(heads, -1))


def plain(submission: Submission, d: int, num_heads: int, **scales: float) -> nn.Module:
    """Build a float64 layer whose projections are multiples of the identity, 1 unless given."""
    layer = submission.MultiHeadAttention(d, num_heads).double()
    with torch.no_grad():
        for name, parameter in layer.named_parameters(remove_duplicate=False):
            role, _, part = name.partition(".")
            if part == "weight" and parameter.shape == (d, d):
                parameter.copy_(torch.eye(d) * scales.get(role, 1.0))
            else:
                parameter.zero_()
    return layer


def filled(submission: Submission, inputs: Inputs, d: int, num_heads: int) -> nn.Module:
    """Build a float64 layer with random weights and biases that keep scores below 30."""
    layer = submission.MultiHeadAttention(d, num_heads).double()
    drawn = {
        name: inputs.randn(d, d, scale=d**-0.5) if name.endswith("weight") else inputs.randn(d)
        for name in NAMES
    }
    with torch.no_grad():
        for name, parameter in layer.named_parameters(remove_duplicate=False):
            if name in drawn and parameter.shape == drawn[name].shape:
                parameter.copy_(drawn[name])
    return layer


def tokens(*rows: tuple[float, ...]) -> Tensor:
    """One sequence as (1, T, d)."""
    return torch.tensor([rows], dtype=torch.float64)


def random_mask(inputs: Inputs, *shape: int) -> Tensor:
    """Draw a mask in which each query sees its first key at least."""
    mask = inputs.uniform(*shape) < 0.5
    mask[..., 0] = True
    return mask


def output_of(layer: nn.Module, *args: Tensor, mask: Tensor | None = None) -> Tensor:
    """Call on copies, in case the submission writes into its arguments."""
    copies = [one.clone() for one in args]
    y: Tensor = layer(*copies) if mask is None else layer(*copies, mask=mask.clone())
    return y


def repeatable(layer: nn.Module, x: Tensor) -> bool:
    with torch.no_grad():
        first, second = (output_of(layer, x).nan_to_num() for _ in range(2))
    return bool(((first - second).abs() < TIGHT).all())


def expect_output(
    y: Tensor,
    wanted: Tensor,
    *,
    given: Tensor | Words | None = None,
    what: Words = OUTPUT,
    atol: float = LOOSE,
    itself: bool = False,
) -> None:
    """`expect_close`, where numbers of width 1 are shown as one row of tokens."""
    if y.shape == wanted.shape and wanted.dim() > 1 and wanted.shape[-1] == 1:
        y, wanted = y.mT, wanted.mT
        given = given.mT if isinstance(given, Tensor) else given
    expect_close(y, wanted, atol=atol, given=given, what=what, itself=itself)


def expect_gradient(found: Tensor | None, wanted: Tensor, name: str, given: Words) -> None:
    what = Bilingual(zh=f"{name} 的梯度", en=f"gradient of {name}")
    if found is None:
        row = wanted.mT if wanted.dim() > 1 and wanted.shape[-1] == 1 else wanted
        seen = Evidence(given, numbers(row.reshape(-1, row.shape[-1])[0]), "None", what)
        raise CheckFailed(f"no gradient reaches {name}", seen)
    # A gradient sums up to 24 products of what LOOSE bounds for one output.
    expect_output(found, wanted, given=given, what=what, atol=10 * LOOSE)


def numbers(values: Tensor) -> str:
    return f"[{', '.join(f'{one:.5g}' for one in values.flatten().tolist())}]"


# ── Checks ──────────────────────────────────────────────────────────────────────────────────


def test_constructs(submission: Submission, inputs: Inputs) -> None:
    y = submission.MultiHeadAttention(8, 2)(inputs.randn(2, 3, 8, dtype=torch.float32))
    given = of_shape((2, 3, 8))
    if not isinstance(y, Tensor):
        kind, wanted = type(y).__name__, Bilingual(zh="一个张量", en="one tensor")
        message = f"forward returns a {kind} and not one tensor"
        raise CheckFailed(message, Evidence(given, wanted, kind))
    expect_equal(tuple(y.shape), (2, 3, 8), what=OUTPUT_SHAPE, given=given)


def of_shape(shape: tuple[int, ...]) -> Bilingual:
    return Bilingual(zh=f"x 的形状 {shape}", en=f"x of shape {shape}")


def test_size_one(submission: Submission, inputs: Inputs) -> None:
    for shape, num_heads in (((2, 1, 4), 2), ((1, 3, 4), 2), ((1, 1, 4), 1), ((2, 3, 1), 1)):
        y = submission.MultiHeadAttention(shape[-1], num_heads)(
            inputs.randn(*shape, dtype=torch.float32)
        )
        expect_equal(tuple(y.shape), shape, what=OUTPUT_SHAPE, given=of_shape(shape))


def test_projections(submission: Submission, inputs: Inputs) -> None:
    for d in (4, 6):
        layer = submission.MultiHeadAttention(d, 2)
        given = f"MultiHeadAttention({d}, 2)"
        shapes = {
            name: tuple(one.shape) for name, one in layer.named_parameters(remove_duplicate=False)
        }
        wanted = {name: (d, d) if name.endswith("weight") else (d,) for name in NAMES}
        for name in (*wanted, *shapes):
            what = Bilingual(zh=f"{name} 的形状", en=f"shape of {name}")
            if shapes.get(name) != wanted.get(name):
                seen = Evidence(given, or_none(wanted.get(name)), or_none(shapes.get(name)), what)
                raise CheckFailed(f"{what.en}: {shapes.get(name)}", seen)
        count = sum(one.numel() for one in layer.parameters() if one.requires_grad)
        what = Bilingual(zh="可训练的数", en="numbers to train")
        expect_equal(count, 4 * (d * d + d), what=what, given=given)
    layer = filled(submission, inputs, 4, 2).eval()
    restored = submission.MultiHeadAttention(4, 2).double().eval()
    restored.load_state_dict(layer.state_dict())
    x = inputs.randn(2, 8, 4)
    if repeatable(layer, x):  # or it has dropout, which is the next check's business
        what = Bilingual(
            zh="存入 state_dict() 再恢复之后的输出", en="output after a state_dict() round trip"
        )
        before = output_of(layer, x)
        expect_output(output_of(restored, x), before, given=x, what=what, itself=True)


def or_none(shape: tuple[int, ...] | None) -> Words:
    return Bilingual(zh="没有", en="none") if shape is None else str(shape)


def test_deterministic(submission: Submission, inputs: Inputs) -> None:
    # 2 · 2 · 64 weights: that dropout with p = 0.1 spares them all has a chance of 2e-12.
    layer, x = filled(submission, inputs, 4, 2), inputs.randn(2, 8, 4)
    first = output_of(layer.eval(), x)
    for mode in (False, True):
        name = "train()" if mode else "eval()"
        what = Bilingual(
            zh=f"{name} 下再次调用的输出（对照：eval() 下第一次）",
            en=f"output of another call, in {name} (against: the first, in eval())",
        )
        output_of(layer.train(mode), inputs.randn(2, 8, 4, scale=3))
        expect_output(output_of(layer, x), first, given=x, what=what, itself=True)


def test_input_unchanged(submission: Submission, inputs: Inputs) -> None:
    layer = filled(submission, inputs, 4, 2)
    past = torch.ones(3, 3, dtype=torch.bool).tril()
    for names, mask in (("q", past), ("qkv", past), ("q", None), ("qkv", None)):
        given = {name: inputs.randn(2, 3, 4) for name in names}
        seen = {} if mask is None else {"mask": mask.clone()}
        before = {name: one.clone() for name, one in (seen | given).items()}
        with torch.no_grad():  # what raises here is the business of later checks
            raises(lambda given=given, seen=seen: layer(*given.values(), **seen))
        for name, one in (seen | given).items():
            what = Bilingual(zh=f"调用之后的 {name}", en=f"{name} after the call")
            expect_close(one, before[name], atol=0.0, what=what)


def test_own_sample(submission: Submission, inputs: Inputs) -> None:
    # A token alone in its sequence has nothing to attend to but itself. Whether what it then
    # gives is right is for later: it is compared with the submission's own output.
    layer, x = plain(submission, 1, 1, q_proj=0.0), tokens((10,), (30,)).transpose(0, 1)
    own = torch.cat([output_of(layer, one[None]) for one in x])
    given = Bilingual(
        zh="两个样本，各有一个 token：[10, 30]（对照：各自单独传入）",
        en="two samples of one token each, [10, 30] (against: each by itself)",
    )
    together = output_of(layer, x)
    if together.shape == own.shape:
        together, own = together.flatten(), own.flatten()
    expect_close(together, own, atol=LOOSE, given=given, itself=True)
    layer, x = filled(submission, inputs, 4, 2), inputs.randn(3, 4, 4)
    changed = x.clone()
    changed[1] *= -10
    before, after = output_of(layer, x), output_of(layer, changed)
    what = Bilingual(
        zh="样本 1 乘以 −10 之后，其他样本的输出",
        en="output of the other samples, after sample 1 was multiplied by −10",
    )
    expect_output(after[::2], before[::2], given=x[::2], what=what, itself=True)


def test_weights_sum_to_one(submission: Submission, inputs: Inputs) -> None:
    # Every value is the bias of v_proj, and so is every average of them.
    for layer, x, value in (
        (
            plain(submission, 1, 1, v_proj=0.0, o_proj=10.0),
            tokens((0,), (1,)),
            torch.full((1,), 5.0),
        ),
        (filled(submission, inputs, 4, 1), inputs.randn(2, 3, 4), inputs.randn(4)),
    ):
        with torch.no_grad():
            named = dict(layer.named_parameters(remove_duplicate=False))
            named["v_proj.weight"].zero_()
            named["v_proj.bias"].copy_(value)
        wanted = F.linear(
            named["v_proj.bias"], named["o_proj.weight"], named["o_proj.bias"]
        ).expand(x.shape)
        each = numbers(value)
        what = Bilingual(
            zh=f"每个 value 都是 {each} 时的输出", en=f"output where each value is {each}"
        )
        expect_output(output_of(layer, x), wanted, given=x, what=what)


def test_token_mixing(submission: Submission, inputs: Inputs) -> None:
    # With all queries 0, each token gets the mean of all values, whatever the scale. Two tokens:
    # there a softmax over another axis of size 2, the check before, gives 1/2 as well.
    layer, x = plain(submission, 2, 2, q_proj=0.0), tokens((1, 2), (3, 4))
    what = Bilingual(
        zh="q_proj 为 0、权重都是 1/2 时的输出", en="output at q_proj = 0, where each weight is 1/2"
    )
    mean = x.mean(1, keepdim=True).expand(x.shape)
    expect_output(output_of(layer, x), mean, given=x, what=what)
    what = Bilingual(
        zh="token 换了次序时的输出，已换回来（对照：原来的次序）",
        en="output for the tokens in another order, put back (against: in the first order)",
    )
    for layer, x in (
        (plain(submission, 2, 1), tokens((1, 2), (3, 4))),
        (filled(submission, inputs, 4, 2), inputs.randn(1, 3, 4)),
        (filled(submission, inputs, 4, 2), inputs.randn(1, 4, 4)),
    ):
        turned = torch.arange(x.shape[1]).roll(1)
        y = output_of(layer, x)
        back = output_of(layer, x[:, turned])[:, turned.argsort()]
        expect_output(back, y, given=x, what=what, itself=True)


def test_one_head(submission: Submission, inputs: Inputs) -> None:
    for layer, x in (
        (plain(submission, 4, 1), tokens((2, 0, 0, 0), (0, 0, 0, 0))),
        (filled(submission, inputs, 4, 1), inputs.randn(2, 3, 4)),
    ):
        wanted = reference(weights_of(layer), 1, x)
        expect_output(output_of(layer, x), wanted, given=x, what=output_with(4, 1))


def output_with(d: int, num_heads: int) -> Bilingual:
    name = f"MultiHeadAttention({d}, {num_heads})"
    return Bilingual(zh=f"{name} 的输出", en=f"output of {name}")


def test_head_scale(submission: Submission, inputs: Inputs) -> None:
    # Each head reads the same numbers in every feature: how features are dealt does not matter.
    small = tokens((2, 2, 2, 2), (0, 0, 0, 0))
    for num_heads, x in ((4, small), (2, small), (2, inputs.randn(2, 3, 1).expand(2, 3, 4))):
        layer = plain(submission, 4, num_heads)
        wanted = reference(weights_of(layer), num_heads, x)
        expect_output(output_of(layer, x), wanted, given=x, what=output_with(4, num_heads))


def test_heads(submission: Submission, inputs: Inputs) -> None:
    for layer, num_heads, x in (
        (plain(submission, 4, 2), 2, tokens((2, 2, 0, 0), (0, 0, 0, 0))),
        (filled(submission, inputs, 6, 2), 2, inputs.randn(2, 3, 6)),
        (filled(submission, inputs, 6, 3), 3, inputs.randn(2, 4, 6)),
        (filled(submission, inputs, 3, 3), 3, inputs.randn(1, 2, 3)),
    ):
        wanted = reference(weights_of(layer), num_heads, x)
        what = output_with(x.shape[-1], num_heads)
        expect_output(output_of(layer, x), wanted, given=x, what=what)


def test_cross_attention(submission: Submission, inputs: Inputs) -> None:
    q, k, v = tokens((0,)), tokens((1,), (2,)), tokens((10,), (30,))
    layer, weights = plain(submission, 1, 1), weights_of(plain(submission, 1, 1))
    for args, what, given in (
        ((q, k, v), "layer(q, k, v)", "q = [0], k = [1, 2], v = [10, 30]"),
        ((q, k), "layer(q, k)", "q = [0], k = [1, 2]"),
    ):
        wanted = reference(weights, 1, *args)
        expect_output(output_of(layer, *args), wanted, given=given, what=what)
    layer = filled(submission, inputs, 4, 2)
    for queries, length in ((3, 2), (3, 3), (3, 5), (1, 4)):
        q, k, v = (
            inputs.randn(2, queries, 4),
            inputs.randn(2, length, 4),
            inputs.randn(2, length, 4),
        )
        what = Bilingual(
            zh=f"{queries} 个 query、{length} 个 key 时的输出",
            en=f"output for {queries} queries and {length} keys",
        )
        wanted = reference(weights_of(layer), 2, q, k, v)
        expect_output(output_of(layer, q, k, v), wanted, given=q, what=what)


def test_mask_polarity(submission: Submission, inputs: Inputs) -> None:
    q, k = tokens((0,)), tokens((10,), (30,))
    layer = plain(submission, 1, 1)
    for mask in (torch.tensor([[True, False]]), torch.tensor([[True, True]])):
        wanted = reference(weights_of(layer), 1, q, k, mask=mask)
        given = f"q = [0], k = [10, 30], mask = {mask.tolist()}"
        expect_output(output_of(layer, q, k, mask=mask), wanted, given=given)
    # One sample and one query: how a mask meets several is the next check's business.
    layer, q, k = filled(submission, inputs, 4, 2), inputs.randn(1, 1, 4), inputs.randn(1, 5, 4)
    mask = torch.tensor([[True, False, True, True, False]])
    wanted = reference(weights_of(layer), 2, q, k, mask=mask)
    what = Bilingual(zh="遮住 key 1 和 4 时的输出", en="output with keys 1 and 4 masked")
    expect_output(output_of(layer, q, k, mask=mask), wanted, given=q, what=what)


def test_mask_shapes(submission: Submission, inputs: Inputs) -> None:
    past = torch.ones(3, 3, dtype=torch.bool).tril()
    layer, x = plain(submission, 2, 2, q_proj=0.0), tokens((10, 10), (30, 30)).expand(2, 2, 2)
    wanted = reference(weights_of(layer), 2, x, mask=past[:2, :2])
    given = Bilingual(
        zh="两个样本，token 都是 [10, 10]、[30, 30]，二维的因果 mask",
        en="two samples with the tokens [10, 10], [30, 30], a causal mask of two dimensions",
    )
    expect_output(output_of(layer, x, mask=past[:2, :2]), wanted, given=given)
    layer = plain(submission, 2, 2)
    q, k = tokens((0, 0)).expand(2, 1, 2), tokens((10, 10), (30, 30)).expand(2, 2, 2)
    mask = torch.tensor([[[True, False]], [[False, True]]])
    wanted = reference(weights_of(layer), 2, q, k, mask=mask)
    given = Bilingual(
        zh="两个样本，k 都是 [10, 10]、[30, 30]，样本 0 只看第一个，样本 1 只看第二个",
        en="two samples with k = [10, 10], [30, 30]: sample 0 sees the first, sample 1 the second",
    )
    expect_output(output_of(layer, q, k, mask=mask), wanted, given=given)
    # As many samples as heads, and not; as many queries as heads, and not.
    layer = filled(submission, inputs, 4, 2)
    for mask in (past, *(random_mask(inputs, *shape) for shape in MASK_SHAPES)):
        samples, length = (mask.shape[0] if mask.dim() == 3 else 2), mask.shape[-1]
        x = inputs.randn(samples, length, 4)
        wanted = reference(weights_of(layer), 2, x, mask=mask)
        shape = tuple(mask.shape)
        what = Bilingual(
            zh=f"mask 的形状为 {shape} 时的输出", en=f"output under a mask of shape {shape}"
        )
        expect_output(output_of(layer, x, mask=mask), wanted, given=x, what=what)


MASK_SHAPES = ((2, 1, 3), (3, 1, 3), (2, 3, 3), (3, 2, 2), (1, 3, 3), (1, 3))


def test_large_scores(submission: Submission, inputs: Inputs) -> None:
    del inputs
    layer = plain(submission, 1, 1)
    q, k, v = tokens((100,)), tokens((10,), (9.99,)), tokens((1,), (2,))
    wanted = reference(weights_of(layer), 1, q, k, v)
    given = Bilingual(zh="分数 [1000, 999]，value [1, 2]", en="scores [1000, 999], values [1, 2]")
    expect_output(output_of(layer, q, k, v), wanted, given=given)
    k = tokens((-200,), (0,))
    mask = torch.tensor([[True, False]])
    wanted = reference(weights_of(layer), 1, q, k, v, mask)
    given = Bilingual(
        zh="分数 [−20000, 0]，第二个被遮住，value [1, 2]",
        en="scores [−20000, 0], the second masked, values [1, 2]",
    )
    expect_output(output_of(layer, q, k, v, mask=mask), wanted, given=given)


@dataclass(frozen=True, slots=True)
class Backward:
    """A layer, its arguments and a random cotangent; the smallest case first."""

    layer: nn.Module
    num_heads: int
    given: dict[str, Tensor]
    mask: Tensor | None
    cotangent: Tensor
    told: Words


def backwards(submission: Submission, inputs: Inputs) -> Iterator[Backward]:
    small = {"q": tokens((1,)), "k": tokens((0,), (1,)), "v": tokens((10,), (30,))}
    told: Words = "q = [1], k = [0, 1], v = [10, 30]"
    yield Backward(plain(submission, 1, 1), 1, small, None, torch.ones(1, 1, 1), told)
    causal = torch.ones(3, 3, dtype=torch.bool).tril()
    for names, mask in (("q", None), ("qkv", None), ("qkv", causal)):
        layer = filled(submission, inputs, 4, 2)
        given = {name: inputs.randn(2, 3, 4) for name in names}
        shown = ", ".join(names)
        told = Bilingual(zh=f"随机的 {shown}", en=f"random {shown}")
        if mask is not None:
            told = Bilingual(zh=f"{told.zh}，因果 mask", en=f"{told.en}, a causal mask")
        yield Backward(layer, 2, given, mask, inputs.randn(2, 3, 4), told)


def test_gradients(submission: Submission, inputs: Inputs) -> None:
    for case in backwards(submission, inputs):
        weights, layer, mask = weights_of(case.layer), case.layer, case.mask
        ours = {name: one.clone().requires_grad_() for name, one in case.given.items()}
        theirs = {name: one.clone().requires_grad_() for name, one in case.given.items()}
        expected = reference(weights, case.num_heads, *ours.values(), mask=mask)
        (expected * case.cotangent).sum().backward()
        y = layer(*theirs.values(), mask=None if mask is None else mask.clone())
        (y * case.cotangent).sum().backward()
        found = theirs | dict(layer.named_parameters())
        for name, leaf in (ours | weights).items():
            got = found[name].grad
            if got is None and name == "k_proj.bias":
                continue  # it adds the same to a whole row of scores: its gradient is 0
            expect_gradient(got, leaf.grad, name, case.told)


def test_indivisible(submission: Submission, inputs: Inputs) -> None:
    del inputs
    for d, num_heads in ((8, 3), (6, 4), (2, 4)):
        call = f"MultiHeadAttention({d}, {num_heads})"
        error = raises(lambda d=d, h=num_heads: submission.MultiHeadAttention(d, h))
        if error is None:
            wanted = Bilingual(zh="抛出异常", en="an exception")
            built = Bilingual(zh="构造成功", en="a module")
            raise CheckFailed(f"{call} raises nothing", Evidence(call, wanted, built))


def test_layouts(submission: Submission, inputs: Inputs) -> None:
    layer = filled(submission, inputs, 4, 2)
    wide = inputs.randn(3, 2, 8)
    for zh, en, x in (
        ("转置得到的 x", "x transposed", wide[..., :4].transpose(0, 1)),
        ("每隔一个特征取一个的 x", "x of every second feature", wide[..., ::2]),
        ("一个样本 expand 成的 x", "x expanded from one sample", wide[:1, :, :4].expand(3, -1, -1)),
        ("没有样本的 x", "x without a sample", wide[:0, :, :4]),
    ):
        mask = random_mask(inputs, x.shape[1], x.shape[1]).mT
        mask = mask | torch.eye(len(mask), dtype=torch.bool)
        copied = x.clone(memory_format=torch.contiguous_format)
        wanted = reference(weights_of(layer), 2, copied, mask=mask)
        given = Bilingual(zh=f"{zh}：{tuple(x.shape)}", en=f"{en}: {tuple(x.shape)}")
        expect_output(layer(x, x, x, mask=mask.clone()), wanted, given=given)


def test_fully_masked(submission: Submission, inputs: Inputs) -> None:
    layer, x = plain(submission, 1, 1), tokens((10,), (30,))
    mask = torch.tensor([[True, True], [False, False]])
    with torch.no_grad():
        layer.get_parameter("o_proj.bias").fill_(7.0)
    wanted = reference(weights_of(layer), 1, x, mask=mask)
    what = Bilingual(
        zh="第二个 token 什么也看不到时的输出", en="output where the second token sees nothing"
    )
    expect_output(output_of(layer, x, mask=mask), wanted, given=x, what=what)
    layer, x, cotangent = (
        filled(submission, inputs, 4, 2),
        inputs.randn(2, 3, 4),
        inputs.randn(2, 3, 4),
    )
    mask = torch.tensor([[[True, False, True]], [[False, False, False]]])
    weights, ours, theirs = (
        weights_of(layer),
        x.clone().requires_grad_(),
        x.clone().requires_grad_(),
    )
    y = layer(theirs, mask=mask.clone())
    wanted = reference(weights, 2, ours, mask=mask)
    given = Bilingual(zh="样本 1 什么也看不到", en="sample 1 sees nothing")
    expect_output(y, wanted, given=given)
    (wanted * cotangent).sum().backward()
    (y * cotangent).sum().backward()
    pairs = {"x": (theirs, ours), "q_proj.weight": (layer.q_proj.weight, weights["q_proj.weight"])}
    for name, (found, expected) in pairs.items():
        expect_gradient(found.grad, expected.grad, name, given)


def test_precision(submission: Submission, inputs: Inputs) -> None:
    layer, x = filled(submission, inputs, 4, 2), inputs.randn(2, 3, 4)
    causal = torch.ones(3, 3, dtype=torch.bool).tril()
    wanted = reference(weights_of(layer), 2, x, mask=causal)
    expect_precise(output_of(layer, x, mask=causal), wanted)
    for dtype in (torch.bfloat16, torch.float16):
        layer = filled(submission, inputs, 4, 2)
        with torch.no_grad():
            for parameter in layer.parameters():
                parameter.mul_(0.5)
        layer, x = layer.to(dtype), inputs.randn(2, 3, 4, dtype=dtype)
        y = output_of(layer, x, mask=causal)
        what = Bilingual(zh="输出的 dtype", en="output dtype")
        expect_equal(y.dtype, dtype, what=what, given=both_in(dtype))
        exact = reference(weights_of(layer), 2, x, mask=causal)
        # Seven results are rounded on the way, each by at most eps/2 of its size: q, k, scores,
        # weights, v, heads, output. Scores stay near 1, so their errors enter the weights as
        # they are; as a random walk, √7 · eps/2 ≈ 1.3 eps of the largest number. Measured over
        # 2000 seeds: below 0.9 eps · (1 + max|y|).
        bound = 4 * torch.finfo(dtype).eps * (1 + float(exact.abs().max()))
        expect_output(y, exact, given=both_in(dtype), atol=bound)


def both_in(dtype: torch.dtype) -> Bilingual:
    name = dtype_name(dtype)
    return Bilingual(
        zh=f"模块和 x 都是 {name}，因果 mask", en=f"module and x in {name}, causal mask"
    )


def expect_precise(y: Tensor, wanted: Tensor) -> None:
    """Require `wanted` within TIGHT, and show the error: no five digits of both would differ."""
    given = both_in(torch.float64)
    expect_output(y, wanted, given=given)
    error = float((y.double() - wanted).abs().max())
    if not error <= TIGHT:
        allowed = Bilingual(zh="误差不超过 1e-10", en="an error of 1e-10 at most")
        found = Bilingual(zh=f"误差 {error:.2g}", en=f"an error of {error:.2g}")
        raise CheckFailed(f"off by {error:.2g}", Evidence(given, allowed, found))


# ── Probes: what a submission computes, to be compared with each wrong implementation ─────────


def attempt(call: Callable[[], Tensor]) -> Tensor | str:
    try:
        return call()
    except CheckFailed:
        raise
    except Exception:  # noqa: BLE001 - how it fails depends on how the mistake is written
        return "raises"


def settled(layer: nn.Module, *args: Tensor, mask: Tensor | None = None) -> Tensor | str:
    with torch.no_grad():
        return attempt(lambda: output_of(layer.eval(), *args, mask=mask))


def known(submission: Submission, inputs: Inputs, d: int, num_heads: int) -> nn.Module:
    """Fill a layer whose outputs can be compared.

    They cannot where parameters are not those of the contract, since the submission's own initial
    values are random, nor where two calls in eval() differ.
    """
    layer = filled(submission, inputs, d, num_heads)
    weights_of(layer)
    expect(repeatable(layer.eval(), inputs.randn(2, 8, d)), "two calls differ")
    return layer


def probe_parameters(submission: Submission, inputs: Inputs) -> str:
    del inputs
    layer = submission.MultiHeadAttention(6, 2)
    shapes = {n: tuple(one.shape) for n, one in layer.named_parameters(remove_duplicate=False)}
    present = [f"{name} {shapes.get(name)}" for name in NAMES]
    return f"{present}, {sum(one.numel() for one in layer.parameters())} in all"


def probe_output(submission: Submission, inputs: Inputs) -> str:
    y = submission.MultiHeadAttention(4, 2)(inputs.randn(1, 2, 4, dtype=torch.float32))
    return str(tuple(y.shape)) if isinstance(y, Tensor) else type(y).__name__


def probe_repeatable(submission: Submission, inputs: Inputs) -> str:
    layer, x = filled(submission, inputs, 4, 2), inputs.randn(2, 8, 4)
    return f"eval {repeatable(layer.eval(), x)}, train {repeatable(layer.train(), x)}"


def probe_formula(submission: Submission, inputs: Inputs) -> tuple[Tensor | str, ...]:
    layers = [known(submission, inputs, 6, num_heads) for num_heads in (1, 2, 3)]
    return tuple(settled(layer, inputs.randn(3, 4, 6)) for layer in layers)


def probe_cross(submission: Submission, inputs: Inputs) -> tuple[Tensor | str, ...]:
    layer = known(submission, inputs, 4, 2)
    given = [inputs.randn(2, length, 4) for length in (3, 3, 3, 5, 5)]
    pairs = (given[:3], given[:2], [given[0], *given[3:]])
    return tuple(settled(layer, *some) for some in pairs)


def probe_masks(submission: Submission, inputs: Inputs) -> tuple[Tensor | str, ...]:
    layer, found = known(submission, inputs, 4, 2), []
    for shape in ((1, 3), (3, 3), *MASK_SHAPES):
        mask = random_mask(inputs, *shape)
        samples = shape[0] if len(shape) == 3 else 2
        found.append(settled(layer, inputs.randn(samples, shape[-1], 4), mask=mask))
    return tuple(found)


def probe_memory(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    layer = known(submission, inputs, 4, 2)
    x, mask = inputs.randn(1, 1, 4), torch.tensor([[True]])
    with torch.no_grad():
        raises(lambda: layer(x, mask=mask))
    return x, mask


def probe_large_scores(submission: Submission, inputs: Inputs) -> tuple[Tensor | str, ...]:
    layer, v = known(submission, inputs, 1, 1), inputs.randn(1, 2, 1)
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.fill_(1.0)
    q, mask = tokens((99,)), torch.tensor([[True, False]])
    overflowing = settled(layer, q, tokens((9,), (8.99,)), v)
    return overflowing, settled(layer, q, tokens((-201,), (-1,)), v, mask=mask)


def probe_gradients(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    known(submission, inputs, 4, 2)
    found: list[Tensor] = []
    for case in backwards(submission, inputs):
        leaves = [one.requires_grad_() for one in case.given.values()]
        if isinstance(settled(case.layer, *leaves, mask=case.mask), str):
            continue
        (case.layer(*leaves, mask=case.mask) * case.cotangent).sum().backward()
        leaves += [case.layer.get_parameter(name) for name in NAMES if name != "k_proj.bias"]
        found += [torch.zeros(1) if one.grad is None else one.grad for one in leaves]
    return tuple(found)


def probe_edges(submission: Submission, inputs: Inputs) -> tuple[Tensor | str, ...]:
    """Tell edges and dtypes apart, unless the maths is wrong already.

    So the careless and the careful version of one mathematical mistake give the same answers.
    """
    for number, check in enumerate(MATHS):
        if raises(lambda check=check, n=number: check(submission, Inputs(n, "maths"))):
            return ("wrong before",)
    indivisible = (
        "runs" if raises(lambda: submission.MultiHeadAttention(8, 3)) is None else "raises"
    )
    layer, x = known(submission, inputs, 4, 2), inputs.randn(2, 3, 4)
    turned = attempt(lambda: layer(x.transpose(0, 1)).detach())
    empty = attempt(lambda: layer(x[:0]).detach())
    unseen, finite = _fully_masked(layer, inputs)
    return (indivisible, turned, empty, unseen, finite, *_dtypes(submission, inputs))


def _fully_masked(layer: nn.Module, inputs: Inputs) -> tuple[Tensor | str, str]:
    x, mask = inputs.randn(1, 2, 4).requires_grad_(), torch.tensor([[True, True], [False, False]])
    y = layer(x, mask=mask)
    y[0, 0].sum().backward()
    finite = x.grad is not None and bool(x.grad.isfinite().all())
    return y.detach(), f"finite gradient {finite}"


def _dtypes(submission: Submission, inputs: Inputs) -> list[str]:
    layer, x = filled(submission, inputs, 4, 2), inputs.randn(2, 3, 4)
    exact = reference(weights_of(layer), 2, x)
    precise = bool(((output_of(layer, x) - exact).abs() < TIGHT).all())
    mask = torch.ones(3, 3, dtype=torch.bool).tril()
    half = attempt(lambda: output_of(layer.half(), x.half(), mask=mask))
    return [f"precise {precise}", half if isinstance(half, str) else str(half.dtype)]


MATHS = (
    test_projections,
    test_deterministic,
    test_input_unchanged,
    test_own_sample,
    test_weights_sum_to_one,
    test_token_mixing,
    test_one_head,
    test_head_scale,
    test_heads,
    test_cross_attention,
    test_mask_polarity,
    test_mask_shapes,
    test_large_scores,
    test_gradients,
)
