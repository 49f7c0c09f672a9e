"""干部: the people."""

from datetime import date
from typing import Final

import attrs

from cadreledger.intake import kinds
from cadreledger.intake.format import Column, SheetForm
from cadreledger.intake.lines import Line
from cadreledger.intake.register import Register
from cadreledger.intake.rows import Row
from cadreledger.intake.words import CADRE_KINDS, SEXES, CadreKind, Sex
from cadreledger.values import Money, Month

__all__ = ["CADRES", "CadreColumns", "CadreRow"]


class CadreColumns:
    """干部."""

    CODE = Column("编号", kinds.CODE, required=True, personal=True)
    NAME = Column("姓名", kinds.PERSONAL_TEXT, required=True, personal=True)
    SEX = Column("性别", kinds.word(SEXES), personal=True)
    BORN = Column("出生年月", kinds.MONTH, personal=True)
    KIND = Column("类别", kinds.word(CADRE_KINDS), required=True)
    PHONE = Column("手机", kinds.PERSONAL_TEXT, personal=True)
    ADDRESS = Column("住址", kinds.PERSONAL_TEXT, personal=True)
    SMARTPHONE = Column("智能手机", kinds.YES_NO)
    FRAIL = Column("行动不便", kinds.YES_NO, personal=True)
    MEMBER = Column("党员", kinds.YES_NO)
    FULL_MEMBER_ON = Column("转正日期", kinds.DAY, personal=True)
    FORMAL_BRANCH = Column("所属支部", kinds.LABEL)
    JOINED_BRANCH = Column("参加支部", kinds.LABEL)
    DUES_BASE = Column("党费基数", kinds.AMOUNT, personal=True)
    DUES_BASE_FROM = Column("基数起始月", kinds.MONTH)


@attrs.frozen(kw_only=True, repr=False)
class CadreRow(Row):
    """干部. The key is the person's code. A branch may be a code or, for one outside, any text."""

    name: str
    sex: Sex | None
    born: Month | None
    kind: CadreKind
    phone: str | None
    address: str | None
    smartphone: bool
    frail: bool
    member: bool
    full_member_on: date | None
    formal_branch: str | None
    joined_branch: str | None
    dues_base: Money | None
    dues_base_from: Month | None


def _build(line: Line, key: str) -> CadreRow:
    return CadreRow(
        at=line.at,
        key=key,
        name=line.need(CadreColumns.NAME),
        sex=line.get(CadreColumns.SEX),
        born=line.get(CadreColumns.BORN),
        kind=line.need(CadreColumns.KIND),
        phone=line.get(CadreColumns.PHONE),
        address=line.get(CadreColumns.ADDRESS),
        smartphone=line.need(CadreColumns.SMARTPHONE),
        frail=line.need(CadreColumns.FRAIL),
        member=line.need(CadreColumns.MEMBER),
        full_member_on=line.get(CadreColumns.FULL_MEMBER_ON),
        formal_branch=line.get(CadreColumns.FORMAL_BRANCH),
        joined_branch=line.get(CadreColumns.JOINED_BRANCH),
        dues_base=line.get(CadreColumns.DUES_BASE),
        dues_base_from=line.get(CadreColumns.DUES_BASE_FROM),
    )


CADRES: Final = Register(
    form=SheetForm.of("干部", CadreColumns),
    key_column=CadreColumns.CODE,
    key=lambda line: line.get(CadreColumns.CODE),
    build=_build,
)
