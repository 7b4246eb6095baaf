"""A console of fixed width that prints into a string, and questions to print on it."""

import io
from pathlib import Path
from typing import Any

from rich.console import Console, RenderableType

from interview.bank.model import (
    Bank,
    Check,
    Choice,
    Difficulty,
    Exercise,
    FollowUp,
    KeyPoint,
    Kind,
    Misconception,
    Question,
    Tier,
)
from interview.language import Bilingual, Lang

ZH = (Lang.ZH,)
EN = (Lang.EN,)
BOTH = (Lang.ZH, Lang.EN)


def page(*renderables: RenderableType, width: int = 40, colour: bool = False) -> str:
    """Return what the renderables look like, without the blanks at line ends."""
    file = io.StringIO()
    console = Console(
        file=file,
        width=width,
        force_terminal=colour,
        color_system="standard" if colour else None,
        no_color=False,
        highlight=False,
        markup=False,
        soft_wrap=True,
    )
    for renderable in renderables:
        console.print(renderable)
    return "\n".join(line.rstrip() for line in file.getvalue().split("\n"))


def bilingual(zh: str, en: str) -> Bilingual:
    return Bilingual(zh=zh, en=en)


def question(**fields: Any) -> Question:
    """Return a recall question with some fields changed."""
    usual: dict[str, Any] = {
        "id": "residual/what",
        "path": Path("questions/residual/what.yaml"),
        "kind": Kind.RECALL,
        "difficulty": Difficulty.EASY,
        "title": bilingual("什么是残差连接", "What is a residual connection"),
        "prompt": bilingual("什么是残差连接？", "What is a residual connection?"),
        "answer": bilingual("把输入加回输出。", "The input is added to the output."),
        "sources": ("arXiv:1512.03385 §3.2",),
    }
    return Question(**usual | fields)


CHOICE = question(
    id="residual/add",
    kind=Kind.CHOICE,
    title=bilingual("相加还是拼接", "Add or concatenate"),
    choices=(
        Choice(bilingual("拼接", "Concatenate"), False, bilingual("那是 DenseNet。", "DenseNet.")),
        Choice(bilingual("相加", "Add"), True, bilingual("形状不变。", "The shape stays.")),
    ),
)
RECALL = question(
    key_points=(
        KeyPoint(bilingual("逐元素相加", "Element-wise"), ("逐元素",)),
        KeyPoint(bilingual("形状相同", "Same shape"), ("shape",)),
    ),
    follow_ups=(
        FollowUp(text=bilingual("形状不同呢？", "And if shapes differ?")),
        FollowUp(question="residual/add"),
    ),
    requires=("residual/add",),
    tags=("residual",),
    demo="print(1)\n",
)
EXERCISE = question(
    id="normalization/layer-norm",
    kind=Kind.CODE,
    title=bilingual("实现层归一化", "Implement layer norm"),
    exercise=Exercise(
        entry="LayerNorm",
        signature="LayerNorm(num_features, eps=1e-5)",
        rules=bilingual("对最后一维归一化。", "Normalize the last dimension."),
        forbids=("torch.nn.LayerNorm", "torch.var_mean"),
        time_limit=20.0,
        checks=(
            Check(
                id="biased",
                tier=Tier.CORE,
                claim=bilingual("方差除以 N", "The variance is divided by N"),
                hint=bilingual("秘密提示", "secret hint"),
            ),
        ),
        misconceptions=(Misconception("unbiased", bilingual("秘密误解", "secret mistake")),),
    ),
)
BANK = Bank(Path("nowhere"), {each.id: each for each in (EXERCISE, CHOICE, RECALL)})
