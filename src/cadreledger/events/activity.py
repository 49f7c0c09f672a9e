"""What is held: party days, study, culture. A branch, a team or the community as a whole may hold it."""

from enum import Enum

from cadreledger.events.sections import Event, event, internal, personal, public
from cadreledger.values import StreamKind

__all__ = ["ActivityHeld", "ActivityKind"]


class ActivityKind(Enum):
    """What kind of activity was held."""

    PARTY_DAY = "party_day"  # 主题党日
    GROUP_STUDY = "group_study"  # 集中学习
    EXCHANGE = "exchange"  # 学习交流
    RECREATION = "recreation"  # 文体活动
    PERFORMANCE = "performance"  # 演出
    CEREMONY = "ceremony"  # 仪式
    MEETING = "meeting"  # 三会一课


@event("activity.held/1", StreamKind.BRANCH, StreamKind.TEAM, StreamKind.COMMUNITY, counted=True)
class ActivityHeld(Event):
    """An activity took place; ``items`` counts the pieces of a performance, ``people`` those who took part.

    ``title`` says of a 三会一课 which meeting it was. ``organiser`` and ``venue`` are codes, or text.
    """

    kind: ActivityKind = public()
    items: int = public(unit="items", least=0)
    code: str = internal()
    title: str = internal()
    organiser: str | None = internal(default=None)
    venue: str | None = internal(default=None)
    people: int | None = internal(unit="people", least=0, default=None)
    note: str | None = personal(default=None)
