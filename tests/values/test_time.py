"""Months and periods: the calendar's arithmetic, checked against counting."""

import pickle
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.strategies import days, months

from cadreledger.errors import InputError
from cadreledger.values import Month, Period
from cadreledger.values.time import YEAR_MAX, YEAR_MIN

few = st.integers(0, 300)
early = st.builds(Month, st.integers(YEAR_MIN, 5000), st.integers(1, 12))
periods = st.builds(lambda first, more: Period(first, first.plus(more)), early, few)


@given(early, few, few)
def test_months_add_up(month: Month, some: int, more: int) -> None:
    assert month.plus(some).plus(more) == month.plus(some + more)
    assert month.plus(some).plus(-some) == month
    assert month.plus(0) == month
    assert month.plus(some).months_since(month) == some
    assert month.months_since(month.plus(some)) == -some
    assert month.plus(12) == Month(month.year + 1, month.month)


@given(early)
def test_the_next_month_begins_the_day_after(month: Month) -> None:
    first = date(month.year, month.month, 1)
    day = first
    while Month.of(day) == month:
        day += timedelta(days=1)
    assert Month.of(day) == month.plus(1)
    assert 28 <= (day - first).days <= 31


@given(days, days)
def test_months_are_ordered_as_days_are(one: date, other: date) -> None:
    first, last = Month.of(one), Month.of(other)
    assert (first < last) is ((one.year, one.month) < (other.year, other.month))
    assert (first < last) is (first.months_since(last) < 0)
    assert (first < last) is (str(first) < str(last))
    assert one > other or first <= last


@given(months)
def test_a_month_is_read_as_written(month: Month) -> None:
    assert Month.parse(str(month)) == month
    assert str(month) == f"{date(month.year, month.month, 1):%Y-%m}".rjust(7, "0")
    assert eval(repr(month), {"Month": Month}) == month  # noqa: S307 - of our own repr
    assert pickle.loads(pickle.dumps(month)) == month


@pytest.mark.parametrize(
    "text",
    ["", "2021", "2021-7", "2021-00", "2021-13", "21-07", "2021/07", "2021-07-05", "2021-07\n", "２021-07", "1899-12"],
)
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        Month.parse(text)


@pytest.mark.parametrize(
    ("year", "month"), [(1899, 12), (9999, 1), (2021, 0), (2021, 13), (2021.0, 1), (2021, True), ("2021", 1)]
)
def test_what_no_calendar_has_is_refused(year: int, month: int) -> None:
    with pytest.raises(InputError):
        Month(year, month)


@pytest.mark.parametrize("thing", [None, 202107, date(2021, 7, 1), b"2021-07"])
def test_a_month_is_read_from_text(thing: str) -> None:
    with pytest.raises(InputError):
        Month.parse(thing)
    with pytest.raises(InputError):
        Period.parse(thing)


def test_a_month_beyond_the_last_is_refused() -> None:
    with pytest.raises(InputError, match="wrong year"):
        Month(YEAR_MAX, 12).plus(1)
    with pytest.raises(InputError, match="wrong year"):
        Month(YEAR_MIN, 1).plus(-1)


def test_a_month_is_no_date() -> None:
    assert Month.of(datetime(2021, 7, 5)) == Month(2021, 7)  # noqa: DTZ001 - civil
    with pytest.raises(TypeError):
        assert Month(2021, 7) < date(2021, 7, 1)  # type: ignore[operator] # on purpose


# --- periods ----------------------------------------------------------------------------------------------------------


@given(periods, early)
def test_a_period_holds_the_months_that_it_lists(period: Period, month: Month) -> None:
    listed = list(period.months())
    assert (listed[0], listed[-1]) == (period.first, period.last)
    assert listed == sorted(set(listed))
    assert len(listed) == period.last.months_since(period.first) + 1
    assert all(item in period for item in listed)
    assert (month in period) is (month in listed)
    assert period.first.plus(-1) not in period if period.first > Month(YEAR_MIN, 1) else True
    assert period.last.plus(1) not in period


@given(periods)
def test_a_period_is_read_as_written(period: Period) -> None:
    assert Period.parse(str(period)) == period
    assert Period.parse(f"{period.first}..{period.last}") == period
    assert pickle.loads(pickle.dumps(period)) == period


@given(st.integers(YEAR_MIN, YEAR_MAX))
def test_quarters_and_halves_make_up_a_year(year: int) -> None:
    whole = list(Period.parse(str(year)).months())
    assert whole == [Month(year, month) for month in range(1, 13)]
    for letter, parts in (("Q", 4), ("H", 2)):
        found = [list(Period.parse(f"{year}{letter}{part}").months()) for part in range(1, parts + 1)]
        assert [month for part in found for month in part] == whole
        assert {len(part) for part in found} == {12 // parts}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2021Q0",
        "2021Q5",
        "2021H3",
        "2021q1",
        "2021-Q1",
        "202",
        "20211",
        "2021..2022",
        "2021-01..",
        "..2021-01",
        "2021-02..2021-01",
        "2021-01..2021-02..2021-03",
        "2021-01 .. 2021-02",
        "2021\n",
        "1899",
        "9999",
    ],
)
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        Period.parse(text)


def test_a_period_does_not_end_before_it_starts() -> None:
    with pytest.raises(InputError, match="ends before it starts"):
        Period(Month(2021, 7), Month(2021, 6))
