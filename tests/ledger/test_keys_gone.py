"""When keys are destroyed or lost: every total and every event stays, what is personal is sealed for good."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from cadreledger import (
    CadreLedgerError,
    Figure,
    KeyStoreError,
    Ledger,
    Month,
    Recorded,
    Transaction,
    UnknownSubjectError,
    View,
    yuan,
)
from cadreledger.errors import ErasedError
from cadreledger.events.branch import FundSpent
from cadreledger.events.cadre import CadreRegistered
from cadreledger.events.sections import without_personal
from cadreledger.values import StreamId

DAY = date(2021, 7, 5)
BY = "staff:liaison"


class Before:
    """What a lived ledger said while its keys were there."""

    def __init__(self, place: Path, kek_dir: Path) -> None:
        self.place, self.kek_dir = place, kek_dir
        with Ledger.create(place, name="永兴社区", kek_dir=kek_dir) as ledger:
            live(ledger)
            self.person: StreamId = ledger.stream_of("C1")
            self.figures = figures(ledger)
            self.events = list(ledger.events())
            self.history = ledger.history("C1")

    def open(self) -> Ledger:
        return Ledger.open(self.place, kek_dir=self.kek_dir)


def live(ledger: Ledger) -> None:
    with ledger.transaction(by=BY) as tx:
        branch = tx.branches.establish("B1", name="离退休干部党支部", kind="formal", on=date(2012, 6, 28))
        member = tx.cadres.register("C1", kind="retired", name="赵某", phone="13812345678", formal=branch)
        member.pay_dues(yuan("1275.00"), for_month=Month(2021, 7), on=DAY, payer="女儿")
        member.void(member.visit(reason="call", on=DAY, note="找不到人"), words="记错了")
        for day in range(1, 27):
            member.visit(reason="study", on=date(2021, 6, day), content="送学")
        branch.return_dues(yuan("892.50"), on=DAY, note="年中返还")
        branch.spend(yuan(57), use="visits", decision="R1", on=DAY, beneficiary=member.stream, note="慰问金")


def figures(ledger: Ledger) -> list[dict[str, Figure]]:
    return [dict(ledger.figures(period, view=view)) for period in ("2021", "2021-06", "2021-07") for view in View]


@pytest.fixture
def before(tmp_path: Path) -> Before:
    return Before(tmp_path / "yongxing.ledger", tmp_path / "kek")


def delete_every_key(before: Before) -> None:
    with closing(sqlite3.connect(before.place.with_suffix(".keys"))) as keys:
        keys.execute("DELETE FROM keys")
        keys.commit()


def delete_the_key_store(before: Before) -> None:
    before.place.with_suffix(".keys").unlink()


def delete_the_kek(before: Before) -> None:
    for file in before.kek_dir.iterdir():
        file.unlink()


def damage_the_kek(before: Before) -> None:
    for file in before.kek_dir.iterdir():
        file.write_bytes(bytes(32))


def damage_the_key_store(before: Before) -> None:
    before.place.with_suffix(".keys").write_bytes(b"no database")


NO_KEY_STORE = [delete_the_key_store, delete_the_kek, damage_the_kek, damage_the_key_store]
ALL = [delete_every_key, *NO_KEY_STORE]
each_loss = pytest.mark.parametrize("lose", ALL)


@each_loss
def test_every_total_and_every_event_stays(before: Before, lose: Callable[[Before], None]) -> None:
    lose(before)
    with before.open() as ledger:
        assert figures(ledger) == before.figures
        replayed = list(ledger.events())
        assert [record.event for record in replayed] == [without_personal(record.event) for record in before.events]
        assert [record.entry for record in replayed] == [record.entry for record in before.events]
        assert [record.leaf for record in replayed] == [record.leaf for record in before.events]
        sealed = {record.position for record in replayed if record.sealed}
        assert sealed == {record.position for record in before.events if record.subject is not None}


@each_loss
def test_a_history_by_stream_is_there_and_sealed(before: Before, lose: Callable[[Before], None]) -> None:
    lose(before)
    with before.open() as ledger:
        history = ledger.history(before.person)
        assert [record.position for record in history] == [record.position for record in before.history]
        first, spent = history[0], history[-1]
        assert isinstance(first.event, CadreRegistered)
        assert isinstance(spent.event, FundSpent)
        assert (first.sealed, first.event.name, first.event.code, first.event.phone) == (True, None, None, None)
        assert (spent.sealed, spent.event.amount, spent.event.note) == (True, yuan(57), None)
        assert len(ledger.history("branch:B1")) == len(ledger.history("B1")) == 3
        by_july = tuple(record for record in history if (record.event.occurred_on or date.min) < date(2021, 7, 1))
        assert ledger.history(before.person, as_known=date(2021, 7, 1)) == by_july != history


@each_loss
def test_nobody_finds_the_person_by_code_and_the_error_says_what_to_do(
    before: Before, lose: Callable[[Before], None]
) -> None:
    lose(before)
    with before.open() as ledger:
        attempts: list[Callable[[], object]] = [
            lambda: ledger.history("C1"),
            lambda: ledger.run(lambda tx: tx.cadres["C1"].visit(reason="call", on=DAY), by=BY),
        ]
        for attempt in attempts:
            with pytest.raises((KeyStoreError, UnknownSubjectError)) as error:
                attempt()
            assert error.value.hint
            assert "赵某" not in str(error.value)


@pytest.mark.parametrize("lose", NO_KEY_STORE)
def test_what_needs_a_key_raises_a_key_store_error_and_records_nothing(
    before: Before, lose: Callable[[Before], None]
) -> None:
    lose(before)
    with before.open() as ledger:
        position = ledger.position
        decides: list[Callable[[Transaction], object]] = [
            lambda tx: tx.cadres.register("C2", kind="retired", name="钱某"),
            lambda tx: tx.cadres[before.person].visit(reason="call", on=DAY, note="在家"),
            lambda tx: tx.people.enrol("P1", role="书记", name="孙某"),
            lambda tx: tx.branches["B1"].remit_dues(yuan(1), on=DAY, note="上缴"),
            lambda tx: tx.teams.found("T1", kind="service", name="银铃服务队", note="钱某牵头"),
            lambda tx: tx.facilities.enter("F1", kind="room", name="活动室", note="钥匙在钱某处"),
            lambda tx: tx.community.receive_suggestion("S1", on=DAY, content="多办几次"),
            lambda tx: tx.programme.find_issue("I1", on=DAY, text="扶手松了"),
        ]
        for decide in decides:
            with pytest.raises(KeyStoreError) as error, ledger.transaction(by=BY) as tx:
                decide(tx)
            assert error.value.hint
        with pytest.raises(KeyStoreError):
            ledger.run(lambda tx: tx.branches["B1"].remit_dues(yuan(1), on=DAY), by=BY, key="k")
        assert ledger.position == position


@each_loss
def test_what_names_nobody_can_still_be_recorded(before: Before, lose: Callable[[Before], None]) -> None:
    lose(before)
    with before.open() as ledger:
        ledger.run(lambda tx: tx.branches["B1"].remit_dues(yuan("382.50"), on=DAY), by=BY)
        ledger.run(lambda tx: tx.cadres[before.person].visit(reason="call", on=DAY), by=BY)
        with ledger.transaction(by=BY) as tx:
            tx.branches.establish("B2", name="二支部", kind="formal").hold("party_day", code="A1", title="a", on=DAY)
            tx.teams.found("T1", kind="service", name="银铃服务队")
            tx.facilities.enter("F1", kind="room", name="活动室")
            tx.community.add_partner("G1", name="某医院")
            tx.programme.find_issue("I1", on=DAY)
        assert ledger.figures("2021")["dues.remitted"].value == 38_250
        counted = ["party_days.held", "teams.service", "rooms.count", "partners.count", "issues.found"]
        assert [ledger.figures("2021")[key].value for key in counted] == [1] * 5
        assert ledger.figures("2021")["visits.made"].value == 27


def test_nothing_personal_is_recorded_about_somebody_whose_key_was_destroyed(before: Before) -> None:
    delete_every_key(before)
    with before.open() as ledger:
        position = ledger.position
        decides: list[Callable[[Transaction], object]] = [
            lambda tx: tx.cadres[before.person].visit(reason="call", on=DAY, note="在家"),
            lambda tx: tx.branches["B1"].spend(
                yuan(1), use="visits", decision="R2", on=DAY, beneficiary=before.person, note="慰问金"
            ),
            # with a new key, what the old one locked would not open, and nothing could be read any more
            lambda tx: tx.branches["B1"].remit_dues(yuan(1), on=DAY, note="上缴"),
        ]
        for decide in decides:
            with pytest.raises(ErasedError) as error, ledger.transaction(by=BY) as tx:
                decide(tx)
            assert error.value.hint
        assert ledger.position == position
        with ledger.transaction(by=BY) as tx:  # the same code is somebody new: nobody can tell any more
            assert tx.cadres.register("C1", kind="retired", name="赵某").stream != before.person
            tx.branches.establish("B2", name="二支部", kind="formal").remit_dues(yuan(1), on=DAY, note="上缴")
            tx.community.receive_suggestion("S1", on=DAY, content="多办几次")
        assert sum(record.sealed for record in ledger.events()) == len(
            [record for record in before.events if record.subject is not None]
        )


def test_one_persons_key_is_one_persons_key(tmp_path: Path) -> None:
    with Ledger.create(tmp_path / "a.ledger", name="永兴社区") as ledger:
        with ledger.transaction(by=BY) as tx:
            streams = [tx.cadres.register(f"C{n}", kind="retired", name=f"某{n}").stream for n in range(3)]
        with closing(sqlite3.connect(tmp_path / "a.keys")) as keys:
            keys.execute("DELETE FROM keys WHERE stream=?", (streams[1],))
            keys.commit()
        sealed: list[Recorded] = [record for record in ledger.events() if record.sealed]
        assert [record.stream for record in sealed] == [streams[1]]
        assert len(ledger.history("C0")) == len(ledger.history("C2")) == 1
        with pytest.raises(UnknownSubjectError):
            ledger.history("C1")


def test_a_known_key_still_gives_its_result_when_the_person_is_gone(before: Before) -> None:
    def decide(tx: Transaction) -> int:
        return tx.cadres[before.person].visit(reason="call", on=DAY, note="在家")

    with before.open() as ledger:
        first = ledger.run(decide, by=BY, key="k")
    delete_every_key(before)
    with before.open() as ledger:
        again = ledger.run(decide, by=BY, key="k")  # what is sealed cannot be compared, and is not
        assert (again.positions, again.repeated) == (first.positions, True)


def test_a_damaged_event_is_named_by_its_position(before: Before) -> None:
    with closing(sqlite3.connect(before.place)) as file:
        (state,) = file.execute("SELECT state FROM stored_events WHERE rowid=5").fetchone()
        file.execute("UPDATE stored_events SET state=? WHERE rowid=5", (state[:-1] + bytes([state[-1] ^ 1]),))
        file.commit()
    with before.open() as ledger, pytest.raises(CadreLedgerError, match="position 5"):
        list(ledger.events())


def test_no_key_is_destroyed_on_the_word_of_a_row_that_is_no_erasure(before: Before) -> None:
    with closing(sqlite3.connect(before.place.with_suffix(".keys"))) as keys, keys:
        keys.execute("INSERT INTO erasing VALUES (?)", (before.person,))
    with closing(sqlite3.connect(before.place)) as file, file:
        (version,) = file.execute(
            "SELECT max(originator_version) FROM stored_events WHERE originator_id=?", (before.person,)
        ).fetchone()
        row = (before.person, version + 1, "subject.erased/1", b"forged")
        file.execute("INSERT INTO stored_events VALUES (?,?,?,?)", row)
    with before.open() as ledger:
        assert ledger.stream_of("C1") == before.person
    with closing(sqlite3.connect(before.place)) as file, file:
        file.execute("DELETE FROM stored_events WHERE topic='subject.erased/1'")
    with before.open() as ledger:
        assert ledger.history("C1") == before.history
