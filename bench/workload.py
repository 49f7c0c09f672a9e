"""What the bench records: entries that every contender takes, and what a contender must be able to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from cadreledger import Month

__all__ = ["Books", "Dues", "Entry", "Visit", "a_round", "one_person"]

NOTE = "子女代为转达，家中一切安好，下月再来"
FIRST_DAY = date(2010, 1, 1)
MONTHS_A_YEAR = 12


@dataclass(frozen=True)
class Dues:
    """A payment of ``fen`` for ``month``."""

    code: str
    on: date
    fen: int
    month: Month
    receipt: str
    note: str | None = None


@dataclass(frozen=True)
class Visit:
    """A visit. Nobody is visited twice on one day for one reason, so no visit is a possible duplicate."""

    code: str
    on: date
    reason: str
    note: str | None = None


Entry = Dues | Visit


class Books(Protocol):
    """A contender: books about people, in files of its own."""

    def register(self, codes: Sequence[str]) -> None:
        """Enter people, and let each join the one branch: two events a person, one transaction."""

    def record(self, entries: Sequence[Entry]) -> None:
        """Load whom ``entries`` are about, decide and append one event for each entry: one transaction."""

    def figures(self) -> Mapping[str, int]:
        """The sums of 2021 from all events, from the first to the last."""

    def reopen(self) -> None:
        """Forget what is in memory."""

    def close(self) -> None:
        """Close the files."""


def a_round(codes: Sequence[str], number: int, *, noted: bool = False) -> list[Entry]:
    """One entry for each of ``codes``, payments and visits by turns, in the month that lies ``number`` after 2020."""
    month = Month(2021 + number // MONTHS_A_YEAR, 1 + number % MONTHS_A_YEAR)
    day, note = date(month.year, month.month, 5), NOTE if noted else None
    return [
        Dues(code, day, 850, month, f"{number:04}{place:04}", note)
        if (place + number) % 2
        else Visit(code, day, "study", note)
        for place, code in enumerate(codes)
    ]


def one_person(code: str, start: int, count: int) -> list[Entry]:
    """Visits ``start`` (from 0) to ``start + count`` of one person, three a day, each for another reason."""
    reasons = ("study", "comfort", "call")
    return [Visit(code, FIRST_DAY + timedelta(days=n // 3), reasons[n % 3]) for n in range(start, start + count)]
