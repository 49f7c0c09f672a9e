"""The facade: a ledger to create or open, transactions to decide in, histories and figures to read."""

from cadreledger.ledger.facade import Ledger
from cadreledger.ledger.known import AsKnown
from cadreledger.ledger.making import keys_path
from cadreledger.ledger.rows import RowEntry, RowFound, RowState
from cadreledger.ledger.transaction import Receipt, Transaction

__all__ = ["AsKnown", "Ledger", "Receipt", "RowEntry", "RowFound", "RowState", "Transaction", "keys_path"]
