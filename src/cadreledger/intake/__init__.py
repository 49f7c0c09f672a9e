"""The office workbook in: an .xlsx file of registers, checked as a whole and read as typed rows."""

from cadreledger.intake.importing import ImportReport, SheetReport, import_workbook
from cadreledger.intake.problems import Code
from cadreledger.intake.reading import OfficeBook, read_workbook
from cadreledger.intake.replaying import replay_workbook
from cadreledger.intake.sheets import (
    ActivityRow,
    AttendanceRow,
    BranchRow,
    CadreRow,
    DuesRow,
    FacilityRow,
    FundRow,
    NoticeRow,
    PartnerRow,
    ProfileRow,
    ProgrammeRow,
    RegulationRow,
    SuggestionRow,
    TeamRow,
    VisitRow,
    WishRow,
)

__all__ = [
    "ActivityRow",
    "AttendanceRow",
    "BranchRow",
    "CadreRow",
    "Code",
    "DuesRow",
    "FacilityRow",
    "FundRow",
    "ImportReport",
    "NoticeRow",
    "OfficeBook",
    "PartnerRow",
    "ProfileRow",
    "ProgrammeRow",
    "RegulationRow",
    "SheetReport",
    "SuggestionRow",
    "TeamRow",
    "VisitRow",
    "WishRow",
    "import_workbook",
    "read_workbook",
    "replay_workbook",
]
