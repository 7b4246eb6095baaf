"""Hidden tests of top_p_probs, from the root cause outwards.

First what holds for any filter: a distribution of the same shape, the same each time, from logits
left alone. Then what is kept, for one row in descending order at temperature 1: the likely end,
as many tokens as it takes, at least one, in proportion, and all of them at p = 1. Then tokens in
any order, temperature, several rows, large logits. Ties, −∞, dtypes and sizes come last.

Most tests begin with the probabilities (0.5, 0.3, 0.15, 0.05): the example that the hints tell.
No cumulative sum lies within 1e-4 of p, where rounding would decide.
"""

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor

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

# In float64 probabilities are right to 1e-11 even for logits of 20000: TIGHT leaves a factor of
# 10 there and 1e5 elsewhere. LOOSE also admits a detour through float32, which has a check of its
# own: its steps are 0.002 at 20000, so a ratio of two probabilities is off by 0.002 at most. Every
# mistake moves some probability of the fixed examples by more than 0.01.
LOOSE = 5e-3
TIGHT = 1e-10

EXAMPLE = (0.5, 0.3, 0.15, 0.05)

DTYPE = Bilingual(zh="输出的 dtype", en="output dtype")
KEPT = Bilingual(zh="留下的个数", en="tokens kept")


def reference(logits: Tensor, p: float, temperature: float = 1.0) -> Tensor:
    """The definition, in float64: how likely the more likely tokens are together decides."""
    probs = (logits.double() / temperature).softmax(-1)
    ranked, order = probs.sort(stable=True, dim=-1, descending=True)
    before = ranked.cumsum(-1) - ranked
    kept = torch.zeros_like(probs).scatter(-1, order, ranked * (before < p))
    return kept / kept.sum(-1, keepdim=True)


def row(*probabilities: float, dtype: torch.dtype = torch.float64) -> Tensor:
    """Logits of one row, (1, V), with these probabilities at temperature 1."""
    return torch.tensor([probabilities], dtype=torch.float64).log().to(dtype)


def between(logits: Tensor, temperature: float = 1.0) -> float:
    """Return a p as far as can be from where any row's sum lies.

    n sums leave a gap of 0.6/(n + 1) somewhere between 0.3 and 0.9: with 24 at most, p stays
    0.012 away from each.
    """
    probs = (logits.double() / temperature).softmax(-1).sort(-1, descending=True).values
    sums: list[float] = probs.cumsum(-1).flatten().tolist()
    edges = sorted([0.3, *(one for one in sums if 0.3 < one < 0.9), 0.9])
    low, high = max(pairwise(edges), key=lambda gap: gap[1] - gap[0])
    return (low + high) / 2


def told(logits: Tensor, p: float, temperature: float = 1.0) -> Bilingual:
    """What went in, as text: the probabilities of one row say more than its logits."""
    probs = logits.double().softmax(-1).flatten()
    if len(probs) <= 8:
        shown = Bilingual(zh=f"概率 {numbers(probs)}", en=f"probabilities {numbers(probs)}")
    else:
        shown = Bilingual(zh=f"{len(probs)} 个 token", en=f"{len(probs)} tokens")
    zh, en = (f"temperature = {temperature:g}{comma}p = {p:.5g}" for comma in ("，", ", "))
    return Bilingual(zh=f"{shown.zh}，{zh}", en=f"{shown.en}, {en}")


def numbers(values: Tensor) -> str:
    return f"[{', '.join(f'{one:.5g}' for one in values.flatten().tolist())}]"


