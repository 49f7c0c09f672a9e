"""队伍: people who serve, or who sing, dance and walk together."""

from datetime import date
from typing import Final

import attrs

from cadreledger.intake import kinds
from cadreledger.intake.format import Column, SheetForm
from cadreledger.intake.lines import Line
from cadreledger.intake.register import Register
from cadreledger.intake.rows import Row
from cadreledger.intake.words import TEAM_KINDS, TeamKind
from cadreledger.values import Month

__all__ = ["TEAMS", "TeamColumns", "TeamRow"]


class TeamColumns:
    """队伍."""

    CODE = Column("队伍编号", kinds.CODE, required=True)
    NAME = Column("名称", kinds.TEXT, required=True)
    KIND = Column("类别", kinds.word(TEAM_KINDS), required=True)
    FOUNDED = Column("成立日期", kinds.DAY_OR_MONTH)
    LEADER = Column("负责人", kinds.TEXT, personal=True)  # a post, or the name of who holds it
    PEOPLE = Column("人数", kinds.COUNT)
    SOCIAL_WORKERS = Column("社工师人数", kinds.COUNT)
    NOTE = Column("备注", kinds.PERSONAL_TEXT, personal=True)


@attrs.frozen(kw_only=True, repr=False)
class TeamRow(Row):
    """队伍. The key is the team's code."""

    name: str
    kind: TeamKind
    founded: date | Month | None
    leader: str | None
    people: int | None
    social_workers: int | None
    note: str | None


def _build(line: Line, key: str) -> TeamRow:
    return TeamRow(
        at=line.at,
        key=key,
        name=line.need(TeamColumns.NAME),
        kind=line.need(TeamColumns.KIND),
        founded=line.get(TeamColumns.FOUNDED),
        leader=line.get(TeamColumns.LEADER),
        people=line.get(TeamColumns.PEOPLE),
        social_workers=line.get(TeamColumns.SOCIAL_WORKERS),
        note=line.get(TeamColumns.NOTE),
    )


TEAMS: Final = Register(
    form=SheetForm.of("队伍", TeamColumns),
    key_column=TeamColumns.CODE,
    key=lambda line: line.get(TeamColumns.CODE),
    build=_build,
)
