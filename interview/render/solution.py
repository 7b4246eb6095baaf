"""Two pieces of code to compare: side by side where the terminal is wide enough."""

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table

from interview.language import Bilingual, Lang
from interview.render.code import code_block
from interview.render.layout import heading, stack

_YOURS = Bilingual(zh="你的代码", en="Yours")
_MODEL = Bilingual(zh="参考实现", en="Model solution")
_GAP = 3


class side_by_side:  # noqa: N801 - used like the functions beside it
    """The candidate's code and the model solution."""

    def __init__(self, yours: str, model: str, lang: Lang) -> None:
        self._yours, self._model, self._lang = yours, model, lang

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        widths = [max(map(cell_len, code.splitlines()), default=0) for code in self._codes]
        titles = [heading(title[self._lang]) for title in (_YOURS, _MODEL)]
        blocks = [code_block(code) for code in self._codes]
        if sum(widths) + _GAP > options.max_width:
            yield stack([titles[0], blocks[0]], gap=0)
            yield ""
            yield stack([titles[1], blocks[1]], gap=0)
            return
        grid = Table.grid(padding=(0, _GAP))
        grid.add_row(*titles)
        grid.add_row(*blocks)
        yield grid

    @property
    def _codes(self) -> tuple[str, str]:
        return self._yours, self._model
