"""Hidden tests of CachedAttention, from the root cause outwards.

The contract names the four projections, so a check can fill them as it likes, and most of them
isolate one step that way: with W_q = 0 every visible key weighs the same, and an output is the
mean of the values seen, whatever rotation and scale do; keys that live in a slow pair, or stand
where the query stands, show the scale whatever the rotation does. First comes what one pass puts
into the cache, then what it makes of it, then what the next call does, then the edges.
"""

from collections.abc import Callable

import torch
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
    raises,
)

Cache = tuple[Tensor, Tensor]
BASE = 10000.0
NAMES = ("q", "k", "v", "o")

# All comparisons are in float64, but angles may be computed in float32: at a position below 8
# they are off by 8 · 2 · 2⁻²⁴ ≈ 1e-6, a score by |q||k|/√d_h ≲ 10 times that, an output by
# 1e-5 · |v|, below 1e-4. The examples that come first in each check are off by 8e-3 at least
# where the mistake they look for is made.
LOOSE = 1e-4


def rotated(x: Tensor, start: int = 0) -> Tensor:
    """RoPE with complex numbers: the pair (2i, 2i + 1) times e^(j p θ_i)."""
    length, dim = x.shape[-2:]
    position = torch.arange(start, start + length, dtype=torch.float64)
    theta = BASE ** (-torch.arange(0, dim, 2, dtype=torch.float64) / dim)
    angle = torch.outer(position, theta)
    pairs = torch.complex(x[..., 0::2].double(), x[..., 1::2].double())
    turned = pairs * torch.polar(torch.ones_like(angle), angle)
    return torch.view_as_real(turned).flatten(-2)


def split(x: Tensor, heads: int) -> Tensor:
    """(B, T, d) -> (B, H, T, d_h)."""
    return x.reshape(*x.shape[:2], heads, -1).transpose(1, 2)


def reference(
    x: Tensor, weights: dict[str, Tensor], heads: int, cache: Cache | None = None
) -> tuple[Tensor, Cache]:
    """The definition, in float64."""
    past = 0 if cache is None else cache[0].shape[2]
    q, k, v = (split(x @ weights[name].T, heads) for name in "qkv")
    q, k = rotated(q, past), rotated(k, past)
    if cache is not None:
        k, v = torch.cat((cache[0], k), dim=2), torch.cat((cache[1], v), dim=2)
    query = past + torch.arange(x.shape[1])
    hidden = torch.arange(k.shape[2]) > query[:, None]
    scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
    seen = scores.masked_fill(hidden, -torch.inf).softmax(-1) @ v
    return seen.transpose(1, 2).flatten(2) @ weights["o"].T, (k, v)


def rows(*values: tuple[float, ...]) -> Tensor:
    """One sequence, (1, T, d), in float64."""
    return torch.tensor([values], dtype=torch.float64)


def build(submission: Submission, d: int, heads: int, **weights: Tensor) -> nn.Module:
    """Build a float64 layer whose projections are the identity, but for those given.

    Other parameters should not be there; all 0.5, they show and are the same in every run.
    """
    layer: nn.Module = submission.CachedAttention(d, heads).double()
    named = dict(layer.named_parameters())
    with torch.no_grad():
        for one in named.values():
            one.fill_(0.5)
        for name in NAMES:
            named[f"{name}_proj.weight"].copy_(weights.get(name, torch.eye(d)))
    return layer


def random_weights(inputs: Inputs, d: int, scale: float = 1.0) -> dict[str, Tensor]:
    """Weights that keep the scale of what they project: entries of variance 1 / d."""
    return {name: inputs.randn(d, d, scale=scale * d**-0.5) for name in NAMES}


def call(layer: nn.Module, x: Tensor, cache: Cache | None = None) -> tuple[Tensor, Cache]:
    """Call a layer, and require that it returns (y, (k, v))."""
    told = layer(x) if cache is None else layer(x, cache)
    match told:
        case (Tensor() as y, (Tensor() as k, Tensor() as v)):
            return y, (k, v)
    given = Bilingual(zh=f"x 的形状 {tuple(x.shape)}", en=f"x of shape {tuple(x.shape)}")
    what = Bilingual(zh="forward 的返回值", en="what forward returns")
    seen = Evidence(given, "(y, (k, v))", _describe(told), what)
    raise CheckFailed(f"forward returned {_describe(told)}, expected (y, (k, v))", seen)


def _describe(told: object) -> str:
    if isinstance(told, tuple | list):
        return f"({', '.join(map(_describe, told))})"
    return f"Tensor {tuple(told.shape)}" if isinstance(told, Tensor) else type(told).__name__


