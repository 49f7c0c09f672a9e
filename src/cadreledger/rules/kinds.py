"""The kinds of answer that a rule may take: how each is written in a policy file, and what it is in a program.

No number of a policy is a float: money, rates and shares are written as text.
"""

import re
from collections.abc import Callable
from datetime import date
from enum import Enum
from fractions import Fraction
from typing import Final, Generic, TypeVar

import attrs

from cadreledger.errors import InputError
from cadreledger.values import Money, fen, yuan

__all__ = [
    "AMOUNT",
    "AMOUNT_RANGE",
    "BANDS",
    "CADENCE",
    "COUNT",
    "COUNT_RANGE",
    "DAY",
    "SHARE",
    "SWITCH",
    "WORDS",
    "Band",
    "Cadence",
    "Every",
    "Kind",
    "Range",
    "Rounding",
    "Share",
    "word_of",
]

T = TypeVar("T")
E = TypeVar("E", bound=Enum)

COUNT_MAX: Final = 9_999
BANDS_MAX: Final = 32
WORDS_MAX: Final = 64
INTEGER_SHOWN_MAX: Final = 10**18
_RATE: Final = re.compile(r"([0-9]{1,3})(?:\.([0-9]{1,2}))? ?%\Z", re.ASCII)
_SHARE: Final = re.compile(r"0(\.[0-9]{1,6})?\Z|1(\.0{1,6})?\Z", re.ASCII)
_WORD: Final = re.compile(r"[a-z][a-z_]{0,31}\Z", re.ASCII)
_WHOLE_RATE: Final = 10_000  # a rate is in hundredths of a percent


@attrs.frozen
class Kind(Generic[T]):
    """How an answer is ``read`` from a policy file (raises InputError), ``said`` to people, and what it looks like."""

    read: Callable[[object], T]
    said: Callable[[T], str]
    looks: str


@attrs.frozen
class Band:
    """A rate, in hundredths of a percent of the whole base, for bases up to and including ``up_to`` (None: any)."""

    up_to: Money | None
    rate: int


@attrs.frozen
class Range(Generic[T]):
    """From ``least`` to ``most``, both included."""

    least: T
    most: T