def call(
    submission: Submission, logits: Tensor, p: float, temperature: float | None = None
) -> Tensor:
    """Call on this very tensor; require a tensor of its shape."""
    options = {} if temperature is None else {"temperature": temperature}
    probs: Any = submission.top_p_probs(logits, p, **options)
    if not isinstance(probs, Tensor) or probs.shape != logits.shape:
        name = type(probs).__name__
        wanted = tensor_of(logits)
        found = tensor_of(probs) if isinstance(probs, Tensor) else Bilingual(zh=name, en=name)
        shape = tuple(logits.shape)
        given = Bilingual(
            zh=f"logits 的形状 {shape}，p = {p:.5g}", en=f"logits of shape {shape}, p = {p:.5g}"
        )
        raise CheckFailed(f"returns {found.en}", Evidence(given, wanted, found))
    return probs


def tensor_of(like: Tensor) -> Bilingual:
    shape = tuple(like.shape)
    return Bilingual(zh=f"形状为 {shape} 的张量", en=f"a tensor of shape {shape}")


def output_of(
    submission: Submission, logits: Tensor, p: float, temperature: float | None = None
) -> Tensor:
    """Call on a copy, in case the submission writes into its argument."""
    return call(submission, logits.clone(), p, temperature).detach()


def expect_rows(
    probs: Tensor,
    wanted: Tensor,
    logits: Tensor,
    p: float,
    temperature: float = 1.0,
    *,
    atol: float = LOOSE,
    rtol: float = 0.0,
    what: Words = OUTPUT,
    itself: bool = False,
) -> None:
    """Compare row by row: the first that is wrong is the one shown."""
    size, shape = logits.shape[-1], tuple(logits.shape)
    rows = zip(*(one.reshape(-1, size) for one in (probs, wanted, logits)), strict=True)
    for n, (actual, expected, given) in enumerate(rows, start=1):
        place = what
        if what == OUTPUT and shape != (1, size):
            place = Bilingual(
                zh=f"输入形状 {shape}，输出的第 {n} 行",
                en=f"row {n} of the output for shape {shape}",
            )
        shown = told(given, p, temperature)
        expect_close(actual, expected, atol=atol, rtol=rtol, given=shown, what=place, itself=itself)


def expect_same_rows(probs: Tensor, own: Tensor, logits: Tensor, p: float) -> None:
    """Require what the submission gives for the same rows elsewhere, right or wrong.

    Where the two differ the definition is shown, unless it is `own` that strays from it.
    """
    try:
        expect_rows(probs, own, logits, p, itself=True)
    except CheckFailed:
        expect_rows(probs, reference(logits, p), logits, p)
        raise


def expect_reference(
    submission: Submission,
    logits: Tensor,
    p: float,
    temperature: float | None = None,
    *,
    atol: float = LOOSE,
) -> None:
    probs = output_of(submission, logits, p, temperature)
    given = temperature or 1.0
    expect_rows(probs, reference(logits, p, given), logits, p, given, atol=atol)


def expect_kept(submission: Submission, logits: Tensor, p: float, count: int) -> None:
    """Require the number of tokens that are kept, whatever their probabilities are."""
    probs = output_of(submission, logits, p)
    kept = int((probs > 0).sum())
    if kept != count:
        shown = numbers(probs.flatten()[:8])
        wanted = Bilingual(zh=f"留下 {count} 个", en=f"{count} kept")
        found = Bilingual(zh=f"留下 {kept} 个：{shown}", en=f"{kept} kept: {shown}")
        given = told(logits, p)
        message = f"{given.en}: {kept} kept, expected {count}"
        raise CheckFailed(message, Evidence(given, wanted, found))


def descending(inputs: Inputs, size: int) -> Tensor:
    """Draw one row of logits in descending order, no two of them close."""
    steps = inputs.uniform(1, size, low=0.2, high=0.8)
    return steps.cumsum(-1).flip(-1)


# ── Checks ──────────────────────────────────────────────────────────────────────────────────


def test_shape(submission: Submission, inputs: Inputs) -> None:
    for logits in (row(*EXAMPLE), inputs.randn(2, 5), inputs.randn(3, 3, dtype=torch.float32)):
        for p in (0.7, 1.0):
            call(submission, logits.clone(), p)


