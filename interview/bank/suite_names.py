"""Whether the tests of a suite are the checks of its question, in the same order."""

import ast

from interview.bank.faults import Findings, Mark
from interview.bank.parse import Parsed
from interview.bank.python_code import Module, functions

Tests = dict[str, ast.FunctionDef | ast.AsyncFunctionDef]


def judge_suite(suite: Module | None, parsed: Parsed, question: Findings) -> None:
    """Report checks without a test, tests without a check, and the first out of order."""
    if suite is None:
        return
    tests = _tests(suite)
    ids = [check.get("id", "") for check in parsed.values.get("checks", [])]
    for index, check in enumerate(ids):
        if _test_name(check) not in tests:
            question.add(
                "suite",
                parsed.mark("checks", index, "id"),
                zh=f"suite.py 里没有 {_test_name(check)}",
                en=f"suite.py has no {_test_name(check)}",
            )
    wanted = [_test_name(check) for check in ids if _test_name(check) in tests]
    _report_surplus(suite, tests, wanted)
    _report_disorder(suite, tests, wanted)


def _tests(suite: Module) -> Tests:
    tests: Tests = {}
    for one in functions(suite.tree):
        if one.name.startswith("test") and tests.setdefault(one.name, one) is not one:
            suite.findings.add(
                "suite",
                _mark(one),
                zh=f"{one.name} 又定义了一次，前一个不会运行",
                en=f"{one.name} is defined again; the one before is never run",
            )
    return tests


def _test_name(check: str) -> str:
    return f"test_{check.replace('-', '_')}"


def _mark(test: ast.AST) -> Mark:
    return Mark(getattr(test, "lineno", 1), getattr(test, "col_offset", 0) + 1)


def _report_surplus(suite: Module, tests: Tests, wanted: list[str]) -> None:
    for name, test in tests.items():
        if name not in wanted:
            suite.findings.add(
                "suite",
                _mark(test),
                zh=f"{name} 没有对应的检查项",
                en=f"{name} belongs to no check of question.yaml",
            )


def _report_disorder(suite: Module, tests: Tests, wanted: list[str]) -> None:
    written = [name for name in tests if name in wanted]
    for expected, name in zip(dict.fromkeys(wanted), written, strict=True):
        if expected != name:
            suite.findings.add(
                "suite",
                _mark(tests[name]),
                zh=f"次序与 checks 不同：这里应当是 {expected}",
                en=f"not in the order of `checks`: {expected} belongs here",
            )
            return