class Every(Enum):
    """How often something is due."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@attrs.frozen
class Cadence:
    """So many ``times`` in each month, quarter or year."""

    times: int
    every: Every


@attrs.frozen
class Share:
    """A part of a whole, from 0 to 1, as text with at most six decimals; exact.

    Raises InputError for another form.
    """

    text: str

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.text, str) or not _SHARE.match(self.text):
            found = self.text[:32] if isinstance(self.text, str) else type(self.text).__name__
            raise InputError("a share cannot be read", "a decimal from 0 to 1 such as '0.70'", found)

    @property
    def parts(self) -> tuple[int, int]:
        """The share as numerator and denominator."""
        whole, _, part = self.text.partition(".")
        return int(whole + part), 10 ** len(part)

    @property
    def ratio(self) -> Fraction:
        """The share as a number, so that 0.7 and 0.70 are one."""
        return Fraction(*self.parts)

    def __str__(self) -> str:
        return self.text


class Rounding(Enum):
    """What happens to parts of a fen."""

    FEN_HALF_UP = "fen_half_up"
    JIAO_UP = "jiao_up"  # up to a full 0.1 yuan, which is easier to pay in cash

    def money(self, numerator: int, denominator: int) -> Money:
        """``numerator / denominator`` fen, rounded. Requires numerator >= 0 and denominator > 0."""
        if numerator < 0 or denominator <= 0:
            raise InputError("an amount to round is negative", "0 or more")
        match self:
            case Rounding.FEN_HALF_UP:
                return fen((2 * numerator + denominator) // (2 * denominator))
            case Rounding.JIAO_UP:
                return fen(-(-numerator // (10 * denominator)) * 10)


def _amount(value: object) -> Money:
    if not isinstance(value, str):
        raise _wrong('an amount as text, "1000.00"', value)
    amount = yuan(value)
    if amount < fen(0):
        raise InputError("an amount of a policy is negative", "0.00 or more", value[:32])
    return amount


def _count(value: object) -> int:
    if type(value) is not int or not 0 <= value <= COUNT_MAX:
        raise _wrong(f"a whole number from 0 to {COUNT_MAX}", value)
    return value


def _switch(value: object) -> bool:
    if type(value) is not bool:
        raise _wrong("true or false", value)
    return value


def _day(value: object) -> date:
    if type(value) is not date:
        raise _wrong("a date such as 1949-10-01", value)
    return value


def _share(value: object) -> Share:
    if not isinstance(value, str):
        raise _wrong('a share as text, "0.70"', value)
    return Share(value)


def _table(value: object, *keys: str, optional: str = "") -> dict[str, object]:
    if not isinstance(value, dict) or not set(keys) <= set(value) <= {*keys, optional}:
        raise _wrong("a table of " + ", ".join([*keys, *([optional] if optional else [])]), value)
    return value


def _range(read: Callable[[object], T]) -> Callable[[object], Range[T]]:
    def reading(value: object) -> Range[T]:
        table = _table(value, "least", "most")
        found = Range(read(table["least"]), read(table["most"]))
        if found.most < found.least:  # type: ignore[operator] # amounts and whole numbers have an order
            raise InputError("a range ends before it begins", f"most from {found.least} on", str(found.most))
        return found

    return reading


def _cadence(value: object) -> Cadence:
    table = _table(value, "times", "every")
    times = _count(table["times"])
    if not times:
        raise InputError("a cadence asks for nothing", "at least 1 time", "0")
    return Cadence(times, word_of(Every).read(table["every"]))


def _rate(value: object) -> int:
    match = _RATE.match(value) if isinstance(value, str) else None
    if match is None:
        raise _wrong('a rate as text, "0.5 %", with at most two decimals', value)
    rate = int(match[1]) * 100 + int((match[2] or "0").ljust(2, "0"))
    if rate > _WHOLE_RATE:
        raise InputError("a rate is more than the whole", "at most 100 %", str(value)[:32])
    return rate


def _bands(value: object) -> tuple[Band, ...]:
    if not isinstance(value, list) or not 1 <= len(value) <= BANDS_MAX:
        raise _wrong("a list of bands", value)
    tables = [_table(each, "rate", optional="up_to") for each in value]
    bands = tuple(Band(_amount(each["up_to"]) if "up_to" in each else None, _rate(each["rate"])) for each in tables)
    limits = [band.up_to for band in bands]
    closed = [limit for limit in limits if limit is not None]
    if limits != [*sorted(set(closed)), None]:
        raise InputError("bands do not cover every base", "rising up_to, and a last band without one")
    return bands


def _words(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not 1 <= len(value) <= WORDS_MAX:
        raise _wrong("a list of words", value)
    for each in value:
        if not isinstance(each, str) or not _WORD.match(each):
            raise _wrong("words of small letters and underscores", each)
    if len(set(value)) != len(value):
        raise InputError("a word stands twice in a list", "each word once")
    return tuple(value)


def word_of(words: type[E]) -> Kind[E]:
    """One of the words of an enumeration."""
    known = [str(each.value) for each in words]

    def read(value: object) -> E:
        if value not in known:
            raise _wrong("one of " + ", ".join(known), value)
        return words(value)

    return Kind(read, lambda each: str(each.value), " | ".join(f'"{each}"' for each in known))


def _wrong(expected: str, value: object) -> InputError:
    small = type(value) is int and abs(value) <= INTEGER_SHOWN_MAX  # a larger one may have too many digits to write
    found = value[:32] if isinstance(value, str) else str(value) if small else type(value).__name__
    return InputError("a provision has a wrong value", expected, found)


def _say_bands(bands: tuple[Band, ...]) -> str:
    parts = [f"{'above' if band.up_to is None else f'up to {band.up_to}'}: {_percent(band.rate)}" for band in bands]
    return "; ".join(parts) if len(parts) > 1 else _percent(bands[0].rate)


def _percent(rate: int) -> str:
    whole, part = divmod(rate, 100)
    return f"{whole}.{part:02}".rstrip("0").rstrip(".") + " %"


AMOUNT: Final = Kind(_amount, str, '"1000.00"')
AMOUNT_RANGE: Final = Kind(
    _range(_amount), lambda each: f"{each.least} to {each.most}", '{ least = "0.20", most = "1.00" }'
)
BANDS: Final = Kind(_bands, _say_bands, '[{ up_to = "5000.00", rate = "0.5 %" }, { rate = "1 %" }]')
CADENCE: Final = Kind(_cadence, lambda each: f"{each.times} every {each.every.value}", '{ times = 1, every = "month" }')
COUNT: Final = Kind(_count, str, "6")
COUNT_RANGE: Final = Kind(_range(_count), lambda each: f"{each.least} to {each.most}", "{ least = 3, most = 5 }")
DAY: Final = Kind(_day, date.isoformat, "1949-10-01")
SHARE: Final = Kind(_share, str, '"0.70"')
SWITCH: Final = Kind(_switch, lambda each: "yes" if each else "no", "true | false")
WORDS: Final = Kind(_words, ", ".join, '["training", "visits"]')
