"""Money is a whole number of fen (1 yuan = 100 fen). Never a float: 0.1 + 0.2 is no amount."""

import re
from decimal import Decimal
from functools import total_ordering
from typing import Final

import attrs

from cadreledger.errors import InputError

__all__ = ["AMOUNT_FEN_MAX", "Money", "fen", "yuan"]

AMOUNT_FEN_MAX: Final = 2**53 - 1  # the largest integer that every JSON reader keeps exactly (RFC 8785)
_YUAN_TEXT: Final = re.compile(r"-?[0-9]{1,14}(\.[0-9]{1,2})?\Z", re.ASCII)


def _whole_fen(_instance: object, _attribute: object, value: int) -> None:
    if type(value) is not int:
        raise InputError("money is counted in whole fen", "an int", type(value).__name__, "Use yuan('8.50').")
    if abs(value) > AMOUNT_FEN_MAX:
        raise InputError("an amount is too large", f"at most {AMOUNT_FEN_MAX} fen", str(value))


@total_ordering
@attrs.frozen(repr=False)
class Money:
    """An amount in Chinese yuan, held as whole fen; may be negative where a sum is.

    Raises InputError for anything but an int within ±(2**53 - 1).
    """

    fen: int = attrs.field(validator=_whole_fen)

    def __add__(self, other: "Money") -> "Money":
        return Money(self.fen + other.fen) if isinstance(other, Money) else NotImplemented

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.fen - other.fen) if isinstance(other, Money) else NotImplemented

    def __neg__(self) -> "Money":
        return Money(-self.fen)

    def __lt__(self, other: "Money") -> bool:
        return self.fen < other.fen if isinstance(other, Money) else NotImplemented

    def __str__(self) -> str:
        """Yuan with two decimals: ``8.50``, ``-7.40``."""
        whole, part = divmod(abs(self.fen), 100)
        return f"{'-' if self.fen < 0 else ''}{whole}.{part:02d}"

    def __repr__(self) -> str:
        return f"yuan('{self}')"


def fen(amount: int) -> Money:
    """``amount`` fen as Money. Raises InputError unless it is an int in range."""
    return Money(amount)


def yuan(amount: str | int | Decimal) -> Money:
    """``amount`` yuan as Money: ``yuan("8.50")``, ``yuan(8)``, ``yuan(Decimal("8.5"))``.

    Text is an optional sign, ASCII digits and at most two decimals. A float is refused.
    Raises InputError for anything else.
    """
    if type(amount) is int:
        return Money(amount * 100)
    text = format(amount, "f") if isinstance(amount, Decimal) and amount.is_finite() else amount
    if not isinstance(text, str):
        raise InputError(
            "an amount of yuan cannot be read", "text such as '8.50'", type(amount).__name__, "Floats are refused."
        )
    if not _YUAN_TEXT.match(text):
        raise InputError("an amount of yuan cannot be read", "digits and at most two decimals", repr(text[:32]))
    whole, _, part = text.lstrip("-").partition(".")  # not by way of Decimal, whose context may round
    amount_fen = int(whole) * 100 + int(part.ljust(2, "0"))
    return Money(-amount_fen if text.startswith("-") else amount_fen)
