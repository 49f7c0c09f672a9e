"""What a clerk typed into a cell, read as a value: pure functions, one a kind of cell.

A parser gives the value, or None for a blank cell, or raises CellError, which says what was expected and what to do.
Keys, dates, numbers and words are normalised (NFKC, no surrounding space); other text is only trimmed.
An oddity is what a person should look at, though the value stands.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final, TypeAlias, TypeVar

import attrs

from cadreledger.errors import InputError
from cadreledger.intake.problems import Code
from cadreledger.values import Money, Month, fen
from cadreledger.values import code as checked_code
from cadreledger.values.money import AMOUNT_FEN_MAX
from cadreledger.values.time import YEAR_MAX, YEAR_MIN

__all__ = [
    "CellError",
    "CellValue",
    "Oddity",
    "Refused",
    "amount",
    "code",
    "count",
    "day",
    "day_oddities",
    "day_or_month",
    "decimal_or_text",
    "is_blank",
    "label",
    "month",
    "normal",
    "notice_number",
    "sequence",
    "shown",
    "text",
    "text_oddities",
    "word",
    "yes_no",
]

TEXT_CHARS_MAX: Final = 2_000  # longer text is kept, with a warning
COUNT_MAX: Final = 999_999_999
NOTICE_NUMBER_CHARS_MAX: Final = 64
_SHOWN_CHARS_MAX: Final = 40

_AMOUNT: Final = re.compile(r"(-?)¥?(-?)([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(\.[0-9]+)?", re.ASCII)
_DECIMAL: Final = re.compile(r"(-?)([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(\.[0-9]+)?", re.ASCII)
_WHOLE: Final = re.compile(r"[0-9]{1,9}", re.ASCII)
_DAY: Final = re.compile(r"([0-9]{4})(?:([-./])([0-9]{1,2})\2([0-9]{1,2})|年([0-9]{1,2})月([0-9]{1,2})日)", re.ASCII)
_MONTH: Final = re.compile(r"([0-9]{4})(?:[-./]([0-9]{1,2})|年([0-9]{1,2})月)", re.ASCII)
_YES: Final = frozenset(("是", "√", "Y", "y"))
_NO: Final = frozenset(("否", "N", "n"))
_FORMULA_STARTS: Final = ("=", "+", "-", "@")

W = TypeVar("W")


@attrs.frozen
class Refused:
    """Stands in a row for a cell whose value cannot be had: a formula, an error value, a text beyond all limits."""

    code: Code
    shown: str


CellValue: TypeAlias = str | int | float | date | time | timedelta | Refused | None
"""What the spreadsheet library gives for a cell; a ``datetime`` is a ``date``, a ``bool`` an ``int``."""


@dataclass(eq=False)
class CellError(InputError):
    """A cell does not say what its column asks for. ``code`` is the problem's stable code."""

    code: Code = Code.MISSING_VALUE


@attrs.frozen
class Oddity:
    """Something to look at in a cell whose value stands."""

    code: Code
    expected: str
    hint: str


def normal(typed: str) -> str:
    """``typed`` in NFKC (full-width digits and letters become ASCII), without surrounding space."""
    return unicodedata.normalize("NFKC", typed).strip()


def is_blank(value: CellValue) -> bool:
    """Nothing, or nothing but space (full-width space too)."""
    return value is None or (isinstance(value, str) and not value.strip())


def shown(value: CellValue) -> str:
    """A cell's value for a message: short, printable. Personal columns show a mask instead."""
    printed = value.shown if isinstance(value, Refused) else _plain(value)
    printed = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in printed.strip())
    return printed if len(printed) <= _SHOWN_CHARS_MAX else f"{printed[: _SHOWN_CHARS_MAX - 1]}…"


def amount(value: CellValue) -> Money | None:
    """Yuan: a number, or text such as ``12.50``, ``¥12.50``, ``1,200.00``. Zero or more, at most two decimals.

    A number cell is the shortest decimal of its double: 7.4000000000000004 in the file is 7.40.
    """
    if is_blank(value):
        return None
    number = _amount_text(value) if isinstance(value, str) else _decimal(value)
    if number is None or not number.is_finite():
        raise _refused(Code.AMOUNT_NOT_A_NUMBER, "an amount such as 12.50", "Type digits only, without a unit.")
    if number < 0:
        hint = "A mistake is corrected by a row with 更正序号, not by a negative amount."
        raise _refused(Code.AMOUNT_NEGATIVE, "an amount of zero or more", hint)
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -2:  # noqa: PLR2004 - decimals of a yuan
        raise _refused(Code.AMOUNT_DECIMALS, "at most two decimals", "Round it to the fen.")
    if number > Decimal(AMOUNT_FEN_MAX).scaleb(-2):
        raise _refused(Code.AMOUNT_TOO_LARGE, f"at most {AMOUNT_FEN_MAX} fen")
    return fen(int(number.scaleb(2)))


