"""list, show, search and topics, as a user or another program runs them."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from interview.bank.model import Kind
from interview.paths import progress_file
from interview.review.model import Rating, Review
from interview.review.store import open_store

Run = Callable[..., subprocess.CompletedProcess[str]]

ADD = """\
kind: choice
difficulty: easy
title: {zh: 相加还是拼接, en: Add or concatenate}
tags: [residual]
prompt: {zh: 残差连接怎样合并？, en: How does a residual connection merge?}
choices:
  - {zh: 拼接, en: Concatenate, correct: false, why: {zh: 那是 DenseNet。, en: That is DenseNet.}}
  - {zh: 相加, en: Add, correct: true, why: {zh: 形状不变。, en: The shape stays.}}
  - {zh: 相乘, en: Multiply, correct: false, why: {zh: 那是门控。, en: That is a gate.}}
answer: {zh: 逐元素相加。, en: Element-wise addition.}
follow_ups: [residual/why]
sources: ["arXiv:1512.03385 §3.2"]
"""
WHY = """\
kind: recall
difficulty: medium
title: {zh: 为什么要残差, en: Why a residual}
prompt: {zh: 为什么要残差连接？, en: Why residual connections?}
answer:
  zh: 为了 $x + F(x)$。
  en: For $x + F(x)$.
key_points:
  - {zh: 恒等, en: Identity, terms: [恒等, identity]}
  - {zh: 梯度, en: Gradient, terms: [梯度, gradient]}
  - {zh: 深度, en: Depth, terms: [深度, depth]}
follow_ups:
  - {zh: 多深？, en: How deep?}
