"""The files of a store: put in place whole or not at all, recognised by their mark, and their errors put into words."""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import attrs
from eventsourcing.domain import EventSourcingError
from eventsourcing.persistence import ConnectionPoolClosedError, ConnectionUnavailableError

from cadreledger.errors import StoreError
from cadreledger.placing import sync_folder

__all__ = ["LOCK_SECONDS", "FileKind", "bound", "database_uri"]

VALUE_BYTES_MAX: Final = 4 * 2**20  # of anything in a row; the largest of ours is a checkpoint with its signatures
LOCK_SECONDS: Final = 30  # how long a writer waits for another one; an import of a year takes a few
PRIMARY_CODE: Final = 0xFF  # an extended SQLite error code has its primary code in the low byte

# What ANALYZE keeps is SQLite's own. An index that somebody added may tell another story than its table.
_SCHEMA: Final = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_stat%'"
_HELD: Final = ("another program holds the file", "Let the other program finish, then try again.")
_DAMAGED: Final = ("the file is damaged", "Restore it from a backup; keep the damaged one for whoever examines it.")
_CLOSED: Final = ("it has been closed", "Open it again.")
_UNUSABLE: Final = ("the file cannot be used", "Check the file, its folder and the disk.")
_REASONS: Final[Mapping[int, tuple[str, str]]] = {
    sqlite3.SQLITE_BUSY: _HELD,
    sqlite3.SQLITE_LOCKED: _HELD,
    sqlite3.SQLITE_FULL: ("the disk is full", "Make room on the disk, then try again."),
    sqlite3.SQLITE_READONLY: ("the file may not be written", "Check the permissions of the file and of its folder."),
    sqlite3.SQLITE_CANTOPEN: ("the file cannot be opened", "Check the permissions of the file and of its folder."),
    sqlite3.SQLITE_IOERR: ("the disk failed to read or write", "Check the disk, then open it again."),
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_TOOBIG: _DAMAGED,  # an entry of a size that none of ours has
    sqlite3.SQLITE_NOTADB: ("the file is not an SQLite database", "Check that this is the right file."),
}


def database_uri(path: Path) -> str:
    """How SQLite is asked for the existing file at ``path``: it never makes one of its own accord.

    On a medium that cannot be written, a file without a log is one that nobody writes to.
    """
    uri = path.absolute().as_uri()
    if not os.path.exists(path) or (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):  # noqa: PTH110 - never raises
        return f"{uri}?mode=rw"
    log = f"{path}-wal"
    is_still = not os.path.exists(log) or not os.path.getsize(log)  # noqa: PTH110, PTH202 - the same
    return f"{uri}?mode=ro{'&immutable=1' * is_still}"


def bound(connection: sqlite3.Connection, *, reading: bool = False) -> None:
    """Let a file that somebody else wrote neither fill the memory nor run code; ``reading``: it stays as it is."""
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, VALUE_BYTES_MAX)
    connection.execute("PRAGMA trusted_schema=OFF")
    if reading:
        connection.execute("PRAGMA query_only=ON")


def _reason(error: BaseException) -> tuple[str, str]:
    """What happened and what to do, from SQLite's error, which may be the cause of an eventsourcing one."""
    if isinstance(error, ConnectionPoolClosedError):
        return _CLOSED
    if isinstance(error, ConnectionUnavailableError):
        return _HELD
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, sqlite3.Error):
        cause = cause.__cause__
    if isinstance(cause, sqlite3.ProgrammingError):
        return _CLOSED
    return _REASONS.get(getattr(cause, "sqlite_errorcode", 0) & PRIMARY_CODE, _UNUSABLE)


def _schema(statements: Iterable[str]) -> frozenset[str]:
    """What SQLite keeps of the statements that made tables, whatever their white space."""
    return frozenset("".join(each.replace(" IF NOT EXISTS ", " ").split()) for each in statements)


