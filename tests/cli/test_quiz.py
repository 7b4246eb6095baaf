"""The quiz through its doors: a script, a pipe, and the log that it leaves behind."""

import io
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console, RenderableType

from interview.bank.load import load_bank
from interview.cli.quizzing.conversation import Conversation
from interview.cli.quizzing.run import Quiz
from interview.errors import InterviewError
from interview.language import LangChoice, use_language
from interview.paths import progress_file
from interview.review.model import Rating, Review, study_day
from interview.review.schedule import Plan, replay
from interview.review.session import Limits, begin, choose
from interview.review.store import Store, open_store, read_reviews
from tests.cli.tiny_bank import ORDER, write_tiny_bank
from tests.conftest import ROOT, RunCli

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
WHAT, PICK, RATIO, SHAPE, FAULT = ORDER
NAMED = dict(zip(("residuals", "options", "ratios", "shapes", "faults"), ORDER, strict=True))


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    return write_tiny_bank(tmp_path / "bank")


@pytest.fixture(autouse=True)
def _language_of_the_environment() -> Iterator[None]:
    yield
    use_language(None)


class Script:
    """A terminal whose candidate has made up their mind; an exception among the lines is raised."""

    def __init__(self, *lines: str | type[BaseException], interactive: bool = True) -> None:
        self.interactive = interactive
        self._lines = iter(lines)
        self._file = io.StringIO()
        self._console = Console(
            file=self._file, width=80, soft_wrap=True, markup=False, highlight=False
        )

    def read_line(self, prompt: str) -> str:
        self._file.write(prompt)
        line = next(self._lines, EOFError)
        if isinstance(line, str):
            self._file.write(line + "\n")
            return line
        raise line

    def show(self, *blocks: RenderableType) -> None:
        for block in blocks:
            self._console.print(block)

    @property
    def page(self) -> str:
        return self._file.getvalue()


class Clock:
    """A clock that moves ten seconds at each look."""

    def __init__(self, start: datetime = NOON) -> None:
        self._time = start

    def __call__(self) -> datetime:
        self._time += timedelta(seconds=10)
        return self._time


def hold(
    root: Path,
    script: Script,
    *names: str,
    at: datetime = NOON,
    choice: LangChoice = LangChoice.EN,
    log: Store | None = None,
) -> Script:
    """Hold a quiz of these questions, or of what is due at a moment; return its script."""
    questions = load_bank(root)
    memories = replay(read_reviews(progress_file()))
    queue = names or choose(list(questions), memories, study_day(at), Plan(), Limits())
    with log or open_store(progress_file()) as store:
        talk = Conversation(script, questions, choice, Clock(at))
        Quiz(talk, begin(queue, memories, Plan()), store).run()
    return script


def logged() -> list[tuple[str, Rating]]:
    return [(review.question, review.rating) for review in read_reviews(progress_file())]


# ── the kinds ────────────────────────────────────────────────────────────────────────────────


def test_points_in_a_typed_answer_are_ticked(bank: Path) -> None:
    """Those made are ticked, a negated one is not, and numbers toggle before the rating."""
    script = Script("Tensors are added element-wise.", "not the shape", "", "2 3", "3", "", "")
    page = hold(bank, script, WHAT).page
    ticks = re.findall(r"\[(.)\] \d", page)
    assert ticks == ["✓", " ", " ", "✓", "✓", "✓", "✓", "✓", " "]
    assert "rating [2]> " in page
    assert logged() == [(WHAT, Rating.HARD)]
    (review,) = read_reviews(progress_file())
    assert review.answer == "Tensors are added element-wise.\nnot the shape"
    assert review.correct is None


def test_thinking_alone_suggests_no_rating(bank: Path) -> None:
    """Without a typed answer and without ticks there is nothing to go by: Enter rates nothing."""
    page = hold(bank, Script("", "", "", "g"), WHAT).page
    assert "rating> \ntype 1–4" in page
    assert logged() == [(WHAT, Rating.GOOD)]


def test_a_wrong_choice_is_explained_and_suggests_again(bank: Path) -> None:
    """Every option says why; the pick is marked; Enter takes Again, and the question returns."""
    wrong = _letter(bank, "first")
    page = hold(bank, Script(wrong, "", EOFError), PICK).page
    assert f"✗ Not right: the answer is {_letter(bank, 'second')}" in page
    assert all(why in page for why in ("not the first", "the second holds", "not the third"))
    assert page.count("Question: options") == 2
    assert logged() == [(PICK, Rating.AGAIN)]


