"""What the rows of one import share while they are recorded: the transaction, problems, and which row became what."""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import date
from functools import cached_property
from hashlib import sha256
from types import MappingProxyType
from typing import Final, Protocol

import attrs

from cadreledger.errors import CadreLedgerError, InputError, IntakeProblem, StoreError
from cadreledger.intake.content import differences
from cadreledger.intake.format import CLEAR_BYTES_MAX, LOCKED_BYTES_MAX, Column
from cadreledger.intake.held import Held
from cadreledger.intake.private import PrivateWords, Sealing
from cadreledger.intake.problems import Code, Problems
from cadreledger.intake.reading import OfficeBook
from cadreledger.intake.rows import Row
from cadreledger.intake.words import Matter
from cadreledger.ledger import RowEntry, RowFound, RowState, Transaction
from cadreledger.values import Money, StreamId, StreamKind, code, names_stream, stream_id

__all__ = ["Entries", "Recorder", "Rules"]

SALT_BYTES: Final = 16
VOID: Final = "void/1"
REFERRED_TO: Final = frozenset({"党费", "走访", "创建工作"})  # their rows name others of the same sheet
Rules = Mapping[str, Column[object]]
"""The cell that a rule's violation belongs to, by the rule's code."""

_NO_RULES: Final[Rules] = MappingProxyType({})


@attrs.frozen
class Entries:
    """Where a row was recorded: its stream, the version of its entry, and whether it only takes another one back.

    ``of_version``: which entry it took back, where that was just now; 0 where it did not.
    """

    stream: StreamId
    version: int
    is_void: bool = False
    of_version: int = 0


class _Standing(Protocol):
    @property
    def standing(self) -> Mapping[int, object]: ...


class _Correctable(Protocol):
    """As much of a handle as is needed to put one of its entries right."""

    @property
    def stream(self) -> StreamId: ...
    @property
    def view(self) -> _Standing: ...
    def correct(self, version: int, **changes: object) -> int: ...