def feed(layer: nn.Module, x: Tensor, *sizes: int) -> tuple[list[Tensor], Cache]:
    """Feed x in pieces of these sizes; return the output of each, and the last cache."""
    outputs: list[Tensor] = []
    cache: Cache | None = None
    for piece in x.split(sizes, dim=1):
        y, cache = call(layer, piece.clone(), cache)
        outputs.append(y)
    if cache is None:
        raise ValueError(sizes)
    return outputs, cache


# ── What one pass puts into the cache ───────────────────────────────────────────────────────


def test_constructs(submission: Submission, inputs: Inputs) -> None:
    layer = submission.CachedAttention(8, 2)
    y, (k, v) = call(layer, inputs.randn(2, 3, 8, dtype=torch.float32))
    given = Bilingual(
        zh="CachedAttention(8, 2)，x 的形状 (2, 3, 8)",
        en="CachedAttention(8, 2), x of shape (2, 3, 8)",
    )
    wanted = (("y", y, (2, 3, 8)), ("k", k, (2, 2, 3, 4)), ("v", v, (2, 2, 3, 4)))
    for name, found, shape in wanted:
        expect_equal(tuple(found.shape), shape, what=shape_of(name), given=given)


def shape_of(name: str) -> Bilingual:
    return Bilingual(zh=f"{name} 的形状", en=f"shape of {name}")


def test_projections(submission: Submission, inputs: Inputs) -> None:
    del inputs
    layer = submission.CachedAttention(8, 2)
    found = {name: tuple(one.shape) for name, one in sorted(layer.named_parameters())}
    wanted = {f"{name}_proj.weight": (8, 8) for name in sorted(NAMES)}
    what = Bilingual(zh="参数", en="parameters")
    expect_equal(found, wanted, what=what, given="CachedAttention(8, 2)")
    frozen = [name for name, one in layer.named_parameters() if not one.requires_grad]
    what = Bilingual(zh="不可训练的参数", en="parameters that cannot be trained")
    expect_equal(frozen, [], what=what)
    missing = sorted(set(wanted) - set(layer.state_dict()))
    what = Bilingual(zh="state_dict() 里缺少的权重", en="weights missing from state_dict()")
    expect_equal(missing, [], what=what)


def test_cached_values(submission: Submission, inputs: Inputs) -> None:
    x = rows((1, 2, 3, 4), (5, 6, 7, 8))
    _, (_, v) = call(build(submission, 4, 2, k=2 * torch.eye(4)), x.clone())
    given = "x = (1, 2, 3, 4), (5, 6, 7, 8); W_v = I, W_k = 2·I"
    for head in range(2):
        for token, wanted in enumerate(x[0, :, 2 * head : 2 * head + 2]):
            what = Bilingual(
                zh=f"第 {head} 个头里第 {token} 个 token 的 v",
                en=f"v of head {head}, token {token}",
            )
            expect_close(v[0, head, token], wanted, atol=LOOSE, given=given, what=what)
    weights = random_weights(inputs, 8)
    x = inputs.randn(2, 3, 8)
    _, (_, v) = call(build(submission, 8, 2, **weights), x.clone())
    what = Bilingual(zh="权重随机时的 v", en="v at random weights")
    expect_close(v, split(x @ weights["v"].T, 2), atol=LOOSE, what=what)


def test_rotation(submission: Submission, inputs: Inputs) -> None:
    x = rows((1, 0), (1, 0), (1, 0))
    _, (k, _) = call(build(submission, 2, 1), x.clone())
    for position, wanted in enumerate(rotated(x)[0]):
        given = "x = (1, 0), (1, 0), (1, 0); W_k = I"
        expect_close(k[0, 0, position], wanted, atol=LOOSE, given=given, what=key_of(position))
    weights = random_weights(inputs, 2)
    x = inputs.randn(2, 4, 2)
    _, (k, _) = call(build(submission, 2, 1, **weights), x.clone())
    wanted = rotated(split(x @ weights["k"].T, 1))
    what = Bilingual(
        zh="权重随机时缓存的 key，d_h = 2", en="cached keys at random weights, d_h = 2"
    )
    expect_close(k, wanted, atol=LOOSE, what=what)


def key_of(position: int) -> Bilingual:
    return Bilingual(zh=f"位置 {position} 上缓存的 key", en=f"cached key at position {position}")


