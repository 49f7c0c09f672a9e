"""Who decides: immutable states, folded from events, and handles whose verbs are the decisions."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from cadreledger.aggregates.base import Batch, Handle, Pending, Place, choose
from cadreledger.aggregates.branch import Branch
from cadreledger.aggregates.branch_fold import BranchFold
from cadreledger.aggregates.branch_state import BranchState
from cadreledger.aggregates.cadre import Cadre
from cadreledger.aggregates.cadre_fold import CadreFold
from cadreledger.aggregates.cadre_state import CadreState
from cadreledger.aggregates.community import Community
from cadreledger.aggregates.community_rules import CommunityState
from cadreledger.aggregates.facility import Facility
from cadreledger.aggregates.facility_fold import FacilityFold
from cadreledger.aggregates.facility_rules import Booking, FacilityState
from cadreledger.aggregates.log import Log, LogState
from cadreledger.aggregates.person import Person, PersonFold, PersonState
from cadreledger.aggregates.programme import Programme, ProgrammeState
from cadreledger.aggregates.standing import Fold, State
from cadreledger.aggregates.team import Team, TeamFold, TeamState
from cadreledger.aggregates.violation import Violation
from cadreledger.values import StreamKind

_KINDS: Final = (Branch, Cadre, Community, Facility, Log, Person, Programme, Team)
FOLDS: Final[Mapping[StreamKind, type[Fold[Any]]]] = MappingProxyType({kind.kind: kind.fold for kind in _KINDS})
"""What each kind of stream is folded by."""

__all__ = [
    "FOLDS",
    "Batch",
    "Booking",
    "Branch",
    "BranchFold",
    "BranchState",
    "Cadre",
    "CadreFold",
    "CadreState",
    "Community",
    "CommunityState",
    "Facility",
    "FacilityFold",
    "FacilityState",
    "Fold",
    "Handle",
    "Log",
    "LogState",
    "Pending",
    "Person",
    "PersonFold",
    "PersonState",
    "Place",
    "Programme",
    "ProgrammeState",
    "State",
    "Team",
    "TeamFold",
    "TeamState",
    "Violation",
    "choose",
]
