"""What touches several streams, a sentence a test: arrears and their reviews, closings, transfers, deaths, endings."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from cadreledger import ConflictError, InputError, Ledger, Money, Month, Period, RuleError, Transaction, fen, yuan
from cadreledger.events.branch import MonthClosed
from cadreledger.events.cadre import CadreLeft, MemberJoined, MemberLeft, TransferSent
from cadreledger.events.dues import ArrearsReviewed, ArrearsStep
from cadreledger.queries import cash_close, responsible
from cadreledger.values import StreamId

BY = "staff:liaison"
JAN, APRIL, MAY, JUNE, JULY = (Month(2021, month) for month in (1, 4, 5, 6, 7))
A, B, TEMPORARY = StreamId("branch:A"), StreamId("branch:B"), StreamId("branch:T1")
LETTER, ACCEPTED, DIED = date(2021, 5, 17), date(2021, 6, 2), date(2021, 6, 14)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "town.ledger"


@pytest.fixture
def town(place: Path) -> Iterator[Ledger]:
    """Two formal branches and a temporary one; 甲 and 乙 belong to A since long, and owe 21.00 a month."""
    with Ledger.create(place, name="永兴社区", clock=lambda: datetime(2022, 1, 10, 4, tzinfo=UTC)) as ledger:
        with ledger.transaction(by=BY) as tx:
            home = tx.branches.establish("A", name="第一支部", kind="formal", on=date(2012, 6, 28))
            tx.branches.establish("B", name="第二支部", kind="formal", on=date(2012, 6, 28))
            tx.branches.establish("T1", name="临时党支部", kind="temporary", on=date(2021, 3, 1))
            for person in ("甲", "乙"):
                cadre = tx.cadres.register(person, kind="retired", name=f"{person}某", formal=home)
                cadre.assess_dues(yuan("4200.00"), valid_from=JAN, on=date(2021, 1, 4))
        yield ledger


def pay(ledger: Ledger, person: str, months: str) -> None:
    """Each month's 21.00, on its tenth."""
    with ledger.transaction(by=BY) as tx:
        for month in Period.parse(months).months():
            tx.cadres[person].pay_dues(yuan("21.00"), for_month=month, on=date(month.year, month.month, 10))


def close(ledger: Ledger, month: Month, counted: str | None = None, branch: str = "A", code: str | None = None) -> int:
    """The version of the closing on the month's 28th, with what was ``counted`` (None: just what is expected)."""
    amount = ledger.cash_close(branch, month).expected if counted is None else yuan(counted)
    with ledger.transaction(by=BY) as tx:
        return tx.close_month(
            tx.branches[branch],
            month,
            counted=amount,
            on=date(month.year, month.month, 28),
            explanation_code=code,
        )


def reviews(ledger: Ledger, person: str) -> list[tuple[ArrearsStep, int]]:
    events = (record.event for record in ledger.history(person))
    return [(event.step, event.months) for event in events if isinstance(event, ArrearsReviewed)]


def members(ledger: Ledger, period: str = "2021") -> int:
    return ledger.figures(period)["members.affiliated"].value


def lacking(ledger: Ledger, month: Month, person: str = "甲") -> Money:
    stream = ledger.stream_of(person)
    return next((one.lacking for one in ledger.arrears(month) if one.stream == stream), fen(0))


def belongs_to(ledger: Ledger, month: Month, person: str = "甲") -> StreamId | None:
    state = dict(ledger.picture().cadres())[ledger.stream_of(person)]
    return responsible(state, month)


# --- 7, 8: unpaid months ---------------------------------------------------------------------------------------------


def test_the_sixth_unpaid_month_closes_and_a_review_is_opened_and_nobody_removed(town: Ledger) -> None:
    pay(town, "乙", "2021-01..2021-06")
    for month in Period.parse("2021-01..2021-05").months():
        close(town, month)
    assert reviews(town, "甲") == []
    close(town, JUNE)
    assert reviews(town, "甲") == [(ArrearsStep.OPENED, 6)]
    assert reviews(town, "乙") == []
    assert members(town) == 2
    close(town, JULY)  # one review is enough
    assert reviews(town, "甲") == [(ArrearsStep.OPENED, 6)]
    (one,) = town.arrears(JUNE)
    assert (one.stream, one.branch, one.review_open, one.review_due) == (town.stream_of("甲"), A, True, False)
    assert one.lacking == yuan("126.00")


