"""活动 and 出勤: what was held, and who took part."""

from datetime import date
from typing import Final

import attrs

from cadreledger.intake import kinds
from cadreledger.intake.format import Column, SheetForm
from cadreledger.intake.lines import Line
from cadreledger.intake.problems import Code
from cadreledger.intake.register import Register
from cadreledger.intake.rows import Row
from cadreledger.intake.words import ACTIVITY_KINDS, ATTENDANCE_MODES, MEETINGS, ActivityKind, AttendanceMode

__all__ = [
    "ACTIVITIES",
    "ATTENDANCE",
    "ActivityColumns",
    "ActivityRow",
    "AttendanceColumns",
    "AttendanceRow",
]


class ActivityColumns:
    """活动."""

    CODE = Column("活动编号", kinds.CODE, required=True)
    ON = Column("日期", kinds.DAY, required=True)
    KIND = Column("类别", kinds.word(ACTIVITY_KINDS), required=True)
    TITLE = Column("名称", kinds.TEXT, required=True)
    ORGANISER = Column("组织者", kinds.LABEL)
    VENUE = Column("场地编号", kinds.LABEL)
    PEOPLE = Column("参加人数", kinds.COUNT)
    ITEMS = Column("节目数", kinds.COUNT)
    NOTE = Column("备注", kinds.PERSONAL_TEXT, personal=True)


class AttendanceColumns:
    """出勤."""

    ACTIVITY = Column("活动编号", kinds.CODE, required=True)
    CADRE = Column("编号", kinds.CODE, required=True, personal=True)
    MODE = Column("方式", kinds.word(ATTENDANCE_MODES), required=True)
    NOTE = Column("备注", kinds.PERSONAL_TEXT, personal=True)


@attrs.frozen(kw_only=True, repr=False)
class ActivityRow(Row):
    """活动. The key is the activity's code. Organiser and venue may be codes, or any text."""

    on: date
    kind: ActivityKind
    title: str
    organiser: str | None
    venue: str | None
    people: int | None
    items: int | None
    note: str | None


@attrs.frozen(kw_only=True, repr=False)
class AttendanceRow(Row):
    """出勤. The key is ``HD01/YX001``, the activity's code and the person's: as personal as the latter."""

    activity: str
    cadre: str
    mode: AttendanceMode
    note: str | None


def _check_activity(line: Line) -> None:
    """The title of a 三会一课 says which meeting it was."""
    title = line.get(ActivityColumns.TITLE)
    if line.get(ActivityColumns.KIND) is not ActivityKind.MEETING or title is None:
        return
    if not any(meeting in title for meeting in MEETINGS):
        hint = "It is recorded, but nobody can tell which meeting of the month or quarter it was."
        expected = f"a title with one of {', '.join(MEETINGS)}"
        line.warn(ActivityColumns.TITLE, Code.MEETING_UNNAMED, expected=expected, hint=hint)


def _activity(line: Line, key: str) -> ActivityRow:
    return ActivityRow(
        at=line.at,
        key=key,
        on=line.need(ActivityColumns.ON),
        kind=line.need(ActivityColumns.KIND),
        title=line.need(ActivityColumns.TITLE),
        organiser=line.get(ActivityColumns.ORGANISER),
        venue=line.get(ActivityColumns.VENUE),
        people=line.get(ActivityColumns.PEOPLE),
        items=line.get(ActivityColumns.ITEMS),
        note=line.get(ActivityColumns.NOTE),
    )


def _attendance_key(line: Line) -> str | None:
    activity, cadre = line.get(AttendanceColumns.ACTIVITY), line.get(AttendanceColumns.CADRE)
    return None if activity is None or cadre is None else f"{activity}/{cadre}"


def _attendance(line: Line, key: str) -> AttendanceRow:
    return AttendanceRow(
        at=line.at,
        key=key,
        activity=line.need(AttendanceColumns.ACTIVITY),
        cadre=line.need(AttendanceColumns.CADRE),
        mode=line.need(AttendanceColumns.MODE),
        note=line.get(AttendanceColumns.NOTE),
    )


ACTIVITIES: Final = Register(
    form=SheetForm.of("活动", ActivityColumns),
    key_column=ActivityColumns.CODE,
    key=lambda line: line.get(ActivityColumns.CODE),
    build=_activity,
    check=_check_activity,
)
ATTENDANCE: Final = Register(
    form=SheetForm.of("出勤", AttendanceColumns),
    key_column=AttendanceColumns.CADRE,
    key=_attendance_key,
    build=_attendance,
)
