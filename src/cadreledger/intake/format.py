"""What the format of the office workbook is made of: sheets, their columns, and what a cell of a column holds."""

from collections.abc import Callable
from typing import Final, Generic, TypeVar

import attrs

from cadreledger.intake.cells import CellValue, Oddity

__all__ = ["CLEAR_BYTES_MAX", "LOCKED_BYTES_MAX", "Column", "Kind", "SheetForm"]

# What the texts of a row may take of a section of its event; the rest is for the section's other fields.
LOCKED_BYTES_MAX: Final = 65_536 - 1_024
CLEAR_BYTES_MAX: Final = 16_384 - 1_024

T_co = TypeVar("T_co", covariant=True)


def _no_oddities(_value: CellValue) -> tuple[Oddity, ...]:
    return ()


@attrs.frozen
class Kind(Generic[T_co]):
    """What a cell of a column holds: how it is read, and what is worth a warning."""

    parse: Callable[[CellValue], T_co | None]
    oddities: Callable[[CellValue], tuple[Oddity, ...]] = _no_oddities


@attrs.frozen
class Column(Generic[T_co]):
    """One column of a sheet, found by its header. What stands in a ``personal`` one is never shown in a message."""

    header: str
    kind: Kind[T_co]
    required: bool = attrs.field(default=False, kw_only=True)
    personal: bool = attrs.field(default=False, kw_only=True)


@attrs.frozen
class SheetForm:
    """One sheet: its name and its columns, in the order in which the format lists them."""

    name: str
    columns: tuple[Column[object], ...]

    @classmethod
    def of(cls, name: str, namespace: type) -> "SheetForm":
        """The sheet ``name`` with the columns that the class ``namespace`` lists."""
        return cls(name, tuple(column for column in vars(namespace).values() if isinstance(column, Column)))

    @property
    def headers(self) -> tuple[str, ...]:
        """What stands in row 1."""
        return tuple(column.header for column in self.columns)
