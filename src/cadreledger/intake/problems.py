"""What can be wrong with a workbook: stable codes, and the one place where all of it is collected."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final

from cadreledger.errors import IntakeError, IntakeProblem
from cadreledger.intake.references import parse_cell

__all__ = ["MASK", "PROBLEMS_MAX", "Code", "Problems", "file_refused", "in_order"]

MASK: Final = "***"  # stands for what was found in a personal column
PROBLEMS_MAX: Final = 10_000  # errors, and warnings, kept; the rest are counted


class Code(StrEnum):
    """Why a cell, a row, a sheet or a file was refused, or warned about. Programs rely on these: add, never rename."""

    # the file: reading stops here
    FILE_UNREADABLE = "file_unreadable"  # not there, no file, or not permitted
    FILE_TOO_LARGE = "file_too_large"
    NOT_A_WORKBOOK = "not_a_workbook"  # no zip at all
    LOCKED_OR_OLD = "locked_or_old"  # a password, or the binary .xls format
    DAMAGED = "damaged"  # truncated, inconsistent, or not what a spreadsheet program writes
    ZIP_BOMB = "zip_bomb"  # unpacks to too much
    XML_DOCTYPE = "xml_doctype"  # document types and entities have no place in a workbook
    STRICT_FORMAT = "strict_format"  # "Strict Open XML", which is not read
    TOO_MANY_PARTS = "too_many_parts"
    TOO_MANY_SHEETS = "too_many_sheets"
    TOO_MANY_ROWS = "too_many_rows"
    TOO_MANY_COLUMNS = "too_many_columns"
    TOO_MANY_MERGES = "too_many_merges"

    # sheets and headers
    MISSING_SHEET = "missing_sheet"
    DUPLICATE_SHEET = "duplicate_sheet"
    UNKNOWN_SHEET = "unknown_sheet"  # a warning
    MISSING_COLUMN = "missing_column"
    DUPLICATE_COLUMN = "duplicate_column"
    UNKNOWN_COLUMN = "unknown_column"  # a warning

    # cells
    FORMULA = "formula"
    ERROR_VALUE = "error_value"  # #REF! and its like
    MERGED_CELL = "merged_cell"
    CELL_TOO_LONG = "cell_too_long"
    MISSING_VALUE = "missing_value"
    AMOUNT_NOT_A_NUMBER = "amount_not_a_number"
    AMOUNT_NEGATIVE = "amount_negative"
    AMOUNT_DECIMALS = "amount_decimals"
    AMOUNT_TOO_LARGE = "amount_too_large"
    DATE_UNREADABLE = "date_unreadable"
    DATE_TOO_EARLY = "date_too_early"  # before 1900; months too
    MONTH_UNREADABLE = "month_unreadable"
    MONTH_IS_NUMBER = "month_is_number"  # 2021.1 may have been 2021.10
    NUMBER_UNREADABLE = "number_unreadable"  # a sequence number, a count, or a value beyond all numbers
    CODE_UNREADABLE = "code_unreadable"
    UNKNOWN_WORD = "unknown_word"  # a warning in 用途
    TEXT_TOO_LONG = "text_too_long"
    LONG_TEXT = "long_text"  # a warning
    FORMULA_LIKE_TEXT = "formula_like_text"  # a warning
    DATE_IN_TEXT = "date_in_text"  # a warning: a date where text was meant
    TIME_IGNORED = "time_ignored"  # a warning: the day counts, its hour is dropped

    # rows
    DUPLICATE_KEY = "duplicate_key"
    MONTH_TOO_FAR = "month_too_far"  # dues for more than five months ahead
    VOID_WITHOUT_CORRECTION = "void_without_correction"  # 作废, but no 更正序号
    CORRECTION_LOOP = "correction_loop"
    CORRECTED_TWICE = "corrected_twice"
    USE_MISSING = "use_missing"  # a warning: 支出 without 用途
    VALUE_UNUSED = "value_unused"  # a warning: such as 用途 of a row that spends nothing
    DATES_OUT_OF_ORDER = "dates_out_of_order"  # a warning: a wish fulfilled before it was made
    PERIOD_REVERSED = "period_reversed"  # 期间止 before 期间起
    STATUS_CONTRADICTED = "status_contradicted"  # 完成日期, but not 已完成; a warning: 认领人, but 待认领
    CLAIM_INCOMPLETE = "claim_incomplete"  # a warning: 认领人 without 认领日期, or the other way round
    ANSWER_INCOMPLETE = "answer_incomplete"  # a warning: 答复 without 答复日期, or the other way round
    MEETING_UNNAMED = "meeting_unnamed"  # a warning: a 三会一课 whose 名称 does not say which meeting it was

    # what the ledger says of a row; a rule of live decisions that a row breaks is a warning under the rule's own code
    ROW_CHANGED = "row_changed"  # recorded before, with other content
    ROW_ERASED = "row_erased"  # a warning: about somebody whose key is destroyed
    ROW_REFUSED = "row_refused"
    DATE_IN_FUTURE = "date_in_future"
    UNKNOWN_PERSON = "unknown_person"
    UNKNOWN_BRANCH = "unknown_branch"
    UNKNOWN_ACTIVITY = "unknown_activity"
    UNKNOWN_ISSUE = "unknown_issue"  # 关联序号 names no 自查问题
    NO_FORMAL_BRANCH = "no_formal_branch"
    CORRECTION_UNKNOWN = "correction_unknown"
    CORRECTION_NOT_STANDING = "correction_not_standing"
    CORRECTION_OF_VOID = "correction_of_void"
    POSSIBLE_DUPLICATE = "possible_duplicate"  # a warning
    NOT_A_MEMBER = "not_a_member"  # a warning: a branch beside somebody who is no party member
    BASE_INCOMPLETE = "base_incomplete"  # a warning: a dues base without its month, or the month without a base
    REGISTERED_AGAIN = "registered_again"  # a warning: somebody who had left the register
    HAS_DIED = "has_died"  # a warning: a row of somebody whose death is recorded, which is left out
    PERSONAL_TEXT = "personal_text"  # a warning: locked away with the person's own data

    MORE_PROBLEMS = "more_problems"  # ends a list that grew too long; found says how many are left out


class Problems:
    """Collects errors and warnings; what is beyond PROBLEMS_MAX of a kind is counted, not kept."""

    def __init__(self) -> None:
        self._errors: list[IntakeProblem] = []
        self._warnings: list[IntakeProblem] = []
        self._left_out = {"errors": 0, "warnings": 0}

    def error(self, problem: IntakeProblem) -> None:
        """Collect what stops an import."""
        self._collect("errors", self._errors, problem)

    def warning(self, problem: IntakeProblem) -> None:
        """Collect what does not stop an import."""
        self._collect("warnings", self._warnings, problem)

    def errors(self, sheets: Sequence[str]) -> tuple[IntakeProblem, ...]:
        """All errors so far, in the order of ``sheets``, then row, then column."""
        return self._listed("errors", self._errors, sheets)

    def warnings(self, sheets: Sequence[str]) -> tuple[IntakeProblem, ...]:
        """All warnings so far, in the same order."""
        return self._listed("warnings", self._warnings, sheets)

    def _collect(self, kind: str, problems: list[IntakeProblem], problem: IntakeProblem) -> None:
        if len(problems) < PROBLEMS_MAX:
            problems.append(problem)
        else:
            self._left_out[kind] += 1

    def _listed(self, kind: str, problems: list[IntakeProblem], sheets: Sequence[str]) -> tuple[IntakeProblem, ...]:
        listed = in_order(problems, sheets)
        if not self._left_out[kind]:
            return listed
        hint = f"Only the first {PROBLEMS_MAX} {kind} are listed: settle these and import again."
        more = IntakeProblem(
            sheet="", cell="", code=Code.MORE_PROBLEMS.value, found=str(self._left_out[kind]), hint=hint
        )
        return (*listed, more)


def in_order(problems: Iterable[IntakeProblem], sheets: Sequence[str]) -> tuple[IntakeProblem, ...]:
    """``problems`` by sheet (those of the file first, unknown sheets last), row, column; whole sheets before cells."""
    rank = {name: place for place, name in enumerate(("", *sheets))}

    def place(problem: IntakeProblem) -> tuple[int, int, int]:
        row, column = parse_cell(problem.cell) if problem.cell else (0, 0)
        return rank.get(problem.sheet, len(rank)), row, column

    return tuple(sorted(problems, key=place))


def file_refused(code: Code, *, expected: str, found: str = "", hint: str = "", sheet: str = "") -> IntakeError:
    """The error that ends reading: the file as a whole (or ``sheet`` of it) cannot be used."""
    problem = IntakeProblem(sheet=sheet, cell="", code=code.value, found=found, expected=expected, hint=hint)
    return IntakeError("a workbook cannot be opened", expected, found, hint, problems=(problem,))
