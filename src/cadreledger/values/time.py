"""Months and periods: civil, without a time zone, ordered."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

import attrs

from cadreledger.errors import InputError

__all__ = ["Month", "Period"]

YEAR_MIN: Final = 1900  # office registers hold no date before it (workbook format)
YEAR_MAX: Final = 9998  # leaves room for `Month.plus` below date.max
_MONTH: Final = re.compile(r"([0-9]{4})-([0-9]{2})\Z", re.ASCII)
_PERIOD: Final = re.compile(r"([0-9]{4})(?:Q([1-4])|H([12]))?\Z", re.ASCII)


@attrs.frozen(order=True, repr=False)
class Month:
    """A calendar month. Raises InputError unless ``year`` is in 1900..9998 and ``month`` in 1..12."""

    year: int
    month: int

    def __attrs_post_init__(self) -> None:
        if type(self.year) is not int or not YEAR_MIN <= self.year <= YEAR_MAX:
            raise InputError("a month has a wrong year", f"an int in {YEAR_MIN}..{YEAR_MAX}", repr(self.year)[:32])
        if type(self.month) is not int or not 1 <= self.month <= 12:  # noqa: PLR2004 - months of a year
            raise InputError("a month has a wrong number", "an int in 1..12", repr(self.month)[:32])

    @classmethod
    def of(cls, day: date) -> "Month":
        """The month that ``day`` lies in."""
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, text: str) -> "Month":
        """``2021-07``. Raises InputError for any other form."""
        match = _MONTH.match(text) if isinstance(text, str) else None
        if match is None:
            raise InputError("a month cannot be read", "YYYY-MM", repr(text)[:32])
        return cls(int(match[1]), int(match[2]))

    def plus(self, months: int) -> "Month":
        """The month ``months`` later (earlier where negative)."""
        year, index = divmod(self.year * 12 + self.month - 1 + months, 12)
        return Month(year, index + 1)

    def months_since(self, other: "Month") -> int:
        """How many months ``self`` lies after ``other`` (negative: before)."""
        return (self.year - other.year) * 12 + self.month - other.month

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    def __repr__(self) -> str:
        return f"Month({self.year}, {self.month})"


@attrs.frozen
class Period:
    """The months from ``first`` to ``last``, both included. Raises InputError if ``last`` is before ``first``."""

    first: Month
    last: Month

    def __attrs_post_init__(self) -> None:
        if self.last < self.first:
            raise InputError("a period ends before it starts", f"{self.first} or later", str(self.last))

    @classmethod
    def parse(cls, text: str) -> "Period":
        """``2021``, ``2021-07``, ``2021Q3``, ``2021H1``, ``2021-01..2021-07``. Raises InputError otherwise."""
        if not isinstance(text, str):
            raise InputError("a period cannot be read", "text such as '2021-07'", type(text).__name__)
        first, dots, last = text.partition("..")
        if dots:
            return cls(Month.parse(first), Month.parse(last))
        if _MONTH.match(text):
            return cls(Month.parse(text), Month.parse(text))
        match = _PERIOD.match(text)
        if match is None:
            expected = "one of 2021, 2021-07, 2021Q3, 2021H1, 2021-01..2021-07"
            raise InputError("a period cannot be read", expected, repr(text[:32]))
        year, quarter, half = int(match[1]), match[2], match[3]
        if quarter:
            return cls(Month(year, int(quarter) * 3 - 2), Month(year, int(quarter) * 3))
        if half:
            return cls(Month(year, int(half) * 6 - 5), Month(year, int(half) * 6))
        return cls(Month(year, 1), Month(year, 12))

    def months(self) -> Iterator[Month]:
        """Every month of the period, in order."""
        for offset in range(self.last.months_since(self.first) + 1):
            yield self.first.plus(offset)

    def __contains__(self, month: Month) -> bool:
        return self.first <= month <= self.last

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}..{self.last}"
