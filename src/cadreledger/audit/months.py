"""Which month it is, for whoever must not call a civil date a future one."""

from datetime import UTC, datetime, timedelta
from typing import Final

__all__ = ["latest_month"]

AHEAD_MAX: Final = timedelta(hours=14)  # of UTC, somewhere on earth: months are civil
MONTH_MAX: Final = "9998-12"


def latest_month(time: float) -> str:
    """The latest month that it is anywhere on earth at ``time`` (POSIX seconds)."""
    try:
        return (datetime.fromtimestamp(time, UTC) + AHEAD_MAX).strftime("%Y-%m")
    except (ValueError, OverflowError, OSError):
        return MONTH_MAX
