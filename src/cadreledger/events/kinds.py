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
from cadreledger.values.time import YEAR_MAX, YEAR_MIN

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
        self, wire: str, least: int | None, pattern: str, form_said: str
    ) -> Callable[[object, "attrs.Attribute[object]", object], None]:
        """A check of one field's value: right type, in range, well-formed, of the form of ``pattern``, in words."""
        form = re.compile(pattern, re.ASCII) if pattern else None
        exact, problem_of = self.exact, _problem_of(self.exact, least)

        def check(_event: object, field: "attrs.Attribute[object]", value: object) -> None:
            if type(value) is not exact:
                if value is None and self.optional:
                    return
                raise InputError(f"{wire} {field.name} has a wrong type", exact.__name__, type(value).__name__)
            problem = problem_of(value) if problem_of else ""
            if problem:
                raise InputError(f"{wire} {field.name} has a wrong value", problem)
            if form and not all(form.fullmatch(text) for text in (value if isinstance(value, tuple) else (value,))):
                raise InputError(f"{wire} {field.name} has a wrong form", form_said or pattern)
            if self.holds_stream:
                _stream_kind(str(value))

        return check


def kind_of(annotation: object) -> Kind:
    """The Kind of a field's type: a plain type, or one with ``| None``. Raises TypeError for a type that has none."""
    if get_origin(annotation) in (Union, types.UnionType):
        plain = [arg for arg in get_args(annotation) if arg is not type(None)]
        if len(plain) != 1:
            raise TypeError(f"a field of an event cannot be a {annotation}")
        return attrs.evolve(kind_of(plain[0]), optional=True)
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


def _problem_of(exact: type, least: int | None) -> Callable[..., str] | None:
    """What tells whether a value of the type ``exact`` is wrong, and what is expected instead ("": it is right).

    None: every value of that type is right. Chosen once a field, because every event that is read runs it.
    """
    if exact is Money:
        return None if least is None else lambda value: "" if value.fen >= least else f"at least {least} fen"
    if exact is int:
        lowest, expected = (-INTEGER_MAX, f"at most {INTEGER_MAX}") if least is None else (least, f"at least {least}")
        return lambda value: expected if value < lowest else _integer_problem(value)
    simple: dict[type, Callable[..., str]] = {str: _text_problem, tuple: _texts_problem, date: _date_problem}
    return simple.get(exact)


def _integer_problem(value: int) -> str:
    return f"at most {INTEGER_MAX}" if value > INTEGER_MAX else ""


def _date_problem(value: date) -> str:
    return "" if YEAR_MIN <= value.year <= YEAR_MAX else f"a date in {YEAR_MIN}..{YEAR_MAX}"


def _texts_problem(value: tuple[str, ...]) -> str:
    if not all(type(item) is str for item in value):
        return "a tuple of texts"
    return next(filter(None, map(_text_problem, value)), "")


def _text_problem(text: str) -> str:
    if not text.isascii():
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            return "well-formed Unicode"
    return ""


def _value(word: Enum) -> object:
    return word.value


def _fen(value: Money) -> int:
    return value.fen


_stream_kind: Final = lru_cache(maxsize=4096)(stream_kind)  # few branches, many payments


@lru_cache(maxsize=4096)
def _month(text: str) -> Month:
    return Month.parse(text)
