"""支部: the branches, and who holds their posts."""

from datetime import date
from typing import Final

import attrs

from cadreledger.intake import kinds
from cadreledger.intake.format import Column, SheetForm
from cadreledger.intake.lines import Line
from cadreledger.intake.register import Register
from cadreledger.intake.rows import Row
from cadreledger.intake.words import BRANCH_KINDS, BranchKind
from cadreledger.values import Month

__all__ = ["BRANCHES", "BranchColumns", "BranchRow"]


class BranchColumns:
    """支部."""

    CODE = Column("支部编号", kinds.CODE, required=True)
    NAME = Column("名称", kinds.TEXT, required=True)
    KIND = Column("类型", kinds.word(BRANCH_KINDS), required=True)
    ESTABLISHED = Column("成立日期", kinds.DAY_OR_MONTH)
    APPROVAL = Column("批准文号", kinds.TEXT)
    SECRETARY = Column("书记", kinds.TEXT, personal=True)  # a post, or the name of who holds it
    ORGANISER = Column("组织委员", kinds.TEXT, personal=True)
    PUBLICIST = Column("宣传委员", kinds.TEXT, personal=True)
    LIAISON = Column("联络员", kinds.TEXT, personal=True)


@attrs.frozen(kw_only=True, repr=False)
class BranchRow(Row):
    """支部. The key is the branch's code."""

    name: str
    kind: BranchKind
    established: date | Month | None
    approval: str | None  # 批准文号
    secretary: str | None
    organiser: str | None
    publicist: str | None
    liaison: str | None


def _build(line: Line, key: str) -> BranchRow:
    return BranchRow(
        at=line.at,
        key=key,
        name=line.need(BranchColumns.NAME),
        kind=line.need(BranchColumns.KIND),
        established=line.get(BranchColumns.ESTABLISHED),
        approval=line.get(BranchColumns.APPROVAL),
        secretary=line.get(BranchColumns.SECRETARY),
        organiser=line.get(BranchColumns.ORGANISER),
        publicist=line.get(BranchColumns.PUBLICIST),
        liaison=line.get(BranchColumns.LIAISON),
    )


BRANCHES: Final = Register(
    form=SheetForm.of("支部", BranchColumns),
    key_column=BranchColumns.CODE,
    key=lambda line: line.get(BranchColumns.CODE),
    build=_build,
)
