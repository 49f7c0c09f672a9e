"""党费收支: a journal of what a branch remits, gets back and spends."""

from typing import Final

from cadreledger.intake.content import content_of
from cadreledger.intake.private import Sealing
from cadreledger.intake.problems import Code
from cadreledger.intake.recorder import Entries, Recorder, Rules
from cadreledger.intake.recording.plans import Plan, by_number
from cadreledger.intake.sheets import FundColumns, FundRow
from cadreledger.intake.words import FundKind, FundUse
from cadreledger.values import StreamId

__all__ = ["FUND_CONTENT", "plan_fund"]

FUND_CONTENT: Final = ("on", "branch", "kind", "amount", "use_word", "basis", "handler", "approver", "note")
_CHANGED: Final = (
    "This sheet has no 更正序号: put the row back as it was. In a program, `correct` puts the entry right."
)
_RULES: Final[Rules] = {
    "fund_overdrawn": FundColumns.AMOUNT,
    "no_decision": FundColumns.BASIS,
    "use_not_permitted": FundColumns.USE,
    "temporary_branch": FundColumns.BRANCH,
}


def plan_fund(_recorder: Recorder, row: FundRow) -> Plan:
    """On its own day."""
    return Plan.of(row, by_number(row), row.on, _record)


def _record(recorder: Recorder, row: FundRow) -> None:
    """Remit, return or spend."""
    stream = recorder.branch(row.branch)
    has_come = recorder.dated(row, (FundColumns.ON, row.on))
    if stream is None and not recorder.is_listed("支部", row.branch):
        hint = "Add the branch to 支部, or mend its code."
        recorder.error(
            row.problem(FundColumns.BRANCH, Code.UNKNOWN_BRANCH, found=row.branch, expected="a 支部编号", hint=hint)
        )
    if stream is None or not has_come:
        return
    content = content_of(row, FUND_CONTENT)
    if not recorder.is_new(row, FundColumns.NUMBER, content, None, amount=FundColumns.AMOUNT, hint=_CHANGED):
        return
    with recorder.recording(row, FundColumns.NUMBER, row.on, rules=_RULES):
        version = _move(recorder, row, stream)
        if version is not None:
            recorder.keep(row, content, None, Entries(stream, version))


def _move(recorder: Recorder, row: FundRow, stream: StreamId) -> int | None:
    """Record what the fund gave or got. None, and an error, if that is too long."""
    branch = recorder.tx.branch(stream)
    is_returned = row.kind is FundKind.RETURNED
    names_base = is_returned or row.base is not None  # any other 备注 is a note, and personal
    sealing = Sealing(None if names_base else row.note, recorder.words)
    base_period = str(row.base) if row.base else sealing.clear(FundColumns.NOTE, row.note) if names_base else None
    basis = sealing.clear(FundColumns.BASIS, row.basis)
    handler = sealing.clear(FundColumns.HANDLER, row.handler)
    approver = sealing.clear(FundColumns.APPROVER, row.approver)
    other_use = row.use is FundUse.OTHER and row.use_word is not None
    note = "；".join(filter(None, (f"用途：{row.use_word}" if other_use else None, sealing.note()))) or None
    recorder.note_moved(row, sealing)
    if not recorder.fits(row, FundColumns.NOTE, clear=(base_period, basis, handler, approver), locked=(note,)):
        return None
    if row.kind is FundKind.SPENT:
        return branch.spend(
            row.amount,
            use=(row.use or FundUse.OTHER).value,
            on=row.on,
            decision=basis,
            handler=handler,
            approver=approver,
            note=note,
        )
    record = branch.return_dues if is_returned else branch.remit_dues
    return record(
        row.amount,
        on=row.on,
        base_period=base_period,
        document=basis,
        handler=handler,
        approver=approver,
        note=note,
    )
