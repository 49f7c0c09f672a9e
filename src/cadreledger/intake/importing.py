"""A workbook into a ledger: all of it or nothing, each row once, in the order in which the office wrote it down."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from hashlib import sha256
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Final

import attrs

from cadreledger.errors import IntakeError, IntakeProblem
from cadreledger.intake.entries import record_dues, record_fund, record_visit
from cadreledger.intake.format import SHEET_NAMES
from cadreledger.intake.masters import record_branch, record_cadre
from cadreledger.intake.private import Person, PrivateWords
from cadreledger.intake.problems import MASK, in_order
from cadreledger.intake.reading import OfficeBook, read_workbook
from cadreledger.intake.recorder import Recorder
from cadreledger.intake.rows import CadreRow, DuesRow, FundRow, VisitRow
from cadreledger.ledger import Ledger, Transaction

__all__ = ["ImportReport", "SheetReport", "import_workbook"]

Progress = Callable[[int, int], None]  # rows done, rows in all

SALT_BYTES: Final = 16
CADRES: Final = "干部"
_SHEET_RANK: Final = {name: rank for rank, name in enumerate(SHEET_NAMES)}


@attrs.frozen
class SheetReport:
    """One sheet: rows read, rows recorded, rows that were in the ledger already, warnings."""

    rows: int
    recorded: int
    known: int
    warnings: int


@attrs.frozen(kw_only=True)
class ImportReport:
    """What an import did (or, as a rehearsal, would do). ``events`` counts what was recorded."""

    workbook: str
    sheets: Mapping[str, SheetReport]
    events: int
    warnings: tuple[IntakeProblem, ...]


def import_workbook(
    ledger: Ledger,
    workbook: str | Path,
    *,
    by: str = "office:import",
    dry_run: bool = False,
    progress: Progress = lambda _done, _total: None,
) -> ImportReport:
    """Record what ``workbook`` says and the ledger does not hold yet, in one transaction.

    A journal's row that is recorded with other content is an error; a living register's becomes a change. Rules of
    live decisions are warnings here: history is what it is. With ``dry_run``, nothing is recorded.
    Raises IntakeError with every error found, and then nothing is recorded; ConflictError if others keep recording
    on the same people meanwhile.
    """
    book = read_workbook(workbook)
    words = PrivateWords(chain(_listed(book), _known(ledger)))
    attempts: list[Recorder] = []

    def decide(tx: Transaction) -> int:
        recorder = Recorder(tx, words, book.keys)
        attempts.append(recorder)
        _record(recorder, book, progress)
        # what cannot be read is left out so far, so that every other error is found in the same go
        errors = _told(words, book.errors, recorder.problems.errors(SHEET_NAMES))
        if errors:
            raise _refused(errors, _told(words, book.warnings, recorder.problems.warnings(SHEET_NAMES)))
        events = len(tx.batch.pending)
        if dry_run:
            tx.abandon()
        return events

    receipt = ledger.run(decide, by=by, lenient=True)
    recorder = attempts[-1]
    warnings = _told(words, book.warnings, recorder.problems.warnings(SHEET_NAMES))
    events = receipt.value if isinstance(receipt.value, int) else 0
    return ImportReport(
        workbook=Path(workbook).name, sheets=_sheets(book, recorder, warnings), events=events, warnings=warnings
    )


def _record(recorder: Recorder, book: OfficeBook, progress: Progress) -> None:
    journals: tuple[DuesRow | FundRow | VisitRow, ...] = (*book.dues, *book.funds, *book.visits)
    total = len(book.branches) + len(book.cadres) + len(journals)
    done = 0
    # the living registers first: what the journals say is about them
    for branch in sorted(book.branches, key=lambda row: row.key):
        record_branch(recorder, branch)
        progress(done := done + 1, total)
    for cadre in _in_no_order(book.cadres, recorder.tx.reader.random(SALT_BYTES)):
        record_cadre(recorder, cadre)
        progress(done := done + 1, total)
    for row in in_register_order(journals):
        match row:
            case DuesRow():
                record_dues(recorder, row)
            case FundRow():
                record_fund(recorder, row)
            case VisitRow():
                record_visit(recorder, row)
        progress(done := done + 1, total)


def _in_no_order(cadres: Iterable[CadreRow], salt: bytes) -> list[CadreRow]:
    """People in an order that tells nothing: in the order of their codes, each stream would give its code away."""
    return sorted(cadres, key=lambda row: sha256(salt + row.key.encode()).digest())


def _listed(book: OfficeBook) -> Iterator[Person]:
    """The people of the workbook's 干部."""
    for row in book.cadres:
        yield row.key, row.name, row.phone, row.address


