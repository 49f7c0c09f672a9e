"""What the rows of one import share while they are recorded: the transaction, problems, and which row became what."""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from enum import Enum
from typing import Final

import attrs

from cadreledger.errors import CadreLedgerError, InputError, IntakeProblem, StoreError
from cadreledger.intake.format import CLEAR_BYTES_MAX, LOCKED_BYTES_MAX, Column
from cadreledger.intake.private import SEALED, PrivateWords
from cadreledger.intake.problems import Code, Problems
from cadreledger.intake.rows import Row
from cadreledger.ledger import RowEntry, RowState, Transaction
from cadreledger.values import Money, StreamId, StreamKind, code, names_stream, stream_id

__all__ = ["Entries", "Recorder", "Sealing", "content_of"]


def content_of(row: Row, names: tuple[str, ...], **instead: object) -> str:
    """What ``row`` says in ``names``, by name and without what is blank, so that a column may be added later.

    Its fingerprint is stored: the text stays the same from release to release. ``instead`` replaces single values.
    """
    values = {name: instead.get(name, getattr(row, name)) for name in names}
    plain = {name: value.value if isinstance(value, Enum) else value for name, value in values.items()}
    said = {name: str(value) for name, value in plain.items() if value is not None and value is not False}
    return json.dumps(said, ensure_ascii=False, sort_keys=True)


@attrs.frozen
class Entries:
    """Where a row was recorded: its stream, the version of its entry, and whether it only takes another one back."""

    stream: StreamId
    version: int
    is_void: bool = False


class Sealing:
    """Texts of one row on their way in: those that name a person move to its personal note."""

    def __init__(self, note: str | None, words: PrivateWords) -> None:
        self._parts = [note] if note else []
        self._words = words
        self.moved: list[Column[object]] = []

    def clear(self, column: Column[object], text: str | None) -> str | None:
        """``text``, if it may stand in the clear; else what marks its absence, and the text goes to the note."""
        if text is None or not self._words.occur_in(text):
            return text
        self._parts.append(f"{column.header}：{text}")
        self.moved.append(column)
        return SEALED

    def note(self) -> str | None:
        """The note, with what moved into it."""
        return "；".join(self._parts) or None


class Recorder:
    """One pass over a workbook inside one transaction. A new attempt takes a new recorder.

    ``keys``: by sheet, every key that is in the workbook, of rows that cannot be recorded too.
    """

    def __init__(self, tx: Transaction, words: PrivateWords, keys: Mapping[str, frozenset[str]]) -> None:
        self.tx = tx
        self._keys = keys
        self.words = words
        self.problems = Problems()
        self.entries: dict[tuple[str, str], Entries] = {}  # by sheet and row key
        self.recorded: Counter[str] = Counter()  # rows, by sheet
        self.known: Counter[str] = Counter()
        self.erased: set[tuple[str, str]] = set()  # rows about somebody whose key is destroyed, by sheet and row key
        self.unsettled: set[str] = set()  # codes of people whose own row is in error, or the row of their branch
        self._streams: dict[str, StreamId | None] = {}

    def is_listed(self, sheet: str, key: str) -> bool:
        """Whether a row of that key is in the workbook, though it may be in error: one error for it is enough."""
        return key in self._keys.get(sheet, frozenset())

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

    def is_erased(self, row: Row, column: Column[object], content: str, subject: StreamId | None = None) -> bool:
        """Whether the row was recorded about somebody whose key has been destroyed since; then it is left out."""
        if self.tx.rows.judge(row.sheet, row.key, content, subject).state is not RowState.ERASED:
            return False
        self._leave_out(row, column)
        return True

    def is_new(
        self,
        row: Row,
        column: Column[object],
        content: str,
        subject: StreamId | None,
        amount: Column[Money] | None = None,
    ) -> bool:
        """Whether the row is to be recorded. One that is known is counted; one that has changed is an error.

        The error names the cell in ``column``, or in ``amount`` if it is there that the row has changed.
        """
        found = self.tx.rows.judge(row.sheet, row.key, content, subject)
        match found.state:
            case RowState.NEW:
                return True
            case RowState.KNOWN:
                self.known[row.sheet] += 1
            case RowState.ERASED:
                self._leave_out(row, column)
            case RowState.CHANGED:
                where, event = self._recorded(found.entry)
                changed = amount is not None and getattr(event, "amount", None) != getattr(row, "amount", None)
                self.error(
                    row.problem(
                        amount if amount is not None and changed else column,
                        Code.ROW_CHANGED,
                        found=f"{row.sheet} row {row.row} ({row.key}) with other content",
                        expected=f"what was recorded as {where}",
                        hint="A recorded row is not edited: add a new row that names this one in 更正序号.",
                    )
                )
        return False

    def _leave_out(self, row: Row, column: Column[object]) -> None:
        self.known[row.sheet] += 1
        self.erased.add((row.sheet, row.key))
        hint = "It was recorded about somebody whose key has been destroyed; it is left out."
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
        self.entries[row.sheet, row.key] = entry
        self.recorded[row.sheet] += 1
        self.tx.rows.keep(row.sheet, row.key, content, subject=subject, stream=entry.stream, version=entry.version)

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

    @contextmanager
    def judging(
        self,
        row: Row,
        column: Column[object],
        columns: Mapping[str, Column[object]],
        meant: Collection[str] = (),
    ) -> Iterator[None]:
        """Turn what the ledger says of a row into problems: rules broken into warnings, a refusal into an error.

        ``columns``: the cell that a rule's violation belongs to; ``column`` is for all others. ``meant``: rules that
        a register of this kind breaks on purpose.
        """
        before = len(self.tx.batch.warnings)
        try:
            yield
        except StoreError:
            raise
        except CadreLedgerError as error:
            code = getattr(error, "rule", "") or Code.ROW_REFUSED
            where = columns.get(code, column)
            hint = f"{error.what}. {error.hint}".strip()
            self.error(row.problem(where, code, found=error.found, expected=error.expected, hint=hint))
        for violation, _source in self.tx.batch.warnings[before:]:
            if violation.rule in meant:
                continue
            where = columns.get(violation.rule, column)
            hint = f"{violation.what}. {violation.citation}".strip()
            self.warn(row.problem(where, violation.rule, found=violation.found, expected=violation.expected, hint=hint))

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

    def note_moved(self, row: Row, sealing: Sealing) -> None:
        """Warn of texts that were locked away because they name somebody."""
        for column in sealing.moved:
            hint = "It names a person of the register, and is kept with what is personal."
            self.warn(row.problem(column, Code.PERSONAL_TEXT, hint=hint))

    def error(self, problem: IntakeProblem) -> None:
        """Collect what stops the import."""
        self.problems.error(problem)

    def warn(self, problem: IntakeProblem) -> None:
        """Collect what does not."""
        self.problems.warning(problem)


VOID: Final = "void/1"
