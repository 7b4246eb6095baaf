"""`interview bank` as its user sees it."""

import json
from pathlib import Path

import jsonschema
import pytest
from rich.cells import cell_len

from tests.bank.banks import dump, make_bank, question
from tests.conftest import RunCli


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    """Return a bank with one sound question and one with faults."""
    text = dump(question(title={"zh": "另一个", "en": "Another"}, titel="x"))
    text = text.replace(
        "zh: LayerNorm 用哪种方差？", 'zh: "层归一化的公式 $\\frac{a}{b}$ 里，ε 在哪里？"'
    )
    return make_bank(tmp_path, faulty=text, sound=question())


def test_a_clean_bank_passes(tmp_path: Path, run_cli: RunCli) -> None:
    """It says how many questions were checked, and nothing else."""
    root = make_bank(tmp_path, sound=question())
    done = run_cli("bank", "check", "--bank", root)
    assert (done.returncode, done.stdout, done.stderr) == (
        0,
        "1 question checked, no faults.\n",
        "",
    )
    done = run_cli("bank", "check", "--bank", root, "--lang", "zh")
    assert done.stdout == "检查了 1 道题，没有错误。\n"


def test_faults_are_printed_with_place_line_caret_and_hint(faulty: Path, run_cli: RunCli) -> None:
    """Paths are relative to where the user stands; the last line counts."""
    done = run_cli("bank", "check", "--bank", ".", cwd=faulty)
    assert done.returncode == 1
    lines = (faulty / "questions" / "norm" / "faulty.yaml").read_text(encoding="utf-8").splitlines()
    line, last = lines.index("prompt:") + 2, len(lines)
    said = '\\frac between double quotes becomes a form feed and "rac" [control-character]'
    assert done.stdout.splitlines() == [
        f"questions/norm/faulty.yaml:{line}:17: {said}",
        f'{line:>5} |   zh: "层归一化的公式 $\\frac{{a}}{{b}}$ 里，ε 在哪里？"',
        "      |" + " " * 24 + "^",
        "  hint: write LaTeX in a | block, between single quotes, or unquoted",
        f"questions/norm/faulty.yaml:{last}:1: unknown field `titel` [unknown-field]",
        f"{last:>5} | titel: x",
        "      | ^",
        "  hint: did you mean `title`?",
        "2 questions checked, 2 faults in 1 file.",
    ]


def test_the_caret_stands_below_the_fault_among_wide_characters(
    faulty: Path, run_cli: RunCli
) -> None:
    """Chinese characters take two cells each, so columns and cells differ."""
    lines = run_cli("bank", "check", "--bank", faulty).stdout.splitlines()
    source, caret = lines[1], lines[2]
    before = source[: source.index("\\frac")]
    assert cell_len(before) > len(before)
    assert caret.index("^") == cell_len(before)


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_long_lines_are_cut_around_the_fault(tmp_path: Path, run_cli: RunCli, columns: int) -> None:
    """An excerpt fits the width, and its caret still stands at the sign."""
    prompt = {"zh": "很长的前言，" * 40 + "均值,方差" + "很长的后记。" * 40, "en": "Why?"}
    root = make_bank(tmp_path, long=question(prompt=prompt))
    done = run_cli("bank", "check", "--bank", root, env={"COLUMNS": str(columns)})
    source, caret = done.stdout.splitlines()[1:3]
    assert cell_len(source) <= columns
    assert "值,方" in source
    assert cell_len(source[: source.index(",")]) == caret.index("^")


def test_in_chinese_everything_is_chinese(faulty: Path, run_cli: RunCli) -> None:
    """Messages, hints and the summary."""
    out = run_cli("bank", "check", "--bank", faulty, "--lang", "zh").stdout
    assert "双引号里的 \\frac 变成了换页符加“rac”" in out
    assert "  提示：是不是 title？" in out
    assert out.splitlines()[-1] == "检查了 2 道题，1 个文件里有 2 处错误。"


def test_json_holds_every_fault(faulty: Path, run_cli: RunCli) -> None:
    """Versioned, in both languages, with the same exit code."""
    done = run_cli("bank", "check", "--bank", faulty, "--json")
    data = json.loads(done.stdout)
    assert done.returncode == 1
    assert (data["version"], data["questions"], len(data["faults"])) == (1, 2, 2)
    fault = data["faults"][1]
    assert (fault["rule"], fault["column"]) == ("unknown-field", 1)
    assert fault["path"].endswith("faulty.yaml")
    assert fault["message"] == {"zh": "没有字段 titel", "en": "unknown field `titel`"}
    assert fault["hint"] == {"zh": "是不是 title？", "en": "did you mean `title`?"}


def test_a_bank_that_is_none_is_a_usage_error(tmp_path: Path, run_cli: RunCli) -> None:
    """Exit code 2 and one clear line."""
    done = run_cli("bank", "check", "--bank", tmp_path)
    assert done.returncode == 2
    assert "no questions/ folder" in done.stderr


def test_files_that_cannot_be_shown_do_no_harm(tmp_path: Path, run_cli: RunCli) -> None:
    """Escape sequences in a file never reach the terminal."""
    root = make_bank(tmp_path, sound=question())
    (root / "questions" / "norm" / "odd.yaml").write_bytes(b"kind: \x1b[31mred\nx: \xff\n")
    (root / "questions" / "norm" / "ctrl.yaml").write_bytes(b"kind: \x1b[31mred\n")
    done = run_cli("bank", "check", "--bank", root)
    assert done.returncode == 1
    assert "\x1b" not in done.stdout
    assert "Traceback" not in done.stderr


def test_the_schema_is_printed(run_cli: RunCli) -> None:
    """What is printed can be used as it stands."""
    done = run_cli("bank", "schema")
    assert done.returncode == 0
    jsonschema.Draft202012Validator.check_schema(json.loads(done.stdout))


@pytest.mark.parametrize(
    ("lang", "word"), [("en", "Check every file"), ("zh", "检查题库里的每个文件")]
)
def test_help_names_both_commands(run_cli: RunCli, lang: str, word: str) -> None:
    """In the reader's language."""
    done = run_cli("bank", "--help", env={"INTERVIEW_LANG": lang})
    assert word in done.stdout
    assert "schema" in done.stdout
