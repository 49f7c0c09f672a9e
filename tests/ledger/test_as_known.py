"""As the books stood then: by position, by the ledger's clock, by the office's registers."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cadreledger import (
    Figure,
    InputError,
    Ledger,
    Month,
    Recorded,
    RuleError,
    Transaction,
    UnknownSubjectError,
    yuan,
)
from cadreledger.events import leaf_text
from cadreledger.events.cadre import CadreKind, VisitConfirmed, VisitMode
from cadreledger.events.void import Void, VoidReason

BY = "staff:a"
START = datetime(2021, 7, 1, 12, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")


@attrs.frozen
class Step:
    """A transaction: how far the clock jumps before it, what it does, and when that was written down."""

    jump_hours: int
    what: str
    dated: bool
    registered_days_ago: int | None


RESTING = ["wish", "claim", "fulfil", "move a wish", "suggest", "answer", "find", "rectify", "book", "cancel", "undo"]
"""Steps of which some rest on others: in a person's stream, the community's, the programme's, a room's."""

STEPS = st.lists(
    st.builds(
        Step,
        jump_hours=st.integers(-30, 60),
        what=st.sampled_from(
            ["visit", "visit", "register", "void", "void", "correct", "duplicate", "confirm", *RESTING]
        ),
        dated=st.booleans(),
        registered_days_ago=st.none() | st.integers(0, 5),
    ),
    max_size=12,
)


@contextmanager
def lived(place: str, steps: list[Step]) -> Iterator[tuple[Ledger, list[tuple[int, datetime, dict[str, Figure]]]]]:
    """A ledger that went through ``steps``, and how it stood after each: position, time, figures."""
    now = [START]
    with Ledger.create(place, name="永兴社区", clock=lambda: now[0]) as ledger:
        with ledger.transaction(by=BY) as tx:
            tx.cadres.register("C0", kind="retired", name="赵某")
            tx.facilities.enter("F0", kind="room", name="活动室")
        stood = [(1, START, {}), (ledger.position, START, dict(ledger.figures("2021")))]
        for number, step in enumerate(steps, start=1):
            now[0] += timedelta(hours=step.jump_hours)
            take(ledger, step, number, now[0].astimezone(SHANGHAI).date())
            if ledger.position > stood[-1][0]:  # a decision may have been refused
                stood.append((ledger.position, now[0], dict(ledger.figures("2021"))))
        yield ledger, stood


def take(ledger: Ledger, step: Step, number: int, today: date) -> None:
    day = None if step.registered_days_ago is None else today - timedelta(step.registered_days_ago)
    # where the clock was set back, yesterday's visit may lie in the future
    refused = suppress(InputError, RuleError)  # nor does what it follows lie before it
    with ledger.transaction(by=BY) as tx, tx.entry(f"row {number}", registered_on=day), refused:
        if step.what in RESTING:
            rest(tx, step.what, number, today)
            return
        member = tx.cadres["C0"]
        visits = member.state.visits
        if step.what == "register":
            tx.cadres.register(f"C{number}", kind="veteran", name="钱某", on=today if step.dated else None)
        elif step.what == "visit" or not visits:
            member.visit(reason="study", on=today, distinct=True)
        elif step.what == "duplicate":
            visit = visits[max(visits)]
            member.visit(reason="study", on=visit.occurred_on or today)
        elif step.what == "confirm" and not member.state.counts(max(visits)):
            member.confirm_visit(max(visits))
        elif step.what == "void":
            member.void(min(visits))
        elif step.what == "correct":
            member.correct(max(visits), group=f"G{number}")


def rest(tx: Transaction, what: str, number: int, today: date) -> None:  # noqa: C901, PLR0912 - one short arm a step
    """The last one of its kind is meant; where there is none, there will be a refusal."""
    member, community, programme, room = tx.cadres["C0"], tx.community, tx.programme, tx.facilities["F0"]
    wish = max(member.state.wishes, key=lambda code: member.state.wishes[code].version, default="")
    said, found = max(community.state.suggestions, default=""), max(programme.state.issues, default="")
    match what:
        case "wish":
            member.wish(f"W{number}", on=today)
        case "claim":
            member.claim_wish(wish, "post:1", on=today)
        case "fulfil":
            member.fulfil_wish(wish, on=today, items=number)
        case "move a wish":
            member.correct(member.state.wishes[wish].version if wish else 0, code=f"W{number}")
        case "suggest":
            community.receive_suggestion(f"Y{number:02}", on=today)
        case "answer":
            community.answer_suggestion(said, on=today)
        case "find":
            programme.find_issue(f"I{number:02}", on=today)
        case "rectify":
            programme.rectify_issue(found, code=f"R{number}", on=today)
            programme.verify_issue(found, code=f"V{number}", on=today)
        case "book":
            room.book(start=f"2021-08-01T{number:02}:00", end=f"2021-08-01T{number + 1:02}:00", on=today)
        case "cancel":
            room.cancel(max(room.state.bookings, default=1), on=today)
        case "undo":  # with all that rests on it
            for handle in (member, community, programme, room):
                if len(handle.state.standing) > 1:
                    handle.void(sorted(handle.state.standing)[1])


def positions(records: tuple[Recorded, ...]) -> list[int]:
    return [record.position for record in records]


@settings(max_examples=20)  # each of them is a ledger with a life
@given(STEPS)
def test_by_position_the_books_are_what_they_were(tmp_path_factory: pytest.TempPathFactory, steps: list[Step]) -> None:
    with lived(str(tmp_path_factory.mktemp("known") / "a.ledger"), steps) as (ledger, stood):
        history = positions(ledger.history("C0"))
        for position, _, figures in stood[1:]:
            assert ledger.figures("2021", as_known=position) == figures
            assert positions(ledger.history("C0", as_known=position)) == [at for at in history if at <= position]
        assert ledger.figures("2021", as_known=ledger.position + 5) == stood[-1][2]
        assert ledger.figures("2021", as_known=2**80) == stood[-1][2]
        assert {figure.value for figure in ledger.figures("2021", as_known=0).values()} == {0}
        assert ledger.history("C0", as_known=0) == ()


@settings(max_examples=20)  # each of them is a ledger with a life
@given(STEPS, st.integers(-40, 400))
def test_by_time_they_are_those_of_the_last_transaction_by_then(
    tmp_path_factory: pytest.TempPathFactory, steps: list[Step], hours: int
) -> None:
    """Wherever the clock jumped: what stands before a transaction that was there counts, whatever its time says."""
    moment = START + timedelta(hours=hours)
    with lived(str(tmp_path_factory.mktemp("known") / "a.ledger"), steps) as (ledger, stood):
        before = [position for position, time, _ in stood if time <= moment]
        position = max(before, default=0)
        for asked in (moment, moment.astimezone(timezone(timedelta(hours=-7)))):
            assert ledger.figures("2021", as_known=asked) == ledger.figures("2021", as_known=position)
            assert ledger.history("C0", as_known=asked) == ledger.history("C0", as_known=position)


@settings(max_examples=20)  # each of them is a ledger with a life
@given(STEPS, st.integers(-8, 30))
def test_by_date_they_are_what_was_registered_by_then(
    tmp_path_factory: pytest.TempPathFactory, steps: list[Step], days: int
) -> None:
    day = START.date() + timedelta(days)
    with lived(str(tmp_path_factory.mktemp("known") / "a.ledger"), steps) as (ledger, _):
        known = set(registered_by(list(ledger.events()), day))
        others = [name for name in ("F0", "community", "programme") if ledger_has(ledger, name)]
        for subject in [
            "C0",
            *others,
            *(f"C{number}" for number, step in enumerate(steps, 1) if step.what == "register"),
        ]:
            whole = ledger.history(subject)
            assert ledger.history(subject, as_known=day) == tuple(r for r in whole if r.position in known)
        figures = ledger.figures("2021", as_known=day)
        assert all(figure.value >= 0 for figure in figures.values())
        assert ledger.figures("2021", as_known=date(2100, 1, 1)) == ledger.figures("2021")


def ledger_has(ledger: Ledger, name: str) -> bool:
    try:
        return bool(ledger.history(name))
    except UnknownSubjectError:
        return False


@settings(max_examples=20)  # each of them is a ledger with a life
@given(STEPS)
def test_what_takes_an_entrys_place_names_the_entry_that_a_correction_took_back(
    tmp_path_factory: pytest.TempPathFactory, steps: list[Step]
) -> None:
    with lived(str(tmp_path_factory.mktemp("known") / "a.ledger"), steps) as (ledger, _):
        records = list(ledger.events())
    taken_back = {
        record.event.target_leaf: record
        for record in records
        if isinstance(record.event, Void) and record.event.reason is VoidReason.CORRECTED
    }
    replaced = {record.entry.replaces: record for record in records if record.entry.replaces is not None}
    assert replaced.keys() == taken_back.keys()
    by_leaf = {leaf_text(record.leaf): record for record in records}
    for leaf, record in replaced.items():
        void, first = taken_back[leaf], by_leaf[leaf]
        assert (record.stream, record.entry.tx, type(record.event)) == (
            void.stream,
            void.entry.tx,
            type(first.event),
        )
        assert first.position < void.position < record.position


def registered_by(records: list[Recorded], day: date) -> Iterator[int]:
    """The rule, written down once more."""
    out: set[tuple[str, int]] = set()
    corrected = {
        record.event.target_leaf
        for record in records
        if isinstance(record.event, Void) and record.event.reason is VoidReason.CORRECTED
    }
    for record in records:
        entry, event = record.entry, record.event
        recorded = entry.recorded_at.astimezone(SHANGHAI).date()
        late = isinstance(event, Void | VisitConfirmed) or entry.replaces in corrected
        when = entry.registered_on or (recorded if late else event.occurred_on or date.min)
        rests_on = event.of_version if isinstance(event, Void) else event.rests_on()
        if when > day or (record.stream, rests_on) in out:
            out.add((record.stream, record.version))
        else:
            yield record.position


def test_a_day_ends_when_it_ends_in_the_ledgers_zone(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A void was known on the day on which it was recorded, in Shanghai."""
    now = [datetime(2021, 7, 5, 15, 59, 59, tzinfo=UTC)]
    with Ledger.create(tmp_path_factory.mktemp("zone") / "a.ledger", name="永兴社区", clock=lambda: now[0]) as ledger:
        ledger.run(lambda tx: tx.cadres.register("C1", kind="retired", name="赵某"), by=BY)
        with ledger.transaction(by=BY) as tx:
            for day in (1, 2):
                tx.cadres["C1"].visit(reason="call", on=date(2021, 7, day))
        for version in (2, 3):  # the second one on the 6th, in Shanghai
            ledger.run(lambda tx, version=version: tx.cadres["C1"].void(version), by=BY)  # type: ignore[misc]
            now[0] += timedelta(seconds=1)
        known = [ledger.figures("2021", as_known=date(2021, 7, day))["visits.made"].value for day in range(7)[1:]]
        assert known == [1, 2, 2, 2, 1, 0]


