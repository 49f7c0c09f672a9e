"""How a person's key is destroyed, so that no copy of the key store brings it back.

1. The stream is noted as one to erase, and the erasure is recorded in the ledger; this is the caller's.
2. A new KEK is written beside the old one.
3. In one transaction, every other secret is brought under the new KEK; the person's key, code and rows are deleted, and
   a tombstone takes the place of the code.
4. The old KEK is overwritten and gives its place to the new one. Now older copies and pages are of no use.
5. Old pages are shed from the file and its log; then the note goes.

Each step may be the last before a power cut: whoever opens the key store next goes on from there.
"""

from cadreledger.store.kek import KEY_BYTES, check_replaceable, next_kek, opens, unwrap, wrap, write_kek
from cadreledger.store.key_tables import code_digest, digest_of, message
from cadreledger.store.vault import Vault

__all__ = ["begin", "destroy", "is_erased", "pending", "tidy"]


def begin(vault: Vault, stream: str) -> None:
    """Note that the key of ``stream`` is to be destroyed; nothing happens to it yet.

    Raises KeyStoreError if the KEK cannot be replaced, or belongs to another copy of the key store.
    """
    check_replaceable(vault.kek_file)
    vault.place.check()
    with vault.transaction():
        vault.write("INSERT OR IGNORE INTO erasing VALUES (?)", [(stream,)])


def pending(vault: Vault) -> tuple[str, ...]:
    """The streams noted whose key is still there."""
    noted = vault.rows("SELECT stream FROM erasing WHERE stream IN (SELECT stream FROM keys)")
    return tuple(str(stream) for (stream,) in noted)


def is_erased(vault: Vault, code: str) -> bool:
    """Whether the key of the person with that code was destroyed."""
    return vault.row("SELECT 1 FROM erased WHERE digest=?", digest_of(vault.ledger_key, "erased", code)) is not None


def destroy(vault: Vault, stream: str) -> None:
    """Destroy the key of ``stream``, for good. Where it is gone already, finish what is left to do.

    Raises KeyStoreError in a copy, where the original is there.
    """
    vault.place.check()
    with vault.transaction():
        vault.settle_inside()
        found = vault.row("SELECT key, code FROM keys WHERE stream=?", stream)
        if found is not None:
            key = vault.unwrap(found[0], "key", stream)
            kek = vault.random(KEY_BYTES)
            write_kek(next_kek(vault.kek_file), kek)
            _delete(vault, stream, key, found[1])
            _rewrap(vault, kek)
    vault.reload()
    vault.settle()
    tidy(vault)


def tidy(vault: Vault) -> None:
    """Finish erasures whose key is gone. What other connections keep from being done is left to whoever comes next."""
    done = vault.rows("SELECT stream FROM erasing WHERE stream NOT IN (SELECT stream FROM keys)")
    if done and vault.shed():
        with vault.transaction():
            vault.write("DELETE FROM erasing WHERE stream=?", [(stream,) for (stream,) in done])


def _delete(vault: Vault, stream: str, key: bytes, wrapped_code: bytes | None) -> None:
    if wrapped_code is not None:
        code = unwrap(key, wrapped_code, message("code", stream)).decode()
        vault.write("INSERT OR IGNORE INTO erased VALUES (?)", [(digest_of(vault.ledger_key, "erased", code),)])
    vault.write("DELETE FROM keys WHERE stream=?", [(stream,)])
    theirs = [(digest,) for digest, entry in vault.each("SELECT digest, entry FROM rows") if opens(key, entry, digest)]
    vault.write("DELETE FROM rows WHERE digest=?", theirs)


def _rewrap(vault: Vault, kek: bytes) -> None:
    """Bring all that is under the vault's KEK under ``kek``."""
    own = []
    for name, wrapped in vault.rows("SELECT name, value FROM store WHERE name<>'id'"):
        identity = message(name, vault.store_id)
        own.append((wrap(kek, unwrap(vault.kek, wrapped, identity), identity, vault.random), name))
    vault.write("UPDATE store SET value=? WHERE name=?", own)
    keys = []
    for stream, wrapped, wrapped_code in vault.rows("SELECT stream, key, code FROM keys"):
        identity = message("key", stream)
        key = unwrap(vault.kek, wrapped, identity)
        code = None if wrapped_code is None else unwrap(key, wrapped_code, message("code", stream)).decode()
        digest = None if code is None else code_digest(kek, code)
        keys.append((wrap(kek, key, identity, vault.random), digest, stream))
    vault.write("UPDATE keys SET key=?, digest=? WHERE stream=?", keys)
