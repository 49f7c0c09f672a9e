"""`run`: a decision that may be asked for twice, cut off, or overtaken, and is recorded once."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from eventsourcing.sqlite import SQLiteConnection
from hypothesis import given
from hypothesis import strategies as st

from cadreledger import (
    ConflictError,
    InputError,
    Ledger,
    Month,
    Receipt,
    RuleError,
    StoreError,
    Transaction,
    UnknownSubjectError,
    yuan,
)
from cadreledger.store import EventStore, KeyStore
from cadreledger.values import StreamId

DAY = date(2021, 7, 5)
JULY = Month(2021, 7)
BY = "staff:a"


def visit(tx: Transaction) -> int:
    return tx.cadres["C1"].visit(reason="study", on=DAY, note="送去了学习资料")


def visits(ledger: Ledger) -> int:
    return ledger.figures("2021-07")["visits.made"].value


# --- keys ------------------------------------------------------------------------------------------------------------


def test_a_decision_is_recorded_with_its_result(office: Ledger) -> None:
    receipt = office.run(visit, by=BY)
    assert (receipt.value, len(receipt.positions), receipt.repeated) == (3, 1, False)
    (recorded,) = office.events(after=receipt.positions.start - 1)
    assert (recorded.entry.tx, recorded.entry.by) == (receipt.tx, BY)


def test_without_a_key_it_is_recorded_each_time(office: Ledger) -> None:
    assert [office.run(visit, by=BY).repeated for _ in range(2)] == [False, False]
    assert len(office.history("C1")) == 4


def test_the_same_again_gives_the_first_result(office: Ledger) -> None:
    first = office.run(visit, by=BY, key="app/991")
    for _ in range(3):
        again = office.run(visit, by=BY, key="app/991")
        assert again == Receipt(first.tx, first.positions, first.value, repeated=True)
    assert visits(office) == 1


def test_the_same_again_much_later_and_elsewhere(office: Ledger, place: Path) -> None:
    """By then the month is paid, the person has left, and another process is asked."""

    def decide(tx: Transaction) -> int:
        member = tx.cadres["C1"]
        with tx.entry("dues register, row 1", registered_on=DAY):
            payment = member.pay_dues(yuan("8.50"), for_month=JULY, on=DAY, payer="赵某")
        tx.cadres.register("C2", kind="retired", name="钱某", formal=tx.branches["B1"])
        wrong = member.visit(reason="study", on=DAY, note="记错了")
        member.void(wrong, words="不是他")
        return payment

    first = office.run(decide, by=BY, key="k")
    with office.transaction(by=BY) as tx:
        tx.cadres["C1"].leave(cause="moved", on=DAY)
        tx.cadres["C2"].leave(cause="moved", on=DAY)
    position = office.position
    with Ledger.open(place) as other:
        again = other.run(decide, by=BY, key="k")
    assert (again.positions, again.value, again.repeated) == (first.positions, first.value, True)
    assert office.position == position


Decision = Callable[[Transaction], object]
OTHERS: dict[str, Decision] = {
    "another note": lambda tx: tx.cadres["C1"].visit(reason="study", on=DAY, note="别的"),
    "no note": lambda tx: tx.cadres["C1"].visit(reason="study", on=DAY),
    "another day": lambda tx: tx.cadres["C1"].visit(reason="study", on=date(2021, 7, 6), note="送去了学习资料"),
    "once more": lambda tx: [visit(tx), visit(tx)],
    "another stream": lambda tx: tx.branches["B1"].approve("1号", on=DAY),
    "nothing": lambda _: None,
}


def with_a_source(tx: Transaction) -> None:
    with tx.entry("visits, row 1"):
        visit(tx)


@pytest.mark.parametrize("decide", [*OTHERS.values(), with_a_source], ids=[*OTHERS, "another source"])
def test_another_decision_under_a_known_key_is_refused(office: Ledger, decide: Decision) -> None:
    office.run(visit, by=BY, key="k")
    position = office.position
    with pytest.raises(ConflictError, match="this key was used before") as conflict:
        office.run(decide, by=BY, key="k")
    assert conflict.value.hint
    assert office.position == position
    assert office.run(visit, by=BY, key="k").repeated


def test_somebody_else_under_a_known_key_is_refused(office: Ledger) -> None:
    office.run(visit, by=BY, key="k")
    with pytest.raises(ConflictError):
        office.run(visit, by="staff:b", key="k")


def test_a_repetition_that_breaks_a_rule_raises_what_it_raises(office: Ledger) -> None:
    office.run(visit, by=BY, key="k")
    with pytest.raises(RuleError):
        office.run(lambda tx: tx.cadres["C1"].confirm_visit(1), by=BY, key="k")
    with pytest.raises(UnknownSubjectError):
        office.run(lambda tx: tx.cadres["C9"], by=BY, key="k")


def test_keys_are_apart(office: Ledger) -> None:
    for key in ("a", "b", "A", "a ", "甲", "\ud800", "a" * 10_000):
        assert not office.run(visit, by=BY, key=key).repeated
    assert len(office.history("C1")) == 2 + 7


@pytest.mark.parametrize("key", ["", 5, b"k", ("k",), True])
def test_a_key_is_text(office: Ledger, key: str) -> None:
    with pytest.raises(InputError, match="idempotency key"):
        office.run(visit, by=BY, key=key)
    assert visits(office) == 0


def test_the_key_itself_is_kept_nowhere_in_the_clear(office: Ledger, place: Path) -> None:
    office.run(visit, by=BY, key="app/991-of-a-person")
    for path in place.parent.iterdir():
        assert b"app/991-of-a-person" not in path.read_bytes()


def test_deciding_nothing_is_no_result(office: Ledger) -> None:
    position = office.position
    receipt = office.run(lambda _: "looked", by=BY, key="k")
    assert (receipt.value, len(receipt.positions), receipt.repeated) == ("looked", 0, False)
    assert office.position == position
    assert not office.run(visit, by=BY, key="k").repeated  # there was nothing that could be repeated


def test_a_decision_that_fails_leaves_its_key_free(office: Ledger) -> None:
    def fail(tx: Transaction) -> None:
        visit(tx)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        office.run(fail, by=BY, key="k")
    assert visits(office) == 0
    assert not office.run(visit, by=BY, key="k").repeated


@given(
    asked=st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from(["call", "study"]), st.integers(1, 3)), max_size=12
    )
)
def test_a_key_is_a_promise(tmp_path_factory: pytest.TempPathFactory, asked: list[tuple[str, str, int]]) -> None:
    """Against a dictionary: the first under a key is recorded, the same again is it, another is refused."""
    place = tmp_path_factory.mktemp("run") / "a.ledger"
    with Ledger.create(place, name="永兴社区") as ledger:
        ledger.run(lambda tx: tx.cadres.register("C1", kind="retired", name="赵某"), by=BY)
        known: dict[str, tuple[tuple[str, int], range]] = {}
        for key, reason, day in asked:

            def decide(tx: Transaction, reason: str = reason, day: int = day) -> int:
                return tx.cadres["C1"].visit(reason=reason, on=date(2021, 7, day), distinct=True)

            if key in known and known[key][0] != (reason, day):
                with pytest.raises(ConflictError):
                    ledger.run(decide, by=BY, key=key)
            else:
                receipt = ledger.run(decide, by=BY, key=key)
                assert receipt.repeated is (key in known)
                assert receipt.positions == known.setdefault(key, ((reason, day), receipt.positions))[1]
        assert visits(ledger) == len(known)


# --- overtaken -------------------------------------------------------------------------------------------------------


def test_a_decision_is_taken_anew_when_somebody_was_quicker(office: Ledger, place: Path) -> None:
    seen: list[int] = []
    with Ledger.open(place) as other:

        def decide(tx: Transaction) -> int:
            member = tx.cadres["C1"]
            seen.append(member.version)
            if len(seen) < 3:
                other.run(lambda tx: tx.cadres["C1"].visit(reason="call", on=DAY, distinct=True), by="staff:b")
            return member.visit(reason="study", on=DAY)

        receipt = office.run(decide, by=BY, key="k")
        assert seen == [2, 3, 4]
        assert receipt.value == 5
        assert visits(office) == 3
        assert other.run(lambda tx: tx.cadres["C1"].visit(reason="study", on=DAY), by=BY, key="k").repeated


def test_a_decision_that_is_always_overtaken_is_given_up(office: Ledger, place: Path) -> None:
    times = 0
    with Ledger.open(place) as other:

        def decide(tx: Transaction) -> None:
            nonlocal times
            times += 1
            tx.cadres["C1"].visit(reason="study", on=DAY)
            other.run(lambda tx: tx.cadres["C1"].visit(reason="call", on=DAY, distinct=True), by="staff:b")

        with pytest.raises(ConflictError):
            office.run(decide, by=BY)
    assert 1 < times <= 10
    assert visits(office) == times


def test_a_rule_that_fresh_state_breaks_is_not_tried_again(office: Ledger, place: Path) -> None:
    with Ledger.open(place) as other:

        def decide(tx: Transaction) -> int:
            member = tx.cadres["C1"]
            paid = member.pay_dues(yuan("8.50"), for_month=JULY, on=DAY)
            if member.version == 3:
                other.run(lambda tx: tx.cadres["C1"].pay_dues(yuan("8.50"), for_month=JULY, on=DAY), by="staff:b")
            return paid

        with pytest.raises(RuleError, match="paid already"):
            office.run(decide, by=BY)
    assert office.figures("2021")["dues.collected"].value == 850


def test_one_key_used_in_two_places_at_once_is_one_result(office: Ledger, place: Path) -> None:
    """The other one is through while we decide: we then find its result, with its events and not ours."""
    with Ledger.open(place) as other:
        inner: list[Receipt] = []

        def decide(tx: Transaction) -> int:
            if not inner:
                inner.append(Receipt("", range(0)))
                inner[0] = other.run(decide, by=BY, key="k")
            return visit(tx)

        receipt = office.run(decide, by=BY, key="k")
    assert receipt.positions == inner[0].positions
    assert (receipt.repeated, inner[0].repeated) == (True, False)
    assert visits(office) == 1


def register_anyway(tx: Transaction) -> StreamId:
    return tx.cadres.register("C2", kind="retired", name="钱某").stream


def register_if_need_be(tx: Transaction) -> StreamId:
    found = tx.cadres.get("C2")
    return register_anyway(tx) if found is None else found.stream


@pytest.mark.parametrize("register", [register_anyway, register_if_need_be])
def test_what_a_twin_did_while_we_began_is_the_result_and_no_obstacle(
    office: Ledger, place: Path, register: Callable[[Transaction], StreamId]
) -> None:
    """The twin ends after we looked for its result, and before we read what it decided on."""
    with Ledger.open(place) as other:
        inner: list[Receipt] = []

        def decide(tx: Transaction) -> StreamId:
            if not inner:
                inner.append(Receipt("", range(0)))
                inner[0] = other.run(decide, by=BY, key="k")
            return register(tx)

        receipt = office.run(decide, by=BY, key="k")
    assert receipt.positions == inner[0].positions
    assert receipt.value == inner[0].value == office.stream_of("C2")
    assert (receipt.repeated, inner[0].repeated) == (True, False)


def test_one_key_at_once_for_two_decisions_is_a_conflict_for_one(office: Ledger, place: Path) -> None:
    with Ledger.open(place) as other:

        def decide(tx: Transaction) -> int:
            if not visits(other):
                other.run(visit, by=BY, key="k")
            return tx.branches["B1"].approve("1号", on=DAY)

        with pytest.raises(ConflictError, match="this key was used before"):
            office.run(decide, by=BY, key="k")
    assert (visits(office), len(office.history("B1"))) == (1, 1)


# --- cut off ---------------------------------------------------------------------------------------------------------


def test_a_try_that_was_cut_off_between_keys_and_events_is_finished_by_the_next(
    office: Ledger, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def register(tx: Transaction) -> StreamId:
        return tx.cadres.register("C2", kind="retired", name="钱某", formal=tx.branches["B1"]).stream

    def cut_off(*_: object, **__: object) -> range:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(EventStore, "append", cut_off)
        with pytest.raises(KeyboardInterrupt):
            office.run(register, by=BY, key="k")
    position = office.position
    with pytest.raises(UnknownSubjectError):
        office.history("C2")
    with Ledger.open(place) as other:
        assert other.figures("2021")["cadres.retired"].value == 1
        receipt = other.run(register, by=BY, key="k")
        assert not receipt.repeated
        assert receipt.value == other.stream_of("C2")
        assert other.run(register, by=BY, key="k").repeated
    assert office.position == position + 2


def test_keys_that_a_cut_off_try_left_behind_are_used_by_any_later_one(office: Ledger, place: Path) -> None:
    stream, key = "cadre:" + "a" * 32, bytes(range(32))
    with closing(KeyStore.open(place.with_suffix(".keys"))) as keys:
        from cadreledger.store import NewKey

        keys.commit(keys=[NewKey(stream, key, "C2")], requests={"k": "f" * 32})
    with pytest.raises(UnknownSubjectError):
        office.history("C2")
    with office.transaction(by=BY) as tx:
        assert "C2" not in tx.cadres
        assert tx.cadres.register("C2", kind="retired", name="钱某").stream == stream
    receipt = office.run(visit, by=BY, key="k")
    assert (receipt.tx, receipt.repeated) == ("f" * 32, False)


@pytest.mark.parametrize("same", [True, False])
def test_two_that_finish_what_was_cut_off_at_the_same_time(office: Ledger, place: Path, *, same: bool) -> None:
    """Both go on under the number of the first try, so the second finds its own number taken."""
    with closing(KeyStore.open(place.with_suffix(".keys"))) as keys:
        keys.commit(requests={"k": "f" * 32})
    with Ledger.open(place) as other:

        def decide(tx: Transaction) -> int:
            member = tx.cadres["C1"]
            if not visits(other):
                other.run(visit, by=BY, key="k")
            return visit(tx) if same else member.visit(reason="study", on=DAY, note="别的")

        if same:
            receipt = office.run(decide, by=BY, key="k")
            assert (receipt.tx, receipt.value, receipt.repeated) == ("f" * 32, 3, True)
        else:
            with pytest.raises(ConflictError, match="this key was used before"):
                office.run(decide, by=BY, key="k")
    assert visits(office) == 1


def fail_after_commit(times: int) -> Callable[[SQLiteConnection], None]:
    """A commit whose first ``times`` answers get lost on the way: applied, and yet an error."""
    lost = 0
    commit = SQLiteConnection.commit

    def lose(connection: SQLiteConnection) -> None:
        nonlocal lost
        commit(connection)
        if lost < times:
            lost += 1
            raise sqlite3.OperationalError("disk I/O error")

    return lose


@pytest.mark.parametrize("key", [None, "k"])
def test_a_commit_whose_answer_is_lost_counts_as_what_it_is(
    office: Ledger, monkeypatch: pytest.MonkeyPatch, key: str | None
) -> None:
    position = office.position
    with monkeypatch.context() as patch:
        patch.setattr(SQLiteConnection, "commit", fail_after_commit(1))
        receipt = office.run(visit, by=BY, key=key)
        assert not receipt.repeated
    assert (receipt.positions, office.position, visits(office)) == (range(position + 1, position + 2), position + 1, 1)
    if key:
        assert office.run(visit, by=BY, key=key).positions == receipt.positions
    assert visits(office) == 1


def test_the_same_of_a_transaction(office: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(SQLiteConnection, "commit", fail_after_commit(1))
        with office.transaction(by=BY) as tx:
            visit(tx)
            tx.cadres.register("C2", kind="retired", name="钱某")
    assert tx.receipt is not None
    assert len(tx.receipt.positions) == 2
    assert (visits(office), len(office.history("C2"))) == (1, 1)


def test_a_commit_that_fails_is_recorded_by_nobody_and_can_be_asked_for_again(
    office: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: SQLiteConnection) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    with monkeypatch.context() as patch:
        patch.setattr(SQLiteConnection, "commit", fail)
        with pytest.raises(StoreError) as problem:
            office.run(visit, by=BY, key="k")
        assert problem.value.hint
    assert visits(office) == 0
    assert not office.run(visit, by=BY, key="k").repeated
    assert visits(office) == 1


def test_the_clock_of_the_second_asking_does_not_matter(place: Path) -> None:
    now = [datetime(2021, 7, 5, 4, tzinfo=UTC)]
    with Ledger.create(place, name="永兴社区", clock=lambda: now[0]) as ledger:
        ledger.run(lambda tx: tx.cadres.register("C1", kind="retired", name="赵某"), by=BY)
        first = ledger.run(visit, by=BY, key="k")
        now[0] = datetime(2031, 1, 1, tzinfo=UTC)
        assert ledger.run(visit, by=BY, key="k").positions == first.positions


def test_what_was_refused_while_somebody_else_recorded_is_decided_again(office: Ledger, place: Path) -> None:
    """A refusal that rests on half of what another one did is none."""
    calls: list[int] = []

    def decide(tx: Transaction) -> int:
        calls.append(tx.community.version)
        if len(calls) == 1:
            with Ledger.open(place) as other:
                other.run(lambda their: their.community.add_partner("U1", name="n"), by=BY)
            raise RuleError("seen half", rule="half_seen")
        return tx.community.add_partner("U2", name="n")

    assert office.run(decide, by=BY).value == 2
    assert calls == [0, 1]


def test_a_refusal_that_nobody_disturbed_is_final(office: Ledger) -> None:
    calls: list[int] = []

    def decide(_tx: Transaction) -> None:
        calls.append(1)
        raise RuleError("no", rule="no")

    with pytest.raises(RuleError):
        office.run(decide, by=BY)
    assert calls == [1]
