"""The three journals, 党费, 党费收支 and 走访: each row an entry, a correction an entry that takes another's place."""

from collections.abc import Mapping
from typing import Final

from cadreledger.intake.format import Column, DuesColumns, FundColumns, VisitColumns
from cadreledger.intake.problems import Code
from cadreledger.intake.recorder import Entries, Recorder, Sealing, content_of
from cadreledger.intake.rows import DuesRow, FundRow, VisitRow
from cadreledger.intake.words import FundKind, FundUse, Method
from cadreledger.ledger import RowState
from cadreledger.values import StreamId

__all__ = ["record_dues", "record_fund", "record_visit"]

_DUES_RULES: Final[Mapping[str, Column[object]]] = {
    "prepaid_too_far": DuesColumns.FOR_MONTH,
    "paid_late": DuesColumns.FOR_MONTH,
    "month_already_paid": DuesColumns.FOR_MONTH,
    "payment_held": DuesColumns.FOR_MONTH,
    "nothing_to_void": DuesColumns.CORRECTS,
}
_FUND_RULES: Final[Mapping[str, Column[object]]] = {
    "fund_overdrawn": FundColumns.AMOUNT,
    "no_decision": FundColumns.BASIS,
    "use_not_permitted": FundColumns.USE,
    "temporary_branch": FundColumns.BRANCH,
}
_DUES_CONTENT: Final = (
    *("registered_on", "received_on", "cadre", "for_month", "amount", "method", "receipt", "collector"),
    *("corrects", "is_void", "note"),
)
_FUND_CONTENT: Final = ("on", "branch", "kind", "amount", "use_word", "basis", "handler", "approver", "note")
_VISIT_CONTENT: Final = (
    *("registered_on", "on", "group", "cadre", "reason", "content", "mode", "handler"),
    *("corrects", "is_void", "note"),
)
_VISIT_RULES: Final[Mapping[str, Column[object]]] = {"nothing_to_void": VisitColumns.CORRECTS}


def record_dues(recorder: Recorder, row: DuesRow) -> None:
    """Receive a payment, or take one back."""
    content = content_of(row, _DUES_CONTENT)
    stream = _person(recorder, row, DuesColumns.CADRE, content)
    days = (DuesColumns.RECEIVED_ON, row.received_on), (DuesColumns.REGISTERED_ON, row.registered_on)
    if not recorder.dated(row, *days) or stream is None:
        return
    if not recorder.is_new(row, DuesColumns.NUMBER, content, stream, DuesColumns.AMOUNT):
        return
    with (
        recorder.judging(row, DuesColumns.NUMBER, _DUES_RULES),
        recorder.tx.entry(f"{row.sheet} {row.key}", row.registered_on),
    ):
        voided = _take_back(recorder, row, DuesColumns.CORRECTS, stream) if row.corrects else None
        if row.corrects and voided is None:
            return
        if row.is_void and voided is not None:
            recorder.keep(row, content, stream, voided)
            return
        _pay(recorder, row, stream, content)


def _pay(recorder: Recorder, row: DuesRow, stream: StreamId, content: str) -> None:
    cadre = recorder.tx.cadre(stream)
    if cadre.state.formal is None and row.cadre in recorder.unsettled:
        return
    if cadre.state.formal is None:
        hint = "Dues go to the branch of the formal relation: name it in 干部.所属支部, or take the row out."
        recorder.error(
            row.problem(DuesColumns.CADRE, Code.NO_FORMAL_BRANCH, expected="a formal branch here", hint=hint)
        )
        return
    if row.amount is None:
        return  # reading refused it
    sealing = Sealing(row.note, recorder.words)
    receipt = sealing.clear(DuesColumns.RECEIPT, row.receipt)
    collector = sealing.clear(DuesColumns.COLLECTOR, row.collector)
    payer = row.note if row.method is Method.PROXY else None
    if not recorder.fits(row, DuesColumns.NOTE, clear=(receipt, collector), locked=(payer, sealing.note())):
        return
    version = cadre.pay_dues(
        row.amount,
        for_month=row.for_month,
        on=row.received_on,
        receipt=receipt,
        method=row.method.value if row.method else None,
        collector=collector,
        payer=payer,
        note=sealing.note(),
        if_paid="hold",
    )
    recorder.note_moved(row, sealing)
    recorder.keep(row, content, stream, Entries(stream, version))


def record_fund(recorder: Recorder, row: FundRow) -> None:
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
    content = content_of(row, _FUND_CONTENT)
    if not recorder.is_new(row, FundColumns.NUMBER, content, None, FundColumns.AMOUNT):
        return
    with (
        recorder.judging(row, FundColumns.NUMBER, _FUND_RULES),
        recorder.tx.entry(f"{row.sheet} {row.key}", row.on),
    ):
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


