"""What is owed, to which branch, which months stand unpaid in a row, and what was prepaid beyond a death."""

from datetime import date

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.queries.town import JAN, PERSON, Town, day

from cadreledger.aggregates import Cadre, CadreState
from cadreledger.events.dues import ArrearsStep
from cadreledger.queries import arrears, paid_to, prepaid_beyond, responsible
from cadreledger.queries.arrears import Arrears, arrears_of, owed_to
from cadreledger.queries.responsibility import member_of
from cadreledger.rules import Policy, national
from cadreledger.values import Month, fen, yuan

MARCH, APRIL, MAY, JUNE, JULY = (Month(2021, number) for number in (3, 4, 5, 6, 7))
DECEMBER = Month(2021, 12)


@pytest.fixture
def town() -> Town:
    return Town()


def of(town: Town, month: Month, policy: Policy | None = None) -> Arrears:
    found = arrears_of(PERSON, town.cadre.state, month, policy or national())
    assert found is not None
    return found


def pay(cadre: Cadre, *months: Month, amount: str = "21") -> None:
    for month in months:
        cadre.pay_dues(yuan(amount), for_month=month, on=day(month))


def owed_months(state: CadreState, upto: Month = DECEMBER, policy: Policy | None = None) -> list[Month]:
    return [month for month, _, _ in owed_to(state, upto, policy or national())]


def with_rule(name: str, value: object) -> Policy:
    """The national policy, but for what it says of one rule."""
    policy = national()
    changed = tuple(attrs.evolve(each, value=value) for each in policy.provisions[name])
    return attrs.evolve(policy, provisions={**policy.provisions, name: changed})


# --- what is owed, and when ------------------------------------------------------------------------------------------


def test_nothing_is_known_to_be_owed_where_nothing_is_assessed(town: Town) -> None:
    town.cadre.join(town.home)
    assert of(town, DECEMBER).unpaid == ()
    assert arrears(town.picture, DECEMBER) == ()


def test_dues_begin_with_the_assessment_or_the_formal_relation_whichever_is_later(town: Town) -> None:
    state = town.member(on=date(2021, 3, 31)).state
    assert owed_months(state, MAY) == [MARCH, APRIL, MAY]
    assert owed_months(Town().member().state, MARCH)[0] == JAN
    assert owed_months(state, Month(2020, 12)) == []


def test_only_a_member_is_in_arrears(town: Town) -> None:
    town.cadre.join(town.home, relation="participating")
    town.cadre.assess_dues(yuan("4200"), valid_from=JAN)
    assert arrears(town.picture, DECEMBER) == ()
    assert arrears_of(PERSON, town.cadre.state, DECEMBER, national()) is None


def test_whoever_left_is_in_arrears_for_the_months_when_they_were_a_member(town: Town) -> None:
    town.member().leave_branch(town.home, on=date(2021, 6, 15))
    assert [one.lacking for one in arrears(town.picture, MAY)] == [yuan("105.00")]
    assert arrears(town.picture, JUNE) == ()
    assert owed_months(town.cadre.state)[-1] == JUNE


@pytest.mark.parametrize(("cause", "last"), [("moved", JUNE), ("death", JUNE)])
def test_the_last_month_owed_is_that_of_leaving(town: Town, cause: str, last: Month) -> None:
    town.member().leave(cause=cause, on=date(2021, 6, 1))
    assert owed_months(town.cadre.state)[-1] == last
    assert member_of(town.cadre.state, MAY) == town.home.stream
    assert member_of(town.cadre.state, JUNE) is None


def test_where_a_place_says_so_dues_go_on_after_a_death(town: Town) -> None:
    town.member().leave(cause="death", on=date(2021, 6, 1))
    policy = with_rule("dues.after_death", value=True)
    assert owed_months(town.cadre.state, JULY, policy)[-1] == JULY
    assert responsible(town.cadre.state, JULY, policy) == town.home.stream
    assert responsible(town.cadre.state, JULY) is None


def test_who_was_entered_by_error_owes_nothing(town: Town) -> None:
    town.member(on=date(2021, 1, 4)).leave(cause="error")
    assert owed_months(town.cadre.state) == []
    assert member_of(town.cadre.state, MAY) is None
    town.cadre.register(kind="veteran", code="C1", name="某", on=date(2021, 3, 1))  # it was the kind that was wrong
    assert owed_months(town.cadre.state, MARCH) == [JAN, Month(2021, 2), MARCH]
    assert member_of(town.cadre.state, JAN) == town.home.stream


def test_a_membership_by_error_was_none(town: Town) -> None:
    cadre = town.member(on=date(2021, 1, 4))
    cadre.leave_branch(town.home, cause="error", on=date(2021, 6, 1))
    assert owed_months(cadre.state) == []
    assert member_of(cadre.state, MARCH) is None


def test_nothing_is_owed_while_somebody_was_away(town: Town) -> None:
    cadre = town.member(on=date(2021, 1, 4))
    cadre.leave(cause="moved", on=date(2021, 3, 9))
    cadre.register(kind="retired", code="C1", name="某", on=date(2021, 6, 3))
    assert owed_months(cadre.state, JULY) == [JAN, Month(2021, 2), MARCH, JUNE, JULY]