def test_repeatable(submission: Submission, inputs: Inputs) -> None:
    # 8 rows of 64 tokens alike: that one draw from each gives the same has a chance of 1e-14.
    logits = inputs.randn(8, 64, scale=0.1)
    first = output_of(submission, logits, 0.9)
    output_of(submission, inputs.randn(2, 5), 0.5)
    again = output_of(submission, logits, 0.9)
    differ = (first != again) & ~(first.isnan() & again.isnan())
    said = Bilingual(zh="两次的结果不同", en="two different results")
    given = Bilingual(
        zh="8 行，每行 64 个 token，p = 0.9，调用两次", en="8 rows of 64 tokens, p = 0.9, twice"
    )
    expect(not bool(differ.any()), said, given=given)


def test_input_unchanged(submission: Submission, inputs: Inputs) -> None:
    for logits, temperature in (
        (row(*EXAMPLE), None),
        (row(*EXAMPLE), 2.0),
        (inputs.randn(3, 5), 0.5),
    ):
        before = logits.clone()
        # What raises here is the business of later checks.
        raises(partial(call, submission, logits, 0.7, temperature))
        heat = temperature or 1.0
        what = Bilingual(
            zh=f"调用之后的 logits，p = 0.7，temperature = {heat:g}",
            en=f"logits after the call, p = 0.7, temperature = {heat:g}",
        )
        expect_close(logits, before, atol=0.0, given=before, what=what)


def test_rows_sum_to_one(submission: Submission, inputs: Inputs) -> None:
    # A row of NaN comes of nothing kept: the business of a later check.
    double = row(*EXAMPLE).repeat(2, 1)
    random = inputs.randn(3, 7)
    for logits, p in ((row(*EXAMPLE), 0.7), (double, 0.7), (random, between(random))):
        probs = output_of(submission, logits, p)
        for given, one in zip(logits, probs, strict=True):
            if bool(one.isnan().any()):
                continue
            total = float(one.sum())
            what = Bilingual(zh="这一行的和", en="sum of the row")
            expect_equal(f"{total:.4g}", "1", what=what, given=told(given, p))
            said = Bilingual(zh="有负的概率", en="a negative probability")
            expect(bool((one >= 0).all()), said, given=told(given, p))


def test_tail_removed(submission: Submission, inputs: Inputs) -> None:
    # Of 6 in descending order the last has less than 0.1: it goes at any p up to 0.9.
    drawn = descending(inputs, 6)
    for logits, p in ((row(*EXAMPLE), 0.7), (drawn, between(drawn))):
        probs = output_of(submission, logits, p)[0]
        if not float(probs[0]) > 0 or float(probs[-1]) != 0:
            wanted = Bilingual(
                zh="第一个大于 0，最后一个恰好为 0", en="the first above 0, the last exactly 0"
            )
            given, shown = told(logits, p), numbers(probs)
            raise CheckFailed(f"{given.en}: {shown}", Evidence(given, wanted, shown))


def test_nucleus_size(submission: Submission, inputs: Inputs) -> None:
    for p, count in ((0.7, 2), (0.9, 3), (0.6, 2), (0.97, 4)):
        expect_kept(submission, row(*EXAMPLE), p, count)
    for size in (3, 6, 9):
        logits = descending(inputs, size)
        p = between(logits)
        sums = logits.softmax(-1).cumsum(-1)
        expect_kept(submission, logits, p, int((sums < p).sum()) + 1)


def test_never_empty(submission: Submission, inputs: Inputs) -> None:
    # In float32, 1 − 1e-9 is 1, and so is the sum of 1 and 0.
    certain = torch.tensor([[0.0, -1000.0]], dtype=torch.float32)
    for logits, p in (
        (row(*EXAMPLE), 0.4),
        (row(*EXAMPLE), 1e-6),
        (certain, 1e-9),
        (descending(inputs, 6), 1e-3),
    ):
        expect_kept(submission, logits, p, 1)
        expect_reference(submission, logits, p)


