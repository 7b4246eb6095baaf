"""A worker: takes jobs of its own versions from the queue, grades them, keeps their results.

A result is committed before its job leaves the queue. A worker that dies in between, or in the
middle of a grading, leaves its job behind; another takes it up once the dead one's heartbeat has
been silent for a while, and finds the result or grades again. Whichever result comes first stays.
"""

import asyncio
import contextlib
import signal
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from interview.bank.model import Bank
from interview.cluster.database import Address, DatabaseError, connect, explain
from interview.cluster.events import (
    Disconnected,
    Event,
    Finished,
    ForOthers,
    Ready,
    Retaken,
    Stopping,
)
from interview.cluster.jobs import TASK, queues_of, read_order
from interview.cluster.ledger import Ledger
from interview.errors import UsageError
from interview.grading.batch import Graders, Task, warm_graders
from interview.grading.results import ResultKey, is_current, key_of
from interview.grading.submission import parse_submission
from interview.language import Bilingual

if TYPE_CHECKING:
    from procrastinate import App
    from procrastinate.jobs import Job

_BEAT_SECONDS = 2.0
_SHORTEST_PAUSE, _LONGEST_PAUSE = 2.0, 60.0  # seconds between attempts to connect
_FORGET_SECONDS = 3600.0
_MOST_LOST_WORKERS = 5
_MOST_CONNECTIONS = 4
_POOL_SECONDS = 10.0
# Names of files stay with those who hand them in.
_FILE = Path("submission.py")


@dataclass(frozen=True, slots=True)
class Settings:
    """How a worker works: `patience` is after how many silent seconds another counts as lost."""

    jobs: int
    patience: float
    until_empty: bool = False


class _VersionsChanged(Exception):
    """The files that make up a version were changed while the worker ran."""


class _ConnectionLost(Exception):
    """The queue ended by itself: its cause tells why."""


def work(address: Address, bank: Bank, settings: Settings, tell: Callable[[Event], None]) -> None:
    """Grade jobs until asked to stop (SIGINT, SIGTERM), or with `until_empty` until none is left.

    `tell` is called from several threads. A database that goes away is waited for.

    Raises:
        DatabaseError: where the database cannot be used at the start.
        GraderError: where the grader does not start.
        UsageError: where the bank has no exercise, or its files changed meanwhile.
    """
    exercises = len(queues_of(bank))
    if not exercises:
        raise UsageError(
            zh="这个题库里没有编程题", en="there is no exercise in this bank", where=str(bank.root)
        )
    connect(address).close()
    with warm_graders(bank, settings.jobs) as graders:
        tell(Ready(exercises))
        pause = _SHORTEST_PAUSE
        while True:
            try:
                with contextlib.closing(connect(address)) as connection:
                    pause = _SHORTEST_PAUSE
                    return _Shift(address, bank, settings, tell, graders, Ledger(connection)).run()
            except DatabaseError as error:
                tell(Disconnected(error))
                time.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)


