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
    CheckFailed,
    Inputs,
    Submission,
    expect,
    expect_close,
    expect_equal,
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
    raise CheckFailed(f"forward returned {_describe(told)}, expected (y, (k, v))")


def _describe(told: object) -> str:
    if isinstance(told, tuple | list):
        return f"({', '.join(map(_describe, told))})"
    return f"a tensor {tuple(told.shape)}" if isinstance(told, Tensor) else type(told).__name__


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


def raises(attempt: Callable[[], object]) -> Exception | None:
    try:
        attempt()
    except Exception as error:  # noqa: BLE001 - the contract leaves the type open
        return error
    return None


# ── What one pass puts into the cache ───────────────────────────────────────────────────────


def test_constructs(submission: Submission, inputs: Inputs) -> None:
    layer = submission.CachedAttention(8, 2)
    y, (k, v) = call(layer, inputs.randn(2, 3, 8, dtype=torch.float32))
    given = "CachedAttention(8, 2), x of shape (2, 3, 8)"
    wanted = (("y", y, (2, 3, 8)), ("k", k, (2, 2, 3, 4)), ("v", v, (2, 2, 3, 4)))
    for name, found, shape in wanted:
        expect_equal(tuple(found.shape), shape, what=f"shape of {name}", given=given)


def test_projections(submission: Submission, inputs: Inputs) -> None:
    del inputs
    layer = submission.CachedAttention(8, 2)
    found = {name: tuple(one.shape) for name, one in sorted(layer.named_parameters())}
    wanted = {f"{name}_proj.weight": (8, 8) for name in sorted(NAMES)}
    expect_equal(found, wanted, what="parameters", given="CachedAttention(8, 2)")
    frozen = [name for name, one in layer.named_parameters() if not one.requires_grad]
    expect_equal(frozen, [], what="parameters that cannot be trained")
    missing = sorted(set(wanted) - set(layer.state_dict()))
    expect_equal(missing, [], what="weights missing from state_dict()")


def test_cached_values(submission: Submission, inputs: Inputs) -> None:
    x = rows((1, 2, 3, 4), (5, 6, 7, 8))
    _, (_, v) = call(build(submission, 4, 2, k=2 * torch.eye(4)), x.clone())
    for head in range(2):
        for token, wanted in enumerate(x[0, :, 2 * head : 2 * head + 2]):
            what = f"v of head {head}, token {token} of (1, 2, 3, 4), (5, 6, 7, 8), where W_v = I"
            expect_close(v[0, head, token], wanted, atol=LOOSE, what=what)
    weights = random_weights(inputs, 8)
    x = inputs.randn(2, 3, 8)
    _, (_, v) = call(build(submission, 8, 2, **weights), x.clone())
    expect_close(v, split(x @ weights["v"].T, 2), atol=LOOSE, what="v at random weights")


def test_rotation(submission: Submission, inputs: Inputs) -> None:
    x = rows((1, 0), (1, 0), (1, 0))
    _, (k, _) = call(build(submission, 2, 1), x.clone())
    for position, wanted in enumerate(rotated(x)[0]):
        what = f"cached key at position {position}, where x is (1, 0) and W_k = I"
        expect_close(k[0, 0, position], wanted, atol=LOOSE, what=what)
    weights = random_weights(inputs, 2)
    x = inputs.randn(2, 4, 2)
    _, (k, _) = call(build(submission, 2, 1, **weights), x.clone())
    wanted = rotated(split(x @ weights["k"].T, 1))
    expect_close(k, wanted, atol=LOOSE, what="cached keys at random weights, d_h = 2")


def test_frequencies(submission: Submission, inputs: Inputs) -> None:
    x = rows((1, 0, 1, 0), (1, 0, 1, 0))
    _, (k, _) = call(build(submission, 4, 1), x.clone())
    what = "cached key at position 1, where x is (1, 0, 1, 0), W_k = I, one head"
    expect_close(k[0, 0, 1], rotated(x)[0, 1], atol=LOOSE, what=what)
    x = torch.cat((x, x), dim=2)
    _, (k, _) = call(build(submission, 8, 2), x.clone())
    for head, wanted in enumerate(rotated(split(x, 2))[0]):
        what = f"cached key of head {head} at position 1, where x is (1, 0, 1, 0) for each head"
        expect_close(k[0, head, 1], wanted[1], atol=LOOSE, what=what)
    weights = random_weights(inputs, 16)
    x = inputs.randn(2, 5, 16)
    _, (k, _) = call(build(submission, 16, 2, **weights), x.clone())
    wanted = rotated(split(x @ weights["k"].T, 2))
    expect_close(k, wanted, atol=LOOSE, what="cached keys at random weights, d_h = 8")


# ── What one pass makes of it ───────────────────────────────────────────────────────────────


def means(x: Tensor) -> Tensor:
    """What causal attention gives where all scores are equal: means of the values so far."""
    count = torch.arange(1, x.shape[1] + 1, dtype=torch.float64)
    return x.cumsum(dim=1) / count[:, None]


