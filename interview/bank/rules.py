"""What one question must hold beyond its fields: a right choice, a contract, sound checks."""

import re
from collections.abc import Iterable
from typing import Any

from interview.bank.faults import Findings
from interview.bank.model import Kind
from interview.bank.parse import Parsed
from interview.bank.python_code import NotPython, functions, parse_python
from interview.language import Bilingual

RESERVED_CHECKS = ("signature", "allowed-calls")  # made for every exercise, before its suite runs
SHORTEST_ANSWER, LONGEST_ANSWER = 40, 260  # English words
LONGEST_DEMO = 19  # lines

_FENCED = re.compile(r"^ *(```|~~~).*?^ *\1 *$", re.DOTALL | re.MULTILINE)
_DISPLAY_MATHS = re.compile(r"\$\$.*?\$\$", re.DOTALL)
_INLINE = re.compile(r"\$[^$\n]+\$|`[^`\n]+`")


def judge_soundness(parsed: Parsed, findings: Findings) -> None:
    """Report what keeps a question from being asked or graded; its fields are judged already."""
    values = parsed.values
    if values.get("kind") == Kind.CHOICE:
        _judge_choices(parsed, findings)
    if isinstance(values.get("contract"), dict):
        _judge_contract(parsed, findings)
    _judge_check_list(parsed, findings)
    _judge_ids(parsed, "misconceptions", findings)


def judge_standard(parsed: Parsed, findings: Findings) -> None:
    """Report where a question that can be asked falls short of the standard."""
    _judge_demo(parsed, findings)
    _judge_answer(parsed, findings)


def _judge_choices(parsed: Parsed, findings: Findings) -> None:
    choices = parsed.values.get("choices")
    if choices is None:
        return
    if {choice.get("correct") for choice in choices} <= {False}:
        findings.add(
            "no-right-choice",
            parsed.mark("choices", "key"),
            zh="没有一个选项是正确的",
            en="none of the choices is right",
            hint=Bilingual(zh="把正确的选项标为 correct: true", en="mark one with `correct: true`"),
        )
    for lang in ("zh", "en"):
        texts = [choice.get(lang) for choice in choices]
        for index, text in enumerate(texts):
            if text is not None and text in texts[:index]:
                mark = parsed.mark("choices", index, lang)
                findings.add(
                    "duplicate-item", mark, zh="与前面的选项相同", en="the same choice again"
                )


def _judge_contract(parsed: Parsed, findings: Findings) -> None:
    contract = parsed.values["contract"]
    _judge_signature(parsed, findings, ("contract", "signature"), contract.get("entry"))
    for index in range(len(contract.get("also", ()))):
        _judge_signature(parsed, findings, ("contract", "also", index), None)


def _judge_signature(
    parsed: Parsed, findings: Findings, where: tuple[str | int, ...], entry: str | None
) -> None:
    signature = _value_at(parsed, where)
    if not isinstance(signature, str):
        return
    mark = parsed.mark(*where)
    tree = parse_python(f"def {signature}: ...")
    if isinstance(tree, NotPython) or len(tree.body) != 1 or not functions(tree):
        why = tree.why if isinstance(tree, NotPython) else "not one signature"
        findings.add(
            "contract",
            mark,
            zh=f"签名不是合法的 Python：{why}",
            en=f"the signature is not Python: {why}",
            hint=Bilingual(
                zh="写成 名字(参数, 参数=默认值)", en="write name(parameter, parameter=default)"
            ),
        )
    elif entry is not None and functions(tree)[0].name != entry:
        findings.add(
            "contract",
            mark,
            zh=f"签名的名字不是 entry 所写的 {entry}",
            en=f"the signature does not name the entry, {entry}",
        )


def _value_at(parsed: Parsed, where: tuple[str | int, ...]) -> Any:
    value: Any = parsed.values
    for step in where:
        value = value.get(step) if isinstance(value, dict) else value[step]
    return value