def test_frequencies(submission: Submission, inputs: Inputs) -> None:
    x = rows((1, 0, 1, 0), (1, 0, 1, 0))
    _, (k, _) = call(build(submission, 4, 1), x.clone())
    given = Bilingual(
        zh="x = (1, 0, 1, 0), (1, 0, 1, 0)；W_k = I，1 个头",
        en="x = (1, 0, 1, 0), (1, 0, 1, 0); W_k = I, 1 head",
    )
    expect_close(k[0, 0, 1], rotated(x)[0, 1], atol=LOOSE, given=given, what=key_of(1))
    x = torch.cat((x, x), dim=2)
    _, (k, _) = call(build(submission, 8, 2), x.clone())
    for head, wanted in enumerate(rotated(split(x, 2))[0]):
        given = Bilingual(
            zh="x 在每个头里都是 (1, 0, 1, 0)；W_k = I，2 个头",
            en="x is (1, 0, 1, 0) in each head; W_k = I, 2 heads",
        )
        what = Bilingual(
            zh=f"第 {head} 个头在位置 1 上缓存的 key", en=f"cached key of head {head} at position 1"
        )
        expect_close(k[0, head, 1], wanted[1], atol=LOOSE, given=given, what=what)
    weights = random_weights(inputs, 16)
    x = inputs.randn(2, 5, 16)
    _, (k, _) = call(build(submission, 16, 2, **weights), x.clone())
    wanted = rotated(split(x @ weights["k"].T, 2))
    what = Bilingual(
        zh="权重随机时缓存的 key，d_h = 8", en="cached keys at random weights, d_h = 8"
    )
    expect_close(k, wanted, atol=LOOSE, what=what)


# ── What one pass makes of it ───────────────────────────────────────────────────────────────


def means(x: Tensor) -> Tensor:
    """What causal attention gives where all scores are equal: means of the values so far."""
    count = torch.arange(1, x.shape[1] + 1, dtype=torch.float64)
    return x.cumsum(dim=1) / count[:, None]


def expect_means(y: Tensor, x: Tensor, how: Bilingual) -> None:
    """Require the means of x, first of dimension 0, where one row shows all tokens."""
    wanted = means(x)
    if y.shape == x.shape:
        what = Bilingual(
            zh=f"{how.zh}，各个 token 的第 0 维（W_q = 0，其余权重为 I）",
            en=f"dimension 0 of each output, {how.en} (W_q = 0, other weights I)",
        )
        expect_close(y[..., 0], wanted[..., 0], atol=LOOSE, given=x[..., 0], what=what)
    what = Bilingual(
        zh=f"{how.zh}（W_q = 0，其余权重为 I）", en=f"output, {how.en} (W_q = 0, other weights I)"
    )
    expect_close(y, wanted, atol=LOOSE, given=x, what=what)


def test_causal(submission: Submission, inputs: Inputs) -> None:
    layer = build(submission, 2, 1, q=torch.zeros(2, 2))
    for x in (rows((1, 0), (3, 0), (8, 0)), inputs.randn(2, 5, 2)):
        y, _ = call(layer, x.clone())
        expect_means(y, x, Bilingual(zh="一次送入的输出", en="fed in one pass"))


def test_output_projection(submission: Submission, inputs: Inputs) -> None:
    x = rows((1, 2, 3, 4))
    y, _ = call(build(submission, 4, 2, o=2 * torch.eye(4)), x.clone())
    what = Bilingual(
        zh="W_o = 2·I、只有一个 token 时的输出", en="output of a single token, where W_o = 2·I"
    )
    expect_close(y, 2 * x, atol=LOOSE, given=x, what=what)
    x = rows((1, 2, 3, 4), (5, 0, 1, 2))
    y, _ = call(build(submission, 4, 2, q=torch.zeros(4, 4)), x.clone())
    given = Bilingual(
        zh="x = (1, 2, 3, 4), (5, 0, 1, 2)；W_q = 0，其余权重为 I，2 个头",
        en="x = (1, 2, 3, 4), (5, 0, 1, 2); W_q = 0, other weights I, 2 heads",
    )
    for token in range(2):
        wanted = means(x)[0, token]
        expect_close(y[0, token], wanted, atol=LOOSE, given=given, what=output_of(token))
    weights = random_weights(inputs, 8) | {"q": torch.zeros(8, 8, dtype=torch.float64)}
    x = inputs.randn(2, 4, 8)
    y, _ = call(build(submission, 8, 2, **weights), x.clone())
    wanted, _ = reference(x, weights, 2)
    what = Bilingual(
        zh="W_q = 0、其余权重随机时的输出", en="output at W_q = 0 and other weights random"
    )
    expect_close(y, wanted, atol=LOOSE, given=x, what=what)


def output_of(token: int) -> Bilingual:
    return Bilingual(zh=f"第 {token} 个 token 的输出", en=f"output of token {token}")


