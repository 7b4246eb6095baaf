"""What the judge's verdict says to a candidate: the report, as data."""

from dataclasses import dataclass
from typing import Any

from interview.bank.model import Question, Tier
from interview.grading.calls import ForbiddenCall
from interview.grading.job import Failure, Finding, Outcome, Raise, Status, Verdict, Words
from interview.language import Bilingual

VERSION = 1
SIGNATURE = "signature"
ALLOWED_CALLS = "allowed-calls"
FORBIDDEN_CALL = "ForbiddenCall"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check of a report: what it claims, and what became of it."""

    id: str
    tier: Tier
    status: Status
    claim: Bilingual
    hint: Bilingual
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Why the submission fails: the first failed check, or the known misconception behind it."""

    check: str
    hint: Bilingual
    misconception: str | None = None
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What a submission is worth. `score` is the share of core and robust checks passed."""

    exercise: str
    file: str
    outcome: Outcome
    passed: bool
    score: float
    checks: tuple[CheckResult, ...]
    diagnosis: Diagnosis | None = None
    failure: Failure | None = None
    ending: str = ""
    parameters: tuple[str, ...] = ()
    output: str = ""
    protections: tuple[str, ...] = ()
    seconds: float = 0.0

    def to_data(self) -> dict[str, Any]:
        """Return the report as versioned plain data; a hint is told only of a failed check."""
        return {
            "version": VERSION,
            "exercise": self.exercise,
            "file": self.file,
            "outcome": self.outcome.value,
            "passed": self.passed,
            "score": round(self.score, 4),
            "diagnosis": _diagnosis_data(self.diagnosis),
            "error": _failure_data(self.failure),
            "ending": self.ending or None,
            "checks": [_check_data(check) for check in self.checks],
            "output": self.output,
            "protections": list(self.protections),
            "seconds": round(self.seconds, 3),
        }


def report_of(
    question: Question,
    verdict: Verdict,
    *,
    file: str,
    calls: list[ForbiddenCall],
) -> Report:
    """Put a verdict into the exercise's words.

    Raises:
        ValueError: where the question is no exercise.
    """
    checks = _check_results(question, verdict, calls)
    counted = [check for check in checks if check.tier is not Tier.ADVISORY]
    won = sum(check.status is Status.PASSED for check in counted)
    core = [check for check in checks if check.tier is Tier.CORE]
    return Report(
        exercise=question.id,
        file=file,
        outcome=verdict.outcome,
        passed=verdict.outcome is Outcome.JUDGED
        and all(check.status is Status.PASSED for check in core),
        score=won / len(counted),
        checks=checks,
        diagnosis=_diagnose(question, verdict, checks),
        failure=verdict.failure,
        ending=verdict.ending,
        parameters=verdict.parameters,
        output=verdict.output,
        protections=verdict.protections,
        seconds=verdict.seconds,
    )


def _check_results(
    question: Question, verdict: Verdict, calls: list[ForbiddenCall]
) -> tuple[CheckResult, ...]:
    exercise = question.exercise
    if exercise is None:
        raise ValueError(question.id)
    found = {finding.id: finding for finding in verdict.findings}
    results = [_signature_result(exercise.signatures, verdict)]
    if exercise.forbids:
        results.append(_calls_result(verdict, calls))
    for check in exercise.checks:
        finding = found.get(check.id, Finding(check.id, Status.NOT_REACHED))
        results.append(
            CheckResult(
                check.id, check.tier, finding.status, check.claim, check.hint, finding.failure
            )
        )
    return tuple(results)


_UNREAD = {Outcome.SYNTAX_ERROR, Outcome.MISSING_ENTRY, Outcome.IMPORT_ERROR}


def _signature_result(signatures: tuple[str, ...], verdict: Verdict) -> CheckResult:
    quoted = [f"`{one}`" for one in signatures]
    claim = Bilingual(
        zh=f"签名是 {'、'.join(quoted)}", en=f"Takes the arguments of {' and '.join(quoted)}"
    )
    signature = verdict.signature
    found = ", ".join(verdict.parameters)
    hint = Bilingual(
        zh=f"题目约定的签名是 `{signature}`，你的参数是 `({found})`。"
        "参数名和顺序都要一致，约定有默认值的，这里也要有。",
        en=f"The contract's signature is `{signature}`; yours takes `({found})`. Names and order "
        "must agree, and what has a default there needs one here.",
    )
    if signature:
        failure = Failure("signature", expected=signature, actual=f"({found})")
        return CheckResult(SIGNATURE, Tier.CORE, Status.FAILED, claim, hint, failure)
    reached = verdict.outcome not in _UNREAD and bool(verdict.findings)
    status = Status.PASSED if reached else Status.NOT_REACHED
    return CheckResult(SIGNATURE, Tier.CORE, status, claim, hint)


def _calls_result(verdict: Verdict, calls: list[ForbiddenCall]) -> CheckResult:
    claim = Bilingual(zh="没有调用题目禁用的现成实现", en="Calls nothing that the exercise forbids")
    found = calls or _stopped_calls(verdict)
    if not found:
        status = Status.NOT_REACHED if verdict.outcome is Outcome.SYNTAX_ERROR else Status.PASSED
        return CheckResult(ALLOWED_CALLS, Tier.CORE, status, claim, claim)
    first = found[0]
    failure = Failure(first.name, raised=Raise(FORBIDDEN_CALL, first.name, first.line or None))
    return CheckResult(ALLOWED_CALLS, Tier.CORE, Status.FAILED, claim, _rule(first), failure)


def _stopped_calls(verdict: Verdict) -> list[ForbiddenCall]:
    """Return the forbidden operators at which the sandbox stopped the submission."""
    raised = [one.failure.raised for one in verdict.findings if one.failure and one.failure.raised]
    return [
        ForbiddenCall(one.message, one.line or 0) for one in raised if one.type == FORBIDDEN_CALL
    ]


def _rule(call: ForbiddenCall) -> Bilingual:
    zh = f"第 {call.line} 行用了 `{call.name}`" if call.line else f"代码用到了算子 `{call.name}`"
    en = f"line {call.line} uses `{call.name}`" if call.line else f"the code reaches `{call.name}`"
    if call.disguised:
        return Bilingual(
            zh=f"这是题目的规则，不是算错：{zh}，看不出实际调用的是什么，而本题禁用现成实现。"
            "请直接写出计算过程。",
            en=f"This is a rule of the exercise, not a wrong answer: {en}, which hides what is "
            "called, and the exercise forbids the ready-made implementation. Write it out plainly.",
        )
    return Bilingual(
        zh=f"这是题目的规则，不是算错：{zh}，而本题要求自己写出它所做的计算。",
        en=f"This is a rule of the exercise, not a wrong answer: {en}, and the task is to write "
        "out what it computes.",
    )


def _diagnose(
    question: Question, verdict: Verdict, checks: tuple[CheckResult, ...]
) -> Diagnosis | None:
    """Name the rule broken, else the misconception matched, else the first failed check."""
    if verdict.outcome not in {Outcome.JUDGED, Outcome.WRONG_SIGNATURE}:
        return None
    failed = [check for check in checks if check.status is Status.FAILED]
    if not failed:
        return None
    first = min(failed, key=lambda check: list(Tier).index(check.tier))
    known = {one.id: one for one in question.exercise.misconceptions} if question.exercise else {}
    if verdict.misconceptions and first.id != ALLOWED_CALLS:
        named = known[verdict.misconceptions[0]]
        return Diagnosis(first.id, named.hint, named.id, first.failure)
    return Diagnosis(first.id, first.hint, None, first.failure)


def _both(text: Bilingual) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _check_data(check: CheckResult) -> dict[str, Any]:
    failed = check.status is Status.FAILED
    return {
        "id": check.id,
        "tier": check.tier.value,
        "status": check.status.value,
        "claim": _both(check.claim),
        "hint": _both(check.hint) if failed else None,
        "failure": _failure_data(check.failure),
    }


def _diagnosis_data(diagnosis: Diagnosis | None) -> dict[str, Any] | None:
    if diagnosis is None:
        return None
    return {
        "check": diagnosis.check,
        "misconception": diagnosis.misconception,
        "hint": _both(diagnosis.hint),
        "failure": _failure_data(diagnosis.failure),
    }


def _words_data(words: Words | None) -> dict[str, str] | None:
    """Return words in both languages; what is the same in both is told twice."""
    if words is None:
        return None
    return _both(words) if isinstance(words, Bilingual) else {"zh": words, "en": words}


def _failure_data(failure: Failure | None) -> dict[str, Any] | None:
    if failure is None:
        return None
    raised = failure.raised
    return {
        "message": failure.message,
        "what": _words_data(failure.what),
        "given": _words_data(failure.given),
        "expected": None if failure.itself else _words_data(failure.expected),
        "against": _words_data(failure.expected) if failure.itself else None,
        "actual": _words_data(failure.actual),
        "raised": raised and {"type": raised.type, "message": raised.message, "line": raised.line},
    }
