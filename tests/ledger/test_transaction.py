"""A transaction is recorded whole or not at all, and says who, when and on which document."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadreledger import CadreLedgerError, ConflictError, InputError, Ledger, Month, RuleError, UnknownSubjectError, yuan

DAY = date(2021, 7, 5)
JULY = Month(2021, 7)
BY = "staff:liaison"


def test_everything_in_a_transaction_has_its_number_and_size(office: Ledger) -> None:
    with office.transaction(by="staff:a") as tx:
        tx.branches["B1"].approve("吉组〔2021〕1号", on=DAY)
        tx.cadres["C1"].visit(reason="study", on=DAY)
        tx.cadres.register("C2", kind="veteran", name="钱某")
    assert tx.receipt is not None
    recorded = list(office.events(after=tx.receipt.positions.start - 1))
    assert [record.position for record in recorded] == list(tx.receipt.positions)
    assert {(record.entry.tx, record.entry.tx_size, record.entry.by) for record in recorded} == {(tx.tx, 3, "staff:a")}


def test_an_exception_records_nothing(office: Ledger) -> None:
    position, figures = office.position, dict(office.figures("2021"))
    with pytest.raises(ZeroDivisionError), office.transaction(by=BY) as tx:  # noqa: PT012 - the block is what is undone
        tx.branches.establish("B2", name="二支部", kind="formal")
        tx.cadres["C1"].visit(reason="study", on=DAY)
        tx.cadres.register("C2", kind="retired", name="钱某")
        _ = 1 // 0
    assert tx.receipt is None
    assert (office.position, dict(office.figures("2021"))) == (position, figures)
    for subject in ("B2", "C2"):
        with pytest.raises(UnknownSubjectError):
            office.history(subject)
    with office.transaction(by=BY) as tx:  # neither is taken
        tx.branches.establish("B2", name="二支部", kind="formal")
        tx.cadres.register("C2", kind="retired", name="钱某")


def test_a_refusal_that_is_caught_leaves_what_was_decided_before_and_after(office: Ledger) -> None:
    with office.transaction(by=BY) as tx:
        member = tx.cadres["C1"]
        member.pay_dues(yuan("8.50"), for_month=JULY, on=DAY)
        with pytest.raises(RuleError):
            member.pay_dues(yuan("8.50"), for_month=JULY, on=DAY)
        with pytest.raises(RuleError):
            tx.cadres.register(
                "C2", kind="retired", name="钱某", formal=tx.branches["B1"], participating=tx.branches["B1"]
            ).join(tx.branches["B1"])
        member.visit(reason="study", on=DAY)
    names = [type(record.event).__name__ for record in office.events(after=4)]
    assert names == ["DuesReceived", "CadreRegistered", "MemberJoined", "MemberJoined", "VisitMade"]


def test_a_person_is_registered_with_their_branches_or_not_at_all(office: Ledger) -> None:
    with office.transaction(by=BY) as tx:
        temporary = tx.branches.establish("T1", name="临时支部", kind="temporary")
        with pytest.raises(RuleError):
            tx.cadres.register("C2", kind="retired", name="钱某", formal=temporary)
        assert "C2" not in tx.cadres
        tx.cadres.register("C2", kind="retired", name="钱某", participating=temporary)
    assert office.figures("2021")["cadres.retired"].value == 2
    assert len(office.history("C2")) == 2


def test_nothing_decided_is_nothing_recorded(office: Ledger) -> None:
    position = office.position
    with office.transaction(by=BY) as tx:
        assert "C1" in tx.cadres
        assert "C9" not in tx.cadres
    assert tx.receipt is not None
    assert (len(tx.receipt.positions), office.position) == (0, position)


def test_a_handle_shows_what_was_decided_so_far(office: Ledger) -> None:
    with office.transaction(by=BY) as tx:
        member = tx.cadres["C1"]
        assert member.state.formal == "branch:B1"
        payment = member.pay_dues(yuan("8.50"), for_month=JULY, on=DAY)
        assert tx.cadres["C1"] is member
        assert member.state.credited[JULY] == yuan("8.50")
        assert payment == member.version == 3


def test_decisions_after_the_end_are_refused_and_not_lost_in_silence(office: Ledger) -> None:
    with office.transaction(by=BY) as tx:
        member = tx.cadres["C1"]
    with pytest.raises(InputError, match="over"):
        member.visit(reason="study", on=DAY)
    receipt = office.run(lambda tx: tx.cadres["C1"], by=BY)
    with pytest.raises(InputError, match="over"):
        receipt.value.visit(reason="study", on=DAY)  # type: ignore[attr-defined]
    assert len(office.history("C1")) == 2


@pytest.mark.parametrize(
    "by",
    ["", "staff", "staff:", ":a", "Staff:a", "staff:赵某", "staff:a b", "staff:a\n", None, 5, b"staff:a", ["staff:a"]],
)
def test_who_did_it_is_a_post_or_an_account(office: Ledger, by: str) -> None:
    for attempt in (lambda: office.transaction(by=by).__enter__(), lambda: office.run(lambda _: None, by=by)):
        with pytest.raises(InputError, match="actor"):
            attempt()


# --- entries and dates -----------------------------------------------------------------------------------------------


def test_entries_nest_and_the_inner_one_counts(office: Ledger) -> None:
    with office.transaction(by=BY) as tx:
        member = tx.cadres["C1"]
        with tx.entry("register A", registered_on=date(2021, 7, 1)):
            member.visit(reason="study", on=DAY)
            with tx.entry("register B, row 2"):
                member.visit(reason="call", on=DAY)
            with pytest.raises(ZeroDivisionError), tx.entry("register C"):
                _ = 1 // 0
            member.visit(reason="comfort", on=DAY)
        member.visit(reason="comfort", on=date(2021, 7, 6))
    entries = [(record.entry.source, record.entry.registered_on) for record in office.history("C1")[2:]]
    assert entries == [
        ("register A", date(2021, 7, 1)),
        ("register B, row 2", None),
        ("register A", date(2021, 7, 1)),
        (None, None),
    ]


@pytest.mark.parametrize("source", ["", "  ", None, 5, b"register", "\ud800", "a\udfff"])
def test_an_entry_names_its_document(office: Ledger, source: str) -> None:
    with office.transaction(by=BY) as tx, pytest.raises(InputError, match="source"), tx.entry(source):
        pass


@pytest.mark.parametrize("day", ["2021-07-05", 5, datetime(2021, 7, 5, tzinfo=UTC), True])
def test_a_registration_date_is_a_date(office: Ledger, day: date) -> None:
    with office.transaction(by=BY) as tx, pytest.raises(InputError, match="registration date"), tx.entry("a", day):
        pass


def test_an_entry_that_is_too_long_records_nothing(office: Ledger) -> None:
    position = office.position
    with pytest.raises(InputError, match="Shorten"), office.transaction(by=BY) as tx, tx.entry("长" * 100_000):
        tx.cadres["C1"].visit(reason="study", on=DAY)
    with pytest.raises(InputError, match="Shorten"), office.transaction(by=BY) as tx:
        tx.cadres["C1"].visit(reason="study", on=DAY, note="长" * 100_000)
    assert office.position == position


@given(st.timedeltas(timedelta(hours=-36), timedelta(hours=36)))
def test_today_is_the_ledgers_own_day(tmp_path_factory: pytest.TempPathFactory, shift: timedelta) -> None:
    """In Shanghai a day is over at 16:00 UTC."""
    now = datetime(2021, 7, 5, 16, tzinfo=UTC) + shift
    today = (now + timedelta(hours=8)).date()
    place = tmp_path_factory.mktemp("day") / "a.ledger"
    with Ledger.create(place, name="永兴社区", clock=lambda: now) as ledger:
        with ledger.transaction(by=BY) as tx:
            member = tx.cadres.register("C1", kind="retired", name="赵某", on=today)
            member.visit(reason="study", on=today)
            with pytest.raises(InputError, match="future"):
                member.visit(reason="call", on=today + timedelta(1))
            with tx.entry("register", registered_on=today):
                member.visit(reason="call", on=today)
            with pytest.raises(InputError, match="registration date"), tx.entry("register", today + timedelta(1)):
                pass
        assert len(ledger.history("C1")) == 3


# --- conflicts -------------------------------------------------------------------------------------------------------


def test_somebody_else_recorded_on_the_stream_first(office: Ledger, place: Path) -> None:
    with Ledger.open(place) as other:
        with pytest.raises(ConflictError) as conflict, office.transaction(by=BY) as tx:  # noqa: PT012 - the block is what is refused
            tx.cadres["C1"].visit(reason="study", on=DAY)
            with other.transaction(by="staff:b") as theirs:
                theirs.cadres["C1"].visit(reason="call", on=DAY)
        assert conflict.value.stream == office.stream_of("C1")
    assert [type(record.event).__name__ for record in office.history("C1")][2:] == ["VisitMade"]


def test_somebody_else_changed_what_the_decision_rests_on(office: Ledger, place: Path) -> None:
    with office.transaction(by=BY) as tx:
        tx.cadres.register("C2", kind="retired", name="钱某")
    position = office.position
    with Ledger.open(place) as other:
        with pytest.raises(ConflictError) as conflict, office.transaction(by=BY) as tx:  # noqa: PT012 - the block is what is refused
            tx.cadres["C2"].join(tx.branches["B1"])  # reads the branch, writes the person
            with other.transaction(by="staff:b") as theirs:
                theirs.branches["B1"].dissolve("merged", on=DAY)
        assert conflict.value.stream == "branch:B1"
    assert office.position == position + 1
    assert office.history("C2")[-1].version == 1


def test_somebody_else_registered_whom_we_found_missing(office: Ledger, place: Path) -> None:
    with Ledger.open(place) as other, pytest.raises(ConflictError), office.transaction(by=BY) as tx:  # noqa: PT012 - the block is what is refused
        tx.cadres.register("C2", kind="retired", name="钱某")
        with other.transaction(by="staff:b") as theirs:
            theirs.cadres.register("C2", kind="retired", name="钱某")
    assert len(office.history("C2")) == 1
    assert office.figures("2021")["cadres.retired"].value == 2


def test_streams_that_nobody_read_do_not_matter(office: Ledger, place: Path) -> None:
    with office.transaction(by=BY) as tx:
        tx.cadres.register("C2", kind="retired", name="钱某")
    with Ledger.open(place) as other, office.transaction(by=BY) as tx:
        tx.cadres["C1"].visit(reason="study", on=DAY)
        with other.transaction(by="staff:b") as theirs:
            theirs.cadres["C2"].visit(reason="study", on=DAY)
    assert office.figures("2021")["visits.made"].value == 2


def test_long_histories_are_read_from_where_they_were_left(office: Ledger, place: Path) -> None:
    """A long stream's state is kept; it must not miss what another process records, nor what was refused here."""
    with Ledger.open(place) as other:
        for number in range(90):
            ledger = office if number % 3 else other
            with ledger.transaction(by=BY) as tx:
                tx.cadres["C1"].visit(reason="study", on=DAY, distinct=True)
                if number % 7 == 0:
                    tx.cadres["C1"].void(tx.cadres["C1"].version)
            with pytest.raises(ZeroDivisionError), office.transaction(by=BY) as tx:  # noqa: PT012 - the block is undone
                tx.cadres["C1"].visit(reason="call", on=DAY)
                _ = 1 // 0
        with office.transaction(by=BY) as tx, other.transaction(by=BY) as theirs:
            assert tx.cadres["C1"].state == theirs.cadres["C1"].state
            assert len(tx.cadres["C1"].state.visits) == 90 - 13
    assert office.figures("2021")["visits.made"].value == 90 - 13


