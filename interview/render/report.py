"""A report as the candidate reads it: the checks, what went wrong first and why, the score."""

from collections.abc import Iterable

from rich.console import RenderableType
from rich.text import Text

from interview.bank.model import Tier
from interview.grading.job import Failure, Outcome, Status
from interview.grading.report import FORBIDDEN_CALL, CheckResult, Diagnosis, Report
from interview.grading.submission import Submission
from interview.language import Bilingual, Lang
from interview.render.layout import Indented, aligned, heading, stack
from interview.render.markdown import inline, markdown
from interview.render.wrap import Flow

_MARKS = {Status.PASSED: "✓", Status.FAILED: "✗", Status.NOT_REACHED: "·"}
_STYLES = {Status.PASSED: "green", Status.FAILED: "bold red", Status.NOT_REACHED: "dim"}
_TIERS = {
    Tier.ROBUST: Bilingual(zh="（加分）", en=" (robust)"),
    Tier.ADVISORY: Bilingual(zh="（建议）", en=" (advisory)"),
}
_PASSED = Bilingual(zh="通过", en="PASSED")
_FAILED = Bilingual(zh="未通过", en="NOT PASSED")
_NOT_REACHED = Bilingual(zh="未判：", en="not reached: ")
_ENDINGS = {
    "exit:0": Bilingual(
        zh="它以退出码 0 结束了自己：退出码不是分数，答案要由返回值给出。",
        en="It ended itself with exit status 0: an exit status is no score; return the answer.",
    ),
    "signal:SIGKILL": Bilingual(
        zh="它被系统终止，多半是用完了内存或 CPU 时间。",
        en="The system killed it, most likely for the memory or CPU time it used.",
    ),
    "scratch-full": Bilingual(
        zh="它往磁盘写得太多，被终止了。", en="It was ended for writing too much to disk."
    ),
    "signal:SIGXCPU": Bilingual(zh="它用完了 CPU 时间。", en="It used up its CPU time."),
    "signal:SIGSEGV": Bilingual(
        zh="它发生了段错误（非法内存访问）。", en="It crashed with a segmentation fault."
    ),
}


def report_view(report: Report, submission: Submission, lang: Lang) -> RenderableType:
    """Return the whole report."""
    return stack(
        [
            _checks(report, lang),
            _trouble(report, submission, lang),
            _diagnosis(report.diagnosis, submission, lang) if report.diagnosis else None,
            _output(report.output, lang),
            verdict_line(report, lang),
        ]
    )


def verdict_line(report: Report, lang: Lang) -> Text:
    """Return the last line: passed or not, how many checks, how long it took."""
    counted = [check for check in report.checks if check.tier is not Tier.ADVISORY]
    won = sum(check.status is Status.PASSED for check in counted)
    word = (_PASSED if report.passed else _FAILED)[lang]
    text = Text(word, style="bold green" if report.passed else "bold red")
    text.append(
        Bilingual(
            zh=f"  {won}/{len(counted)} 项检查（{report.score:.0%}），用时 {report.seconds:.1f} 秒",
            en=f"  {won} of {len(counted)} checks ({report.score:.0%}) in {report.seconds:.1f} s",
        )[lang],
        style="not bold default",
    )
    return text


def _checks(report: Report, lang: Lang) -> RenderableType:
    judged = [one for one in report.checks if one.status is not Status.NOT_REACHED]
    if not judged:
        return Text(f"{report.exercise} · {report.file}", style="bold")
    rows: list[RenderableType] = [Text(f"{report.exercise} · {report.file}", style="bold")]
    last = max(n for n, one in enumerate(report.checks) if one.status is not Status.NOT_REACHED)
    rows += [_check_line(check, lang) for check in report.checks[: last + 1]]
    rest = len(report.checks) - last - 1
    if rest:
        words = Bilingual(zh=f"其余 {rest} 项没有判到", en=f"{rest} more checks were not reached")
        rows.append(Text(f"  {_MARKS[Status.NOT_REACHED]} {words[lang]}", style="dim"))
    return stack(rows, gap=0)


def _check_line(check: CheckResult, lang: Lang) -> RenderableType:
    claim = Text()
    if check.status is Status.NOT_REACHED:
        claim.append(_NOT_REACHED[lang])
    claim.append_text(inline(check.claim[lang]))
    if check.tier in _TIERS:
        claim.append(_TIERS[check.tier][lang], style="dim")
    if check.status is Status.NOT_REACHED:
        claim.stylize("dim")
    return Indented(Flow(claim), f"  {_MARKS[check.status]} ", style=_STYLES[check.status])


