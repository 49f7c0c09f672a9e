"""The programme: issues are found, put right and verified, in that order, and an application waits for all of them."""

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.aggregates.folding import History, ask, cut_anywhere, forget, histories
from tests.aggregates.sums import Auditor

from cadreledger.aggregates import Batch, Programme
from cadreledger.aggregates.programme import ProgrammeFold, check, fold
from cadreledger.errors import InputError, RuleError
from cadreledger.events.programme import (
    ApplicationSubmitted,
    IssueFound,
    IssueRectified,
    IssueVerified,
    ProgrammeWorked,
    RecommendationMade,
    WorkKind,
)
from cadreledger.events.sections import Event
from cadreledger.events.void import Void
from cadreledger.values import Quantity, StreamId

TODAY = date(2021, 12, 31)
STREAM = StreamId("programme")
MARCH, JUNE, SEPTEMBER = date(2021, 3, 1), date(2021, 6, 1), date(2021, 9, 1)
DAYS = st.sampled_from([MARCH, JUNE, SEPTEMBER])
CODES, VERSIONS = st.sampled_from(["1", "2", "3"]), st.integers(1, 12)
PROGRAMME_EVENTS: tuple[st.SearchStrategy[Event], ...] = (
    st.builds(
        ProgrammeWorked, occurred_on=DAYS, kind=st.sampled_from(WorkKind), count=st.integers(0, 9), code=st.just("9")
    ),
    st.builds(IssueFound, occurred_on=DAYS, code=CODES),
    st.builds(IssueRectified, occurred_on=DAYS, issue=VERSIONS, code=st.just("8")),
    st.builds(IssueVerified, occurred_on=DAYS, issue=VERSIONS, code=st.just("7")),
    st.builds(ApplicationSubmitted, occurred_on=DAYS, code=st.just("6")),
    st.builds(RecommendationMade, occurred_on=DAYS, code=st.just("5")),
)


def programme_of(batch: Batch) -> Programme:
    return Programme(STREAM, ProgrammeFold(), batch)


@pytest.fixture
def batch() -> Batch:
    return Batch(TODAY)


@pytest.fixture
def programme(batch: Batch) -> Programme:
    return programme_of(batch)


def refused(decide: Callable[[], object]) -> str:
    with pytest.raises(RuleError) as refusal:
        decide()
    return refusal.value.rule


# --- any order -------------------------------------------------------------------------------------------------------


class Keeping(RuleBasedStateMachine):
    """Three issues: which were found on which day, put right and verified, each by which entry."""

    @initialize()
    def begin(self) -> None:
        self.batch = Batch(TODAY)
        self.programme = programme_of(self.batch)
        self.auditor = Auditor(self.batch)
        self.found: dict[str, tuple[int, date]] = {}
        self.rectified: dict[str, int] = {}
        self.verified: dict[str, int] = {}
        self.applied: list[int] = []
        self.recommended: list[int] = []

    def attempt(self, decide: Callable[[], object], *, possible: bool) -> tuple[int, ...]:
        """The versions that a decision took; it is refused if, and only if, it is not ``possible``."""
        state, pending = self.programme.state, list(self.batch.pending)
        try:
            decide()
        except RuleError:
            assert not possible
            assert (self.programme.state, self.batch.pending) == (state, pending)
            return ()
        assert possible
        return tuple(entry.version for entry in self.batch.pending[len(pending) :])

    @rule(code=CODES, on=DAYS)
    def find(self, code: str, on: date) -> None:
        made = self.attempt(lambda: self.programme.find_issue(code, on=on), possible=code not in self.found)
        if made:
            self.found[code] = made[0], on

    @rule(code=CODES, on=DAYS)
    def rectify(self, code: str, on: date) -> None:
        possible = code in self.found and code not in self.rectified and on >= self.found[code][1]
        made = self.attempt(lambda: self.programme.rectify_issue(code, code="8", on=on), possible=possible)
        if made:
            self.rectified[code] = made[0]

    @rule(code=CODES, on=DAYS)
    def verify(self, code: str, on: date) -> None:
        possible = code in self.rectified and code not in self.verified and on >= self.found[code][1]
        made = self.attempt(lambda: self.programme.verify_issue(code, code="7", on=on), possible=possible)
        if made:
            self.verified[code] = made[0]

    @rule(on=DAYS)
    def submit(self, on: date) -> None:
        self.applied += self.attempt(
            lambda: self.programme.submit_application("6", on=on), possible=len(self.verified) == len(self.found)
        )

    @rule(on=DAYS)
    def recommend(self, on: date) -> None:
        self.recommended += self.attempt(lambda: self.programme.recommend("5", on=on), possible=bool(self.applied))

    @precondition(lambda self: self.programme.version)
    @rule(data=st.data())
    def void(self, data: st.DataObject) -> None:
        version = data.draw(st.integers(1, self.programme.version + 1))
        code = next((code for code, made in self.rectified.items() if made == version), "")
        followed = version in self.applied and bool(self.recommended) and self.recommended[-1] > version
        possible = version in self.programme.state.standing and code not in self.verified and not followed
        if not self.attempt(lambda: self.programme.void(version), possible=possible):
            return
        gone = {code for code, (made, _) in self.found.items() if made == version}
        self.found = {code: made for code, made in self.found.items() if code not in gone}
        for steps in (self.rectified, self.verified):
            for code in [code for code, made in steps.items() if made == version or code in gone]:
                del steps[code]
        self.applied = [made for made in self.applied if made != version]
        self.recommended = [made for made in self.recommended if made != version]

    @invariant()
    def figures_and_state_agree(self) -> None:
        state = self.programme.state
        counts = (len(self.found), len(self.rectified), len(self.verified))
        assert (len(state.issues), len(state.rectified), len(state.verified)) == counts
        assert state.open_issues == len(self.found) - len(self.verified)
        assert state.application == (self.applied or [0])[-1]
        assert state.recommendation == (self.recommended or [0])[-1]
        keys = ("issues.found", "issues.rectified", "issues.verified", "applications.submitted", "recommendations.made")
        expected = (*counts, len(self.applied), len(self.recommended))
        assert tuple(self.auditor.total(key).value for key in keys) == expected

    @invariant()
    def the_handle_is_what_a_replay_gives(self) -> None:
        history = [(pending.version, pending.event) for pending in self.batch.pending]
        assert fold(None, history) == self.programme.state


