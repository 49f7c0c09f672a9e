"""队伍: a team, and how many they are; what has changed about it becomes a change since today."""

from datetime import date
from typing import Final

from cadreledger.intake.content import as_now, content_of, differences
from cadreledger.intake.private import Sealing
from cadreledger.intake.problems import Code
from cadreledger.intake.recorder import Entries, Recorder
from cadreledger.intake.recording.branches import first_day
from cadreledger.intake.recording.plans import FIRST, Plan
from cadreledger.intake.sheets import TeamColumns, TeamRow

__all__ = ["TEAM_CONTENT", "plan_team"]

TEAM_CONTENT: Final = ("name", "kind", "founded", "leader", "people", "social_workers", "note")


def plan_team(_recorder: Recorder, row: TeamRow) -> Plan:
    """Among the first, by code."""
    return Plan.of(row, (row.key,), FIRST, _record)


def _record(recorder: Recorder, row: TeamRow) -> None:
    """Found a team, or note what has changed about it."""
    on = first_day(row.founded)
    content = content_of(row, TEAM_CONTENT, founded=on)
    if not recorder.dated(row, (TeamColumns.FOUNDED, on)):
        return
    found = recorder.look_up(row, TeamColumns.CODE, content)
    if found is None:
        return
    sealing = Sealing(row.note, recorder.words)
    name = sealing.clear(TeamColumns.NAME, row.name)
    leader = sealing.clear(TeamColumns.LEADER, row.leader)
    if not recorder.fits(row, TeamColumns.NOTE, clear=(name, leader), locked=(sealing.note(),)):
        return
    tx = recorder.tx
    before = tx.teams.get(row.key)
    with recorder.recording(row, TeamColumns.CODE, on if before is None else tx.batch.today):
        if before is None or before.view.disbanded:
            tx.teams.found(
                row.key,
                kind=row.kind.value,
                name=name,
                people=row.people or 0,
                social_workers=row.social_workers or 0,
                leader=leader,
                on=on if before is None else recorder.is_there_again(row, TeamColumns.CODE),
                note=sealing.note(),
            )
        else:
            _redate(recorder, row, on)
            _change(recorder, row, name, leader, sealing.note())
        recorder.note_moved(row, sealing)
        team = tx.teams[row.key]
        recorder.keep(row, content, None, Entries(team.stream, team.version))


def _change(recorder: Recorder, row: TeamRow, name: str, leader: str | None, note: str | None) -> None:
    """Note how a team that is there reads now."""
    team = recorder.tx.teams[row.key]
    state, people, social_workers = team.view, row.people or 0, row.social_workers or 0
    counted = differences(state, kind=row.kind, people=people, social_workers=social_workers)
    said = differences(recorder.whole(team, state.changed), name=name, leader=leader, note=note)
    if counted or said:
        team.change(
            kind=row.kind.value,
            name=name,
            people=people,
            social_workers=social_workers,
            leader=as_now(leader, state.leader),
            note=note,
        )


def _redate(recorder: Recorder, row: TeamRow, on: date | None) -> None:
    """Put the day right on which a team was founded, as long as no other entry follows it."""
    team = recorder.tx.teams[row.key]
    (first, founded), *others = team.view.standing.items()
    if on is None or founded.occurred_on == on:
        return
    if not others:
        recorder.correct(team, first, occurred_on=on)
        return
    expected, hint = str(founded.occurred_on or "blank"), "The day stays as it was recorded: other entries follow it."
    recorder.warn(row.problem(TeamColumns.FOUNDED, Code.VALUE_UNUSED, found=str(on), expected=expected, hint=hint))