def test_what_is_reduced_to_nothing_is_not_owed_and_ends_a_row(town: Town) -> None:
    cadre = town.member()
    cadre.assess_dues(yuan("4200"), valid_from=MARCH, relief_owed=fen(0), relief="R1")
    cadre.assess_dues(yuan("4200"), valid_from=APRIL)
    assert owed_months(cadre.state, MAY) == [JAN, Month(2021, 2), APRIL, MAY]
    assert of(town, MAY).row == (APRIL, MAY)


def test_more_than_is_owed_for_one_month_settles_no_other(town: Town) -> None:
    cadre = town.member()
    pay(cadre, JAN, amount="42")
    assert of(town, Month(2021, 2)).unpaid == ((Month(2021, 2), town.home.stream, yuan("21.00")),)


def test_money_that_is_held_pays_nothing_until_it_is_allocated(town: Town) -> None:
    cadre = town.member()
    pay(cadre, JAN)
    held = cadre.pay_dues(yuan("21"), for_month=JAN, on=day(MARCH), if_paid="hold")
    assert of(town, MARCH).row == (Month(2021, 2), MARCH)
    cadre.allocate(held, MARCH, yuan("21"), on=day(MARCH))
    assert of(town, MARCH).row == ()


# --- the branch that a month belongs to ------------------------------------------------------------------------------


def test_who_moves_to_another_branch_without_a_letter_belongs_there_from_that_month(town: Town) -> None:
    cadre = town.member(on=date(2021, 1, 4))
    cadre.leave_branch(town.home, on=date(2021, 5, 20))
    cadre.join(town.other, on=date(2021, 5, 25))
    assert [responsible(cadre.state, month) for month in (APRIL, MAY, JUNE)] == [
        town.home.stream,
        town.other.stream,
        town.other.stream,
    ]
    assert responsible(cadre.state, Month(2020, 12)) is None


def test_the_old_branch_is_responsible_where_the_new_one_accepts_later(town: Town) -> None:
    cadre = town.member(on=date(2021, 1, 4))
    cadre.transfer("branch:B", paid_to=APRIL, on=date(2021, 4, 20))
    cadre.leave_branch(town.home, cause="transfer", on=date(2021, 5, 20))
    assert responsible(cadre.state, MAY) is None  # whoever accepted, elsewhere
    cadre.join(town.other, on=date(2021, 7, 2))
    assert [responsible(cadre.state, month) for month in (APRIL, MAY, JUNE, JULY)] == [town.home.stream] * 3 + [
        town.other.stream
    ]


def test_months_that_were_paid_before_a_move_elsewhere_stay_the_old_branchs(town: Town) -> None:
    cadre = town.member(on=date(2021, 1, 4))
    cadre.transfer("外地", paid_to=JULY, on=date(2021, 4, 20))
    cadre.leave_branch(town.home, cause="transfer", on=date(2021, 5, 20))
    assert [responsible(cadre.state, month) for month in (JUNE, JULY, DECEMBER)] == [town.home.stream] * 2 + [None]


def test_between_two_memberships_months_belong_to_nobody(town: Town) -> None:
    cadre = town.member(on=date(2021, 1, 4))
    cadre.leave_branch(town.home, on=date(2021, 3, 5))
    cadre.join(town.other, on=date(2021, 6, 1))
    expected = [town.home.stream, None, None, town.other.stream]
    assert [responsible(cadre.state, month) for month in (MARCH, APRIL, MAY, JUNE)] == expected
    assert owed_months(cadre.state, JUNE) == [JAN, Month(2021, 2), MARCH, JUNE]


def test_a_letter_that_led_nowhere_changes_nothing(town: Town) -> None:
    cadre = town.member(on=date(2021, 1, 4))
    cadre.transfer("外地", paid_to=DECEMBER, on=date(2021, 4, 20))
    cadre.leave(cause="death", on=date(2021, 6, 1))
    assert responsible(cadre.state, JUNE) == town.home.stream
    assert responsible(cadre.state, JULY) is None


def test_a_letter_of_long_ago_says_nothing_of_a_later_move(town: Town) -> None:
    cadre = town.member(on=date(2021, 1, 4))
    cadre.transfer("branch:B", paid_to=DECEMBER, on=date(2021, 2, 1))
    cadre.leave_branch(town.home, cause="transfer", on=date(2021, 2, 2))
    cadre.join(town.other, on=date(2021, 2, 2))
    cadre.leave_branch(town.other, on=date(2021, 3, 5))
    cadre.join(town.home, on=date(2021, 3, 5))
    assert responsible(cadre.state, MAY) == town.home.stream


def test_the_month_to_which_dues_are_paid(town: Town) -> None:
    cadre = town.member()
    assert paid_to(cadre.state, MAY, national()) == Month(2020, 12)
    pay(cadre, JAN, MARCH)
    assert paid_to(cadre.state, MAY, national()) == JAN
    pay(cadre, Month(2021, 2), APRIL, MAY, JUNE)
    assert paid_to(cadre.state, MARCH, national()) == JUNE  # what was prepaid is paid
    pay(cadre, JULY, amount="20.99")
    assert paid_to(cadre.state, MARCH, national()) == JUNE
    assert paid_to(Town().cadre.state, MAY, national()) is None


