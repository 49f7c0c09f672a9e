"""Where a field of an event lives, and so who may see it: one word in the class.

``public()`` fields stand in the header, for everyone; ``internal()`` ones in the salted internal section, for the
office and its auditors; ``personal()`` ones in a section locked with the person's key. Public fields are repeated
in the internal section, so that an overseer can compare the two. No rule, state or figure reads a personal field.
"""

import re
from collections.abc import Callable
from datetime import date
from enum import Enum
from functools import cache, lru_cache
from typing import Any, ClassVar, Final, TypeVar, dataclass_transform

import attrs

from cadreledger.errors import InputError
from cadreledger.events.kinds import Kind, kind_of
from cadreledger.values import StreamKind, stream_kind
from cadreledger.values.time import YEAR_MAX, YEAR_MIN

__all__ = [
    "META",
    "Dated",
    "Event",
    "Section",
    "event",
    "evolve",
    "fields_of",
    "internal",
    "mentions",
    "own_fields",
    "personal",
    "public",
    "resting_field",
    "rests_on",
    "stream_fields",
    "without_personal",
]

META: Final = frozenset(
    {
        "type",
        "stream",
        "version",
        "occurred_on",
        "registered_on",
        "recorded_at",
        "by",
        "tx",
        "tx_size",
        "source",
        "replaces",
    }
    | {"subject", "personal", "sign", "voids", "internal"}
)
"""Names that the frame itself uses; no field of an event may be called so (a void's own fields excepted)."""

_WIRE: Final = re.compile(r"[a-z][a-z_]{0,31}(\.[a-z][a-z_]{0,31})?/[1-9][0-9]{0,2}", re.ASCII)
_WORDS: Final = kind_of(str | None)
E = TypeVar("E", bound="Event")
T = TypeVar("T")


class Section(Enum):
    """The three sections of an event."""

    PUBLIC = "public"
    INTERNAL = "internal"
    PERSONAL = "personal"


class Dated(Enum):
    """Whether an event has a civil date; a flow figure needs one on every event that it reads."""

    ALWAYS = "always"
    MAYBE = "maybe"
    NEVER = "never"


# A field specifier must return Any to stand as the value of a field of any type (PEP 681).
def public(*, unit: str = "", least: int | None = None, pattern: str = "", default: Any = attrs.NOTHING) -> Any:  # noqa: ANN401
    """A field that everyone sees. ``unit`` of a number, ``least`` allowed; text must match the ASCII ``pattern``."""
    return _field(Section.PUBLIC, unit, least, pattern, default)


def internal(*, unit: str = "", least: int | None = None, pattern: str = "", default: Any = attrs.NOTHING) -> Any:  # noqa: ANN401
    """A field for the office and its auditors: what rules, states and attested figures read."""
    return _field(Section.INTERNAL, unit, least, pattern, default)


def personal(*, default: None, unit: str = "") -> Any:  # noqa: ANN401
    """A field that names or describes a person; None (its default, always) where there is none or the key is gone."""
    return _field(Section.PERSONAL, unit, None, "", default)


def rests_on() -> Any:  # noqa: ANN401
    """An internal field: the version, in the same stream, of the event that this one would be meaningless without."""
    return attrs.field(
        metadata={"section": Section.INTERNAL, "unit": "version", "least": 1, "pattern": "", "rests": True}
    )


def _field(section: Section, unit: str, least: int | None, pattern: str, default: object) -> Any:  # noqa: ANN401
    metadata = {"section": section, "unit": unit, "least": least, "pattern": pattern}
    return attrs.field(default=default, metadata=metadata, repr=section is not Section.PERSONAL)  # reprs get logged


@dataclass_transform(kw_only_default=True, frozen_default=True)
def _frozen(cls: type[T]) -> type[T]:
    return attrs.frozen(kw_only=True)(cls)


@_frozen
class Event:
    """Something that happened. ``occurred_on`` is the civil date in the ledger's time zone, None where unknown."""

    wire: ClassVar[str]
    counted: ClassVar[bool]
    dated: ClassVar[Dated]
    streams: ClassVar[frozenset[StreamKind]]

    occurred_on: date | None = None

    def __attrs_post_init__(self) -> None:
        day = self.occurred_on
        if day is None and self.dated is Dated.ALWAYS:
            raise InputError(f"{self.wire} needs a date", "a date", "None")
        if day is None:
            return
        if self.dated is Dated.NEVER or type(day) is not date or not YEAR_MIN <= day.year <= YEAR_MAX:
            expected = "no date" if self.dated is Dated.NEVER else f"a date in {YEAR_MIN}..{YEAR_MAX}"
            raise InputError(f"{self.wire} has a wrong date", expected, type(day).__name__)

    def subject(self, stream: str) -> str:
        """The stream whose key locks the personal section of this event in ``stream``."""
        return stream

    def rests_on(self) -> int | None:
        """The version, in the same stream, of the event that this one would be meaningless without."""
        name = resting_field(type(self))
        return getattr(self, name) if name else None


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(public, internal, personal, rests_on))
def event(wire: str, *streams: StreamKind, counted: bool, dated: Dated = Dated.ALWAYS) -> Callable[[type[E]], type[E]]:
    """Make a class an event: frozen, keyword-only, every field checked.

    ``wire`` is the stored name with its version; ``streams`` the kinds of streams that may hold it; ``counted`` tells
    whether a public figure counts the type, and so whether a header may name it. Raises TypeError for a class that
    breaks the rules of sections.
    """
    if not _WIRE.fullmatch(wire):
        raise TypeError(f"{wire!r} is no wire name")

    def make(cls: type[E]) -> type[E]:
        cls.wire, cls.counted, cls.dated, cls.streams = wire, counted, dated, frozenset(streams)
        made = attrs.frozen(kw_only=True, field_transformer=_with_checks)(cls)
        for field in own_fields(made):
            problem = _unpublishable(made, field) if field.metadata["section"] is Section.PUBLIC else ""
            if problem:
                raise TypeError(f"{wire}: {problem} ({field.name})")
        return made

    return make


