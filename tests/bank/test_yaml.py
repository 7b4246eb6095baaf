"""What YAML would make of a file behind its author's back."""

from pathlib import Path

import pytest

from interview.bank.check import check_bank
from interview.bank.load import load_bank
from tests.bank.banks import dump, make_bank, places, question, rules


def spoilt(root: Path, old: str, new: str, kind: str = "recall") -> Path:
    """Return a bank with one question in which `old` was replaced."""
    text = dump(question(kind))
    assert old in text
    return make_bank(root, spoilt=text.replace(old, new, 1))


@pytest.mark.parametrize(
    "text",
    ["no", "on", "Yes", "~", "null", "0012", "12:30:45", "1e5", "2024-01-01", ".5", "0x1F", ".inf"],
)
def test_a_text_that_yaml_reads_as_something_else_is_refused(tmp_path: Path, text: str) -> None:
    """Whatever YAML 1.1 or 1.2 takes for no text must be quoted to be one."""
    assert rules(spoilt(tmp_path / "plain", "en: Variance", f"en: {text}")) == ["yaml-surprise"]
    quoted = rules(spoilt(tmp_path / "quoted", "en: Variance", f"en: '{text}'"))
    assert set(quoted) <= {"drift"}  # the Chinese title has no such number


@pytest.mark.parametrize(
    ("text", "value"), [("7", 7.0), ("0.5", 0.5), ("-3e2", -300.0), ("1e-5", 1e-5)]
)
def test_a_decimal_is_a_number(tmp_path: Path, text: str, value: float) -> None:
    """`1e-5` is the number its author meant, though YAML 1.1 calls it text."""
    root = spoilt(tmp_path, "value: 0.5", f"value: {text}", "numeric")
    expect = load_bank(root)["norm/spoilt"].expect
    assert getattr(expect, "value", None) == value


@pytest.mark.parametrize("text", ["0012", "12:30:45", "1_000", "0x10", "yes", "+5"])
def test_a_number_is_written_as_a_decimal(tmp_path: Path, text: str) -> None:
    """Numbers that YAML reads in its own ways are refused where a number is wanted."""
    root = spoilt(tmp_path, "value: 0.5", f"value: {text}", "numeric")
    assert rules(root) == ["yaml-surprise"]


def test_only_true_and_false_are_flags(tmp_path: Path) -> None:
    """`yes` is a flag for some YAML programs and a text for others."""
    assert rules(spoilt(tmp_path, "correct: true", "correct: yes", "choice")) == ["yaml-surprise"]


def test_braces_around_text_are_explained(tmp_path: Path) -> None:
    """`{B, T}` is a mapping to YAML; the hint says to quote it."""
    faults = check_bank(spoilt(tmp_path, "- arXiv:1607.06450 §3", "- {B, T}"))
    assert [fault.rule for fault in faults] == ["wrong-type"]
    assert faults[0].hint is not None
    assert "quote" in faults[0].hint.en


def test_a_comma_between_braces_is_explained(tmp_path: Path) -> None:
    """A comma splits unquoted text between braces into two fields."""
    root = spoilt(
        tmp_path, "title:\n  zh: 方差\n  en: Variance", "title: {zh: 方差, en: Variance, biased}"
    )
    (fault,) = check_bank(root)
    assert fault.rule == "unknown-field"
    assert fault.hint is not None
    assert "comma" in fault.hint.en


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (r"\frac{a}{b}", r'\frac between double quotes becomes a form feed and "rac"'),
        (r"\theta", r'\theta between double quotes becomes a tab and "heta"'),
        (r"\times", r'\times between double quotes becomes a tab and "imes"'),
        (r"\beta", r'\beta between double quotes becomes a backspace and "eta"'),
        (r"\alpha", r'\alpha between double quotes becomes a bell character and "lpha"'),
        (
            r"\varepsilon",
            r'\varepsilon between double quotes becomes a vertical tab and "arepsilon"',
        ),
        (r"\rho", r'\rho between double quotes becomes a carriage return and "ho"'),
        (r"\epsilon", r'\epsilon between double quotes becomes an escape character and "psilon"'),
        (r"\nabla L", r'\nabla between double quotes becomes a line break and "abla"'),
        (r"\x07", "this escape between double quotes becomes a bell character"),
        (r"\sigma", r"\sigma is no escape between double quotes"),
        (r"\underline", r"\underline is no escape between double quotes"),
    ],
)
def test_latex_between_double_quotes_is_refused(tmp_path: Path, command: str, said: str) -> None:
    """The message names the command that was meant and what became of it, at its place."""
    root = spoilt(tmp_path, "zh: LayerNorm 用哪种方差？", f'zh: "求 {command} 的值？"')
    (fault,) = check_bank(root)
    assert (fault.message.en, fault.column) == (said, 10)


