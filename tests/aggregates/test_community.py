"""The community's verbs in any order: figures and state are what lists say that are looked through from end to end."""

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

from cadreledger.aggregates import Batch, Community
from cadreledger.aggregates.community import CommunityFold, fold
from cadreledger.aggregates.community_rules import check
from cadreledger.errors import InputError, RuleError
from cadreledger.events.activity import ActivityHeld
from cadreledger.events.community import (
    NoticeApproved,
    NoticeProposed,
    NoticePublished,
    NoticeReviewed,
    PartnerChanged,
    PartnerJoined,
    PartnerLeft,
    ProfileStated,
    RegulationAdopted,
    RegulationRepealed,
    RegulationWay,
    SuggestionAnswered,
    SuggestionReceived,
)
from cadreledger.events.sections import Event
from cadreledger.events.void import Void
from cadreledger.values import Month, Period, Quantity, StreamId

TODAY = date(2021, 12, 31)
STREAM = StreamId("community")
MARCH, JUNE, SEPTEMBER = date(2021, 3, 1), date(2021, 6, 1), date(2021, 9, 1)
DAYS = st.sampled_from([MARCH, JUNE, SEPTEMBER])
CODES = st.sampled_from(["X1", "X2"])
HALF = Period(Month(2021, 1), Month(2021, 6))
PEOPLE = st.sampled_from(["post:1", "post:2", "post:3", None])

CODE, VERSION = st.sampled_from(["X1", "X2"]), st.integers(1, 12)
NOTICE = {"occurred_on": DAYS, "number": st.sampled_from(["1", "2"]), "edition": st.integers(1, 2)}
COMMUNITY_EVENTS: tuple[st.SearchStrategy[Event], ...] = (
    events(ProfileStated),
    events(ActivityHeld),
    st.builds(PartnerJoined, occurred_on=st.none() | DAYS, code=CODE, name=st.just("n")),
    st.builds(PartnerChanged, occurred_on=st.none() | DAYS, partner=VERSION, name=st.just("m")),
    st.builds(PartnerLeft, occurred_on=st.none() | DAYS, partner=VERSION),
    st.builds(
        RegulationAdopted,
        occurred_on=st.none() | DAYS,
        in_force=st.integers(0, 1),
        code=CODE,
        title=st.just("t"),
        way=st.sampled_from(RegulationWay),
    ),
    st.builds(RegulationRepealed, occurred_on=st.none() | DAYS, in_force=st.just(-1), code=CODE),
    st.builds(NoticeProposed, period=st.just(str(HALF)), proposer=PEOPLE, **NOTICE),
    st.builds(NoticeReviewed, reviewer=PEOPLE, **NOTICE),
    st.builds(NoticeApproved, approver=PEOPLE, **NOTICE),
    st.builds(SuggestionReceived, occurred_on=DAYS, code=CODE),
    st.builds(SuggestionAnswered, occurred_on=DAYS, suggestion=VERSION),
)


def community_of(batch: Batch) -> Community:
    return Community(STREAM, CommunityFold(), batch)


@pytest.fixture
def batch() -> Batch:
    return Batch(TODAY)


@pytest.fixture
def community(batch: Batch) -> Community:
    return community_of(batch)


def refused(decide: Callable[[], object]) -> str:
    with pytest.raises(RuleError) as refusal:
        decide()
    return refusal.value.rule


# --- any order -------------------------------------------------------------------------------------------------------


@attrs.frozen
class Entry:
    """An entry that stands. ``what`` it is, of which ``code``, resting on the entry ``upon`` (0: on none)."""

    what: str
    code: str
    on: date
    upon: int = 0
    adds: int = 0