def record_visit(recorder: Recorder, row: VisitRow) -> None:
    """Record a visit, or take one back."""
    content = _visit_content(row, row.note)
    stream = _person(recorder, row, VisitColumns.CADRE, content)
    days = (VisitColumns.ON, row.on), (VisitColumns.REGISTERED_ON, row.registered_on)
    if not recorder.dated(row, *days) or stream is None:
        return
    if row.is_distinct and _confirm(recorder, row, stream):
        return
    if not recorder.is_new(row, VisitColumns.NUMBER, content, stream):
        return
    with (
        recorder.judging(row, VisitColumns.NUMBER, _VISIT_RULES),
        recorder.tx.entry(f"{row.sheet} {row.key}", row.registered_on),
    ):
        voided = _take_back(recorder, row, VisitColumns.CORRECTS, stream) if row.corrects else None
        if row.corrects and voided is None:
            return
        if row.is_void and voided is not None:
            recorder.keep(row, content, stream, voided)
            return
        _visit(recorder, row, stream, content)


def _visit_content(row: VisitRow, note: str | None) -> str:
    return content_of(row, _VISIT_CONTENT, note=note)


def _confirm(recorder: Recorder, row: VisitRow, stream: StreamId) -> bool:
    """Whether 非重复 was written beside a recorded row that says the same otherwise; its visit counts from now on."""
    version = _recorded_as(recorder, row, stream)
    if version is None:
        return False
    recorder.known[row.sheet] += 1
    cadre = recorder.tx.cadre(stream)
    if version in cadre.state.visits and not cadre.state.counts(version):
        with recorder.tx.entry(f"{row.sheet} {row.key}", recorder.tx.batch.today):
            cadre.confirm_visit(version)
    return True


def _recorded_as(recorder: Recorder, row: VisitRow, stream: StreamId) -> int | None:
    """The visit that this row was recorded as, if nothing but its 备注 reads otherwise now."""
    found = recorder.tx.rows.judge(row.sheet, row.key, _visit_content(row, row.note), stream)
    if found.state is not RowState.CHANGED or found.entry is None or found.entry.stream != stream:
        return None
    before = getattr(recorder.tx.reader.whole(stream, found.entry.version), "note", None)
    same = recorder.tx.rows.judge(row.sheet, row.key, _visit_content(row, before), stream).state is RowState.KNOWN
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
    if cadre.state.visits[version].repeated:
        hint = "It is kept and not counted. If it was a visit of its own, write 非重复 in 备注 and import again."
        recorder.warn(row.problem(VisitColumns.NUMBER, Code.POSSIBLE_DUPLICATE, hint=hint))
    recorder.note_moved(row, sealing)
    recorder.keep(row, content, stream, Entries(stream, version))


def _person(recorder: Recorder, row: DuesRow | VisitRow, column: Column[str], content: str) -> StreamId | None:
    """Whom the row is about. None where nobody is there to record it about, and that is an error or was reported."""
    stream = recorder.person(row.cadre)
    if stream is not None or recorder.is_erased(row, column, content):
        return stream
    if ("干部", row.cadre) in recorder.erased:
        hint = "Their key has been destroyed: nothing more can be recorded about them. Take the row out."
        recorder.error(row.problem(column, Code.UNKNOWN_PERSON, found=row.cadre, expected="somebody else", hint=hint))
    elif not recorder.is_listed("干部", row.cadre):
        hint = "Add the person to 干部, or mend the code."
        recorder.error(row.problem(column, Code.UNKNOWN_PERSON, found=row.cadre, expected="a 编号 of 干部", hint=hint))
    return None


def _take_back(recorder: Recorder, row: DuesRow | VisitRow, column: Column[int], stream: StreamId) -> Entries | None:
    """Take back what ``row`` corrects; the void's place. None, and an error, where that cannot be."""
    target = recorder.target(row, str(row.corrects), stream)
    number = str(row.corrects).partition("/")[2]
    if (row.sheet, row.corrects) in recorder.erased:
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
    cadre = recorder.tx.cadre(target.stream)
    if target.is_void:
        if row.is_void or not recorder.is_listed(
            row.sheet, str(row.corrects)
        ):  # else reading saw to it: corrected once
            hint = "That row takes another one back. If it was wrong to do so, enter the other one anew, as a new row."
            recorder.error(row.problem(column, Code.CORRECTION_OF_VOID, found=number, hint=hint))
            return None
        return target  # nothing is left to take back: this row says what holds instead
    if target.version not in cadre.state.standing:
        hint = "It was taken back already: name the row that took its place."
        recorder.error(
            row.problem(column, Code.CORRECTION_NOT_STANDING, found=number, expected="a row that stands", hint=hint)
        )
        return None
    words = row.note if target.stream == stream else None  # what is said of one person is not locked with another's key
    made = cadre.void(target.version, reason="mistake" if row.is_void else "corrected", words=words)
    return Entries(target.stream, made[-1], is_void=True)
