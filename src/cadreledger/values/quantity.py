"""Quantities that may be vague: "1000 or more" stays that, whatever it is added to."""

from enum import Enum

import attrs

from cadreledger.errors import InputError

__all__ = ["Qualifier", "Quantity"]


class Qualifier(Enum):
    """How far a number is to be trusted."""

    EXACT = "exact"
    AT_LEAST = "at_least"  # 以上
    ABOUT = "about"  # 约


@attrs.frozen
class Quantity:
    """A sum of counted things, with how many of its parts were vague.

    Quantities form an abelian group under ``+``: voiding the only vague part makes the sum exact again.
    ``value``, ``at_least`` and ``about`` are whole numbers and may be negative while partial sums are merged.
    """

    value: int = 0
    at_least: int = 0
    about: int = 0

    def __attrs_post_init__(self) -> None:
        for number in (self.value, self.at_least, self.about):
            if type(number) is not int:
                raise InputError("a quantity counts whole things", "an int", type(number).__name__)

    @classmethod
    def of(cls, value: int, qualifier: Qualifier = Qualifier.EXACT) -> "Quantity":
        """One part: ``value`` things, as sure as ``qualifier`` says."""
        return cls(value, int(qualifier is Qualifier.AT_LEAST), int(qualifier is Qualifier.ABOUT))

    @property
    def qualifier(self) -> Qualifier:
        """``about`` goes before ``at_least`` before ``exact``."""
        if self.about:
            return Qualifier.ABOUT
        return Qualifier.AT_LEAST if self.at_least else Qualifier.EXACT

    def __add__(self, other: "Quantity") -> "Quantity":
        if not isinstance(other, Quantity):
            return NotImplemented
        return Quantity(self.value + other.value, self.at_least + other.at_least, self.about + other.about)

    def __neg__(self) -> "Quantity":
        return Quantity(-self.value, -self.at_least, -self.about)
