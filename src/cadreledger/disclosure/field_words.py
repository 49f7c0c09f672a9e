"""What the words of events' fields stand for, in Chinese and English."""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final

from cadreledger.disclosure import chinese, english
from cadreledger.disclosure.bilingual import Said
from cadreledger.events.activity import ActivityKind
from cadreledger.events.branch import BranchKind, FundUse
from cadreledger.events.cadre import (
    AttendanceMode,
    CadreKind,
    LeaveCause,
    Medal,
    MembershipEnd,
    Relation,
    VisitMode,
    VisitReason,
)
from cadreledger.events.community import RegulationWay
from cadreledger.events.dues import ArrearsStep, PaymentMethod
from cadreledger.events.facility import FacilityKind
from cadreledger.events.ledger import ErasureReason
from cadreledger.events.programme import WorkKind
from cadreledger.events.team import TeamKind
from cadreledger.events.void import VoidReason
from cadreledger.values import Qualifier

__all__ = ["OF_FIELDS", "OF_LISTS", "words_of"]


def words_of(field: str, listed: type[Enum] | None) -> Mapping[str, Said]:
    """What the words of a ``field`` stand for: those of its list, or those that a text of that name may hold."""
    return OF_FIELDS.get(field, MappingProxyType({})) if listed is None else OF_LISTS[listed]


def _said(words: Mapping[str, tuple[str, str]]) -> Mapping[str, Said]:
    return MappingProxyType({word: Said(*pair) for word, pair in words.items()})


OF_LISTS: Final[Mapping[type[Enum], Mapping[str, Said]]] = MappingProxyType(
    {
        ErasureReason: _said(
            {
                "request": ("本人要求", "on request"),
                "death": ("去世", "death"),
                "retention": ("保存期满", "no longer to be kept"),
            }
        ),
        VoidReason: _said(
            {reason.value: (chinese.REASONS[reason.value], english.REASONS[reason.value]) for reason in VoidReason}
        ),
        AttendanceMode: _said({"in_person": ("现场", "in person"), "made_up": ("网上补学", "made up online")}),
        CadreKind: _said({"veteran": ("离休", "veteran"), "retired": ("退休", "retired")}),
        LeaveCause: _said(
            {"death": ("去世", "death"), "moved": ("迁出", "moved away"), "error": ("误登记", "registered wrongly")}
        ),
        Medal: _said({"party_50": ("光荣在党50年", "50 years in the Party"), "other": ("其他", "other")}),
        Relation: _said({"formal": ("组织关系", "formal"), "participating": ("参加支部", "taking part")}),
        MembershipEnd: _said(
            {
                "transfer": ("转出组织关系", "moved to another branch"),
                "death": ("去世", "death"),
                "ended": ("不再参加", "takes part no longer"),
                "error": ("误登记", "registered wrongly"),
            }
        ),
        VisitMode: _said({"door": ("上门", "at home"), "online": ("网上", "online")}),
        VisitReason: _said(
            {"study": ("送学", "to bring study"), "comfort": ("慰问", "to comfort"), "call": ("看望", "a call")}
        ),
        ArrearsStep: _said(
            {
                "opened": ("开始核查", "begun"),
                "excused": ("情况属实，予以谅解", "excused"),
                "closed": ("结束", "closed"),
            }
        ),
        PaymentMethod: _said(
            {"cash": ("现金", "cash"), "transfer": ("转账", "transfer"), "proxy": ("代缴", "handed over by another")}
        ),
        BranchKind: _said({"formal": ("正式", "formal"), "temporary": ("临时", "temporary")}),
        FundUse: _said(
            {use.value: (chinese.WORDS["use"][use.value], english.WORDS["use"][use.value]) for use in FundUse}
        ),
        ActivityKind: _said(
            {
                "party_day": ("主题党日", "party day"),
                "group_study": ("集中学习", "group study"),
                "exchange": ("学习交流", "exchange"),
                "recreation": ("文体活动", "culture and sport"),
                "performance": ("演出", "performance"),
                "ceremony": ("仪式", "ceremony"),
                "meeting": ("三会一课", "regular meeting"),
            }
        ),
        TeamKind: _said({"service": ("服务", "service"), "cultural": ("文体", "cultural")}),
        FacilityKind: _said(
            {
                "room": ("功能室", "room"),
                "books": ("图书", "books"),
                "equipment": ("器材", "equipment"),
                "furniture": ("家具", "furniture"),
                "venue": ("合作场地", "shared venue"),
                "power": ("合作电源", "shared power supply"),
            }
        ),
        Qualifier: _said({"exact": ("准确", "exact"), "at_least": ("以上", "at least"), "about": ("约", "about")}),
        RegulationWay: _said({"established": ("建立", "established"), "revised": ("修订", "revised")}),
        WorkKind: _said(
            {
                "survey": ("调研", "survey"),
                "meeting": ("会议", "meeting"),
                "plan": ("计划", "plan"),
                "observation": ("观摩", "observation"),
                "tutoring": ("辅导", "tutoring"),
            }
        ),
    }
)
"""By the list that a field's words are of."""

OF_FIELDS: Final[Mapping[str, Mapping[str, Said]]] = MappingProxyType(
    {
        "sex": _said({"male": ("男", "male"), "female": ("女", "female")}),
        "scheme": _said(
            {
                "employed": ("在职", "employed"),
                "annual_salary": ("年薪制", "paid by the year"),
                "self_employed": ("个体经营", "self-employed"),
                "retired": ("离退休", "retired"),
                "farmer": ("农民", "farmer"),
                "fixed": ("定额", "a fixed amount"),
            }
        ),
        "purpose": _said({"publication": ("公开姓名", "publication")}),
        "post": _said(
            {
                "secretary": ("书记", "secretary"),
                "organiser": ("组织委员", "organiser"),
                "publicist": ("宣传委员", "publicist"),
                "liaison": ("联络员", "liaison"),
            }
        ),
    }
)
"""By the field, where it is text for which the office has words of its own; any other text stands as it is."""