class _Shift:
    """A worker's time between connecting to the database and losing it, or stopping."""

    def __init__(
        self,
        address: Address,
        bank: Bank,
        settings: Settings,
        tell: Callable[[Event], None],
        graders: Graders,
        ledger: Ledger,
    ) -> None:
        self._address = address
        self._bank = bank
        self._settings = settings
        self._tell = tell
        self._graders = graders
        self._ledger = ledger
        self._queues = queues_of(bank)
        self._changed = False
        self._stopping = False
        self._for_others = 0

    def run(self) -> None:
        """Work until there is a reason to end.

        Raises:
            DatabaseError: where the database is lost.
            UsageError: where the bank or the grader has changed on the disk.
        """
        import psycopg
        from procrastinate.exceptions import ConnectorException

        try:
            asyncio.run(self._run())
        except (psycopg.Error, ConnectorException, _ConnectionLost) as error:
            if not self._stopping:
                raise explain(error, self._address) from error
        if self._changed:
            raise UsageError(
                zh="题库或程序的文件变了，这个进程装的还是旧的；手里的任务已放回队列",
                en="the bank's files or the program's have changed under this worker; "
                "what it had in hand is back in the queue",
                hint=Bilingual(zh="重新启动即可", en="start it again"),
            )

    async def _run(self) -> None:
        from procrastinate import App, PsycopgConnector

        connector = PsycopgConnector(
            conninfo=self._address.conninfo,
            min_size=1,
            max_size=_MOST_CONNECTIONS,
            timeout=_POOL_SECONDS,
        )
        app = App(connector=connector)
        self._register(app)
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(self._settings.jobs + 2))
        loop.set_exception_handler(_ignore_lost_jobs)
        async with app.open_async():
            await self._serve(app)

    def _register(self, app: "App") -> None:
        import psycopg
        from procrastinate import RetryStrategy

        again = RetryStrategy(wait=2, retry_exceptions=[psycopg.Error, _VersionsChanged])
        app.task(name=TASK, queue="interview", retry=again)(self._grade)

    async def _serve(self, app: "App") -> None:
        """Run Procrastinate's worker beside our watch over it; the first to end ends both."""
        serving = asyncio.create_task(
            app.run_worker_async(
                queues=list(self._queues),
                concurrency=self._settings.jobs,
                delete_jobs="always",
                install_signal_handlers=False,
                update_heartbeat_interval=_BEAT_SECONDS,
                stalled_worker_timeout=_FORGET_SECONDS,
                fetch_job_polling_interval=_BEAT_SECONDS,
            )
        )
        watching = asyncio.create_task(self._watch(app))
        with self._stopped_by_signals(watching):
            await asyncio.wait({serving, watching}, return_when=asyncio.FIRST_COMPLETED)
        ended_by_itself = serving.done()
        watching.cancel()
        serving.cancel()  # lets it finish what it has in hand
        ends = await asyncio.gather(serving, watching, return_exceptions=True)
        for end in ends:
            if isinstance(end, Exception):
                raise end
        if ended_by_itself:
            raise _ConnectionLost("the connection to the database was lost")

    @contextmanager
    def _stopped_by_signals(self, watching: "asyncio.Task[None]") -> Iterator[None]:
        loop = asyncio.get_running_loop()

        def stop() -> None:
            self._stopping = True
            self._tell(Stopping())
            watching.cancel()

        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop)
        yield

    async def _watch(self, app: "App") -> None:
        """Look after lost jobs; return when the worker should end."""
        while not self._changed:
            await self._retake(app)
            unfinished = await asyncio.to_thread(self._ledger.unfinished, TASK)
            self._mention(sum(n for queue, n in unfinished.items() if queue not in self._queues))
            if self._settings.until_empty and not unfinished.keys() & self._queues.keys():
                return
            await asyncio.sleep(_BEAT_SECONDS)

    def _mention(self, for_others: int) -> None:
        if for_others > self._for_others:
            self._tell(ForOthers(for_others))
        self._for_others = for_others

    async def _retake(self, app: "App") -> None:
        """Put back the jobs of workers whose heart has stopped."""
        stalled = await app.job_manager.get_stalled_jobs(
            task_name=TASK, seconds_since_heartbeat=self._settings.patience
        )
        count = 0
        for job in stalled:
            with _unless_taken():
                count += await self._put_back(app, job)
        if count:
            self._tell(Retaken(count))

    async def _put_back(self, app: "App", job: "Job") -> bool:
        """Return whether the job is in the queue again; where not, it is at its end."""
        from procrastinate.jobs import Status

        if job.attempts + 1 >= _MOST_LOST_WORKERS:
            await asyncio.to_thread(self._give_up, job.task_kwargs)
        elif await _retry(app, job):
            return True
        await app.job_manager.finish_job(job, Status.FAILED, delete_job=True)
        return False

    def _give_up(self, order: dict[str, Any]) -> None:
        with contextlib.suppress(ValueError):
            key, _ = read_order(order)
            count = _MOST_LOST_WORKERS
            message = Bilingual(
                zh=f"已有 {count} 个工作进程在判这份代码时消失，不再重试",
                en=f"given up: {count} workers were lost while they graded it",
            )
            self._ledger.add_trouble(key, message)
            self._tell(Finished(key, None, message))

    def _grade(self, **order: str) -> None:
        """Do one job, in a thread of its own.

        Raises:
            psycopg.Error: where the database fails: the job goes back to the queue.
            _VersionsChanged: where it has to be done by another worker.
        """
        try:
            key, source = read_order(order)
        except ValueError:
            return
        if self._ledger.has(key):
            return
        finished = self._judge(key, source)
        if finished.report is not None:
            self._ledger.add(key, finished.report)
        elif finished.trouble is not None:
            self._ledger.add_trouble(key, finished.trouble)
        self._tell(finished)

    def _judge(self, key: ResultKey, source: str) -> Finished:
        if not self._fits(key, source):
            return Finished(key, None, _UNFIT)
        question = self._bank[key.exercise]
        try:
            graded = self._graders.grade(Task(parse_submission(_FILE, source), question))
        except Exception as error:  # noqa: BLE001 - whoever waits must be told, whatever it is
            return Finished(key, None, _on_this_machine(repr(error), repr(error)))
        if not is_current(key, question, self._bank):
            self._changed = True
            raise _VersionsChanged
        if graded.report is not None:
            return Finished(key, graded.report.to_data())
        message = graded.trouble.message if graded.trouble else _UNKNOWN
        return Finished(key, None, _on_this_machine(message.zh, message.en))

    def _fits(self, key: ResultKey, source: str) -> bool:
        """Return whether a job is what its queue's name promises; another would be a forgery."""
        known = key.exercise in self._queues.values()
        return known and key == key_of(source, self._bank[key.exercise], self._bank)


_UNKNOWN = Bilingual(zh="未知", en="unknown")
_UNFIT = Bilingual(zh="任务的内容和它的键对不上", en="the job's contents do not agree with its key")


async def _retry(app: "App", job: "Job") -> bool:
    """Put a job back into the queue; return False where its twin waits there already."""
    from procrastinate.exceptions import UniqueViolation

    try:
        await app.job_manager.retry_job(job)
    except UniqueViolation:
        return False
    return True


@contextmanager
def _unless_taken() -> Iterator[None]:
    """Pass over a job that another worker was faster to put back."""
    from procrastinate.exceptions import ConnectorException
    from psycopg.errors import RaiseException

    try:
        yield
    except ConnectorException as error:
        if not isinstance(error.__cause__, RaiseException):
            raise


def _on_this_machine(zh: str, en: str) -> Bilingual:
    host = socket.gethostname()
    return Bilingual(zh=f"{host}：{zh}", en=f"{host}: {en}")


def _ignore_lost_jobs(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Say nothing of a job that could not be marked as done: somebody else has it by now."""
    from procrastinate.exceptions import ConnectorException

    if not isinstance(context.get("exception"), ConnectorException):
        loop.default_exception_handler(context)
