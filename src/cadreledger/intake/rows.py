"""The rows of the five sheets that are read, as typed values. Undated is None; nothing shows a person when printed."""

from datetime import date

import attrs

from cadreledger.errors import IntakeProblem
from cadreledger.intake.format import Column
from cadreledger.intake.lines import Place
from cadreledger.intake.words import BranchKind, CadreKind, FundKind, FundUse, Method, Sex, VisitMode, VisitReason
from cadreledger.values import Money, Month, Period

__all__ = ["BranchRow", "CadreRow", "DuesRow", "FundRow", "Row", "VisitRow"]


@attrs.frozen(kw_only=True, repr=False)
class Row:
    """What every row has: its place in the file, and its key within its sheet.

    A key is the office's code, or ``2021/16``: the 序号 and the year of the row's own date.
    """

    at: Place
    key: str

    @property
    def sheet(self) -> str:
        """The sheet's name."""
        return self.at.sheet

    @property
    def row(self) -> int:
        """The row's number in its sheet, from 2."""
        return self.at.row

    def cell(self, column: Column[object]) -> str:
        """Where a value stands: ``row.cell(DuesColumns.AMOUNT)`` is ``F12``."""
        return self.at.cell(column)

    def problem(
        self, column: Column[object], code: str, *, found: str = "", expected: str = "", hint: str = ""
    ) -> IntakeProblem:
        """A problem with one cell of this row; ``found`` is masked where the column is personal."""
        return self.at.problem(column, code, found=found, expected=expected, hint=hint)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.sheet} row {self.row}>"


@attrs.frozen(kw_only=True, repr=False)
class BranchRow(Row):
    """支部. The key is the branch's code."""

    name: str
    kind: BranchKind
    established: date | Month | None
    approval: str | None  # 批准文号
    secretary: str | None
    organiser: str | None
    publicist: str | None
    liaison: str | None


@attrs.frozen(kw_only=True, repr=False)
class CadreRow(Row):
    """干部. The key is the person's code. A branch may be a code or, for one outside, any text."""

    name: str
    sex: Sex | None
    born: Month | None
    kind: CadreKind
    phone: str | None
    address: str | None
    smartphone: bool
    frail: bool
    member: bool
    full_member_on: date | None
    formal_branch: str | None
    joined_branch: str | None
    dues_base: Money | None
    dues_base_from: Month | None


@attrs.frozen(kw_only=True, repr=False)
class DuesRow(Row):
    """党费. ``corrects`` is the key of the row that this one voids; if ``is_void``, nothing takes its place."""

    number: int
    registered_on: date
    received_on: date
    cadre: str
    for_month: Month
    amount: Money | None  # None only if is_void
    method: Method | None
    receipt: str | None
    collector: str | None
    corrects: str | None
    is_void: bool
    note: str | None


@attrs.frozen(kw_only=True, repr=False)
class FundRow(Row):
    """党费收支. ``use`` is None but for what was spent; ``base`` for any other, where 备注 is a period."""

    number: int
    on: date
    branch: str
    kind: FundKind
    amount: Money
    use: FundUse | None
    use_word: str | None  # 用途 as typed
    base: Period | None
    basis: str | None
    handler: str | None
    approver: str | None
    note: str | None


@attrs.frozen(kw_only=True, repr=False)
class VisitRow(Row):
    """走访. ``is_distinct``: somebody said that it is no duplicate of another group's visit (备注 非重复)."""

    number: int
    registered_on: date
    on: date
    group: str | None
    cadre: str
    reason: VisitReason
    content: str | None
    mode: VisitMode
    handler: str | None
    corrects: str | None
    is_void: bool
    is_distinct: bool
    note: str | None
