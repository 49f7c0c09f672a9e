"""What the rows of every sheet have in common. Nothing shows a person when printed."""

import attrs

from cadreledger.errors import IntakeProblem
from cadreledger.intake.format import Column
from cadreledger.intake.lines import Place

__all__ = ["Row"]


@attrs.frozen(kw_only=True, repr=False)
class Row:
    """What every row has: its place in the file, and its key within its sheet. What is not known is None.

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
