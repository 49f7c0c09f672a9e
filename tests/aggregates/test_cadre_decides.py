"""A cadre's verbs in any order: the live handle, a replay and a naive model agree, and a refusal changes nothing."""

from collections.abc import Callable, Hashable, Sequence
from datetime import date, timedelta

from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.aggregates.folding import VOIDS
from tests.strategies import CLASSES, events_of_a_small_world

from cadreledger.aggregates import Batch, Branch, BranchFold, Cadre, CadreFold
from cadreledger.aggregates.cadre_fold import fold
from cadreledger.aggregates.cadre_state import CadreState, Wish
from cadreledger.errors import InputError, RuleError
from cadreledger.events.activity import ActivityKind
from cadreledger.events.cadre import (
    AttendanceMode,
    AttendanceRecorded,
    CadreChanged,
    CadreKind,
    CadreLeft,
    CadreRegistered,
    ConsentChanged,
    LeaveCause,
    Medal,
    MedalAwarded,
    MemberJoined,
    MemberLeft,
    Relation,
    VisitConfirmed,
    VisitMade,
    VisitMode,
    VisitReason,
    WishCancelled,
    WishClaimed,
    WishFulfilled,
    WishMade,
)
from cadreledger.events.dues import DuesAllocated, DuesAssessed, DuesReceived, DuesRefunded
from cadreledger.events.ledger import SubjectErased
from cadreledger.events.sections import Event
from cadreledger.events.void import Void, VoidReason
from cadreledger.values import Money, Month, Period, StreamId, StreamKind, fen, yuan

TODAY = date(2021, 12, 31)
PERSON = StreamId("cadre:" + "0" * 32)
DAYS = st.integers(0, 364).map(lambda days: date(2021, 1, 1) + timedelta(days))
FEW_DAYS = st.sampled_from([date(2021, 7, 1), date(2021, 7, 2)])
MONTHS = st.integers(1, 12).map(lambda month: Month(2021, month))
AMOUNTS = st.sampled_from([fen(700), fen(1400), fen(2100)])
VERSIONS = st.integers(1, 40)
CODES = st.sampled_from(["W1", "W2"])
FULL_MEMBERS = st.sampled_from([date(1971, 7, 1), date(1971, 7, 2)])


