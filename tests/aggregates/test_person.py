"""Somebody who is no retired cadre: they are enrolled once, and nothing of them is in the state but their role."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.aggregates.folding import History, ask, cut_anywhere, forget, histories
from tests.strategies import events

from cadreledger.aggregates import Batch, Person, PersonFold, PersonState
from cadreledger.aggregates.person import check, fold
from cadreledger.errors import InputError, RuleError
from cadreledger.events.person import PersonEnrolled
from cadreledger.events.sections import Event
from cadreledger.values import StreamId

DAY, TODAY = date(2021, 7, 5), date(2021, 12, 31)
STREAM = StreamId("person:" + "0" * 32)


@pytest.fixture
def batch() -> Batch:
    return Batch(TODAY)


def test_somebody_is_enrolled_once(batch: Batch) -> None:
    person = Person(STREAM, PersonFold(), batch)
    person.enrol(role="审核人", code="P1", name="孙某", contact="1", on=DAY)
    state = person.state
    with pytest.raises(RuleError) as refused:
        person.enrol(role="审批人", name="孙某")
    assert refused.value.rule == "already_enrolled"
    assert person.state == state
    assert state.role == "审核人"


def test_who_was_enrolled_by_mistake_is_enrolled_anew(batch: Batch) -> None:
    person = Person(STREAM, PersonFold(), batch)
    person.correct(person.enrol(role="审核人", name="孙某"), role="审批人")
    assert person.state.role == "审批人"
    person.void(3)
    assert not person.stands
    assert person.state.role is None
    person.enrol(role="志愿者", name="孙某")
    assert person.state.role == "志愿者"


def test_an_import_notes_that_somebody_is_there_twice() -> None:
    batch = Batch(TODAY, lenient=True)
    person = Person(STREAM, PersonFold(), batch)
    for role in ("审核人", "审批人"):
        person.enrol(role=role, name="孙某")
    assert [violation.rule for violation, _ in batch.warnings] == ["already_enrolled"]
    assert person.state.role == "审批人"


def test_without_a_day_they_count_from_the_start_and_no_day_lies_ahead(batch: Batch) -> None:
    person = Person(STREAM, PersonFold(), batch)
    with pytest.raises(InputError, match="future"):
        person.enrol(role="志愿者", name="孙某", on=date(2022, 1, 1))
    made = person.enrol(role="志愿者", name="孙某")
    assert person.state.standing[made].occurred_on is None


def test_no_state_and_no_text_of_one_names_anybody(batch: Batch) -> None:
    person = Person(STREAM, PersonFold(), batch)
    person.enrol(role="志愿者", code="P1", name="孙某", contact="13900000000")
    assert not any(secret in repr(person.state) for secret in ("孙某", "P1", "13900000000"))
    assert isinstance(person.state, PersonState)


@given(histories(events(PersonEnrolled)), st.integers(0, 14))
def test_a_history_may_be_cut_anywhere(history: History, cut: int) -> None:
    cut_anywhere(fold, history, cut)


@given(histories(events(PersonEnrolled)), events(PersonEnrolled))
def test_a_void_leaves_the_state_without_the_voided_entry(history: History, event: Event) -> None:
    forget(fold, history, event)


@given(histories(events(PersonEnrolled)), events(PersonEnrolled))
def test_asking_what_an_entry_would_break_changes_nothing(history: History, event: Event) -> None:
    assert ask(PersonFold(), history, event) == check(fold(None, history), event)
