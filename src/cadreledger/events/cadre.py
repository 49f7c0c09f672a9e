"""What happens to a retired cadre: registration, membership, services. Dues are in `events.dues`."""

from datetime import date
from enum import Enum
from typing import Final

from cadreledger.events.sections import Dated, Event, event, internal, personal, public, rests_on
from cadreledger.values import Month, StreamId, StreamKind

__all__ = [
    "NAME_IN_NOTICE",
    "AttendanceMode",
    "AttendanceRecorded",
    "CadreChanged",
    "CadreKind",
    "CadreLeft",
    "CadreRegistered",
    "ConsentChanged",
    "LeaveCause",
    "Medal",
    "MedalAwarded",
    "MemberJoined",
    "MemberLeft",
    "MembershipEnd",
    "Relation",
    "TransferSent",
    "VisitConfirmed",
    "VisitMade",
    "VisitMode",
    "VisitReason",
    "WishCancelled",
    "WishClaimed",
    "WishFulfilled",
    "WishMade",
]


class CadreKind(Enum):
    """Two kinds by law (国发〔1982〕62号)."""

    VETERAN = "veteran"  # 离休
    RETIRED = "retired"  # 退休


class LeaveCause(Enum):
    """Why somebody is no longer in the register."""

    DEATH = "death"
    MOVED = "moved"
    ERROR = "error"  # was registered wrongly


class Relation(Enum):
    """How a member belongs to a branch: one formal relation, several places of taking part."""

    FORMAL = "formal"  # 组织关系
    PARTICIPATING = "participating"  # 参加支部


class MembershipEnd(Enum):
    """Why a member is no longer in a branch."""

    TRANSFER = "transfer"
    DEATH = "death"
    ENDED = "ended"  # taking part came to its end
    ERROR = "error"


class VisitMode(Enum):
    """Where a visit took place."""

    DOOR = "door"  # 上门
    ONLINE = "online"  # 网上: a remote make-up lesson


class VisitReason(Enum):
    """Why somebody was visited."""

    STUDY = "study"  # 送学
    COMFORT = "comfort"  # 慰问
    CALL = "call"  # 看望


class AttendanceMode(Enum):
    """How somebody took part in an activity."""

    IN_PERSON = "in_person"  # 现场
    MADE_UP = "made_up"  # 网上补学: counts for coverage, not for attendance


class Medal(Enum):
    """What a person was decorated with."""

    PARTY_50 = "party_50"  # 光荣在党50年
    OTHER = "other"


@event("cadre.registered/1", StreamKind.CADRE, counted=True, dated=Dated.MAYBE)
class CadreRegistered(Event):
    """A retired cadre enters the community's register. Without a date, they count from the start."""

    kind: CadreKind = public()
    smartphone: bool = internal()
    frail: bool = internal()
    full_member_on: date | None = internal(default=None)
    code: str | None = personal(default=None)
    name: str | None = personal(default=None)
    sex: str | None = personal(default=None)
    born: str | None = personal(unit="YYYY-MM", default=None)
    phone: str | None = personal(default=None)
    address: str | None = personal(default=None)


@event("cadre.changed/1", StreamKind.CADRE, counted=False, dated=Dated.MAYBE)
class CadreChanged(Event):
    """The register says something else of a person now; deltas are -1, 0 or 1, personal fields as they read now."""

    smartphone_delta: int = internal(unit="people", default=0)
    frail_delta: int = internal(unit="people", default=0)
    full_member_on: date | None = internal(default=None)
    name: str | None = personal(default=None)
    sex: str | None = personal(default=None)
    born: str | None = personal(unit="YYYY-MM", default=None)
    phone: str | None = personal(default=None)
    address: str | None = personal(default=None)


@event("cadre.left/1", StreamKind.CADRE, counted=True, dated=Dated.MAYBE)
class CadreLeft(Event):
    """A person leaves the register, and with them what they were counted as."""

    kind: CadreKind = public()
    cause: LeaveCause = internal()
    smartphone: bool = internal()
    frail: bool = internal()
    circumstances: str | None = personal(default=None)