@attrs.frozen
class FileKind:
    """One kind of file of ours: its mark and version in SQLite's own header, its name in words, the error it raises.

    ``tables``: the statements that make its tables; a file that holds another table, view, trigger or index is refused.
    """

    application_id: int
    user_version: int
    noun: str
    error: type[StoreError]
    tables: frozenset[str] = attrs.field(converter=_schema, repr=False)

    def problem(self, error: BaseException) -> StoreError:
        """``error``, from SQLite or eventsourcing, in our words."""
        found, hint = _reason(error)
        return self.error(f"the {self.noun} cannot be used", found=found, hint=hint)

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Whatever SQLite or eventsourcing raise within comes out as this kind's error."""
        try:
            yield
        except (sqlite3.Error, EventSourcingError) as error:
            raise self.problem(error) from error

    def mark(self, connection: sqlite3.Connection) -> None:
        """Write the mark and version into a new file."""
        connection.execute(f"PRAGMA application_id={self.application_id}")
        connection.execute(f"PRAGMA user_version={self.user_version}")

    def check(self, path: Path) -> None:
        """Raises this kind's error unless ``path`` is such a file and this release can read it.

        Asks SQLite, without changing anything. Never by reading the file ourselves: closing it would
        drop the locks of every other connection that this process has on it (POSIX).
        """
        if not os.path.exists(path):  # noqa: PTH110 - unlike Path.exists, never raises
            raise self.error(f"there is no {self.noun} at {path}", hint="Check the path, or create one there.")
        if not os.path.isfile(path):  # noqa: PTH113 - unlike Path.is_file, never raises
            raise self.error(f"{path} is not a file", hint=f"Name the {self.noun}'s file itself.")
        uri = database_uri(path)
        with self.translated(), closing(sqlite3.connect(uri, timeout=LOCK_SECONDS, uri=True)) as file:
            bound(file, reading=True)
            (application_id,) = file.execute("PRAGMA application_id").fetchone()
            (user_version,) = file.execute("PRAGMA user_version").fetchone()
            schema = _schema(sql for (sql,) in file.execute(_SCHEMA))
        if application_id != self.application_id:
            raise self.error(f"{path} is not a {self.noun}", hint="Check that this is the right file.")
        if user_version > self.user_version:
            raise self.error(
                f"the {self.noun} at {path} was written by a newer release",
                f"format {self.user_version} or older",
                f"format {user_version}",
                "Update cadreledger.",
            )
        if not schema <= self.tables:
            hint = "Somebody put it in: find out who, and restore the file from a backup."
            found = "a view, a trigger, an index, or a table of somebody else's"
            raise self.error(f"the {self.noun} at {path} was tampered with", "tables of ours", found, hint)

    def checkpoint(self, connection: sqlite3.Connection) -> None:
        """Bring everything into the file itself, synced. Raises this kind's error if another connection is in it."""
        (busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise self.error(f"the {self.noun} cannot be finished", found=_HELD[0], hint=_HELD[1])

    @contextmanager
    def building(self, path: Path) -> Iterator[Path]:
        """An empty file (mode 0600) to fill; on a clean exit it is put in place as ``path``, never over another file.

        Whoever fills it closes it before leaving. A hidden folder beside ``path`` is all that a kill leaves behind.
        """
        with self._placing(path):
            if os.path.lexists(path):
                raise FileExistsError
            folder = TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent, ignore_cleanup_errors=True)
        with folder:
            draft = Path(folder.name, "draft")
            with self._placing(path):
                draft.touch(mode=0o600)
            yield draft
            with self._placing(path):
                os.link(draft, path)  # unlike a rename, it fails if somebody else was faster
            sync_folder(path.parent)

    @contextmanager
    def _placing(self, path: Path) -> Iterator[None]:
        what = f"a {self.noun} cannot be made at {path}"
        try:
            yield
        except FileExistsError as error:
            hint = "Open what is there, or choose another name."
            raise self.error(what, found="something of that name", hint=hint) from error
        except FileNotFoundError as error:
            raise self.error(what, found="no such folder", hint="Make the folder first.") from error
        except OSError as error:
            hint = "Choose a folder on a local disk that you may write."
            raise self.error(what, found=error.strerror or "", hint=hint) from error
