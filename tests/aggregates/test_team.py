"""A team's verbs in any order: the figures are what a stack of photographs says, and a refusal changes nothing."""

from collections.abc import Callable
from datetime import date

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.aggregates.folding import History, ask, cut_anywhere, forget, histories
from tests.aggregates.sums import Auditor, never_less_than_nothing, total
from tests.strategies import events

from cadreledger.aggregates import Batch, Team, TeamFold, TeamState
from cadreledger.aggregates.team import check, fold
from cadreledger.errors import InputError, RuleError
from cadreledger.events.activity import ActivityHeld
from cadreledger.events.sections import Event, evolve
from cadreledger.events.team import TeamChanged, TeamFounded, TeamKind
from cadreledger.events.void import Void
from cadreledger.values import Month, Quantity, StreamId

TODAY = date(2021, 12, 31)
STREAM = StreamId("team:T1")
MARCH, MAY, JULY = date(2021, 3, 1), date(2021, 5, 4), date(2021, 7, 1)
DAYS = st.sampled_from([MARCH, MAY, JULY])
PEOPLE = st.integers(0, 20)
STOCKS = ("teams.service", "teams.cultural", "service.people", "service.social_workers")

TEAM_EVENTS = (
    st.builds(
        TeamFounded,
        occurred_on=st.none() | DAYS,
        kind=st.sampled_from(TeamKind),
        people=PEOPLE,
        social_workers=PEOPLE,
        code=st.just("T1"),
        name=st.sampled_from(["歌唱队", "徒步队"]),
        leader=st.none() | st.just("post:1"),
    ),
    st.builds(
        TeamChanged,
        occurred_on=st.none() | DAYS,
        kind=st.sampled_from(TeamKind),
        teams=st.integers(-1, 1),
        people=st.integers(-20, 20),
        social_workers=st.integers(-3, 3),
        name=st.just("秧歌队"),
        support=st.none() | st.just("S"),
    ),
    events(ActivityHeld),
)


def team_of(batch: Batch, **more: object) -> Team:
    team = Team(STREAM, TeamFold(), batch)
    given: dict[str, object] = {"kind": "service", "code": "T1", "name": "服务队", "people": 50, "social_workers": 3}
    team.found(**(given | more))  # type: ignore[arg-type] # what a test says otherwise
    return team


@pytest.fixture
def batch() -> Batch:
    return Batch(TODAY)


def refused(decide: Callable[[], object]) -> str:
    with pytest.raises(RuleError) as refusal:
        decide()
    return refusal.value.rule


def counted(auditor: Auditor) -> tuple[int, ...]:
    sums = auditor.sums()
    return tuple(total(sums, key).value for key in STOCKS)


# --- any order -------------------------------------------------------------------------------------------------------


@attrs.frozen
class Photograph:
    """How a team stood after a decision, which took the entries ``versions``."""

    kind: TeamKind | None = None
    people: int = 0
    social_workers: int = 0
    name: str = ""
    on: date | None = None
    versions: tuple[int, ...] = ()

    def sums(self) -> dict[str, int]:
        """What stocks count of it."""
        serves = self.kind is TeamKind.SERVICE
        return {
            "teams.service": int(serves),
            "teams.cultural": int(self.kind is TeamKind.CULTURAL),
            "service.people": self.people * serves,
            "service.social_workers": self.social_workers * serves,
        }


