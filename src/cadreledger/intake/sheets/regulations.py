"""制度: the community's own rules."""

from datetime import date
from typing import Final

import attrs

from cadreledger.intake import kinds
from cadreledger.intake.format import Column, SheetForm
from cadreledger.intake.lines import Line
from cadreledger.intake.register import Register
from cadreledger.intake.rows import Row
from cadreledger.intake.words import REGULATION_WAYS, RegulationWay

__all__ = ["REGULATIONS", "RegulationColumns", "RegulationRow"]


class RegulationColumns:
    """制度."""

    CODE = Column("制度编号", kinds.CODE, required=True)
    NAME = Column("名称", kinds.TEXT, required=True)
    WAY = Column("方式", kinds.word(REGULATION_WAYS), required=True)
    ON = Column("日期", kinds.DAY)


@attrs.frozen(kw_only=True, repr=False)
class RegulationRow(Row):
    """制度. The key is the regulation's code."""

    name: str
    way: RegulationWay
    on: date | None


def _build(line: Line, key: str) -> RegulationRow:
    return RegulationRow(
        at=line.at,
        key=key,
        name=line.need(RegulationColumns.NAME),
        way=line.need(RegulationColumns.WAY),
        on=line.get(RegulationColumns.ON),
    )


REGULATIONS: Final = Register(
    form=SheetForm.of("制度", RegulationColumns),
    key_column=RegulationColumns.CODE,
    key=lambda line: line.get(RegulationColumns.CODE),
    build=_build,
)
