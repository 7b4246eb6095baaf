"""The fields of a question file: one table that drives both the parser and the JSON Schema."""

from dataclasses import dataclass

from interview.bank.model import QUESTION_ID, SLUG, Difficulty, Kind, Tier
from interview.language import Bilingual, Lang

DOTTED_NAME = r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+"
SIZE_NAME = r"[A-Za-z][A-Za-z0-9_]*"


@dataclass(frozen=True, slots=True)
class Text:
    """One string. `pattern` must match all of it; `like` shows what is meant.

    `lang` marks a text of one language, which is prose; `lines` allows more than one line.
    """

    pattern: str | None = None
    like: str | None = None
    lang: Lang | None = None
    lines: bool = False
    refers: bool = False


@dataclass(frozen=True, slots=True)
class Number:
    """A finite number, from `minimum` to `maximum` where they are given."""

    minimum: float | None = None
    maximum: float | None = None
    positive: bool = False
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Flag:
    """`true` or `false`."""


@dataclass(frozen=True, slots=True)
class Size:
    """A dimension: a whole number from 0, or a letter such as `B` where it is symbolic."""


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of a few words."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list with `at_least` to `at_most` items; `distinct` where none may occur twice."""

    item: "Shape"
    at_least: int = 0
    at_most: int | None = None
    distinct: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record, in questions of `kinds` only.

    A question without a `required` field is incomplete; without a `vital` one it cannot be asked.
    """

    name: str
    shape: "Shape"
    about: Bilingual
    required: bool = True
    vital: bool = True
    kinds: tuple[Kind, ...] = tuple(Kind)


@dataclass(frozen=True, slots=True)
class Record:
    """A mapping with these fields and no others."""

    fields: tuple[Field, ...]

    def names(self) -> tuple[str, ...]:
        """Return the names of the fields."""
        return tuple(one.name for one in self.fields)


@dataclass(frozen=True, slots=True)
class TextOr:
    """A plain text or a record."""

    text: Text
    record: Record


@dataclass(frozen=True, slots=True)
class OneForm:
    """One of several records, told apart by their fields; two forms at once are a fault."""

    forms: tuple[Record, ...]


Shape = Text | Number | Flag | Size | OneOf | ListOf | Record | TextOr | OneForm


def _pair(*, lines: bool, more: tuple[Field, ...] = ()) -> Record:
    """Return a record with one text in each language, and what else belongs to it."""
    zh = Field("zh", Text(lang=Lang.ZH, lines=lines), Bilingual(zh="中文", en="the Chinese text"))
    en = Field("en", Text(lang=Lang.EN, lines=lines), Bilingual(zh="英文", en="the English text"))
    return Record((zh, en, *more))


LINE = _pair(lines=False)
PROSE = _pair(lines=True)

_KEY_POINT = _pair(
    lines=True,
    more=(
        Field(
            "terms",
            ListOf(Text(), at_least=1, distinct=True),
            Bilingual(
                zh="说到这一点的字样，两种语言都可以；用“ + ”连接的各部分须在同一分句里出现",
                en="Spellings, in either language, that show the point was made; "
                "parts joined by ` + ` must all occur in one clause.",
            ),
            vital=False,
        ),
    ),
)
_CHOICE = _pair(
    lines=True,
    more=(
        Field("correct", Flag(), Bilingual(zh="这一项是否正确", en="Whether it is right.")),
        Field(
            "why",
            PROSE,
            Bilingual(
                zh="为什么对；若错，驳倒背后的误解",
                en="Why it is right, or what refutes the misconception behind it.",
            ),
        ),
    ),
)
_NUMBER = Record(
    (
        Field("value", Number(), Bilingual(zh="正确的数", en="The right number.")),
        Field(
            "tolerance",
            Number(minimum=0),
            Bilingual(zh="容许的绝对误差", en="The absolute error that is accepted."),
        ),
        Field("unit", LINE, Bilingual(zh="单位", en="Its unit."), required=False),
    )
)
_SHAPE = Record(
    (
        Field(
            "shape",
            ListOf(Size()),
            Bilingual(
                zh="张量形状：整数，或 B 这样的字母",
                en="A tensor shape: whole numbers, or letters such as B.",
            ),
        ),
    )
)
_CONTRACT = Record(
    (
        Field(
            "entry",
            Text(pattern=r"[A-Za-z_]\w*", like="LayerNorm"),
            Bilingual(zh="要实现的类或函数名", en="The class or function to write."),
        ),
        Field(
            "signature",
            Text(like="LayerNorm(num_features, eps=1e-5)"),
            Bilingual(
                zh="带默认值的签名，写法同 Python",
                en="Its signature with defaults, as in Python.",
            ),
        ),
        Field(
            "also",
            ListOf(Text(like="ResidualBlock(in_channels, out_channels)"), distinct=True),
            Bilingual(
                zh="文件还要定义的其他名字，写成签名",
                en="Signatures of whatever else the file must define.",
            ),
            required=False,
        ),
        Field(
            "rules",
            PROSE,
            Bilingual(
                zh="隐藏测试要求的一切（Markdown）",
                en="Everything that the suite demands (Markdown).",
            ),
        ),
        Field(
            "forbids",
            ListOf(Text(pattern=DOTTED_NAME, like="torch.nn.LayerNorm"), distinct=True),
            Bilingual(zh="禁止的调用，写全名", en="Calls that are forbidden, by full name."),
            required=False,
        ),
        Field(
            "time_limit",
            Number(positive=True),
            Bilingual(
                zh="全部测试的时限，单位秒，默认 20",
                en="Seconds for the whole suite; 20 where it is left out.",
            ),
            required=False,
        ),
    )
)
_CHECK = Record(
    (
        Field(
            "id",
            Text(pattern=SLUG, like="biased-variance"),
            Bilingual(
                zh="由 suite.py 里的 test_<id> 判定，连字符写成下划线",
                en="Decided by test_<id> in suite.py, with underscores for hyphens.",
            ),
        ),
        Field(
            "tier",
            OneOf(tuple(Tier)),
            Bilingual(
                zh="core 决定是否通过，robust 影响得分，advisory 都不影响",
                en="core decides the pass, robust the score, advisory neither.",
            ),
        ),
        Field("claim", LINE, Bilingual(zh="通过时成立的一句话", en="What holds when it passes.")),
        Field(
            "hint",
            PROSE,
            Bilingual(
                zh="点出误解，给出最小反例，不给代码",
                en="Names the misconception and shows where it bites; never the code.",
            ),
        ),
        Field(
            "requires",
            ListOf(Text(pattern=SLUG, like="constructs"), distinct=True),
            Bilingual(
                zh="前提：这些检查不过，本项就判不了",
                en="Earlier checks without which this one is not reached.",
            ),
            required=False,
        ),
    )
)
_MISCONCEPTION = Record(
    (
        Field(
            "id",
            Text(pattern=SLUG, like="unbiased-std"),
            Bilingual(
                zh="对应 wrong/<id>.py，连字符写成下划线",
                en="Its file is wrong/<id>.py, with underscores for hyphens.",
            ),
        ),
        Field("hint", PROSE, Bilingual(zh="点出误解", en="Names the misconception.")),
    )
)

_CHART = Record(
    (
        Field("x", LINE, Bilingual(zh="横轴", en="What the x axis shows.")),
        Field("y", LINE, Bilingual(zh="纵轴", en="What the y axis shows.")),
        Field(
            "series",
            ListOf(LINE, at_least=2, at_most=4),
            Bilingual(
                zh="多条曲线各自的名字",
                en="The names of the curves, where there is more than one.",
            ),
            required=False,
        ),
        Field(
            "log",
            ListOf(OneOf(("x", "y")), distinct=True),
            Bilingual(zh="用对数刻度的轴", en="The axes with a logarithmic scale."),
            required=False,
        ),
        Field(
            "code",
            Text(lines=True),
            Bilingual(
                zh="每行打印 x 和各条曲线的值，不到 20 行，固定种子",
                en="Python under 20 lines, seeded, that prints x and the value of each curve, "
                "a point a line.",
            ),
        ),
    )
)

_ID = Text(pattern=QUESTION_ID, like="normalization/layer-norm", refers=True)

QUESTION = Record(
    (
        Field(
            "kind",
            OneOf(tuple(Kind)),
            Bilingual(
                zh="要求做什么：recall 说、choice 选、numeric 算、bug 找错、code 写代码",
                en="What it asks for: recall (say it), choice (pick), numeric (compute), "
                "bug (find what is wrong), code (write it).",
            ),
        ),
        Field(
            "difficulty",
            OneOf(tuple(Difficulty)),
            Bilingual(
                zh="easy 电话面，medium 现场面，hard 研究岗或资深岗",
                en="easy (phone screen), medium (on-site), hard (research or staff).",
            ),
        ),
        Field(
            "title",
            LINE,
            Bilingual(zh="几个词，列表里显示", en="A few words: what lists and follow-ups show."),
        ),
        Field(
            "prompt",
            PROSE,
            Bilingual(
                zh="面试官的问法，一题只问一件事（Markdown）",
                en="As an interviewer would say it; one question, not three (Markdown).",
            ),
        ),
        Field(
            "answer",
            PROSE,
            Bilingual(
                zh="Markdown，数学写在 $ 之间：先是能直接说出口的一句话，"
                "再讲推理、公式、数字、取舍",
                en="Markdown with LaTeX maths between $: first the one sentence that could be said "
                "aloud, then reasoning, formula, numbers, trade-offs; 80-250 words.",
            ),
        ),
        Field(
            "key_points",
            ListOf(_KEY_POINT, at_least=3, at_most=6),
            Bilingual(zh="评分时逐条勾选的要点", en="What a grader ticks."),
            kinds=(Kind.RECALL, Kind.BUG),
            vital=False,
        ),
        Field(
            "choices",
            ListOf(_CHOICE, at_least=3, at_most=5),
            Bilingual(
                zh="选项，至少一个正确；每个错的都是真有人持有的误解",
                en="The options, one or more of them right; every wrong one a misconception "
                "people really hold.",
            ),
            kinds=(Kind.CHOICE,),
        ),
        Field(
            "expect",
            OneForm((_NUMBER, _SHAPE)),
            Bilingual(
                zh="正确答案：数值和容差，或形状",
                en="The right answer: a value and its tolerance, or a shape.",
            ),
            kinds=(Kind.NUMERIC,),
        ),
        Field(
            "code",
            Text(lines=True),
            Bilingual(zh="有错的代码或说法", en="The faulty code or claim."),
            kinds=(Kind.BUG,),
        ),
        Field(
            "contract",
            _CONTRACT,
            Bilingual(zh="编程题的约定", en="What an exercise demands."),
            kinds=(Kind.CODE,),
        ),
        Field(
            "checks",
            ListOf(_CHECK, at_least=8),
            Bilingual(
                zh="检查项，次序与 suite.py 相同，根因在前",
                en="The checks, in the order of suite.py, root cause first.",
            ),
            kinds=(Kind.CODE,),
        ),
        Field(
            "misconceptions",
            ListOf(_MISCONCEPTION, at_least=10),
            Bilingual(zh="wrong/ 里每个文件一条", en="One for each file of wrong/."),
            kinds=(Kind.CODE,),
            vital=False,
        ),
        Field(
            "follow_ups",
            ListOf(TextOr(_ID, PROSE), at_least=1, at_most=4),
            Bilingual(
                zh="面试官接着会问的：{zh, en}，或另一题的 id",
                en="What the interviewer pushes on next: {zh, en}, or the id of another question.",
            ),
            vital=False,
        ),
        Field(
            "sources",
            ListOf(Text(), at_least=1, distinct=True),
            Bilingual(
                zh="依据：论文的节或公式，或文档页面",
                en="What settles it: a paper with section or equation, or a documentation page.",
            ),
            vital=False,
        ),
        Field(
            "tags",
            ListOf(Text(pattern=r"[^\sA-Z]+", like="layer-norm"), distinct=True),
            Bilingual(zh="小写的自由标签", en="Free words in lower case."),
            required=False,
        ),
        Field(
            "requires",
            ListOf(_ID, distinct=True),
            Bilingual(zh="应先掌握的题目的 id", en="The ids of questions to know first."),
            required=False,
        ),
        Field(
            "seed",
            Text(like="C2, C4"),
            Bilingual(zh="来自种子审计的哪些行", en="The rows of the seed's audit it comes from."),
            required=False,
        ),
        Field(
            "demo",
            Text(lines=True),
            Bilingual(
                zh="打印答案中数字的 Python，不到 20 行，固定种子，CPU 上 5 秒以内",
                en="Python under 20 lines, seeded, under 5 s on a CPU, "
                "that prints the numbers the answer states.",
            ),
            required=False,
        ),
        Field(
            "output",
            Text(lines=True),
            Bilingual(
                zh="demo 打印的内容，由 `interview demo ID --record` 写出",
                en="What the demo prints, as `interview demo ID --record` writes it.",
            ),
            required=False,
        ),
        Field(
            "chart",
            _CHART,
            Bilingual(
                zh="答案里的曲线：`interview demo` 在终端里画出来",
                en="A curve that the answer speaks of; `interview demo` draws it.",
            ),
            required=False,
        ),
        Field(
            "ring",
            Number(minimum=0, maximum=2, whole=True),
            Bilingual(
                zh="离种子多远：0 是种子本身，1 是残差与归一化，2 是 Transformer 的其余部分",
                en="How far from the seed: 0 the seed itself, 1 residuals and normalization, "
                "2 the rest of the Transformer.",
            ),
            required=False,
        ),
    )
)
