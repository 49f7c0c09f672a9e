"""What happens to a team (队伍): volunteers who serve, or people who sing, dance and walk together."""

from enum import Enum

from cadreledger.events.sections import Dated, Event, event, internal, personal, public
from cadreledger.values import StreamKind

__all__ = ["TeamChanged", "TeamFounded", "TeamKind"]


class TeamKind(Enum):
    """What a team is for."""

    SERVICE = "service"  # 服务
    CULTURAL = "cultural"  # 文体


@event("team.founded/1", StreamKind.TEAM, counted=True, dated=Dated.MAYBE)
class TeamFounded(Event):
    """A team comes together. Without a date it counts from the start; people not known are none."""

    kind: TeamKind = public()
    people: int = public(unit="people", least=0)
    social_workers: int = public(unit="people", least=0)
    code: str = internal()
    name: str = internal()
    leader: str | None = internal(default=None)
    note: str | None = personal(default=None)


@event("team.changed/1", StreamKind.TEAM, counted=True, dated=Dated.MAYBE)
class TeamChanged(Event):
    """A team reads otherwise now; numbers are changes. One that becomes of another ``kind`` leaves the first."""

    kind: TeamKind = public()
    teams: int = public(unit="teams, signed")
    people: int = public(unit="people, signed")
    social_workers: int = public(unit="people, signed")
    name: str = internal()
    leader: str | None = internal(default=None)
    support: str | None = internal(default=None)
    note: str | None = personal(default=None)
