"""党费: a journal, each row a payment, or one that is taken back."""

from typing import Final

from cadreledger.intake.content import content_of
from cadreledger.intake.private import Sealing
from cadreledger.intake.problems import Code
from cadreledger.intake.recorder import Entries, Recorder, Rules
from cadreledger.intake.recording.people import person_of, take_back
from cadreledger.intake.recording.plans import Plan, by_number
from cadreledger.intake.sheets import DuesColumns, DuesRow
from cadreledger.intake.words import Method
from cadreledger.values import StreamId

__all__ = ["DUES_CONTENT", "plan_dues"]

DUES_CONTENT: Final = (
    *("registered_on", "received_on", "cadre", "for_month", "amount", "method", "receipt", "collector"),
    *("corrects", "is_void", "note"),
)
_RULES: Final[Rules] = {
    "prepaid_too_far": DuesColumns.FOR_MONTH,
    "paid_late": DuesColumns.FOR_MONTH,
    "month_already_paid": DuesColumns.FOR_MONTH,
    "payment_held": DuesColumns.FOR_MONTH,
    "nothing_to_void": DuesColumns.CORRECTS,
}


def plan_dues(_recorder: Recorder, row: DuesRow) -> Plan:
    """On the day of registration, behind the row that it corrects."""
    behind = (row.sheet, row.corrects) if row.corrects else None
    return Plan.of(row, by_number(row), row.registered_on, _record, behind)


def _record(recorder: Recorder, row: DuesRow) -> None:
    """Receive a payment, or take one back."""
    content = content_of(row, DUES_CONTENT)
    stream = person_of(recorder, row, row.cadre, DuesColumns.CADRE, content)
    days = (DuesColumns.RECEIVED_ON, row.received_on), (DuesColumns.REGISTERED_ON, row.registered_on)
    if not recorder.dated(row, *days) or stream is None:
        return
    if not recorder.is_new(row, DuesColumns.NUMBER, content, stream, amount=DuesColumns.AMOUNT):
        return
    with recorder.recording(row, DuesColumns.NUMBER, row.registered_on, rules=_RULES):
        voided = take_back(recorder, row, DuesColumns.CORRECTS, stream) if row.corrects else None
        if row.corrects and voided is None:
            return
        if row.is_void and voided is not None:
            recorder.keep(row, content, stream, voided)
            return
        with recorder.replacing(voided):
            _pay(recorder, row, stream, content)


def _pay(recorder: Recorder, row: DuesRow, stream: StreamId, content: str) -> None:
    cadre = recorder.tx.cadre(stream)
    formal = cadre.view.formal
    if formal is None and row.cadre in recorder.unsettled:
        return
    if formal is None:
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
