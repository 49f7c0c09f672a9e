"""A ledger that was sealed five times on its way to about 600 events: with a rotation, voids, witnesses, dues."""

import random
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

from cadreledger import Ledger, Month, yuan
from cadreledger.audit import Trust
from cadreledger.sealing import COSIGNATURE, NoteSigner, cosign, join_note, split_note

AS_OF = datetime(2021, 9, 1, tzinfo=UTC)
COSIGNED_AT = int(datetime(2021, 8, 31, tzinfo=UTC).timestamp())
WITNESSES = tuple(NoteSigner(f"bureau.example/{name}", bytes([name]) * 32, COSIGNATURE) for name in (1, 2, 3))
PEOPLE = 60
STAGES = 5
PERSONAL = ("赵某", "13900", "代缴", "一切安好", "记错了", "B1街7号")
CODES = tuple(f"QX{number:03}" for number in range(PEOPLE))


class Clock:
    """A second later at each look."""

    def __init__(self) -> None:
        self._seconds = count()

    def __call__(self) -> datetime:
        return datetime(2021, 8, 20, tzinfo=UTC) + timedelta(seconds=next(self._seconds))


def build(folder: Path, stages: int = STAGES, seed: int = 1) -> Path:
    """The ledger as it was after so many seals, the same each time; its key-encrypting key is in ``kek``."""
    path = folder / "office.ledger"
    (folder / "kek").mkdir(mode=0o700, exist_ok=True)
    chance = random.Random(seed).randbytes
    with Ledger.create(path, name="永兴社区", kek_dir=folder / "kek", clock=Clock(), random=chance) as ledger:
        for stage in range(stages):
            grow(ledger, stage)
    return path


def opened(path: Path) -> Ledger:
    return Ledger.open(path, kek_dir=path.parent / "kek", clock=Clock())


def grow(ledger: Ledger, stage: int) -> None:
    """What happens before each seal, the seal, and its cosignatures."""
    match stage:
        case 0:
            _register(ledger)
        case 1:
            ledger.name_witnesses([witness.vkey for witness in WITNESSES[:2]], by="office:keys")
            _pay(ledger, (4, 5, 6))
        case 2:
            ledger.rotate_key(by="office:keys")
            _pay(ledger, (7,))
        case 3:
            ledger.name_witnesses([witness.vkey for witness in WITNESSES[1:]], by="office:keys")
            _pay(ledger, (8,))
            _correct(ledger)
            _visit(ledger)
        case _:
            ledger.run(lambda tx: tx.cadres[CODES[0]].visit(reason="comfort", on=date(2021, 8, 8)), by="staff:liaison")
    seal = ledger.seal()
    text, lines = split_note(seal.note)
    cosigned = [cosign(text, witness, COSIGNED_AT) for witness in WITNESSES if witness.vkey in ledger.sealed.witnesses]
    if cosigned:
        ledger.sealed.collect(join_note(text, [*lines, *cosigned]))


def _register(ledger: Ledger) -> None:
    with ledger.transaction(by="staff:liaison") as tx:
        branch = tx.branches.establish("B1", name="离退休干部党支部", kind="formal", on=date(2012, 6, 28))
        for code in CODES:
            tx.cadres.register(
                code, kind="retired", name=f"赵某{code}𠮷", formal=branch, phone="13900000000", address="B1街7号"
            )


def _pay(ledger: Ledger, months: tuple[int, ...]) -> None:
    for number, code in enumerate(CODES):
        with ledger.transaction(by="staff:liaison") as tx, tx.entry(f"register, row {number}"):
            for month in months:
                amount = yuan(f"{number + 1}.{month}0")
                tx.cadres[code].pay_dues(amount, for_month=Month(2021, month), on=date(2021, month, 5), note="代缴")


def _correct(ledger: Ledger) -> None:
    with ledger.transaction(by="staff:liaison") as tx:
        for code in CODES[:5]:
            cadre = tx.cadres[code]
            paid = next(version for version, e in cadre.view.standing.items() if e.wire == "dues.received/1")
            cadre.correct(paid, amount=yuan("9.90"))
        tx.cadres[CODES[6]].void(tx.cadres[CODES[6]].version, words="记错了")


def _visit(ledger: Ledger) -> None:
    with ledger.transaction(by="staff:liaison") as tx:
        for code in CODES[:30]:
            tx.cadres[code].visit(reason="study", on=date(2021, 8, 6), note="一切安好")


def trust(*keys: str, quorum: int = 0) -> Trust:
    witnesses = tuple(witness.vkey for witness in WITNESSES[1:])
    return Trust(as_of=AS_OF, keys=keys, witnesses=witnesses, quorum=quorum)


def files_in(folder: Path) -> dict[str, bytes]:
    """Every file of a folder, by its path in it."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}
