"""Formulas of several rows: `aligned`, and `cases` with its brace."""

from collections.abc import Sequence

from rich.cells import cell_len

from interview.render.maths.pieces import Level, Node
from interview.render.maths.row import join

Rows = list[list[list[Node]]]  # rows of cells of pieces


def aligned(rows: Rows) -> Node:
    """Return rows with their relations under one another."""
    texts = [[join(cell, inside=n > 0) for n, cell in enumerate(row)] for row in rows]
    flat = "; ".join(" ".join(filter(None, row)) for row in texts)
    lines = _columns(texts, gap=" ", to_the_right=True)
    return Node(flat, level=Level.LOOSE, rows=tuple(lines))


def cases(rows: Rows) -> Node:
    """Return rows behind a brace; on one line in braces, parted by semicolons."""
    texts = [[join(cell) for cell in row] for row in rows]
    flat = "; ".join(", ".join(cell.rstrip(",") for cell in row) for row in texts)
    between = range(1, len(rows) - 1)
    brace = ["⎧", *("⎨" if n == len(rows) // 2 else "⎪" for n in between), "⎩"]
    lines = _columns(texts, gap="  ", to_the_right=False)
    drawn = [f"{part} {line}" for part, line in zip(brace, lines, strict=False)]
    return Node(f"{{{flat}}}", rows=tuple(drawn) if len(rows) > 1 else ())


def with_rows(nodes: Sequence[Node]) -> list[str]:
    """Return a formula's lines: rows stand beside what comes before and after them."""
    tall = [index for index, node in enumerate(nodes) if node.rows]
    if len(tall) != 1:
        return [join(nodes)]
    before, after = join(nodes[: tall[0]]), join(nodes[tall[0] + 1 :])
    first, *others = nodes[tall[0]].rows
    lead = f"{before} " if before else ""
    lines = [lead + first, *(" " * cell_len(lead) + line for line in others)]
    lines[-1] += after
    return lines


def _columns(rows: list[list[str]], *, gap: str, to_the_right: bool) -> list[str]:
    """Pad cells to columns; `to_the_right` moves those before each `&` to it, as TeX does."""
    count = max(len(row) for row in rows)
    full = [row + [""] * (count - len(row)) for row in rows]
    widths = [max(cell_len(row[column]) for row in full) for column in range(count)]
    lines = []
    for row in full:
        blanks = [" " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True)]
        cells = [
            blank + cell if to_the_right and column % 2 == 0 and count > 1 else cell + blank
            for column, (cell, blank) in enumerate(zip(row, blanks, strict=True))
        ]
        lines.append(gap.join(cell for cell in cells if cell).rstrip())
    return lines
