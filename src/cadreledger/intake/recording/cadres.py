"""干部: a person, their branches, and what dues they owe; what has changed about them becomes a change."""

from datetime import date
from typing import Final

from cadreledger.errors import InputError
from cadreledger.intake.content import content_of
from cadreledger.intake.problems import Code
from cadreledger.intake.recorder import Entries, Recorder, Rules
from cadreledger.intake.recording.plans import FIRST, Plan
from cadreledger.intake.sheets import CadreColumns, CadreRow
from cadreledger.ledger import RowState
from cadreledger.values import StreamId

__all__ = ["CADRE_CONTENT", "plan_cadre"]

DEATH: Final = "death"
REGISTERED: Final = "cadre.registered/1"
CHANGED: Final = "cadre.changed/1"
CADRE_CONTENT: Final = (
    *("name", "sex", "born", "kind", "phone", "address", "smartphone", "frail", "member", "full_member_on"),
    *("formal_branch", "joined_branch", "dues_base", "dues_base_from"),
)
_RULES: Final[Rules] = {"temporary_branch": CadreColumns.FORMAL_BRANCH}


def plan_cadre(recorder: Recorder, row: CadreRow) -> Plan:
    """Among the first, in an order that tells nothing of the code."""
    return Plan.of(row, (recorder.in_no_order(row.key),), FIRST, _record)


def _record(recorder: Recorder, row: CadreRow) -> None:
    """Register a person, or note what has changed about them; then their branches, and what dues they owe."""
    content = content_of(row, CADRE_CONTENT)
    stream = recorder.person(row.key)
    known = stream is not None and recorder.tx.rows.judge(row.sheet, row.key, content, stream).state is RowState.KNOWN
    if known:
        recorder.known[row.sheet] += 1
        return
    if stream is None and _is_erased(recorder, row, content):
        return
    if stream is not None and _has_died(recorder, row, stream):
        return
    texts = (row.key, row.name, row.phone, row.address)
    has_come = recorder.dated(row, (CadreColumns.FULL_MEMBER_ON, row.full_member_on), (CadreColumns.BORN, row.born))
    if not recorder.fits(row, CadreColumns.ADDRESS, locked=texts) or not has_come:
        return
    recorder.unsettled.add(row.key)
    since = None if stream is None else recorder.tx.batch.today  # a change is known from the day it is imported
    with recorder.recording(row, CadreColumns.CODE, since, rules=_RULES, source=row.sheet):
        stream = _register(recorder, row) if stream is None else _change(recorder, row, stream)
        _join(recorder, row, stream, since)
        _assess(recorder, row, stream)
        recorder.keep(row, content, stream, Entries(stream, recorder.tx.cadre(stream).version))
        if not _waits_for_branch(recorder, row):
            recorder.unsettled.remove(row.key)


def _is_erased(recorder: Recorder, row: CadreRow, content: str) -> bool:
    """Whether the row is of somebody whose key has been destroyed since; then it is left out."""
    subject = None if recorder.is_erased(row.key) else recorder.tx.stream_of(row.key)
    return recorder.is_about_erased(row, CadreColumns.CODE, content, row.key, subject)


def _has_died(recorder: Recorder, row: CadreRow, stream: StreamId) -> bool:
    """Whether the row is of somebody whose death is recorded; then it is left out, whatever it says."""
    left = recorder.tx.cadre(stream).view.left
    if left is None or left.value != DEATH:
        return False
    recorder.known[row.sheet] += 1
    hint = "Their death is recorded; the row is left out. If that was a mistake, take the death back in a program."
    recorder.warn(row.problem(CadreColumns.CODE, Code.HAS_DIED, hint=hint))
    return True


def _waits_for_branch(recorder: Recorder, row: CadreRow) -> bool:
    """Whether the person's formal branch is in the workbook, but in error."""
    home = row.formal_branch
    return row.member and home is not None and recorder.branch(home) is None and recorder.is_listed("支部", home)


def _register(recorder: Recorder, row: CadreRow) -> StreamId:
    cadre = recorder.tx.cadres.register(
        row.key,
        kind=row.kind.value,
        name=row.name,
        sex=row.sex.value if row.sex else None,
        born=str(row.born) if row.born else None,
        phone=row.phone,
        address=row.address,
        smartphone=row.smartphone,
        frail=row.frail,
        full_member_on=row.full_member_on,
    )
    return cadre.stream


