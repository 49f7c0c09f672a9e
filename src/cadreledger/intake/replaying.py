"""A workbook as the office wrote it: day by day, each day's rows by themselves, for a ledger whose clock follows.

An import records a whole year at one moment. Here each entry is recorded on the day on which it was written down, so
that a late entry, a correction, a wish that came true later, are in the ledger what they were at the office.
"""

from collections.abc import Callable, Mapping
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Final

import attrs

from cadreledger.intake.importing import import_book
from cadreledger.intake.reading import OfficeBook, read_workbook
from cadreledger.intake.rows import Row
from cadreledger.intake.sheets import (
    ActivityRow,
    AttendanceRow,
    BranchRow,
    CadreRow,
    DuesRow,
    FundRow,
    NoticeRow,
    ProgrammeRow,
    RegulationRow,
    SuggestionRow,
    TeamRow,
    VisitRow,
    WishRow,
)
from cadreledger.intake.words import WishStatus
from cadreledger.ledger import Ledger
from cadreledger.values import Month

__all__ = ["replay_workbook"]

REGISTERS: Final = (
    *("profile", "branches", "cadres", "dues", "funds", "visits", "activities", "attendance", "wishes", "teams"),
    *("facilities", "partners", "regulations", "programme", "notices", "suggestions"),
)
"""The fields of `OfficeBook` that hold rows, in the order of their sheets."""

Stage = tuple[date | None, Row]
Days = Mapping[tuple[str, str], date | None]  # of activities and branches, by sheet and key
Diary = dict[date, dict[str, list[Row]]]


def replay_workbook(
    ledger: Ledger, workbook: str | Path, *, tick: Callable[[date], None], by: str = "office:import"
) -> int:
    """Record ``workbook`` in as many imports as there are days on which something was written into it.

    ``tick`` is called with each day before it is recorded, to set the ledger's clock. Rows without a date come first,
    with the first day. Gives the number of events. Raises IntakeError as `import_workbook` does; what earlier days
    recorded then stays.
    """
    book = read_workbook(workbook)
    events = 0
    for day, rows in sorted(_diary(book).items()):
        tick(day)
        held = {name: tuple(rows.get(name, ())) for name in REGISTERS}
        events += import_book(ledger, attrs.evolve(book, **held), name=Path(workbook).name, by=by).events  # type: ignore[arg-type] # each its own
    return events


def _diary(book: OfficeBook) -> Diary:
    """What was written on which day, by register: a row again where it has grown since."""
    days: dict[tuple[str, str], date | None] = {(row.sheet, row.key): row.on for row in book.activities}
    days |= {(row.sheet, row.key): _first_day(row.established) for row in book.branches}
    journals = chain(book.dues, book.funds, book.visits, book.activities, book.wishes, book.programme, book.notices)
    first = min((day for row in journals for day, _ in _stages(row, days) if day is not None), default=date.min)
    diary: Diary = {}
    for name in REGISTERS:
        for row in getattr(book, name):
            for day, stage in _stages(row, days):
                # what is older than the registers was there when they began
                written_on = first if day is None else max(day, first)
                diary.setdefault(written_on, {}).setdefault(name, []).append(stage)
    return diary


def _stages(row: Row, days: Days) -> list[Stage]:
    """The days on which a row was written or grew, each with the row as it read then; None: nobody knows when."""
    match row:
        case DuesRow() | VisitRow():
            return [(row.registered_on, row)]
        case SuggestionRow(answered_on=date() as answered_on):
            return [(row.on, attrs.evolve(row, answered_on=None, answer=None)), (answered_on, row)]
        case FundRow() | ActivityRow() | ProgrammeRow() | NoticeRow() | RegulationRow() | SuggestionRow():
            return [(row.on, row)]
        case AttendanceRow():
            return [(days.get(("活动", row.activity)), row)]
        case BranchRow(established=day) | TeamRow(founded=day):
            return [(_first_day(day), row)]
        case CadreRow():
            return _stages_of_cadre(row, days)
        case WishRow():
            return _stages_of_wish(row)
        case _:
            return [(None, row)]


def _stages_of_cadre(row: CadreRow, days: Days) -> list[Stage]:
    """Nobody joins a branch before it is there."""
    joined_on = days.get(("支部", row.joined_branch or ""))
    if joined_on is None:
        return [(None, row)]
    return [(None, attrs.evolve(row, joined_branch=None)), (joined_on, row)]


def _stages_of_wish(row: WishRow) -> list[Stage]:
    made = attrs.evolve(row, claimant=None, claimed_on=None, fulfilled_on=None, items=None, status=WishStatus.OPEN)
    stages: dict[date, Row] = {row.on: made}
    if row.claimed_on is not None:
        claimed = attrs.evolve(row, fulfilled_on=None, items=None, status=WishStatus.CLAIMED)
        stages[max(row.on, row.claimed_on)] = claimed
    stages[max(filter(None, (row.on, row.claimed_on, row.fulfilled_on)))] = row
    return list(stages.items())


def _first_day(day: date | Month | None) -> date | None:
    return date(day.year, day.month, 1) if isinstance(day, Month) else day
