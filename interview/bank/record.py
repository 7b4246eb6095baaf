"""Writing what a demo printed into its question's file, the rest of the file left as it is."""

import re

_KEY = re.compile(r"^(\w+):", re.MULTILINE)


def with_output(text: str, output: str) -> str:
    """Return the text of a question file with this as its `output`, after the demo.

    Raises:
        ValueError: where the file has no demo.
    """
    fields = _fields(text)
    if "demo" not in fields:
        raise ValueError("demo")
    lines = "".join(f"  {line}\n" if line.strip() else "\n" for line in output.splitlines())
    block = f"output: |\n{lines}"
    if "output" in fields:
        start, end = fields["output"]
        return text[:start] + block + text[end:]
    _, end = fields["demo"]
    gap = "" if text[:end].endswith("\n") else "\n"
    return text[:end] + gap + block + text[end:]


def _fields(text: str) -> dict[str, tuple[int, int]]:
    """Return where each top-level field of a question file begins and ends."""
    starts = [(match[1], match.start()) for match in _KEY.finditer(text)]
    ends = [start for _, start in starts[1:]] + [len(text)]
    return {name: (start, end) for (name, start), end in zip(starts, ends, strict=True)}
