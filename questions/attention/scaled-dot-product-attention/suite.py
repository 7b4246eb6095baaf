"""Hidden tests of scaled_dot_product_attention, from the root cause outwards.

First what holds whatever the formula: shapes, arguments left alone, weights that sum to 1, keys
in any order. Then the weights themselves, without a mask; then the mask, from its shape to rows
that see nothing; then gradients. Dtypes and empty sizes come last.

Most tests begin with one query, (2, 0, 0, 0), and two keys, (1, 0, 0, 0) and (2, 0, 0, 0), whose
scores are 1 and 2 and whose values are 10 and 30: the example that the hints tell.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

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
    raises,
)

# In float64 rounding is 1e-16 of values below 100: TIGHT leaves a factor of 1e4. LOOSE also
# admits a detour through float32, which has a check of its own: scores below 30 are off by
# 30 · 6e-8, so weights by at most 4e-6 of themselves, and outputs, averages of values below 20,
# by less than 8e-5. Every mistake moves some output of the fixed examples by more than 0.1.
LOOSE = 1e-4
TIGHT = 1e-10

Given = tuple[Tensor, Tensor, Tensor]

OUTPUT_SHAPE = Bilingual(zh="输出的形状", en="output shape")
OUTPUT_DTYPE = Bilingual(zh="输出的 dtype", en="output dtype")


# ── Reference and examples ──────────────────────────────────────────────────────────────────


def reference(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None) -> Tensor:
    """The definition, in float64."""
    scores = q.double() @ k.double().mT / q.shape[-1] ** 0.5
    if mask is None:
        return scores.softmax(-1) @ v.double()
    lowest = torch.finfo(torch.float64).min
    # A row that sees nothing is uniform under the lowest number, and must be 0.
    return (scores.masked_fill(~mask, lowest).softmax(-1) * mask) @ v.double()


def head(*rows: tuple[float, ...], dtype: torch.dtype = torch.float64) -> Tensor:
    """One sample with one head, (1, 1, L, d): only `leading-dimensions` asks for other ranks."""
    return torch.tensor([[rows]], dtype=dtype)


def example(dtype: torch.dtype = torch.float64) -> Given:
    """Scores 1 and 2, values 10 and 30. d_k = 4, L_k = 2 and d_v = 1 have different roots."""
    q, v = head((2, 0, 0, 0), dtype=dtype), head((10,), (30,), dtype=dtype)
    return q, head((1, 0, 0, 0), (2, 0, 0, 0), dtype=dtype), v


FIRST_ONLY = torch.tensor([[True, False]])


def drawn(
    inputs: Inputs,
    *leading: int,
    sizes: tuple[int, int, int, int] = (3, 4, 5, 2),
    dtype: torch.dtype = torch.float64,
    scale: float = 1.0,
) -> Given:
    """Draw q, k and v for `sizes` L_q, L_k, d_k and d_v."""
    queries, keys, width, value_width = sizes
    return (
        inputs.randn(*leading, queries, width, dtype=dtype, scale=scale),
        inputs.randn(*leading, keys, width, dtype=dtype),
        inputs.randn(*leading, keys, value_width, dtype=dtype),
    )


def random_mask(inputs: Inputs, *shape: int) -> Tensor:
    """Draw a mask in which each query sees its first key at least."""
    mask = inputs.uniform(*shape) < 0.5
    mask[..., 0] = True
    return mask


def call(submission: Submission, given: Given, mask: Tensor | None = None) -> Tensor:
    """Call on these very tensors; require one tensor back."""
    masks = {} if mask is None else {"attn_mask": mask}
    y: Any = submission.scaled_dot_product_attention(*given, **masks)
    if not isinstance(y, Tensor):
        kind, wanted = type(y).__name__, Bilingual(zh="一个张量", en="one tensor")
        seen = Evidence(shapes_of(given), wanted, kind)
        raise CheckFailed(f"returns a {kind} and not one tensor", seen)
    return y


def output_of(submission: Submission, given: Given, mask: Tensor | None = None) -> Tensor:
    """Call on copies, in case the submission writes into its arguments."""
    q, k, v = (one.clone() for one in given)
    return call(submission, (q, k, v), None if mask is None else mask.clone())


def expect_output(
    y: Tensor, wanted: Tensor, given: Words, *, atol: float = LOOSE, itself: bool = False
) -> None:
    """`expect_close`, with words for what went in: scores and masks say more than a row of q."""
    expect_close(y, wanted, atol=atol, given=given, itself=itself)


def expect_precise(y: Tensor, wanted: Tensor, given: Words) -> None:
    """Require `wanted` within TIGHT, and show the error: no five digits of both would differ."""
    expect_output(y, wanted, given)
    error = float((y.double() - wanted).abs().max())
    if not error <= TIGHT:
        allowed = Bilingual(zh="误差不超过 1e-10", en="an error of 1e-10 at most")
        found = Bilingual(zh=f"误差 {error:.2g}", en=f"an error of {error:.2g}")
        raise CheckFailed(f"off by {error:.2g}", Evidence(given, allowed, found))


def scored(given: Given, *also: str) -> Bilingual:
    """The scores of the first query as text, and the values where they are single numbers.

    What comes `also` reads the same in both languages and stands in front.
    """
    q, k, v = (one.double() for one in given)
    scores = numbers((q @ k.mT / q.shape[-1] ** 0.5).flatten(0, -2)[0])
    zh, en = [*also, f"分数 {scores}"], [*also, f"scores {scores}"]
    if v.shape[-1] == 1:
        zh, en = [*zh, f"值 {numbers(v)}"], [*en, f"values {numbers(v)}"]
    return Bilingual(zh="，".join(zh), en=", ".join(en))


def masked(given: Given, mask: Tensor, *also: str) -> Bilingual:
    """The same with a mask of one row."""
    said, row = scored(given, *also), mask.flatten().tolist()
    return Bilingual(zh=f"{said.zh}，掩码 {row}", en=f"{said.en}, mask {row}")


def numbers(values: Tensor) -> str:
    told = (f"{one:.0f}" if one.is_integer() else f"{one:.5g}" for one in values.flatten().tolist())
    return f"[{', '.join(told)}]"


def shapes_of(given: Given) -> str:
    return ", ".join(f"{name} {tuple(one.shape)}" for name, one in zip("qkv", given, strict=True))


# ── Checks ──────────────────────────────────────────────────────────────────────────────────


def test_output_shape(submission: Submission, inputs: Inputs) -> None:
    # (2, 3, …) with L_q = 3, L_k = 4, d_k = 5, d_v = 2: no two sizes that matter are the same.
    for leading, sizes in (
        ((2, 3), (3, 4, 5, 2)),
        ((1, 1), (1, 2, 4, 1)),
        ((1, 2), (4, 4, 3, 3)),
        ((1, 1), (1, 1, 1, 1)),
    ):
        given = drawn(inputs, *leading, sizes=sizes, dtype=torch.float32)
        wanted = (*leading, sizes[0], sizes[3])
        y = output_of(submission, given)
        expect_equal(tuple(y.shape), wanted, what=OUTPUT_SHAPE, given=shapes_of(given))


def test_repeatable(submission: Submission, inputs: Inputs) -> None:
    # 2 · 16 · 16 weights: that dropout with p = 0.1 spares them all has a chance of 4e-24.
    given = drawn(inputs, 1, 2, sizes=(16, 16, 4, 2))
    first = output_of(submission, given)
    output_of(submission, drawn(inputs, 1, 2, scale=3))
    again = Bilingual(zh="同样的参数，再调用一次", en="the same arguments once more")
    expect_output(output_of(submission, given), first, again, itself=True)


def test_inputs_unchanged(submission: Submission, inputs: Inputs) -> None:
    for values, mask in (
        (example(), None),
        (example(), FIRST_ONLY),
        (drawn(inputs, 2, 3), random_mask(inputs, 2, 3, 3, 4)),
    ):
        given = {name: one.clone() for name, one in zip("qkv", values, strict=True)}
        seen = {} if mask is None else {"attn_mask": mask.clone()}
        before = {name: one.clone() for name, one in (given | seen).items()}
        with torch.no_grad():  # what raises here is the business of later checks
            raises(
                lambda given=given, seen=seen: submission.scaled_dot_product_attention(
                    *given.values(), **seen
                )
            )
        for name, one in (given | seen).items():
            what = Bilingual(zh=f"调用之后的 {name}", en=f"{name} after the call")
            expect_close(one, before[name], atol=0.0, what=what)


def test_weights_sum_to_one(submission: Submission, inputs: Inputs) -> None:
    # Where all values are the same, so is every average of them.
    q, k, _ = example()
    fives = head((5,), (5,))
    expect_output(output_of(submission, (q, k, fives)), fives[:, :, :1], scored((q, k, fives)))
    for leading, sizes in (((1, 1), (3, 4, 5, 2)), ((2, 3), (3, 4, 5, 2)), ((1, 2), (1, 6, 5, 2))):
        q, k, _ = drawn(inputs, *leading, sizes=sizes)
        value = inputs.randn(2)
        v, wanted = value.expand(*k.shape[:-1], 2), value.expand(*q.shape[:-1], 2)
        shown = Bilingual(zh=f"每个值都是 {numbers(value)}", en=f"each value {numbers(value)}")
        expect_output(output_of(submission, (q, k, v)), wanted, shown)


def test_own_keys(submission: Submission, inputs: Inputs) -> None:
    # Whether the weights are right is for later: only that order does not matter. So the answers
    # are compared with one another.
    shown = Bilingual(
        zh="key 连同值换了次序（对照：原来的次序）",
        en="keys in another order, along with their values (against: in the first order)",
    )
    for given in (
        example(),
        drawn(inputs, 1, 1, sizes=(3, 3, 5, 2)),
        drawn(inputs, 2, 3),
        drawn(inputs, 1, 2, sizes=(2, 5, 3, 2)),
    ):
        q, k, v = given
        turned = torch.arange(k.shape[-2]).roll(1)
        y = output_of(submission, given)
        other = output_of(submission, (q, k[..., turned, :], v[..., turned, :]))
        expect_output(other, y, shown, itself=True)
    q, k, v = drawn(inputs, 2, 3)
    y = output_of(submission, (q, k, v))
    for sample, number in ((0, 0), (1, 2)):
        part = slice(sample, sample + 1), slice(number, number + 1)
        alone = output_of(submission, (q[part], k[part], v[part]))
        shown = Bilingual(
            zh=f"样本 {sample}、头 {number}，与别的一起（对照：单独传入）",
            en=f"sample {sample}, head {number}, together with others (against: on its own)",
        )
        expect_output(y[part], alone, shown, itself=True)


def test_score_scale(submission: Submission, inputs: Inputs) -> None:
    for given in (
        example(),
        drawn(inputs, 1, 1, sizes=(2, 3, 16, 2)),
        drawn(inputs, 2, 3),
        drawn(inputs, 2, 2, sizes=(4, 4, 4, 4)),
    ):
        shown = scored(given, f"d_k = {given[0].shape[-1]}")
        expect_output(output_of(submission, given), reference(*given), shown)


def test_large_scores(submission: Submission, inputs: Inputs) -> None:
    # exp(1000) is inf and exp(−1000) is 0 in float64. Scores below 4000 are off by 4000 · 6e-8
    # after a detour through float32: 2.4e-4 of the weights, of values below 40: 1e-2.
    k, v = head((1,), (0.999,)), head((10,), (30,))
    wide, keys, values = drawn(inputs, 2, 2, scale=100)
    for given in (
        (head((1000,)), k, v),
        (head((-1000,)), k, v),
        (head((100_000,)), head((1,), (1,)), v),
        (wide, keys, values),
    ):
        wanted = reference(*given)
        expect_output(output_of(submission, given), wanted, scored(given), atol=2e-2)


def test_leading_dimensions(submission: Submission, inputs: Inputs) -> None:
    # Two samples of two heads with L = d = 2: sizes that no mix-up of dimensions trips over.
    for leading, sizes in (
        ((), (2, 2, 4, 1)),
        ((2,), (3, 4, 5, 2)),
        ((3, 2), (3, 4, 5, 2)),
        ((2, 2), (2, 2, 2, 2)),
        ((2, 1, 2), (3, 4, 5, 2)),
    ):
        given = drawn(inputs, *leading, sizes=sizes)
        q, k, v = (one.reshape(1, -1, *one.shape[-2:]) for one in given)
        wanted = output_of(submission, (q, k, v)).reshape(*leading, sizes[0], sizes[3])
        against, shapes = tuple(q.shape[:2]), shapes_of(given)
        shown = Bilingual(
            zh=f"{shapes}（对照：前导维排成 {against}）",
            en=f"{shapes} (against: leading dimensions {against})",
        )
        expect_output(output_of(submission, given), wanted, shown, itself=True)


def test_memory_layout(submission: Submission, inputs: Inputs) -> None:
    # Heads split off the features of (B, L, H · d) are strided: the input of every real model.
    q, k, v = (inputs.randn(2, 3, 8).unflatten(-1, (2, 4)).transpose(1, 2) for _ in "qkv")
    shared = drawn(inputs, 1, 1, sizes=(3, 3, 4, 4))
    for given, zh, en in (
        ((q, k, v), "从特征里拆出来的头", "heads split off the features"),
        ((q.mT.contiguous().mT, k[..., ::2, :], v[..., ::2, :]), "别的步长", "other strides"),
        (
            (q, shared[1].expand(2, 2, 3, 4), shared[2].expand(2, 2, 3, 4)),
            "k 和 v 由 expand 得来",
            "k and v expanded",
        ),
    ):
        copies = tuple(one.clone(memory_format=torch.contiguous_format) for one in given)
        wanted = output_of(submission, (copies[0], copies[1], copies[2]))
        strides = f"k.stride() = {given[1].stride()}"
        shown = Bilingual(
            zh=f"{zh}，{strides}（对照：连续的副本）",
            en=f"{en}, {strides} (against: contiguous copies)",
        )
        expect_output(call(submission, given), wanted, shown, itself=True)


MASK_SHAPES = ((3, 4), (1, 4), (2, 1, 1, 4), (2, 1, 3, 4), (5, 3, 4), (2, 5, 3, 4))


def test_mask_shapes(submission: Submission, inputs: Inputs) -> None:
    # Against the same mask in full, (B, H, L_q, L_k): what True means is the next check's business.
    given = drawn(inputs, 2, 5)
    for shape in MASK_SHAPES:
        mask = random_mask(inputs, *shape)
        wanted = output_of(submission, given, mask.expand(2, 5, 3, 4))
        shown = Bilingual(zh="掩码的形状 (2, 5, 3, 4)", en="a mask of shape (2, 5, 3, 4)")
        expect_equal(tuple(wanted.shape), (2, 5, 3, 2), what=OUTPUT_SHAPE, given=shown)
        shown = mask_against(shape, (2, 5, 3, 4))
        expect_output(output_of(submission, given, mask), wanted, shown, itself=True)
    mask = random_mask(inputs, 2, 1, 3, 4)
    wanted = output_of(submission, given, mask)
    y = call(submission, given, mask.expand(2, 5, 3, 4))  # no copy, which would be contiguous
    shown = Bilingual(
        zh="由 expand 得来的掩码 (2, 5, 3, 4)（对照：展开之前的 (2, 1, 3, 4)）",
        en="a mask expanded to (2, 5, 3, 4) (against: (2, 1, 3, 4) as it was before)",
    )
    expect_output(y, wanted, shown, itself=True)
    given = example()
    masks = FIRST_ONLY[None, None], FIRST_ONLY
    outputs = [output_of(submission, given, mask) for mask in masks]
    for y, mask in zip(outputs, masks, strict=True):
        shape = tuple(mask.shape)
        shown = Bilingual(
            zh=f"分数的形状 (1, 1, 1, 2)，掩码的形状 {shape}",
            en=f"scores of shape (1, 1, 1, 2), a mask of shape {shape}",
        )
        expect_equal(tuple(y.shape), (1, 1, 1, 1), what=OUTPUT_SHAPE, given=shown)
    shown = mask_against((1, 2), (1, 1, 1, 2))
    expect_output(outputs[1], outputs[0], shown, itself=True)
    for leading, shape in (((), (3, 4)), ((5,), (3, 4)), ((5,), (5, 3, 4))):
        given, mask = drawn(inputs, *leading), random_mask(inputs, *shape)
        if raises(lambda given=given: output_of(submission, given)):
            continue  # said by leading-dimensions
        q, k, v = (one.reshape(1, -1, *one.shape[-2:]) for one in given)
        full = mask.expand(*leading, 3, 4).reshape(1, -1, 3, 4)
        wanted = output_of(submission, (q, k, v), full).reshape(*leading, 3, 2)
        said = mask_against(shape, tuple(full.shape))
        shapes = shapes_of(given)
        shown = Bilingual(zh=f"{shapes}，{said.zh}", en=f"{shapes}, {said.en}")
        expect_output(output_of(submission, given, mask), wanted, shown, itself=True)


def mask_against(shape: tuple[int, ...], full: tuple[int, ...]) -> Bilingual:
    return Bilingual(
        zh=f"掩码的形状 {shape}（对照：展开成 {full}）",
        en=f"a mask of shape {shape} (against: expanded to {full})",
    )


def test_mask_polarity(submission: Submission, inputs: Inputs) -> None:
    # Only whose value counts, not how much: that is the next check's business.
    q, k, v = example()
    y = output_of(submission, (q, k, v), FIRST_ONLY)
    changed = output_of(submission, (q, k, head((10,), (90,))), FIRST_ONLY)
    shown = Bilingual(
        zh="掩码 [True, False]，第二个值从 30 改成 90（对照：改之前）",
        en="mask [True, False], the second value 90 in place of 30 (against: before the change)",
    )
    expect_output(changed, y, shown, itself=True)
    changed = output_of(submission, (q, k, head((50,), (30,))), FIRST_ONLY)
    expect(
        bool(((changed - y).abs() > LOOSE).all()),
        Bilingual(zh="输出没有变", en="the output stays the same"),
        given=Bilingual(
            zh="掩码 [True, False]，第一个值从 10 改成 50",
            en="mask [True, False], the first value 50 in place of 10",
        ),
    )
    q, k, v = drawn(inputs, 2, 3)
    mask = torch.tensor([[True, False, True, False]])
    y = output_of(submission, (q, k, v), mask)
    hidden = v.clone()
    hidden[..., 1::2, :] *= -10
    shown = Bilingual(
        zh="掩码 [True, False, True, False]，看不到的值乘以 −10（对照：乘之前）",
        en="mask [True, False, True, False], hidden values times −10 (against: before that)",
    )
    expect_output(output_of(submission, (q, k, hidden), mask), y, shown, itself=True)


def test_mask_before_softmax(submission: Submission, inputs: Inputs) -> None:
    given = example()
    for mask in (FIRST_ONLY, torch.tensor([[True, True]])):
        y = output_of(submission, given, mask)
        expect_output(y, reference(*given, mask), masked(given, mask))
    for shape in ((3, 4), (2, 1, 3, 4), (2, 3, 3, 4)):
        given, mask = drawn(inputs, 2, 3), random_mask(inputs, *shape)
        shown = Bilingual(zh=f"随机的掩码，形状 {shape}", en=f"a random mask of shape {shape}")
        expect_output(output_of(submission, given, mask), reference(*given, mask), shown)


def test_hidden_scores(submission: Submission, inputs: Inputs) -> None:
    # Integers below 2²⁴: float32 holds these scores exactly.
    for dtype in (torch.float64, torch.float32):
        q, v = head((1,), dtype=dtype), head((10,), (30,), (90,), dtype=dtype)
        for scores in ((-20_000, -20_001, 0), (0, -1, 20_000), (-100_000, -100_001, 100_000)):
            k = head(*((one,) for one in scores), dtype=dtype)
            mask = torch.tensor([[True, True, False]])
            y = output_of(submission, (q, k, v), mask)
            expect_output(y, reference(q, k, v, mask), masked((q, k, v), mask))
    q, k, v = drawn(inputs, 2, 3)
    mask = random_mask(inputs, 3, 4) & torch.tensor([True, True, False, True])
    k[..., 2, :] *= 1e4
    wanted = reference(q, k, v, mask)
    y = output_of(submission, (q, k, v), mask)
    shown = Bilingual(zh="一个看不到的 key 乘以 10000", en="a hidden key multiplied by 10000")
    expect_output(y, wanted, shown)


def test_fully_masked(submission: Submission, inputs: Inputs) -> None:
    q, k, v = example()
    mask = torch.tensor([[True, True], [False, False]])
    wanted = reference(q.expand(1, 1, 2, 4), k, v, mask)
    y = output_of(submission, (q.expand(1, 1, 2, 4), k, v), mask)
    for row in (1, 0):  # the one that sees nothing, then the other
        part, shown = slice(row, row + 1), masked((q, k, v), mask[row])
        expect_output(y[:, :, part], wanted[:, :, part], shown)
    given, mask = drawn(inputs, 2, 3), random_mask(inputs, 2, 1, 3, 4)
    mask[1] = False
    mask[0, 0, 1] = False
    wanted = reference(*given, mask)
    shown = Bilingual(
        zh="样本 0 的 query 1 和样本 1 的所有 query 什么也看不到",
        en="query 1 of sample 0 and all queries of sample 1 see nothing",
    )
    expect_output(output_of(submission, given, mask), wanted, shown)


def gradients(
    attend: Callable[[Given, Tensor | None], Tensor],
    given: Given,
    cotangent: Tensor,
    mask: Tensor | None = None,
) -> dict[str, Tensor]:
    """Return the gradients of the sum of output · cotangent, None for one that is missing."""
    q, k, v = leaves = tuple(one.clone().requires_grad_() for one in given)
    y = attend((q, k, v), mask)
    expect(
        y.requires_grad,
        Bilingual(
            zh="输出不在 q、k、v 的计算图上",
            en="for autograd the output depends on none of q, k, v",
        ),
    )
    (y * cotangent).sum().backward()
    return {name: leaf.grad for name, leaf in zip("qkv", leaves, strict=True)}


def expect_gradients(
    submission: Submission, given: Given, cotangent: Tensor, mask: Tensor | None, where: Words
) -> None:
    wanted = gradients(lambda some, seen: reference(*some, seen), given, cotangent, mask)
    found = gradients(lambda some, seen: call(submission, some, seen), given, cotangent, mask)
    for name, expected in wanted.items():
        what = Bilingual(zh=f"{name} 的梯度", en=f"gradient of {name}")
        if found[name] is None:
            seen = Evidence(where, numbers(as_row(expected).flatten(0, -2)[0]), "None", what)
            raise CheckFailed(f"no gradient reaches {name}", seen)
        # A gradient sums up at most 16 products of what LOOSE bounds for one output.
        bound = 10 * LOOSE
        expect_close(as_row(found[name]), as_row(expected), atol=bound, given=where, what=what)


def as_row(values: Tensor) -> Tensor:
    """Return a column of single numbers as a row, so that all of them are shown."""
    return values.mT if values.shape[-1] == 1 else values


def test_gradients(submission: Submission, inputs: Inputs) -> None:
    # A random cotangent: under .sum() equal values would hide the gradient of the weights.
    small = (head((1,)), head((1,), (2,)), head((10,), (30,)))
    without = Bilingual(zh="随机的 q、k、v，没有掩码", en="random q, k and v, no mask")
    seen = Bilingual(zh="随机的 q、k、v 和掩码", en="random q, k and v, a random mask")
    for given, cotangent, mask, where in (
        (small, torch.ones(1, 1, 1, 1), None, "q = [1], k = [1, 2], v = [10, 30]"),
        (drawn(inputs, 2, 2), inputs.randn(2, 2, 3, 2), None, without),
        (drawn(inputs, 2, 2), inputs.randn(2, 2, 3, 2), random_mask(inputs, 2, 1, 3, 4), seen),
    ):
        expect_gradients(submission, given, cotangent, mask, where)


def test_fully_masked_gradients(submission: Submission, inputs: Inputs) -> None:
    # The loss reads the rows that see nothing as well: their outputs are 0 whatever q, k and v.
    small = (head((1,), (1,)), head((1,), (2,)), head((10,), (30,)))
    two = torch.tensor([[True, True], [False, False]])
    mask = random_mask(inputs, 2, 1, 3, 4)
    mask[1] = False
    second = Bilingual(
        zh="q = [1, 1]，k = [1, 2]，v = [10, 30]，第二个 query 什么也看不到",
        en="q = [1, 1], k = [1, 2], v = [10, 30], the second query sees nothing",
    )
    sample = Bilingual(zh="样本 1 什么也看不到", en="sample 1 sees nothing")
    for given, cotangent, seen, where in (
        (small, torch.ones(1, 1, 2, 1), two, second),
        (drawn(inputs, 2, 2), inputs.randn(2, 2, 3, 2), mask, sample),
    ):
        expect_gradients(submission, given, cotangent, seen, where)


def test_precision(submission: Submission, inputs: Inputs) -> None:
    # float32 has steps of 0.0078 at 1e5, where 100000 and 100000.003 are one number. In float64
    # the scores are off by 1e-11, the output by 1e-10.
    given = (head((1,)), head((100_000,), (100_000.003,)), head((10,), (30,)))
    shown = Bilingual(
        zh="float64，分数 [100000, 100000.003]，值 [10, 30]",
        en="float64, scores [100000, 100000.003], values [10, 30]",
    )
    expect_output(output_of(submission, given), reference(*given), shown, atol=1e-3)
    for mask in (None, random_mask(inputs, 3, 4)):
        for dtype in (torch.float64, torch.float32):
            given = drawn(inputs, 2, 2, dtype=dtype)
            y = output_of(submission, given, mask)
            shown = in_dtype(dtype, mask)
            expect_equal(y.dtype, dtype, what=OUTPUT_DTYPE, given=shown)
            if dtype == torch.float64:
                expect_precise(y, reference(*given, mask), shown)


def in_dtype(dtype: torch.dtype, mask: Tensor | None) -> Bilingual:
    zh, en = ("没有掩码", "no mask") if mask is None else ("有掩码", "a mask")
    return Bilingual(zh=f"{dtype_name(dtype)}，{zh}", en=f"{dtype_name(dtype)}, {en}")


def test_half_precision(submission: Submission, inputs: Inputs) -> None:
    for dtype in (torch.float16, torch.bfloat16):
        small, large = example(dtype), drawn(inputs, 2, 2, dtype=dtype, scale=0.5)
        partly = torch.ones(3, 4, dtype=torch.bool).tril(-1)  # row 0 sees nothing
        for given, mask in ((small, None), (small, FIRST_ONLY), (large, None), (large, partly)):
            y = output_of(submission, given, mask)
            shown = in_dtype(dtype, mask)
            if given is small:
                said = dtype_name(dtype)
                shown = scored(given, said) if mask is None else masked(given, mask, said)
            expect_equal(y.dtype, dtype, what=OUTPUT_DTYPE, given=shown)
            # Scores are below 4 as a rule and pass three roundings of at most eps/2 of their
            # size; weights and output one more each. An error δ of the scores moves the output
            # by at most 2δ · max|v|: with a typical score of 0.5 and random signs, about
            # 1 eps · max|v| in all. Measured over 20000 draws for each dtype and three ways to
            # scale, all in half precision: below 0.5 eps · (1 + max|v|).
            bound = 4 * torch.finfo(dtype).eps * (1 + float(given[2].abs().max()))
            expect_output(y, reference(*given, mask), shown, atol=bound)


def test_half_range(submission: Submission, inputs: Inputs) -> None:
    # q · k = 80000 > 65504 where the score is 40000; twice the same score makes a mean.
    del inputs  # scores of this size leave no room for random ones: float16 has steps of 32 there
    q, v = head((200,) * 4, dtype=torch.float16), head((1,), (3,), dtype=torch.float16)
    for second in (50, 100):
        given = (q, head((100,) * 4, (second,) * 4, dtype=torch.float16), v)
        shown = scored(given, "float16")
        expect_output(output_of(submission, given), reference(*given), shown, atol=0.01)


def test_empty(submission: Submission, inputs: Inputs) -> None:
    for leading, sizes in (
        ((0, 2), (3, 4, 5, 2)),
        ((2, 0), (3, 4, 5, 2)),
        ((1, 2), (0, 4, 5, 2)),
        ((1, 2), (3, 0, 5, 2)),
    ):
        given = drawn(inputs, *leading, sizes=sizes, dtype=torch.float32)
        wanted = torch.zeros(*leading, sizes[0], sizes[3])
        mask = torch.ones(sizes[0], sizes[1], dtype=torch.bool)
        for seen in (None, mask):
            y = output_of(submission, given, seen)
            expect_output(y, wanted, shapes_of(given), atol=0.0)


# ── Probes: what a submission computes, to be compared with each wrong implementation ─────────


def settled(
    submission: Submission, inputs: Inputs, *asked: tuple[Given, Tensor | None]
) -> tuple[Tensor | str, ...]:
    """Answer for each of these arguments, in words where it raises or nothing is repeatable."""
    if not repeatable(submission, inputs):
        return ("random",)
    return tuple(answer(submission, given, mask) for given, mask in asked)


def repeatable(submission: Submission, inputs: Inputs) -> bool:
    given = drawn(inputs, 1, 2, sizes=(16, 16, 4, 2))
    outputs = [answer(submission, given) for _ in range(2)]
    return isinstance(outputs[0], str) or (
        isinstance(outputs[1], Tensor) and torch.equal(outputs[0], outputs[1])
    )


def answer(submission: Submission, given: Given, mask: Tensor | None = None) -> Tensor | str:
    try:
        return output_of(submission, given, mask).detach()
    except CheckFailed as failed:
        return str(failed)
    except Exception:  # noqa: BLE001 - how it fails depends on how the mistake is written
        return "raises"


def probe_values(submission: Submission, inputs: Inputs) -> tuple[Tensor | str, ...]:
    every_size_differs, square = drawn(inputs, 2, 3), drawn(inputs, 2, 2, sizes=(4, 4, 4, 4))
    cube = drawn(inputs, 2, 2, sizes=(2, 2, 2, 2))
    asked = (every_size_differs, square, cube)
    return settled(submission, inputs, *((given, None) for given in asked))


def probe_sizes(submission: Submission, inputs: Inputs) -> tuple[Tensor | str, ...]:
    given = [drawn(inputs, *leading) for leading in ((), (2,), (2, 1, 2))]
    ones = [drawn(inputs, 1, 1, sizes=(1, 1, 1, 1)), drawn(inputs, 1, 2)]
    return settled(submission, inputs, *((one, None) for one in [*given, *ones]))


def probe_masks(submission: Submission, inputs: Inputs) -> tuple[Tensor | str, ...]:
    asked = [(drawn(inputs, 2, 5), random_mask(inputs, *shape)) for shape in MASK_SHAPES]
    return settled(submission, inputs, *asked, (example(), FIRST_ONLY))


def probe_scores(submission: Submission, inputs: Inputs) -> tuple[Tensor | str, ...]:
    """Ask for scores so large that weights are 0, 1 or equal, whatever the rounding."""
    v, one = head((10,), (30,)), head((1,))
    asked: list[tuple[Given, Tensor | None]] = [
        ((one, head((1000,), (1000,)), v), None),
        ((one, head((-1000,), (-1000,)), v), None),
    ]
    asked += [
        ((one, head((shown,), (hidden,)), v), FIRST_ONLY)
        for shown, hidden in ((-20_000, 0), (0, 20_000), (-2e9, 0), (0, 2e9))
    ]
    return settled(submission, inputs, *asked)


def probe_fully_masked(submission: Submission, inputs: Inputs) -> tuple[Tensor | str, ...]:
    given, mask = drawn(inputs, 2, 3), torch.ones(2, 3, 3, 4, dtype=torch.bool)
    mask[1] = False
    return settled(submission, inputs, (given, mask))


def probe_gradients(submission: Submission, inputs: Inputs) -> tuple[Tensor | str, ...]:
    if not repeatable(submission, inputs):
        return ("random",)
    found: list[Tensor | str] = []
    dead = random_mask(inputs, 3, 4)
    dead[1] = False
    for mask in (None, random_mask(inputs, 3, 4), dead):
        given, cotangent = drawn(inputs, 1, 2), inputs.randn(1, 2, 3, 2)
        leaves = tuple(one.requires_grad_() for one in given)

        def back_propagate(
            given: Given = given, cotangent: Tensor = cotangent, mask: Tensor | None = mask
        ) -> None:
            (call(submission, given, mask) * cotangent).sum().backward()

        failed = raises(back_propagate) is not None
        found += ["raises"] if failed else [_gradient(leaf) for leaf in leaves]
    return tuple(found)


def _gradient(leaf: Tensor) -> Tensor | str:
    return "none" if leaf.grad is None else leaf.grad


def probe_memory(submission: Submission, inputs: Inputs) -> tuple[Tensor, ...]:
    del inputs
    given, mask = example(), FIRST_ONLY.clone()
    with torch.no_grad():
        raises(lambda: call(submission, given, mask))
    return (*given, mask)


def probe_edges(submission: Submission, inputs: Inputs) -> str:
    """Tell at which edge it fails first, and how, unless the maths is wrong already.

    So the careless and the careful version of one mistake give the same answers.
    """
    for number, check in enumerate(MATHS):
        if raises(lambda check=check, n=number: check(submission, Inputs(n, "maths"))):
            return "wrong before"
    for number, check in enumerate(EDGES):
        if raises(lambda check=check, n=number: check(submission, Inputs(n, "edges"))):
            return f"{check.__name__}: {'; '.join(_dtypes(submission, inputs))}"
    return "right"


def _dtypes(submission: Submission, inputs: Inputs) -> list[str]:
    found = []
    for dtype in (torch.float16, torch.bfloat16, torch.float64):
        for mask in (None, FIRST_ONLY):
            y = answer(submission, drawn(inputs, 1, 1, sizes=(1, 2, 4, 1), dtype=dtype), mask)
            found.append(y if isinstance(y, str) else str(y.dtype))
    return found


MATHS = (
    test_output_shape,
    test_repeatable,
    test_inputs_unchanged,
    test_leading_dimensions,
    test_weights_sum_to_one,
    test_own_keys,
    test_score_scale,
    test_large_scores,
    test_mask_shapes,
    test_mask_polarity,
    test_mask_before_softmax,
    test_hidden_scores,
    test_fully_masked,
    test_gradients,
    test_fully_masked_gradients,
)
EDGES = (test_memory_layout, test_precision, test_half_precision, test_half_range, test_empty)
