"""The generated half of the codec: for each event class, how its fields become JSON objects and come back."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final, TypeVar

import attrs
import msgspec

from cadreledger.events.kinds import Kind
from cadreledger.events.sections import Event, Section, own_fields

__all__ = ["JSON", "Inside", "Shape", "VoidInside"]

JSON: Final = msgspec.json.Encoder(order="sorted")
"""Gives canonical JSON for the values that events may hold (a property test keeps it equal to `canonical`)."""


class Inside(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What every internal section holds beside the fields of its event. What is absent is None: JSON has no null."""

    type: str
    stream: str
    version: int
    recorded_at: str
    by: str
    tx: str
    tx_size: int
    occurred_on: date | None = None
    registered_on: date | None = None
    source: str | None = None
    replaces: str | None = None
    subject: str | None = None
    personal: str | None = None


class VoidInside(Inside, kw_only=True):
    """A void's internal section also says what it undoes."""

    undoes: dict[str, object]


Convert = Callable[..., object] | None


@attrs.frozen(eq=False)
class Shape:
    """One event class, taken apart: typed decoders for its sections, and the fields of each."""

    event_class: type[Event]
    internal: msgspec.json.Decoder[Inside]
    body: type[msgspec.Struct]
    personal: msgspec.json.Decoder[msgspec.Struct]
    open_fields: tuple[tuple[str, Kind], ...]  # public and internal
    lifts: tuple[tuple[str, Convert], ...]  # of the same
    public_fields: tuple[tuple[str, Convert], ...]
    personal_fields: tuple[str, ...]

    @classmethod
    def of(cls, event_class: type[Event]) -> "Shape":
        """The shape of ``event_class``."""
        fields = own_fields(event_class)
        inside = [field for field in fields if field.metadata["section"] is not Section.PERSONAL]
        locked = [field.name for field in fields if field.metadata["section"] is Section.PERSONAL]
        body = [_slot(field.name, field.metadata["kind"]) for field in inside]
        name, base = event_class.__name__, VoidInside if event_class.wire == "void/1" else Inside
        return cls(
            event_class=event_class,
            internal=msgspec.json.Decoder(_struct(f"{name}Internal", body, base)),
            body=_struct(f"{name}Undone", [("type", str), _optional(("occurred_on", date)), *body], msgspec.Struct),
            personal=msgspec.json.Decoder(
                _struct(f"{name}Personal", [_optional((item, str)) for item in locked], msgspec.Struct)
            ),
            open_fields=tuple((field.name, field.metadata["kind"]) for field in inside),
            lifts=tuple((field.name, field.metadata["kind"].lift) for field in inside),
            public_fields=tuple(
                (field.name, field.metadata["kind"].lower)
                for field in inside
                if field.metadata["section"] is Section.PUBLIC
            ),
            personal_fields=tuple(locked),
        )

    def lower(self, event: Event) -> dict[str, object]:
        """The public and internal fields of ``event`` as JSON values; absent where None."""
        found = {}
        for name, kind in self.open_fields:
            value = getattr(event, name)
            if value is not None:
                found[name] = kind.lower(value) if kind.lower else value
        return found

    def lower_public(self, event: Event) -> dict[str, object]:
        """The public fields of ``event`` as JSON values."""
        return {
            name: lower(getattr(event, name)) if lower else getattr(event, name) for name, lower in self.public_fields
        }

    def lower_personal(self, event: Event) -> dict[str, object]:
        """The personal fields of ``event`` that are there."""
        pairs = ((name, getattr(event, name)) for name in self.personal_fields)
        return {name: value for name, value in pairs if value is not None}

    def lift(self, read: msgspec.Struct, more: Mapping[str, object]) -> Event:
        """The event that ``read`` (a decoded section) and ``more`` (personal fields, date) tell of."""
        values = dict(more)
        for name, lift in self.lifts:
            value = getattr(read, name)
            values[name] = lift(value) if lift and value is not None else value
        return self.event_class(**values)  # type: ignore[arg-type]


Slot = tuple[str, object] | tuple[str, object, object]
S = TypeVar("S", bound=msgspec.Struct)


def _slot(name: str, kind: Kind) -> Slot:
    return _optional((name, kind.json)) if kind.optional else (name, kind.json)


def _optional(slot: tuple[str, object]) -> Slot:
    name, kind = slot
    return (name, kind | None, None)  # type: ignore[operator] # a type, for the decoder that is made of it


def _struct(name: str, slots: list[Slot], base: type[S]) -> type[S]:
    return msgspec.defstruct(  # type: ignore[return-value]
        name, slots, bases=(base,), forbid_unknown_fields=True, kw_only=True, omit_defaults=True
    )
