"""创建工作: on the way to a "new type of community", a row a step."""

from datetime import date
from typing import Final

import attrs

from cadreledger.intake import kinds
from cadreledger.intake.format import Column, SheetForm
from cadreledger.intake.keys import numbered_key
from cadreledger.intake.lines import Line
from cadreledger.intake.problems import Code
from cadreledger.intake.register import Register
from cadreledger.intake.rows import Row
from cadreledger.intake.words import MATTERS, Matter

__all__ = ["PROGRAMME", "ProgrammeColumns", "ProgrammeRow"]

_SUMMED: Final = frozenset({Matter.SURVEY, Matter.OBSERVATION, Matter.TUTORING})  # of the others, rows are counted
_SETTLING: Final = frozenset({Matter.RECTIFICATION, Matter.VERIFICATION})


class ProgrammeColumns:
    """创建工作."""

    NUMBER = Column("序号", kinds.SEQUENCE, required=True)
    ON = Column("日期", kinds.DAY, required=True)
    MATTER = Column("事项", kinds.word(MATTERS), required=True)
    TEXT = Column("内容", kinds.PERSONAL_TEXT, personal=True)
    COUNT = Column("数量", kinds.COUNT)
    UNIT = Column("单位", kinds.TEXT)
    RESPONSIBLE = Column("责任人", kinds.TEXT, personal=True)  # a post, or the name of who holds it
    BASIS = Column("依据", kinds.TEXT)
    RELATED = Column("关联序号", kinds.SEQUENCE)  # required of what settles an issue


@attrs.frozen(kw_only=True, repr=False)
class ProgrammeRow(Row):
    """创建工作. ``related`` is the 序号 of the issue that a rectification or verification settles, else None."""

    number: int
    on: date
    matter: Matter
    text: str | None
    count: int | None
    unit: str | None
    responsible: str | None
    basis: str | None
    related: int | None


def _check(line: Line) -> None:
    """What settles an issue says which; and what is not summed counts as one."""
    matter, related, count = (
        line.get(ProgrammeColumns.MATTER),
        line.get(ProgrammeColumns.RELATED),
        line.get(ProgrammeColumns.COUNT),
    )
    if matter is None:
        return
    if matter in _SETTLING and related is None and not line.failed(ProgrammeColumns.RELATED):
        hint = "Name the 序号 of the 自查问题 that is settled."
        line.error(ProgrammeColumns.RELATED, Code.MISSING_VALUE, expected="a value in 关联序号", hint=hint)
    elif matter not in _SETTLING and related is not None:
        expected, hint = "blank, but for 整改 and 验收", "It is not recorded."
        line.warn(ProgrammeColumns.RELATED, Code.VALUE_UNUSED, expected=expected, hint=hint)
    if matter not in _SUMMED and count not in (None, 1):
        expected, hint = "1 or blank, but for 调研, 观摩 and 辅导", "The row counts as one: write a row for each."
        line.warn(ProgrammeColumns.COUNT, Code.VALUE_UNUSED, expected=expected, hint=hint)


def _key(line: Line) -> str | None:
    return numbered_key(line.get(ProgrammeColumns.ON), line.get(ProgrammeColumns.NUMBER))


def _build(line: Line, key: str) -> ProgrammeRow:
    matter = line.need(ProgrammeColumns.MATTER)
    return ProgrammeRow(
        at=line.at,
        key=key,
        number=line.need(ProgrammeColumns.NUMBER),
        on=line.need(ProgrammeColumns.ON),
        matter=matter,
        text=line.get(ProgrammeColumns.TEXT),
        count=line.get(ProgrammeColumns.COUNT),
        unit=line.get(ProgrammeColumns.UNIT),
        responsible=line.get(ProgrammeColumns.RESPONSIBLE),
        basis=line.get(ProgrammeColumns.BASIS),
        related=line.get(ProgrammeColumns.RELATED) if matter in _SETTLING else None,
    )


PROGRAMME: Final = Register(
    form=SheetForm.of("创建工作", ProgrammeColumns),
    key_column=ProgrammeColumns.NUMBER,
    key=_key,
    build=_build,
    check=_check,
)
