"""Wire names to classes, and old wire names to newer ones. A stored name is looked up here, never imported."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final

import attrs

from cadreledger.events.sections import Event, Section, own_fields
from cadreledger.events.shape import Shape

__all__ = ["NOTED", "Registry", "Upcaster"]

NOTED: Final = "noted/1"


@attrs.frozen
class Upcaster:
    """How an event stored under ``old`` is read as ``new``.

    ``change`` maps the old fields (as JSON values, public and internal) to the new ones. It must leave public fields
    alone: figures read stored headers, and a header is never reinterpreted.
    """

    old: str
    new: str
    change: Callable[[Mapping[str, object]], Mapping[str, object]]


@attrs.frozen
class Registry:
    """A closed vocabulary: ``shapes`` by wire name, ``upcasters`` by the old name."""

    shapes: Mapping[str, Shape]
    upcasters: Mapping[str, Upcaster]

    @classmethod
    def of(cls, classes: Iterable[type[Event]], upcasters: Iterable[Upcaster] = ()) -> "Registry":
        """A registry. Raises TypeError for a name that stands twice, and for an upcaster that leads nowhere."""
        shapes: dict[str, Shape] = {}
        for event_class in classes:
            if event_class.wire in shapes:
                raise TypeError(f"{event_class.wire} stands twice")
            shapes[event_class.wire] = Shape.of(event_class)
        by_old: dict[str, Upcaster] = {}
        for upcaster in upcasters:
            if upcaster.old in shapes or upcaster.old in by_old:
                raise TypeError(f"{upcaster.old} stands twice")
            by_old[upcaster.old] = upcaster
        for upcaster in by_old.values():
            _arrive(upcaster, by_old, shapes)
        return cls(MappingProxyType(shapes), MappingProxyType(by_old))

    def shape_of(self, wire: str) -> Shape | None:
        """The shape that a stored type is read as, upcast where it is an old one; None for an unknown type."""
        while wire in self.upcasters:
            wire = self.upcasters[wire].new
        return self.shapes.get(wire)

    def upcast(self, wire: str, body: Mapping[str, object]) -> Mapping[str, object]:
        """The fields of a section stored under ``wire`` as its newest version has them."""
        while wire in self.upcasters:
            body, wire = self.upcasters[wire].change(body), self.upcasters[wire].new
        return body

    def classes(self) -> tuple[type[Event], ...]:
        """Every class, in the order given."""
        return tuple(shape.event_class for shape in self.shapes.values())

    def public_fields(self, wire: str) -> tuple[str, ...]:
        """The public fields of a type, in the order written."""
        fields = own_fields(self.shapes[wire].event_class)
        return tuple(field.name for field in fields if field.metadata["section"] is Section.PUBLIC)


def _arrive(upcaster: Upcaster, by_old: Mapping[str, Upcaster], shapes: Mapping[str, Shape]) -> None:
    """Follow a chain of upcasters to a class. Raises TypeError if it breaks off, or goes round in a circle."""
    passed = {upcaster.old}
    wire = upcaster.new
    while wire not in shapes:
        if wire in passed or wire not in by_old:
            raise TypeError(f"{upcaster.old} would become {wire}, which nobody knows")
        passed.add(wire)
        wire = by_old[wire].new