@event("member.joined/1", StreamKind.CADRE, counted=False, dated=Dated.MAYBE)
class MemberJoined(Event):
    """A party member joins a branch. ``permit`` is a 流动党员活动证, ``letter`` an introduction letter's number."""

    branch: StreamId = internal()
    relation: Relation = internal()
    permit: str | None = internal(default=None)
    letter: str | None = internal(default=None)


@event("member.left/1", StreamKind.CADRE, counted=False, dated=Dated.MAYBE)
class MemberLeft(Event):
    """A party member leaves a branch."""

    branch: StreamId = internal()
    relation: Relation = internal()
    cause: MembershipEnd = internal()


@event("transfer.sent/1", StreamKind.CADRE, counted=False)
class TransferSent(Event):
    """An introduction letter goes out; the old branch stays responsible until the new one accepts."""

    from_branch: StreamId = internal()
    to_branch: str = internal()
    paid_to: Month = internal()
    expires_on: date = internal()


@event("visit.made/1", StreamKind.CADRE, counted=True)
class VisitMade(Event):
    """Somebody was visited. ``repeated``: it looks like a visit already recorded, and waits for a decision."""

    mode: VisitMode = public()
    repeated: bool = public()
    reason: VisitReason = internal()
    group: str | None = internal(default=None)
    handler: str | None = internal(default=None)
    content: str | None = personal(default=None)
    note: str | None = personal(default=None)


@event("visit.confirmed/1", StreamKind.CADRE, counted=True)
class VisitConfirmed(Event):
    """A possible duplicate was a visit of its own. ``occurred_on`` is the day of the visit."""

    mode: VisitMode = public()
    visit: int = rests_on()


@event("attendance.recorded/1", StreamKind.CADRE, counted=True)
class AttendanceRecorded(Event):
    """Somebody took part in an activity (its code), or made it up. ``occurred_on`` is the day of the activity.

    ``holder`` is the stream of who held it, since a code is unique for each of them.
    """

    mode: AttendanceMode = public()
    activity: str = internal()
    holder: StreamId | None = internal(default=None)
    note: str | None = personal(default=None)


@event("wish.made/1", StreamKind.CADRE, counted=True)
class WishMade(Event):
    """A person puts a small wish (微心愿) forward, under the office's ``code``."""

    code: str = internal()
    content: str | None = personal(default=None)


@event("wish.claimed/1", StreamKind.CADRE, counted=False)
class WishClaimed(Event):
    """Somebody takes a wish on; without a ``claimant`` (a post or an account), it is free again."""

    wish: int = rests_on()
    claimant: str | None = internal(default=None)
    note: str | None = personal(default=None)


@event("wish.cancelled/1", StreamKind.CADRE, counted=False, dated=Dated.MAYBE)
class WishCancelled(Event):
    """A wish is withdrawn."""

    wish: int = rests_on()
    reason: str | None = personal(default=None)


@event("wish.fulfilled/1", StreamKind.CADRE, counted=True)
class WishFulfilled(Event):
    """A wish came true, in ``items`` pieces or acts (件次)."""

    items: int = public(unit="item-times", least=1)
    wish: int = rests_on()


@event("medal.awarded/1", StreamKind.CADRE, counted=False)
class MedalAwarded(Event):
    """The medal 光荣在党50年, or another, is handed over."""

    medal: Medal = internal()
    year: int = internal(unit="year", least=1900)


NAME_IN_NOTICE: Final = "name_in_notice"
"""The purpose of a consent to be named in notices."""


@event("consent.changed/1", StreamKind.CADRE, counted=False)
class ConsentChanged(Event):
    """A person allows a use of their data, or takes that back (PIPL articles 15 and 25)."""

    purpose: str = internal(unit="a word such as publication", pattern=r"[a-z][a-z_]{0,31}")
    given: bool = internal()
