"""The quiz itself: asks, logs each answer before the next question, and sums up."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from interview.bank.model import Bank, Kind, Question
from interview.cli.quizzing.asking import Outcome, ask, ask_rating
from interview.cli.quizzing.coding import Workshop, ask_exercise
from interview.cli.quizzing.conversation import Conversation, Departure
from interview.cli.quizzing.keys import Command
from interview.cli.quizzing.terminal import StandardTerminal
from interview.cli.quizzing.view import progress_line, saved_line, summary_page
from interview.errors import InterviewError
from interview.language import Bilingual, LangChoice
from interview.render.question import question_header, question_label
from interview.review.model import Rating, Review, study_day
from interview.review.schedule import overdue, preview, upcoming
from interview.review.session import Session, summary
from interview.review.store import Store

_RETRY = Bilingual(zh="回车再试，:q 退出> ", en="Enter tries again, :q quits> ")


def run(
    bank: Bank, session: Session, store: Store, choice: LangChoice, now: Callable[[], datetime]
) -> bool:
    """Hold a quiz at the standard terminal; say whether Ctrl-C ended it.

    Raises:
        InterviewError: where an answer could not be logged.
    """
    return Quiz(Conversation(StandardTerminal(), bank, choice, now), session, store).run()


class Quiz:
    """One quiz from its first question to its summary."""

    def __init__(self, talk: Conversation, session: Session, store: Store) -> None:
        self._talk = talk
        self._store = store
        self._now = talk.now
        self._began = talk.now()
        self.session = session

    def run(self) -> bool:
        """Ask until nothing is left, the candidate quits, or input ends; say whether Ctrl-C did."""
        interrupted = False
        with Workshop() as workshop:
            self._greet()
            try:
                self._ask_all(workshop)
            except EOFError:
                self._end_prompt()
            except KeyboardInterrupt:
                interrupted = True
                self._end_prompt()
            finally:
                self._sum_up()
        return interrupted

    def _ask_all(self, workshop: Workshop) -> None:
        while (name := self.session.current) is not None:
            question = self._talk.bank[name]
            self._talk.question = question
            try:
                self._ask(question, workshop)
            except Departure as departure:
                if departure.command is Command.QUIT:
                    return
                self._depart(departure.command)

    def _ask(self, question: Question, workshop: Workshop) -> None:
        talk = self._talk
        talk.show("", progress_line(self.session), "")
        header = question_header if question.kind is Kind.CODE else question_label
        talk.show(header(question, talk.languages), "")
        asked = self._now()
        memory = self.session.memory(question.id)
        if question.kind is Kind.CODE:
            outcome = ask_exercise(talk, question, workshop)
        else:
            outcome = ask(talk, question, memory.repetitions if memory else 0)
        today = study_day(self._now())
        due = preview(memory, question.id, today, self.session.plan)
        talk.show("")
        rating = ask_rating(talk, outcome.suggested, due, today)
        review = self._review(question, outcome, rating, asked)
        review = replace(review, id=self._commit(review))
        self.session = self.session.answer(review)
        talk.show(saved_line(rating, due[rating], today, question.id))

    def _review(
        self, question: Question, outcome: Outcome, rating: Rating, asked: datetime
    ) -> Review:
        now = self._now()
        return Review(
            question=question.id,
            at=now,
            day=study_day(now),
            kind=question.kind,
            rating=rating,
            correct=outcome.correct,
            answer=outcome.answer,
            seconds=max(0.0, (outcome.at - asked).total_seconds()),
        )

    def _commit(self, review: Review) -> int:
        """Return the id of the review once it is on the disk; a person may make room and retry."""
        while True:
            try:
                return self._store.append(review)
            except InterviewError as error:
                if not self._talk.terminal.interactive:
                    raise
                self._talk.complain(error)
                self._talk.read(_RETRY)

    def _depart(self, command: Command) -> None:
        """Skip the current question, or go back to the one before it."""
        if command is Command.SKIP:
            self.session = self.session.skip()
            return
        earlier = self.session.back()
        if earlier is None:
            self._talk.tell(
                zh="前面没有可以撤销的回答。", en="There is nothing before this to undo."
            )
            return
        if len(earlier.reviews) < len(self.session.reviews):
            try:
                self._store.undo(self.session.reviews[-1].id, self._now())
            except InterviewError as error:
                self._talk.complain(error)
                return
            self._talk.tell(zh="已撤销上一次回答。", en="The last answer was undone.")
        self.session = earlier

    def _greet(self) -> None:
        if self._talk.terminal.interactive:
            self._talk.tell(
                zh="答案可写几行，空行结束；直接回车看答案。:h 列出命令，:q 随时退出。",
                en="Answers may take several lines; an empty one ends them, and Enter alone"
                " shows the answer. :h lists the commands, :q quits at any time.",
            )

    def _end_prompt(self) -> None:
        if self._talk.terminal.interactive:
            self._talk.show("")

    def _sum_up(self) -> None:
        today = study_day(self._now())
        memories = self.session.memories.values()
        plan = self.session.plan
        due, coming = len(overdue(memories, today, plan)), upcoming(memories, today, plan)
        self._talk.show("")
        self._talk.show(
            summary_page(summary(self.session), due, coming, today, self._now() - self._began)
        )
