"""How a ledger comes to be: its files, its keys, its first event; and how they are found again."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cadreledger.errors import InputError, KeyStoreError, StoreError, VerificationError
from cadreledger.events import VOCABULARY, Codec, Entry, utc_text
from cadreledger.events.ledger import LedgerOpened
from cadreledger.figures import Catalogue
from cadreledger.ledger.origin import default_origin
from cadreledger.ledger.seals import unsealed
from cadreledger.sealing import verifier_key
from cadreledger.store import EventStore, KeyStore, NewRecord
from cadreledger.values import StreamKind, actor, stream_id

__all__ = ["Random", "first_event", "keys_path", "make", "open_keys"]

LEDGER_STREAM: Final = stream_id(StreamKind.LEDGER)
SUITE: Final = "sha256-ed25519"
TX_BYTES: Final = 16

Random = Callable[[int], bytes]


def make(
    place: Path,
    name: str,
    origin: str | None,
    time_zone: str,
    kek_dir: Path | None,
    clock: Callable[[], datetime],
    random: Random,
) -> None:
    """Make the ledger's file and its key store. Raises as `Ledger.create` says."""
    if type(name) is not str or not name.strip() or not name.isprintable():
        raise InputError("a ledger needs a name", "printable text such as 永兴社区")
    if "\0" in str(place):
        raise InputError("a ledger cannot be made there", "a path without a zero byte")
    if keys_path(place).exists() and not place.exists():
        hint = "If a creation was cut off before the ledger was there, remove this key store and try again."
        raise KeyStoreError(f"there is a key store at {keys_path(place)} and no ledger beside it", hint=hint)
    try:
        ZoneInfo(time_zone)
    except (KeyError, ValueError, OSError, TypeError) as error:
        raise InputError("a time zone is not known", "a name such as Asia/Shanghai", repr(time_zone)[:64]) from error
    # In this order the key store is in place before there are events that need it.
    with EventStore.building(place) as store, KeyStore.building(keys_path(place), kek_dir, random=random) as keys:
        public_key = Ed25519PrivateKey.from_private_bytes(keys.signing_seed).public_key().public_bytes_raw()
        named = default_origin(name, public_key) if origin is None else origin
        if type(named) is not str:
            raise InputError("an origin has a wrong form", "text", type(named).__name__)
        try:
            verifier = verifier_key(named, public_key)
        except VerificationError as error:
            raise InputError("an origin has a wrong form", error.expected) from error
        opened = LedgerOpened(
            origin=named,
            suite=SUITE,
            keys=(verifier,),
            catalogue=Catalogue.load().digest,
            time_zone=time_zone,
            name=name,
            key_store=keys.store_id,
        )
        moment, tx = clock(), random(TX_BYTES).hex()
        entry = Entry(stream=LEDGER_STREAM, version=1, recorded_at=moment, by=actor("system:create"), tx=tx, tx_size=1)
        encoded = Codec(VOCABULARY, random).encode(opened, entry, None)
        record = NewRecord(LEDGER_STREAM, 1, encoded.topic, encoded.state)
        store.append([record], tx=tx, recorded_at=utc_text(moment))
        keys.last_signed.write(unsealed(named, keys.signing_seed))


def first_event(store: EventStore) -> LedgerOpened:
    """What the ledger says of itself. Raises StoreError if it says nothing of the kind."""
    stored = store.record(LEDGER_STREAM, 1)
    if stored is None:
        raise StoreError("this ledger has no first event", "ledger.opened", "nothing")
    columns = (stored.position, stored.stream, stored.version, stored.topic, stored.state)
    opened = Codec(VOCABULARY).decode(columns).event
    if not isinstance(opened, LedgerOpened):
        raise StoreError("this ledger does not begin as one", "ledger.opened", opened.wire)
    return opened


def open_keys(
    place: Path, opened: LedgerOpened, kek_dir: Path | None, random: Random, *, reading: bool = False
) -> KeyStore | KeyStoreError:
    """The ledger's key store, or why it cannot be used: a ledger without one can still be read."""
    try:
        return KeyStore.open(keys_path(place), kek_dir, ledger_id=opened.key_store, random=random, reading=reading)
    except KeyStoreError as error:
        return error


def keys_path(ledger: Path) -> Path:
    """Where a ledger's key store is: ``yongxing.ledger`` has ``yongxing.keys`` beside it."""
    return ledger.with_suffix(".keys") if ledger.suffix == ".ledger" else ledger.with_name(f"{ledger.name}.keys")
