"""What must not stand in the clear: the words of the register that name a person."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, TypeVar
from unicodedata import category

from cadreledger.intake.cells import normal
from cadreledger.intake.format import Column

__all__ = ["SEALED", "Person", "PrivateWords", "Sealing"]

SEALED: Final = "(sealed)"  # stands in the clear for a text that was locked away
NAME_CHARS_MIN: Final = 2
NUMBER_CHARS_MIN: Final = 5  # a shorter phone number or address is found in too much that is none
Person = tuple[str | None, str | None, str | None, str | None]  # code, name, phone, address
_TOKEN: Final = re.compile(r"[0-9A-Za-z_-]+")

_RARE: Final = {"Co", "Cn"}  # private or newer than this Python's tables: rare characters of names lie there

T = TypeVar("T", str, str | None)


class PrivateWords:
    """The names, phone numbers, addresses and codes of people, to be looked for in other texts."""

    def __init__(self, people: Iterable[Person]) -> None:
        found: set[str] = set()
        codes: set[str] = set()
        for code, name, phone, address in people:
            codes |= {code} if code else set()
            texts = ((name, NAME_CHARS_MIN), (phone, NUMBER_CHARS_MIN), (address, NUMBER_CHARS_MIN))
            found |= {_joined(text) for text, chars_min in texts if text and len(_joined(text)) >= chars_min}
        self._words = frozenset(found)
        self._codes = frozenset(codes)
        self._lengths = sorted({len(word) for word in found})
        self.occur_in = lru_cache(maxsize=65_536)(self._occur_in)

    def _occur_in(self, text: str) -> bool:
        """Whether ``text`` names a person: contains a name, a number or an address, or a code as a word of its own.

        A code of digits alone counts only where it is the whole text: "12" is in every December.
        """
        plain = normal(text)
        if plain in self._codes or any(not token.isdigit() and token in self._codes for token in _TOKEN.findall(plain)):
            return True
        return self.names(text)

    def names(self, text: str) -> bool:
        """Whether ``text`` contains a person's name, number or address; codes are not looked for."""
        plain = _joined(text)
        return any(
            plain[start : start + length] in self._words
            for length in self._lengths
            for start in range(len(plain) - length + 1)
        )


class Sealing:
    """Texts of one row on their way in: those that name a person move to its personal note."""

    def __init__(self, note: str | None, words: PrivateWords) -> None:
        self._parts = [note] if note else []
        self._words = words
        self.moved: list[Column[object]] = []

    def clear(self, column: Column[object], text: T) -> T:
        """``text``, if it may stand in the clear; else what marks its absence, and the text goes to the note."""
        if text is None or not self._words.occur_in(text):
            return text
        self._parts.append(f"{column.header}：{text}")
        self.moved.append(column)
        return SEALED

    def note(self) -> str | None:
        """The note, with what moved into it."""
        return "；".join(self._parts) or None


def _joined(text: str) -> str:
    """``text`` as one word: a name that is spaced out or dotted is the same name, a number with dashes the same one."""
    return "".join(char for char in normal(text) if char.isalnum() or category(char) in _RARE)
