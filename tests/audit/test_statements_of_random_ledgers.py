"""Whatever an office does, and whenever it seals: each person's statement holds, and tells of nobody else."""

import tempfile
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from cadreledger import CadreLedgerError, Ledger, Month, yuan
from cadreledger.audit import Trust
from cadreledger.audit.statement import verify_statement
from cadreledger.export import statement, write_site
from cadreledger.sealing import split_salt

NAMES = {"C1": "赵某一", "C2": "钱某二", "C3": "孙某三"}
AS_OF = datetime(2200, 1, 1, tzinfo=UTC)
STEPS = st.lists(
    st.tuples(st.sampled_from(["visit", "pay", "void", "correct", "erase", "seal", "rotate"]), st.sampled_from("123"))
    | st.tuples(st.sampled_from(["visit", "pay", "void", "correct"]), st.sampled_from("123")),
    max_size=14,
)


def act(ledger: Ledger, what: str, code: str, number: int) -> None:
    if what == "seal":
        ledger.seal()
    elif what == "rotate":
        ledger.rotate_key(by="office:keys")
    elif what == "erase":
        ledger.erase(code, by="office:archive", reason="request")
    else:
        with ledger.transaction(by="staff:a") as tx:
            cadre = tx.cadres[code]
            entries = [v for v, each in cadre.view.standing.items() if each.wire in {"visit.made/1", "dues.received/1"}]
            if what == "visit":
                cadre.visit(reason="study", on=date(2021, 7, 1 + number), note=f"到{NAMES[code]}家中")
            elif what == "pay":
                cadre.pay_dues(yuan("8.50"), for_month=Month(2021, 7), on=date(2021, 7, 5), receipt=str(number))
            elif what == "void" and entries:
                cadre.void(entries[-1])
            elif what == "correct" and entries:
                cadre.correct(entries[0], on=date(2021, 6, 1 + number))


@settings(max_examples=25)
@given(steps=STEPS)
def test_every_persons_statement_holds_and_tells_of_nobody_else(steps: list[tuple[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        kek = Path(folder) / "kek"
        kek.mkdir(mode=0o700)
        with Ledger.create(Path(folder) / "random.ledger", name="永兴社区", kek_dir=kek) as ledger:
            with ledger.transaction(by="staff:a") as tx:
                branch = tx.branches.establish("B1", name="离退休干部党支部", kind="formal", on=date(2012, 6, 28))
                for code, name in NAMES.items():
                    tx.cadres.register(code, kind="retired", name=name, formal=branch)
            erased = set()
            for number, (what, digit) in enumerate(steps):
                with suppress(CadreLedgerError):  # erased twice, voided twice, rotated twice, paid twice …
                    act(ledger, what, f"C{digit}", number)
                    erased |= {f"C{digit}"} if what == "erase" else set()
            ledger.seal()
            write_site(ledger, Path(folder) / "site")
            streams = {code: ledger.stream_of(code) for code in NAMES.keys() - erased}
            for code, stream in streams.items():
                made = statement(ledger, code)
                data, keys = made.to_json(), ledger.sealed.keys
                assert verify_statement(data, Trust(as_of=AS_OF, keys=keys)).ok
                found = verify_statement(data, Trust(as_of=AS_OF, keys=keys[:1]), site=Path(folder) / "site")
                assert found.ok, found.checks
                assert [event.index + 1 for event in made.events] == [
                    event.position for event in ledger.events() if event.stream == stream
                ]
                opened = [split_salt(part)[1] for e in made.events for part in (e.internal, e.personal) if part]
                told = data + b"".join(opened)
                assert NAMES[code].encode() in told
                for other in NAMES.keys() - {code}:
                    assert NAMES[other].encode() not in told
                    assert f'"{other}"'.encode() not in told
                    assert other not in streams or streams[other].encode() not in told
