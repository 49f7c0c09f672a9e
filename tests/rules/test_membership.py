"""Letters and medals: months later on the calendar, and the last day of membership that is due."""

from datetime import MAXYEAR, date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cadreledger.rules import medal_due_since, months_later, national, read_policy
from cadreledger.values import Month

DAYS = st.dates(date(1900, 1, 1), date(2200, 12, 31))


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2021, 7, 5), 0, date(2021, 7, 5)),
        (date(2021, 7, 5), 3, date(2021, 10, 5)),
        (date(2021, 11, 30), 3, date(2022, 2, 28)),
        (date(2023, 11, 30), 3, date(2024, 2, 29)),
        (date(2021, 12, 31), 2, date(2022, 2, 28)),
        (date(2021, 12, 31), 12, date(2022, 12, 31)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(9999, 12, 31), 1, date.max),
        (date(9999, 11, 30), 1, date(9999, 12, 30)),
        (date(2021, 7, 5), 9_999 * 12, date.max),
    ],
)
def test_months_later_by_example(day: date, months: int, later: date) -> None:
    assert months_later(day, months) == later


@given(DAYS, st.integers(0, 9_999))
@example(date(2024, 1, 31), 1)
def test_months_later_is_the_same_day_or_the_last_of_a_shorter_month(day: date, months: int) -> None:
    later = months_later(day, months)
    assert Month.of(later).months_since(Month.of(day)) == months
    if later.day != day.day:
        assert later.day < day.day
        assert (later + timedelta(days=1)).day == 1


@given(DAYS, DAYS, st.integers(0, 1_200))
def test_who_has_a_later_letter_has_one_that_ends_no_earlier(one: date, other: date, months: int) -> None:
    earlier, later = sorted([one, other])
    assert months_later(earlier, months) <= months_later(later, months) <= date(MAXYEAR, 12, 31)


@pytest.mark.parametrize(
    ("year", "since"),
    [(2020, None), (2021, date(1971, 7, 1)), (2022, date(1972, 7, 1)), (9998, date(9948, 7, 1))],
)
def test_the_medal_of_a_year_asks_for_fifty_years_at_the_first_of_july(year: int, since: date | None) -> None:
    assert medal_due_since(year, national()) == since


def policy_of(years: int) -> str:
    return f"""
        version = "place/1"
        based_on = "cn-2008/1"
        [[provision]]
        rule = "member.medal_years"
        from = "2024-07"
        value = {years}
        citation = "an order of this place"
    """


def test_another_number_of_years_holds_from_the_july_it_is_in_force() -> None:
    policy = read_policy(policy_of(40))
    assert medal_due_since(2023, policy) == date(1973, 7, 1)
    assert medal_due_since(2024, policy) == date(1984, 7, 1)


@pytest.mark.parametrize("years", [2024, 9_999])
def test_nobody_is_due_a_medal_from_before_the_calendar(years: int) -> None:
    assert medal_due_since(2024, read_policy(policy_of(years))) is None
    assert medal_due_since(2024, read_policy(policy_of(2023))) == date(1, 7, 1)
