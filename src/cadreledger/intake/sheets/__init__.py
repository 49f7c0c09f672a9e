"""The sixteen sheets of the office workbook: for each its columns, its row, and the register that reads it."""

from typing import Final

from cadreledger.intake.register import Register
from cadreledger.intake.rows import Row
from cadreledger.intake.sheets.activities import (
    ACTIVITIES,
    ATTENDANCE,
    ActivityColumns,
    ActivityRow,
    AttendanceColumns,
    AttendanceRow,
)
from cadreledger.intake.sheets.branches import BRANCHES, BranchColumns, BranchRow
from cadreledger.intake.sheets.cadres import CADRES, CadreColumns, CadreRow
from cadreledger.intake.sheets.dues import DUES, DuesColumns, DuesRow
from cadreledger.intake.sheets.facilities import FACILITIES, FacilityColumns, FacilityRow
from cadreledger.intake.sheets.funds import FUNDS, FundColumns, FundRow
from cadreledger.intake.sheets.notices import (
    NOTICES,
    SUGGESTIONS,
    NoticeColumns,
    NoticeRow,
    SuggestionColumns,
    SuggestionRow,
)
from cadreledger.intake.sheets.partners import PARTNERS, PartnerColumns, PartnerRow
from cadreledger.intake.sheets.profile import PROFILE, ProfileColumns, ProfileRow
from cadreledger.intake.sheets.programme import PROGRAMME, ProgrammeColumns, ProgrammeRow
from cadreledger.intake.sheets.regulations import REGULATIONS, RegulationColumns, RegulationRow
from cadreledger.intake.sheets.teams import TEAMS, TeamColumns, TeamRow
from cadreledger.intake.sheets.visits import VISITS, VisitColumns, VisitRow
from cadreledger.intake.sheets.wishes import WISHES, WishColumns, WishRow

__all__ = [
    "ACTIVITIES",
    "ATTENDANCE",
    "BRANCHES",
    "CADRES",
    "DUES",
    "FACILITIES",
    "FUNDS",
    "NOTICES",
    "PARTNERS",
    "PROFILE",
    "PROGRAMME",
    "REGISTERS",
    "REGULATIONS",
    "SHEETS",
    "SHEET_NAMES",
    "SUGGESTIONS",
    "TEAMS",
    "VISITS",
    "WISHES",
    "ActivityColumns",
    "ActivityRow",
    "AttendanceColumns",
    "AttendanceRow",
    "BranchColumns",
    "BranchRow",
    "CadreColumns",
    "CadreRow",
    "DuesColumns",
    "DuesRow",
    "FacilityColumns",
    "FacilityRow",
    "FundColumns",
    "FundRow",
    "NoticeColumns",
    "NoticeRow",
    "PartnerColumns",
    "PartnerRow",
    "ProfileColumns",
    "ProfileRow",
    "ProgrammeColumns",
    "ProgrammeRow",
    "RegulationColumns",
    "RegulationRow",
    "SuggestionColumns",
    "SuggestionRow",
    "TeamColumns",
    "TeamRow",
    "VisitColumns",
    "VisitRow",
    "WishColumns",
    "WishRow",
]

REGISTERS: Final[tuple[Register[Row], ...]] = (
    PROFILE,
    BRANCHES,
    CADRES,
    DUES,
    FUNDS,
    VISITS,
    ACTIVITIES,
    ATTENDANCE,
    WISHES,
    TEAMS,
    FACILITIES,
    PARTNERS,
    REGULATIONS,
    PROGRAMME,
    NOTICES,
    SUGGESTIONS,
)
"""All registers, in the order in which the format lists their sheets."""

SHEETS: Final = tuple(register.form for register in REGISTERS)
SHEET_NAMES: Final = tuple(form.name for form in SHEETS)