sources: ["arXiv:1512.03385 §1"]
"""


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    """A bank of two questions in two topics."""
    for name, text in (("norm/add", ADD), ("residual/why", WHY)):
        path = tmp_path / "bank" / "questions" / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        os.utime(path, (1e9, 1e9))  # a file written just now is not cached yet
    return tmp_path / "bank"


@pytest.fixture
def answered() -> None:
    """A progress file in which norm/add was forgotten long ago."""
    at = datetime(2020, 1, 1, tzinfo=UTC)
    review = Review(
        question="norm/add", at=at, day=at.date(), kind=Kind.CHOICE, rating=Rating.AGAIN
    )
    with open_store(progress_file()) as store:
        store.append(review)


def test_list(run_cli: Run, bank: Path) -> None:
    """The list goes by topic, a question a line."""
    ran = run_cli("list", "--bank", bank)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == (
        "norm\n"
        "· norm/add      choice  easy    Add or concatenate\n"
        "\n"
        "residual\n"
        "· residual/why  recall  medium  Why a residual\n"
        "\n"
        "2 questions, 0 answered, 0 due\n"
    )


def test_list_in_chinese(run_cli: Run, bank: Path) -> None:
    """With `--lang zh` everything on the page is Chinese, and lines up."""
    assert run_cli("list", "--bank", bank, "--lang", "zh").stdout == (
        "norm\n"
        "· norm/add      选择  简单  相加还是拼接\n"
        "\n"
        "residual\n"
        "· residual/why  简答  中等  为什么要残差\n"
        "\n"
        "共 2 题，已答 0 题，到期 0 题\n"
    )


@pytest.mark.parametrize(
    "filters",
    [
        ("--topic", "residual"),
        ("--kind", "recall"),
        ("--difficulty", "medium"),
        ("--kind", "recall", "--kind", "bug"),
    ],
)
def test_list_filters(run_cli: Run, bank: Path, filters: tuple[str, ...]) -> None:
    """Each filter leaves only what passes it."""
    listed = json.loads(run_cli("list", "--bank", bank, "--json", *filters).stdout)
    assert [one["id"] for one in listed["questions"]] == ["residual/why"]


def test_browsing_creates_no_progress(run_cli: Run, bank: Path) -> None:
    """Looking is not answering: no file is made."""
    for command in (("list",), ("list", "--unanswered"), ("topics",), ("show", "why")):
        assert run_cli(*command, "--bank", bank).returncode == 0
    assert not progress_file().parent.exists()


@pytest.mark.usefixtures("answered")
def test_list_knows_what_was_answered(run_cli: Run, bank: Path) -> None:
    """Answered questions are marked, with their rating and whether they are due."""
    assert (
        "✓ norm/add      choice  easy    Again, due  Add" in run_cli("list", "--bank", bank).stdout
    )
    listed = json.loads(run_cli("list", "--bank", bank, "--json").stdout)
    assert listed["version"] == 1
    assert [(one["answered"], one["last_rating"], one["due"]) for one in listed["questions"]] == [
        (True, "again", True),
        (False, None, False),
    ]
    left = json.loads(run_cli("list", "--bank", bank, "--json", "--unanswered").stdout)
    assert [one["id"] for one in left["questions"]] == ["residual/why"]


def test_an_empty_list_says_so(run_cli: Run, bank: Path) -> None:
    """Nothing to list is no error."""
    ran = run_cli("list", "--bank", bank, "--kind", "code")
    assert (ran.returncode, ran.stdout) == (0, "")
    assert ran.stderr == "No question passes these filters.\n"
    empty = run_cli("list", "--bank", bank, "--kind", "code", "--json")
    assert json.loads(empty.stdout) == {"version": 1, "questions": []}


def test_an_unknown_topic_is_a_usage_error(run_cli: Run, bank: Path) -> None:
    """A topic that is not there is named, with those that are near."""
    ran = run_cli("list", "--bank", bank, "--topic", "residul")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "residual" in ran.stderr


def test_show_gives_nothing_away(run_cli: Run, bank: Path) -> None:
    """Without options only the question is shown."""
    ran = run_cli("show", "norm/add", "--bank", bank)
    assert ran.stdout == (
        "Add or concatenate\n"
        "norm/add · choice · easy  #residual\n"
        "\n"
        "How does a residual connection merge?\n"
        "\n"
        "A  Concatenate\n"
        "B  Add\n"
        "C  Multiply\n"
    )


def test_show_answer(run_cli: Run, bank: Path) -> None:
    """`--answer` adds the answer and no more."""
    ran = run_cli("show", "why", "--bank", bank, "--answer", "--lang", "zh")
    assert ran.stdout.endswith("\n\n答案\n\n为了 x + F(x)。\n")


def test_show_all(run_cli: Run, bank: Path) -> None:
    """`--all` adds key points, follow-ups and sources."""
    shown = run_cli("show", "norm/add", "--bank", bank, "--all").stdout
    assert "Answer: B\n" in shown
    assert "✓ B  Add\n     The shape stays.\n" in shown
    assert "Follow-ups\n• residual/why  Why a residual\n" in shown
    assert "Sources\n[1] arXiv:1512.03385 §3.2\n" in shown


def test_show_both_languages(run_cli: Run, bank: Path) -> None:
    """`--lang both` shows one after the other, the reader's own first."""
    shown = run_cli("show", "why", "--bank", bank, "--lang", "both").stdout
    assert shown.index("── English") < shown.index("── 中文")
    assert "Why a residual / 为什么要残差" in shown


def test_show_json(run_cli: Run, bank: Path) -> None:
    """The JSON holds both languages, and the answer only when asked for."""
    data = json.loads(run_cli("show", "why", "--bank", bank, "--json").stdout)
    assert data["version"] == 1
    assert data["title"] == {"zh": "为什么要残差", "en": "Why a residual"}
    assert "answer" not in data
    data = json.loads(run_cli("show", "why", "--bank", bank, "--json", "--all").stdout)
    assert data["key_points"][0] == {"zh": "恒等", "en": "Identity"}


def test_a_wrong_id_is_a_usage_error(run_cli: Run, bank: Path) -> None:
    """An id that is not there exits with 2 and suggests the near one."""
    ran = run_cli("show", "residual/wy", "--bank", bank)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "residual/why" in ran.stderr


def test_an_exercise_shows_its_solution_only_with_all(run_cli: Run) -> None:
    """The contract is shown to all, the model solution on demand, the hints never."""
    shown = run_cli("show", "normalization/layer-norm").stdout
    assert "LayerNorm(num_features, eps=1e-5, affine=True)" in shown
    assert "Model solution" not in shown
    everything = run_cli("show", "normalization/layer-norm", "--all").stdout
    assert "\nChecks\n• " in everything
    assert "class LayerNorm(nn.Module):" in everything


