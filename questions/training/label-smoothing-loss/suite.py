"""Hidden tests of label_smoothing_cross_entropy, from the root cause outwards.

One sample at first: the plain loss at ε = 0, then what smoothing adds, then large logits. Then a
batch: the mean, samples that are ignored, what the sum is divided by. Gradients follow; dtypes
and edges come last.

Most tests begin with the logits (2, 1, 0): −log p is 0.408, 1.408, 2.408, with the mean 1.408.
That is the example that the hints tell.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from interview.grading.suite import (
    Bilingual,
    CheckFailed,
    Evidence,
    Inputs,
    Submission,
    dtype_name,
    expect_close,
    expect_equal,
    raises,
)

# In float64 rounding is 1e-16 of losses below 30: TIGHT leaves a factor of 1e4. LOOSE also admits
# a detour through float32 (6e-8 of 30, 2e-6) and a constant up to 1e-8 added to p (1e-8/p, with
# p > 1e-4 for logits of scale 1): each has a check of its own. Every mistake moves the loss of
# some fixed example by more than 0.01.
LOOSE = 1e-3
TIGHT = 1e-10

IGNORED = -100  # the default of the contract
EPSILONS = (0.1, 0.5, 1.0)


def reference(
    logits: Tensor, target: Tensor, smoothing: float, ignore_index: int = IGNORED
) -> Tensor:
    """The definition, in float64, with the target distribution written out."""
    counted = target != ignore_index
    log_p = logits.double()[counted].log_softmax(-1)
    classes = logits.shape[-1]
    q = (1 - smoothing) * F.one_hot(target[counted], classes).double() + smoothing / classes
    return -(q * log_p).sum(-1).mean()


def rows(*values: Sequence[float], dtype: torch.dtype = torch.float64) -> Tensor:
    return torch.tensor(values, dtype=dtype)


def labels(*values: int) -> Tensor:
    return torch.tensor(values)


def drawn_labels(inputs: Inputs, count: int, classes: int) -> Tensor:
    return (inputs.uniform(count) * classes).long()


def told(
    logits: Tensor, target: Tensor, smoothing: float, ignore_index: int = IGNORED
) -> Bilingual:
    """What went in, as text: the logits where they are few."""
    rest = f"target {target.tolist()}, ε = {smoothing:g}"
    if ignore_index != IGNORED:
        rest += f", ignore_index={ignore_index}"
    if logits.dtype not in {torch.float64, torch.float32}:
        rest += f", {dtype_name(logits.dtype)}"
    if logits.numel() <= 9:
        shown = f"logits {_list(logits)}, {rest}"
        return Bilingual(zh=shown, en=shown)
    shape, zeros = tuple(logits.shape), not bool(logits.any())
    return Bilingual(
        zh=f"形状 {shape} 的{'全 0' if zeros else ''} logits，{rest}",
        en=f"logits of {'zeros, ' if zeros else ''}shape {shape}, {rest}",
    )


def _list(values: Tensor) -> str:
    lines = [f"[{', '.join(f'{one:.5g}' for one in row)}]" for row in values.tolist()]
    return ", ".join(lines)


def call(
    submission: Submission, logits: Tensor, target: Tensor, smoothing: float, **options: int
) -> Tensor:
    """Call on these very tensors; require a scalar tensor."""
    loss: Any = submission.label_smoothing_cross_entropy(logits, target, smoothing, **options)
    if not isinstance(loss, Tensor) or loss.dim():
        kind, given = type(loss).__name__, told(logits, target, smoothing)
        found = Bilingual(zh=kind, en=kind)
        if isinstance(loss, Tensor):
            shape = tuple(loss.shape)
            found = Bilingual(zh=f"形状 {shape} 的 {kind}", en=f"a {kind} of shape {shape}")
        wanted = Bilingual(zh="形状 () 的 Tensor", en="a Tensor of shape ()")
        raise CheckFailed(f"returns {found.en}", Evidence(given, wanted, found))
    return loss


def loss_of(
    submission: Submission, logits: Tensor, target: Tensor, smoothing: float, **options: int
) -> Tensor:
    """Call on copies, in case the submission writes into its arguments."""
    return call(submission, logits.clone(), target.clone(), smoothing, **options).detach()


def expect_reference(
    submission: Submission,
    logits: Tensor,
    target: Tensor,
    smoothing: float,
    *,
    ignore_index: int = IGNORED,
    atol: float = LOOSE,
) -> None:
    options = {} if ignore_index == IGNORED else {"ignore_index": ignore_index}
    loss = loss_of(submission, logits, target, smoothing, **options)
    wanted = reference(logits, target, smoothing, ignore_index)
    given = told(logits, target, smoothing, ignore_index)
    expect_close(loss, wanted, atol=atol, given=given)


def expect_as(
    loss: Tensor, other: Tensor, exact: Tensor, *, given: Bilingual, zh: str, en: str
) -> None:
    """Compare with the loss that the submission gave for another call, which the words say.

    Where that is right it is the expected result, else just another answer, as wrong or worse.
    """
    known = bool((other.double() - exact).abs() <= LOOSE)
    if known:
        expect_close(loss, exact, atol=LOOSE, given=given)
    else:
        what = Bilingual(zh=f"损失，对照{zh}", en=f"loss, against {en}")
        expect_close(loss, other, atol=LOOSE, given=given, what=what, itself=True)


DTYPE = Bilingual(zh="损失的 dtype", en="dtype of the loss")


# ── Checks ──────────────────────────────────────────────────────────────────────────────────


def test_scalar(submission: Submission, inputs: Inputs) -> None:
    for logits, target in (
        (rows((2, 1, 0), (0, 1, 2)), labels(0, 1)),
        (inputs.randn(1, 3), labels(1)),
        (inputs.randn(4, 5, dtype=torch.float32), drawn_labels(inputs, 4, 5)),
    ):
        call(submission, logits, target, 0.1)


def test_inputs_unchanged(submission: Submission, inputs: Inputs) -> None:
    target = drawn_labels(inputs, 4, 5)
    target[::2] = IGNORED
    for logits, given in (
        (rows((2, 1, 0)), labels(0)),
        (rows((2, 1, 0), (6, 0, 0)), labels(0, IGNORED)),
        (inputs.randn(4, 5), target),
    ):
        before = logits.clone(), given.clone()
        # What raises here is the business of later checks.
        raises(partial(call, submission, logits, given, 0.1))
        for name, now, then in zip(("logits", "target"), (logits, given), before, strict=True):
            what = Bilingual(
                zh=f"调用之后，调用者的 {name}", en=f"the caller's {name} after the call"
            )
            expect_close(now, then, atol=0.0, given=then, what=what)


def test_one_hot(submission: Submission, inputs: Inputs) -> None:
    for number in range(3):
        expect_reference(submission, rows((2, 1, 0)), labels(number), 0.0)
    for classes in (2, 5):
        logits = inputs.randn(1, classes)
        expect_reference(submission, logits, drawn_labels(inputs, 1, classes), 0.0)


def test_total_weight(submission: Submission, inputs: Inputs) -> None:
    # Where all log p are the same, how the weights are spread does not show, only their sum.
    same = inputs.randn(1, 1).expand(1, 5).clone()
    for logits in (rows((0, 0, 0)), rows((1, 1)), same):
        for smoothing in EPSILONS:
            expect_reference(submission, logits, labels(1), smoothing)


def test_every_class_shares(submission: Submission, inputs: Inputs) -> None:
    for smoothing in EPSILONS:
        for number in (0, 2):
            expect_reference(submission, rows((2, 1, 0)), labels(number), smoothing)
    for classes, smoothing in zip((2, 4, 7), EPSILONS, strict=True):
        target = drawn_labels(inputs, 1, classes)
        expect_reference(submission, inputs.randn(1, classes), target, smoothing)


def large() -> list[tuple[Tensor, Tensor, float]]:
    """Logits far apart, for the true class and against it; and all of them far below 0."""
    narrow = torch.float32
    return [
        (rows((1000, 0)), labels(1), 0.0),
        (rows((1000, 0)), labels(0), 0.1),
        (rows((-1000, -1001)), labels(0), 0.0),
        (rows((200, 0), dtype=narrow), labels(0), 0.1),
    ]


def test_large_logits(submission: Submission, inputs: Inputs) -> None:
    # Losses below 5000 are off by 5000 · 6e-8 = 3e-4 after a detour through float32.
    random = (inputs.randn(1, 5, scale=1000), drawn_labels(inputs, 1, 5), 0.1)
    for logits, target, smoothing in [*large(), random]:
        expect_reference(submission, logits, target, smoothing, atol=1e-2)


def test_mean_over_samples(submission: Submission, inputs: Inputs) -> None:
    for smoothing in (0.0, 0.1):
        expect_reference(submission, rows((2, 1, 0), (0, 1, 2)), labels(0, 1), smoothing)
        for count, classes in ((2, 5), (4, 4), (7, 3)):
            target = drawn_labels(inputs, count, classes)
            expect_reference(submission, inputs.randn(count, classes), target, smoothing)


def test_ignored_samples(submission: Submission, inputs: Inputs) -> None:
    # Other logits of an ignored sample: what the sum is divided by is a later check's business.
    target = drawn_labels(inputs, 4, 5)
    target[1::2] = IGNORED
    logits, other = inputs.randn(4, 5), inputs.randn(4, 5, scale=3)
    other[::2] = logits[::2]
    shown = rows((2, 1, 0), (6, 0, 0)), rows((2, 1, 0), (0, 0, 0)), labels(0, IGNORED)
    for smoothing in (0.1, 0.0):
        for (before, after, given), zh, en in (
            (shown, "第二行是 [6, 0, 0] 时", "a second row of [6, 0, 0]"),
            ((logits, other, target), "被忽略的行换掉之前", "other logits where ignored"),
        ):
            wanted = loss_of(submission, before, given, smoothing)
            loss = loss_of(submission, after, given, smoothing)
            exact, run = reference(before, given, smoothing), told(after, given, smoothing)
            expect_as(loss, wanted, exact, given=run, zh=zh, en=en)


def test_ignore_index_argument(submission: Submission, inputs: Inputs) -> None:
    # Against the same samples ignored by the default: only the number is another one.
    logits, target = inputs.randn(4, 5), drawn_labels(inputs, 4, 4) + 1  # none is 0
    last = labels(1, 3, 4, 2)
    last[2] = IGNORED
    for given, marked, smoothing in (
        (rows((2, 1, 0), (6, 0, 0)), labels(1, IGNORED), 0.1),
        (logits, torch.where(labels(0, 1, 0, 1) == 1, IGNORED, target), 0.1),
        (logits, last, 0.5),
    ):
        wanted = loss_of(submission, given, marked, smoothing)
        for index in (0, -1, 255):
            other = marked.masked_fill(marked == IGNORED, index)
            loss = loss_of(submission, given, other, smoothing, ignore_index=index)
            exact, run = reference(given, marked, smoothing), told(given, other, smoothing, index)
            zh, en = "用默认的 -100 时", "the default -100"
            expect_as(loss, wanted, exact, given=run, zh=zh, en=en)


def test_mean_over_counted(submission: Submission, inputs: Inputs) -> None:
    for smoothing in (0.1, 0.0):
        expect_reference(submission, rows((2, 1, 0), (6, 0, 0)), labels(0, IGNORED), smoothing)
    # A loss of 0 counts: exp(−1000) is nothing.
    expect_reference(submission, rows((1000, 0), (0, 0)), labels(0, 1), 0.0)
    target = drawn_labels(inputs, 5, 4)
    target[1:3] = IGNORED
    for smoothing in (0.0, 0.1):
        expect_reference(submission, inputs.randn(5, 4), target, smoothing)
    for index in (0, 255):
        zeros = torch.where(target == IGNORED, index, target.clamp(min=1))
        logits = inputs.randn(5, 4)
        expect_reference(submission, logits, zeros, 0.1, ignore_index=index)


Loss = Callable[[Tensor, Tensor, float], Tensor]

GRADIENT = Bilingual(zh="logits 的梯度", en="gradient of the logits")


def gradient(loss: Loss, logits: Tensor, target: Tensor, smoothing: float) -> Tensor:
    """Return the gradient of the logits."""
    leaf = logits.clone().requires_grad_()
    root = loss(leaf, target.clone(), smoothing)
    if root.requires_grad:
        root.backward()
    if leaf.grad is None:
        exact = _list(gradient(reference, logits, target, smoothing))
        none = Bilingual(zh="没有梯度", en="none")
        seen = Evidence(told(logits, target, smoothing), exact, none, GRADIENT)
        raise CheckFailed("no gradient reaches the logits", seen)
    return leaf.grad


def test_gradients(submission: Submission, inputs: Inputs) -> None:
    # Entries of (p − q)/M are below 1; what is cut out of the graph moves one by 0.09 or more.
    target = drawn_labels(inputs, 4, 5)
    target[1] = IGNORED
    for logits, given, smoothing in (
        (rows((2, 1, 0)), labels(0), 0.1),
        (rows((2, 1, 0), (6, 0, 0)), labels(0, IGNORED), 0.1),
        (rows((2, 1, 0)), labels(0), 0.0),
        (inputs.randn(4, 5), target, 0.5),
        (inputs.randn(4, 5, scale=1000), target, 0.1),
    ):
        mine = gradient(partial(call, submission), logits, given, smoothing)
        wanted = gradient(reference, logits, given, smoothing)
        shown = told(logits, given, smoothing)
        expect_close(mine, wanted, atol=LOOSE, given=shown, what=GRADIENT)


def test_precision(submission: Submission, inputs: Inputs) -> None:
    # ε = 0.1 in float32 is off by 1.5e-9: some 1e-9 of the loss.
    target = drawn_labels(inputs, 4, 5)
    target[3] = IGNORED
    for dtype in (torch.float64, torch.float32):
        loss = loss_of(submission, rows((2, 1, 0), dtype=dtype), labels(0), 0.1)
        name = dtype_name(dtype)
        given = Bilingual(zh=f"{name} 的 logits", en=f"logits in {name}")
        expect_equal(loss.dtype, dtype, what=DTYPE, given=given)
    what = Bilingual(zh="float64 时的损失", en="loss in float64")
    for logits, labelled in ((rows((2, 1, 0)), labels(0)), (inputs.randn(4, 5), target)):
        for smoothing in (0.1, 0.3):
            loss = loss_of(submission, logits, labelled, smoothing)
            exact = reference(logits, labelled, smoothing)
            if float((loss.double() - exact).abs()) > TIGHT:
                digits = f"{float(exact):.10f}", f"{float(loss):.10f}"
                seen = Evidence(told(logits, labelled, smoothing), *digits, what)
                raise CheckFailed("float64 loses its precision", seen)


def test_half_precision(submission: Submission, inputs: Inputs) -> None:
    # All in half precision, log p, its mean over classes, two products, their sum and the mean
    # over samples round once each, by at most eps/2 of themselves, and nothing cancels: 3 eps.
    # A sum over 8192 classes is another matter: 8192 · 9 = 73728 > 65504.
    target = drawn_labels(inputs, 4, 5)
    for dtype in (torch.float16, torch.bfloat16):
        bound = 4 * torch.finfo(dtype).eps
        for logits, given in (
            (rows((2, 1, 0), dtype=dtype), labels(0)),
            (inputs.randn(4, 5, dtype=dtype), target),
            (torch.zeros(1, 8192, dtype=dtype), labels(7)),
        ):
            loss = loss_of(submission, logits, given, 0.1)
            shown, wanted = told(logits, given, 0.1), reference(logits, given, 0.1)
            allowed = loss.dtype if loss.dtype in {dtype, torch.float32} else dtype
            expect_equal(loss.dtype, allowed, what=DTYPE, given=shown)
            expect_close(loss, wanted, atol=0.0, rtol=bound, given=shown)


def test_single_class(submission: Submission, inputs: Inputs) -> None:
    for logits in (rows((3,)), inputs.randn(3, 1)):
        for smoothing in (0.0, *EPSILONS):
            target = torch.zeros(logits.shape[0], dtype=torch.int64)
            expect_reference(submission, logits, target, smoothing)


# ── Probes ──────────────────────────────────────────────────────────────────────────────────
# A probe tells the first thing that is wrong and nothing after it, so that the careless and the
# careful version of one mistake are the same. Words where rounding or a constant decides.

Answers = list[Tensor | str]
Example = tuple[Tensor, Tensor]


def probe_first_fault(submission: Submission, inputs: Inputs) -> tuple[Tensor | str, ...]:
    """Name the first check that fails, and what the submission computes there."""
    # Drawn before the checks, which draw more or less depending on where they fail.
    single = inputs.randn(1, 4), drawn_labels(inputs, 1, 4)
    batch = inputs.randn(4, 5), torch.where(labels(0, 1, 0, 1) == 1, IGNORED, labels(3, 1, 1, 2))
    for check, answer in STAGES:
        if raises(partial(check, submission, inputs)):
            return check.__name__, *answer(submission, single, batch)
    return ("right",)


def _answer(
    submission: Submission, logits: Tensor, target: Tensor, smoothing: float, **options: int
) -> Tensor | str:
    try:
        return loss_of(submission, logits, target, smoothing, **options)
    except CheckFailed as failed:
        return str(failed)
    except Exception:  # noqa: BLE001 - how it fails depends on how the mistake is written
        return "raises"


def _in_words(loss: Tensor | str, wanted: Tensor) -> str:
    if isinstance(loss, str):
        return loss
    if not bool(loss.isfinite()):
        return "not finite"
    return "right" if float((loss - wanted).abs()) <= 0.01 * float(wanted) else "wrong"


def _kind_of_result(submission: Submission, single: Example, batch: Example) -> Answers:
    del single
    return [_answer(submission, batch[0], batch[1].clamp(min=0), 0.1)]


def _written_to(submission: Submission, single: Example, batch: Example) -> Answers:
    del single
    given = [one.clone() for one in batch]
    raises(partial(call, submission, given[0], given[1], 0.1))
    pairs = zip(("logits", "target"), given, batch, strict=True)
    return [name for name, now, then in pairs if not torch.equal(now, then)]


def _hard(submission: Submission, single: Example, batch: Example) -> Answers:
    del batch
    return [_answer(submission, single[0], labels(number), 0.0) for number in range(4)]


def _smoothed(submission: Submission, single: Example, batch: Example) -> Answers:
    del batch
    return [_answer(submission, *single, smoothing) for smoothing in (0.1, 0.5)]


def _far_apart(submission: Submission, single: Example, batch: Example) -> Answers:
    del single, batch
    return [_in_words(_answer(submission, *one), reference(*one)) for one in large()]


def _all_counted(submission: Submission, single: Example, batch: Example) -> Answers:
    del single
    return [_answer(submission, batch[0], labels(3, 1, 1, 2), smoothing) for smoothing in (0, 0.1)]


def _some_ignored(submission: Submission, single: Example, batch: Example) -> Answers:
    del single
    return [_answer(submission, *batch, smoothing) for smoothing in (0.0, 0.1, 0.5)]


def _other_indices(submission: Submission, single: Example, batch: Example) -> Answers:
    del single
    logits, target = batch
    found = []
    for index in (IGNORED, 0, -1, 255):
        marked = target.masked_fill(target == IGNORED, index)
        found.append(_answer(submission, logits, marked, 0.1, ignore_index=index))
    return found


def _zero_loss(submission: Submission, single: Example, batch: Example) -> Answers:
    settled = _answer(submission, rows((1000, 0), (0, 0)), labels(0, 1), 0.0)
    return [*_some_ignored(submission, single, batch), settled]


def _gradients(submission: Submission, single: Example, batch: Example) -> Answers:
    del single
    try:
        return [gradient(partial(call, submission), *batch, 0.5)]
    except CheckFailed as failed:
        return [str(failed)]
    except Exception:  # noqa: BLE001 - how it fails depends on how the mistake is written
        return ["raises"]


def _precise(submission: Submission, single: Example, batch: Example) -> Answers:
    del batch
    found: Answers = []
    for smoothing in (0.5, 0.1):  # float32 holds 0.5 exactly
        loss = _answer(submission, *single, smoothing)
        if isinstance(loss, str):
            return ["raises"]
        error = float((loss.double() - reference(*single, smoothing)).abs())
        found += [str(loss.dtype), f"precise {error < TIGHT}"]
    return found


def _halves(submission: Submission, single: Example, batch: Example) -> Answers:
    del single, batch
    found: Answers = []
    for dtype in (torch.float16, torch.bfloat16):
        given = torch.zeros(1, 8192, dtype=dtype), labels(7), 0.1
        loss = _answer(submission, *given)
        found += [_in_words(loss, reference(*given)), str(getattr(loss, "dtype", None))]
    return found


STAGES: tuple[
    tuple[Callable[[Submission, Inputs], None], Callable[[Submission, Example, Example], Answers]],
    ...,
] = (
    (test_scalar, _kind_of_result),
    (test_inputs_unchanged, _written_to),
    (test_one_hot, _hard),
    (test_total_weight, _smoothed),
    (test_every_class_shares, _smoothed),
    (test_large_logits, _far_apart),
    (test_mean_over_samples, _all_counted),
    (test_ignored_samples, _some_ignored),
    (test_ignore_index_argument, _other_indices),
    (test_mean_over_counted, _zero_loss),
    (test_gradients, _gradients),
    (test_precision, _precise),
    (test_half_precision, _halves),
    (test_single_class, _some_ignored),
)