def sequence(value: CellValue) -> int | None:
    """A 序号: a whole number from 1, typed as a number or as text."""
    number = _whole(value)
    if number == 0:
        raise _refused(Code.NUMBER_UNREADABLE, "a whole number from 1")
    return number


def count(value: CellValue) -> int | None:
    """How many: a whole number from 0, typed as a number or as text."""
    return _whole(value)


def day(value: CellValue) -> date | None:
    """A civil date: an Excel date, or text such as ``2021-07-05``, ``2021.7.5``, ``2021/7/5``, ``2021年7月5日``.

    From 1900 on. An Excel date with a time of day counts as its day.
    """
    if is_blank(value):
        return None
    found = _day_text(value) if isinstance(value, str) else _day_cell(value)
    if found is None or found.year > YEAR_MAX:
        hint = "Format the cell as a date, or as text." if isinstance(value, int | float) else ""
        raise _refused(Code.DATE_UNREADABLE, "a date such as 2021-07-05", hint)
    if found.year < YEAR_MIN:
        raise _refused(Code.DATE_TOO_EARLY, "a date from 1900-01-01 on")
    return found


def month(value: CellValue) -> Month | None:
    """A month: text such as ``2021-07``, ``2021.7``, ``2021/7``, ``2021年7月``, or the month of an Excel date."""
    if is_blank(value):
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        hint = "A number loses its zero (2021.1 may be 2021.10): format the cell as text."
        raise _refused(Code.MONTH_IS_NUMBER, "a month as text, such as 2021-07", hint)
    if isinstance(value, date):
        found = day(value)
        return None if found is None else Month.of(found)
    match = _MONTH.fullmatch(_digits(value)) if isinstance(value, str) else None
    if match is None or not 1 <= int(match[2] or match[3]) <= 12 or int(match[1]) > YEAR_MAX:  # noqa: PLR2004 - months
        raise _refused(Code.MONTH_UNREADABLE, "a month such as 2021-07")
    if int(match[1]) < YEAR_MIN:
        raise _refused(Code.DATE_TOO_EARLY, "a month from 1900-01 on")
    return Month(int(match[1]), int(match[2] or match[3]))


def day_or_month(value: CellValue) -> date | Month | None:
    """A date, or a month where only that is known."""
    if isinstance(value, str) and not _MONTH.fullmatch(_digits(value)):
        return day(value)
    return day(value) if isinstance(value, date) else month(value)


def day_oddities(value: CellValue) -> tuple[Oddity, ...]:
    """Warns of an Excel date with a time of day: the time is not kept."""
    if isinstance(value, datetime) and value.time() != time():
        return (Oddity(Code.TIME_IGNORED, "a date without a time", "The day counts."),)
    return ()


def yes_no(value: CellValue) -> bool:
    """是, √, Y are yes; 否, N and a blank cell are no. So are an Excel TRUE and FALSE."""
    if is_blank(value):
        return False
    if isinstance(value, bool):
        return value
    answer = normal(value) if isinstance(value, str) else ""
    if answer not in _YES | _NO:
        raise _refused(Code.UNKNOWN_WORD, "one of 是, √, Y, 否, N, or blank")
    return answer in _YES


def word(words: Mapping[str, W]) -> Callable[[CellValue], W | None]:
    """A parser for one of ``words``, which gives what the word stands for."""

    def parse(value: CellValue) -> W | None:
        if is_blank(value):
            return None
        meaning = words.get(normal(value)) if isinstance(value, str) else None
        if meaning is None:
            raise _refused(Code.UNKNOWN_WORD, f"one of {', '.join(words)}")
        return meaning

    return parse


def code(value: CellValue) -> str | None:
    """The office's code for a person or a thing: 1 to 64 printable characters without space."""
    if is_blank(value):
        return None
    expected = "a code of 1 to 64 characters without space"
    if isinstance(value, bool | date | time | timedelta):
        hint = "The spreadsheet program took the code for a date: format the column as text, and type it again."
        raise _refused(Code.CODE_UNREADABLE, expected, hint)
    try:
        return checked_code(_plain(value))
    except InputError:
        raise _refused(Code.CODE_UNREADABLE, expected) from None


