"""Where bytes live: the ledger's events and, in a file of their own, the keys of the people they are about."""

from cadreledger.store.events import EventStore, NewRecord, StoredRecord
from cadreledger.store.kek import kek_path
from cadreledger.store.keys import KeyStore, NewKey, NewRow, RowEntry
from cadreledger.store.outside import LastSigned
from cadreledger.store.tree import SealedTree, StoredCheckpoint

__all__ = [
    "EventStore",
    "KeyStore",
    "LastSigned",
    "NewKey",
    "NewRecord",
    "NewRow",
    "RowEntry",
    "SealedTree",
    "StoredCheckpoint",
    "StoredRecord",
    "kek_path",
]
