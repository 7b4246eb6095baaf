"""The results in the database, one for each key however often its job is executed."""

import json
from typing import TYPE_CHECKING, Any

from interview.grading.results import ResultKey
from interview.language import Bilingual

if TYPE_CHECKING:
    import psycopg

_KEY = "submission = %s AND exercise = %s AND bank = %s AND grader = %s"


class Ledger:
    """What is known of each key. Every method is one transaction and may be called from threads.

    They raise `psycopg.Error` where the database fails.
    """

    def __init__(self, connection: "psycopg.Connection[tuple[Any, ...]]") -> None:
        """Keep results over `connection`, which commits each statement by itself."""
        self._connection = connection

    def has(self, key: ResultKey) -> bool:
        """Return whether there is a result."""
        query = f"SELECT 1 FROM results WHERE {_KEY}"  # noqa: S608 - a constant
        return self._connection.execute(query, _values(key)).fetchone() is not None

    def add(self, key: ResultKey, report: dict[str, Any]) -> bool:
        """Keep the first report of a key; return whether this was the first.

        It is on the server's disk when this returns.
        """
        query = (
            f"WITH gone AS (DELETE FROM troubles WHERE {_KEY}) "  # noqa: S608 - a constant
            "INSERT INTO results VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"
        )
        # As text, for PostgreSQL's own JSON cannot hold the character NUL.
        values = (*_values(key), *_values(key), json.dumps(report))
        return self._connection.execute(query, values).rowcount == 1

    def add_trouble(self, key: ResultKey, message: Bilingual) -> None:
        """Keep why a grader failed on a key, for whoever waits for its result."""
        text = json.dumps({"zh": message.zh, "en": message.en})
        self._connection.execute(
            "INSERT INTO troubles VALUES (%s, %s, %s, %s, %s)"
            " ON CONFLICT (submission, exercise, bank, grader)"
            " DO UPDATE SET message = excluded.message",
            (*_values(key), text),
        )

    def unfinished(self, task: str) -> dict[str, int]:
        """Return how many jobs of the task each queue holds, waiting or under way."""
        query = (
            "SELECT queue_name, count(*) FROM procrastinate_jobs"
            " WHERE task_name = %s AND status IN ('todo', 'doing') GROUP BY queue_name"
        )
        return {str(name): int(count) for name, count in self._connection.execute(query, (task,))}


def _values(key: ResultKey) -> tuple[str, str, str, str]:
    return key.submission, key.exercise, key.bank, key.grader
