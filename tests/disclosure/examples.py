"""Snapshots with something in every part, from ledgers of a few records."""

from datetime import date
from typing import Final

from tests.disclosure.ledgers import Book, snapshot_of

from cadreledger.disclosure import Snapshot

__all__ = ["HOSTILE", "full_book", "named"]

HOSTILE: Final = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title></style><style>*{display:none}</style>",
    "{{ 7 * 7 }}{% raw %}",
    "&lt;b&gt; &amp; &#60;",
    "永兴\u202e区社\u202c",
    "a\u200bb\u2066c\ufeff",
    "a\x00b\x1b[31m\r\n\t\x85\u2028",
    "\ufffe\uffff",
    "𠮷田 𬀩",
    "=1+1",
    "+1",
    "-1+2",
    "@SUM(A1)",
    '  =HYPERLINK("http://example.org")',
    "＝1+1",
    "\t=1",
    "'=1",
    ";=1",
    "x" * 300,
)
"""Names that a ledger may have, and that nobody may be harmed by."""

VISIT: Final = {"mode": "door", "repeated": False}
STUDY: Final = {"reason": "study"}


def full_book() -> Book:
    """Dues, what was spent, visits, wishes, books, sessions; a notice, and what came after it."""
    book = Book()
    book.add("cadre.registered/1", None, {"kind": "retired"}, {"smartphone": True, "frail": False})
    book.add("facility.listed/1", None, {"kind": "books", "count": 1000, "qualifier": "at_least"})
    wrong = book.add("dues.received/1", date(2021, 1, 5), None, {"amount": 8760, "for_month": "2021-01", "held": False})
    book.add("visit.made/1", date(2021, 1, 6), VISIT, STUDY)
    book.add("dues.assessed/1", date(2021, 1, 6), None, {"owed": 876})
    book.add("fund.spent/1", date(2021, 1, 9), {"amount": 124150, "use": "training"})
    book.add("fund.spent/1", date(2021, 1, 9), {"amount": 16800, "use": "subscriptions"})
    book.notice("2021-1", "2021-01", date(2021, 2, 8))
    book.correct(wrong, amount=876)
    book.add("visit.made/1", date(2021, 1, 7), VISIT, STUDY)
    book.add("visit.made/1", date(2021, 2, 7), VISIT, STUDY)
    book.add("activity.held/1", date(2021, 2, 9), {"kind": "group_study", "items": 0})
    book.add("activity.held/1", date(2021, 3, 1), {"kind": "party_day", "items": 0})
    book.add("wish.fulfilled/1", date(2021, 3, 2), {"items": 2})
    book.add("facility.listed/1", date(2021, 3, 3), {"kind": "books", "count": 300, "qualifier": "exact"})
    return book


def named(name: str, period: str = "2021-01..2021-03") -> Snapshot:
    """The snapshot of that book in a ledger called ``name``."""
    return snapshot_of(full_book(), period, name=name)