def test_proportions(submission: Submission, inputs: Inputs) -> None:
    for p in (0.7, 0.9):
        expect_reference(submission, row(*EXAMPLE), p)
    for size in (3, 6, 9):
        logits = descending(inputs, size)
        expect_reference(submission, logits, between(logits))


def test_everything_at_one(submission: Submission, inputs: Inputs) -> None:
    # Four times 1/4 adds up to 1 exactly, and no sum exceeds p.
    for logits in (torch.zeros(1, 4, dtype=torch.float64), row(*EXAMPLE), descending(inputs, 6)):
        expect_reference(submission, logits, 1.0)


def test_vocabulary_order(submission: Submission, inputs: Inputs) -> None:
    # Sorting takes a swap apart by the same swap; only longer cycles tell gather from scatter.
    for probabilities in (
        (0.15, 0.5, 0.3, 0.05),
        (0.3, 0.5, 0.15, 0.05),
        (0.05, 0.15, 0.3, 0.5),
        (0.3, 0.05, 0.5, 0.15),
    ):
        expect_reference(submission, row(*probabilities), 0.7)
    for size in (5, 7):
        logits = descending(inputs, size).roll(2, -1)
        expect_reference(submission, logits, between(logits))


def test_temperature_divides(submission: Submission, inputs: Inputs) -> None:
    # At p = 1 nothing is removed: what temperature does to the cut is the next check's business.
    for logits in (row(*EXAMPLE), inputs.randn(1, 5)):
        for temperature in (2.0, 0.5, 10.0):
            expect_reference(submission, logits, 1.0, temperature)
        expect_reference(submission, logits, 1.0)


def test_temperature_first(submission: Submission, inputs: Inputs) -> None:
    for temperature in (2.0, 0.5, 0.25):
        expect_reference(submission, row(*EXAMPLE), 0.7, temperature)
    for temperature in (3.0, 0.5):
        logits = inputs.randn(1, 6)
        p = between(logits, temperature)
        expect_reference(submission, logits, p, temperature)


def test_rows_apart(submission: Submission, inputs: Inputs) -> None:
    peaked, flat = (0.05, 0.85, 0.06, 0.04), (0.27, 0.23, 0.24, 0.26)
    for logits in (
        torch.cat([row(*EXAMPLE), row(*peaked)]),
        torch.cat([row(*peaked), row(*flat), row(*EXAMPLE)]),
        inputs.randn(4, 5),
    ):
        p = 0.7 if logits.shape[-1] == 4 else between(logits)
        alone = torch.cat([output_of(submission, one[None], p) for one in logits])
        expect_same_rows(output_of(submission, logits, p), alone, logits, p)


def test_leading_dimensions(submission: Submission, inputs: Inputs) -> None:
    for shape in ((4,), (2, 3, 4), (2, 1, 2, 5), (1, 1, 1, 3)):
        logits = inputs.randn(*shape)
        p = between(logits)
        wanted = output_of(submission, logits.reshape(-1, shape[-1]), p).reshape(shape)
        expect_same_rows(output_of(submission, logits, p), wanted, logits, p)
    strided = inputs.randn(5, 3).t()
    p = between(strided)
    wanted = output_of(submission, strided.clone(memory_format=torch.contiguous_format), p)
    expect_same_rows(call(submission, strided, p), wanted, strided, p)


def test_large_logits(submission: Submission, inputs: Inputs) -> None:
    # Adding a constant to all logits changes nothing; a low temperature makes them large.
    for logits in (row(*EXAMPLE), inputs.randn(1, 6)):
        p = 0.7 if logits.shape[-1] == 4 else between(logits)
        wanted = reference(logits, p)
        for offset in (1000.0, -1000.0, -20_000.0):
            probs = output_of(submission, logits + offset, p)
            shown = told(logits, p)
            given = Bilingual(
                zh=f"{shown.zh}，logits 全部 {offset:+g}", en=f"{shown.en}, all logits {offset:+g}"
            )
            expect_close(probs, wanted, atol=LOOSE, given=given)
    spread = torch.tensor([[0.0, 1000.0, -1000.0, 999.0]], dtype=torch.float64)
    expect_reference(submission, spread, 0.9)
    expect_reference(submission, row(*EXAMPLE), 0.9, 1e-3)


