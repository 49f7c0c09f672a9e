"""A history as rows to print: each recorded event, what took it back, and what of it may be shown."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import Enum
from types import MappingProxyType

import attrs

from cadreledger.events import Recorded, Section, own_fields
from cadreledger.events.void import Void

__all__ = ["HistoryEntry", "history_entries"]


@attrs.frozen(kw_only=True)
class HistoryEntry:
    """One event of a history. ``personal_note`` says what became of a personal section that is not shown."""

    position: int
    stream: str
    version: int
    type: str
    occurred_on: str
    registered_on: str
    recorded_at: str
    by: str
    source: str
    details: Mapping[str, object]  # public and internal fields, as JSON values; personal ones where asked for
    voids: int | None
    voided_by: int | None
    personal_note: str


def history_entries(history: Sequence[Recorded], *, personal: bool) -> tuple[HistoryEntry, ...]:
    """``history`` as rows; ``personal``: with the personal fields that could be opened."""
    places: dict[tuple[str, int], int] = {
        (recorded.stream, recorded.version): recorded.position for recorded in history
    }
    voided_by: dict[tuple[str, int], int] = {
        (recorded.stream, recorded.event.of_version): recorded.position
        for recorded in history
        if isinstance(recorded.event, Void)
    }
    return tuple(_entry(recorded, places, voided_by, personal=personal) for recorded in history)


def _entry(
    recorded: Recorded,
    places: Mapping[tuple[str, int], int],
    voided_by: Mapping[tuple[str, int], int],
    *,
    personal: bool,
) -> HistoryEntry:
    event, entry = recorded.event, recorded.entry
    shown = {Section.PUBLIC, Section.INTERNAL} | ({Section.PERSONAL} if personal else set())
    hidden = {"target_leaf", "undoes_type", "of_version"} if isinstance(event, Void) else set()
    fields = [field for field in own_fields(type(event)) if field.metadata["section"] in shown]
    values = {field.name: getattr(event, field.name) for field in fields if field.name not in hidden}
    target = (recorded.stream, event.of_version) if isinstance(event, Void) else None
    note = "sealed" if recorded.sealed else "hidden" if recorded.subject and not personal else ""
    return HistoryEntry(
        position=recorded.position,
        stream=recorded.stream,
        version=recorded.version,
        type=event.wire,
        occurred_on=_text(event.occurred_on),
        registered_on=_text(entry.registered_on),
        recorded_at=entry.recorded_at.isoformat(),
        by=entry.by,
        source=entry.source or "",
        details=MappingProxyType({name: _plain(value) for name, value in values.items() if value is not None}),
        voids=None if target is None else places.get(target),
        voided_by=voided_by.get((recorded.stream, recorded.version)),
        personal_note=note,
    )


def _text(day: date | None) -> str:
    return "" if day is None else str(day)


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return list(value)
    return value if isinstance(value, bool | int) else str(value)