def test_what_has_no_date_counts_from_the_start(office: Ledger) -> None:
    figures = office.figures("2021", as_known=date(1990, 1, 1))
    assert figures["cadres.retired"].value == 1
    assert office.history("B1", as_known=date(2012, 6, 27)) == ()  # this has one
    assert len(office.history("B1", as_known=date(2012, 6, 28))) == 1


def test_a_correction_is_never_counted_beside_what_it_corrects(office: Ledger) -> None:
    """The 210 stay in the books until the day on which somebody corrected them; 231 were never there."""
    with office.transaction(by=BY) as tx:
        member = tx.cadres["C1"]
        paid = member.pay_dues(yuan(210), for_month=Month(2021, 7), on=date(2021, 7, 5))
        other = tx.cadres.register("C2", kind="retired", name="钱某")
        visit = member.visit(reason="call", on=date(2021, 7, 5))
    with office.transaction(by=BY) as tx:
        tx.cadres["C1"].correct(paid, amount=yuan(21))
        tx.cadres[other.stream].correct(1, kind=CadreKind.VETERAN)
        with tx.entry("row 3", registered_on=date(2021, 7, 9)):
            tx.cadres["C1"].correct(visit, mode=VisitMode.ONLINE)

    def known(day: date | None) -> list[int]:
        keys = ("dues.collected", "cadres.retired", "cadres.veteran", "visits.made", "visits.online")
        figures = office.figures("2021", as_known=day)
        return [figures[key].value for key in keys]

    assert known(date(2021, 7, 4)) == [0, 2, 0, 0, 0]
    assert known(date(2021, 7, 5)) == known(date(2021, 7, 8)) == [21_000, 2, 0, 1, 0]
    assert known(date(2021, 7, 9)) == [21_000, 2, 0, 0, 1]
    assert known(None) == [2_100, 1, 1, 0, 1]


