"""Meetings: which months or quarters lack one, and whether a meeting counts and a resolution passes."""

from collections.abc import Mapping

from cadreledger.errors import InputError
from cadreledger.rules.kinds import Cadence, Every, Share
from cadreledger.values import Month, Period

__all__ = ["enough_present", "lacking", "passes", "spans"]


def spans(every: Every, period: Period) -> tuple[Period, ...]:
    """The whole months, quarters or years that lie in ``period``, in order."""
    length = {Every.MONTH: 1, Every.QUARTER: 3, Every.YEAR: 12}[every]
    starts = (month for month in period.months() if (month.month - 1) % length == 0)
    whole = (Period(start, start.plus(length - 1)) for start in starts)
    return tuple(span for span in whole if span.last <= period.last)


def lacking(cadence: Cadence, held: Mapping[Month, int], period: Period) -> tuple[Period, ...]:
    """The months, quarters or years of ``period`` in which fewer were held than are due.

    ``held``: how many were held, by month. What was held beyond that in another month does not stand in.
    """
    return tuple(
        span
        for span in spans(cadence.every, period)
        if sum(held.get(month, 0) for month in span.months()) < cadence.times
    )


def enough_present(present: int, entitled: int, quorum: Share) -> bool:
    """Whether ``present`` of the ``entitled`` are ``quorum`` (half) or more of them."""
    numerator, denominator = quorum.parts
    return _people(present) * denominator >= _people(entitled) * numerator


def passes(in_favour: int, entitled: int, majority: Share) -> bool:
    """Whether ``in_favour`` are more than ``majority`` (half) of those ``entitled``, present or not."""
    numerator, denominator = majority.parts
    return _people(in_favour) * denominator > _people(entitled) * numerator


def _people(number: int) -> int:
    if type(number) is not int or number < 0:
        raise InputError("a number of people has a wrong form", "0 or more", str(number)[:32])
    return number
