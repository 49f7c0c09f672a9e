"""Which rows of the office's registers are in the ledger already; what knows it lives and dies with the keys."""

from enum import Enum

import attrs

from cadreledger.ledger.reader import Reader
from cadreledger.store import NewRow, RowEntry
from cadreledger.values import StreamId

__all__ = ["RowEntry", "RowFound", "RowState", "Rows"]


class RowState(Enum):
    """What the ledger knows of a row of a register."""

    NEW = "new"
    KNOWN = "known"  # recorded, with the same content
    CHANGED = "changed"  # recorded, with other content or under somebody else
    ERASED = "erased"  # recorded once; the keys of the person are gone


@attrs.frozen
class RowFound:
    """A row's state, and where it was recorded, if it was."""

    state: RowState
    entry: RowEntry | None


class Rows:
    """Which rows of the office's registers are in the ledger already; what knows it lives and dies with the keys."""

    def __init__(self, reader: Reader, tx: str) -> None:
        self.new: list[NewRow] = []  # to be remembered with the transaction ``tx``
        self._standing: dict[tuple[str, str], RowEntry] = {}  # recorded so far, by register and key
        self._reader = reader
        self._tx = tx

    def judge(self, register: str, row_key: str, content: str, subject: StreamId | None) -> RowFound:
        """Whether the row is in the ledger already, under ``subject`` (None: a row about nobody), and as it is now."""
        reader = self._reader
        kept = reader.keys.find_row(register, row_key, subject)
        found = self._note(register, row_key, reader.committed(kept))
        if found is not None:
            same = found.fingerprint == reader.keys.fingerprint(content, subject)
            return RowFound(RowState.KNOWN if same else RowState.CHANGED, found)
        # kept, but not committed: it was cut off, and was new then; no need to try every key for each row of a workbook
        if kept is not None or not reader.keys.row_seen(register, row_key):
            return RowFound(RowState.NEW, None)
        anywhere = reader.keys.find_row_anywhere(register, row_key)
        if anywhere is None:
            return RowFound(RowState.ERASED, None)
        found = self._note(register, row_key, reader.committed(anywhere))  # None: cut off before its events were there
        return RowFound(RowState.NEW if found is None else RowState.CHANGED, found)

    def is_erased(self, register: str, row_key: str) -> bool:
        """Whether the row was recorded once, about somebody whose key is gone."""
        keys = self._reader.keys
        return keys.row_seen(register, row_key) and keys.find_row_anywhere(register, row_key) is None

    def where(self, register: str, row_key: str, subject: StreamId | None) -> RowEntry | None:
        """Where the row was recorded, under ``subject`` or anybody else whose key is alive; None if nowhere."""
        reader = self._reader
        found = reader.committed(reader.keys.find_row(register, row_key, subject))
        if found is None and reader.keys.row_seen(register, row_key):
            found = reader.committed(reader.keys.find_row_anywhere(register, row_key))
        return self._note(register, row_key, found)

    def keep(
        self, register: str, row_key: str, content: str, *, subject: StreamId | None, stream: StreamId, version: int
    ) -> None:
        """Remember, with this transaction, that the row is recorded as ``version`` of ``stream``."""
        before = self._standing.get((register, row_key))
        self.new.append(NewRow(register, row_key, subject, self._tx, stream, version, content, before))

    def _note(self, register: str, row_key: str, found: RowEntry | None) -> RowEntry | None:
        if found is not None:
            self._standing[register, row_key] = attrs.evolve(found, before=None)
        return found