def test_what_rests_on_something_is_known_when_that_is(office: Ledger) -> None:
    """A wish was written down late: its fulfilment, a claim, an answer, a settled issue waited for it in the books."""
    june, july = date(2021, 6, 10), date(2021, 7, 3)
    with office.transaction(by=BY) as tx:
        member, community, programme = tx.cadres["C1"], tx.community, tx.programme
        partner = tx.community.add_partner("G1", name="某医院", on=june)
        with tx.entry("wishes, row 1", registered_on=july):
            member.wish("W1", on=june)
            community.receive_suggestion("Y1", on=june)
            programme.find_issue("I1", on=june)
            community.correct(partner, kind="医院")
        with tx.entry("wishes, row 2", registered_on=date(2021, 6, 20)):  # a register that was dated carelessly
            member.claim_wish("W1", "post:1", on=june)
            member.fulfil_wish("W1", on=june, items=3)
            community.answer_suggestion("Y1", on=june)
            programme.rectify_issue("I1", code="R1", on=june)
            programme.verify_issue("I1", code="V1", on=june)
            community.drop_partner("G1", on=june)
    keys = ["wishes.made", "wishes.fulfilled", "suggestions.answered", "issues.verified", "partners.count"]

    def known(day: date) -> list[int]:
        return [office.figures("2021", as_known=day)[key].value for key in keys]

    assert known(date(2021, 6, 9)) == [0, 0, 0, 0, 0]
    assert known(date(2021, 6, 30)) == [0, 0, 0, 0, 1]  # the partner that was corrected in July left as the new one
    assert known(july) == [1, 3, 1, 1, 0]
    assert len(office.history("C1", as_known=date(2021, 6, 30))) == 2