def test_scale(submission: Submission, inputs: Inputs) -> None:
    layer = build(submission, 8, 2)
    weights = {name: torch.eye(8, dtype=torch.float64) for name in NAMES}
    example = torch.tensor([0.0, 2.0], dtype=torch.float64)
    for values in (example, *inputs.uniform(2, 2, low=-2, high=2)):
        # Only dimension 2 of each head: its pair turns by 0.01 a position, and a query that is
        # not turned is off by 1 − cos 0.01 = 5e-5 of a score of 4, which is not our business.
        x = torch.zeros(1, 2, 8, dtype=torch.float64)
        x[0, :, 2] = x[0, :, 6] = values
        y, _ = call(layer, x.clone())
        wanted, _ = reference(x, weights, 2)
        first, second = (f"{one:.5g}" for one in values)
        given = Bilingual(
            zh=f"两个 token 在每个头的第 2 维上是 {first} 和 {second}，其余维为 0；权重都是 I",
            en=f"two tokens, {first} and {second} in dimension 2 of each head; all weights I",
        )
        expect_close(y[0, 1], wanted[0, 1], atol=1e-3, given=given, what=output_of(1))


def test_queries_rotated(submission: Submission, inputs: Inputs) -> None:
    x = rows((2, 0), (0, 2))
    y, _ = call(build(submission, 2, 1), x.clone())
    eye = {name: torch.eye(2, dtype=torch.float64) for name in NAMES}
    given = Bilingual(zh="x = (2, 0), (0, 2)；权重都是 I", en="x = (2, 0), (0, 2); all weights I")
    wanted = reference(x, eye, 1)[0]
    expect_close(y[0, 1], wanted[0, 1], atol=LOOSE, given=given, what=output_of(1))
    for d, heads, length in ((8, 2, 5), (6, 3, 4)):
        weights = random_weights(inputs, d)
        x = inputs.randn(2, length, d)
        y, _ = call(build(submission, d, heads, **weights), x.clone())
        wanted, _ = reference(x, weights, heads)
        what = Bilingual(zh="权重随机、一次送入时的输出", en="output of one pass at random weights")
        expect_close(y, wanted, atol=LOOSE, given=x, what=what)


# ── What the next call does ─────────────────────────────────────────────────────────────────


def test_cache_grows(submission: Submission, inputs: Inputs) -> None:
    eye = {name: torch.eye(2, dtype=torch.float64) for name in NAMES}
    example = rows((1, 0), (0, 1), (2, 0))
    for heads, x, weights in (
        (1, example, eye),
        (2, inputs.randn(2, 4, 8), random_weights(inputs, 8)),
    ):
        past = x.shape[1] - 1
        layer = build(submission, x.shape[-1], heads, **weights)
        _, old = call(layer, x[:, :past].clone())
        kept = [one.clone() for one in old]
        _, new = call(layer, x[:, past:].clone(), old)
        for name, before, after in zip("kv", kept, new, strict=True):
            shape = (*before.shape[:2], past + 1, before.shape[3])
            given = Bilingual(
                zh=f"缓存里有 {past} 个 token，新送入 1 个",
                en=f"a cache of {past} tokens, and 1 new",
            )
            expect_equal(tuple(after.shape), shape, what=shape_of(name), given=given)
        if heads == 1:
            given = Bilingual(
                zh="先送 (1, 0), (0, 1)，再送 (2, 0)；权重都是 I",
                en="(1, 0), (0, 1), then (2, 0); all weights I",
            )
        whole = split(x @ weights["v"].T, heads)
        for token in range(past + 1):
            what = Bilingual(zh=f"v 的第 {token} 项", en=f"entry {token} of v")
            expect_close(
                new[1][:, :, token], whole[:, :, token], atol=LOOSE, given=given, what=what
            )
        # What is in there may be as wrong: that it stays as it was is all that is asked here.
        for token in range(past):
            what = Bilingual(
                zh=f"k 的第 {token} 项（对照：上一次返回的）",
                en=f"entry {token} of k (against: as returned before)",
            )
            own, found = kept[0][:, :, token], new[0][:, :, token]
            expect_close(found, own, atol=LOOSE, given=given, what=what, itself=True)


