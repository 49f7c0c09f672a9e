"""A facility's verbs in any order: what is counted, when it is open and who is first, against a model that is naive."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.aggregates.folding import History, ask, cut_anywhere, forget, histories
from tests.aggregates.sums import Auditor, never_less_than_nothing, total

from cadreledger.aggregates import Batch, Facility, FacilityFold
from cadreledger.aggregates.facility_fold import fold
from cadreledger.aggregates.facility_rules import check
from cadreledger.errors import InputError, RuleError
from cadreledger.events.facility import (
    BookingCancelled,
    BookingMade,
    FacilityKind,
    FacilityListed,
    FacilityRecounted,
    FacilityWithdrawn,
    OpeningSet,
)
from cadreledger.events.sections import Event
from cadreledger.events.void import Void
from cadreledger.values import Qualifier, Quantity, StreamId

TODAY = date(2021, 12, 31)
STREAM = StreamId("facility:F1")
MARCH, MAY, JULY = date(2021, 3, 1), date(2021, 5, 4), date(2021, 7, 1)
DAYS = st.sampled_from([MARCH, MAY, JULY])
MONDAY = date(2022, 1, 3)
COUNTS = st.integers(0, 1200)
QUALIFIERS = st.sampled_from(Qualifier)
HALF_HOURS = st.integers(0, 48 * 3).map(
    lambda number: datetime.combine(MONDAY, time()) + number * timedelta(minutes=30)
)
HOURS = st.integers(8, 16).map(lambda hour: datetime.combine(MONDAY, time(hour)))
WINDOWS = st.sampled_from(
    ["1-5 08:30-16:30", "1-7 00:00-24:00", "1 08:00-12:00", "1 12:00-24:00", "2 00:00-06:30", "2-3 06:30-20:00"]
)
OPENINGS = st.lists(WINDOWS, max_size=4)

FACILITY_EVENTS = (
    st.builds(
        FacilityListed,
        occurred_on=st.none() | DAYS,
        kind=st.sampled_from([FacilityKind.ROOM, FacilityKind.BOOKS]),
        count=COUNTS,
        qualifier=QUALIFIERS,
        code=st.just("F1"),
        name=st.just("阅览室"),
    ),
    st.builds(
        FacilityRecounted,
        occurred_on=st.none() | DAYS,
        kind=st.sampled_from([FacilityKind.ROOM, FacilityKind.BOOKS]),
        count=st.integers(-3, 3),
        qualifier=QUALIFIERS,
        name=st.sampled_from(["阅览室", "图书室"]),
        unit=st.none() | st.just("间"),
    ),
    st.builds(
        FacilityWithdrawn,
        occurred_on=st.none() | DAYS,
        kind=st.just(FacilityKind.ROOM),
        count=st.integers(-3, 3),
        qualifier=QUALIFIERS,
    ),
    st.builds(OpeningSet, occurred_on=st.none() | DAYS, windows=OPENINGS.map(tuple)),
    st.builds(
        BookingMade,
        occurred_on=DAYS,
        start=st.sampled_from(["2022-01-03T09:00", "2022-01-03T10:00", "2022-02-30T10:00"]),
        end=st.sampled_from(["2022-01-03T09:30", "2022-01-03T12:00", "2022-13-01T00:00"]),
    ),
    st.builds(BookingCancelled, occurred_on=DAYS, booking=st.integers(1, 12)),
)


def room_of(batch: Batch, **more: object) -> Facility:
    facility = Facility(STREAM, FacilityFold(), batch)
    given: dict[str, object] = {"kind": "room", "code": "F1", "name": "活动室"}
    facility.enter(**(given | more))  # type: ignore[arg-type] # what a test says otherwise
    return facility


@pytest.fixture
def batch() -> Batch:
    return Batch(TODAY)


@pytest.fixture
def room(batch: Batch) -> Facility:
    return room_of(batch)


def refused(decide: Callable[[], object]) -> str:
    with pytest.raises(RuleError) as refusal:
        decide()
    return refusal.value.rule


def at(text: str) -> datetime:
    """``3 14:00``: that time on a day of January 2022, whose 3rd is a Monday."""
    day, clock = text.split()
    return datetime.combine(date(2022, 1, int(day)), time.fromisoformat(clock))


def book(facility: Facility, start: str, end: str) -> int:
    return facility.book(start=at(start), end=at(end), on=JULY)


# --- any order -------------------------------------------------------------------------------------------------------


@attrs.frozen
class Count:
    """What was counted last, by a decision that took the entries ``versions``."""

    there: bool = False
    count: int = 0
    qualifier: Qualifier = Qualifier.EXACT
    on: date | None = None
    versions: tuple[int, ...] = ()


@attrs.frozen
class Booked:
    start: datetime
    end: datetime
    cancelled: int = 0


def open_minutes(windows: list[str], day: date) -> set[int]:
    """The minutes of ``day`` that lie in one of ``windows``, counted one by one."""
    found: set[int] = set()
    for window in windows:
        days, hours = window.split()
        first, _, last = days.partition("-")
        start, _, end = hours.partition("-")
        if int(first) <= day.isoweekday() <= int(last or first):
            found |= set(range(minutes(start), minutes(end)))
    return found


def minutes(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])


class Keeping(RuleBasedStateMachine):
    """One facility, its counts as a stack, its bookings as a list that is looked through from end to end."""

    @initialize()
    def begin(self) -> None:
        self.batch = Batch(TODAY)
        self.facility = Facility(STREAM, FacilityFold(), self.batch)
        self.auditor = Auditor(self.batch)
        self.counts = [Count()]
        self.openings: dict[int, tuple[date, list[str]]] = {}
        self.bookings: dict[int, Booked] = {}

    def attempt(self, decide: Callable[[], object], *, possible: bool) -> tuple[int, ...]:
        """The versions that a decision took; it is refused if, and only if, it is not ``possible``."""
        state, pending = self.facility.state, list(self.batch.pending)
        try:
            decide()
        except (RuleError, InputError):
            assert not possible
            assert (self.facility.state, self.batch.pending) == (state, pending)
            return ()
        assert possible
        return tuple(entry.version for entry in self.batch.pending[len(pending) :])

    def follows(self, on: date | None) -> bool:
        before = self.counts[-1].on
        return before is None or (on is not None and on >= before)

    def is_free(self, start: datetime, end: datetime) -> bool:
        return not any(
            not other.cancelled and other.start < end and start < other.end for other in self.bookings.values()
        )

    def is_open(self, start: datetime, end: datetime) -> bool:
        moment = start
        while moment < end:
            since = [(day, version) for version, (day, _) in self.openings.items() if day <= moment.date()]
            windows = self.openings[max(since)[1]][1] if since else []
            if windows and moment.hour * 60 + moment.minute not in open_minutes(windows, moment.date()):
                return False
            moment += timedelta(minutes=30)
        return True

    @rule(count=COUNTS, qualifier=QUALIFIERS, on=st.none() | DAYS)
    def enter(self, count: int, qualifier: Qualifier, on: date | None) -> None:
        made = self.attempt(
            lambda: self.facility.enter(kind="books", code="F1", name="书", count=count, qualifier=qualifier, on=on),
            possible=not self.counts[-1].there and self.follows(on),
        )
        if made:
            self.counts.append(Count(there=True, count=count, qualifier=qualifier, on=on, versions=made))

    @rule(count=st.none() | COUNTS, qualifier=st.none() | QUALIFIERS, on=st.none() | DAYS)
    def recount(self, count: int | None, qualifier: Qualifier | None, on: date | None) -> None:
        before, day = self.counts[-1], on or TODAY
        made = self.attempt(
            lambda: self.facility.recount(count=count, qualifier=qualifier, on=on),
            possible=before.there and self.follows(day) and (count, qualifier) != (None, None),
        )
        if made:
            total = before.count if count is None else count
            self.counts.append(
                Count(there=True, count=total, qualifier=qualifier or before.qualifier, on=day, versions=made)
            )

    @precondition(lambda self: self.facility.version > 6)
    @rule(on=st.none() | DAYS)
    def withdraw(self, on: date | None) -> None:
        day = on or TODAY
        made = self.attempt(lambda: self.facility.withdraw(on=on), possible=self.counts[-1].there and self.follows(day))
        if made:
            self.counts.append(Count(on=day, versions=made))

    @rule(windows=OPENINGS, on=st.none() | DAYS)
    def set_opening(self, windows: list[str], on: date | None) -> None:
        made = self.attempt(lambda: self.facility.set_opening(*windows, on=on), possible=self.counts[-1].there)
        if made:
            self.openings[made[0]] = (on or date.min, windows)

    @rule(start=HALF_HOURS, end=HALF_HOURS)
    def book(self, start: datetime, end: datetime) -> None:
        made = self.attempt(
            lambda: self.facility.book(start=start, end=end, on=JULY),
            possible=self.counts[-1].there and start < end and self.is_free(start, end) and self.is_open(start, end),
        )
        if made:
            self.bookings[made[0]] = Booked(start, end)

    @precondition(lambda self: self.bookings)
    @rule(data=st.data(), on=st.sampled_from([MAY, JULY]))
    def cancel(self, data: st.DataObject, on: date) -> None:
        version = data.draw(st.sampled_from(sorted(self.bookings)))
        made = self.attempt(
            lambda: self.facility.cancel(version, on=on), possible=not self.bookings[version].cancelled and on >= JULY
        )
        if made:
            self.bookings[version] = attrs.evolve(self.bookings[version], cancelled=made[0])

    @precondition(lambda self: self.facility.version)
    @rule(data=st.data())
    def void(self, data: st.DataObject) -> None:
        version = data.draw(st.integers(1, self.facility.version + 1))
        standing = self.facility.state.standing
        first = version == next(iter(standing), 0) and len(standing) > 1
        cancelled = next((made for made, other in self.bookings.items() if other.cancelled == version), 0)
        again = self.bookings.get(cancelled)
        counts = version in self.counts[-1].versions and not first
        possible = (
            counts
            or version in {*self.openings, *self.bookings}
            or (again is not None and self.is_free(again.start, again.end))
        )
        if not self.attempt(lambda: self.facility.void(version), possible=possible):
            return
        if counts:
            self.counts.pop()
        self.openings.pop(version, None)
        self.bookings.pop(version, None)
        if again is not None:
            self.bookings[cancelled] = attrs.evolve(again, cancelled=0)

    @precondition(lambda self: self.bookings)
    @rule(data=st.data(), start=HALF_HOURS, end=HALF_HOURS)
    def correct_a_booking(self, data: st.DataObject, start: datetime, end: datetime) -> None:
        version = data.draw(st.sampled_from(sorted(self.bookings)))
        before = self.bookings.pop(version)
        texts = {"start": start.isoformat(timespec="minutes"), "end": end.isoformat(timespec="minutes")}
        made = self.attempt(
            lambda: self.facility.correct(version, **texts),
            possible=self.counts[-1].there and start < end and self.is_free(start, end) and self.is_open(start, end),
        )
        if not made:
            self.bookings[version] = before
        elif before.cancelled:
            self.bookings[made[-2]] = Booked(start, end, made[-1])
        else:
            self.bookings[made[-1]] = Booked(start, end)

    @invariant()
    def figures_agree_and_are_never_less_than_nothing(self) -> None:
        state, last, sums = self.facility.state, self.counts[-1], self.auditor.sums()
        held = total(sums, "books.volumes")
        assert (held.value, held.qualifier) == (state.count, state.qualifier) == (last.count, last.qualifier)
        assert held == state.quantity
        assert sum((Quantity.of(*part) for part in state.parts), start=Quantity()) == held
        assert never_less_than_nothing(sums, "books.volumes")
        assert state.withdrawn is (not last.there and len(self.counts) > 1)
        assert len([part for part in state.parts if part[1] is Qualifier.EXACT]) <= 1

    @invariant()
    def the_bookings_are_those_of_the_list(self) -> None:
        state = self.facility.state
        found = {version: (one.start, one.end, one.cancelled) for version, one in state.bookings.items()}
        assert found == {version: (one.start, one.end, one.cancelled > 0) for version, one in self.bookings.items()}
        live = [(one.start, one.end, version) for version, one in self.bookings.items() if not one.cancelled]
        assert list(state.by_start) == sorted(live)

    @invariant()
    def the_handle_is_what_a_replay_gives(self) -> None:
        history = [(pending.version, pending.event) for pending in self.batch.pending]
        assert fold(None, history) == self.facility.state
        assert fold(fold(None, history[:4]), history[4:]) == self.facility.state


TestKeeping = Keeping.TestCase


# --- whatever history says -------------------------------------------------------------------------------------------


@given(histories(*FACILITY_EVENTS), st.integers(0, 14))
def test_a_facilitys_history_may_be_cut_anywhere(history: History, cut: int) -> None:
    cut_anywhere(fold, history, cut)


@given(histories(*FACILITY_EVENTS), st.one_of(FACILITY_EVENTS))
def test_a_void_leaves_the_state_of_a_history_without_the_voided_entry(history: History, event: Event) -> None:
    forget(fold, history, event)


@given(histories(*FACILITY_EVENTS), st.one_of(*FACILITY_EVENTS, st.builds(Void, of_version=st.integers(1, 14))))
def test_asking_what_an_event_would_break_changes_nothing(history: History, event: Event) -> None:
    found = ask(FacilityFold(), history, event)
    if not isinstance(event, Void):
        assert check(fold(None, history), event) == found


@given(st.lists(st.tuples(HOURS, HOURS), min_size=2, max_size=6), HOURS, HOURS)
def test_whoever_overlaps_is_found_among_bookings_that_overlap_each_other(
    several: list[tuple[datetime, datetime]], start: datetime, end: datetime
) -> None:
    assume(start < end)
    facility = room_of(Batch(TODAY, lenient=True))
    for one, other in several:
        if one != other:
            facility.book(start=min(one, other), end=max(one, other), on=JULY)
    taken = [one for one in facility.state.bookings.values() if one.start < end and start < one.end]
    found = facility.state.booked(start, end)
    assert found in taken if taken else found is None


def test_a_long_booking_is_seen_behind_a_short_one_that_is_over() -> None:
    room = room_of(Batch(TODAY, lenient=True))
    book(room, "3 08:00", "3 18:00")
    book(room, "3 09:00", "3 10:00")
    assert room.state.booked(at("3 12:00"), at("3 13:00")) == room.state.bookings[2]


# --- counts ----------------------------------------------------------------------------------------------------------


def events_of(batch: Batch, after: int) -> list[tuple[str, int, str]]:
    return [
        (type(entry.event).__name__, entry.event.count, entry.event.qualifier.value)
        for entry in batch.pending
        if entry.version > after and isinstance(entry.event, FacilityRecounted | FacilityWithdrawn)
    ]


def test_more_than_a_thousand_volumes_and_three_hundred_stay_more_than(batch: Batch) -> None:
    books = room_of(batch, kind="books", count=1000, qualifier="at_least")
    books.recount(count=1300)
    assert (books.state.count, books.state.qualifier) == (1300, Qualifier.AT_LEAST)
    assert events_of(batch, 1) == [("FacilityRecounted", 300, "exact")]
    assert Auditor(batch).total("books.volumes") == Quantity(1300, at_least=1)
    books.recount(count=1000)
    books.recount(name="图书室")
    assert books.state.parts == ((1000, Qualifier.AT_LEAST),)


def test_what_is_counted_at_last_is_exact_from_then_on(batch: Batch) -> None:
    books = room_of(batch, kind="books", count=1000, qualifier="at_least")
    books.recount(count=1200, qualifier="about")
    version = books.recount(count=1274, qualifier="exact")
    assert events_of(batch, 1) == [
        ("FacilityRecounted", 200, "about"),
        ("FacilityWithdrawn", 1000, "at_least"),
        ("FacilityWithdrawn", 200, "about"),
        ("FacilityRecounted", 1274, "exact"),
    ]
    assert version == 5
    assert books.state.parts == ((1274, Qualifier.EXACT),)
    assert Auditor(batch).total("books.volumes") == Quantity(1274)


def test_a_number_may_become_surer_and_still_be_vague(batch: Batch) -> None:
    books = room_of(batch, kind="books", count=1000, qualifier="about")
    books.recount(count=900, qualifier="at_least")
    assert Auditor(batch).total("books.volumes") == Quantity(900, at_least=1)
    assert books.state.parts == ((900, Qualifier.AT_LEAST),)


@pytest.mark.parametrize("part", [3, 4, 5])
def test_a_sure_count_is_taken_back_whole_whichever_of_its_entries_is_named(batch: Batch, part: int) -> None:
    books = room_of(batch, kind="books", count=1000, qualifier="at_least")
    books.recount(count=1200, qualifier="about")
    before = books.state
    books.recount(count=1274, qualifier="exact")
    assert len(books.void(part)) == 3
    assert attrs.evolve(books.state, version=before.version) == before
    assert Auditor(batch).total("books.volumes") == before.quantity


def test_counts_are_taken_back_the_latest_first(room: Facility) -> None:
    first = room.recount(count=3)
    last = room.recount(count=4)
    with pytest.raises(RuleError) as refusal:
        room.void(first)
    assert refusal.value.rule == "changed_since"
    assert f"version {last}" in refusal.value.hint
    room.void(last)
    room.void(first)
    assert room.state.count == 1


def test_what_is_not_said_stays(batch: Batch) -> None:
    room = room_of(batch, unit="间", area="120.5", provider="U1", opening="工作日")
    room.recount(name="大活动室", on=MAY)
    room.recount(area="130", note="重新测量", on=JULY)
    state = room.state
    assert (state.name, state.unit, state.area, state.provider, state.opening) == (
        "大活动室",
        "间",
        "130",
        "U1",
        "工作日",
    )
    assert (state.count, state.qualifier) == (1, Qualifier.EXACT)


def test_a_recount_without_a_day_is_of_today(batch: Batch) -> None:
    room = room_of(batch)
    room.recount(count=2)
    room.withdraw()
    assert [event.occurred_on for event in room.state.standing.values()] == [None, TODAY, TODAY]


def test_a_recount_that_names_nothing_is_refused(room: Facility) -> None:
    with pytest.raises(InputError, match="changes nothing"):
        room.recount(on=MAY)


@pytest.mark.parametrize("number", [-1, True, 1.0, "1", 2**60])
def test_things_are_counted_in_whole_numbers(room: Facility, number: int) -> None:
    state = room.state
    with pytest.raises(InputError):
        room.recount(count=number)
    with pytest.raises(InputError):
        room_of(Batch(TODAY), count=number)
    assert room.state == state


def test_what_was_withdrawn_is_counted_and_booked_no_more_until_it_is_entered_again(batch: Batch) -> None:
    room = room_of(batch, count=3, qualifier="about", on=MARCH)
    booking = book(room, "3 14:00", "3 16:00")
    room.recount(count=4, on=MAY)
    room.withdraw(on=JULY)
    assert room.state.withdrawn
    assert Auditor(batch).total("rooms.count") == Quantity()
    for decide in (
        lambda: room.recount(count=1, on=JULY),
        lambda: room.withdraw(on=JULY),
        lambda: book(room, "4 14:00", "4 16:00"),
        lambda: room.set_opening("1 08:00-09:00", on=JULY),
    ):
        assert refused(decide) == "facility_withdrawn"
    room.cancel(booking, on=JULY)
    with pytest.raises(RuleError):
        room.enter(kind="room", code="F1", name="n", on=MAY)
    room.enter(kind="venue", code="F1", name="n", count=2, on=JULY)
    assert Auditor(batch).total("venues.partner") == Quantity(2)
    book(room, "4 14:00", "4 16:00")


def test_a_withdrawal_is_taken_back_whole(batch: Batch) -> None:
    room = room_of(batch, count=3, qualifier="about")
    room.recount(count=4)
    before = room.state
    assert len(room.void(room.withdraw())) == 2
    assert attrs.evolve(room.state, version=before.version) == before


def test_a_facility_is_entered_once(room: Facility) -> None:
    assert refused(lambda: room.enter(kind="room", code="F1", name="n")) == "already_entered"


def test_nothing_is_decided_about_a_facility_that_is_not_there(batch: Batch) -> None:
    nothing = Facility(STREAM, FacilityFold(), batch)
    for decide in (
        lambda: nothing.recount(count=1),
        nothing.withdraw,
        nothing.set_opening,
        lambda: book(nothing, "3 14:00", "3 16:00"),
        lambda: nothing.cancel(1, on=JULY),
    ):
        assert refused(decide) == "no_such_facility"


def test_a_count_does_not_lie_before_what_it_follows(batch: Batch) -> None:
    room = room_of(batch, on=MAY)
    assert refused(lambda: room.recount(count=2, on=MARCH)) == "before_what_it_follows"
    assert refused(lambda: room.recount(count=2, qualifier="about", on=MARCH)) == "before_what_it_follows"
    assert refused(lambda: room.withdraw(on=MARCH)) == "before_what_it_follows"


@pytest.mark.parametrize(("changes", "rules"), [({"kind": "books"}, "another_kind"), ({"count": -2}, "no_such_change")])
def test_a_correction_cannot_make_a_count_that_is_none(room: Facility, changes: dict[str, object], rules: str) -> None:
    recount = room.recount(count=5)
    state = room.state
    assert refused(lambda: room.correct(recount, **changes)) == rules
    assert room.state == state


def test_what_was_not_counted_cannot_be_withdrawn(batch: Batch) -> None:
    room = room_of(batch, count=5)
    withdrawal = room.withdraw()
    assert refused(lambda: room.correct(withdrawal, count=4)) == "no_such_count"
    assert refused(lambda: room.correct(withdrawal, qualifier="about")) == "no_such_count"


def test_the_parts_of_one_decision_have_one_day(batch: Batch) -> None:
    books = room_of(batch, count=5, qualifier="about")
    sure = books.recount(count=6, qualifier="exact", on=MAY)
    assert refused(lambda: books.correct(sure, on=JULY)) == "facility_withdrawn"


# --- bookings --------------------------------------------------------------------------------------------------------


def test_a_booking_ends_where_the_next_one_starts(room: Facility) -> None:
    book(room, "3 14:00", "3 16:00")
    with pytest.raises(RuleError) as refusal:
        book(room, "3 15:00", "3 17:00")
    assert refusal.value.rule == "booked_already"
    book(room, "3 16:00", "3 17:00")
    book(room, "3 13:00", "3 14:00")
    assert refused(lambda: book(room, "3 12:00", "3 18:00")) == "booked_already"


def test_a_refusal_names_nobody(room: Facility) -> None:
    room.book(start="2022-01-03T14:00", end="2022-01-03T16:00", on=JULY, booked_for="孙某", note="钱某")
    with pytest.raises(RuleError) as refusal:
        room.book(start="2022-01-03T15:00", end="2022-01-03T17:00", on=JULY, booked_for="李某")
    assert not any(name in str(refusal.value) for name in ("孙某", "钱某", "李某"))
    assert "2022-01-03T14:00" in str(refusal.value)


def test_a_cancelled_booking_is_free_for_others_and_stays_cancelled(room: Facility) -> None:
    first = book(room, "3 14:00", "3 16:00")
    cancelled = room.cancel(first, on=JULY, reason="下雨")
    assert refused(lambda: room.cancel(first, on=JULY)) == "cancelled_already"
    second = book(room, "3 14:00", "3 16:00")
    assert refused(lambda: room.void(cancelled)) == "booked_already"
    room.void(second)
    room.void(cancelled)
    assert refused(lambda: book(room, "3 15:00", "3 17:00")) == "booked_already"


def test_a_cancelled_booking_and_its_cancellation_are_taken_back_though_others_have_booked(room: Facility) -> None:
    first = book(room, "3 14:00", "3 16:00")
    cancelled = room.cancel(first, on=JULY)
    second = book(room, "3 14:00", "3 16:00")
    cancelled = room.correct(cancelled, reason="停电")
    assert room.void(first) == (room.version - 1, room.version)
    assert cancelled not in room.state.standing
    assert list(room.state.bookings) == [second]


def test_a_cancelled_booking_stays_cancelled_when_it_is_corrected(room: Facility) -> None:
    first = book(room, "3 14:00", "3 16:00")
    room.cancel(first, on=JULY, reason="下雨")
    corrected = room.correct(first, booked_for="T1")
    assert room.state.bookings[corrected].cancelled
    assert [event.reason for event in room.state.standing.values() if isinstance(event, BookingCancelled)] == ["下雨"]
    book(room, "3 14:00", "3 16:00")


@pytest.mark.parametrize("booking", [0, -1, 99, True, "1", None])
def test_a_booking_that_is_none_is_not_cancelled(room: Facility, booking: int) -> None:
    with pytest.raises((RuleError, InputError)):
        room.cancel(booking, on=JULY)
    assert refused(lambda: room.cancel(1, on=JULY)) == "unknown_booking"


def test_a_booking_is_not_cancelled_before_it_is_made(room: Facility) -> None:
    made = book(room, "3 14:00", "3 16:00")
    assert refused(lambda: room.cancel(made, on=MAY)) == "before_what_it_follows"


@pytest.mark.parametrize(
    "moment",
    [
        "2022-02-30T10:00",
        "2022-01-03T24:00",
        "2022-01-03 10:00",
        "2022-01-03T10:00:00",
        "2022-01-03T10",
        "2022-01-03T10:00Z",
        "2022-01-03T10:00+08:00",
        "2022-W01-1T10:00",
        "２０22-01-03T10:00",
        "1899-12-31T10:00",
        "9999-01-01T10:00",
        "0000-01-01T10:00",
        "孙某",
        datetime(2022, 1, 3, 10, 0, 1),  # noqa: DTZ001 - civil
        datetime(2022, 1, 3, 10, 0, 0, 1),  # noqa: DTZ001
        datetime.fromisoformat("2022-01-03T10:00+08:00"),
        MONDAY,
        20220103,
        None,
    ],
)
def test_a_booking_is_of_minutes_that_a_calendar_has(room: Facility, moment: str) -> None:
    pending = room.version
    for start, end in ((moment, "2022-01-03T12:00"), ("2022-01-03T08:00", moment)):
        with pytest.raises(InputError) as refusal:
            room.book(start=start, end=end, on=JULY)
        assert "孙某" not in str(refusal.value)
    assert room.version == pending


def test_a_correction_names_minutes_that_a_calendar_has_too(room: Facility) -> None:
    made = book(room, "3 14:00", "3 16:00")
    assert refused(lambda: room.correct(made, start="2022-02-30T10:00")) == "no_such_minute"


@pytest.mark.parametrize("lenient", [False, True])
@pytest.mark.parametrize(("start", "end"), [("3 16:00", "3 14:00"), ("3 14:00", "3 14:00")])
def test_a_booking_ends_after_it_starts(start: str, end: str, lenient: bool) -> None:  # noqa: FBT001 - a parameter
    room = room_of(Batch(TODAY, lenient=lenient))
    assert refused(lambda: book(room, start, end)) == "ends_before_it_starts"


def test_nobody_books_for_more_than_a_year(room: Facility) -> None:
    room.book(start="2022-01-01T00:00", end="2023-01-02T00:00", on=JULY)
    assert refused(lambda: room.book(start="2024-01-01T00:00", end="2025-01-02T00:00", on=JULY)) == "booked_too_long"


def test_whoever_asks_has_asked_by_today(room: Facility) -> None:
    with pytest.raises(InputError, match="future"):
        room.book(start="2022-01-03T10:00", end="2022-01-03T11:00", on=date(2022, 1, 1))


def test_an_import_notes_bookings_that_clash() -> None:
    batch = Batch(TODAY, lenient=True)
    room = room_of(batch)
    room.set_opening("1 08:00-12:00")
    for _ in range(2):
        book(room, "3 08:00", "3 13:00")
    assert [violation.rule for violation, _ in batch.warnings] == [
        "outside_opening",
        "booked_already",
        "outside_opening",
    ]


# --- opening hours ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("windows", "start", "end", "is_open"),
    [
        ([], "1 00:00", "8 23:59", True),
        (["1-5 08:30-16:30"], "3 08:30", "3 16:30", True),
        (["1-5 08:30-16:30"], "3 08:29", "3 16:30", False),
        (["1-5 08:30-16:30"], "3 08:30", "3 16:31", False),
        (["1-5 08:30-16:30"], "8 09:00", "8 10:00", False),  # a Saturday
        (["6-7 09:00-12:00", "1-5 08:00-09:00"], "8 09:00", "8 12:00", True),
        (["1 08:00-12:00", "1 12:00-16:00"], "3 09:00", "3 15:00", True),
        (["1 12:00-16:00", "1 08:00-13:00"], "3 09:00", "3 15:00", True),
        (["1 08:00-12:00", "1 12:01-16:00"], "3 09:00", "3 15:00", False),
        (["1 08:00-16:00", "1 09:00-10:00"], "3 09:00", "3 15:00", True),
        (["1 20:00-24:00", "2 00:00-02:00"], "3 21:00", "4 02:00", True),
        (["1 20:00-24:00", "2 00:00-02:00"], "3 21:00", "4 02:01", False),
        (["1 20:00-23:59", "2 00:00-02:00"], "3 21:00", "4 01:00", False),
        (["1 20:00-24:00"], "3 21:00", "4 00:00", True),
        (["1-7 00:00-24:00"], "1 00:00", "8 23:59", True),
        (["1-2 00:00-24:00", "4 00:00-24:00"], "3 00:00", "6 10:00", False),
        (["7 08:00-12:00"], "2 08:00", "2 12:00", True),
    ],
)
def test_a_booking_lies_in_the_union_of_the_windows(
    room: Facility,
    windows: list[str],
    start: str,
    end: str,
    is_open: bool,  # noqa: FBT001 - what is expected
) -> None:
    room.set_opening(*windows)
    if is_open:
        book(room, start, end)
    else:
        assert refused(lambda: book(room, start, end)) == "outside_opening"


def test_windows_hold_from_their_day_on_until_others_do(room: Facility) -> None:
    room.set_opening("1-7 08:00-12:00")
    room.set_opening("1-7 14:00-18:00", on=MAY)
    wrong = room.set_opening("1-7 01:00-02:00", on=JULY)
    right = room.set_opening("1-7 19:00-20:00", on=JULY)
    assert room.state.windows_on(date(2021, 5, 3)) == ("1-7 08:00-12:00",)
    assert room.state.windows_on(MAY) == ("1-7 14:00-18:00",)
    assert room.state.windows_on(JULY) == ("1-7 19:00-20:00",)
    room.book(start="2021-05-03T08:00", end="2021-05-03T09:00", on=JULY)
    assert refused(lambda: room.book(start="2021-05-04T08:00", end="2021-05-04T09:00", on=JULY)) == "outside_opening"
    room.void(wrong)
    assert room.state.windows_on(JULY) == ("1-7 19:00-20:00",)
    room.void(right)
    assert room.state.windows_on(JULY) == ("1-7 14:00-18:00",)


def test_a_refusal_says_when_it_is_open(room: Facility) -> None:
    room.set_opening("1-5 08:30-16:30")
    with pytest.raises(RuleError) as refusal:
        book(room, "7 10:00", "8 10:00")
    assert "2022-01-07" in str(refusal.value)
    assert "1-5 08:30-16:30" in str(refusal.value)


@pytest.mark.parametrize(
    "window",
    [
        "5-1 08:00-09:00",
        "1 09:00-09:00",
        "1 22:00-02:00",
        "0 08:00-09:00",
        "8 08:00-09:00",
        "1 8:00-9:00",
        "1 08:00-24:01",
        "1 24:00-24:00",
        "1 08:00-09:00 ",
        "1,3 08:00-09:00",
        "１ 08:00-09:00",
        "",
        None,
        8,
    ],
)
def test_a_window_that_cannot_be_is_refused(room: Facility, window: str) -> None:
    version = room.version
    with pytest.raises(InputError):
        room.set_opening("1 08:00-09:00", window)
    assert room.version == version


@pytest.mark.parametrize("window", ["5-1 08:00-09:00", "1 22:00-02:00"])
def test_a_correction_names_windows_that_can_be(room: Facility, window: str) -> None:
    made = room.set_opening("1 08:00-09:00")
    assert refused(lambda: room.correct(made, windows=(window,))) == "no_such_window"
