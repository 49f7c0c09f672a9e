"""The words of the workbook's lists, and the English values that they stand for in events."""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final

from cadreledger.values import Qualifier

__all__ = [
    "ACTIVITY_KINDS",
    "ATTENDANCE_MODES",
    "BRANCH_KINDS",
    "CADRE_KINDS",
    "FACILITY_KINDS",
    "FUND_KINDS",
    "FUND_USES",
    "MATTERS",
    "MEETINGS",
    "METHODS",
    "QUALIFIERS",
    "REGULATION_WAYS",
    "SEXES",
    "TEAM_KINDS",
    "VISIT_MODES",
    "VISIT_REASONS",
    "WISH_STATUSES",
    "ActivityKind",
    "AttendanceMode",
    "BranchKind",
    "CadreKind",
    "FacilityKind",
    "FundKind",
    "FundUse",
    "Matter",
    "Method",
    "RegulationWay",
    "Sex",
    "TeamKind",
    "VisitMode",
    "VisitReason",
    "WishStatus",
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


class ActivityKind(Enum):
    """活动 类别."""

    PARTY_DAY = "party_day"
    GROUP_STUDY = "group_study"
    EXCHANGE = "exchange"
    RECREATION = "recreation"
    PERFORMANCE = "performance"
    CEREMONY = "ceremony"
    MEETING = "meeting"


class AttendanceMode(Enum):
    """出勤 方式: MADE_UP counts for a person's coverage, not for attendance."""

    IN_PERSON = "in_person"
    MADE_UP = "made_up"


class WishStatus(Enum):
    """微心愿 状态."""

    OPEN = "open"
    CLAIMED = "claimed"
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"


class TeamKind(Enum):
    """队伍 类别."""

    SERVICE = "service"
    CULTURAL = "cultural"


class FacilityKind(Enum):
    """设施 类别: a VENUE or a POWER supply belongs to a partner."""

    ROOM = "room"
    BOOKS = "books"
    EQUIPMENT = "equipment"
    FURNITURE = "furniture"
    VENUE = "venue"
    POWER = "power"


class RegulationWay(Enum):
    """制度 方式."""

    ESTABLISHED = "established"
    REVISED = "revised"


class Matter(Enum):
    """创建工作 事项."""

    SURVEY = "survey"
    MEETING = "meeting"
    ISSUE = "issue"
    PLAN = "plan"
    RECTIFICATION = "rectification"
    VERIFICATION = "verification"
    OBSERVATION = "observation"
    TUTORING = "tutoring"
    APPLICATION = "application"
    RECOMMENDATION = "recommendation"


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
ACTIVITY_KINDS: Final[Mapping[str, ActivityKind]] = MappingProxyType(
    {
        "主题党日": ActivityKind.PARTY_DAY,
        "集中学习": ActivityKind.GROUP_STUDY,
        "学习交流": ActivityKind.EXCHANGE,
        "文体活动": ActivityKind.RECREATION,
        "演出": ActivityKind.PERFORMANCE,
        "仪式": ActivityKind.CEREMONY,
        "三会一课": ActivityKind.MEETING,
    }
)
MEETINGS: Final = ("党员大会", "支委会", "支部委员会", "党小组会", "党课")
"""The three meetings and one lesson of 三会一课, as a title may name them."""

ATTENDANCE_MODES: Final[Mapping[str, AttendanceMode]] = MappingProxyType(
    {"现场": AttendanceMode.IN_PERSON, "网上补学": AttendanceMode.MADE_UP}
)
WISH_STATUSES: Final[Mapping[str, WishStatus]] = MappingProxyType(
    {
        "待认领": WishStatus.OPEN,
        "已认领": WishStatus.CLAIMED,
        "已完成": WishStatus.FULFILLED,
        "已取消": WishStatus.CANCELLED,
    }
)
TEAM_KINDS: Final[Mapping[str, TeamKind]] = MappingProxyType({"服务": TeamKind.SERVICE, "文体": TeamKind.CULTURAL})
FACILITY_KINDS: Final[Mapping[str, FacilityKind]] = MappingProxyType(
    {
        "功能室": FacilityKind.ROOM,
        "图书": FacilityKind.BOOKS,
        "器材": FacilityKind.EQUIPMENT,
        "家具": FacilityKind.FURNITURE,
        "合作场地": FacilityKind.VENUE,
        "合作电源": FacilityKind.POWER,
    }
)
REGULATION_WAYS: Final[Mapping[str, RegulationWay]] = MappingProxyType(
    {"建立": RegulationWay.ESTABLISHED, "修订": RegulationWay.REVISED}
)
MATTERS: Final[Mapping[str, Matter]] = MappingProxyType(
    {
        "调研": Matter.SURVEY,
        "会议": Matter.MEETING,
        "自查问题": Matter.ISSUE,
        "计划": Matter.PLAN,
        "整改": Matter.RECTIFICATION,
        "验收": Matter.VERIFICATION,
        "观摩": Matter.OBSERVATION,
        "辅导": Matter.TUTORING,
        "申报": Matter.APPLICATION,
        "推荐": Matter.RECOMMENDATION,
    }
)
QUALIFIERS: Final[Mapping[str, Qualifier]] = MappingProxyType(
    {"准确": Qualifier.EXACT, "约": Qualifier.ABOUT, "以上": Qualifier.AT_LEAST}
)
