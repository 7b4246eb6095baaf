"""The glossary: read with care, found by any spelling, and held against the questions."""

from pathlib import Path

import pytest

from interview.bank.check import check_bank
from interview.bank.glossary import read_glossary
from tests.bank.banks import make_bank, question

GLOSSARY = """\
terms:
  - zh: 层归一化
    en: layer normalization
    also: {zh: [LN 层], en: [LayerNorm, LN]}
    avoid: {zh: [层正则化], en: [layer regularization]}
    about: {zh: 归一化每个 token 的特征。, en: Normalizes the features of each token.}
    question: norm/what
  - zh: FSDP
    en: FSDP
    about: {zh: 分片的数据并行。, en: Sharded data parallelism.}
"""


def bank_with(root: Path, zh: str, en: str = "Which?", glossary: str = GLOSSARY) -> Path:
    made = make_bank(root, what=question(prompt={"zh": zh, "en": en}))
    (made / "questions" / "glossary.yaml").write_text(glossary, encoding="utf-8")
    return made


DRIFT = ("what", "drift")  # these prompts say something else in either language


def said(root: Path) -> list[str]:
    faults = check_bank(root)
    return [fault.message.en for fault in faults if (fault.path.stem, fault.rule) != DRIFT]


@pytest.mark.parametrize(
    ("zh", "en", "message"),
    [
        ("什么是层归一（LayerNorm）？", "?", "the glossary translates LayerNorm as 层归一化"),
        ("什么是批归一化（BatchNorm）？", "?", 'the glossary has no term "BatchNorm"'),
        ("什么是层正则化？", "?", 'write "层归一化", not "层正则化"'),
        ("什么？", "Is Layer Regularization it?", 'write "layer normalization", not "layer reg'),
    ],
)
def test_terms_are_held_to_the_glossary(tmp_path: Path, zh: str, en: str, message: str) -> None:
    """One translation each, no unknown terms, no spelling that is to be avoided."""
    assert [one for one in said(bank_with(tmp_path, zh, en)) if one.startswith(message)]


@pytest.mark.parametrize(
    "zh",
    [
        "什么是层归一化（layer normalization，LN）？",
        "什么是**层归一化**（Layer-Normalization）？",
        "用分片训练（FSDP）行不行？",
        "见他们的文章（He 2016）与 `层正则化`。",
        "输入（x）是什么？",
    ],
)
def test_known_terms_names_and_other_brackets_are_left_alone(tmp_path: Path, zh: str) -> None:
    """Case and hyphens do not matter, a name needs no translation, code is no prose."""
    assert said(bank_with(tmp_path, zh)) == []


def test_a_bank_without_a_glossary_is_not_held_to_one(tmp_path: Path) -> None:
    """The rule is for banks that have the file."""
    made = make_bank(tmp_path, what=question(prompt={"zh": "什么（Whatever）？", "en": "What?"}))
    assert said(made) == []
    assert read_glossary(made) is None


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("norm/what", "norm/nowhere", "there is no question norm/nowhere"),
        ("en: FSDP", "en: LN", "LN belongs to another term already"),
        ("zh: FSDP\n", "zh: FSDP\n    zeh: x\n", "unknown field `zeh`"),
        ("terms:", "termes:", "unknown field `termes`"),
        ("token 的特征", "token的特征", "no space between"),
        ("分片的数据并行", "8 路数据并行", "the number 8 is not in the English text"),
    ],
)
def test_the_glossary_is_judged_itself(tmp_path: Path, old: str, new: str, message: str) -> None:
    """Its fields, ids, prose and both languages are judged like a question's."""
    assert old in GLOSSARY
    told = said(bank_with(tmp_path, "什么？", glossary=GLOSSARY.replace(old, new, 1)))
    assert [one for one in told if one.startswith(message)], told


def test_terms_are_found_by_any_spelling(tmp_path: Path) -> None:
    """A whole name wins over a part of one; case does not matter."""
    file = read_glossary(bank_with(tmp_path, "什么？"))
    assert file is not None
    find = file.glossary.find
    assert [one.name.en for one in find("ln")] == ["layer normalization"]
    assert [one.name.en for one in find("归一")] == ["layer normalization"]
    assert [one.name.en for one in find("fsdp")] == ["FSDP"]
    assert find("nothing of the kind") == []