class Keeping(RuleBasedStateMachine):
    """Partners, regulations, suggestions and activities of two codes each."""

    @initialize()
    def begin(self) -> None:
        self.batch = Batch(TODAY)
        self.community = community_of(self.batch)
        self.auditor = Auditor(self.batch)
        self.entries: dict[int, Entry] = {}

    def attempt(self, decide: Callable[[], object], *, possible: bool) -> tuple[int, ...]:
        """The versions that a decision took; it is refused if, and only if, it is not ``possible``."""
        state, pending = self.community.state, list(self.batch.pending)
        try:
            decide()
        except RuleError:
            assert not possible
            assert (self.community.state, self.batch.pending) == (state, pending)
            return ()
        assert possible
        return tuple(entry.version for entry in self.batch.pending[len(pending) :])

    def keep(self, made: tuple[int, ...], entry: Entry) -> None:
        if made:
            self.entries[made[0]] = entry

    def last(self, code: str, *what: str) -> tuple[int, Entry] | tuple[None, None]:
        found = [(at, entry) for at, entry in self.entries.items() if entry.code == code and entry.what in what]
        return found[-1] if found else (None, None)

    def day(self, code: str, drawn: date, *what: str) -> date:
        """``drawn``, or the day of the last such entry where that is later: nothing lies before what it follows."""
        _, before = self.last(code, *what)
        return drawn if before is None else max(before.on, drawn)

    def partner(self, code: str) -> int:
        """The version by which a partner joined who is one still; 0: there is none of that code."""
        at, entry = self.last(code, "joined", "left")
        return at if at is not None and entry is not None and entry.what == "joined" else 0

    @rule(code=CODES, drawn=DAYS)
    def add_partner(self, code: str, drawn: date) -> None:
        on = self.day(code, drawn, "joined", "left")
        made = self.attempt(lambda: self.community.add_partner(code, name="n", on=on), possible=not self.partner(code))
        self.keep(made, Entry("joined", code, on))

    @rule(code=CODES, drawn=DAYS)
    def drop_partner(self, code: str, drawn: date) -> None:
        on, upon = self.day(code, drawn, "joined", "left"), self.partner(code)
        made = self.attempt(lambda: self.community.drop_partner(code, on=on), possible=upon > 0)
        self.keep(made, Entry("left", code, on, upon))

    @rule(code=CODES, name=st.sampled_from(["m", "k"]))
    def change_partner(self, code: str, name: str) -> None:
        upon = self.partner(code)
        made = self.attempt(lambda: self.community.change_partner(code, name=name), possible=upon > 0)
        self.keep(made, Entry("changed", code, TODAY, upon))

    @rule(code=CODES, drawn=DAYS, way=st.sampled_from(["established", "revised"]))
    def adopt(self, code: str, drawn: date, way: str) -> None:
        on, before = self.day(code, drawn, "adopted", "repealed"), self.last(code, "adopted", "repealed")[1]
        made = self.attempt(lambda: self.community.adopt_regulation(code, title="t", way=way, on=on), possible=True)
        holds = before is not None and before.what == "adopted"
        self.keep(made, Entry("adopted", code, on, adds=int(not holds)))

    @rule(code=CODES, drawn=DAYS)
    def repeal(self, code: str, drawn: date) -> None:
        on, before = self.day(code, drawn, "adopted", "repealed"), self.last(code, "adopted", "repealed")[1]
        holds = before is not None and before.what == "adopted"
        made = self.attempt(lambda: self.community.repeal_regulation(code, on=on), possible=holds)
        self.keep(made, Entry("repealed", code, on, adds=-1))

    @rule(code=CODES, on=DAYS)
    def receive(self, code: str, on: date) -> None:
        known, _ = self.last(code, "received")
        made = self.attempt(lambda: self.community.receive_suggestion(code, on=on), possible=known is None)
        self.keep(made, Entry("received", code, on))

    @rule(code=CODES, on=DAYS)
    def answer(self, code: str, on: date) -> None:
        (at, received), (done, _) = self.last(code, "received"), self.last(code, "answered")
        possible = received is not None and done is None and on >= received.on
        made = self.attempt(lambda: self.community.answer_suggestion(code, on=on), possible=possible)
        self.keep(made, Entry("answered", code, on, at or 0))

    @rule(code=CODES, on=DAYS)
    def hold(self, code: str, on: date) -> None:
        known, _ = self.last(code, "held")
        made = self.attempt(
            lambda: self.community.hold("recreation", code=code, title="t", on=on), possible=known is None
        )
        self.keep(made, Entry("held", code, on))

    @precondition(lambda self: self.community.version)
    @rule(data=st.data())
    def void(self, data: st.DataObject) -> None:
        version = data.draw(st.integers(1, self.community.version + 1))
        entry = self.entries.get(version)
        if entry is not None and entry.what == "left" and (self.last(entry.code, "joined")[0] or 0) > version:
            return  # see test_a_partner_who_came_back_is_counted_once
        regulates = ("adopted", "repealed")
        last = entry is None or entry.what not in regulates or self.last(entry.code, *regulates)[0] == version
        made = self.attempt(lambda: self.community.void(version), possible=entry is not None and last)
        if made:
            self.entries = {at: other for at, other in self.entries.items() if version not in {at, other.upon}}

    @invariant()
    def figures_agree_and_no_stock_is_ever_less_than_nothing(self) -> None:
        sums = self.auditor.sums()
        several = list(self.entries.values())
        expected = {
            "partners.count": self.number("joined") - self.number("left"),
            "regulations.in_force": sum(entry.adds for entry in several),
            "suggestions.received": self.number("received"),
            "suggestions.answered": self.number("answered"),
            "recreation.held": self.number("held"),
        }
        assert {key: total(sums, key).value for key in expected} == expected
        assert never_less_than_nothing(sums, "partners.count")
        assert never_less_than_nothing(sums, "regulations.in_force")
        state = self.community.state
        assert len(state.partners) == expected["partners.count"]
        assert len(state.regulations) == expected["regulations.in_force"]
        assert len(state.suggestions) == expected["suggestions.received"]
        assert len(state.answered) == expected["suggestions.answered"]
        assert len(state.activities) == expected["recreation.held"]

    @invariant()
    def the_handle_is_what_a_replay_gives(self) -> None:
        history = [(pending.version, pending.event) for pending in self.batch.pending]
        assert fold(None, history) == self.community.state

    def number(self, what: str) -> int:
        return sum(entry.what == what for entry in self.entries.values())


