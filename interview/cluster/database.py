"""The PostgreSQL database that the machines share: its address, its tables, what goes wrong."""

import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from interview.errors import UsageError
from interview.language import Bilingual

if TYPE_CHECKING:
    import psycopg

SCHEMA = "interview"  # keeps our tables apart from those of others in the same database
_CONNECT_SECONDS = "10"
_LOCK = 0x1_7E_47_1E_77  # any number that others are unlikely to lock
_TABLES = """
CREATE TABLE results (
    submission text NOT NULL,
    exercise   text NOT NULL,
    bank       text NOT NULL,
    grader     text NOT NULL,
    report     text NOT NULL,
    graded_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (submission, exercise, bank, grader)
);
CREATE TABLE troubles (
    submission text NOT NULL,
    exercise   text NOT NULL,
    bank       text NOT NULL,
    grader     text NOT NULL,
    message    text NOT NULL,
    PRIMARY KEY (submission, exercise, bank, grader)
);
"""


class DatabaseError(UsageError):
    """The database cannot be reached, or does not do what is asked."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where the database is: `conninfo` holds the password, `shown` does not."""

    conninfo: str = field(repr=False)
    shown: str


def read_address(url: str) -> Address:
    """Return the address that a URL names.

    Raises:
        UsageError: where it is no PostgreSQL URL, or the extra `cluster` is not installed.
    """
    hint = Bilingual(
        zh="例如 postgresql://用户@主机/数据库",
        en="for example postgresql://user@host/database",
    )
    if not url.startswith(("postgresql://", "postgres://")):
        raise UsageError(
            zh="这不是 PostgreSQL 地址",
            en="this is no address of a PostgreSQL database",
            where="--queue",
            hint=hint,
        )
    _require_extra()
    import psycopg
    from psycopg.conninfo import conninfo_to_dict, make_conninfo

    try:
        parts = conninfo_to_dict(url)
    except psycopg.Error:
        # What the library says of it may repeat the password.
        raise UsageError(
            zh="这个 PostgreSQL 地址写得不对",
            en="this PostgreSQL address cannot be read",
            where="--queue",
            hint=hint,
        ) from None
    own = {
        "connect_timeout": parts.get("connect_timeout") or _CONNECT_SECONDS,
        "client_encoding": "utf8",  # a database in SQL_ASCII would have us speak ASCII
        "application_name": parts.get("application_name") or "interview",
        "options": f"{parts.get('options') or ''} -c search_path={SCHEMA}".strip(),
    }
    return Address(make_conninfo(url, **own), _shown(parts))


def _shown(parts: dict[str, Any]) -> str:
    host, port = parts.get("host") or "", parts.get("port")
    return f"{host}{f':{port}' if port else ''}/{parts.get('dbname') or parts.get('user') or ''}"


def _require_extra() -> None:
    try:
        import procrastinate
        import psycopg
    except ImportError as error:
        # By their own names: a name of ours may be another's in a public index.
        command = f'{sys.executable} -m pip install "procrastinate>=3.10,<4" "psycopg[binary]"'
        raise UsageError(
            zh="还没有装多机判分要的包",
            en="the packages for grading on many machines are not installed",
            hint=Bilingual(
                zh=f"它们是附加组件 cluster，安装命令：{command}",
                en=f"they are the extra `cluster`; install them with {command}",
            ),
        ) from error
    # Both log what we tell in our own words; without a handler Python would print it as well.
    for name in (procrastinate.__name__, psycopg.__name__):
        logging.getLogger(name).addHandler(logging.NullHandler())


def connect(address: Address) -> "psycopg.Connection[tuple[Any, ...]]":
    """Return a connection, each statement its own transaction; the tables are there.

    Raises:
        DatabaseError: where that fails.
    """
    import psycopg

    with explained(address):
        connection = psycopg.connect(address.conninfo, autocommit=True)
        try:
            _create_tables(connection)
        except BaseException:
            connection.close()
            raise
        return connection


def _create_tables(connection: "psycopg.Connection[tuple[Any, ...]]") -> None:
    """Create what is not there yet, once, whoever comes first."""
    if _has_tables(connection):
        return
    from procrastinate.schema import SchemaManager

    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        if not _has_tables(connection):
            connection.execute("CREATE SCHEMA IF NOT EXISTS interview")
            connection.execute(SchemaManager.get_schema())
            connection.execute(_TABLES)


def _has_tables(connection: "psycopg.Connection[tuple[Any, ...]]") -> bool:
    # Not to_regclass, which answers from a cache: it would miss what was created while we waited.
    query = "SELECT 1 FROM pg_tables WHERE schemaname = %s AND tablename = 'results'"
    return connection.execute(query, (SCHEMA,)).fetchone() is not None


@contextmanager
def explained(address: Address) -> Iterator[None]:
    """Turn what the database library raises into a `DatabaseError`."""
    import psycopg

    try:
        yield
    except psycopg.Error as error:
        raise explain(error, address) from error


def explain(error: BaseException, address: Address) -> DatabaseError:
    """Return what a database library raised as one line that holds no password."""
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    cause = error if isinstance(error, psycopg.Error) else error.__cause__ or error
    reason = _reason(str(cause), conninfo_to_dict(address.conninfo).get("password"))
    return DatabaseError(
        zh=f"队列的数据库用不了：{reason}",
        en=f"the queue's database cannot be used: {reason}",
        where=address.shown,
        hint=_hint(cause),
    )


def _hint(cause: BaseException) -> Bilingual:
    from psycopg import errors

    if isinstance(cause, errors.InsufficientPrivilege):
        return Bilingual(
            zh="第一次使用要建表：请数据库的所有者先运行一次，或授予这个用户 CREATE 权限",
            en="the first use creates the tables: have the database's owner run it once, or grant "
            "this user CREATE",
        )
    if isinstance(cause, errors.UndefinedTable | errors.UndefinedFunction | errors.UndefinedColumn):
        return Bilingual(
            zh="表可能是另一个版本的 Procrastinate 建的：各台机器要装同一个版本",
            en="its tables may come from another release of Procrastinate: use the same everywhere",
        )
    return Bilingual(
        zh="数据库在运行吗？主机、用户和密码对吗？已在队列里的任务不会丢",
        en="is it running, and are host, user and password right? Jobs in the queue stay there",
    )


def _reason(text: str, password: object) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    first = re.sub(r"^connection failed: ", "", lines[0] if lines else "?")
    return first.replace(str(password), "***") if password else first
