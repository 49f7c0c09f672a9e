"""The key-encrypting key (KEK), in a file of its own, and what it and the keys under it do: wrap secrets.

A wrapped secret is nonce (12 bytes) ‖ AES-256-GCM(key, secret), with what it belongs to as associated data,
so that none can be moved to another place.

A KEK is replaced in three steps, of which each may be the last before a power cut: the next one is written beside it,
the key store is brought under the next one, the next one takes the place of the old one, whose bytes are overwritten.
Whoever finds two files tries which of them opens the key store.
"""

import os
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cadreledger.errors import KeyStoreError
from cadreledger.placing import sync_folder

__all__ = [
    "KEY_BYTES",
    "Random",
    "check_replaceable",
    "kek_path",
    "making_kek",
    "next_kek",
    "opens",
    "read_kek",
    "settle_kek",
    "unwrap",
    "wrap",
    "write_kek",
]

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
KEK_DIR_VARIABLE: Final = "CADRELEDGER_KEK_DIR"
_FOR_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO

Random = Callable[[int], bytes]
"""So many random bytes, such as `secrets.token_bytes`."""


def wrap(key: bytes, secret: bytes, identity: bytes, random: Random) -> bytes:
    """``secret`` under ``key`` (32 bytes), bound to ``identity``."""
    nonce = random(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, secret, identity)


def unwrap(key: bytes, wrapped: bytes, identity: bytes) -> bytes:
    """The secret again. Raises KeyStoreError if it was wrapped under another key, for another identity, or damaged."""
    try:
        return AESGCM(key).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], identity)
    except (InvalidTag, ValueError, TypeError) as error:  # TypeError: no bytes at all
        hint = "Restore the key store from a backup."
        raise KeyStoreError("an entry of the key store is damaged", hint=hint) from error


def opens(key: bytes, wrapped: bytes, identity: bytes) -> bool:
    """Whether ``wrapped`` was wrapped under ``key``, for that identity."""
    try:
        AESGCM(key).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], identity)
    except (InvalidTag, ValueError, TypeError):
        return False
    return True


def kek_path(store_id: str, folder: Path | None, environ: Mapping[str, str] = os.environ) -> Path:
    """Where the KEK of that key store is: in ``folder``, else $CADRELEDGER_KEK_DIR, else the user's configuration.

    That is ``cadreledger`` in $XDG_CONFIG_HOME or ~/.config (XDG Base Directory 0.8: a relative one is ignored).
    """
    if folder is None:
        configured = Path(environ.get("XDG_CONFIG_HOME", ""))
        configuration = configured if configured.is_absolute() else Path.home() / ".config"
        folder = Path(environ.get(KEK_DIR_VARIABLE) or configuration / "cadreledger")
    return folder / f"{store_id}.kek"


@contextmanager
def making_kek(path: Path, random: Random) -> Iterator[bytes]:
    """A new KEK in a new file at ``path`` (mode 0600, in a folder of mode 0700), gone again if the block fails."""
    key = random(KEY_BYTES)
    with _writing(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_kek(path, key)
    try:
        yield key
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def write_kek(path: Path, key: bytes) -> None:
    """Write ``key`` to a new file at ``path`` (mode 0600), to outlive a power cut. Raises KeyStoreError."""
    with _writing(path):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        sync_folder(path.parent)


def next_kek(path: Path) -> Path:
    """Where the KEK is that will take the place of the one at ``path``."""
    return path.with_name(f"{path.name}.next")


def check_replaceable(path: Path) -> None:
    """Raises KeyStoreError unless the KEK at ``path`` can be replaced by another one."""
    if not os.access(path.parent, os.W_OK | os.X_OK):
        hint = f"Let the folder {path.parent} be written to while somebody is erased."
        raise KeyStoreError(f"the key-encrypting key at {path} cannot be replaced", hint=hint)


def settle_kek(path: Path, kek: bytes, random: Random) -> None:
    """Where there is a next KEK beside the one at ``path``, leave one of them, ``kek``; the other is overwritten.

    Raises KeyStoreError.
    """
    following = next_kek(path)
    with _writing(following):
        if not following.exists():
            return
        if following.read_bytes() == kek:
            _overwrite(path, random)
            following.replace(path)
        else:
            _overwrite(following, random)
            following.unlink()
        sync_folder(path.parent)


def _overwrite(path: Path, random: Random) -> None:
    """Put random bytes in the place of a KEK: in the same file, so on the same blocks where the disk keeps to that."""
    if not path.exists():
        return
    path.chmod(0o600)  # it may have been made read-only
    descriptor = os.open(path, os.O_WRONLY)
    with os.fdopen(descriptor, "wb") as file:
        file.write(random(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        what = f"the key-encrypting key cannot be written to {path}"
        hint = f"Set {KEK_DIR_VARIABLE} to a folder that you may write."
        raise KeyStoreError(what, found=error.strerror or "", hint=hint) from error


def read_kek(path: Path) -> bytes:
    """The KEK at ``path``. Raises KeyStoreError if it is missing, of a wrong length, or others could read it."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            key = file.read(KEY_BYTES + 1)
    except OSError as error:
        what = f"the key-encrypting key cannot be read from {path}"
        hint = f"Set {KEK_DIR_VARIABLE} to the folder that it is in, or restore it from a backup."
        raise KeyStoreError(what, found=error.strerror or "", hint=hint) from error
    if os.name == "posix" and mode & _FOR_OTHERS:
        what = f"others can use the key-encrypting key at {path}"
        hint = f"Find out who has read it, then: chmod 600 '{path}'"
        raise KeyStoreError(what, "mode 0600", f"mode {stat.S_IMODE(mode):04o}", hint)
    if len(key) != KEY_BYTES:
        what = f"the file at {path} is no key-encrypting key"
        raise KeyStoreError(what, f"{KEY_BYTES} bytes", "another length", "Restore it from a backup.")
    return key
