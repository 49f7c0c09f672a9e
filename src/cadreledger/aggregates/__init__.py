"""Who decides: immutable states, folded from events, and handles whose verbs are the decisions."""

from cadreledger.aggregates.base import Batch, Handle, Pending, Violation, choose
from cadreledger.aggregates.branch import Branch, BranchFold, BranchState
from cadreledger.aggregates.cadre import Cadre
from cadreledger.aggregates.cadre_state import CadreFold, CadreState

__all__ = [
    "Batch",
    "Branch",
    "BranchFold",
    "BranchState",
    "Cadre",
    "CadreFold",
    "CadreState",
    "Handle",
    "Pending",
    "Violation",
    "choose",
]
