"""What a page says twice: in Chinese, as it is written, and in English, at a switch."""

from collections.abc import Callable, Iterable
from datetime import date
from html import escape
from typing import Protocol

import attrs

from cadreledger.disclosure import chinese, english
from cadreledger.disclosure.snapshot import Adjustment, FigureRow
from cadreledger.values import Month, Period, Quantity

__all__ = ["Said", "Tongue", "say"]


class Tongue(Protocol):
    """A language that a page is in: the modules `chinese` and `english`."""

    def amount(self, row: FigureRow, quantity: Quantity, /) -> str:
        """A quantity of a figure with its unit."""

    def mark(self, row: FigureRow, /) -> str:
        """Who can check a figure."""

    def header_type(self, name: str, /) -> str:
        """What a type of header stands for."""

    def reason_words(self, adjustment: Adjustment, /) -> str:
        """Why a figure has changed."""

    def word_of(self, field: str, word: str, /) -> str:
        """What a word of a field stands for."""

    def division_of(self, row: FigureRow, field: str, /) -> str:
        """What a figure's breakdown by a field is called."""

    def record_numbers(self, leaves: Iterable[int], /) -> str:
        """Records, as a history counts them."""

    def day_words(self, day: date, /) -> str:
        """A day."""

    def month_word(self, month: Month, period: Period, /) -> str:
        """A month of a period."""

    def period_words(self, period: Period, /) -> str:
        """A period."""


@attrs.frozen
class Said:
    """A text in both languages. In a template, ``{{ said }}`` is an element that the page's switch knows.

    ``{{ said.zh }}`` with ``{{ said.attribute }}`` in its tag makes one of an element that is there.
    """

    zh: str
    en: str

    def __html__(self) -> str:
        """Chinese, in an element that carries the English."""
        return f"<span{self.attribute.__html__()}>{escape(chinese.visible(self.zh))}</span>"

    @property
    def attribute(self) -> "Attribute":
        """What an element needs that holds nothing but this text."""
        return Attribute("data-en", chinese.visible(self.en))

    @property
    def label(self) -> "Attribute":
        """What an element needs that has this text as its ``aria-label``."""
        return Attribute("data-en-label", chinese.visible(self.en))

    def __add__(self, other: "Said") -> "Said":
        """Both, one after the other."""
        return Said(self.zh + other.zh, self.en + other.en)


@attrs.frozen
class Attribute:
    """An attribute in a tag, with the space before it."""

    name: str
    value: str

    def __html__(self) -> str:
        """As it is written."""
        return f' {self.name}="{escape(self.value)}"'


def say(words: Callable[[Tongue], str]) -> Said:
    """What ``words`` makes in each language."""
    return Said(words(chinese), words(english))
