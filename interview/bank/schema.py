"""The JSON Schema of a question file (draft 2020-12), made from the table of fields.

Editors read it through the modeline of each file. It says what one file can say; the rules that
need other files, or the text itself, are `check_bank`'s.
"""

import json
from typing import Any

from interview.bank.fields import (
    QUESTION,
    SIZE_NAME,
    Field,
    Flag,
    ListOf,
    Number,
    OneForm,
    OneOf,
    Record,
    Shape,
    Size,
    Text,
    TextOr,
)
from interview.bank.model import Kind

Schema = dict[str, Any]


def question_schema() -> Schema:
    """Return the schema of a question file."""
    common = [one for one in QUESTION.fields if one.kinds == tuple(Kind)]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "interview question",
        "description": "One question of an interview bank, in Chinese and English.",
        "type": "object",
        "properties": _properties(QUESTION),
        "required": [one.name for one in common if one.required],
        "additionalProperties": False,
        "allOf": [_only_for(kind) for kind in Kind],
    }


def _only_for(kind: Kind) -> Schema:
    """Return what a kind requires of its own, and what it may not have."""
    special = [one for one in QUESTION.fields if one.kinds != tuple(Kind)]
    own = [one.name for one in special if kind in one.kinds and one.required]
    others = {one.name: False for one in special if kind not in one.kinds}
    return {
        "if": {"properties": {"kind": {"const": str(kind)}}, "required": ["kind"]},
        "then": {"required": own, "properties": others},
    }


def _properties(record: Record) -> Schema:
    return {one.name: _described(one) for one in record.fields}


def _described(one: Field) -> Schema:
    return {"description": f"{one.about.en}\n{one.about.zh}", **_schema(one.shape)}


def _schema(shape: Shape) -> Schema:
    match shape:
        case Text():
            return _text(shape)
        case OneOf():
            return {"enum": [str(word) for word in shape.words]}
        case Number():
            return _number(shape)
        case Flag():
            return {"type": "boolean"}
        case Size():
            letter = {"type": "string", "pattern": f"^{SIZE_NAME}$"}
            return {"anyOf": [{"type": "integer", "minimum": 0}, letter]}
        case _:
            return _compound(shape)


def _compound(shape: ListOf | Record | TextOr | OneForm) -> Schema:
    match shape:
        case ListOf():
            return _list(shape)
        case Record():
            return _record(shape)
        case TextOr():
            return {"anyOf": [_text(shape.text), _record(shape.record)]}
        case OneForm():
            return {"oneOf": [_record(form) for form in shape.forms]}


def _text(shape: Text) -> Schema:
    # A text is stripped before it is judged, so a schema pattern must allow for a final line end.
    pattern = rf"^({shape.pattern})\s*$" if shape.pattern else r"\S"
    return {"type": "string", "pattern": pattern} | (
        {"examples": [shape.like]} if shape.like else {}
    )


def _number(shape: Number) -> Schema:
    schema: Schema = {"type": "integer" if shape.whole else "number"}
    if shape.minimum is not None:
        schema["minimum"] = shape.minimum
    if shape.maximum is not None:
        schema["maximum"] = shape.maximum
    if shape.positive:
        schema["exclusiveMinimum"] = 0
    return schema


def _list(shape: ListOf) -> Schema:
    schema: Schema = {"type": "array", "items": _schema(shape.item)}
    if shape.at_least:
        schema["minItems"] = shape.at_least
    if shape.at_most is not None:
        schema["maxItems"] = shape.at_most
    if shape.distinct:
        schema["uniqueItems"] = True
    return schema


def _record(shape: Record) -> Schema:
    return {
        "type": "object",
        "properties": _properties(shape),
        "required": [one.name for one in shape.fields if one.required],
        "additionalProperties": False,
    }


def schema_text() -> str:
    """Return the schema as it stands in a bank's `questions/schema.json`."""
    return json.dumps(question_schema(), ensure_ascii=False, indent=2) + "\n"
