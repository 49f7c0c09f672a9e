"""Rules that rows of several sheets keep by themselves."""

from datetime import date
from typing import Final

from cadreledger.intake.format import Column
from cadreledger.intake.lines import Line
from cadreledger.intake.problems import Code

__all__ = ["check_in_order", "check_together", "check_void", "says_void"]

_VOID: Final = "作废"


def says_void(line: Line, note: Column[str]) -> bool:
    """Whether 备注 says that something is void."""
    return _VOID in (line.get(note) or "")


def check_void(line: Line, corrects: Column[int], note: Column[str]) -> None:
    """作废 must say which row it means."""
    if says_void(line, note) and line.get(corrects) is None and not line.failed(corrects):
        hint = "Put the 序号 of the row that is void into 更正序号, or take 作废 out of 备注."
        line.error(corrects, Code.VOID_WITHOUT_CORRECTION, expected="the 序号 of the row that is void", hint=hint)


def check_in_order(line: Line, *columns: Column[date]) -> None:
    """Warn of each date that is earlier than one in a column before it."""
    latest: date | None = None
    for column in columns:
        on = line.get(column)
        if on is None:
            continue
        if latest is not None and on < latest:
            line.warn(column, Code.DATES_OUT_OF_ORDER, expected=f"{latest} or later")
        else:
            latest = on


def check_together(line: Line, columns: tuple[Column[object], Column[object]], code: Code) -> None:
    """Warn, under ``code``, of one column that is blank beside the other that is not."""
    blank = [column for column in columns if line.get(column) is None]
    if len(blank) == 1 and not line.failed(blank[0]):
        both = " and ".join(column.header for column in columns)
        line.warn(blank[0], code, expected=f"{both}, or neither")
