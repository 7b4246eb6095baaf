"""`interview list`: the questions, by topic, with what was answered."""

from typing import TYPE_CHECKING, Annotated

import typer

from interview.cli.options import (
    BankOption,
    DifficultyOption,
    JsonOption,
    KindOption,
    LangOption,
    TagOption,
    TopicOption,
)
from interview.language import interface_language, say

if TYPE_CHECKING:
    from interview.bank.model import Question
    from interview.review.progress import Progress

UnansweredOption = Annotated[
    bool,
    typer.Option("--unanswered", help=say(zh="只要没答过的题。", en="Only those never answered.")),
]


def command(
    *,
    topic: TopicOption = None,
    kind: KindOption = None,
    difficulty: DifficultyOption = None,
    tag: TagOption = None,
    unanswered: UnansweredOption = False,
    lang: LangOption = None,
    bank: BankOption = None,
    json: JsonOption = False,
) -> None:
    """List the questions that pass every filter."""
    from interview.bank.load import load_bank
    from interview.bank.select import select
    from interview.cli.output import emit_json, paged
    from interview.cli.standing import standing
    from interview.paths import bank_root

    selected = select(
        load_bank(bank_root(bank)),
        topics=topic or (),
        kinds=kind or (),
        difficulties=difficulty or (),
        tags=tag or (),
    )
    progress = standing()
    if unanswered:
        selected = [question for question in selected if question.id not in progress.last]
    if json:
        emit_json({"questions": [_data(question, progress) for question in selected]})
    elif selected:
        from interview.render.listing import question_list

        languages = lang.languages() if lang else (interface_language(),)
        paged([question_list(selected, progress, languages)])
    else:
        typer.echo(say(zh="没有符合条件的题。", en="No question passes these filters."), err=True)


def _data(question: "Question", progress: "Progress") -> dict[str, object]:
    from interview.render.data import summary_data

    last = progress.last.get(question.id)
    return {
        **summary_data(question),
        "answered": last is not None,
        "last_rating": last.name.lower() if last is not None else None,
        "due": question.id in progress.due,
    }