def test_ties(submission: Submission, inputs: Inputs) -> None:
    # Which of those that are alike is kept is free, so values are compared in order.
    level = inputs.uniform(1, 1, low=-2, high=2)
    for logits, p, count in (
        (row(0.4, 0.2, 0.2, 0.2), 0.5, 2),
        (row(0.25, 0.25, 0.25, 0.25), 0.6, 3),
        (level.expand(2, 10).clone(), 0.65, 7),
    ):
        probs = output_of(submission, logits, p)
        for one in probs:
            expect_equal(int((one > 0).sum()), count, what=KEPT, given=told(logits[0], p))
        wanted = reference(logits, p).sort(-1).values
        what = Bilingual(zh="输出，从小到大排列", en="output, in ascending order")
        expect_rows(probs.sort(-1).values, wanted, logits, p, what=what)


def test_excluded_tokens(submission: Submission, inputs: Inputs) -> None:
    random = inputs.randn(2, 7)
    random[:, 2:4] = -torch.inf
    for logits in (row(0.0, 0.3, 0.5, 0.2), row(0.5, 0.3, 0.2, 0.0), random):
        for temperature in (1.0, 2.0):
            p = between(logits, temperature) if logits is random else 0.7
            expect_reference(submission, logits, p, temperature)
        expect_reference(submission, logits, 1.0)


def test_precision(submission: Submission, inputs: Inputs) -> None:
    for dtype in (torch.float64, torch.float32):
        probs = output_of(submission, row(*EXAMPLE, dtype=dtype), 0.7)
        given = Bilingual(zh=f"{dtype_name(dtype)} 的 logits", en=f"{dtype_name(dtype)} logits")
        expect_equal(probs.dtype, dtype, what=DTYPE, given=given)
    random = inputs.randn(3, 5)
    for logits, temperature in ((row(*EXAMPLE), 1.0), (row(*EXAMPLE), 3.0), (random, 0.7)):
        p = 0.7 if logits.shape[-1] == 4 else between(logits, temperature)
        probs = output_of(submission, logits, p, temperature)
        error = float((probs.double() - reference(logits, p, temperature)).abs().max())
        if not error <= TIGHT:
            shown = told(logits[0], p, temperature)
            given = Bilingual(zh=f"{shown.zh}，float64", en=f"{shown.en}, float64")
            allowed = Bilingual(zh="误差不超过 1e-10", en="an error of 1e-10 at most")
            found = Bilingual(zh=f"误差 {error:.2g}", en=f"an error of {error:.2g}")
            raise CheckFailed("float64 loses its precision", Evidence(given, allowed, found))


def test_half_precision(submission: Submission, inputs: Inputs) -> None:
    # Tokens alike, with 2⁻¹⁰ or 2⁻¹² each: float32 adds them up exactly, and p lies half a token
    # from the nearest sum. In half precision sums near 1 come in steps of 4 tokens, or of 2.
    for dtype, size, count in ((torch.bfloat16, 1024, 717), (torch.float16, 4096, 3687)):
        logits, p = torch.zeros(1, size, dtype=dtype), (count - 0.5) / size
        probs = output_of(submission, logits, p)
        shown = Bilingual(
            zh=f"{size} 个相同的 {dtype_name(dtype)} logits，p = {p:.5g}",
            en=f"{size} equal {dtype_name(dtype)} logits, p = {p:.5g}",
        )
        expect_equal(probs.dtype, dtype, what=DTYPE, given=shown)
        expect_equal(int((probs > 0).sum()), count, what=KEPT, given=shown)
        # One rounding of the result is eps/2 of it; softmax and division in half precision
        # would round twice more.
        random = inputs.randn(2, 5).to(dtype)
        p = between(random)
        bound = 2 * torch.finfo(dtype).eps
        what = Bilingual(zh=f"{dtype_name(dtype)} 下的输出", en=f"output in {dtype_name(dtype)}")
        for given, q in ((row(*EXAMPLE, dtype=dtype), 0.7), (random, p)):
            probs = output_of(submission, given, q)
            wanted = reference(given, q)
            expect_rows(probs, wanted, given, q, atol=0.0, rtol=bound, what=what)