def test_a_right_choice_suggests_good(bank: Path) -> None:
    """Full-width letters count."""
    letter = chr(ord(_letter(bank, "second")) + 0xFEE0)
    page = hold(bank, Script(letter, ""), PICK).page
    assert "✓ Right" in page
    assert logged() == [(PICK, Rating.GOOD)]
    assert read_reviews(progress_file())[0].correct is True


def _letter(root: Path, option: str) -> str:
    page = hold(root, Script(), PICK).page
    found = re.search(rf"^([A-E])  {option}$", page, re.MULTILINE)
    assert found
    return found[1]


def test_a_number_is_checked_with_its_tolerance(bank: Path) -> None:
    """What cannot be read is asked again; how an answer was read is shown when it is wrong."""
    page = hold(bank, Script("no idea", "sqrt(7/8)", "4", "7/8", ""), RATIO, RATIO).page
    assert "not a number: write it as 0.935" in page
    assert "✓ Right" in page
    assert logged() == [(RATIO, Rating.EASY)]
    page = hold(bank, Script("7/8", "", EOFError), RATIO).page
    assert "✗ Not right (your answer reads as 0.875)" in page
    assert logged()[-1] == (RATIO, Rating.AGAIN)


def test_a_shape_is_checked(bank: Path) -> None:
    """In the candidate's own notation."""
    page = hold(bank, Script("b x 16", ""), SHAPE).page
    assert "✓ Right" in page
    assert logged() == [(SHAPE, Rating.GOOD)]


def test_faulty_code_is_shown_with_its_question(bank: Path) -> None:
    """A bug question is answered like recall, with the code before it."""
    page = hold(bank, Script("the gradient", "", "", "2"), FAULT).page
    assert page.index("y = x.std(-1)") < page.index("answer> ") < page.index("Answer to faults")
    assert logged() == [(FAULT, Rating.HARD)]


def test_giving_up_on_a_checked_question_is_again(bank: Path) -> None:
    """`:a` shows the answer without one; there is no verdict to print, and Enter is Again."""
    page = hold(bank, Script(":a", "", EOFError), RATIO).page
    assert "Answer to ratios" in page
    assert "Not right" not in page
    assert [(review.rating, review.correct) for review in read_reviews(progress_file())] == [
        (Rating.AGAIN, False)
    ]


# ── moving about ─────────────────────────────────────────────────────────────────────────────


def test_back_undoes_the_last_answer(bank: Path) -> None:
    """The question is asked again, the first answer no longer counts, and its row is kept."""
    page = hold(bank, Script("1", "", ":b", "0.9354", "3", ":q"), RATIO, SHAPE).page
    assert page.count("Question: ratios") == 2
    assert "The last answer was undone." in page
    assert logged() == [(RATIO, Rating.GOOD)]
    connection = sqlite3.connect(progress_file())
    assert connection.execute("SELECT count(*) FROM reviews").fetchone() == (2,)
    connection.close()


def test_back_over_a_skip_undoes_no_answer(bank: Path) -> None:
    """Back goes to the question that was skipped; the answer before it still counts."""
    page = hold(bank, Script("0.9354", "", ":s", ":b", ":q"), RATIO, SHAPE, WHAT).page
    assert page.count("Question: shapes") == 2
    assert "undone" not in page
    assert logged() == [(RATIO, Rating.GOOD)]


def test_back_at_the_beginning_says_so(bank: Path) -> None:
    """There is nothing to undo, and the question is asked again."""
    page = hold(bank, Script(":b"), RATIO, SHAPE).page
    assert "nothing before this to undo" in page
    assert page.count("Question: ratios") == 2


def test_skipping_logs_nothing(bank: Path) -> None:
    """A skipped question is not asked again in the session and stays as it was."""
    page = hold(bank, Script(":s", "B,16", ""), RATIO, SHAPE).page
    assert page.count("Question: ratios") == 1
    assert "1 skipped." in page
    assert logged() == [(SHAPE, Rating.GOOD)]


def test_the_language_changes_in_the_middle(bank: Path) -> None:
    """The page is shown again in the next language, and the prompts speak it too."""
    page = hold(bank, Script("：Ｌ", ":语言", ":q"), RATIO, choice=LangChoice.ZH).page
    chinese, english, both = page.split("比值")[0], *page.split("> ：Ｌ")[1].split("> :语言")
    assert "Question" not in chinese
    assert "Question: ratios" in english
    assert "题：比值" not in english
    assert "题：比值" in both
    assert "Question: ratios" in both


