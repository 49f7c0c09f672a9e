"""Meetings: which months and quarters lack one, and half of those who should be there; against counting by hand."""

from collections.abc import Mapping
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cadreledger.errors import InputError
from cadreledger.rules import Cadence, Every, Share, enough_present, lacking, passes, spans
from cadreledger.values import Month, Period

HALF = Share("0.5")
MONTHS = st.builds(Month, st.integers(2019, 2023), st.integers(1, 12))
PERIODS = st.tuples(MONTHS, MONTHS).map(lambda ends: Period(min(ends), max(ends)))
COUNTS = st.dictionaries(MONTHS, st.integers(0, 3))
CADENCES = st.builds(Cadence, st.integers(1, 4), st.sampled_from(Every))
PEOPLE = st.integers(0, 60)
SHARES = st.integers(0, 1_000).map(lambda thousandths: Share(f"{thousandths // 1000}.{thousandths % 1000:03}"))


def span_of(every: Every, month: Month) -> tuple[int, int]:
    """What a month is in, as a reader of a calendar would say: the year, and which of its parts."""
    parts = {Every.MONTH: month.month, Every.QUARTER: (month.month + 2) // 3, Every.YEAR: 1}
    return month.year, parts[every]


def whole_spans(every: Every, period: Period) -> list[list[Month]]:
    by_span: dict[tuple[int, int], list[Month]] = {}
    for month in period.months():
        by_span.setdefault(span_of(every, month), []).append(month)
    length = {Every.MONTH: 1, Every.QUARTER: 3, Every.YEAR: 12}[every]
    return [months for months in by_span.values() if len(months) == length]


@given(st.sampled_from(Every), PERIODS)
def test_spans_are_the_whole_ones_of_the_calendar(every: Every, period: Period) -> None:
    assert [list(span.months()) for span in spans(every, period)] == whole_spans(every, period)


@pytest.mark.parametrize(
    ("every", "period", "expected"),
    [
        (Every.MONTH, "2021-01..2021-03", ["2021-01", "2021-02", "2021-03"]),
        (Every.QUARTER, "2021-02..2021-09", ["2021-04..2021-06", "2021-07..2021-09"]),
        (Every.QUARTER, "2021-02..2021-05", []),
        (Every.YEAR, "2020-02..2022-11", ["2021-01..2021-12"]),
        (Every.YEAR, "9998", ["9998-01..9998-12"]),
        (Every.QUARTER, "1900Q1", ["1900-01..1900-03"]),
    ],
)
def test_spans_by_example(every: Every, period: str, expected: list[str]) -> None:
    assert [str(span) for span in spans(every, Period.parse(period))] == expected


@given(CADENCES, COUNTS, PERIODS)
def test_what_lacks_is_what_a_count_by_hand_finds(cadence: Cadence, held: Mapping[Month, int], period: Period) -> None:
    expected = [
        months
        for months in whole_spans(cadence.every, period)
        if sum(held.get(month, 0) for month in months) < cadence.times
    ]
    assert [list(span.months()) for span in lacking(cadence, held, period)] == expected


def test_what_was_held_beyond_the_due_does_not_stand_in_for_another_month() -> None:
    held = {Month(2021, 1): 3, Month(2021, 3): 1}
    monthly = Cadence(1, Every.MONTH)
    assert [str(span) for span in lacking(monthly, held, Period.parse("2021Q1"))] == ["2021-02"]
    twice = Cadence(2, Every.MONTH)
    assert [str(span) for span in lacking(twice, held, Period.parse("2021Q1"))] == ["2021-02", "2021-03"]
    assert lacking(Cadence(4, Every.QUARTER), held, Period.parse("2021Q1")) == ()


@pytest.mark.parametrize(
    ("present", "entitled", "counts"), [(4, 9, False), (5, 9, True), (5, 10, True), (4, 10, False)]
)
def test_half_or_more_are_enough(present: int, entitled: int, counts: bool) -> None:  # noqa: FBT001 - a table
    assert enough_present(present, entitled, HALF) is counts


@pytest.mark.parametrize(
    ("in_favour", "entitled", "passed"), [(4, 9, False), (5, 9, True), (5, 10, False), (6, 10, True)]
)
def test_more_than_half_of_all_must_be_in_favour(in_favour: int, entitled: int, passed: bool) -> None:  # noqa: FBT001
    assert passes(in_favour, entitled, HALF) is passed


@given(PEOPLE, PEOPLE, SHARES)
@example(1, 3, Share("0.333"))
@example(2, 3, Share("0.667"))
def test_quorum_and_majority_are_exact(people: int, entitled: int, share: Share) -> None:
    needed = entitled * Fraction(share.text)
    assert enough_present(people, entitled, share) is (people >= needed)
    assert passes(people, entitled, share) is (people > needed)


@pytest.mark.parametrize("junk", [-1, 1.0, True, "5", None])
def test_what_is_no_number_of_people_is_refused(junk: int) -> None:
    for ask in (enough_present, passes):
        for arguments in ((junk, 5), (5, junk)):
            with pytest.raises(InputError, match="number of people"):
                ask(*arguments, HALF)