def _judge_check_list(parsed: Parsed, findings: Findings) -> None:
    checks = parsed.values.get("checks")
    if checks is None:
        return
    if not checks:
        mark = parsed.mark("checks", "key")
        findings.add("checks", mark, zh="一项检查也没有", en="there is no check at all")
    _judge_ids(parsed, "checks", findings)
    ids = [check.get("id") for check in checks]
    for index, check in enumerate(checks):
        if check.get("id") in RESERVED_CHECKS:
            findings.add(
                "checks",
                parsed.mark("checks", index, "id"),
                zh=f"{check['id']} 由评分程序自己检查，不能再用作 id",
                en=f"`{check['id']}` is a check the grader makes by itself",
                hint=Bilingual(zh="换一个 id", en="choose another id"),
            )
        for position, required in enumerate(check.get("requires", [])):
            if required not in ids[:index] and required not in RESERVED_CHECKS:
                _report_required(parsed, (index, position), required, ids, findings)


def _report_required(
    parsed: Parsed, place: tuple[int, int], required: str, ids: list[Any], findings: Findings
) -> None:
    mark = parsed.mark("checks", place[0], "requires", place[1])
    if required in ids:
        zh, en = f"{required} 不在这一项之前", f"`{required}` does not come before this check"
    else:
        zh, en = f"没有检查项 {required}", f"there is no check `{required}`"
    findings.add("checks", mark, zh=zh, en=en)


def _judge_ids(parsed: Parsed, name: str, findings: Findings) -> None:
    ids = [entry.get("id") for entry in parsed.values.get(name, [])]
    for index in _repeated(ids):
        mark = parsed.mark(name, index, "id")
        findings.add("checks", mark, zh=f"id {ids[index]} 重复", en=f"the id `{ids[index]}` again")


def _repeated(ids: list[Any]) -> Iterable[int]:
    return (i for i, one in enumerate(ids) if one is not None and one in ids[:i])


def _judge_demo(parsed: Parsed, findings: Findings) -> None:
    demo = parsed.values.get("demo")
    if demo is not None:
        _judge_snippet(parsed, findings, ("demo",), demo)
    if (demo is None) != (parsed.values.get("output") is None):
        findings.add(
            "demo",
            parsed.mark("demo" if demo else "output", "key"),
            zh="demo 和它打印的内容（output）要一起写" if demo else "有 output，却没有 demo",
            en="the demo's `output` is missing" if demo else "an `output` without a `demo`",
            hint=Bilingual(
                zh="`interview demo ID --record` 把它写进文件",
                en="`interview demo ID --record` writes it into the file",
            ),
        )
    chart = parsed.values.get("chart")
    if isinstance(chart, dict) and isinstance(chart.get("code"), str):
        _judge_snippet(parsed, findings, ("chart", "code"), chart["code"])


def _judge_snippet(
    parsed: Parsed, findings: Findings, where: tuple[str | int, ...], demo: str
) -> None:
    mark = parsed.mark(*where)
    tree = parse_python(demo)
    if isinstance(tree, NotPython):
        line, why = tree.mark.line, tree.why
        findings.add(
            "demo",
            mark,
            zh=f"demo 第 {line} 行不是合法的 Python：{why}",
            en=f"line {line} of the demo is not Python: {why}",
        )
    count = len(demo.strip().splitlines())
    if count > LONGEST_DEMO:
        findings.add(
            "demo",
            mark,
            zh=f"demo 有 {count} 行，上限是 {LONGEST_DEMO} 行",
            en=f"the demo has {count} lines; the limit is {LONGEST_DEMO}",
        )


def _judge_answer(parsed: Parsed, findings: Findings) -> None:
    answer = parsed.values.get("answer")
    if not isinstance(answer, dict) or "en" not in answer:
        return
    count = count_words(answer["en"])
    if SHORTEST_ANSWER <= count <= LONGEST_ANSWER:
        return
    findings.add(
        "answer-length",
        parsed.mark("answer", "en"),
        zh=f"英文答案有 {count} 个词，应当在 {SHORTEST_ANSWER} 到 {LONGEST_ANSWER} 之间",
        en=f"the English answer has {count} word{'' if count == 1 else 's'}; "
        f"{SHORTEST_ANSWER} to {LONGEST_ANSWER} are wanted",
    )


def count_words(text: str) -> int:
    """Count the words of an English answer: a formula or a code span in a line counts as one."""
    prose = _INLINE.sub("x", _DISPLAY_MATHS.sub(" ", _FENCED.sub(" ", text)))
    return sum(any(map(str.isalnum, word)) for word in prose.split())