TestKeeping = Keeping.TestCase


# --- whatever history says -------------------------------------------------------------------------------------------


@given(histories(*COMMUNITY_EVENTS), st.integers(0, 14))
def test_the_communitys_history_may_be_cut_anywhere(history: History, cut: int) -> None:
    cut_anywhere(fold, history, cut)


@given(histories(*COMMUNITY_EVENTS), st.one_of(COMMUNITY_EVENTS))
def test_a_void_leaves_the_state_of_a_history_without_the_voided_entry(history: History, event: Event) -> None:
    forget(fold, history, event)


@given(histories(*COMMUNITY_EVENTS), st.one_of(*COMMUNITY_EVENTS, st.builds(Void, of_version=st.integers(1, 14))))
def test_asking_what_an_event_would_break_changes_nothing(history: History, event: Event) -> None:
    found = ask(CommunityFold(), history, event)
    if not isinstance(event, Void):
        assert check(fold(None, history), event) == found


# --- the profile, partners, regulations ------------------------------------------------------------------------------


def test_what_a_source_says_stands_until_it_says_something_else_and_comes_back_when_that_is_taken_back(
    community: Community,
) -> None:
    first = community.state_profile(
        "老年人口", "1120", unit="人", qualifier="about", as_of=Month(2020, 12), basis="论文"
    )
    second = community.state_profile("老年人口", "1130", unit="人")
    assert community.state.profile == {"老年人口": second}
    community.void(second)
    assert community.state.profile == {"老年人口": first}


def test_of_a_partner_what_is_not_said_stays(community: Community) -> None:
    community.add_partner("U1", name="甲单位", kind="医院", support="义诊", on=MARCH)
    community.change_partner("U1", support="体检", on=JUNE)
    community.change_partner("U1", name="乙单位")
    last = community.state.standing[community.version]
    assert isinstance(last, PartnerChanged)
    assert (last.name, last.kind, last.support, last.occurred_on) == ("乙单位", "医院", "体检", TODAY)


def test_a_partner_that_is_none_is_neither_changed_nor_dropped(community: Community) -> None:
    assert refused(lambda: community.drop_partner("U1")) == "unknown_partner"
    assert refused(lambda: community.change_partner("U1", name="n")) == "unknown_partner"
    community.add_partner("U1", name="n", on=MARCH)
    assert refused(lambda: community.add_partner("U1", name="m", on=JUNE)) == "partner_joined_already"
    community.drop_partner("U1", on=JUNE)
    assert refused(lambda: community.change_partner("U1", name="n")) == "unknown_partner"


