"""Whom a kind of session has reached: there, made up, excused, or absent. No scores, no rankings."""

from collections.abc import Iterator
from datetime import date

import attrs

from cadreledger.aggregates import CadreState
from cadreledger.events.activity import ActivityHeld, ActivityKind
from cadreledger.events.cadre import (
    AttendanceMode,
    AttendanceRecorded,
    CadreChanged,
    CadreLeft,
    CadreRegistered,
    MemberJoined,
    MemberLeft,
)
from cadreledger.queries.picture import Picture
from cadreledger.rules import Policy, declared
from cadreledger.values import Month, Period, StreamId, StreamKind, stream_kind

__all__ = ["Coverage", "coverage"]


@attrs.frozen
class Coverage:
    """Of the ``sessions`` that concerned one person (``stream``): how many of them in which way. The four add up."""

    stream: str
    sessions: int
    attended: int
    made_up: int
    excused: int
    absent: int

    @property
    def covered(self) -> int:
        """Sessions whose content reached them."""
        return self.attended + self.made_up

    def json(self) -> dict[str, object]:
        """As it stands in ``coverage --json``."""
        return {**attrs.asdict(self), "covered": self.covered}


def coverage(picture: Picture, period: Period, kind: ActivityKind = ActivityKind.GROUP_STUDY) -> tuple[Coverage, ...]:
    """How far the sessions of ``kind`` in ``period`` have reached each retired cadre, by stream.

    A branch's session concerns those who were its members, or took part in it, on that day; one of the community or of
    a team whoever was in the register. Whoever was frail then and not there is excused (rule meeting.frail_excused);
    what was made up online covers, and is no attendance (meeting.made_up_covers).
    """
    sessions = [
        (stream, event)
        for stream, state in picture.states.items()
        for event in state.standing.values()
        if isinstance(event, ActivityHeld)
        and event.kind is kind
        and event.occurred_on is not None
        and Month.of(event.occurred_on) in period
    ]
    found = (_covered(stream, state, sessions, picture.policy) for stream, state in picture.cadres())
    return tuple(one for one in found if one.sessions)


def _covered(
    stream: StreamId, state: CadreState, sessions: list[tuple[StreamId, ActivityHeld]], policy: Policy
) -> Coverage:
    modes = {
        (event.holder, event.activity): event.mode
        for event in state.standing.values()
        if isinstance(event, AttendanceRecorded)
    }
    attended = made_up = excused = absent = 0
    for holder, session in sessions:
        day = session.occurred_on
        mode = modes.get((holder, session.code), modes.get((None, session.code)))
        if day is None or not (mode is not None or _concerns(state, holder, day)):
            continue
        if mode is AttendanceMode.IN_PERSON:
            attended += 1
        elif mode is AttendanceMode.MADE_UP and _holds(policy, day):
            made_up += 1
        elif _is_excused(state, day, policy):
            excused += 1
        else:
            absent += 1
    return Coverage(stream, attended + made_up + excused + absent, attended, made_up, excused, absent)


def _concerns(state: CadreState, holder: StreamId, day: date) -> bool:
    if not _there(_stays(state, None), day):
        return False
    return stream_kind(holder) is not StreamKind.BRANCH or _there(_stays(state, holder), day)


def _stays(state: CadreState, branch: StreamId | None) -> Iterator[tuple[date, bool]]:
    """Days on which the person came into a branch (True) or left it, in the order recorded; None: into the register."""
    for event in state.standing.values():
        day = event.occurred_on or date.min
        match event:
            case MemberJoined() | MemberLeft() if event.branch == branch:
                yield day, isinstance(event, MemberJoined)
            case CadreRegistered() | CadreLeft() if branch is None:
                yield day, isinstance(event, CadreRegistered)
            case _:
                pass


def _there(stays: Iterator[tuple[date, bool]], day: date) -> bool:
    """Whether the last change on or before ``day`` was a coming."""
    there = False
    for since, came in sorted(stays, key=lambda stay: stay[0]):
        if since > day:
            break
        there = came
    return there


def _is_excused(state: CadreState, day: date, policy: Policy) -> bool:
    excused = policy.find(declared.FRAIL_EXCUSED, Month.of(day))
    return excused is not None and excused.value and _was_frail(state, day)


def _was_frail(state: CadreState, day: date) -> bool:
    frail = 0
    for event in state.standing.values():
        if (event.occurred_on or date.min) > day:
            continue
        if isinstance(event, CadreRegistered):
            frail = int(event.frail)
        elif isinstance(event, CadreChanged):
            frail += event.frail_delta
    return frail > 0


def _holds(policy: Policy, day: date) -> bool:
    covers = policy.find(declared.MADE_UP_COVERS, Month.of(day))
    return covers is None or covers.value
