"""Sealed ledgers of a few records, or of very many: written entry by entry, tallied and signed as an office would."""

from datetime import date
from typing import Final

import attrs
from hypothesis import strategies as st
from tests.disclosure.ledgers import DAYS, PERIODS, REASONS, Book, add_any, correct_any, snapshot_of

from cadreledger.disclosure import Evidence, Snapshot
from cadreledger.figures import Catalogue, tallies
from cadreledger.sealing import Checkpoint, NoteSigner, join_note, leaf_hash, tree_root
from cadreledger.values import Period

__all__ = ["SealedBook", "sealed_books"]

ORIGIN: Final = "yongxing.example/log"
SIGNER: Final = NoteSigner(ORIGIN, bytes(range(32)))


class SealedBook(Book):
    """A ledger that is sealed now and then: what was paid is tallied by month, then a checkpoint is signed."""

    def __init__(self) -> None:
        super().__init__((SIGNER.vkey,))
        self.notes: list[bytes] = []
        self.size = 0  # at the last checkpoint

    def seal(self) -> int:
        """How many records are sealed now."""
        standing = list(self.entries)
        for tally in tallies(self.records[self.size :]):
            day = date(tally.month.year, tally.month.month, 1)
            counts = {"amount": tally.amount_fen, "payments": tally.payments, "refunds": tally.refunds}
            self.add("dues.tallied/1", day, counts, {"first": 1, "last": 1})
        self.entries = standing  # nobody takes a tally back
        self.size = len(self.records)
        text = Checkpoint(ORIGIN, self.size, tree_root(leaf_hash(header) for header, _ in self.records)).text
        self.notes.append(join_note(text, [SIGNER.sign(text)]))
        return self.size

    def shown(self, period: str | Period = "2021-01..2021-03") -> Snapshot:
        """The snapshot at the last checkpoint, which must be over everything, with all that its page carries."""
        taken = snapshot_of(self, period)
        evidence = Evidence.of((header for header, _ in self.records), self.notes, Catalogue.file_of)
        return attrs.evolve(taken, note=self.notes[-1], evidence=evidence)


@st.composite
def sealed_books(draw: st.DrawFn, steps_max: int = 30) -> SealedBook:
    """Entries, voids, corrections, seals, notices that rest on them, notices on paper: in any order, sealed at last."""
    book = SealedBook()
    for _ in range(draw(st.integers(0, steps_max))):
        standing = [entry for entry in book.entries if entry.wire != "notice.published/1"]
        step = draw(st.integers(0, 10))
        if step <= 4 or not book.entries:
            add_any(draw, book, tallies=False)
        elif step == 5:
            book.void(draw(st.sampled_from(book.entries)), draw(st.sampled_from(REASONS)))
        elif step <= 7 and standing:
            correct_any(draw, book, draw(st.sampled_from(standing)))
        else:
            number, period, edition = draw(st.sampled_from("12")), draw(PERIODS), draw(st.integers(1, 2))
            size = book.seal() if draw(st.booleans()) else 0
            for _ in range(draw(st.integers(0, 2))):
                add_any(draw, book, tallies=False)
            book.notice(number, str(period), draw(DAYS), edition=edition, size=size)
    book.seal()
    return book