# --- the row, and its review -----------------------------------------------------------------------------------------


def test_six_in_a_row_are_due_a_review_and_five_are_not(town: Town) -> None:
    town.member()
    assert [of(town, month).review_due for month in (MAY, JUNE, JULY)] == [False, True, True]
    pay(town.cadre, MARCH)
    assert [len(of(town, month).row) for month in (JULY, Month(2021, 8), Month(2021, 9))] == [4, 5, 6]
    assert [of(town, month).review_due for month in (Month(2021, 8), Month(2021, 9))] == [False, True]


def test_how_many_it_takes_the_policy_says(town: Town) -> None:
    town.member()
    three = with_rule("dues.unpaid_months_review", value=3)
    assert [of(town, month, three).review_due for month in (Month(2021, 2), MARCH)] == [False, True]
    assert not of(town, DECEMBER, with_rule("dues.unpaid_months_review", value=0)).review_due
    silent = attrs.evolve(national(), provisions={})
    assert not of(town, DECEMBER, silent).review_due


def test_a_review_that_is_open_is_not_opened_again_and_one_that_was_closed_counts_anew(town: Town) -> None:
    cadre = town.member()
    cadre.review_arrears("opened", months=6, on=day(JUNE))
    found = of(town, DECEMBER)
    assert (found.review, found.review_open, found.review_due) == (ArrearsStep.OPENED, True, False)
    cadre.review_arrears("closed", months=7, on=day(JULY))
    assert [of(town, month).review_due for month in (DECEMBER, Month(2022, 1))] == [False, True]
    assert len(of(town, DECEMBER).row) == 12  # closed is neither paid nor excused


def test_what_was_decided_last_by_its_day_holds_in_whatever_order_it_was_entered(town: Town) -> None:
    cadre = town.member()
    cadre.review_arrears("excused", months=6, on=day(JULY))
    opened = cadre.review_arrears("opened", months=6, on=day(JUNE))
    assert of(town, DECEMBER).review is ArrearsStep.EXCUSED
    assert of(town, DECEMBER).row[0] == Month(2021, 8)
    cadre.void(cadre.version - 1)
    assert of(town, DECEMBER).review is ArrearsStep.OPENED
    cadre.void(opened)
    assert of(town, DECEMBER).review is None


def test_what_an_answer_says_as_json(town: Town) -> None:
    town.member()
    (found,) = arrears(town.picture, Month(2021, 2))
    assert found.json() == {
        "stream": PERSON,
        "branch": "branch:A",
        "lacking": 4200,
        "unpaid": [
            {"month": "2021-01", "branch": "branch:A", "lacking": 2100},
            {"month": "2021-02", "branch": "branch:A", "lacking": 2100},
        ],
        "row": ["2021-01", "2021-02"],
        "review": None,
        "review_due": False,
    }


@given(st.integers(1, 24), st.sets(st.integers(0, 23)), st.none() | st.integers(0, 23))
def test_the_row_is_what_a_plain_count_backwards_gives(months: int, paid: set[int], excused: int | None) -> None:
    town = Town(lenient=True)
    cadre = town.member()
    for number in paid:
        cadre.pay_dues(yuan("21"), for_month=JAN.plus(number), on=day(JAN.plus(number)))
    if excused is not None:
        cadre.review_arrears("excused", months=6, on=day(JAN.plus(excused)))
    expected: list[Month] = []
    for number in reversed(range(months)):
        if number in paid or (excused is not None and number <= excused):
            break
        expected.insert(0, JAN.plus(number))
    assert of(town, JAN.plus(months - 1)).row == tuple(expected)


# --- after a death ---------------------------------------------------------------------------------------------------


def test_what_was_prepaid_beyond_a_death_is_flagged_and_nothing_of_the_living(town: Town) -> None:
    cadre = town.member()
    pay(cadre, MAY, JUNE)
    ahead = cadre.pay_dues(yuan("20"), for_month=JULY, on=day(JUNE))
    assert prepaid_beyond(cadre.state) == fen(0)
    left = cadre.leave(cause="death", on=date(2021, 6, 30))
    assert prepaid_beyond(cadre.state) == yuan("20.00")
    cadre.refund(ahead, yuan("5"), decision="R1", on=day(JULY))
    assert prepaid_beyond(cadre.state) == yuan("15.00")
    cadre.correct(left, on=date(2021, 7, 1))
    assert prepaid_beyond(cadre.state) == fen(0)


def test_a_death_without_a_day_tells_of_nothing_prepaid(town: Town) -> None:
    pay(town.member(), JAN)
    town.cadre.leave(cause="death", on=date(2020, 6, 30))
    assert prepaid_beyond(town.cadre.state) == yuan("21.00")
    assert prepaid_beyond(attrs.evolve(town.cadre.state, left_on=None)) == fen(0)
