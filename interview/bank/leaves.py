"""One value at a time: texts, words, numbers, flags and sizes from YAML nodes."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

from interview.bank.faults import Findings, Mark
from interview.bank.fields import SIZE_NAME, Flag, Number, OneOf, Size, Text
from interview.bank.nodes import Entries, Items, Node, Scalar
from interview.bank.scalars import control_name, number, surprise, unwanted_escapes
from interview.bank.source import Source
from interview.language import Bilingual, Lang

Where = tuple[str | int, ...]
Leaf = Text | Number | Flag | Size | OneOf

BAD: Final = object()  # stands for a value that was reported already

_LONG = 60


@dataclass(frozen=True, slots=True)
class Passage:
    """A text of one language and the scalar that holds it, for the rules of good prose."""

    where: Where
    lang: Lang
    scalar: Scalar


class Reader:
    """Reads single values; faults go to `findings`, and the texts it met to `passages`."""

    def __init__(self, source: Source, findings: Findings) -> None:
        self._source = source
        self._findings = findings
        self.passages: list[Passage] = []

    def leaf(self, node: Node, shape: Leaf, where: Where) -> Any:
        """Return the value that `shape` asks for, or BAD."""
        match shape:
            case Text():
                return self._text(node, shape, where)
            case OneOf():
                return self._word(node, shape)
            case Number():
                return self._number(node, shape)
            case Flag():
                return self._flag(node)
            case Size():
                return self._size(node)

    def _text(self, node: Node, shape: Text, where: Where) -> Any:
        if not isinstance(node, Scalar):
            return self._not_text(node)
        if is_empty(node):
            return self.empty(node)
        reading = surprise(node)
        if reading is not None:
            return self._surprising(node, reading)
        usable = self._no_control_characters(node)
        if shape.lang is not None:
            self.passages.append(Passage(where, shape.lang, node))
            self._swallowed_comment(node)
        value = node.value if shape.lines and shape.lang is None else node.value.strip()
        if not shape.lines and "\n" in value:
            self.bad("one-line", node.mark, zh="应当只有一行", en="should be one line")
        if shape.pattern and not re.fullmatch(shape.pattern, value):
            usable = self._mismatch(node, shape) and usable
        return value if usable else BAD

    def _not_text(self, node: Node) -> Any:
        hint = None
        if isinstance(node, Entries) and node.flow:
            hint = Bilingual(
                zh="YAML 把 {…} 读作映射；作文字时用引号括起来",
                en="YAML reads {…} as a mapping; quote it where it is text",
            )
        elif isinstance(node, Items):
            hint = Bilingual(
                zh="YAML 把 […] 和“- ”读作列表；作文字时用引号括起来",
                en="YAML reads […] and `- ` as a list; quote it where it is text",
            )
        return self.unfit(node, Bilingual(zh="文字", en="text"), hint)

    def _surprising(self, node: Scalar, reading: Bilingual) -> Any:
        return self.bad(
            "yaml-surprise",
            node.mark,
            zh=f"YAML 会把 {node.value} 读成{reading.zh}",
            en=f"YAML reads {node.value} as {reading.en}",
            hint=Bilingual(zh=f"写成 '{node.value}'", en=f"write '{node.value}'"),
        )

    def _no_control_characters(self, node: Scalar) -> bool:
        clean = True
        for escape in unwanted_escapes(node, self._source):
            clean = False
            name = control_name(escape.character)
            command, rest = escape.command or "", (escape.command or "")[2:]
            self.bad(
                "control-character",
                escape.mark,
                zh=f"双引号里的 {command} 变成了{name.zh}加“{rest}”"
                if command
                else f"双引号里的转义变成了{name.zh}",
                en=f'{command} between double quotes becomes {name.en} and "{rest}"'
                if command
                else f"this escape between double quotes becomes {name.en}",
                hint=Bilingual(
                    zh="LaTeX 写在 | 文本块或单引号里，或者不加引号",
                    en="write LaTeX in a | block, between single quotes, or unquoted",
                ),
            )
        return clean

    def _swallowed_comment(self, node: Scalar) -> None:
        """Report a plain text that ends at ` #`: what follows is lost without a word."""
        rest = self._source.text[node.end :].partition("\n")[0]
        if node.style or not rest.lstrip().startswith("#"):
            return
        offset = node.end + len(rest) - len(rest.lstrip())
        self.bad(
            "swallowed-comment",
            self._source.mark(offset),
            zh="不加引号的文字在 # 处结束，后面成了注释",
            en="unquoted text ends at #; the rest is a comment",
            hint=Bilingual(
                zh="整段加引号；若是注释，另起一行",
                en="quote it all; put a comment on its own line",
            ),
        )

    def _mismatch(self, node: Scalar, shape: Text) -> bool:
        """Report a text of the wrong form; return whether the question is usable all the same."""
        like = f"{shape.like}" if shape.like else ""
        hint = Bilingual(zh=f"形如 {like}", en=f"such as {like}")
        if shape.refers and re.search(r"\s|[^\x00-\x7f]", node.value):
            self.bad(
                "missing-language",
                node.mark,
                zh="这里要另一题的 id，或两种语言的文字",
                en="the id of a question, or a text in both languages, belongs here",
                hint=Bilingual(zh="写成 {zh: …, en: …}", en="write {zh: …, en: …}"),
            )
            return False
        shown = node.value if len(node.value) <= _LONG else node.value[:_LONG] + "…"
        self.bad(
            "pattern", node.mark, zh=f"写法不对：{shown}", en=f"not well formed: {shown}", hint=hint
        )
        return True

    def _word(self, node: Node, shape: OneOf) -> Any:
        words = ", ".join(shape.words)
        wanted = Bilingual(zh=f"可选：{words}", en=f"one of {words}")
        if not isinstance(node, Scalar):
            return self.unfit(node, Bilingual(zh="一个词", en="a word"), wanted)
        if is_empty(node):
            return self.empty(node)
        if node.value in shape.words:
            return str(node.value)
        return self.bad(
            "unknown-word",
            node.mark,
            zh=f"没有这个取值：{node.value}",
            en=f"not one of the values: {node.value}",
            hint=did_you_mean(node.value.lower(), shape.words) or wanted,
        )

    def _number(self, node: Node, shape: Number) -> Any:
        wanted = Bilingual(zh="数字", en="a number")
        if not isinstance(node, Scalar):
            return self.unfit(node, wanted, None)
        if is_empty(node):
            return self.empty(node)
        value = number(node)
        if value is None:
            return self._not_a_number(node, wanted)
        if not math.isfinite(value):
            return self.bad("number", node.mark, zh="数太大", en="the number is not finite")
        if shape.minimum is not None and value < shape.minimum:
            return self.bad("number", node.mark, zh="不能是负数", en="cannot be negative")
        if shape.positive and value <= 0:
            return self.bad("number", node.mark, zh="应当大于零", en="should be above zero")
        if shape.whole and not isinstance(value, int):
            return self.bad("number", node.mark, zh="应当是整数", en="should be a whole number")
        if shape.maximum is not None and value > shape.maximum:
            most = f"{shape.maximum:g}"
            return self.bad(
                "number", node.mark, zh=f"不能超过 {most}", en=f"cannot be more than {most}"
            )
        return value

    def _not_a_number(self, node: Scalar, wanted: Bilingual) -> Any:
        reading = surprise(node)
        if node.value.lower().lstrip("+-") in {".inf", ".nan", "inf", "nan"}:
            return self.bad(
                "number",
                node.mark,
                zh=f"{node.value} 不是有限的数",
                en=f"{node.value} is not finite",
            )
        if reading is not None:
            return self.bad(
                "yaml-surprise",
                node.mark,
                zh=f"YAML 会把 {node.value} 读成{reading.zh}",
                en=f"YAML reads {node.value} as {reading.en}",
                hint=Bilingual(
                    zh="写成十进制数，如 0.5 或 1e-5", en="write a decimal: 0.5 or 1e-5"
                ),
            )
        quoted = Bilingual(zh="去掉引号", en="take the quotes away") if node.style else None
        return self.unfit(node, wanted, quoted)

    def _flag(self, node: Node) -> Any:
        if isinstance(node, Scalar) and not node.style and node.value in {"true", "false"}:
            return node.value == "true"
        if is_empty(node):
            return self.empty(node)
        shown = node.value if isinstance(node, Scalar) else "…"
        return self.bad(
            "yaml-surprise" if isinstance(node, Scalar) and surprise(node) else "wrong-type",
            node.mark,
            zh=f"应当是 true 或 false，不是 {shown}",
            en=f"true or false belongs here, not {shown}",
        )

    def _size(self, node: Node) -> Any:
        if isinstance(node, Scalar):
            size = number(node)
            if isinstance(size, int):
                return size
            if re.fullmatch(SIZE_NAME, node.value) and not surprise(node):
                return node.value
        shown = node.value if isinstance(node, Scalar) else "…"
        return self.bad(
            "expect",
            node.mark,
            zh=f"形状的一维应当是整数或 B 这样的字母，不是 {shown}",
            en=f"a dimension is a whole number or a letter such as B, not {shown}",
        )

    def empty(self, node: Node) -> Any:
        """Report a value that is not there."""
        return self.bad("empty", node.mark, zh="没有内容", en="nothing is written here")

    def unfit(self, node: Node, wanted: Bilingual, hint: Bilingual | None) -> Any:
        """Report a node of the wrong sort."""
        found = _describe(node)
        return self.bad(
            "wrong-type",
            node.mark,
            zh=f"应当是{wanted.zh}，这里是{found.zh}",
            en=f"{wanted.en} belongs here, not {found.en}",
            hint=hint,
        )

    def bad(self, rule: str, mark: Mark, *, zh: str, en: str, hint: Bilingual | None = None) -> Any:
        """Report a fault; return BAD."""
        self._findings.add(rule, mark, zh=zh, en=en, hint=hint)
        return BAD


def is_empty(node: Node) -> bool:
    """Return whether nothing is written where a value belongs."""
    if isinstance(node, Scalar):
        return not node.value.strip()
    return isinstance(node, Items) and not node.items


def did_you_mean(word: str, words: Iterable[str]) -> Bilingual | None:
    """Return a hint with the nearest of `words`, None where none is near."""
    close = get_close_matches(word, list(words), n=1)
    return Bilingual(zh=f"是不是 {close[0]}？", en=f"did you mean `{close[0]}`?") if close else None


def _describe(node: Node) -> Bilingual:
    match node:
        case Items():
            return Bilingual(zh="列表", en="a list")
        case Entries():
            return Bilingual(zh="映射", en="a mapping")
    return Bilingual(zh="文字", en="text")
