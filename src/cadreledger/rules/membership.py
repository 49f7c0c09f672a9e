"""Membership: how long a letter is valid, and who is due the medal."""

from calendar import monthrange
from datetime import MAXYEAR, date
from typing import Final

from cadreledger.rules.declared import MEDAL_YEARS
from cadreledger.rules.policy import Policy
from cadreledger.values import Month

__all__ = ["medal_due_since", "months_later"]

MEDAL_DAY: Final = (7, 1)  # the Party's founding day


def months_later(day: date, months: int) -> date:
    """The same day ``months`` later, or the last day of that month where it is shorter, or of the calendar."""
    year, month = divmod(day.month - 1 + months, 12)
    if day.year + year > MAXYEAR:
        return date.max
    last = monthrange(day.year + year, month + 1)[1]
    return date(day.year + year, month + 1, min(day.day, last))


def medal_due_since(year: int, policy: Policy) -> date | None:
    """The last day of full membership that is due the medal of ``year``; None where none is given."""
    years = policy.find(MEDAL_YEARS, Month(year, MEDAL_DAY[0]))
    return None if years is None or year <= years.value else date(year - years.value, *MEDAL_DAY)
