"""The rules of good prose, and what must not be mistaken for a breach of them."""

from pathlib import Path

import pytest

from interview.bank.check import check_bank
from tests.bank.banks import dump, make_bank, question


def faults_of(root: Path, zh: str, en: str = "Which?") -> list[tuple[str, int, int]]:
    """Return rule, line and column of each fault in a prompt written as a block."""
    text = dump(question(prompt=None)) + "prompt:\n  zh: |\n"
    first = text.count("\n") + 1
    text += "".join(f"    {line}\n" if line else "\n" for line in zh.split("\n"))
    text += f"  en: |\n    {en}\n"
    faults = check_bank(make_bank(root, prose=text))
    return [
        (fault.rule, fault.line - first, fault.column - 4)
        for fault in faults
        if fault.rule != "drift"  # the English text is always the same
    ]


@pytest.mark.parametrize(
    ("zh", "column"),
    [
        ("什么是层归一化?", 8),
        ("均值,方差", 3),
        ("均值:方差", 3),
        ("均值;方差", 3),
        ("均值.", 3),
        ("真的!", 3),
        ("等等...", 3),
        ("**均值**,方差", 7),
        ("（均值）,方差", 5),
    ],
)
def test_half_width_punctuation_after_chinese(tmp_path: Path, zh: str, column: int) -> None:
    """Chinese takes full-width punctuation; the fault stands at the sign."""
    assert faults_of(tmp_path, zh) == [("half-width-punctuation", 0, column)]


@pytest.mark.parametrize(
    ("zh", "column"),
    [
        ("用LayerNorm 时", 2),
        ("用 LayerNorm时", 12),
        ("第 3步", 4),
        ("参数γ 是什么", 3),
        ("函数`x` 返回", 3),
        ("函数 `x`返回", 7),
        ("值为$x$ 时", 3),
        ("值为 $x$时", 7),
        ("叫**Pre-LN** 的", 2),
        ("叫 **Pre-LN**的", 13),
    ],
)
def test_a_missing_space_between_scripts(tmp_path: Path, zh: str, column: int) -> None:
    """Chinese and a letter, digit, code span or formula are parted by a space."""
    assert faults_of(tmp_path, zh) == [("missing-space", 0, column)]


@pytest.mark.parametrize(
    "zh",
    [
        "用 LayerNorm、`x`、$y$，然后 3 步。",
        "**粗体**后面不必空格，**Pre-LN**，也是。",
        "代码 `a中b,c:d` 和公式 $\\text{方差a}$ 里面不管",
        "```python\nx = 1  # 注释,没空格x\n```\n之后",
        "~~~\n中a\n~~~",
        "见 [文档](https://a.b/c中d) 或 https://a.b/c?x=1。",
        "比例是 1:2，范围 0.5–1.5，如 e.g. this, that",
        "$$\n\\frac{方a}{b}\n$$",
        "美元 \\$5 不是公式",
        "2 * 3 * 4 和 `a` * `b`",
        "- 一\n- 二：`x`\n\n1. 三",
        "“eps”在哪里？（BatchNorm）不是",
    ],
)
def test_what_is_right_is_left_alone(tmp_path: Path, zh: str) -> None:
    """Code, formulas, links, full-width punctuation and emphasis cause no false alarm."""
    assert faults_of(tmp_path, zh) == []


@pytest.mark.parametrize(
    ("zh", "place"),
    [
        ("一\n\n```python\nx = 1", (2, 1)),
        ("```\n代码\n```\n\n```\n又一块", (4, 1)),
        ("````\n```\n", (0, 1)),
        ("公式 $x 没完", (0, 4)),
        ("$a$ 和 $b\n\n$c$ 好", (0, 7)),
        ("代码 `x 没完", (0, 4)),
    ],
)
def test_what_is_opened_must_be_closed(tmp_path: Path, zh: str, place: tuple[int, int]) -> None:
    """A fence, a formula or a code span without its end is reported where it opens."""
    assert faults_of(tmp_path, zh) == [("unclosed", *place)]


def test_english_is_judged_by_its_own_rules(tmp_path: Path) -> None:
    """Half-width punctuation is right in English, an open formula is not."""
    assert faults_of(tmp_path, "好", "Is it a, b: or c? 层, too.") == []
    assert [rule for rule, *_ in faults_of(tmp_path, "好", "Is $x right?")] == ["unclosed"]


@pytest.mark.parametrize(
    ("zh", "en", "rule"),
    [
        ("好", "这是中文吗？", "wrong-language"),
        ("This text was never translated into the other language", "Which?", "wrong-language"),
        ("Pre-LN", "Pre-LN", None),
        ("$x + y$", "$x + y$", None),
    ],
)
def test_a_text_in_the_other_language(tmp_path: Path, zh: str, en: str, rule: str | None) -> None:
    """A swapped or untranslated text is found; names and formulas are the same in both."""
    assert [fault[0] for fault in faults_of(tmp_path, zh, en)] == ([rule] if rule else [])


def test_places_in_quoted_text_follow_its_escapes(tmp_path: Path) -> None:
    """Doubled quotes and escapes do not shift the caret."""
    for number, spelling in enumerate(("'a''''b，均值,c'", '"a\\"\\"b，均值,c"')):
        text = dump(question(prompt=None)) + f"prompt:\n  zh: {spelling}\n  en: Which?\n"
        (fault,) = check_bank(make_bank(tmp_path / str(number), prose=text))
        assert (fault.rule, fault.column) == ("half-width-punctuation", 7 + spelling.index(",c"))


def test_prose_is_judged_everywhere(tmp_path: Path) -> None:
    """Key points and follow-ups are read as closely as prompts."""
    points = [{"zh": f"第{n}点", "en": f"point {n}", "terms": ["x"]} for n in range(3)]
    follow_ups = [{"zh": "为什么?", "en": "Why?"}]
    root = make_bank(tmp_path, prose=question(key_points=points, follow_ups=follow_ups))
    assert [fault.rule for fault in check_bank(root)] == [
        "half-width-punctuation",
        *["missing-space"] * 6,
    ]
