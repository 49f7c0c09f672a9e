"""The words of the workbook's lists, and the English values that they stand for in events."""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final

__all__ = [
    "BRANCH_KINDS",
    "CADRE_KINDS",
    "FUND_KINDS",
    "FUND_USES",
    "METHODS",
    "SEXES",
    "VISIT_MODES",
    "VISIT_REASONS",
    "BranchKind",
    "CadreKind",
    "FundKind",
    "FundUse",
    "Method",
    "Sex",
    "VisitMode",
    "VisitReason",
]


class BranchKind(Enum):
    """支部 类型."""

    FORMAL = "formal"
    TEMPORARY = "temporary"


class CadreKind(Enum):
    """干部 类别: a 离休 cadre is a veteran of before October 1949."""

    VETERAN = "veteran"
    RETIRED = "retired"


class Sex(Enum):
    """干部 性别."""

    MALE = "male"
    FEMALE = "female"


class Method(Enum):
    """党费 方式: by PROXY, somebody else hands over the member's own money."""

    CASH = "cash"
    TRANSFER = "transfer"
    PROXY = "proxy"


class FundKind(Enum):
    """党费收支 类别."""

    REMITTED = "remitted"
    RETURNED = "returned"
    SPENT = "spent"


class FundUse(Enum):
    """党费收支 用途, of what was spent."""

    TRAINING = "training"
    SUBSCRIPTIONS = "subscriptions"
    COMMENDATION = "commendation"
    HARDSHIP_AID = "hardship_aid"
    DISASTER_AID = "disaster_aid"
    PARTY_DAY = "party_day"
    VISITS = "visits"
    VENUES = "venues"
    OTHER = "other"  # any word that is not in the list


class VisitReason(Enum):
    """走访 事由."""

    STUDY = "study"
    COMFORT = "comfort"
    CALL = "call"


class VisitMode(Enum):
    """走访 方式: ONLINE is a remote make-up lesson."""

    DOOR = "door"
    ONLINE = "online"


BRANCH_KINDS: Final[Mapping[str, BranchKind]] = MappingProxyType(
    {"正式": BranchKind.FORMAL, "临时": BranchKind.TEMPORARY}
)
CADRE_KINDS: Final[Mapping[str, CadreKind]] = MappingProxyType({"离休": CadreKind.VETERAN, "退休": CadreKind.RETIRED})
SEXES: Final[Mapping[str, Sex]] = MappingProxyType({"男": Sex.MALE, "女": Sex.FEMALE})
METHODS: Final[Mapping[str, Method]] = MappingProxyType(
    {"现金": Method.CASH, "转账": Method.TRANSFER, "代缴": Method.PROXY}
)
FUND_KINDS: Final[Mapping[str, FundKind]] = MappingProxyType(
    {"上缴": FundKind.REMITTED, "返还": FundKind.RETURNED, "支出": FundKind.SPENT}
)
FUND_USES: Final[Mapping[str, FundUse]] = MappingProxyType(
    {
        "党员教育培训": FundUse.TRAINING,
        "订阅购买资料设备": FundUse.SUBSCRIPTIONS,
        "表彰先进": FundUse.COMMENDATION,
        "困难党员补助": FundUse.HARDSHIP_AID,
        "受灾补助修缮": FundUse.DISASTER_AID,
        "主题党日": FundUse.PARTY_DAY,
        "走访慰问": FundUse.VISITS,
        "活动场所": FundUse.VENUES,
    }
)
VISIT_REASONS: Final[Mapping[str, VisitReason]] = MappingProxyType(
    {"送学": VisitReason.STUDY, "慰问": VisitReason.COMFORT, "看望": VisitReason.CALL}
)
VISIT_MODES: Final[Mapping[str, VisitMode]] = MappingProxyType({"上门": VisitMode.DOOR, "网上": VisitMode.ONLINE})
