"""`interview grade --queue` and `interview worker`, over a real PostgreSQL."""

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from interview.bank.load import load_bank
from interview.cluster.client import Client
from interview.cluster.database import connect, read_address
from interview.cluster.jobs import TASK
from interview.cluster.ledger import Ledger
from interview.grading.batch import Task
from interview.grading.results import ResultKey
from interview.grading.submission import read_submission
from interview.language import Bilingual
from tests.cluster.conftest import EXERCISE, RIGHT, Process, StartCli
from tests.cluster.postgres import PASSWORD, Database, Server
from tests.conftest import RunCli

KEY = ResultKey("a" * 64, EXERCISE, "b" * 16, "c" * 16)


def wait_until(reached: Callable[[], object], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def first_line(worker: Process) -> str:
    assert worker.stdout is not None
    return worker.stdout.readline()


def stop_with_a_job_in_hand(worker: Process, database: Database) -> None:
    """Stop the first worker of a database at a moment at which it holds a job."""
    held = "procrastinate_jobs WHERE status = 'doing' AND worker_id = 1"
    for _ in range(200):
        worker.send_signal(signal.SIGSTOP)
        time.sleep(0.1)
        if database.count(held):
            return
        worker.send_signal(signal.SIGCONT)
        time.sleep(0.05)
    pytest.fail("the worker never held a job")


def test_every_result_comes_once_though_a_worker_is_killed(
    bank: Path, handed_in: Path, database: Database, start_cli: StartCli
) -> None:
    """One of two workers is killed with a job in hand: nothing is lost, nothing is doubled."""
    source = RIGHT.read_text(encoding="utf-8")
    for number in range(21):
        (handed_in / f"s{number}.py").write_text(f"{source}\n# {number}\n", encoding="utf-8")
    grade = start_cli("grade", handed_in, "--queue", database.url, "--json")
    worker = ("worker", "--queue", database.url, "--jobs", 1, "--patience", 5)
    first = start_cli(*worker)
    wait_until(lambda: database.count("procrastinate_workers"))
    second = start_cli(*worker, "--until-empty")
    wait_until(lambda: database.count("results") >= 5)
    stop_with_a_job_in_hand(first, database)
    first.send_signal(signal.SIGKILL)
    assert database.count("results") < 24

    output, _ = grade.communicate(timeout=120)
    assert grade.returncode == 1
    reports = json.loads(output)["reports"]
    assert {Path(one["file"]) for one in reports} == set(handed_in.iterdir())
    assert sum(one["passed"] for one in reports) == 22
    _, told = second.communicate(timeout=60)
    assert second.returncode == 0
    assert "A worker was lost" in told
    assert database.count("results") == 24
    assert database.count("procrastinate_jobs") == 0


def test_a_worker_leaves_what_is_for_another_version(
    bank: Path, handed_in: Path, database: Database, run_cli: RunCli
) -> None:
    """A job stays in the queue for a worker with its bank, and others say so."""
    other = bank.parent / "other"
    shutil.copytree(bank, other)
    with (other / "questions" / EXERCISE / "suite.py").open("a", encoding="utf-8") as suite:
        suite.write("# changed\n")
    sent = run_cli("grade", handed_in / "ann.py", "--queue", database.url, "--no-wait")
    assert sent.stdout == "1 queued, 0 were queued already, 0 have their result.\n"
    refused = run_cli("worker", "--queue", database.url, "--until-empty", "--bank", other)
    assert "for another bank or version" in refused.stderr
    assert refused.stdout.endswith("0 graded.\n")
    assert database.count("procrastinate_jobs WHERE status = 'todo'") == 1


def test_a_bank_that_changes_under_a_worker_ends_it(
    bank: Path, handed_in: Path, database: Database, start_cli: StartCli
) -> None:
    """No result is kept of files that are no longer those that the worker loaded."""
    questions = load_bank(bank)
    task = Task(read_submission(handed_in / "ann.py"), questions[EXERCISE])
    address = read_address(database.url)
    worker = start_cli("worker", "--queue", database.url, "--jobs", 1)
    assert "exercises known: 1" in first_line(worker)
    with Client(address) as client:
        client.send([task], questions)  # remembers the version before the change
        solution = bank / "solutions" / "layer_norm.py"
        solution.write_text(solution.read_text(encoding="utf-8") + "# new\n", encoding="utf-8")
    _, told = worker.communicate(timeout=60)
    assert worker.returncode == 2
    assert "start it again" in told
    assert database.count("results") == 0
    assert database.count("procrastinate_jobs WHERE status = 'todo'") == 1


def test_a_worker_outlives_a_restart_of_the_database(
    bank: Path, handed_in: Path, database: Database, start_cli: StartCli, run_cli: RunCli
) -> None:
    """A worker connects again by itself, and ends when asked to, having finished its job."""
    worker = start_cli("worker", "--queue", database.url, "--jobs", 1)
    wait_until(lambda: database.count("procrastinate_workers"))
    database.server.stop()
    database.server.start()
    done = run_cli("grade", handed_in / "ann.py", "--queue", database.url)
    assert (done.returncode, done.stderr) == (0, "")
    worker.send_signal(signal.SIGTERM)
    output, told = worker.communicate(timeout=60)
    assert (worker.returncode, output.endswith("1 graded.\n")) == (0, True)
    assert "Connecting again" in told
    assert PASSWORD not in told


def test_the_same_submission_is_queued_once(
    bank: Path, handed_in: Path, database: Database, run_cli: RunCli
) -> None:
    """A copy of a file, and a second run, add no job."""
    shutil.copy(handed_in / "ann.py", handed_in / "copy.py")
    arguments = ("grade", handed_in, "--queue", database.url, "--no-wait")
    assert run_cli(*arguments).stdout.startswith("3 queued, 0 were queued already, 0 have")
    assert run_cli(*arguments, "--fresh").stdout.startswith("0 queued, 3 were queued already")
    assert database.count("procrastinate_jobs") == 3


def test_an_interruption_leaves_the_jobs_queued(
    bank: Path, handed_in: Path, database: Database, start_cli: StartCli
) -> None:
    """Ctrl-C ends the waiting, says what is still to come, and takes nothing back."""
    grade = start_cli("grade", handed_in, "--queue", database.url)
    wait_until(lambda: database.count("procrastinate_jobs") == 3)
    time.sleep(0.5)  # lets it begin to wait
    grade.send_signal(signal.SIGINT)
    output, told = grade.communicate(timeout=30)
    assert (grade.returncode, output) == (130, "")
    assert told.startswith("Results still to come: 3.")
    assert database.count("procrastinate_jobs WHERE status = 'todo'") == 3


def test_the_tables_are_created_by_whoever_comes_first(database: Database) -> None:
    """Many that find an empty database at the same time all get to work."""
    address = read_address(database.url)
    with ThreadPoolExecutor(8) as threads:
        for connection in threads.map(connect, [address] * 8):
            connection.close()
    assert database.query("SELECT count(*) FROM results") == [(0,)]


def test_the_first_of_two_results_stays(database: Database) -> None:
    """A job that is executed twice leaves one result; a result ends the trouble before it."""
    with connect(read_address(database.url)) as connection:
        ledger = Ledger(connection)
        ledger.add_trouble(KEY, Bilingual(zh="坏了\0", en="broken\0"))
        assert not ledger.has(KEY)
        assert ledger.add(KEY, {"output": "first\0"})
        assert not ledger.add(KEY, {"output": "second"})
        assert ledger.has(KEY)
    ((report,),) = database.query("SELECT report FROM results")
    assert json.loads(report) == {"output": "first\0"}
    assert database.count("troubles") == 0


def test_a_trouble_is_told_to_whoever_waits(
    bank: Path, handed_in: Path, database: Database
) -> None:
    """A grader that failed is an answer too; sent again, the submission is queued again."""
    questions, address = load_bank(bank), read_address(database.url)
    task = Task(read_submission(handed_in / "ann.py"), questions[EXERCISE])
    message = Bilingual(zh="内存不够", en="out of memory")
    with Client(address) as client, connect(address) as connection:
        assert client.send([task], questions).queued == 1
        ((order,),) = database.query("SELECT args FROM procrastinate_jobs")
        key = ResultKey(*(order[name] for name in ResultKey.__slots__))
        Ledger(connection).add_trouble(key, message)
        (answer,) = client.answers(lambda: None)
        assert (answer.report, answer.trouble) == (None, message)
        assert client.send([task], questions).waiting == 1
        assert client.outstanding == 1
        assert Ledger(connection).unfinished(TASK).values()
    assert database.count("troubles") == 0


def test_what_cannot_be_graded_is_told(
    bank: Path, handed_in: Path, database: Database, start_cli: StartCli, run_cli: RunCli
) -> None:
    """A bank's defect, and a submission that cost five workers, end the waiting with exit 3."""
    suite = bank / "questions" / EXERCISE / "suite.py"
    suite.write_text("this is no Python\n", encoding="utf-8")
    files = (handed_in / "ann.py", handed_in / "bob.py")
    grade = start_cli("grade", *files, "--queue", database.url)
    wait_until(lambda: database.count("procrastinate_jobs") == 2)
    database.query(
        "UPDATE procrastinate_jobs SET status = 'doing', attempts = 4 WHERE id = 1 RETURNING id"
    )
    worker = run_cli("worker", "--queue", database.url, "--until-empty", "--jobs", 1)
    assert worker.returncode == 0
    _, told = grade.communicate(timeout=60)
    assert grade.returncode == 3
    for output in (worker.stdout, told):
        assert "given up: 5 workers were lost" in output
        assert "the grader itself failed" in output
    assert database.count("results") == 0


@pytest.mark.parametrize("command", [["worker"], ["grade", str(RIGHT)]])
@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://me:hunter2@host/db", "no address of a PostgreSQL"),
        ("postgresql://me:hunter2@/db?bogus=1", "cannot be read"),
        ("postgresql://me:hunter2@127.0.0.1:1/db", "refused"),
    ],
)
def test_a_bad_address_gets_one_line(
    run_cli: RunCli, command: list[str], url: str, said: str
) -> None:
    """What is wrong with it, and never the password."""
    done = run_cli(*command, "--queue", url)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 2
    assert "hunter2" not in done.stderr


