"""What a key store keeps outside the database, beside its key-encrypting key: what was signed last, and where it lies.

Whoever puts the ledger's folder back as it was, or makes a copy of it, does not put these back or copy them:

- ``<id>.checkpoint``: the checkpoint that was signed last. A ledger restored from a backup has forgotten what was
  signed since; the office's key must never sign two histories.
- ``<id>.place``: the paths of the key-encrypting key and of the key store. Erasing somebody replaces the
  key-encrypting key, which ends every other copy of the key store; done in a copy, it would end the one that the office
  works with.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from cadreledger.errors import KeyStoreError
from cadreledger.placing import alone, put, sync_folder

__all__ = ["LastSigned", "Whereabouts"]

NOTE_BYTES_MAX: Final = 2**20
PATH_BYTES_MAX: Final = 2**16
MODE: Final = 0o600


class LastSigned:
    """The checkpoint that was signed last. It is there from a ledger's first day on, over no events then."""

    def __init__(self, kek_file: Path) -> None:
        self.path = kek_file.with_suffix(".checkpoint")

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody else signs meanwhile, in whatever copy of the ledger. Raises KeyStoreError."""
        with _told(self.path), alone(self.path.parent):
            yield

    def read(self) -> bytes | None:
        """The signed note; None: no file. Raises KeyStoreError if it cannot be read."""
        return _read(self.path, NOTE_BYTES_MAX)

    def write(self, note: bytes) -> None:
        """Put ``note`` in the file's place, on the disk before this returns. Raises KeyStoreError where that fails."""
        _write(self.path, note)


class Whereabouts:
    """Where the key store lies that a key-encrypting key belongs to: at ``place``, for all we know."""

    def __init__(self, kek_file: Path, place: Path) -> None:
        self._path = kek_file.with_suffix(".place")
        self._kek_file = kek_file
        self._place = place

    @contextmanager
    def new(self) -> Iterator[None]:
        """Keep it, and forget it if the block fails. Raises KeyStoreError where that cannot be written."""
        self._keep()
        try:
            yield
        except BaseException:
            self._path.unlink(missing_ok=True)
            raise

    def check(self) -> None:
        """Raises KeyStoreError where it lies elsewhere, and is there; one that was moved is followed.

        A copy with a copy of the key-encrypting key is nobody's original, and ends none.
        """
        held = (_read(self._path, PATH_BYTES_MAX) or b"").split(b"\0")
        own = self._paths()
        if held == own:
            return
        original = Path(held[-1].decode("utf-8", "surrogateescape"))
        if held[0] == own[0] and _is_there(original, self._place):
            what = "nobody is erased in a copy: the key store that it was made of could not be opened any more"
            hint = "Erase there; or, where this one is to take its place, move the other one away first."
            raise KeyStoreError(what, f"the key store at {original}", f"the one at {self._place}", hint)
        self._keep()

    def _keep(self) -> None:
        _write(self._path, b"\0".join(self._paths()))

    def _paths(self) -> list[bytes]:
        return [str(path.resolve()).encode("utf-8", "surrogateescape") for path in (self._kek_file, self._place)]


def _is_there(original: Path, place: Path) -> bool:
    try:
        return original.exists() and not original.samefile(place)
    except (OSError, ValueError):
        return False


def _read(path: Path, bytes_max: int) -> bytes | None:
    with _told(path):
        try:
            with path.open("rb") as file:
                return file.read(bytes_max)
        except FileNotFoundError:
            return None


def _write(path: Path, data: bytes) -> None:
    with _told(path):
        put(path, data, mode=MODE)
        sync_folder(path.parent)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        what = f"what a key store needs beside its key cannot be kept at {path}"
        hint = "Check the folder, its permissions and the disk."
        raise KeyStoreError(what, found=error.strerror or "", hint=hint) from error
