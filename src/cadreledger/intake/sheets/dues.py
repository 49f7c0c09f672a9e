"""党费: what members pay."""

from datetime import date
from typing import Final

import attrs

from cadreledger.intake import kinds
from cadreledger.intake.checks import check_void, says_void
from cadreledger.intake.format import Column, SheetForm
from cadreledger.intake.keys import numbered_key
from cadreledger.intake.lines import Line
from cadreledger.intake.problems import Code
from cadreledger.intake.register import Register
from cadreledger.intake.rows import Row
from cadreledger.intake.words import METHODS, Method
from cadreledger.values import Money, Month

__all__ = ["DUES", "DuesColumns", "DuesRow"]

PREPAID_MONTHS_MAX: Final = 5  # after the month of receipt: six in all (中组发〔2008〕3号, art. 12)


class DuesColumns:
    """党费."""

    NUMBER = Column("序号", kinds.SEQUENCE, required=True)
    REGISTERED_ON = Column("登记日期", kinds.DAY)
    RECEIVED_ON = Column("收款日期", kinds.DAY, required=True)
    CADRE = Column("编号", kinds.CODE, required=True, personal=True)
    FOR_MONTH = Column("所属月份", kinds.MONTH, required=True)
    AMOUNT = Column("金额", kinds.AMOUNT)  # required, unless the row voids another
    METHOD = Column("方式", kinds.word(METHODS))
    RECEIPT = Column("收据号", kinds.TEXT)
    COLLECTOR = Column("经办人", kinds.TEXT, personal=True)
    CORRECTS = Column("更正序号", kinds.SEQUENCE)
    NOTE = Column("备注", kinds.PERSONAL_TEXT, personal=True)


@attrs.frozen(kw_only=True, repr=False)
class DuesRow(Row):
    """党费. ``corrects`` is the key of the row that this one voids; if ``is_void``, nothing takes its place."""

    number: int
    registered_on: date
    received_on: date
    cadre: str
    for_month: Month
    amount: Money | None  # None only if is_void
    method: Method | None
    receipt: str | None
    collector: str | None
    corrects: str | None
    is_void: bool
    note: str | None


def _key(line: Line) -> str | None:
    return numbered_key(line.get(DuesColumns.RECEIVED_ON), line.get(DuesColumns.NUMBER))


def _target(line: Line) -> str | None:
    return numbered_key(line.get(DuesColumns.RECEIVED_ON), line.get(DuesColumns.CORRECTS))


def _check(line: Line) -> None:
    """An amount, unless another row is voided; and dues for at most five months ahead."""
    check_void(line, DuesColumns.CORRECTS, DuesColumns.NOTE)
    is_payment = line.get(DuesColumns.CORRECTS) is None and not line.failed(DuesColumns.CORRECTS)
    if is_payment and line.get(DuesColumns.AMOUNT) is None and not line.failed(DuesColumns.AMOUNT):
        hint = "Only a row with 更正序号 may leave it blank: it voids the row it names."
        line.error(DuesColumns.AMOUNT, Code.MISSING_VALUE, expected="a value in 金额", hint=hint)
    received_on, for_month = line.get(DuesColumns.RECEIVED_ON), line.get(DuesColumns.FOR_MONTH)
    if received_on and for_month and for_month.months_since(Month.of(received_on)) > PREPAID_MONTHS_MAX:
        expected = f"at most {PREPAID_MONTHS_MAX} months after the month of receipt, {Month.of(received_on)}"
        line.error(DuesColumns.FOR_MONTH, Code.MONTH_TOO_FAR, expected=expected)


def _build(line: Line, key: str) -> DuesRow:
    corrects = _target(line)
    amount = line.get(DuesColumns.AMOUNT)
    received_on = line.need(DuesColumns.RECEIVED_ON)
    return DuesRow(
        at=line.at,
        key=key,
        number=line.need(DuesColumns.NUMBER),
        registered_on=line.get(DuesColumns.REGISTERED_ON) or received_on,
        received_on=received_on,
        cadre=line.need(DuesColumns.CADRE),
        for_month=line.need(DuesColumns.FOR_MONTH),
        amount=amount,
        method=line.get(DuesColumns.METHOD),
        receipt=line.get(DuesColumns.RECEIPT),
        collector=line.get(DuesColumns.COLLECTOR),
        corrects=corrects,
        is_void=corrects is not None and (amount is None or says_void(line, DuesColumns.NOTE)),
        note=line.get(DuesColumns.NOTE),
    )


DUES: Final = Register(
    form=SheetForm.of("党费", DuesColumns),
    key_column=DuesColumns.NUMBER,
    key=_key,
    build=_build,
    check=_check,
    target_column=DuesColumns.CORRECTS,
    target=_target,
)
