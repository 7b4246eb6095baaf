"""A demo that was run: its code, what it printed, and the curve."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from interview.bank.model import Question
from interview.language import Bilingual, Lang
from interview.render.code import code_block
from interview.render.layout import Indented, heading, stack
from interview.render.wrap import Flow

_CODE = Bilingual(zh="演示代码", en="Demo")
_OUTPUT = Bilingual(zh="输出", en="Output")
_CURVE = Bilingual(zh="曲线", en="Curve")
_DIFFERS = Bilingual(
    zh="与题库里记录的输出不同，记录的是：",
    en="This is not the output that the bank recorded, which is:",
)


def demo_view(
    question: Question, printed: str, points: Sequence[tuple[float, ...]], lang: Lang
) -> RenderableType:
    """Return code, output and curve; where the output is not the recorded one, both."""
    differs = question.output is not None and question.output.strip() != printed.strip()
    return stack(
        [
            _code(question, lang),
            _output(printed, lang),
            Group(Flow(Text(_DIFFERS[lang])), _printed(question.output or "")) if differs else None,
            _curve(question, points, lang),
        ]
    )


def demo_recorded(question: Question, lang: Lang) -> RenderableType:
    """Return the code of a demo and the output that the bank recorded."""
    output = _output(question.output, lang) if question.output else None
    return stack([_code(question, lang), output])


def _code(question: Question, lang: Lang) -> RenderableType:
    return Group(heading(_CODE[lang]), code_block(question.demo or ""))


def _output(printed: str, lang: Lang) -> RenderableType:
    return Group(heading(_OUTPUT[lang]), _printed(printed))


def _printed(text: str) -> RenderableType:
    return Indented(Flow(Text(text.rstrip("\n"))), "  ")


def _curve(
    question: Question, points: Sequence[tuple[float, ...]], lang: Lang
) -> RenderableType | None:
    if question.chart is None:
        return None
    from interview.render.chart import Curve

    return Group(heading(_CURVE[lang]), Curve(question.chart, points, lang))
