"""Reports of many submissions as CSV, JSON, JSON Lines, JUnit XML and Gradescope's results.json.

All take reports as the data of `Report.to_data`, whether fresh or from a store.
"""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from xml.etree import ElementTree as ET

from interview.language import Lang

ReportData = Mapping[str, Any]

COLUMNS = ("file", "exercise", "passed", "score", "outcome", "check", "misconception", "seconds")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def as_json(reports: Sequence[ReportData]) -> str:
    """Return one document: `{"version": 1, "reports": [...]}`."""
    document = {"version": 1, "reports": list(reports)}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def as_jsonl(reports: Iterable[ReportData]) -> str:
    """Return one report a line."""
    return "".join(json.dumps(report, ensure_ascii=False) + "\n" for report in reports)


def as_csv(reports: Iterable[ReportData]) -> str:
    """Return a table with a row a submission."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for report in reports:
        writer.writerow([_cell(value) for value in row(report)])
    return text.getvalue()


def row(report: ReportData) -> list[object]:
    """Return a report's values for `COLUMNS`."""
    diagnosis = report["diagnosis"] or {}
    return [
        report["file"],
        report["exercise"],
        report["passed"],
        report["score"],
        report["outcome"],
        diagnosis.get("check"),
        diagnosis.get("misconception"),
        report["seconds"],
    ]


def as_junit(reports: Iterable[ReportData], lang: Lang) -> str:
    """Return JUnit XML: a suite a submission, a case a check."""
    root = ET.Element("testsuites", name="interview")
    for report in reports:
        root.append(_junit_suite(report, lang))
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def as_gradescope(report: ReportData, lang: Lang) -> str:
    """Return Gradescope's results.json of one submission, scored out of 100."""
    counted = [check for check in report["checks"] if check["tier"] != "advisory"]
    worth = 100 / len(counted)
    document = {
        "score": round(100 * report["score"], 2),
        "execution_time": round(report["seconds"]),
        "output": _diagnosis(report, lang),
        "output_format": "md",
        "tests": [
            {
                "name": check["id"],
                "name_format": "text",
                "max_score": round(worth, 4) if check in counted else 0,
                "score": round(worth, 4) if check in counted and _won(check) else 0,
                "status": "passed" if _won(check) else "failed",
                "output": _said(check, lang),
                "output_format": "md",
            }
            for check in report["checks"]
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _cell(value: object) -> object:
    """Return what a spreadsheet shows as it is: a text is never taken for a formula."""
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return f"'{value}"
    return value


def _junit_suite(report: ReportData, lang: Lang) -> ET.Element:
    checks = report["checks"]
    count = {
        status: sum(check["status"] == status for check in checks)
        for status in ("failed", "not_reached")
    }
    suite = ET.Element(
        "testsuite",
        name=_xml(report["file"]),
        tests=str(len(checks)),
        failures=str(count["failed"]),
        skipped=str(count["not_reached"]),
        errors="0",
        time=str(report["seconds"]),
    )
    for check in checks:
        case = ET.SubElement(
            suite, "testcase", classname=_xml(report["exercise"]), name=_xml(check["id"])
        )
        if check["status"] == "failed":
            failure = ET.SubElement(case, "failure", message=_xml(check["claim"][lang]))
            failure.text = _xml(_said(check, lang))
        elif check["status"] == "not_reached":
            ET.SubElement(case, "skipped", message=report["outcome"])
    if report["output"]:
        ET.SubElement(suite, "system-out").text = _xml(report["output"])
    return suite


def _won(check: Mapping[str, Any]) -> bool:
    return bool(check["status"] == "passed")


def _said(check: Mapping[str, Any], lang: Lang) -> str:
    if check["hint"] is None:
        return str(check["claim"][lang])
    message = (check["failure"] or {}).get("message") or ""
    return f"{check['hint'][lang].strip()}\n\n{message}".strip()


def _diagnosis(report: ReportData, lang: Lang) -> str:
    return str(report["diagnosis"]["hint"][lang]) if report["diagnosis"] else report["outcome"]


def _xml(text: str) -> str:
    """Drop what XML 1.0 cannot hold."""
    return "".join(c for c in text if c in "\t\n\r" or 0x20 <= ord(c) not in {0xFFFE, 0xFFFF})
