"""What can be audited: a ledger's file, or a bundle that an office gave away."""

from collections.abc import Iterable, Iterator
from typing import Protocol

__all__ = ["Kept", "Records", "Row"]

Kept = Iterator[tuple[object, ...]]
"""Entries of an index, each beginning with the position of an event. Nothing is trusted."""

Row = tuple[int, str, int, str, bytes]
"""An event as it is stored: position (from 1), stream, version (from 1), type, bytes (a frame). Nothing is trusted."""


class Records(Protocol):
    """Events, checkpoints and what belongs to them, as somebody else's files hold them.

    Every method may raise StoreError where a file cannot be read on; the audit then says so, and how far it came.
    """

    @property
    def source(self) -> str:
        """What is audited, for the report: a path."""

    @property
    def holds_personal(self) -> bool:
        """Whether personal sections ought to be there: in a ledger, not in a bundle."""

    @property
    def has_keys(self) -> bool:
        """Whether the keys of people are at hand, so that personal sections can be checked."""

    @property
    def why_no_keys(self) -> str:
        """Why they are not, in words."""

    @property
    def keeps_tree(self) -> bool:
        """Whether the tree ought to be there: in a ledger, not in a bundle."""

    def in_order(self) -> Iterator[Row]:
        """Every event in ledger order, in constant memory; again from the start at each call."""

    def by_stream(self) -> Iterator[Row]:
        """The same events, stream by stream, each in the order of its versions."""

    def checkpoints(self) -> Iterable[bytes]:
        """Every signed note that is kept with the events, the smallest size first."""

    def last_signed(self) -> bytes | None:
        """The checkpoint that the office signed last, from where it is kept apart; None where that is not at hand."""

    def tile(self, level: int, number: int) -> bytes:
        """The stored hashes of a tile of the tree (C2SP tlog-tiles), as many as there are; none where none is kept."""

    def transactions(self) -> Kept | None:
        """The index of transactions: position of the first event, id, number of events, time. None: there is none."""

    def mentions(self) -> Kept | None:
        """The index of mentions: position, stream of somebody whom the event mentions. None: there is none."""

    def key_of(self, subject: str) -> bytes | None:
        """A person's key; None where it is not at hand."""
