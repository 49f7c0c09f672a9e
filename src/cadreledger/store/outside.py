"""The last checkpoint that was signed, in a small file outside the database, beside the key-encrypting key.

A ledger restored from a backup has forgotten what was signed since; this file has not. The office's key must never sign
two histories.
"""

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from cadreledger.errors import KeyStoreError
from cadreledger.store.place import sync_folder

__all__ = ["LastSigned"]

NOTE_BYTES_MAX: Final = 2**20


class LastSigned:
    """The file at ``path``. Whoever writes holds the ledger's write lock, so that no two do."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> bytes | None:
        """The signed note that was written last; None: no file. Raises KeyStoreError if it cannot be read."""
        try:
            with self.path.open("rb") as file:
                return file.read(NOTE_BYTES_MAX)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._unusable(error) from error

    def write(self, note: bytes) -> None:
        """Put ``note`` in the file's place, on the disk before this returns. Raises KeyStoreError where that fails."""
        draft = self.path.with_name(f".{self.path.name}.{os.getpid()}.part")
        try:
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(note)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self.path)
        except OSError as error:
            raise self._unusable(error) from error
        finally:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
        sync_folder(self.path.parent)

    def _unusable(self, error: OSError) -> KeyStoreError:
        what = f"the last signed checkpoint cannot be kept at {self.path}"
        return KeyStoreError(what, found=error.strerror or "", hint="Check the folder, its permissions and the disk.")
