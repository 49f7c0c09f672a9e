"""The team (队伍): what it is for, how many they are, what they hold, and what may be decided about it."""

from collections.abc import Iterable
from datetime import date
from types import MappingProxyType
from typing import Final

import attrs

from cadreledger.aggregates.base import Handle, choose, exactly
from cadreledger.aggregates.holding import HoldingHandle, HoldingState, check_held
from cadreledger.aggregates.order import check_after
from cadreledger.aggregates.standing import Fold, folded, thawed
from cadreledger.aggregates.stock import Changes, absolute, check_last, decided_with
from cadreledger.aggregates.violation import Violation
from cadreledger.errors import InputError, RuleError
from cadreledger.events.activity import ActivityHeld
from cadreledger.events.sections import Event
from cadreledger.events.team import TeamChanged, TeamFounded, TeamKind
from cadreledger.events.void import Void, VoidReason
from cadreledger.values import StreamKind

__all__ = ["Team", "TeamFold", "TeamState", "check", "fold"]

CHANGES: Final[Changes] = (TeamFounded, TeamChanged)
DISBANDED: Final = "this team has disbanded"
FOUND_AGAIN: Final = "Found it again, or take its end back."


@attrs.frozen(kw_only=True)
class TeamState(HoldingState):
    """A team as the ledger knows it. ``changed`` is the version of the last entry that founded or changed it."""

    kind: TeamKind | None = None
    name: str = ""
    people: int = 0
    social_workers: int = 0
    leader: str | None = None
    support: str | None = None
    disbanded: bool = False
    changed: int = 0


class TeamFold(Fold[TeamState]):
    """A team's state under construction."""

    _activities: dict[str, int]
    _state: TeamState

    def _view(self) -> TeamState:
        """The state as it stands; valid until the next `take`."""
        return attrs.evolve(
            self._state,
            version=self.version,
            activities=MappingProxyType(self._activities),
            standing=self.standing(),
        )

    def _reset(self) -> None:
        self._state, self._activities = TeamState(), {}

    def _thaw(self, state: TeamState) -> None:
        self._state, self._activities = state, thawed(state.activities)

    def _apply(self, version: int, event: Event) -> None:
        match event:
            case TeamFounded():
                self._change(version, event, teams=1, support=None)
            case TeamChanged():
                self._change(version, event, teams=event.teams, support=event.support)
            case ActivityHeld():
                self._activities[event.code] = version
            case _:
                pass  # there is nothing else in a team's stream

    def _change(self, version: int, event: TeamFounded | TeamChanged, *, teams: int, support: str | None) -> None:
        before = self._state
        self._state = attrs.evolve(
            before,
            kind=event.kind,
            name=event.name,
            people=before.people + event.people,
            social_workers=before.social_workers + event.social_workers,
            leader=event.leader,
            support=support,
            disbanded=teams < 0 or (before.disbanded and teams == 0),
            changed=version,
        )

    def _check(self, event: Event) -> tuple[Violation, ...]:
        return check(self.view(), event)

    def _check_void(self, void: Void) -> tuple[Violation, ...]:
        return check_last(CHANGES, self._state.changed, self.standing(), void)


