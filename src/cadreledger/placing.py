"""Putting a file in its place: whole or not at all, and through a power cut. Every room may use it.

OSError passes through: each room says in its own words what could not be written.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkstemp
from typing import BinaryIO, Final

try:
    import fcntl
except ImportError:  # Windows: there, one program at a time may write
    fcntl = None  # type: ignore[assignment]

__all__ = ["alone", "placed", "put", "sync_folder"]

DRAFT_SUFFIX: Final = ".part"


@contextmanager
def placed(place: Path, *, mode: int = 0o644, drafts: Path | None = None) -> Iterator[BinaryIO]:
    """A file to write, which on a clean exit takes the place of the one at ``place``: it is on the disk by then.

    A hidden draft beside it (or in the folder ``drafts``) is all that a kill leaves behind. `sync_folder` makes the
    name last. Raises ValueError for a path without a name, or with a zero byte.
    """
    if not place.name:
        raise ValueError(place)
    # nobody else's file, and no link
    descriptor, name = mkstemp(DRAFT_SUFFIX, f".{place.name}.", drafts or place.parent)
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            draft.chmod(mode)
            os.fsync(file.fileno())
        draft.replace(place)
    except BaseException:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise


def put(place: Path, data: bytes, *, mode: int = 0o644, drafts: Path | None = None) -> None:
    """Put ``data`` in the place of the file at ``place``; see `placed`."""
    with placed(place, mode=mode, drafts=drafts) as file:
        file.write(data)


def sync_folder(folder: Path) -> None:
    """Make a new name in ``folder`` outlive a power cut, where the system can (Windows cannot)."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep everybody else who asks for the same out of ``folder`` meanwhile, where the system can (Windows cannot)."""
    if fcntl is None:
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)  # the system gives it back whatever becomes of this process
        yield
    finally:
        os.close(descriptor)
