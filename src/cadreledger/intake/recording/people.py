"""Whom a row of a register is about, and how a row of a journal takes another one back."""

from cadreledger.intake.format import Column
from cadreledger.intake.problems import Code
from cadreledger.intake.recorder import Entries, Recorder
from cadreledger.intake.rows import Row
from cadreledger.intake.sheets import DuesRow, VisitRow
from cadreledger.values import StreamId

__all__ = ["person_of", "take_back"]


def person_of(recorder: Recorder, row: Row, code: str, column: Column[str], content: str) -> StreamId | None:
    """Whom the row is about. None where nobody is there to record it about, and that is an error or was reported."""
    stream = recorder.person(code)
    if stream is not None or recorder.is_about_erased(row, column, content, code):
        return stream
    if ("干部", code) in recorder.erased or recorder.is_erased(code):
        hint = "Their key has been destroyed: nothing more can be recorded about them. Take the row out."
        recorder.error(row.problem(column, Code.UNKNOWN_PERSON, found=code, expected="somebody else", hint=hint))
    elif not recorder.is_listed("干部", code):
        hint = "Add the person to 干部, or mend the code."
        recorder.error(row.problem(column, Code.UNKNOWN_PERSON, found=code, expected="a 编号 of 干部", hint=hint))
    return None


def take_back(recorder: Recorder, row: DuesRow | VisitRow, column: Column[int], stream: StreamId) -> Entries | None:
    """Take back what ``row`` corrects; the void's place. None, and an error, where that cannot be."""
    target = recorder.target(row, str(row.corrects), stream)
    number = str(row.corrects).partition("/")[2]
    is_erased = recorder.tx.rows.is_erased(row.sheet, str(row.corrects)) if target is None else False
    if is_erased or (row.sheet, row.corrects) in recorder.erased:
        hint = "It is about somebody whose key has been destroyed: nothing about them can be corrected any more."
        recorder.error(row.problem(column, Code.CORRECTION_NOT_STANDING, found=number, hint=hint))
        return None
    if target is None and recorder.is_listed(row.sheet, str(row.corrects)):
        return None
    if target is None:
        hint = "Name the 序号 of a row of the same sheet and year."
        recorder.error(
            row.problem(column, Code.CORRECTION_UNKNOWN, found=number, expected="the 序号 of a row", hint=hint)
        )
        return None
    if target.is_void:
        return _instead_of_void(recorder, row, column, target)
    cadre = recorder.tx.cadre(target.stream)
    if target.version not in cadre.view.standing:
        hint = "It was taken back already: name the row that took its place."
        recorder.error(
            row.problem(column, Code.CORRECTION_NOT_STANDING, found=number, expected="a row that stands", hint=hint)
        )
        return None
    words = row.note if target.stream == stream else None  # what is said of one person is not locked with another's key
    made = cadre.void(target.version, reason="mistake" if row.is_void else "corrected", words=words)
    return Entries(target.stream, made[-1], is_void=True, of_version=target.version)


def _instead_of_void(
    recorder: Recorder, row: DuesRow | VisitRow, column: Column[int], target: Entries
) -> Entries | None:
    """What a row that corrects a void stands for: nothing is left to take back, it says what holds instead."""
    if row.is_void or not recorder.is_listed(row.sheet, str(row.corrects)):  # else reading saw to it: corrected once
        number = str(row.corrects).partition("/")[2]
        hint = "That row takes another one back. If it was wrong to do so, enter the other one anew, as a new row."
        recorder.error(row.problem(column, Code.CORRECTION_OF_VOID, found=number, hint=hint))
        return None
    return target
