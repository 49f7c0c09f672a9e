"""共建单位: units nearby that help."""

from typing import Final

import attrs

from cadreledger.intake import kinds
from cadreledger.intake.format import Column, SheetForm
from cadreledger.intake.lines import Line
from cadreledger.intake.register import Register
from cadreledger.intake.rows import Row

__all__ = ["PARTNERS", "PartnerColumns", "PartnerRow"]


class PartnerColumns:
    """共建单位."""

    CODE = Column("单位编号", kinds.CODE, required=True)
    NAME = Column("名称", kinds.TEXT, required=True)
    KIND = Column("类别", kinds.TEXT)
    SUPPORT = Column("支持内容", kinds.TEXT)


@attrs.frozen(kw_only=True, repr=False)
class PartnerRow(Row):
    """共建单位. The key is the unit's code."""

    name: str
    kind: str | None  # any words: the format has no list
    support: str | None


def _build(line: Line, key: str) -> PartnerRow:
    return PartnerRow(
        at=line.at,
        key=key,
        name=line.need(PartnerColumns.NAME),
        kind=line.get(PartnerColumns.KIND),
        support=line.get(PartnerColumns.SUPPORT),
    )


PARTNERS: Final = Register(
    form=SheetForm.of("共建单位", PartnerColumns),
    key_column=PartnerColumns.CODE,
    key=lambda line: line.get(PartnerColumns.CODE),
    build=_build,
)