TestKeeping = Keeping.TestCase


# --- whatever history says -------------------------------------------------------------------------------------------


@given(histories(*PROGRAMME_EVENTS), st.integers(0, 14))
def test_the_programmes_history_may_be_cut_anywhere(history: History, cut: int) -> None:
    cut_anywhere(fold, history, cut)


@given(histories(*PROGRAMME_EVENTS), st.one_of(PROGRAMME_EVENTS))
def test_a_void_leaves_the_state_of_a_history_without_the_voided_entry(history: History, event: Event) -> None:
    forget(fold, history, event)


@given(histories(*PROGRAMME_EVENTS), st.one_of(*PROGRAMME_EVENTS, st.builds(Void, of_version=st.integers(1, 14))))
def test_asking_what_an_event_would_break_changes_nothing(history: History, event: Event) -> None:
    found = ask(ProgrammeFold(), history, event)
    if not isinstance(event, Void):
        assert check(fold(None, history), event) == found


# --- single cases ----------------------------------------------------------------------------------------------------


def test_five_of_six_verified_is_not_enough_to_apply_and_no_opinion_comes_before(programme: Programme) -> None:
    for number in range(6):
        programme.find_issue(f"Z{number}", on=MARCH, text="问题")
        programme.rectify_issue(f"Z{number}", code=f"G{number}", on=JUNE)
    for number in range(5):
        programme.verify_issue(f"Z{number}", code=f"Y{number}", on=JUNE)
    with pytest.raises(RuleError, match="1 open") as refusal:
        programme.submit_application("S1", on=SEPTEMBER)
    assert refusal.value.rule == "issues_open"
    assert refused(lambda: programme.recommend("T1", on=SEPTEMBER)) == "no_application"
    programme.verify_issue("Z5", code="Y5", on=SEPTEMBER)
    programme.submit_application("S1", on=SEPTEMBER)
    programme.recommend("T1", on=SEPTEMBER)
    assert programme.state.recommendation == programme.version


@pytest.mark.parametrize(
    ("kind", "key"),
    [("survey", "surveys.made"), ("observation", "observation.people"), ("tutoring", "tutoring.given")],
)
def test_work_is_summed_by_its_count(batch: Batch, programme: Programme, kind: str, key: str) -> None:
    programme.work(kind, code="1", on=MARCH, count=3)
    programme.correct(programme.work(kind, code="2", on=JUNE), count=4)
    programme.work("plan", code="3", on=JUNE, count=100)
    assert Auditor(batch).total(key) == Quantity(7)


def test_an_import_notes_an_application_that_came_too_early() -> None:
    batch = Batch(TODAY, lenient=True)
    programme = programme_of(batch)
    programme.find_issue("1", on=MARCH)
    programme.verify_issue("1", code="2", on=MARCH)
    programme.recommend("4", on=MARCH)
    programme.find_issue("5", on=MARCH)
    programme.submit_application("3", on=MARCH)
    rules = [violation.rule for violation, _ in batch.warnings]
    assert rules == ["issue_not_rectified", "no_application", "issues_open"]


def test_a_settled_issue_goes_with_what_settled_it(batch: Batch, programme: Programme) -> None:
    found = programme.find_issue("1", on=MARCH)
    programme.rectify_issue("1", code="2", on=MARCH)
    programme.verify_issue("1", code="3", on=MARCH)
    assert len(programme.void(found)) == 3
    assert not programme.stands
    assert Auditor(batch).total("issues.verified") == Quantity()


def test_an_issue_that_is_none_is_not_settled(programme: Programme) -> None:
    assert refused(lambda: programme.rectify_issue("1", code="2", on=MARCH)) == "unknown_issue"
    assert refused(lambda: programme.verify_issue("1", code="2", on=MARCH)) == "unknown_issue"
    programme.find_issue("1", on=JUNE)
    assert refused(lambda: programme.find_issue("1", on=JUNE)) == "issue_found_already"
    assert refused(lambda: programme.rectify_issue("1", code="2", on=MARCH)) == "before_what_it_follows"


@pytest.mark.parametrize("count", [-1, True, 1.5, "3"])
def test_work_is_counted_in_whole_numbers(programme: Programme, count: int) -> None:
    with pytest.raises(InputError):
        programme.work("survey", code="1", on=MARCH, count=count)


def test_what_was_verified_was_put_right(programme: Programme) -> None:
    programme.find_issue("1", on=MARCH)
    rectified = programme.rectify_issue("1", code="2", on=MARCH)
    programme.verify_issue("1", code="3", on=MARCH)
    try:
        programme.void(rectified)
    except RuleError:
        return
    assert set(programme.state.verified) <= set(programme.state.rectified)


def test_a_number_names_one_issue_in_an_import_too() -> None:
    programme = programme_of(Batch(TODAY, lenient=True))
    programme.find_issue("1", on=MARCH)
    with pytest.raises(RuleError, match="has that number already"):
        programme.find_issue("1", on=MARCH)
    assert programme.state.open_issues == 1
