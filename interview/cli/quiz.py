"""`interview quiz`: ask what is due, then new questions from easy to hard."""

import secrets
from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from interview.bank.model import Difficulty, Kind
from interview.cli.options import BankOption
from interview.errors import ExitCode, UsageError
from interview.language import Bilingual, LangChoice, interface_language, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from interview.bank.model import Bank, Question
    from interview.review.schedule import Memory, Plan
    from interview.review.session import Limits

_NEW = 10


def command(
    *,
    topic: Annotated[
        list[str] | None,
        typer.Option(
            "--topic",
            "-t",
            metavar="TOPIC",
            help=say(zh="只问这个主题；可重复。", en="Only this topic; repeatable."),
        ),
    ] = None,
    kind: Annotated[
        list[Kind] | None,
        typer.Option(
            "--kind", "-k", help=say(zh="只问这种题型；可重复。", en="Only this kind; repeatable.")
        ),
    ] = None,
    difficulty: Annotated[
        list[Difficulty] | None,
        typer.Option(
            "--difficulty",
            "-d",
            help=say(zh="只问这个难度；可重复。", en="Only this difficulty; repeatable."),
        ),
    ] = None,
    tag: Annotated[
        list[str] | None,
        typer.Option(
            "--tag",
            metavar="TAG",
            help=say(zh="只问带这个标签的；可重复。", en="Only with this tag; repeatable."),
        ),
    ] = None,
    ids: Annotated[
        list[str] | None,
        typer.Option(
            "--id",
            metavar="ID",
            help=say(
                zh="就问这道题，不管到没到期；可重复。",
                en="Ask just this question, due or not; repeatable.",
            ),
        ),
    ] = None,
    count: Annotated[
        int | None,
        typer.Option(
            "--count",
            "-n",
            min=1,
            metavar="N",
            help=say(zh="最多问几题。", en="At most N questions."),
        ),
    ] = None,
    new: Annotated[
        int | None,
        typer.Option(
            "--new",
            min=0,
            metavar="N",
            help=say(
                zh=f"最多几道新题（默认 {_NEW}；有 --all 时不限）。",
                en=f"At most N new ones (default {_NEW}; no limit with --all).",
            ),
        ),
    ] = None,
    everything: Annotated[
        bool,
        typer.Option(
            "--all",
            help=say(
                zh="没到期的也问。提前答对不会让下次复习变近。",
                en="Ask ahead of time too; passing early never brings the next review nearer.",
            ),
        ),
    ] = False,
    shuffle: Annotated[
        bool, typer.Option("--shuffle", help=say(zh="打乱顺序。", en="Ask in random order."))
    ] = False,
    seed: Annotated[
        int | None,
        typer.Option(
            "--seed",
            metavar="N",
            help=say(
                zh="按这个种子打乱，次次相同。", en="Shuffle by this seed, the same each time."
            ),
        ),
    ] = None,
    exam: Annotated[
        str | None,
        typer.Option(
            "--exam",
            metavar="YYYY-MM-DD",
            help=say(
                zh="面试日期：每道题都赶在它之前再问一遍。",
                en="Interview date: everything comes back before it.",
            ),
        ),
    ] = None,
    retention: Annotated[
        float,
        typer.Option(
            "--retention",
            metavar="P",
            help=say(
                zh="到期时还记得的概率，0.7–0.97。",
                en="Chance to still know it when due, 0.7–0.97.",
            ),
        ),
    ] = 0.9,
    lang: Annotated[
        LangChoice | None,
        typer.Option(
            "--lang",
            help=say(
                zh="题目和界面的语言；:l 随时切换。", en="Language; :l switches it at any time."
            ),
        ),
    ] = None,
    bank: BankOption = None,
) -> None:
    """Ask questions one at a time, log each answer, and bring each back when it is due."""
    from interview.bank.load import load_bank
    from interview.paths import bank_root, progress_file
    from interview.review.model import study_day
    from interview.review.schedule import plan, replay
    from interview.review.session import Limits
    from interview.review.store import open_store, read_reviews

    today = study_day(_now())
    aim = plan(retention=retention, exam=_date(exam), today=today)
    questions = load_bank(bank_root(bank))
    chosen = _chosen(questions, topic, kind, difficulty, tag, ids)
    known = replay(read_reviews(progress_file()), aim)
    memories = {name: memory for name, memory in known.items() if name in questions}
    limits = Limits(count, new if new is not None or everything else _NEW)
    queue = _queue(chosen, memories, today, aim, limits, ahead=everything, as_given=bool(ids))
    if shuffle or seed is not None:
        queue = _shuffled(queue, seed)
    if not queue:
        _say_nothing_due(chosen, memories, today, aim)
        return
    with open_store(progress_file()) as store:
        from interview.cli.quizzing.conversation import Conversation
        from interview.cli.quizzing.quiz import Quiz
        from interview.cli.quizzing.terminal import StandardTerminal
        from interview.review.session import begin

        choice = lang or LangChoice(interface_language().value)
        talk = Conversation(StandardTerminal(), questions, choice, _now)
        if Quiz(talk, begin(queue, memories, aim), store, _now).run():
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


def _chosen(
    bank: "Bank",
    topics: Sequence[str] | None,
    kinds: Sequence[Kind] | None,
    difficulties: Sequence[Difficulty] | None,
    tags: Sequence[str] | None,
    ids: Sequence[str] | None,
) -> list["Question"]:
    """Return the questions that the filters leave.

    Raises:
        UsageError: where they leave none.
    """
    from interview.bank.find import find_question
    from interview.bank.select import select

    named = [find_question(bank, text).id for text in ids] if ids else None
    found = select(
        bank,
        topics=topics or (),
        kinds=kinds or (),
        difficulties=difficulties or (),
        tags=tags or (),
        ids=named,
    )
    if not found:
        raise UsageError(
            zh="没有符合这些条件的题",
            en="no question meets these conditions",
            hint=Bilingual(
                zh="`interview topics` 列出主题，`interview list` 列出题目",
                en="`interview topics` lists the topics, `interview list` the questions",
            ),
        )
    if named is None:
        return found
    return sorted(found, key=lambda question: named.index(question.id))


def _queue(
    chosen: Sequence["Question"],
    memories: "Mapping[str, Memory]",
    today: date,
    aim: "Plan",
    limits: "Limits",
    *,
    ahead: bool,
    as_given: bool,
) -> tuple[str, ...]:
    """Return what to ask; questions that were named are asked as named, due or not."""
    from interview.review.session import choose

    if as_given:
        return tuple(question.id for question in chosen)[: limits.count]
    return choose(chosen, memories, today, aim, limits, ahead=ahead)


def _shuffled(queue: tuple[str, ...], seed: int | None) -> tuple[str, ...]:
    """Shuffle, and say by which seed where it was drawn here."""
    from interview.review.session import shuffled

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
