"""A bank as it is loaded: its questions as objects, or one clear error."""

from pathlib import Path

import pytest

from interview.bank.load import load_bank
from interview.bank.model import (
    Difficulty,
    ExpectedNumber,
    ExpectedShape,
    FollowUp,
    Kind,
    Tier,
)
from interview.errors import UsageError
from interview.language import Bilingual
from tests.bank.banks import ANSWER, SPECIAL, make_bank, make_exercise, point, question


def test_a_question_has_its_fields(tmp_path: Path) -> None:
    """Every field of a file arrives in the model."""
    root = make_bank(
        tmp_path,
        full=question(
            difficulty="hard",
            follow_ups=["norm/other", {"zh": "为什么？", "en": "Why?"}],
            tags=["layer-norm"],
            requires=["norm/other"],
            seed="C2",
            demo="print(1)\n",
        ),
        other=question(),
    )
    loaded = load_bank(root)["norm/full"]
    assert (loaded.id, loaded.topic, loaded.slug) == ("norm/full", "norm", "full")
    assert loaded.path == root / "questions" / "norm" / "full.yaml"
    assert (loaded.kind, loaded.difficulty) == (Kind.RECALL, Difficulty.HARD)
    assert loaded.title == Bilingual(zh="方差", en="Variance")
    assert loaded.answer == Bilingual(zh="除以 N 的有偏方差。", en=ANSWER)
    assert loaded.key_points[0].text.en == "biased"
    assert loaded.key_points[0].terms == ("biased",)
    assert loaded.follow_ups == (
        FollowUp(question="norm/other"),
        FollowUp(text=Bilingual(zh="为什么？", en="Why?")),
    )
    assert (loaded.tags, loaded.requires, loaded.seed) == (("layer-norm",), ("norm/other",), "C2")
    assert loaded.demo == "print(1)\n"


def test_what_belongs_to_one_kind(tmp_path: Path) -> None:
    """Choices, numbers, shapes and code arrive in their own fields."""
    unit = {"zh": "倍", "en": "times"}
    root = make_bank(
        tmp_path,
        choice=question("choice"),
        number=question("numeric", expect={"value": 2, "tolerance": 0.5, "unit": unit}),
        shape=question("numeric", expect={"shape": ["B", 16, "T"]}),
        bug=question("bug"),
    )
    bank = load_bank(root)
    assert [choice.correct for choice in bank["norm/choice"].choices] == [True, False, False]
    assert bank["norm/number"].expect == ExpectedNumber(2.0, 0.5, Bilingual(**unit))
    assert bank["norm/shape"].expect == ExpectedShape(("B", 16, "T"))
    assert bank["norm/bug"].code == SPECIAL["bug"]["code"]


def test_an_exercise_has_its_contract(tmp_path: Path) -> None:
    """The grader finds contract, checks, misconceptions and solution."""
    folder = make_exercise(tmp_path)
    bank = load_bank(tmp_path)
    loaded = bank["norm/layer"]
    assert loaded.exercise is not None
    assert (loaded.exercise.entry, loaded.exercise.time_limit) == ("Layer", 20.0)
    assert loaded.exercise.checks[0].tier is Tier.CORE
    assert loaded.exercise.misconceptions[9].id == "wrong-9"
    assert loaded.folder == folder
    assert bank.solution(loaded).is_file()


def test_questions_come_in_the_order_of_their_ids(tmp_path: Path) -> None:
    """Nested topics too; the order does not depend on the file system."""
    root = make_bank(tmp_path, b=question(), a=question())
    deep = root / "questions" / "attention" / "masks"
    deep.mkdir(parents=True)
    (root / "questions" / "norm" / "a.yaml").rename(deep / "causal.yaml")
    bank = load_bank(root)
    assert [one.id for one in bank] == ["attention/masks/causal", "norm/b"]
    assert bank["attention/masks/causal"].topic == "attention/masks"
    assert (len(bank), "norm/b" in bank, "norm/c" in bank) == (2, True, False)


def test_what_falls_short_of_the_standard_can_be_asked(tmp_path: Path) -> None:
    """Too few key points or a dangling id are for `bank check`, not for the candidate."""
    fields = question(key_points=[point("有偏", "biased")], follow_ups=["norm/gone"], sources=None)
    bank = load_bank(make_bank(tmp_path, short=fields))
    assert len(bank["norm/short"].key_points) == 1
    assert bank["norm/short"].sources == ()


def test_a_faulty_file_is_named_with_its_place(tmp_path: Path) -> None:
    """The first faults are told, the rest counted, and the command that tells all is named."""
    root = make_bank(tmp_path, bad="kind: recall\n", sound=question(), worse="kind: [")
    with pytest.raises(UsageError) as caught:
        load_bank(root)
    error = caught.value
    assert error.where == f"{root / 'questions' / 'norm' / 'bad.yaml'}:1:1"
    assert error.message.en.splitlines()[0] == "`answer` is missing"
    assert error.message.en.splitlines()[-1] == "  and 2 more"
    assert error.message.zh.splitlines()[-1] == "  还有 2 处"
    assert error.hint is not None
    assert f"interview bank check --bank {root}" in error.hint.en


def test_a_folder_without_questions_is_an_error(tmp_path: Path) -> None:
    """It is no bank, rather than an empty one."""
    with pytest.raises(UsageError):
        load_bank(tmp_path / "nowhere")