def _known(ledger: Ledger) -> Iterator[Person]:
    """The people that the ledger knows, where their keys are at hand."""
    for recorded in ledger.events():
        if recorded.subject == recorded.stream and hasattr(recorded.event, "address"):
            said = {name: getattr(recorded.event, name, None) for name in ("code", "name", "phone", "address")}
            yield said["code"], said["name"], said["phone"], said["address"]


Place = tuple[date, int, int, int]


def in_register_order(rows: Sequence[DuesRow | FundRow | VisitRow]) -> list[DuesRow | FundRow | VisitRow]:
    """By day of registration, then sheet, then number; a correction never before the row that it corrects."""
    by_key = {(row.sheet, row.key): row for row in rows}
    places: dict[tuple[str, str], Place] = {}

    def place(row: DuesRow | FundRow | VisitRow) -> Place:
        chain = [row]
        while (target := by_key.get((row.sheet, _corrects(chain[-1]) or ""))) and (row.sheet, target.key) not in places:
            chain.append(target)
        for link in reversed(chain):
            own = (_written_on(link), _SHEET_RANK[link.sheet], int(link.key[:4]), link.number)
            before = places.get((link.sheet, _corrects(link) or ""))
            # directly behind the row it corrects, where the register has it before that row
            places[link.sheet, link.key] = own if before is None or own > before else (*before[:3], before[3] + 1)
        return places[row.sheet, row.key]

    return sorted(rows, key=lambda row: (place(row), _corrects(row) is not None))


def _corrects(row: DuesRow | FundRow | VisitRow) -> str | None:
    return None if isinstance(row, FundRow) else row.corrects


def _written_on(row: DuesRow | FundRow | VisitRow) -> date:
    return row.on if isinstance(row, FundRow) else row.registered_on


def _sheets(book: OfficeBook, recorder: Recorder, warnings: Iterable[IntakeProblem]) -> Mapping[str, SheetReport]:
    warned = [problem.sheet for problem in warnings]
    return MappingProxyType(
        {
            sheet: SheetReport(count, recorder.recorded[sheet], recorder.known[sheet], warned.count(sheet))
            for sheet, count in book.rows_count.items()
        }
    )


def _told(words: PrivateWords, *problems: Iterable[IntakeProblem]) -> tuple[IntakeProblem, ...]:
    """All problems in order; what was found in a column that is not personal may name somebody all the same."""
    listed = in_order(chain(*problems), SHEET_NAMES)
    return tuple(_masked(words, problem) for problem in listed)


def _masked(words: PrivateWords, problem: IntakeProblem) -> IntakeProblem:
    """``problem`` without what may name somebody: in 干部 anything may, where cells have slipped to the side."""
    if problem.found and (problem.sheet == CADRES or words.occur_in(problem.found)):
        problem = replace(problem, found=MASK)
    return replace(problem, sheet=MASK) if words.occur_in(problem.sheet) else problem


def _refused(errors: tuple[IntakeProblem, ...], warnings: tuple[IntakeProblem, ...]) -> IntakeError:
    count = len(errors)
    return IntakeError(
        f"the workbook has {count} error{'s' if count > 1 else ''}; nothing was recorded",
        hint="Mend the cells named, and import again.",
        problems=errors,
        warnings=warnings,
    )