def test_a_regulation_that_is_revised_is_counted_once(batch: Batch, community: Community) -> None:
    community.adopt_regulation("Z1", title="学习制度")
    revised = community.adopt_regulation("Z1", title="学习制度", way="revised", on=MARCH)
    assert Auditor(batch).total("regulations.in_force") == Quantity(1)
    assert refused(lambda: community.void(1)) == "changed_since"
    assert refused(lambda: community.correct(revised, in_force=1)) == "regulation_counted_wrongly"
    community.repeal_regulation("Z1", on=JUNE)
    assert refused(lambda: community.repeal_regulation("Z1", on=SEPTEMBER)) == "unknown_regulation"


def test_no_partner_leaves_before_it_joined(batch: Batch, community: Community) -> None:
    community.add_partner("U1", name="n", on=JUNE)
    with pytest.raises(RuleError):
        community.drop_partner("U1", on=MARCH)
    assert never_less_than_nothing(Auditor(batch).sums(), "partners.count")


def test_no_regulation_is_repealed_before_it_was_adopted(batch: Batch, community: Community) -> None:
    community.adopt_regulation("Z1", title="t", on=JUNE)
    with pytest.raises(RuleError):
        community.repeal_regulation("Z1", on=MARCH)
    assert never_less_than_nothing(Auditor(batch).sums(), "regulations.in_force")


def test_a_partner_who_came_back_is_counted_once(batch: Batch, community: Community) -> None:
    community.add_partner("U1", name="n", on=MARCH)
    left = community.drop_partner("U1", on=JUNE)
    community.add_partner("U1", name="n", on=SEPTEMBER)
    with pytest.raises(RuleError):
        community.void(left)
    assert Auditor(batch).total("partners.count") == Quantity(len(community.state.partners))


# --- notices ---------------------------------------------------------------------------------------------------------


def publish(community: Community, edition: int = 1, people: tuple[str, str, str] = ("a", "b", "c")) -> int:
    proposer, reviewer, approver = people
    community.propose_notice("2021-1", period=HALF, on=MARCH, edition=edition, proposer=proposer)
    community.review_notice("2021-1", on=MARCH, edition=edition, reviewer=reviewer)
    community.approve_notice("2021-1", on=MARCH, edition=edition, approver=approver)
    return community.publish_notice("2021-1", period=HALF, on=MARCH, edition=edition)


def test_a_notice_is_proposed_reviewed_approved_and_published(batch: Batch, community: Community) -> None:
    publish(community)
    second = publish(community, edition=2)
    published = community.state.standing[second]
    assert isinstance(published, NoticePublished)
    assert (published.edition, published.supersedes, published.size, published.digest) == (2, 1, 0, "")
    assert Auditor(batch).total("notices.published") == Quantity(1)
    assert set(community.state.notices) == {("2021-1", 1), ("2021-1", 2)}


def test_no_step_of_a_notice_comes_before_the_one_before_it(community: Community) -> None:
    assert refused(lambda: community.review_notice("1", on=MARCH, reviewer="post:2")) == "notice_not_proposed"
    community.propose_notice("1", period=HALF, on=MARCH)
    assert refused(lambda: community.approve_notice("1", on=MARCH, approver="post:3")) == "notice_not_reviewed"
    community.review_notice("1", on=MARCH, reviewer="post:2")
    assert refused(lambda: community.publish_notice("1", period=HALF, on=MARCH)) == "notice_not_approved"
    community.approve_notice("1", on=MARCH, approver="post:3")
    community.publish_notice("1", period=HALF, on=MARCH)
    for decide in (
        lambda: community.publish_notice("1", period=HALF, on=MARCH),
        lambda: community.review_notice("1", on=MARCH, reviewer="post:2"),
        lambda: community.propose_notice("1", period=HALF, on=MARCH),
    ):
        assert refused(decide) == "notice_step_taken"


@pytest.mark.parametrize("people", [("a", "a", "c"), ("a", "b", "a"), ("a", "b", "b")])
def test_nobody_takes_two_steps_of_a_notice(people: tuple[str, str, str]) -> None:
    assert refused(lambda: publish(community_of(Batch(TODAY)), people=people)) == "same_person"
    lenient = Batch(TODAY, lenient=True)
    publish(community_of(lenient), people=people)
    assert [violation.rule for violation, _ in lenient.warnings] == ["same_person"]
    assert "art. 15" in lenient.warnings[0][0].citation