def test_a_wrong_password_gets_one_line(server: Server, run_cli: RunCli) -> None:
    """The database's own reason is told."""
    done = run_cli("worker", "--queue", server.url("postgres", password="hunter2"))
    assert done.returncode == 2
    assert "password authentication failed" in done.stderr
    assert "hunter2" not in done.stderr


def test_without_the_extra_the_command_to_install_it_is_told(tmp_path: Path) -> None:
    """Where its packages are missing, the one line says how to get them."""
    code = (
        "import sys; sys.modules['psycopg'] = None; from interview.cli.app import run; "
        "sys.exit(run(['worker', '--queue', 'postgresql://me@host/db']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 2
    assert "extra `cluster`" in done.stderr
    assert f"{sys.executable} -m pip install" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["--no-wait"],
        ["--queue", "postgresql://host/db", "--jobs", "2"],
        ["--queue", "postgresql://host/db", "--store", "x"],
        ["--queue", "postgresql://host/db", "--no-wait", "--json"],
    ],
)
def test_options_without_effect_are_refused(run_cli: RunCli, arguments: list[str]) -> None:
    """An option that would do nothing is a mistake that is told."""
    done = run_cli("grade", RIGHT, *arguments)
    assert done.returncode == 2
    assert arguments[-1] in done.stderr or arguments[-2] in done.stderr
