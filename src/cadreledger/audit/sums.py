"""What the events add up to: figures from sections against figures from headers, tallies against payments."""

from datetime import datetime
from typing import Final

import msgspec

from cadreledger.audit.finding import Findings
from cadreledger.audit.months import latest_month
from cadreledger.errors import CadreLedgerError, VerificationError
from cadreledger.figures import PAID, Catalogue, MonthTally, Record, Totals, View, Visibility, evaluate, tallies
from cadreledger.sealing.canonical import JsonObject
from cadreledger.values import Month

__all__ = ["TALLY", "Sums"]

OWED: Final = "Somebody changed amounts, or the ledger was sealed by other means than its own."

TALLY: Final = b'"type":"dues.tallied/'


class _Span(msgspec.Struct):
    """What a tally covers."""

    first: int
    last: int


_SPAN: Final = msgspec.json.Decoder(_Span)


class Sums:
    """Sums in ledger order. ``unreadable`` is set by whoever leaves an event out: what it adds is then not known."""

    def __init__(self, findings: Findings, catalogue: Catalogue, as_of: datetime) -> None:
        self._findings = findings
        self._catalogue = catalogue
        self.month_limit = latest_month(as_of.timestamp())
        self._office, self._public = Totals.zero(View.OFFICE), Totals.zero(View.PUBLIC)
        self._owed: dict[Month, MonthTally] = {}
        self._posted: dict[Month, MonthTally] = {}
        self._posted_at = 0  # the position of the first tally of one seal
        self._tallied = 0
        self.unreadable = False
        self.future_at = 0  # the position of the first event that cannot have happened yet

    def extend(self, records: list[Record]) -> None:
        """Add events."""
        if self._posted and any(TALLY not in header for header, _ in records):
            self._settle()
        self._add(records)
        paid = [record for record in records if PAID in record[0]]
        for found in self._tallied_of(paid):
            held = self._owed.get(found.month)
            self._owed[found.month] = found if held is None else held + found

    def tally(self, position: int, document: JsonObject, section: bytes) -> None:
        """A tally stands at ``position``. Those of one seal follow each other, a month each."""
        try:
            span = _SPAN.decode(section)
            month = Month.parse(str(document.get("month")))
            numbers = [document[name] for name in ("amount", "payments", "refunds")]
        except (ValueError, KeyError, CadreLedgerError):
            self._findings.error("tally_mismatch", "a tally cannot be read", position, "ledger")
            self.unreadable = True
            return
        amount, payments, refunds = (number if type(number) is int else 0 for number in numbers)
        first = self._posted_at or position
        if month in self._posted or span.first != self._tallied + 1 or span.last != first - 1:
            what = f"a tally does not cover what stands between the last one and itself: {span.first} to {span.last}"
            self._findings.error("tally_mismatch", what, position, "ledger", OWED)
        self._posted[month] = MonthTally(month, amount, payments, refunds)
        self._posted_at = first

    def mark(self, size: int) -> None:
        """A checkpoint covers ``size`` events: every payment up to there has its tally, and both views agree."""
        self._settle()
        if self._owed and not self.unreadable:
            months = ", ".join(str(month) for month in sorted(self._owed))
            what = f"payments before a checkpoint have no tally, in {months}"
            self._findings.error("payments_untallied", what, size, hint=OWED)
        self._compare(size)

    def month_max(self) -> str:
        """The latest month of any event so far."""
        return max((str(month) for _, month in self._office.keys() | self._public.keys() if month), default="")

    def in_the_future(self) -> bool:
        """Whether any event so far lies in a month after that of the audit."""
        return self.month_max() > self.month_limit

    def finish(self) -> None:
        """The last event was read."""
        self._settle()
        if self.in_the_future():
            what = f"an event lies in {self.month_max()}, after the month of the audit"
            self._findings.error("month_in_the_future", what, self.future_at, hint="Ask how it could be known.")

    def _settle(self) -> None:
        """Hold the tallies of one seal against the payments that they cover."""
        if not self._posted:
            return
        first = self._posted_at
        if not self.unreadable and self._posted != self._owed:
            for month in sorted(self._posted.keys() | self._owed.keys()):
                posted, owed = self._posted.get(month), self._owed.get(month)
                if posted != owed:
                    what = f"the tally of {month} is not what its payments add up to: {_told(posted)}, {_told(owed)}"
                    self._findings.error("tally_mismatch", what, first, "ledger", OWED)
        self._tallied = first - 1
        self._owed, self._posted, self._posted_at, self.unreadable = {}, {}, 0, False

    def _add(self, records: list[Record]) -> None:
        try:
            self._office += evaluate(records, self._catalogue, View.OFFICE)
            self._public += evaluate(records, self._catalogue, View.PUBLIC)
        except VerificationError:
            if len(records) > 1:  # leave out the one that cannot be summed; the other reading names it
                middle = len(records) // 2
                self._add(records[:middle])
                self._add(records[middle:])
            else:
                self.unreadable = True

    def _tallied_of(self, paid: list[Record]) -> tuple[MonthTally, ...]:
        try:
            return tallies(paid)
        except VerificationError:
            self.unreadable = True
            return ()

    def _compare(self, size: int) -> None:
        """Every public figure, month by month: from headers, and from internal sections."""
        public = {row.key for row in self._catalogue.declarations if row.visibility is Visibility.PUBLIC}
        cells = {cell for cell in self._office.keys() | self._public.keys() if cell[0] in public}
        differing = sorted(
            {cell for cell in cells if _value(self._office, cell) != _value(self._public, cell)},
            key=lambda cell: (cell[0], str(cell[1] or "")),
        )
        for key, month in differing:
            what = f"{key} of {month or 'no month'} is another sum from headers than from internal sections"
            self._findings.error("figure_mismatch", what, size, hint="A checkpoint's figures do not hold.")


def _value(totals: Totals, cell: tuple[str, Month | None]) -> object:
    found = totals.get(cell)
    return None if found is None else found[0]


def _told(tally: MonthTally | None) -> str:
    return "none" if tally is None else f"{tally.amount_fen} fen, {tally.payments} payments, {tally.refunds} refunds"
