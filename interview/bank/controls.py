"""Whether wrong and right implementations say what they are for, and define what is asked."""

from interview.bank.faults import START, Findings
from interview.bank.model import entry_of
from interview.bank.parse import Parsed
from interview.bank.python_code import Module, defined_names, first_comment
from interview.bank.rules import RESERVED_CHECKS

_RULE = "exercise-files"


def judge_entry(module: Module | None, parsed: Parsed) -> None:
    """Report a file that does not define what the contract asks for."""
    contract = parsed.values.get("contract")
    if module is None or not isinstance(contract, dict):
        return
    also = [one for one in contract.get("also", ()) if isinstance(one, str)]
    asked = [("entry", contract.get("entry")), *(("also", entry_of(one)) for one in also)]
    for field, entry in asked:
        if entry is not None and entry not in defined_names(module.tree):
            module.findings.add(
                _RULE,
                START,
                zh=f"没有定义 contract.{field} 所写的 {entry}",
                en=f"does not define {entry}, which contract.{field} names",
            )


def judge_wrong(modules: list[Module], parsed: Parsed, question: Findings) -> None:
    """Report misconceptions without their file, files without theirs, and unknown checks."""
    misconceptions = [one.get("id", "") for one in parsed.values.get("misconceptions", [])]
    stems = {one.replace("-", "_"): index for index, one in enumerate(misconceptions)}
    for stem in stems.keys() - {module.path.stem for module in modules}:
        if not (question.path.parent / "wrong" / f"{stem}.py").exists():
            question.add(
                _RULE,
                parsed.mark("misconceptions", stems[stem], "id"),
                zh=f"缺少 wrong/{stem}.py",
                en=f"wrong/{stem}.py is missing",
            )
    checks = {check.get("id") for check in parsed.values.get("checks", [])} | set(RESERVED_CHECKS)
    for module in modules:
        if module.path.stem not in stems:
            module.findings.add(
                _RULE,
                START,
                zh="question.yaml 的 misconceptions 里没有它",
                en="no misconception of question.yaml goes with this file",
            )
        _judge_label(module, checks)


def _judge_label(module: Module, checks: set[str | None]) -> None:
    text, mark = first_comment(module.text) or ("", START)
    label, colon, check = text.lstrip("# ").partition(":")
    if label.strip() != "check" or not colon:
        module.findings.add(
            _RULE,
            mark,
            zh="第一条注释应当写明由哪一项检查发现：# check: <id>",
            en="the first comment should name the check that fails first: # check: <id>",
        )
    elif check.strip() not in checks:
        module.findings.add(
            _RULE,
            mark,
            zh=f"没有检查项 {check.strip()}",
            en=f"there is no check `{check.strip()}`",
        )


def judge_right(modules: list[Module], parsed: Parsed) -> None:
    """Report right implementations that do not say how they differ from the model solution."""
    for module in modules:
        judge_entry(module, parsed)
        if not module.text.startswith("#"):
            module.findings.add(
                _RULE,
                START,
                zh="开头应当有一条注释，说明与参考解有什么不同",
                en="should begin with a comment that says how it differs from the model solution",
            )