class Deciding(RuleBasedStateMachine):
    """One person, three branches."""

    @initialize(lenient=st.booleans(), registered=st.integers(0, 9).map(bool))
    def begin(self, *, lenient: bool, registered: bool) -> None:
        self.batch = Batch(TODAY, lenient=lenient)
        self.branches = [self.branch("B1", "formal"), self.branch("B2", "formal"), self.branch("T1", "temporary")]
        self.cadre = Cadre(PERSON, CadreFold(), self.batch)
        self.before, self.said = self.cadre.state, repr(self.cadre.state)
        if registered:
            self.cadre.register(kind="retired", code="C1", name="某")
            self.cadre.join(self.branches[0])
            self.cadre.assess_dues(yuan(1400), valid_from=Month(2021, 2), on=date(2021, 2, 1))

    def branch(self, code: str, kind: str) -> Branch:
        made = Branch(StreamId(f"branch:{code}"), BranchFold(), self.batch)
        made.establish(kind=kind, code=code, name=code)
        return made

    def attempt(self, decide: Callable[[], object]) -> None:
        state, pending, warnings = self.cadre.state, list(self.batch.pending), list(self.batch.warnings)
        try:
            decide()
        except (RuleError, InputError):
            assert (self.cadre.state, self.batch.pending, self.batch.warnings) == (state, pending, warnings)

    @rule(kind=st.sampled_from(CadreKind), smartphone=st.booleans(), on=st.none() | DAYS)
    def register(self, *, kind: CadreKind, smartphone: bool, on: date | None) -> None:
        self.attempt(lambda: self.cadre.register(kind=kind, code="C1", name="某", smartphone=smartphone, on=on))

    @rule(flags=st.tuples(*[st.none() | st.booleans()] * 2), full=st.none() | FULL_MEMBERS, on=st.none() | DAYS)
    def change(self, *, flags: tuple[bool | None, bool | None], full: date | None, on: date | None) -> None:
        smartphone, frail = flags
        self.attempt(
            lambda: self.cadre.change(smartphone=smartphone, frail=frail, full_member_on=full, on=on, phone="1")
        )

    @precondition(lambda self: self.cadre.version > 12)  # a long life, so that there is more to see
    @rule(cause=st.sampled_from(LeaveCause), on=st.none() | DAYS)
    def leave(self, cause: LeaveCause, on: date | None) -> None:
        self.attempt(lambda: self.cadre.leave(cause=cause, on=on))

    @rule(which=st.integers(0, 2), relation=st.sampled_from(Relation), on=st.none() | DAYS)
    def join(self, which: int, relation: Relation, on: date | None) -> None:
        self.attempt(lambda: self.cadre.join(self.branches[which], relation=relation, on=on))

    @rule(which=st.integers(0, 2), relation=st.sampled_from(Relation), on=st.none() | DAYS)
    def leave_branch(self, which: int, relation: Relation, on: date | None) -> None:
        self.attempt(lambda: self.cadre.leave_branch(self.branches[which], relation=relation, on=on))

    @rule(base=st.sampled_from([yuan(1400), yuan(2800)]), valid_from=MONTHS, on=DAYS)
    def assess(self, base: Money, valid_from: Month, on: date) -> None:
        self.attempt(lambda: self.cadre.assess_dues(base, valid_from=valid_from, on=on))

    @rule(amount=AMOUNTS, month=MONTHS, on=DAYS, hold=st.booleans())
    def pay(self, *, amount: Money, month: Month, on: date, hold: bool) -> None:
        self.attempt(lambda: self.cadre.pay_dues(amount, for_month=month, on=on, if_paid="hold" if hold else "refuse"))

    @rule(first=MONTHS, months=st.integers(0, 6), on=DAYS, wrong=st.sampled_from([0, 0, 0, 1]))
    def pay_several(self, first: Month, months: int, on: date, wrong: int) -> None:
        period = Period(first, first.plus(months))
        owed = sum(self.cadre.state.lacks_in(month).fen for month in period.months())
        self.attempt(lambda: self.cadre.pay_dues(fen(owed + wrong), for_month=period, on=on))

    @precondition(lambda self: self.cadre.state.payments)
    @rule(data=st.data(), month=MONTHS, amount=AMOUNTS, on=DAYS)
    def allocate(self, data: st.DataObject, month: Month, amount: Money, on: date) -> None:
        payment = data.draw(st.sampled_from(sorted(self.cadre.state.payments)))
        self.attempt(lambda: self.cadre.allocate(payment, month, amount, on=on))

    @precondition(lambda self: self.cadre.state.payments)
    @rule(data=st.data(), amount=AMOUNTS, on=DAYS)
    def refund(self, data: st.DataObject, amount: Money, on: date) -> None:
        payment = data.draw(st.sampled_from(sorted(self.cadre.state.payments)))
        self.attempt(lambda: self.cadre.refund(payment, amount, decision="R1", on=on, note="n"))

    @rule(days=st.lists(FEW_DAYS, min_size=1, max_size=3), distinct=st.booleans())
    def visit(self, *, days: list[date], distinct: bool) -> None:
        for on in days:
            self.attempt(lambda on=on: self.cadre.visit(reason=VisitReason.CALL, on=on, distinct=distinct))  # type: ignore[misc]

    @precondition(lambda self: self.cadre.state.visits)
    @rule(data=st.data())
    def confirm(self, data: st.DataObject) -> None:
        visit = data.draw(st.sampled_from(sorted(self.cadre.state.visits)))
        self.attempt(lambda: self.cadre.confirm_visit(visit))

    @rule(code=CODES, days=st.lists(DAYS | FEW_DAYS, min_size=1, max_size=2))
    def wish(self, code: str, days: list[date]) -> None:
        for on in days:
            self.attempt(lambda on=on: self.cadre.wish(code, on=on, content="愿"))  # type: ignore[misc]

    @rule(code=CODES, claimants=st.lists(st.none() | st.just("post:1"), min_size=1, max_size=2), on=DAYS)
    def claim(self, code: str, claimants: list[str | None], on: date) -> None:
        for claimant in claimants:
            self.attempt(lambda claimant=claimant: self.cadre.claim_wish(code, claimant, on=on, note="n"))  # type: ignore[misc]

    @rule(code=CODES, ends=st.lists(st.booleans(), min_size=1, max_size=2), on=DAYS)
    def end_wish(self, code: str, ends: list[bool], on: date) -> None:
        for fulfilled in ends:
            end = self.cadre.fulfil_wish if fulfilled else self.cadre.cancel_wish
            self.attempt(lambda end=end: end(code, on=on))  # type: ignore[misc]

    @rule(code=CODES, on=DAYS, mode=st.sampled_from(AttendanceMode), times=st.integers(0, 2))
    def attend(self, code: str, on: date, mode: AttendanceMode, times: int) -> None:
        host = self.branches[2]
        self.attempt(lambda: host.hold(ActivityKind.PARTY_DAY, code=code, title="主题党日", on=on))
        for _ in range(times):
            self.attempt(lambda: self.cadre.attend(host, code, mode=mode))

    @rule(medal=st.sampled_from(Medal), year=st.integers(2020, 2022), on=DAYS)
    def award(self, medal: Medal, year: int, on: date) -> None:
        due = date(year - 50, 7, 1)
        there, full, before = self.cadre.state.medals, self.cadre.state.full_member_on, self.cadre.version
        self.attempt(lambda: self.cadre.award(medal, year=year, on=on))
        if self.cadre.version > before and medal is Medal.PARTY_50 and not self.batch.lenient:
            assert medal not in there
            assert full is None or full <= due

    @rule(purpose=st.sampled_from(["photos", "public_praise"]), given=st.booleans(), on=DAYS)
    def consent(self, *, purpose: str, given: bool, on: date) -> None:
        self.attempt(lambda: self.cadre.consent(purpose, given=given, on=on))

    @rule(on=DAYS, months=st.integers(1, 4))
    def send_elsewhere(self, on: date, months: int) -> None:
        """The letter leaves the relation where it is; a review of arrears leaves everything."""
        expires = on + timedelta(days=30 * months)
        self.attempt(lambda: self.cadre.transfer("某支部", paid_to=Month.of(on), on=on, expires_on=expires))
        self.attempt(lambda: self.cadre.review_arrears("opened", months=6, on=on))

    @rule(number=VERSIONS)
    def name_any_number(self, number: int) -> None:
        """Most are no payment and no visit, and some are no entry at all."""
        self.attempt(lambda: self.cadre.allocate(number, Month(2021, 7), fen(1), on=TODAY))
        self.attempt(lambda: self.cadre.refund(number, fen(1), decision="R1", on=TODAY))
        self.attempt(lambda: self.cadre.confirm_visit(number))

    @precondition(lambda self: self.cadre.version)
    @rule(data=st.data())
    def void(self, data: st.DataObject) -> None:
        version = data.draw(st.integers(1, self.cadre.version + 1))
        self.attempt(lambda: self.cadre.void(version))

    @precondition(lambda self: self.cadre.state.standing)
    @rule(data=st.data(), on=DAYS | FEW_DAYS, amount=AMOUNTS, month=MONTHS)
    def correct(self, data: st.DataObject, on: date, amount: Money, month: Month) -> None:
        version = data.draw(st.sampled_from(sorted(self.cadre.state.standing)))
        event, changes = self.cadre.state.standing[version], {"occurred_on": on}
        if isinstance(event, DuesReceived):
            changes |= data.draw(st.sampled_from([{}, {"amount": amount}, {"for_month": month}]))
        if isinstance(event, VisitMade):
            changes |= data.draw(st.sampled_from([{}, {"mode": VisitMode.ONLINE}]))
        if isinstance(event, WishMade):
            changes |= data.draw(st.sampled_from([{}, {"code": "W1"}, {"code": "W2"}]))
        self.attempt(lambda: self.cadre.correct(version, **changes))

    @rule(cut=st.integers(0, 80))
    def replay_in_two_parts(self, cut: int) -> None:
        history = self.history()
        assert fold(fold(None, history[:cut]), history[cut:]) == self.cadre.state

    @invariant()
    def the_handle_is_what_a_replay_gives(self) -> None:
        history = self.history()
        assert [version for version, _ in history] == list(range(1, self.cadre.version + 1))
        assert fold(None, history) == self.cadre.state

    @invariant()
    def a_naive_model_agrees(self) -> None:
        model = naive(self.standing())
        assert {name: getattr(self.cadre.state, name) for name in model} == model

    @invariant()
    def sums_over_events_agree_with_the_state(self) -> None:
        """What the catalogue of figures would sum."""
        state, events = self.cadre.state, list(self.standing().values())
        if not self.batch.lenient:
            here = int(state.kind is not None and state.left is None)
            assert registered(events) == (here, here * int(state.smartphone), here * int(state.frail))
            assert members(events) == (int(state.formal is not None), len(state.participating))
            assert credited(events) == dict(state.credited)
        assert visits(events) == sum(state.counts(visit) for visit in state.visits)

    @invariant()
    def an_earlier_state_stays_as_it_was(self) -> None:
        assert repr(self.before) == self.said
        self.before, self.said = self.cadre.state, repr(self.cadre.state)

    @invariant()
    def money_is_neither_made_nor_lost(self) -> None:
        state = self.cadre.state
        if not self.batch.lenient:
            for version, payment in state.payments.items():
                assert fen(0) <= state.spent_of.get(version, fen(0)) <= payment.amount

    @invariant()
    def one_of_several_alike_counts(self) -> None:
        state = self.cadre.state
        for alike in state.alike.values():
            standing = [visit for visit in alike if visit in state.visits]
            assert not standing or any(state.counts(visit) for visit in standing)

    @invariant()
    def what_is_once_is_there_once(self) -> None:
        """Of a wish's code one wish, which ends once; one attendance an activity; one medal of a party of 50 years."""
        if self.batch.lenient:
            return
        events = list(self.standing().values())
        once: list[Sequence[Hashable]] = [
            [event.code for event in events if isinstance(event, WishMade)],
            [event.wish for event in events if isinstance(event, WishFulfilled | WishCancelled)],
            [event.activity for event in events if isinstance(event, AttendanceRecorded)],
            [event.medal for event in events if isinstance(event, MedalAwarded) and event.medal is Medal.PARTY_50],
        ]
        assert all(len(named) == len(set(named)) for named in once)
        versions = {wish.version for wish in self.cadre.state.wishes.values()}
        assert {event.wish for event in events if isinstance(event, WishClaimed | WishFulfilled)} <= versions

    def history(self) -> list[tuple[int, Event]]:
        return [(pending.version, pending.event) for pending in self.batch.pending if pending.stream == PERSON]

    def standing(self) -> dict[int, Event]:
        return standing_of(self.history())