def test_a_line_break_between_double_quotes_may_be_meant(tmp_path: Path) -> None:
    r"""`\n` before an ordinary word is a line break."""
    assert rules(spoilt(tmp_path, "zh: LayerNorm 用哪种方差？", r'zh: "第一行\n第二行"')) == []


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("- arXiv:1607.06450 §3", "- &a arXiv", "yaml-anchor"),
        ("- arXiv:1607.06450 §3", "- arXiv\n- *a", "yaml-alias"),
        ("- arXiv:1607.06450 §3", "- !!str arXiv", "yaml-tag"),
        ("- arXiv:1607.06450 §3", "- !env HOME", "yaml-tag"),
        ("kind: recall", "kind: recall\n<<: {seed: C2}", "yaml-merge"),
        ("kind: recall", "kind: recall\nkind: recall", "duplicate-key"),
        ("kind: recall", "kind: recall\n? [a]\n: b", "yaml-key"),
    ],
)
def test_what_yaml_offers_beyond_values_is_refused(
    tmp_path: Path, old: str, new: str, rule: str
) -> None:
    """Anchors, aliases, tags, merge keys, repeated and compound keys are no part of a question."""
    assert rules(spoilt(tmp_path, old, new)) == [rule]


def test_a_repeated_key_names_the_first(tmp_path: Path) -> None:
    """The author sees both lines, since YAML would keep the second in silence."""
    (fault,) = check_bank(spoilt(tmp_path, "difficulty: easy", "difficulty: easy\nkind: bug"))
    assert (fault.line, fault.message.en) == (3, "`kind` is written twice; first on line 1")


def test_a_comment_that_swallows_text_is_reported(tmp_path: Path) -> None:
    """Unquoted text ends at ` #`, and nothing else would say so."""
    assert rules(spoilt(tmp_path, "en: Variance", "en: Variance #1 of two")) == [
        "swallowed-comment"
    ]


def test_folded_chinese_is_reported_where_it_folds(tmp_path: Path) -> None:
    """A `>` block puts a space between the lines, which Chinese does not have."""
    block = "zh: >\n    第一行，\n    第二行\n"
    root = spoilt(tmp_path, "zh: LayerNorm 用哪种方差？\n", block)
    assert places(root) == [(8, 8, "folded-chinese")]
    assert rules(spoilt(tmp_path, "zh: LayerNorm 用哪种方差？\n", block.replace(">", "|"))) == []


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: [1, 2", (1, 4)),
        ("a: 'x", (1, 4)),
        ("a: b: c", (1, 5)),
        ("a: `x`", (1, 4)),
        ("a: **x** y", (1, 4)),
        ("a:\n\t- x", (2, 1)),
        ("a: x\n--- \nb: x", (2, 1)),
        ("- a\nb: c", (2, 1)),
    ],
)
def test_a_syntax_error_stands_where_the_author_must_look(
    tmp_path: Path, text: str, place: tuple[int, int]
) -> None:
    """An unclosed bracket or quote is reported where it opens, all else where it is met."""
    fault = next(
        fault for fault in check_bank(make_bank(tmp_path, bad=text)) if "yaml" in fault.rule
    )
    assert (fault.line, fault.column) == place


def test_reading_goes_on_behind_an_error_of_one_character(tmp_path: Path) -> None:
    """Three unrelated errors of syntax in one file are reported at once."""
    text = 'a: "\\sigma"\nb: `x`\nc: d: e\n'
    found = [fault for fault in check_bank(make_bank(tmp_path, bad=text)) if "syntax" in fault.rule]
    assert [(fault.line, fault.column) for fault in found] == [(1, 5), (2, 4), (3, 5)]


def test_deep_nesting_is_one_fault(tmp_path: Path) -> None:
    """A file made to exhaust the stack is refused at a modest depth."""
    assert rules(make_bank(tmp_path, deep="[" * 100_000)) == ["yaml-syntax"]


@pytest.mark.parametrize("text", ["just text", "- a\n- b", "--- 5", "# only a comment\n"])
def test_a_file_that_is_no_mapping_is_refused(tmp_path: Path, text: str) -> None:
    """A question is made of fields."""
    assert rules(make_bank(tmp_path, bad=text)) == ["not-a-question"]
