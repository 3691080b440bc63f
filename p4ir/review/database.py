"""The database under the review store: opened safely, and its troubles in one line.

SQLite runs with a write-ahead log and full synchronisation: readers never wait, what was
saved survives a killed process, and writers wait for each other for `BUSY_S` seconds.
Any other database that SQLAlchemy speaks to is named by its URL.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, insert, inspect, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool

from p4ir.errors import P4irError, ReviewError, StoreError, first_line
from p4ir.review.tables import SCHEMA, Base, StoreRow

BUSY_S = 10.0
"""How long a save waits for another one, in seconds."""

_TROUBLES = {
    "SQLITE_BUSY": (StoreError, "another program has held it too long; try again"),
    "SQLITE_LOCKED": (StoreError, "another program has held it too long; try again"),
    "SQLITE_READONLY": (StoreError, "can only be read: its file or folder is write-protected"),
    "SQLITE_FULL": (StoreError, "the disk is full; make room and save again"),
    "SQLITE_IOERR": (StoreError, "the disk could not be read or written"),
    "SQLITE_CORRUPT": (StoreError, "is damaged; restore a copy of it"),
    "SQLITE_NOTADB": (ReviewError, "is no SQLite database, or a damaged one"),
    "SQLITE_CANTOPEN": (ReviewError, "cannot be opened: the folder is missing or forbidden"),
    "SQLITE_PERM": (ReviewError, "cannot be opened: the file is forbidden"),
}

_PACKAGES = {
    "MySQLdb": "mysqlclient",
    "mysql": "mysql-connector-python",
    "psycopg2": "psycopg2-binary",
}
"""Drivers that are installed by another name than they are imported by."""

_OUT_OF_REACH = ("SQLITE_CANTOPEN", "SQLITE_READONLY")
_ROOM_BYTES = 64 * 2**10


class Database:
    """An open database that holds the store's tables.

    Args:
        where: path of an SQLite file, or the URL of any database.
        create: whether to make the tables, and the file, where there are none.
        read_only: open an SQLite file for reading alone.

    Raises:
        ReviewError: no store is there, or what is there is something else.
        StoreError: it cannot be read or written now.
    """

    def __init__(self, where: str | Path, *, create: bool, read_only: bool) -> None:
        url = _url_of(where)
        self.path = _path_of(url, str(where))
        self.name = str(self.path or url.render_as_string(hide_password=True))
        if self.path and self.path.is_dir():
            raise ReviewError(f"{self.name}: is a folder; give the file of a review store")
        if self.path and not create and not self.path.exists():
            raise ReviewError(
                f"{self.name}: no review store is here; `p4ir review import FILE` makes one"
            )
        self._engine = self._make_engine(url, "ro" if read_only else "rwc" if create else "rw")
        self._writing = self._engine.execution_options(writes=True)
        try:
            self._check(create and not read_only)
        except P4irError:
            self.close()
            raise

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Read in one transaction."""
        with self._in_one_line(), Session(self._engine) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Write in one transaction: all of it or, on any error, nothing."""
        with self._in_one_line(), Session(self._writing) as session, session.begin():
            yield session

    @contextmanager
    def _in_one_line(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            kind, said = _explain(error, self.path)
            raise kind(f"{self.name}: {said}") from error

    def _make_engine(self, url: URL, mode: str) -> Engine:
        path = self.path
        try:
            if path is None:
                return create_engine(url, pool_pre_ping=True)
            engine = create_engine(
                "sqlite://", creator=lambda: _connect(path, mode), poolclass=QueuePool
            )
        except NoSuchModuleError:
            known = "sqlite, postgresql, mysql, mariadb, oracle, mssql"
            raise ReviewError(
                f"{self.name}: no database {url.drivername!r} is known; SQLAlchemy knows {known}"
            ) from None
        except ModuleNotFoundError as error:
            driver = (error.name or "").partition(".")[0]
            package = _PACKAGES.get(driver, driver)
            raise ReviewError(
                f"{self.name}: the driver {driver!r} is not installed: pip install {package}"
            ) from None
        event.listen(engine, "begin", _begin)
        return engine

    def _check(self, create: bool) -> None:
        """Make the tables if there are none; refuse a database that is something else."""
        with (self.write if create else self.read)() as session:
            connection = session.connection()
            tables = set(inspect(connection).get_table_names())
            if StoreRow.__tablename__ in tables:
                schema = session.scalar(select(StoreRow.schema))
                if schema != SCHEMA:
                    raise ReviewError(
                        f"{self.name}: is a store of another p4ir (tables {schema}, "
                        f"this one reads {SCHEMA}): use that p4ir"
                    )
                return
            others = sorted(tables if self.path else tables & set(Base.metadata.tables))
            if others:
                raise ReviewError(
                    f"{self.name}: is a database of something else (it has a table "
                    f"{others[0]!r}); give the review store a database of its own"
                )
            if not create:
                raise ReviewError(f"{self.name}: is an empty database, no review store")
            _create(connection)


def _create(connection: Connection) -> None:
    Base.metadata.create_all(connection)
    connection.execute(insert(StoreRow).values(schema=SCHEMA))


def _url_of(where: str | Path) -> URL:
    text = str(where)
    if isinstance(where, Path) or "://" not in text:
        return URL.create("sqlite", database=text)
    try:
        return make_url(text)
    except ArgumentError:
        raise ReviewError(f"{text.split('@')[-1]}: is no URL of a database") from None


def _path_of(url: URL, where: str) -> Path | None:
    """Return the file of an SQLite database; `None` for any other."""
    if url.get_backend_name() != "sqlite":
        return None
    if not url.database or url.database == ":memory:":
        raise ReviewError(f"{where}: names no file; give a path, such as reviews.db")
    return Path(url.database)


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    connection = _open(path, f"mode={mode}")
    try:
        # A pragma leaves the lock of a fresh file to chance where two processes make it.
        if mode != "ro" and connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.OperationalError as error:
        connection.close()
        # A log beside a file in a folder that cannot be written to is out of reach; where
        # there is no log, the file alone is the whole database.
        log = path.with_name(path.name + "-wal")
        with suppress(OSError):
            if mode == "ro" and _name_of(error).startswith(_OUT_OF_REACH) and not log.exists():
                return _open(path, "immutable=1")
        raise
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _lower(text: str | None) -> str | None:
    return None if text is None else str(text).casefold()


def _open(path: Path, options: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"file:{quote(str(path.absolute()))}?{options}",
        uri=True,
        timeout=BUSY_S,
        isolation_level=None,
        check_same_thread=False,
    )
    # SQLite's own knows the capitals of ASCII alone, and what is searched for has others.
    connection.create_function("lower", 1, _lower, deterministic=True)
    return connection


def _begin(connection: Connection) -> None:
    """Begin a transaction that will write as one, so that two never wait for each other."""
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _explain(error: DBAPIError, path: Path | None) -> tuple[type[P4irError], str]:
    name = _name_of(error.orig)
    if name.startswith("SQLITE_IOERR") and path and _is_full(path):
        name = "SQLITE_FULL"
    for start, trouble in _TROUBLES.items():
        if name.startswith(start):
            return trouble
    return StoreError, f"the database says: {first_line(error.orig or error)}"


def _is_full(path: Path) -> bool:
    """Say whether there is no room for what SQLite keeps beside a database."""
    try:
        return shutil.disk_usage(path.absolute().parent).free < _ROOM_BYTES
    except OSError:
        return False


def _name_of(error: BaseException | None) -> str:
    return getattr(error, "sqlite_errorname", "") or ""
