"""概况: what the community is like, as a source says it."""

from typing import Final

import attrs

from cadreledger.intake import kinds
from cadreledger.intake.cells import normal
from cadreledger.intake.format import Column, SheetForm
from cadreledger.intake.lines import Line
from cadreledger.intake.register import Register
from cadreledger.intake.rows import Row
from cadreledger.intake.words import QUALIFIERS
from cadreledger.values import Month, Qualifier

__all__ = ["PROFILE", "ProfileColumns", "ProfileRow"]


class ProfileColumns:
    """概况."""

    ITEM = Column("项目", kinds.TEXT, required=True)
    VALUE = Column("数值", kinds.DECIMAL_OR_TEXT, required=True)
    UNIT = Column("单位", kinds.TEXT)
    QUALIFIER = Column("精度", kinds.word(QUALIFIERS))
    AS_OF = Column("期间", kinds.MONTH)
    BASIS = Column("依据", kinds.TEXT)


@attrs.frozen(kw_only=True, repr=False)
class ProfileRow(Row):
    """概况. The key is the item, normalised."""

    item: str
    value: str  # a plain decimal, or text
    unit: str | None
    qualifier: Qualifier
    as_of: Month | None
    basis: str | None


def _key(line: Line) -> str | None:
    item = line.get(ProfileColumns.ITEM)
    return None if item is None else normal(item)


def _build(line: Line, key: str) -> ProfileRow:
    return ProfileRow(
        at=line.at,
        key=key,
        item=line.need(ProfileColumns.ITEM),
        value=line.need(ProfileColumns.VALUE),
        unit=line.get(ProfileColumns.UNIT),
        qualifier=line.get(ProfileColumns.QUALIFIER) or Qualifier.EXACT,
        as_of=line.get(ProfileColumns.AS_OF),
        basis=line.get(ProfileColumns.BASIS),
    )


PROFILE: Final = Register(
    form=SheetForm.of("概况", ProfileColumns), key_column=ProfileColumns.ITEM, key=_key, build=_build
)