class Keeping(RuleBasedStateMachine):
    """One team, and photographs of it."""

    @initialize()
    def begin(self) -> None:
        self.batch = Batch(TODAY)
        self.team = Team(STREAM, TeamFold(), self.batch)
        self.auditor = Auditor(self.batch)
        self.taken: list[Photograph] = [Photograph()]
        self.held: dict[int, str] = {}

    def attempt(self, decide: Callable[[], object], *, possible: bool) -> tuple[int, ...]:
        """The versions that a decision took; it is refused if, and only if, it is not ``possible``."""
        state, pending = self.team.state, list(self.batch.pending)
        try:
            decide()
        except (RuleError, InputError):
            assert not possible
            assert (self.team.state, self.batch.pending) == (state, pending)
            return ()
        assert possible
        return tuple(entry.version for entry in self.batch.pending[len(pending) :])

    def follows(self, on: date | None) -> bool:
        before = self.taken[-1].on
        return before is None or (on is not None and on >= before)

    @rule(kind=st.sampled_from(TeamKind), people=PEOPLE, social_workers=PEOPLE, on=st.none() | DAYS)
    def found(self, kind: TeamKind, people: int, social_workers: int, on: date | None) -> None:
        possible = self.taken[-1].kind is None and self.follows(on)
        made = self.attempt(
            lambda: self.team.found(
                kind=kind, code="T1", name="队", people=people, social_workers=social_workers, on=on
            ),
            possible=possible,
        )
        if made:
            self.taken.append(Photograph(kind, people, social_workers, "队", on, made))

    @rule(
        kind=st.none() | st.sampled_from(TeamKind),
        name=st.none() | st.sampled_from(["甲", "乙"]),
        people=st.none() | PEOPLE,
        social_workers=st.none() | PEOPLE,
        on=st.none() | DAYS,
    )
    def change(
        self, kind: TeamKind | None, name: str | None, people: int | None, social_workers: int | None, on: date | None
    ) -> None:
        before, day = self.taken[-1], on or TODAY
        something = (kind, name, people, social_workers) != (None, None, None, None)
        made = self.attempt(
            lambda: self.team.change(kind=kind, name=name, people=people, social_workers=social_workers, on=on),
            possible=something and before.kind is not None and self.follows(day),
        )
        if made:
            self.taken.append(
                Photograph(
                    kind or before.kind,
                    before.people if people is None else people,
                    before.social_workers if social_workers is None else social_workers,
                    name or before.name,
                    day,
                    made,
                )
            )
            assert len(made) == 1 + (kind is not None and kind is not before.kind)

    @rule(on=st.none() | DAYS)
    def disband(self, on: date | None) -> None:
        before, day = self.taken[-1], on or TODAY
        made = self.attempt(lambda: self.team.disband(on=on), possible=before.kind is not None and self.follows(day))
        if made:
            self.taken.append(Photograph(name=before.name, on=day, versions=made))

    @rule(code=st.sampled_from(["H1", "H2", "H3"]), on=DAYS)
    def hold(self, code: str, on: date) -> None:
        now = self.taken[-1]
        known = len(self.taken) > 1
        there = now.kind is not None or (now.on is not None and on <= now.on)
        made = self.attempt(
            lambda: self.team.hold("recreation", code=code, title="合唱", on=on),
            possible=known and there and code not in self.held.values(),
        )
        if made:
            self.held[made[0]] = code

    @precondition(lambda self: self.team.version)
    @rule(data=st.data())
    def void(self, data: st.DataObject) -> None:
        version = data.draw(st.integers(1, self.team.version + 1))
        standing = self.team.state.standing
        first = version == next(iter(standing), 0) and len(standing) > 1
        possible = version in self.held or (version in self.taken[-1].versions and not first)
        if self.attempt(lambda: self.team.void(version), possible=possible) and self.held.pop(version, None) is None:
            self.taken.pop()

    @invariant()
    def a_photograph_agrees(self) -> None:
        state, now = self.team.state, self.taken[-1]
        assert (state.people, state.social_workers, state.name) == (now.people, now.social_workers, now.name)
        assert (None if state.disbanded else state.kind) is now.kind
        assert state.disbanded is (now.kind is None and len(self.taken) > 1)
        assert dict(state.activities) == {code: version for version, code in self.held.items()}

    @invariant()
    def figures_agree_and_are_never_less_than_nothing(self) -> None:
        sums = self.auditor.sums()
        assert {key: total(sums, key).value for key in STOCKS} == self.taken[-1].sums()
        assert all(never_less_than_nothing(sums, key) for key in STOCKS)

    @invariant()
    def the_handle_is_what_a_replay_gives(self) -> None:
        history = [(pending.version, pending.event) for pending in self.batch.pending]
        assert fold(None, history) == self.team.state


TestKeeping = Keeping.TestCase


# --- whatever history says -------------------------------------------------------------------------------------------


@given(histories(*TEAM_EVENTS), st.integers(0, 14))
def test_a_teams_history_may_be_cut_anywhere(history: History, cut: int) -> None:
    cut_anywhere(fold, history, cut)


