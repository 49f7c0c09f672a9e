"""设施: what there is to use, and how many; what has changed about it becomes a recount since today."""

from collections.abc import Mapping
from datetime import date
from typing import Final

import attrs

from cadreledger.intake.content import as_now, content_of, differences
from cadreledger.intake.private import Sealing
from cadreledger.intake.recorder import Entries, Recorder
from cadreledger.intake.recording.plans import FIRST, Plan
from cadreledger.intake.sheets import FacilityColumns, FacilityRow

__all__ = ["FACILITY_CONTENT", "plan_facility"]

FACILITY_CONTENT: Final = ("name", "kind", "count", "unit", "qualifier", "area", "provider", "opening", "note")


@attrs.frozen(kw_only=True)
class Texts:
    """What a row says in words, as it may be recorded."""

    name: str
    unit: str | None
    area: str | None
    provider: str | None
    opening: str | None
    note: str | None


def plan_facility(_recorder: Recorder, row: FacilityRow) -> Plan:
    """Among the first, by code."""
    return Plan.of(row, (row.key,), FIRST, _record)


def _record(recorder: Recorder, row: FacilityRow) -> None:
    """Enter a facility, or note what has changed about it."""
    content = content_of(row, FACILITY_CONTENT)
    found = recorder.look_up(row, FacilityColumns.CODE, content)
    if found is None:
        return
    sealing = Sealing(row.note, recorder.words)
    texts = Texts(
        name=sealing.clear(FacilityColumns.NAME, row.name),
        unit=sealing.clear(FacilityColumns.UNIT, row.unit),
        area=sealing.clear(FacilityColumns.AREA, row.area),
        provider=sealing.clear(FacilityColumns.PROVIDER, row.provider),
        opening=sealing.clear(FacilityColumns.OPENING, row.opening),
        note=sealing.note(),
    )
    clear = (texts.name, texts.unit, texts.area, texts.provider, texts.opening)
    if not recorder.fits(row, FacilityColumns.NOTE, clear=clear, locked=(texts.note,)):
        return
    tx = recorder.tx
    before = tx.facilities.get(row.key)
    with recorder.recording(row, FacilityColumns.CODE, None if before is None else tx.batch.today):
        if before is None:
            _enter(recorder, row, texts, None)
        elif before.view.withdrawn:
            _enter(recorder, row, texts, recorder.is_there_again(row, FacilityColumns.CODE))
        elif before.view.kind is None or before.view.kind.value != row.kind.value:
            before.withdraw()  # it is counted as something else from now on
            _enter(recorder, row, texts, tx.batch.today)
        else:
            _recount(recorder, row, texts)
        recorder.note_moved(row, sealing)
        facility = tx.facilities[row.key]
        recorder.keep(row, content, None, Entries(facility.stream, facility.version))


def _enter(recorder: Recorder, row: FacilityRow, texts: Texts, on: date | None) -> None:
    recorder.tx.facilities.enter(
        row.key,
        kind=row.kind.value,
        name=texts.name,
        count=row.count,
        qualifier=row.qualifier,
        unit=texts.unit,
        area=texts.area,
        provider=texts.provider,
        opening=texts.opening,
        on=on,
        note=texts.note,
    )


def _recount(recorder: Recorder, row: FacilityRow, texts: Texts) -> None:
    """Note how a facility that is there reads now."""
    facility = recorder.tx.facilities[row.key]
    state = facility.view
    counted = differences(state, count=row.count, qualifier=row.qualifier)
    said = differences(recorder.whole(facility, _last_said(state.standing)), **attrs.asdict(texts))
    if counted or said:
        facility.recount(
            count=row.count,
            qualifier=row.qualifier,
            name=texts.name,
            unit=as_now(texts.unit, state.unit),
            area=as_now(texts.area, state.area),
            provider=as_now(texts.provider, state.provider),
            opening=as_now(texts.opening, state.opening),
            note=texts.note,
        )


def _last_said(standing: Mapping[int, object]) -> int:
    """The version of the entry that told last what the register says of a facility."""
    return max(version for version, event in standing.items() if hasattr(event, "provider"))
