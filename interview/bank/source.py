"""A file's text, read with care: whatever is wrong with its bytes is a fault, never a traceback."""

import errno
import re
import stat
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from interview.bank.faults import START, Findings, Mark
from interview.language import Bilingual

BIGGEST = 1 << 20  # bytes; a question is some kilobytes, so more is some other file by mistake

_BOM = "\ufeff"
# U+0085, U+2028 and U+2029 end a line for YAML but not for editors: positions would not agree.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


@dataclass(frozen=True)
class Source:
    """The text of one file: LF line ends, and nothing that YAML refuses."""

    path: Path
    text: str

    @cached_property
    def _starts(self) -> list[int]:
        return [0] + [match.end() for match in re.finditer("\n", self.text)]

    def mark(self, index: int) -> Mark:
        """Return the place of the character at `index`."""
        line = bisect_right(self._starts, index)
        return Mark(line, index - self._starts[line - 1] + 1)

    def index(self, mark: Mark) -> int:
        """Return the index of the character at `mark`; the text's end where it lies beyond."""
        if mark.line > len(self._starts):
            return len(self.text)
        return min(self._starts[mark.line - 1] + mark.column - 1, len(self.text))

    def line(self, number: int) -> str:
        """Return line `number`, counted from 1, without its end."""
        start = self._starts[number - 1]
        return self.text[start:].partition("\n")[0] if number <= len(self._starts) else ""


def read_source(path: Path, findings: Findings) -> Source | None:
    """Return the text of `path`, or None where there is none to read; faults go to `findings`."""
    data = _read(path, findings)
    if data is None:
        return None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        _not_utf8(data, error.start, findings)
        return None
    source = Source(path, _only_plain_characters(text, findings))
    if not source.text.strip():
        findings.add("empty-file", START, zh="文件是空的", en="the file is empty")
        return None
    return source


def _read(path: Path, findings: Findings) -> bytes | None:
    try:
        status = path.stat()
        if stat.S_ISREG(status.st_mode) and status.st_size <= BIGGEST:
            return path.read_bytes()
    except OSError as error:
        report_os_error(error, findings)
        return None
    if stat.S_ISREG(status.st_mode):
        findings.add(
            "too-big",
            START,
            zh=f"文件有 {status.st_size:,} 字节，超过上限 {BIGGEST:,}",
            en=f"the file has {status.st_size:,} bytes; the limit is {BIGGEST:,}",
        )
    else:
        findings.add("not-a-file", START, zh="这不是普通文件", en="this is not a regular file")
    return None


def report_os_error(error: OSError, findings: Findings) -> None:
    """Note that the system does not let a file or folder be read."""
    if error.errno == errno.ELOOP:
        findings.add(
            "symlink-loop",
            START,
            zh="符号链接绕成了圈",
            en="the symbolic link leads back to itself",
            hint=Bilingual(zh="删掉这个链接", en="remove the link"),
        )
        return
    why = error.strerror or type(error).__name__
    findings.add("unreadable", START, zh=f"无法读取：{why}", en=f"cannot be read: {why}")


def _not_utf8(data: bytes, offset: int, findings: Findings) -> None:
    before = data[:offset].decode("utf-8")
    mark = Mark(before.count("\n") + 1, len(before) - before.rfind("\n"))
    findings.add(
        "encoding",
        mark,
        zh=f"不是 UTF-8：字节 0x{data[offset]:02x} 不合法",
        en=f"not UTF-8: the byte 0x{data[offset]:02x} does not belong here",
        hint=Bilingual(zh="以 UTF-8 编码重新保存文件", en="save the file again as UTF-8"),
    )


def _only_plain_characters(text: str, findings: Findings) -> str:
    """Report what no text file should hold, once each, and go on with the rest of the text."""
    if text.startswith(_BOM):
        findings.add(
            "byte-order-mark",
            START,
            zh="文件以字节顺序标记（BOM）开头",
            en="the file begins with a byte order mark",
            hint=Bilingual(zh="保存为不带 BOM 的 UTF-8", en="save it as UTF-8 without BOM"),
        )
        text = text[1:]
    if "\r\n" in text:
        _report_carriage_return(text, findings)
        text = text.replace("\r\n", "\n")
    source = Source(findings.path, text)
    for match in _CONTROLS.finditer(text):
        code = ord(match[0])
        findings.add(
            "control-character",
            source.mark(match.start()),
            zh=f"含有控制字符 U+{code:04X}",
            en=f"control character U+{code:04X}",
            hint=Bilingual(zh="删掉它", en="delete it"),
        )
    return _CONTROLS.sub(" ", text)


def _report_carriage_return(text: str, findings: Findings) -> None:
    first = text.index("\r\n")
    before = text[:first]
    findings.add(
        "carriage-return",
        Mark(before.count("\n") + 1, first - before.rfind("\n")),
        zh="行尾是 Windows 的 CRLF",
        en="lines end with CRLF, as on Windows",
        hint=Bilingual(zh="行尾改用 LF 保存", en="save the file with LF line ends"),
    )