@given(histories(*TEAM_EVENTS), st.one_of(TEAM_EVENTS))
def test_a_void_leaves_the_state_of_a_history_without_the_voided_entry(history: History, event: Event) -> None:
    forget(fold, history, event)


@given(histories(*TEAM_EVENTS), st.one_of(*TEAM_EVENTS, st.builds(Void, of_version=st.integers(1, 14))))
def test_asking_what_an_event_would_break_changes_nothing(history: History, event: Event) -> None:
    found = ask(TeamFold(), history, event)
    if not isinstance(event, Void):
        assert check(fold(None, history), event) == found


# --- single cases ----------------------------------------------------------------------------------------------------


def test_the_team_of_the_paper_is_counted(batch: Batch) -> None:
    team_of(batch)
    assert counted(Auditor(batch)) == (1, 0, 50, 3)


def test_a_team_of_another_kind_takes_its_people_along(batch: Batch) -> None:
    team = team_of(batch, on=MARCH)
    auditor = Auditor(batch)
    second = team.change(kind="cultural", people=40, on=MAY)
    assert counted(auditor) == (0, 1, 0, 0)
    assert (team.state.kind, team.state.people, team.state.social_workers) == (TeamKind.CULTURAL, 40, 3)
    assert second == team.version == 3
    assert auditor.sums()["service.people"] == {Month.of(MARCH): Quantity(50), Month.of(MAY): Quantity(-50)}


@pytest.mark.parametrize("half", [2, 3])
def test_either_half_of_a_change_of_kind_takes_the_whole_back(batch: Batch, half: int) -> None:
    team = team_of(batch)
    before, auditor = team.state, Auditor(batch)
    team.change(kind="cultural")
    assert len(team.void(half)) == 2
    assert attrs.evolve(team.state, version=before.version) == before
    assert counted(auditor) == (1, 0, 50, 3)


def test_what_is_not_said_stays(batch: Batch) -> None:
    team = team_of(batch, leader="post:1")
    team.change(support="U1", on=MAY)
    team.change(people=51, on=JULY)
    state = team.state
    assert (state.name, state.leader, state.support, state.people) == ("服务队", "post:1", "U1", 51)


def test_a_change_without_a_day_is_of_today(batch: Batch) -> None:
    team = team_of(batch)
    team.change(people=1)
    team.disband()
    assert [event.occurred_on for event in team.state.standing.values()] == [None, TODAY, TODAY]


def test_a_change_that_names_nothing_is_refused(batch: Batch) -> None:
    team = team_of(batch)
    with pytest.raises(InputError, match="changes nothing"):
        team.change(on=MAY)


@pytest.mark.parametrize("number", [-1, True, 1.0, "1", 2**60])
def test_people_are_counted_in_whole_numbers(batch: Batch, number: int) -> None:
    team = team_of(batch)
    state = team.state
    with pytest.raises(InputError):
        team.change(people=number)
    with pytest.raises(InputError):
        team.change(kind="cultural", social_workers=number)
    with pytest.raises(InputError):
        team_of(Batch(TODAY), people=number)
    assert team.state == state


def test_a_team_is_founded_once_and_again_after_its_end(batch: Batch) -> None:
    team = team_of(batch, on=MARCH)
    assert refused(lambda: team_of_again(team, MAY)) == "already_founded"
    team.disband(on=MAY)
    assert refused(lambda: team_of_again(team, MARCH)) == "before_what_it_follows"
    team_of_again(team, JULY)
    assert not team.state.disbanded
    assert team.state.people == 7


def team_of_again(team: Team, on: date) -> int:
    return team.found(kind="cultural", code="T1", name="徒步队", people=7, on=on)


def test_nothing_is_decided_about_a_team_that_is_not_there(batch: Batch) -> None:
    nobody = Team(STREAM, TeamFold(), batch)
    assert refused(lambda: nobody.change(people=1)) == "no_such_team"
    assert refused(nobody.disband) == "no_such_team"
    assert refused(lambda: nobody.hold("exchange", code="H1", title="", on=MAY)) == "no_such_team"
    team = team_of(batch, on=MARCH)
    team.disband(on=MAY)
    assert refused(lambda: team.change(people=1, on=MAY)) == "team_disbanded"
    assert refused(lambda: team.change(kind="cultural", on=MAY)) == "team_disbanded"
    assert refused(lambda: team.disband(on=MAY)) == "team_disbanded"


