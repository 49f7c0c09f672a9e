"""Kinds of cells that several sheets have, ready for their columns."""

from collections.abc import Mapping
from datetime import date
from typing import Final, TypeVar

from cadreledger.intake import cells
from cadreledger.intake.format import CLEAR_BYTES_MAX, LOCKED_BYTES_MAX, Kind
from cadreledger.values import Month

__all__ = [
    "AMOUNT",
    "CODE",
    "COUNT",
    "DAY",
    "DAY_OR_MONTH",
    "DECIMAL_OR_TEXT",
    "LABEL",
    "MONTH",
    "NOTICE_NUMBER",
    "PERSONAL_TEXT",
    "SEQUENCE",
    "TEXT",
    "YES_NO",
    "word",
]

W = TypeVar("W")

AMOUNT: Final = Kind(cells.amount)
CODE: Final = Kind(cells.code, cells.text_oddities)
COUNT: Final = Kind(cells.count)
DAY: Final = Kind(cells.day, cells.day_oddities)
DAY_OR_MONTH: Final[Kind[date | Month]] = Kind(cells.day_or_month, cells.day_oddities)
DECIMAL_OR_TEXT: Final = Kind(cells.decimal_or_text(CLEAR_BYTES_MAX), cells.text_oddities)
LABEL: Final = Kind(cells.label(CLEAR_BYTES_MAX), cells.text_oddities)
MONTH: Final = Kind(cells.month)
NOTICE_NUMBER: Final = Kind(cells.notice_number, cells.text_oddities)
PERSONAL_TEXT: Final = Kind(cells.text(LOCKED_BYTES_MAX), cells.text_oddities)
SEQUENCE: Final = Kind(cells.sequence)
TEXT: Final = Kind(cells.text(CLEAR_BYTES_MAX), cells.text_oddities)
YES_NO: Final = Kind(cells.yes_no)


def word(words: Mapping[str, W]) -> Kind[W]:
    """A cell that holds one of ``words``."""
    return Kind(cells.word(words))
