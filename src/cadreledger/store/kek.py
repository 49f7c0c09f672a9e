"""The key-encrypting key (KEK), in a file of its own, and what it and the keys under it do: wrap secrets.

A wrapped secret is nonce (12 bytes) ‖ AES-256-GCM(key, secret), with what it belongs to as associated data,
so that none can be moved to another place.
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
from cadreledger.store.place import sync_folder

__all__ = ["KEY_BYTES", "Random", "kek_path", "making_kek", "read_kek", "unwrap", "wrap"]

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
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        sync_folder(path.parent)
    except OSError as error:
        what = f"the key-encrypting key cannot be written to {path}"
        hint = f"Set {KEK_DIR_VARIABLE} to a folder that you may write."
        raise KeyStoreError(what, found=error.strerror or "", hint=hint) from error
    try:
        yield key
    except BaseException:
        path.unlink(missing_ok=True)
        raise


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