def test_a_team_that_has_disbanded_held_what_it_held_before(batch: Batch) -> None:
    team = team_of(batch)
    team.disband(on=MAY)
    team.hold("performance", code="H1", title="演出", on=MAY, items=3)
    assert refused(lambda: team.hold("performance", code="H2", title="演出", on=JULY)) == "team_disbanded"
    assert team.activity("H1").items == 3


def test_a_team_that_has_disbanded_stays_so_whatever_history_says_of_its_name() -> None:
    ended = TeamChanged(kind=TeamKind.SERVICE, teams=-1, people=0, social_workers=0, name="甲")
    founded = TeamFounded(kind=TeamKind.SERVICE, people=0, social_workers=0, code="T1", name="甲")
    history: list[Event] = [founded, ended, evolve(ended, teams=0, name="乙")]
    state = fold(None, enumerate(history, start=1))
    assert (state.disbanded, state.name) == (True, "乙")


def test_a_change_does_not_lie_before_what_it_follows(batch: Batch) -> None:
    team = team_of(batch, on=MAY)
    assert refused(lambda: team.change(people=1, on=MARCH)) == "before_what_it_follows"
    assert refused(lambda: team.disband(on=MARCH)) == "before_what_it_follows"
    team.change(people=1, on=JULY)
    assert refused(lambda: team.change(name="n", on=MAY)) == "before_what_it_follows"


def test_changes_are_taken_back_the_latest_first(batch: Batch) -> None:
    team = team_of(batch)
    first = team.change(people=10)
    held = team.hold("recreation", code="H1", title="", on=MAY)
    last = team.change(people=20)
    with pytest.raises(RuleError) as refusal:
        team.void(first)
    assert refusal.value.rule == "changed_since"
    assert f"version {last}" in refusal.value.hint
    team.void(last)
    team.void(first)
    team.void(held)
    assert team.state.people == 50


def test_the_latest_change_is_corrected(batch: Batch) -> None:
    team = team_of(batch)
    auditor = Auditor(batch)
    team.correct(team.change(people=60, on=MAY), people=5, on=JULY)
    assert team.state.people == 55
    assert counted(auditor) == (1, 0, 55, 3)


@pytest.mark.parametrize("changes", [{"kind": "cultural"}, {"people": -51}, {"teams": 1}, {"teams": -1}, {"teams": -2}])
def test_a_correction_cannot_make_a_number_of_teams_or_people_that_is_none(
    batch: Batch, changes: dict[str, object]
) -> None:
    team = team_of(batch)
    change = team.change(people=60)
    state = team.state
    assert refused(lambda: team.correct(change, **changes)) in {"another_kind", "no_such_change"}
    assert team.state == state


def test_the_day_of_one_half_of_a_change_of_kind_is_that_of_the_other(batch: Batch) -> None:
    team = team_of(batch)
    second = team.change(kind="cultural", on=MAY)
    assert refused(lambda: team.correct(second, on=JULY)) == "team_disbanded"
    team.correct(second, people=12)
    assert (team.state.kind, team.state.people) == (TeamKind.CULTURAL, 12)


def test_an_import_notes_what_a_program_is_refused() -> None:
    batch = Batch(TODAY, lenient=True)
    team = team_of(batch, on=MAY)
    team_of_again(team, JULY)
    with pytest.raises(RuleError):  # it would count less than nobody in a month
        team.change(people=3, on=MARCH)
    team.disband(on=JULY)
    team.hold("recreation", code="H1", title="", on=TODAY)
    rules = [violation.rule for violation, _ in batch.warnings]
    assert rules == ["already_founded", "team_disbanded"]


def test_a_state_is_made_of_values_that_cannot_change(batch: Batch) -> None:
    team = team_of(batch)
    before, said = team.state, repr(team.state)
    team.change(people=1)
    team.hold("recreation", code="H1", title="", on=MAY)
    assert repr(before) == said
    assert isinstance(before, TeamState)
