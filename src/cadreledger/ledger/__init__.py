"""The facade: a ledger to create or open, transactions to decide in, histories and figures to read."""

from cadreledger.ledger.facade import Ledger
from cadreledger.ledger.known import AsKnown
from cadreledger.ledger.making import keys_path
from cadreledger.ledger.records import LedgerRecords
from cadreledger.ledger.rows import RowEntry, RowFound, RowState
from cadreledger.ledger.seals import Seal, SealedLog
from cadreledger.ledger.transaction import Receipt, Transaction

__all__ = [
    "AsKnown",
    "Ledger",
    "LedgerRecords",
    "Receipt",
    "RowEntry",
    "RowFound",
    "RowState",
    "Seal",
    "SealedLog",
    "Transaction",
    "keys_path",
]
