"""走访: a journal of who was visited; the same visit told twice waits for a decision."""

from typing import Final

from cadreledger.intake.content import content_of
from cadreledger.intake.private import Sealing
from cadreledger.intake.problems import Code
from cadreledger.intake.recorder import Entries, Recorder, Rules
from cadreledger.intake.recording.people import person_of, take_back
from cadreledger.intake.recording.plans import Plan, by_number
from cadreledger.intake.sheets import VisitColumns, VisitRow
from cadreledger.ledger import RowState
from cadreledger.values import StreamId

__all__ = ["VISIT_CONTENT", "plan_visit"]

VISIT_CONTENT: Final = (
    *("registered_on", "on", "group", "cadre", "reason", "content", "mode", "handler"),
    *("corrects", "is_void", "note"),
)
_RULES: Final[Rules] = {"nothing_to_void": VisitColumns.CORRECTS}


def plan_visit(_recorder: Recorder, row: VisitRow) -> Plan:
    """On the day of registration, behind the row that it corrects."""
    behind = (row.sheet, row.corrects) if row.corrects else None
    return Plan.of(row, by_number(row), row.registered_on, _record, behind)


def _record(recorder: Recorder, row: VisitRow) -> None:
    """Record a visit, or take one back."""
    content = _content(row, row.note)
    stream = person_of(recorder, row, row.cadre, VisitColumns.CADRE, content)
    days = (VisitColumns.ON, row.on), (VisitColumns.REGISTERED_ON, row.registered_on)
    if not recorder.dated(row, *days) or stream is None:
        return
    if row.is_distinct and _confirm(recorder, row, stream):
        return
    if not recorder.is_new(row, VisitColumns.NUMBER, content, stream):
        return
    with recorder.recording(row, VisitColumns.NUMBER, row.registered_on, rules=_RULES):
        voided = take_back(recorder, row, VisitColumns.CORRECTS, stream) if row.corrects else None
        if row.corrects and voided is None:
            return
        if row.is_void and voided is not None:
            recorder.keep(row, content, stream, voided)
            return
        with recorder.replacing(voided):
            _visit(recorder, row, stream, content)


def _content(row: VisitRow, note: str | None) -> str:
    return content_of(row, VISIT_CONTENT, note=note)


def _confirm(recorder: Recorder, row: VisitRow, stream: StreamId) -> bool:
    """Whether 非重复 was written beside a recorded row that says the same otherwise; its visit counts from now on."""
    version = _recorded_as(recorder, row, stream)
    if version is None:
        return False
    recorder.known[row.sheet] += 1
    cadre = recorder.tx.cadre(stream)
    if version in cadre.view.visits and not cadre.view.counts(version):
        with recorder.tx.entry(f"{row.sheet} {row.key}", recorder.tx.batch.today):
            cadre.confirm_visit(version)
    return True


def _recorded_as(recorder: Recorder, row: VisitRow, stream: StreamId) -> int | None:
    """The visit that this row was recorded as, if nothing but its 备注 reads otherwise now."""
    found = recorder.tx.rows.judge(row.sheet, row.key, _content(row, row.note), stream)
    if found.state is not RowState.CHANGED or found.entry is None or found.entry.stream != stream:
        return None
    before = getattr(recorder.tx.reader.whole(stream, found.entry.version), "note", None)
    same = recorder.tx.rows.judge(row.sheet, row.key, _content(row, before), stream).state is RowState.KNOWN
    return found.entry.version if same else None


def _visit(recorder: Recorder, row: VisitRow, stream: StreamId, content: str) -> None:
    cadre = recorder.tx.cadre(stream)
    sealing = Sealing(row.note, recorder.words)
    group = sealing.clear(VisitColumns.GROUP, row.group)
    handler = sealing.clear(VisitColumns.HANDLER, row.handler)
    if not recorder.fits(row, VisitColumns.NOTE, clear=(group, handler), locked=(row.content, sealing.note())):
        return
    version = cadre.visit(
        reason=row.reason.value,
        on=row.on,
        mode=row.mode.value,
        group=group,
        handler=handler,
        content=row.content,
        note=sealing.note(),
        distinct=row.is_distinct,
    )
    if cadre.view.visits[version].repeated:
        hint = "It is kept and not counted. If it was a visit of its own, write 非重复 in 备注 and import again."
        recorder.warn(row.problem(VisitColumns.NUMBER, Code.POSSIBLE_DUPLICATE, hint=hint))
    recorder.note_moved(row, sealing)
    recorder.keep(row, content, stream, Entries(stream, version))