def test_a_closing_of_another_branch_opens_no_review_here(town: Ledger) -> None:
    close(town, JUNE, branch="B")
    assert reviews(town, "甲") == []


def test_an_illness_that_is_accepted_interrupts_the_row(town: Ledger) -> None:
    close(town, JUNE)
    with town.transaction(by=BY) as tx:
        tx.cadres["甲"].review_arrears("excused", months=6, on=date(2021, 7, 5), ground="住院")
    (one,) = [one for one in town.arrears(JULY) if one.stream == town.stream_of("甲")]
    assert (one.row, one.review, one.review_due) == ((), ArrearsStep.EXCUSED, False)
    assert one.lacking == yuan("147.00")  # excused is not paid
    (one,) = [one for one in town.arrears(Month(2021, 8)) if one.stream == town.stream_of("甲")]
    assert one.row == (Month(2021, 8),)
    close(town, Month(2021, 12))
    assert reviews(town, "甲") == [(ArrearsStep.OPENED, 6), (ArrearsStep.EXCUSED, 6)]
    due = {one.stream: one.review_due for one in town.arrears(Month(2022, 1))}
    assert due == {town.stream_of("甲"): True, town.stream_of("乙"): False}  # six more; and one that is open


def test_a_month_paid_in_part_is_not_paid_and_one_paid_late_is(town: Ledger) -> None:
    with town.transaction(by=BY) as tx:
        tx.cadres["甲"].pay_dues(yuan("20.99"), for_month=APRIL, on=date(2021, 4, 10))
    assert lacking(town, JUNE) == yuan("105.01")
    close(town, JUNE)
    assert reviews(town, "甲") == [(ArrearsStep.OPENED, 6)]
    assert reviews(town, "乙") == [(ArrearsStep.OPENED, 6)]
    before = town.position
    pay(town, "乙", "2021-04")
    rows = {one.stream: one.row for one in town.arrears(JUNE)}
    assert rows[town.stream_of("乙")] == (MAY, JUNE)
    rows = {one.stream: one.row for one in town.arrears(JUNE, as_known=before)}
    assert len(rows[town.stream_of("乙")]) == 6


# --- 11: the cash box ------------------------------------------------------------------------------------------------


def test_302_in_the_box_for_312_of_receipts_block_the_closing(town: Ledger) -> None:
    with town.transaction(by=BY) as tx:
        member = tx.cadres["甲"]
        member.pay_dues(yuan("300.00"), for_month=MAY, on=date(2021, 5, 10), method="cash")
        member.pay_dues(yuan("12.00"), for_month=JUNE, on=date(2021, 5, 31), method="proxy", payer="女儿")
        member.pay_dues(yuan("50.00"), for_month=APRIL, on=date(2021, 5, 10), method="transfer")
        member.pay_dues(yuan("7.00"), for_month=JULY, on=date(2021, 6, 1))
    position = town.position
    with pytest.raises(RuleError) as refused:
        close(town, MAY, "302.00")
    assert (refused.value.rule, refused.value.expected) == ("variance_unexplained", "312.00")
    assert refused.value.found == "a variance of -10.00"
    assert town.position == position
    with town.transaction(by=BY) as tx:
        tx.branches["A"].count_cash(MAY, expected=yuan("312.00"), counted=yuan("302.00"), on=date(2021, 5, 31))
    found = town.cash_close("A", MAY)
    assert (found.expected, found.counted, found.variance) == (yuan("312.00"), yuan("302.00"), yuan("-10.00"))
    assert not found.closed
    close(town, MAY, "302.00", code="receipt_lost")
    assert town.cash_close("A", MAY).closed
    event = town.history("A")[-1].event
    assert isinstance(event, MonthClosed)
    assert (event.expected, event.counted_amount, event.explanation_code) == (yuan("312"), yuan("302"), "receipt_lost")


def test_a_refused_closing_opens_no_review(town: Ledger) -> None:
    position = town.position
    with town.transaction(by=BY) as tx:
        with pytest.raises(RuleError):
            tx.close_month(tx.branches["A"], JUNE, counted=yuan("1.00"), on=date(2021, 6, 30))
        assert not tx.batch.pending
    assert town.position == position