def test_follow_ups_and_help_are_shown_on_demand(bank: Path) -> None:
    """At any prompt, and the prompt stands there again afterwards."""
    page = hold(bank, Script(":f", ":?", ":nonsense", ":q"), RATIO).page
    assert "More on ratios" in page
    assert "language: Chinese → English → both" in page
    assert "no command :nonsense" in page
    assert page.count("answer> ") == 4


def test_a_line_of_an_answer_may_begin_with_a_colon(bank: Path) -> None:
    """A sentence after a colon is an answer, not a mistyped command."""
    hold(bank, Script(": the shape is what agrees", "", "", "3"), WHAT)
    assert read_reviews(progress_file())[0].answer == ": the shape is what agrees"


# ── the session ──────────────────────────────────────────────────────────────────────────────


def test_two_days_meet_what_is_due(bank: Path) -> None:
    """Day one learns; day two has nothing due; a week later the failed and the hard come first."""
    script = Script("0.9354", "4", "B 16", "2", ":q")
    hold(bank, script, RATIO, SHAPE, WHAT)
    assert "Next review: tomorrow (2026-11-24), 1 question." in script.page
    next_day = hold(bank, Script(":q"), at=NOON + timedelta(days=1)).page
    assert "review 1 · new 3" in next_day
    assert next_day.index("Question: shapes") > 0
    later = hold(bank, Script(":s", ":s", ":q"), at=NOON + timedelta(days=30)).page
    asked = re.findall(r"Question: (\w+)", later)
    assert asked == ["shapes", "ratios", "residuals"]


def test_nothing_tells_the_answer_before_it_is_given(bank: Path) -> None:
    """A title or an id may say what is wrong with the code: the id comes with what was saved."""
    page = hold(bank, Script("", "", "3"), FAULT).page
    before, _, after = page.partition("Question: faults")
    assert "norms · bug · hard" in before
    assert FAULT not in before
    assert re.search(rf"Saved: Good, in 2 days .+ · {FAULT}", after)


def test_a_failed_question_returns_in_the_session(bank: Path) -> None:
    """Again asks it once more after the others; passing it then ends the session."""
    page = hold(bank, Script("1", "", "B,16", "", "0.9354", ""), RATIO, SHAPE).page
    assert re.findall(r"Question: (\w+)", page) == ["ratios", "shapes", "ratios"]
    assert "0/2 · new 1 · again 1" in page
    assert "2 questions in" in page
    assert "1 right at the first try, 1 missed." in page
    assert "Right by kind: numeric 1/2" in page
    assert "Weakest topics: adding 0/1" in page


def test_the_time_of_an_answer_is_logged(bank: Path) -> None:
    """From the question to the answer, without the time spent reading and rating."""
    hold(bank, Script("0.9354", ""), RATIO)
    assert read_reviews(progress_file())[0].seconds == 10.0


def failing(times: int, append: Callable[[Review], int]) -> Callable[[Review], int]:
    """Return an `append` that fails so many times before it works."""
    failures = iter(range(times))

    def attempt(review: Review) -> int:
        if next(failures, None) is not None:
            raise InterviewError(zh="磁盘已满", en="the disk is full")
        return append(review)

    return attempt


