"""`interview quiz`: ask what is due, then new questions from easy to hard."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from interview.cli.options import (
    BankOption,
    DifficultyOption,
    KindOption,
    LangOption,
    TagOption,
    TopicOption,
)
from interview.errors import ExitCode, UsageError
from interview.language import Bilingual, LangChoice, interface_language, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from interview.bank.model import Question
    from interview.review.schedule import Memory, Plan

_NEW = 10

IdOption = Annotated[
    list[str] | None,
    typer.Option(
        "--id",
        metavar="ID",
        help=say(
            zh="就问这道题，不管到没到期；可重复。",
            en="Ask just this question, due or not; may be repeated.",
        ),
    ),
]
CountOption = Annotated[
    int | None,
    typer.Option(
        "--count", "-n", min=1, metavar="N", help=say(zh="最多问几题。", en="At most N questions.")
    ),
]
NewOption = Annotated[
    int | None,
    typer.Option(
        "--new",
        min=0,
        metavar="N",
        help=say(
            zh=f"最多问几道新题；默认 {_NEW}，加 --all 时不限。",
            en=f"At most N new ones; {_NEW} by default, no limit with --all.",
        ),
    ),
]
AllOption = Annotated[
    bool,
    typer.Option(
        "--all",
        help=say(
            zh="没到期的也问；提前答对，下次复习不会变早。",
            en="Ask ahead of time too; passing early brings no review nearer.",
        ),
    ),
]
ShuffleOption = Annotated[
    bool, typer.Option("--shuffle", help=say(zh="打乱顺序。", en="Ask in random order."))
]
SeedOption = Annotated[
    int | None,
    typer.Option(
        "--seed",
        metavar="N",
        help=say(zh="用这个种子打乱，每次相同。", en="Shuffle by this seed, the same each time."),
    ),
]
ExamOption = Annotated[
    str | None,
    typer.Option(
        "--exam",
        metavar="YYYY-MM-DD",
        help=say(
            zh="面试日期：每道题都在它之前再复习一遍。",
            en="Interview date: everything comes back before it.",
        ),
    ),
]
RetentionOption = Annotated[
    float,
    typer.Option(
        "--retention",
        metavar="P",
        help=say(
            zh="到期时还记得的概率，0.7–0.97。", en="Chance to still know it when due, 0.7–0.97."
        ),
    ),
]


def command(
    *,
    topic: TopicOption = None,
    kind: KindOption = None,
    difficulty: DifficultyOption = None,
    tag: TagOption = None,
    ids: IdOption = None,
    count: CountOption = None,
    new: NewOption = None,
    ahead: AllOption = False,
    shuffle: ShuffleOption = False,
    seed: SeedOption = None,
    exam: ExamOption = None,
    retention: RetentionOption = 0.9,
    lang: LangOption = None,
    bank: BankOption = None,
) -> None:
    """Ask questions one at a time, log each answer, and bring each back when it is due."""
    from interview.bank.load import load_bank
    from interview.bank.select import select
    from interview.cli.quizzing.run import run
    from interview.paths import bank_root, progress_file
    from interview.review.model import study_day
    from interview.review.schedule import plan, replay
    from interview.review.session import Limits, begin, choose
    from interview.review.store import open_store, read_reviews

    today = study_day(_now())
    aim = plan(retention=retention, exam=_date(exam), today=today)
    questions = load_bank(bank_root(bank))
    chosen = select(
        questions,
        topics=topic or (),
        kinds=kind or (),
        difficulties=difficulty or (),
        tags=tag or (),
        ids=ids,
    )
    if not chosen:
        raise _nothing_chosen()
    known = replay(read_reviews(progress_file()), aim)
    memories = {name: memory for name, memory in known.items() if name in questions}
    if ids:
        queue = tuple(question.id for question in chosen)[:count]
    else:
        limits = Limits(count, new if new is not None or ahead else _NEW)
        queue = choose(chosen, memories, today, aim, limits, ahead=ahead)
    if not queue:
        _say_nothing_due(chosen, memories, today, aim)
        return
    session = begin(_shuffled(queue, seed, shuffle=shuffle), memories, aim)
    choice = lang or LangChoice(interface_language().value)
    with open_store(progress_file()) as store:
        if run(questions, session, store, choice, _now):
            raise typer.Exit(ExitCode.INTERRUPTED)


def _now() -> datetime:
    return datetime.now().astimezone()


def _date(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            zh=f"日期要写成 YYYY-MM-DD，不能是“{text}”",
            en=f"the date must be YYYY-MM-DD, not “{text}”",
            where="--exam",
        ) from error


def _nothing_chosen() -> UsageError:
    return UsageError(
        zh="没有符合这些条件的题",
        en="no question passes these filters",
        hint=Bilingual(
            zh="`interview topics` 列出主题，`interview list` 列出题目",
            en="`interview topics` lists the topics, `interview list` the questions",
        ),
    )


def _shuffled(queue: tuple[str, ...], seed: int | None, *, shuffle: bool) -> tuple[str, ...]:
    """Shuffle where that was asked for, and say by which seed where it is drawn here."""
    import secrets

    from interview.review.session import shuffled

    if seed is None and not shuffle:
        return queue
    if seed is None:
        seed = secrets.randbelow(10_000)
        typer.echo(say(zh=f"顺序已打乱（--seed {seed}）", en=f"shuffled (--seed {seed})"))
    return shuffled(queue, seed)


def _say_nothing_due(
    chosen: Sequence["Question"], memories: "Mapping[str, Memory]", today: date, aim: "Plan"
) -> None:
    """Say that there is nothing to ask, when there will be, and how to ask all the same."""
    from interview.cli.output import console
    from interview.cli.quizzing.view import nothing_due
    from interview.review.schedule import upcoming

    known = [memories[question.id] for question in chosen if question.id in memories]
    unseen = len(chosen) - len(known)
    console().print(nothing_due(upcoming(known, today, aim), unseen, today))