def test_causal(submission: Submission, inputs: Inputs) -> None:
    layer = build(submission, 2, 1, q=torch.zeros(2, 2))
    for x in (rows((1, 0), (3, 0), (8, 0)), inputs.randn(2, 5, 2)):
        y, _ = call(layer, x.clone())
        for token in range(x.shape[1]):
            what = f"output of token {token}, where W_q = 0 and the rest is the identity"
            wanted = means(x)[:, token]
            expect_close(y[:, token], wanted, atol=LOOSE, given=x[:, token], what=what)


def test_output_projection(submission: Submission, inputs: Inputs) -> None:
    x = rows((1, 2, 3, 4))
    y, _ = call(build(submission, 4, 2, o=2 * torch.eye(4)), x.clone())
    expect_close(y, 2 * x, atol=LOOSE, given=x, what="output of a single token, where W_o = 2·I")
    x = rows((1, 2, 3, 4), (5, 0, 1, 2))
    y, _ = call(build(submission, 4, 2, q=torch.zeros(4, 4)), x.clone())
    for token in range(2):
        what = f"output of token {token} of (1, 2, 3, 4), (5, 0, 1, 2), where W_q = 0, two heads"
        expect_close(y[0, token], means(x)[0, token], atol=LOOSE, what=what)
    weights = random_weights(inputs, 8) | {"q": torch.zeros(8, 8, dtype=torch.float64)}
    x = inputs.randn(2, 4, 8)
    y, _ = call(build(submission, 8, 2, **weights), x.clone())
    wanted, _ = reference(x, weights, 2)
    expect_close(y, wanted, atol=LOOSE, given=x, what="output at random weights and W_q = 0")


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
        shown = f"({values[0]:.4g}, {values[1]:.4g})"
        what = f"output of token 1, where dimension 2 of each head holds {shown} and all W = I"
        expect_close(y[0, 1], wanted[0, 1], atol=1e-3, given=x[0, 1], what=what)


def test_queries_rotated(submission: Submission, inputs: Inputs) -> None:
    x = rows((2, 0), (0, 2))
    y, _ = call(build(submission, 2, 1), x.clone())
    eye = {name: torch.eye(2, dtype=torch.float64) for name in NAMES}
    what = "output of token 1 of (2, 0), (0, 2), where all W = I"
    expect_close(y[0, 1], reference(x, eye, 1)[0][0, 1], atol=LOOSE, what=what)
    for d, heads, length in ((8, 2, 5), (6, 3, 4)):
        weights = random_weights(inputs, d)
        x = inputs.randn(2, length, d)
        y, _ = call(build(submission, d, heads, **weights), x.clone())
        wanted, _ = reference(x, weights, heads)
        expect_close(y, wanted, atol=LOOSE, given=x, what="output of one pass at random weights")


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
            given = f"a cache of {past} tokens, and 1 new"
            expect_equal(tuple(after.shape), shape, what=f"shape of {name}", given=given)
        fed = "(1, 0), (0, 1), then (2, 0), where all W = I" if heads == 1 else "random tokens"
        whole = split(x @ weights["v"].T, heads)
        for token in range(past + 1):
            what = f"entry {token} of v, after {fed}"
            expect_close(new[1][:, :, token], whole[:, :, token], atol=LOOSE, what=what)
        for token in range(past):
            what = f"entry {token} of k, cached before, after {fed}"
            expect_close(new[0][:, :, token], kept[0][:, :, token], atol=LOOSE, what=what)


def test_positions_continue(submission: Submission, inputs: Inputs) -> None:
    x = rows((1, 0), (1, 0), (1, 0), (1, 0))
    _, (k, _) = feed(build(submission, 2, 1), x, 2, 1, 1)
    for position in (2, 3):
        what = f"cached key at position {position}, fed as 2 + 1 + 1, where x is (1, 0), W_k = I"
        expect_close(k[0, 0, position], rotated(x)[0, position], atol=LOOSE, what=what)
    weights = random_weights(inputs, 8)
    x = inputs.randn(2, 5, 8)
    _, (k, _) = feed(build(submission, 8, 2, **weights), x, 4, 1)
    wanted = rotated(split(x @ weights["k"].T, 2))
    expect_close(k, wanted, atol=LOOSE, what="cached keys of a sequence fed as 4 + 1")


def means_agree(submission: Submission, values: list[int], *sizes: int) -> None:
    """Feed pieces to a layer whose scores are all equal: only the mask and the order count."""
    x = rows(*[(value, 0) for value in values])
    outputs, (k, _) = feed(build(submission, 2, 1, q=torch.zeros(2, 2)), x, *sizes)
    fed = " + ".join(map(str, sizes))
    found = torch.cat(outputs, dim=1)[0]
    for token, wanted in enumerate(means(x)[0]):
        what = f"output of token {token}, fed as {fed}, where W_q = 0, the rest is I"
        expect_close(found[token], wanted, atol=LOOSE, given=x[0, token], what=what)
    for token, wanted in enumerate(rotated(x)[0]):
        what = f"cached key at position {token}, fed as {fed}, where W_k = I"
        expect_close(k[0, 0, token], wanted, atol=LOOSE, given=x[0, token], what=what)


