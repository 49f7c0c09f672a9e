"""党费收支: what the branch fund gives and gets."""

from datetime import date
from typing import Final

import attrs

from cadreledger.errors import InputError
from cadreledger.intake import kinds
from cadreledger.intake.cells import normal
from cadreledger.intake.checks import says_void
from cadreledger.intake.format import Column, SheetForm
from cadreledger.intake.keys import numbered_key
from cadreledger.intake.lines import Line
from cadreledger.intake.problems import Code
from cadreledger.intake.register import Register
from cadreledger.intake.rows import Row
from cadreledger.intake.words import FUND_KINDS, FUND_USES, FundKind, FundUse
from cadreledger.values import Money, Period

__all__ = ["FUNDS", "FundColumns", "FundRow"]


class FundColumns:
    """党费收支."""

    NUMBER = Column("序号", kinds.SEQUENCE, required=True)
    ON = Column("日期", kinds.DAY, required=True)
    BRANCH = Column("支部编号", kinds.CODE, required=True)
    KIND = Column("类别", kinds.word(FUND_KINDS), required=True)
    AMOUNT = Column("金额", kinds.AMOUNT, required=True)
    USE = Column("用途", kinds.LABEL)  # another word than those of the list is a warning, so it is no list
    BASIS = Column("依据", kinds.TEXT)
    HANDLER = Column("经办人", kinds.TEXT, personal=True)
    APPROVER = Column("审批人", kinds.TEXT, personal=True)
    NOTE = Column("备注", kinds.PERSONAL_TEXT, personal=True)


@attrs.frozen(kw_only=True, repr=False)
class FundRow(Row):
    """党费收支. ``use`` is None but for what was spent; ``base`` for any other, where 备注 is a period."""

    number: int
    on: date
    branch: str
    kind: FundKind
    amount: Money
    use: FundUse | None
    use_word: str | None  # 用途 as typed
    base: Period | None
    basis: str | None
    handler: str | None
    approver: str | None
    note: str | None


def _key(line: Line) -> str | None:
    return numbered_key(line.get(FundColumns.ON), line.get(FundColumns.NUMBER))


def _check(line: Line) -> None:
    """What is spent has a use, and nothing else has; this register knows no corrections."""
    if says_void(line, FundColumns.NOTE):
        hint = "This sheet has no 更正序号: take the row out, or put it right in its place."
        line.error(FundColumns.NOTE, Code.VOID_WITHOUT_CORRECTION, expected="a row that stands", hint=hint)
    kind, use = line.get(FundColumns.KIND), line.get(FundColumns.USE)
    if kind is None or line.failed(FundColumns.USE):
        return
    if kind is not FundKind.SPENT:
        if use is not None:
            line.warn(FundColumns.USE, Code.VALUE_UNUSED, expected="blank, but for 支出", hint="It is not recorded.")
    elif use is None:
        line.warn(FundColumns.USE, Code.USE_MISSING, expected=f"one of {', '.join(FUND_USES)}")
    elif use not in FUND_USES:
        hint = "It is counted as another use than those of the list."
        line.warn(FundColumns.USE, Code.UNKNOWN_WORD, expected=f"one of {', '.join(FUND_USES)}", hint=hint)


def _build(line: Line, key: str) -> FundRow:
    kind = line.need(FundColumns.KIND)
    use_word, note = line.get(FundColumns.USE), line.get(FundColumns.NOTE)
    return FundRow(
        at=line.at,
        key=key,
        number=line.need(FundColumns.NUMBER),
        on=line.need(FundColumns.ON),
        branch=line.need(FundColumns.BRANCH),
        kind=kind,
        amount=line.need(FundColumns.AMOUNT),
        use=FUND_USES.get(use_word or "", FundUse.OTHER) if kind is FundKind.SPENT else None,
        use_word=use_word,
        base=_period(note) if kind is not FundKind.SPENT else None,
        basis=line.get(FundColumns.BASIS),
        handler=line.get(FundColumns.HANDLER),
        approver=line.get(FundColumns.APPROVER),
        note=note,
    )


def _period(note: str | None) -> Period | None:
    """The base period that ``note`` is, if it is nothing else."""
    try:
        return Period.parse(normal(note)) if note else None
    except InputError:
        return None


FUNDS: Final = Register(
    form=SheetForm.of("党费收支", FundColumns),
    key_column=FundColumns.NUMBER,
    key=_key,
    build=_build,
    check=_check,
)
