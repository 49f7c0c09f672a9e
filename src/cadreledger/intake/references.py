"""Cell references: ``F12``, ``A2:C4``, column letters."""

import re
from functools import cache
from typing import Final

import attrs

from cadreledger.errors import InputError

__all__ = ["ROW_NUMBER_MAX", "Range", "column_letters", "parse_cell", "parse_range"]

ROW_NUMBER_MAX: Final = 1_048_576  # rows of an Excel sheet
_COLUMN_NUMBER_MAX: Final = 16_384  # columns of an Excel sheet, XFD
_CELL: Final = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})\Z", re.ASCII)


@attrs.frozen
class Range:
    """A rectangle of cells; rows and columns count from 1, both ends included."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int

    def __str__(self) -> str:
        first = f"{column_letters(self.first_column)}{self.first_row}"
        return f"{first}:{column_letters(self.last_column)}{self.last_row}"


@cache  # at most 16,384 columns, and only numbers within it are kept
def column_letters(column: int) -> str:
    """1 is ``A``, 27 is ``AA``. Raises InputError unless ``column`` is in 1..16384."""
    if not 1 <= column <= _COLUMN_NUMBER_MAX:
        raise InputError("a sheet has no such column", f"1..{_COLUMN_NUMBER_MAX}", str(column))
    letters = ""
    while column:
        column, digit = divmod(column - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters


def parse_cell(reference: str) -> tuple[int, int]:
    """Row and column of ``F12``, both from 1. Raises InputError for any other form and beyond Excel's limits."""
    match = _CELL.match(reference)
    row, column = (int(match[2]), _column_number(match[1])) if match else (0, 0)
    if not 1 <= row <= ROW_NUMBER_MAX or column > _COLUMN_NUMBER_MAX:
        raise InputError("a cell reference cannot be read", "letters and a number, such as F12")
    return row, column


def parse_range(reference: str) -> Range:
    """``A2:C4``, or ``A2`` alone. Raises InputError for any other form, or if it ends before it starts."""
    first, colon, last = reference.partition(":")
    first_row, first_column = parse_cell(first)
    last_row, last_column = parse_cell(last) if colon else (first_row, first_column)
    if last_row < first_row or last_column < first_column:
        raise InputError("a range ends before it starts", "a range such as A2:C4")
    return Range(first_row, first_column, last_row, last_column)


@cache  # at most 26 + 26² + 26³ keys
def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