def test_an_import_of_paper_notes_what_is_not_known_of_a_notice() -> None:
    batch = Batch(TODAY, lenient=True)
    community_of(batch).publish_notice("第1期", period=HALF, on=MARCH)
    assert [violation.rule for violation, _ in batch.warnings] == ["notice_not_approved"]
    assert Auditor(batch).total("notices.published") == Quantity(1)


def test_a_notices_number_is_found_however_it_is_written(community: Community) -> None:
    community.propose_notice("第1期", period=HALF, on=MARCH)
    community.review_notice("  第１期 ", on=MARCH, reviewer="post:2")
    ((number, _),) = community.state.notices
    assert number.isascii()
    assert community.state.notices[number, 1].reviewed


@pytest.mark.parametrize("edition", [0, -1, True, "1", 1.0])
def test_an_edition_is_a_number_from_1(community: Community, edition: int) -> None:
    with pytest.raises(InputError):
        community.publish_notice("1", period=HALF, on=MARCH, edition=edition)
    with pytest.raises(InputError):
        community.propose_notice("1", period=HALF, on=MARCH, edition=edition)


@pytest.mark.parametrize("period", ["2021-01..2021-06", Month(2021, 1), None])
def test_a_notice_is_of_a_period(community: Community, period: Period) -> None:
    with pytest.raises(InputError, match="period"):
        community.propose_notice("1", period=period, on=MARCH)


# --- suggestions -----------------------------------------------------------------------------------------------------


def test_three_suggestions_of_which_one_was_answered_are_three_and_one(batch: Batch, community: Community) -> None:
    for code in ("1", "2", "3"):
        community.receive_suggestion(code, on=MARCH, notice="2021-1", content="意见")
    community.answer_suggestion("2", on=JUNE, answer="答复")
    auditor = Auditor(batch)
    assert (auditor.total("suggestions.received"), auditor.total("suggestions.answered")) == (Quantity(3), Quantity(1))
    assert auditor.sums()["suggestions.answered"] == {Month(2021, 6): Quantity(1)}
    assert refused(lambda: community.answer_suggestion("2", on=JUNE)) == "suggestion_answered_already"
    assert refused(lambda: community.answer_suggestion("4", on=JUNE)) == "unknown_suggestion"
    assert refused(lambda: community.receive_suggestion("1", on=JUNE)) == "suggestion_received_already"


def test_an_answer_goes_with_its_suggestion(batch: Batch, community: Community) -> None:
    made = community.receive_suggestion("1", on=MARCH)
    community.answer_suggestion("1", on=JUNE)
    assert len(community.void(made)) == 2
    assert Auditor(batch).total("suggestions.answered") == Quantity()
    assert not community.state.answered


def test_what_comes_back_comes_after_it_had_ended(batch: Batch, community: Community) -> None:
    community.adopt_regulation("Z1", title="t", on=MARCH)
    community.repeal_regulation("Z1", on=JUNE)
    community.add_partner("U1", name="n")
    community.drop_partner("U1", on=JUNE)
    assert refused(lambda: community.adopt_regulation("Z1", title="t", on=MARCH)) == "before_what_it_follows"
    assert refused(lambda: community.add_partner("U1", name="n", on=MARCH)) == "before_what_it_follows"
    community.adopt_regulation("Z1", title="t")
    community.add_partner("U1", name="n")
    assert [entry.event.occurred_on for entry in batch.pending[-2:]] == [TODAY, TODAY]
    for key in ("regulations.in_force", "partners.count"):
        assert Auditor(batch).total(key) == Quantity(1)
    assert batch.pending[-1].event.occurred_on == TODAY


def test_nothing_is_said_of_a_notice_that_headers_cannot_hold(community: Community) -> None:
    published = publish(community)
    for changes in ({"size": 10**6}, {"digest": "A" * 43}, {"period": "2021-13..2021-99"}):
        with pytest.raises((RuleError, InputError)):
            community.correct(published, **changes)
