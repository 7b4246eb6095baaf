"""What a search found: each question with the place that matched."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from interview.bank.search import Hit
from interview.language import Bilingual, Lang
from interview.render.labels import both
from interview.render.layout import Indented, stack
from interview.render.wrap import MARK, Flow

_FIELDS = {
    "tags": Bilingual(zh="标签", en="tags"),
    "title": Bilingual(zh="标题", en="title"),
    "prompt": Bilingual(zh="题面", en="prompt"),
    "answer": Bilingual(zh="答案", en="answer"),
    "key_points": Bilingual(zh="要点", en="key points"),
    "choices": Bilingual(zh="选项", en="choices"),
    "code": Bilingual(zh="代码", en="code"),
    "contract": Bilingual(zh="约定", en="contract"),
    "checks": Bilingual(zh="检查项", en="checks"),
    "follow_ups": Bilingual(zh="追问", en="follow-ups"),
    "sources": Bilingual(zh="出处", en="sources"),
}
_MATCH = "bold yellow"


def hit_list(hits: Sequence[Hit], languages: tuple[Lang, ...]) -> RenderableType:
    """Return the hits in their order: id and title, and the text that matched below.

    Matches are coloured; where there is no colour they stand in «guillemets».
    """
    lang = languages[0]
    count = Bilingual(
        zh=f"找到 {len(hits)} 题",
        en=f"{len(hits)} question{'' if len(hits) == 1 else 's'} found",
    )
    return stack([*(_hit(hit, languages) for hit in hits), Text(count[lang], style="dim")])


def _hit(hit: Hit, languages: tuple[Lang, ...]) -> RenderableType:
    title = both(hit.question.title, languages)
    if hit.field == "id" and hit.snippet == hit.question.id:
        return Flow(_marked(hit, "bold") + Text(f"  {title}"))
    if hit.field == "title" and hit.snippet == title:
        return Flow(Text.assemble((hit.question.id, "bold"), "  ") + _marked(hit))
    field = _FIELDS[hit.field][languages[0]] if hit.field in _FIELDS else hit.field
    colon = {Lang.ZH: "：", Lang.EN: ": "}[languages[0]]
    return Group(
        Flow(Text.assemble((hit.question.id, "bold"), f"  {title}")),
        Indented(Flow(Text.assemble((field + colon, "dim")) + _marked(hit)), "    "),
    )


def _marked(hit: Hit, style: str = "") -> Text:
    text = Text()
    at = 0
    for start, end in hit.spans:
        text.append(hit.snippet[at:start], style)
        text.append("«", MARK).append(hit.snippet[start:end], _MATCH).append("»", MARK)
        at = end
    return text.append(hit.snippet[at:], style)
