"""Worksheets as rows of plain values, read with openpyxl, one row at a time."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, time, timedelta
from pathlib import Path
from typing import Final, Protocol

import attrs

from cadreledger.errors import CadreLedgerError, ExtraMissingError
from cadreledger.intake.archive import CELL_CHARS_MAX, SheetShape, damaged, inspect
from cadreledger.intake.cells import CellValue, Refused
from cadreledger.intake.problems import Code, file_refused

__all__ = ["Worksheet", "open_workbook"]

_NO_SHAPE: Final = SheetShape(0, 0, ())


class _Cell(Protocol):
    """As much of an openpyxl cell as is used here."""

    @property
    def value(self) -> object: ...
    @property
    def data_type(self) -> str: ...


class _Source(Protocol):
    """As much of an openpyxl worksheet, read-only, as is used here."""

    @property
    def title(self) -> str: ...
    def reset_dimensions(self) -> None: ...
    def iter_rows(self, *, max_row: int, max_col: int) -> Iterator[tuple[_Cell, ...]]: ...


@attrs.frozen
class Worksheet:
    """One worksheet: its name as typed, how far its data reaches, what is merged, and its rows."""

    name: str
    shape: SheetShape
    _source: _Source | None = attrs.field(repr=False)

    def rows(self) -> Iterator[tuple[int, tuple[CellValue, ...]]]:
        """Every row from 1 to the last with data, with its number; each is ``shape.last_column`` wide.

        Raises IntakeError if the sheet turns out to be damaged. Only while the workbook is open.
        """
        if self._source is None or not self.shape.last_row:
            return
        with _guarded():
            self._source.reset_dimensions()  # what the file claims; the shape is what was seen
            cells = self._source.iter_rows(max_row=self.shape.last_row, max_col=self.shape.last_column)
        for number in range(1, self.shape.last_row + 1):
            with _guarded():
                row = tuple(map(_value, next(cells)))
            yield number, row


@contextmanager
def open_workbook(path: str | Path) -> Iterator[tuple[Worksheet, ...]]:
    """The worksheets of an .xlsx file, in the file's order, then its charts; closed again on leaving the block.

    Raises IntakeError if there is no such file, or it is no workbook, or not a safe one;
    ExtraMissingError without openpyxl.
    """
    try:
        import openpyxl  # noqa: PLC0415 - an optional dependency
    except ImportError:
        raise ExtraMissingError(
            "reading a workbook needs openpyxl", hint="Install it with: pip install 'cadreledger[intake]'"
        ) from None
    source = Path(path)
    try:
        file = source.open("rb") if source.is_file() else None  # a pipe would block
    except (OSError, ValueError):
        file = None
    if file is None:
        raise file_refused(Code.FILE_UNREADABLE, expected="an .xlsx file that may be read")
    with file:
        shapes = inspect(file)
        with _guarded():
            workbook = openpyxl.load_workbook(file, read_only=True, keep_links=False)
            sheets = (
                *(_worksheet(sheet, shapes) for sheet in workbook.worksheets),
                *(Worksheet(chart.title, _NO_SHAPE, None) for chart in workbook.chartsheets),
            )
        yield sheets


@contextmanager
def _guarded() -> Iterator[None]:
    """Turn whatever a parser of untrusted bytes raises into IntakeError, and silence what it says on the way.

    Its words may quote cells, and cells are personal: neither chained nor shown.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except CadreLedgerError:
        raise
    except Exception:  # noqa: BLE001 - openpyxl lets through KeyError, TypeError, ParseError, … as the bytes have it
        raise damaged() from None


def _worksheet(sheet: _Source, shapes: dict[str, SheetShape]) -> Worksheet:
    # openpyxl keeps the part's name to itself, and only that ties the sheet to what `inspect` saw
    part = getattr(sheet, "_worksheet_path", "")
    if part not in shapes:
        raise damaged()
    return Worksheet(sheet.title, shapes[part], sheet)


def _value(cell: _Cell) -> CellValue:
    value = cell.value
    if cell.data_type == "f":
        return Refused(Code.FORMULA, "=…")
    if cell.data_type == "e" or not isinstance(value, str | int | float | date | time | timedelta | None):
        return Refused(Code.ERROR_VALUE, str(value))
    if isinstance(value, str) and len(value) > CELL_CHARS_MAX:
        return Refused(Code.CELL_TOO_LONG, f"{len(value)} characters")
    return value
