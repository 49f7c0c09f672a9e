"""A folder that others read while it is written: a file is there whole or not at all, and stays through a power cut."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from cadreledger.errors import StoreError
from cadreledger.placing import alone, put, sync_folder

__all__ = ["PublicFolder", "writing"]

DRAFTS: Final = ".*.part"


class PublicFolder:
    """The folder at ``path``. Files are named by their path in it, with ``/``; OSError passes through."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._touched: set[Path] = set()
        self.written = 0
        self.removed = 0

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Make the folder if there is none, and keep other writers out of it."""
        self._path.mkdir(parents=True, exist_ok=True)
        with alone(self._path):
            yield

    def read(self, name: str) -> bytes | None:
        """What stands in a file; None where there is none."""
        try:
            return (self._path / name).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def has(self, name: str) -> bool:
        """Whether there is such a file."""
        return (self._path / name).is_file()

    def names(self, folder: str) -> tuple[str, ...]:
        """The names in a folder; none where there is none."""
        try:
            return tuple(sorted(path.name for path in (self._path / folder).iterdir()))
        except FileNotFoundError:
            return ()

    def put(self, name: str, data: bytes) -> None:
        """Put ``data`` in a file's place, unless it is there: on the disk before it gets its name."""
        if self.read(name) == data:
            return
        place = self._path / name
        self._make(place.parent)
        put(place, data, drafts=self._path)  # at the top, where no log has a file
        self._touched.add(place.parent)
        self.written += 1

    def sync(self) -> None:
        """Make the names of all files that were put outlive a power cut."""
        for folder in self._touched:
            sync_folder(folder)
        self._touched.clear()

    def remove(self, name: str) -> None:
        """Take a file away where it is there, and its folder where that is then empty."""
        place = self._path / name
        with suppress(FileNotFoundError, NotADirectoryError):
            place.unlink()
            self.removed += 1
        with suppress(OSError):
            place.parent.rmdir()

    def tidy(self) -> None:
        """Take away what writers that were cut off have left."""
        for draft in self._path.glob(DRAFTS):
            draft.unlink(missing_ok=True)

    def _make(self, folder: Path) -> None:
        if not folder.is_dir():
            self._make(folder.parent)
            folder.mkdir()
            self._touched.add(folder.parent)


@contextmanager
def writing(what: str, hint: str) -> Iterator[None]:
    """What the system refuses becomes a StoreError."""
    try:
        yield
    except (OSError, ValueError) as error:  # ValueError: a path with a zero byte, or none at all
        found = error.strerror or "" if isinstance(error, OSError) else "a path of a wrong form"
        raise StoreError(what, found=found, hint=hint) from error