class Team(HoldingHandle[TeamState]):
    """A team inside a transaction. Every verb returns the version of the entry it records.

    Verbs raise RuleError where a rule refuses the decision and InputError for a value of the wrong form.
    ``leader`` and ``support`` are posts, codes or text, no names.
    """

    kind = StreamKind.TEAM
    fold = TeamFold

    def found(
        self,
        *,
        kind: TeamKind | str,
        code: str,
        name: str,
        people: int = 0,
        social_workers: int = 0,
        leader: str | None = None,
        on: date | None = None,
        note: str | None = None,
    ) -> int:
        """Enter the team; without ``on`` it counts from the start. People not known are none."""
        return self._record(
            TeamFounded(
                occurred_on=on,
                kind=choose(TeamKind, kind),
                people=people,
                social_workers=social_workers,
                code=code,
                name=name,
                leader=leader,
                note=note,
            )
        )

    def change(
        self,
        *,
        kind: TeamKind | str | None = None,
        name: str | None = None,
        people: int | None = None,
        social_workers: int | None = None,
        leader: str | None = None,
        support: str | None = None,
        on: date | None = None,
        note: str | None = None,
    ) -> int:
        """Note how the team reads now; what is not given stays. Without ``on``: since today.

        A team that becomes of another kind leaves the one and joins the other: two entries, of which this gives the
        second. Raises InputError where nothing is given.
        """
        if all(value is None for value in (kind, name, people, social_workers, leader, support, note)):
            raise InputError("a change changes nothing", "at least one field that reads otherwise now")
        state, before = self._there()
        becomes = before if kind is None else choose(TeamKind, kind)
        now = attrs.evolve(
            state,
            name=state.name if name is None else name,
            people=state.people if people is None else absolute(people, "a number of people"),
            social_workers=state.social_workers
            if social_workers is None
            else absolute(social_workers, "a number of people"),
            leader=state.leader if leader is None else leader,
            support=state.support if support is None else support,
        )
        day = self._batch.today if on is None else on
        if becomes is before:
            return self._record(_change(before, state, now, day, note=note))
        nobody = attrs.evolve(state, people=0, social_workers=0)
        with self.at_once():
            self._record(_change(before, state, nobody, day, teams=-1))
            return self._record(_change(becomes, nobody, now, day, teams=1, note=note))

    def disband(self, *, on: date | None = None) -> int:
        """Note that the team is no more, and its people no longer in it; without ``on``, from today."""
        state, kind = self._there()
        nobody = attrs.evolve(state, people=0, social_workers=0)
        return self._record(_change(kind, state, nobody, self._batch.today if on is None else on, teams=-1))

    def void(
        self, version: int, *, reason: VoidReason | str = VoidReason.MISTAKE, words: str | None = None
    ) -> tuple[int, ...]:
        """Take back an entry; of a change of kind, both entries."""
        exactly(int, version, "a version")
        made: list[int] = []
        with self.at_once():
            for other in decided_with(version, CHANGES, self._fold.standing(), _goes_on):
                made += Handle.void(self, other, reason=reason, words=words)
        return tuple(made)

    def _there(self) -> tuple[TeamState, TeamKind]:
        """The state and the kind of a team that is there. Raises RuleError if it is not."""
        state = self._fold.view()
        if state.kind is None:
            raise RuleError("this team is not founded", "a founded team", rule="no_such_team")
        if state.disbanded:
            raise RuleError(DISBANDED, "a team that is there", hint=FOUND_AGAIN, rule="team_disbanded")
        return state, state.kind


def fold(state: TeamState | None, events: Iterable[tuple[int, Event]]) -> TeamState:
    """``state`` (None: nothing yet) after ``events`` (versions and events, in order). Accepts all recorded history."""
    return folded(TeamFold, state, events)


def check(state: TeamState, event: Event) -> tuple[Violation, ...]:
    """What ``event`` would break, given ``state``. Pure; an audit asks the same question of history."""
    last = state.standing.get(state.changed)
    if isinstance(event, TeamFounded):
        there = state.kind is not None and not state.disbanded
        twice = (Violation("already_founded", "this team is founded already"),) if there else ()
        return twice + check_after(last, event, counted=True)
    if state.kind is None:
        return (Violation("no_such_team", "this team is not founded", weight="senseless"),)
    if isinstance(event, TeamChanged):
        return _check_changed(state, last, event) + check_after(last, event, counted=True)
    if isinstance(event, ActivityHeld):
        return _check_there(state, last, event) + check_held(state.activities, event)
    return ()


def _check_there(state: TeamState, last: Event | None, event: ActivityHeld) -> tuple[Violation, ...]:
    """A team holds nothing after the day on which it disbanded."""
    if not state.disbanded:
        return ()
    ended = last.occurred_on if last is not None else None
    before = ended is not None and event.occurred_on is not None and event.occurred_on <= ended
    return () if before else (Violation("team_disbanded", DISBANDED, hint=FOUND_AGAIN),)


def _check_changed(state: TeamState, last: Event | None, event: TeamChanged) -> tuple[Violation, ...]:
    if state.disbanded and (last is None or not _goes_on(last, event)):
        return (Violation("team_disbanded", DISBANDED, hint=FOUND_AGAIN),)
    if event.kind is not state.kind and not state.disbanded:
        what, hint = "this team is of another kind", "Take it off the one, then put it to the other."
        return (Violation("another_kind", what, hint=hint, weight="senseless"),)
    teams = int(not state.disbanded) + event.teams
    people, social_workers = state.people + event.people, state.social_workers + event.social_workers
    possible = (people, social_workers) == (0, 0) if teams == 0 else teams == 1 and min(people, social_workers) >= 0
    what, expected = "no team has such numbers", "one team, nobody less than none; none in a team that is no more"
    return () if possible else (Violation("no_such_change", what, expected),)


def _goes_on(before: Event, event: Event) -> bool:
    """Whether ``event`` puts the team to a kind, as ``before`` took it off one: they are one decision."""
    return (
        isinstance(before, TeamChanged)
        and isinstance(event, TeamChanged)
        and (before.teams, event.teams) == (-1, 1)
        and before.occurred_on == event.occurred_on
    )


def _change(
    kind: TeamKind, before: TeamState, now: TeamState, on: date, *, teams: int = 0, note: str | None = None
) -> TeamChanged:
    return TeamChanged(
        occurred_on=on,
        kind=kind,
        teams=teams,
        people=now.people - before.people,
        social_workers=now.social_workers - before.social_workers,
        name=now.name,
        leader=now.leader,
        support=now.support,
        note=note,
    )
