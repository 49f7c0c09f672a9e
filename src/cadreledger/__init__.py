"""The service record of a community's retired cadres: immutable, provable events, and figures anybody can recompute."""

from importlib.metadata import version

from cadreledger.errors import (
    CadreLedgerError,
    ConflictError,
    ErasedError,
    InputError,
    IntakeError,
    KeyStoreError,
    RuleError,
    StoreError,
    UnknownSubjectError,
    VerificationError,
)
from cadreledger.events import Recorded
from cadreledger.figures import Figure, Figures, View
from cadreledger.ledger import Ledger, Receipt, Seal, Transaction
from cadreledger.values import Money, Month, Period, fen, yuan

__all__ = [
    "CadreLedgerError",
    "ConflictError",
    "ErasedError",
    "Figure",
    "Figures",
    "InputError",
    "IntakeError",
    "KeyStoreError",
    "Ledger",
    "Money",
    "Month",
    "Period",
    "Receipt",
    "Recorded",
    "RuleError",
    "Seal",
    "StoreError",
    "Transaction",
    "UnknownSubjectError",
    "VerificationError",
    "View",
    "fen",
    "yuan",
]

__version__ = version("cadreledger")
