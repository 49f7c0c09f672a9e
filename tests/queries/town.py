"""One person, two branches, and what is decided about them, without a ledger."""

from datetime import date
from typing import Any

from cadreledger.aggregates import FOLDS, Batch, Branch, BranchFold, Cadre, CadreFold, Fold
from cadreledger.queries import Picture
from cadreledger.rules import national
from cadreledger.values import Month, StreamId, stream_kind, yuan

__all__ = ["JAN", "PERSON", "Town", "day"]

PERSON = StreamId("cadre:" + "0" * 32)
JAN = Month(2021, 1)


class Town:
    """``cadre``, and the formal branches ``home`` and ``other``, in one batch."""

    def __init__(self, *, lenient: bool = False) -> None:
        self.batch = Batch(date(2022, 12, 31), lenient=lenient)
        self.home, self.other = (self._branch(code) for code in ("A", "B"))
        self.cadre = Cadre(PERSON, CadreFold(), self.batch)
        self.cadre.register(kind="retired", code="C1", name="某")

    def member(self, on: date | None = None) -> Cadre:
        """The person as a member of ``home`` since the day ``on``, who owes 21.00 a month from January on."""
        self.cadre.join(self.home, on=on)
        self.cadre.assess_dues(yuan("4200"), valid_from=JAN)
        return self.cadre

    @property
    def picture(self) -> Picture:
        """What a ledger would show of them."""
        folds: dict[StreamId, Fold[Any]] = {}
        for pending in self.batch.pending:
            folding = folds.setdefault(pending.stream, FOLDS[stream_kind(pending.stream)]())
            folding.take(pending.version, pending.event)
        return Picture({stream: folds[stream].freeze() for stream in sorted(folds)}, national())

    def _branch(self, code: str) -> Branch:
        made = Branch(StreamId(f"branch:{code}"), BranchFold(), self.batch)
        made.establish(kind="formal", code=code, name=code)
        return made


def day(month: Month, number: int = 10) -> date:
    """A day of ``month``."""
    return date(month.year, month.month, number)
