"""A ledger with a little of everything, sealed three times, and its records in memory, to be changed at will."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from types import MappingProxyType

import attrs

from cadreledger import Ledger, Month, yuan
from cadreledger.audit import Row
from cadreledger.ledger import LedgerRecords
from cadreledger.sealing import COSIGNATURE, NoteSigner, cosign, join_note, split_note

AS_OF = datetime(2021, 9, 1, tzinfo=UTC)
WITNESS = NoteSigner("bureau.example/witness", bytes(range(32)), COSIGNATURE)
COSIGNED_AT = int(datetime(2021, 8, 1, tzinfo=UTC).timestamp())


class Clock:
    """A minute later at each look."""

    def __init__(self) -> None:
        self.now = datetime(2021, 8, 1, tzinfo=UTC).timestamp()

    def __call__(self) -> datetime:
        self.now += 60
        return datetime.fromtimestamp(self.now, UTC)


def make(folder: Path, people: int = 6) -> Path:
    """A ledger of about ten times as many events as ``people``; its key-encrypting key is in ``kek``."""
    path = folder / "audited.ledger"
    (folder / "kek").mkdir(mode=0o700, exist_ok=True)
    with Ledger.create(path, name="永兴社区", kek_dir=folder / "kek", clock=Clock()) as ledger:
        fill(ledger, people)
    return path


def fill(ledger: Ledger, people: int) -> None:
    """Record, take back, correct, seal, rotate, erase, cosign."""
    with ledger.transaction(by="staff:liaison") as tx:
        branch = tx.branches.establish("B1", name="离退休干部党支部", kind="formal", on=date(2012, 6, 28))
        for number in range(people):
            tx.cadres.register(
                f"C{number:03}", kind="retired", name=f"赵{number}𠮷", formal=branch, phone="13900000000"
            )
    ledger.name_witnesses([WITNESS.vkey], by="office:keys")
    for number in range(people):
        with ledger.transaction(by="staff:liaison") as tx, tx.entry(f"register, row {number}"):
            cadre = tx.cadres[f"C{number:03}"]
            for month in (5, 6, 7):
                amount = yuan(f"{number + 1}.{month}0")
                cadre.pay_dues(amount, for_month=Month(2021, month), on=date(2021, month, 5), note="代缴")
            cadre.visit(reason="study", on=date(2021, 7, 6), note="一切安好")
    ledger.seal()
    with ledger.transaction(by="staff:liaison") as tx:
        paid = next(v for v, e in tx.cadres["C001"].view.standing.items() if e.wire == "dues.received/1")
        tx.cadres["C001"].correct(paid, amount=yuan("9.90"))
        tx.cadres["C002"].void(tx.cadres["C002"].version, words="记错了")
        tx.branches["B1"].remit_dues(yuan("20.00"), on=date(2021, 7, 20))
    ledger.rotate_key(by="office:keys")
    seal = ledger.seal()
    text, lines = split_note(seal.note)
    ledger.sealed.collect(join_note(text, [*lines, cosign(text, WITNESS, COSIGNED_AT)]))
    ledger.erase("C003", by="office:archive", reason="request")
    ledger.run(lambda tx: tx.cadres["C000"].visit(reason="comfort", on=date(2021, 7, 8)), by="staff:liaison")
    ledger.seal()


@attrs.frozen
class HeldRecords:
    """`Records` in memory."""

    rows: tuple[Row, ...]
    notes: tuple[bytes, ...]
    tiles: Mapping[tuple[int, int], bytes] = MappingProxyType({})
    keys: Mapping[str, bytes] = MappingProxyType({})
    source: str = "memory"
    holds_personal: bool = True
    has_keys: bool = True
    why_no_keys: str = "they were taken away"
    keeps_tree: bool = False
    signed_last: bytes | None = None

    @classmethod
    def of(cls, path: Path) -> "HeldRecords":
        """Everything in the ledger at ``path``."""
        with LedgerRecords.open(path, kek_dir=path.parent / "kek") as records:
            rows = tuple(records.in_order())
            keys = {stream: key for stream in {row[1] for row in rows} if (key := records.key_of(stream))}
            tiles = {(level, 0): records.tile(level, 0) for level in range(3)}
            return cls(rows, tuple(records.checkpoints()), MappingProxyType(tiles), MappingProxyType(keys))

    def in_order(self) -> Iterator[Row]:
        return iter(sorted(self.rows, key=lambda row: row[0]))

    def by_stream(self) -> Iterator[Row]:
        return iter(sorted(self.rows, key=lambda row: (str(row[1]), row[2])))

    def checkpoints(self) -> Iterable[bytes]:
        return self.notes

    def tile(self, level: int, number: int) -> bytes:
        return self.tiles.get((level, number), b"")

    def last_signed(self) -> bytes | None:
        return self.signed_last

    def transactions(self) -> None:
        """None is kept."""

    def mentions(self) -> None:
        """None is kept."""

    def key_of(self, subject: str) -> bytes | None:
        return self.keys.get(subject)