def test_search(run_cli: Run, bank: Path) -> None:
    """A word is found in either language and marked where it stands."""
    ran = run_cli("search", "梯度", "--bank", bank)
    assert ran.returncode == 0
    assert ran.stdout == (
        "residual/why  Why a residual\n    key points: «梯度»\n\n1 question found\n"
    )


def test_search_prefers_the_readers_language(run_cli: Run, bank: Path) -> None:
    """What matches in both languages is shown in the reader's own."""
    for lang, snippet in (("zh", "那是 «DenseNet»。"), ("en", "That is «DenseNet».")):
        assert snippet in run_cli("search", "DenseNet", "--bank", bank, "--lang", lang).stdout


def test_search_needs_every_word(run_cli: Run, bank: Path) -> None:
    """Several words, quoted or not, must all occur."""
    hits = json.loads(run_cli("search", "residual", "add", "--bank", bank, "--json").stdout)
    assert [hit["id"] for hit in hits["hits"]] == ["norm/add"]
    assert {"field", "lang", "snippet", "spans", "score"} <= set(hits["hits"][0])


def test_a_search_without_hits_exits_as_grep_does(run_cli: Run, bank: Path) -> None:
    """Nothing found is told kindly, and with exit code 1."""
    ran = run_cli("search", "transformer", "--bank", bank)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.startswith('No question mentions "transformer".')
    ran = run_cli("search", "transformer", "--bank", bank, "--json")
    assert (ran.returncode, json.loads(ran.stdout)["hits"]) == (1, [])


@pytest.mark.usefixtures("answered")
def test_topics(run_cli: Run, bank: Path) -> None:
    """Topics are counted by kind, answered and due."""
    assert run_cli("topics", "--bank", bank, "--lang", "zh").stdout == (
        "主题      简答  选择  计算  找错  编程  合计  已答  到期\n"
        "norm         0     1     0     0     0     1     1     1\n"
        "residual     1     0     0     0     0     1     0     0\n"
        "全部         1     1     0     0     0     2     1     1\n"
    )
    data = json.loads(run_cli("topics", "--bank", bank, "--json").stdout)
    assert data["topics"][0]["kinds"]["choice"] == 1
    assert [one["due"] for one in data["topics"]] == [1, 0]


def test_a_bank_without_questions(run_cli: Run, tmp_path: Path) -> None:
    """An empty bank is no error."""
    (tmp_path / "empty" / "questions").mkdir(parents=True)
    ran = run_cli("topics", "--bank", tmp_path / "empty")
    assert (ran.returncode, ran.stdout) == (0, "")
    assert ran.stderr == "The bank holds no question yet.\n"


def test_a_reader_that_leaves_early_is_no_error(bank: Path) -> None:
    """`interview list | head -1` ends without a word."""
    command = f"{sys.executable} -m interview list --bank {bank} | head -1"
    ran = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, check=False
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"norm\n", b"")


@pytest.mark.parametrize("command", [("--help",), ("list",), ("show", "why"), ("search", "残差")])
def test_nothing_heavy_is_imported(bank: Path, command: tuple[str, ...]) -> None:
    """Browsing pays for neither torch nor pytest."""
    browse = [] if command == ("--help",) else ["--bank", str(bank)]
    ran = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "interview", *command, *browse],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    imported = {line.rpartition("|")[2].strip() for line in ran.stderr.splitlines()}
    assert "interview.cli.app" in imported
    assert imported.isdisjoint({"torch", "pytest", "rich.markdown", "rich.syntax"})


def test_a_warm_cache_needs_no_yaml(run_cli: Run, bank: Path) -> None:
    """The second start reads the bank without the YAML parser."""
    assert run_cli("show", "why", "--bank", bank).returncode == 0
    ran = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "interview", "show", "why", "--bank", bank],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    imported = {line.rpartition("|")[2].strip() for line in ran.stderr.splitlines()}
    assert "yaml" not in imported