def test_a_void_that_was_not_known_yet_does_not_count_and_one_without_its_target_neither(office: Ledger) -> None:
    with office.transaction(by=BY) as tx:
        with tx.entry("row 1", registered_on=date(2021, 7, 1)):
            version = tx.cadres["C1"].visit(reason="call", on=date(2021, 6, 30))
        with tx.entry("row 2", registered_on=date(2021, 7, 3)):
            tx.cadres["C1"].void(version)
        with tx.entry("row 3", registered_on=date(2021, 7, 6)):
            late = tx.cadres["C1"].visit(reason="call", on=date(2021, 6, 30))
        with tx.entry("row 4", registered_on=date(2021, 7, 4)):  # a register that was dated carelessly
            tx.cadres["C1"].void(late)
    known = {day: office.figures("2021", as_known=date(2021, 7, day))["visits.made"] for day in range(1, 7)}
    assert [figure.value for figure in known.values()] == [1, 1, 0, 0, 0, 0]
    assert [figure.events for figure in known.values()] == [1, 1, 2, 2, 2, 4]


@pytest.mark.parametrize(
    "as_known",
    [
        -1,
        True,
        1.0,
        "2021-07-05",
        b"1",
        [],
        datetime(2021, 7, 5),  # noqa: DTZ001 - what is wrong with it
        datetime.min.replace(tzinfo=timezone(timedelta(hours=8))),
        datetime.max.replace(tzinfo=timezone(timedelta(hours=-8))),
    ],
    ids=repr,
)
def test_what_is_no_time_and_no_place(office: Ledger, as_known: int) -> None:
    with pytest.raises(InputError):
        office.figures("2021", as_known=as_known)
    with pytest.raises(InputError):
        office.history("C1", as_known=as_known)


@pytest.mark.parametrize(
    "as_known", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC), date.min, date.max]
)
def test_the_ends_of_the_calendar(office: Ledger, as_known: date) -> None:
    assert office.figures("2021", as_known=as_known)["cadres.retired"].value == int(
        as_known != datetime.min.replace(tzinfo=UTC)
    )