def test_sizes(submission: Submission, inputs: Inputs) -> None:
    for size in ((1, 1), (3, 1), (1, 2)):
        expect_reference(submission, inputs.randn(*size), 0.4)
    for logits in (torch.zeros(0, 4), torch.zeros(2, 0, 4)):
        call(submission, logits, 0.7)


# ── Probes ──────────────────────────────────────────────────────────────────────────────────
# A probe tells the first thing that is wrong and nothing after it, so that the careless and the
# careful version of one mistake are the same. Words where chance or rounding decides.

Answers = list[Tensor | str]


def probe_first_fault(submission: Submission, inputs: Inputs) -> tuple[Tensor | str, ...]:
    """Name the first check that fails, and what the submission computes there."""
    # Drawn before the checks, which draw more or less depending on where they fail.
    batch = inputs.randn(3, 5)
    for check, answer in STAGES:
        if raises(partial(check, submission, inputs)):
            return check.__name__, *answer(submission, batch)
    return ("right",)


def _answer(
    submission: Submission, logits: Tensor, p: float, temperature: float | None = None
) -> Tensor | str:
    try:
        return output_of(submission, logits, p, temperature)
    except CheckFailed as failed:
        return str(failed)
    except Exception:  # noqa: BLE001 - how it fails depends on how the mistake is written
        return "raises"


def _shapes(submission: Submission, batch: Tensor) -> Answers:
    found: Answers = []
    for logits in (row(*EXAMPLE), row(*EXAMPLE)[0], batch):
        answer = _answer(submission, logits, 0.7)
        found.append(answer if isinstance(answer, str) else "right")
    return found


def _nothing(submission: Submission, batch: Tensor) -> Answers:
    del submission, batch
    return []


def _written_to(submission: Submission, batch: Tensor) -> Answers:
    """Tell what is written: at temperature 1, and at 2, where nothing is removed."""
    found: Answers = []
    for p, temperature in ((0.7, None), (1.0, 2.0)):
        logits = batch.clone()
        raises(partial(call, submission, logits, p, temperature))
        found.append(f"written to {not torch.equal(logits, batch)}")
    return found


def _sums(submission: Submission, batch: Tensor) -> Answers:
    """Two rows alike, so that each is half of the whole."""
    del batch
    found: Answers = []
    for p in (0.7, 0.9):
        answer = _answer(submission, row(*EXAMPLE).repeat(2, 1), p)
        found.append(answer if isinstance(answer, str) else answer.sum(-1))
    return found


def _kept(submission: Submission, batch: Tensor) -> Answers:
    """Ask for one descending row, and for the same with logits above 0."""
    del batch
    found = [_answer(submission, row(*EXAMPLE), p) for p in (0.7, 0.9, 0.4, 0.97, 0.25)]
    return [*found, _answer(submission, row(*EXAMPLE) + 2, 0.7)]


def _values(submission: Submission, batch: Tensor) -> Answers:
    del batch
    return [_answer(submission, row(*EXAMPLE), p) for p in (0.7, 0.9, 1.0)]


def _permuted(submission: Submission, batch: Tensor) -> Answers:
    orders = (row(0.05, 0.15, 0.3, 0.5), row(0.15, 0.5, 0.3, 0.05), batch[:1])
    return [_answer(submission, logits, p) for logits in orders for p in (0.7, 0.9)]


