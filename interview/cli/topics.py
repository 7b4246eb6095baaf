"""`interview topics`: the topics, how many questions each has, and how far the candidate is."""

from itertools import groupby
from typing import TYPE_CHECKING

import typer

from interview.cli.options import BankOption, JsonOption, LangOption
from interview.language import interface_language, say

if TYPE_CHECKING:
    from interview.bank.model import Question
    from interview.review.progress import Progress


def command(*, lang: LangOption = None, bank: BankOption = None, json: JsonOption = False) -> None:
    """List the topics."""
    from interview.bank.load import load_bank
    from interview.cli.output import emit_json, paged
    from interview.cli.standing import standing
    from interview.paths import bank_root

    questions = list(load_bank(bank_root(bank)))
    progress = standing()
    if json:
        groups = groupby(questions, key=lambda question: question.topic)
        emit_json({"topics": [_data(topic, list(group), progress) for topic, group in groups]})
    elif questions:
        from interview.render.listing import topic_table

        language = lang.languages()[0] if lang else interface_language()
        paged([topic_table(questions, progress, language)])
    else:
        typer.echo(say(zh="题库里还没有题。", en="The bank holds no question yet."), err=True)


def _data(topic: str, questions: "list[Question]", progress: "Progress") -> dict[str, object]:
    from interview.bank.model import Kind

    return {
        "topic": topic,
        "questions": len(questions),
        "kinds": {kind.value: sum(one.kind is kind for one in questions) for kind in Kind},
        "answered": sum(one.id in progress.last for one in questions),
        "due": sum(one.id in progress.due for one in questions),
    }
