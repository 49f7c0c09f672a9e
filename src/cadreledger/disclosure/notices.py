"""Notices that came out earlier, as the ledger's headers tell of them."""

from collections.abc import Iterable, Iterator
from typing import Final, Literal

import attrs
import msgspec

from cadreledger.errors import InputError, VerificationError
from cadreledger.figures import Record
from cadreledger.sealing import base64url, leaf_hash
from cadreledger.sealing.canonical import JsonObject
from cadreledger.values import Month, Period

__all__ = ["NoticeReader", "PublishedNotice"]

WIRE: Final = "notice.published/1"


@attrs.frozen(kw_only=True)
class PublishedNotice:
    """A notice that stands: its number and edition, the months it tells of, the month it came out in.

    ``held``: how many of the ledger's records it rests on. It names their number itself; one that was imported does
    not, and rests on what came before it.
    """

    number: str
    edition: int
    period: Period
    month: Month
    held: int

    def json(self) -> JsonObject:
        """As it stands in ``snapshot.json``."""
        return {
            "number": self.number,
            "edition": self.edition,
            "period": str(self.period),
            "month": str(self.month),
        }


class _Header(msgspec.Struct, frozen=True):
    """As much of a notice's header as is read here."""

    type: Literal["notice.published/1"]
    number: str
    edition: int
    period: str
    month: str
    size: int
    sign: Literal[1, -1] = 1
    voids: str = ""


_HEADER: Final = msgspec.json.Decoder(_Header)
_MARK: Final = b'"type":"notice.published/1"'  # as canonical JSON writes it, and never within a string


class NoticeReader:
    """Reads a ledger's headers once, in order: gives their leaf hashes on, and keeps the notices that stand."""

    def __init__(self) -> None:
        self.size = 0  # records read so far
        self._standing: dict[str, PublishedNotice] = {}  # by leaf hash, as a void names it
        self._held: dict[tuple[str, int], int] = {}  # by number and edition: what it first came out on

    def leaves(self, records: Iterable[Record]) -> Iterator[bytes]:
        """The leaf hash of every header. Raises VerificationError for a notice that cannot be read."""
        for header, _ in records:
            leaf = leaf_hash(header)
            if _MARK in header:
                try:
                    self._take(_HEADER.decode(header), base64url(leaf))
                except (ValueError, RecursionError, InputError):
                    found = f"event {self.size + 1} of those given"
                    raise VerificationError(
                        "a notice's header cannot be read", f"the fields of {WIRE}", found
                    ) from None
            self.size += 1
            yield leaf

    def standing(self) -> tuple[PublishedNotice, ...]:
        """Every notice that nobody has taken back, each edition by itself, in ledger order."""
        return tuple(self._standing.values())

    def latest(self) -> tuple[PublishedNotice, ...]:
        """Of every number the last edition: what counts as published."""
        last: dict[str, PublishedNotice] = {}
        for notice in self.standing():
            if notice.number not in last or notice.edition >= last[notice.number].edition:
                last[notice.number] = notice
        return tuple(notice for notice in self.standing() if last[notice.number] is notice)

    def _take(self, header: _Header, leaf: str) -> None:
        if header.sign < 0:
            if self._standing.pop(header.voids, None) is None:
                raise InputError("a void names no notice that stands")
            return
        if header.edition < 1 or not 0 <= header.size <= self.size:
            raise InputError("a notice rests on more records than there were")
        self._standing[leaf] = PublishedNotice(
            number=header.number,
            edition=header.edition,
            period=Period.parse(header.period),
            month=Month.parse(header.month),
            # put right, it is still the notice that hung on the wall
            held=self._held.setdefault((header.number, header.edition), header.size or self.size),
        )
