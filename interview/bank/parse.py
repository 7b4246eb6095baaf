"""From YAML nodes to plain values by the table of fields; every deviation is a fault."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from interview.bank.faults import START, Findings, Mark
from interview.bank.fields import (
    QUESTION,
    Field,
    ListOf,
    OneForm,
    Record,
    Shape,
    TextOr,
)
from interview.bank.leaves import BAD, Passage, Reader, Where, did_you_mean, is_empty
from interview.bank.model import Kind
from interview.bank.nodes import Entries, Items, Node, Refused, Scalar, compose
from interview.bank.source import Source
from interview.language import Bilingual, Lang


@dataclass(frozen=True, slots=True)
class Parsed:
    """A question file as plain values; `marks` tells where each value stands."""

    values: dict[str, Any]
    marks: dict[Where, Mark]
    passages: tuple[Passage, ...]

    def mark(self, *where: str | int) -> Mark:
        """Return the place of a value, or of the nearest one that holds it."""
        while where and where not in self.marks:
            where = where[:-1]
        return self.marks.get(where, START)


def parse(source: Source, findings: Findings) -> Parsed | None:
    """Return the plain values of a question file, None where it is no mapping at all."""
    return _parse(source, findings, _Structure.question)


def parse_record(source: Source, findings: Findings, record: Record) -> Parsed | None:
    """Return the plain values of a file that is one record, None where it is no mapping."""
    return _parse(source, findings, lambda structure, node: structure.file(node, record))


def _parse(
    source: Source, findings: Findings, read: "Callable[[_Structure, Entries], Parsed]"
) -> Parsed | None:
    node, source = compose(source, findings)
    if isinstance(node, Entries):
        return read(_Structure(source, findings), node)
    if not findings.faults:
        mark = node.mark if node else START
        findings.add(
            "not-a-question",
            mark,
            zh="文件应当由“字段: 值”组成",
            en="the file should be made of `field: value` lines",
        )
    return None


class _Structure:
    def __init__(self, source: Source, findings: Findings) -> None:
        self._read = Reader(source, findings)
        self._marks: dict[Where, Mark] = {}

    def question(self, node: Entries) -> Parsed:
        kind = _kind_of(node)
        belonging = tuple(one for one in QUESTION.fields if kind is None or kind in one.kinds)
        needed = belonging if kind else tuple(f for f in belonging if f.kinds == tuple(Kind))
        values = self._record(node, Record(belonging), (), needed=needed, kind=kind)
        return Parsed(values, self._marks, tuple(self._read.passages))

    def file(self, node: Entries, record: Record) -> Parsed:
        values = self._record(node, record, ())
        return Parsed(values, self._marks, tuple(self._read.passages))

    def _value(self, node: Node, shape: Shape, where: Where) -> Any:
        self._marks[where] = node.mark
        if isinstance(node, Refused):
            return BAD
        match shape:
            case Record():
                return self._pair_or_record(node, shape, where)
            case ListOf():
                return self._list(node, shape, where)
            case TextOr():
                inner = shape.record if isinstance(node, Entries) else shape.text
                return self._value(node, inner, where)
            case OneForm():
                return self._one_form(node, shape, where)
            case _:
                return self._read.leaf(node, shape, where)

    # ── records ──────────────────────────────────────────────────────────────────────────────

    def _pair_or_record(self, node: Node, shape: Record, where: Where) -> Any:
        if isinstance(node, Entries):
            return self._record(node, shape, where)
        if is_empty(node):
            return self._read.empty(node)
        if _is_bilingual(shape):
            return self._read.bad(
                "missing-language",
                node.mark,
                zh="只有一种语言",
                en="one text where two languages are wanted",
                hint=Bilingual(zh="写成 zh: … 和 en: …", en="write `zh: …` and `en: …`"),
            )
        return self._read.unfit(
            node, Bilingual(zh="一组字段", en="a mapping"), _names(shape.names())
        )

    def _record(
        self,
        node: Entries,
        shape: Record,
        where: Where,
        *,
        needed: tuple[Field, ...] | None = None,
        kind: Kind | None = None,
    ) -> dict[str, Any]:
        fields = {one.name: one for one in shape.fields}
        seen: dict[str, Mark] = {}
        values: dict[str, Any] = {}
        for key, value in node.entries:
            name = self._key(key, seen)
            if name is None:
                continue
            if name not in fields:
                self._unknown(key.mark, name, value, shape, kind, flow=node.flow)
                continue
            self._marks[(*where, name, "key")] = key.mark
            values[name] = self._value(value, fields[name].shape, (*where, name))
        for one in shape.fields if needed is None else needed:
            if one.required and one.name not in seen:
                self._missing(node.mark, one, shape)
        return {name: value for name, value in values.items() if value is not BAD}

    def _key(self, node: Node, seen: dict[str, Mark]) -> str | None:
        if not isinstance(node, Scalar):
            if not isinstance(node, Refused):
                self._read.bad(
                    "yaml-key", node.mark, zh="字段名应当是文字", en="a field's name is a word"
                )
            return None
        name = node.value
        if name == "<<" and not node.style:
            self._read.bad(
                "yaml-merge",
                node.mark,
                zh="题目里不用 YAML 合并键（<<）",
                en="no YAML merge keys (<<) in a question",
                hint=Bilingual(zh="把字段写出来", en="write the fields out"),
            )
            return None
        if name in seen:
            self._read.bad(
                "duplicate-key",
                node.mark,
                zh=f"字段 {name} 写了两次，第一次在第 {seen[name].line} 行",
                en=f"`{name}` is written twice; first on line {seen[name].line}",
                hint=Bilingual(
                    zh="YAML 会悄悄只留最后一个；删掉一个",
                    en="YAML silently keeps the last one; delete one",
                ),
            )
            return None
        seen[name] = node.mark
        return name

    def _unknown(
        self, mark: Mark, name: str, value: Node, shape: Record, kind: Kind | None, *, flow: bool
    ) -> None:
        owners = [one.kinds for one in QUESTION.fields if one.name == name] if kind else []
        if owners:
            kinds = "、".join(owners[0]), " and ".join(owners[0])
            self._read.bad(
                "wrong-kind",
                mark,
                zh=f"字段 {name} 属于 {kinds[0]} 题，这是 {kind} 题",
                en=f"`{name}` belongs to kind {kinds[1]}; this is {kind}",
            )
            return
        if flow and is_empty(value):
            hint: Bilingual | None = Bilingual(
                zh="花括号里的逗号会分开字段：含逗号的文字要加引号",
                en="a comma between braces starts the next field: quote text that holds one",
            )
        else:
            hint = did_you_mean(name, shape.names()) or _names(shape.names())
        shown = name if name.strip() else repr(name)
        self._read.bad(
            "unknown-field", mark, zh=f"没有字段 {shown}", en=f"unknown field `{shown}`", hint=hint
        )

    def _missing(self, mark: Mark, one: Field, shape: Record) -> None:
        about = Bilingual(zh=f"{one.name}：{one.about.zh}", en=f"`{one.name}`: {one.about.en}")
        if not one.vital:
            self._read.bad(
                "incomplete",
                mark,
                zh=f"缺少字段 {one.name}",
                en=f"`{one.name}` is missing",
                hint=about,
            )
        elif one.name in set(Lang) and _is_bilingual(shape):
            which = Bilingual(zh="中文" if one.name == "zh" else "英文", en=f"`{one.name}` text")
            self._read.bad(
                "missing-language", mark, zh=f"缺少{which.zh}", en=f"the {which.en} is missing"
            )
        else:
            self._read.bad(
                "missing-field",
                mark,
                zh=f"缺少字段 {one.name}",
                en=f"`{one.name}` is missing",
                hint=about,
            )

    def _one_form(self, node: Node, shape: OneForm, where: Where) -> Any:
        every = Record(tuple(one for form in shape.forms for one in form.fields))
        if not isinstance(node, Entries):
            return self._pair_or_record(node, every, where)
        written = {key.value for key, _ in node.entries if isinstance(key, Scalar)}
        fitting = [form for form in shape.forms if written & set(form.names())]
        if len(fitting) == 1:
            return self._record(node, fitting[0], where)
        forms = [", ".join(one.name for one in form.fields if one.required) for form in shape.forms]
        hint = Bilingual(
            zh="写 " + " 或 ".join(f"{{{form}}}" for form in forms),
            en="write " + " or ".join(f"{{{form}}}" for form in forms),
        )
        if not fitting:
            return self._read.bad(
                "expect", node.mark, zh="没有答案", en="no answer in it", hint=hint
            )
        self._record(node, every, where, needed=())
        return self._read.bad(
            "expect",
            node.mark,
            zh="两种答案只能写一种",
            en="two forms of answer at once",
            hint=hint,
        )

    # ── lists ────────────────────────────────────────────────────────────────────────────────

    def _list(self, node: Node, shape: ListOf, where: Where) -> Any:
        if is_empty(node) and not isinstance(node, Items):
            return self._read.empty(node)
        if not isinstance(node, Items):
            hint = Bilingual(
                zh="每项以“- ”开头，或写在 [ ] 里", en="begin each item with `- `, or use [ ]"
            )
            return self._read.unfit(node, Bilingual(zh="列表", en="a list"), hint)
        values: list[Any] = []
        for item in node.items:
            value = self._value(item, shape.item, (*where, len(values)))
            if value is not BAD:
                values.append(value)
        self._count(node, shape)
        if shape.distinct:
            self._repeated(values, where)
        return values

    def _count(self, node: Items, shape: ListOf) -> None:
        count, most = len(node.items), shape.at_most
        if count >= shape.at_least and (most is None or count <= most):
            return
        wanted = Bilingual(
            zh=f"至少 {shape.at_least} 项" if most is None else f"{shape.at_least}–{most} 项",
            en=f"at least {shape.at_least}" if most is None else f"{shape.at_least}–{most}",
        )
        self._read.bad(
            "count",
            node.mark,
            zh=f"有 {count} 项，应当有{_spaced(wanted.zh)}",
            en=f"{count} item{'' if count == 1 else 's'}; {wanted.en} wanted",
        )

    def _repeated(self, values: Sequence[Any], where: Where) -> None:
        for index, value in enumerate(values):
            if value in values[:index]:
                mark = self._marks[(*where, index)]
                self._read.bad(
                    "duplicate-item", mark, zh=f"重复的一项：{value}", en=f"listed twice: {value}"
                )


def _kind_of(node: Entries) -> Kind | None:
    for key, value in node.entries:
        if isinstance(key, Scalar) and key.value == "kind" and isinstance(value, Scalar):
            return Kind(value.value) if value.value in set(Kind) else None
    return None


def _is_bilingual(shape: Record) -> bool:
    return set(Lang) <= set(shape.names())


def _spaced(text: str) -> str:
    return f" {text}" if text[:1].isdigit() else text


def _names(names: Iterable[str]) -> Bilingual:
    listed = ", ".join(names)
    return Bilingual(zh=f"可用的字段：{listed}", en=f"the fields are {listed}")
