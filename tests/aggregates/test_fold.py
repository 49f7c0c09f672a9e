"""Folding: the same state whichever way history is cut, whatever it says, and nothing in it can be changed."""

from datetime import date

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadreledger.aggregates import BranchState, CadreState, branch, cadre_fold, cadre_rules
from cadreledger.events.branch import (
    BranchApproved,
    BranchDissolved,
    BranchEstablished,
    BranchKind,
    FundCredited,
    FundRemitted,
    FundReturned,
    FundSpent,
    FundUse,
    PostAssigned,
)
from cadreledger.events.cadre import (
    CadreChanged,
    CadreKind,
    CadreLeft,
    CadreRegistered,
    LeaveCause,
    MemberJoined,
    MemberLeft,
    MembershipEnd,
    Relation,
    VisitConfirmed,
    VisitMade,
    VisitMode,
    VisitReason,
)
from cadreledger.events.dues import DuesAllocated, DuesAssessed, DuesReceived, DuesRefunded, DuesVolunteered
from cadreledger.events.sections import Event
from cadreledger.events.void import Void, VoidReason
from cadreledger.values import Money, Month, StreamId

DAYS = st.dates(date(2021, 1, 1), date(2021, 12, 31))
MAYBE_DAYS = st.none() | DAYS
MONTHS = st.builds(Month, st.just(2021), st.integers(1, 12))
AMOUNTS = st.builds(Money, st.integers(1, 9))
VERSIONS = st.integers(1, 12)
STREAMS = st.sampled_from([StreamId("branch:B1"), StreamId("branch:B2")])
DELTAS = st.integers(-1, 1)
VOIDS = st.builds(Void, occurred_on=MAYBE_DAYS, of_version=VERSIONS, reason=st.sampled_from(VoidReason))

CADRE_EVENTS: st.SearchStrategy[Event] = st.one_of(
    VOIDS,
    VOIDS,
    st.builds(
        CadreRegistered,
        occurred_on=MAYBE_DAYS,
        kind=st.sampled_from(CadreKind),
        smartphone=st.booleans(),
        frail=st.booleans(),
    ),
    st.builds(CadreChanged, occurred_on=MAYBE_DAYS, smartphone_delta=DELTAS, frail_delta=DELTAS, full_member_on=DAYS),
    st.builds(
        CadreLeft,
        occurred_on=MAYBE_DAYS,
        kind=st.sampled_from(CadreKind),
        cause=st.sampled_from(LeaveCause),
        smartphone=st.booleans(),
        frail=st.booleans(),
    ),
    st.builds(MemberJoined, occurred_on=MAYBE_DAYS, branch=STREAMS, relation=st.sampled_from(Relation)),
    st.builds(
        MemberLeft,
        occurred_on=MAYBE_DAYS,
        branch=STREAMS,
        relation=st.sampled_from(Relation),
        cause=st.sampled_from(MembershipEnd),
    ),
    st.builds(
        DuesAssessed,
        occurred_on=DAYS,
        owed=AMOUNTS,
        scheme=st.just("retired"),
        valid_from=MONTHS,
        policy_version=st.just("cn-2008/1"),
    ),
    st.builds(DuesReceived, occurred_on=DAYS, amount=AMOUNTS, for_month=MONTHS, held=st.booleans(), branch=STREAMS),
    st.builds(DuesAllocated, occurred_on=DAYS, payment=VERSIONS, for_month=MONTHS, amount=AMOUNTS),
    st.builds(
        DuesRefunded,
        occurred_on=DAYS,
        payment=VERSIONS,
        amount=AMOUNTS,
        decision=st.just("R1"),
        for_month=st.none() | MONTHS,
    ),
    st.builds(DuesVolunteered, occurred_on=DAYS, amount=AMOUNTS),
    st.builds(
        VisitMade,
        occurred_on=st.dates(date(2021, 7, 1), date(2021, 7, 2)),
        mode=st.sampled_from(VisitMode),
        repeated=st.booleans(),
        reason=st.sampled_from(VisitReason),
    ),
    st.builds(VisitConfirmed, occurred_on=DAYS, mode=st.sampled_from(VisitMode), visit=VERSIONS),
    st.builds(PostAssigned, occurred_on=DAYS, post=st.just("书记")),  # one that is not a cadre's
)
BRANCH_EVENTS: st.SearchStrategy[Event] = st.one_of(
    VOIDS,
    VOIDS,
    st.builds(
        BranchEstablished,
        occurred_on=MAYBE_DAYS,
        kind=st.sampled_from(BranchKind),
        code=st.just("B1"),
        name=st.sampled_from(["一支部", "二支部"]),
    ),
    st.builds(BranchApproved, occurred_on=MAYBE_DAYS, document=st.sampled_from(["1号", "2号"])),
    st.builds(BranchDissolved, occurred_on=DAYS, cause=st.just("end")),
    st.builds(
        PostAssigned,
        occurred_on=MAYBE_DAYS,
        post=st.sampled_from(["书记", "组织委员"]),
        holder=st.none() | st.sampled_from(["a", "b"]),
    ),
    st.builds(FundRemitted, occurred_on=DAYS, amount=AMOUNTS),
    st.builds(FundReturned, occurred_on=DAYS, amount=AMOUNTS),
    st.builds(FundCredited, occurred_on=DAYS, amount=AMOUNTS, kind=st.just("interest")),
    st.builds(FundSpent, occurred_on=DAYS, amount=AMOUNTS, use=st.sampled_from(FundUse)),
)


