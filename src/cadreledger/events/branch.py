"""What happens to a branch (党支部): its life, its posts, its fund, what it decides. Activities: `events.activity`."""

from enum import Enum

from cadreledger.events.sections import Dated, Event, event, internal, personal, public
from cadreledger.values import Money, Month, StreamId, StreamKind

__all__ = [
    "BranchApproved",
    "BranchDissolved",
    "BranchEstablished",
    "BranchKind",
    "CashCounted",
    "FundCredited",
    "FundRemitted",
    "FundReturned",
    "FundSpent",
    "FundUse",
    "MonthClosed",
    "PostAssigned",
    "ResolutionPassed",
]


class BranchKind(Enum):
    """A formal branch holds relations and collects dues; a temporary one does neither."""

    FORMAL = "formal"  # 正式
    TEMPORARY = "temporary"  # 临时


class FundUse(Enum):
    """What a branch fund may be spent on (中组发〔2008〕3号 articles 17 to 21, and later practice)."""

    TRAINING = "training"  # 党员教育培训
    SUBSCRIPTIONS = "subscriptions"  # 订阅购买资料设备
    COMMENDATION = "commendation"  # 表彰先进
    HARDSHIP_AID = "hardship_aid"  # 困难党员补助
    DISASTER_AID = "disaster_aid"  # 受灾补助修缮
    PARTY_DAY = "party_day"  # 主题党日
    VISITS = "visits"  # 走访慰问
    VENUES = "venues"  # 活动场所
    OTHER = "other"


@event("branch.established/1", StreamKind.BRANCH, counted=False, dated=Dated.MAYBE)
class BranchEstablished(Event):
    """A branch is set up, or applied for; a temporary one needs an approval of its own."""

    kind: BranchKind = internal()
    code: str = internal()
    name: str = internal()


@event("branch.approved/1", StreamKind.BRANCH, counted=False, dated=Dated.MAYBE)
class BranchApproved(Event):
    """The higher committee approves the branch by a numbered document."""

    document: str = internal()


@event("branch.dissolved/1", StreamKind.BRANCH, counted=False)
class BranchDissolved(Event):
    """The branch ends, as a temporary one does with its occasion."""

    cause: str = internal()


@event("post.assigned/1", StreamKind.BRANCH, counted=False, dated=Dated.MAYBE)
class PostAssigned(Event):
    """Somebody holds a post (书记, 组织委员 …); without a ``holder``, it is vacant."""

    post: str = internal()
    holder: str | None = internal(default=None)
    term: str | None = internal(default=None)
    note: str | None = personal(default=None)


@event("fund.remitted/1", StreamKind.BRANCH, counted=True)
class FundRemitted(Event):
    """Dues go up to the higher committee (上缴)."""

    amount: Money = public(unit="fen", least=0)
    base_period: str | None = internal(default=None)
    document: str | None = internal(default=None)
    handler: str | None = internal(default=None)
    approver: str | None = internal(default=None)
    note: str | None = personal(default=None)


@event("fund.returned/1", StreamKind.BRANCH, counted=True)
class FundReturned(Event):
    """A share of the dues comes back to the branch (返还)."""

    amount: Money = public(unit="fen", least=0)
    base_period: str | None = internal(default=None)
    base: Money | None = internal(unit="fen", least=0, default=None)
    share: str | None = internal(unit="decimal fraction", pattern=r"0(\.[0-9]{1,6})?|1(\.0{1,6})?", default=None)
    policy_version: str | None = internal(default=None)
    document: str | None = internal(default=None)
    handler: str | None = internal(default=None)
    approver: str | None = internal(default=None)
    note: str | None = personal(default=None)


@event("fund.spent/1", StreamKind.BRANCH, counted=True)
class FundSpent(Event):
    """The branch spends from its fund (支出)."""

    amount: Money = public(unit="fen", least=0)
    use: FundUse = public()
    decision: str | None = internal(default=None)
    handler: str | None = internal(default=None)
    approver: str | None = internal(default=None)
    beneficiary: StreamId | None = internal(default=None)
    note: str | None = personal(default=None)

    def subject(self, stream: str) -> str:
        """The beneficiary, where there is one: what the note says of them dies with their key."""
        return self.beneficiary or stream


@event("fund.credited/1", StreamKind.BRANCH, counted=False)
class FundCredited(Event):
    """Other income of the fund, such as interest (中组发〔2008〕3号 article 24)."""

    amount: Money = internal(unit="fen", least=0)
    kind: str = internal()


@event("cash.counted/1", StreamKind.BRANCH, counted=False)
class CashCounted(Event):
    """The cash box is counted against the receipts of a month."""

    month: Month = internal()
    expected: Money = internal(unit="fen")
    counted_amount: Money = internal(unit="fen", least=0)
    explanation_code: str | None = internal(default=None)
    explanation: str | None = personal(default=None)


@event("month.closed/1", StreamKind.BRANCH, counted=False)
class MonthClosed(Event):
    """A month's cash is settled."""

    month: Month = internal()
    expected: Money = internal(unit="fen")
    counted_amount: Money = internal(unit="fen", least=0)
    explanation_code: str | None = internal(default=None)
    explanation: str | None = personal(default=None)


@event("resolution.passed/1", StreamKind.BRANCH, counted=False)
class ResolutionPassed(Event):
    """The branch decides: quorate with half or more present, passed with more than half of those entitled."""

    matter: str = internal()
    entitled: int = internal(unit="people", least=1)
    present: int = internal(unit="people", least=0)
    in_favour: int = internal(unit="people", least=0)
