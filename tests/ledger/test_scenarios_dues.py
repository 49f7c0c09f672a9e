"""What happened counts by its day: topping up, late entries after a move or a death, shares, cadence across changes."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from cadreledger import Ledger, Month, Period, RuleError, yuan

BY = "staff:a"


def day(month: int, of_month: int) -> date:
    return date(2021, month, of_month)


def month(number: int) -> Month:
    return Month(2021, number)


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Ledger]:
    """甲 and 乙 are members of A and owe 21.00 a month; B is another branch, T1 a temporary one since March."""
    with Ledger.create(
        tmp_path / "town.ledger", name="town", clock=lambda: datetime(2022, 1, 10, 4, tzinfo=UTC)
    ) as ledger:
        with ledger.transaction(by=BY) as tx:
            home = tx.branches.establish("A", name="A", kind="formal", on=date(2012, 6, 28))
            tx.branches.establish("B", name="B", kind="formal", on=date(2012, 6, 28))
            tx.branches.establish("T1", name="T1", kind="temporary", on=day(3, 1)).approve("某字1号", on=day(3, 1))
            for code in ("甲", "乙"):
                member = tx.cadres.register(code, kind="retired", name=code, formal=home, on=date(2020, 1, 1))
                member.assess_dues(yuan("4200"), valid_from=month(1), on=day(1, 1))
        yield ledger


def refused(town: Ledger, amount: str, months: Month | Period, on: date, **more: object) -> RuleError:
    with pytest.raises(RuleError) as caught, town.transaction(by=BY) as tx:
        tx.cadres["甲"].pay_dues(yuan(amount), for_month=months, on=on, **more)  # type: ignore[arg-type] # one of its own
    return caught.value


def credited(town: Ledger) -> dict[str, str]:
    state = dict(town.picture().cadres())[town.stream_of("甲")]
    return {str(each): str(amount) for each, amount in sorted(state.credited.items())}


def test_a_month_paid_in_part_is_topped_up_and_not_beyond(town: Ledger) -> None:
    with town.transaction(by=BY) as tx:
        tx.cadres["甲"].pay_dues(yuan("10.00"), for_month=month(4), on=day(4, 10))
    error = refused(town, "11.01", month(4), day(5, 10))
    assert (error.rule, error.expected) == ("month_already_paid", "at most the 11.00 that it lacks")
    assert error.citation == "中组发〔2008〕3号 art. 12"
    with town.transaction(by=BY) as tx:
        tx.cadres["甲"].pay_dues(yuan("11.00"), for_month=month(4), on=day(5, 10))
    assert credited(town) == {"2021-04": "21.00"}
    assert refused(town, "0.01", month(4), day(5, 11)).expected == "a month that is not paid yet"


def test_six_prepaid_months_then_more_is_owed_and_the_next_payment_tops_them_up(town: Ledger) -> None:
    with town.transaction(by=BY) as tx:
        member = tx.cadres["甲"]
        member.pay_dues(yuan("126.00"), for_month=Period(month(1), month(6)), on=day(1, 5))
        member.assess_dues(yuan("5000"), valid_from=month(4), on=day(3, 20))
        member.pay_dues(yuan("37.00"), for_month=Period(month(4), month(7)), on=day(7, 5))  # 3 x 4.00 and 25.00
    assert list(credited(town).values()) == ["21.00"] * 3 + ["25.00"] * 4
    assert [one.stream for one in town.arrears(month(7))] == [town.stream_of("乙")]


def test_held_money_tops_up(town: Ledger) -> None:
    with town.transaction(by=BY) as tx:
        member = tx.cadres["甲"]
        member.pay_dues(yuan("10.00"), for_month=month(4), on=day(4, 10))
        held = member.pay_dues(yuan("30.00"), for_month=month(4), on=day(5, 10), if_paid="hold")
        member.allocate(held, month(4), yuan("11.00"), on=day(5, 11))
        member.allocate(held, month(5), yuan("19.00"), on=day(5, 11))
    assert credited(town) == {"2021-04": "21.00", "2021-05": "19.00"}


def test_exempt_months_of_a_period_are_left_out(town: Ledger) -> None:
    with town.transaction(by=BY) as tx:
        member = tx.cadres["甲"]
        member.assess_dues(yuan("4200"), valid_from=month(4), on=day(1, 2), relief_owed=yuan("0"), relief="决议1")
        member.pay_dues(yuan("63.00"), for_month=Period(month(1), month(6)), on=day(1, 5))
    assert list(credited(town)) == ["2021-01", "2021-02", "2021-03"]
    error = refused(town, "63.00", Period(month(1), month(6)), day(1, 6))
    assert (error.rule, error.expected) == ("not_what_is_owed", "0.00")


def test_more_than_is_lacking_in_a_period_is_held(town: Ledger) -> None:
    with town.transaction(by=BY) as tx:
        member = tx.cadres["甲"]
        member.pay_dues(yuan("21.00"), for_month=month(3), on=day(3, 4))
        payment = member.pay_dues(yuan("126.00"), for_month=Period(month(1), month(6)), on=day(3, 5), if_paid="hold")
        assert member.view.spent_of[payment] == yuan("105.00")
    assert list(credited(town).values()) == ["21.00"] * 6


def test_nothing_pays_no_month(town: Ledger) -> None:
    with town.transaction(by=BY) as tx:
        tx.cadres["甲"].pay_dues(yuan("0.00"), for_month=month(4), on=day(4, 10))
        tx.cadres["甲"].pay_dues(yuan("21.00"), for_month=month(4), on=day(4, 11))
    assert credited(town) == {"2021-04": "21.00"}


# --- by the day of payment


def move(town: Ledger) -> None:
    with town.transaction(by=BY) as tx:
        tx.transfer(tx.cadres["甲"], to=tx.branches["B"], letter_on=day(5, 17), accepted_on=day(6, 2), paid_to=month(5))


@pytest.mark.parametrize("named", [True, False])
def test_a_late_payment_goes_to_the_branch_of_its_day(town: Ledger, *, named: bool) -> None:
    move(town)
    with town.transaction(by=BY) as tx:
        branch = tx.branches["A"] if named else None
        tx.cadres["甲"].pay_dues(yuan("21.00"), for_month=month(4), on=day(4, 10), branch=branch)
        assert not tx.batch.warnings
    assert str(town.cash_close("A", month(4)).expected) == "21.00"
    assert str(town.cash_close("B", month(4)).expected) == "0.00"


def test_after_a_move_dues_do_not_go_to_where_the_member_was(town: Ledger) -> None:
    move(town)
    with pytest.raises(RuleError) as caught, town.transaction(by=BY) as tx:
        tx.cadres["甲"].pay_dues(yuan("21.00"), for_month=month(7), on=day(7, 1), branch=tx.branches["A"])
    assert (caught.value.rule, caught.value.expected) == ("not_the_formal_branch", "branch:B")


def test_what_was_typed_wrong_is_corrected_after_a_move_and_after_a_death(town: Ledger) -> None:
    with town.transaction(by=BY) as tx:
        paid = tx.cadres["甲"].pay_dues(yuan("210.00"), for_month=month(5), on=day(5, 10))
    move(town)
    with town.transaction(by=BY) as tx:
        paid = tx.cadres["甲"].correct(paid, amount=yuan("21.00"))
    with town.transaction(by=BY) as tx:
        tx.record_death(tx.cadres["甲"], on=day(6, 14))
    with town.transaction(by=BY) as tx:
        tx.cadres["甲"].correct(paid, amount=yuan("12.00"))
    assert credited(town) == {"2021-05": "12.00"}


def test_dues_up_to_the_month_of_a_death_can_be_entered_when_it_is_known(town: Ledger) -> None:
    with town.transaction(by=BY) as tx:
        tx.record_death(tx.cadres["甲"], on=day(6, 14))
        tx.cadres["甲"].pay_dues(yuan("21.00"), for_month=month(5), on=day(5, 10))
        tx.cadres["甲"].pay_dues(yuan("21.00"), for_month=month(6), on=day(6, 20), payer="女儿")
    assert credited(town) == {"2021-05": "21.00", "2021-06": "21.00"}
    error = refused(town, "21.00", month(7), day(6, 20))
    assert (error.rule, error.expected) == ("left_the_register", "what happened up to 2021-06-14")


def test_what_was_prepaid_beyond_a_death_is_refunded(town: Ledger) -> None:
    with town.transaction(by=BY) as tx:
        payment = tx.cadres["甲"].pay_dues(yuan("126.00"), for_month=Period(month(6), month(11)), on=day(6, 1))
        tx.record_death(tx.cadres["甲"], on=day(6, 14))
    with pytest.raises(RuleError, match="does not hold that much"), town.transaction(by=BY) as tx:
        tx.cadres["甲"].refund(payment, yuan("105.01"), decision="决议2", on=day(7, 1))
    with town.transaction(by=BY) as tx:
        tx.cadres["甲"].refund(payment, yuan("105.00"), decision="决议2", on=day(7, 1))
    assert credited(town) == {"2021-06": "21.00"}
    assert str(town.figures("2021")["dues.collected"].value) == "2100"


# --- meetings


def test_a_temporary_branch_that_met_lacks_nothing(town: Ledger) -> None:
    with town.transaction(by=BY) as tx:
        tx.branches["T1"].hold("party_day", code="H1", title="x", on=day(6, 1))
    (held,) = (one for one in town.cadence("2021-01..2021-07") if one.holder == "branch:T1")
    assert (held.held, held.lacking) == (1, ())


def test_a_branch_that_is_there_again_has_two_lives(town: Ledger) -> None:
    with town.transaction(by=BY) as tx:
        branch = tx.branches.establish("C", name="C", kind="formal", on=day(1, 1))
        for number in (1, 2, 3):
            branch.hold("party_day", code=f"D{number}", title="x", on=day(number, 9))
        tx.dissolve(branch, cause="merged", on=day(3, 31))
    with town.transaction(by=BY) as tx:
        branch = tx.branches.establish("C", name="C", kind="formal", on=day(6, 1))
        branch.hold("party_day", code="D6", title="x", on=day(6, 9))
    for period, count in (("2021-01..2021-06", 4), ("2021-01..2021-03", 3), ("2021-06", 1)):
        (kept,) = (one for one in town.cadence(period) if (one.holder, one.rule) == ("branch:C", "meeting.party_day"))
        assert (kept.held, kept.lacking) == (count, ())


MONTHLY = """
version = "t/1"
based_on = "cn-2008/1"
name = "t"
[[provision]]
rule = "meeting.general"
value = { times = 1, every = "month" }
from = "2021-05"
citation = "res. 1"
binding = "warn"
en = "A general meeting every month."
zh = "每月一次支部党员大会。"
"""


def test_the_answer_for_a_month_does_not_depend_on_how_long_a_period_is_asked_for(town: Ledger) -> None:
    town.adopt_policy(MONTHLY, valid_from=month(1), by=BY, on=date(2020, 12, 20))
    with town.transaction(by=BY) as tx:
        tx.branches["A"].hold("meeting", code="M1", title="支部党员大会", on=day(4, 9))
    for period in ("2021Q2", "2021-05..2021-06", "2021-01..2021-06"):
        (kept,) = (one for one in town.cadence(period) if (one.holder, one.rule) == ("branch:A", "meeting.general"))
        late = [str(span.first) for span in kept.lacking if span.first >= month(4)]
        assert late == ["2021-05", "2021-06"]
        assert "res. 1" in kept.citation
        assert "t/1" in kept.policy_version


def test_two_branches_may_use_one_code_for_their_activities(town: Ledger) -> None:
    with town.transaction(by=BY) as tx:
        first, other, member = tx.branches["A"], tx.branches["B"], tx.cadres["甲"]
        first.hold("group_study", code="X1", title="x", on=day(3, 1))
        other.hold("group_study", code="X1", title="y", on=day(4, 1))
        member.attend(first, "X1")
    (mine,) = (one for one in town.coverage("2021-01..2021-07") if one.stream == town.stream_of("甲"))
    assert (mine.sessions, mine.attended) == (1, 1)
    with town.transaction(by=BY) as tx:
        tx.cadres["甲"].attend(tx.branches["B"], "X1")


# --- the returned share

SHARES = """
version = "t/1"
based_on = "cn-2008/1"
name = "t"
[[provision]]
rule = "fund.returned_share"
value = "0.55"
from = "2021-01"
citation = "res. 1"
binding = "refuse"
en = "55 %."
zh = "55%。"
[[provision]]
rule = "fund.returned_share"
value = "0.80"
from = "2021-07"
citation = "res. 2"
binding = "refuse"
en = "80 %."
zh = "80%。"
"""


@pytest.mark.parametrize(
    ("amount", "base", "expected"),
    [("99.00", "100.00", "55.00"), ("1000.00", "100.00", "55.00"), ("55.00", None, "its base")],
)
def test_a_settled_share_is_not_got_round_by_leaving_it_out(
    town: Ledger, amount: str, base: str | None, expected: str
) -> None:
    town.adopt_policy(SHARES, valid_from=month(1), by=BY, on=date(2020, 12, 20))
    with pytest.raises(RuleError) as caught, town.transaction(by=BY) as tx:
        tx.branches["A"].return_dues(yuan(amount), base=None if base is None else yuan(base), on=day(6, 30))
    assert (caught.value.rule, caught.value.expected, caught.value.citation) == ("not_its_share", expected, "res. 1")


def test_a_half_years_share_is_that_of_the_half_year(town: Ledger) -> None:
    town.adopt_policy(SHARES, valid_from=month(1), by=BY, on=date(2020, 12, 20))
    with town.transaction(by=BY) as tx:
        tx.branches["A"].return_dues(base=yuan("100.00"), base_period="2021-01..2021-06", on=day(7, 30))
        tx.branches["A"].return_dues(base=yuan("100.00"), on=day(7, 30))
    branch = town.picture().branch(town.stream_of("A"))
    assert branch is not None
    assert str(branch.balance) == "135.00"


def test_a_return_of_a_share_cannot_be_corrected_into_another_amount(town: Ledger) -> None:
    with town.transaction(by=BY) as tx:
        version = tx.branches["A"].return_dues(share="0.70", base=yuan("1275.00"), on=day(7, 30))
    with pytest.raises(RuleError) as caught, town.transaction(by=BY) as tx:
        tx.branches["A"].correct(version, amount=yuan("1000"))
    assert (caught.value.rule, caught.value.expected) == ("not_its_share", "892.50")


@pytest.mark.parametrize("decision", ["", "  ", "\u3000"])
def test_a_blank_decision_is_none(town: Ledger, decision: str) -> None:
    with town.transaction(by=BY) as tx:
        tx.branches["A"].return_dues(yuan("100"), on=day(2, 1))
    with pytest.raises(RuleError, match="no_decision"), town.transaction(by=BY) as tx:
        tx.branches["A"].spend(yuan("10"), use="visits", on=day(3, 1), decision=decision)


def test_a_change_within_the_year_is_named_whenever_dues_were_fixed(town: Ledger) -> None:
    with town.transaction(by=BY) as tx:
        member = tx.cadres["乙"]
        member.assess_dues(yuan("4200"), valid_from=Month(2020, 1), on=date(2020, 1, 1))
        member.void(max(v for v, e in member.view.standing.items() if getattr(e, "valid_from", None) == month(1)))
        member.assess_dues(yuan("5000"), valid_from=month(3), on=day(3, 1))
        assert [warning.rule for warning, _ in tx.batch.warnings] == ["changed_within_the_year"]


def test_a_branch_that_is_there_anew_needs_its_approval_anew(town: Ledger) -> None:
    with town.transaction(by=BY) as tx:
        tx.branches["T1"].assign("secretary", "post:a", on=day(3, 1))
        tx.dissolve(tx.branches["T1"], cause="done", on=day(4, 1))
    with town.transaction(by=BY) as tx:
        branch = tx.branches.establish("T1", name="T1", kind="temporary", on=day(6, 1))
        assert (branch.view.approval, dict(branch.view.posts)) == (None, {})
