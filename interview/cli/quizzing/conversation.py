"""The talk with the candidate: what is on the page, in which language, and the next line typed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from rich.console import RenderableType
from rich.text import Text

from interview.bank.model import Bank, Question
from interview.cli.quizzing.keys import Command, UnknownCommandError, read_command
from interview.cli.quizzing.terminal import Terminal
from interview.cli.quizzing.view import help_page
from interview.errors import InterviewError
from interview.language import Bilingual, Lang, LangChoice, interface_language, say, use_language
from interview.render.question import follow_ups
from interview.render.wrap import Flow

Page = Callable[[tuple[Lang, ...]], RenderableType]
_NEXT_CHOICE = {
    LangChoice.ZH: LangChoice.EN,
    LangChoice.EN: LangChoice.BOTH,
    LangChoice.BOTH: LangChoice.ZH,
}


class Departure(Exception):
    """The candidate leaves the question by skip, back or quit."""

    def __init__(self, command: Command) -> None:
        super().__init__(command)
        self.command = command


@dataclass
class Conversation:
    """One talk at one terminal. `page` is what `:l` shows again in the next language."""

    terminal: Terminal
    bank: Bank
    choice: LangChoice
    now: Callable[[], datetime]
    question: Question | None = None
    page: Page | None = None

    @property
    def languages(self) -> tuple[Lang, ...]:
        """The languages to show, the reader's own first."""
        return self.choice.languages()

    def show(self, *blocks: RenderableType) -> None:
        """Print blocks."""
        self.terminal.show(*blocks)

    def tell(self, *, zh: str, en: str) -> None:
        """Print a line of the interface."""
        self.show(Flow(Text(say(zh=zh, en=en))))

    def turn_to(self, page: Page) -> None:
        """Print a page and remember it."""
        self.page = page
        self.show(page(self.languages))

    def complain(self, error: InterviewError) -> None:
        """Print an error that the candidate can do something about."""
        lang = interface_language()
        hint = error.hint[lang] if error.hint else ""
        place = f"{error.where}: " if error.where else ""
        self.show(*(Flow(Text(line)) for line in (place + error.message[lang], hint) if line))

    def read(self, prompt: Bilingual) -> str | None:
        """Return the next line that is no command; None where the candidate wants the answer.

        Raises:
            Departure: on skip, back and quit.
            EOFError: where input has ended.
        """
        while True:
            line = self.terminal.read_line(say(zh=prompt.zh, en=prompt.en))
            try:
                command = read_command(line)
            except UnknownCommandError as error:
                self.tell(
                    zh=f"没有命令 :{error}，:h 列出全部", en=f"no command :{error}; :h lists all"
                )
                continue
            if command is None:
                return line
            if command is Command.ANSWER:
                return None
            self._obey(command)

    def _obey(self, command: Command) -> None:
        match command:
            case Command.HELP:
                self.show(help_page())
            case Command.LANGUAGE:
                self._change_language()
            case Command.FOLLOW_UPS if self.question:
                self.show(follow_ups(self.question, self.languages, self.bank))
            case _:
                raise Departure(command)

    def _change_language(self) -> None:
        self.choice = _NEXT_CHOICE[self.choice]
        if self.choice is not LangChoice.BOTH:
            use_language(Lang(self.choice.value))
        if self.page:
            self.show(Text(), self.page(self.languages))