def test_what_goes_back_in_cash_is_taken_off_in_its_own_month(town: Ledger) -> None:
    with town.transaction(by=BY) as tx:
        member = tx.cadres["甲"]
        cash = member.pay_dues(yuan("21.00"), for_month=MAY, on=date(2021, 5, 10))
        other = member.pay_dues(yuan("21.00"), for_month=JUNE, on=date(2021, 5, 10), method="transfer")
        member.refund(cash, yuan("1.00"), decision="R1", on=date(2021, 6, 3))
        member.refund(other, yuan("1.00"), decision="R1", on=date(2021, 6, 3))
    assert [town.cash_close("A", month).expected for month in (MAY, JUNE)] == [yuan("21.00"), yuan("-1.00")]
    assert town.cash_close("B", MAY).expected == fen(0)
    with pytest.raises(InputError):
        town.cash_close("C", MAY)


# --- 16: a transfer --------------------------------------------------------------------------------------------------


def test_may_belongs_to_a_june_to_b_and_a_is_responsible_in_between(town: Ledger) -> None:
    pay(town, "甲", "2021-01..2021-05")
    with town.transaction(by=BY) as tx:
        tx.transfer(
            tx.cadres["甲"],
            to=tx.branches["B"],
            letter_on=LETTER,
            accepted_on=ACCEPTED,
            letter="介字第7号",
        )
        assert tx.cadres["甲"].state.formal == B
    letter, left, joined = (record.event for record in town.history("甲")[-3:])
    assert isinstance(letter, TransferSent)
    assert isinstance(left, MemberLeft)
    assert isinstance(joined, MemberJoined)
    assert (letter.from_branch, letter.to_branch, letter.paid_to) == (A, B, MAY)
    assert letter.expires_on == date(2021, 8, 17)
    assert (left.branch, left.occurred_on, joined.branch, joined.occurred_on) == (A, ACCEPTED, B, ACCEPTED)
    assert joined.letter == "介字第7号"
    assert [belongs_to(town, month) for month in (APRIL, MAY, JUNE, JULY)] == [A, A, B, B]
    assert members(town) == 2
    months = {month: branch for one in town.arrears(JULY) for month, branch, _ in one.unpaid if one.branch == B}
    assert months == {JUNE: B, JULY: B}


def test_until_it_is_accepted_the_old_branch_stays_responsible(town: Ledger) -> None:
    with town.transaction(by=BY) as tx:
        tx.cadres["甲"].transfer("外地支部", paid_to=MAY, on=LETTER)
    assert [belongs_to(town, month) for month in (MAY, JUNE, JULY)] == [A, A, A]
    with town.transaction(by=BY) as tx:
        tx.cadres["甲"].leave_branch(tx.branches["A"], cause="transfer", on=date(2021, 7, 2))
    assert [belongs_to(town, month) for month in (MAY, JUNE, JULY)] == [A, A, None]


def test_the_months_that_the_letter_says_are_paid_stay_the_old_branchs(town: Ledger) -> None:
    with town.transaction(by=BY) as tx:
        tx.cadres["甲"].pay_dues(yuan("126.00"), for_month=Period.parse("2021-04..2021-09"), on=date(2021, 4, 10))
        tx.cadres["甲"].pay_dues(yuan("63.00"), for_month=Period.parse("2021-01..2021-03"), on=date(2021, 4, 10))
    with town.transaction(by=BY) as tx:
        tx.transfer(tx.cadres["甲"], to=tx.branches["B"], letter_on=LETTER, accepted_on=ACCEPTED)
    assert belongs_to(town, Month(2021, 9)) == A
    assert belongs_to(town, Month(2021, 10)) == B


def test_a_letter_says_paid_to_the_month_before_the_first_that_is_lacking(town: Ledger) -> None:
    pay(town, "甲", "2021-01..2021-02")
    with town.transaction(by=BY) as tx:
        tx.transfer(tx.cadres["甲"], to=tx.branches["B"], letter_on=LETTER, accepted_on=ACCEPTED)
    letter = town.history("甲")[-3].event
    assert isinstance(letter, TransferSent)
    assert letter.paid_to == Month(2021, 2)
    assert [belongs_to(town, month) for month in (Month(2021, 2), APRIL, MAY, JUNE)] == [A, A, A, B]