def _unpublishable(cls: type[Event], field: "attrs.Attribute[object]") -> str:
    """What keeps a field out of a header."""
    kind: Kind = field.metadata["kind"]
    if not cls.counted:
        return "no figure counts it, so it has no public field"
    if kind.optional:
        return "a public field is always there"
    if kind.exact in (str, tuple) and not field.metadata["pattern"]:
        return "public text needs a pattern"
    if field.name == "month" and cls.dated is not Dated.NEVER:
        return "a header's month is that of the date"
    return ""


def own_fields(cls: type[Event]) -> tuple["attrs.Attribute[object]", ...]:
    """The fields of an event class that lie in a section, in the order written."""
    return tuple(field for field in fields_of(cls) if "section" in field.metadata)


def fields_of(cls: type[Event]) -> tuple["attrs.Attribute[object]", ...]:
    """Every field of an event class, the date included."""
    return attrs.fields(cls)  # type: ignore[arg-type,no-any-return] # attrs made it, by way of our decorator


def evolve(happened: E, **changes: object) -> E:
    """A copy of the event with ``changes``. Raises InputError for a field that it does not have, or a wrong value."""
    unknown = sorted(set(changes) - {field.name for field in fields_of(type(happened))})
    if unknown:
        raise InputError("a change names an unknown field", f"a field of {happened.wire}", unknown[0])
    return attrs.evolve(happened, **changes)  # type: ignore[misc] # the same


def _with_checks(cls: type, fields: list["attrs.Attribute[Any]"]) -> list["attrs.Attribute[Any]"]:
    checked = []
    for field in fields:
        if field.name == "occurred_on" or field.metadata.get("target"):
            checked.append(field)  # checked by Event itself, and by the codec
        elif "section" not in field.metadata:
            raise TypeError(f"{cls.__name__}.{field.name} is in no section")
        elif field.name in META:
            raise TypeError(f"{cls.__name__}.{field.name}: the frame uses that name")
        else:
            kind, rules = kind_of(field.type), field.metadata
            if rules["section"] is Section.PERSONAL and kind != _WORDS:
                raise TypeError(f"{cls.__name__}.{field.name} is personal, so it is a str | None")
            check = kind.validator(getattr(cls, "wire", ""), rules["least"], rules["pattern"], rules["unit"])
            checked.append(field.evolve(validator=check, metadata={**rules, "kind": kind}))
    return checked


def mentions(happened: Event, stream: str) -> tuple[str, ...]:
    """The people that an event in ``stream`` refers to, by stream, in the order of its fields, ``stream`` left out.

    A void refers to those that its target refers to.
    """
    about = getattr(happened, "undoes", None) or happened
    named: list[str | None] = [getattr(about, name) for name in stream_fields(type(about))]
    people = [name for name in named if name is not None and name != stream and _is_person(name)]
    return tuple(dict.fromkeys(people))


@lru_cache(maxsize=1024)  # the same few branches come again and again
def _is_person(stream: str) -> bool:
    return stream_kind(stream).is_random


def without_personal(happened: E) -> E:
    """The event as somebody sees it who does not have the person's key."""
    locked = {field.name: None for field in own_fields(type(happened)) if field.metadata["section"] is Section.PERSONAL}
    return evolve(happened, **locked)


def stream_fields(cls: type[Event]) -> tuple[str, ...]:
    """The fields of events of this class that hold a stream."""
    return _stream_fields(cls)  # type: ignore[arg-type] # a class is hashable


@cache
def _stream_fields(cls: type[Event]) -> tuple[str, ...]:
    return tuple(field.name for field in own_fields(cls) if field.metadata["kind"].holds_stream)


def resting_field(cls: type[Event]) -> str:
    """The field that names the version which an event of this class rests on; "" where it rests on none."""
    return _resting_field(cls)  # type: ignore[arg-type] # a class is hashable


@cache
def _resting_field(cls: type[Event]) -> str:
    return next((field.name for field in own_fields(cls) if field.metadata.get("rests")), "")