def test_positions_continue(submission: Submission, inputs: Inputs) -> None:
    x = rows((1, 0), (1, 0), (1, 0), (1, 0))
    _, (k, _) = feed(build(submission, 2, 1), x, 2, 1, 1)
    given = Bilingual(
        zh="4 个 token 都是 (1, 0)，按 2 + 1 + 1 送入；W_k = I",
        en="4 tokens (1, 0), fed as 2 + 1 + 1; W_k = I",
    )
    for position in (2, 3):
        wanted = rotated(x)[0, position]
        expect_close(k[0, 0, position], wanted, atol=LOOSE, given=given, what=key_of(position))
    weights = random_weights(inputs, 8)
    x = inputs.randn(2, 5, 8)
    _, (k, _) = feed(build(submission, 8, 2, **weights), x, 4, 1)
    wanted = rotated(split(x @ weights["k"].T, 2))
    what = Bilingual(
        zh="权重随机、按 4 + 1 送入时缓存的 key", en="cached keys at random weights, fed as 4 + 1"
    )
    expect_close(k, wanted, atol=LOOSE, what=what)


def means_agree(submission: Submission, values: list[int], *sizes: int) -> None:
    """Feed pieces to a layer whose scores are all equal: only the mask and the order count."""
    x = rows(*[(value, 0) for value in values])
    outputs, (k, _) = feed(build(submission, 2, 1, q=torch.zeros(2, 2)), x, *sizes)
    fed = " + ".join(map(str, sizes))
    how = Bilingual(zh=f"按 {fed} 送入的输出", en=f"fed as {fed}")
    expect_means(torch.cat(outputs, dim=1), x, how)
    for token, wanted in enumerate(rotated(x)[0]):
        given = Bilingual(
            zh=f"这个 token 是 ({values[token]}, 0)，按 {fed} 送入；W_k = I",
            en=f"the token is ({values[token]}, 0), fed as {fed}; W_k = I",
        )
        expect_close(k[0, 0, token], wanted, atol=LOOSE, given=given, what=key_of(token))


def pieces_agree(submission: Submission, inputs: Inputs, *sizes: int) -> None:
    """Require of random weights that pieces give what one pass gives."""
    weights = random_weights(inputs, 8)
    x = inputs.randn(2, sum(sizes), 8)
    outputs, _ = feed(build(submission, 8, 2, **weights), x, *sizes)
    wanted, _ = reference(x, weights, 2)
    fed = " + ".join(map(str, sizes))
    what = Bilingual(
        zh=f"权重随机、按 {fed} 送入时的输出", en=f"output at random weights, fed as {fed}"
    )
    expect_close(torch.cat(outputs, dim=1), wanted, atol=LOOSE, given=x, what=what)


def test_token_by_token(submission: Submission, inputs: Inputs) -> None:
    means_agree(submission, [1, 3, 8], 1, 1, 1)
    x = rows((2, 0), (0, 2))
    eye = {name: torch.eye(2, dtype=torch.float64) for name in NAMES}
    wanted, _ = reference(x, eye, 1)
    outputs, _ = feed(build(submission, 2, 1), x, 1, 1)
    given = Bilingual(
        zh="x = (2, 0), (0, 2)，按 1 + 1 送入；权重都是 I",
        en="x = (2, 0), (0, 2), fed as 1 + 1; all weights I",
    )
    expect_close(outputs[1][0, 0], wanted[0, 1], atol=LOOSE, given=given, what=output_of(1))
    pieces_agree(submission, inputs, 2, 1, 1)


def test_chunked_prefill(submission: Submission, inputs: Inputs) -> None:
    means_agree(submission, [1, 2, 3, 4, 5, 6], 3, 3)
    pieces_agree(submission, inputs, 3, 3)
    pieces_agree(submission, inputs, 2, 3, 1)


def test_reusable_cache(submission: Submission, inputs: Inputs) -> None:
    weights = random_weights(inputs, 8)
    layer, other = (build(submission, 8, 2, **weights) for _ in range(2))
    prompt = inputs.randn(1, 3, 8)
    _, cache = call(layer, prompt.clone())
    kept = [one.clone() for one in cache]

    def continues(which: nn.Module, zh: str, en: str) -> None:
        x = inputs.randn(1, 1, 8)
        given = x.clone()
        y, _ = call(which, given, cache)
        expect_close(given, x, atol=0.0, what=after_call("x"))
        for name, before, after in zip("kv", kept, cache, strict=True):
            expect_close(after, before, atol=0.0, what=after_call(name))
        wanted = reference(torch.cat((prompt, x), dim=1), weights, 2)[0][:, -1:]
        expect_close(y, wanted, atol=LOOSE, given=x, what=Bilingual(zh=zh, en=en))

    continues(layer, "第一次续写同一个缓存的输出", "output of a first continuation of a cache")
    continues(layer, "第二次续写同一个缓存的输出", "output of a second continuation of the cache")
    call(layer, inputs.randn(1, 2, 8))
    continues(
        layer,
        "送入过别的序列之后，再续写这个缓存的输出",
        "output of a continuation, after another sequence was fed",
    )
    continues(
        other,
        "由权重相同的另一个模块续写的输出",
        "output of a continuation by another layer with the same weights",
    )


