"""The types that a field of an event may have, and how each becomes JSON and comes back."""

import re
import types
from collections.abc import Callable
from datetime import date
from enum import Enum
from functools import lru_cache
from typing import Final, Union, get_args, get_origin

import attrs

from cadreledger.errors import InputError
from cadreledger.values import Money, Month, StreamId, stream_kind

__all__ = ["Kind", "kind_of"]

INTEGER_MAX: Final = 2**53 - 1  # what canonical JSON can hold (RFC 8785 section 3.2.2.3)


@attrs.frozen
class Kind:
    """How a Python type stands in JSON.

    ``exact`` is the type a value must have, exactly; ``json`` the type a decoder reads; ``lower`` and ``lift`` convert
    (None: the value is its own JSON); ``holds_stream`` tells whether the value names a stream.
    """

    exact: type
    json: object
    optional: bool = False
    lower: Callable[..., object] | None = None
    lift: Callable[..., object] | None = None
    holds_stream: bool = False

    def validator(
        self, wire: str, least: int | None, pattern: str
    ) -> Callable[[object, "attrs.Attribute[object]", object], None]:
        """A check of one field's value: right type, in range, well-formed, of the right form."""
        form = re.compile(pattern, re.ASCII) if pattern else None

        def check(_event: object, field: "attrs.Attribute[object]", value: object) -> None:
            if value is None and self.optional:
                return
            if type(value) is not self.exact:
                raise InputError(f"{wire} {field.name} has a wrong type", self.exact.__name__, type(value).__name__)
            problem = _problem(value, least)
            if problem:
                raise InputError(f"{wire} {field.name} has a wrong value", problem)
            if form and not all(form.fullmatch(text) for text in (value if isinstance(value, tuple) else (value,))):
                raise InputError(f"{wire} {field.name} has a wrong form", pattern)
            if self.holds_stream:
                stream_kind(str(value))

        return check


def kind_of(annotation: object) -> Kind:
    """The Kind of a field's type: a plain type, or one with ``| None``. Raises TypeError for a type that has none."""
    if get_origin(annotation) in (Union, types.UnionType):
        (plain,) = (arg for arg in get_args(annotation) if arg is not type(None))
        return attrs.evolve(kind_of(plain), optional=True)
    if annotation is StreamId:
        return Kind(str, str, holds_stream=True)
    if annotation == tuple[str, ...]:
        return Kind(tuple, tuple[str, ...])
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return Kind(annotation, annotation, lower=_value)
    known: dict[object, Kind] = {
        str: Kind(str, str),
        int: Kind(int, int),
        bool: Kind(bool, bool),
        date: Kind(date, date, lower=str),
        Money: Kind(Money, int, lower=_fen, lift=Money),
        Month: Kind(Month, str, lower=str, lift=_month),
    }
    if annotation not in known:
        raise TypeError(f"a field of an event cannot be a {annotation}")
    return known[annotation]


def _problem(value: object, least: int | None) -> str:
    if isinstance(value, Money):
        return f"at least {least} fen" if least is not None and value.fen < least else ""
    if type(value) is int:
        if least is not None and value < least:
            return f"at least {least}"
        return f"at most {INTEGER_MAX}" if abs(value) > INTEGER_MAX else ""
    if isinstance(value, date):
        return "" if value.year >= 1900 else "a date from 1900 on"  # noqa: PLR2004 - as in every register
    if isinstance(value, tuple) and not all(type(item) is str for item in value):
        return "a tuple of texts"
    for text in value if isinstance(value, tuple) else (value,):
        if isinstance(text, str) and not _well_formed(text):
            return "well-formed Unicode"
    return ""


def _well_formed(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _value(word: Enum) -> object:
    return word.value


def _fen(value: Money) -> int:
    return value.fen


@lru_cache(maxsize=4096)
def _month(text: str) -> Month:
    return Month.parse(text)
