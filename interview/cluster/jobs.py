"""What a job of the queue says: the submission's source, and the key of the result wanted.

The name of a job's queue is made of the exercise and of both versions. A worker takes jobs from
the queues of its own versions only, so one with another bank or grader never sees the job.
"""

import base64
import binascii
import hashlib
from dataclasses import asdict, astuple
from typing import TYPE_CHECKING, Any

from interview.bank.model import Bank
from interview.grading.results import ResultKey, key_of
from interview.grading.submission import MAX_BYTES

if TYPE_CHECKING:
    from procrastinate import App
    from psycopg import Connection

TASK = "interview.grade"
# Characters of base64 that a source of the allowed size may take: no encoding in which a file
# may come grows to more than three times its size in UTF-8.
_MAX_ENCODED = 4 * MAX_BYTES


def queue_of(key: ResultKey) -> str:
    """Return the queue for jobs of the key's exercise in the key's versions.

    PostgreSQL's channels have at most 63 characters, which leaves 40 to a queue's name.
    """
    parts = f"{key.exercise}\0{key.bank}\0{key.grader}"
    return f"interview-{hashlib.sha256(parts.encode()).hexdigest()[:24]}"


def lock_of(key: ResultKey) -> str:
    """Return what keeps a second job of the same key out of the queue."""
    return hashlib.sha256("\0".join(astuple(key)).encode()).hexdigest()[:32]


def queues_of(bank: Bank) -> dict[str, str]:
    """Return the queues that this bank and this grader can serve, each with its exercise's id."""
    exercises = [question for question in bank if question.exercise is not None]
    return {queue_of(key_of("", one, bank)): one.id for one in exercises}


def order_of(key: ResultKey, source: str) -> dict[str, str]:
    """Return a job's arguments. The source goes as base64, for JSON there has no NUL."""
    return {**asdict(key), "source": base64.b64encode(source.encode()).decode()}


def read_order(order: dict[str, Any]) -> tuple[ResultKey, str]:
    """Return the key and the source that a job carries.

    Raises:
        ValueError: where the arguments are not those of `order_of`.
    """
    try:
        key = ResultKey(*(str(order[name]) for name in ResultKey.__slots__))
        encoded = str(order["source"])
        if len(encoded) > _MAX_ENCODED:
            raise ValueError(f"a source of {len(encoded)} characters")
        source = base64.b64decode(encoded, validate=True).decode()
    except (KeyError, binascii.Error, UnicodeDecodeError) as error:
        raise ValueError(f"not a grading job: {error}") from error
    return key, source


def defer(app: "App", connection: "Connection[Any]", key: ResultKey, source: str) -> bool:
    """Queue a job within the connection's transaction; return False where it waits there already.

    Raises:
        psycopg.Error: where the database fails.
    """
    from procrastinate.exceptions import AlreadyEnqueued

    job = app.configure_task(
        TASK, queue=queue_of(key), queueing_lock=lock_of(key), connection=connection
    )
    try:
        with connection.transaction():
            job.defer(**order_of(key, source))
    except AlreadyEnqueued:
        return False
    return True