def after_call(name: str) -> Bilingual:
    if name == "x":
        return Bilingual(zh="调用之后，调用者的 x", en="the caller's x after the call")
    return Bilingual(
        zh=f"调用之后，传入的缓存里的 {name}", en=f"{name} of the given cache after the call"
    )


def test_gradients(submission: Submission, inputs: Inputs) -> None:
    for past, new in ((0, 4), (3, 1)):
        weights = random_weights(inputs, 8)
        layer = build(submission, 8, 2, **weights)
        cache: Cache | None = None
        if past:
            _, (k, v) = reference(inputs.randn(2, past, 8), weights, 2)
            cache = k.contiguous(), v.contiguous()
        x = inputs.randn(2, new, 8).requires_grad_()
        ours = x.detach().clone().requires_grad_()
        leaves = {name: one.clone().requires_grad_() for name, one in weights.items()}
        cotangent = inputs.randn(2, new, 8)
        y, _ = call(layer, x, cache)
        said = Bilingual(zh="y 不带梯度：计算图断了", en="y carries no gradient: the graph is cut")
        expect(y.requires_grad, said)
        (y * cotangent).sum().backward()
        (reference(ours, leaves, 2, cache)[0] * cotangent).sum().backward()
        named = dict(layer.named_parameters())
        pairs = [(f"W_{name}", named[f"{name}_proj.weight"], leaves[name]) for name in "vkqo"]
        given = Bilingual(
            zh=f"缓存里有 {past} 个 token，新送入 {new} 个；权重随机",
            en=f"a cache of {past} tokens, and {new} new; random weights",
        )
        for name, actual, expected in [*pairs, ("x", x, ours)]:
            wanted = expected.grad
            if wanted is None:
                raise ValueError(name)
            what = Bilingual(zh=f"{name} 的梯度", en=f"gradient of {name}")
            if actual.grad is None:
                some = Bilingual(zh="有梯度", en="a gradient")
                raise CheckFailed(f"{what.en}: there is none", Evidence(given, some, "None", what))
            worst = LOOSE * (1 + float(wanted.abs().max()))
            expect_close(actual.grad, wanted, atol=worst, given=given, what=what)


# ── The edges ───────────────────────────────────────────────────────────────────────────────


def test_keeps_dtype(submission: Submission, inputs: Inputs) -> None:
    for dtype in (torch.float64, torch.bfloat16, torch.float16):
        layer = submission.CachedAttention(8, 2).to(dtype)
        named = dict(layer.named_parameters())
        with torch.no_grad():
            for one in named.values():
                one.copy_(inputs.randn(8, 8, scale=0.2))
        weights = {name: named[f"{name}_proj.weight"].detach().double() for name in NAMES}
        x = inputs.randn(2, 4, 8, dtype=dtype)
        kind = dtype_name(dtype)
        given = Bilingual(zh=f"模块和 x 都是 {kind}", en=f"module and x in {kind}")
        outputs: list[Tensor] = []
        cache: Cache | None = None
        for piece in x.split(3, dim=1):
            y, cache = call(layer, piece.clone(), cache)
            for name, one in (("y", y), ("k", cache[0]), ("v", cache[1])):
                what = Bilingual(zh=f"{name} 的 dtype", en=f"dtype of {name}")
                expect_equal(one.dtype, dtype, what=what, given=given)
            outputs.append(y)
        # q, k and v are near 0.6, each after a handful of roundings of ε / 2: a score of four
        # products is off by 10·ε, a value of 1.7 as much and more after W_o. 32·ε is generous,
        # and far below what inf, NaN or a visible future make.
        wanted, _ = reference(x.double(), weights, 2)
        worst = max(LOOSE, 32 * torch.finfo(dtype).eps * (1 + float(wanted.abs().max())))
        what = Bilingual(zh=f"{kind} 下的输出", en=f"output in {kind}")
        expect_close(torch.cat(outputs, dim=1), wanted, atol=worst, given=x, what=what)


def key_at(submission: Submission, position: int) -> tuple[Tensor, Tensor]:
    """Return the key of x = (1, …, 1) at a far position in bfloat16, and that in float64."""
    layer = build(submission, 8, 1).bfloat16()
    nothing = torch.zeros(1, 1, position, 8, dtype=torch.bfloat16)
    x = torch.ones(1, 1, 8, dtype=torch.float64)
    _, (k, _) = call(layer, x.bfloat16(), (nothing, nothing.clone()))
    return k[0, 0, -1], rotated(x[:, None], position)[0, 0, 0]


