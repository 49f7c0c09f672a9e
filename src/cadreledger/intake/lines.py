"""One worksheet of the format, read line by line: what each cell says, and everything that is wrong with it."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final, TypeVar, cast

import attrs

from cadreledger.errors import IntakeProblem
from cadreledger.intake.cells import CellError, CellValue, Refused, is_blank, normal, shown
from cadreledger.intake.format import Column, SheetForm
from cadreledger.intake.problems import MASK, Code, Problems
from cadreledger.intake.references import Range, column_letters
from cadreledger.intake.workbook import Worksheet

__all__ = ["Line", "Place", "read_lines"]

_NO_ROW: Final = (0, ())

T = TypeVar("T")


@attrs.frozen
class Place:
    """Where a row stands: its sheet, its number, and which column (from 1) each header of the format has there."""

    sheet: str
    row: int
    columns: Mapping[str, int] = attrs.field(repr=False, eq=False)

    def cell(self, column: Column[object]) -> str:
        """``F12``; "" if the sheet lacks the column."""
        number = self.columns.get(column.header)
        return f"{column_letters(number)}{self.row}" if number else ""

    def problem(
        self, column: Column[object], code: str, *, found: str = "", expected: str = "", hint: str = ""
    ) -> IntakeProblem:
        """What is wrong with the cell in ``column``; ``found`` is masked where the column is personal."""
        masked = MASK if found and column.personal else found
        cell = self.cell(column)
        return IntakeProblem(sheet=self.sheet, cell=cell, code=str(code), found=masked, expected=expected, hint=hint)


@attrs.define
class Line:
    """One row while it is read: the values of its readable cells. Checks add to its problems."""

    at: Place
    _cells: tuple[CellValue, ...] = attrs.field(repr=False)
    _problems: Problems = attrs.field(repr=False)
    _values: dict[str, object] = attrs.field(factory=dict, repr=False)  # by header
    _failed: set[str] = attrs.field(factory=set, repr=False)  # headers of cells in error

    @property
    def is_sound(self) -> bool:
        """No error so far."""
        return not self._failed

    def get(self, column: Column[T]) -> T | None:
        """What stands in ``column``: None if it is blank, in error, or not there."""
        return cast("T | None", self._values.get(column.header))

    def need(self, column: Column[T]) -> T:
        """What stands in a required column of a sound line."""
        return cast("T", self._values[column.header])

    def failed(self, column: Column[object]) -> bool:
        """Whether the cell in ``column`` is in error."""
        return column.header in self._failed

    def read(self, column: Column[object]) -> None:
        """Read the cell in ``column``, and note what is wrong or odd with it."""
        value = self._cells[self.at.columns[column.header] - 1]
        if isinstance(value, Refused):
            expected, hint = _REFUSED.get(value.code, ("a value", ""))
            self.error(column, value.code, expected=expected, hint=hint)
            return
        try:
            parsed = column.kind.parse(value)
        except CellError as error:
            self.error(column, error.code, expected=error.expected, hint=error.hint)
            return
        if parsed is None and column.required:
            self.error(column, Code.MISSING_VALUE, expected=f"a value in {column.header}")
            return
        self._values[column.header] = parsed
        for oddity in column.kind.oddities(value):
            self.warn(column, oddity.code, expected=oddity.expected, hint=oddity.hint)

    def error(self, column: Column[object], code: Code, *, expected: str = "", hint: str = "") -> None:
        """Note that the line cannot be imported, because of the cell in ``column``."""
        self._failed.add(column.header)
        self._problems.error(self.at.problem(column, code, found=self._found(column), expected=expected, hint=hint))

    def warn(self, column: Column[object], code: Code, *, expected: str = "", hint: str = "") -> None:
        """Note something odd about the cell in ``column``."""
        self._problems.warning(self.at.problem(column, code, found=self._found(column), expected=expected, hint=hint))

    def _found(self, column: Column[object]) -> str:
        number = self.at.columns.get(column.header)
        return shown(self._cells[number - 1]) if number else ""


_REFUSED: Final[Mapping[Code, tuple[str, str]]] = MappingProxyType(
    {
        Code.FORMULA: ("a value, no formula", "Copy the cell and paste it as a value: formulas are not evaluated."),
        Code.ERROR_VALUE: ("a value, no error", "Repair the formula that gave the error, and paste its value."),
        Code.CELL_TOO_LONG: ("at most 32767 characters", ""),
    }
)


def read_lines(sheet: Worksheet, form: SheetForm, problems: Problems) -> Iterator[Line]:
    """The rows of ``sheet`` under its header, blank ones left out, each with all its cells read.

    All problems of header and cells go to ``problems``. Where the sheet lacks a column, there are no lines.
    """
    rows = sheet.rows()
    header = next(rows, _NO_ROW)[1]
    columns = _columns(header, form, problems)
    there = tuple(column for column in form.columns if column.header in columns)
    known = {columns[column.header] for column in there}
    merges = [merge for merge in sheet.shape.merges if _touches(merge, known)]
    _check_merges(1, header, merges, form, problems)
    unnamed = {number for number, value in enumerate(header, 1) if is_blank(value)}
    for number, row in rows:
        _check_merges(number, row, merges, form, problems)
        _check_unnamed(number, row, unnamed, form, problems)
        if all(is_blank(row[column - 1]) for column in known):
            continue
        line = Line(Place(form.name, number, columns), row, problems)
        for column in there:
            line.read(column)
        if len(there) == len(form.columns):
            yield line


def _columns(header: tuple[CellValue, ...], form: SheetForm, problems: Problems) -> Mapping[str, int]:
    """Which column each header of ``form`` has in row 1, and what is wrong with row 1."""
    columns: dict[str, int] = {}
    typed = [normal(value) if isinstance(value, str) else shown(value) for value in header]
    is_header = not set(form.headers).isdisjoint(typed)  # else row 1 may hold people
    for number, (name, value) in enumerate(zip(typed, header, strict=True), 1):
        cell = f"{column_letters(number)}1"
        found = shown(value) if is_header else MASK
        if isinstance(value, Refused):
            expected, hint = _REFUSED.get(value.code, ("a header", ""))
            problems.error(_sheet_problem(form, value.code, cell, found, expected, hint))
        elif name in columns:
            hint = f"Column {column_letters(columns[name])} has it already."
            problems.error(_sheet_problem(form, Code.DUPLICATE_COLUMN, cell, found, "each column once", hint))
        elif name in form.headers:
            columns[name] = number
        elif name:
            expected, hint = "a column of the format", "It is not read."
            problems.warning(_sheet_problem(form, Code.UNKNOWN_COLUMN, cell, found, expected, hint))
    for name in form.headers:
        if name not in columns:
            hint = f"Put it into row 1; this sheet needs the columns {', '.join(form.headers)}."
            problems.error(_sheet_problem(form, Code.MISSING_COLUMN, "", "", name, hint))
    return MappingProxyType(columns)


def _sheet_problem(form: SheetForm, code: Code, cell: str, found: str, expected: str, hint: str) -> IntakeProblem:
    return IntakeProblem(sheet=form.name, cell=cell, code=code.value, found=found, expected=expected, hint=hint)


def _touches(merge: Range, columns: set[int]) -> bool:
    return any(merge.first_column <= column <= merge.last_column for column in columns)


def _check_merges(
    row: int, values: tuple[CellValue, ...], merges: list[Range], form: SheetForm, problems: Problems
) -> None:
    """Report the ``merges`` that lie over something in this row, and strike them off, and those that end here."""
    for merge in tuple(merges):
        if not merge.first_row <= row:
            continue
        over_data = any(not is_blank(value) for value in values[merge.first_column - 1 : merge.last_column])
        if over_data:
            cell = f"{column_letters(merge.first_column)}{merge.first_row}"
            hint = "Unmerge the cells, and type the value into each that it is meant for."
            problems.error(_sheet_problem(form, Code.MERGED_CELL, cell, str(merge), "one cell for one value", hint))
        if over_data or merge.last_row <= row:
            merges.remove(merge)


def _check_unnamed(
    row: int, values: tuple[CellValue, ...], unnamed: set[int], form: SheetForm, problems: Problems
) -> None:
    """Warn, once a column, of values in a column that has no header."""
    for column in sorted(unnamed):
        if not is_blank(values[column - 1]):
            unnamed.remove(column)
            cell = f"{column_letters(column)}{row}"
            hint = "What stands in this column is not read."
            problems.warning(_sheet_problem(form, Code.UNKNOWN_COLUMN, cell, MASK, "a header in row 1", hint))
