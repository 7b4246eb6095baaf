"""Hidden tests of GroupedQueryAttention, from the root cause outwards.

First what holds whatever the formula: projections of the right size, no dropout, samples apart,
a weighted average of values, and which tokens a token sees. Then as many KV heads as heads, where
this is multi-head attention; only then fewer, so that what fails there is the sharing itself: one
token alone gives its own values, whatever keys and scores are, and shows who shares with whom.

Projections are known by their names, which the contract gives. The smallest example stands first
in each test, with projections that are multiples of the identity: it is the one that hints tell.
"""

from collections.abc import Callable

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

NAMES = ("q_proj.weight", "k_proj.weight", "v_proj.weight", "o_proj.weight")
Weights = dict[str, Tensor]

OUTPUT_SHAPE = Bilingual(zh="输出的形状", en="output shape")


# ── Reference and examples ──────────────────────────────────────────────────────────────────


def shapes_of(d: int, num_heads: int, num_kv_heads: int) -> dict[str, tuple[int, int]]:
    """Return the shapes of the four weights."""
    few = num_kv_heads * (d // num_heads)
    return dict(zip(NAMES, ((d, d), (few, d), (few, d), (d, d)), strict=True))


def weights_of(layer: nn.Module) -> Weights:
    """Return copies of the four weights as float64 leaves."""
    found = dict(layer.named_parameters(remove_duplicate=False))
    missing = [name for name in NAMES if name not in found]
    if missing:
        none = Bilingual(zh=f"没有参数 {missing[0]}", en=f"there is no parameter {missing[0]}")
        raise CheckFailed(none.en, Evidence(None, "", none))
    return {name: found[name].detach().double().clone().requires_grad_() for name in NAMES}


def reference(weights: Weights, num_heads: int, x: Tensor, *, causal: bool = True) -> Tensor:
    """The definition in float64, one query head after the other."""
    queries, keys, values = (F.linear(x.double(), weights[name]) for name in NAMES[:3])
    width = x.shape[-1] // num_heads
    members = queries.shape[-1] // max(keys.shape[-1], 1)  # query heads to a KV head
    past = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool).tril()
    heads = []
    for head in range(num_heads):
        own = slice(head * width, (head + 1) * width)
        shared = slice(head // members * width, (head // members + 1) * width)
        scores = queries[..., own] @ keys[..., shared].mT / width**0.5
        if causal:
            scores = scores.masked_fill(~past, -torch.inf)
        heads.append(scores.softmax(-1) @ values[..., shared])
    return F.linear(torch.cat(heads, -1), weights["o_proj.weight"])


def plain(submission: Submission, d: int, num_heads: int, kv: int, **scales: float) -> nn.Module:
    """Build a float64 layer whose projections are multiples of the identity, 1 unless given.

    Those of keys and values keep the first features only, where there are fewer KV heads.
    """
    layer = submission.GroupedQueryAttention(d, num_heads, kv).double()
    with torch.no_grad():
        for name, parameter in layer.named_parameters(remove_duplicate=False):
            if name in NAMES and parameter.dim() == 2:
                scale = scales.get(name.removesuffix(".weight"), 1.0)
                parameter.copy_(torch.eye(*parameter.shape) * scale)
    return layer


def filled(submission: Submission, inputs: Inputs, d: int, num_heads: int, kv: int) -> nn.Module:
    """Build a float64 layer with random weights that keep scores below 30."""
    layer = submission.GroupedQueryAttention(d, num_heads, kv).double()
    drawn = {
        name: inputs.randn(*shape, scale=1.5 * d**-0.5)
        for name, shape in shapes_of(d, num_heads, kv).items()
    }
    with torch.no_grad():
        for name, parameter in layer.named_parameters(remove_duplicate=False):
            if name in drawn and parameter.shape == drawn[name].shape:
                parameter.copy_(drawn[name])
    return layer


def tokens(*rows: tuple[float, ...]) -> Tensor:
    """One sequence as (1, T, d)."""
    return torch.tensor([rows], dtype=torch.float64)


def output_of(layer: nn.Module, x: Tensor, *, causal: bool | None = None) -> Tensor:
    """Call on a copy, in case the submission writes into its argument."""
    y: Tensor = layer(x.clone()) if causal is None else layer(x.clone(), causal=causal)
    return y


def repeatable(layer: nn.Module, x: Tensor) -> bool:
    with torch.no_grad():
        first, second = (output_of(layer, x).nan_to_num() for _ in range(2))
    return bool(((first - second).abs() < TIGHT).all())


def compare(layer: nn.Module, num_heads: int, x: Tensor, what: Bilingual = OUTPUT) -> None:
    """Compare both settings of `causal` with the reference; without a mask first."""
    weights = weights_of(layer)
    for causal in (False, True):
        wanted = reference(weights, num_heads, x, causal=causal)
        got = output_of(layer, x, causal=causal)
        said = Bilingual(zh=f"{what.zh}，causal={causal}", en=f"{what.en}, causal={causal}")
        expect_close(got, wanted, atol=LOOSE, given=x, what=said)


def output_with(*sizes: int) -> Bilingual:
    name = f"GroupedQueryAttention{sizes}"
    return Bilingual(zh=f"{name} 的输出", en=f"output of {name}")


def numbers(values: Tensor) -> str:
    return f"[{', '.join(f'{one:.5g}' for one in values.flatten().tolist())}]"


def as_row(values: Tensor) -> Tensor:
    """Return tokens of width 1 as one row, so that all of them are shown."""
    return values.mT if values.dim() > 1 and values.shape[-1] == 1 else values


# ── Checks ──────────────────────────────────────────────────────────────────────────────────


def test_constructs(submission: Submission, inputs: Inputs) -> None:
    x = inputs.randn(2, 3, 8, dtype=torch.float32)
    for kv in (4, 2):
        y = submission.GroupedQueryAttention(8, 4, kv)(x)
        name = f"GroupedQueryAttention(8, 4, {kv})"
        given = Bilingual(zh=f"{name}，x 的形状 (2, 3, 8)", en=f"{name}, x of shape (2, 3, 8)")
        if not isinstance(y, Tensor):
            kind, wanted = type(y).__name__, Bilingual(zh="一个张量", en="one tensor")
            message = f"forward returns a {kind} and not one tensor"
            raise CheckFailed(message, Evidence(given, wanted, kind))
        expect_equal(tuple(y.shape), (2, 3, 8), what=OUTPUT_SHAPE, given=given)


def test_size_one(submission: Submission, inputs: Inputs) -> None:
    for shape, heads in (((1, 3, 4), 2), ((2, 1, 4), 2), ((1, 1, 4), 1), ((2, 3, 1), 1)):
        x = inputs.randn(*shape, dtype=torch.float32)
        y = submission.GroupedQueryAttention(shape[-1], heads, heads)(x)
        given = Bilingual(zh=f"x 的形状 {shape}", en=f"x of shape {shape}")
        expect_equal(tuple(y.shape), shape, what=OUTPUT_SHAPE, given=given)


def test_projections(submission: Submission, inputs: Inputs) -> None:
    for sizes in ((8, 4, 2), (8, 4, 1), (6, 3, 3)):
        layer = submission.GroupedQueryAttention(*sizes)
        given = f"GroupedQueryAttention{sizes}"
        found = {n: tuple(one.shape) for n, one in layer.named_parameters(remove_duplicate=False)}
        wanted = shapes_of(*sizes)
        for name in (*wanted, *found):
            what = Bilingual(zh=f"{name} 的形状", en=f"shape of {name}")
            if found.get(name) != wanted.get(name):
                seen = Evidence(given, or_none(wanted.get(name)), or_none(found.get(name)), what)
                raise CheckFailed(f"{what.en}: {found.get(name)}", seen)
        count = sum(one.numel() for one in layer.parameters() if one.requires_grad)
        expected = sum(rows * columns for rows, columns in wanted.values())
        what = Bilingual(zh="可训练的数", en="numbers to train")
        expect_equal(count, expected, what=what, given=given)
    layer = filled(submission, inputs, 4, 2, 2).eval()
    restored = submission.GroupedQueryAttention(4, 2, 2).double().eval()
    restored.load_state_dict(layer.state_dict())
    x = inputs.randn(2, 8, 4)
    if repeatable(layer, x):  # or it has dropout, which is the next check's business
        what = Bilingual(
            zh="存入 state_dict() 再恢复之后的输出", en="output after a state_dict() round trip"
        )
        before = output_of(layer, x)
        expect_close(output_of(restored, x), before, atol=LOOSE, given=x, what=what, itself=True)


def or_none(shape: tuple[int, ...] | None) -> Words:
    return Bilingual(zh="没有", en="none") if shape is None else str(shape)


def test_deterministic(submission: Submission, inputs: Inputs) -> None:
    # 2 · 2 · 36 weights that are not hidden: that dropout with p = 0.1 spares them all in both
    # calls has a chance of 1e-13.
    x = inputs.randn(2, 8, 4)
    layer, fresh = filled(submission, inputs, 4, 2, 2), filled(submission, inputs, 4, 2, 2)
    fresh.load_state_dict(layer.state_dict())
    first = output_of(layer.eval(), x)
    for mode in (False, True):
        given = x.clone()
        layer.train(mode)(given)
        name = "train()" if mode else "eval()"
        what = Bilingual(
            zh=f"{name} 下再次调用的输出（对照：eval() 下第一次）",
            en=f"output of another call, in {name} (against: the first, in eval())",
        )
        expect_close(output_of(layer, x), first, atol=LOOSE, given=x, what=what, itself=True)
        what = Bilingual(zh="调用之后的 x", en="x after the call")
        expect_close(given, x, atol=0.0, what=what)
    output_of(fresh, inputs.randn(1, 3, 4))
    what = Bilingual(
        zh="先用 3 个 token 调用，再用 8 个的输出（对照：只用 8 个）",
        en="output for 8 tokens, after a call with 3 (against: without that call)",
    )
    expect_close(output_of(fresh, x), first, atol=LOOSE, given=x, what=what, itself=True)


def test_own_sample(submission: Submission, inputs: Inputs) -> None:
    # A token alone in its sequence has nothing to attend to but itself. Whether what it then
    # gives is right is for later: it is compared with the submission's own output.
    layer, x = plain(submission, 1, 1, 1, q_proj=0.0), tokens((10,), (30,)).transpose(0, 1)
    own = torch.cat([output_of(layer, one[None], causal=False) for one in x])
    given = Bilingual(
        zh="两个样本，各有一个 token：[10, 30]（对照：各自单独传入）",
        en="two samples of one token each, [10, 30] (against: each by itself)",
    )
    together = output_of(layer, x, causal=False)
    if together.shape == own.shape:
        together, own = together.flatten(), own.flatten()
    expect_close(together, own, atol=LOOSE, given=given, itself=True)
    layer, x = filled(submission, inputs, 4, 2, 2), inputs.randn(3, 4, 4)
    changed = x.clone()
    changed[1] *= -10
    before, after = output_of(layer, x), output_of(layer, changed)
    what = Bilingual(
        zh="样本 1 乘以 −10 之后，其他样本的输出",
        en="output of the other samples, after sample 1 was multiplied by −10",
    )
    expect_close(after[::2], before[::2], atol=LOOSE, given=x[::2], what=what, itself=True)


def test_weights_sum_to_one(submission: Submission, inputs: Inputs) -> None:
    # The last feature is 1 in every token, and the values read nothing else: they are all the
    # same, and so is every average of them.
    small = (plain(submission, 2, 1, 1, o_proj=10.0), tokens((0, 1), (1, 1)))
    x = inputs.randn(2, 3, 4)
    x[..., -1] = 1.0
    for layer, given in (small, (filled(submission, inputs, 4, 1, 1), x)):
        with torch.no_grad():
            layer.q_proj.weight[:, -1] = 0.0
            layer.k_proj.weight[:, -1] = 0.0
            layer.v_proj.weight[:, :-1] = 0.0
            if given is small[1]:
                layer.v_proj.weight.copy_(torch.tensor([[0.0, 5.0], [0.0, 0.0]]))
        value = layer.v_proj.weight.detach()[:, -1]
        wanted = F.linear(value, layer.o_proj.weight.detach()).expand(given.shape)
        each = numbers(value)
        what = Bilingual(
            zh=f"每个 value 都是 {each} 时的输出", en=f"output where each value is {each}"
        )
        got = output_of(layer, given, causal=False)
        expect_close(got, wanted, atol=LOOSE, given=given, what=what)


def visible_means(zh: str, en: str) -> Bilingual:
    return Bilingual(
        zh=f"q_proj 为 0 时各 token 的输出，{zh}", en=f"outputs of the tokens at q_proj = 0, {en}"
    )


def test_causal(submission: Submission, inputs: Inputs) -> None:
    # One head of width 1 and queries of 0: each token gets the mean of the tokens it sees.
    for x in (tokens((10,), (30,), (50,)), inputs.randn(2, 5, 1)):
        layer = plain(submission, 1, 1, 1, q_proj=0.0)
        mean = x.cumsum(1) / torch.arange(1, x.shape[1] + 1)[:, None]
        for causal, what in (
            (None, visible_means("不传 causal", "without causal")),
            (True, visible_means("causal=True", "causal=True")),
        ):
            got = output_of(layer, x, causal=causal)
            expect_close(got.mT, mean.mT, atol=LOOSE, given=x.mT, what=what)
    # The same under scores that are not 0, for what is hidden only after the softmax.
    layer, x = filled(submission, inputs, 1, 1, 1), inputs.randn(2, 4, 1)
    changed = x.clone()
    changed[:, 2:] *= -10
    what = Bilingual(
        zh="token 2 和 3 乘以 −10 之后，前两个 token 的输出",
        en="outputs of the first two tokens, after tokens 2 and 3 were multiplied by −10",
    )
    got, kept = output_of(layer, changed)[:, :2], output_of(layer, x)[:, :2]
    expect_close(got.mT, kept.mT, atol=LOOSE, given=x[:, :2].mT, what=what, itself=True)


def test_not_causal(submission: Submission, inputs: Inputs) -> None:
    for x in (tokens((10,), (30,)), inputs.randn(2, 4, 1)):
        layer = plain(submission, 1, 1, 1, q_proj=0.0)
        mean = x.mean(1, keepdim=True).expand(x.shape)
        got = output_of(layer, x, causal=False)
        what = visible_means("causal=False", "causal=False")
        expect_close(got.mT, mean.mT, atol=LOOSE, given=x.mT, what=what)


def test_token_mixing(submission: Submission, inputs: Inputs) -> None:
    # With all queries 0 and nothing hidden, all tokens get the same, whatever heads do.
    layer, x = plain(submission, 2, 2, 2, q_proj=0.0), tokens((1, 2), (3, 4))
    y = output_of(layer, x, causal=False)
    what = Bilingual(
        zh="q_proj 为 0 时，第二个 token 的输出（对照：第一个的，应相同）",
        en="output of the second token at q_proj = 0 (against: that of the first, the same)",
    )
    given = "[1, 2], [3, 4]"
    expect_close(y[:, 1:], y[:, :1], atol=LOOSE, given=given, what=what, itself=True)
    what = Bilingual(
        zh="token 换了次序时的输出，已换回来（对照：原来的次序）",
        en="output for the tokens in another order, put back (against: in the first order)",
    )
    for layer, x in (
        (plain(submission, 2, 1, 1), tokens((1, 2), (3, 4))),
        (filled(submission, inputs, 4, 2, 2), inputs.randn(1, 3, 4)),
        (filled(submission, inputs, 4, 2, 2), inputs.randn(1, 4, 4)),
    ):
        turned = torch.arange(x.shape[1]).roll(1)
        y = output_of(layer, x, causal=False)
        back = output_of(layer, x[:, turned], causal=False)[:, turned.argsort()]
        expect_close(back, y, atol=LOOSE, given=x, what=what, itself=True)


def test_one_head(submission: Submission, inputs: Inputs) -> None:
    small = tokens((2, 0, 0, 0), (0, 0, 0, 0))
    compare(plain(submission, 4, 1, 1), 1, small, output_with(4, 1, 1))
    compare(filled(submission, inputs, 4, 1, 1), 1, inputs.randn(2, 3, 4), output_with(4, 1, 1))


def test_head_scale(submission: Submission, inputs: Inputs) -> None:
    # Each head reads the same numbers in every feature: how features are dealt does not matter.
    small = tokens((2, 2, 2, 2), (0, 0, 0, 0))
    for heads, x in ((4, small), (2, small), (2, inputs.randn(2, 3, 1).expand(2, 3, 4))):
        compare(plain(submission, 4, heads, heads), heads, x, output_with(4, heads, heads))


def test_heads(submission: Submission, inputs: Inputs) -> None:
    small = tokens((2, 2, 0, 0), (0, 0, 0, 0))
    compare(plain(submission, 4, 2, 2), 2, small, output_with(4, 2, 2))
    for d, heads in ((6, 2), (6, 3), (3, 3)):
        layer, x = filled(submission, inputs, d, heads, heads), inputs.randn(2, 3, d)
        compare(layer, heads, x, output_with(d, heads, heads))


def test_value_groups(submission: Submission, inputs: Inputs) -> None:
    # One token: its weight is 1, and each query head passes on the values of its KV head.
    for sizes, x in (
        ((4, 4, 2), tokens((1, 2, 3, 4))),
        ((8, 4, 2), tokens((1, 2, 3, 4, 5, 6, 7, 8))),
        ((6, 6, 3), inputs.randn(2, 1, 6)),
        ((6, 6, 2), inputs.randn(2, 1, 6)),
    ):
        layer = plain(submission, *sizes)
        wanted = reference(weights_of(layer), sizes[1], x)
        said = output_with(*sizes)
        what = Bilingual(zh=f"只有一个 token 时 {said.zh}", en=f"{said.en} for one token")
        expect_close(output_of(layer, x), wanted, atol=LOOSE, given=x, what=what)


def test_key_groups(submission: Submission, inputs: Inputs) -> None:
    # All values of a token are its last feature: only the scores tell the heads apart.
    layer, x = plain(submission, 4, 4, 2), tokens((4, 4, 4, 10), (0, 4, 0, 30))
    with torch.no_grad():
        layer.q_proj.weight.copy_(torch.tensor([[0.0, 1.0, 0.0, 0.0]] * 4))
        layer.v_proj.weight.copy_(torch.tensor([[0.0, 0.0, 0.0, 1.0]] * 2))
    compare(layer, 4, x, output_with(4, 4, 2))
    for sizes in ((8, 4, 2), (6, 6, 3), (6, 6, 2)):
        layer, x = filled(submission, inputs, *sizes), inputs.randn(2, 3, sizes[0])
        compare(layer, sizes[1], x, output_with(*sizes))


def test_multi_query(submission: Submission, inputs: Inputs) -> None:
    # As many samples as heads: without an axis for the heads, those of K would be samples.
    layer = plain(submission, 2, 2, 1, q_proj=0.0)
    x = tokens((10, 0), (30, 0)).transpose(0, 1)
    said = output_with(2, 2, 1)
    what = Bilingual(
        zh=f"两个样本各有一个 token 时 {said.zh}", en=f"{said.en} for two samples of one token"
    )
    compare(layer, 2, x, what)
    for sizes in ((4, 4, 1), (8, 4, 1)):
        layer, x = filled(submission, inputs, *sizes), inputs.randn(2, 3, sizes[0])
        compare(layer, sizes[1], x, output_with(*sizes))


def reading_two(submission: Submission, q_scale: float, k_scale: float) -> nn.Module:
    """Build one head of width 2: scores from the first feature, values from the second."""
    layer = plain(submission, 2, 1, 1)
    with torch.no_grad():
        layer.q_proj.weight.copy_(torch.tensor([[q_scale * 2**0.5, 0.0], [0.0, 0.0]]))
        layer.k_proj.weight.copy_(torch.tensor([[k_scale, 0.0], [0.0, 0.0]]))
        layer.v_proj.weight.copy_(torch.tensor([[0.0, 1.0], [0.0, 0.0]]))
    return layer


def test_large_scores(submission: Submission, inputs: Inputs) -> None:
    del inputs
    for layer, x, causal, given in (
        (
            reading_two(submission, 1000, 1),
            tokens((1, 1), (0.999, 2)),
            False,
            Bilingual(zh="分数 [1000, 999]，value [1, 2]", en="scores [1000, 999], values [1, 2]"),
        ),
        (
            reading_two(submission, 2e4, -1),
            tokens((1, 1), (0, 2)),
            True,
            Bilingual(
                zh="分数 [−20000, 0]，看不到第二个，value [1, 2]",
                en="scores [−20000, 0], the second hidden, values [1, 2]",
            ),
        ),
    ):
        wanted = reference(weights_of(layer), 1, x, causal=causal)[:, :1]
        got = output_of(layer, x, causal=causal)[:, :1]
        what = Bilingual(zh="第一个 token 的输出", en="output of the first token")
        expect_close(got, wanted, atol=LOOSE, given=given, what=what)


def test_gradients(submission: Submission, inputs: Inputs) -> None:
    second = Bilingual(
        zh="token [0, 1]，只取第二个输出", en="tokens [0, 1], the second output alone"
    )
    for layer, num_heads, x, given in (
        (plain(submission, 1, 1, 1), 1, tokens((0,), (1,)), second),
        (filled(submission, inputs, 8, 4, 2), 4, inputs.randn(2, 3, 8), with_random(8, 4, 2)),
        (filled(submission, inputs, 4, 4, 1), 4, inputs.randn(2, 3, 4), with_random(4, 4, 1)),
    ):
        # The smallest example asks for the last output alone.
        cotangent = tokens((0,), (1,)) if num_heads == 1 else inputs.randn(*x.shape)
        weights = weights_of(layer)
        ours, theirs = x.clone().requires_grad_(), x.clone().requires_grad_()
        (reference(weights, num_heads, ours) * cotangent).sum().backward()
        (layer(theirs) * cotangent).sum().backward()
        found = {"x": theirs} | dict(layer.named_parameters())
        for name, leaf in ({"x": ours} | weights).items():
            got, what = found[name].grad, Bilingual(zh=f"{name} 的梯度", en=f"gradient of {name}")
            wanted = as_row(leaf.grad)
            if got is None:
                seen = Evidence(given, numbers(wanted.flatten(0, -2)[0]), "None", what)
                raise CheckFailed(f"no gradient reaches {name}", seen)
            # A gradient sums up to 48 products of what LOOSE bounds for one output.
            expect_close(as_row(got), wanted, atol=10 * LOOSE, given=given, what=what)


def with_random(*sizes: int) -> Bilingual:
    name = f"GroupedQueryAttention{sizes}"
    return Bilingual(zh=f"{name}，x 随机", en=f"{name}, random x")


def test_indivisible(submission: Submission, inputs: Inputs) -> None:
    del inputs
    for sizes in ((8, 3, 1), (8, 4, 3), (8, 2, 4), (6, 4, 2)):
        call = f"GroupedQueryAttention{sizes}"
        if raises(lambda sizes=sizes: submission.GroupedQueryAttention(*sizes)) is None:
            wanted = Bilingual(zh="抛出异常", en="an exception")
            built = Bilingual(zh="构造成功", en="a module")
            raise CheckFailed(f"{call} raises nothing", Evidence(call, wanted, built))


def test_layouts(submission: Submission, inputs: Inputs) -> None:
    layer = filled(submission, inputs, 4, 4, 2)
    wide = inputs.randn(3, 2, 8)
    for zh, en, x in (
        ("转置得到的 x", "x transposed", wide[..., :4].transpose(0, 1)),
        ("每隔一个特征取一个的 x", "x of every second feature", wide[..., ::2]),
        ("一个样本 expand 成的 x", "x expanded from one sample", wide[:1, :, :4].expand(3, -1, -1)),
        ("没有样本的 x", "x without a sample", wide[:0, :, :4]),
    ):
        copied = x.clone(memory_format=torch.contiguous_format)
        wanted = reference(weights_of(layer), 4, copied)
        given = Bilingual(zh=f"{zh}：{tuple(x.shape)}", en=f"{en}: {tuple(x.shape)}")
        expect_close(layer(x), wanted, atol=LOOSE, given=given)


def test_precision(submission: Submission, inputs: Inputs) -> None:
    layer, x = filled(submission, inputs, 8, 4, 2), inputs.randn(2, 3, 8)
    expect_precise(output_of(layer, x), reference(weights_of(layer), 4, x))
    for dtype in (torch.bfloat16, torch.float16):
        layer, x = gentle(submission, inputs, dtype), inputs.randn(2, 3, 8, dtype=dtype)
        y = output_of(layer, x)
        what = Bilingual(zh="输出的 dtype", en="output dtype")
        expect_equal(y.dtype, dtype, what=what, given=both_in(dtype))
        exact = reference(weights_of(layer), 4, x)
        # Seven results are rounded on the way, each by at most eps/2 of its size: q, k, scores,
        # weights, v, heads, output. Scores stay near 1, so their errors enter the weights as
        # they are; as a random walk, √7 · eps/2 ≈ 1.3 eps of the largest number. Measured over
        # 2000 seeds: below 0.9 eps · (1 + max|y|).
        bound = 4 * torch.finfo(dtype).eps * (1 + float(exact.abs().max()))
        expect_close(y, exact, atol=bound, given=both_in(dtype))


def both_in(dtype: torch.dtype) -> Bilingual:
    name = dtype_name(dtype)
    return Bilingual(zh=f"模块和 x 都是 {name}", en=f"module and x in {name}")


def expect_precise(y: Tensor, wanted: Tensor) -> None:
    """Require `wanted` within TIGHT, and show the error: no five digits of both would differ."""
    given = both_in(torch.float64)
    expect_close(y, wanted, atol=LOOSE, given=given)
    error = float((y.double() - wanted).abs().max())
    if not error <= TIGHT:
        allowed = Bilingual(zh="误差不超过 1e-10", en="an error of 1e-10 at most")
        found = Bilingual(zh=f"误差 {error:.2g}", en=f"an error of {error:.2g}")
        raise CheckFailed(f"off by {error:.2g}", Evidence(given, allowed, found))


def gentle(submission: Submission, inputs: Inputs, dtype: torch.dtype) -> nn.Module:
    """Build a layer in `dtype` with weights that keep scores near 1."""
    layer = filled(submission, inputs, 8, 4, 2)
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.mul_(0.5)
    return layer.to(dtype)


# ── Probes: what a submission computes, to be compared with each wrong implementation ─────────


def attempt(call: Callable[[], Tensor]) -> Tensor | str:
    try:
        return call()
    except Exception:  # noqa: BLE001 - how it fails depends on how the mistake is written
        return "raises"


def settled(layer: nn.Module, x: Tensor, *, causal: bool | None = None) -> Tensor | str:
    with torch.no_grad():
        return attempt(lambda: output_of(layer.eval(), x, causal=causal))


def known(submission: Submission, inputs: Inputs, d: int, num_heads: int, kv: int) -> nn.Module:
    """Fill a layer whose outputs can be compared.

    They cannot where parameters are not those of the contract, since the submission's own initial
    values are random, nor where two calls in eval() differ.
    """
    layer = filled(submission, inputs, d, num_heads, kv)
    found = {n: tuple(one.shape) for n, one in layer.named_parameters(remove_duplicate=False)}
    expect(found == shapes_of(d, num_heads, kv), "other parameters")
    # One KV head for each: what is wrong with fewer must not raise here.
    plainest = filled(submission, inputs, 4, 2, 2).eval()
    expect(repeatable(plainest, inputs.randn(2, 8, 4)), "two calls differ")
    return layer


def probe_parameters(submission: Submission, inputs: Inputs) -> str:
    del inputs
    described = []
    for sizes in ((8, 4, 2), (12, 6, 2)):
        layer = submission.GroupedQueryAttention(*sizes)
        shapes = {n: tuple(one.shape) for n, one in layer.named_parameters(remove_duplicate=False)}
        biases = sum(name.endswith("bias") for name in shapes)
        count = sum(one.numel() for one in layer.parameters())
        described += [str(shapes.get(name)) for name in NAMES] + [f"{biases} biases, {count}"]
    return ", ".join(described)


def probe_output(submission: Submission, inputs: Inputs) -> str:
    y = submission.GroupedQueryAttention(4, 2, 2)(inputs.randn(1, 2, 4, dtype=torch.float32))
    return str(tuple(y.shape)) if isinstance(y, Tensor) else type(y).__name__


def probe_repeatable(submission: Submission, inputs: Inputs) -> str:
    layer, x = filled(submission, inputs, 4, 2, 2), inputs.randn(2, 8, 4)
    return f"eval {repeatable(layer.eval(), x)}, train {repeatable(layer.train(), x)}"


def probe_memory(submission: Submission, inputs: Inputs) -> tuple[Tensor | str, ...]:
    layer = known(submission, inputs, 4, 2, 2)
    return tuple(settled(layer, inputs.randn(1, length, 4)) for length in (2, 1, 4, 3))


def probe_formula(submission: Submission, inputs: Inputs) -> tuple[Tensor | str, ...]:
    found = []
    for sizes in ((6, 1, 1), (6, 2, 2), (6, 3, 3)):
        layer, x = known(submission, inputs, *sizes), inputs.randn(3, 4, 6)
        found += [settled(layer, x, causal=causal) for causal in (False, True, None)]
    return tuple(found)


def probe_groups(submission: Submission, inputs: Inputs) -> tuple[Tensor | str, ...]:
    found = []
    for sizes in ((8, 4, 2), (6, 6, 2), (6, 6, 3), (4, 4, 1)):
        layer, x = known(submission, inputs, *sizes), inputs.randn(3, 4, sizes[0])
        found += [settled(layer, x, causal=causal) for causal in (False, True)]
    return tuple(found)


def probe_large_scores(submission: Submission, inputs: Inputs) -> tuple[Tensor | str, ...]:
    known(submission, inputs, 2, 1, 1)
    overflowing = settled(reading_two(submission, 1000, 1), tokens((1, 1), (0.999, 2)))
    leaking = settled(reading_two(submission, 2e4, -1), tokens((1, 1), (0, 2)))
    return overflowing, leaking


def probe_gradients(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    layer, x = known(submission, inputs, 4, 2, 2), inputs.randn(2, 3, 4).requires_grad_()
    (layer.eval()(x) * inputs.randn(2, 3, 4)).sum().backward()
    leaves = [x, *(layer.get_parameter(name) for name in NAMES)]
    return tuple(torch.zeros(1) if one.grad is None else one.grad for one in leaves)


def probe_edges(submission: Submission, inputs: Inputs) -> tuple[Tensor | str, ...]:
    """Tell edges and dtypes apart, unless the maths is wrong already.

    So the careless and the careful version of one mathematical mistake give the same answers.
    """
    for number, check in enumerate(MATHS):
        if raises(lambda check=check, n=number: check(submission, Inputs(n, "maths"))):
            return ("wrong before",)
    checked = [
        "runs" if raises(lambda s=s: submission.GroupedQueryAttention(*s)) is None else "raises"
        for s in ((8, 4, 3), (8, 3, 1))
    ]
    layer, x = known(submission, inputs, 4, 4, 2), inputs.randn(2, 3, 4)
    turned = attempt(lambda: layer(x.transpose(0, 1)).detach())
    empty = attempt(lambda: layer(x[:0]).detach())
    exact = reference(weights_of(layer), 4, x)
    precise = bool(((output_of(layer, x) - exact).abs() < TIGHT).all())
    half = attempt(lambda: output_of(layer.half(), x.half()))
    dtype = half if isinstance(half, str) else str(half.dtype)
    return (*checked, turned, empty, f"precise {precise}", dtype)


MATHS = (
    test_projections,
    test_deterministic,
    test_own_sample,
    test_weights_sum_to_one,
    test_causal,
    test_not_causal,
    test_token_mixing,
    test_one_head,
    test_head_scale,
    test_heads,
    test_value_groups,
    test_key_groups,
    test_multi_query,
    test_large_scores,
    test_gradients,
)
