"""When a facility is open: windows such as ``1-5 08:30-16:30`` (ISO weekdays, half-open), in civil time."""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final

import attrs

from cadreledger.values.time import YEAR_MAX, YEAR_MIN

__all__ = ["Windows", "closed_on", "read_minute", "window_problem"]

Windows = tuple[str, ...]
"""The windows of one register entry; none: always open."""

MINUTES_OF_A_DAY: Final = 24 * 60
_WINDOW: Final = re.compile(r"([1-7])(?:-([1-7]))? ([0-9]{2}):([0-9]{2})-([0-9]{2}):([0-9]{2})\Z", re.ASCII)


@attrs.frozen
class _Window:
    """Weekdays, both included, and the minutes of each of them, half-open."""

    first: int
    last: int
    start: int
    end: int


def read_minute(text: str) -> datetime | None:
    """``2021-07-05T14:00`` as a moment of civil time; None where no calendar has it, or the text has another form."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    written = moment.tzinfo is None and moment.isoformat(timespec="minutes") == text  # ISO 8601 has other forms, too
    return moment if written and YEAR_MIN <= moment.year <= YEAR_MAX else None


def window_problem(text: str) -> str:
    """What is wrong with a window ("": nothing)."""
    window = _read(text)
    if window is None:
        return "weekdays and times such as 1-5 08:30-16:30"
    if window.first > window.last:
        return "weekdays that ascend: a window for Sunday to Monday is two"
    return "" if window.start < window.end else "a start before its end: a window over midnight is two"


def closed_on(start: datetime, end: datetime, windows_on: Callable[[date], Windows]) -> date | None:
    """The first day with a minute between ``start`` and ``end`` (half-open) in no window of those in force that day.

    None: it is open all the time. The end of one day and the beginning of the next one join.
    """
    day = start.date()
    while datetime.combine(day, time.min) < end:
        windows = windows_on(day)
        if windows and not _hold(windows, day.isoweekday(), _minute_of(start, day), _minute_of(end, day)):
            return day
        day += timedelta(days=1)
    return None


def _minute_of(moment: datetime, day: date) -> int:
    """Which minute of ``day`` a moment is: 0 for one before that day, 1440 for one after it."""
    minutes = (moment - datetime.combine(day, time.min)) // timedelta(minutes=1)
    return max(0, min(minutes, MINUTES_OF_A_DAY))


def _hold(windows: Windows, weekday: int, start: int, end: int) -> bool:
    """Whether the windows of that weekday, taken together, hold every minute from ``start`` to ``end``."""
    read = [window for window in map(_read, windows) if window is not None]
    hours = sorted((window.start, window.end) for window in read if window.first <= weekday <= window.last)
    reached = start
    for opens, closes in hours:
        if opens > reached:
            break
        reached = max(reached, closes)
    return reached >= end


@lru_cache(maxsize=1024)
def _read(text: str) -> _Window | None:
    match = _WINDOW.match(text)
    if match is None:
        return None
    first, last, hour, minute, to_hour, to_minute = match.groups()
    start, end = int(hour) * 60 + int(minute), int(to_hour) * 60 + int(to_minute)
    return _Window(int(first), int(last or first), start, end)