def pieces_agree(submission: Submission, inputs: Inputs, *sizes: int) -> None:
    """Require of random weights that pieces give what one pass gives."""
    weights = random_weights(inputs, 8)
    x = inputs.randn(2, sum(sizes), 8)
    outputs, _ = feed(build(submission, 8, 2, **weights), x, *sizes)
    wanted, _ = reference(x, weights, 2)
    what = f"output at random weights, fed as {' + '.join(map(str, sizes))}"
    expect_close(torch.cat(outputs, dim=1), wanted, atol=LOOSE, given=x, what=what)


def test_token_by_token(submission: Submission, inputs: Inputs) -> None:
    means_agree(submission, [1, 3, 8], 1, 1, 1)
    x = rows((2, 0), (0, 2))
    eye = {name: torch.eye(2, dtype=torch.float64) for name in NAMES}
    wanted, _ = reference(x, eye, 1)
    outputs, _ = feed(build(submission, 2, 1), x, 1, 1)
    what = "output of token 1 of (2, 0), (0, 2), fed as 1 + 1, where all W = I"
    expect_close(outputs[1][0, 0], wanted[0, 1], atol=LOOSE, what=what)
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

    def continues(which: nn.Module, what: str) -> None:
        x = inputs.randn(1, 1, 8)
        given = x.clone()
        y, _ = call(which, given, cache)
        expect_close(given, x, atol=0.0, what="the caller's x after the call")
        for name, before, after in zip("kv", kept, cache, strict=True):
            expect_close(after, before, atol=0.0, what=f"the caller's old {name} after the call")
        wanted = reference(torch.cat((prompt, x), dim=1), weights, 2)[0][:, -1:]
        expect_close(y, wanted, atol=LOOSE, given=x, what=what)

    continues(layer, "output of a first continuation of a cache")
    continues(layer, "output of a second continuation of the same cache")
    call(layer, inputs.randn(1, 2, 8))
    continues(layer, "output of a continuation, after another sequence was fed")
    continues(other, "output of a continuation by another layer with the same weights")


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
        expect(y.requires_grad, "y does not depend on the weights for autograd")
        (y * cotangent).sum().backward()
        (reference(ours, leaves, 2, cache)[0] * cotangent).sum().backward()
        named = dict(layer.named_parameters())
        pairs = [(f"W_{name}", named[f"{name}_proj.weight"], leaves[name]) for name in NAMES]
        for name, actual, expected in [*pairs, ("x", x, ours)]:
            wanted = expected.grad
            if wanted is None:
                raise ValueError(name)
            what = f"gradient of {name} for {new} tokens, with {past} in the cache"
            if actual.grad is None:
                raise CheckFailed(f"{what}: there is none")
            worst = LOOSE * (1 + float(wanted.abs().max()))
            expect_close(actual.grad, wanted, atol=worst, what=what)


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
        given = f"layer and x in {dtype}"
        outputs: list[Tensor] = []
        cache: Cache | None = None
        for piece in x.split(3, dim=1):
            y, cache = call(layer, piece.clone(), cache)
            for name, one in (("y", y), ("k", cache[0]), ("v", cache[1])):
                expect_equal(one.dtype, dtype, what=f"dtype of {name}", given=given)
            outputs.append(y)
        # q, k and v are near 0.6, each after a handful of roundings of ε / 2: a score of four
        # products is off by 10·ε, a value of 1.7 as much and more after W_o. 32·ε is generous,
        # and far below what inf, NaN or a visible future make.
        wanted, _ = reference(x.double(), weights, 2)
        worst = max(LOOSE, 32 * torch.finfo(dtype).eps * (1 + float(wanted.abs().max())))
        what = f"output in {dtype}"
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
    what = "cached key at position 1001 in bfloat16, where x is (1, …, 1), W_k = I"
    expect_close(found, wanted, atol=3 * torch.finfo(torch.bfloat16).eps, what=what)


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
    what = "output for a cache of one prompt, expanded to two continuations"
    expect_close(found, wanted, atol=LOOSE, what=what)


def test_bad_sizes(submission: Submission, inputs: Inputs) -> None:
    del inputs
    for d, heads, why in ((8, 3, "8 / 3 is no whole number"), (6, 2, "d_h = 3 has no pairs")):
        error = raises(lambda d=d, heads=heads: submission.CachedAttention(d, heads))
        expect(error is not None, f"CachedAttention({d}, {heads}) raises nothing: {why}")


def on_meta(submission: Submission) -> Tensor:
    """Run a layer, with a cache, on the device that has shapes but no data."""
    with torch.device("meta"):
        layer = submission.CachedAttention(8, 2)
    cache = torch.empty(2, 2, 3, 4, device="meta"), torch.empty(2, 2, 3, 4, device="meta")
    return call(layer, torch.empty(2, 2, 8, device="meta"), cache)[0]


def test_device(submission: Submission, inputs: Inputs) -> None:
    del inputs
    y = on_meta(submission)
    expect_equal((y.device.type, tuple(y.shape)), ("meta", (2, 2, 8)), what="device and shape")


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