class Recorder:
    """One pass over a workbook inside one transaction. A new attempt takes a new recorder."""

    def __init__(self, tx: Transaction, words: PrivateWords, book: OfficeBook) -> None:
        self.tx = tx
        self.book = book
        self.words = words
        self.problems = Problems()
        self.entries: dict[tuple[str, str], Entries] = {}  # by sheet and row key, of those that others refer to
        self.recorded: Counter[str] = Counter()  # rows, by sheet
        self.known: Counter[str] = Counter()
        self.erased: set[tuple[str, str]] = set()  # rows about somebody whose key is destroyed, by sheet and row key
        self.unsettled: set[str] = set()  # codes of people whose own row is in error, or the row of their branch
        self.held = Held(tx, book)
        self.matters = {row.key: row.matter for row in book.programme}  # of sound rows of 创建工作
        self._streams: dict[str, StreamId | None] = {}
        self._salt = tx.reader.random(SALT_BYTES)

    # --- who and what there is

    @cached_property
    def issues(self) -> frozenset[str]:
        """The keys of the workbook's 自查问题."""
        return frozenset(row.key for row in self.book.programme if row.matter is Matter.ISSUE)

    def is_listed(self, sheet: str, key: str) -> bool:
        """Whether a row of that key is in the workbook, though it may be in error: one error for it is enough."""
        return key in self.book.keys.get(sheet, frozenset())

    def person(self, code: str) -> StreamId | None:
        """The stream of somebody in the register, in this transaction or before it."""
        if self._streams.get(code) is None:
            cadre = self.tx.cadres.get(code)
            self._streams[code] = None if cadre is None else cadre.stream
        return self._streams[code]

    def branch(self, name: str) -> StreamId | None:
        """The branch with that code, in this transaction or before it. Any other text is no branch of this ledger."""
        try:
            stream = stream_id(StreamKind.BRANCH, code(name))
        except InputError:
            return None
        return stream if not names_stream(name) and self.tx.branch(stream).stands else None

    def in_no_order(self, code: str) -> bytes:
        """A place among people that tells nothing: in the order of their codes, each stream would give its code away.

        It is another one in each import.
        """
        return sha256(self._salt + code.encode()).digest()

    # --- what the ledger knows of a row

    def look_up(
        self, row: Row, column: Column[object], content: str, subject: StreamId | None = None
    ) -> RowFound | None:
        """What the ledger knows of a row that is new, or reads otherwise now. None: there is nothing to do.

        Such a row is counted: as it is in the ledger already, or about somebody whose key was destroyed since.
        """
        found = self.tx.rows.judge(row.sheet, row.key, content, subject)
        if found.state is RowState.KNOWN:
            self.known[row.sheet] += 1
        elif found.state is RowState.ERASED:
            self._leave_out(row, column)
        else:
            return found
        return None

    def is_about_erased(
        self, row: Row, column: Column[object], content: str, person: str, subject: StreamId | None = None
    ) -> bool:
        """Whether the row is about somebody whose key has been destroyed since; then it is left out.

        It was recorded about them, or is new and names their code, ``person``.
        """
        state = self.tx.rows.judge(row.sheet, row.key, content, subject).state
        if state is RowState.ERASED or (state is RowState.NEW and self.is_erased(person)):
            self._leave_out(row, column)
            return True
        return False

    def is_erased(self, person: str) -> bool:
        """Whether whoever had that code was erased."""
        return self.tx.reader.keys.is_erased(code(person))

    def is_new(
        self,
        row: Row,
        column: Column[object],
        content: str,
        subject: StreamId | None,
        *,
        amount: Column[Money] | None = None,
        name: str = "",
        hint: str = "A recorded row is not edited: add a new row that names this one in 更正序号.",
    ) -> bool:
        """Whether a journal's row is to be recorded. One that is known is counted; one that has changed is an error.

        The error names the cell in ``column``, or in ``amount`` if it is there that the row has changed; and the row by
        ``name``, where its key tells too much.
        """
        found = self.look_up(row, column, content, subject)
        if found is None or found.state is RowState.NEW:
            return found is not None
        where, event = self._recorded(found.entry)
        changed = amount is not None and getattr(event, "amount", None) != getattr(row, "amount", None)
        self.error(
            row.problem(
                amount if amount is not None and changed else column,
                Code.ROW_CHANGED,
                found=f"{row.sheet} row {row.row} ({name or row.key}) with other content",
                expected=f"what was recorded as {where}",
                hint=hint,
            )
        )
        return False

    def _leave_out(self, row: Row, column: Column[object]) -> None:
        self.known[row.sheet] += 1
        self.erased.add((row.sheet, row.key))
        hint = "It is about somebody whose key has been destroyed; it is left out."
        self.warn(row.problem(column, Code.ROW_ERASED, hint=hint))

    def _recorded(self, entry: RowEntry | None) -> tuple[str, object]:
        """In words, where a row was recorded; and the event."""
        stored = None if entry is None else self.tx.reader.store.record(entry.stream, entry.version)
        if stored is None:
            return "an entry that is gone", None
        recorded = self.tx.reader.decode(stored)
        return f"{recorded.entry.source or 'an entry'} at position {stored.position}", recorded.event

    def keep(self, row: Row, content: str, subject: StreamId | None, entry: Entries) -> None:
        """Note that the row is recorded."""
        if row.sheet in REFERRED_TO:  # others are too many to remember
            self.entries[row.sheet, row.key] = entry
        self.recorded[row.sheet] += 1
        self.tx.rows.keep(row.sheet, row.key, content, subject=subject, stream=entry.stream, version=entry.version)

    def moved(self, row: Row, subject: StreamId, entry: Entries) -> None:
        """Note, with the key of ``subject``, that a row which was about them is now about somebody else."""
        if self.tx.key_of(subject) is not None:
            self.tx.rows.keep(row.sheet, row.key, "", subject=subject, stream=entry.stream, version=entry.version)

    def target(self, row: Row, key: str, subject: StreamId | None) -> Entries | None:
        """What the row that ``row`` corrects was recorded as, in this import or before it."""
        made = self.entries.get((row.sheet, key))
        if made is not None:
            return made
        found = self.tx.rows.where(row.sheet, key, subject)
        if found is None:
            return None
        stored = self.tx.reader.store.record(found.stream, found.version)
        return Entries(StreamId(found.stream), found.version, stored is not None and stored.topic == VOID)

    # --- recording

    @contextmanager
    def recording(
        self,
        row: Row,
        column: Column[object],
        on: date | None,
        *,
        rules: Rules = _NO_RULES,
        meant: Collection[str] = (),
        source: str = "",
    ) -> Iterator[None]:
        """Record what follows as what ``row`` says, written down on the day ``on``; and judge it, see `judging`.

        ``source`` stands for the row where its key tells too much.
        """
        with self.judging(row, column, rules, meant), self.tx.entry(source or f"{row.sheet} {row.key}", on):
            yield

    def replacing(self, voided: Entries | None) -> AbstractContextManager[None]:
        """Let the next entry take the place of the one that ``voided`` took back, if it took one back."""
        if voided is None or not voided.of_version:
            return nullcontext()
        return self.tx.batch.replacing(voided.stream, voided.of_version)

    @contextmanager
    def judging(
        self, row: Row, column: Column[object], rules: Rules = _NO_RULES, meant: Collection[str] = ()
    ) -> Iterator[None]:
        """Turn what the ledger says of a row into problems: rules broken into warnings, a refusal into an error.

        ``column`` is the cell for all rules but those in ``rules``. ``meant``: rules that a register of this kind
        breaks on purpose, or that reading has warned of.
        """
        before = len(self.tx.batch.warnings)
        try:
            yield
        except StoreError:
            raise
        except CadreLedgerError as error:
            code = getattr(error, "rule", "") or Code.ROW_REFUSED
            hint = f"{error.what}. {error.hint}".strip()
            where = rules.get(code, column)
            self.error(row.problem(where, code, found=error.found, expected=error.expected, hint=hint))
        for violation, _source in self.tx.batch.warnings[before:]:
            if violation.rule in meant:
                continue
            where = rules.get(violation.rule, column)
            hint = f"{violation.what}. {violation.citation}".strip()
            self.warn(row.problem(where, violation.rule, found=violation.found, expected=violation.expected, hint=hint))

    def whole(self, handle: _Correctable, version: int) -> object:
        """A standing entry with its personal fields, where their key is at hand."""
        return self.tx.reader.whole(handle.stream, version) or handle.view.standing[version]

    def correct(self, handle: _Correctable, version: int, **said: object) -> int:
        """Put an entry right where it reads otherwise than ``said``; the version that holds now."""
        changes = differences(self.whole(handle, version), **said)
        return handle.correct(version, **changes) if changes else version

    def fits(
        self,
        row: Row,
        column: Column[object],
        *,
        clear: Iterable[str | None] = (),
        locked: Iterable[str | None] = (),
    ) -> bool:
        """Whether the row's texts go into one event, those in the ``clear`` and those ``locked`` away."""
        sizes = ((clear, CLEAR_BYTES_MAX, "kept in the clear"), (locked, LOCKED_BYTES_MAX, "locked away"))
        for texts, bytes_max, how in sizes:
            if sum(len(json.dumps(text, ensure_ascii=False).encode()) for text in texts if text) > bytes_max:
                expected = f"at most {bytes_max} bytes in all of the row's texts that are {how}"
                self.error(row.problem(column, Code.TEXT_TOO_LONG, expected=expected, hint="Shorten them."))
                return False
        return True

    def dated(self, row: Row, *days: tuple[Column[object], object]) -> bool:
        """Whether the row's dates have come; those that have not are errors.

        The same day in two columns is one error: where one was left blank, it is the other's.
        """
        ahead: dict[object, Column[object]] = {}
        for column, day in days:
            if day is not None and str(day) > str(self.tx.batch.today):
                ahead.setdefault(day, column)
        for column in ahead.values():
            expected = f"a date up to {self.tx.batch.today}"
            self.error(row.problem(column, Code.DATE_IN_FUTURE, expected=expected, hint="Plans are not recorded."))
        return not ahead

    # --- what there is to say

    def note_moved(self, row: Row, sealing: Sealing, *, kept: bool = True) -> None:
        """Warn of texts that do not stand in the clear because they name somebody."""
        where = "is kept with what is personal" if kept else "is not recorded: this register has no place for it"
        for column in sealing.moved:
            hint = f"It names a person of the register, and {where}."
            self.warn(row.problem(column, Code.PERSONAL_TEXT, hint=hint))

    def is_there_again(self, row: Row, column: Column[object]) -> date:
        """Warn of a row for what was there no longer; it is there again since the day that this gives."""
        hint = "It was there no longer. If that still holds, take the row out."
        self.warn(row.problem(column, Code.REGISTERED_AGAIN, hint=hint))
        return self.tx.batch.today

    def error(self, problem: IntakeProblem) -> None:
        """Collect what stops the import."""
        self.problems.error(problem)

    def warn(self, problem: IntakeProblem) -> None:
        """Collect what does not."""
        self.problems.warning(problem)
