"""The state of a branch (党支部)."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

import attrs

from cadreledger.aggregates.holding import HoldingState
from cadreledger.events.branch import BranchKind
from cadreledger.values import Money, Month, fen

__all__ = ["NO_MONEY", "BranchState"]

NO_MONEY: Final = fen(0)


@attrs.frozen(kw_only=True)
class BranchState(HoldingState):
    """A branch as the ledger knows it. ``balance`` of its fund: returned + other income - spent.

    ``closed``: the versions that closed a month's cash.
    """

    kind: BranchKind | None = None
    name: str = ""
    approval: str | None = None
    dissolved: bool = False
    dissolved_on: date | None = None
    posts: Mapping[str, str] = MappingProxyType({})
    balance: Money = NO_MONEY
    closed: Mapping[Month, int] = MappingProxyType({})
