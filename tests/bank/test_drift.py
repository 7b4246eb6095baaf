"""What must stand in both languages, and what may be said in either way."""

from pathlib import Path

import pytest

from interview.bank.check import check_bank
from tests.bank.banks import make_bank, question


def drift_of(root: Path, zh: str, en: str) -> list[str]:
    """Return what `bank check` says has drifted between the two texts of a prompt."""
    made = make_bank(root, drift=question(prompt={"zh": zh, "en": en}))
    return [fault.message.en for fault in check_bank(made) if fault.rule == "drift"]


@pytest.mark.parametrize(
    ("zh", "en", "message"),
    [
        ("缩小到 0.7 倍", "It shrinks to 0.71 of it.", "the number 0.7 is not in the English text"),
        ("有 3 个", "There are 3 or 4 of them.", "the number 4 is not in the Chinese"),
        ("值为 −1", "It is 1.", "the number −1 is not in the English text"),
        ("共 3 亿", "3 million in all", "the number 3 is not in the English text"),
        ("值为 $x + 1$", "It is $x - 1$.", "the formula x+1 is not in the English text"),
        ("用 `x.std()`", "Use `x.var()`.", "the code x.std() is not in the English text"),
        ("如此[^1]。", "It is so.", "the source number [^1] is not in the English text"),
    ],
)
def test_what_stands_in_one_language_only_is_reported(
    tmp_path: Path, zh: str, en: str, message: str
) -> None:
    """Numbers, formulas, code and source numbers are compared, whatever surrounds them."""
    assert message in drift_of(tmp_path, zh, en)


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("输出缩小到 2 倍", "The output is twice as large."),
        ("两个参数", "There are 2 parameters."),
        ("共 3 亿参数", "300 million parameters"),
        ("1.3 万亿 token", "1.3 trillion tokens"),
        ("65 亿参数的模型", "a 6.5-billion-parameter model"),
        ("每 1,024 个", "every 1024 of them"),
        ("GPT-2 用 fp16 训练", "GPT-2 is trained in half precision."),
        ("ResNet-110 的误差", "the error at 110 layers"),
        ("宽度是 64，即 $64 \\times 2$", "$64 \\times 2$ in width"),
        ("$a$、$b$ 都是 1", "$a, b$ are both 1."),
        ("值为 $x\\text{（均值）}$", "It is $x\\text{ (the mean)}$."),
        ("占 7%–64%", "7 % to 64 % of it"),
        ("形如 1,2,3", "as in 1, 2, 3"),
    ],
)
def test_the_same_said_in_another_way_is_no_drift(tmp_path: Path, zh: str, en: str) -> None:
    """Words for numbers, scales, grouping, names, and formulas joined by a comma are allowed."""
    assert drift_of(tmp_path, zh, en) == []


def test_comments_in_code_are_prose(tmp_path: Path) -> None:
    """Blocks of code are compared without their comments."""
    zh = "看：\n\n```python\nx = 1  # 一\n```\n"
    en = "Look:\n\n```python\nx = 1  # one\n```\n"
    assert drift_of(tmp_path, zh, en) == []
    assert drift_of(tmp_path, zh, en.replace("x = 1", "x = 2")) != []


def test_the_fault_stands_at_the_number(tmp_path: Path) -> None:
    """The place is that of what the other language lacks."""
    made = make_bank(tmp_path, drift=question(prompt={"zh": "一共 12345 个", "en": "Many."}))
    (fault,) = [fault for fault in check_bank(made) if fault.rule == "drift"]
    line = fault.path.read_text(encoding="utf-8").split("\n")[fault.line - 1]
    assert line[fault.column - 1 :].startswith("12345")
