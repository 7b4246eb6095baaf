"""What the table of fields refuses in a question file, and where it says so."""

from pathlib import Path
from typing import Any

import pytest

from interview.bank.check import check_bank
from tests.bank.banks import SPECIAL, dump, make_bank, make_exercise, places, question, rules


@pytest.mark.parametrize("kind", [kind for kind in SPECIAL if kind != "code"])
def test_a_sound_question_has_no_fault(tmp_path: Path, kind: str) -> None:
    """A question with all fields of its kind and no others passes."""
    assert check_bank(make_bank(tmp_path, sound=question(kind))) == []


def test_a_sound_exercise_has_no_fault(tmp_path: Path) -> None:
    """An exercise with all its files passes."""
    make_exercise(tmp_path)
    assert check_bank(tmp_path) == []


@pytest.mark.parametrize(
    ("kind", "changes", "rule"),
    [
        ("recall", {"titel": {"zh": "甲", "en": "A"}}, "unknown-field"),
        ("recall", {"title": None}, "missing-field"),
        ("recall", {"title": {"zh": "方差"}}, "missing-language"),
        ("recall", {"title": {"zh": "方差", "en": ""}}, "empty"),
        ("recall", {"title": "Variance"}, "missing-language"),
        ("recall", {"title": ["方差"]}, "missing-language"),
        ("recall", {"title": {"zh": "方\n差", "en": "Variance"}}, "one-line"),
        ("recall", {"difficulty": "tricky"}, "unknown-word"),
        ("recall", {"difficulty": "EASY"}, "unknown-word"),
        ("recall", {"sources": []}, "count"),
        ("recall", {"sources": "arXiv"}, "wrong-type"),
        ("recall", {"sources": ["a", "a"]}, "duplicate-item"),
        ("recall", {"follow_ups": None}, "incomplete"),
        ("recall", {"follow_ups": []}, "count"),
        ("choice", {"choices": None}, "missing-field"),
        ("choice", {"choices": []}, "no-right-choice"),
        ("recall", {"follow_ups": ["为什么？"]}, "missing-language"),
        ("recall", {"key_points": SPECIAL["recall"]["key_points"][:2]}, "count"),
        ("recall", {"choices": SPECIAL["choice"]["choices"]}, "wrong-kind"),
        ("recall", {"expect": {"value": 1}}, "wrong-kind"),
        ("recall", {"tags": ["Layer Norm"]}, "pattern"),
        ("recall", {"demo": "x = (\n"}, "demo"),
        ("recall", {"demo": "print(1)\n" * 20}, "demo"),
        ("recall", {"answer": {"zh": "有偏。", "en": "Biased."}}, "answer-length"),
        ("recall", {"answer": {"zh": "有偏。", "en": "word " * 261}}, "answer-length"),
        ("bug", {"code": None}, "missing-field"),
        ("choice", {"choices": SPECIAL["choice"]["choices"][:2]}, "count"),
        ("choice", {"choices": SPECIAL["choice"]["choices"] * 2}, "count"),
        ("choice", {"choices": [*SPECIAL["choice"]["choices"][1:], "none"]}, "missing-language"),
        ("numeric", {"expect": None}, "missing-field"),
        ("numeric", {"expect": {"value": 1}}, "missing-field"),
        ("numeric", {"expect": {"value": 1, "tolerance": -0.1}}, "number"),
        ("numeric", {"expect": {"value": float("inf"), "tolerance": 0}}, "number"),
        ("numeric", {"expect": {"value": float("nan"), "tolerance": 0}}, "number"),
        ("numeric", {"expect": {"value": "1", "tolerance": 0}}, "wrong-type"),
        ("numeric", {"expect": {"value": 1, "tolerance": 0, "shape": [1]}}, "expect"),
        ("numeric", {"expect": {}}, "expect"),
        ("numeric", {"expect": {"shape": [1, -1]}}, "expect"),
        ("numeric", {"expect": {"shape": ["B, T"]}}, "expect"),
    ],
)
def test_a_wrong_field_is_named(
    tmp_path: Path, kind: str, changes: dict[str, Any], rule: str
) -> None:
    """Each way to spoil one field is reported under its own rule."""
    assert rule in rules(make_bank(tmp_path, spoilt=question(kind, **changes)))