def test_an_answer_that_cannot_be_logged_can_be_tried_again(
    bank: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person may make room; the answer is logged once, when it can be."""
    log = open_store(progress_file())
    monkeypatch.setattr(log, "append", failing(2, log.append))
    page = hold(bank, Script("0.9354", "", "", ""), RATIO, log=log).page
    assert page.count("the disk is full") == 2
    assert logged() == [(RATIO, Rating.GOOD)]


def test_a_pipe_that_cannot_be_logged_ends_with_the_error(
    bank: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is there to make room: the summary is printed and the error raised."""
    log = open_store(progress_file())
    monkeypatch.setattr(log, "append", failing(1, log.append))
    script = Script("0.9354", "", "", interactive=False)
    with pytest.raises(InterviewError, match="full"):
        hold(bank, script, RATIO, log=log)
    assert "Nothing was answered" in script.page
    assert logged() == []


# ── exercises ────────────────────────────────────────────────────────────────────────────────


def test_an_exercise_is_started_graded_and_shown(run_cli: RunCli, tmp_path: Path) -> None:
    """The starter is written and fails; the model solution passes; its answer follows."""
    solution = tmp_path / "mine.py"
    shutil.copy(ROOT / "solutions" / "residual_block.py", solution)
    answers = ["", "", "note.txt", "nowhere/x.py", str(solution), "", ""]
    ran = run_cli(
        "quiz",
        "--id",
        "residual/residual-block",
        stdin="\n".join(answers),
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
    )
    assert ran.returncode == 0, ran.stderr
    assert "raise NotImplementedError" in (tmp_path / "residual_block.py").read_text()
    assert "NOT PASSED" in ran.stdout
    assert "must end in .py" in ran.stdout
    assert "nowhere/x.py: No such file or directory" in ran.stdout
    assert "class ResidualBlock" in ran.stdout
    (review,) = read_reviews(progress_file())
    assert (review.correct, review.rating) == (True, Rating.HARD)


# ── pipes ────────────────────────────────────────────────────────────────────────────────────


def test_a_scripted_quiz_over_a_pipe(run_cli: RunCli, bank: Path) -> None:
    """Questions and results are printed; no prompt and no escape sequence is."""
    answers = ["逐元素相加，形状相同", "", "", "", "0.9354", "", "B,16", ""]
    ran = run_cli(
        *("quiz", "--bank", bank, "--lang", "zh"),
        *(part for name in (WHAT, RATIO, SHAPE) for part in ("--id", name)),
        stdin="\n".join(answers) + "\n",
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "\x1b" not in ran.stdout
    assert "> " not in ran.stdout
    assert "题：残差" in ran.stdout
    assert "[✓] 1. 逐元素相加" in ran.stdout
    assert "答了 3 题" in ran.stdout
    assert logged() == [(WHAT, Rating.HARD), (RATIO, Rating.GOOD), (SHAPE, Rating.GOOD)]


def test_input_that_ends_ends_the_quiz(run_cli: RunCli, bank: Path) -> None:
    """Without any input one question is printed, then the summary, and nothing is logged."""
    ran = run_cli("quiz", "--bank", bank)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.count("Question:") == 1
    assert "Nothing was answered this time." in ran.stdout
    assert logged() == []


def test_filters_limits_and_order(run_cli: RunCli, bank: Path) -> None:
    """Kinds, topics and counts choose; new questions come from easy to hard."""

    def asked(*options: str) -> list[str]:
        ran = run_cli("quiz", "--bank", bank, *options, stdin=":s\n" * 9)
        assert ran.returncode == 0, ran.stderr
        return [NAMED[word] for word in re.findall(r"Question: (\w+)", ran.stdout)]

    assert asked() == ORDER
    assert asked("--topic", "norms") == [SHAPE, FAULT]
    assert asked("--kind", "numeric", "--difficulty", "hard") == [SHAPE]
    assert asked("--kind", "bug", "--kind", "recall") == [WHAT, FAULT]
    assert asked("--count", "2") == ORDER[:2]
    assert asked("--new", "1") == ORDER[:1]
    assert asked("--id", "shape", "--id", "adding/what") == [SHAPE, WHAT]
    assert sorted(asked("--seed", "3")) == sorted(ORDER)
    assert asked("--seed", "3") == asked("--seed", "3") != ORDER


def test_nothing_due_says_when_there_will_be(run_cli: RunCli, bank: Path) -> None:
    """And how to go on all the same: --all asks ahead of time."""
    arguments = ("quiz", "--bank", bank, "--kind", "numeric")
    run_cli(*arguments, stdin="0.9354\n4\nB,16\n4\n")
    assert len(logged()) == 2
    ran = run_cli(*arguments)
    assert ran.returncode == 0
    assert "Nothing is due right now." in ran.stdout
    assert re.search(r"Next review: in \d+ days \(\d{4}-\d\d-\d\d\), \d question", ran.stdout)
    assert "--all" in ran.stdout
    assert "Question: " in run_cli(*arguments, "--all").stdout
    assert "3 questions never seen" in run_cli("quiz", "--bank", bank, "--new", "0").stdout


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--topic", "nothing"], "no topic"),
        (["--kind", "choice", "--topic", "norms"], "no question passes"),
        (["--exam", "2020-02-30"], "YYYY-MM-DD"),
        (["--exam", "2020-01-01"], "passed"),
        (["--retention", "1.5"], "0.97"),
        (["--id", "no/such"], "no/such"),
    ],
)
def test_bad_options_are_one_clear_line(
    run_cli: RunCli, bank: Path, options: list[str], message: str
) -> None:
    """Exit code 2, no traceback, and no progress file made on the way."""
    ran = run_cli("quiz", "--bank", bank, *options)
    assert ran.returncode == 2
    assert message in ran.stderr
    assert "Traceback" not in ran.stderr
    assert not progress_file().exists()
