"""YAML as nodes with positions; what only confuses in a question file is refused here.

The nodes are composed from the parser's events: these still show anchors, aliases and explicit
tags, which are gone from what `yaml.compose` returns, and an alias is never followed.
"""

from dataclasses import dataclass
from typing import Any

from interview.bank.faults import Findings, Mark
from interview.bank.source import Source
from interview.bank.syntax import report_syntax_error
from interview.language import Bilingual

DEEPEST = 24  # nesting levels; a question has at most five
MOST_REPAIRS = 50


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text. `style` is its quote, `|`, `>`, or empty for plain text.

    `start` and `end` are indices into the source; `lines` is how many lines it takes there.
    """

    mark: Mark
    value: str
    style: str
    start: int
    end: int
    lines: int


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    mark: Mark
    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Entries:
    """A mapping, its entries as written; `flow` where it is written between braces."""

    mark: Mark
    entries: tuple[tuple["Node", "Node"], ...]
    flow: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """A node that was reported already, such as an alias."""

    mark: Mark


Node = Scalar | Items | Entries | Refused


def compose(source: Source, findings: Findings) -> tuple[Node | None, Source]:
    """Return the file's one document, or None, and the text it was read from.

    What is wrong goes to `findings`. Where the parser stops at a single character (an unknown
    escape, a backtick that opens a plain text, a second colon), that character is reported and
    replaced, and reading goes on: the text returned is the mended one.
    """
    import yaml

    for _ in range(MOST_REPAIRS):
        attempt = Findings(findings.path)
        try:
            node = _Composer(source, attempt).document()
        except yaml.YAMLError as error:
            mended = report_syntax_error(error, source, findings)
            if mended is None:
                break
            source = mended
        except _TooDeepError:
            findings.faults.extend(attempt.faults)
            break
        else:
            findings.faults.extend(attempt.faults)
            return node, source
    return None, source


class _TooDeepError(Exception):
    """The nesting was reported; there is nothing more to read."""


class _Composer:
    def __init__(self, source: Source, findings: Findings) -> None:
        import yaml

        self._next = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(source.text).get_event
        self._yaml = yaml
        self._findings = findings
        self._depth = 0

    def document(self) -> Node | None:
        yaml = self._yaml
        root: Node | None = None
        while not isinstance(event := self._next(), yaml.StreamEndEvent):
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    self._second_document(_mark(event.start_mark))
                    return root
                root = self._node(self._next())
        return root

    def _second_document(self, mark: Mark) -> None:
        self._findings.add(
            "yaml-document",
            mark,
            zh="一个文件里有两份 YAML 文档",
            en="a second YAML document in one file",
            hint=Bilingual(
                zh="一题一个文件；删掉多余的 ---", en="one question a file; delete the ---"
            ),
        )

    def _node(self, event: Any) -> Node:
        yaml, mark = self._yaml, _mark(event.start_mark)
        if isinstance(event, yaml.AliasEvent):
            self._refuse_alias(event.anchor, mark)
            return Refused(mark)
        self._refuse_properties(event, mark)
        if isinstance(event, yaml.ScalarEvent):
            return _scalar(event, mark)
        self._descend(mark)
        if isinstance(event, yaml.SequenceStartEvent):
            node: Node = Items(mark, tuple(self._until(yaml.SequenceEndEvent)))
        else:
            nodes = self._until(yaml.MappingEndEvent)
            entries = tuple(zip(nodes[::2], nodes[1::2], strict=True))
            node = Entries(mark, entries, flow=bool(event.flow_style))
        self._depth -= 1
        return node

    def _until(self, end: type) -> list[Node]:
        nodes = []
        while not isinstance(event := self._next(), end):
            nodes.append(self._node(event))
        return nodes

    def _descend(self, mark: Mark) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            self._findings.add(
                "yaml-syntax",
                mark,
                zh=f"嵌套超过 {DEEPEST} 层",
                en=f"nested more than {DEEPEST} levels deep",
            )
            raise _TooDeepError

    def _refuse_alias(self, name: str, mark: Mark) -> None:
        self._findings.add(
            "yaml-alias",
            mark,
            zh=f"题目里不用 YAML 别名（*{name}）",
            en=f"no YAML aliases in a question (*{name})",
            hint=Bilingual(
                zh="把内容写出来；若是文字，用引号括起来",
                en="write the content out; if it is text, quote it",
            ),
        )

    def _refuse_properties(self, event: Any, mark: Mark) -> None:
        if event.anchor is not None:
            self._findings.add(
                "yaml-anchor",
                mark,
                zh=f"题目里不用 YAML 锚点（&{event.anchor}）",
                en=f"no YAML anchors in a question (&{event.anchor})",
                hint=Bilingual(
                    zh="删掉它；若是文字，用引号括起来", en="delete it; if it is text, quote it"
                ),
            )
        if event.tag is not None:
            self._findings.add(
                "yaml-tag",
                mark,
                zh=f"题目里不用 YAML 标签（{event.tag}）",
                en=f"no YAML tags in a question ({event.tag})",
                hint=Bilingual(
                    zh="删掉它；若是文字，用引号括起来", en="delete it; if it is text, quote it"
                ),
            )


def _mark(mark: Any) -> Mark:
    return Mark(mark.line + 1, mark.column + 1)


def _scalar(event: Any, mark: Mark) -> Scalar:
    start, end = event.start_mark, event.end_mark
    return Scalar(
        mark=mark,
        value=event.value,
        style=event.style or "",
        start=start.index,
        end=end.index,
        lines=end.line - start.line + (1 if end.column else 0),
    )