def text(bytes_max: int) -> Callable[[CellValue], str | None]:
    """A parser for free text, trimmed, at most ``bytes_max`` bytes of UTF-8; a number is text as it reads."""

    def parse(value: CellValue) -> str | None:
        trimmed = _plain(value).strip()
        if len(trimmed.encode()) > bytes_max:
            raise _refused(Code.TEXT_TOO_LONG, f"at most {bytes_max} bytes of text")
        return trimmed or None

    return parse


def label(bytes_max: int) -> Callable[[CellValue], str | None]:
    """A parser for text that may be a code, and so is normalised like one."""
    parse_text = text(bytes_max)

    def parse(value: CellValue) -> str | None:
        return parse_text(normal(value) if isinstance(value, str) else value)

    return parse


def decimal_or_text(bytes_max: int) -> Callable[[CellValue], str | None]:
    """A parser for what is mostly a number: a plain decimal such as ``1200.5``; other text as ``text`` reads it."""
    parse_text = text(bytes_max)

    def parse(value: CellValue) -> str | None:
        if isinstance(value, float) and not math.isfinite(value):
            raise _refused(Code.NUMBER_UNREADABLE, "a number, or text")
        typed = parse_text(value)
        match = _DECIMAL.fullmatch(_digits(typed)) if typed and isinstance(value, str) else None
        return f"{match[1]}{match[2].replace(',', '')}{match[3] or ''}" if match else typed

    return parse


def notice_number(value: CellValue) -> str | None:
    """A 期号, such as ``2021-1`` or ``第 3 期``: 1 to 64 printable characters, normalised."""
    if is_blank(value):
        return None
    expected = f"a 期号 of 1 to {NOTICE_NUMBER_CHARS_MAX} characters"
    is_decimal = isinstance(value, float) and not value.is_integer()
    if is_decimal or isinstance(value, bool | date | time | timedelta):
        hint = "The spreadsheet program took it for a date or a decimal: format the column as text, and type it again."
        raise _refused(Code.CODE_UNREADABLE, expected, hint)
    number = normal(_plain(value))
    if not 1 <= len(number) <= NOTICE_NUMBER_CHARS_MAX or not number.isprintable():
        raise _refused(Code.CODE_UNREADABLE, expected)
    return number


def text_oddities(value: CellValue) -> tuple[Oddity, ...]:
    """Warns of text that a spreadsheet might take for a formula, of long text, and of a date where text was meant."""
    if isinstance(value, date | time | timedelta):
        return (Oddity(Code.DATE_IN_TEXT, "text", "The cell is a date: is that what was typed?"),)
    trimmed = value.strip() if isinstance(value, str) else ""
    oddities = []
    if trimmed.startswith(_FORMULA_STARTS):
        expected = "text that does not start with =, +, - or @"
        oddities.append(Oddity(Code.FORMULA_LIKE_TEXT, expected, "It is kept as text and never evaluated."))
    if len(trimmed) > TEXT_CHARS_MAX:
        oddities.append(Oddity(Code.LONG_TEXT, f"at most {TEXT_CHARS_MAX} characters", "The whole text is kept."))
    return tuple(oddities)


def _refused(problem: Code, expected: str, hint: str = "") -> CellError:
    return CellError("a cell cannot be read", expected, hint=hint, code=problem)


def _digits(typed: str) -> str:
    """``typed``, normalised, if every character stands for itself; NFKC would read 5² as 52 and ⑴ as (1)."""
    return "" if any(unicodedata.category(char) == "No" for char in typed) else normal(typed)


def _plain(value: CellValue) -> str:
    """A cell's value as the text a person would read in it."""
    match value:
        case None | Refused():
            return ""
        case bool():
            return str(value).upper()
        case float():
            number = Decimal(repr(value))
            return format(number.to_integral() if value.is_integer() else number, "f")
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
        case _:
            return str(value)


def _amount_text(typed: str) -> Decimal | None:
    match = _AMOUNT.fullmatch(_digits(typed))
    if match is None:
        return None
    sign = "-" if match[1] or match[2] else ""
    return Decimal(f"{sign}{match[3].replace(',', '')}{match[4] or ''}")


def _decimal(value: CellValue) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)


def _whole(value: CellValue) -> int | None:
    if is_blank(value):
        return None
    typed = _plain(value) if isinstance(value, int | float) else value
    match = _WHOLE.fullmatch(_digits(typed)) if isinstance(typed, str) else None
    if match is None:
        raise _refused(Code.NUMBER_UNREADABLE, f"a whole number up to {COUNT_MAX}")
    return int(match[0])


def _day_cell(value: CellValue) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None


def _day_text(typed: str) -> date | None:
    match = _DAY.fullmatch(_digits(typed))
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[3] or match[5]), int(match[4] or match[6]))
    except ValueError:  # no such day
        return None
