"""What a catalogue is made of: types of headers with their fields, figures with their terms."""

import re
from enum import Enum, StrEnum
from typing import Final

import attrs

__all__ = [
    "NOTED",
    "Check",
    "Dating",
    "Declaration",
    "Field",
    "Form",
    "HeaderType",
    "Kind",
    "Role",
    "Term",
    "View",
    "Visibility",
]

NOTED: Final = "noted/1"


class View(Enum):
    """Who counts: the office (and its overseers) with internal sections, or the public with headers alone."""

    OFFICE = "office"
    PUBLIC = "public"


class Kind(StrEnum):
    """A flow sums the events of a period, a stock all events up to its end."""

    FLOW = "flow"
    STOCK = "stock"


class Visibility(StrEnum):
    """A public figure can be computed from headers alone; an attested one needs internal sections."""

    PUBLIC = "public"
    ATTESTED = "attested"


class Role(StrEnum):
    """Why a header names its type."""

    COUNTED = "counted"
    CONTROL = "control"
    NOTED = "noted"


class Dating(StrEnum):
    """Whether a header has a month."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    ABSENT = "absent"


class Form(StrEnum):
    """What a public field may hold."""

    WORD = "word"
    BOOLEAN = "boolean"
    COUNT = "count"
    AMOUNT = "amount"
    DELTA = "delta"
    TEXT = "text"
    TEXTS = "texts"


@attrs.frozen
class Field:
    """A public field of a header. ``values`` belong to a word, ``pattern`` (the whole of it) to text."""

    name: str
    form: Form
    values: tuple[str, ...] = ()
    pattern: str = ""

    def holds(self, value: object) -> bool:
        """Whether ``value``, as read from JSON, has this field's form."""
        match self.form:
            case Form.WORD:
                return type(value) is str and value in self.values
            case Form.BOOLEAN:
                return type(value) is bool
            case Form.COUNT | Form.AMOUNT:
                return type(value) is int and value >= 0
            case Form.DELTA:
                return type(value) is int
            case Form.TEXT:
                return self._matches(value)
            case Form.TEXTS:
                return isinstance(value, list | tuple) and all(map(self._matches, value))

    def _matches(self, value: object) -> bool:
        return type(value) is str and re.fullmatch(self.pattern, value, re.ASCII) is not None


@attrs.frozen
class HeaderType:
    """A type of header: its wire name, and its public fields beside ``month``."""

    name: str
    role: Role
    month: Dating
    fields: tuple[Field, ...]


@attrs.frozen
class Check:
    """Σ ``field`` over headers of ``type`` equals the signed number of headers of the type that it ``counts``."""

    type: str
    field: str
    counts: str


@attrs.frozen
class Term:
    """What an event of one type adds to a figure (module docstring)."""

    type: str
    weight: int
    sum: str | None = None
    where: tuple[tuple[str, str | int | bool], ...] = ()
    month: str | None = None
    qualifier: str | None = None

    @property
    def fields(self) -> frozenset[str]:
        """The fields of an event that this term reads, but for the event's own month."""
        return frozenset(filter(None, (self.sum, self.month, self.qualifier, *(name for name, _ in self.where))))


@attrs.frozen
class Declaration:
    """A figure: what it is called, and the terms that each view sums."""

    key: str
    kind: Kind
    unit: str
    visibility: Visibility
    zh: str
    en: str
    by: tuple[str, ...]
    office: tuple[Term, ...]
    public: tuple[Term, ...]

    def terms(self, view: View) -> tuple[Term, ...]:
        """What ``view`` sums; nothing where the figure is not given in it."""
        return self.office if view is View.OFFICE else self.public

    def given_in(self, view: View) -> bool:
        """Whether ``view`` has this figure at all."""
        return view is View.OFFICE or self.visibility is Visibility.PUBLIC