def test_large_positions(submission: Submission, inputs: Inputs) -> None:
    del inputs
    # cos, sin, each product and the sum are rounded to half an ε: below 2.2·ε where x is 1, and
    # 2e-4 for an angle of 1001 in float32. In bfloat16 1001 is 1000, off by 1 rad; 0.1 is
    # 0.1001, off by 0.098 rad after 1001 positions: 0.098 or more in some component.
    found, wanted = key_at(submission, 1001)
    given = Bilingual(
        zh="bfloat16，d_h = 8，x 全为 1，W_k = I", en="bfloat16, d_h = 8, x all ones, W_k = I"
    )
    worst = 3 * torch.finfo(torch.bfloat16).eps
    expect_close(found, wanted, atol=worst, given=given, what=key_of(1001))


def strided(submission: Submission, inputs: Inputs) -> tuple[Tensor, Tensor]:
    """Continue one prompt in two ways: an x that was transposed, a cache that is expanded."""
    weights = random_weights(inputs, 8)
    layer = build(submission, 8, 2, **weights)
    prompt, x = inputs.randn(1, 3, 8), inputs.randn(2, 8, 2).transpose(1, 2)
    _, (k, v) = reference(prompt, weights, 2)
    cache = k.expand(2, -1, -1, -1), v.expand(2, -1, -1, -1)
    return call(layer, x, cache)[0], reference(x, weights, 2, cache)[0]


def test_memory_layout(submission: Submission, inputs: Inputs) -> None:
    found, wanted = strided(submission, inputs)
    given = Bilingual(
        zh="一个提示的缓存，用 expand 给了两个续写",
        en="a cache of one prompt, expanded to two continuations",
    )
    expect_close(found, wanted, atol=LOOSE, given=given)


def test_bad_sizes(submission: Submission, inputs: Inputs) -> None:
    del inputs
    for d, heads, zh, en in (
        (8, 3, "8 / 3 不是整数", "8 / 3 is no whole number"),
        (6, 2, "d_h = 3 配不成对", "d_h = 3 has no pairs"),
    ):
        if raises(lambda d=d, heads=heads: submission.CachedAttention(d, heads)) is None:
            built = f"CachedAttention({d}, {heads})"
            given = Bilingual(zh=f"{built}：{zh}", en=f"{built}: {en}")
            wanted = Bilingual(zh="抛出异常", en="an exception")
            found = Bilingual(zh="构造成功", en="a module")
            raise CheckFailed(f"{built} raises nothing", Evidence(given, wanted, found))


def on_meta(submission: Submission) -> Tensor:
    """Run a layer, with a cache, on the device that has shapes but no data."""
    with torch.device("meta"):
        layer = submission.CachedAttention(8, 2)
    cache = torch.empty(2, 2, 3, 4, device="meta"), torch.empty(2, 2, 3, 4, device="meta")
    return call(layer, torch.empty(2, 2, 8, device="meta"), cache)[0]


def test_device(submission: Submission, inputs: Inputs) -> None:
    del inputs
    y = on_meta(submission)
    what = Bilingual(zh="输出的设备与形状", en="device and shape of the output")
    given = Bilingual(
        zh="meta 设备上的 x 和 3 个 token 的缓存", en="x and a cache of 3 tokens on the meta device"
    )
    found = (y.device.type, tuple(y.shape))
    expect_equal(found, ("meta", (2, 2, 8)), what=what, given=given)


# Probes: what a submission computes, to be compared with each wrong implementation. Values are
# told in float32, so that angles of float32 and of float64 agree.


def told(outcome: Callable[[], tuple[Tensor, Cache]]) -> tuple[Tensor, ...] | str:
    """Return y, k and v, or the type of the exception: so that one step does not hide others."""
    try:
        y, (k, v) = outcome()
    except Exception as error:  # noqa: BLE001 - a wrong implementation may raise anything
        return f"raises {type(error).__name__}"
    return y.float(), k.float(), v.float()


def probe_parameters(submission: Submission, inputs: Inputs) -> str:
    del inputs
    layer = submission.CachedAttention(4, 2)
    return str(sorted((name, tuple(one.shape)) for name, one in layer.named_parameters()))


def probe_one_pass(submission: Submission, inputs: Inputs) -> object:
    layer = build(submission, 8, 2, **random_weights(inputs, 8))
    return told(lambda: call(layer, inputs.randn(2, 4, 8)))