@pytest.mark.parametrize(
    ("to", "letter_on", "accepted_on", "rule"),
    [
        ("B", LETTER, date(2021, 8, 18), "letter_expired"),
        ("B", LETTER, date(2021, 5, 16), "before_what_it_follows"),
        ("A", LETTER, ACCEPTED, "same_branch"),
        ("T1", LETTER, ACCEPTED, "temporary_branch"),
    ],
)
def test_a_transfer_is_refused_whole(town: Ledger, to: str, letter_on: date, accepted_on: date, rule: str) -> None:
    with town.transaction(by=BY) as tx:
        with pytest.raises(RuleError) as refused:
            tx.transfer(tx.cadres["甲"], to=tx.branches[to], letter_on=letter_on, accepted_on=accepted_on, paid_to=MAY)
        assert refused.value.rule == rule
        assert not tx.batch.pending
        assert tx.cadres["甲"].state.formal == A


def test_a_letter_of_somebody_of_whom_nothing_is_assessed_needs_its_month(town: Ledger) -> None:
    with town.transaction(by=BY) as tx:
        guest = tx.cadres.register("丙", kind="retired", name="丙某", formal=tx.branches["A"])
        home = tx.branches["B"]
        with pytest.raises(InputError, match="paid_to"):
            tx.transfer(guest, to=home, letter_on=LETTER, accepted_on=ACCEPTED)
        tx.transfer(guest, to=home, letter_on=LETTER, accepted_on=ACCEPTED, paid_to=MAY)
        stranger = tx.cadres.register("丁", kind="retired", name="丁某")
        with pytest.raises(RuleError) as refused:
            tx.transfer(stranger, to=home, letter_on=LETTER, accepted_on=ACCEPTED, paid_to=MAY)
        assert refused.value.rule == "no_formal_branch"


# --- 19, 20: a death, and one that was none --------------------------------------------------------------------------


@pytest.fixture
def prepaid(town: Ledger) -> Ledger:
    """甲 has paid to December, takes part in T1, has two wishes, and rooms are booked for them and for others."""
    pay(town, "甲", "2021-01..2021-06")
    with town.transaction(by="import:workbook", lenient=True) as tx:
        for month in Period.parse("2021-07..2021-12").months():
            tx.cadres["甲"].pay_dues(yuan("21.00"), for_month=month, on=date(2021, 6, 10))
    with town.transaction(by=BY) as tx:
        member = tx.cadres["甲"]
        member.join(tx.branches["T1"], relation="participating", on=date(2021, 3, 1))
        member.wish("W1", on=date(2021, 5, 1))
        member.claim_wish("W1", "post:1", on=date(2021, 5, 2))
        member.wish("W2", on=date(2021, 5, 1))
        member.fulfil_wish("W2", on=date(2021, 5, 9))
        room, court = (tx.facilities.enter(code, kind="room", name="室") for code in ("F1", "F2"))
        for day, whose in ((13, "甲"), (14, "甲"), (15, member.stream), (16, "乙"), (17, None), (18, "甲 ")):
            asked = date(2021, 6, min(day, 16))
            room.book(start=f"2021-06-{day}T09:00", end=f"2021-06-{day}T10:00", on=asked, booked_for=whose)
        court.book(start="2021-06-12T09:00", end="2021-06-20T09:00", on=date(2021, 6, 1), booked_for="甲")
        court.cancel(
            court.book(start="2021-06-21T09:00", end="2021-06-21T10:00", on=date(2021, 6, 1), booked_for="甲"),
            on=date(2021, 6, 2),
        )
    return town


def booked(ledger: Ledger) -> set[str]:
    """The days on which bookings begin that stand."""
    return {
        str(booking.start.date())
        for _, facility in ledger.picture().facilities()
        for booking in facility.bookings.values()
        if not booking.cancelled
    }


def death(tx: Transaction) -> int:
    return tx.record_death(tx.cadres["甲"], on=DIED, circumstances="在家中")


