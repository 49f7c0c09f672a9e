"""微心愿: small wishes, from the day they are made to the day they come true."""

from datetime import date
from typing import Final

import attrs

from cadreledger.intake import kinds
from cadreledger.intake.checks import check_in_order, check_together
from cadreledger.intake.format import Column, SheetForm
from cadreledger.intake.lines import Line
from cadreledger.intake.problems import Code
from cadreledger.intake.register import Register
from cadreledger.intake.rows import Row
from cadreledger.intake.words import WISH_STATUSES, WishStatus

__all__ = ["WISHES", "WishColumns", "WishRow"]


class WishColumns:
    """微心愿."""

    CODE = Column("心愿编号", kinds.CODE, required=True)
    CADRE = Column("编号", kinds.CODE, required=True, personal=True)
    ON = Column("提出日期", kinds.DAY, required=True)
    CONTENT = Column("内容", kinds.PERSONAL_TEXT, personal=True)
    CLAIMANT = Column("认领人", kinds.TEXT, personal=True)
    CLAIMED_ON = Column("认领日期", kinds.DAY)
    FULFILLED_ON = Column("完成日期", kinds.DAY)  # required of a wish that is fulfilled, and wrong of any other
    STATUS = Column("状态", kinds.word(WISH_STATUSES), required=True)
    ITEMS = Column("件次", kinds.COUNT)


@attrs.frozen(kw_only=True, repr=False)
class WishRow(Row):
    """微心愿. The key is the wish's code. ``fulfilled_on`` is there if, and only if, the status is FULFILLED."""

    cadre: str
    on: date
    content: str | None
    claimant: str | None
    claimed_on: date | None
    fulfilled_on: date | None
    status: WishStatus
    items: int | None


def _check(line: Line) -> None:
    """The status and the dates tell one story."""
    check_in_order(line, WishColumns.ON, WishColumns.CLAIMED_ON, WishColumns.FULFILLED_ON)
    status = line.get(WishColumns.STATUS)
    if status is not None:
        _check_claim(line, status)
        _check_fulfilment(line, status)


def _check_claim(line: Line, status: WishStatus) -> None:
    claim = (WishColumns.CLAIMANT, WishColumns.CLAIMED_ON)
    said = [column for column in claim if line.get(column) is not None]
    if status is WishStatus.OPEN and said:
        hint = "If somebody has taken it on, the status is 已认领."
        line.warn(said[0], Code.STATUS_CONTRADICTED, expected="blank for 待认领", hint=hint)
    elif status is WishStatus.CLAIMED and not said and not any(map(line.failed, claim)):
        line.warn(WishColumns.CLAIMANT, Code.CLAIM_INCOMPLETE, expected="who has taken it on, and when")
    else:
        check_together(line, claim, Code.CLAIM_INCOMPLETE)


def _check_fulfilment(line: Line, status: WishStatus) -> None:
    on, items = line.get(WishColumns.FULFILLED_ON), line.get(WishColumns.ITEMS)
    if status is WishStatus.FULFILLED:
        if on is None and not line.failed(WishColumns.FULFILLED_ON):
            hint = "A wish counts in the month in which it came true."
            line.error(WishColumns.FULFILLED_ON, Code.MISSING_VALUE, expected="a value in 完成日期", hint=hint)
        if items == 0:
            hint = "Leave it blank for 1."
            line.error(WishColumns.ITEMS, Code.NUMBER_UNREADABLE, expected="a whole number from 1", hint=hint)
        return
    if on is not None:  # one of the two is wrong, and a published figure depends on which
        hint = "Only a wish that is 已完成 has come true: put the status right, or take the date out."
        line.error(WishColumns.FULFILLED_ON, Code.STATUS_CONTRADICTED, expected="blank, but for 已完成", hint=hint)
    if items:
        line.warn(WishColumns.ITEMS, Code.VALUE_UNUSED, expected="blank, but for 已完成", hint="It is not counted.")


def _build(line: Line, key: str) -> WishRow:
    return WishRow(
        at=line.at,
        key=key,
        cadre=line.need(WishColumns.CADRE),
        on=line.need(WishColumns.ON),
        content=line.get(WishColumns.CONTENT),
        claimant=line.get(WishColumns.CLAIMANT),
        claimed_on=line.get(WishColumns.CLAIMED_ON),
        fulfilled_on=line.get(WishColumns.FULFILLED_ON),
        status=line.need(WishColumns.STATUS),
        items=line.get(WishColumns.ITEMS),
    )


WISHES: Final = Register(
    form=SheetForm.of("微心愿", WishColumns),
    key_column=WishColumns.CODE,
    key=lambda line: line.get(WishColumns.CODE),
    build=_build,
    check=_check,
)