def standing_of(history: list[tuple[int, Event]]) -> dict[int, Event]:
    gone = {(event.of_version, version) for version, event in history if isinstance(event, Void)}
    return {
        version: event
        for version, event in history
        if not isinstance(event, Void) and not any(of == version and version < later for of, later in gone)
    }


def naive(standing: dict[int, Event]) -> dict[str, object]:
    """The state, each field in its own plain way."""
    life = [event for event in standing.values() if isinstance(event, CadreRegistered | CadreLeft)]
    last = life[-1] if life else None
    entered = [event for event in life if isinstance(event, CadreRegistered)]
    formal: StreamId | None = None
    participating: dict[StreamId, int] = {}
    for version, event in standing.items():
        if isinstance(event, MemberJoined | MemberLeft):
            joined = isinstance(event, MemberJoined)
            if event.relation is Relation.FORMAL:
                formal = event.branch if joined else None
            elif joined:
                participating[event.branch] = version
            else:
                participating.pop(event.branch, None)
    spent: dict[int, Money] = {}
    for event in standing.values():
        if isinstance(event, DuesAllocated | DuesRefunded):
            spent[event.payment] = spent.get(event.payment, fen(0)) + event.amount
    visits = {version: event for version, event in standing.items() if isinstance(event, VisitMade)}
    keys = {version: (visit.occurred_on, visit.reason, visit.mode) for version, visit in visits.items()}
    assessed = {event.valid_from: event.owed for event in standing.values() if isinstance(event, DuesAssessed)}
    return {
        "kind": entered[-1].kind if entered else None,
        "left": last.cause if isinstance(last, CadreLeft) else None,
        "left_on": last.occurred_on if isinstance(last, CadreLeft) else None,
        "formal": formal,
        "formally": formally(list(standing.values())),
        "participating": participating,
        "assessed": tuple(sorted(assessed.items())),
        "payments": {version: event for version, event in standing.items() if isinstance(event, DuesReceived)},
        "spent_of": spent,
        "visits": visits,
        "confirmed": {event.visit for event in standing.values() if isinstance(event, VisitConfirmed)},
        "alike": {key: tuple(v for v, other in keys.items() if other == key) for key in keys.values()},
        "wishes": wishes(standing),
        "attended": {
            (event.holder, event.activity): v for v, event in standing.items() if isinstance(event, AttendanceRecorded)
        },
        "medals": {event.medal for event in standing.values() if isinstance(event, MedalAwarded)},
        "consents": {event.purpose: event.given for event in standing.values() if isinstance(event, ConsentChanged)},
        "erased": any(isinstance(event, SubjectErased) for event in standing.values()),
        "standing": standing,
    }


