"""An office workbook as typed rows, with everything that is wrong with it: what can be known without a ledger.

What a ledger must say (is the person known, does the corrected row stand) is for whoever records the rows.
"""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

import attrs

from cadreledger.errors import IntakeProblem
from cadreledger.intake import sheets
from cadreledger.intake.cells import normal, shown
from cadreledger.intake.problems import Code, Problems
from cadreledger.intake.register import Register
from cadreledger.intake.rows import Row
from cadreledger.intake.sheets import SHEET_NAMES
from cadreledger.intake.workbook import Worksheet, open_workbook

__all__ = ["OfficeBook", "read_workbook"]

R = TypeVar("R", bound=Row)


@attrs.frozen(kw_only=True)
class OfficeBook:
    """What a workbook holds: its sound rows in the file's order, and all problems in the order of sheets and cells.

    If there are ``errors``, some rows are left out and nothing may be recorded.
    """

    profile: tuple[sheets.ProfileRow, ...] = attrs.field(repr=False)
    branches: tuple[sheets.BranchRow, ...] = attrs.field(repr=False)
    cadres: tuple[sheets.CadreRow, ...] = attrs.field(repr=False)
    dues: tuple[sheets.DuesRow, ...] = attrs.field(repr=False)
    funds: tuple[sheets.FundRow, ...] = attrs.field(repr=False)
    visits: tuple[sheets.VisitRow, ...] = attrs.field(repr=False)
    activities: tuple[sheets.ActivityRow, ...] = attrs.field(repr=False)
    attendance: tuple[sheets.AttendanceRow, ...] = attrs.field(repr=False)
    wishes: tuple[sheets.WishRow, ...] = attrs.field(repr=False)
    teams: tuple[sheets.TeamRow, ...] = attrs.field(repr=False)
    facilities: tuple[sheets.FacilityRow, ...] = attrs.field(repr=False)
    partners: tuple[sheets.PartnerRow, ...] = attrs.field(repr=False)
    regulations: tuple[sheets.RegulationRow, ...] = attrs.field(repr=False)
    programme: tuple[sheets.ProgrammeRow, ...] = attrs.field(repr=False)
    notices: tuple[sheets.NoticeRow, ...] = attrs.field(repr=False)
    suggestions: tuple[sheets.SuggestionRow, ...] = attrs.field(repr=False)
    keys: Mapping[str, frozenset[str]] = attrs.field(repr=False)  # by sheet: every readable key, of rows in error too
    rows_count: Mapping[str, int]  # by sheet; blank rows are no rows
    errors: tuple[IntakeProblem, ...]
    warnings: tuple[IntakeProblem, ...]


def read_workbook(path: str | Path) -> OfficeBook:
    """Read an .xlsx file.

    Raises IntakeError if it is no workbook, or not a safe one; ExtraMissingError without openpyxl.
    Whatever is wrong inside a readable workbook is in the result's ``errors``.
    """
    with open_workbook(path) as worksheets:
        reading = _Reading(worksheets)
        return OfficeBook(
            profile=reading.rows(sheets.PROFILE),
            branches=reading.rows(sheets.BRANCHES),
            cadres=reading.rows(sheets.CADRES),
            dues=reading.rows(sheets.DUES),
            funds=reading.rows(sheets.FUNDS),
            visits=reading.rows(sheets.VISITS),
            activities=reading.rows(sheets.ACTIVITIES),
            attendance=reading.rows(sheets.ATTENDANCE),
            wishes=reading.rows(sheets.WISHES),
            teams=reading.rows(sheets.TEAMS),
            facilities=reading.rows(sheets.FACILITIES),
            partners=reading.rows(sheets.PARTNERS),
            regulations=reading.rows(sheets.REGULATIONS),
            programme=reading.rows(sheets.PROGRAMME),
            notices=reading.rows(sheets.NOTICES),
            suggestions=reading.rows(sheets.SUGGESTIONS),
            # Python takes arguments from left to right: by now every sheet is read
            keys=MappingProxyType(reading.keys),
            rows_count=MappingProxyType(reading.rows_count),
            errors=reading.problems.errors(SHEET_NAMES),
            warnings=reading.problems.warnings(SHEET_NAMES),
        )


class _Reading:
    """One pass over a workbook: what its sheets have said so far."""

    def __init__(self, worksheets: tuple[Worksheet, ...]) -> None:
        self.problems = Problems()
        self.keys: dict[str, frozenset[str]] = {}
        self.rows_count: dict[str, int] = {}
        self._worksheets = _by_name(worksheets, self.problems)

    def rows(self, register: Register[R]) -> tuple[R, ...]:
        """The sound rows of one register. A sheet that is not there has none, and that was reported."""
        read = register.read(self._worksheets.get(register.form.name), self.problems)
        self.keys[register.form.name] = read.keys
        self.rows_count[register.form.name] = read.rows_count
        return read.rows


def _by_name(worksheets: tuple[Worksheet, ...], problems: Problems) -> Mapping[str, Worksheet]:
    """The format's sheets that are there. Reports those that are not, those twice there, and those unknown."""
    found: dict[str, Worksheet] = {}
    for sheet in worksheets:
        name = normal(sheet.name)
        if name not in SHEET_NAMES:
            hint = "It is not read."
            problems.warning(_about(shown(sheet.name), Code.UNKNOWN_SHEET, expected="a sheet of the format", hint=hint))
        elif name in found:
            problems.error(_about(name, Code.DUPLICATE_SHEET, expected="each sheet once"))
        else:
            found[name] = sheet
    for name in SHEET_NAMES:
        if name not in found:
            hint = "Add the sheet with its header; it may have no rows."
            problems.error(_about(name, Code.MISSING_SHEET, expected=name, hint=hint))
    return MappingProxyType(found)


def _about(sheet: str, code: Code, *, expected: str = "", hint: str = "") -> IntakeProblem:
    return IntakeProblem(sheet=sheet, cell="", code=code.value, expected=expected, hint=hint)
