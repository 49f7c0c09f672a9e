"""设施: rooms, books, equipment, and what partners lend."""

from typing import Final

import attrs

from cadreledger.intake import kinds
from cadreledger.intake.format import Column, SheetForm
from cadreledger.intake.lines import Line
from cadreledger.intake.register import Register
from cadreledger.intake.rows import Row
from cadreledger.intake.words import FACILITY_KINDS, QUALIFIERS, FacilityKind
from cadreledger.values import Qualifier

__all__ = ["FACILITIES", "FacilityColumns", "FacilityRow"]


class FacilityColumns:
    """设施."""

    CODE = Column("设施编号", kinds.CODE, required=True)
    NAME = Column("名称", kinds.TEXT, required=True)
    KIND = Column("类别", kinds.word(FACILITY_KINDS), required=True)
    COUNT = Column("数量", kinds.COUNT, required=True)
    UNIT = Column("单位", kinds.TEXT)
    QUALIFIER = Column("精度", kinds.word(QUALIFIERS))
    AREA = Column("面积", kinds.DECIMAL_OR_TEXT)
    PROVIDER = Column("提供单位", kinds.TEXT)
    OPENING = Column("开放条件", kinds.TEXT)
    NOTE = Column("备注", kinds.PERSONAL_TEXT, personal=True)


@attrs.frozen(kw_only=True, repr=False)
class FacilityRow(Row):
    """设施. The key is the facility's code. ``area`` is a plain decimal (square metres), or text."""

    name: str
    kind: FacilityKind
    count: int
    unit: str | None
    qualifier: Qualifier
    area: str | None
    provider: str | None
    opening: str | None
    note: str | None


def _build(line: Line, key: str) -> FacilityRow:
    return FacilityRow(
        at=line.at,
        key=key,
        name=line.need(FacilityColumns.NAME),
        kind=line.need(FacilityColumns.KIND),
        count=line.need(FacilityColumns.COUNT),
        unit=line.get(FacilityColumns.UNIT),
        qualifier=line.get(FacilityColumns.QUALIFIER) or Qualifier.EXACT,
        area=line.get(FacilityColumns.AREA),
        provider=line.get(FacilityColumns.PROVIDER),
        opening=line.get(FacilityColumns.OPENING),
        note=line.get(FacilityColumns.NOTE),
    )


FACILITIES: Final = Register(
    form=SheetForm.of("设施", FacilityColumns),
    key_column=FacilityColumns.CODE,
    key=lambda line: line.get(FacilityColumns.CODE),
    build=_build,
)
