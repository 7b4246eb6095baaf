"""Small banks for tests, sound unless a test spoils them."""

import copy
import os
import time
from pathlib import Path
from typing import Any

import yaml

from interview.bank.check import check_bank

LONG_AGO = time.time() - 3600

ANSWER = (
    "It divides by the square root of the biased variance. The sum of squares is divided by the "
    "number of features, not by one less, because the layer standardises the values it has and "
    "estimates nothing about values it has not seen; at width one the other would be undefined."
)
TOPIC = "norm"


def point(zh: str, en: str) -> dict[str, Any]:
    """Return a key point."""
    return {"zh": zh, "en": en, "terms": [en]}


RECALL: dict[str, Any] = {
    "kind": "recall",
    "difficulty": "easy",
    "title": {"zh": "方差", "en": "Variance"},
    "prompt": {"zh": "LayerNorm 用哪种方差？", "en": "Which variance does LayerNorm use?"},
    "answer": {"zh": "除以 N 的有偏方差。", "en": ANSWER},
    "key_points": [
        point("有偏", "biased"),
        point("除以个数", "by count"),
        point("最后一维", "last"),
    ],
    "follow_ups": [{"zh": "为什么？", "en": "Why?"}],
    "sources": ["arXiv:1607.06450 §3"],
}
SPECIAL: dict[str, dict[str, Any]] = {
    "recall": {"key_points": RECALL["key_points"]},
    "bug": {"key_points": RECALL["key_points"], "code": "x = x / x.std()\n"},
    "numeric": {"expect": {"value": 0.5, "tolerance": 0.01}},
    "choice": {
        "choices": [
            {
                "zh": f"选项 {n}",
                "en": f"choice {n}",
                "correct": n == "A",
                "why": {"zh": f"因为 {n}", "en": f"because {n}"},
            }
            for n in "ABC"
        ]
    },
    "code": {
        "contract": {
            "entry": "Layer",
            "signature": "Layer(width, eps=1e-5)",
            "rules": {"zh": "写 `Layer`。", "en": "Write `Layer`."},
        },
        "checks": [
            {
                "id": f"check-{n}",
                "tier": "core",
                "claim": {"zh": f"成立 {n}", "en": f"claim {n}"},
                "hint": {"zh": f"提示 {n}", "en": f"hint {n}"},
            }
            for n in range(8)
        ],
        "misconceptions": [
            {"id": f"wrong-{n}", "hint": {"zh": f"误解 {n}", "en": f"mistake {n}"}}
            for n in range(10)
        ],
    },
}


def question(kind: str = "recall", **changes: Any) -> dict[str, Any]:
    """Return the fields of a sound question; a change of None takes a field away."""
    fields = {name: value for name, value in RECALL.items() if name != "key_points"}
    fields = copy.deepcopy({**fields, "kind": kind, **SPECIAL[kind], **changes})
    return {name: value for name, value in fields.items() if value is not None}


def dump(fields: dict[str, Any]) -> str:
    """Return fields as YAML."""
    return yaml.safe_dump(fields, allow_unicode=True, sort_keys=False, width=1000)


def make_bank(root: Path, **files: Any) -> Path:
    """Write a bank with one question for each name in the topic `norm`; return its root.

    A value is the text of a file, or the fields of a question.
    """
    (root / "questions" / TOPIC).mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        text = content if isinstance(content, str) else dump(content)
        (root / "questions" / TOPIC / f"{name}.yaml").write_text(text, encoding="utf-8")
    return root


def make_exercise(root: Path, slug: str = "layer", **changes: Any) -> Path:
    """Write a sound exercise into a bank; return its folder."""
    folder = root / "questions" / TOPIC / slug
    for name in ("wrong", "right"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    fields = question("code", title={"zh": f"写 {slug}", "en": f"Write {slug}"}, **changes)
    (folder / "question.yaml").write_text(dump(fields), encoding="utf-8")
    source = "class Layer:\n    pass\n"
    for n in range(10):
        (folder / "wrong" / f"wrong_{n}.py").write_text(f"# check: check-{n % 8}\n{source}")
    for n in range(5):
        (folder / "right" / f"right_{n}.py").write_text(f"# Another way, {n}.\n{source}")
    (folder / "starter.py").write_text(source)
    tests = (f"def test_check_{n}(submission, inputs):\n    pass\n" for n in range(8))
    (folder / "suite.py").write_text("\n\n".join(tests))
    (root / "solutions").mkdir(exist_ok=True)
    (root / "solutions" / f"{slug.replace('-', '_')}.py").write_text(source)
    return folder


def settle(root: Path) -> None:
    """Make every file of a bank old enough for the cache to trust."""
    for path in root.rglob("*"):
        if path.is_file():
            os.utime(path, (LONG_AGO, LONG_AGO))


def rules(root: Path) -> list[str]:
    """Return the rules that a bank breaks, in the order of its faults."""
    return [fault.rule for fault in check_bank(root)]


def places(root: Path) -> list[tuple[int, int, str]]:
    """Return line, column and rule of each fault of a bank."""
    return [(fault.line, fault.column, fault.rule) for fault in check_bank(root)]