def test_nothing_is_owed_after_a_death_and_126_are_flagged_and_what_was_open_is_closed(prepaid: Ledger) -> None:
    assert booked(prepaid) == {f"2021-06-{day}" for day in (12, 13, 14, 15, 16, 17, 18)}
    receipt = prepaid.run(death, by=BY)
    assert [(noted.rule, noted.found, noted.weight) for noted in receipt.warnings] == [
        ("prepaid_beyond_death", "126.00", "noted")
    ]
    assert receipt.warnings[0].policy_version == "cn-2008/1"
    state = dict(prepaid.picture().cadres())[prepaid.stream_of("甲")]
    assert (state.formal, dict(state.participating)) == (None, {})
    assert {code: wish.cancelled for code, wish in state.wishes.items()} == {"W1": True, "W2": False}
    assert booked(prepaid) == {"2021-06-13", "2021-06-16", "2021-06-17"}
    assert [belongs_to(prepaid, month) for month in (MAY, JUNE, JULY)] == [A, A, None]
    assert lacking(prepaid, Month(2021, 12)) == fen(0)
    assert members(prepaid) == 1
    left = next(record for record in prepaid.history("甲") if isinstance(record.event, CadreLeft))
    assert (left.position in receipt.positions, len(receipt.positions)) == (True, 3 + 1 + 4)


def test_whoever_was_not_prepaid_leaves_no_warning(town: Ledger) -> None:
    pay(town, "甲", "2021-01..2021-06")
    assert town.run(death, by=BY).warnings == ()


def test_a_death_of_the_wrong_person_is_reversed_without_a_gap_but_for_bookings(prepaid: Ledger) -> None:
    left = prepaid.run(death, by=BY).value
    assert isinstance(left, int)
    with prepaid.transaction(by=BY) as tx:
        tx.cadres["甲"].void(left, words="同名")
    state = dict(prepaid.picture().cadres())[prepaid.stream_of("甲")]
    assert (state.formal, list(state.participating), state.left) == (A, [TEMPORARY], None)
    assert not state.wishes["W1"].cancelled
    assert state.wishes["W1"].claimant == "post:1"
    assert [belongs_to(prepaid, month) for month in (MAY, JUNE, JULY)] == [A, A, A]
    for month in ("2021-05", "2021-06", "2021-07"):
        assert members(prepaid, month) == 2
    assert booked(prepaid) == {"2021-06-13", "2021-06-16", "2021-06-17"}  # the room may be taken: book it again
    with prepaid.transaction(by=BY) as tx:
        tx.facilities["F1"].book(
            start="2021-06-18T09:00", end="2021-06-18T10:00", on=date(2021, 6, 18), booked_for="甲"
        )


def test_a_refused_death_leaves_bookings_as_they_were(prepaid: Ledger) -> None:
    prepaid.run(death, by=BY)
    with prepaid.transaction(by=BY) as tx:
        tx.facilities["F1"].book(
            start="2021-06-18T09:00", end="2021-06-18T10:00", on=date(2021, 6, 18), booked_for="甲"
        )
    with prepaid.transaction(by=BY) as tx:
        with pytest.raises(RuleError) as refused:
            death(tx)
        assert refused.value.rule == "left_the_register"
        assert not tx.batch.pending
    assert "2021-06-18" in booked(prepaid)


def test_what_a_transaction_has_decided_before_is_seen(prepaid: Ledger) -> None:
    with prepaid.transaction(by=BY) as tx:
        tx.facilities["F1"].book(
            start="2021-06-19T09:00", end="2021-06-19T10:00", on=date(2021, 6, 10), booked_for="甲"
        )
        tx.cadres["甲"].wish("W3", on=date(2021, 6, 1))
        death(tx)
    assert "2021-06-19" not in booked(prepaid)
    assert dict(prepaid.picture().cadres())[prepaid.stream_of("甲")].wishes["W3"].cancelled


# --- 83 take part in an occasion -------------------------------------------------------------------------------------


def test_a_temporary_branch_ends_with_its_occasion_and_all_leave_it(town: Ledger) -> None:
    with town.transaction(by=BY) as tx:
        for person in ("甲", "乙"):
            tx.cadres[person].join(tx.branches["T1"], relation="participating", on=date(2021, 3, 2))
    with town.transaction(by=BY) as tx:
        tx.dissolve(tx.branches["T1"], "庆祝活动结束", on=date(2021, 7, 5))
        assert tx.branches["T1"].state.dissolved
    figures = town.figures("2021")
    assert (figures["members.participating"].value, members(town)) == (0, 2)
    assert town.figures("2021-06")["members.participating"].value == 2
    with town.transaction(by=BY) as tx, pytest.raises(RuleError) as refused:
        tx.dissolve(tx.branches["T1"], "again", on=date(2021, 7, 6))
    assert refused.value.rule == "branch_dissolved"


