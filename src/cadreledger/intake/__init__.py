"""The office workbook in: an .xlsx file of registers, checked as a whole and read as typed rows."""

from cadreledger.intake.importing import ImportReport, SheetReport, import_workbook
from cadreledger.intake.problems import Code
from cadreledger.intake.reading import OfficeBook, read_workbook
from cadreledger.intake.rows import BranchRow, CadreRow, DuesRow, FundRow, VisitRow

__all__ = [
    "BranchRow",
    "CadreRow",
    "Code",
    "DuesRow",
    "FundRow",
    "ImportReport",
    "OfficeBook",
    "SheetReport",
    "VisitRow",
    "import_workbook",
    "read_workbook",
]
