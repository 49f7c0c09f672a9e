"""概况, 共建单位, 制度: what the community is like, who helps, and by which rules; what has changed is said anew."""

from collections.abc import Mapping
from typing import Final

from cadreledger.intake.content import as_now, content_of, differences
from cadreledger.intake.private import Sealing
from cadreledger.intake.recorder import Entries, Recorder
from cadreledger.intake.recording.plans import FIRST, Plan
from cadreledger.intake.sheets import (
    PartnerColumns,
    PartnerRow,
    ProfileColumns,
    ProfileRow,
    RegulationColumns,
    RegulationRow,
)
from cadreledger.intake.words import RegulationWay
from cadreledger.ledger import RowState

__all__ = [
    "PARTNER_CONTENT",
    "PROFILE_CONTENT",
    "REGULATION_CONTENT",
    "plan_partner",
    "plan_profile",
    "plan_regulation",
]

PROFILE_CONTENT: Final = ("value", "unit", "qualifier", "as_of", "basis")  # the item is the key
PARTNER_CONTENT: Final = ("name", "kind", "support")
REGULATION_CONTENT: Final = ("name", "way", "on")


def plan_profile(_recorder: Recorder, row: ProfileRow) -> Plan:
    """Among the first."""
    return Plan.of(row, (row.key,), FIRST, _state)


def plan_partner(_recorder: Recorder, row: PartnerRow) -> Plan:
    """Among the first, by code."""
    return Plan.of(row, (row.key,), FIRST, _join)


def plan_regulation(_recorder: Recorder, row: RegulationRow) -> Plan:
    """Among the first, by code."""
    return Plan.of(row, (row.key,), FIRST, _adopt)


def _state(recorder: Recorder, row: ProfileRow) -> None:
    """State what a source says of the community. Another word on the same item takes nothing back."""
    content = content_of(row, PROFILE_CONTENT)
    found = recorder.look_up(row, ProfileColumns.ITEM, content)
    if found is None:
        return
    sealing, community = Sealing(None, recorder.words), recorder.tx.community
    item = sealing.clear(ProfileColumns.ITEM, row.item)
    value = sealing.clear(ProfileColumns.VALUE, row.value)
    unit = sealing.clear(ProfileColumns.UNIT, row.unit)
    basis = sealing.clear(ProfileColumns.BASIS, row.basis)
    if not recorder.fits(row, ProfileColumns.BASIS, clear=(item, value, unit, basis)):
        return
    written_on = None if found.state is RowState.NEW else recorder.tx.batch.today
    source = "" if item == row.item else row.sheet  # the key is the item
    with recorder.recording(row, ProfileColumns.ITEM, written_on, source=source):
        version = community.state_profile(item, value, unit=unit, qualifier=row.qualifier, as_of=row.as_of, basis=basis)
        recorder.note_moved(row, sealing, kept=False)
        recorder.keep(row, content, None, Entries(community.stream, version))


def _join(recorder: Recorder, row: PartnerRow) -> None:
    """Enter a unit that helps, or note what has changed about it."""
    content = content_of(row, PARTNER_CONTENT)
    found = recorder.look_up(row, PartnerColumns.CODE, content)
    if found is None:
        return
    sealing, community = Sealing(None, recorder.words), recorder.tx.community
    name = sealing.clear(PartnerColumns.NAME, row.name)
    kind = sealing.clear(PartnerColumns.KIND, row.kind)
    support = sealing.clear(PartnerColumns.SUPPORT, row.support)
    if not recorder.fits(row, PartnerColumns.SUPPORT, clear=(name, kind, support)):
        return
    today = recorder.tx.batch.today
    with recorder.recording(row, PartnerColumns.CODE, None if found.state is RowState.NEW else today):
        version = community.view.partners.get(row.key)
        if version is None:
            since = None if found.state is RowState.NEW else recorder.is_there_again(row, PartnerColumns.CODE)
            version = community.add_partner(row.key, name=name, kind=kind, support=support, on=since)
        else:
            said = _last_said(community.view.standing, version)
            if differences(said, name=name, kind=kind, support=support):
                before = getattr(said, "kind", None), getattr(said, "support", None)
                kind, support = as_now(kind, before[0]), as_now(support, before[1])
                community.change_partner(row.key, name=name, kind=kind, support=support)
        recorder.note_moved(row, sealing, kept=False)
        recorder.keep(row, content, None, Entries(community.stream, version))


def _last_said(standing: Mapping[int, object], partner: int) -> object:
    """What the register said last of the partner who joined by that entry."""
    changes = [event for event in standing.values() if getattr(event, "partner", None) == partner]
    return changes[-1] if changes else standing[partner]


def _adopt(recorder: Recorder, row: RegulationRow) -> None:
    """Set up or revise a regulation. One that was revised since is adopted anew; any other change puts it right."""
    content = content_of(row, REGULATION_CONTENT)
    if not recorder.dated(row, (RegulationColumns.ON, row.on)):
        return
    found = recorder.look_up(row, RegulationColumns.CODE, content)
    if found is None:
        return
    sealing, community = Sealing(None, recorder.words), recorder.tx.community
    title = sealing.clear(RegulationColumns.NAME, row.name)
    version = community.view.regulations.get(row.key)
    before = None if version is None else community.view.standing[version].occurred_on
    is_revised = row.way is RegulationWay.REVISED and row.on is not None and (before is None or row.on > before)
    written_on = row.on if version is None or is_revised else recorder.tx.batch.today
    with recorder.recording(row, RegulationColumns.CODE, written_on):
        if version is None or is_revised:
            version = community.adopt_regulation(row.key, title=title, way=row.way.value, on=row.on)
        else:
            said = {"title": title, "way": row.way.value, "occurred_on": row.on}
            version = recorder.correct(community, version, **said)
        recorder.note_moved(row, sealing, kept=False)
        recorder.keep(row, content, None, Entries(community.stream, version))