def _change(recorder: Recorder, row: CadreRow, stream: StreamId) -> StreamId:
    cadre = recorder.tx.cadre(stream)
    state = cadre.view
    if state.kind is not None and state.kind.value != row.kind.value and state.left is None:
        cadre.leave(cause="error")
        return _register(recorder, row)
    if state.left is not None:
        hint = "They had left the register. If that still holds, take the row out."
        recorder.warn(row.problem(CadreColumns.CODE, Code.REGISTERED_AGAIN, hint=hint))
        return _register(recorder, row)
    now = {
        "name": row.name,  # and, as they read now, what may have become blank
        "sex": row.sex.value if row.sex else "",
        "born": str(row.born) if row.born else "",
        "phone": row.phone or "",
        "address": row.address or "",
    }
    flags = (row.smartphone, row.frail, row.full_member_on or state.full_member_on)
    if flags != (state.smartphone, state.frail, state.full_member_on) or now != _said(recorder, stream):
        cadre.change(
            smartphone=row.smartphone,
            frail=row.frail,
            full_member_on=row.full_member_on,
            name=now["name"],
            sex=now["sex"],
            born=now["born"],
            phone=now["phone"],
            address=now["address"],
        )
    return stream


def _said(recorder: Recorder, stream: StreamId) -> dict[str, str]:
    """What the register said last of a person, by field; nothing where it cannot be read."""
    said: dict[str, str] = {}
    for version, event in recorder.tx.cadre(stream).view.standing.items():
        if event.wire in {REGISTERED, CHANGED}:
            read = recorder.tx.reader.whole(stream, version) or event
            told = {name: getattr(read, name, None) for name in ("name", "sex", "born", "phone", "address")}
            said |= {name: text or "" for name, text in told.items() if text is not None or event.wire == REGISTERED}
    return said


def _join(recorder: Recorder, row: CadreRow, stream: StreamId, since: date | None) -> None:
    tx, cadre = recorder.tx, recorder.tx.cadre(stream)
    if not row.member and (row.formal_branch or row.joined_branch):
        column = CadreColumns.FORMAL_BRANCH if row.formal_branch else CadreColumns.JOINED_BRANCH
        hint = "Only party members belong to a branch; the branch is not recorded."
        recorder.warn(row.problem(column, Code.NOT_A_MEMBER, hint=hint))
    home = recorder.branch(row.formal_branch) if row.member and row.formal_branch else None  # other text: outside
    joined = recorder.branch(row.joined_branch) if row.member and row.joined_branch else None
    if row.member and row.joined_branch and joined is None and not recorder.is_listed("支部", row.joined_branch):
        hint = "The branch is in no 支部 sheet; taking part in it is not recorded."
        recorder.warn(row.problem(CadreColumns.JOINED_BRANCH, Code.UNKNOWN_BRANCH, expected="a 支部编号", hint=hint))
    formal, participating = cadre.view.formal, frozenset(cadre.view.participating)
    if formal is not None and formal != home:
        cadre.leave_branch(tx.branch(formal), relation="formal", cause="transfer")
    for branch in sorted(participating):
        if branch != joined:
            cadre.leave_branch(tx.branch(branch), relation="participating", cause="ended")
    if home is not None and home != formal:
        cadre.join(tx.branch(home), relation="formal", on=since)
    if joined is not None and joined not in participating:
        cadre.join(tx.branch(joined), relation="participating", on=since)


def _assess(recorder: Recorder, row: CadreRow, stream: StreamId) -> None:
    if (row.dues_base is None) != (row.dues_base_from is None):
        column = CadreColumns.DUES_BASE_FROM if row.dues_base else CadreColumns.DUES_BASE
        hint = "What is owed is not assessed."
        recorder.warn(row.problem(column, Code.BASE_INCOMPLETE, expected="both, or neither", hint=hint))
    if row.dues_base is None or row.dues_base_from is None:
        return
    cadre = recorder.tx.cadre(stream)
    assessed = [version for version, event in cadre.view.standing.items() if hasattr(event, "valid_from")]
    last = recorder.tx.reader.whole(stream, assessed[-1]) if assessed else None
    if (getattr(last, "base", ""), getattr(last, "valid_from", None)) == (str(row.dues_base), row.dues_base_from):
        return
    try:
        cadre.assess_dues(row.dues_base, valid_from=row.dues_base_from)
    except InputError as error:
        recorder.error(row.problem(CadreColumns.DUES_BASE_FROM, Code.ROW_REFUSED, hint=error.what))