def numbered(events: st.SearchStrategy[Event]) -> st.SearchStrategy[list[tuple[int, Event]]]:
    return st.lists(events, max_size=14).map(lambda history: list(enumerate(history, start=1)))


def frozen(state: CadreState | BranchState) -> None:
    """Nothing in ``state``, however deep, can be assigned to."""
    for field in attrs.fields(type(state)):
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            setattr(state, field.name, None)
        value = getattr(state, field.name)
        if hasattr(value, "keys"):
            with pytest.raises(TypeError):
                value[next(iter(value), 1)] = None
            assert not hasattr(value, "clear")
        else:
            hash(value)


@given(numbered(CADRE_EVENTS), st.integers(0, 14))
def test_a_cadres_history_may_be_cut_anywhere(history: list[tuple[int, Event]], cut: int) -> None:
    whole = cadre_fold.fold(None, history)
    before = cadre_fold.fold(None, history[:cut])
    said = repr(before)
    assert cadre_fold.fold(before, history[cut:]) == whole
    assert repr(before) == said  # what came after has not reached into it
    assert whole.version == len(history)
    frozen(whole)


@given(numbered(BRANCH_EVENTS), st.integers(0, 14))
def test_a_branchs_history_may_be_cut_anywhere(history: list[tuple[int, Event]], cut: int) -> None:
    whole = branch.fold(None, history)
    before = branch.fold(None, history[:cut])
    said = repr(before)
    assert branch.fold(before, history[cut:]) == whole
    assert repr(before) == said
    assert whole.version == len(history)
    frozen(whole)


@given(numbered(CADRE_EVENTS), CADRE_EVENTS)
def test_a_void_leaves_the_state_of_a_history_without_the_voided_entry(
    history: list[tuple[int, Event]], event: Event
) -> None:
    if isinstance(event, Void):
        return
    last = len(history) + 1
    void = Void(of_version=last, reason=VoidReason.MISTAKE)
    after = cadre_fold.fold(None, [*history, (last, event), (last + 1, void)])
    assert attrs.evolve(after, version=len(history)) == cadre_fold.fold(None, history)


@given(numbered(CADRE_EVENTS), CADRE_EVENTS)
def test_asking_what_an_event_would_break_changes_nothing(history: list[tuple[int, Event]], event: Event) -> None:
    state = cadre_fold.fold(None, history)
    said = repr(state)
    first = cadre_rules.check(state, event)
    assert cadre_rules.check(state, event) == first == cadre_rules.check(cadre_fold.fold(None, history), event)
    assert repr(state) == said


@given(numbered(BRANCH_EVENTS), BRANCH_EVENTS)
def test_the_same_of_a_branch(history: list[tuple[int, Event]], event: Event) -> None:
    state = branch.fold(None, history)
    said = repr(state)
    first = branch.check(state, event)
    assert branch.check(state, event) == first == branch.check(branch.fold(None, history), event)
    assert repr(state) == said


@given(numbered(CADRE_EVENTS), numbered(CADRE_EVENTS))
def test_a_copy_of_a_fold_goes_its_own_way(history: list[tuple[int, Event]], more: list[tuple[int, Event]]) -> None:
    folding = cadre_fold.CadreFold(cadre_fold.fold(None, history))
    copy = folding.copy()
    for version, event in more:
        copy.take(len(history) + version, event)
    assert folding.freeze() == cadre_fold.fold(None, history)
