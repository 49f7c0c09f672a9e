"""An office workbook as typed rows, with everything that is wrong with it: what can be known without a ledger.

What a ledger must say (is the person known, does the corrected row stand) is for whoever records the rows.
"""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import attrs

from cadreledger.errors import IntakeProblem
from cadreledger.intake import registers
from cadreledger.intake.cells import normal, shown
from cadreledger.intake.format import SHEET_NAMES, SHEETS, SheetForm
from cadreledger.intake.lines import has_rows
from cadreledger.intake.problems import Code, Problems
from cadreledger.intake.rows import BranchRow, CadreRow, DuesRow, FundRow, VisitRow
from cadreledger.intake.workbook import Worksheet, open_workbook

__all__ = ["OfficeBook", "read_workbook"]


@attrs.frozen(kw_only=True)
class OfficeBook:
    """What a workbook holds: its sound rows in the file's order, and all problems in the order of sheets and cells.

    If there are ``errors``, some rows are left out and nothing may be recorded.
    """

    branches: tuple[BranchRow, ...] = attrs.field(repr=False)
    cadres: tuple[CadreRow, ...] = attrs.field(repr=False)
    dues: tuple[DuesRow, ...] = attrs.field(repr=False)
    funds: tuple[FundRow, ...] = attrs.field(repr=False)
    visits: tuple[VisitRow, ...] = attrs.field(repr=False)
    keys: Mapping[str, frozenset[str]] = attrs.field(repr=False)  # by sheet: every readable key, of rows in error too
    rows_count: Mapping[str, int]  # by sheet, of the sheets that are read; blank rows are no rows
    errors: tuple[IntakeProblem, ...]
    warnings: tuple[IntakeProblem, ...]


def read_workbook(path: str | Path) -> OfficeBook:
    """Read an .xlsx file.

    Raises IntakeError if it is no workbook, or not a safe one; ExtraMissingError without openpyxl.
    Whatever is wrong inside a readable workbook is in the result's ``errors``.
    """
    problems = Problems()
    with open_workbook(path) as worksheets:
        sheets = _by_name(worksheets, problems)
        for form in SHEETS:
            if form.name in sheets and not form.columns:
                _check_unread(sheets[form.name], form, problems)
        branches = registers.BRANCHES.read(sheets, problems)
        cadres = registers.CADRES.read(sheets, problems)
        dues = registers.DUES.read(sheets, problems)
        funds = registers.FUNDS.read(sheets, problems)
        visits = registers.VISITS.read(sheets, problems)
    all_read = (branches, cadres, dues, funds, visits)
    return OfficeBook(
        branches=branches.rows,
        cadres=cadres.rows,
        dues=dues.rows,
        funds=funds.rows,
        visits=visits.rows,
        keys=MappingProxyType({read.sheet: read.keys for read in all_read}),
        rows_count=MappingProxyType({read.sheet: read.rows_count for read in all_read}),
        errors=problems.errors(SHEET_NAMES),
        warnings=problems.warnings(SHEET_NAMES),
    )


def _by_name(worksheets: tuple[Worksheet, ...], problems: Problems) -> Mapping[str, Worksheet]:
    """The format's sheets that are there. Reports those that are not, those twice there, and those unknown."""
    sheets: dict[str, Worksheet] = {}
    for sheet in worksheets:
        name = normal(sheet.name)
        if name not in SHEET_NAMES:
            hint = "It is not read."
            problems.warning(_about(shown(sheet.name), Code.UNKNOWN_SHEET, expected="a sheet of the format", hint=hint))
        elif name in sheets:
            problems.error(_about(name, Code.DUPLICATE_SHEET, expected="each sheet once"))
        else:
            sheets[name] = sheet
    for name in SHEET_NAMES:
        if name not in sheets:
            hint = "Add the sheet with its header; it may have no rows."
            problems.error(_about(name, Code.MISSING_SHEET, expected=name, hint=hint))
    return MappingProxyType(sheets)


def _check_unread(sheet: Worksheet, form: SheetForm, problems: Problems) -> None:
    if has_rows(sheet, form, problems):
        problems.warning(_about(form.name, Code.SHEET_NOT_READ, hint="The rows of this sheet are not read yet."))


def _about(sheet: str, code: Code, *, expected: str = "", hint: str = "") -> IntakeProblem:
    return IntakeProblem(sheet=sheet, cell="", code=code.value, expected=expected, hint=hint)