def probe_next_call(submission: Submission, inputs: Inputs) -> object:
    layer = build(submission, 8, 2, **random_weights(inputs, 8))
    x = inputs.randn(1, 12, 8)
    results = []
    for past, new in ((2, 1), (3, 3), (1, 2)):
        _, cache = call(layer, x[:, :past].clone())
        piece = x[:, past : past + new].clone()
        results.append(told(lambda given=piece, old=cache: call(layer, given, old)))
    if any(isinstance(one, str) for one in results):
        # An empty cache is outside the contract, but tells those apart that raise on any other.
        results.append(told(lambda: call(layer, x[:, :2].clone(), _empty())))
    return tuple(results)


def _empty() -> Cache:
    return torch.zeros(1, 2, 0, 4).double(), torch.zeros(1, 2, 0, 4).double()


def probe_branches(submission: Submission, inputs: Inputs) -> object:
    layer = build(submission, 8, 2, **random_weights(inputs, 8))
    _, cache = call(layer, inputs.randn(1, 3, 8))
    steps = [told(lambda: call(layer, inputs.randn(1, 1, 8), cache)) for _ in range(2)]
    call(layer, inputs.randn(1, 2, 8))
    return (*steps, told(lambda: call(layer, inputs.randn(1, 1, 8), cache)), cache[0].float())


def probe_gradients(submission: Submission, inputs: Inputs) -> object:
    layer = build(submission, 8, 2, **random_weights(inputs, 8))
    x = inputs.randn(1, 3, 8).requires_grad_()
    (call(layer, x)[0] * inputs.randn(1, 3, 8)).sum().backward()
    found = [("x", x), *layer.named_parameters()]
    return tuple("None" if one.grad is None else one.grad.float() for _, one in found)


def probe_edges(submission: Submission, inputs: Inputs) -> str:
    """Tell dtypes, sizes and layouts apart, unless the maths is wrong already.

    So the careless and the careful version of one mathematical mistake give the same answers.
    """
    return "; ".join(_edges(submission, inputs)) if _sound(submission, inputs) else "wrong before"


def _edges(submission: Submission, inputs: Inputs) -> list[str]:
    found = []
    for dtype in (torch.bfloat16, torch.float16):
        layer = submission.CachedAttention(8, 2).to(dtype)
        try:
            found.append(str(layer(inputs.randn(1, 2, 8, dtype=dtype))[1][0].dtype))
        except Exception as error:  # noqa: BLE001 - told in words
            found.append(f"{dtype} raises {type(error).__name__}")
    try:
        key, wanted = key_at(submission, 1001)
    except Exception:  # noqa: BLE001 - told in words
        found.append("far raises")
    else:  # the pair of frequency 1, and that of frequency 0.1
        found.append(f"far {(key.double() - wanted).abs()[[0, 2]].gt(0.04).tolist()}")
    found.append(f"strided {raises(lambda: strided(submission, inputs)) is not None}")
    sizes = ((8, 3), (6, 2))
    found += [str(raises(lambda s=s: submission.CachedAttention(*s)) is not None) for s in sizes]
    return found


def probe_device(submission: Submission, inputs: Inputs) -> str:
    """Tell what the meta device shows, unless anything else is wrong: it is slow at first use."""
    if not _sound(submission, inputs) or not _passes(EDGES, submission, inputs):
        return "wrong before"
    return "raises" if raises(lambda: on_meta(submission)) else "runs"


EDGES = (test_keeps_dtype, test_large_positions, test_memory_layout, test_bad_sizes)


def _sound(submission: Submission, inputs: Inputs) -> bool:
    """Tell in few calls whether the maths is right: pieces, branches, gradients."""
    try:
        weights = random_weights(inputs, 8)
        layer = build(submission, 8, 2, **weights)
        x = inputs.randn(2, 7, 8)
        wanted, _ = reference(x, weights, 2)
        outputs, (k, v) = feed(layer, x[:, :6], 3, 3)
        call(layer, x[:1, :1].clone())
        outputs.append(call(layer, x[:, 6:].clone(), (k, v))[0])
        right = bool((torch.cat(outputs, dim=1) - wanted).abs().max() < LOOSE)
        outputs[0].sum().backward()
    except Exception:  # noqa: BLE001 - whatever it raises, it is not right
        return False
    return right and all(one.grad is not None for one in layer.parameters())


def _passes(
    checks: tuple[Callable[[Submission, Inputs], None], ...],
    submission: Submission,
    inputs: Inputs,
) -> bool:
    return not any(raises(lambda check=check: check(submission, inputs)) for check in checks)
