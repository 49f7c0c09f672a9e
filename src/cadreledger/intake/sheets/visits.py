"""走访: who was visited."""

from datetime import date
from typing import Final

import attrs

from cadreledger.intake import kinds
from cadreledger.intake.checks import check_void, says_void
from cadreledger.intake.format import Column, SheetForm
from cadreledger.intake.keys import numbered_key
from cadreledger.intake.lines import Line
from cadreledger.intake.register import Register
from cadreledger.intake.rows import Row
from cadreledger.intake.words import VISIT_MODES, VISIT_REASONS, VisitMode, VisitReason

__all__ = ["VISITS", "VisitColumns", "VisitRow"]

_DISTINCT: Final = "非重复"


class VisitColumns:
    """走访."""

    NUMBER = Column("序号", kinds.SEQUENCE, required=True)
    REGISTERED_ON = Column("登记日期", kinds.DAY)
    ON = Column("日期", kinds.DAY, required=True)
    GROUP = Column("小组", kinds.LABEL)
    CADRE = Column("编号", kinds.CODE, required=True, personal=True)
    REASON = Column("事由", kinds.word(VISIT_REASONS), required=True)
    CONTENT = Column("内容", kinds.PERSONAL_TEXT, personal=True)
    MODE = Column("方式", kinds.word(VISIT_MODES), required=True)
    HANDLER = Column("经办人", kinds.TEXT, personal=True)
    CORRECTS = Column("更正序号", kinds.SEQUENCE)
    NOTE = Column("备注", kinds.PERSONAL_TEXT, personal=True)


@attrs.frozen(kw_only=True, repr=False)
class VisitRow(Row):
    """走访. ``is_distinct``: somebody said that it is no duplicate of another group's visit (备注 非重复)."""

    number: int
    registered_on: date
    on: date
    group: str | None
    cadre: str
    reason: VisitReason
    content: str | None
    mode: VisitMode
    handler: str | None
    corrects: str | None
    is_void: bool
    is_distinct: bool
    note: str | None


def _key(line: Line) -> str | None:
    return numbered_key(line.get(VisitColumns.ON), line.get(VisitColumns.NUMBER))


def _target(line: Line) -> str | None:
    return numbered_key(line.get(VisitColumns.ON), line.get(VisitColumns.CORRECTS))


def _check(line: Line) -> None:
    check_void(line, VisitColumns.CORRECTS, VisitColumns.NOTE)


def _build(line: Line, key: str) -> VisitRow:
    corrects = _target(line)
    on = line.need(VisitColumns.ON)
    note = line.get(VisitColumns.NOTE)
    return VisitRow(
        at=line.at,
        key=key,
        number=line.need(VisitColumns.NUMBER),
        registered_on=line.get(VisitColumns.REGISTERED_ON) or on,
        on=on,
        group=line.get(VisitColumns.GROUP),
        cadre=line.need(VisitColumns.CADRE),
        reason=line.need(VisitColumns.REASON),
        content=line.get(VisitColumns.CONTENT),
        mode=line.need(VisitColumns.MODE),
        handler=line.get(VisitColumns.HANDLER),
        corrects=corrects,
        is_void=corrects is not None and says_void(line, VisitColumns.NOTE),
        is_distinct=note == _DISTINCT,
        note=note,
    )


VISITS: Final = Register(
    form=SheetForm.of("走访", VisitColumns),
    key_column=VisitColumns.NUMBER,
    key=_key,
    build=_build,
    check=_check,
    target_column=VisitColumns.CORRECTS,
    target=_target,
)