def formally(events: list[Event]) -> tuple[tuple[StreamId, date, date | None], ...]:
    """Every formal membership with its days: it ends with the first leaving of its branch that comes after it."""
    moves = [event for event in events if isinstance(event, MemberJoined | MemberLeft)]
    formal = [event for event in moves if event.relation is Relation.FORMAL]
    found = []
    for place, event in enumerate(formal):
        if isinstance(event, MemberJoined):
            left = [other for other in formal[place:] if isinstance(other, MemberLeft) and other.branch == event.branch]
            until = (left[0].occurred_on or date.max) if left else None
            found.append((event.branch, event.occurred_on or date.min, until))
    return tuple(found)


def wishes(standing: dict[int, Event]) -> dict[str, Wish]:
    """The last wish of each code, with what was said of it since."""
    made = {event.code: version for version, event in standing.items() if isinstance(event, WishMade)}
    found = {}
    for code, wish in made.items():
        about = {v: e for v, e in standing.items() if v > wish and getattr(e, "wish", None) == wish}
        claims = [event.claimant for event in about.values() if isinstance(event, WishClaimed)]
        fulfilled = [version for version, event in about.items() if isinstance(event, WishFulfilled)]
        found[code] = Wish(
            version=wish,
            made_on=standing[wish].occurred_on,
            claimant=claims[-1] if claims else None,
            claimed=bool(claims) and claims[-1] is not None,
            fulfilled=fulfilled[-1] if fulfilled else None,
            cancelled=any(isinstance(event, WishCancelled) for event in about.values()),
        )
    return found


