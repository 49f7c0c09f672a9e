"""出勤: a journal of who took part in what was held, or made it up, on its day."""

from typing import Final

from cadreledger.intake.content import content_of
from cadreledger.intake.held import Place
from cadreledger.intake.recorder import Entries, Recorder
from cadreledger.intake.recording.people import person_of
from cadreledger.intake.recording.plans import FIRST, Plan
from cadreledger.intake.sheets import AttendanceColumns, AttendanceRow
from cadreledger.values import StreamId

__all__ = ["ATTENDANCE_CONTENT", "plan_attendance"]

ATTENDANCE_CONTENT: Final = ("activity", "cadre", "mode", "note")
UNKNOWN_ACTIVITY: Final = "unknown_activity"  # as the ledger's own rules are called
ATTENDED_ALREADY: Final = "attended_already"
_CHANGED: Final = "A recorded row is not edited: put it back as it was. In a program, `correct` puts the entry right."


def plan_attendance(recorder: Recorder, row: AttendanceRow) -> Plan:
    """On the day of the activity and behind it, in an order that tells nothing of who it was."""
    day = recorder.held.day(row.activity) or FIRST
    order = (row.activity, recorder.in_no_order(row.cadre))
    return Plan.of(row, order, day, _record, behind=("活动", row.activity))


def _record(recorder: Recorder, row: AttendanceRow) -> None:
    """Note that somebody took part."""
    content = content_of(row, ATTENDANCE_CONTENT)
    stream = person_of(recorder, row, row.cadre, AttendanceColumns.CADRE, content)
    if stream is not None and not recorder.is_new(
        row, AttendanceColumns.MODE, content, stream, name=row.activity, hint=_CHANGED
    ):
        _follow(recorder, row, stream)
        return
    place = _place(recorder, row)
    if stream is None or place is None:
        return
    with recorder.recording(row, AttendanceColumns.CADRE, place[1], source=_source(row)):
        recorder.keep(row, content, stream, Entries(stream, _attend(recorder, row, stream, place)))


def _source(row: AttendanceRow) -> str:
    """The row's document; with the person's code in it, it would tell whose stream it is."""
    return f"{row.sheet} {row.activity}"


def _place(recorder: Recorder, row: AttendanceRow) -> Place | None:
    """Who held the activity, and when. None where it is in the ledger no more, or never was: that is told once."""
    place = recorder.held.place(row.activity)
    taken_back = place is None and recorder.tx.rows.where("活动", row.activity, None) is not None
    if place is None and (taken_back or not recorder.is_listed("活动", row.activity)):
        hint = "It was taken back." if taken_back else "Add the activity to 活动, or mend its code."
        column, expected = AttendanceColumns.ACTIVITY, "an 活动编号 of 活动"
        found = row.activity
        recorder.error(row.problem(column, UNKNOWN_ACTIVITY, found=found, expected=expected, hint=hint))
    return place


def _attend(recorder: Recorder, row: AttendanceRow, stream: StreamId, place: Place) -> int:
    """The version of the attendance. One that a program recorded is not counted again."""
    tx, cadre = recorder.tx, recorder.tx.cadre(stream)
    held_by = place[0]
    holder = tx.branches.get(held_by) or tx.teams.get(held_by) or tx.community
    attended = cadre.view.attended.get((holder.stream, row.activity))
    if attended is not None:
        hint = "It was recorded by other means than this register, and is not recorded again."
        recorder.warn(row.problem(AttendanceColumns.CADRE, ATTENDED_ALREADY, hint=hint))
        return recorder.correct(cadre, attended, occurred_on=place[1])
    return cadre.attend(holder, row.activity, mode=row.mode.value, note=row.note)


def _follow(recorder: Recorder, row: AttendanceRow, stream: StreamId) -> None:
    """Put the day of a recorded attendance right, where its activity took place on another one after all."""
    place = recorder.held.place(row.activity)
    cadre = recorder.tx.cadre(stream)
    version = next((version for (_, code), version in cadre.view.attended.items() if code == row.activity), None)
    if place is None or version is None or cadre.view.standing[version].occurred_on == place[1]:
        return
    with recorder.recording(row, AttendanceColumns.CADRE, recorder.tx.batch.today, source=_source(row)):
        recorder.correct(cadre, version, occurred_on=place[1])
