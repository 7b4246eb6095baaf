"""The JSON Schema: made from the fields, equal to the file in the bank, true to the parser."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from interview.bank.check import judge_usable
from interview.bank.scan import scan_bank
from interview.bank.schema import question_schema, schema_text
from tests.bank.banks import SPECIAL, question

ROOT = Path(__file__).resolve().parents[2]
VALIDATOR = jsonschema.Draft202012Validator(question_schema())


def test_the_schema_is_a_schema() -> None:
    """It keeps to the draft that it names."""
    jsonschema.Draft202012Validator.check_schema(question_schema())


def test_the_file_of_the_bank_is_up_to_date() -> None:
    """`interview bank schema > questions/schema.json` was run after the last change of fields."""
    assert (ROOT / "questions" / "schema.json").read_text(encoding="utf-8") == schema_text()


@pytest.mark.parametrize(
    "found", scan_bank(ROOT).found, ids=[found.id for found in scan_bank(ROOT).found]
)
def test_every_question_of_the_bank_is_valid(found: Any) -> None:
    """An editor that follows the schema has nothing to complain of."""
    parsed, faults = judge_usable(found)
    assert parsed is not None, faults
    assert [error.message for error in VALIDATOR.iter_errors(parsed.values)] == []


def test_every_question_of_the_bank_carries_the_modeline() -> None:
    """The modeline leads from each file to the schema."""
    for found in scan_bank(ROOT).found:
        first = found.path.read_text(encoding="utf-8").partition("\n")[0]
        before, _, target = first.partition("$schema=")
        assert before == "# yaml-language-server: ", found.id
        assert (found.path.parent / target).resolve() == ROOT / "questions" / "schema.json", (
            found.id
        )


@pytest.mark.parametrize("kind", list(SPECIAL))
def test_a_sound_question_is_valid(kind: str) -> None:
    """Schema and parser agree on what is right."""
    VALIDATOR.validate(question(kind))


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("recall", {"titel": "x"}),
        ("recall", {"title": None}),
        ("recall", {"title": {"zh": "甲"}}),
        ("recall", {"title": {"zh": "甲", "en": " "}}),
        ("recall", {"kind": "riddle"}),
        ("recall", {"sources": []}),
        ("recall", {"choices": SPECIAL["choice"]["choices"]}),
        ("recall", {"key_points": None}),
        ("recall", {"requires": ["no-topic"]}),
        ("bug", {"code": None}),
        ("numeric", {"expect": {"value": 1}}),
        ("numeric", {"expect": {"value": 1, "tolerance": -1}}),
        ("numeric", {"expect": {"value": 1, "tolerance": 0, "shape": [1]}}),
        ("numeric", {"expect": {"shape": ["B, T"]}}),
        ("choice", {"choices": SPECIAL["choice"]["choices"][:2]}),
        ("code", {"contract": None}),
        ("code", {"contract": {**SPECIAL["code"]["contract"], "time_limit": 0}}),
    ],
)
def test_a_spoilt_question_is_invalid(kind: str, changes: dict[str, Any]) -> None:
    """Schema and parser agree on what is wrong in one file."""
    fields = {**question(kind), **changes}
    fields = {name: value for name, value in fields.items() if value is not None}
    assert not VALIDATOR.is_valid(fields)


def test_every_field_is_described_in_both_languages() -> None:
    """What an editor shows on hovering is written for both readers."""

    def descriptions(schema: Any) -> list[str]:
        if isinstance(schema, list):
            return [one for part in schema for one in descriptions(part)]
        if not isinstance(schema, dict):
            return []
        own = [schema["description"]] if isinstance(schema.get("description"), str) else []
        return own + [one for part in schema.values() for one in descriptions(part)]

    properties = json.loads(schema_text())["properties"]
    found = descriptions(properties)
    assert len(found) > len(properties)
    assert all("\n" in one and not one.isascii() for one in found)