def _diagnosis(diagnosis: Diagnosis, submission: Submission, lang: Lang) -> RenderableType:
    title = Bilingual(
        zh=f"最先出错的检查：{diagnosis.check}", en=f"First failed check: {diagnosis.check}"
    )
    parts: list[RenderableType] = [
        heading(title[lang]),
        Indented(markdown(diagnosis.hint[lang]), "  "),
    ]
    if diagnosis.failure:
        parts += _evidence(diagnosis.failure, submission, lang)
    return stack(parts, gap=0)


_EXPECTED = Bilingual(zh="期望", en="expected")


def _evidence(failure: Failure, submission: Submission, lang: Lang) -> Iterable[RenderableType]:
    told = Bilingual(zh="对照", en="against") if failure.itself else _EXPECTED
    labelled = {
        Bilingual(zh="比较", en="what"): failure.what,
        Bilingual(zh="输入", en="input"): failure.given,
        told: failure.expected,
        Bilingual(zh="实际", en="actual"): failure.actual,
    }
    shown = {
        label[lang]: value[lang] if isinstance(value, Bilingual) else value
        for label, value in labelled.items()
        if value
    }
    for label, value in zip(aligned(list(shown)), shown.values(), strict=True):
        yield Indented(Flow(Text(value)), f"  {label}  ", style="bold")
    if not shown and not failure.raised:
        yield Indented(Flow(Text(failure.message)), "  ")
    if failure.raised:
        yield from _raised(failure, submission)


def _raised(failure: Failure, submission: Submission) -> Iterable[RenderableType]:
    raised = failure.raised
    if raised is None:
        return
    if raised.type != FORBIDDEN_CALL:
        yield Indented(Flow(Text(f"{raised.type}: {raised.message}")), "  ", style="red")
    source = submission.line(raised.line)
    if source:
        yield Indented(
            Flow(Text(source)), f"  {submission.path.name}:{raised.line}  ", style="bold"
        )


def _trouble(report: Report, submission: Submission, lang: Lang) -> RenderableType | None:
    """Say what kept the submission from being judged to its end."""
    said = _said(report)
    if said is None:
        return None
    parts: list[RenderableType] = [Flow(inline(said[lang]))]
    if report.failure and report.failure.raised and report.outcome is not Outcome.MISSING_ENTRY:
        parts += _raised(report.failure, submission)
    return stack(parts, gap=0)


def _said(report: Report) -> Bilingual | None:
    running = next((one.id for one in report.checks if one.status is Status.FAILED), None)
    during = Bilingual(
        zh=f"（检查 {running} 运行时）" if running else "（导入文件时）",
        en=f" during the check {running}" if running else " while the file was imported",
    )
    if report.outcome is Outcome.SYNTAX_ERROR:
        return Bilingual(
            zh="这个文件不是合法的 Python，没有可以判的内容。",
            en="This file is not valid Python, so there is nothing to judge.",
        )
    if report.outcome is Outcome.MISSING_ENTRY:
        name = report.failure.message if report.failure else ""
        return Bilingual(
            zh=f"文件里没有定义 `{name}`：题目要的就是这个名字。",
            en=f"The file does not define `{name}`, the name that the exercise asks for.",
        )
    if report.outcome is Outcome.IMPORT_ERROR:
        return Bilingual(
            zh="导入这个文件时出错，检查都还没有开始。",
            en="Importing the file raised an error; no check has begun.",
        )
    if report.outcome is Outcome.TIMED_OUT:
        return Bilingual(
            zh=f"超时{during.zh}：代码没有在时限内返回，多半是死循环。",
            en=f"Timed out{during.en}: the code did not return, most likely an endless loop.",
        )
    if report.outcome is Outcome.ENDED:
        how = _ENDINGS.get(report.ending) or Bilingual(
            zh=f"（{report.ending or '原因不明'}）", en=f"({report.ending or 'no reason given'})"
        )
        return Bilingual(
            zh=f"运行这份代码的进程中途结束了{during.zh}。{how.zh}",
            en=f"The process that ran the code ended{during.en}. {how.en}",
        )
    if report.outcome is Outcome.PROTOCOL:
        return Bilingual(
            zh=f"这份代码干扰了评分用的通道{during.zh}，评分到此为止。",
            en=f"The code interfered with the grader's own channel{during.en}; grading ends here.",
        )
    return None


def _output(output: str, lang: Lang) -> RenderableType | None:
    if not output.strip():
        return None
    title = Bilingual(zh="代码打印的内容", en="What the code printed")[lang]
    lines = output.rstrip().splitlines()
    shown = lines[:20]
    if len(lines) > len(shown):
        more = len(lines) - len(shown)
        shown.append(Bilingual(zh=f"…（还有 {more} 行）", en=f"… ({more} more lines)")[lang])
    return stack([heading(title), *(Indented(Flow(Text(one)), "  │ ") for one in shown)], gap=0)