def registered(events: list[Event]) -> tuple[int, int, int]:
    people = smartphone = frail = 0
    for event in events:
        if isinstance(event, CadreRegistered | CadreLeft):
            sign = 1 if isinstance(event, CadreRegistered) else -1
            people, smartphone, frail = people + sign, smartphone + sign * event.smartphone, frail + sign * event.frail
        elif isinstance(event, CadreChanged):
            smartphone, frail = smartphone + event.smartphone_delta, frail + event.frail_delta
    return people, smartphone, frail


def members(events: list[Event]) -> tuple[int, int]:
    counts = {Relation.FORMAL: 0, Relation.PARTICIPATING: 0}
    for event in events:
        if isinstance(event, MemberJoined | MemberLeft):
            counts[event.relation] += 1 if isinstance(event, MemberJoined) else -1
    return counts[Relation.FORMAL], counts[Relation.PARTICIPATING]


def credited(events: list[Event]) -> dict[Month, Money]:
    sums: dict[Month, Money] = {}
    for event in events:
        match event:
            case DuesReceived(held=False) | DuesAllocated():
                sums[event.for_month] = sums.get(event.for_month, fen(0)) + event.amount
            case DuesRefunded(for_month=Month() as month):
                sums[month] = sums.get(month, fen(0)) - event.amount
            case _:
                pass
    return {month: amount for month, amount in sums.items() if amount != fen(0)}


def visits(events: list[Event]) -> int:
    return sum(
        (isinstance(event, VisitMade) and not event.repeated) or isinstance(event, VisitConfirmed) for event in events
    )


def test_state_kinds_are_what_the_model_covers() -> None:
    """A new field of the state wants a line in the model, or here."""
    elsewhere = {"version", "smartphone", "frail", "full_member_on", "credited"}
    assert set(naive({})) | elsewhere == {field.name for field in CadreState.__attrs_attrs__}


ANYTHING = st.one_of([VOIDS, *(events_of_a_small_world(cls) for cls in CLASSES if StreamKind.CADRE in cls.streams)])


DAY = date(2021, 7, 1)
BEFORE_IT_WAS_MADE = [
    WishFulfilled(occurred_on=DAY, items=1, wish=2),
    WishMade(occurred_on=DAY, code="A1"),
    AttendanceRecorded(occurred_on=DAY, mode=AttendanceMode.MADE_UP, activity="A1"),
    Void(of_version=3, reason=VoidReason.MISTAKE),
]


@given(st.lists(ANYTHING, max_size=16))
@example(BEFORE_IT_WAS_MADE)
def test_the_model_agrees_whatever_history_says(events: list[Event]) -> None:
    """Also where no verb would have decided so."""
    history = list(enumerate(events, start=1))
    state = fold(None, history)
    model = naive(standing_of(history))
    assert {name: getattr(state, name) for name in model} == model


TestDeciding = Deciding.TestCase
