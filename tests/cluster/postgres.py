"""A real PostgreSQL server of the tests' own: a temporary folder, a Unix socket, a password."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

USER, PASSWORD = "interview", "s3cr&t/word"
_ENCODED = "s3cr%26t%2Fword"
_PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
)
_START_SECONDS = 30.0


class NoServer(Exception):
    """There is no PostgreSQL server here: why."""


def find_binaries() -> Path:
    """Return the folder of `initdb` and `postgres`, the newest release where there are several."""
    found = shutil.which("postgres")
    if found:
        return Path(found).resolve().parent
    folders = [one for place in _PLACES for one in Path("/").glob(place.lstrip("/"))]
    usable = sorted(one for one in folders if (one / "postgres").exists())
    if not usable:
        raise NoServer("no PostgreSQL server is installed (Debian: apt-get install postgresql)")
    return usable[-1]


def ordinary_user() -> dict[str, Any]:
    """Return how to start the server, which refuses to run as root."""
    if os.getuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            user = pwd.getpwnam(name)
            return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise NoServer("PostgreSQL does not run as root, and there is no user postgres or nobody")


@dataclass(slots=True)
class Server:
    """A server; `url` and `query` name its databases."""

    folder: Path
    process: "subprocess.Popen[bytes] | None" = None
    databases: int = 0

    def create(self) -> None:
        """Lay out the server's files."""
        who = ordinary_user()
        for name in ("data", "socket"):
            (self.folder / name).mkdir()
            if who:
                os.chown(self.folder / name, who["user"], who["group"])
        self.folder.chmod(0o755)
        password = self.folder / "password"
        password.write_text(PASSWORD, encoding="utf-8")
        options = ["-A", "scram-sha-256", f"--pwfile={password}", "--no-sync", "--locale=C"]
        done = subprocess.run(
            [find_binaries() / "initdb", "-D", self.folder / "data", "-U", USER, *options],
            cwd=self.folder,
            capture_output=True,
            encoding="utf-8",
            check=False,
            **who,
        )
        if done.returncode:
            raise NoServer(f"initdb failed: {done.stderr}")

    def start(self) -> None:
        """Start the server and wait until it answers."""
        settings = {
            "unix_socket_directories": self.folder / "socket",
            "listen_addresses": "",
            "fsync": "off",
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [find_binaries() / "postgres", "-D", self.folder / "data", *options],
                cwd=self.folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **ordinary_user(),
            )
        deadline = time.monotonic() + _START_SECONDS
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                told = (self.folder / "log").read_text(errors="replace")
                raise NoServer(f"the server did not start: {told[-500:]}")
            time.sleep(0.05)

    def answers(self) -> bool:
        """Return whether the server can be connected to."""
        try:
            psycopg.connect(self.url("postgres")).close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop the server, whoever is connected; SIGQUIT spares it from tidying up."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait()
            self.process = None

    def new_database(self) -> "Database":
        """Return an empty database."""
        self.databases += 1
        name = f"test{self.databases}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return Database(self, self.url(name))

    def url(self, database: str, password: str = _ENCODED) -> str:
        """Return the URL of a database."""
        return f"postgresql://{USER}:{password}@/{database}?host={self.folder / 'socket'}"


@dataclass(frozen=True, slots=True)
class Database:
    """One database of the server."""

    server: Server
    url: str

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query in the schema `interview`; none where it is not there yet."""
        with psycopg.connect(self.url, options="-c search_path=interview") as connection:
            try:
                return connection.execute(sql).fetchall()
            except psycopg.errors.UndefinedTable:
                return []

    def count(self, table: str) -> int:
        """Return how many rows a table, or a table with a condition, has."""
        rows = self.query(f"SELECT count(*) FROM {table}")
        return int(rows[0][0]) if rows else 0


def new_server() -> Server:
    """Return a running server.

    Raises:
        NoServer: where that is impossible here.
    """
    # A socket's path may have no more than about 100 bytes, so pytest's folders will not do.
    server = Server(Path(tempfile.mkdtemp(prefix="pg-")))
    try:
        server.create()
        server.start()
    except BaseException:
        end(server)
        raise
    return server


def end(server: Server) -> None:
    """Stop a server and remove its files."""
    server.stop(signal.SIGQUIT)
    shutil.rmtree(server.folder)
