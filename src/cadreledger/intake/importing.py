"""A workbook into a ledger: all of it or nothing, each row once, in the order in which the office wrote it down."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Final

import attrs

from cadreledger.errors import IntakeError, IntakeProblem
from cadreledger.intake.private import Person, PrivateWords
from cadreledger.intake.problems import MASK, in_order
from cadreledger.intake.reading import OfficeBook, read_workbook
from cadreledger.intake.recorder import Recorder
from cadreledger.intake.recording import Progress, record
from cadreledger.intake.sheets import SHEET_NAMES
from cadreledger.ledger import Ledger, Transaction

__all__ = ["ImportReport", "SheetReport", "import_book", "import_workbook"]

CADRES: Final = "干部"
NAMING: Final = ("cadre.registered/", "cadre.changed/", "person.enrolled/")  # events that say who somebody is


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
    book, name = read_workbook(workbook), Path(workbook).name
    return import_book(ledger, book, name=name, by=by, dry_run=dry_run, progress=progress)


def import_book(
    ledger: Ledger,
    book: OfficeBook,
    *,
    name: str = "",
    by: str = "office:import",
    dry_run: bool = False,
    progress: Progress = lambda _done, _total: None,
) -> ImportReport:
    """Record a workbook that was read already (``name`` is its file's), or part of one. Raises as `import_workbook`."""
    attempts: list[Recorder] = []

    def decide(tx: Transaction) -> int:
        recorder = Recorder(tx, PrivateWords(chain(_listed(book), _known(tx))), book)
        attempts.append(recorder)
        record(recorder, progress)
        # what cannot be read is left out so far, so that every other error is found in the same go
        errors = _told(recorder.words, book.errors, recorder.problems.errors(SHEET_NAMES))
        if errors:
            raise _refused(errors, _warnings(recorder))
        events = len(tx.batch.pending)
        if dry_run:
            tx.abandon()
        return events

    receipt = ledger.run(decide, by=by, lenient=True)
    recorder = attempts[-1]
    warnings = _warnings(recorder)
    events = receipt.value if isinstance(receipt.value, int) else 0
    sheets = _sheets(recorder, warnings, is_known=events == 0)
    return ImportReport(workbook=name, sheets=sheets, events=events, warnings=warnings)


def _listed(book: OfficeBook) -> Iterator[Person]:
    """The people of the workbook's 干部; of rows in error, the code."""
    for row in book.cadres:
        yield row.key, row.name, row.phone, row.address
    for key in book.keys.get(CADRES, ()):
        yield key, None, None, None


def _known(tx: Transaction) -> Iterator[Person]:
    """The people that the ledger knows, retired cadres and others, where their keys are at hand."""
    for stored in tx.reader.store.replay():
        if stored.topic.startswith(NAMING):
            event = tx.reader.decode(stored, opened=True).event
            code, name, address = (getattr(event, field, None) for field in ("code", "name", "address"))
            yield code, name, getattr(event, "phone", None) or getattr(event, "contact", None), address


def _sheets(recorder: Recorder, warnings: Iterable[IntakeProblem], *, is_known: bool) -> Mapping[str, SheetReport]:
    """A report a sheet. ``is_known``: no row gave an event, so that each says in other words what the ledger holds."""
    recorded, known = recorder.recorded, recorder.known
    if is_known:
        recorded, known = Counter(), known + recorded
    warned = Counter(problem.sheet for problem in warnings)
    return MappingProxyType(
        {
            sheet: SheetReport(count, recorded[sheet], known[sheet], warned[sheet])
            for sheet, count in recorder.book.rows_count.items()
        }
    )


def _warnings(recorder: Recorder) -> tuple[IntakeProblem, ...]:
    return _told(recorder.words, recorder.book.warnings, recorder.problems.warnings(SHEET_NAMES))


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