# --- codes -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["ledger", "branch:B1", "cadre:" + "0" * 32, "branch:branch:B1"])
def test_a_code_is_not_mistaken_for_a_stream(office: Ledger, code: str) -> None:
    with office.transaction(by=BY) as tx:
        with pytest.raises(InputError, match="name of a stream"):
            tx.cadres.register(code, kind="retired", name="钱某")
        with pytest.raises(InputError, match="name of a stream"):
            tx.branches.establish(code, name="支部", kind="formal")


@given(code=st.text(max_size=70))
def test_any_code_finds_its_person_or_is_refused(tmp_path_factory: pytest.TempPathFactory, code: str) -> None:
    place = tmp_path_factory.mktemp("code") / "a.ledger"
    with Ledger.create(place, name="永兴社区") as ledger:
        try:
            with ledger.transaction(by=BY) as tx:
                stream = tx.cadres.register(code, kind="retired", name="赵某").stream
        except InputError:
            assert ledger.position == 1
            return
        assert ledger.stream_of(code) == ledger.stream_of(f" {code}\t") == stream
        with ledger.transaction(by=BY) as tx:
            assert tx.cadres[code].stream == tx.cadres[stream].stream == stream


def test_whoever_was_entered_and_taken_back_is_not_there(office: Ledger) -> None:
    with office.transaction(by=BY) as tx:
        second = tx.cadres.register("C2", kind="retired", name="钱某")
        branch = tx.branches.establish("B2", name="二支部", kind="formal")
        second.void(1)
        branch.void(1)
    with office.transaction(by=BY) as tx:
        assert "C2" not in tx.cadres
        assert tx.branches.get("B2") is None
        again = tx.cadres.register("C2", kind="veteran", name="钱某")
        assert (again.stream, again.version) == (second.stream, 3)
        tx.branches.establish("B2", name="二支部", kind="formal")
    figures = office.figures("2021")
    assert (figures["cadres.retired"].value, figures["cadres.veteran"].value) == (1, 1)


@pytest.mark.parametrize("code", ["B9", "branch:B9", "cadre:" + "f" * 32])
def test_who_is_not_there_is_not_found(office: Ledger, code: str) -> None:
    with office.transaction(by=BY) as tx:
        for handles in (tx.cadres, tx.branches):
            assert code not in handles
            with pytest.raises(UnknownSubjectError) as unknown:
                handles[code]
            assert unknown.value.hint
    with pytest.raises(CadreLedgerError):
        office.history(code)
