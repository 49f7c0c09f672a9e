"""活动: what was held, in the stream of the branch or team that held it, or else in the community's."""

from typing import Final

from cadreledger.intake.content import content_of
from cadreledger.intake.held import COMMUNITY
from cadreledger.intake.private import Sealing
from cadreledger.intake.recorder import Entries, Recorder, Rules
from cadreledger.intake.recording.plans import Plan
from cadreledger.intake.sheets import ActivityColumns, ActivityRow
from cadreledger.ledger import RowState
from cadreledger.values import StreamId

__all__ = ["ACTIVITY_CONTENT", "plan_activity"]

ACTIVITY_CONTENT: Final = ("on", "kind", "title", "organiser", "venue", "people", "items", "note")

_RULES: Final[Rules] = {"team_disbanded": ActivityColumns.ORGANISER}


def plan_activity(_recorder: Recorder, row: ActivityRow) -> Plan:
    """On its own day."""
    return Plan.of(row, (row.key,), row.on, _record)


def _record(recorder: Recorder, row: ActivityRow) -> None:
    """Hold an activity; one that reads otherwise now is put right, also where somebody else held it."""
    content = content_of(row, ACTIVITY_CONTENT)
    if not recorder.dated(row, (ActivityColumns.ON, row.on)):
        return
    found = recorder.look_up(row, ActivityColumns.CODE, content)
    if found is None or _waits_for_organiser(recorder, row):
        return
    is_new = found.state is RowState.NEW
    written_on = row.on if is_new else recorder.tx.batch.today
    with recorder.recording(row, ActivityColumns.CODE, written_on, rules=_RULES):
        to = recorder.held.holder(row.organiser)
        moved = found.entry is not None and found.entry.stream != to
        voided = _take_from(recorder, StreamId(found.entry.stream), row) if found.entry is not None and moved else None
        with recorder.replacing(voided):
            version = _hold(recorder, row, to)
        if version is not None:
            recorder.held.keep(row.key, (to, row.on))
            recorder.keep(row, content, None, Entries(to, version))


def _waits_for_organiser(recorder: Recorder, row: ActivityRow) -> bool:
    """Whether the branch or team that held it is in the workbook, but in error."""
    name = row.organiser
    listed = name is not None and (recorder.is_listed("支部", name) or recorder.is_listed("队伍", name))
    return listed and recorder.held.holder(name) == COMMUNITY


def _take_from(recorder: Recorder, stream: StreamId, row: ActivityRow) -> Entries | None:
    """Take back what another one was said to have held; the void's place, if there was something to take back."""
    tx = recorder.tx
    holder = tx.branches.get(stream) or tx.teams.get(stream) or tx.community
    version = holder.view.activities.get(row.key)
    if version is None:
        return None
    return Entries(stream, holder.void(version, reason="corrected")[-1], is_void=True, of_version=version)


def _hold(recorder: Recorder, row: ActivityRow, stream: StreamId) -> int | None:
    """The version of the activity, now that ``stream`` has it. None, and an error, if its texts are too long."""
    tx, sealing = recorder.tx, Sealing(row.note, recorder.words)
    holder = tx.branches.get(stream) or tx.teams.get(stream) or tx.community
    title = sealing.clear(ActivityColumns.TITLE, row.title)
    venue = sealing.clear(ActivityColumns.VENUE, row.venue)
    organiser = None  # a branch's or a team's stream says who held it
    if stream == COMMUNITY:
        organiser = sealing.clear(ActivityColumns.ORGANISER, row.organiser)
    if not recorder.fits(row, ActivityColumns.NOTE, clear=(title, venue, organiser), locked=(sealing.note(),)):
        return None
    recorder.note_moved(row, sealing)
    version = holder.view.activities.get(row.key)
    if version is None:
        return holder.hold(
            row.kind.value,
            code=row.key,
            title=title,
            on=row.on,
            items=row.items or 0,
            organiser=organiser,
            venue=venue,
            people=row.people,
            note=sealing.note(),
        )
    return recorder.correct(
        holder,
        version,
        occurred_on=row.on,
        kind=row.kind.value,
        title=title,
        items=row.items or 0,
        organiser=organiser,
        venue=venue,
        people=row.people,
        note=sealing.note(),
    )