def test_a_choice_without_a_right_answer_is_refused(tmp_path: Path) -> None:
    """The fault stands at the field, since no one option is to blame."""
    choices = [{**choice, "correct": False} for choice in SPECIAL["choice"]["choices"]]
    root = make_bank(tmp_path, spoilt=question("choice", choices=choices))
    (fault,) = check_bank(root)
    line = dump(question("choice", choices=choices)).splitlines()[fault.line - 1]
    assert (fault.rule, fault.column, line) == ("no-right-choice", 1, "choices:")


def test_the_same_choice_twice_is_reported(tmp_path: Path) -> None:
    """Two options with one text cannot be told apart by the candidate."""
    first, *others = SPECIAL["choice"]["choices"]
    others[0] = {**others[0], "en": first["en"]}
    root = make_bank(tmp_path, spoilt=question("choice", choices=[first, *others]))
    assert rules(root) == ["duplicate-item"]


def test_an_unknown_field_gets_a_near_one_as_hint(tmp_path: Path) -> None:
    """A misspelt field is answered with the field that was meant."""
    fields = question(sorces=["x"])
    (fault,) = check_bank(make_bank(tmp_path, spoilt=fields))
    assert fault.hint is not None
    assert fault.hint.en == "did you mean `sources`?"
    assert fault.hint.zh == "是不是 sources？"


def test_every_fault_of_every_file_is_reported_in_order(tmp_path: Path) -> None:
    """Faults come by path, then line, then column; none hides another."""
    one = "kind: recall\ndificulty: easy\ntitle: {zh: 甲}\n"
    root = make_bank(tmp_path, b=one, a=one)
    faults = check_bank(root)
    keys = [(fault.path.name, fault.line, fault.column) for fault in faults]
    assert keys == sorted(keys)
    for name in ("a.yaml", "b.yaml"):
        own = {fault.rule for fault in faults if fault.path.name == name}
        assert {"unknown-field", "missing-language", "missing-field", "incomplete"} <= own


def test_places_are_counted_in_characters_from_one(tmp_path: Path) -> None:
    """Chinese before a fault counts one column a character."""
    text = dump(question()).replace(
        "title:\n  zh: 方差\n  en: Variance\n", "title: {zh: 方差, en: no}\n"
    )
    assert (3, 21, "yaml-surprise") in places(make_bank(tmp_path, spoilt=text))


@pytest.mark.parametrize(
    ("contract", "rule"),
    [
        ({"signature": "Layer(width"}, "contract"),
        ({"signature": "Layer(width): pass\ndef g()"}, "contract"),
        ({"signature": "Other(width)"}, "contract"),
        ({"entry": "a b"}, "pattern"),
        ({"time_limit": 0}, "number"),
        ({"forbids": ["LayerNorm"]}, "pattern"),
        ({"also": ["Block("]}, "contract"),
        ({"also": ["Block(width)"]}, "exercise-files"),
    ],
)
def test_a_contract_must_be_python(tmp_path: Path, contract: dict[str, Any], rule: str) -> None:
    """A signature that Python cannot read, or of another name, is refused."""
    make_exercise(tmp_path, contract={**SPECIAL["code"]["contract"], **contract})
    assert rule in rules(tmp_path)


@pytest.mark.parametrize(
    "change",
    [{"requires": ["check-5"]}, {"requires": ["nowhere"]}, {"id": "check-0"}, {"id": "signature"}],
)
def test_checks_require_earlier_checks_and_have_their_own_ids(
    tmp_path: Path, change: dict[str, Any]
) -> None:
    """A check cannot wait for a later one, nor take an id that is taken."""
    checks = [dict(check) for check in SPECIAL["code"]["checks"]]
    checks[2].update(change)
    make_exercise(tmp_path, checks=checks)
    assert "checks" in rules(tmp_path)


def test_a_check_may_require_earlier_ones_and_those_of_the_grader(tmp_path: Path) -> None:
    """`signature` is made for every exercise, so a check may rest on it."""
    checks = [dict(check) for check in SPECIAL["code"]["checks"]]
    checks[2]["requires"] = ["check-1", "signature"]
    make_exercise(tmp_path, checks=checks)
    assert rules(tmp_path) == []