def test_a_branch_with_formal_members_is_not_dissolved(town: Ledger) -> None:
    with town.transaction(by=BY) as tx:
        with pytest.raises(RuleError) as refused:
            tx.dissolve(tx.branches["A"], "合并", on=date(2021, 7, 5))
        assert (refused.value.rule, refused.value.found) == ("branch_has_members", "2")
        assert "Transfer" in refused.value.hint
        for person in ("甲", "乙"):
            tx.transfer(
                tx.cadres[person],
                to=tx.branches["B"],
                letter_on=date(2021, 7, 1),
                accepted_on=date(2021, 7, 5),
                paid_to=JUNE,
            )
        tx.dissolve(tx.branches["A"], "合并", on=date(2021, 7, 5))  # they have gone in this very transaction
    assert members(town) == 2


# --- nobody records meanwhile ----------------------------------------------------------------------------------------


def take_part(tx: Transaction) -> int:
    return tx.cadres["乙"].join(tx.branches["T1"], relation="participating", on=date(2021, 3, 2))


def close_may(tx: Transaction) -> int:
    counted = cash_close(tx.picture(), A, MAY).expected
    return tx.close_month(tx.branches["A"], MAY, counted=counted, on=date(2021, 5, 31))


@pytest.mark.parametrize(
    ("decide", "meanwhile"),
    [
        (lambda tx: tx.dissolve(tx.branches["T1"], "end", on=date(2021, 7, 5)), take_part),
        (close_may, lambda tx: tx.cadres["乙"].pay_dues(yuan("21.00"), for_month=MAY, on=date(2021, 5, 31))),
        (
            death,
            lambda tx: tx.facilities["F9"].book(
                start="2021-07-01T09:00", end="2021-07-01T10:00", on=DIED, booked_for="甲"
            ),
        ),
    ],
    ids=["dissolve", "close", "death"],
)
def test_what_somebody_else_records_meanwhile_is_seen_by_the_next_try(
    town: Ledger, place: Path, decide: Callable[[Transaction], int], meanwhile: Callable[[Transaction], int]
) -> None:
    with town.transaction(by=BY) as tx:
        tx.facilities.enter("F9", kind="room", name="室")
    times = []

    def overtaken(tx: Transaction) -> int:
        decided = decide(tx)
        times.append(tx.follows)
        if len(times) == 1:
            with Ledger.open(place) as other:
                other.run(meanwhile, by="staff:b")
        return decided

    receipt = town.run(overtaken, by=BY, key="k")
    assert len(times) == 2
    assert receipt.positions.start == (times[1] or 0) + 1
    state = dict(town.picture().branches())[TEMPORARY]
    picture = town.picture()
    assert not (state.dissolved and any(TEMPORARY in cadre.participating for _, cadre in picture.cadres()))
    assert town.cash_close("A", MAY).variance in {None, fen(0)}
    left = {stream for stream, cadre in picture.cadres() if cadre.left}
    assert not left or booked(town) == set()
    again = town.run(decide, by=BY, key="k")
    assert (again.repeated, again.positions) == (True, receipt.positions)


def test_a_transaction_that_was_overtaken_ends_in_a_conflict(town: Ledger, place: Path) -> None:
    position = town.position
    with pytest.raises(ConflictError), town.transaction(by=BY) as tx:  # noqa: PT012 - the block is what is refused
        tx.dissolve(tx.branches["T1"], "end", on=date(2021, 7, 5))
        with Ledger.open(place) as other:
            other.run(take_part, by="staff:b")
    assert town.position == position + 1


def test_a_handle_of_another_transaction_is_not_taken(town: Ledger) -> None:
    with town.transaction(by=BY) as other:
        foreign, away = other.cadres["甲"], other.branches["A"]
    with town.transaction(by=BY) as tx:
        home = tx.branches["A"]
        decides: list[Callable[[], object]] = [
            lambda: tx.record_death(foreign, on=DIED),
            lambda: tx.dissolve(away, "end", on=DIED),
            lambda: tx.close_month(away, MAY, counted=fen(0), on=DIED),
            lambda: tx.transfer(foreign, to=home, letter_on=DIED, accepted_on=DIED),
            lambda: tx.transfer(tx.cadres["甲"], to=away, letter_on=DIED, accepted_on=DIED),
        ]
        for decide in decides:
            with pytest.raises(InputError):
                decide()
        assert not tx.batch.pending
