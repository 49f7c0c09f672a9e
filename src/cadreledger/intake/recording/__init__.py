"""How the rows of each register are recorded: one table, a module a theme."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, Generic, TypeVar

import attrs

from cadreledger.errors import InputError
from cadreledger.intake.format import Column
from cadreledger.intake.problems import MASK, Code
from cadreledger.intake.reading import OfficeBook
from cadreledger.intake.recorder import Recorder
from cadreledger.intake.recording.activities import plan_activity
from cadreledger.intake.recording.attendance import plan_attendance
from cadreledger.intake.recording.branches import plan_branch
from cadreledger.intake.recording.cadres import plan_cadre
from cadreledger.intake.recording.community import plan_partner, plan_profile, plan_regulation
from cadreledger.intake.recording.dues import plan_dues
from cadreledger.intake.recording.facilities import plan_facility
from cadreledger.intake.recording.funds import plan_fund
from cadreledger.intake.recording.notices import plan_notice
from cadreledger.intake.recording.plans import Plan, in_register_order
from cadreledger.intake.recording.programme import plan_programme
from cadreledger.intake.recording.suggestions import plan_suggestion
from cadreledger.intake.recording.teams import plan_team
from cadreledger.intake.recording.visits import plan_visit
from cadreledger.intake.recording.wishes import plan_wish
from cadreledger.intake.rows import Row
from cadreledger.intake.sheets import REGISTERS, SHEET_NAMES

__all__ = ["Progress", "record"]

R = TypeVar("R", bound=Row)
Progress = Callable[[int, int], None]  # rows done, rows in all


@attrs.frozen
class Recording(Generic[R]):
    """One register: where a workbook has its rows, and how each is recorded."""

    rows: Callable[[OfficeBook], tuple[R, ...]]
    plan: Callable[[Recorder, R], Plan]

    def plans(self, recorder: Recorder) -> Iterator[Plan]:
        """How every row of the workbook's register is recorded."""
        for row in self.rows(recorder.book):
            yield self.plan(recorder, row)


RECORDINGS: Final = (
    Recording(lambda book: book.profile, plan_profile),
    Recording(lambda book: book.branches, plan_branch),
    Recording(lambda book: book.cadres, plan_cadre),
    Recording(lambda book: book.dues, plan_dues),
    Recording(lambda book: book.funds, plan_fund),
    Recording(lambda book: book.visits, plan_visit),
    Recording(lambda book: book.activities, plan_activity),
    Recording(lambda book: book.attendance, plan_attendance),
    Recording(lambda book: book.wishes, plan_wish),
    Recording(lambda book: book.teams, plan_team),
    Recording(lambda book: book.facilities, plan_facility),
    Recording(lambda book: book.partners, plan_partner),
    Recording(lambda book: book.regulations, plan_regulation),
    Recording(lambda book: book.programme, plan_programme),
    Recording(lambda book: book.notices, plan_notice),
    Recording(lambda book: book.suggestions, plan_suggestion),
)
"""All registers, in the order of their sheets."""


_IN_THE_CLEAR: Final[Mapping[str, Column[object]]] = {
    register.form.name: register.key_column
    for register in REGISTERS
    if register.form.name in {"支部", "活动", "队伍", "设施", "共建单位", "制度"}
}


def record(recorder: Recorder, progress: Progress) -> None:
    """Record every row of the workbook, in the order in which the office wrote them down.

    Raises InputError where a row was left out and nothing says why: a part of a book that leaves out what its rows are
    about.
    """
    plans = [plan for recording in RECORDINGS for plan in recording.plans(recorder)]
    _look_over_keys(recorder, plans)
    done = 0
    for plan, step in in_register_order(plans):
        plan.steps[step][1](recorder)
        if plan.is_done_after(step):
            done += 1
            progress(done, len(plans))
    left_out = len(plans) - recorder.recorded.total() - recorder.known.total()
    if left_out and not recorder.book.errors and not recorder.problems.errors(SHEET_NAMES):
        expected = "a book that has every row which others are about, in its rows or in the ledger"
        raise InputError("rows were left out", expected, str(left_out))


def _look_over_keys(recorder: Recorder, plans: Iterable[Plan]) -> None:
    """Warn of the office's own numbers that name somebody: they stand in the clear."""
    for row in (plan.row for plan in plans):
        column = _IN_THE_CLEAR.get(row.sheet)
        if column is not None and recorder.words.names(row.key):
            hint = "It names a person of the register, and stands in the clear for auditors: give it another one."
            recorder.warn(row.problem(column, Code.PERSONAL_TEXT, found=MASK, hint=hint))
