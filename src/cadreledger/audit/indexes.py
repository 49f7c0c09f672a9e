"""What a ledger's file keeps beside its events, to find them: held against the events, in constant memory.

Transactions (for ``as_known`` and requests that are asked twice) and mentions (for histories) follow from the events.
Each entry is hashed, and the hashes are added up by stretches of positions: two sums differ where an entry does.
"""

from collections import defaultdict
from collections.abc import Iterable
from hashlib import sha256
from typing import Final

from cadreledger.audit.finding import Findings
from cadreledger.audit.records import Records
from cadreledger.errors import StoreError
from cadreledger.events import Recorded, mentions, stream_fields
from cadreledger.events.void import Void

__all__ = ["Indexes"]

STRETCH: Final = 4_096  # positions a sum
MODULUS: Final = 2**256
HINT: Final = "The events are as they were; restore the file from a backup before histories are read."


class Indexes:
    """What is due in each index, told event by event."""

    def __init__(self) -> None:
        self._transactions = _Sums()
        self._mentions = _Sums()
        self._mentioning: dict[type, bool] = {Void: True}

    def transaction(self, tx: str, first: int, size: int, recorded_at: str) -> None:
        """A transaction begins at the position ``first``."""
        self._transactions.add(first, tx, size, recorded_at)

    def event(self, recorded: Recorded) -> None:
        """An event, of which people it refers to are told."""
        kind = type(recorded.event)
        mentioning = self._mentioning.get(kind)
        if mentioning is None:
            mentioning = self._mentioning[kind] = bool(stream_fields(kind))
        if mentioning:
            for stream in mentions(recorded.event, recorded.stream):
                self._mentions.add(recorded.position, stream)

    def compare(self, records: Records, findings: Findings) -> None:
        """Hold both against what the file keeps, into findings."""
        try:
            for what, due, kept in (
                ("transactions", self._transactions, records.transactions()),
                ("mentions", self._mentions, records.mentions()),
            ):
                if kept is not None:
                    self._say(what, due.differing(kept), findings)
        except StoreError as error:
            findings.error("store_unreadable", str(error), hint=error.hint)

    def _say(self, what: str, stretch: int | None, findings: Findings) -> None:
        if stretch is not None:
            first = stretch * STRETCH + 1
            where = f"between positions {first} and {first + STRETCH - 1}"
            findings.error("index_mismatch", f"the index of {what} is not that of the events, {where}", hint=HINT)


class _Sums:
    """By stretch of positions, the sum of the hashes of entries, in whatever order they come."""

    def __init__(self) -> None:
        self._sums: defaultdict[int, int] = defaultdict(int)

    def add(self, position: object, *entry: object) -> None:
        stretch = (position - 1) // STRETCH if type(position) is int else -1
        data = "\0".join(map(repr, (position, *entry))).encode("utf-8", "backslashreplace")
        self._sums[stretch] = (self._sums[stretch] + int.from_bytes(sha256(data).digest())) % MODULUS

    def differing(self, kept: Iterable[tuple[object, ...]]) -> int | None:
        """The first stretch in which ``kept`` differs from what was added; None where none does."""
        other = _Sums()
        for position, *entry in kept:
            other.add(position, *entry)
        mine, theirs = self._sums, other._sums
        return next((at for at in sorted(mine.keys() | theirs.keys()) if mine[at] != theirs[at]), None)
