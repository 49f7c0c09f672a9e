"""What an office lives through, a sentence a test; and other cases of the same rules."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadreledger import ConflictError, Ledger, Money, Month, Period, Recorded, RuleError, Transaction, fen, yuan
from cadreledger.aggregates import Branch, Cadre
from cadreledger.events.branch import FundReturned
from cadreledger.events.cadre import VisitMade
from cadreledger.events.dues import DuesAllocated, DuesAssessed, DuesReceived, DuesVolunteered
from cadreledger.events.void import Void
from cadreledger.rules import DuesScheme, assess

BY = "staff:liaison"
JAN, MAY, JUNE, JULY = (Month(2021, month) for month in (1, 5, 6, 7))
DAY = date(2021, 7, 5)


class Clock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.now = datetime(2022, 1, 10, 4, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def town(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    """A formal and a temporary branch; 甲 belongs to the formal one."""
    with Ledger.create(tmp_path / "town.ledger", name="永兴社区", clock=clock) as ledger:
        with ledger.transaction(by=BY) as tx:
            home = tx.branches.establish("B1", name="离退休干部党支部", kind="formal", on=date(2012, 6, 28))
            tx.branches.establish("T1", name="临时党支部", kind="temporary", on=date(2021, 3, 1))
            tx.cadres.register("甲", kind="retired", name="甲某", formal=home)
        yield ledger


def value(ledger: Ledger, key: str, period: str = "2021") -> int:
    return ledger.figures(period)[key].value


def last(ledger: Ledger, subject: str = "甲") -> Recorded:
    return ledger.history(subject)[-1]


def owed(ledger: Ledger, month: Month, person: str = "甲") -> Money:
    with ledger.transaction(by=BY) as tx:
        return tx.cadres[person].state.owed_in(month)


def assess_dues(ledger: Ledger, base: str, valid_from: Month = JAN, scheme: str = "retired") -> None:
    with ledger.transaction(by=BY) as tx:
        tx.cadres["甲"].assess_dues(yuan(base), valid_from=valid_from, scheme=scheme, on=date(2021, 1, 4))


def pay(ledger: Ledger, amount: str, for_month: Month | Period, on: date) -> int:
    with ledger.transaction(by=BY) as tx:
        return tx.cadres["甲"].pay_dues(yuan(amount), for_month=for_month, on=on)


def refused(ledger: Ledger, amount: str, for_month: Month | Period, on: date) -> RuleError:
    """The refusal of that payment, of which nothing is recorded."""
    position = ledger.position
    with pytest.raises(RuleError) as error:
        pay(ledger, amount, for_month, on)
    assert ledger.position == position
    return error.value


# --- 1 to 3: what is owed --------------------------------------------------------------------------------------------


def test_a_basic_pension_of_4200_owes_21_and_the_policy_used_is_recorded(town: Ledger) -> None:
    assess_dues(town, "4200.00")  # allowances of 1800 are no part of the base
    event = last(town).event
    assert isinstance(event, DuesAssessed)
    assert (event.owed, event.policy_version, event.base) == (yuan("21.00"), "cn-2008/1", "4200.00")


@pytest.mark.parametrize(
    ("base", "amount"),
    [("5000.00", "25.00"), ("5000.01", "50.00"), ("0", "0.00"), ("0.99", "0.00"), ("1", "0.01"), ("4999.99", "25.00")],
)
def test_the_retired_owe_by_their_band(town: Ledger, base: str, amount: str) -> None:
    assess_dues(town, base)
    assert owed(town, JULY) == yuan(amount)


@pytest.mark.parametrize(
    ("base", "amount"),
    [("3000", "15"), ("3000.01", "30"), ("5000", "50"), ("5000.01", "75"), ("10000", "150"), ("10000.01", "200")],
)
def test_the_employed_owe_by_theirs(town: Ledger, base: str, amount: str) -> None:
    assess_dues(town, base, scheme="employed")
    assert owed(town, JULY) == yuan(amount)


def test_twelve_months_at_the_fixed_rate_come_to_2_40(town: Ledger) -> None:
    assess_dues(town, "0", scheme="fixed")
    assert fen(sum(owed(town, month).fen for month in Period.parse("2021").months())) == yuan("2.40")


@given(st.integers(0, 10**7))
def test_what_is_owed_grows_with_the_base(base: int) -> None:
    low, high = (assess(fen(amount), DuesScheme.RETIRED, JAN).owed for amount in (base, base + 1))
    assert low <= high


# --- 4, 5: what is returned ------------------------------------------------------------------------------------------


def collect(ledger: Ledger, total: str) -> None:
    with ledger.transaction(by=BY) as tx:
        for number, month in enumerate(Period.parse("2021-01..2021-06").months()):
            amount = fen(yuan(total).fen - 5 * 20_000) if number == 0 else fen(20_000)
            tx.cadres["甲"].pay_dues(amount, for_month=month, on=date(2021, month.month, 9))


def test_of_1275_collected_892_50_come_back_with_their_base_period(town: Ledger) -> None:
    collect(town, "1275.00")
    assert value(town, "dues.collected", "2021H1") == 127_500
    with town.transaction(by=BY) as tx:
        branch = tx.branches["B1"]
        branch.return_dues(share="0.70", base=yuan("1275.00"), base_period="2021H1", on=DAY)
        assert branch.state.balance == yuan("892.50")
    assert value(town, "dues.returned") == 89_250
    event = last(town, "B1").event
    assert isinstance(event, FundReturned)
    assert (event.base, event.share, event.base_period) == (yuan("1275.00"), "0.70", "2021H1")
    assert yuan("1275.00") - event.amount == yuan("382.50")  # kept above


def test_a_voluntary_1000_is_forwarded_whole_and_no_part_of_the_base(town: Ledger) -> None:
    collect(town, "1275.00")
    before = dict(town.figures("2021"))
    with town.transaction(by=BY) as tx:
        tx.cadres["甲"].volunteer(yuan("1000.00"), on=date(2021, 6, 30), forwarded_by="离退休干部工委")
        tx.branches["B1"].return_dues(share="0.70", base=fen(value(town, "dues.collected", "2021H1")), on=DAY)
    event = last(town).event
    assert isinstance(event, DuesVolunteered)
    assert (event.amount, event.forwarded_by) == (yuan("1000.00"), "离退休干部工委")
    assert value(town, "dues.returned") == 89_250
    changed = {key for key, figure in town.figures("2021").items() if figure != before[key]}
    assert changed == {"dues.returned"}


def test_999_99_is_no_voluntary_payment(town: Ledger) -> None:
    with pytest.raises(RuleError, match=r"1000\.00"), town.transaction(by=BY) as tx:
        tx.cadres["甲"].volunteer(yuan("999.99"), on=DAY)


# --- 6, 12, 15: months paid for --------------------------------------------------------------------------------------


def test_126_on_5_january_pay_january_to_june(town: Ledger) -> None:
    assess_dues(town, "4200.00")
    pay(town, "126.00", Period.parse("2021-01..2021-06"), date(2021, 1, 5))
    allocated = [record.event for record in town.history("甲") if isinstance(record.event, DuesAllocated)]
    assert [(event.for_month.month, event.amount) for event in allocated] == [(n, yuan(21)) for n in range(1, 7)]
    assert value(town, "dues.collected", "2021-01") == 12_600
    assert [value(town, "dues.credited", f"2021-{month:02}") for month in range(1, 8)] == [2100] * 6 + [0]


def test_a_seventh_month_is_refused(town: Ledger) -> None:
    assess_dues(town, "4200.00")
    error = refused(town, "147.00", Period.parse("2021-01..2021-07"), date(2021, 1, 5))
    assert (error.rule, error.citation) == ("prepaid_too_far", "中组发〔2008〕3号 art. 12")
    assert refused(town, "21.00", JULY, date(2021, 1, 31)).rule == "prepaid_too_far"
    pay(town, "21.00", JUNE, date(2021, 1, 1))
    pay(town, "21.00", JULY, date(2021, 2, 1))


@pytest.mark.parametrize("amount", ["125.99", "126.01", "21.00", "0.00"])
def test_several_months_are_paid_with_what_they_owe(town: Ledger, amount: str) -> None:
    assess_dues(town, "4200.00")
    error = refused(town, amount, Period.parse("2021-01..2021-06"), date(2021, 1, 5))
    assert (error.rule, error.expected) == ("not_what_is_owed", "126.00")


def test_the_members_payment_and_the_daughters_the_second_is_held(town: Ledger) -> None:
    with town.transaction(by=BY) as tx:
        member = tx.cadres["甲"]
        member.pay_dues(yuan("21.00"), for_month=MAY, on=date(2021, 5, 10))
        second = member.pay_dues(
            yuan("21.00"), for_month=MAY, on=date(2021, 5, 12), method="proxy", payer="女儿", if_paid="hold"
        )
        assert member.state.payments[second].held
    assert (value(town, "dues.collected", "2021-05"), value(town, "dues.credited", "2021-05")) == (4200, 2100)
    with town.transaction(by=BY) as tx:  # somebody says: prepay
        tx.cadres["甲"].allocate(second, JUNE, yuan("21.00"), on=date(2021, 5, 20))
    assert (value(town, "dues.collected"), value(town, "dues.credited", "2021-06")) == (4200, 2100)


def test_a_second_payment_is_refused_unless_told_to_hold_it_and_can_be_refunded(town: Ledger) -> None:
    pay(town, "21.00", MAY, date(2021, 5, 10))
    error = refused(town, "21.00", MAY, date(2021, 5, 12))
    assert (error.rule, "hold" in error.hint) == ("month_already_paid", True)
    with town.transaction(by=BY) as tx:
        member = tx.cadres["甲"]
        second = member.pay_dues(yuan("21.00"), for_month=MAY, on=date(2021, 5, 12), if_paid="hold")
        member.refund(second, yuan("21.00"), decision="支部会议 2021-06-01", on=date(2021, 6, 1))
    assert [value(town, "dues.collected", month) for month in ("2021-05", "2021-06")] == [4200, -2100]
    assert value(town, "dues.credited", "2021") == 2100


def test_a_lenient_import_holds_the_second_payment_and_warns(town: Ledger) -> None:
    with town.transaction(by="import:workbook", lenient=True) as tx:
        for day in (10, 12):
            tx.cadres["甲"].pay_dues(yuan("21.00"), for_month=MAY, on=date(2021, 5, day), if_paid="hold")
        assert [violation.rule for violation, _ in tx.batch.warnings] == ["payment_held"]
    assert (value(town, "dues.collected", "2021-05"), value(town, "dues.credited", "2021-05")) == (4200, 2100)


def test_junes_21_that_arrive_on_9_july_belong_to_both_months(town: Ledger) -> None:
    pay(town, "21.00", JUNE, date(2021, 7, 9))
    event = last(town).event
    assert isinstance(event, DuesReceived)
    assert (Month.of(event.occurred_on or date.min), event.for_month) == (JULY, JUNE)
    assert [value(town, "dues.collected", month) for month in ("2021-06", "2021-07")] == [0, 2100]
    assert [value(town, "dues.credited", month) for month in ("2021-06", "2021-07")] == [2100, 0]


# --- 9, 10: changes and corrections ----------------------------------------------------------------------------------


def test_10_00_approved_from_may_leaves_april_as_it_was(town: Ledger) -> None:
    assess_dues(town, "4200.00")
    with town.transaction(by=BY) as tx:
        tx.cadres["甲"].assess_dues(
            yuan("4200.00"), valid_from=MAY, on=date(2021, 4, 28), relief_owed=yuan("10.00"), relief="委发〔2021〕3号"
        )
    assert [owed(town, Month(2021, month)) for month in (4, 5, 12)] == [yuan(21), yuan(10), yuan(10)]
    assert owed(town, Month(2020, 12)) == fen(0)
    pay(town, "31.00", Period.parse("2021-04..2021-05"), date(2021, 5, 31))
    assert [value(town, "dues.credited", month) for month in ("2021-04", "2021-05")] == [2100, 1000]


def test_an_earlier_start_that_is_heard_of_later_fits_in_between(town: Ledger) -> None:
    assess_dues(town, "4200.00", JULY)
    assess_dues(town, "1400.00", JAN)
    assert [owed(town, month) for month in (JAN, JUNE, JULY)] == [yuan(7), yuan(7), yuan(21)]


def test_210_recorded_for_21_is_corrected_and_stays_visible(town: Ledger) -> None:
    version = pay(town, "210.00", JULY, DAY)
    with town.transaction(by=BY) as tx:
        tx.cadres["甲"].correct(version, amount=yuan("21.00"))
    assert value(town, "dues.collected", "2021-07") == value(town, "dues.credited", "2021-07") == 2100
    first, void, second = (record.event for record in town.history("甲")[-3:])
    assert isinstance(first, DuesReceived)
    assert isinstance(void, Void)
    assert isinstance(second, DuesReceived)
    assert isinstance(void.undoes, DuesReceived)
    assert [first.amount, -void.undoes.amount, second.amount] == [yuan("210.00"), yuan("-210.00"), yuan("21.00")]
    assert town.figures("2021-07")["dues.collected"].events == 3


# --- 13: asked twice -------------------------------------------------------------------------------------------------


def test_a_key_processed_before_gives_the_first_result_and_takes_no_other_content(town: Ledger) -> None:
    def decide(amount: str) -> int:
        return town.run(
            lambda tx: tx.cadres["甲"].pay_dues(yuan(amount), for_month=JULY, on=DAY), by=BY, key="X"
        ).positions.start

    first = decide("21.00")
    position = town.position
    assert decide("21.00") == first
    with pytest.raises(ConflictError):
        decide("22.00")
    assert town.position == position
    assert value(town, "dues.collected") == 2100


# --- 14: the fund ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "use", "decision", "rule"),
    [
        ("900.00", "training", "R1", "fund_overdrawn"),
        ("892.51", "training", "R1", "fund_overdrawn"),
        ("300.00", "training", None, "no_decision"),
        ("300.00", "training", "", "no_decision"),
        ("300.00", "other", "R1", "use_not_permitted"),
    ],
)
def test_a_fund_of_892_50_refuses(town: Ledger, amount: str, use: str, decision: str | None, rule: str) -> None:
    with town.transaction(by=BY) as tx:
        tx.branches["B1"].return_dues(yuan("892.50"), on=date(2021, 7, 1))
    with pytest.raises(RuleError) as error, town.transaction(by=BY) as tx:
        tx.branches["B1"].spend(yuan(amount), use=use, decision=decision, on=DAY)
    assert error.value.rule == rule
    assert value(town, "fund.spent") == 0


def test_a_fund_of_892_50_pays_what_is_decided_and_permitted(town: Ledger) -> None:
    with town.transaction(by=BY) as tx:
        branch = tx.branches["B1"]
        branch.return_dues(yuan("892.50"), on=date(2021, 7, 1))
        branch.spend(yuan("300.00"), use="hardship_aid", decision="R1", on=DAY)
        branch.spend(yuan("592.50"), use="party_day", decision="R2", on=DAY)
        assert branch.state.balance == fen(0)
    assert value(town, "fund.spent") == 89_250


# --- 17: a temporary branch ------------------------------------------------------------------------------------------


def test_a_temporary_branch_collects_no_dues_and_the_home_branch_is_named(town: Ledger) -> None:
    def take_part(tx: Transaction) -> tuple[Cadre, Branch]:
        member, temporary = tx.cadres["甲"], tx.branches["T1"]
        member.join(temporary, relation="participating", on=date(2021, 3, 1))
        return member, temporary

    with pytest.raises(RuleError) as error, town.transaction(by=BY) as tx:  # noqa: PT012 - the block is what is refused
        member, temporary = take_part(tx)
        member.pay_dues(yuan("21.00"), for_month=JULY, on=DAY, branch=temporary)
    assert error.value.rule == "temporary_branch"
    assert "branch:B1" in error.value.expected
    with town.transaction(by=BY) as tx:
        member, _ = take_part(tx)
        member.pay_dues(yuan("21.00"), for_month=JULY, on=DAY)
        assert member.state.formal == "branch:B1"
    assert value(town, "members.affiliated") == value(town, "members.participating") == 1


def test_a_temporary_branch_takes_no_formal_relation(town: Ledger) -> None:
    with pytest.raises(RuleError) as error, town.transaction(by=BY) as tx:
        tx.cadres.register("乙", kind="retired", name="乙某", formal=tx.branches["T1"])
    assert error.value.rule == "temporary_branch"
    with pytest.raises(RuleError) as error, town.transaction(by=BY) as tx:  # noqa: PT012 - the block is what is refused
        stranger = tx.cadres.register("乙", kind="retired", name="乙某", participating=tx.branches["T1"])
        stranger.pay_dues(yuan("21.00"), for_month=JULY, on=DAY)
    assert error.value.rule == "no_formal_branch"
    assert value(town, "cadres.retired") == 1


# --- 20: a death reversed --------------------------------------------------------------------------------------------


def test_a_death_recorded_for_the_wrong_person_is_reversed_without_a_gap(town: Ledger) -> None:
    assess_dues(town, "4200.00")
    with town.transaction(by=BY) as tx:
        left = tx.cadres["甲"].leave(cause="death", on=date(2021, 6, 14))
    assert value(town, "cadres.retired") == value(town, "members.affiliated") == 0
    assert refused(town, "21.00", JULY, DAY).rule == "left_the_register"
    with town.transaction(by=BY) as tx:
        tx.cadres["甲"].void(left, words="同名")
    pay(town, "21.00", JULY, DAY)
    assert value(town, "cadres.retired") == 1
    for month in ("2021-05", "2021-06", "2021-07"):
        assert value(town, "cadres.retired", month) == value(town, "members.affiliated", month) == 1


# --- 21: as published, and as known now ------------------------------------------------------------------------------


def test_a_visit_of_28_june_entered_on_9_july_is_not_in_what_was_published(town: Ledger, clock: Clock) -> None:
    clock.now = datetime(2021, 6, 30, 9, tzinfo=UTC)
    with town.transaction(by=BY) as tx:
        for day in range(1, 27):
            tx.cadres["甲"].visit(reason="study", on=date(2021, 6, day))
    clock.now = datetime(2021, 7, 2, 9, tzinfo=UTC)
    published, moment = town.position, clock.now
    clock.now = datetime(2021, 7, 9, 2, tzinfo=UTC)
    with town.transaction(by=BY) as tx, tx.entry("visits 2021, row 27", registered_on=date(2021, 7, 9)):
        tx.cadres["甲"].visit(reason="study", on=date(2021, 6, 28))

    def visits(as_known: int | datetime | date | None) -> int:
        return town.figures("2021Q2", as_known=as_known)["visits.made"].value

    assert visits(None) == 27
    assert visits(published) == visits(moment) == visits(date(2021, 7, 2)) == visits(date(2021, 7, 8)) == 26
    assert visits(date(2021, 7, 9)) == 27
    late = [record for record in town.events(after=published) if isinstance(record.event, VisitMade)]
    assert [record.event.occurred_on for record in late] == [date(2021, 6, 28)]  # what the next notice lists


def test_what_the_office_wrote_down_in_time_is_not_late_because_the_ledger_heard_of_it_later(
    town: Ledger, clock: Clock
) -> None:
    clock.now = datetime(2021, 7, 9, tzinfo=UTC)
    with town.transaction(by=BY) as tx:
        with tx.entry("visits 2021, row 1", registered_on=date(2021, 6, 29)):
            tx.cadres["甲"].visit(reason="study", on=date(2021, 6, 28))
        with tx.entry("visits 2021, row 2", registered_on=date(2021, 7, 3)):
            tx.cadres["甲"].visit(reason="call", on=date(2021, 6, 28))
    known = [
        town.figures("2021Q2", as_known=date(2021, *day))["visits.made"].value for day in ((6, 28), (6, 29), (7, 3))
    ]
    assert known == [0, 1, 2]


# --- 22, 28: duplicates and voids ------------------------------------------------------------------------------------


def test_two_groups_record_one_visit_and_one_counts(town: Ledger) -> None:
    with town.transaction(by=BY) as tx:
        first, second = (tx.cadres["甲"].visit(reason="comfort", on=DAY, group=group) for group in ("G1", "G2"))
    flagged = [record.version for record in town.history("甲") if getattr(record.event, "repeated", False)]
    assert flagged == [second]
    assert value(town, "visits.made") == 1
    with town.transaction(by=BY) as tx:
        tx.cadres["甲"].confirm_visit(second)
    assert value(town, "visits.made") == 2
    with town.transaction(by=BY) as tx:
        tx.cadres["甲"].void(first)
    assert value(town, "visits.made") == 1


def test_where_the_first_of_two_was_wrong_the_second_counts(town: Ledger) -> None:
    with town.transaction(by=BY) as tx:
        first, _ = (tx.cadres["甲"].visit(reason="comfort", on=DAY, group=group) for group in ("G1", "G2"))
        tx.cadres["甲"].void(first)
    assert value(town, "visits.made") == 1


def test_another_day_reason_mode_or_person_is_no_duplicate(town: Ledger) -> None:
    with town.transaction(by=BY) as tx:
        member = tx.cadres["甲"]
        member.visit(reason="comfort", on=DAY)
        member.visit(reason="comfort", on=DAY + timedelta(1))
        member.visit(reason="call", on=DAY)
        member.visit(reason="comfort", on=DAY, mode="online")
        tx.cadres.register("乙", kind="veteran", name="乙某").visit(reason="comfort", on=DAY)
    assert (value(town, "visits.made"), value(town, "visits.online")) == (4, 1)


def test_sixteen_visits_recorded_and_fifteen_real_the_totals_follow(town: Ledger) -> None:
    with town.transaction(by=BY) as tx:
        versions = [tx.cadres["甲"].visit(reason="study", on=date(2021, 7, day)) for day in range(1, 17)]
    with town.transaction(by=BY) as tx:
        tx.cadres["甲"].void(versions[7], words="那天没有去")
    assert value(town, "visits.made", "2021-07") == 15
    assert len(town.history("甲")) == 2 + 16 + 1  # registered, joined; nothing is lost