def _heated(submission: Submission, batch: Tensor) -> Answers:
    return [
        _answer(submission, logits, p, temperature)
        for logits in (row(*EXAMPLE), batch[:1])
        for p in (1.0, 0.7)
        for temperature in (2.0, 0.5)
    ]


def _together(submission: Submission, batch: Tensor) -> Answers:
    return [_answer(submission, batch, p) for p in (0.4, 0.6, 0.8)]


def _many_dimensions(submission: Submission, batch: Tensor) -> Answers:
    given = (batch[0], batch[None], batch[None, :, None])
    found = [_answer(submission, logits, 0.7) for logits in given]
    return [one if isinstance(one, str) else "runs" for one in found]


def _far(submission: Submission, batch: Tensor) -> Answers:
    del batch
    found: Answers = []
    for offset in (1000.0, -1000.0, -20_000.0):
        answer = _answer(submission, row(*EXAMPLE) + offset, 0.7)
        if isinstance(answer, str):
            found.append(answer)
            continue
        largest = float(answer.argmax()) if bool(answer.isfinite().all()) else torch.nan
        found.append(f"the largest is {largest}")
    return found


def _alike(submission: Submission, batch: Tensor) -> Answers:
    del batch
    given = ((row(0.25, 0.25, 0.25, 0.25), 0.6), (row(0.4, 0.2, 0.2, 0.2), 0.5))
    found = [_answer(submission, *one) for one in given]
    return [one if isinstance(one, str) else str(int((one > 0).sum())) for one in found]


def _excluded(submission: Submission, batch: Tensor) -> Answers:
    del batch
    found = [_answer(submission, row(0.0, 0.3, 0.5, 0.2), p) for p in (0.7, 1.0)]
    return [one if isinstance(one, str) else f"NaN {bool(one.isnan().any())}" for one in found]


def _precise(submission: Submission, batch: Tensor) -> Answers:
    answer = _answer(submission, batch, 1.0, 0.7)
    if isinstance(answer, str):
        return [answer]
    error = float((answer.double() - reference(batch, 1.0, 0.7)).abs().max())
    return [str(answer.dtype), f"precise {error < TIGHT}"]


def _halves(submission: Submission, batch: Tensor) -> Answers:
    del batch
    found: Answers = []
    for dtype, size, count in ((torch.bfloat16, 1024, 717), (torch.float16, 4096, 3687)):
        answer = _answer(submission, torch.zeros(1, size, dtype=dtype), (count - 0.5) / size)
        kept = -1 if isinstance(answer, str) else int((answer > 0).sum())
        found.append(f"{getattr(answer, 'dtype', None)} right {kept == count}")
    return found


def _empty(submission: Submission, batch: Tensor) -> Answers:
    del batch
    given = (torch.zeros(3, 1), torch.zeros(0, 4), torch.zeros(2, 0, 4))
    found = [_answer(submission, logits, 0.4) for logits in given]
    return [one if isinstance(one, str) else "runs" for one in found]


STAGES: tuple[
    tuple[Callable[[Submission, Inputs], None], Callable[[Submission, Tensor], Answers]], ...
] = (
    (test_shape, _shapes),
    (test_repeatable, _nothing),
    (test_input_unchanged, _written_to),
    (test_rows_sum_to_one, _sums),
    (test_tail_removed, _kept),
    (test_nucleus_size, _kept),
    (test_never_empty, _kept),
    (test_proportions, _values),
    (test_everything_at_one, _values),
    (test_vocabulary_order, _permuted),
    (test_temperature_divides, _heated),
    (test_temperature_first, _heated),
    (test_rows_apart, _together),
    (test_leading_dimensions, _many_dimensions),
    (test_large_logits, _far),
    (test_ties, _alike),
    (test_excluded_tokens, _excluded),
    (test_precision, _precise),
    (test_half_precision, _halves),
    (test_sizes, _empty),
)
